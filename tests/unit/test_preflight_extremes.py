"""Records, the highest since a day, and firsts, told in words."""

import datetime as dt

import preflight_support as support
import pytest

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.moments import length, moment
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

SINCE = "since:2000-05-26"
FINE = {Verdict.PROVED}


def dated(id: str, day: dt.date, metric: str) -> Fact:
    """Make a fact whose value is a day."""
    return support.fact(id, day, Unit.DATE, SINCE, metric=metric, kind="date")


def records() -> list[Fact]:
    """Return records: small caps below theirs, health care at it."""
    distances = (("IWM", "-0.96"), ("SPY", "-2.40"), ("XLV", "0"), ("XLK", "-12.1"))
    days = (
        ("IWM", dt.date(2026, 6, 30)),
        ("SPY", dt.date(2026, 6, 3)),
        ("XLV", support.SESSION),
        ("XLK", dt.date(2026, 3, 4)),
        ("VIX", dt.date(2020, 3, 16)),
    )
    return [
        *(
            support.fact(
                f"{s}.distance_from_record.close", value, Unit.PERCENT, SINCE,
                metric="distance_from_record",
            )
            for s, value in distances
        ),
        *(dated(f"{s}.record_close.date", day, "record_close") for s, day in days),
        support.fact("XLK.drawdown.now", "-12.1", Unit.PERCENT, "1y", metric="drawdown"),
        support.fact("XLV.drawdown.now", "0", Unit.PERCENT, "1y", metric="drawdown"),
        support.fact("KRE.drawdown.now", "0", Unit.PERCENT, "1y", metric="drawdown"),
    ]  # fmt: skip


def sinces() -> list[Fact]:
    """Return days since when something was not as high or as low, and precedents."""
    return [
        dated("KRE.highest_close_since.date", dt.date(2025, 3, 14), "highest_close_since"),
        dated("SMH.lowest_close_since.date", dt.date(2026, 4, 13), "lowest_close_since"),
        dated("IWM/SPY.ratio.lowest_since", dt.date(2026, 2, 10), "lowest_ratio_since"),
        dated("sp500.breadth.above_50d_highest_since", dt.date(2026, 2, 10),
              "breadth_highest_since"),
        dated("sp500.breadth.ad_line.record", support.SESSION, "ad_line_record"),
        dated("SPY.first.below_200d.since", dt.date(2025, 5, 9), "first_below_200d_since"),
    ]  # fmt: skip


MADE = [*records(), *sinces()]
KEPT = [fact for fact in support.LEDGER if fact.metric not in {one.metric for one in MADE}]
LEDGER = Ledger(Session(support.SESSION), "sha256:test", index_facts([*KEPT, *MADE]))


def told(text: str) -> list[Verdict]:
    """Return the verdicts on what is called an extreme."""
    found = check(Document.of_text(text + "\n"), LEDGER)
    return [one.verdict for one in found.claims if one.kind == "extreme"]


TRUE = (
    "Health care closed at a record.",
    "Another record for health care.",
    "Health care has never closed higher.",
    "Health care finished at its highest level ever.",
    "IWM made a record close on Tuesday.",
    "Small caps' record close, which they did not trouble today, dates from 30 June.",
    "The record of the S&P 500 fund was set on the third of June.",
    "Technology is below its record close.",
    "Technology has yet to regain its record.",
    "Technology has not made a record since March.",
    "Small caps sit within two percent of their record.",
    "Regional banks closed at their highest since March 2025.",
    "Regional banks closed at their highest in more than a year.",
    "Regional banks have not closed this high since the spring of last year.",
    "The semiconductor fund closed at its lowest since mid-April.",
    "Not since 13 April has the semiconductor fund closed this low.",
    "Semiconductors: lowest close in eleven weeks.",
    "The ratio of IWM to SPY is at its lowest since 10 February.",
    "The share of S&P 500 members above their 50-day average is the highest since February.",
    "The S&P 500 fund closed below its 200-day average for the first time since May 2025.",
)
FALSE = (
    "Small caps closed at a record.",
    "A record high for technology!",
    "Technology has never closed higher.",
    "The S&P 500 fund is on top of the world.",
    "IWM made a record close on Monday.",
    "The record of the S&P 500 fund was set on the third of May.",
    "Health care remains short of its record.",
    "Technology has not made a record since May.",
    "Technology is back at its record.",
    "Technology sits within two percent of its record.",
    "Regional banks closed at their lowest since March 2025.",
    "Regional banks closed at their highest in three years.",
    "Technology closed at its highest of the past year.",
    "The semiconductor fund closed at its lowest since January.",
    "Not since 13 January has the semiconductor fund closed this low.",
    "Semiconductors: lowest close in eleven months.",
    "The ratio of IWM to SPY is at its highest since 10 February.",
    "The share of S&P 500 members above their 50-day average is the highest on record.",
    "The VIX closed at an all-time high.",
    "The S&P 500 fund closed below its 200-day average for the first time since 2022.",
    "The S&P 500 fund had its best week since March.",
    "Bullish sentiment climbed to a two-year high.",
    "Utilities fell to a twenty-year low.",
)
ALONE = (
    "A pause after a record is the least alarming thing a leader can do.",
    "Whether small caps can close above 300.45, their record close.",
    "If small caps make a record, we would change our mind.",
    "Records are made to be broken.",
    "Its track record is short.",
    "Markets make new highs more often than people think.",
)


@pytest.mark.parametrize("text", TRUE)
def test_true_extremes_are_proved(text: str) -> None:
    assert told(text)
    assert set(told(text)) == FINE


@pytest.mark.parametrize("text", FALSE)
def test_false_extremes_block(text: str) -> None:
    assert set(told(text)) & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", ALONE)
def test_remarks_and_conditions_are_left_alone(text: str) -> None:
    assert not told(text)


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("{} closed at a record.", "{} did not close at a record."),
        ("{} set a record today.", "{} failed to set a record today."),
        ("{} is below its record.", "{} is not below its record."),
        ("{} is at its peak.", "{} is not at its peak."),
    ],
)
@pytest.mark.parametrize("name", ["Health care", "Technology", "The S&P 500 fund"])
def test_a_denial_turns_the_verdict_round(said: str, denied: str, name: str) -> None:
    one, other = told(said.format(name)), told(denied.format(name))
    assert {Verdict.PROVED, Verdict.CONTRADICTED} == {one[0], other[0]}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1 July", "2026-07-01", "2026-07-01"),
        ("the sixth of January", "2026-01-06", "2026-01-06"),
        ("mid-February, the thirteenth", "2026-02-13", "2026-02-13"),
        ("May of last year", "2025-05-01", "2025-05-31"),
        ("the last day of January", "2026-01-28", "2026-01-31"),
        ("December", "2025-12-01", "2025-12-31"),
        ("the spring of 2022", "2022-03-01", "2022-05-31"),
        ("Tuesday", "2026-06-30", "2026-06-30"),
        ("2019", "2019-01-01", "2019-12-31"),
    ],
)
def test_moments(text: str, first: str, last: str) -> None:
    found = moment(text, 0, support.SESSION)
    assert found is not None
    assert (str(found.first), str(found.last)) == (first, last)
    assert found.end == len(text)


def test_a_weekday_that_does_not_fit_its_date_is_no_day() -> None:
    found = moment("Friday 30 June 2026", 0, support.SESSION)
    assert found is not None
    assert not found.holds(dt.date(2026, 6, 30))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("more than a year", 400, 300),
        ("three months", 95, 130),
        ("nearly two years", 700, 400),
        ("21 sessions", 30, 60),
    ],
)
def test_lengths(text: str, inside: int, outside: int) -> None:
    found = length(text, 0)
    assert found is not None
    assert found.shortest <= inside <= found.longest
    assert not found.shortest <= outside <= found.longest
