"""Derived: figures that are arithmetic on two facts: differences, multiples, counts per count."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.ledger.entries import Book, Entry
from newsletter.preflight.proof.fitting import Fitting
from newsletter.preflight.proof.tolerance import admits
from newsletter.preflight.sentences.reading import Reading

Derived = tuple[str, str]
_FEW = 3
_DIFFERENCES = {FigureKind.POINTS, FigureKind.BPS}
_HUNDRED = Decimal(100)
_FALLING = compiled(r"\b(?:declin|fell|fall|lost|losing|down|dropp|loser)", re.IGNORECASE)
_FOR_EACH = compiled(r"\bfor (?:each|every)\b", re.IGNORECASE)
_RISING = compiled(r"\b(?:advanc|rose|ris|gain|up\b|climb|winner)", re.IGNORECASE)


def derive(fitting: Fitting) -> Derived | None:
    """Return the facts behind a figure that follows from two of them, and what is true.

    The second is empty where the figure holds; None where nothing of the kind is known.

    Parameters
    ----------
    fitting : Fitting
        The figure with what its words ask.
    """
    kind = fitting.reading.figure.kind
    if kind in _DIFFERENCES:
        return _difference(fitting)
    if kind is FigureKind.MULTIPLE:
        figure = fitting.reading.figure
        return _per_decliner(fitting) if figure.unit == "each" else _multiple(fitting)
    return None


def _difference(fitting: Fitting) -> Derived | None:
    """Prove ``beat SPY by four points`` from two returns of one period and kind."""
    reading = fitting.reading
    if cues.AVERAGE.search(reading.tail) or not cues.COMPARED.search(reading.sentence):
        return None
    scale = _HUNDRED if reading.figure.kind is FigureKind.BPS else Decimal(1)
    wanted, wrong = reading.direction, None
    for first, second in _returns(fitting):
        gap = (first.value - second.value) * scale
        if admits(gap, reading.figure) and (
            wanted in {0, None} or (gap > 0) == ((wanted or 0) > 0)
        ):
            return _facts(first, second), ""
        wrong = wrong or (_facts(first, second), f"{gap:+.2f}")
    return wrong


def _multiple(fitting: Fitting) -> Derived | None:
    """Prove ``three times as much as`` from two returns of one sign."""
    figure, wrong = fitting.reading.figure, None
    for first, second in _returns(fitting):
        if not second.value or (first.value > 0) != (second.value > 0):
            continue
        if fitting.reading.direction == (-1 if first.value > 0 else 1):
            continue  # "fell twice as much" of two that rose
        ratio = first.value / second.value
        if _times(ratio, figure):
            return _facts(first, second), ""
        wrong = wrong or (_facts(first, second), f"{ratio:.1f} times")
    return wrong


def _times(ratio: Decimal, figure: Figure) -> bool:
    return abs(ratio) < _HUNDRED and admits(ratio, figure)


def _per_decliner(fitting: Fitting) -> Derived | None:
    """Prove ``three rose for each that fell`` from the two counts of the session."""
    counts = fitting.book.counts
    for fact, entry in counts.items():
        if entry.metric != "advancers":
            continue
        other = counts.get(fact.replace("advancers", "decliners"))
        if other is None or not other.value or not entry.value:
            continue
        first, second = _ordered(fitting.reading, entry, other)
        if admits(first.value / second.value, fitting.reading.figure):
            return _facts(first, second), ""
        return _facts(first, second), f"{first.value / second.value:.1f}"
    return None


def _facts(first: Entry, second: Entry) -> str:
    return f"{first.fact},{second.fact}"


def _ordered(reading: Reading, up: Entry, down: Entry) -> tuple[Entry, Entry]:
    """Return the count spoken of first, then the one it is set against."""
    if _FOR_EACH.search(reading.before):  # "for each that fell, four rose"
        return (up, down) if _RISING.search(reading.tail[:24]) else (down, up)
    said = reading.sentence
    rising, falling = _RISING.search(said), _FALLING.search(said)
    if rising is not None and falling is not None and falling.start() < rising.start():
        return down, up
    return up, down


def _returns(fitting: Fitting) -> Iterator[tuple[Entry, Entry]]:
    """Yield returns of the leading subject and of those it is set against."""
    reading, book = fitting.reading, fitting.book
    lead = reading.lead
    for first in _of(book, lead):
        if not fitting.period(first) or (reading.total is False and first.kind == "total"):
            continue
        if reading.total is True and first.kind == "price":
            continue
        for other in _others(reading):
            second = book.returns.get((other, first.label, first.kind))
            if second is not None:
                yield first, second


def _of(book: Book, subject: str) -> list[Entry]:
    shelf = book.entries.get(FigureKind.PERCENT)
    entries = shelf.of({subject}) if shelf is not None and subject else []
    return [entry for entry in entries if entry.metric == "return" and entry.pair is None]


def _others(reading: Reading) -> list[str]:
    """Return whom the leading subject is set against: those at the figure, else the few named."""
    near = set(reading.subjects) - {reading.lead}
    if near:
        return sorted(near)
    around = reading.scope - {reading.lead}
    return sorted(around) if len(around) <= _FEW else []
