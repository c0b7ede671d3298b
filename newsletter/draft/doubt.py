"""Doubts: what would change our mind, in words and as the condition that says the same.

A sentence is printed only if tonight's ledger can decide its condition and finds it false:
nobody announces as a test of his view what has happened already, or what nobody can tell.
"""

from dataclasses import dataclass

from newsletter.draft.condition import Condition
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import capital, has_have, moved
from newsletter.errors import DraftError

MOST = 2
"""Doubts in one briefing."""
LEAST = "0.05"
"""Percent or points from which a move prints as one: what fires must be so in print too."""
DOORSTEP = 1
"""Percent or points within which a turn is a matter of a day or two, and no test of a view."""
STRETCH = {"5d": "five sessions", "1m": "one month", "3m": "three months"}
"""Windows in words."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One of them.

    Parameters
    ----------
    words : str
        A noun phrase with a full stop. What stands before a colon is the condition in
        words, which a later edition may quote; what follows is comment.
    condition : str
        Over facts; empty where tonight has not what it asks for.
    """

    words: str
    condition: str


def kept(ev: Evening, *doubts: Doubt) -> tuple[Doubt, ...]:
    """Return the first doubts that tonight's facts can decide and do not bear out yet."""
    return tuple([doubt for doubt in doubts if _open(ev, doubt)][:MOST])


def overturned(ev: Evening, side: str) -> tuple[Doubt, ...]:
    """Return the slow doubts of a view on small companies against large, the best first.

    A view that is to last a month is not changed by one day: what is asked for is a month, a
    quarter or a trend. Those that could come true tomorrow stand last.

    Parameters
    ----------
    ev : Evening
        The session.
    side : {"for", "against"}
        The view.
    """
    turned, crossed = (behind, under_average) if side == "for" else (ahead, over_average)
    found = [
        (ev.spread(ev.small, ev.large, "1m"), turned(ev, ev.small, ev.large, "1m")),
        (ev.figure(f"{ev.ratio}.50d_gap"), crossed(ev)),
        (ev.spread(ev.small, ev.large, "3m"), turned(ev, ev.small, ev.large, "3m")),
    ]
    near = [bool(figure and abs(figure.value) < DOORSTEP) for figure, _ in found]
    return tuple(
        doubt for _, (_, doubt) in sorted(zip(near, found, strict=True), key=lambda p: p[0])
    )


# -- doubts that several themes share ---------------------------------------------------


def ahead(ev: Evening, first: str, second: str, window: str = "5d", aside: str = "") -> Doubt:
    """Return one fund ahead of another over a stretch."""
    words = f"{capital(ev.name(first))} ahead of {ev.name(second)} over {STRETCH[window]}"
    words += f"{aside or _so_far(ev, first, second, window)}."
    return Doubt(words, _lead(ev, first, second, window))


def behind(ev: Evening, first: str, second: str, window: str = "5d", aside: str = "") -> Doubt:
    """Return one fund behind another over a stretch."""
    words = f"{capital(ev.name(first))} behind {ev.name(second)} over {STRETCH[window]}"
    words += f"{aside or _so_far(ev, first, second, window)}."
    return Doubt(words, _lead(ev, second, first, window))


def against_the_tide(ev: Evening, aside: str = "") -> Doubt:
    """Return small companies rising on a day when large ones fall."""
    words = f"A day on which {ev.name(ev.large)} falls and {ev.name(ev.small)} rises"
    words += f"{aside or today(ev)}."
    return Doubt(words, _apart(ev, falls(ev, ev.large), rises(ev, ev.small)))


def fair_weather(ev: Evening, aside: str = "") -> Doubt:
    """Return small companies falling further than large ones on a day when both fall."""
    words = (
        f"A day on which {ev.name(ev.large)} falls and {ev.name(ev.small)} falls further"
        f"{aside or today(ev)}."
    )
    return Doubt(words, both(falls(ev, ev.large), _lead(ev, ev.large, ev.small, "1d")))


def left_behind(ev: Evening) -> Doubt:
    """Return small companies falling on a day when large ones rise."""
    words = f"A day on which {ev.name(ev.large)} rises and {ev.name(ev.small)} falls{today(ev)}."
    return Doubt(words, _apart(ev, rises(ev, ev.large), falls(ev, ev.small)))


def lifted(ev: Evening) -> Doubt:
    """Return small companies rising further than large ones on a day when both rise."""
    words = f"A day on which {ev.name(ev.large)} rises and {ev.name(ev.small)} rises further"
    words += f"{today(ev)}."
    return Doubt(words, both(rises(ev, ev.large), _lead(ev, ev.small, ev.large, "1d")))


def over_average(ev: Evening) -> Doubt:
    """Return the ratio of small to large above its 50-day average."""
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    level = f": tonight the ratio of small caps to large stands {gap.plain} below it" if gap else ""
    return Doubt(f"The ratio of small caps to large above its 50-day average{level}.", above(gap))


def under_average(ev: Evening) -> Doubt:
    """Return the ratio of small to large below its 50-day average."""
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    level = f": tonight the ratio of small caps to large stands {gap.plain} above it" if gap else ""
    return Doubt(f"The ratio of small caps to large below its 50-day average{level}.", below(gap))


def _so_far(ev: Evening, first: str, second: str, window: str) -> str:
    """Return where two funds stand tonight over a stretch, as comment behind a colon."""
    a, b = ev.move(first, window), ev.move(second, window)
    if not a or not b or a.fact.kind != b.fact.kind:
        return ""
    return (
        f": so far {ev.name(first)} {has_have(ev.name(first))} made {a.signed} and "
        f"{ev.name(second)} {b.signed} over {STRETCH[window]}"
    )


def today(ev: Evening) -> str:
    """Return what the two did today, as comment behind a colon."""
    small, large = ev.move(ev.small), ev.move(ev.large)
    if not small or not large:
        return ""
    return f": today {ev.name(ev.large)} {moved(large)} and {ev.name(ev.small)} {moved(small)}"


# -- conditions ---------------------------------------------------------------------------


def above(figure: Figure | None) -> str:
    """Return the condition that a figure is above zero in print; empty where it is absent."""
    return f"{figure.fact.id} > {LEAST}" if figure else ""


def below(figure: Figure | None) -> str:
    """Return the condition that a figure is below zero in print; empty where it is absent."""
    return f"{figure.fact.id} < -{LEAST}" if figure else ""


def rises(ev: Evening, symbol: str, window: str = "1d") -> str:
    """Return the condition that an instrument rises over a stretch."""
    return above(ev.move(symbol, window))


def falls(ev: Evening, symbol: str, window: str = "1d") -> str:
    """Return the condition that an instrument falls over a stretch."""
    return below(ev.move(symbol, window))


def both(*clauses: str) -> str:
    """Join conditions; without one of them there is none."""
    return " and ".join(clauses) if all(clauses) else ""


def _apart(ev: Evening, *clauses: str) -> str:
    """Join conditions on small companies and large; without the two there is none."""
    return both(*clauses) if ev.raced else ""


def _lead(ev: Evening, first: str, second: str, window: str) -> str:
    """Return the condition that one instrument does better than another; none of one alone."""
    if first == second:
        return ""
    spread = ev.spread(first, second, window)
    if spread is not None:
        return above(spread)
    spread = ev.spread(second, first, window)
    if spread is not None:
        return below(spread)
    a, b = ev.move(first, window), ev.move(second, window)
    same = a and b and a.fact.kind == b.fact.kind
    return f"{a.fact.id} > {b.fact.id}" if a and b and same else ""


def _open(ev: Evening, doubt: Doubt) -> bool:
    try:
        return (
            bool(doubt.condition)
            and Condition.parse(doubt.condition).against(ev.ledger).check(ev.ledger) is False
        )
    except DraftError:
        return False
