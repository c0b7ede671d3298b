"""Which sessions count as missing, against a plain count of days."""

import datetime as dt
from itertools import pairwise

import pandas as pd
from collect_support import bars, trading_days
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter.collect.providers.yahoo.asking import Answer, Outcome, Question
from newsletter.collect.providers.yahoo.gaps import APART, MOST_QUESTIONS, MOST_RANGES, fill, spans

CALENDAR = trading_days()
LAST = dt.date(2026, 7, 2)
YEAR = CALENDAR.between(dt.date(2025, 9, 2), LAST)
NOTHING = pd.DataFrame(columns=["symbol", "date", "kind", "value"])


WHOLE = bars("IWM", days=tuple(YEAR))


def _answer(symbol: str, days: list[dt.date]) -> Answer:
    held = WHOLE[WHOLE["date"].isin(pd.DatetimeIndex(days))].assign(symbol=symbol)
    return Answer(held.reset_index(drop=True), NOTHING, "ETF", True)


@settings(max_examples=length(15, 300))
@given(st.sets(st.integers(1, len(YEAR) - 2), max_size=40))
def test_what_is_missing_between_is_found_and_what_comes_fills_it(gone: set[int]) -> None:
    kept = [day for place, day in enumerate(YEAR) if place not in gone]
    asked: list[Question] = []

    def ask(questions: list[Question]) -> dict[Question, Outcome]:
        asked.extend(questions)
        return {one: _answer("IWM", YEAR) for one in questions}

    answers, left = fill({"IWM": _answer("IWM", kept)}, LAST, CALENDAR, {}, ask)
    covered = {
        day for one in asked for day in YEAR if one.first <= day <= one.last and day not in kept
    }
    missing = {YEAR[place] for place in gone}
    assert len(asked) <= MOST_RANGES
    assert {one.first for one in asked} | {one.last for one in asked} <= missing
    # One question is enough for a symbol's whole answer here, so that nothing stays open.
    assert bool(asked) == bool(missing)
    assert covered <= missing
    got = [stamp.date() for stamp in answers["IWM"].bars["date"]]
    assert got == (YEAR if missing else kept)
    assert left == {}


@given(st.sets(st.integers(0, len(YEAR) - 1), min_size=1, max_size=30))
def test_ranges_hold_the_newest_and_only_near_ones_together(places: set[int]) -> None:
    found = spans(pd.DatetimeIndex([YEAR[place] for place in sorted(places)]), CALENDAR)
    at = [(YEAR.index(first), YEAR.index(last)) for first, last in found]
    assert at[0][1] == max(places)
    for (later, _), (_, earlier) in pairwise(at):
        assert later - earlier > APART
    for first, last in at:
        inside = sorted(place for place in places if first <= place <= last)
        assert (inside[0], inside[-1]) == (first, last)
        assert all(b - a <= APART for a, b in pairwise(inside))


def test_a_run_asks_a_bounded_number_of_questions() -> None:
    names = [f"A{number:03}" for number in range(MOST_QUESTIONS + 10)]
    whole, asked = _answer("SPY", YEAR), 0

    def ask(questions: list[Question]) -> dict[Question, Outcome]:
        nonlocal asked
        asked += len(questions)
        return {}

    holed = {name: _answer(name, [*YEAR[:50], *YEAR[51:]]) for name in names}
    _, left = fill({"SPY": whole, **holed}, LAST, CALENDAR, {}, ask)
    assert asked == MOST_QUESTIONS
    assert sorted(left) == names


def test_a_series_that_ended_long_ago_is_not_asked_for_again() -> None:
    def ask(questions: list[Question]) -> dict[Question, Outcome]:
        raise AssertionError(questions)

    fill({"OLD": _answer("OLD", YEAR[:100]), "SPY": _answer("SPY", YEAR)}, LAST, CALENDAR, {}, ask)
