"""Tables beside local bar files: which files hold them, and how each is read.

A file is known by its name, in the bars' directory or in its sibling ``reference/``:

=============================  ==========================================================
``macro*``                     long: ``date, series, value`` and, if known, ``known``
``fundamentals*``              one row a company, columns as `FIELDS`, ``snapshot_date``
``*_constituents*``            ``ticker, sector, industry, snapshot_date``
``*_holdings*``                ``ticker, index, weight_pct, as_of``, perhaps ``sector``
``*shares_outstanding*``       ``date, symbol, shares_outstanding``
``cboe_volatility*``           wide: ``date`` and a column for each index without caret
``headlines*``                 ``date, source, headline``: what a model may be told of
=============================  ==========================================================
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from newsletter.collect.macro import SERIES, next_business_day, published
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN
from newsletter.errors import DataUnavailable

SUFFIXES = (".parquet", ".csv")
LICENCE = "local files; check your licence before publishing"

FIELDS: Mapping[str, tuple[str, float]] = {
    # yfinance: margins and growth are fractions, its dividend yield is in percent already.
    "trailingPE": ("trailing_pe", 1.0),
    "forwardPE": ("forward_pe", 1.0),
    "marketCap": ("market_cap", 1.0),
    "currentPrice": ("price", 1.0),
    "trailingEps": ("eps_trailing", 1.0),
    "priceToBook": ("price_to_book", 1.0),
    "profitMargins": ("profit_margin", 100.0),
    "operatingMargins": ("operating_margin", 100.0),
    "revenueGrowth": ("revenue_growth", 100.0),
    "earningsGrowth": ("earnings_growth", 100.0),
    "dividendYield": ("dividend_yield", 1.0),
    "beta": ("beta", 1.0),
    # S&P 500 financials of the Open Data Commons: its dividend yield is a fraction.
    "Price/Earnings": ("trailing_pe", 1.0),
    "Market Cap": ("market_cap", 1.0),
    "Price": ("price", 1.0),
    "Earnings/Share": ("eps_trailing", 1.0),
    "Price/Book": ("price_to_book", 1.0),
    "Dividend Yield": ("dividend_yield", 100.0),
}
"""Columns of fundamentals files, the field each becomes, and the factor into its unit."""

_FUNDS = {"S&P 500": "sp500", "S&P MidCap 400": "sp400", "S&P SmallCap 600": "sp600"}
_NUMBERS = (*FIELDS, "weight_pct", "shares_outstanding", "value")
_NOTHING = ["", "NaN", "nan", "null", "None"]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMES: Mapping[str, re.Pattern[str]] = {
    "macro": re.compile(r"macro"),
    "fundamentals": re.compile(r"fundamentals"),
    "classes": re.compile(r".*_constituents"),
    "holdings": re.compile(r".*_holdings"),
    "shares": re.compile(r".*shares_outstanding"),
    "volatility": re.compile(r"cboe_volatility"),
    "headlines": re.compile(r"headlines"),
}

Part = tuple[str, str, pd.DataFrame]  # table, what it is called in print, rows
Reader = Callable[[Path, Collection[str]], Iterator[Part]]


@dataclass(frozen=True)
class Beside:
    """What was found beside the bars, as `newsletter.collect.provider.Fetched` wants it."""

    tables: Mapping[str, pd.DataFrame]
    sources: tuple[Source, ...]


def kind_of(path: Path) -> str | None:
    """Return which table a file holds by its name, None for bars and other files."""
    found = (kind for kind, name in _NAMES.items() if name.match(path.stem))
    return next(found, None) if path.suffix in SUFFIXES else None


def read_tables(folder: Path, macro: Collection[str], end: pd.Timestamp, name: str) -> Beside:
    """Read every table of a directory of bars and of its sibling ``reference/``.

    Parameters
    ----------
    folder : pathlib.Path
        The bars' directory.
    macro : collection of str
        FRED ids wanted; with none of them macro files are not opened.
    end : pandas.Timestamp
        Rows known later are left out, and sources that give only such rows.
    name : str
        The provider's, for the sources.

    Raises
    ------
    DataUnavailable
        If a file cannot be read or is not of the described form.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    sources: dict[tuple[str, str], Source] = {}
    for path in _files(folder):
        reader = _READERS.get(kind_of(path) or "")
        for table, label, frame in reader(path, macro) if reader else ():
            rows = frame[frame[KNOWN] <= end]
            if rows.empty:
                continue
            parts.setdefault(table, []).append(rows)
            newest = rows[KNOWN].max().date().isoformat()
            sources[table, label] = Source(
                name, f"{label} (local files)", LICENCE, newest, covers=table
            )
    tables = {table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()}
    return Beside(tables, tuple(sources.values()))


def volatility_bars(folder: Path, symbols: Collection[str]) -> pd.DataFrame | None:
    """Return closes of Cboe's indices among some symbols, long; None where there are none."""
    parts = []
    for path in _files(folder):
        if kind_of(path) != "volatility":
            continue
        wide = read(path, ("date",))
        held = [s for s in sorted(symbols) if s.startswith("^") and s[1:] in wide.columns]
        dates = read_dates(wide["date"], path)
        for symbol in held:
            closes = pd.DataFrame({"date": dates, "symbol": symbol})
            closes["close"] = _number(wide, symbol[1:], path)
            parts.append(closes.dropna())
    return pd.concat(parts, ignore_index=True) if parts else None


def read(path: Path, needed: Collection[str], filters: Any = None) -> pd.DataFrame:
    """Read a file whole and see that it has some columns.

    Raises
    ------
    DataUnavailable
        In one sentence.
    """
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path, filters=filters)
        else:
            # "NA" is a ticker before it is "nothing", hence keep_default_na=False.
            blank = dict.fromkeys(_NUMBERS, _NOTHING)
            frame = pd.read_csv(path, keep_default_na=False, na_values=blank)
    except (OSError, ValueError) as error:  # pyarrow's and pandas' own errors derive from these
        raise unreadable(path, error) from error
    absent = [column for column in needed if column not in frame.columns]
    if absent:
        raise DataUnavailable(
            f"{path} has no column {' and no column '.join(absent)}; a file of that name has "
            f"{', '.join(needed)}."
        )
    return frame


def unreadable(path: Path, error: Exception) -> DataUnavailable:
    """Return the one sentence about a damaged file."""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return DataUnavailable(
        f"{path} cannot be read as {path.suffix[1:]} ({reason.rstrip('.')}); replace the file "
        "or take it out of the directory."
    )


def read_dates(column: "pd.Series[Any]", path: Path) -> "pd.Series[Any]":
    """Return days without a zone; a date is written 2026-07-02.

    Raises
    ------
    DataUnavailable
        With the row of the first that is none.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        dates = column.dt.tz_localize(None) if column.dt.tz is not None else column
    else:
        text = column.astype(str)
        dates = pd.to_datetime(text.str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
        dates = dates.where(text.str.match(_DATE))  # no day without its zero: 2026-7-2
    if dates.isna().any():
        row = int(np.flatnonzero(dates.isna())[0])
        raise DataUnavailable(
            f"{path}, row {row + 1}: {str(column.iloc[row])!r} is no date; write dates as "
            "2026-07-02."
        )
    days: pd.Series[Any] = dates.dt.normalize()
    return days


def _files(folder: Path) -> list[Path]:
    places = (folder, folder.parent / "reference")
    found = {path for place in places if place.is_dir() for path in place.iterdir()}
    return sorted(path for path in found if kind_of(path) and path.is_file())


def _macro(path: Path, macro: Collection[str]) -> Iterator[Part]:
    if not macro or path.stem.endswith("_series"):  # a list of series holds no observation
        return
    wanted = {name for id in macro if id in SERIES for name in (id, SERIES[id].alias)}
    needed = ("date", "series", "value")
    if path.suffix == ".parquet":
        read_schema(path, needed)
    frame = read(path, needed, [("series", "in", sorted(wanted))])
    frame = frame[frame["series"].isin(sorted(wanted))]
    frame = frame.assign(date=read_dates(frame["date"], path), value=_number(frame, "value", path))
    yield "macro", "FRED series", published(frame.dropna(subset="value"))


def read_schema(path: Path, needed: Collection[str]) -> None:
    """See that a Parquet file has some columns before rows are picked by one of them."""
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    absent = [column for column in needed if column not in names]
    if absent:
        raise DataUnavailable(
            f"{path} has no column {' and no column '.join(absent)}; a file of that name has "
            f"{', '.join(needed)}."
        )


def _fundamentals(path: Path, macro: Collection[str]) -> Iterator[Part]:
    del macro
    frame = read(path, ("snapshot_date",))
    symbols, known = _symbols(frame, path), read_dates(frame["snapshot_date"], path)
    columns = [column for column in FIELDS if column in frame.columns]
    if not columns:
        raise DataUnavailable(
            f"{path} has none of the columns of fundamentals, such as trailingPE or Price/Earnings."
        )
    parts = [
        pd.DataFrame({"symbol": symbols, "field": field, "value": factor * numbers, KNOWN: known})
        for field, factor, numbers in (
            (*FIELDS[column], _number(frame, column, path)) for column in columns
        )
    ]
    yahoo = "marketCap" in frame.columns
    label = "Yahoo Finance fundamentals" if yahoo else "S&P 500 financials"
    yield "fundamentals", label, pd.concat(parts, ignore_index=True).dropna()
    if yahoo and {"sector", "industry"} <= set(frame.columns):
        yield "classes", "Yahoo Finance sectors", _classes(frame, symbols, known, "yahoo")


def _headlines(path: Path, macro: Collection[str]) -> Iterator[Part]:
    del macro
    frame = read(path, ("date", "source", "headline"))
    known = read_dates(frame["date"], path)
    texts = {"source": frame["source"].astype(str), "text": frame["headline"].astype(str)}
    yield "headlines", "Headlines", pd.DataFrame({**texts, KNOWN: known})


def _constituents(path: Path, macro: Collection[str]) -> Iterator[Part]:
    del macro
    frame = read(path, ())
    if not {"sector", "industry", "snapshot_date"} <= set(frame.columns):
        return  # a plain list of members: the provider reads it, and says what is wrong with it
    symbols, known = _symbols(frame, path), read_dates(frame["snapshot_date"], path)
    yield "classes", "GICS sectors", _classes(frame, symbols, known, "gics")


def _classes(frame: pd.DataFrame, symbols: Any, known: Any, scheme: str) -> pd.DataFrame:
    out = frame[["sector", "industry"]].assign(symbol=symbols, scheme=scheme, **{KNOWN: known})
    return out[out["sector"].astype(str).str.strip() != ""]


def _holdings(path: Path, macro: Collection[str]) -> Iterator[Part]:
    del macro
    frame = read(path, ("index", "weight_pct", "as_of"))
    funds = frame["index"].astype(str).str.strip()
    rows = pd.DataFrame(
        {
            "fund": funds.map(_FUNDS).fillna(
                funds.str.lower().str.replace(r"\W+", "_", regex=True)
            ),
            "symbol": _symbols(frame, path),
            "weight": _number(frame, "weight_pct", path),
            KNOWN: read_dates(frame["as_of"], path),
        }
    )
    yield "holdings", "Index fund holdings", rows.dropna()
    if "sector" in frame.columns:  # S&P's own funds name the GICS sector, and no industry
        sectors = _classes(frame.assign(industry=""), rows["symbol"], rows[KNOWN], "gics")
        yield "classes", "GICS sectors", sectors.drop_duplicates("symbol")


def _shares(path: Path, macro: Collection[str]) -> Iterator[Part]:
    del macro
    frame = read(path, ("date", "symbol", "shares_outstanding"))
    dates = read_dates(frame["date"], path)
    # A fund states the count of one evening on the next morning.
    known = next_business_day(dates.to_numpy("datetime64[D]")).astype("datetime64[ns]")
    given = read_dates(frame[KNOWN], path) if KNOWN in frame.columns else known
    rows = pd.DataFrame(
        {
            "symbol": _symbols(frame, path),
            "date": dates,
            "shares": _number(frame, "shares_outstanding", path),
            KNOWN: given,
        }
    )
    yield "shares", "Fund shares outstanding", rows.dropna()


_READERS: Mapping[str, Reader] = {
    "macro": _macro,
    "fundamentals": _fundamentals,
    "classes": _constituents,
    "holdings": _holdings,
    "shares": _shares,
    "headlines": _headlines,
}


def _symbols(frame: pd.DataFrame, path: Path) -> "pd.Series[Any]":
    names = ("ticker_yf", "symbol", "ticker", "Symbol")
    column = next((name for name in names if name in frame.columns), None)
    if column is None:
        raise DataUnavailable(f"{path} has no column ticker; name one symbol in each row.")
    symbols: pd.Series[Any] = frame[column].astype(str).str.strip().str.replace(".", "-")
    return symbols


def _number(frame: pd.DataFrame, column: str, path: Path) -> "pd.Series[Any]":
    try:
        values = frame[column].replace("", np.nan).to_numpy(np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise DataUnavailable(
            f"{path}: column {column} holds something that is no number ({error})."
        ) from error
    return pd.Series(np.where(np.isfinite(values), values, np.nan), index=frame.index)
