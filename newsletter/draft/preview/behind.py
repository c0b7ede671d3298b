"""The week behind in five sentences, and the longer stretch it belongs to."""

from collections.abc import Sequence

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import (
    ahead,
    capital,
    has_have,
    is_are,
    listed,
    mix,
    moved,
    sentences,
)

WEEK = "5d"
"""The week of a preview: five sessions, whatever holidays it had."""
LEAST = 0.05
"""Points from which a lead prints as one."""


def five_sentences(ev: Evening) -> str:
    """Tell the week: funds, sectors, style, breadth, volatility; what is not known is left out."""
    return sentences(_funds(ev), _sectors(ev), _style(ev), _breadth(ev), _volatility(ev))


def longer(ev: Evening) -> str:
    """Set the week in its month, its quarter and its half-year."""
    return sentences(_half(ev), _leaders(ev), _average(ev), _range(ev))


def funds(ev: Evening, symbols: Sequence[str], window: str) -> str:
    """Return ``the S&P 500 fund rose …, the small-cap fund fell …`` without a full stop."""
    known = ((symbol, ev.move(symbol, window)) for symbol in dict.fromkeys(symbols))
    return listed(f"{ev.name(symbol)} {moved(move)}" for symbol, move in known if move)


def _funds(ev: Evening) -> str | None:
    told = funds(ev, tuple(dict.fromkeys((ev.large, "QQQ", ev.small))), WEEK)
    if not told:
        return None
    return mix(
        ev,
        701,
        ("Over the past five sessions ", "Over five sessions "),
        told,
        ".",
    )


def _sectors(ev: Evening) -> str | None:
    ranked = ev.ranked(WEEK)
    if len(ranked) < 4:
        return None
    (best, top), (second, next_), (worst, bottom) = ranked[0], ranked[1], ranked[-1]
    count = "sectors.advancing.5d"
    rising = int(ev.value(count)) if ev.has(count, "sectors.count.5d") else -1
    whole = rising == len(ranked)
    many = (
        "All {{sectors.count.5d|word}} sectors rose over those sessions; "
        if whole
        else f"Over those five sessions {{{{{count}|word}}}} of {{{{sectors.count.5d|word}}}} "
        "sectors rose; "
        if rising > 0
        else "No sector rose over those five sessions; "
        if rising == 0
        else "Over those five sessions "
    )
    return mix(
        ev,
        703,
        many,
        (
            (
                f"{ev.name(best)} did best with {top.signed}, ahead of {ev.name(second)} "
                f"({next_.signed}), and {ev.name(worst)} did worst with {bottom.signed}"
            ),
            (
                f"the best of them {is_are(ev.name(best))} {ev.name(best)} at {top.signed}, "
                f"the worst {ev.name(worst)} at {bottom.signed}"
            ),
        )[: 2 if rising else 1],
        ".",
    )


def _style(ev: Evening) -> str | None:
    pairs = [p for theme in ("style", "weighting") for p in ev.universe.pairs if p.theme == theme]
    spreads = ((pair, ev.spread(pair.first, pair.second, WEEK)) for pair in pairs)
    # Where nothing lies between the two, the next pair has more to say.
    told = next(((p, s) for p, s in spreads if s and abs(s.value) >= LEAST), None)
    if told is None:
        return None
    pair, spread = told
    return mix(
        ev,
        705,
        f"Over those five sessions {ev.name(pair.first)} {is_are(ev.name(pair.first))} "
        f"{_place(ahead(spread), ev.name(pair.second))}",
        _STYLE[(spread.value > 1) - (spread.value < -1)] if pair.theme == "style" else ("",),
        ".",
    )


_STYLE = {
    1: (
        "",
        ": a change of taste, if it lasts",
        ", so new habits paid",
    ),
    -1: (
        "",
        ": no change of taste there",
        ", so old habits paid",
    ),
    0: (
        "",
        ": style was not where the week was decided",
        ", too little to build a habit on",
    ),
}


def _place(state: str, other: str) -> str:
    """Turn ``ahead by …`` into ``ahead of growth by …``."""
    if state == "level":
        return f"level with {other}"
    word, _, figure = state.partition(" by ")
    return f"{word}{' of' if word == 'ahead' else ''} {other} by {figure}"


def _breadth(ev: Evening) -> str | None:
    now, then = ev.figure(f"{ev.breadth}.above_50d"), ev.figure(f"{ev.breadth}.above_50d.5d_ago")
    if now is None or then is None:
        return None
    difference = round(now.value) - round(then.value)
    if difference == 0:
        return (
            f"{now.plain} of {ev.members} stand above their 50-day average, "
            "much as five sessions ago."
        )
    return mix(
        ev,
        707,
        f"The share of {ev.members} above their 50-day average is {now.plain}, "
        f"{'up' if difference > 0 else 'down'} from {then.plain} five sessions ago",
        _CROWD[(difference >= 4) - (difference <= -4)] if 15 < now.value < 85 else ("",),
        ".",
    )


_CROWD = {
    1: ("", ": more hands on the rope", ", and recruits matter"),
    -1: ("", ": fewer hands on the rope", ", and deserters seldom announce themselves"),
    0: ("", ": nobody joined and nobody left", ", a crowd standing still"),
}  # fmt: skip


def _volatility(ev: Evening) -> str | None:
    stem = plain(ev.universe.volatility)
    change = ev.figure(f"{stem}.change.5d")
    if change is None or not ev.has(f"{stem}.level"):
        return None
    turn = (
        f"{'up' if change.value > 0 else 'down'} {change.plain} over five sessions"
        if abs(change.value) >= 0.05
        else "where it stood five sessions ago"
    )
    name = capital(ev.name(ev.universe.volatility))
    return mix(
        ev,
        709,
        f"{name} closed at {{{{{stem}.level}}}}, {turn}",
        _FEAR[(change.value >= 2) - (change.value <= -2)],
        ".",
    )


_FEAR = {
    1: ("", ": second thoughts have a price, and it went up", ", the price of second thoughts"),
    -1: (
        "",
        ": relief, which is not the same as safety",
        ", and fewer people are paying for doubt",
    ),
    0: ("", ": no alarm and no relief", ", no verdict either way"),
}


# -- the longer stretch -----------------------------------------------------------------


def _half(ev: Evening) -> str | None:
    month, half = (ev.spread(ev.small, ev.large, window) for window in ("1m", "6m"))
    if month is None or half is None:
        return None
    other = ev.name(ev.large)
    told = (("one month", month), ("six months", half))
    return sentences(
        *(
            f"Over {stretch} {ev.name(ev.small)} is {_place(ahead(spread), other)}."
            for stretch, spread in told
            if abs(spread.value) >= LEAST
        )
    )


def _leaders(ev: Evening) -> str | None:
    week, quarter = ev.ranked(WEEK), ev.ranked("3m")
    if len(week) < 8 or len(quarter) < 8:
        return None
    (best, top), (worst, bottom) = quarter[0], quarter[-1]
    tail = (
        f", and {ev.name(best)} did best over five sessions too"
        if week[0][0] == best
        else f"; {ev.name(week[0][0])}, best over five sessions, "
        f"{has_have(ev.name(week[0][0]))} {dict(quarter)[week[0][0]].signed} over three months"
        if week[0][0] in dict(quarter)
        else ""
    )
    return (
        f"Over three months, dividends included, the best of the sectors is {ev.name(best)} with "
        f"{top.signed} and the worst {ev.name(worst)} with {bottom.signed}{tail}."
    )


def _average(ev: Evening) -> str | None:
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    spread = ev.spread(pair.first, pair.second, "1m") if pair else None
    if pair is None or spread is None or abs(spread.value) < 0.05:
        return None
    up = spread.value > 0
    return mix(
        ev,
        713,
        f"Over one month {ev.name(pair.first)} is {_place(ahead(spread), ev.name(pair.second))}",
        ("", ": the month belonged to the many")
        if up
        else (
            "",
            ": the month belonged to the few",
            ", so the index is still a story about its top",
        ),
        ".",
    )


def _range(ev: Evening) -> str | None:
    distance = ev.figure(f"{ev.ratio}.distance_from_record")
    if distance is None or distance.value > -0.05:
        return None
    return mix(
        ev,
        715,
        f"The ratio of small caps to large is still {distance.plain} below its record",
        ("", ": what looks like a triumph on a short chart is a recovery on a long one")
        if distance.value <= -15 and ev.value(f"{ev.ratio}.percentile_1y") >= 75
        else ("", ", near enough to make the long chart interesting")
        if distance.value > -15
        else ("",),
        ".",
    )
