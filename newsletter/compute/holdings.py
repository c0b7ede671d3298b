"""What tables say of the members as a session saw it: figures, classes, weights.

One snapshot speaks for one company: a figure that its latest snapshot leaves blank is
unknown, and no older one stands in for it. Every reading carries the day since which it
was public, so that print can say "on figures of 29 June".
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from newsletter.compute.arrays import Array, Mask
from newsletter.compute.case import Words
from newsletter.compute.facts import Period
from newsletter.compute.make import Subject
from newsletter.compute.market import Market

STALE_AFTER = dt.timedelta(days=45)
"""Age at which a snapshot's facts are marked ``stale``."""

GONE_AFTER = dt.timedelta(days=200)
"""Age at which a snapshot is no longer used at all."""

ONE_ROUND = dt.timedelta(days=45)
"""Snapshots at most this much older than the newest count as the same round."""

SCHEMES = ("gics", "yahoo")
"""Classifications, preferred first; the two are never mixed."""

SECOND_CLASSES = {"GOOG": "GOOGL", "FOX": "FOXA", "NWS": "NWSA", "UA": "UAA", "CWEN-A": "CWEN"}
"""Second share classes, whose market cap providers state for the whole company."""

SECTOR_NAMES = {
    "Basic Materials": "materials", "Communication": "communication services",
    "Consumer Cyclical": "consumer discretionary", "Consumer Defensive": "consumer staples",
    "Financial Services": "financials", "Healthcare": "health care",
    "Information Technology": "technology",
}  # fmt: skip
"""The house's words for providers' sector names; others only lose their capitals."""

_ACRONYM = re.compile(r"[A-Z][A-Z&]+s?")


@dataclass(frozen=True, eq=False, slots=True)
class Figures:
    """Figures of several companies, each company's from one snapshot.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray, shape (n,)
        By field; NaN where unknown.
    period : Period or None
        Label ``snapshot``, from the oldest to the newest snapshot used; None where no
        value is known.
    quality : str
        ``ok`` or ``stale``.
    """

    values: Mapping[str, Array]
    period: Period | None
    quality: str = "ok"

    def __getitem__(self, field: str) -> Array:
        """Return one field."""
        return self.values[field]


@dataclass(frozen=True, eq=False, slots=True)
class Classes:
    """Sector or industry of several companies under one scheme.

    Parameters
    ----------
    scheme : str
        A name in `SCHEMES`, empty where none covers enough of them.
    names : numpy.ndarray of str, shape (n,)
        House names, empty where unknown.
    """

    scheme: str
    names: Words

    def groups(self, least: int = 1) -> Iterator[tuple[str, Mask]]:
        """Yield each class with at least `least` companies, by name, and who is in it."""
        found, counts = np.unique(self.names, return_counts=True)
        for name, count in zip(found.tolist(), counts.tolist(), strict=True):
            if name and count >= least:
                yield name, self.names == name


@dataclass(frozen=True, eq=False, slots=True)
class Weights:
    """An index's lines and their weights.

    Parameters
    ----------
    symbols : tuple of str
        Every line with a weight, sorted.
    shares : numpy.ndarray, shape (n,)
        Shares of the index, summing to 1; cash and other rests left out.
    period : Period
        Label ``snapshot``, the day since which they are public.
    quality : str
        ``ok`` or ``stale``.
    """

    symbols: tuple[str, ...]
    shares: Array
    period: Period
    quality: str


class Fundamentals:
    """Figures of companies from the table ``fundamentals``.

    Parameters
    ----------
    market : Market
        Gives the table and the session.
    symbols : sequence of str
        Companies; every array is in their order.
    """

    def __init__(self, market: Market, symbols: Sequence[str]) -> None:
        frame = market.table("fundamentals")
        at = pd.Index(symbols).get_indexer(pd.Index(frame["symbol"].astype(object)))
        frame, self._at = frame[at >= 0], at[at >= 0]
        self._fields = frame["field"].to_numpy(object)
        self._known = frame["known"].to_numpy("datetime64[D]").astype(np.int64)
        self._values = frame["value"].to_numpy(np.float64)
        self._session, self._count = market.session.date, len(symbols)

    def read(self, *needed: str, also: Sequence[str] = ()) -> Figures:
        """Return fields as the same snapshots state them.

        Parameters
        ----------
        *needed : str
            ``market_cap``, ``trailing_pe`` …: a snapshot must carry all of them for
            somebody, or it does not count.
        also : sequence of str
            Further fields, read from the same snapshots.

        Notes
        -----
        Of each company the latest such snapshot counts; what is blank there is unknown (a
        company that turned to a loss has no P/E, and last quarter's must not stand for
        it). Snapshots of an earlier round than the newest, and any older than 200 days,
        are left out.
        """
        days = [np.unique(self._known[self._fields == field]) for field in needed]
        speaks = np.logical_and.reduce([np.isin(self._known, one) for one in days])
        last = np.full(self._count, -1, dtype=np.int64)
        np.maximum.at(last, self._at[speaks], self._known[speaks])
        newest = int(last.max(initial=-1))
        oldest = max(newest - ONE_ROUND.days, _day(self._session) - GONE_AFTER.days)
        fresh = (self._known == last[self._at]) & (self._known >= oldest)
        values = {field: np.full(self._count, np.nan) for field in (*needed, *also)}
        for field, out in values.items():
            take = fresh & (self._fields == field)
            out[self._at[take]] = self._values[take]
        if not fresh.any():
            return Figures(values, None)
        start, end = (_date(int(edge)) for edge in (self._known[fresh].min(), newest))
        return Figures(values, Period("snapshot", start, end), quality_at(end, self._session))


def weights_of(market: Market, fund: str) -> Weights | None:
    """Return the latest weights of an index or fund; None where none are fresh enough."""
    frame = market.table("holdings")
    frame = frame[(frame["fund"] == fund) & (frame["weight"] > 0)]
    if frame.empty:
        return None
    known = frame["known"].max()
    if market.session.date - known.date() > GONE_AFTER:
        return None
    frame = frame[frame["known"] == known].sort_values("symbol")
    shares = frame["weight"].to_numpy(np.float64)
    period = Period("snapshot", known.date(), known.date())
    symbols = tuple(map(str, frame["symbol"]))
    return Weights(
        symbols, shares / shares.sum(), period, quality_at(known.date(), market.session.date)
    )


def weights_at(market: Market, weights: Weights, date: dt.date) -> Array:
    """Return weights as they stood at another session's close.

    Parameters
    ----------
    market : Market
        Gives total-return closes of the lines and of the benchmark.
    weights : Weights
        Of the benchmark's index.
    date : datetime.date
        The session.

    Returns
    -------
    numpy.ndarray, shape (n,)
        ``w0 = w1 · (1 + r_index) / (1 + r_i)`` with returns from that session to the
        weights' day (either way round in time); NaN where a close is missing.
    """
    symbols = (*weights.symbols, market.universe.benchmark)
    row, snap = market.row(date), market.row(weights.period.end)
    first = min(row, snap)
    if first < 0:
        return np.full(len(weights.symbols), np.nan)
    closes = market.matrix(symbols, "total", rows=len(market.sessions) - first)
    row, snap = row - first, snap - first
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.where((closes[row] > 0) & (closes[snap] > 0), closes[row] / closes[snap], np.nan)
    start: Array = weights.shares * moved[:-1] / moved[-1]
    return start


def classes_of(market: Market, symbols: Sequence[str], what: str) -> Classes:
    """Return sectors or industries under the first scheme that covers enough companies.

    Parameters
    ----------
    market : Market
        Gives the table and the coverage required of the members.
    symbols : sequence of str
        Companies, length n.
    what : {"sector", "industry"}
        Which class.
    """
    frame = market.table("classes")
    fresh = pd.Timestamp(market.session.date) - GONE_AFTER
    frame = frame[(frame[what] != "") & (pd.to_datetime(frame["known"]) >= fresh)]
    frame = frame.sort_values("known", kind="stable")
    needed = market.universe.breadth.minimum_coverage * len(symbols)
    for scheme in SCHEMES:
        of = frame[frame["scheme"] == scheme].drop_duplicates("symbol", keep="last")
        raw = of.set_index("symbol")[what].reindex(list(symbols)).fillna("").to_numpy(object)
        names = np.array([house_name(str(name)) for name in raw], dtype=np.str_)
        if len(symbols) and 0 < needed <= int((names != "").sum()):
            return Classes(scheme, names)
    return Classes("", np.full(len(symbols), "", dtype=np.str_))


@lru_cache(maxsize=1024)
def house_name(name: str) -> str:
    """Return a provider's class as prose writes it.

    Examples
    --------
    >>> house_name("Banks - Regional"), house_name("Oil & Gas E&P"), house_name("Healthcare")
    ('regional banks', 'oil & gas E&P', 'health care')
    """
    if name in SECTOR_NAMES:
        return SECTOR_NAMES[name]
    head, dash, tail = name.partition(" - ")
    ordered = f"{tail} {head}" if dash else name
    words = (word if _ACRONYM.fullmatch(word) else word.lower() for word in ordered.split())
    return " ".join(words)


def slug(name: str) -> str:
    """Return a name as a fact id writes it: ``oil_gas_e_p``."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def index_subject(market: Market) -> Subject:
    """Return the members as a subject."""
    members = market.members
    return Subject(members.id, members.label, (members.id,))


def group_subject(market: Market, name: str, *inputs: str) -> Subject:
    """Return the members of one class as a subject: ``sp500_technology``."""
    members = market.members
    label = f"{members.label.removesuffix(' members')} {name}"
    return Subject(f"{members.id}_{slug(name)}", label, (members.id, *inputs))


def company(symbol: str) -> str:
    """Return the line that stands for a company: its first share class."""
    return SECOND_CLASSES.get(symbol, symbol)


def one_per_company(symbols: Sequence[str]) -> tuple[str, ...]:
    """Leave out second share classes whose first one is present."""
    present = set(symbols)
    return tuple(s for s in symbols if company(s) == s or company(s) not in present)


def quality_at(known: dt.date, session: dt.date) -> str:
    """Return ``stale`` for a snapshot older than 45 days, else ``ok``."""
    return "stale" if session - known > STALE_AFTER else "ok"


def worst(*qualities: str) -> str:
    """Return the worst of several qualities."""
    order = ("ok", "estimated", "stale")
    return max(qualities, key=order.index)


def sourced(market: Market, *tables: str, bars: bool = True) -> Market:
    """Return the same market naming the providers of tables as its source.

    Parameters
    ----------
    market : Market
        What a measure sees.
    *tables : str
        Tables that its facts rest on.
    bars : bool
        Whether they rest on bars too.
    """
    named = [market.source] if bars else []
    named += [market.table_sources.get(table, "") for table in tables]
    names = dict.fromkeys(name for source in named for name in source.split(",") if name)
    return replace(market, source=",".join(names) or market.source)


def _day(date: dt.date) -> int:
    return int(np.datetime64(date, "D").astype(np.int64))


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)
