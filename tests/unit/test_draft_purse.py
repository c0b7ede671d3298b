"""The purse: nothing is asked that could overrun, and every reply is charged once."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.draft.model import Fault, Mode, ModelError, Reply
from newsletter.draft.purse import Limits, Price, Purse, tokens_of

PLENTY = Limits(10**9, Decimal(10**6), math.inf)
PRICE = Price(Decimal(3), Decimal(15))


def reply(tokens_in=1000, tokens_out=200, **more):
    return Reply("x", "fake", Mode.PLAIN, tokens_in, tokens_out, 1.0, **more)


def purse(run=PLENTY, month=PLENTY, price=PRICE, clock=lambda: 0.0, **before):
    return Purse(run, month, price, clock, **before)


def refused(purse, *call):
    with pytest.raises(ModelError) as caught:
        purse.require(*call)
    assert caught.value.fault is Fault.BUDGET
    assert "model.budget" in str(caught.value)
    return str(caught.value)


def test_a_reply_costs_its_tokens_exactly():
    mine = purse()
    assert mine.pay(reply()) == Decimal("0.006")
    assert mine.pay(reply(1, 1)) == Decimal("0.000018")
    assert (mine.tokens, mine.money) == (1202, Decimal("0.006018"))


def test_a_kept_reply_is_free():
    mine = purse()
    assert mine.pay(reply(kept=True)) == 0
    assert (mine.tokens, mine.money) == (0, 0)


def test_a_call_that_just_fits_is_allowed_and_the_next_is_not():
    run = Limits(300, Decimal(1))
    purse(run).require(200, 300)
    assert "300 left" in refused(purse(run), 201, 300)
    assert "300 left" in refused(purse(run), 200, 301)


def test_money_is_counted_at_both_prices():
    run = Limits(10**6, Decimal("0.0045"))
    purse(run).require(200, 1500)
    sentence = refused(purse(run), 201, 1500)
    assert "could cost" in sentence
    assert "the run" in sentence


@pytest.mark.parametrize(
    "before", [{"month_tokens": 900}, {"month_money": Decimal("0.999")}], ids=["tokens", "money"]
)
def test_what_earlier_runs_spent_counts_for_the_month(before):
    month = Limits(1000, Decimal(1))
    purse(month=month).require(80, 60)
    assert "the month" in refused(purse(month=month, **before), 200, 60)


def test_a_month_overspent_already_has_nothing_left():
    assert "0 left" in refused(purse(month=Limits(10, Decimal(1)), month_tokens=50), 1, 1)


def test_seconds_run_from_the_start_and_end_at_nothing():
    instants = iter([100.0, 130.0, 160.0, 165.0])
    mine = purse(Limits(10**6, Decimal(1), 60), clock=lambda: next(instants))
    assert mine.seconds_left == 30
    assert "60 seconds" in refused(mine, 1, 1)
    assert mine.seconds_left == 0


def test_a_model_at_home_costs_no_money():
    mine = purse(Limits(10**6, Decimal(0)), Limits(10**6, Decimal(0)), Price())
    mine.require(1000, 1000)
    assert mine.pay(reply()) == 0


@pytest.mark.parametrize("fault", list(Fault))
def test_a_failed_call_is_charged_in_full_once_its_service_had_begun(fault):
    mine = purse()
    free = fault in {Fault.UNAUTHORISED, Fault.UNAVAILABLE, Fault.BUDGET}
    assert mine.forfeit(fault, 100, 300) == (0 if free else PRICE.of(100, 100))
    assert mine.tokens == (0 if free else 200)


def test_tokens_are_estimated_upwards():
    assert [tokens_of(n) for n in (0, 1, 3, 4)] == [0, 1, 1, 2]


calls = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 3000), st.floats(0, 1), st.booleans()),
    max_size=30,
)
money = st.decimals(0, 1, places=4)


@given(calls, st.integers(0, 5000), money, st.integers(0, 5000), money, st.integers(0, 4000))
def test_an_honest_service_never_overspends(plan, tokens, pay, month_tokens, month_pay, before):
    run, month = Limits(tokens, pay), Limits(month_tokens, month_pay)
    mine = purse(run, month, month_tokens=before)
    for max_tokens, characters, share, fails in plan:
        try:
            mine.require(max_tokens, characters)
        except ModelError:
            continue
        if fails:
            mine.forfeit(Fault.TRUNCATED, max_tokens, characters)
        else:
            mine.pay(reply(tokens_of(characters), int(share * max_tokens)))
        assert mine.tokens <= tokens
        assert mine.money <= pay
        assert mine.tokens + before <= month_tokens
        assert mine.money <= month_pay


@given(calls, st.integers(0, 5000), st.integers(1, 20))
def test_a_service_that_overruns_does_so_once(plan, tokens, factor):
    """Whatever a service counts beyond its allowance, at most one reply of it is paid."""
    mine = purse(Limits(tokens, Decimal(1000)))
    largest = 0
    for max_tokens, characters, _, _ in plan:
        before = mine.tokens
        try:
            mine.require(max_tokens, characters)
        except ModelError:
            continue
        assert before <= tokens
        mine.pay(reply(tokens_of(characters), max_tokens * factor))
        largest = max(largest, mine.tokens - before)
    assert mine.tokens <= tokens + largest


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())))
def test_the_sum_of_costs_is_the_money_spent(replies):
    mine = purse()
    costs = [mine.pay(replace(reply(a, b), kept=kept)) for a, b, kept in replies]
    assert sum(costs, Decimal(0)) == mine.money
    assert mine.tokens == sum(a + b for a, b, kept in replies if not kept)
