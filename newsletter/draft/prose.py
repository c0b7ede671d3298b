"""Small tools of English: verbs that fit the size of a move, lists, capitals, choices."""

from collections.abc import Iterable, Sequence

from newsletter.draft.evening import Evening, Figure


def pick(evening: Evening, salt: int, options: Sequence[str]) -> str:
    """Choose a wording; the next evening chooses the next one.

    Parameters
    ----------
    evening : Evening
        Supplies the turn.
    salt : int
        Different at each place of use, so that choices do not march in step.
    options : sequence of str
        At least one.
    """
    return options[(evening.turn * (1 + salt % 2) + salt) % len(options)]


def capital(text: str) -> str:
    """Raise the first letter, leaving slots and names alone."""
    return text[:1].upper() + text[1:]


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
