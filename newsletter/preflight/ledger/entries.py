"""Entries: the ledger turned round, from what can be printed to the facts behind it."""

import datetime as dt
import weakref
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from newsletter.compute.conditions import SHARE, hit_of
from newsletter.compute.facts import MEMORY, Fact, Ledger, Signal
from newsletter.patterns import compiled
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
_NO_SHARE = compiled(r"rank|record|since|distance")
_AGO = compiled(r"\.([0-9]+[dm])_ago$")
_DAYS = compiled(r"(?<![0-9])([0-9]{1,4})d(?![a-z0-9])")
_MONTHS = compiled(r"(?<![0-9])([0-9]{1,2})m\b")


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


_Placed = tuple[int, Entry]
"""An entry and its place in the ledger's order."""
_Sort = tuple[frozenset[str], str, str]
"""Members, metric and label of an entry: those that share them differ in kind or basis only."""


class _Section:
    """What a shelf holds of one subject."""

    __slots__ = ("_like", "_ordered", "_sizes", "by_words")

    def __init__(self) -> None:
        self.by_words: dict[Needed, list[_Placed]] = defaultdict(list)
        self._sizes: list[float] | None = None  # this and the next two once they are asked for
        self._ordered: list[Entry] = []
        self._like: dict[_Sort, list[_Placed]] = {}

    def add(self, place: int, entry: Entry) -> None:
        """Put in an entry."""
        self.by_words[needed(entry.metric)].append((place, entry))
        self._sizes = None

    def sorts(self, low: float, high: float) -> set[_Sort]:
        """Return the sorts of entries of which one has a magnitude between two bounds."""
        sizes = self._sizes or self._sorted()
        near = self._ordered[bisect_left(sizes, low) : bisect_right(sizes, high)]
        return {(entry.members, entry.metric, entry.label) for entry in near}

    def like(self, sorts: Iterable[_Sort]) -> list[_Placed]:
        """Return the entries of some sorts in the ledger's order; `sorts` was asked before."""
        return sorted(chain.from_iterable(self._like.get(one, ()) for one in sorts))

    def _sorted(self) -> list[float]:
        every = list(chain.from_iterable(self.by_words.values()))
        like: dict[_Sort, list[_Placed]] = defaultdict(list)
        for place, entry in every:
            like[entry.members, entry.metric, entry.label].append((place, entry))
        self._like = dict(like)
        self._ordered = sorted((entry for _, entry in every), key=attrgetter("size"))
        self._sizes = sizes = [entry.size for entry in self._ordered]
        return sizes


class Shelf:
    """The entries of one kind of figure, found by whom they speak of.

    Looking up a figure costs no more than what the ledger knows of the subjects named,
    however many others it knows.
    """

    def __init__(self) -> None:
        self._loose = _Section()
        self._by: dict[str, _Section] = defaultdict(_Section)
        self._all: list[Entry] = []
        self._magnitudes: list[Decimal] | None = None

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over all entries in the ledger's order."""
        return iter(self._all)

    def add(self, entry: Entry) -> None:
        """Put in an entry."""
        place = len(self._all)
        self._all.append(entry)
        for one in [self._loose] if entry.loose else map(self._by.__getitem__, entry.members):
            one.add(place, entry)

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
        for section in self._of(subjects):
            words = section.by_words.items()
            places = [one for needs, one in words if said is None or said(needs)]
            found.update(sorted(chain.from_iterable(places)))
        return list(found.values())

    def alike(
        self, subjects: Iterable[str], said: Callable[[Needed], bool], low: float, high: float
    ) -> list[Entry]:
        """Return of what `of` does the entries with a magnitude near, and those of their sorts.

        Most figures are proved by one of these few, and the words of all other measures need
        not be looked for.

        Parameters
        ----------
        subjects, said : iterable of str, callable
            As for `of`.
        low, high : float
            Bounds of the magnitude, both included.
        """
        sections = self._of(subjects)
        near = set[_Sort]().union(*(section.sorts(low, high) for section in sections))
        sorts = [one for one in near if said(needed(one[1]))]
        found: dict[int, Entry] = {}
        for section in sections if sorts else ():
            found.update(section.like(sorts))
        return list(found.values())

    def _of(self, subjects: Iterable[str]) -> list[_Section]:
        """Return the loose section and those of subjects that are known, in their order."""
        return [self._loose, *(self._by[one] for one in subjects if one in self._by)]

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
        self.hits = {fact.id: hit_of(fact, ledger) for fact in ledger if fact.metric == SHARE}
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
            if fact.kind == MEMORY:
                self._dates[MEMORY].append((fact, fact.value))
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
