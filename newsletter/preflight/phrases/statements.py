"""Statements: who moved by how much over which period, as a text itself says, no ledger asked.

What a text says in one place is held against what it says in another. Only plain moves are
read (``SPY gained 13.15%``, ``XLI (+5.1%)``, ``the S&P 500's 1.2%``, a cell of a table);
whatever is not plain is left out, since a wrong reading would fault a good text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.figures.cues import LABELS, PERIOD
from newsletter.preflight.figures.direction_words import DOWN
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.report import Span
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import scan, whole
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.grids import Grid, grids
from newsletter.preflight.text.once import once
from newsletter.preflight.text.passages import Sentence, lines

_EQUAL = "S&P 500 equal weight"
_NAMES: tuple[tuple[str, str], ...] = (
    (_EQUAL, r"S&P(?: 500)? \(?equal[- ]weight(?:ed)?\)?(?: index)?"),
    (_EQUAL, r"equal[- ]weight(?:ed)?(?: S&P(?: 500)?\b| S and P\b)?(?: fund| index| ETF)?|RSP\b"),
    ("S&P SmallCap 600", r"S&P (?:SmallCap )?600(?: Small Cap)?(?: Index)?"),
    ("SPSM", r"SPSM(?: ETF)?"),
    ("IWM", r"IWM(?: ETF)?|(?:the )?small-cap fund"),
    ("Russell 2000 value", r"Russell 2000 Value(?: Index)?"),
    ("Russell 2000 growth", r"Russell 2000 Growth(?: Index)?"),
    ("Russell 2000", r"Russell 2000(?: Index)?"),
    ("Russell 1000", r"Russell 1000(?: Index)?"),
    ("SPY", r"S&P 500 fund|\(?SPY\)?"),
    ("S&P 500", r"S&P(?: 500)?(?: Index)?|cap[- ]weight(?:ed)?(?: \w+)?"),
    ("QQQ", r"Nasdaq-100 fund|QQQ"),
    ("Nasdaq-100", r"Nasdaq[- ]100(?: Index)?"),
    ("DIA", r"Dow fund|DIA"),
    ("MAGS", r"MAGS|Magnificent Seven fund"),
    ("small growth", r"small[- ]cap growth|small growth|IWO\b"),
    ("small value", r"small[- ]cap value|small value|IWN\b"),
    ("large growth", r"large[- ]cap growth|large growth|IWF\b"),
    ("large value", r"large[- ]cap value|large value|IWD\b"),
    ("small caps", r"small[- ]?caps?(?: (?:companies|stocks|shares|names))?|small companies"),
    ("large caps", r"large[- ]?caps?(?: (?:companies|stocks|shares|names))?|large companies"),
)  # fmt: skip
_NO_TICKER = (
    "AI|AM|ATH|CEO|CFO|CPI|DMA|ECB|EPS|EST|EDT|ET|ETF|ETFs|EU|FED|FOMC|GDP|IPO|ISM|MA|NSE|OPEC"
    "|PCE|PE|PM|PMI|RSI|SEC|UK|US|USA|USD|VIX|VS|YTD|NYSE|EW|CW|OR|AND|THE|UTC|NY|TV"
)
NAME = compiled(
    r"(?-i:(?<![A-Za-z]))(?=[A-Za-z(])(?:"  # all of them begin so: most places are left at once
    + "|".join(
        f"(?P<n{i}>(?<![A-Za-z])(?:{pattern})(?![A-Za-z0-9]))"
        for i, (_, pattern) in enumerate(_NAMES)
    )
    + r"|(?P<ticker>(?-i:(?<![A-Za-z$])(?!(?:"
    + _NO_TICKER
    + r")\b)[A-Z]{2,5}(?![A-Za-z0-9.]))))",
    re.IGNORECASE,
)
_VERB = (
    r"(?:(?:is|are|was|were|has|have|had|stands?|stood) )?(?:now |already |also |just |been )?"
    r"(?:up|down|rose|risen|fell|fallen|gained|lost|added|climbed|dropped|advanced|declined|slid"
    r"|slipped|edged up|edged down|surged|jumped|soared|plunged|tumbled|sank|rallied|returned"
    r"|higher|lower|returning|gaining|rising|falling|leading at|at)"
)
_LINK = compiled(
    r"^(?:\)|,? which|\s)*\s?(?:"
    rf"(?:[\w'-]+ ){{0,3}}?{_VERB}(?: by| of| about| over| only| just| a mere| a| almost"
    rf"| nearly)*\s?"
    r"|\(\s?|'s (?:gain of |rise of |fall of |loss of |return of )?|: )$",
    re.IGNORECASE,
)
_OF = compiled(
    r"^ ?(?:(?:rise|gain|fall|loss|drop|advance|return|decline|jump|surge) (?:of|for|in)|for)"
    r" (?:the )?$",
    re.IGNORECASE,
)
_FIRST_WEEK = compiled(r"\bfirst week\b|\bweek (?:1|one)\b", re.IGNORECASE)
_LONG = compiled(r"\b(?:years|decades?|quarter-century|history|since)\b", re.IGNORECASE)
_OTHER = quick(
    r"volatil|drawdown|peak-to-trough|correlat|dividend|total return|of the time|percentile|median"
    r"|average|discount|premium|earnings|profit|revenue|forecast|project|inflow|outflow|yield"
    r"|\bbeta\b|probab|odds|weight(?:s|ing)\b|members|breadth|since|record|\bfrom\b|\bhigh\b"
    r"|\blow\b"
    r"|\bif\b|\bwould\b|\bneed|margin|target|instance|\bwhen\b|chopp",
    re.IGNORECASE,
)
_DOWN = quick(rf"\b(?:{DOWN})\b", re.IGNORECASE)
_NEAR = 80
_PERCENT = compiled(r"\d ?%|\bper ?cent")
_CELL_PERIODS = compiled(r"\b(?:gain|change|performance|return)s?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A move as the text states it.

    Parameters
    ----------
    subject : str
        Its name in one spelling, or a ticker.
    value : decimal.Decimal
        Percent, signed.
    places : int
        Decimals printed.
    period : str
        ``1d``, ``5d``, ``1m`` …; empty where the sentence says none or several.
    span : Span
        Where the figure stands.
    table : bool
        True where it is a cell.
    """

    subject: str
    value: Decimal
    places: int
    period: str
    span: Span
    table: bool = False


def names(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and the one spelling of each subject named in a text."""
    for match in scan(NAME, text):
        group = match.lastgroup or ""
        name = match[0] if group == "ticker" else _NAMES[int(group[1:])][0]
        yield match.start(), match.end(), name


@lru_cache(maxsize=2048)
def period_of(text: str) -> str:
    """Return the one period that a text names, empty where it names none or several."""
    found = set()
    for match in scan(PERIOD, text):
        group = next(name for name, value in match.groupdict().items() if value)
        found.add(
            "5d" if group == "p5d" else min(LABELS[group]) if len(LABELS[group]) == 1 else group[1:]
        )
    if whole(text).search(_FIRST_WEEK):
        found = {"ytd"}
    return found.pop() if len(found) == 1 else ""


@once
def statements(document: Document) -> tuple[Statement, ...]:
    """Return every plain move that a text states, in prose and in tables."""
    found: list[Statement] = []
    last: Sentence | None = None
    for sentence in lines(document):
        before = last.text if last is not None and last.block is sentence.block else ""
        last = sentence
        if not sentence.search(_PERCENT) or sentence.search(_OTHER):
            continue
        period = period_of(sentence.text)
        if not period and not sentence.search(PERIOD) and not sentence.search(_LONG):
            period = period_of(before)
        found.extend(_of_sentence(sentence, sentence.text, period))
    for grid in grids(document):
        found.extend(_of_grid(grid))
    return tuple(found)


def _of_sentence(sentence: Sentence, text: str, period: str) -> Iterator[Statement]:
    named = list(names(text))
    for figure in sentence.figures:
        if figure.kind is not FigureKind.PERCENT or figure.value is None:
            continue
        told = _subject(named, figure, text)
        if told is not None:
            subject, words = told
            value = -figure.value if not figure.sign and _DOWN.search(words) else figure.value
            span = sentence.within(figure.start, figure.end)
            yield Statement(subject, value, figure.places, period, span)


def _subject(
    named: list[tuple[int, int, str]], figure: Figure, text: str
) -> tuple[str, str] | None:
    """Return whose figure it is and the words between, or None where that is not plain."""
    before = [name for name in named if 0 <= figure.start - name[1] <= _NEAR]
    if before and _LINK.search(text[before[-1][1] : figure.start]):
        return before[-1][2], text[before[-1][1] : figure.start]
    after = [name for name in named if 0 <= name[0] - figure.end <= _NEAR]
    if after and _OF.search(text[figure.end : after[0][0]]):
        return after[0][2], text[figure.end : after[0][0]]
    return None


def _of_grid(grid: Grid) -> Iterator[Statement]:
    shared = period_of(grid.about)
    if _OTHER.search(grid.about.replace("last close", "")):
        return
    for entry in grid.entries:
        if entry.kind is not FigureKind.PERCENT or "*" in entry.row:
            continue
        own = period_of(entry.column)
        if own or _CELL_PERIODS.search(entry.column):
            yield Statement(
                subject_of(entry.row), entry.value, entry.places, own or shared, entry.span, True
            )


def subject_of(label: str) -> str:
    """Return the one spelling of what a row label names: its ticker, its name, or itself."""
    ticker = re.search(r"\(([A-Z]{2,5})\)", label)
    if ticker:
        return ticker[1]
    return next((name for _, _, name in names(label)), label.strip())
