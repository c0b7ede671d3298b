"""Runs of sessions, weeks and months, told in words or figures."""

from dataclasses import replace

import preflight_support as support
import pytest

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Verdict
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

OTHER = "the small-cap fund against the Nasdaq-100 fund"
RUNS = (
    ("SPY.streak.up", "3", "streak_sessions_up"),
    ("QQQ.streak.down", "2", "streak_sessions_down"),
    ("IWM.streak.months_up", "5", "streak_months_up"),
    ("IWM-SPY.streak.behind", "4", "streak_sessions_behind"),
    ("IWM-SPY.streak.weeks_behind", "7", "streak_weeks_behind"),
)


def runs() -> list[Fact]:
    """Return the runs under way."""
    made = [
        support.fact(id, value, Unit.COUNT, metric=metric, kind="count")
        for id, value, metric in RUNS
    ]
    race = support.fact("IWM-SPY.x", "6", Unit.COUNT, metric="streak_sessions_ahead", kind="count")
    return [*made, replace(race, id="IWM-QQQ.streak.ahead", subject="IWM-QQQ", name=OTHER)]


ABSENT = {"IWM.streak.up": "No two sessions in a row went that way."}
RISE = support.fact("SPY.return.1d", "0.31", Unit.PERCENT, "1d", metric="return")
KEPT = [fact for fact in support.LEDGER if fact.id != RISE.id]
LEDGER = Ledger(
    Session(support.SESSION), "sha256:test", index_facts([*KEPT, RISE, *runs()]), absent=ABSENT
)


def told(text: str) -> list[Verdict]:
    """Return the verdicts on runs."""
    found = check(Document.of_text(text + "\n"), LEDGER)
    return [one.verdict for one in found.claims if one.kind == "streak"]


TRUE = (
    "The S&P 500 fund rose for a third straight session.",
    "The S&P 500 fund notched its third consecutive gain.",
    "The S&P 500 fund has risen for three sessions in a row.",
    "The S&P 500 fund is on a three-day winning streak.",
    "The S&P 500 fund extended its winning streak to three sessions.",
    "A hat-trick of gains for the S&P 500 fund.",
    "Three in a row for the S&P 500 fund: it rose again.",
    "Back-to-back losses for the Nasdaq-100 fund.",
    "Five monthly gains in succession have been recorded by small caps.",
    "Small caps have finished higher in each of the past five months.",
    "For the fourth day running small caps lost to the S&P 500 fund.",
    "Small caps have trailed the S&P 500 fund for seven weeks.",
    "Seven weeks on the trot: small caps keep trailing the S&P 500 fund",
    "Small caps have beaten the Nasdaq-100 fund six sessions in a row.",
    "The Nasdaq-100 fund has been beaten by small caps six sessions in a row.",
    "The Nasdaq-100 fund has trailed small caps for six sessions without a break.",
)
FALSE = (
    "The S&P 500 fund rose for a fourth straight session.",
    "The S&P 500 fund suffered its third consecutive loss.",
    "The S&P 500 fund has fallen for three sessions in a row.",
    "The S&P 500 fund is on a five-day winning streak.",
    "The S&P 500 fund snapped a three-day winning streak.",
    "The S&P 500 fund has risen for a record number of sessions in a row.",
    "Back-to-back gains for the Nasdaq-100 fund.",
    "Small caps rose for a second straight session.",
    "Small caps have finished lower in each of the past five months.",
    "For the ninth day running small caps lost to the S&P 500 fund.",
    "Small caps have led the S&P 500 fund for seven weeks.",
    "The Nasdaq-100 fund has beaten small caps six sessions in a row.",
    "Semiconductors fell for a fourth day in a row.",
    "Hedge funds were net buyers for the third week running.",
)
ALONE = (
    "If small caps trail for a third week running, we would change our mind.",
    "In the long run the S&P 500 fund rose.",
    "For two reasons small caps rose.",
    "All three funds rose for the day.",
)


@pytest.mark.parametrize("text", TRUE)
def test_true_runs_are_proved(text: str) -> None:
    assert told(text) == [Verdict.PROVED]


@pytest.mark.parametrize("text", FALSE)
def test_false_runs_block(text: str) -> None:
    assert set(told(text)) & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", ALONE)
def test_no_run_is_read_where_none_is_told(text: str) -> None:
    assert not told(text)


@pytest.mark.parametrize("word", ["two", "three", "four", "five", "6", "11"])
def test_only_the_true_count_is_proved(word: str) -> None:
    found = told(f"The S&P 500 fund has risen for {word} sessions in a row.")
    assert (found == [Verdict.PROVED]) == (word == "three")


@pytest.mark.parametrize("word", ["two", "three", "four"])
def test_a_denial_turns_the_verdict_round(word: str) -> None:
    one = told(f"The S&P 500 fund has risen for {word} sessions in a row.")
    other = told(f"The S&P 500 fund has not risen for {word} sessions in a row.")
    assert {one[0], other[0]} == {Verdict.PROVED, Verdict.CONTRADICTED}
