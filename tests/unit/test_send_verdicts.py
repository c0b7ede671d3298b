"""What reports mean, against what servers really say."""

import datetime as dt
from collections import Counter

import pytest
from diagnostics_support import SAID
from hypothesis import given
from hypothesis import strategies as st

from newsletter.send.events import Event, What
from newsletter.send.verdicts import (
    NO_SUCH_READER,
    SPAN,
    STRIKES,
    Outcome,
    Verdict,
    classify,
    failure,
    refusal,
    struck_out,
)

START = dt.datetime(2026, 7, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("wanted", "said"), SAID)
def test_real_diagnostics_get_the_class_of_the_policy(wanted, said):
    assert failure("", None, said) == wanted


def test_the_list_is_long_enough_to_mean_something():
    counts = Counter(wanted for wanted, _ in SAID)
    assert sum(counts.values()) >= 60
    assert min(counts.values()) >= 15


@pytest.mark.parametrize("status", sorted(NO_SUCH_READER))
def test_every_code_of_the_policys_row_is_hard_with_and_without_words(status):
    assert failure(status, 550, "") == "hard"
    assert failure("", None, f"550 {status} whatever") == "hard"
    assert failure("", None, f"550-{status} whatever") == "hard"


@given(st.integers(0, 999), st.text(max_size=80))
def test_no_refusal_for_our_own_sake_ever_suppresses(detail, words):
    assert failure(f"5.7.{detail}", 550, words, permanent=True) == "block"


@given(
    st.sampled_from(["4.1.1", "4.2.2", "4.7.1", "4.4.7", "4.0.0"]),
    st.text(max_size=80),
    st.sampled_from([None, True, False]),
)
def test_no_passing_failure_is_ever_hard(status, words, permanent):
    assert failure(status, 450, words, permanent) != "hard"


@given(st.text(max_size=200), st.one_of(st.none(), st.integers(0, 999)), st.text(max_size=12))
def test_any_words_get_one_of_three_classes(text, code, status):
    assert failure(status, code, text) in {Verdict.HARD, Verdict.BLOCK, Verdict.SOFT}


def test_hostile_words_are_judged_in_a_moment():
    failure("", 550, "user " * 100_000)
    failure("", 550, "mailbox " + "a" * 100_000)


def test_a_service_that_means_to_try_again_is_believed():
    assert failure("5.1.1", 550, "unknown user", permanent=False) == "soft"


def test_a_relays_general_code_gives_way_to_the_far_servers():
    assert failure("5.0.0", None, "said: 550 5.7.1 Message rejected") == "block"
    assert failure("5.0.0", None, "said: 550 5.1.1 User unknown") == "hard"


def test_the_senders_refusal_is_not_the_readers():
    assert refusal("550 no such user", of_reader=True) == "hard"
    assert refusal("550 unknown user here", of_reader=False) == "soft"
    assert refusal("550 5.1.1 unknown", of_reader=False) == "hard"


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (What.DELIVERED, "delivered"),
        (What.DEFERRED, "delayed"),
        (What.COMPLAINED, "complaint"),
        (What.UNSUBSCRIBED, "unsubscribe"),
        (What.BOUNCED, "hard"),
    ],
)
def test_what_is_reported_comes_before_what_is_said(what, wanted):
    assert classify(Event("1", "ses", what, START, status="5.1.1")) == wanted


# Five strikes -------------------------------------------------------------------------


def history(*days, verdict=Verdict.SOFT):
    return [Outcome(f"e{day:03}", START + day * DAY, verdict) for day in days]


def test_five_in_a_row_over_ten_days_are_out():
    assert struck_out(history(0, 3, 5, 8, 10))
    assert not struck_out(history(0, 1, 2, 3, 9))
    assert not struck_out(history(0, 3, 5, 10))


def test_a_delivery_begins_anew_and_a_block_does_not():
    failed = history(0, 3, 5, 8, 12)
    assert not struck_out([*failed, *history(6, verdict=Verdict.DELIVERED)])
    assert struck_out([*failed, *history(6, verdict=Verdict.BLOCK)])
    assert not struck_out([*failed, *history(13, verdict=Verdict.DELIVERED)])


DAYS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(list(Verdict))), unique_by=lambda one: one[0]
)


@given(DAYS, st.randoms())
def test_the_order_of_reports_does_not_matter_and_the_policy_holds(days, chance):
    outcomes = [Outcome(f"e{day:03}", START + day * DAY, verdict) for day, verdict in days]
    shuffled = list(outcomes)
    chance.shuffle(shuffled)
    assert struck_out(shuffled) == struck_out(outcomes)
    # The policy said the other way round: the failures since the last delivery.
    last = max((o.at for o in outcomes if o.verdict is Verdict.DELIVERED), default=START - DAY)
    since = [o.at for o in outcomes if o.verdict is Verdict.SOFT and o.at > last]
    enough = len(since) >= STRIKES and max(since) - min(since) >= SPAN
    assert struck_out(outcomes) is enough
