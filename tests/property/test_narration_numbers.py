"""Every number of the draft is said once, exactly, and nothing that a voice cannot say is left."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from narration_support import ALLOWED, numbers

from newsletter.render.narration_numbers import cardinal, ordinal, year
from newsletter.render.narration_words import spoken

_PLACED = st.tuples(st.integers(0, 9_999_999), st.integers(0, 3)).map(
    lambda given: Decimal(given[0]).scaleb(-given[1])
)
_SIGN = st.sampled_from(["", "+", "−"])


def _signed(sign, value):
    return -value if sign == "−" else value


PRINTED = st.one_of(
    st.tuples(_SIGN, _PLACED).map(lambda g: (f"{g[0]}{g[1]:,}%", [_signed(*g)])),
    st.tuples(_SIGN, _PLACED).map(lambda g: (f"{g[0]}{g[1]:,} points", [_signed(*g)])),
    st.integers(0, 99_999_999).map(lambda c: (f"${Decimal(c) / 100:,.2f}", [Decimal(c) / 100])),
    st.integers(0, 9_999).map(lambda c: (f"{c} bps", [Decimal(c)])),
    st.integers(1900, 2099).map(lambda y: (f"{y}", [Decimal(y)])),
    st.integers(0, 10**15 - 1).map(lambda n: (f"{n:,} members", [Decimal(n)])),
    st.tuples(_PLACED, _PLACED).map(lambda g: (f"{g[0]}–{g[1]}%", list(g))),
    st.tuples(st.integers(0, 99_999), st.integers(1, 99_999)).map(
        lambda g: (f"{g[0]}/{g[1]}", [Decimal(g[0]), Decimal(g[1])])
    ),
    st.tuples(st.integers(1, 9), st.integers(1, 20)).map(
        lambda g: (f"{g[0]}-for-{g[1]}", [Decimal(g[0]), Decimal(g[1])])
    ),
    st.sampled_from([5, 14, 20, 50, 100, 200]).map(lambda n: (f"{n}-day average", [Decimal(n)])),
    st.dates().map(
        lambda d: (
            f"{d.day} {d:%B} {max(d.year, 1000)}",
            [Decimal(d.day), Decimal(max(d.year, 1000))],
        )
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PRINTED, min_size=1, max_size=4), st.sampled_from(["at", "and then", "IWM fell"]))
def test_every_number_is_said_once_and_exactly(printed, between):
    said = spoken(f"It was {f', {between} '.join(text for text, _ in printed)}")
    assert numbers(said) == [value for _, values in printed for value in values]
    assert not any(char.isnumeric() for char in said)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_whatever_comes_in_only_what_can_be_said_goes_out(text):
    said = spoken(text)
    assert [c for c in said if not (ALLOWED.match(c) or unicodedata.category(c)[0] in "LM")] == []
    assert said == "" or said[-1] in ".?!"
    assert "  " not in said


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_whole_numbers_and_places_are_read_back(number):
    assert numbers(cardinal(str(number))) == [number]
    assert numbers(ordinal(str(max(number, 1)))) == [max(number, 1)]


@pytest.mark.parametrize("number", range(1900, 2100))
def test_years_are_read_back(number):
    assert numbers(year(str(number))) == [number]
