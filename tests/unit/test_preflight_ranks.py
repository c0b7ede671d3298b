"""Places in a league, told in words."""

import preflight_support as support
import pytest

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Verdict
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

DAY = ("XLV", "XLU", "XLP", "XLF", "XLK")
MONTH = ("XLU", "XLF", "XLV", "XLP", "XLK")
GIANTS = {"IWM": "-0.58", "QQQ": "-1.71", "SPY": "-0.13"}


def ranks() -> list[Fact]:
    """Return five sectors ranked over a day and a month, three index funds."""
    made = [
        support.fact(f"{s}.rank.{label}", str(place), Unit.RANK, label, metric="rank", kind="total")
        for label, order in (("1d", DAY), ("1m", MONTH))
        for place, s in enumerate(order, 1)
    ]
    indices = [
        support.fact(f"{s}.record_close.sessions", "9", Unit.COUNT, metric="record_close_sessions",
                     kind="count")
        for s in GIANTS
    ]  # fmt: skip
    return [*made, *indices]


KEPT = [
    fact
    for fact in support.LEDGER
    if fact.metric != "rank" and fact.id != f"sectors.count.{fact.period.label}"
]
LEDGER = Ledger(Session(support.SESSION), "sha256:test", index_facts([*KEPT, *ranks()]))


def told(text: str) -> list[Verdict]:
    """Return the verdicts on places."""
    found = check(Document.of_text(text + "\n"), LEDGER)
    return [one.verdict for one in found.claims if one.kind == "rank"]


TRUE = (
    "Health care was the best sector today.",
    "The best sector was health care, the worst technology.",
    "On the day: best sector health care, worst technology.",
    "No sector did better today than health care.",
    "Nobody among the sectors had a worse day than technology.",
    "Health care topped the sector table.",
    "Technology propped up the table.",
    "Bringing up the rear, today as over the past month, was technology.",
    "Silver medal for utilities, second only to health care on the day.",
    "Utilities ranked second among the sectors on the day.",
    "Third place on the day, behind health care and utilities, belongs to consumer staples.",
    "Utilities were the pick of the sectors over the past month.",
    "Financials came second to last of the sectors on the day.",
    "Technology was the worst of the sectors on the day and over the month.",
    "Technology fell further than any other sector.",
    "Health care and utilities were the best of the sectors today.",
    "Consumer staples made the top three of the sectors on the day.",
    "Of the three index funds, the S&P 500 fund was the strongest.",
    "The Nasdaq-100 fund was the weakest of the index funds today.",
    "Even technology, the laggard of the sectors, traded.",
)
FALSE = (
    "Technology was the best sector today.",
    "The best sector was technology, the worst health care.",
    "On the day: best sector technology, worst health care.",
    "No sector did better today than financials.",
    "Nobody among the sectors had a worse day than utilities.",
    "Utilities topped the sector table.",
    "Financials propped up the table.",
    "Bringing up the rear, today as over the past month, was financials.",
    "Silver medal for financials, second only to health care on the day.",
    "Utilities ranked third among the sectors on the day.",
    "Second place on the day, behind health care alone, belongs to consumer staples.",
    "Health care was the pick of the sectors over the past month.",
    "Utilities came second to last of the sectors on the day.",
    "Health care was the best of the sectors on the day and over the month.",
    "Financials fell further than any other sector.",
    "Health care and financials were the best of the sectors today.",
    "Technology made the top three of the sectors on the day.",
    "Of the three index funds, the Nasdaq-100 fund was the strongest.",
    "Even health care, the laggard of the sectors, traded.",
)
ALONE = (
    "The best argument for small caps is their price.",
    "At best, small caps kept up.",
    "Technology was the first to say so.",
    "The worst may be over for technology.",
    "Of the sectors, we like health care best.",
    "The leader of the pack could be technology.",
    "Prices move first and reasons are found for them.",
)


@pytest.mark.parametrize("text", TRUE)
def test_true_places_are_proved(text: str) -> None:
    assert told(text)
    assert set(told(text)) == {Verdict.PROVED}


@pytest.mark.parametrize("text", FALSE)
def test_false_places_block(text: str) -> None:
    assert set(told(text)) & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", ALONE)
def test_remarks_are_left_alone(text: str) -> None:
    assert not told(text)


@pytest.mark.parametrize("name", ["Health care", "Utilities", "Technology"])
@pytest.mark.parametrize("word", ["best", "worst", "second-best"])
def test_a_denial_turns_the_verdict_round(name: str, word: str) -> None:
    one = told(f"{name} was the {word} sector today.")
    other = told(f"{name} was not the {word} sector today.")
    assert {one[0], other[0]} == {Verdict.PROVED, Verdict.CONTRADICTED}


@pytest.mark.parametrize("place", range(1, 6))
@pytest.mark.parametrize("label", ["on the day", "over the past month"])
def test_exactly_one_sector_holds_a_place(place: int, label: str) -> None:
    words = ("first", "second", "third", "fourth", "fifth")
    names = ("Health care", "Utilities", "Consumer staples", "Financials", "Technology")
    order = DAY if label == "on the day" else MONTH
    proved = [
        name
        for name in names
        if told(f"{name} ranked {words[place - 1]} among the sectors {label}.") == [Verdict.PROVED]
    ]
    assert [support.NAMES[order[place - 1]]] == [name.lower() for name in proved]
