"""Files: a directory of long Parquet or CSV files as a source of bars and tables."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.reference import (
    LICENCE,
    SUFFIXES,
    kind_of,
    read_dates,
    read_tables,
    unreadable,
    volatility_bars,
)
from newsletter.collect.snapshot import BAR_COLUMNS, PRICE_COLUMNS, Members, Source
from newsletter.config import Providers
from newsletter.errors import ConfigError, DataUnavailable

_LIST_STEM = "_constituents"

Need = Callable[[Path], frozenset[str] | None]


@dataclass(frozen=True)
class Files:
    """Bars from every long file of a directory.

    Parameters
    ----------
    path : pathlib.Path
        A directory (or one file). Each ``.parquet`` and ``.csv`` file in it has the
        columns ``date``, ``symbol``, and at least one of ``close`` (split-adjusted) and
        ``adj_close`` (also dividend-adjusted); ``open``, ``high``, ``low`` and
        ``volume`` are used where they are given.

    Notes
    -----
    **Members.** A list of the configuration wins. Otherwise ``<universe>_constituents*.csv``
    in the directory or in its sibling ``reference/`` is used: a column ``ticker`` or
    ``symbol`` and, if known, ``snapshot_date``. Of several lists the last one made on or
    before the session is taken, else the earliest. Every ticker of the list is a member,
    also one without bars, so that coverage is measured against the whole list. Without a
    list the members are the symbols of the file named after the universe, and print
    says so.

    **Overlap.** Where several files hold one symbol on one date, the row with more filled
    columns wins, then the file whose name sorts first. Adjusted closes downloaded at
    different times carry different dividend factors: do not extend a history with a
    later download, replace it. Two rows in *one* file are left to `freeze` to judge.

    **Tables.** Files that `newsletter.collect.reference` knows by their names, in the
    directory or in its sibling ``reference/``, become tables and are never read as bars.
    Cboe's volatility indices among them give closes of symbols that no bar file holds.
    """

    path: Path
    name: str = "files"

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return the bars of a request.

        Parameters
        ----------
        request : BarRequest
            What is wanted.
        progress : callable, optional
            Told after each file.

        Returns
        -------
        Fetched
            Bars up to and including the session, in no particular order.

        Raises
        ------
        newsletter.errors.ConfigError
            If the path does not exist or holds no bar file.
        newsletter.errors.DataUnavailable
            If a file cannot be read or is not of the described form.
        """
        paths = _bar_files(self.path)
        folder = self.path if self.path.is_dir() else self.path.parent
        listed = request.configured_members() or _constituents(folder, request)
        wanted = frozenset(request.symbols) | frozenset(listed.symbols if listed else ())

        parts = []
        for number, path in enumerate(paths):
            whole = listed is None and path.stem == request.members
            part = _read(path, None if whole else wanted, request)
            if whole:
                listed = _members_of(part, path, request)
            parts.append(part.assign(file=number))
            progress(number + 1, len(paths), path.name)
        parts += _volatility(folder, request, parts)
        members = listed or Members(request.members, f"stocks in {self.path.name}", ())
        bars = _join(parts)
        asked = {*request.symbols, *members.symbols}
        session = pd.Timestamp(request.session.date)
        beside = read_tables(folder, request.macro, session, self.name)
        return Fetched(
            bars=bars,
            members=members,
            source=Source(self.name, "Market data files", LICENCE, _last(bars)),
            missing=tuple(sorted(asked - set(bars["symbol"].cat.categories))),
            tables=beside.tables,
            table_sources=beside.sources,
        )


def _bar_files(path: Path) -> list[Path]:
    if not path.exists():
        raise ConfigError(f"There is no {path}; let providers.path (or --path) name a directory.")
    if path.is_file():
        return [path]
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise ConfigError(f"{path} cannot be listed: {error.strerror}.") from error
    found = [
        file
        for file in entries
        if file.suffix in SUFFIXES and kind_of(file) is None and file.is_file()
    ]
    if not found:
        raise ConfigError(
            f"{path} holds no .parquet or .csv file of bars; let providers.path (or --path) "
            "name a directory that does."
        )
    return found


def _volatility(folder: Path, request: BarRequest, parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return closes of asked indices that no bar file holds, as one more part or none."""
    held = {name for part in parts for name in part["symbol"].cat.categories}
    bars = volatility_bars(folder, set(request.symbols) - held)
    if bars is None:
        return []
    dates = bars["date"]
    keep = (dates >= pd.Timestamp(request.start)) & (dates <= pd.Timestamp(request.session.date))
    bars = bars[keep].assign(file=len(parts))
    return [bars.assign(symbol=bars["symbol"].astype("category"))]


def _read(path: Path, wanted: frozenset[str] | None, request: BarRequest) -> pd.DataFrame:
    """Return one file's wanted rows, ``symbol`` as a categorical without unused names."""
    frame = _load(path, wanted)
    absent = [column for column in ("date", "symbol") if column not in frame.columns]
    if not absent and not {"close", "adj_close"} & set(frame.columns):
        absent = ["close or adj_close"]
    if absent:
        raise DataUnavailable(
            f"{path} has no column {' and no column '.join(absent)}; a file of bars is long: "
            f"{', '.join(BAR_COLUMNS)}, with close or adj_close at least."
        )
    frame = frame.assign(
        date=read_dates(frame["date"], path), symbol=_symbols(frame["symbol"], path)
    )
    dates = frame["date"]
    keep = (dates >= pd.Timestamp(request.start)) & (dates <= pd.Timestamp(request.session.date))
    if wanted is not None:
        keep &= frame["symbol"].isin(sorted(wanted))
    frame = frame[keep].assign(**_numbers(frame[keep], path))
    frame["symbol"] = frame["symbol"].cat.remove_unused_categories()
    return frame


def _load(path: Path, wanted: frozenset[str] | None) -> pd.DataFrame:
    try:
        return _load_parquet(path, wanted) if path.suffix == ".parquet" else _load_csv(path)
    except (OSError, ValueError) as error:  # pyarrow's and pandas' own errors derive from these
        raise unreadable(path, error) from error


def _load_parquet(path: Path, wanted: frozenset[str] | None) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    columns = [name for name in BAR_COLUMNS if name in file.schema_arrow.names]
    # Strings are kept as codes all the way: a million of them as objects take a second.
    codes = [name for name in columns if name == "symbol"]
    table = pq.ParquetFile(path, read_dictionary=codes).read(columns)
    if wanted is not None and codes:
        names = table["symbol"].cast(pa.string())
        table = table.filter(pc.is_in(names, value_set=pa.array(sorted(wanted), pa.string())))
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame


def _load_csv(path: Path) -> pd.DataFrame:
    kinds: dict[str, Any] = {"symbol": "category", "date": object}
    # "NA" and "NAN" are tickers before they are "nothing", hence keep_default_na=False.
    return pd.read_csv(
        path,
        usecols=lambda column: column in BAR_COLUMNS,
        dtype=kinds,
        keep_default_na=False,
        na_values={column: ["", "NaN", "nan", "null", "None"] for column in PRICE_COLUMNS},
    )


def _symbols(column: "pd.Series[Any]", path: Path) -> "pd.Series[Any]":
    symbols = column.astype("category")
    if symbols.isna().any() or (symbols == "").any():
        raise DataUnavailable(f"{path} has a row without a symbol; fill it in or remove the row.")
    return symbols


def _numbers(frame: pd.DataFrame, path: Path) -> dict[str, Any]:
    """Return the price columns as float64; float32 widens exactly."""
    numbers = {}
    for column in PRICE_COLUMNS:
        if column not in frame.columns:
            continue
        try:
            numbers[column] = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        except (ValueError, TypeError) as error:
            raise DataUnavailable(
                f"{path}: column {column} holds something that is no number ({error})."
            ) from error
    return numbers


def _join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one frame of all files, each (symbol, date) from one file only."""
    names = pd.Index(sorted({name for part in parts for name in part["symbol"].cat.categories}))
    for part in parts:
        part["symbol"] = part["symbol"].cat.set_categories(names)
    bars = pd.concat(parts, ignore_index=True)
    owners = bars.groupby("symbol", observed=True)["file"].agg(["min", "max"])
    shared = owners.index[owners["min"] != owners["max"]]
    if len(shared):
        rows = bars[bars["symbol"].isin(shared)]
        filled = rows[[c for c in PRICE_COLUMNS if c in rows.columns]].notna().sum(axis=1)
        ranked = rows.assign(filled=filled).sort_values(["filled", "file"], ascending=[False, True])
        winner = ranked.groupby(["symbol", "date"], observed=True)["file"].transform("first")
        bars = bars.drop(index=ranked.index[ranked["file"] != winner])
    return bars.drop(columns="file")


def _constituents(folder: Path, request: BarRequest) -> Members | None:
    lists = list(_lists(folder, request))
    if not lists:
        return None
    session = request.session.date.isoformat()
    known = [members for members in lists if members.as_of <= session]
    return max(known, key=_age) if known else min(lists, key=_age)


def _age(members: Members) -> str:
    return members.as_of


def _lists(folder: Path, request: BarRequest) -> Iterator[Members]:
    pattern = f"{request.members}{_LIST_STEM}*.csv"
    for path in sorted({*folder.glob(pattern), *(folder.parent / "reference").glob(pattern)}):
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            raise DataUnavailable(
                f"{path} cannot be read as a list of members: {error}."
            ) from error
        column = next((name for name in ("symbol", "ticker") if name in table.columns), None)
        tickers = sorted({t.strip().replace(".", "-") for t in table[column]}) if column else []
        if not any(tickers):
            raise DataUnavailable(f"{path} lists no members; it needs a column ticker or symbol.")
        dated = max(table["snapshot_date"]) if "snapshot_date" in table.columns else ""
        label = request.members_label or request.members
        yield Members(request.members, label, tuple(t for t in tickers if t), dated)


def _members_of(part: pd.DataFrame, path: Path, request: BarRequest) -> Members:
    names = tuple(sorted(part["symbol"].cat.categories))
    return Members(request.members, f"the {len(names):,} stocks in {path.name}", names)


def _last(bars: pd.DataFrame) -> str:
    if bars.empty:
        return ""
    day: dt.date = bars["date"].max().date()
    return day.isoformat()


class _Plugin:
    id: str = "files"

    def open(self, settings: Providers, path: Path | None) -> Provider:
        """Make the provider of a directory."""
        del settings
        if path is None:
            raise ConfigError(
                "The files provider needs a directory: give --path DIR, or set providers.path in "
                "config.yaml."
            )
        return Files(path)


PROVIDER = _Plugin()
