"""A small Yahoo on loopback, so that the real yfinance code runs without a network.

`Loopback` sessions rewrite every URL to ``/<original host>/<original path>`` here.
"""

import contextlib
import datetime as dt
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from curl_cffi import requests

Row = tuple[dt.date, float | None, float | None, int | None]
"""Date, close, adjusted close, volume."""

Reply = tuple[int, Any, str]
"""Status, body (JSON or text), media type; ``cut`` for a body that breaks off."""

NO_CRUMB: Reply = (
    401,
    {"finance": {"error": {"code": "Unauthorized", "description": "Invalid Crumb"}}},
    "application/json",
)


@dataclass
class FakeYahoo:
    """What the server knows and how it misbehaves.

    `refusals` counts the chart requests still to be answered with 429; `broken` names
    symbols whose next answer is an HTML page; `always_refused` never get one. `replies` are
    given for a symbol instead of its bars, each once, `always` for ever. `dropped` sessions are
    left out of an answer unless asked for by a short range, `lost` ones always. `stalled`
    symbols get no answer before the end. `pages` are what other paths answer, by their beginning.
    With `crumbs` set charts want the crumb of that number or a later one.
    """

    rows: dict[str, list[Row]]
    refusals: int = 0
    broken: set[str] = field(default_factory=set)
    always_refused: set[str] = field(default_factory=set)
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    always: dict[str, Reply] = field(default_factory=dict)
    dropped: dict[str, set[dt.date]] = field(default_factory=dict)
    lost: dict[str, set[dt.date]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, Callable[[dt.date], int]] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    pages: dict[str, Any] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    crumbs: int | None = None
    crumb_used: int = 0
    spans: list[tuple[str, dt.date, dt.date]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    def __enter__(self) -> "FakeYahoo":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def session(self) -> "Loopback":
        session = Loopback(impersonate="chrome")
        session.port = self.port
        return session

    def answer(self, host: str, path: str, query: dict[str, str]) -> Reply:
        with self.lock:
            self.paths.append(path)
        if path == "/v1/test/getcrumb":
            with self.lock:
                self.crumb_used += 1
            return 200, f"crumb{self.crumb_used}", "text/plain"
        if path.startswith("/v8/finance/chart/"):
            return self._chart(unquote(path.rsplit("/", 1)[1]), query)
        for start, page in self.pages.items():
            if path.startswith(start):
                found = page(path, query) if callable(page) else page
                return found if isinstance(found, tuple) else (200, found, "application/json")
        return 404, {"error": f"no route {host}{path}"}, "application/json"

    def _chart(self, symbol: str, query: dict[str, str]) -> Reply:
        whole = "period1" in query
        with self.lock:
            if self.refusals > 0 or symbol in self.always_refused:
                self.refusals -= 1
                return 429, "Too Many Requests", "text/plain"
            if self.crumbs is not None and query.get("crumb", "crumb0") < f"crumb{self.crumbs}":
                return NO_CRUMB
            self.asked[symbol] += whole
            if whole:
                self.ranges.append((int(query["period1"]), int(query["period2"])))
                self.spans.append((symbol, *map(_day, self.ranges[-1])))
            if whole and symbol in self.broken:
                self.broken.discard(symbol)
                return 200, "<html>our engineers are on it</html>", "text/html"
            if whole and self.replies.get(symbol):
                return self.replies[symbol].pop(0)
            if whole and symbol in self.always:
                return self.always[symbol]
        if symbol in self.stalled:
            self.waiting.set()
            self.release.wait()
        rows = self.rows.get(symbol)
        if rows is None:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return 404, {"chart": {"result": None, "error": error}}, "application/json"
        return 200, {"chart": {"result": [self.result(symbol, query)], "error": None}}, "text/json"

    def result(self, symbol: str, query: dict[str, str]) -> dict[str, Any]:
        """Return bars since the range's begin; its end is no matter, as with Yahoo."""
        first, last = int(query.get("period1", 0)), int(query.get("period2", 2**40))
        gone = self.lost.get(symbol, set())
        if last - first > 5 * 86400:
            gone = gone | self.dropped.get(symbol, set())
        stamp = self.stamps.get(symbol, _stamp)
        rows = [row for row in self.rows[symbol] if row[0] not in gone and stamp(row[0]) >= first]
        found = _result(symbol, rows, stamp)
        found["meta"] |= self.meta.get(symbol, {})
        if symbol in self.events:
            found["events"] = self.events[symbol]
        return found


class Loopback(requests.Session):  # type: ignore[type-arg]
    """A curl_cffi session that can reach nothing but the fake Yahoo."""

    port = 0

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        path = f"/{parts.netloc}{parts.path}"
        here = urlunsplit(("http", f"127.0.0.1:{self.port}", path, parts.query, ""))
        return super().request(method, here, *args, **kwargs)


def _stamp(date: dt.date) -> int:
    return int(dt.datetime(date.year, date.month, date.day, 14, 30, tzinfo=dt.UTC).timestamp())


def _day(stamp: int) -> dt.date:
    return dt.datetime.fromtimestamp(stamp, ZoneInfo("America/New_York")).date()


def _result(
    symbol: str, rows: list[Row], stamp: Callable[[dt.date], int] = _stamp
) -> dict[str, Any]:
    stamps = [stamp(row[0]) for row in rows]
    closes = [row[1] for row in rows]
    last = stamps[-1] if stamps else 0
    period = {
        "timezone": "EST",
        "start": last,
        "end": last + 23400,
        "gmtoffset": -18000,
    }
    quote = {
        "open": [c and c - 0.5 for c in closes],
        "high": [c and c + 1 for c in closes],
        "low": [c and c - 1 for c in closes],
        "close": closes,
        "volume": [row[3] for row in rows],
    }
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "instrumentType": "ETF",
        "firstTradeDate": 728317800,
        "regularMarketTime": last,
        "gmtoffset": -18000,
        "timezone": "EST",
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": closes[-1] if closes else None,
        "priceHint": 2,
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "max"],
        "currentTradingPeriod": dict.fromkeys(("pre", "regular", "post"), period),
    }
    adjusted = [{"adjclose": [row[2] for row in rows]}]
    if not rows:  # a range without sessions comes without stamps
        return {"meta": meta, "indicators": {"quote": [{}], "adjclose": [{}]}}
    return {
        "meta": meta,
        "timestamp": stamps,
        "indicators": {"quote": [quote], "adjclose": adjusted},
    }


def _handler(yahoo: FakeYahoo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms for an acknowledgement

        def log_message(self, *args: Any) -> None:
            return

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            _, host, *rest = parts.path.split("/")
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            query["sent"] = sent.decode()
            code, body, kind = yahoo.answer(host, "/" + "/".join(rest), query)
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data) + 99 * (kind == "cut")))
            self.close_connection = kind == "cut"
            if host == "fc.yahoo.com":
                self.send_header("set-cookie", "A3=d=AQAB; Max-Age=31536000; Path=/")
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked may have left
                self.wfile.write(data)

        do_GET = do_POST = _serve  # noqa: N815 - names of http.server

    return Handler
