"""Cboe: the volatility indices from the exchange that computes them."""

import functools
from dataclasses import dataclass, field

import pandas as pd

from newsletter.collect import delimited
from newsletter.collect.feed import Fed, Feed, each
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.collect.web import Web
from newsletter.config import Providers

HOST = "cdn.cboe.com"
FILES = {"^VIX": "VIX", "^VIX9D": "VIX9D", "^VIX3M": "VIX3M", "^VVIX": "VVIX"}
"""What Cboe's file of an index is called, by the symbol that the universe uses."""

_LICENCE = "Cboe: for the reader's own use; a public mailing needs a licence for the index"
_OHLC = ["DATE", "OPEN", "HIGH", "LOW", "CLOSE"]


@dataclass(frozen=True)
class Cboe:
    """Daily history of the indices in `FILES`, each from its own file."""

    web: Web
    name: str = field(default="cboe", init=False)
    label: str = field(default="Cboe", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        """Return bars of the asked indices up to the session."""
        asked = [symbol for symbol in request.symbols if symbol in FILES]
        one = functools.partial(self._one, request)
        bars, warnings = each(asked, one, self.name, progress)
        if bars is None:
            return Fed(warnings=warnings)
        source = Source(self.name, self.label, _LICENCE, str(bars["date"].max().date()))
        return Fed(bars=bars, sources=(source,), warnings=warnings)

    def _one(self, request: BarRequest, symbol: str) -> pd.DataFrame:
        index = FILES[symbol]
        what = f"{self.label}'s {index}"
        address = f"https://{HOST}/api/global/us_indices/daily_prices/{index}_History.csv"
        header, *rows = delimited.read(self.web.get(address, {HOST}, what), what)
        if header not in (_OHLC, ["DATE", index]):
            raise delimited.refusal(what, "its columns are not those of a history")
        found = {
            day: values
            for day, values in delimited.series(rows, what, len(header)).items()
            if request.start <= day <= request.session.date and values[-1] is not None
        }
        if not found:
            raise delimited.refusal(what, "there is no session in it that was asked for")
        names = ["close"] if len(header) == 2 else ["open", "high", "low", "close"]
        bars = pd.DataFrame(list(found.values()), columns=names, dtype="float64")
        # An index pays nothing: adjusted and plain close are one.
        return bars.assign(date=delimited.column(found), symbol=symbol, adj_close=bars["close"])


class _Plugin:
    id: str = "cboe"
    fields: frozenset[str] = frozenset({"volatility"})

    def open(self, settings: Providers, web: Web) -> Feed:
        """Make the feed."""
        del settings
        return Cboe(web)


FEED = _Plugin()
