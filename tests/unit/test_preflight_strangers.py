"""Whom no fact knows borrows nothing from whoever was named before."""

import pytest
from preflight_support import LEDGER, claims

from newsletter.preflight.report import Verdict
from newsletter.preflight.who.strangers import is_stranger
from newsletter.preflight.who.subjects import Subjects

SUBJECTS = Subjects.of(LEDGER, {})


def _strangers(text: str) -> list[str]:
    found = SUBJECTS.mentions(text)
    return [text[m.start : m.end] for m in found if any(map(is_stranger, m.subjects))]


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Small caps eased. Walmart fell 0.6%.", "Walmart"),
        ("IWM slipped; airlines lost 0.6 percent.", "airlines"),
        ("IWM slipped and Bitcoin fell 0.6%.", "Bitcoin"),
        ("While IWM slipped, Japanese shares lost 0.6%.", "Japanese shares"),
        ("IWM slipped, as did JPMorgan, down 0.6%.", "JPMorgan"),
        ("IWM slipped. Palantir's drop came to 0.6%.", "Palantir"),
        ("IWM eased; sterling lost 0.6%.", "sterling"),
        ("IWM eased; the yen lost 0.6%.", "the yen"),
        ("IWM eased. Mid caps lost 0.6%.", "Mid caps"),
        ("IWM eased. European banks lost 0.6%.", "European banks"),
    ],
)
def test_a_strangers_figure_is_never_proved(text, stranger):
    assert _strangers(text) == [stranger]
    figure = next(c for c in claims(text) if c.text.startswith("0.6"))
    assert figure.verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    "text",
    [
        "Small Caps Fell While The Market Rose Again",
        "Wall Street ended lower. Treasury yields rose.",
        "Magnificent Seven shares slipped.",
        "On Thursday SPY fell 0.1%. In July it rose.",
        "The small-cap fund (IWM) fell 0.6% today.",
        "Bulls gained the upper hand. Nobody lost.",
        "S&P 500 members fell. Nasdaq-100 rose.",
    ],
)
def test_ordinary_capitals_are_no_strangers(text):
    assert _strangers(text) == []


@pytest.mark.parametrize(("which", "subject"), [("former", "IWM"), ("latter", "SPY")])
def test_the_former_and_the_latter_are_the_two_named_before(which, subject):
    text = f"Small caps and large caps parted. The {which} fell."
    assert SUBJECTS.mentions(text)[-1].subjects == {subject}
