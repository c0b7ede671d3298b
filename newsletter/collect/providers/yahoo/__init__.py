"""Yahoo: daily bars from Yahoo Finance by way of yfinance, and what it tells beside them.

`yfinance.download` never raises: being refused, an unknown symbol and a broken network
all look like an empty frame. So each symbol is asked for with `Ticker.history`, which
says which of them it was, and only what can still come is asked for again.
"""

import csv
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd

from newsletter.clock import SystemClock
from newsletter.collect import gates
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.providers.yahoo import coming, figures, gaps
from newsletter.collect.providers.yahoo.asking import NO_ACTIONS, Answer, Outcome, Question, ask
from newsletter.collect.providers.yahoo.beside import Beside, read_beside
from newsletter.collect.providers.yahoo.crew import Crew
from newsletter.collect.providers.yahoo.manners import (
    browser,
    forget_answers,
    forget_cookie,
    polite,
)
from newsletter.collect.providers.yahoo.trouble import SOURCE, why_nothing
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Members, Source
from newsletter.config import Providers
from newsletter.errors import DataUnavailable

_REFUSED_WAIT_SECONDS = 5.0  # a refusal lasts longer than a broken connection


@dataclass(frozen=True)
class Yahoo:
    """Bars from Yahoo Finance.

    Parameters
    ----------
    chunk : int
        Symbols asked for between two pauses.
    pause_seconds : float
        Pause between chunks.
    retries : int
        How often symbols that failed are asked for again; the wait doubles each time.
    timeout_seconds : float
        Per request.
    tables : tuple of str
        What is asked for beside bars (`providers.yahoo.tables`).
    threads : int
        Requests at one time.
    session : curl_cffi.requests.Session, optional
        Instead of one that presents itself as a browser, as Yahoo wants.
    sleep : callable, optional
        Waits that many seconds, instead of a wait that an interruption ends.
    now : callable
        The instant, aware: what is published beside bars is known since then.

    Notes
    -----
    A symbol that Yahoo says it does not know is not asked for again; one that it knows and
    gives no price of is, once. After a refusal (HTTP 429) the rest of the round is left for
    the next one, since asking on makes the refusal longer.
    """

    chunk: int = 80
    pause_seconds: float = 0.5
    retries: int = 3
    timeout_seconds: float = 20.0
    tables: tuple[str, ...] = ()
    threads: int = 4
    session: Any = None
    sleep: Callable[[float], None] | None = None
    now: Callable[[], dt.datetime] = SystemClock().now
    name: str = field(default="yahoo", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return the bars of a request.

        Parameters
        ----------
        request : BarRequest
            What is wanted. Without members from the configuration, breadth is counted
            over a list of large companies that is bundled here and named as such.
        progress : callable, optional
            Told after each chunk, and while nothing comes; raising, it ends the work.

        Returns
        -------
        Fetched
            Bars up to and including the session, dividends and splits, tables.

        Raises
        ------
        newsletter.errors.DataUnavailable
            If nothing could be fetched; the sentence says why.
        """
        members = request.configured_members() or Members(
            request.members, "large US companies in our list", _bundled()
        )
        # Instruments first: if Yahoo stops answering, members are the lesser loss.
        asked = tuple(dict.fromkeys((*request.symbols, *members.symbols)))
        with polite(), _Run(self, request, progress) as run:
            outcomes = run.rounds(asked)
            answers = {s: found for s in asked if isinstance(found := outcomes.get(s), Answer)}
            if not answers:
                raise DataUnavailable(why_nothing(outcomes, len(asked)))
            answers, left = run.filled(answers)
            told = gaps.notes(left, answers, request.symbols, members.id)
            beside = run.beside(answers, members.symbols)
        bars, actions = _together(answers.values())
        return Fetched(
            bars=bars,
            members=members,
            source=Source(self.name, *SOURCE, str(bars["date"].max().date())),
            missing=tuple(sorted(set(asked) - set(answers))),
            tables=beside.tables,
            table_sources=beside.sources,
            actions=actions,
            notes=(*told, *_odd(answers), *beside.notes),
        )


class _Run:
    """One fetch: its threads, its pace, and what it tells of itself."""

    def __init__(self, yahoo: Yahoo, request: BarRequest, progress: Progress) -> None:
        self.yahoo, self.request = yahoo, request
        self._progress, self._said = progress, (0, 0, "yahoo")
        self.days = TradingDays(request.session.exchange, request.session.date)
        self.session = yahoo.session or browser()
        self.crew = Crew(yahoo.threads, self.beat)

    def __enter__(self) -> "_Run":
        self.crew.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.crew.__exit__(*error)

    def beat(self) -> None:
        """Show that the work goes on; ends it where it was interrupted."""
        if self._said[1]:
            self._progress(*self._said)

    def tell(self, done: int, total: int, what: str = "yahoo") -> None:
        """Say how far it is."""
        self._said = done, total, what
        self._progress(*self._said)

    def wait(self, seconds: float) -> None:
        """Wait before asking on."""
        (self.yahoo.sleep or self.crew.wait)(seconds)

    def rounds(self, asked: Sequence[str]) -> dict[str, Outcome]:
        """Ask for symbols until each is settled or the retries are used up."""
        outcomes: dict[str, Outcome] = {}
        waiting = list(asked)
        self._said = 0, len(asked), self.yahoo.name
        for attempt in range(self.yahoo.retries + 1):
            if attempt:
                refused = any(outcomes.get(symbol) == "refused" for symbol in waiting)
                self.wait((_REFUSED_WAIT_SECONDS if refused else 1.0) * 2.0 ** (attempt - 1))
                forget_answers()
                forget_cookie(self.session)
            questions = [self._question(symbol) for symbol in waiting]
            found = self.ask(questions, total=len(asked))
            outcomes |= {question.symbol: out for question, out in found.items()}
            # Whoever was not reached goes first, so that nobody waits behind a refused one.
            open_ = [s for s in waiting if not _settled(outcomes.get(s), attempt)]
            waiting = sorted(open_, key=outcomes.__contains__)
            if not waiting:
                break
        return outcomes

    def ask(self, questions: Sequence[Question], total: int = 0) -> dict[Question, Outcome]:
        """Put questions chunk by chunk; after a refusal those that are left stay unasked."""
        found: dict[Question, Outcome] = {}
        refused = Event()
        yahoo = self.yahoo

        def put(question: Question) -> Outcome | None:
            if refused.is_set():
                return None
            outcome = ask(question, self.days, self.session, yahoo.timeout_seconds)
            if isinstance(outcome, str) and outcome == "refused":
                refused.set()
            return outcome

        for start in range(0, len(questions), yahoo.chunk):
            if start:
                self.wait(yahoo.pause_seconds)
            part = questions[start : start + yahoo.chunk]
            told = {q: out for q, out in self.crew.each(part, put) if out is not None}
            found |= told
            if total:
                self._keep([one for one in told.values() if isinstance(one, Answer)])
                self.tell(total - len(questions) + len(found), total)
            if refused.is_set():
                break
        return found

    def _keep(self, answers: Sequence[Answer]) -> None:
        """Hand on what is fetched: a fetch that breaks off later goes on from there."""
        if answers and self.request.keep is not None:
            self.request.keep(*_together(answers))

    def filled(self, answers: dict[str, Answer]) -> tuple[dict[str, Answer], gaps.Holes]:
        """Ask once for sessions that are missing."""
        forget_answers()
        since = {
            symbol: self._question(symbol).first
            for symbol, kept in self.request.have.items()
            if kept >= self.request.start
        }
        return gaps.fill(answers, self.request.session.date, self.days, since, self.ask)

    def beside(self, answers: Mapping[str, Answer], members: tuple[str, ...]) -> Beside:
        """Read the tables that are configured."""
        if not self.yahoo.tables:
            return Beside()
        return read_beside(self, answers, members, {**figures.READERS, **coming.READERS})

    def _question(self, symbol: str) -> Question:
        """Return what is asked of a symbol: everything, or what is missing and the overlap."""
        request, last = self.request, self.request.session.date
        kept = request.have.get(symbol)
        if kept is None or kept < request.start:
            return Question(symbol, request.start, last)
        newest = self.days.on_or_before(min(kept, last))
        first = self.days.back(newest, request.overlap - 1)
        return Question(symbol, min(max(first, request.start), last), last)


def _together(answers: Collection[Answer]) -> tuple[pd.DataFrame, pd.DataFrame]:
    bars = pd.concat([answer.bars for answer in answers], ignore_index=True)
    acted = [answer.actions for answer in answers if len(answer.actions)]
    return bars, pd.concat(acted, ignore_index=True) if acted else NO_ACTIONS.copy()


def _settled(outcome: Outcome | None, attempt: int) -> bool:
    if isinstance(outcome, str):
        return outcome == "absent" or (outcome == "empty" and attempt > 0)
    return isinstance(outcome, Answer)


def _odd(answers: Mapping[str, Answer]) -> tuple[gates.Warning, ...]:
    return tuple(
        gates.Warning(symbol, f"Yahoo Finance tells of {', '.join(answer.odd)} of {symbol} that "
                      "cannot be true; left out.")
        for symbol, answer in sorted(answers.items())
        if answer.odd
    )  # fmt: skip


@lru_cache(maxsize=1)
def _bundled() -> tuple[str, ...]:
    path = Path(__file__).parent.with_name("us_large.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(sorted(row["symbol"] for row in csv.DictReader(file)))


class _Plugin:
    id: str = "yahoo"
    kept: bool = True

    def open(self, settings: Providers, path: Path | None) -> Provider:
        """Make the provider at the configured pace."""
        del path
        pace = settings.yahoo
        return Yahoo(
            pace.chunk, pace.pause_seconds, pace.retries, pace.timeout_seconds, pace.tables
        )


PROVIDER = _Plugin()
