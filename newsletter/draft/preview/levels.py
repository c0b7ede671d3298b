"""Levels that matter: averages, the year's range, records and volatility, with distances."""

from newsletter.config import plain
from newsletter.draft.claims import Table
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import capital, mix, sentences

ABSENT = "n/a"
FAR = 8.0
"""Percent from an average beyond which nobody will cross it in a week."""


def paragraph(ev: Evening) -> str:
    """Tell where the two size funds and volatility stand."""
    return sentences(*(_fund(ev, s) for s in ev.sides), _record(ev), _volatility(ev))


def table(ev: Evening) -> Table:
    """Set every index fund's close beside its averages and the range of its year."""
    rows = []
    for symbol in ev.universe.indices:
        stem = plain(symbol)
        if not ev.has(f"{stem}.level"):
            continue
        cells = [f"{stem}.level", *(f"{stem}.average_level.{d}d" for d in (50, 200)),
                 f"{stem}.year_high.level"]  # fmt: skip
        record = ev.figure(f"{stem}.distance_from_record.close")
        rows.append(
            (
                f"{ev.universe.label(symbol)} ({stem})",
                *(f"{{{{{one}}}}}" if ev.has(one) else ABSENT for one in cells),
                record.signed if record else ABSENT,
            )
        )
    # Six columns are what a telephone of 375 pixels shows without scrolling.
    columns = ("Fund", "Close", "50-day average", "200-day average", "Year's high",
               "From record close")  # fmt: skip
    note = (
        "Price closes in dollars, without dividends; the high is the highest close of the past "
        "year, not of a day's trading."
    )
    return Table("Levels that matter", columns, tuple(rows), note)


def watch(ev: Evening) -> tuple[str, ...]:
    """Name the levels whose crossing would be news."""
    found = [_test(ev, symbol) for symbol in reversed(ev.sides)]
    stem = plain(ev.universe.volatility)
    rank = ev.figure(f"{stem}.percentile_1y")
    if rank and ev.has(f"{stem}.level"):
        name = ev.name(ev.universe.volatility)
        found.append(
            f"Whether {name} leaves {{{{{stem}.level}}}} upwards, from the {rank.plain} percentile "
            "of its year."
            if rank.value <= 50
            else f"Whether {name} comes down from {{{{{stem}.level}}}}, in the {rank.plain} "
            "percentile of its year."
        )
    return tuple(filter(None, found))


def _nearest(ev: Evening, symbol: str) -> tuple[int, Figure] | None:
    """Return the average that stands closest to the close, with the gap to it."""
    gaps = [(days, ev.figure(f"{plain(symbol)}.gap.{days}d")) for days in (50, 200)]
    known = [(days, gap) for days, gap in gaps if gap is not None]
    return min(known, key=lambda pair: abs(pair[1].value), default=None)


def _test(ev: Evening, symbol: str) -> str:
    nearest = _nearest(ev, symbol)
    if nearest is None:
        return ""
    days, gap = nearest
    if abs(gap.value) > FAR:
        return _end_of_range(ev, symbol, gap)
    level = f"{plain(symbol)}.average_level.{days}d"
    at = f", at {{{{{level}}}}}" if ev.has(level) else ""
    verb = "holds above" if gap.over else "gets back above"
    return f"Whether {ev.name(symbol)} {verb} its {days}-day average{at}."


def _end_of_range(ev: Evening, symbol: str, gap: Figure) -> str:
    """Name the end of the year's range that the close is nearer to."""
    above = gap.value > 0
    which, verb = ("high", "gets past") if above else ("low", "holds")
    level = f"{plain(symbol)}.year_{which}.level"
    if not ev.has(level):
        return ""
    return f"Whether {ev.name(symbol)} {verb} the {which} of its past year, {{{{{level}}}}}."


def _fund(ev: Evening, symbol: str) -> str | None:
    stem = plain(symbol)
    short, long = (ev.figure(f"{stem}.gap.{days}d") for days in (50, 200))
    if short is None or long is None:
        return None
    both = short.over == long.over
    at = f" at {{{{{stem}.level}}}}" if ev.has(f"{stem}.level") else ""
    return mix(
        ev,
        751,
        f"{capital(ev.name(symbol))} closed{at}, {short.plain} {_side(short)} its 50-day average "
        f"{'and' if both else 'but'} {long.plain} {_side(long)} its 200-day average",
        ".",
    )


def _side(gap: Figure) -> str:
    return "above" if gap.over else "below"


def _record(ev: Evening) -> str | None:
    told = []
    for symbol in ev.sides:
        stem = plain(symbol)
        distance = ev.figure(f"{stem}.distance_from_record.close")
        if distance is None or not ev.has(f"{stem}.record_close.date"):
            continue
        name = ev.name(symbol)
        if distance.fact.number == 0:
            told.append(f"{name} closed at its record")
        elif distance.value:
            told.append(
                f"{name} is {distance.plain} below its record close of "
                f"{{{{{stem}.record_close.date}}}}"
            )
    return f"{capital(' and '.join(told))}." if told else None


def _volatility(ev: Evening) -> str | None:
    stem = plain(ev.universe.volatility)
    year = ev.figure(f"{stem}.percentile_1y")
    if year is None:
        return None
    name = capital(ev.name(ev.universe.volatility))
    return f"{name} stands in the {year.plain} percentile of its past year."
