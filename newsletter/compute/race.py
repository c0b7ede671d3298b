"""A race of two lines: who leads, since when, and what such a lead was worth before.

The one recipe behind small against large, value against growth, equal against cap weight
and the like, so that their states can be compared with each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import Array, Mask, change, lagged, latch
from newsletter.compute.case import Case, Words, tell
from newsletter.compute.facts import Fact
from newsletter.compute.make import Maker, Subject
from newsletter.compute.signal import Absent, Output
from newsletter.config import Pair, Universe
from newsletter.units import Unit

QUARTER, MONTH = 63, 21
STATES = ("leading", "fading", "neutral", "lagging", "recovering")
USUAL: Mapping[str, str] = {state: state for state in STATES}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Thresholds of a race, in percent of relative return.

    Parameters
    ----------
    enter, leave : float
        A side is taken at `enter` over a quarter and kept down to `leave`.
    turn : float
        The month turns against or for a side at this size.
    full : float
        Lead over a quarter that counts as full strength.
    """

    enter: float
    leave: float
    turn: float
    full: float


def pair_of(universe: Universe, *, id: str = "", theme: str = "") -> Pair | None:
    """Return the first configured pair of an id or a theme, None where there is none.

    Parameters
    ----------
    universe : Universe
        Configured pairs.
    id, theme : str
        One of them; an empty one matches nothing.
    """
    return next((p for p in universe.pairs if id == p.id or theme == p.theme), None)


def race(
    make: Maker,
    name: str,
    first: str,
    second: str,
    recipe: Recipe,
    words: Mapping[str, str] = USUAL,
) -> Iterator[Output]:
    """Yield the signal of a race with its facts and base rates.

    Parameters
    ----------
    make : Maker
        Of the signal's measure.
    name : str
        The signal's name.
    first, second : str
        Two lines: symbols or baskets.
    recipe : Recipe
        Thresholds.
    words : mapping of str to str
        What this race calls each of `STATES`.

    Notes
    -----
    ``ratio = first / second`` on adjusted closes (price closes where those are known on
    more sessions); ``lead(n) = 100 · (ratio / ratio n sessions ago − 1)``, the relative
    return, percent. Facts state it as ``relative_return``, and as ``lead`` the plain
    difference of both returns, in points; sequels are such differences.

    * Side: first from ``lead(63) ≥ enter`` until it falls below ``leave``; second from
      ``≤ −enter`` until it rises above ``−leave``; none in between.
    * Turn: down from ``lead(21) ≤ −turn``, up from ``≥ turn``, else as before.
    * State: ``leading`` (side first, turn not down), ``fading`` (first, down),
      ``lagging`` (second, not up), ``recovering`` (second, up), ``neutral`` (no side).
    * Strength: ``lead(63) / full``, cut at ±1.
    * Base rate: while the first side is ahead (leading or fading), events are sessions
      with ``lead(63) ≥ enter`` and a hit is a further lead; while the second is, the
      mirror image; with no side, events are sessions with no side and a hit is a lead.
    """
    universe = make.market.universe
    kind, ratio = fuller_ratio(make, first, second)
    lead, recent = lead_over(ratio, QUARTER), lead_over(ratio, MONTH)
    inputs = (*universe.parts(first), *universe.parts(second))
    subject = Subject(name, f"{universe.name(first)} against {universe.name(second)}", inputs)
    known = np.flatnonzero(np.isfinite(ratio))
    states = states_of(lead, recent, recipe)
    condition, sign, holds = _condition(str(states[-1]), lead, states, recipe)
    yield from tell(
        make,
        Case(
            name=name,
            subject=subject,
            states=renamed(states, words),
            strength=np.clip(lead / recipe.full, -1.0, 1.0),
            outcome=make.market.line(first, kind),
            against=make.market.line(second, kind),
            unit=Unit.POINTS,
            kind=kind,
            sign=sign,
            condition=words[condition],
            holds=holds,
            since=int(known[0]) if len(known) else None,
            threshold=recipe.enter,
            evidence=tuple(
                fact
                for days, relative in ((QUARTER, lead), (MONTH, recent))
                for fact in _lead_facts(make, subject, kind, days, (first, second), relative)
            ),
        ),
    )


def _condition(state: str, lead: Array, states: Words, recipe: Recipe) -> tuple[str, int, Mask]:
    """Return the condition that describes tonight, the sign of a hit, and where it held."""
    with np.errstate(invalid="ignore"):
        if state in {"leading", "fading"}:
            return "leading", 1, lead >= recipe.enter
        if state in {"lagging", "recovering"}:
            return "lagging", -1, lead <= -recipe.enter
    return "neutral", 1, states == "neutral"


def fuller_ratio(make: Maker, first: str, second: str) -> tuple[str, Array]:
    """Return the kind of closes known on more sessions, total where equal, and the ratio."""
    ratios = {kind: make.market.ratio(first, second, kind) for kind in ("total", "price")}
    known = {kind: int(np.isfinite(ratio).sum()) for kind, ratio in ratios.items()}
    kind = "price" if known["price"] > known["total"] else "total"
    return kind, ratios[kind]


def lead_over(ratio: Array, days: int) -> Array:
    """Return the percent change of a ratio over `days` sessions."""
    return 100.0 * (ratio / lagged(ratio, days) - 1.0)


def states_of(lead: Array, recent: Array, recipe: Recipe) -> Words:
    """Return the state on each session, empty where either lead is unknown."""
    known: Mask = np.isfinite(lead) & np.isfinite(recent)
    with np.errstate(invalid="ignore"):
        first = latch(lead >= recipe.enter, ~known | (lead < recipe.leave))
        second = latch(lead <= -recipe.enter, ~known | (lead > -recipe.leave))
        down = latch(recent <= -recipe.turn, ~known | (recent >= recipe.turn))
        up = latch(recent >= recipe.turn, ~known | (recent <= -recipe.turn))
    conditions = [~known, first & down, first, second & up, second]
    names = ["", "fading", "leading", "recovering", "lagging"]
    return np.select(conditions, names, default="neutral")


def renamed(states: Words, words: Mapping[str, str]) -> Words:
    """Return the states in other words; an unknown state stays empty."""
    known = list(words)
    return np.select([states == state for state in known], [words[s] for s in known], default="")


def _lead_facts(
    make: Maker,
    subject: Subject,
    kind: str,
    days: int,
    sides: tuple[str, str],
    relative: Array,
) -> Iterator[Fact | Absent]:
    """Yield the difference of both changes, in points, and the change of the ratio, percent."""
    period = make.span(f"{days}d", days + 1)
    moved = [
        float(change(closes[-1], lagged(closes, days)[-1]))
        for closes in (make.market.line(side, kind) for side in sides)
    ]
    for metric, value, unit in (
        ("lead", moved[0] - moved[1], Unit.POINTS),
        ("relative_return", float(relative[-1]), Unit.PERCENT),
    ):
        yield make.fact(
            f"{subject.id}.{metric}.{days}d",
            value,
            unit,
            subject=subject,
            metric=metric,
            kind=kind,
            period=period,
        )
