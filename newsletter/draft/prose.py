"""Small tools of English: verbs that fit the size of a move, lists, capitals, choices."""

import itertools
import math
import re
import zlib
from collections.abc import Iterable, Sequence

from newsletter.draft.evening import Evening, Figure


def pick(evening: Evening, salt: int, options: Sequence[str]) -> str:
    """Choose the wording least worn; among equals the next evening chooses the next one.

    Parameters
    ----------
    evening : Evening
        Supplies the turn, and what was said lately.
    salt : int
        Different at each place of use, so that choices do not march in step.
    options : sequence of str
        At least one; sentences or clauses, whose slots tonight's ledger can fill.
    """
    start = (evening.turn * (1 + salt % 2) + salt) % len(options)
    return min((*options[start:], *options[:start]), key=evening.worn)


def mix(evening: Evening, salt: int, *parts: str | Sequence[str]) -> str:
    """Choose the combination of parts that is least worn as a whole.

    Parameters
    ----------
    evening : Evening
        As for `pick`.
    salt : int
        As for `pick`.
    *parts : str or sequence of str
        Stretches of a text in order; of each sequence one is taken. An empty string
        among them is the choice to say nothing.
    """
    choices = [(part,) if isinstance(part, str) else part for part in parts]
    found = ["".join(chosen) for chosen in itertools.product(*choices)]
    # A step prime to any count below it: neighbours differ in more than their last part.
    step = next(s for s in (7919, 7907) if math.gcd(s, len(found)) == 1)
    return pick(evening, salt, [found[i * step % len(found)] for i in range(len(found))])


def round_robin(evening: Evening, salt: int, *parts: Sequence[str]) -> str:
    """Choose a combination of parts as `mix` does; however far apart editions are, all have a turn.

    Parameters
    ----------
    evening, salt
        As for `pick`.
    *parts : sequence of str
        Stretches of a text in order, of each of which one is taken.
    """
    found = ["".join(chosen) for chosen in itertools.product(*parts)]
    # With a prime number of them no step but its multiples ever skips any.
    count = next(n for n in range(len(found), 0, -1) if _prime(n))
    # Shuffled by rule, so that neighbours seldom share a part; the words have no say in it.
    order = sorted(range(count), key=lambda place: zlib.crc32(f"{salt}:{place}".encode()))
    turned = [found[order[(evening.turn + i) % count]] for i in range(count)]
    return next((text for text in turned if not evening.all_worn(text)), turned[0])


def _prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


NOBODY = "\0"
"""Stands for a name that there is not; no text with it is ever chosen for a headline."""


def foremost(evening: Evening, *, last: bool = False) -> str:
    """Return the day's best sector or its worst, capitalised; `NOBODY` where none is known."""
    ranked = evening.ranked()
    return capital(evening.name(ranked[-1 if last else 0][0])) if ranked else NOBODY


def title(evening: Evening, salt: int, options: Sequence[str]) -> str:
    """Choose a headline as `pick` does, where one that named another sector was the same.

    Parameters
    ----------
    evening : Evening
        As for `pick`.
    salt : int
        As for `pick`.
    options : sequence of str
        Headlines, without slots; those that hang on a sector where none is followed (`foremost`)
        are left out.
    """
    options = [text for text in options if NOBODY not in text]
    names = [evening.name(symbol) for symbol in evening.universe.sectors]

    def worn(text: str) -> int:
        found = [name for name in names if name in text.casefold()]
        swaps = itertools.product(names, repeat=min(len(found), 2))
        return max(evening.worn(_swapped(text, found, swap)) for swap in swaps)

    start = (evening.turn * (1 + salt % 2) + salt) % len(options)
    return min((*options[start:], *options[:start]), key=worn)


def _swapped(text: str, found: Sequence[str], swap: Sequence[str]) -> str:
    """Put other names in the place of those found; keys ignore case."""
    for number, _ in enumerate(swap):
        text = re.sub(re.escape(found[number]), f"<{number}>", text, flags=re.IGNORECASE)
    for number, name in enumerate(swap):
        text = text.replace(f"<{number}>", name)
    return capital(text)


def capital(text: str) -> str:
    """Raise the first letter, leaving slots and names alone."""
    return text[:1].upper() + text[1:]


def is_are(name: str) -> str:
    """Return the verb that a noun phrase of an instrument takes."""
    return "are" if name.endswith("s") and " fund" not in name else "is"


def has_have(name: str) -> str:
    """Return the other verb that a noun phrase of an instrument takes."""
    return "have" if is_are(name) == "are" else "has"


def lowered(text: str) -> str:
    """Lower the first letter of a sentence that is to follow a colon, unless it is a name's."""
    first, _, _ = text.partition(" ")
    return text[:1].lower() + text[1:] if first in _LOWERED else text


_LOWERED = frozenset(
    "The A An On In At Of Over Only One Two Three Four Five Six Seven Eight Nine Ten All None "
    "More Most Fewer Large Small Since No Both Not Health Energy Technology Materials Utilities "
    "Industrials Financials Consumer Communication Real High-yield Investment-grade Long Gold "
    "Copper Crude Beneath Against With Every".split()
)


def listed(items: Iterable[str]) -> str:
    """Join as ``a, b and c``."""
    parts = [item for item in items if item]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def moved(figure: Figure) -> str:
    """Return a past-tense verb that fits the move, with its figure.

    Examples of output: ``slipped {{IWM.return.1d}}``, ``ended the day flat`` (no figure).
    """
    size = abs(figure.value)
    if size < 0.05:
        return "ended flat"
    up = figure.value > 0
    for limit, rise, fall in (
        (0.3, "edged up", "slipped"),
        (1.0, "rose", "fell"),
        (2.0, "gained", "dropped"),
        (4.0, "jumped", "slid"),
    ):
        if size < limit:
            return f"{rise if up else fall} {figure.plain}"
    return f"{'surged' if up else 'sank'} {figure.plain}"


def standing(figure: Figure) -> str:
    """Return a present-tense state over a longer window: ``is up {{…}}``."""
    if abs(figure.value) < 0.05:
        return "is flat"
    return f"is {'up' if figure.value > 0 else 'down'} {figure.plain}"


def returned(figure: Figure) -> str:
    """Return wording for a return with dividends: ``has returned`` or ``has lost``."""
    if figure.fact.kind != "total":
        return standing(figure)
    verb = "returned" if figure.value >= 0 else "lost"
    return f"has {verb} {figure.plain} with dividends"


def ahead(figure: Figure) -> str:
    """Return wording for a spread: ``ahead by {{…}}``, ``behind by {{…}}``, ``level``."""
    if abs(figure.value) < 0.05:
        return "level"
    return f"{'ahead' if figure.value > 0 else 'behind'} by {figure.plain}"


def sentences(*parts: str | None) -> str:
    """Join those sentences that exist into a paragraph."""
    return " ".join(part.strip() for part in parts if part)


def count_words(text: str) -> int:
    """Count words, a slot as one."""
    return len(text.split())
