"""Arguments for and against risk and rotation, each with the facts that carry it.

The counter-argument of a briefing is made of the strongest points on the other side of
its thesis; so the house cannot argue with a straw man without the ledger's help.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, pick


@dataclass(frozen=True, slots=True)
class Point:
    """One argument.

    Parameters
    ----------
    side : {"for", "against"}
        For or against risk and rotation.
    weight : float
        How strong it is tonight.
    text : str
        One or two sentences with slots.
    topic : str
        What it speaks of; a briefing does not argue both ways from one topic.
    """

    side: Literal["for", "against"]
    weight: float
    text: str
    topic: str = ""


def points(ev: Evening) -> list[Point]:
    """Return every argument that tonight's facts support, strongest first."""
    found = [
        replace(point, topic=TOPICS.get(maker, maker.__name__))
        for maker in MAKERS
        for point in maker(ev)
    ]
    return sorted(found, key=lambda point: (-point.weight, point.text))


def _breadth(ev: Evening) -> Iterator[Point]:
    fifty, long = f"{ev.breadth}.above_50d", f"{ev.breadth}.above_200d"
    if not ev.has(fifty, long):
        return
    share = ev.value(fifty)
    stem = (
        f"{{{{{fifty}}}}} of {ev.members} closed above their 50-day average and "
        f"{{{{{long}}}}} above their 200-day"
    )
    if share >= 55 and ev.value(long) >= 50:
        tail = pick(
            ev,
            7,
            (
                "the index is resting on many shoulders, not a few",
                "a train with that many passengers is hard to call empty",
                "participation of that kind is what tops usually lack",
            ),
        )
        yield Point("for", 1.0 + (share - 55) / 20, f"{capital(stem)}: {tail}.")
    elif share <= 45:
        tail = pick(
            ev,
            8,
            (
                "the typical stock is already in a downtrend, whatever the index says",
                "fewer and fewer shoulders carry the index",
                "a market this tired rarely lacks for reasons",
            ),
        )
        yield Point("against", 1.0 + (45 - share) / 20, f"{capital(stem)}: {tail}.")


def _breadth_change(ev: Evening) -> Iterator[Point]:
    change = ev.figure(f"{ev.breadth}.above_50d_change.5d")
    before = f"{ev.breadth}.above_50d.5d_ago"
    if change is None or not ev.has(before) or abs(change.value) < 6:
        return
    up = change.value > 0
    text = (
        f"The share of {ev.members} above their 50-day average was {{{{{before}}}}} five sessions "
        f"ago; it has {'risen' if up else 'fallen'} by {change.plain} since."
    )
    yield Point("for" if up else "against", 0.7 + abs(change.value) / 20, text)


def _record(ev: Evening) -> Iterator[Point]:
    for symbol, weight in ((ev.small, 0.9), (ev.large, 0.8)):
        stem = plain(symbol)
        distance = ev.figure(f"{stem}.distance_from_record.close")
        date = f"{stem}.record_close.date"
        if distance is None or not ev.has(date):
            continue
        if distance.fact.number == 0:
            text = f"{capital(ev.name(symbol))} closed at a record."
            yield Point("for", weight + 0.4, text)
            return
        if distance.value == 0:
            text = f"{capital(ev.name(symbol))} stands just below its record close."
            yield Point("for", weight + 0.2, text)
            return
        if distance.value >= -2.5:
            text = (
                f"{capital(ev.name(symbol))} made its record close on {{{{{date}|short}}}} and sits "
                f"{distance.plain} below it."
            )
            yield Point("for", weight, text)
            return


def _volatility(ev: Evening) -> Iterator[Point]:
    rank = f"{plain(ev.universe.volatility)}.percentile_1y"
    level = f"{plain(ev.universe.volatility)}.level"
    if not ev.has(rank, level):
        return
    percentile = ev.value(rank)
    name = capital(ev.name(ev.universe.volatility))
    if percentile <= 40:
        tail = pick(
            ev,
            9,
            ("option buyers are not paying up for fear", "nobody is bidding for insurance"),
        )
        text = f"{name}, at {{{{{level}}}}}, is lower than on most days of the past year: {tail}."
        yield Point("for", 0.6 + (40 - percentile) / 80, text)
    elif percentile >= 75:
        text = (
            f"{name} closed at {{{{{level}}}}}, in the {{{{{rank}}}}} percentile of its past year: "
            "protection is dear, and those who buy it seldom do so for sport."
        )
        yield Point("against", 0.6 + (percentile - 75) / 40, text)


def _trend(ev: Evening) -> Iterator[Point]:
    gap = ev.figure(f"{plain(ev.large)}.gap.200d")
    if gap is None or abs(gap.value) < 1:
        return
    name = capital(ev.name(ev.large))
    if gap.value > 0:
        text = f"{name} stands {gap.plain} above its 200-day average, and uptrends get the benefit of the doubt."
        yield Point("for", 0.5 + min(gap.value, 10) / 30, text)
    else:
        text = f"{name} stands {gap.plain} below its 200-day average, where rallies are guilty until proved otherwise."
        yield Point("against", 0.6 + min(-gap.value, 20) / 25, text)


def _quarter(ev: Evening) -> Iterator[Point]:
    spread = ev.spread(ev.small, ev.large, "3m")
    if spread is None or abs(spread.value) < 2:
        return
    lead = spread.value > 0
    text = (
        f"Over three months {ev.name(ev.small)} is {'ahead of' if lead else 'behind'} "
        f"{ev.name(ev.large)} by {spread.plain}, a margin that takes time to undo."
    )
    yield Point("for" if lead else "against", 0.6 + min(abs(spread.value), 12) / 20, text)


def _drawdown(ev: Evening) -> Iterator[Point]:
    now = ev.figure(f"{plain(ev.large)}.distance_from_record.close")
    if now is None or now.value > -5:
        return
    text = (
        f"{capital(ev.name(ev.large))} is {now.plain} below its record close; money that is losing "
        "sells what it can, not what it should."
    )
    yield Point("against", 0.7 + min(-now.value, 30) / 30, text)


def _stretched(ev: Evening) -> Iterator[Point]:
    rsi = ev.figure(f"{plain(ev.small)}.rsi.14d")
    if rsi is None:
        return
    name = ev.name(ev.small)
    if rsi.value >= 70:
        text = f"The 14-day RSI of {name} reads {rsi.plain}, which chartists call overbought."
        yield Point("against", 0.6 + (rsi.value - 70) / 20, text)
    elif rsi.value <= 30:
        text = (
            f"The 14-day RSI of {name} reads {rsi.plain}, which chartists call oversold, and "
            "bounces start from such readings."
        )
        yield Point("for", 0.6 + (30 - rsi.value) / 20, text)


def _participation(ev: Evening) -> Iterator[Point]:
    up, down = f"{ev.breadth}.advancers.1d", f"{ev.breadth}.decliners.1d"
    if not ev.has(up, down):
        return
    rose, fell = ev.value(up), ev.value(down)
    if 1 in (rose, fell):  # "only 1 rose" of many would need a singular that nobody has given
        return
    if rose >= 1.5 * fell:
        text = f"{{{{{up}}}}} {ev.members} rose on the day and {{{{{down}}}}} fell."
        yield Point("for", 0.5 + min(rose / max(fell, 1), 6) / 12, text)
    elif fell >= 1.5 * rose:
        text = f"{{{{{down}}}}} {ev.members} fell on the day and only {{{{{up}}}}} rose."
        yield Point("against", 0.5 + min(fell / max(rose, 1), 6) / 12, text)


def _complacency(ev: Evening) -> Iterator[Point]:
    rank, level = (f"{plain(ev.universe.volatility)}.{what}" for what in ("percentile_1y", "level"))
    if not ev.has(rank, level) or ev.value(rank) > 20:
        return
    text = (
        f"{capital(ev.name(ev.universe.volatility))} closed at {{{{{level}}}}}, near the bottom of "
        "its year: when insurance is this cheap it is because few think they need it, and that is "
        "when it is needed."
    )
    yield Point("against", 0.55 + (20 - ev.value(rank)) / 60, text)


def _year(ev: Evening) -> Iterator[Point]:
    spread = ev.spread(ev.small, ev.large, "1y")
    if spread is None or abs(spread.value) < 1:
        return
    lead = spread.value > 0
    tail = pick(
        ev,
        10,
        (
            "which is long enough to be more than weather",
            "and a year is a fair trial",
            "a margin with some patience in it",
            "the longest clock we carry",
        ),
    )
    text = (
        f"Over one year {ev.name(ev.small)} is {'ahead of' if lead else 'behind'} "
        f"{ev.name(ev.large)} by {spread.plain}, {tail}."
    )
    yield Point("for" if lead else "against", 0.45 + min(abs(spread.value), 15) / 30, text)


def _weighting(ev: Evening) -> Iterator[Point]:
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    spread = ev.spread(pair.first, pair.second, "3m") if pair else None
    if pair is None or spread is None or abs(spread.value) < 1:
        return
    lead = spread.value > 0
    tail = (
        "the average stock is ahead of the index"
        if lead
        else "the average stock is behind the index"
    )
    text = (
        f"Over three months {ev.name(pair.first)} is {'ahead of' if lead else 'behind'} "
        f"{ev.name(pair.second)} by {spread.plain}: {tail}."
    )
    yield Point("for" if lead else "against", 0.6 + min(abs(spread.value), 10) / 20, text)


def _extended(ev: Evening) -> Iterator[Point]:
    gap = ev.figure(f"{plain(ev.large)}.gap.200d")
    if gap is None or gap.value < 9:
        return
    text = (
        f"{capital(ev.name(ev.large))} is {gap.plain} above its 200-day average; prices that far "
        "from their own history have less to gain from good news than to lose from bad."
    )
    yield Point("against", 0.5 + (gap.value - 9) / 15, text)


MAKERS: tuple[Callable[[Evening], Iterator[Point]], ...] = (
    _breadth,
    _breadth_change,
    _record,
    _volatility,
    _trend,
    _quarter,
    _drawdown,
    _stretched,
    _participation,
    _complacency,
    _year,
    _weighting,
    _extended,
)
TOPICS: dict[Callable[[Evening], Iterator[Point]], str] = {
    _breadth_change: "breadth",
    _breadth: "breadth",
    _complacency: "volatility",
    _volatility: "volatility",
    _trend: "trend",
    _extended: "trend",
    _record: "record",
    _drawdown: "record",
}
