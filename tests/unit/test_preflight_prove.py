"""What the ledger says is proved; what it does not say is not, however near."""

import pytest
from preflight_support import BRIEFING, LEDGER, claims, report, unproved, verdict

from newsletter.preflight.check import check
from newsletter.preflight.figures.numbers import find
from newsletter.preflight.ledger.entries import Book
from newsletter.preflight.proof.prove import prove
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.sentences.reading import Reader
from newsletter.preflight.text.document import Document
from newsletter.preflight.who.subjects import Subjects

V = Verdict


@pytest.mark.parametrize(
    "text",
    [
        "IWM is up 20.9% this year.",
        "IWM is up 21% this year.",
        "The small-cap fund has gained 20.89% year to date.",
        "This year small caps have risen 20.9 percent.",
        "SPY slipped 0.1% today.",
        "A year to date of +20.9% for IWM.",
        "IWM and SPY are up 20.9% and 9.2% this year.",
        "IWM fell 0.6% today. It is up 20.9% this year.",
        "IWM beat SPY by 11.7 points this year.",
        "This year SPY trails IWM by 11.7 points.",
        "QQQ beat SPY by 6.8 points this year.",
        "The VIX closed at 16.15.",
        "The VIX closed at 16.",
        "Consumer staples ranked third on the day.",
        "Four of the seven mega caps trail the small-cap fund this year.",
        "Three of the seven is not claimed here: 4 of 7 mega caps lag it this year.".split(": ")[1],
        "337 of 500 members stand above their 50-day average.",
        "Small caps closed at $297.58, below their record of $300.45.",
        "The record close of IWM was on 30 June 2026.",
        "IWM made its record close on Tuesday.",
        "About two thirds of members closed above their 50-day average.",
        "Prices as of Thursday 2 July 2026.",
        "The year is counted from the close of 31 December 2025.",
    ],
)
def test_true_statements_are_proved(text: str) -> None:
    assert unproved(text) == []


@pytest.mark.parametrize(
    ("text", "claim", "expected"),
    [
        ("IWM is up 21.0% this year.", "21.0%", V.CONTRADICTED),
        ("IWM is up 20.8% this year.", "20.8%", V.CONTRADICTED),
        ("IWM is down 20.9% this year.", "20.9%", V.CONTRADICTED),
        ("IWM returned −20.9% this year.", "−20.9%", V.CONTRADICTED),
        ("Semiconductors: 4.5%.", "4.5%", V.CONTRADICTED),
        ("SPY is up 20.9% this year.", "20.9%", V.CONTRADICTED),
        ("SPY is up 20.9% this year against 9.2% for IWM.", "20.9%", V.CONTRADICTED),
        ("SPY is up 20.9% this year against 9.2% for IWM.", "9.2%", V.CONTRADICTED),
        ("SPY and IWM are up 20.9% and 9.2% this year.", "20.9%", V.CONTRADICTED),
        ("IWM is up 20.9% today.", "20.9%", V.CONTRADICTED),
        ("IWM rose 20.9%.", "20.9%", V.CONTRADICTED),
        ("IWM gained 37.7% this year.", "37.7%", V.CONTRADICTED),
        ("SPY beat IWM by 11.7 points this year.", "11.7 points", V.CONTRADICTED),
        ("IWM beat SPY by 11.7% this year.", "11.7%", V.CONTRADICTED),
        ("Five of the seven mega caps trail IWM this year.", "Five of the seven", V.CONTRADICTED),
        ("Four of the six mega caps trail IWM this year.", "Four of the six", V.CONTRADICTED),
        ("Eight of the twelve sectors rose.", "Eight of the twelve", V.CONTRADICTED),
        ("Consumer staples ranked second on the day.", "second", V.CONTRADICTED),
        ("68% of members closed above their 50-day average.", "68%", V.CONTRADICTED),
        ("67% of members closed below their 50-day average.", "67%", V.AMBIGUOUS),
        ("IWM's record close was on 29 June 2026.", "29 June 2026", V.CONTRADICTED),
        ("Thursday 2 July 2025.", "Thursday 2 July 2025", V.CONTRADICTED),
        ("Wednesday 2 July 2026.", "Wednesday 2 July 2026", V.CONTRADICTED),
        ("Since 2001 small caps have led.", "2001", V.UNSUPPORTED),
        ("The Fed meets on 29 July.", "29 July", V.UNSUPPORTED),
        ("Gold is up 20.9% this year.", "20.9%", V.AMBIGUOUS),
        ("Payrolls grew by 73,000.", "73,000", V.UNSUPPORTED),
        ("Gold costs €40.", "€40", V.UNSUPPORTED),
        ("It closed above its 100-day average.", "100-day", V.UNSUPPORTED),
        ("The VIX closed at 16.16.", "16.16", V.CONTRADICTED),
        ("In −0.1 point for all days, against 49% now.", "49%", V.CONTRADICTED),
    ],
)
def test_false_statements_are_not(text: str, claim: str, expected: Verdict) -> None:
    assert verdict(text, claim) is expected


@pytest.mark.parametrize(
    ("text", "printed", "expected"),
    [
        ("IWM is up by nearly twenty-one percent this year.", "twenty-one percent", V.PROVED),
        ("IWM is up by more than a fifth this year.", "a fifth", V.PROVED),
        ("IWM is down by more than a fifth this year.", "a fifth", V.CONTRADICTED),
        ("IWM is up by more than twenty-one percent this year.", "twenty-one percent",
         V.CONTRADICTED),
        ("IWM is up more than twice as much as SPY this year.", "twice as", V.PROVED),
        ("IWM is up less than twice as much as SPY this year.", "twice as", V.CONTRADICTED),
        ("The 20.9% gain of IWM this year dwarfs the 9.2% gain of SPY.", "9.2%", V.PROVED),
        ("Small caps closed at $300.45, below their record.", "$300.45", V.CONTRADICTED),
        ("Small caps closed at $297.58, below their record.", "$297.58", V.PROVED),
        ("IWM gained 20.9% in June.", "20.9%", V.AMBIGUOUS),
        ("IWM gained 20.9% last quarter.", "20.9%", V.AMBIGUOUS),
        ("IWM fell 0.6% on Wednesday.", "0.6%", V.AMBIGUOUS),
        ("IWM fell 0.6% on Thursday.", "0.6%", V.PROVED),
        ("IWM made its record close on the thirtieth of June.", "the thirtieth of June", V.PROVED),
        ("IWM made its record close on the third of June.", "the third of June", V.CONTRADICTED),
        ("SPY made its record close on 30 June 2026.", "30 June 2026", V.UNSUPPORTED),
        ("The VIX closed above 12.", "12", V.PROVED),
        ("The VIX closed above 20.", "20", V.CONTRADICTED),
        ("It was the fourth straight gain for IWM.", "fourth", V.UNSUPPORTED),
        ("IWM has risen for six sessions in a row.", "six sessions", V.UNSUPPORTED),
        ("Four gains in a row for SPY.", "Four", V.UNSUPPORTED),
    ],
)  # fmt: skip
def test_words_bounds_periods_and_runs(text: str, printed: str, expected: Verdict) -> None:
    (figure,) = _figures(text, printed)
    assert figure is expected


def _figures(text: str, printed: str) -> list[Verdict]:
    """Return the verdicts on a figure itself, whatever wider claims say of it."""
    book, reader = Book.of(LEDGER), Reader(Subjects.of(LEDGER, {}))
    return [
        prove(reading, book).verdict
        for block in Document.of_text(text).blocks
        for reading in reader.read(block, find(block.text))
        if block.text[reading.figure.start : reading.figure.end] == printed
    ]


def test_a_contradiction_names_the_fact_and_the_truth() -> None:
    (claim,) = claims("IWM is up 25.0% this year.")
    assert (claim.fact, claim.expected) == ("IWM.return.ytd", "+20.89%")
    (finding,) = report("IWM is up 25.0% this year.").findings
    assert (finding.rule, finding.severity) == ("N01", Severity.BLOCK)
    assert "+20.89%" in finding.message


def test_the_example_briefing_raises_no_alarm() -> None:
    found = report(BRIEFING)
    assert [c.text for c in found.claims if c.verdict not in {V.PROVED, V.OPINION}] == []
    assert found.findings == ()
    assert len(found.claims) > 40


def test_table_cells_are_read_with_their_headers() -> None:
    table = "| Fund | Today | This year |\n|---|---|---|\n| IWM | {} | {} |\n| IWD* | | +18.2% |"
    note = "\n\nPrice change. * With dividends."
    assert unproved(table.format("−0.6%", "+20.9%") + note) == []
    assert unproved(table.format("+20.9%", "−0.6%") + note) == ["+20.9%", "−0.6%"]


def test_percentages_in_furniture_are_claims_and_addresses_are_not() -> None:
    text = "IWM fell 0.6% today.\n\n~~~\n1 Main Street, NY 10001 · 3 min read · 2 July 2026 · {}"
    clean = check(Document.of_text(text.format("© 2026")), LEDGER)
    assert [c.text for c in clean.claims] == ["0.6%"]
    abused = check(Document.of_text(text.format("gold rose 12.5%")), LEDGER)
    assert abused.blocked


def test_a_stale_date_in_the_masthead_blocks() -> None:
    stale = "<p data-furniture>Wednesday 1 July 2026</p><p>IWM fell 0.6% today.</p>"
    assert check(Document.of_html(stale), LEDGER).blocked
    assert not check(Document.of_html(stale.replace("Wednesday 1", "Thursday 2")), LEDGER).blocked


@pytest.mark.parametrize(
    "text",
    [
        "IWM is up 2\u00ad5.0% this year.",
        "IWM is up \uff12\uff15\uff0e\uff10\uff05 this year.",
        "IWM is up \u0662\u0665\u066b\u0660\u066a this year.",
        "IWM is up 25\u200b.0\u2060% this year.",
        "IWM is up <b>25</b>.0% this year.",
        "IWM is up **25**.0% this year.",
        "IWM is up twenty-five percent this year.",
    ],
)
def test_a_false_figure_cannot_hide_in_its_spelling(text: str) -> None:
    assert report(text).blocked


def test_too_many_figures_are_refused_not_skipped() -> None:
    found = report("IWM fell 0.6% today. " * 1200)
    assert any(finding.rule == "N03" for finding in found.findings)
