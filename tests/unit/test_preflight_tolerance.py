"""What a bound, a fraction or a range admits, and what lies beside it."""

from decimal import Decimal

import pytest

from newsletter.preflight.figures.numbers import find
from newsletter.preflight.proof.tolerance import admits


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("up 3.2%", ["3.2", "3.24", "-3.16"], ["3.26", "3.1"]),
        ("more than three percent", ["3.01", "3.9"], ["3", "2.9", "4.1"]),
        ("more than forty percent", ["41", "44.9"], ["39.9", "45.5"]),
        ("nearly five points", ["4.1", "4.9"], ["5", "5.1", "3.9"]),
        ("just shy of a percentage point", ["0.98"], ["1.02"]),
        ("a little over two points", ["2.17"], ["1.95", "3.2"]),
        ("within two percent of its record", ["0.3", "2"], ["2.1", "12"]),
        ("at least four percent", ["4", "4.5"], ["3.99"]),
        ("about eight percent", ["7.6", "8.4"], ["7.2", "9"]),
        ("two and a half percent", ["2.5", "2.45"], ["2.8", "3.5"]),
        ("three and a quarter percent", ["3.25", "3.3"], ["3.34", "3.5", "3"]),
        ("three point two percent", ["3.2"], ["3.3"]),
        ("a fifth of a percent", ["0.22"], ["0.3"]),
        ("nearly half a percent", ["0.45"], ["0.55", "0.2"]),
        ("a quarter of a point", ["0.25"], ["0.5"]),
        ("nine in ten stocks", ["93.3", "87"], ["80", "97"]),
        ("fewer than one stock in three", ["31.9"], ["34", "20"]),
        ("just under two-thirds of stocks", ["65.7"], ["72", "55"]),
        ("more than a fifth of its value", ["22.2"], ["19", "27"]),
        ("between seven and nine percent", ["7", "8.7", "9"], ["6.9", "9.1"]),
        ("twenty-odd percent", ["22"], ["19", "31"]),
        ("more than 300 members", ["340"], ["300", "401"]),
    ],
)
def test_a_print_stands_for_its_values_only(text, inside, outside):
    figure = next(f for f in find(text) if f.value is not None)
    assert [v for v in inside if not admits(Decimal(v), figure)] == []
    assert [v for v in outside if admits(Decimal(v), figure)] == []
