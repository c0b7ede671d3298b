"""Delimited text from the web, read strictly: what is not as expected is refused, not guessed."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence

import pandas as pd

from newsletter.collect.web import Page
from newsletter.errors import DataUnavailable

NOTHING = frozenset({"", ".", "-", "--", "N/A", "NA", "NaN", "nan", "ND", "null"})
"""How sources write that there is no value."""

_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][-+]?\d{1,3})?")
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})")
_AMERICAN = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})")
_NAMED = re.compile(r"(?P<m>[A-Z][a-z]{2})[a-z]*\.? (?P<d>\d{1,2}), (?P<y>\d{4})")
_BRITISH = re.compile(r"(?P<d>\d{1,2})[/ -](?P<m>[A-Z][a-z]{2})[/ -](?P<y>\d{4})")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MOST = 1e15  # nothing that is published here comes near it


def read(page: Page, what: str) -> list[list[str]]:
    """Return the rows of a page, cells without spaces at their ends.

    Parameters
    ----------
    page : Page
        As it came.
    what : str
        What it is, for the error.

    Raises
    ------
    DataUnavailable
        If it is empty, a page for people, may have been cut off, or is no delimited text.
    """
    text = page.body.decode("utf-8-sig", "replace")
    start = text.lstrip()[:1]
    if not start:
        raise refusal(what, "it is empty")
    if start == "<":
        raise refusal(what, "a page for people came instead of data")
    if not page.framed:
        raise refusal(what, "it does not say how long it is, so that a break cannot be seen")
    if "\0" in text:
        raise refusal(what, "it is no text")
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), strict=True)
        ]
    except csv.Error as error:
        raise refusal(what, f"it is no delimited text ({error})") from None


def refusal(what: str, why: str, row: int = 0) -> DataUnavailable:
    """Return the one sentence about data that cannot be used."""
    where = f"row {row}: " if row else ""
    return DataUnavailable(f"{what} could not be read: {where}{why}; nothing of it is used.")


def day(text: str, what: str, row: int = 0) -> dt.date:
    """Return a day written 2026-07-02, 07/02/2026, Jul 02, 2026 or 02/Jul/2026.

    Raises
    ------
    DataUnavailable
        If it is written otherwise, or there is no such day.
    """
    for form in (_ISO, _AMERICAN, _NAMED, _BRITISH):
        found = form.fullmatch(text)
        if found is None:
            continue
        month = found["m"]
        try:
            number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
            return dt.date(int(found["y"]), number, int(found["d"]))
        except ValueError:
            break
    raise refusal(what, f"{text[:30]!r} is no date", row)


def number(text: str, what: str, row: int = 0) -> float | None:
    """Return a number, None where the source says that there is none.

    Raises
    ------
    DataUnavailable
        If it is neither, or larger than anything published.
    """
    if text in NOTHING:
        return None
    if not text.isascii() or _NUMBER.fullmatch(text) is None or abs(float(_bare(text))) > _MOST:
        raise refusal(what, f"{text[:30]!r} is no number", row)
    return float(_bare(text))


def series(
    rows: Sequence[Sequence[str]], what: str, width: int
) -> dict[dt.date, tuple[float | None, ...]]:
    """Return rows of a day and numbers by day.

    Parameters
    ----------
    rows : sequence of sequence of str
        After the header.
    what : str
        What it is, for the error.
    width : int
        Cells of each row.

    Raises
    ------
    DataUnavailable
        If a row has another shape, or two of one day differ.
    """
    out: dict[dt.date, tuple[float | None, ...]] = {}
    for place, row in enumerate(rows, start=2):
        if not any(row):
            continue
        if len(row) != width:
            raise refusal(what, f"{len(row)} cells instead of {width}", place)
        date = day(row[0], what, place)
        values = tuple(number(cell, what, place) for cell in row[1:])
        if out.setdefault(date, values) != values:
            raise refusal(what, f"{date} stands there twice with different figures", place)
    return out


def column(days: Iterable[dt.date]) -> "pd.Series[pd.Timestamp]":
    """Return days as a column of dates, as `newsletter.collect.tables.TABLES` has them."""
    return pd.to_datetime(pd.Series(list(days), dtype=object)).astype("datetime64[ns]")


def _bare(text: str) -> str:
    return text.replace(",", "")
