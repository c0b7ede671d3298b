"""Signal, its base rate, and Series: what is read out of facts and around them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from newsletter.units import Unit, as_decimal


@dataclass(frozen=True, slots=True)
class BaseRate:
    """What followed in the past when a signal stood as it stands now.

    Parameters
    ----------
    events : int
        Non-overlapping past events.
    known : int
        Events whose horizon has already passed.
    horizon : int
        Sessions ahead.
    hits : int
        Events that continued.
    median : Decimal
        Median outcome, points.
    unconditional_hit_rate : Decimal
        Share of all starting days that went the same way, percent.
    unconditional_median : Decimal
        Median over all starting days, points.
    since : datetime.date
        Start of the sample.
    """

    events: int
    known: int
    horizon: int
    hits: int
    median: Decimal
    unconditional_hit_rate: Decimal
    unconditional_median: Decimal
    since: dt.date


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
    base_rate : BaseRate or None
        What followed in the past; None where history is too short.
    """

    name: str
    state: str
    strength: Decimal
    since: dt.date
    evidence: tuple[str, ...]
    base_rate: BaseRate | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the signal as plain JSON data."""
        rate = self.base_rate
        return {
            "name": self.name,
            "state": self.state,
            "strength": float(self.strength),
            "since": self.since.isoformat(),
            "evidence": list(self.evidence),
            "base_rate": None
            if rate is None
            else {
                "events": rate.events,
                "known": rate.known,
                "horizon": rate.horizon,
                "hits": rate.hits,
                "hit_rate": round(100 * rate.hits / rate.known, 6) if rate.known else None,
                "median": float(rate.median),
                "unconditional_hit_rate": float(rate.unconditional_hit_rate),
                "unconditional_median": float(rate.unconditional_median),
                "since": rate.since.isoformat(),
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Signal":
        """Read back what `to_json` wrote."""
        rate = data.get("base_rate")
        return cls(
            name=data["name"],
            state=data["state"],
            strength=as_decimal(float(data["strength"])),
            since=dt.date.fromisoformat(data["since"]),
            evidence=tuple(data["evidence"]),
            base_rate=rate
            and BaseRate(
                events=rate["events"],
                known=rate["known"],
                horizon=rate["horizon"],
                hits=rate["hits"],
                median=as_decimal(rate["median"]),
                unconditional_hit_rate=as_decimal(rate["unconditional_hit_rate"]),
                unconditional_median=as_decimal(rate["unconditional_median"]),
                since=dt.date.fromisoformat(rate["since"]),
            ),
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
