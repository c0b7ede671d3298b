"""The other side of a week's view, from facts that an evening seldom reaches for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.config import Pair, plain
from newsletter.draft.claims import Section
from newsletter.draft.evening import Evening
from newsletter.draft.preview.view import against
from newsletter.draft.prose import capital, pick, sentences
from newsletter.draft.theme import Stance

MOST = 3


@dataclass(frozen=True, slots=True)
class Objection:
    """One argument.

    Parameters
    ----------
    way : int
        1 for risk and small companies, -1 against.
    weight : float
        How strong it is.
    text : str
        A sentence.
    """

    way: int
    weight: float
    text: str


def other_side(ev: Evening, stance: Stance) -> Section:
    """Make the case against the view; where no side is taken, the case against having none."""
    found = sorted(objections(ev), key=lambda o: (-o.weight, o.text))
    if stance == "neither":
        way = found[0].way if found else 1
        lead = pick(ev, 801, _LEADS[0])
    else:
        way = -1 if stance == "for" else 1
        lead = pick(ev, 803, _LEADS[way])
    chosen = [ev.fresh(one.text) for one in found if one.way == way][:MOST]
    back = [ev.fresh(one.text) for one in found if one.way == -way][:1]
    if not any(chosen):
        return Section("The other side", (_NOTHING,))
    answer = sentences(pick(ev, 805, _ANSWERS), *back) if any(back) else pick(ev, 807, _ALONE)
    return Section("The other side", (sentences(lead, *chosen), answer))


def objections(ev: Evening) -> list[Objection]:
    """Return every argument that the facts support, for either side."""
    return [one for make in _MAKERS for one in make(ev)]


def _pair(ev: Evening, id: str) -> Pair | None:
    return next((pair for pair in ev.universe.pairs if pair.id == id), None)


def _race(ev: Evening, id: str, window: str, stretch: str, least: float, tails: tuple[str, str]
          ) -> Iterator[Objection]:  # fmt: skip
    """Argue from one pair's lead over a stretch."""
    pair = _pair(ev, id)
    spread = ev.spread(pair.first, pair.second, window) if pair else None
    if pair is None or spread is None or abs(spread.value) < least:
        return
    way = 1 if spread.value > 0 else -1
    text = (
        f"{capital(ev.name(pair.first))} {_be(ev.name(pair.first))} "
        f"{against(spread, ev.name(pair.second))} over {stretch}{tails[way < 0]}."
    )
    yield Objection(way, min(abs(spread.value) / least, 4.0) / 2, text)


def _be(name: str) -> str:
    return "is" if name.startswith(("the small-cap", "the equal")) else "are"


def _credit(ev: Evening) -> Iterator[Objection]:
    yield from _race(ev, "junk_grade", "1m", "one month", 0.4, (
        ": no worry among lenders",
        ": worry among lenders, who are paid to be early"))  # fmt: skip


def _cyclicals(ev: Evening) -> Iterator[Objection]:
    yield from _race(ev, "cyclical_defensive", "1m", "one month", 1.5, (
        ", which is not how fear invests", ", which is how caution invests"))  # fmt: skip


def _giants(ev: Evening) -> Iterator[Objection]:
    yield from _race(ev, "small_giants", "3m", "three months", 3.0, (
        ": no obstacle there", ": no end of that story yet"))  # fmt: skip


def _average(ev: Evening) -> Iterator[Objection]:
    yield from _race(ev, "equal_cap", "3m", "three months", 1.0, (
        ": what rests on many is hard to tip", ": what rests on few is easy to tip"))  # fmt: skip


def _metals(ev: Evening) -> Iterator[Objection]:
    yield from _race(ev, "copper_gold", "1m", "one month", 3.0, (
        ": metal for building is preferred to metal for worrying",
        ": metal for worrying is preferred to metal for building"))  # fmt: skip


def _calm(ev: Evening) -> Iterator[Objection]:
    stem = plain(ev.universe.volatility)
    rank = ev.figure(f"{stem}.percentile_1y")
    if rank is None or 20 < rank.value < 85:
        return
    name = capital(ev.name(ev.universe.volatility))
    low = rank.value <= 20
    text = f"{name} is in the {rank.plain} percentile of its past year" + (
        ": calm that deep has little left to give."
        if low
        else ": fear that dear has often been bought near its top."
    )
    yield Objection(-1 if low else 1, 0.9, text)


def _long_trend(ev: Evening) -> Iterator[Objection]:
    stem = plain(ev.small)
    gap, level = ev.figure(f"{stem}.gap.200d"), f"{stem}.average_level.200d"
    if gap is None or abs(gap.value) < 1 or not ev.has(level):
        return
    up = gap.value > 0
    text = (
        f"{capital(ev.name(ev.small))} stands {gap.plain} {'above' if up else 'below'} its 200-day "
        f"average, which is at {{{{{level}}}}}"
        + (
            (
                ", far enough above it to have something to lose."
                if gap.value >= 8
                else ", the plainest definition of a trend there is."
            )
            if up
            else ", and below that line most rallies have been visits."
        )
    )
    way = (-1 if gap.value >= 8 else 1) if up else -1
    yield Objection(way, 0.6 + min(abs(gap.value), 20) / 20, text)


_MAKERS: tuple[Callable[[Evening], Iterator[Objection]], ...] = (
    _credit, _cyclicals, _giants, _average, _metals, _calm, _long_trend,
)  # fmt: skip
_LEADS: dict[int, tuple[str, ...]] = {
    1: (
        "A fair opponent would say this.",
        "The best case against us runs as follows.",
        "Someone on the other side of this view has these exhibits.",
    ),
    -1: (
        "A fair opponent would say that.",
        "The prosecution may call these witnesses.",
        "Someone who thinks us too hopeful has these exhibits.",
    ),
    0: (
        "To sit on a fence is a view as well, and it can be argued against.",
        "Those who find us timid have exhibits of their own.",
        "The strongest case for taking a side now is this one.",
    ),
}
_ANSWERS = (
    "We would answer with a fact of our own.",
    "Our reply is short.",
    "The reply is that the file has another page.",
)
_ALONE = (
    "We have no neat reply, which is why the conditions below matter more than the view.",
    "We concede it, and keep the view on a short lead.",
)
_NOTHING = (
    "The other side finds little in these facts. A view that meets no resistance is either "
    "right or popular, and the second is more common."
)
