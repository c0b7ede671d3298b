"""Fact and Ledger: the only things that prose may state about the market."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from newsletter.clock import Session
from newsletter.compute.readings import BaseRate, Series, Signal
from newsletter.errors import ComputeError
from newsletter.units import Unit, as_decimal, display, words

__all__ = [
    "CITED", "MAGNITUDES", "MEMORY", "SCHEMA", "BaseRate", "Fact", "Ledger", "Period", "Sample",
    "Series", "Signal", "index_facts",
]  # fmt: skip

SCHEMA = "ledger/1"

CITED = "cited"
"""Kind of a fact that nobody computed: an editor cites it from a named source."""

MEMORY = "memory"
"""Kind of a fact about the house's own record: what it said before, and what became of it."""

MAGNITUDES = frozenset(
    {"volatility", "dispersion", "cross_section", "base_rate_threshold", "level"}
)
"""Metrics in percent or points that have no direction."""


@dataclass(frozen=True, slots=True)
class Period:
    """The stretch of time a fact speaks of.

    Parameters
    ----------
    label : str
        Window: ``1d 5d 1m 3m 6m ytd 1y``, ``cal:2025``, ``since:2000-05-26`` or
        ``close`` for a level at the session's close.
    start : datetime.date
        Base session (whose close is the base), equal to `end` for a level.
    end : datetime.date
        The session.
    """

    label: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Sample:
    """How many cases stand behind a statistic: `n` hits of `of` cases since `start`."""

    n: int
    of: int
    start: dt.date


@dataclass(frozen=True, slots=True)
class Fact:
    """One provable statement about one subject.

    Parameters
    ----------
    id : str
        ``SUBJECT.metric.window[.total]``, e.g. ``IWM.return.ytd``.
    subject : str
        Ticker (index carets dropped), pair ``IWM-SPY``, ratio ``IWM/SPY`` or a
        lower-case name such as ``sp500``.
    name : str
        The subject in words, as prose may call it.
    metric : str
        ``return``, ``spread``, ``rank``, ``level``, ``rsi`` …
    period : Period
        Window with its first and last session.
    value : Decimal, datetime.date or str
        In `unit`; a date for ``date``, a word for ``state``.
    unit : Unit
        What the value counts.
    kind : str
        ``price``, ``total``, ``level``, ``count``, ``date``, ``state``, ``statistic``,
        ``cited`` or ``memory``.
    formula : str
        ``id@version`` of the computation, documented in its module.
    source : str
        Provider names, comma-separated; of a cited fact, who published it.
    inputs : tuple of str
        Symbols (or ids) it was computed from.
    sample : Sample or None
        n of N where it is a statistic.
    quality : str
        ``ok``, ``estimated`` or ``stale``.
    places : int or None
        Decimals of the printed forms, where the unit's usual number does not fit.
    lookback : int or None
        Sessions in an averaging window (50 for a 50-day average).
    link : str
        Page on which a cited fact can be read.
    """

    id: str
    subject: str
    name: str
    metric: str
    period: Period
    value: Decimal | dt.date | str
    unit: Unit
    kind: str
    formula: str
    source: str
    inputs: tuple[str, ...] = ()
    sample: Sample | None = None
    quality: str = "ok"
    places: int | None = None
    lookback: int | None = None
    link: str = ""
    _forms: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def as_of(self) -> dt.date:
        """The session at whose close the value was known."""
        return self.period.end

    @property
    def number(self) -> Decimal:
        """The value of a numeric fact.

        Raises
        ------
        ComputeError
            If the fact is a date or a state.
        """
        if not isinstance(self.value, Decimal):
            raise ComputeError(f"{self.id} is a {self.unit}, not a number.")
        return self.value

    @property
    def is_change(self) -> bool:
        """Whether the value is a change or difference, whose sign means a direction.

        Shares (hit rates, breadth), volatilities, dispersions and thresholds are
        percentages or points too, but a plus sign in front of them would mislead.
        """
        if self.unit is Unit.PERCENT and self.kind == "statistic":
            return False
        signed = {Unit.PERCENT, Unit.POINTS, Unit.BPS}
        return self.unit in signed and self.metric not in MAGNITUDES

    @property
    def forms(self) -> dict[str, str]:
        """Every string that prose may print for this fact.

        Returns
        -------
        dict of str to str
            ``plain`` (no plus sign; a change without its sign, for use after a verb),
            ``signed``, ``precise`` (two decimals for percentages and points, signed
            where the value is a change and not a share) and, by unit, ``word`` and
            ``capital`` (counts), ``long``/``short``/``month``/``weekday``/``year`` (dates).
            The same object each time: it is asked for far more often than it is made.
        """
        forms = self._forms
        if forms is None:
            forms = self._printed()
            object.__setattr__(self, "_forms", forms)
        return forms

    def _printed(self) -> dict[str, str]:
        if isinstance(self.value, str):
            return {"plain": self.value}
        if isinstance(self.value, dt.date):
            return _date_forms(self.value)
        value, unit = self.value, self.unit
        places, exact = self.places, self.places
        if unit in {Unit.PERCENT, Unit.POINTS} and self.kind != CITED:
            exact = 2  # a cited figure has no more decimals than its source printed
        forms = {
            "plain": display(value, unit, signed=False, places=places),
            "signed": display(value, unit, signed=True, places=places),
            "precise": display(value, unit, signed=self.is_change, places=exact),
        }
        if unit is Unit.COUNT:
            forms["word"] = words(int(value))
            forms["capital"] = forms["word"].capitalize()
        return forms

    @property
    def display(self) -> str:
        """The precise printed form."""
        forms = self.forms
        return forms.get("precise", forms["plain"])

    def to_json(self) -> dict[str, Any]:
        """Return the fact as in the ``ledger/1`` contract."""
        value: Any = self.value
        if isinstance(value, Decimal):
            value = int(value) if self.unit in {Unit.COUNT, Unit.RANK} else float(value)
        elif isinstance(value, dt.date):
            value = value.isoformat()
        sample = self.sample
        return {
            "id": self.id,
            "subject": self.subject,
            "name": self.name,
            "metric": self.metric,
            "period": {
                "label": self.period.label,
                "start": self.period.start.isoformat(),
                "end": self.period.end.isoformat(),
            },
            "value": value,
            "unit": self.unit.value,
            "kind": self.kind,
            "display": self.display,
            "forms": self.forms,
            "as_of": self.as_of.isoformat(),
            "formula": self.formula,
            "source": self.source,
            "inputs": list(self.inputs),
            "sample": None
            if sample is None
            else {"n": sample.n, "of": sample.of, "start": sample.start.isoformat()},
            "quality": self.quality,
            "places": self.places,
            "lookback": self.lookback,
            **({"link": self.link} if self.link else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fact":
        """Read back what `to_json` wrote; unknown optional keys may be absent."""
        period = data["period"]
        unit = Unit(data["unit"])
        value: Decimal | dt.date | str
        if unit is Unit.STATE:
            value = str(data["value"])
        elif unit is Unit.DATE:
            value = dt.date.fromisoformat(data["value"])
        else:
            value = as_decimal(float(data["value"]))
        sample = data.get("sample")
        return cls(
            id=data["id"],
            subject=data["subject"],
            name=data["name"],
            metric=data["metric"],
            period=Period(
                period["label"],
                dt.date.fromisoformat(period["start"]),
                dt.date.fromisoformat(period["end"]),
            ),
            value=value,
            unit=unit,
            kind=data["kind"],
            formula=data["formula"],
            source=data["source"],
            inputs=tuple(data.get("inputs", ())),
            sample=sample
            and Sample(sample["n"], sample["of"], dt.date.fromisoformat(sample["start"])),
            quality=data.get("quality", "ok"),
            places=data.get("places"),
            lookback=data.get("lookback"),
            link=data.get("link", ""),
        )


@dataclass(frozen=True)
class Ledger:
    """All facts of a session, hashed.

    Parameters
    ----------
    session : Session
        The session.
    snapshot : str
        Id of the snapshot everything was computed from.
    facts : dict of str to Fact
        By id, in sorted order.
    signals : tuple of Signal
        Sorted by name.
    series : dict of str to Series
        Recent histories, by id, in sorted order.
    absent : dict of str to str
        Fact ids that could not be computed, with the reason; no sentence may use them.
    simulated : bool
        True when made from sample data.
    sources : dict of str to datetime.date
        Last date of each source by the name print gives it.
    public : tuple of str
        Providers, as facts name them, whose own licences let all that they gave for this session
        be mailed to the public, sorted.
    """

    session: Session
    snapshot: str
    facts: Mapping[str, Fact] = field(repr=False)
    signals: tuple[Signal, ...] = ()
    series: Mapping[str, Series] = field(default_factory=dict, repr=False)
    absent: Mapping[str, str] = field(default_factory=dict, repr=False)
    simulated: bool = False
    sources: Mapping[str, dt.date] = field(default_factory=dict, repr=False)
    public: tuple[str, ...] = ()

    def __contains__(self, fact_id: str) -> bool:
        """Tell whether a fact is in the ledger."""
        return fact_id in self.facts

    def __getitem__(self, fact_id: str) -> Fact:
        """Return a fact by id (KeyError where absent)."""
        return self.facts[fact_id]

    def __iter__(self) -> Iterator[Fact]:
        """Iterate over the facts in order of id."""
        return iter(self.facts.values())

    def get(self, fact_id: str) -> Fact | None:
        """Return a fact, or None where it is absent."""
        return self.facts.get(fact_id)

    def signal(self, name: str) -> Signal | None:
        """Return a signal by name, or None."""
        return next((s for s in self.signals if s.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """Return the ledger as in the ``ledger/1`` contract."""
        return {
            "schema": SCHEMA,
            "session": self.session.date.isoformat(),
            "exchange": self.session.exchange,
            "snapshot": self.snapshot,
            "simulated": self.simulated,
            "sources": {label: day.isoformat() for label, day in self.sources.items()},
            "facts": [fact.to_json() for fact in self],
            "signals": [signal.to_json() for signal in self.signals],
            "series": [series.to_json() for series in self.series.values()],
            "absent": dict(self.absent),
            **({"public": list(self.public)} if self.public else {}),
        }

    def to_bytes(self) -> bytes:
        """Return the canonical JSON bytes."""
        return self._canonical

    @cached_property
    def _canonical(self) -> bytes:
        # Kept, for whoever keeps a ledger also asks for its hash.
        return json.dumps(
            self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Ledger":
        """Read a ``ledger/1`` document.

        Raises
        ------
        ComputeError
            If the document is not of that schema.
        """
        if data.get("schema") != SCHEMA:
            raise ComputeError(
                f"The ledger's schema is {data.get('schema')!r}; this version reads {SCHEMA!r}. "
                "Make it with `newsletter facts --json`."
            )
        return cls(
            session=Session(dt.date.fromisoformat(data["session"]), data.get("exchange", "XNYS")),
            snapshot=data["snapshot"],
            facts={fact["id"]: Fact.from_json(fact) for fact in data["facts"]},
            signals=tuple(Signal.from_json(signal) for signal in data.get("signals", ())),
            series={one["id"]: Series.from_json(one) for one in data.get("series", ())},
            absent=dict(data.get("absent", {})),
            simulated=bool(data.get("simulated", False)),
            sources={
                label: dt.date.fromisoformat(day) for label, day in data.get("sources", {}).items()
            },
            public=tuple(data.get("public", ())),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Ledger":
        """Read back what `to_bytes` wrote; the same bytes give the same object for a while."""
        return _read(data)


@lru_cache(maxsize=4)
def _read(data: bytes) -> Ledger:
    return Ledger.from_json(json.loads(data))


def index_facts(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Index facts by id in sorted order.

    Raises
    ------
    ComputeError
        If two signals made the same fact.
    """
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.id in found:
            raise ComputeError(
                f"{fact.id} was made twice, by {found[fact.id].formula} and {fact.formula}."
            )
        found[fact.id] = fact
    return dict(sorted(found.items()))


def _date_forms(value: dt.date) -> dict[str, str]:
    return {
        "plain": f"{value.day} {value:%B} {value.year}",
        "long": f"{value:%A} {value.day} {value:%B} {value.year}",
        "short": f"{value.day} {value:%B}",
        "month": f"{value:%B} {value.year}",
        "weekday": f"{value:%A}",
        "year": str(value.year),
    }
