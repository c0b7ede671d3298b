"""False sentences made from true ones, in families of error that market letters commit.

A mutator takes a sentence with its slots and yields versions that are false for certain:
the ledger is asked before each change whether the changed sentence might be true as well
(another fact that prints the same, a tie, a return with dividends that agrees).
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from corpus.briefings import Briefing, Sentence, Slot, siblings, universe

from newsletter.compute.facts import Fact, Ledger
from newsletter.config import plain
from newsletter.units import Unit

FAMILIES = (
    "wrong_value", "swapped_entity", "swapped_period", "flipped_direction", "flipped_comparison",
    "wrong_rank", "wrong_count", "wrong_extreme", "wrong_date", "wrong_unit", "stale_value",
    "fabricated_in_words", "absent_fact", "negation",
)  # fmt: skip
WORDLESS = ("flipped_direction", "flipped_comparison", "wrong_extreme", "negation")
"""Families of which a good part must not print a figure."""
NUMERIC = (
    Unit.PERCENT, Unit.POINTS, Unit.BPS, Unit.USD, Unit.INDEX, Unit.RATIO, Unit.NUMBER,
    Unit.PERCENTILE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A false sentence.

    Parameters
    ----------
    session : str
        Date of the session.
    family : str
        Kind of error.
    original : Sentence
        What it was made from, with its place on the page.
    text : str
        The false sentence.
    why : str
        Why it is false, with the ids of the facts that say so.
    """

    session: str
    family: str
    original: Sentence
    text: str
    why: str

    @property
    def figureless(self) -> bool:
        """Whether neither version prints a figure."""
        return self.original.figureless and Sentence(self.text).figureless


@dataclass(frozen=True)
class Evening:
    """What mutators may ask: the session's facts, those of an earlier one, who has which name."""

    ledger: Ledger
    earlier: Ledger | None
    names: dict[str, str]
    """Subject to its noun phrase."""


False_ = tuple[str, str]
"""A false text, and why it is false."""
Mutator = Callable[[Sentence, Evening, random.Random], Iterator[False_]]
MUTATORS: dict[str, list[Mutator]] = {family: [] for family in FAMILIES}


def mutator(family: str) -> Callable[[Mutator], Mutator]:
    """Register a mutator of a family."""

    def keep(function: Mutator) -> Mutator:
        MUTATORS[family].append(function)
        return function

    return keep


def mutants(
    briefing: Briefing, sentences: list[Sentence], family: str, seed: str, count: int
) -> list[Mutant]:
    """Make mutants of one family from the sentences of a session.

    Parameters
    ----------
    briefing : Briefing
        The session.
    sentences : list of Sentence
        True sentences about it.
    family : str
        One of `FAMILIES`.
    seed : str
        Makes the choice reproducible.
    count : int
        How many at most; half of them without figures where the family asks for it.
    """
    import corpus.mutations_absent
    import corpus.mutations_values
    import corpus.mutations_words  # noqa: F401 - they register their mutators

    rng = random.Random(f"{seed} {briefing.date} {family}")
    evening = Evening(briefing.ledger, briefing.earlier, spoken())
    found: dict[str, Mutant] = {}
    for sentence in sentences:
        for text, why in _false(sentence, evening, family, rng):
            if text != sentence.text:
                made = Mutant(str(briefing.date), family, sentence, text, why)
                found.setdefault(sentence.lead + text, made)
    return _drawn(list(found.values()), family, rng, count)


def _false(
    sentence: Sentence, evening: Evening, family: str, rng: random.Random
) -> Iterator[False_]:
    for lie in sentence.lies:
        if lie.family == family:
            yield lie.text, lie.why
    for make in MUTATORS[family]:
        yield from make(sentence, evening, rng)


def _drawn(found: list[Mutant], family: str, rng: random.Random, count: int) -> list[Mutant]:
    """Draw at random, one of each original before a second of any."""
    rng.shuffle(found)
    seen: dict[str, int] = {}
    order = []
    for made in found:
        turn = seen[made.original.text] = seen.get(made.original.text, -1) + 1
        order.append((turn, made))
    ranked = [made for _, made in sorted(order, key=lambda pair: pair[0])]
    if family not in WORDLESS:
        return ranked[:count]
    bare = [made for made in ranked if made.figureless][: (count + 1) // 2]
    return [*bare, *(made for made in ranked if not made.figureless)][:count]


# -- what mutators ask -----------------------------------------------------------------


def spoken() -> dict[str, str]:
    """Return the house's noun phrase of each subject."""
    of = universe()
    return {plain(symbol): of.name(symbol) for symbol in of.instruments}


def shown(sentence: Sentence, slot: Slot) -> str:
    """Return what a slot printed."""
    return sentence.text[slot.start : slot.end]


def put(sentence: Sentence, slot: Slot, text: str) -> str:
    """Return the sentence with another print in place of a slot's."""
    return sentence.text[: slot.start] + text + sentence.text[slot.end :]


def figures(sentence: Sentence, ledger: Ledger) -> Iterator[tuple[Slot, Fact]]:
    """Yield the slots that print a number, with their facts."""
    for slot in sentence.slots:
        fact = ledger[slot.fact]
        if fact.unit in NUMERIC and slot.form in {"plain", "signed", "precise"}:
            yield slot, fact


def might_print(fact: Fact, ledger: Ledger, value: Decimal, places: int) -> bool:
    """Tell whether a fact, with or without dividends, prints a magnitude under any rounding."""
    unit = Decimal(1).scaleb(-places)
    return any(
        abs(value) == abs(one.number).quantize(unit, rounding=rounding)
        for one in siblings(fact, ledger)
        for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP)
    )


def related(ledger: Ledger, fact: Fact, subject: str = "", window: str = "") -> list[Fact]:
    """Return the same measure of another subject or period, with and without dividends.

    Empty where any of the kinds that the original has is missing.
    """
    stem = fact.id.removesuffix(".total")
    if subject:
        stem = f"{subject}{stem.removeprefix(fact.subject)}"
    if window:
        head, _, tail = stem.rpartition(".")
        if tail != fact.period.label:
            return []
        stem = f"{head}.{window}"
    kinds = (".total",) if fact.id.endswith(".total") else ("",)
    exact = [ledger.get(f"{stem}{kind}") for kind in kinds]
    if exact[0] is None or exact[0].id == fact.id or not isinstance(exact[0].value, Decimal):
        return []
    return siblings(exact[0], ledger)


def differ(fact: Fact, others: list[Fact], form: str) -> bool:
    """Tell whether a fact's print is wrong for every one of some others."""
    mine = fact.forms[form]
    return bool(others) and all(
        mine != one.forms[form] or (fact.number > 0) != (one.number > 0) for one in others
    )


def elsewhere(fact: Fact, others: list[Fact], form: str, ledger: Ledger) -> str:
    """Return another fact's print that is wrong for this one, or an empty string."""
    if not others:
        return ""
    text = others[0].forms[form]
    mine = {one.forms[form].lstrip("+−") for one in siblings(fact, ledger)}
    return "" if text.lstrip("+−") in mine else text
