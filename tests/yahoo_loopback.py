"""A small Yahoo on loopback, so that the real yfinance code runs without a network.

`Loopback` sessions rewrite every URL to ``/<original host>/<original path>`` here.
"""

import datetime as dt
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from curl_cffi import requests

Row = tuple[dt.date, float | None, float | None, int | None]
"""Date, close, adjusted close, volume."""


@dataclass
class FakeYahoo:
    """What the server knows and how it misbehaves.

    `refusals` counts the chart requests still to be answered with 429; `broken` names
    symbols whose next answer is an HTML page; `always_refused` never get one.
    """

    rows: dict[str, list[Row]]
    refusals: int = 0
    broken: set[str] = field(default_factory=set)
    always_refused: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    def __enter__(self) -> "FakeYahoo":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def session(self) -> "Loopback":
        session = Loopback(impersonate="chrome")
        session.port = self.port
        return session

    def answer(self, host: str, path: str, query: dict[str, str]) -> tuple[int, Any, str]:
        if path == "/v1/test/getcrumb":
            return 200, "crumb", "text/plain"
        if path.startswith("/v8/finance/chart/"):
            return self._chart(unquote(path.rsplit("/", 1)[1]), query)
        return 404, {"error": f"no route {host}{path}"}, "application/json"

    def _chart(self, symbol: str, query: dict[str, str]) -> tuple[int, Any, str]:
        whole = "period1" in query
        with self.lock:
            if self.refusals > 0 or symbol in self.always_refused:
                self.refusals -= 1
                return 429, "Too Many Requests", "text/plain"
            self.asked[symbol] += whole
            if whole:
                self.ranges.append((int(query["period1"]), int(query["period2"])))
            if whole and symbol in self.broken:
                self.broken.discard(symbol)
                return 200, "<html>our engineers are on it</html>", "text/html"
        rows = self.rows.get(symbol)
        if rows is None:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return 404, {"chart": {"result": None, "error": error}}, "application/json"
        return 200, {"chart": {"result": [_result(symbol, rows)], "error": None}}, "text/json"


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


def _result(symbol: str, rows: list[Row]) -> dict[str, Any]:
    stamps = [_stamp(row[0]) for row in rows]
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
            self.rfile.read(int(self.headers.get("content-length") or 0))
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            code, body, kind = yahoo.answer(host, "/" + "/".join(rest), query)
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            if host == "fc.yahoo.com":
                self.send_header("set-cookie", "A3=d=AQAB; Max-Age=31536000; Path=/")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _serve  # noqa: N815 - names of http.server

    return Handler
