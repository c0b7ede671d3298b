"""Sentences about the day's tape that any theme may use; each is None without its facts."""

from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import ahead, capital, listed, moved, pick, returned, standing


def funds(ev: Evening, symbols: tuple[str, ...], window: str = "1d") -> str | None:
    """Return ``the S&P 500 fund fell …, the small-cap fund rose …`` without a full stop."""
    parts = []
    for symbol in symbols:
        move = ev.move(symbol, window)
        if move:
            parts.append(f"{ev.name(symbol)} {moved(move)}")
    return listed(parts) or None


def leaders(ev: Evening, count: int = 3) -> str | None:
    """Name the best sectors of the day."""
    ranked = ev.ranked()
    if not ranked:
        return None
    rising = [(s, m) for s, m in ranked if m.value > 0][:count]
    if not rising:
        symbol, move = ranked[0]
        if move.value == 0:
            return f"The best of the sectors, {ev.name(symbol)}, ended flat."
        return f"No sector rose; {ev.name(symbol)}, down {move.plain}, lost least."
    first, rest = rising[0], listed(f"{ev.name(s)} ({m.signed})" for s, m in rising[1:])
    tail = f", followed by {rest}" if rest else ""
    return f"{capital(ev.name(first[0]))} {moved(first[1])}{tail}."


def laggards(ev: Evening, count: int = 2) -> str | None:
    """Name the worst sectors of the day."""
    ranked = ev.ranked()
    falling = [(s, m) for s, m in reversed(ranked) if m.value < 0][:count]
    if not ranked:
        return None
    if not falling:
        symbol, move = ranked[-1]
        return f"Even {ev.name(symbol)}, the laggard, {moved(move)}."
    first, rest = falling[0], listed(f"{ev.name(s)} ({m.signed})" for s, m in falling[1:])
    tail = f", with {rest} next in line" if rest else ""
    return f"{capital(ev.name(first[0]))} {moved(first[1])}{tail}."


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


def average_stock(ev: Evening) -> str | None:
    """Compare the equal-weight fund with the cap-weighted one."""
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    if pair is None:
        return None
    equal, cap = ev.move(pair.first), ev.move(pair.second)
    if not equal or not cap:
        return None
    difference = equal.value - cap.value
    if difference >= 0.3:
        tail = pick(
            ev,
            3,
            (
                "the average large company did better than the index it sits in",
                "the day was kinder to the many than to the few",
                "the average stock fared better than the index",
            ),
        )
    elif difference <= -0.3:
        tail = pick(
            ev,
            4,
            (
                "the headline was carried by its largest names",
                "the average stock did worse than the index",
                "the average stock fared worse than the index",
            ),
        )
    else:
        tail = "there was little between the giants and the rest"
    return f"{capital(ev.name(pair.first))} {moved(equal)}: {tail}."


def year(ev: Evening) -> str | None:
    """Place small against large over the year so far."""
    small, large, growth = (ev.move(s, "ytd") for s in (ev.small, ev.large, "QQQ"))
    if ev.first_session or not small or not large:
        return None
    rest = f" and {growth.signed} for {ev.name('QQQ')}" if growth else ""
    return (
        f"{capital(ev.name(ev.small))} {standing(small)} this year, "
        f"against {large.signed} for {ev.name(ev.large)}{rest}."
    )


def style(ev: Evening) -> str | None:
    """Place value against growth over the year so far."""
    pair = next((p for p in ev.universe.pairs if p.theme == "style"), None)
    if pair is None or ev.first_session:
        return None
    value, growth = ev.move(pair.first, "ytd"), ev.move(pair.second, "ytd")
    if not value or not growth or value.fact.kind != growth.fact.kind:
        return None
    return (
        f"{capital(ev.name(pair.first))} {returned(value)} since the year began, "
        f"{ev.name(pair.second)} {growth.signed}."
    )


def week(ev: Evening) -> str | None:
    """Set small against large over five sessions."""
    small, large = ev.move(ev.small, "5d"), ev.move(ev.large, "5d")
    spread = ev.spread(ev.small, ev.large, "5d")
    if not small or not large or not spread:
        return None
    # Two rounded figures need not differ by the rounded difference: then it is not printed.
    agrees = abs(small.value - large.value - spread.value) < 0.05
    lead = "ahead" if spread.value > 0 else "behind" if spread.value < 0 else "level"
    return (
        f"Over five sessions {ev.name(ev.small)} {standing(small)} and {ev.name(ev.large)} "
        f"{_state(large)}, which leaves small caps {ahead(spread) if agrees else lead}."
    )


def ratio(ev: Evening) -> str | None:
    """Say where small against large stands in its past year."""
    percentile, gap = f"{ev.ratio}.percentile_1y", ev.figure(f"{ev.ratio}.50d_gap")
    if not ev.has(percentile) or gap is None:
        return None
    side = "above" if gap.value >= 0 else "below"
    rank = ev.value(percentile)
    if rank >= 85:
        tail = pick(
            ev,
            5,
            (
                ", where most of what could be gained by being early has been gained",
                ": a high perch, and a crowded one",
                ". Latecomers to a trade usually arrive at prices like these",
            ),
        )
    elif rank <= 15:
        tail = pick(
            ev,
            5,
            (
                ", which is where turns begin and also where downtrends live",
                ". Cheap relative to its own year is not the same as due",
                ": the unloved end of its range",
            ),
        )
    else:
        tail = pick(
            ev,
            5,
            (
                ", neither stretched nor broken",
                ". The middle of a range is a poor place for conviction",
                ", which settles nothing",
            ),
        )
    return (
        f"The ratio of small caps to large stands in the {{{{{percentile}}}}} percentile of its "
        f"past year and {gap.plain} {side} its 50-day average{tail}."
    )


def giants(ev: Evening) -> str | None:
    """Count how many of seven mega caps trail the small-cap fund this year."""
    stem = f"mega_caps.trailing_{ev.small.lstrip('^')}.ytd"
    fact = next((id for id in (stem, f"{stem}.total") if ev.has(id)), None)
    if fact is None or ev.first_session or len(ev.universe.mega_caps) != 7:
        return None
    count = int(ev.value(fact))
    who = {0: "None", 7: "All"}.get(count, f"{{{{{fact}|capital}}}}")
    verb = "trails" if count in {0, 1} else "trail"
    basis = ", dividends included" if fact.endswith(".total") else ""
    return f"{who} of the Magnificent Seven {verb} {ev.name(ev.small)} this year{basis}."


def _state(move: Figure) -> str:
    return standing(move).removeprefix("is ") if abs(move.value) >= 0.05 else "flat"
