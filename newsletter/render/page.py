"""Page: everything a template may print, worked out from draft and ledger beforehand."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger
from newsletter.draft.claims import MODEL, Draft, Table
from newsletter.render.chart import Plate
from newsletter.render.clean import shortened

WORDS_A_MINUTE = 220
PREHEADER = (40, 110)
"""Least and most characters of the inbox preview."""
_ENDS = (re.compile(r"(?<=[.!?]) (?=[A-Z])"), re.compile(r"; "))
"""Where a preview that is too long is cut, the better places first."""

_PLACES = {"XNYS": "New York", "XNAS": "New York", "XLON": "London", "XTKS": "Tokyo"}


@dataclass(frozen=True, slots=True)
class Move:
    """What one ticker did this evening.

    Parameters
    ----------
    ticker : str
        As facts name it.
    shape : str
        ``▲``, ``▼``, ``■`` for no change, or empty for a level.
    value : str
        The fact's printed form.
    tone : str
        ``up``, ``down`` or empty.
    """

    ticker: str
    shape: str
    value: str
    tone: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The moves of the tickers in this take, with the kind of return in words."""

    moves: tuple[Move, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Charts and tables by place: charts are spread over the argument, tables follow it.

    Parameters
    ----------
    placed : tuple of tuple of Plate
        Charts after each section.
    tables : tuple of Table
        In the order of print.
    """

    placed: tuple[tuple[Plate, ...], ...]
    tables: tuple[Table, ...]

    def after(self, section: int) -> tuple[Plate, ...]:
        """Return the charts that stand after a section, counted from nought."""
        return self.placed[section]


def exhibits(plates: Sequence[Plate], tables: Sequence[Table], sections: int) -> Exhibits:
    """Place charts and tables; tables without rows are left out.

    Parameters
    ----------
    plates, tables
        In the order of the draft.
    sections : int
        How many sections there are; the first chart follows the first of them, the last
        chart the last.
    """
    placed: list[list[Plate]] = [[] for _ in range(sections)]
    for number, plate in enumerate(plates):
        share = number / max(len(plates) - 1, 1)
        placed[math.floor(share * (sections - 1) + 0.5)].append(plate)
    return Exhibits(tuple(map(tuple, placed)), tuple(t for t in tables if t.rows))


def strip(tickers: Sequence[str], ledger: Ledger) -> Strip:
    """Return the evening's move of each ticker that has one.

    Parameters
    ----------
    tickers : sequence of str
        Subjects of facts.
    ledger : Ledger
        Source of ``T.return.1d`` (else ``.total``) and of levels such as ``VIX.level``.

    Returns
    -------
    Strip
        Tickers without a fact are left out.
    """
    found: list[tuple[str, Fact]] = []
    for ticker in dict.fromkeys(tickers):
        ids = [f"{ticker}.level"]
        if ticker != "VIX":
            price, total = f"{ticker}.return.1d", f"{ticker}.return.1d.total"
            # Sectors are ranked, charted and told with dividends: the strip must agree.
            ranked = f"{ticker}.rank.1d" in ledger
            ids = [total, price, *ids] if ranked else [price, total, *ids]
        fact = next((ledger[id] for id in ids if id in ledger), None)
        if fact is not None:
            found.append((ticker, fact))
    kinds = {fact.kind for _, fact in found if fact.metric == "return"}
    mixed = len(kinds) > 1
    moves = tuple(_move(ticker, fact, mark_total=mixed) for ticker, fact in found)
    kind = "total" if kinds == {"total"} else "price"
    note = f"On the day, {kind} return." + (" * With dividends." if mixed else "")
    return Strip(moves, note if kinds else "At the close")


def _move(ticker: str, fact: Fact, *, mark_total: bool) -> Move:
    if fact.metric != "return":
        return Move(ticker, "", fact.forms["plain"], "")
    value = fact.forms["signed"]
    tone = {"+": "up", "\N{MINUS SIGN}": "down"}.get(value[0], "")
    shape = {"up": "▲", "down": "▼"}.get(tone, "■")
    total = mark_total and fact.kind == "total"
    return Move(ticker, shape, value + ("*" if total else ""), tone)


def minutes(draft: Draft) -> int:
    """Return the reading time of a filled draft, whole minutes, at least one."""
    prose = " ".join((draft.dek, *draft.bullets, draft.body()))
    return max(1, math.ceil(len(re.findall(r"\S+", prose)) / WORDS_A_MINUTE))


def preheader(draft: Draft) -> str:
    """Return an inbox preview of 40 to 110 characters.

    One that is too short is carried on with the standfirst, one that is too long is cut:
    at the end of a sentence, else of a part of one that a semicolon closes, else at a word.
    Half a statement may say what the ledger does not, and is then held up before it is sent.
    """
    least, most = PREHEADER
    text = draft.preheader
    for more in (draft.dek, *draft.bullets):
        if len(text) < least and more and more not in text:
            text = f"{text} {more}".strip()
    for ends in _ENDS if len(text) > most else ():
        whole = [match.start() for match in ends.finditer(text, least, most)]
        if whole:
            return text[: whole[-1]].rstrip(" ;") + ("" if ends is _ENDS[0] else "…")
    return shortened(text, most)


def long_date(session: Session) -> str:
    """Return ``Thursday 2 July 2026``."""
    return f"{session.date:%A} {session.date.day} {session.date:%B} {session.date.year}"


def date(day: dt.date) -> str:
    """Return ``2 July 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def close(session: Session) -> str:
    """Return ``New York close`` for a known exchange, else ``close``."""
    return f"{_PLACES[session.exchange]} close" if session.exchange in _PLACES else "close"


def instant(moment: dt.datetime, zone: str) -> str:
    """Return ``2 July 2026, 18:05 EDT`` in the publication's time zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{date(local)}, {local:%H:%M %Z}"


def hand(author: str) -> str:
    """Return a draft's author as print names it.

    Examples
    --------
    >>> hand("house-writer@2"), hand("model:small-7b"), hand("Ada Lovelace")
    ('the house writer (version 2)', 'a language model (small-7b)', 'Ada Lovelace')
    """
    if author.startswith(MODEL):
        return f"a language model ({author.removeprefix(MODEL)})"
    name, at, version = author.rpartition("@")
    return f"the {name.replace('-', ' ')} (version {version})" if at else author


def hand_line(author: str) -> str:
    """Return who wrote the edition and that a person answers for it."""
    return f"Drafted by {author}; reviewed and approved by a person before sending."


def data_line(labels: Sequence[str], ledger: Ledger) -> str:
    """Return where the figures come from and of which close they are."""
    day = date(ledger.session.date)
    if ledger.simulated:
        return f"Data: simulated market, closes of {day}."
    return f"Data: {', '.join(labels) or 'sources on request'}, closes of {day}."
