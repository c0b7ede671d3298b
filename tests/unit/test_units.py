"""Units: distinct types, one rounding, one formatter."""

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SendError, UnknownSlot
from newsletter.units import Quantity, Unit, as_decimal, display, ordinal, words


def test_percent_minus_percent_is_points():
    difference = Quantity(Decimal(4), Unit.PERCENT) - Quantity(Decimal(3), Unit.PERCENT)
    assert difference == Quantity(Decimal(1), Unit.POINTS)


def test_percent_minus_points_is_refused():
    with pytest.raises(ValueError, match="Cannot subtract"):
        Quantity(Decimal(4), Unit.PERCENT) - Quantity(Decimal(3), Unit.POINTS)


@pytest.mark.parametrize(
    ("value", "unit", "signed", "expected"),
    [
        ("20.888841", Unit.PERCENT, True, "+20.9%"),
        ("-0.64", Unit.PERCENT, True, "−0.6%"),
        ("-0.64", Unit.PERCENT, False, "0.6%"),
        ("-0.04", Unit.PERCENT, True, "0.0%"),
        ("1.02", Unit.POINTS, False, "1.0 point"),
        ("0.25", Unit.POINTS, True, "+0.2 points"),  # half to even
        ("0.35", Unit.POINTS, True, "+0.4 points"),
        ("16.155", Unit.INDEX, False, "16.16"),
        ("300.45", Unit.USD, False, "$300.45"),
        ("1503", Unit.COUNT, False, "1,503"),
        ("96.8", Unit.PERCENTILE, False, "97th"),
        ("-12", Unit.BPS, True, "−12 bps"),
        ("-3.25", Unit.USD, False, "−$3.25"),
    ],
)
def test_display(value, unit, signed, expected):
    assert display(Decimal(value), unit, signed=signed) == expected


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_fact_keeps_twelve_decimals_and_no_negative_zero(number):
    value = as_decimal(number)
    assert abs(value - Decimal(repr(number))) <= Decimal("5e-13")
    assert not (value == 0 and value.is_signed())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_fact(number):
    with pytest.raises(ValueError, match="is no fact"):
        as_decimal(number)


def test_ordinals_and_words():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 100, 101, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "100th", "101st", "111th"]
    )
    assert [words(n) for n in (0, 12, 13, 1500)] == ["zero", "twelve", "13", "1,500"]


@pytest.mark.parametrize(
    "error", [UnknownSlot("IWM.return.ytd"), SendError("refused", permanent=True, code=550)]
)
def test_errors_survive_pickling_whole(error):
    """The durable engine pickles the error of a failed step."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__
