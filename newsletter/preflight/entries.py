"""Entries: the ledger turned round, from what can be printed to the facts behind it."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from newsletter.compute.facts import Fact, Ledger, Signal
from newsletter.preflight.numbers import FigureKind
from newsletter.preflight.subjects import members_of, pair_of
from newsletter.units import Unit

_KINDS = {
    Unit.PERCENT: (FigureKind.PERCENT, FigureKind.FRACTION),
    Unit.POINTS: (FigureKind.POINTS,),
    Unit.BPS: (FigureKind.BPS,),
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
_NO_SHARE = re.compile(r"rank|record|since|distance")
_AGO = re.compile(r"\.([0-9]+[dm])_ago$")
_DAYS = re.compile(r"(?<![0-9])([0-9]{1,4})d(?![a-z0-9])")
_MONTHS = re.compile(r"(?<![0-9])([0-9]{1,2})m\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a ledger lets prose state.

    Parameters
    ----------
    fact : str
        Id of the fact (or ``signal:name``) behind it.
    value : decimal.Decimal
        What may be printed, at any precision.
    members : frozenset of str
        Subjects it speaks of: two for a comparison.
    pair : tuple of str or None
        The two sides in the order of the sign.
    metric, label, kind : str
        As in the fact; the label of an earlier reading is how far back it lies.
    display : str
        The fact's printed form.
    unit : Unit
        Its unit.
    loose : bool
        True where the subject is a group that prose need not name (``sectors``).
    past : bool
        True where it held at an earlier session.
    lookback : int
        Sessions of an average, 0 for none.
    of : decimal.Decimal or None
        The N of ``n of N``.
    """

    fact: str
    value: Decimal
    members: frozenset[str]
    pair: tuple[str, str] | None
    metric: str
    label: str
    kind: str
    display: str
    unit: Unit
    loose: bool = False
    past: bool = False
    lookback: int = 0
    of: Decimal | None = None


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
        self.entries: dict[FigureKind, list[Entry]] = defaultdict(list)
        self.dates: list[tuple[Fact, dt.date]] = []
        self.bases: dict[dt.date, str] = {}
        self.starts: list[tuple[dt.date, str, frozenset[str]]] = []
        self.days: dict[int, str] = {}
        self.months: dict[int, str] = {}
        self.returns: dict[tuple[str, str, str], Entry] = {}
        self.ranked: dict[str, str] = {}
        self.present: dict[tuple[frozenset[str], str, int], Entry] = {}
        self.groups = _GROUPS | {fact.subject for fact in ledger if fact.metric == "breadth"}
        for fact in ledger:
            self._enter(fact)
        for signal in ledger.signals:
            self._signal(signal)
        for label, day in ledger.sources.items():
            self.bases.setdefault(day, f"source:{label}")

    def _enter(self, fact: Fact) -> None:
        self._periods(fact)
        if isinstance(fact.value, dt.date):
            self.dates.append((fact, fact.value))
            return
        if isinstance(fact.value, str):
            return
        entry = self._entry(fact, fact.value)
        for kind in _KINDS.get(fact.unit, ()):
            self.entries[kind].append(entry)
        if entry.lookback and not entry.past:
            self.present[entry.members, entry.metric, entry.lookback] = entry
        if fact.unit is Unit.RANK:
            self.ranked[fact.subject] = fact.kind
        if fact.metric == "return":
            self.returns[fact.subject, fact.period.label, fact.kind] = entry
        if fact.sample is not None and not _NO_SHARE.search(fact.metric):
            of = Decimal(fact.sample.of)
            self.entries[FigureKind.SHARE].append(self._entry(fact, Decimal(fact.sample.n), of))
            if fact.unit in {Unit.COUNT, Unit.PERCENT}:
                self.entries[FigureKind.COUNT].append(self._entry(fact, of))

    def _entry(self, fact: Fact, value: Decimal, of: Decimal | None = None) -> Entry:
        ago = _AGO.search(fact.id)
        return Entry(
            fact=fact.id,
            value=value,
            members=members_of(fact),
            pair=pair_of(fact),
            metric=fact.metric,
            label=ago[1] if ago else fact.period.label,
            kind=fact.kind,
            display=fact.display,
            unit=fact.unit,
            loose=fact.subject in self.groups,
            past=fact.as_of < self.session,
            lookback=fact.lookback or 0,
            of=of,
        )

    def _periods(self, fact: Fact) -> None:
        if fact.sample is not None:
            self.starts.append((fact.sample.start, fact.id, members_of(fact)))
        if fact.period.label.startswith("since:"):
            self.starts.append((fact.period.start, fact.id, members_of(fact)))
        self.bases.setdefault(fact.period.start, fact.id)
        self.bases.setdefault(fact.period.end, fact.id)
        for number in (fact.lookback, *map(int, _DAYS.findall(f"{fact.period.label} {fact.id}"))):
            if number:
                self.days.setdefault(number, fact.id)
        months = {"1y": "12m"}.get(fact.period.label, fact.period.label)
        for number in map(int, _MONTHS.findall(months)):
            self.months.setdefault(number, fact.id)

    def _signal(self, signal: Signal) -> None:
        rate = signal.base_rate
        if rate is None:
            return
        name = f"signal:{signal.name}"
        self.days.setdefault(rate.horizon, name)
        self.starts.append((rate.since, name, frozenset()))
