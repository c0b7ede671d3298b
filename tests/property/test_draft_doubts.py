"""Doubts: the condition says what the words say, and is open on its own evening."""

import datetime as dt
from decimal import Decimal

import pytest
from compute_support import universe
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_support import DAYS, ledger, spread
from test_draft_house import REAL_SESSIONS, SAMPLE_SESSIONS

from newsletter.draft import doubt
from newsletter.draft.calls import HORIZONS, outcome, side
from newsletter.draft.doubt import LEAST, MOST, Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.memory import holds
from newsletter.draft.theme import themes

TODAY = dt.date(2026, 6, 10)
FIVE = DAYS.back(TODAY, 5)
SIZES = st.integers(-300, 300).map(lambda n: Decimal(n) / 100)
STEP = Decimal(LEAST)


def evening(small, large, small_5d, large_5d, *, pairs=True):
    """Two funds over a day and over five sessions."""
    day = DAYS.back(TODAY, 1)
    facts = [
        spread(TODAY, "1d", small, subject="IWM", start=day),
        spread(TODAY, "1d", large, subject="SPY", start=day),
        spread(TODAY, "5d", small_5d, subject="IWM", start=FIVE),
        spread(TODAY, "5d", large_5d, subject="SPY", start=FIVE),
    ]
    if pairs:
        facts += [
            spread(TODAY, "1d", small - large, start=day),
            spread(TODAY, "5d", small_5d - large_5d, start=FIVE),
        ]
    return Evening(ledger(TODAY, *facts), universe())


@settings(deadline=None)
@given(SIZES, SIZES, SIZES, SIZES)
def test_each_condition_is_true_exactly_when_its_words_are(small, large, small_5d, large_5d):
    ev = evening(small, large, small_5d, large_5d)
    gap, lead = small - large, small_5d - large_5d
    up, down = STEP, -STEP
    expected = {
        doubt.ahead(ev, "IWM", "SPY"): lead > up,
        doubt.ahead(ev, "SPY", "IWM"): lead < down,
        doubt.behind(ev, "IWM", "SPY"): lead < down,
        doubt.behind(ev, "SPY", "IWM"): lead > up,
        doubt.against_the_tide(ev): large < down and small > up,
        doubt.fair_weather(ev): large < down and gap < down,
        doubt.left_behind(ev): large > up and small < down,
        doubt.lifted(ev): large > up and gap > up,
    }
    for one, truth in expected.items():
        assert holds(one.condition, ev.ledger) is truth, one
    kept = doubt.kept(ev, *expected)
    assert len(kept) <= MOST
    assert all(not expected[one] for one in kept)
    assert kept == tuple(one for one, truth in expected.items() if not truth)[:MOST]


@settings(deadline=None)
@given(SIZES, SIZES, SIZES, SIZES)
def test_funds_that_are_no_pair_are_compared_by_their_returns(small, large, small_5d, large_5d):
    ev = evening(small, large, small_5d, large_5d, pairs=False)
    one = doubt.ahead(ev, "IWM", "SPY")
    assert holds(one.condition, ev.ledger) is (small_5d > large_5d)


def test_a_doubt_that_tonight_cannot_decide_is_not_printed():
    ev = Evening(ledger(TODAY), universe())
    every = [doubt.ahead(ev, "IWM", "SPY"), doubt.against_the_tide(ev), doubt.over_average(ev),
             doubt.lifted(ev), Doubt("Nonsense.", "nonsense"), Doubt("None.", "")]  # fmt: skip
    assert doubt.kept(ev, *every) == ()


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["for", "against"]), SIZES, SIZES)
def test_a_view_for_a_month_is_overturned_by_no_single_day(side_taken, month, quarter):
    starts = {"1m": dt.date(2026, 5, 8), "3m": dt.date(2026, 3, 10)}
    facts = [
        spread(TODAY, window, size, start=starts[window])
        for window, size in (("1m", month), ("3m", quarter))
    ]
    ev = Evening(ledger(TODAY, *facts), universe())
    found = doubt.overturned(ev, side_taken)
    known = [one for one in found if one.condition]
    assert not any(".1d" in one.condition or ".5d" in one.condition for one in found)
    sign = 1 if side_taken == "against" else -1
    true = {"1m": sign * month > STEP, "3m": sign * quarter > STEP}
    size = {w: abs(ev.spread("IWM", "SPY", w).value) for w in true}  # as it is printed
    windows = [next(w for w in true if f".{w} " in one.condition) for one in known]
    assert [holds(one.condition, ev.ledger) for one in known] == [true[w] for w in windows]
    near = [size[w] < doubt.DOORSTEP for w in windows]
    assert near == sorted(near)


def _argued(book):
    """Yield every argument that could be made of an evening."""
    ev = Evening(book, universe())
    for theme in themes().values():
        if theme.weigh(ev) > 0:
            yield ev, theme.id, theme.argue(ev)


def _require_decidable(book):
    for ev, name, argument in _argued(book):
        assert argument.doubts, name
        for one in argument.doubts:
            assert holds(one.condition, ev.ledger) is False, (name, one)
        for call in argument.calls:
            assert call.horizon in HORIZONS
            assert outcome(ev.ledger, call.subject, call.horizon) is not None, name
        if argument.calls:
            assert side(argument.calls, universe()) in {"for", "against"}, name


@pytest.mark.parametrize("session", SAMPLE_SESSIONS)
def test_whatever_the_house_could_argue_time_can_judge(kept, session):
    _require_decidable(kept.ledger(session))


@pytest.mark.market
@pytest.mark.parametrize("session", REAL_SESSIONS[:4])
def test_on_real_evenings_too(kept, session, market_bars):
    _require_decidable(kept.ledger(session, market_bars))
