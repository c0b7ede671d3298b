"""Entries: the ledger turned round, from what can be printed to the facts behind it."""

import datetime as dt
import re
import weakref
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from newsletter.compute.facts import Fact, Ledger, Signal
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.needs import Needed, needed
from newsletter.preflight.who.subjects import members_of, pair_of
from newsletter.units import Unit

_KINDS = {
    Unit.PERCENT: (FigureKind.PERCENT, FigureKind.FRACTION),
    Unit.POINTS: (FigureKind.POINTS, FigureKind.BPS),
    Unit.BPS: (FigureKind.BPS, FigureKind.POINTS),
    Unit.USD: (FigureKind.USD, FigureKind.NUMBER, FigureKind.COUNT),
    Unit.INDEX: (FigureKind.NUMBER, FigureKind.COUNT),
    Unit.RATIO: (FigureKind.NUMBER, FigureKind.MULTIPLE),
    Unit.NUMBER: (FigureKind.NUMBER, FigureKind.COUNT),
    Unit.COUNT: (FigureKind.COUNT,),
    Unit.RANK: (FigureKind.ORDINAL,),
    Unit.PERCENTILE: (FigureKind.PERCENTILE,),
}
_GROUPS = frozenset({"evidence", "mega_caps", "sectors", "small_vs_large"})
"""Subjects that prose need not name; the breadth members are another."""
_SCALES = {
    (Unit.POINTS, FigureKind.BPS): Decimal(100),
    (Unit.BPS, FigureKind.POINTS): Decimal("0.01"),
}
"""A point is a hundred basis points; either may be printed."""
_NO_SHARE = re.compile(r"rank|record|since|distance")
_AGO = re.compile(r"\.([0-9]+[dm])_ago$")
_DAYS = re.compile(r"(?<![0-9])([0-9]{1,4})d(?![a-z0-9])")
_MONTHS = re.compile(r"(?<![0-9])([0-9]{1,2})m\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a ledger lets prose state.

    Parameters
    ----------
    source : Fact
        The fact behind it.
    value : decimal.Decimal
        What may be printed, at any precision.
    members : frozenset of str
        Subjects it speaks of: two for a comparison.
    pair : tuple of str or None
        The two sides in the order of the sign.
    label : str
        Period; of an earlier reading how far back it lies.
    loose : bool
        True where the subject is a group that prose need not name (``sectors``).
    past : bool
        True where it held at an earlier session.
    of : decimal.Decimal or None
        The N of ``n of N``.

    Attributes
    ----------
    metric : str
        As in the fact.
    lookback : int
        Sessions of an average, 0 for none.
    size : float
        Magnitude, for a first look.
    """

    source: Fact
    value: Decimal
    members: frozenset[str]
    pair: tuple[str, str] | None
    label: str
    loose: bool = False
    past: bool = False
    of: Decimal | None = None
    metric: str = field(init=False)
    lookback: int = field(init=False)
    size: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metric", self.source.metric)  # asked for some hundred times
        object.__setattr__(self, "lookback", self.source.lookback or 0)
        object.__setattr__(self, "size", abs(float(self.value)))

    @property
    def fact(self) -> str:
        """Id of the fact behind it."""
        return self.source.id

    @property
    def kind(self) -> str:
        """Kind of the fact: ``price``, ``total`` and so on."""
        return self.source.kind

    @property
    def unit(self) -> Unit:
        """As in the fact."""
        return self.source.unit

    @property
    def display(self) -> str:
        """The fact's printed form."""
        return self.source.display


_Section = dict[Needed, list[tuple[int, Entry]]]
"""Entries by the words they need, each with its place in the ledger's order."""


class Shelf:
    """The entries of one kind of figure, found by whom they speak of.

    Looking up a figure costs no more than what the ledger knows of the subjects named,
    however many others it knows.
    """

    def __init__(self) -> None:
        self._loose: _Section = defaultdict(list)
        self._by: dict[str, _Section] = defaultdict(lambda: defaultdict(list))
        self._all: list[Entry] = []
        self._magnitudes: list[Decimal] | None = None

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over all entries in the ledger's order."""
        return iter(self._all)

    def add(self, entry: Entry) -> None:
        """Put in an entry."""
        place, words = len(self._all), needed(entry.source.metric)
        self._all.append(entry)
        if entry.loose:
            self._loose[words].append((place, entry))
            return
        for member in entry.members:
            self._by[member][words].append((place, entry))

    def of(
        self, subjects: Iterable[str], said: Callable[[Needed], bool] | None = None
    ) -> list[Entry]:
        """Return the entries of subjects, pairs with one of them, and loose ones.

        Parameters
        ----------
        subjects : iterable of str
            Ledger subjects.
        said : callable, optional
            Whether the words of a measure are said; all measures by default.
        """
        found: dict[int, Entry] = {}
        for section in (self._loose, *(self._by.get(subject, {}) for subject in subjects)):
            places = [one for words, one in section.items() if said is None or said(words)]
            found.update(sorted(chain.from_iterable(places)))
        return list(found.values())

    def holds(self, low: Decimal, high: Decimal) -> bool:
        """Tell whether any magnitude lies between two bounds, both included."""
        if self._magnitudes is None:
            self._magnitudes = sorted(abs(entry.value) for entry in self._all)
        place = bisect_left(self._magnitudes, low)
        return place < len(self._magnitudes) and self._magnitudes[place] <= high


class Book:
    """All entries of a ledger, by the kind of figure that can print them.

    Parameters
    ----------
    ledger : Ledger
        The facts.

    Notes
    -----
    `ranked` holds the kind of return on which a subject is ranked: where prose does not
    say, its returns are of that kind too.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.session: dt.date = ledger.session.date
        self.entries: dict[FigureKind, Shelf] = defaultdict(Shelf)
        self.dates: list[tuple[Fact, dt.date]] = []
        self._dates: dict[str, list[tuple[Fact, dt.date]]] = defaultdict(list)
        self.bases: dict[dt.date, str] = {}
        self.starts: list[tuple[dt.date, str, frozenset[str]]] = []
        self.days: dict[int, str] = {}
        self.months: dict[int, str] = {}
        self.years: dict[tuple[str, int], str] = {}
        self.returns: dict[tuple[str, str, str], Entry] = {}
        self.ranked: dict[str, str] = {}
        self.present: dict[tuple[frozenset[str], str, int], Entry] = {}
        self.windows: dict[tuple[frozenset[str], str], set[int]] = defaultdict(set)
        self.counts: dict[str, Entry] = {}
        self.signals = {one.name.replace("_", " "): one.name for one in ledger.signals}
        self.groups = _GROUPS | {fact.subject for fact in ledger if fact.metric == "breadth"}
        for fact in ledger:
            self._enter(fact)
        for signal in ledger.signals:
            self._signal(signal)
        for label, day in ledger.sources.items():
            self.bases.setdefault(day, f"source:{label}")

    @classmethod
    def of(cls, ledger: Ledger) -> "Book":
        """Return the book of a ledger; the last few are kept, for a mail has many parts."""
        kept = _BOOKS.get(id(ledger))
        if kept is not None and kept[0]() is ledger:
            return kept[1]
        book = cls(ledger)
        while len(_BOOKS) >= _KEPT:
            _BOOKS.pop(next(iter(_BOOKS)))
        _BOOKS[id(ledger)] = (weakref.ref(ledger), book)
        return book

    def dates_of(self, subjects: Iterable[str]) -> list[tuple[Fact, dt.date]]:
        """Return the dates of subjects and of groups; all of them where nobody is named."""
        named = [subject for subject in dict.fromkeys(subjects) if subject]
        if not named:
            return self.dates
        return [one for subject in (*named, "") for one in self._dates.get(subject, ())]

    def _enter(self, fact: Fact) -> None:
        self._periods(fact)
        if isinstance(fact.value, dt.date):
            self.dates.append((fact, fact.value))
            members = members_of(fact)
            for member in ("",) if all(map(str.islower, members)) else members:
                self._dates[member].append((fact, fact.value))
            return
        if isinstance(fact.value, str):
            return
        entry = self._entry(fact, fact.value)
        for kind in _KINDS.get(fact.unit, ()):
            scale = _SCALES.get((fact.unit, kind))
            self.entries[kind].add(
                self._entry(fact, fact.value * scale) if scale is not None else entry
            )
        self._remember(fact, entry)
        if fact.sample is not None and not _NO_SHARE.search(fact.metric):
            of = Decimal(fact.sample.of)
            self.entries[FigureKind.SHARE].add(self._entry(fact, Decimal(fact.sample.n), of))
            if fact.unit in {Unit.COUNT, Unit.PERCENT} and "hit_rate" not in fact.metric:
                self.entries[FigureKind.COUNT].add(self._entry(fact, of))

    def _remember(self, fact: Fact, entry: Entry) -> None:
        if entry.lookback:
            self.windows[entry.members, entry.metric].add(entry.lookback)
            if not entry.past:
                self.present[entry.members, entry.metric, entry.lookback] = entry
        if fact.unit is Unit.RANK:
            self.ranked[fact.subject] = fact.kind
        if fact.unit is Unit.COUNT:
            self.counts[fact.id] = entry
        if fact.metric == "return":
            self.returns[fact.subject, fact.period.label, fact.kind] = entry

    def _entry(self, fact: Fact, value: Decimal, of: Decimal | None = None) -> Entry:
        ago = _AGO.search(fact.id) if fact.id.endswith("_ago") else None
        return Entry(
            source=fact,
            value=value,
            members=members_of(fact),
            pair=pair_of(fact),
            label=ago[1] if ago else fact.period.label,
            loose=fact.subject in self.groups,
            past=fact.as_of < self.session,
            of=of,
        )

    def _periods(self, fact: Fact) -> None:
        if fact.sample is not None:
            self.starts.append((fact.sample.start, fact.id, members_of(fact)))
        if fact.period.label.startswith("since:"):
            self.starts.append((fact.period.start, fact.id, members_of(fact)))
        what, _, year = fact.period.label.partition(":")
        if what == "cal":
            for member in members_of(fact):
                self.years.setdefault((member, int(year)), fact.id)
        self.bases.setdefault(fact.period.start, fact.id)
        self.bases.setdefault(fact.period.end, fact.id)
        if fact.lookback:
            self.days.setdefault(fact.lookback, fact.id)
        _, _, tail = fact.id.partition(".")
        days, months = _lengths(fact.period.label, tail)
        for number in days:
            self.days.setdefault(number, fact.id)
        for number in months:
            self.months.setdefault(number, fact.id)

    def _signal(self, signal: Signal) -> None:
        rate = signal.base_rate
        if rate is None:
            return
        name = f"signal:{signal.name}"
        self.days.setdefault(rate.horizon, name)
        self.starts.append((rate.since, name, frozenset()))


_KEPT = 4
_BOOKS: dict[int, "tuple[weakref.ref[Ledger], Book]"] = {}


@lru_cache(maxsize=8192)
def _lengths(label: str, tail: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the days and months that a period's label and the tail of a fact's id name."""
    days = tuple(int(n) for n in _DAYS.findall(f"{label} {tail}") if int(n))
    months = _MONTHS.findall({"1y": "12m"}.get(label, label))
    return days, tuple(map(int, months))
