"""Conditions over facts: read, written back, decided, refused."""

import datetime as dt
import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.compute.facts import Fact, Period, index_facts
from newsletter.draft.condition import Condition
from newsletter.errors import DraftError
from newsletter.units import Unit

DAY = dt.date(2026, 7, 2)
IDS = ("A.return.1d", "B.return.1d", "A-B.spread.5d")


def ledger(values, unit=Unit.PERCENT, state="leading"):
    facts = [
        Fact(id, id.split(".")[0], "a fund", "return", Period("1d", DAY, DAY), value, unit,
             "price", "return@1", "files")
        for id, value in zip(IDS, values, strict=True)
        if value is not None
    ]  # fmt: skip
    word = Fact("A.quadrant.week", "A", "a fund", "quadrant", Period("close", DAY, DAY), state,
                Unit.STATE, "state", "quadrant@1", "files")  # fmt: skip
    return type(LEDGER)(**{**_fields(LEDGER), "facts": index_facts([*facts, word])})


def _fields(of):
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


NUMBERS = st.decimals(-50, 50, places=2)
SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
         "=": operator.eq, "!=": operator.ne}  # fmt: skip


@given(NUMBERS, NUMBERS, st.sampled_from(list(SIGNS)))
def test_it_says_what_the_numbers_say(one, other, sign):
    found = ledger((one, other, None))
    both = Condition.parse(f"A.return.1d {sign} B.return.1d")
    assert both.check(found) is SIGNS[sign](one, other)
    fixed = Condition.parse(f"A.return.1d {sign} {other}")
    assert fixed.check(found) is SIGNS[sign](one, other)
    size = Condition.parse(f"abs(A.return.1d) {sign} abs(B.return.1d)")
    assert size.check(found) is SIGNS[sign](abs(one), abs(other))


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6))
def test_all_clauses_must_hold_and_one_failure_decides(truths):
    words = {True: "A.return.1d > 0", False: "A.return.1d < 0", None: "C.return.1d > 0"}
    found = ledger((Decimal(1), Decimal(2), None))
    verdict = Condition.parse(" and ".join(words[t] for t in truths)).check(found)
    expected = False if False in truths else None if None in truths else True
    assert verdict is expected


@pytest.mark.parametrize(
    "text",
    [
        "A.return.1d > B.return.1d",
        "abs(A-B.spread.5d) >= 1.5 and A.return.1d < -0.25",
        'A.quadrant.week = "leading"',
        'A.quadrant.week != "lagging" and B.return.1d <= 0',
    ],
)
def test_it_is_written_as_it_was_read(text):
    condition = Condition.parse(text)
    assert str(condition) == text
    assert Condition.parse(str(condition)) == condition
    assert condition.against(ledger((Decimal(1), Decimal(2), Decimal(3)))) == condition


def test_states_are_compared_with_words():
    found = ledger((Decimal(1), Decimal(2), None))
    assert Condition.parse('A.quadrant.week = "leading"').check(found) is True
    assert Condition.parse('A.quadrant.week != "leading"').check(found) is False
    assert Condition.parse('A.return.1d = "leading"').check(found) is None


def test_the_facts_asked_for_are_named_once():
    condition = Condition.parse("A.x > B.y and abs(A.x) > 2")
    assert condition.facts == ("A.x", "B.y")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no comparison"),
        ("A.return.1d", "no comparison"),
        ("A.return.1d >> 2", "no comparison"),
        ("A.return.1d > 2 or B.return.1d > 2", "no comparison"),
        ("__import__('os').system('x') > 1", "no comparison"),
        ("1 > 2", "compares no fact"),
        ('A.quadrant.week > "leading"', "equal to a word or not"),
        (" and ".join(["A.x > 1"] * 7), "too long"),
        ("A.x > 1 and " * 200 + "A.x > 1", "too long"),
        ("(" * 300, "no comparison"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_sentence(text, words):
    with pytest.raises(DraftError, match=words):
        Condition.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C.return.1d > 0", "does not hold"),
        ('A.return.1d = "leading"', "of one unit"),
        ("A.quadrant.week = 1", "of one unit"),
        ("A.quadrant.week = A.return.1d", "of one unit"),
    ],
)
def test_what_a_ledger_cannot_decide_is_refused(text, words):
    with pytest.raises(DraftError, match=words):
        Condition.parse(text).against(ledger((Decimal(1), Decimal(2), None)))
