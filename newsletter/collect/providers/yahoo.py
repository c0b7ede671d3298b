"""Yahoo: daily bars from Yahoo Finance by way of yfinance.

`yfinance.download` never raises: being refused, an unknown symbol and a broken network
all look like an empty frame. So each symbol is asked for with `Ticker.history`, which
says which of them it was, and only what can still come is asked for again.
"""

import atexit
import csv
import datetime as dt
import logging
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import Any, Literal

import pandas as pd

from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.snapshot import PRICE_COLUMNS, Members, Source
from newsletter.config import Providers
from newsletter.errors import DataUnavailable

_COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
}
_LICENCE = "Yahoo Finance via yfinance: personal use; a public mailing needs a licensed feed"
_REFUSED_WAIT_SECONDS = 5.0  # a refusal lasts longer than a broken connection

_Outcome = pd.DataFrame | Literal["absent", "refused"] | Exception


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
    threads : int
        Requests at one time.
    session : curl_cffi.requests.Session, optional
        Instead of one that presents itself as a browser, as Yahoo wants.
    sleep : callable
        Waits that many seconds.

    Notes
    -----
    A symbol Yahoo does not know is not asked for again. After a refusal (HTTP 429) the
    rest of the round is left for the next one, since asking on makes the refusal longer.
    """

    chunk: int = 80
    pause_seconds: float = 0.5
    retries: int = 3
    timeout_seconds: float = 20.0
    threads: int = 4
    session: Any = None
    sleep: Callable[[float], None] = time.sleep
    name: str = field(default="yahoo", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return the bars of a request.

        Parameters
        ----------
        request : BarRequest
            What is wanted. Without members from the configuration, breadth is counted
            over a list of large companies that is bundled here and named as such.
        progress : callable, optional
            Told after each chunk.

        Returns
        -------
        Fetched
            Bars up to and including the session.

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
        with _manners():
            outcomes = self._rounds(asked, request, progress)
        frames = {s: out for s, out in outcomes.items() if isinstance(out, pd.DataFrame)}
        if not frames:
            raise DataUnavailable(_why_nothing(outcomes, len(asked)))
        bars = pd.concat(list(frames.values()), ignore_index=True)
        return Fetched(
            bars=bars,
            members=members,
            source=Source(self.name, "Yahoo Finance", _LICENCE, str(bars["date"].max().date())),
            missing=tuple(sorted(set(asked) - set(frames))),
        )

    def _rounds(
        self, asked: Sequence[str], request: BarRequest, progress: Progress
    ) -> dict[str, _Outcome]:
        session = self.session or _browser()
        outcomes: dict[str, _Outcome] = {}
        waiting = list(asked)
        for attempt in range(self.retries + 1):
            if attempt:
                refused = any(outcomes.get(symbol) == "refused" for symbol in waiting)
                self.sleep((_REFUSED_WAIT_SECONDS if refused else 1.0) * 2.0 ** (attempt - 1))
                _forget_answers()
            outcomes |= self._round(waiting, request, session, progress, len(asked))
            # Whoever was not reached goes first, so that nobody waits behind a refused one.
            open_ = [symbol for symbol in waiting if not _settled(outcomes.get(symbol))]
            waiting = sorted(open_, key=outcomes.__contains__)
            if not waiting:
                break
        return outcomes

    def _round(
        self,
        symbols: Sequence[str],
        request: BarRequest,
        session: Any,
        progress: Progress,
        total: int,
    ) -> dict[str, _Outcome]:
        found: dict[str, _Outcome] = {}
        refused = Event()

        def ask(symbol: str) -> _Outcome | None:
            if refused.is_set():
                return None
            outcome = _ask(symbol, request, session, self.timeout_seconds)
            if isinstance(outcome, str) and outcome == "refused":
                refused.set()
            return outcome

        with ThreadPoolExecutor(self.threads, thread_name_prefix="yahoo") as pool:
            for start in range(0, len(symbols), self.chunk):
                if start:
                    self.sleep(self.pause_seconds)
                part = symbols[start : start + self.chunk]
                answers = zip(part, pool.map(ask, part), strict=True)
                found |= {symbol: out for symbol, out in answers if out is not None}
                done = total - len(symbols) + len(found)
                progress(done, total, self.name)
                if refused.is_set():
                    break
        return found


def _ask(symbol: str, request: BarRequest, session: Any, timeout: float) -> _Outcome:
    import yfinance as yf
    from yfinance.exceptions import YFRateLimitError, YFTickerMissingError

    try:
        history = yf.Ticker(symbol, session=session).history(
            start=request.start.isoformat(),
            end=(request.session.date + dt.timedelta(days=1)).isoformat(),  # end is exclusive
            auto_adjust=False,  # close and adjusted close are different facts
            actions=False,
            repair=False,
            keepna=True,
            timeout=timeout,
        )
    except YFRateLimitError:
        return "refused"
    except YFTickerMissingError:
        return "absent"
    except Exception as error:  # noqa: BLE001 - yfinance raises whatever its parsing hits
        return error
    return _tidy(symbol, history, request)


def _tidy(symbol: str, history: pd.DataFrame, request: BarRequest) -> _Outcome:
    """Return long bars, or "absent" where not one row has a price."""
    frame = history.rename(columns=_COLUMNS)
    frame = frame[[column for column in PRICE_COLUMNS if column in frame.columns]]
    index = pd.DatetimeIndex(frame.index)
    if index.tz is not None:
        index = index.tz_localize(None)  # the wall date at the exchange is the session
    frame = frame.assign(date=index.normalize().as_unit("ns"), symbol=symbol)
    frame = frame[frame["date"] <= pd.Timestamp(request.session.date)]
    prices = [column for column in PRICE_COLUMNS[:-1] if column in frame.columns]
    # Yahoo writes rows of a volume alone on days its price feed missed.
    frame = frame[frame[prices].notna().any(axis=1)]
    return "absent" if frame.empty else frame.astype(dict.fromkeys(prices, "float64"))


def _settled(outcome: _Outcome | None) -> bool:
    return isinstance(outcome, pd.DataFrame) or (isinstance(outcome, str) and outcome == "absent")


def _why_nothing(outcomes: dict[str, _Outcome], asked: int) -> str:
    kinds = list(outcomes.values())
    if any(isinstance(out, str) and out == "refused" for out in kinds):
        return (
            "Yahoo Finance refuses to answer (too many requests); wait a quarter of an hour, or "
            "ask for less with providers.yahoo.chunk and pause_seconds."
        )
    errors = [out for out in kinds if isinstance(out, Exception)]
    if errors:
        reason = (str(errors[0]).strip() or type(errors[0]).__name__).splitlines()[0]
        return (
            f"Yahoo Finance cannot be reached ({reason.rstrip('.')}); check the network, or use "
            "providers.bars: files."
        )
    return (
        f"Yahoo Finance has no prices for any of the {asked} symbols asked for; check their "
        "spelling and providers.history_start."
    )


@lru_cache(maxsize=1)
def _bundled() -> tuple[str, ...]:
    path = Path(__file__).with_name("us_large.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(sorted(row["symbol"] for row in csv.DictReader(file)))


def _browser() -> Any:
    from curl_cffi import requests

    # One session for all symbols: yfinance would open one for each and lose its cookie.
    return requests.Session(impersonate="chrome")


def _forget_answers() -> None:
    """Empty yfinance's cache of answers, or a retry would be given the same one."""
    from yfinance.data import YfData

    YfData.cache_get.cache_clear()


@lru_cache(maxsize=1)
def _own_cache() -> str:
    """Point yfinance's cache of time zones and cookies at a folder of this process.

    Its usual place is the home directory, which a service may not write to. It is done
    once, because yfinance keeps using the first folder it opened.
    """
    import yfinance as yf

    folder = tempfile.mkdtemp(prefix="newsletter-yfinance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yf.set_tz_cache_location(folder)
    return folder


@contextmanager
def _manners() -> Iterator[None]:
    """Let yfinance raise instead of log, and put its settings back afterwards."""
    import yfinance as yf

    _own_cache()
    _forget_answers()
    logger = logging.getLogger("yfinance")
    hidden, level = yf.config.debug.hide_exceptions, logger.level
    yf.config.debug.hide_exceptions = False
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")  # not ours to mend
            yield
    finally:
        yf.config.debug.hide_exceptions = hidden
        logger.setLevel(level)


class _Plugin:
    id: str = "yahoo"

    def open(self, settings: Providers, path: Path | None) -> Provider:
        """Make the provider at the configured pace."""
        del path
        pace = settings.yahoo
        return Yahoo(pace.chunk, pace.pause_seconds, pace.retries, pace.timeout_seconds)


PROVIDER = _Plugin()
