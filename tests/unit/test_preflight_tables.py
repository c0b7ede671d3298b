"""Tables and moves read out of a text, whatever became of its layout."""

import datetime as dt
import time
from decimal import Decimal

import pytest

from newsletter.preflight.example import given
from newsletter.preflight.phrases.statements import period_of, statements, subject_of
from newsletter.preflight.rule import Rule, RuleContext, rules
from newsletter.preflight.sentences.almanac import as_of, calendar, dateline, sessions
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.grids import Grid, grids

RUN_TOGETHER = """Compare that to the giants, which have shown mixed performance:

StocksYTD PerformanceOne Year Performance
First Corp. (AAA)36.80%34.94%
Second Inc. (BBB)-1.69%5.48%
Third Inc. Class A (CCC)16.31%10.82%
"""
SCATTERED = """Sector YTD 2026

Gain

Driver

P/E

Small caps

6.2%

Cuts

15x

Industrials (XLI)

5.1%

Rules

18x

Equal weight (RSP)

−3.9%

Size

19x

And here the text goes on.
"""
MARKDOWN = "| Fund | This year |\n| --- | --- |\n| Small caps (IWM) | −6.2% |\n| Note | none |\n"
HTML = (
    "<table><caption>Returns</caption><tr><th>Fund</th><th>Week</th></tr>"
    "<tr><th>IWM</th><td>+1.5%</td></tr></table>"
)
FAMILIES = "T X D M F H C Q G W P".split()
MINE = [r for r in rules().values() if r.id[0] in FAMILIES and r.id[1] in "12"]


def _values(grid: Grid) -> list[tuple[str, str, Decimal]]:
    return [(entry.row, entry.column, entry.value) for entry in grid.entries]


def test_rows_that_ran_together_are_taken_apart() -> None:
    document = Document.of_text(RUN_TOGETHER)
    (grid,) = grids(document)
    assert _values(grid) == [
        ("First Corp. (AAA)", "YTD Performance", Decimal("36.80")),
        ("First Corp. (AAA)", "One Year Performance", Decimal("34.94")),
        ("Second Inc. (BBB)", "YTD Performance", Decimal("-1.69")),
        ("Second Inc. (BBB)", "One Year Performance", Decimal("5.48")),
        ("Third Inc. Class A (CCC)", "YTD Performance", Decimal("16.31")),
        ("Third Inc. Class A (CCC)", "One Year Performance", Decimal("10.82")),
    ]
    assert "giants" in grid.about
    span = grid.entries[2].span
    assert document.text[span.start : span.end] == "-1.69%"


def test_cells_that_became_paragraphs_are_put_together() -> None:
    (grid,) = grids(Document.of_text(SCATTERED))
    assert _values(grid) == [
        ("Small caps", "Gain", Decimal("6.2")),
        ("Small caps", "P/E", Decimal(15)),
        ("Industrials (XLI)", "Gain", Decimal("5.1")),
        ("Industrials (XLI)", "P/E", Decimal(18)),
        ("Equal weight (RSP)", "Gain", Decimal("-3.9")),
        ("Equal weight (RSP)", "P/E", Decimal(19)),
    ]


@pytest.mark.parametrize(
    ("document", "row", "column", "value"),
    [
        (Document.of_markdown(MARKDOWN), "Small caps (IWM)", "This year", "-6.2"),
        (Document.of_html(HTML), "IWM", "Week", "1.5"),
    ],
)
def test_tables_of_every_format_are_grids(
    document: Document, row: str, column: str, value: str
) -> None:
    (grid,) = grids(document)
    assert _values(grid) == [(row, column, Decimal(value))]


def test_prose_is_no_table() -> None:
    assert grids(Document.of_text("SPY rose 1%.\n\nIWM fell 2%.\n\nQQQ rose 3%.")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SPY gained 13.15% this year while IWM rose 10.97%.",
         [("SPY", "13.15", "ytd"), ("IWM", "10.97", "ytd")]),
        ("The Russell 2000 rose 6.2% today, crushing the 1.8% rise of the S&P 500.",
         [("Russell 2000", "6.2", "1d"), ("S&P 500", "1.8", "1d")]),
        ("Over five sessions the small-cap fund is down 0.7%.", [("IWM", "-0.7", "5d")]),
        ("Losses: XLI (−5.1%).", [("XLI", "-5.1", "")]),
        ("Its volatility rose: SPY 12% a year.", []),
        ("If SPY gained 10% this year, so be it.", []),
        ("67% of S&P 500 members rose.", []),
    ],
)  # fmt: skip
def test_plain_moves_are_statements(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = [(s.subject, str(s.value), s.period) for s in statements(Document.of_text(text))]
    assert found == expected


def test_a_sentence_inherits_the_period_of_the_one_before_it_only() -> None:
    text = "This year was dull. SPY rose 1%. IWM rose 2%."
    assert [s.period for s in statements(Document.of_text(text))] == ["ytd", ""]


def test_cells_are_statements_with_the_period_of_their_column() -> None:
    (one,) = statements(Document.of_markdown(MARKDOWN))
    assert (one.subject, one.value, one.period, one.table) == ("IWM", Decimal("-6.2"), "ytd", True)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("YTD 2026 (Week 1)", "ytd"),
        ("over five sessions", "5d"),
        ("this year and today", ""),
        ("quiet", ""),
    ],
)
def test_one_period_or_none(text: str, period: str) -> None:
    assert period_of(text) == period


def test_a_label_is_known_by_its_ticker_else_its_name() -> None:
    assert [subject_of(x) for x in ("Apple Inc. (AAPL)", "S&P 500 (Equal-Weight)", "Gold")] == [
        "AAPL", "S&P 500 equal weight", "Gold",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Thursday 2 July 2026, New York close", dt.date(2026, 7, 2)),
        ("January 02, 2026\nA title that ends with a stop.", dt.date(2026, 1, 2)),
        ("The record of 30 June 2026 stands.\n\n▌Opinion·July 5, 2026", dt.date(2026, 7, 5)),
        ("It has risen without a break since 26 May 2000.", None),
        ("July 2", None),
    ],
)
def test_the_dateline_is_a_line_of_its_own(text: str, date: dt.date | None) -> None:
    found = dateline(Document.of_text(text))
    assert (found.date if found else None) == date


def test_a_text_speaks_of_the_last_session_up_to_its_dateline() -> None:
    sunday = Document.of_text("Sunday, July 5, 2026\n\nA text.")
    assert as_of(sunday, RuleContext()) == dt.date(2026, 7, 2)
    assert as_of(Document.of_text("A text."), given()) == dt.date(2026, 7, 2)
    assert as_of(Document.of_text("A text."), RuleContext()) is None


def test_sessions_are_those_of_the_calendar() -> None:
    # New York was closed on 1 January and on Friday 3 July 2026.
    days = calendar(given(), dt.date(2026, 7, 5))
    assert sessions(days, dt.date(2026, 1, 1), dt.date(2026, 1, 2)) == 1
    assert sessions(days, dt.date(2026, 6, 29), dt.date(2026, 7, 5)) == 4


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.id)
def test_time_grows_with_the_text_and_no_faster(rule: Rule) -> None:
    for example in rule.bad[:1]:
        piece = " ".join(example.text.replace(".", " ").split())[:300] + " "
        document = Document.of_text(piece * (15_000 // len(piece)))
        started = time.process_time()
        list(rule.run(document, example.given or given()))
        assert time.process_time() - started < 4
