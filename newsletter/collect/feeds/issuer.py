"""Issuer: who is in a fund and at what weight, from the issuer's own list.

Two forms are read: that of iShares (lines about the fund, a table, a blank line, lawyers' text)
and that of Invesco (one table with the fund and the day in each row).
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from newsletter.collect import delimited
from newsletter.collect.feed import Fed, Feed, each
from newsletter.collect.macro import next_business_day
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN
from newsletter.collect.web import Web
from newsletter.config import Providers
from newsletter.feeding import https_host

WHOLE = (95.0, 105.0)
"""Between these the weights of all rows, cash included, add up in a list that is complete."""

_LICENCE = "the fund's issuer: for the reader's own use; a public mailing needs its leave"
_AS_OF = re.compile(r"(?:fund )?holdings as of:?", re.IGNORECASE)
_TICKER = re.compile(r"[A-Z0-9]{1,6}(?:[./ -][A-Z]{1,2})?")
# iShares drops what stands between a company and its class of shares.
_CLASSES = {"BRKB": "BRK-B", "BFA": "BF-A", "BFB": "BF-B", "HEIA": "HEI-A", "LENB": "LEN-B",
            "MOGA": "MOG-A", "CRDA": "CRD-A", "CWENA": "CWEN-A", "GEFB": "GEF-B",
            "UHALB": "UHAL-B"}  # fmt: skip
_COLUMNS = (
    ("Ticker", "Weight (%)", "Asset Class"),
    ("Holding Ticker", "Weight", "Class of Shares"),
)


@dataclass(frozen=True)
class Issuer:
    """Lists of holdings at configured addresses, by fund or index."""

    web: Web
    funds: Mapping[str, str]
    name: str = field(default="issuer", init=False)
    label: str = field(default="the issuer", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        """Return the weights that were public by the session."""
        frame, warnings = each(sorted(self.funds), self._one, self.name, progress)
        if frame is None:
            return Fed(warnings=warnings)
        frame = frame[frame[KNOWN] <= pd.Timestamp(request.session.date)]
        if frame.empty:
            return Fed(warnings=warnings)
        newest = str(frame[KNOWN].max().date())
        source = Source(
            self.name, "Issuers' lists of holdings", _LICENCE, newest, covers="holdings"
        )
        return Fed({"holdings": frame}, None, (source,), warnings)

    def _one(self, fund: str) -> pd.DataFrame:
        what, url = f"The issuer's list of {fund}", self.funds[fund]
        return holdings(
            fund, delimited.read(self.web.get(url, {https_host(url)}, what), what), what
        )


def holdings(fund: str, rows: Sequence[Sequence[str]], what: str) -> pd.DataFrame:
    """Return the table ``holdings`` of one list.

    Parameters
    ----------
    fund : str
        Its name in the table.
    rows : sequence of sequence of str
        As `newsletter.collect.delimited.read` gives them.
    what : str
        What it is, for the error.

    Returns
    -------
    pandas.DataFrame
        Lines of stock with a ticker and a weight above zero, in percent. A list made after
        one evening is out on the next morning: it is `known` from the next business day.

    Raises
    ------
    DataUnavailable
        If it has another form, no day, or weights that do not add up.
    """
    start, names = _header(rows, what)
    ticker, weight, kind = (rows[start].index(name) for name in names)
    american = names[0] == "Ticker"
    body = _body(rows, start, what)
    as_of = _preamble_day(rows[:start], what) if american else _column_day(rows[start], body, what)
    if not american:
        _refuse_other_fund(rows[start], body, fund, what)
    total = 0.0
    found: dict[str, float] = {}
    for place, row in body:
        value = delimited.number(row[weight], what, place) or 0.0
        total += value
        stock = row[kind].lower() == "equity" if american else _is_stock(row[kind])
        if stock and value > 0 and row[ticker] not in delimited.NOTHING - {"NA", "NAN"}:
            symbol = _symbol(row[ticker], what, place)
            found[symbol] = found.get(symbol, 0.0) + value
    if not found or not WHOLE[0] <= total <= WHOLE[1]:
        raise delimited.refusal(what, f"its weights add up to {total:.1f} %, so it is not whole")
    known = next_business_day(np.array([as_of], dtype="datetime64[D]"))[0]
    frame = pd.DataFrame({"symbol": list(found), "weight": list(found.values())})
    return frame.assign(fund=fund, **{KNOWN: pd.Timestamp(known).as_unit("ns")})


def _header(rows: Sequence[Sequence[str]], what: str) -> tuple[int, tuple[str, ...]]:
    for place, row in enumerate(rows[:40]):
        for names in _COLUMNS:
            if set(names) <= set(row):
                return place, names
    raise delimited.refusal(what, "it has no columns of a ticker and a weight")


def _body(rows: Sequence[Sequence[str]], start: int, what: str) -> list[tuple[int, Sequence[str]]]:
    """Return the table's rows with their numbers, repetitions left out; a blank line ends it."""
    body, seen = [], set()
    for place, row in enumerate(rows[start + 1 :], start=start + 2):
        if not any(row):
            break
        if len(row) != len(rows[start]):
            raise delimited.refusal(what, f"{len(row)} cells instead of {len(rows[start])}", place)
        if tuple(row) not in seen:
            seen.add(tuple(row))
            body.append((place, row))
    return body


def _preamble_day(rows: Sequence[Sequence[str]], what: str) -> dt.date:
    for place, row in enumerate(rows, start=1):
        if len(row) >= 2 and _AS_OF.fullmatch(row[0]):
            return delimited.day(row[1], what, place)
    raise delimited.refusal(what, "it does not say of which day it is")


def _column_day(header: Sequence[str], body: list[tuple[int, Sequence[str]]], what: str) -> dt.date:
    if "Date" not in header:
        raise delimited.refusal(what, "it does not say of which day it is")
    days = {delimited.day(row[header.index("Date")], what, place) for place, row in body}
    if len(days) != 1:
        raise delimited.refusal(what, f"its rows are of {len(days)} days instead of one")
    return days.pop()


def _refuse_other_fund(
    header: Sequence[str], body: list[tuple[int, Sequence[str]]], fund: str, what: str
) -> None:
    column = header.index("Fund Ticker") if "Fund Ticker" in header else None
    named = {row[column] for _, row in body} if column is not None else set()
    if len(named) > 1 or (fund.isupper() and named and named != {fund}):
        raise delimited.refusal(what, f"it is a list of {', '.join(sorted(named))[:60]}")


def _is_stock(kind: str) -> bool:
    text = kind.lower()
    return "stock" in text or "receipt" in text or "share" in text or "reit" in text


def _symbol(text: str, what: str, row: int) -> str:
    if _TICKER.fullmatch(text) is None:
        raise delimited.refusal(what, f"{text[:20]!r} is no ticker", row)
    return _CLASSES.get(text) or re.sub(r"[./ ]", "-", text)


class _Plugin:
    id: str = "issuer"
    fields: frozenset[str] = frozenset({"holdings"})

    def open(self, settings: Providers, web: Web) -> Feed:
        """Make the feed of the configured funds."""
        return Issuer(web, settings.issuer.funds)


FEED = _Plugin()
