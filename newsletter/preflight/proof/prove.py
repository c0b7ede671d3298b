"""Proof: each figure against the ledger, at the precision it was printed with.

A figure is proved when some fact of the same unit, subject, measure, period and
direction may be printed so (`newsletter.preflight.proof.tolerance`). Nearly right is wrong.
"""

from dataclasses import dataclass
from decimal import Decimal

from newsletter.preflight.figures import cues
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.ledger.entries import Book, Entry
from newsletter.preflight.ledger.measures import LEVELS, PLAIN
from newsletter.preflight.proof.counting import Counted, prove_count, prove_window
from newsletter.preflight.proof.dating import prove_date
from newsletter.preflight.proof.derived import derive
from newsletter.preflight.proof.fitting import Fitting
from newsletter.preflight.proof.outcomes import rated
from newsletter.preflight.proof.tolerance import admits, beyond, same
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.reading import Reading

__all__ = ["Proof", "prove", "same"]

_COUNTABLE = {FigureKind.COUNT, FigureKind.ORDINAL}


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
        return _told(prove_window(reading, book))
    if figure.value is None or figure.kind in {FigureKind.CURRENCY, FigureKind.TIME}:
        return _UNSUPPORTED
    if figure.kind in _COUNTABLE:
        counted = prove_count(reading, book)
        if counted is not None:
            return _told(counted)
    return _by_entries(reading, book)


def _told(counted: Counted | None) -> Proof:
    return _UNSUPPORTED if counted is None else Proof(*counted)


def _by_entries(reading: Reading, book: Book) -> Proof:
    figure, fitting = reading.figure, Fitting(reading, book)
    shelf = book.entries.get(figure.kind)
    around = reading.scope if figure.kind is FigureKind.NUMBER else rated(reading.sentence)
    asked = dict.fromkeys((*reading.subjects, reading.lead, *sorted(around)))
    several = _of_several(reading)
    if shelf is not None and not several and _plain(figure):
        # Mostly one of those that print so is meant; then the others need not be looked for.
        right = _right(fitting, shelf.alike(asked, fitting.said, *_around(figure)))[1]
        if right:
            return _spread(fitting, right[0])
    entries = shelf.of(asked, fitting.said) if shelf is not None else []
    fits, right = _right(fitting, entries)
    if right and (not several or _all_hold(right, fits, fitting)):
        return Proof(Verdict.PROVED, right[0].fact)
    derived = None if right else derive(fitting)
    if derived is not None and not derived[1]:
        return Proof(Verdict.PROVED, derived[0])
    wrong = [entry for entry in fits if entry not in right]
    if wrong:
        nearest = min(wrong, key=lambda e: abs(abs(e.value) - abs(figure.value or Decimal(0))))
        return Proof(Verdict.CONTRADICTED, nearest.fact, _printed(nearest, book))
    if derived is not None:
        return Proof(Verdict.CONTRADICTED, *derived)
    if shelf is not None and _elsewhere(figure, book):
        return Proof(Verdict.AMBIGUOUS, "", "")
    return _UNSUPPORTED


def _spread(fitting: Fitting, entry: Entry) -> Proof:
    """Return what proves a figure: where two are named, their distance and not the group's."""
    pair = derive(fitting) if entry.metric == "dispersion" else None
    if pair is None:
        return Proof(Verdict.PROVED, entry.fact)
    return Proof(Verdict.CONTRADICTED, *pair) if pair[1] else Proof(Verdict.PROVED, pair[0])


def _right(fitting: Fitting, entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries that a figure may speak of, and those of them that print as it does."""
    figure = fitting.reading.figure
    fits = fitting.one_kind([entry for entry in entries if fitting.fits(entry)])
    right = [e for e in fits if equal(e, figure) and fitting.directed(e)]
    # Whoever is named before a group that need not be; a move before what happens to equal it.
    right.sort(key=lambda e: (e.loose, e.metric not in PLAIN))
    return fits, right


def _plain(figure: Figure) -> bool:
    """Tell whether a figure stands for nothing but what rounds to it."""
    loose = figure.bound or figure.slack or figure.to is not None
    return not loose and figure.kind is not FigureKind.FRACTION


def _around(figure: Figure) -> tuple[float, float]:
    """Return the bounds of what may round to a plain figure."""
    printed, step = abs(float(figure.value or 0)), 10.0 ** -min(figure.places, 20)
    return printed - step, printed + step


def _printed(entry: Entry, book: Book) -> str:
    hit = book.hits.get(entry.fact)
    if hit:
        return f"{entry.display}, the cases in which it {hit}"
    return entry.display if entry.of is None else f"{entry.value} of {entry.of}"


def equal(entry: Entry, figure: Figure) -> bool:
    """Tell whether an entry's magnitude prints as the figure does."""
    if figure.kind is FigureKind.SHARE and figure.of != entry.of:
        return False
    if figure.unit == "share" and entry.metric.startswith("return"):
        return False  # "one share in nine" counts shares
    sized = figure.kind in {FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS}
    if sized and not figure.value and not figure.places and entry.value:
        return False  # "zero" is said of nothing, not of whatever rounds to it
    if entry.metric.startswith("target_") and figure.to is not None and figure.value is not None:
        end = "target_low" if abs(figure.value) < abs(figure.to) else "target_high"
        return entry.metric == end and same(entry.value, abs(figure.value), figure.places)
    if "threshold" in entry.metric and figure.value is not None:
        return same(abs(entry.value), abs(figure.value), figure.places)  # "5% or more" is exact
    if entry.metric.startswith("record_close") and figure.value is not None:
        return same(entry.value, abs(figure.value), figure.places)  # "a close above its record"
    if entry.metric in LEVELS and figure.bound in {"more", "less"}:
        return beyond(entry.value, figure)
    return admits(entry.value, figure)


def _of_several(reading: Reading) -> bool:
    """Tell whether a figure is said of several, each of which it must fit."""
    if len(reading.subjects) < 2:
        return False
    near = reading.before.rpartition(";")[2][-60:]  # "each rose more than 3%"
    said = reading.figure.to is not None or cues.EACH.search(f"{near}|{reading.segment}")
    return bool(said)


def _all_hold(right: list[Entry], fits: list[Entry], fitting: Fitting) -> bool:
    """Tell whether a figure said of several (``both``, ``each``, a range) holds of each."""
    reading = fitting.reading
    beyond_it = [e for e in fits if reading.figure.bound and beyond(e.value, reading.figure)]
    bounded = [e for e in beyond_it if fitting.directed(e)]
    holding = {member for entry in (*right, *bounded) for member in entry.members}
    asked = {member for entry in fits for member in entry.members if entry.pair is None}
    return asked & set(reading.subjects) <= holding


def _elsewhere(figure: Figure, book: Book) -> bool:
    """Tell whether some fact of another subject, measure or period prints so."""
    shelf, printed = book.entries[figure.kind], abs(figure.value or Decimal(0))
    if figure.kind is FigureKind.SHARE:
        return any(equal(entry, figure) for entry in shelf)
    reach = Decimal(1).scaleb(-min(figure.places, 20)) / 2
    return shelf.holds(printed - reach, printed + reach)
