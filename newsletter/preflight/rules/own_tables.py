"""What a text says of its own tables and figures is what they say."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.phrases.statements import (
    Statement,
    names,
    period_of,
    statements,
    subject_of,
)
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.grids import Entry, Grid, grids
from newsletter.preflight.text.passages import Sentence, lines

_GIANTS = frozenset({"AAPL", "AMZN", "GOOG", "GOOGL", "META", "MSFT", "NVDA", "TSLA"})
_SECTORS = frozenset("XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY".split())
_SMALL = frozenset({"IWM", "Russell 2000", "S&P SmallCap 600", "SPSM", "small caps"})
_GROUPS = (
    (_GIANTS, compiled(r"magnificent|mag[- ]?7|mega[- ]caps?|tech giants|giants", re.IGNORECASE)),
    (_SECTORS, compiled(r"\bsectors?\b", re.IGNORECASE)),
)
_FEWEST = 4
_REACH = 300
_ALL = compiled(
    r"\b(?P<all>every|each of|each|all (?:of )?(?:the |its |\w+ of the )?|none of|no"
    r"|across the board"
    r"|without exception)\b",
    re.IGNORECASE,
)
_UP = compiled(
    r"\b(?:rose|risen|gained|advanced|climbed|is up|are up|was up|were up|ended higher|positive)\b",
    re.IGNORECASE,
)
_DOWN = compiled(
    r"\b(?:fell|fallen|lost|declined|dropped|is down|are down|was down|were down|ended lower"
    r"|negative)\b",
    re.IGNORECASE,
)
_NONE = compiled(r"^(?:none|no)\b", re.IGNORECASE)
_BUT = compiled(r"\b(?:but|except|apart from|other than|save|bar|almost|nearly)\b", re.IGNORECASE)
_THESIS = compiled(
    r"\bleadership (?:is|was|has been) (?:\w+ly )?(?:shifting|changing|rotating|moving|passing)\b"
    r"|\b(?:shift|change|handoff|handover|turn) (?:in|of) (?:market |tech )?leadership\b"
    r"|\bend of (?:an era|the reign|the dominance)\b"
    r"|\bsmall[- ]?caps?\b[^.]{0,40}\b(?:outperform\w*|beat(?:ing|s)?|lead(?:ing|s)?|overtak\w+)\b"
    r"[^.]{0,40}\b(?:magnificent|mega[- ]caps?|giants)",
    re.IGNORECASE,
)
_POINTS = quick(
    r"\b(?:beat|beats|beating|beaten|outperform\w*|ahead of|led|leads|leading|tops?|topped|trail\w*"
    r"|lag\w*|behind|underperform\w*|outpac\w*)\b",
    re.IGNORECASE,
)
_SHOWS = compiled(
    r"\b(?:this|the|above|following) (?:\w+ )?(?:table|chart)\b|\b(?:table|chart) (?:above"
    r"|below)\b",
    re.IGNORECASE,
)
_SAYS = compiled(r"\b(?:shows?|shown|points? out|pointed out|illustrat\w+|compar\w+|confirms?)\b")
_TERMS = compiled(
    r"\b(?P<value>value)(?! of)\b|\b(?P<growth>growth)\b|\b(?P<small>small[- ]caps?)\b"
    r"|\b(?P<large>(?:large|mega)[- ]caps?)\b",
    re.IGNORECASE,
)
_TICKERS = {
    "value": frozenset({"IWD", "IWN", "VTV", "large value", "small value"}),
    "growth": frozenset({"IWF", "IWO", "VUG", "large growth", "small growth"}),
    "small": _SMALL,
    "large": frozenset({"SPY", "S&P 500", "Russell 1000", "IWB", "large caps", "MAGS"}) | _GIANTS,
}
_ROUNDING = Decimal("0.15")
_TABLE = """

| Fund | YTD |
| --- | --- |
| Nvidia (NVDA) | {} |
| Apple (AAPL) | 11.7% |
| Microsoft (MSFT) | {} |
| Tesla (TSLA) | 28.0% |
"""
_LEADERS, _LAGGARDS = _TABLE.format("36.8%", "16.3%"), _TABLE.format("6.8%", "1.3%")
_CLAIM = "The Russell 2000 was up 13.9% this year. Market leadership is genuinely shifting."
_CELLS = """

| Sector | Week |
| --- | --- |
| Financials (XLF) | +4.2% |
| Energy (XLE) | {} |
| Technology (XLK) | +1.0% |
| Utilities (XLU) | +0.1% |
"""
_STYLES = """

| Fund | Week |
| --- | --- |
| Large value (IWD) | 2% |
| Large growth (IWF) | 1% |
"""
_EVERY = "Over five sessions every one of these sectors rose."


@rule(
    "X11",
    citation="House: a claim of all holds in each cell (market-commentary A4, S2)",
    good=(
        _EVERY + _CELLS.format("+0.2%"),
        _EVERY.replace("every", "almost every") + _CELLS.format("−0.2%"),
        "Every sector rose.",
    ),
    bad=(
        _EVERY + _CELLS.format("−0.2%"),
        "Not one was spared: over five sessions all the sectors fell." + _CELLS.format("−3%"),
        "In the week no sector fell." + _CELLS.format("−0.2%"),
    ),
)
def universal_claim(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find claims about all sectors or giants that a cell of the text's own table denies."""
    tables = grids(document)
    for sentence in lines(document) if tables else ():
        text = sentence.text
        match = sentence.search(_ALL)
        if match is None or sentence.search(_BUT):
            continue
        for members, noun in _GROUPS:
            denied = _denied(text[match.start() :], members, tables, period_of(text))
            if noun.search(text, match.start()) and denied is not None:
                message = f"“{match[0].strip()}” is denied by the text's own table: {denied.row} {denied.value}%."  # noqa: E501
                yield sentence.of(match), message


def _denied(
    text: str, members: frozenset[str], tables: tuple[Grid, ...], period: str
) -> Entry | None:
    up, down = _UP.search(text), _DOWN.search(text)
    if bool(up) == bool(down) or not period:
        return None
    wants_up = bool(up) != bool(_NONE.match(text))
    for entry in _column(members, tables, period):
        if entry.value and (entry.value > 0) != wants_up:
            return entry
    return None


def _column(members: frozenset[str], tables: tuple[Grid, ...], period: str) -> list[Entry]:
    """Return the entries of a table over a group for a period, or nothing."""
    for grid in tables:
        for name in grid.columns:
            if (period_of(name) or period_of(grid.about)) == period:
                entries = [e for r, e in grid.column(name).items() if subject_of(r) in members]
                if len(entries) >= _FEWEST:
                    return entries
    return []


@rule(
    "X12",
    citation="House: a thesis its own table denies is none (market-commentary A4, S4)",
    good=(_CLAIM + _LAGGARDS, _CLAIM, "The Russell 2000 was up 13.9% this year." + _LEADERS),
    bad=(
        _CLAIM + _LEADERS,
        "IWM is up 13.9% this year. Small caps are beating the Magnificent Seven." + _LEADERS,
    ),
)
def denied_thesis(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find talk of small caps taking the lead where the text's own table has them behind.

    The table must hold at least four of the largest companies; a majority of them (one
    row a company) ahead of the best small-cap figure of the same period denies the thesis.
    """
    thesis = next(
        ((s, m) for s in lines(document) for m in [s.search(_THESIS)] if m is not None), None
    )
    tables = grids(document) if thesis else ()
    small = [s for s in statements(document) if s.subject in _SMALL] if tables else []
    if thesis is None or not small:
        return
    for period in sorted({one.period for one in small if one.period}):
        best = max(one.value for one in small if one.period == period)
        rows = {
            "GOOGL" if subject_of(e.row) == "GOOG" else subject_of(e.row): e.value
            for e in _column(_GIANTS, tables, period)
        }
        behind = sum(value < best for value in rows.values())
        if rows and 2 * behind < len(rows):
            message = f"“{thesis[1][0]}” is denied by the text's own table: {behind} of {len(rows)} trail {best}% ({period})."  # noqa: E501
            yield thesis[0].of(thesis[1]), message


@rule(
    "X13",
    citation="House: a difference is that of its two figures (market-commentary A4, S1)",
    good=(
        "SPY rose 1.8% this year and RSP rose 3.9% this year. RSP beat SPY by 2.1 points.",
        "SPY rose 1.8% this year. RSP beat SPY by 4 points.",
        "SPY rose 1.8% this year, RSP rose 3.9% this year. Over a month RSP beat SPY by 4 points.",
    ),
    bad=(
        "SPY rose 1.8% this year and RSP rose 3.9% this year. RSP beat SPY by 4 points.",
        "IWM is up 20.9% this year. SPY is up 9.2% this year. IWM leads SPY by 15 points.",
    ),
)
def wrong_difference(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find leads and lags in points that the text's own two figures do not give."""
    claims = [
        (sentence, figure)
        for sentence in lines(document)
        if sentence.search(_POINTS)
        for figure in sentence.figures
        if figure.kind is FigureKind.POINTS and figure.value is not None
    ]
    stated = statements(document) if claims else ()
    for sentence, figure in claims:
        told = _difference(sentence, figure, stated)
        if told is None or figure.value is None:
            continue
        slack = _ROUNDING + Decimal(1).scaleb(-figure.places) / 2
        if abs(abs(figure.value) - told[0]) > slack:
            span = sentence.within(figure.start, figure.end)
            yield span, f"The text's own figures differ by {told[0]} points: {told[1]}."


def _difference(
    sentence: Sentence, figure: Figure, stated: tuple[Statement, ...]
) -> tuple[Decimal, str] | None:
    ahead = sentence.text[max(0, figure.start - _REACH) : figure.start]
    verb = _POINTS.search(ahead)
    named = list(names(ahead))
    before = [name for _, end, name in named if verb and end <= verb.start()]
    after = [name for start, _, name in named if verb and start >= verb.end()]
    if not before or len(after) != 1:
        return None
    subjects = (before[-1], after[0])
    start = sentence.text.rfind(";", 0, figure.start) + 1
    period = period_of(sentence.text[start : figure.end]) or period_of(sentence.text)
    sides = [
        {(s.value, s.period) for s in stated if s.subject == subject and period in {"", s.period}}
        for subject in subjects
    ]
    if any(len(side) != 1 for side in sides):
        return None
    (first, one), (second, other) = sides[0].pop(), sides[1].pop()
    if one != other:
        return None
    return abs(first - second), f"{subjects[0]} {first}%, {subjects[1]} {second}%"


@rule(
    "X14",
    citation="House: a caption promises what the table has (market-commentary A4, S1)",
    good=(
        "This table shows value and growth." + _STYLES,
        "This table shows the sectors." + _CELLS.format("1%"),
        "This table shows value crushing growth.",
    ),
    bad=(
        "This table shows value crushing growth." + _CELLS.format("1%"),
        "Small caps beat large caps, as the table above shows." + _CELLS.format("1%"),
    ),
)
def empty_caption(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences that claim for a table what it has neither row nor column for."""
    found = [(s, m) for s in lines(document) for m in [s.search(_SHOWS)] if m and s.search(_SAYS)]
    tables = [grid for grid in grids(document) if grid.entries] if found else []
    for sentence, match in found if tables else ():
        promised = {m.lastgroup or "" for m in sentence.find(_TERMS)}
        held = {name for grid in tables for name in _held(grid)}
        missing = sorted(promised - held)
        if missing and len(promised) > 1:
            yield sentence.of(match), f"No table of the text has a row for {' or '.join(missing)}."


def _held(grid: Grid) -> set[str]:
    labels = (*grid.labels, *grid.columns)
    terms = {m.lastgroup or "" for label in labels for m in _TERMS.finditer(label)}
    subjects = {subject_of(label) for label in labels}
    return terms | {name for name, members in _TICKERS.items() if members & subjects}
