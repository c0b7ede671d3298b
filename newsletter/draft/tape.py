"""Sentences about the day's tape that any theme may use; each is None without its facts."""

from newsletter.draft.evening import Evening, Figure, crowded
from newsletter.draft.prose import capital, is_are, listed, mix, moved, pick, sentences, standing


def funds(ev: Evening, symbols: tuple[str, ...], window: str = "1d") -> str | None:
    """Return ``the S&P 500 fund fell …, the small-cap fund rose …`` without a full stop."""
    parts = []
    for symbol in dict.fromkeys(symbols):
        move = ev.move(symbol, window)
        if move:
            parts.append(f"{ev.name(symbol)} {moved(move)}")
    return listed(parts) or None


def leaders(ev: Evening, count: int = 3) -> str | None:
    """Name the best sectors of the day; where none are followed, what else is."""
    ranked = ev.ranked()
    if not ranked:
        return beside(ev)
    rising = [(s, m) for s, m in ranked if m.value > 0][:count]
    if not rising:
        symbol, move = ranked[0]
        if move.value == 0:
            return f"The best of the sectors, {ev.name(symbol)}, ended flat."
        return f"No sector rose; {ev.name(symbol)}, down {move.plain}, lost least."
    return _told(ev, rising, "best", 601)


def beside(ev: Evening) -> str | None:
    """Tell of a longer stretch, and of what a house follows beside its own funds."""
    ours = ev.sides
    stretches = [
        f"{start} {listed(f'{ev.name(s)} {standing(m)}' for s, m in moves)}."
        for window, start in _STRETCHES.items()
        if (moves := [(s, m) for s in ours if (m := ev.move(s, window))])
        and not (window == "ytd" and ev.first_session)
    ]
    stretch = pick(ev, 611, stretches) if stretches else None
    known = {*ours, "QQQ", ev.universe.volatility, ev.universe.volatility_3m, *ev.universe.sectors}
    others = tuple(s for s in ev.universe.instruments if s not in known)[:MOST]
    told = funds(ev, others)
    # The day's first and by name: behind another stretch it would be read as that stretch's.
    return sentences(told and f"{pick(ev, 613, _BESIDE)} {told} on the day.", stretch) or None


_STRETCHES = {
    "5d": "Over five sessions",
    "1m": "Over one month",
    "3m": "Over three months",
    "ytd": "This year",
    "1y": "Over one year",
}
_BESIDE = ("Beside that,", "As for the rest of our list,", "Elsewhere on our list")
MOST = 3
"""Instruments beside a house's own that an opening names."""


def laggards(ev: Evening, count: int = 2) -> str | None:
    """Name the worst sectors of the day."""
    ranked = ev.ranked()
    falling = [(s, m) for s, m in reversed(ranked) if m.value < 0][:count]
    if not ranked:
        return None
    if not falling:
        symbol, move = ranked[-1]
        return f"Even {ev.name(symbol)}, the laggard, {moved(move)}."
    return _told(ev, falling, "worst", 603)


def _told(ev: Evening, found: list[tuple[str, Figure]], end: str, salt: int) -> str:
    """Name the first of several sectors, and those next to it."""
    (symbol, move), rest = found[0], listed(f"{ev.name(s)} ({m.signed})" for s, m in found[1:])
    name, word = ev.name(symbol), "followed by" if end == "best" else "with"
    if not rest:
        return f"{capital(name)} {moved(move)}, {end} of the sectors."
    next_ = "" if end == "best" else " next in line"
    return pick(
        ev,
        salt,
        (
            f"{capital(name)} {moved(move)}, {word} {rest}{next_}.",
            f"{capital(end)} of the sectors {_was(name)} {name} at {move.signed}; then came {rest}.",
            f"Among the sectors {name} did {end} with {move.signed}, ahead of {rest}."
            if end == "best"
            else f"At the foot of the table stood {name} at {move.signed}, below {rest}.",
        ),
    )


def _was(name: str) -> str:
    return "were" if is_are(name) == "are" else "was"


def sector_count(ev: Evening) -> str | None:
    """Count the sectors that rose."""
    rising, total = "sectors.advancing.1d", "sectors.count.1d"
    if not ev.has(rising, total):
        return None
    value = int(ev.value(rising))
    if value == int(ev.value(total)):
        return f"All {{{{{total}|word}}}} sectors rose."
    if value == 0:
        return None  # the sentence on the leaders says so
    return f"{{{{{rising}|capital}}}} of the {{{{{total}|word}}}} sectors rose."


def uncounted(ev: Evening) -> str | None:
    """Say that the members could not be counted tonight; None where they were."""
    if not crowded(ev.ledger, ev.universe) or ev.has(f"{ev.breadth}.above_50d"):
        return None
    label = ev.universe.breadth.label
    return f"There is no count of {label} tonight that we would trust, and we argue without one."


def average_stock(ev: Evening) -> str | None:
    """Compare the equal-weight fund with the cap-weighted one."""
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    if pair is None:
        return None
    equal, cap = ev.move(pair.first), ev.move(pair.second)
    if not equal or not cap:
        return None
    difference = equal.value - cap.value
    tails = _AVERAGE[(difference >= 0.3) - (difference <= -0.3)]
    return mix(
        ev,
        605,
        (
            f"{capital(ev.name(pair.first))} {moved(equal)} today",
            f"{capital(ev.name(pair.first))} {moved(equal)} against {cap.signed} for the usual one",
        )[:1],
        tails,
        ".",
    )


_AVERAGE = {
    1: (
        ": the average large company did better than the index it sits in",
        ": the day was kinder to the many than to the few",
        ", so the average stock fared better than the index",
        ": the many outvoted the mighty",
    ),
    -1: (
        ": the headline was carried by its largest names",
        ": the average stock did worse than the index",
        ", so the index flatters its members",
        ": a day for the few",
    ),
    0: (
        ": there was little between the giants and the rest",
        ": index and members in step",
        ": for once index and average agree",
    ),
}


def ratio(ev: Evening) -> str | None:
    """Say where small against large stands in its past year."""
    percentile, gap = f"{ev.ratio}.percentile_1y", ev.figure(f"{ev.ratio}.50d_gap")
    if not ev.has(percentile) or gap is None:
        return None
    side = "above" if gap.over else "below"
    rank = ev.value(percentile)
    return mix(
        ev,
        607,
        (
            (
                f"The ratio of small caps to large stands in the {{{{{percentile}}}}} percentile of its "
                f"past year and {gap.plain} {side} its 50-day average"
            ),
            (
                f"At {gap.plain} {side} its 50-day average, the ratio of small caps to large is in the "
                f"{{{{{percentile}}}}} percentile of its past year"
            ),
        ),
        _PERCH[(rank >= 85) - (rank <= 15)],
        ".",
    )


_PERCH = {
    1: (
        "",
        ", where most of what could be gained by being early has been gained",
        ": a high perch, and a crowded one",
        ", and latecomers usually arrive at prices like these",
        ", with more to lose from doubt than to gain from belief",
    ),
    -1: (
        "",
        ", which is where turns begin and also where downtrends live",
        ", and cheap relative to its own year is not the same as due",
        ": the unloved end of its range",
        ", a place for the patient",
    ),
    0: (
        "",
        ", neither stretched nor broken",
        ", and the middle of a range is a poor place for conviction",
        ", which settles nothing",
        ", far enough from both ends to disappoint everybody",
    ),
}
