"""Making facts: the single rounding, the stamps, and NaN turned into a stated absence."""

import datetime as dt
import math
from dataclasses import dataclass, replace
from decimal import Decimal

from newsletter.compute.facts import Fact, Period, Sample, Series
from newsletter.compute.market import Array, Market
from newsletter.compute.signal import Absent
from newsletter.config import plain
from newsletter.units import Unit, as_decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a fact speaks of.

    Parameters
    ----------
    id : str
        As in fact ids: ``IWM``, ``IWM-SPY``, ``sp500``.
    name : str
        Noun phrase for prose.
    inputs : tuple of str
        Provider symbols behind it.
    """

    id: str
    name: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Maker:
    """Makes the facts of one measure on one market.

    Parameters
    ----------
    market : Market
        Gives session and source.
    formula : str
        ``id@version`` stamped on every fact.
    """

    market: Market
    formula: str

    def ranked(self, symbol: str, among: tuple[str, ...]) -> Subject:
        """Return an instrument as a subject whose place among others is stated."""
        others = tuple(other for other in among if other != symbol)
        return replace(self.instrument(symbol), inputs=(symbol, *others))

    def instrument(self, symbol: str) -> Subject:
        """Return an instrument as a subject."""
        return Subject(plain(symbol), self.market.universe.name(symbol), (symbol,))

    def close(self, date: dt.date | None = None) -> Period:
        """Return the period of a level: one session's close, by default the last."""
        at = date or self.market.session.date
        return Period("close", at, at)

    def window(self, label: str) -> Period | None:
        """Return a return window with its base, None where history is too short."""
        start = self.market.base(label)
        return None if start is None else Period(label, start, self.market.session.date)

    def span(self, label: str, count: int) -> Period | None:
        """Return the period of the last `count` closes, None where there are fewer."""
        start = self.market.back(count - 1)
        return None if start is None else Period(label, start, self.market.session.date)

    def fact(
        self,
        id: str,
        value: float | dt.date | str,
        unit: Unit,
        *,
        subject: Subject,
        metric: str,
        kind: str,
        period: Period | None,
        missing: str = "",
        sample: Sample | None = None,
        quality: str = "ok",
        places: int | None = None,
        lookback: int | None = None,
        source: str | None = None,
    ) -> Fact | Absent:
        """Make a fact, rounding once, or say why it is absent.

        Parameters
        ----------
        id : str
            The fact's id.
        value : float, datetime.date or str
            In `unit`; NaN or infinite means absent.
        unit : Unit
            What is counted.
        subject : Subject
            Whom it speaks of.
        metric, kind : str
            As in `Fact`.
        period : Period or None
            None means that history does not reach that far: absent.
        missing : str
            Why the value is absent where it is NaN.
        sample, quality, places, lookback
            As in `Fact`.
        source : str, optional
            Where it does not come from the bars: the provider names of its table.
        """
        if period is None:
            return Absent(id, "History does not reach back that far.")
        number = isinstance(value, int | float)
        if number and not math.isfinite(value):  # type: ignore[arg-type]
            return Absent(id, missing or self.gap(subject, kind, period))
        return Fact(
            id=id,
            subject=subject.id,
            name=subject.name,
            metric=metric,
            period=period,
            value=_rounded(value, unit) if number else value,  # type: ignore[arg-type]
            unit=unit,
            kind=kind,
            formula=self.formula,
            source=source or self.market.source,
            inputs=subject.inputs,
            sample=sample,
            quality=quality,
            places=places,
            lookback=lookback,
        )

    def gap(self, subject: Subject, kind: str, period: Period) -> str:
        """Say in one sentence which closes are missing."""
        closes = "adjusted closes" if kind == "total" else "price closes"
        at_issue = [s for s in subject.inputs if not self._complete(s, kind, period)]
        named = ", ".join(plain(s) for s in at_issue or subject.inputs)
        if period.start == period.end:
            return f"No usable {closes} of {named} on {period.end}."
        return f"No usable {closes} of {named} for {period.start} to {period.end}."

    def series(self, id: str, name: str, unit: Unit, values: Array) -> Series:
        """Make a series that ends with the last session.

        Parameters
        ----------
        id, name, unit
            As in `Series`.
        values : numpy.ndarray, shape (n,)
            The last n sessions; NaN becomes None.
        """
        dates = self.market.sessions[len(self.market.sessions) - len(values) :]
        return Series(
            id,
            name,
            unit,
            tuple(date.date() for date in dates),
            tuple(as_decimal(v) if math.isfinite(v) else None for v in values.tolist()),
        )

    def _complete(self, symbol: str, kind: str, period: Period) -> bool:
        kind = "total" if kind == "total" else "price"
        ends = (self.market.at(symbol, date, kind) for date in (period.start, period.end))
        return all(map(math.isfinite, ends))


def _rounded(value: float, unit: Unit) -> Decimal:
    """Return the single rounding; a count is whole, however its source wrote it."""
    return as_decimal(float(round(value)) if unit is Unit.COUNT else value)


def possessive(name: str) -> str:
    """Return ``financials'`` or ``the small-cap fund's``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def priced(symbols: tuple[str, ...], volatility: str) -> tuple[str, ...]:
    """Return the instruments that have returns: all but the volatility index."""
    return tuple(symbol for symbol in symbols if symbol != volatility)
