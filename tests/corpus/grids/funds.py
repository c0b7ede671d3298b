"""Index funds: who is ahead of whom, by how much they moved, where they stand."""

import datetime as dt
from collections.abc import Iterator

from corpus.grids.grid import PERIODS, Case, case, date, day, number, one_place

from newsletter.compute.facts import Ledger

NAMES = {
    "IWM": "the small-cap fund", "SPY": "the S&P 500 fund", "QQQ": "the Nasdaq-100 fund",
    "RSP": "the equal-weight S&P 500 fund", "SMH": "the semiconductor fund",
    "KRE": "the regional-bank fund",
}  # fmt: skip
PAIRS = (("IWM", "SPY"), ("QQQ", "SPY"), ("RSP", "SPY"), ("SMH", "QQQ"))
_APART = 0.15
"""Points below which nobody is said to be ahead."""
RACES = """
{A} beat {B} {w}.
{A} did better than {B} {w}.
{A} has outpaced {B} {w}.
{B} trailed {A} {w}.
{B} fell short of {A} {w}.
{B} could not keep up with {A} {w}.
{A} got the better of {B} {w}.
{B} was no match for {A} {w}.
{A} left {B} behind {w}.
It was {A} rather than {B} that led {w}.
{A}, not {B}, did better {w}.
{w}, {A} was ahead of {B}.
Of {A} and {B}, the former did better {w}.
Of {B} and {A}, the latter did better {w}.
Money made more in {A} than in {B} {w}.
{A} came out ahead of {B} {w}.
{B} lagged {A} {w}.
{A} has had the better of {B} {w}.
{B} gave ground to {A} {w}.
{B} came second to {A} {w}.
Whoever held {A} instead of {B} did better {w}.
""".strip().splitlines()
MOVES = """
{A} {d} {q}% {w}.
{w} {A} {d} by {q}%.
{A} {d} {w}, by {q}%.
{A} {d} {q}% {w}, no more and no less.
""".strip().splitlines()
AVERAGES = """
{A} closed {s} its {nm} average.
{A} stands {q}% {s} its {nm} average.
{A} is {s} its {nm} average, by {q}%.
{A} is {q}% {s} the average of the last {dd} sessions.
The {nm} average lies {q}% {o} the close of {A}.
""".strip().splitlines()
RSI = """
The fourteen-day RSI of {A} stands at {q}.
{A} has an RSI of {q}.
At {q}, the RSI of {A} is {z}.
""".strip().splitlines()
RECORDS = """
{A} is {q}% below its record close.
{A} stands {q}% short of its record close of {day}.
{A} set its record close on {day}.
The record close of {A} dates from {day}.
{A} has not matched its record close since {day}.
{A}'s record close is {lv}, set on {day}.
""".strip().splitlines()


def races(ledger: Ledger) -> Iterator[Case]:
    """Yield who was ahead of whom: the same turned round."""
    for first, second in PAIRS:
        for label, words in PERIODS.items():
            ours, theirs = (number(ledger, f"{one}.return.{label}") for one in (first, second))
            if ours is None or theirs is None or abs(ours - theirs) < _APART:
                continue
            ahead, behind = (first, second) if ours > theirs else (second, first)
            for pattern in RACES:
                yield case(
                    pattern,
                    pattern.format(A=NAMES[ahead], B=NAMES[behind], w=words),
                    [pattern.format(A=NAMES[behind], B=NAMES[ahead], w=words)],
                )


def _fair(ledger: Ledger, fund: str, label: str) -> set[str]:
    """Return what a fund's move over a time may be printed as, with dividends and without."""
    both = (number(ledger, f"{fund}.return.{label}{basis}") for basis in ("", ".total"))
    return {one_place(one) for one in both if one is not None}


def moves(ledger: Ledger) -> Iterator[Case]:
    """Yield by how much a fund moved: another way, size, fund and time."""
    for fund, name in NAMES.items():
        for label, words in PERIODS.items():
            move = number(ledger, f"{fund}.return.{label}")
            if move is None or abs(move) < 0.1:
                continue
            size, way = one_place(move), ("rose" if move > 0 else "fell")
            back = "fell" if move > 0 else "rose"
            for pattern in MOVES:
                said = {"A": name, "d": way, "q": size, "w": words}
                wrong = [said | {"d": back}]
                wrong += [
                    said | {"q": one_place(abs(move) + more)}
                    for more in (0.1, -0.1, 1.0, 10.0)
                    if abs(move) + more > 0
                    and one_place(abs(move) + more) not in _fair(ledger, fund, label)
                ]
                wrong += [
                    said | {"A": NAMES[one]}
                    for one in NAMES
                    if one != fund and size not in _fair(ledger, one, label)
                ]
                wrong += [
                    said | {"w": other}
                    for one, other in PERIODS.items()
                    if one != label and size not in _fair(ledger, fund, one)
                ]
                yield case(
                    pattern, pattern.format(**said), [pattern.format(**one) for one in wrong]
                )


def averages(ledger: Ledger) -> Iterator[Case]:
    """Yield on which side of its averages a fund stands: the other side, figure, average."""
    for fund, name in NAMES.items():
        gaps = {days: number(ledger, f"{fund}.gap.{days}d") for days in (50, 200)}
        for days, gap in gaps.items():
            other = 250 - days
            if gap is None or abs(gap) < 0.1:
                continue
            side, back = ("above", "below") if gap > 0 else ("below", "above")
            said = {"A": name, "s": side, "o": back, "nm": f"{days}-day", "dd": str(days)}
            said["q"] = one_place(gap)
            across = gaps[other]
            for pattern in AVERAGES:
                wrong = [said | {"s": back, "o": side}]
                swapped = said | {"nm": f"{other}-day", "dd": str(other)}
                if "{q}" in pattern:
                    wrong += [said | {"q": one_place(abs(gap) + more)} for more in (0.1, 1.0)]
                    if across is not None and one_place(across) != one_place(gap):
                        wrong.append(swapped)
                elif across is not None and across * gap < 0:
                    wrong.append(swapped)
                yield case(
                    pattern, pattern.format(**said), [pattern.format(**one) for one in wrong]
                )


def rsi(ledger: Ledger) -> Iterator[Case]:
    """Yield the relative strength index: another figure, fund and zone."""
    known = {fund: number(ledger, f"{fund}.rsi.14d") for fund in NAMES}
    for fund, value in known.items():
        if value is None:
            continue
        zone = "overbought" if value >= 70 else "oversold" if value <= 30 else "neutral"
        said = {"A": NAMES[fund], "q": f"{value:.0f}", "z": zone}
        for pattern in RSI:
            wrong = [said | {"q": f"{value + more:.0f}"} for more in (1, -1)]
            if "{z}" in pattern:
                zones = ("overbought", "oversold", "neutral")
                wrong += [said | {"z": one} for one in zones if one != zone]
            wrong += [
                said | {"A": NAMES[one]}
                for one, theirs in known.items()
                if theirs is not None and f"{theirs:.0f}" != said["q"]
            ]
            yield case(pattern, pattern.format(**said), [pattern.format(**one) for one in wrong])


def records(ledger: Ledger) -> Iterator[Case]:
    """Yield how far below its record a fund stands: another figure, day, level and fund."""
    known = {fund: _record(ledger, fund) for fund in NAMES}
    for fund, record in known.items():
        if record is None:
            continue
        off, when, level = record

        def filled(
            pattern: str, size: float, at: dt.date, price: float, name: str = NAMES[fund]
        ) -> str:
            return pattern.format(A=name, q=one_place(size), day=day(at), lv=f"${price:.2f}")

        for pattern in RECORDS:
            wrong: list[str] = []
            if "{q}" in pattern:
                wrong += [filled(pattern, off - more, when, level) for more in (0.1, 1.0)]
            if "{day}" in pattern:
                wrong.append(filled(pattern, off, when + dt.timedelta(days=1), level))
            if "{lv}" in pattern:
                wrong += [filled(pattern, off, when, level + more) for more in (0.01, 1.0)]
            for one, theirs in known.items():
                if theirs is None or one == fund:
                    continue
                alike = ("{q}" not in pattern or one_place(theirs[0]) == one_place(off)) and (
                    "{day}" not in pattern or theirs[1] == when
                )
                if not alike:
                    wrong.append(filled(pattern, off, when, level, NAMES[one]))
            yield case(pattern, filled(pattern, off, when, level), wrong)


def _record(ledger: Ledger, fund: str) -> tuple[float, dt.date, float] | None:
    off = number(ledger, f"{fund}.distance_from_record.close")
    when = date(ledger, f"{fund}.record_close.date")
    level = number(ledger, f"{fund}.record_close.level")
    if off is None or when is None or level is None or off > -0.1:
        return None
    return off, when, level
