"""Days at the end of a sentence, cents, and what is left of a former price."""

import datetime as dt
from decimal import Decimal

import pytest

from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.figures.numbers import find
from newsletter.preflight.sentences.moments import moment

SESSION = dt.date(2024, 8, 5)


@pytest.mark.parametrize(
    "text", ["July 29.", "July 29", "July 29, and", "29 July.", "the 29th of July."]
)
def test_a_full_stop_takes_no_day_from_a_date(text: str) -> None:
    found = moment(text, 0, SESSION)
    assert found is not None
    assert found.first == found.last == dt.date(2024, 7, 29)


def test_a_figure_behind_a_month_is_no_day() -> None:
    found = moment("July 29.5 points", 0, SESSION)
    assert found is not None
    assert (found.first, found.last) == (dt.date(2024, 7, 1), dt.date(2024, 7, 31))


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("It closed at 4.07 cents a pound.", "0.0407"),
        ("It closed at fifty cents.", "0.5"),
        ("It closed at 4.07 dollars a pound.", "4.07"),
    ],
)
def test_cents_are_hundredths_of_a_dollar(text: str, dollars: str) -> None:
    (figure,) = find(text)
    assert figure.kind is FigureKind.USD
    assert figure.value == Decimal(dollars)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("They are worth a tenth of what they fetched at their peak.", -90),
        ("They are worth two fifths of their former price.", -60),
        ("They lost a fifth of the year's gain.", 20),
    ],
)
def test_what_is_left_of_a_former_price_tells_what_was_lost(text: str, percent: int) -> None:
    (figure,) = [one for one in find(text) if one.kind is FigureKind.FRACTION]
    assert figure.value == percent
