"""Proof: each figure against the ledger, at the precision it was printed with.

A figure is proved when some fact of the same unit, subject, measure, period and
direction rounds to exactly what is printed. Nearly right is wrong.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from newsletter.preflight import cues
from newsletter.preflight.dating import prove_date
from newsletter.preflight.entries import Book, Entry
from newsletter.preflight.numbers import Figure, FigureKind
from newsletter.preflight.reading import Reading
from newsletter.preflight.report import Verdict
from newsletter.units import Unit

_CHANGES = {Unit.PERCENT, Unit.POINTS, Unit.BPS}
_FRACTION_SLACK = Decimal("1.7")
_COUNTED = {FigureKind.COUNT, FigureKind.SHARE}
_DAYS = {"week": 5, "quarter": 63}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Proof:
    """What the ledger says of one figure.

    Parameters
    ----------
    verdict : Verdict
        Proved, or why not.
    fact : str
        The fact behind it.
    expected : str
        What is true, where the figure is not.
    """

    verdict: Verdict
    fact: str = ""
    expected: str = ""


_HORIZONS = {"week": 5, "month": 21, "quarter": 63, "year": 252}
"""How many sessions ahead the words for base rates mean."""
_SESSIONS = {"5d": 5, "1m": 21, "21d": 21, "3m": 63, "63d": 63, "1y": 252}
_USUAL = 63
"""The horizon that is meant where prose names none."""
_PLAIN = {"return", "spread", "lead"}
"""Measures that prose states without naming them."""
_BELOW = {"drawdown", "distance_from_record"}
"""Measures that are never above zero."""
_STANDING = {"volatility", "slope", "percentile", "drawdown", "beta", "correlation"}
"""Measures over a window of their own, as they stand today."""
_UNSUPPORTED = Proof(Verdict.UNSUPPORTED)


def prove(reading: Reading, book: Book) -> Proof:
    """Prove one figure, or say what stands against it.

    Parameters
    ----------
    reading : Reading
        The figure and what surrounds it.
    book : Book
        The ledger, by what can be printed.
    """
    figure = reading.figure
    if figure.kind is FigureKind.DATE:
        verdict, fact, expected = prove_date(reading, book)
        return Proof(verdict, fact, expected)
    if figure.kind is FigureKind.WINDOW:
        return _window(reading, book)
    if figure.value is None or figure.kind in {FigureKind.CURRENCY, FigureKind.TIME}:
        return _UNSUPPORTED
    entries = book.entries.get(figure.kind, [])
    fitting = [entry for entry in entries if _fits(entry, reading)]
    fitting = _one_kind(fitting, reading, book)
    right = [e for e in fitting if _equal(e, figure) and _directed(e, reading, book)]
    if right:
        return Proof(Verdict.PROVED, right[0].fact)
    derived = _difference(reading, book) if figure.kind is FigureKind.POINTS else None
    if derived is not None:
        return derived
    if fitting:
        nearest = min(fitting, key=lambda e: abs(e.value - (figure.value or 0)))
        return Proof(Verdict.CONTRADICTED, nearest.fact, _printed(nearest))
    elsewhere = next((e for e in entries if _equal(e, figure)), None)
    if elsewhere is not None:
        return Proof(Verdict.AMBIGUOUS, "", "")
    return _UNSUPPORTED


def _printed(entry: Entry) -> str:
    return entry.display if entry.of is None else f"{entry.value} of {entry.of}"


def _fits(entry: Entry, reading: Reading) -> bool:
    """Tell whether subject, measure and period of an entry are those of the text."""
    return _subject(entry, reading) and _measure(entry, reading) and _period(entry, reading)


def _subject(entry: Entry, reading: Reading) -> bool:
    if entry.loose:
        return True
    if entry.pair is None:
        return not entry.members.isdisjoint(reading.subjects)
    return entry.members <= reading.scope and not entry.members.isdisjoint(
        {*reading.subjects, reading.lead}
    )


def _measure(entry: Entry, reading: Reading) -> bool:
    text = f"{reading.sentence} {reading.context}"
    if not cues.measured(entry.metric, text) or not _same_window(entry, reading):
        return False
    if entry.metric in _PLAIN and (
        cues.OTHER_MEASURES.search(reading.segment) or cues.AVERAGE.search(reading.tail)
    ):
        return False
    if entry.metric.startswith("base_rate"):
        label = reading.before if cues.LABEL.fullmatch(reading.before) else ""
        said = cues.ALL_DAYS.search(f"{label} | {reading.segment} | {reading.context}")
        return (said is not None) == ("all_days" in entry.metric)
    if entry.metric == "drawdown" and entry.label.startswith("since:"):
        return cues.WORST.search(text) is not None
    if entry.metric == "breadth":
        side = cues.SIDE.search(reading.tail)
        if side is not None and side[0].lower() not in {"above", "over"}:
            return False
        return entry.past == _speaks_of_past(reading)
    return True


def _speaks_of_past(reading: Reading) -> bool:
    """Tell past from present in ``67% …, up from 53% a month ago``."""
    behind = reading.segment[max(0, reading.segment.find(reading.tail[:12])) :]
    return cues.AGO.search(behind) is not None or cues.UP_FROM.search(reading.before) is not None


def _same_window(entry: Entry, reading: Reading) -> bool:
    if not (entry.lookback and reading.window):
        return True
    return entry.lookback == reading.window or entry.metric.startswith(("base_rate", "volatility"))


def _period(entry: Entry, reading: Reading) -> bool:
    if entry.metric in _PLAIN and ":" in entry.label:
        return _named_period(entry.label, reading)
    if entry.metric.startswith("base_rate") and entry.lookback in _SESSIONS.values():
        return entry.lookback in _ahead(reading)
    if entry.label not in cues.WINDOWS or not reading.periods or entry.label in reading.periods:
        return True
    return entry.metric in _STANDING and "1d" in reading.periods


def _ahead(reading: Reading) -> set[int]:
    """Return the horizons a text may mean: those it names, else the usual one."""
    found = cues.AHEAD.finditer(f"{reading.sentence} | {reading.context}")
    named = {_HORIZONS[str(m["ahead"] or m["later"]).lower()] for m in found}
    said = {_SESSIONS[label] for label in reading.periods if label in _SESSIONS}
    return named or said or {_USUAL}


def _named_period(label: str, reading: Reading) -> bool:
    """Tell whether a text names the year of ``cal:2025``, or ``since`` and that of its base."""
    what, _, when = label.partition(":")
    text = f"{reading.sentence} {reading.context}"
    if when[:4] not in text:
        return False
    return (what == "since") == (cues.SINCE.search(text) is not None)


def _one_kind(entries: list[Entry], reading: Reading, book: Book) -> list[Entry]:
    """Keep one kind of return: the one that is named, else the subject's usual one.

    Where prose does not name it, a ranked subject (a sector) is read on the basis of its
    ranks, any other on price where a price return is known.
    """
    if reading.total is True:
        return [e for e in entries if e.kind != "price"] or entries
    priced = {(e.members, e.metric, e.label) for e in entries if e.kind == "price"}
    kept = []
    for entry in entries:
        usual = book.ranked.get(next(iter(entry.members))) if len(entry.members) == 1 else None
        if reading.total is None and usual and entry.metric == "return" and entry.kind != usual:
            continue
        known = (entry.members, entry.metric, entry.label) in priced
        if entry.kind == "total" and (reading.total is False or (usual is None and known)):
            continue
        kept.append(entry)
    return kept


def _equal(entry: Entry, figure: Figure) -> bool:
    """Tell whether an entry's magnitude prints as the figure does."""
    if figure.value is None or (figure.kind is FigureKind.SHARE and figure.of != entry.of):
        return False
    value, printed = abs(entry.value), abs(figure.value)
    if figure.kind is FigureKind.FRACTION:
        return abs(value - printed) <= _FRACTION_SLACK
    if same(value, printed, figure.places):
        return True
    if figure.bound in {"more", "less"} and figure.kind not in _COUNTED:
        step = Decimal(1).scaleb(-figure.places)
        beyond = value - printed if figure.bound == "more" else printed - value
        return 0 < beyond < step
    return False


def same(value: Decimal, printed: Decimal, places: int) -> bool:
    """Tell whether a value rounds to what is printed, half-even or half-up.

    Examples
    --------
    >>> same(Decimal("20.8888"), Decimal("20.9"), 1), same(Decimal("20.84"), Decimal("20.9"), 1)
    (True, False)
    """
    unit = Decimal(1).scaleb(-places)
    if abs(value) > Decimal("1e20") or places > 20:
        return False
    return printed in {
        value.quantize(unit, rounding=ROUND_HALF_EVEN),
        value.quantize(unit, rounding=ROUND_HALF_UP),
    }


def _directed(entry: Entry, reading: Reading, book: Book) -> bool:
    """Tell whether the sign of an entry is the one its words demand."""
    figure = reading.figure
    if entry.past and reading.direction and cues.UP_FROM.search(reading.before):
        now = book.present.get((entry.members, entry.metric, entry.lookback))
        return now is None or (now.value > entry.value) == (reading.direction > 0)
    if entry.unit not in _CHANGES or figure.kind in {*_COUNTED, FigureKind.FRACTION}:
        return figure.sign >= 0 or entry.value < 0
    zero = figure.value == 0
    if cues.UNSIGNED.search(entry.metric):
        return figure.sign >= 0 or zero
    if reading.direction == 0 or zero:
        return True
    wanted = 1 if reading.direction is None else reading.direction
    if (
        entry.pair is not None
        and entry.metric in {"spread", "lead"}
        and reading.lead == entry.pair[1]
    ):
        wanted = -wanted
    if entry.metric in _BELOW and reading.direction is None:
        return True
    return (entry.value > 0) == (wanted > 0)


def _difference(reading: Reading, book: Book) -> Proof | None:
    """Prove ``beat SPY by four points`` from two returns of one period and kind."""
    figure = reading.figure
    lead = reading.lead
    if cues.AVERAGE.search(reading.tail) or not cues.COMPARED.search(reading.sentence):
        return None
    others = sorted(reading.scope - {lead})
    for (subject, label, kind), first in book.returns.items():
        if (
            subject != lead
            or not _period(first, reading)
            or (reading.total is False and kind == "total")
        ):
            continue
        for other in others:
            second = book.returns.get((other, label, kind))
            if second is None or figure.value is None:
                continue
            gap = first.value - second.value
            wanted = reading.direction
            if same(abs(gap), abs(figure.value), figure.places) and (
                wanted in {0, None} or (gap > 0) == ((wanted or 0) > 0)
            ):
                return Proof(Verdict.PROVED, f"{first.fact},{second.fact}")
    return None


def _window(reading: Reading, book: Book) -> Proof:
    """Prove a stretch of time: the ledger must know such a window."""
    figure = reading.figure
    number, unit = int(figure.value or 0), figure.unit
    for known, count in (
        (book.days, number if unit in {"day", "session"} else number * _DAYS.get(unit, 0)),
        (
            book.months,
            number * _MONTHS.get(unit, 0) if unit != "week" else (12 if number == 52 else 0),
        ),
    ):
        if count in known:
            return Proof(Verdict.PROVED, known[count])
    for entry in book.entries.get(FigureKind.COUNT, ()):
        counted = entry.value == number and unit in entry.metric
        if counted and _subject(entry, reading) and cues.measured(entry.metric, reading.sentence):
            return Proof(Verdict.PROVED, entry.fact)
    return _UNSUPPORTED
