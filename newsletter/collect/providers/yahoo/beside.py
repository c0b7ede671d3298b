"""What Yahoo tells beside bars: each group is asked for only where it is configured.

A group that cannot be read is a note to editors and leaves nothing behind. Every row is
known since the session that had opened when it was read: Yahoo states today's figures,
so none of them gets into an edition about an earlier session.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import pandas as pd

from newsletter.collect import gates
from newsletter.collect.provider import BarRequest
from newsletter.collect.providers.yahoo.asking import Answer
from newsletter.collect.providers.yahoo.trouble import LABEL, SOURCE, reason
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN, TABLES

T = TypeVar("T")
R = TypeVar("R")
Row = tuple[Any, ...]
"""Values of a table's columns in their order; a reader gives all but `known`, or all."""

Reader = Callable[["Evening"], Iterator[tuple[str, Row]]]


class Run(Protocol):
    """What this needs of the fetch that it is a part of."""

    yahoo: Any
    request: BarRequest
    days: TradingDays
    session: Any
    crew: Any

    def wait(self, seconds: float) -> None:
        """Wait before asking on."""
        ...

    def tell(self, done: int, total: int, what: str) -> None:
        """Say how far it is."""
        ...


@dataclass(frozen=True)
class Beside:
    """What came, as `newsletter.collect.provider.Fetched` wants it."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    notes: tuple[gates.Warning, ...] = ()


class Evening:
    """What a reader may ask with.

    Parameters
    ----------
    group : str
        What is read.
    run : Run
        The fetch.
    answers : mapping of str to Answer
        Symbols that have bars.
    members : tuple of str
        The breadth universe.
    """

    def __init__(
        self, group: str, run: Run, answers: Mapping[str, Answer], members: tuple[str, ...]
    ) -> None:
        self.group = group
        self.run, self.session, self.days = run, run.session, run.days
        self.instruments = run.request.symbols
        self.members = tuple(symbol for symbol in members if symbol in answers)
        self.funds = tuple(
            symbol
            for symbol in self.instruments
            if symbol in answers and answers[symbol].kind in {"ETF", "MUTUALFUND"}
        )
        self.last = run.request.session.date
        self.now = run.yahoo.now()
        self.known = pd.Timestamp(self.days.latest_opened(self.now))
        self.failed: Counter[str] = Counter()
        self.asked = 0
        self.implausible = 0

    def each(self, items: Sequence[T], ask: Callable[[T], R]) -> Iterator[tuple[T, R]]:
        """Yield what was answered, at the pace of bars; after a refusal nothing is asked.

        Raises
        ------
        yfinance.exceptions.YFRateLimitError
            Once Yahoo refuses.
        """
        from yfinance.exceptions import YFRateLimitError

        def put(item: T) -> R | Exception:
            try:
                return ask(item)
            except Exception as error:  # noqa: BLE001 - yfinance raises whatever its parsing hits
                return error

        chunk = self.run.yahoo.chunk
        for start in range(0, len(items), chunk):
            self.run.wait(self.run.yahoo.pause_seconds)
            for item, answer in self.run.crew.each(items[start : start + chunk], put):
                self.asked += 1
                if isinstance(answer, YFRateLimitError):
                    raise answer
                if isinstance(answer, Exception):
                    self.failed[reason(answer)] += 1
                else:
                    yield item, answer
            self.run.tell(min(start + chunk, len(items)), len(items), f"yahoo: {self.group}")

    def sane(self, value: float | None, given: object) -> bool:
        """Tell whether a figure can be used; one that cannot be true is counted."""
        self.implausible += value is None and given is not None
        return value is not None


def read_beside(
    run: Run,
    answers: Mapping[str, Answer],
    members: tuple[str, ...],
    readers: Mapping[str, Reader],
) -> Beside:
    """Read the configured groups.

    Parameters
    ----------
    run : Run
        The fetch they are a part of.
    answers : mapping of str to Answer
        Symbols that have bars.
    members : tuple of str
        The breadth universe.
    readers : mapping of str to Reader
        By group.
    """
    from yfinance.exceptions import YFRateLimitError

    rows: dict[str, list[Row]] = {}
    notes: list[gates.Warning] = []
    for group in run.yahoo.tables:
        evening = Evening(group, run, answers, members)
        try:
            found = list(readers[group](evening))
        except YFRateLimitError:
            notes.append(_note(group, "too many requests", "this and what follows is"))
            break
        except Exception as error:  # noqa: BLE001 - a table is no reason to have no edition
            notes.append(_note(group, reason(error)))
            continue
        for table, row in found:
            rows.setdefault(table, []).append(_dated(table, row, evening.known))
        notes += _counted(group, evening)
        if evening.asked and not (found or evening.failed or evening.implausible):
            notes.append(_note(group, "nothing came"))
    tables = {table: _frame(table, found) for table, found in sorted(rows.items())}
    sources = tuple(
        Source("yahoo", *SOURCE, frame[KNOWN].max().date().isoformat(), covers=table)
        for table, frame in tables.items()
    )
    return Beside(tables, sources, tuple(notes))


def _dated(table: str, row: Row, known: pd.Timestamp) -> Row:
    return row if len(row) == len(TABLES[table].columns) else (*row, known)


def _frame(table: str, rows: list[Row]) -> pd.DataFrame:
    """Return a table, each key once: two figures for one thing would stop the edition."""
    frame = pd.DataFrame(rows, columns=list(TABLES[table].columns))
    return frame.drop_duplicates([*TABLES[table].key, KNOWN], ignore_index=True)


def _counted(group: str, evening: Evening) -> list[gates.Warning]:
    """Return what editors are told of answers and figures that were left out."""
    notes = []
    if evening.failed:
        why, _ = evening.failed.most_common(1)[0]
        part = f"{sum(evening.failed.values())} of {evening.asked} answers"
        notes.append(_note(f"{group} ({part})", why, "they are"))
    if evening.implausible:
        notes.append(_note(f"{group} ({evening.implausible} figures)", "they cannot be true",
                           "they are"))  # fmt: skip
    return notes


def _note(what: str, why: str, left: str = "it is") -> gates.Warning:
    return gates.Warning("yahoo", f"{LABEL}: {what} cannot be used ({why}); {left} left out.")
