"""The voice as config.yaml chooses it, the month's accounts, and a hand as print names it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newsletter.draft.model import Mode, Reply
from newsletter.draft.purse import Limits, Price, Purse
from newsletter.render.page import hand
from newsletter.store.artefacts import Artefacts
from newsletter.store.database import Database
from newsletter.store.spending import KeptReplies, SqlAccounts
from newsletter.voice import BANNED, Voice

NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'house.db'}")
    yield opened
    opened.close()


def test_a_voice_says_what_it_is_how_bold_and_what_it_never_writes():
    told = Voice(stance="measured", banned=("delve", "amid"), examples=("A" * 30,)).told()
    assert "Prefer `neither`" in told
    assert "Never write: delve, amid." in told
    assert f"> {'A' * 30}" in told
    assert Voice().length == "450 to 650"
    assert all(word in Voice().told() for word in BANNED)


@pytest.mark.parametrize("words", [(100, 300), (650, 450), (400, 9000), (500, 500)])
def test_a_length_that_cannot_be_met_is_told(words):
    with pytest.raises(ValidationError, match="give two numbers between 250 and 2000"):
        Voice(words=words)


@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 1)),
            st.integers(0, 10**6),
            st.decimals(0, 100, places=6),
        ),
        max_size=12,
    )
)
def test_a_month_is_the_sum_of_its_own_calls(calls):
    opened = Database("sqlite://")
    accounts = SqlAccounts(opened)
    for at, tokens, cost in calls:
        accounts.book(dt.datetime.combine(at, dt.time(23), dt.UTC), "fake", tokens, cost)
    for month in range(5, 10):
        mine = [(t, c) for at, t, c in calls if at.month == month]
        at = dt.datetime(2026, month, 1, tzinfo=dt.UTC)
        assert accounts.month(at) == (sum(t for t, _ in mine), sum(c for _, c in mine))
    opened.close()


def test_what_a_purse_pays_is_booked_at_once(database):
    accounts, limits = SqlAccounts(database), Limits(1000, Decimal(1))
    purse = Purse(
        limits,
        limits,
        Price(Decimal(2), Decimal(4)),
        lambda: 0.0,
        booked=lambda tokens, cost: accounts.book(NOON, "fake", tokens, cost),
    )
    purse.pay(Reply("", "fake", Mode.PLAIN, 100, 50, 0.1))
    purse.pay(Reply("", "fake", Mode.PLAIN, 100, 50, 0.1, kept=True))
    assert accounts.month(NOON) == (150, Decimal("0.0004"))


def test_replies_are_kept_by_what_they_answer(database):
    kept = KeptReplies(Artefacts(database), lambda: NOON)
    assert kept.get("a" * 64) is None
    kept.put("a" * 64, b"one")
    kept.put("a" * 64, b"two")  # an equal question has one answer: the first
    assert kept.get("a" * 64) == b"one"


@pytest.mark.parametrize(
    ("author", "printed"),
    [
        ("house-writer@3", "the house writer (version 3)"),
        ("model:small-7b", "a language model (small-7b)"),
        ("model:org/name@2", "a language model (org/name@2)"),
        ("Ada Lovelace", "Ada Lovelace"),
    ],
)
def test_a_hand_is_named_in_words(author, printed):
    assert hand(author) == printed
