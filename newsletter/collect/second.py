"""First and second sources: which figure is used where two give one, and what editors are told.

The first source's figures are used. Where it has nothing of a series, an index or a fund, or is
behind the second, the second stands in whole, so that no series is pieced together. Where both
give a figure and they differ by more than the tolerance, neither is used and editors are told
both: of the last month of an index or of a macro series the days in question are left out, of a
fund its whole list. An older difference, or one in a series that its publisher revises, is told
and the first's figure kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from newsletter.collect import gates
from newsletter.collect.contradictions import Compared
from newsletter.collect.feed import Feed
from newsletter.collect.macro import SERIES
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN

VOLATILITY = frozenset({"^VIX", "^VIX9D", "^VIX3M", "^VVIX"})
"""Symbols that the field ``volatility`` is about."""

RECENT = 21
"""Observations of a series, or sessions of an index, within which a difference leaves it out."""

VOLATILITY_POINTS = 0.05
MACRO_SHARE, MACRO_UNITS = 0.001, 0.005
HOLDINGS_POINTS, HOLDINGS_DAYS = 1.0, 7
"""Half the sum of all differences of weights, of lists at most so many days apart."""

_SLACK = 1e-9

Order = Mapping[str, tuple[Feed | None, ...]]
"""By field its first and second source; None stands for the source of bars."""


@dataclass(frozen=True)
class _Given:
    """What one source gave of one field."""

    label: str
    frame: pd.DataFrame
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class _Split:
    """Where two sources differ.

    Parameters
    ----------
    days : frozenset of pandas.Timestamp or None
        What is left out; None for everything.
    told : str
        The difference, with ``{first}`` and ``{second}`` for the sources' names.
    """

    days: frozenset[pd.Timestamp] | None
    told: str


Judge = Callable[[str, pd.DataFrame, pd.DataFrame], _Split | None]


@dataclass(frozen=True)
class _Kind:
    """A field of figures: its table, what names a part of it, and what orders that part."""

    table: str
    group: str
    by: str
    judge: Judge


class Combined(NamedTuple):
    """What the sources gave together.

    Parameters
    ----------
    fetched : Fetched
        What is used. A simulated market is never mixed with figures of the real one.
    warnings : tuple of Warning
        What could not be read, who stood in, and where two sources differ.
    compared : mapping of str to Compared
        By symbol, how the bars' own latest days fared beside another source's.
    """

    fetched: Fetched
    warnings: tuple[gates.Warning, ...]
    compared: Mapping[str, Compared]


def combine(
    fetched: Fetched, request: BarRequest, order: Order, progress: Progress = silent
) -> Combined:
    """Put figures of other sources beside the bars, or in place of the bars' own.

    Parameters
    ----------
    fetched : Fetched
        What the source of bars gave.
    request : BarRequest
        What was asked for.
    order : mapping of str to tuple of Feed or None
        By field its first and second source. A field that is not in it is left alone.
    progress : callable, optional
        Told after each part.

    Returns
    -------
    Combined
        The same where nothing is ordered.
    """
    warnings: list[gates.Warning] = []
    compared: dict[str, Compared] = {}
    if fetched.source.simulated:
        return Combined(fetched, (), {})
    for what, feeds in order.items():
        asked = _Asked(fetched, request, progress, warnings)
        if what == "headlines":
            fetched = _headlines(asked, feeds)
            continue
        kind = _KINDS[what]
        given = [asked.of(kind.table, feed) for feed in feeds]
        if kind.table == "bars" and None in feeds and len(feeds) > 1:
            own = feeds.index(None)
            compared |= _compared(given[own].frame, given[1 - own].frame)
        frame, used = _chosen(kind, given, warnings)
        if kind.table == "bars":
            fetched = _with_bars(fetched, frame, used, request)
        else:
            fetched = _with_table(fetched, kind.table, frame, used)
    return Combined(fetched, tuple(warnings), compared)


@dataclass
class _Asked:
    """Asks the sources of one run and keeps what they could not give."""

    fetched: Fetched
    request: BarRequest
    progress: Progress
    warnings: list[gates.Warning]

    def of(self, table: str, feed: Feed | None) -> _Given:
        """Return what a source, or with None the source of bars, has of a table."""
        if feed is None:
            return self._beside(table)
        fed = feed.fetch(self.request, self.progress)
        self.warnings += fed.warnings
        frame = fed.bars if table == "bars" else fed.tables.get(table)
        sources = tuple(source for source in fed.sources if source.covers == table)
        return _Given(feed.label, self._cut(table, frame), sources)

    def _beside(self, table: str) -> _Given:
        main = self.fetched.source
        if table == "bars":
            bars = self.fetched.bars
            return _Given(main.label, self._cut(table, bars[bars["symbol"].isin(VOLATILITY)]),
                          (main,))  # fmt: skip
        sources = tuple(s for s in self.fetched.table_sources if s.covers == table)
        return _Given(main.label, self._cut(table, self.fetched.tables.get(table)), sources)

    def _cut(self, table: str, frame: pd.DataFrame | None) -> pd.DataFrame:
        """Return the rows known by the session, so that nothing later is compared or chosen."""
        if frame is None or frame.empty:
            return pd.DataFrame()
        by = "date" if table == "bars" else KNOWN
        frame = frame.assign(**{by: pd.to_datetime(frame[by]).astype("datetime64[ns]")})
        return frame[frame[by] <= pd.Timestamp(self.request.session.date)]


def _chosen(
    kind: _Kind, given: list[_Given], warnings: list[gates.Warning]
) -> tuple[pd.DataFrame, tuple[Source, ...]]:
    """Return what is used of one or two sources, and whose it is."""
    if len(given) == 1:
        return given[0].frame, given[0].sources
    first, second = given
    ours, theirs = _groups(kind, first.frame), _groups(kind, second.frame)
    parts: list[pd.DataFrame] = []
    used: dict[Source, None] = {}
    for group in sorted(set(ours) | set(theirs)):
        left, right = ours.get(group), theirs.get(group)
        part, owner = _fresher(kind, group, (first, left), (second, right), warnings)
        split = None if left is None or right is None else kind.judge(group, left, right)
        if split is not None:
            told = split.told.format(first=first.label, second=second.label)
            warnings.append(gates.Warning(group, told))
            part = part[~part[kind.by].isin(split.days)] if split.days is not None else part[:0]
        if len(part):
            parts.append(part)
            used |= dict.fromkeys(owner.sources)
    return (pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()), tuple(used)


def _groups(kind: _Kind, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if frame.empty:
        return {}
    return {str(name): rows for name, rows in frame.groupby(kind.group, observed=True)}


def _fresher(
    kind: _Kind,
    group: str,
    first: tuple[_Given, pd.DataFrame | None],
    second: tuple[_Given, pd.DataFrame | None],
    warnings: list[gates.Warning],
) -> tuple[pd.DataFrame, _Given]:
    """Return the first source's part, or the second's where it reaches further."""
    (one, ours), (other, theirs) = first, second
    if theirs is None or (ours is not None and ours[kind.by].max() >= theirs[kind.by].max()):
        return (pd.DataFrame() if ours is None else ours), one
    why = "has nothing of it" if ours is None else f"ends on {ours[kind.by].max().date()}"
    warnings.append(gates.Warning(group, f"{group}: {one.label} {why}; {other.label} stands in."))
    return theirs, other


def _volatility(group: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> _Split | None:
    both, differ = _beside_each_other(ours, theirs)
    both = both.assign(a=both["close"], b=both["close_2"])
    return _apart(group, both, differ, leave_out=True)


def _beside_each_other(
    ours: pd.DataFrame, theirs: pd.DataFrame
) -> "tuple[pd.DataFrame, pd.Series[bool]]":
    """Return the days that both have of an index, and on which of them they differ."""
    both = ours.merge(theirs, on="date", suffixes=("", "_2")).sort_values("date")
    apart = (both["close"] - both["close_2"]).abs()
    return both, apart > VOLATILITY_POINTS + _SLACK


def _compared(ours: pd.DataFrame, theirs: pd.DataFrame) -> dict[str, Compared]:
    """Return how the bars' own latest days fared, by symbol."""
    mine, others = _groups(_KINDS["volatility"], ours), _groups(_KINDS["volatility"], theirs)
    found = {}
    for symbol in sorted(set(mine) & set(others)):
        both, differ = _beside_each_other(mine[symbol], others[symbol])
        recent = both.tail(RECENT)
        apart = recent.loc[differ[recent.index], "date"]
        found[symbol] = Compared(frozenset(recent["date"].dt.date), frozenset(apart.dt.date))
    return found


def _macro(group: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> _Split | None:
    newest = [frame.sort_values([KNOWN]).drop_duplicates("date", keep="last")
              for frame in (ours, theirs)]  # fmt: skip
    both = newest[0].merge(newest[1], on="date", suffixes=("", "_2"))
    allowed = (MACRO_SHARE * both["value"].abs()).clip(lower=MACRO_UNITS) + _SLACK
    apart = (both["value"] - both["value_2"]).abs() > allowed
    known = SERIES.get(group)
    # Two vintages of a revised series differ because one is older; its facts say "estimated".
    return _apart(group, both.assign(a=both["value"], b=both["value_2"]), apart,
                  leave_out=known is None or not known.revised)  # fmt: skip


def _apart(
    group: str, both: pd.DataFrame, differ: "pd.Series[bool]", *, leave_out: bool
) -> _Split | None:
    """Return a difference by days; `both` holds ``date`` and the two figures a and b."""
    both = both.assign(differ=differ).sort_values("date")
    wrong = both[both["differ"]]
    if wrong.empty:
        return None
    recent = both.tail(RECENT)
    out = frozenset(recent.loc[recent["differ"], "date"]) if leave_out else frozenset()
    last = wrong.iloc[-1]
    others = "1 more such day" if len(wrong) == 2 else f"{len(wrong) - 1} more such days"
    more = f" ({others})" if len(wrong) > 1 else ""
    end = "neither is used there" if out else "the first is used"
    return _Split(out, f"{group} on {last['date'].date()}: {{first}} gives {last['a']:g}, "
                       f"{{second}} {last['b']:g}{more}; {end}.")  # fmt: skip


def _holdings(group: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> _Split | None:
    days = [frame[KNOWN].max() for frame in (ours, theirs)]
    if abs(days[0] - days[1]) > pd.Timedelta(days=HOLDINGS_DAYS):
        return None  # the fund itself has changed in between
    one, other = (frame[frame[KNOWN] == day].set_index("symbol")["weight"]
                  for frame, day in zip((ours, theirs), days, strict=True))  # fmt: skip
    apart = one.sub(other, fill_value=0.0)
    if apart.abs().sum() / 2 <= HOLDINGS_POINTS + _SLACK:
        return None
    worst = str(apart.abs().idxmax())
    shown = [f"{frame.get(worst, 0.0):.2f} %" for frame in (one, other)]
    return _Split(None, f"{group}: {{first}} and {{second}} differ on "
                        f"{apart.abs().sum() / 2:.1f} % of it, most on {worst} ({shown[0]} and "
                        f"{shown[1]}); neither list is used.")  # fmt: skip


_KINDS: Mapping[str, _Kind] = {
    "macro": _Kind("macro", "series", "date", _macro),
    "volatility": _Kind("bars", "symbol", "date", _volatility),
    "holdings": _Kind("holdings", "fund", KNOWN, _holdings),
}


def _headlines(asked: _Asked, feeds: tuple[Feed | None, ...]) -> Fetched:
    """Return everybody's headlines: words are not compared."""
    fetched = asked.fetched
    tables = {name: [] for name in ("headlines", "links")}  # type: dict[str, list[pd.DataFrame]]
    sources: list[Source] = []
    for feed in feeds:
        if feed is None:
            given = {name: asked.of(name, None) for name in tables}
        else:
            fed = feed.fetch(asked.request, asked.progress)
            asked.warnings += fed.warnings
            given = {name: _Given(feed.label, fed.tables.get(name, pd.DataFrame()),
                                  tuple(s for s in fed.sources if s.covers == name))
                     for name in tables}  # fmt: skip
        for name, one in given.items():
            tables[name].append(one.frame)
            sources += one.sources
    for name, frames in tables.items():
        held = [frame for frame in frames if len(frame)]
        whole = pd.concat(held, ignore_index=True) if held else pd.DataFrame()
        fetched = _with_table(fetched, name, whole, tuple(s for s in sources if s.covers == name))
    return fetched


def _with_table(
    fetched: Fetched, table: str, frame: pd.DataFrame, used: tuple[Source, ...]
) -> Fetched:
    """Return the same with one table put in place of its own."""
    others = tuple(source for source in fetched.table_sources if source.covers != table)
    tables = {name: held for name, held in fetched.tables.items() if name != table}
    if len(frame):
        tables[table] = frame
        others += used
    return replace(fetched, tables=tables, table_sources=others)


def _with_bars(
    fetched: Fetched, frame: pd.DataFrame, used: tuple[Source, ...], request: BarRequest
) -> Fetched:
    """Return the same with the volatility indices' bars put in place of its own."""
    asked = VOLATILITY & set(request.symbols)
    bars = fetched.bars[~fetched.bars["symbol"].isin(VOLATILITY)]
    if len(frame):
        if isinstance(bars["symbol"].dtype, pd.CategoricalDtype):
            # Codes stay codes: a million symbols as strings would take seconds.
            names = sorted({*bars["symbol"].cat.categories, *frame["symbol"]})
            kind = pd.CategoricalDtype(names)
            bars, frame = (
                part.assign(symbol=part["symbol"].astype(kind)) for part in (bars, frame)
            )
        bars = pd.concat([bars, frame], ignore_index=True)
    held = set(frame["symbol"]) if len(frame) else set()
    missing = tuple(sorted((set(fetched.missing) - held) | (asked - held)))
    further = tuple(source for source in used if source != fetched.source)
    return replace(fetched, bars=bars, missing=missing,
                   table_sources=fetched.table_sources + further)  # fmt: skip
