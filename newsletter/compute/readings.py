"""Signal, its base rate with its fan, and Series: what is read out of facts and around them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from newsletter.units import Unit, as_decimal

SIGNAL, NOISE, TOO_FEW = "signal", "noise", "too few"
"""Verdicts on a base rate."""

HORIZON = 63
"""Sessions ahead that the house speaks of first: a quarter."""


@dataclass(frozen=True, slots=True)
class Fan:
    """How the sequels of past events spread on their way to the horizon.

    Parameters
    ----------
    ahead : tuple of int, length n
        Sessions after the event, ascending from 0 to the horizon.
    low_tenth, low_quarter, median, high_quarter, high_tenth : tuple of Decimal, length n
        Quantiles 10, 25, 50, 75 and 90 % over the known events, in the outcome's unit; the
        last median is that of the `BaseRate`.
    all_days : tuple of Decimal, length n
        Median over all starting days.
    """

    ahead: tuple[int, ...]
    low_tenth: tuple[Decimal, ...]
    low_quarter: tuple[Decimal, ...]
    median: tuple[Decimal, ...]
    high_quarter: tuple[Decimal, ...]
    high_tenth: tuple[Decimal, ...]
    all_days: tuple[Decimal, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fan as plain JSON data."""
        lines = {name: [float(v) for v in getattr(self, name)] for name in _LINES}
        return {"ahead": list(self.ahead), **lines}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fan":
        """Read back what `to_json` wrote."""
        lines = {name: tuple(as_decimal(float(v)) for v in data[name]) for name in _LINES}
        return cls(ahead=tuple(int(step) for step in data["ahead"]), **lines)


_LINES = ("low_tenth", "low_quarter", "median", "high_quarter", "high_tenth", "all_days")


@dataclass(frozen=True, slots=True)
class BaseRate:
    """What followed in the past, one horizon ahead, when things stood as they stand now.

    Parameters
    ----------
    horizon : int
        Sessions ahead.
    events : int
        Past events, each at least one horizon after the one before.
    known : int
        Events whose horizon has already passed.
    hits : int
        Known events that went the signal's way.
    median : Decimal or None
        Median outcome in the outcome's unit; None below ten known events.
    low, high : Decimal or None
        95 % interval of that median: on each side the wider of the stationary
        bootstrap's and the sign test's.
    unconditional_hit_rate : Decimal or None
        Share of all starting days that went the same way, percent.
    unconditional_median : Decimal or None
        Median over all starting days.
    since : datetime.date
        Start of the sample.
    verdict : str
        ``"signal"`` where the interval leaves out the unconditional median, ``"noise"``
        where it holds it, ``"too few"`` below ten known events.
    fan : Fan or None
        The way to the horizon, for a chart; worked out a quarter ahead only.
    """

    horizon: int
    events: int
    known: int
    hits: int
    median: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unconditional_hit_rate: Decimal | None
    unconditional_median: Decimal | None
    since: dt.date
    verdict: str
    fan: Fan | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the base rate as plain JSON data."""
        return {
            "horizon": self.horizon,
            "events": self.events,
            "known": self.known,
            "hits": self.hits,
            "hit_rate": round(100 * self.hits / self.known, 6) if self.known else None,
            **{name: _number(getattr(self, name)) for name in _NUMBERS},
            "since": self.since.isoformat(),
            "verdict": self.verdict,
            **({} if self.fan is None else {"fan": self.fan.to_json()}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "BaseRate":
        """Read back what `to_json` wrote."""
        return cls(
            horizon=data["horizon"],
            events=data["events"],
            known=data["known"],
            hits=data["hits"],
            since=dt.date.fromisoformat(data["since"]),
            verdict=data["verdict"],
            fan=Fan.from_json(data["fan"]) if data.get("fan") else None,
            **{
                name: None if data[name] is None else as_decimal(float(data[name]))
                for name in _NUMBERS
            },
        )


_NUMBERS = ("median", "low", "high", "unconditional_hit_rate", "unconditional_median")


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class Signal:
    """A reading of several facts: a state with its evidence and its history.

    Parameters
    ----------
    name : str
        Unique, e.g. ``"small_vs_large"``.
    state : str
        One of the module's documented states.
    strength : Decimal
        Between -1 and 1; the sign gives the direction.
    since : datetime.date
        First session of the present unbroken state.
    evidence : tuple of str
        Ids of the facts it rests on.
    base_rates : tuple of BaseRate
        What followed in the past, by horizon.
    """

    name: str
    state: str
    strength: Decimal
    since: dt.date
    evidence: tuple[str, ...]
    base_rates: tuple[BaseRate, ...] = ()

    @property
    def base_rate(self) -> BaseRate | None:
        """The base rate a quarter ahead, None where there are too few events."""
        found = (rate for rate in self.base_rates if rate.horizon == HORIZON)
        return next((rate for rate in found if rate.verdict != TOO_FEW), None)

    def to_json(self) -> dict[str, Any]:
        """Return the signal as plain JSON data."""
        rate = self.base_rate
        return {
            "name": self.name,
            "state": self.state,
            "strength": float(self.strength),
            "since": self.since.isoformat(),
            "evidence": list(self.evidence),
            "base_rate": None if rate is None else rate.to_json(),
            "base_rates": [one.to_json() for one in self.base_rates],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Signal":
        """Read back what `to_json` wrote."""
        return cls(
            name=data["name"],
            state=data["state"],
            strength=as_decimal(float(data["strength"])),
            since=dt.date.fromisoformat(data["since"]),
            evidence=tuple(data["evidence"]),
            base_rates=tuple(BaseRate.from_json(rate) for rate in data.get("base_rates", ())),
        )


@dataclass(frozen=True, slots=True)
class Series:
    """A recent history, for charts and for showing what a fact is compared with.

    Parameters
    ----------
    id : str
        ``IWM/SPY.ratio``, ``sp500.breadth.above_50d`` …
    name : str
        What it shows, in words.
    unit : Unit
        Unit of the values.
    dates : tuple of datetime.date, length n
        Sessions, ascending.
    values : tuple of (Decimal or None), length n
        None where a session has no value.
    """

    id: str
    name: str
    unit: Unit
    dates: tuple[dt.date, ...]
    values: tuple[Decimal | None, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the series as plain JSON data."""
        return {
            "id": self.id,
            "name": self.name,
            "unit": self.unit.value,
            "dates": [date.isoformat() for date in self.dates],
            "values": [None if value is None else float(value) for value in self.values],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Series":
        """Read back what `to_json` wrote."""
        return cls(
            data["id"],
            data["name"],
            Unit(data["unit"]),
            tuple(dt.date.fromisoformat(date) for date in data["dates"]),
            tuple(None if value is None else as_decimal(value) for value in data["values"]),
        )
