"""Whose a figure is, over which period, and in which unit: what foreign prose leaves out."""

from decimal import Decimal

import pytest
from preflight_support import claims

from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.numbers import find
from newsletter.preflight.figures.wording import spelled
from newsletter.preflight.proof.tolerance import admits
from newsletter.preflight.report import Verdict

TRUE = (
    # set aside
    "It was the small-cap fund, not the S&P 500 fund, that gained 20.9% this year.",
    "Unlike the S&P 500 fund, the small-cap fund has gained 20.9% this year.",
    "Unlike the semiconductor fund, which lost 4.5%, the S&P 500 fund lost 0.1%.",
    # said by a passive
    "The small-cap fund gained 20.9% this year, more than the 9.2% added by the S&P 500 fund.",
    "The 4.5% shed by the semiconductor fund was lost in a day.",
    # two figures for two names
    "The small-cap fund thrashed the S&P 500 fund this year, 20.9% against 9.2%.",
    "The S&P 500 fund trailed the small-cap fund this year, 9.2% to 20.9%.",
    # a unit, a verb or a name left out
    "The small-cap fund is up 20.9 percent this year; its cap-weighted sibling has managed 9.2.",
    "The Nasdaq-100 fund lost 1.7 percent, regional banks 1.5.",
    "The small-cap fund has beaten the cap-weighted one by 11.7 points this year.",
    # the size of a group beside a place in it
    "Technology came 11th of the eleven sectors on the day.",
    # a fraction of a value
    "The small-cap fund has added a fifth of its value since the year began.",
)
FALSE = (
    "It was the S&P 500 fund, not the small-cap fund, that gained 20.9% this year.",
    "Unlike the small-cap fund, the S&P 500 fund has gained 20.9% this year.",
    "Unlike the semiconductor fund, which lost 0.1%, the S&P 500 fund lost 4.5%.",
    "The small-cap fund gained 20.9% this year, more than the 16.0% added by the S&P 500 fund.",
    "The 1.7% shed by the semiconductor fund was lost in a day.",
    "The small-cap fund thrashed the S&P 500 fund this year, 9.2% against 20.9%.",
    "The S&P 500 fund trailed the small-cap fund this year, 20.9% to 9.2%.",
    "The small-cap fund is up 20.9 percent this year; its cap-weighted sibling has managed 19.2.",
    "The Nasdaq-100 fund lost 1.5 percent, regional banks 1.7.",
    "The small-cap fund has beaten the cap-weighted one by 16.7 points this year.",
    "Technology came 11th of the fourteen sectors on the day.",
    "Technology came 11th of 14 on the day.",
    "The S&P 500 fund has added a fifth of its value since the year began.",
    "The small-cap fund and the S&P 500 fund gained a combined 20.9% this year.",
    "Last year the small-cap fund gained 20.9%.",
)


@pytest.mark.parametrize("text", TRUE)
def test_true_figures_are_proved(text: str) -> None:
    found = claims(text)
    assert found
    assert {one.verdict for one in found} == {Verdict.PROVED}


@pytest.mark.parametrize("text", FALSE)
def test_false_figures_are_not(text: str) -> None:
    verdicts = {one.verdict for one in claims(text)}
    assert verdicts & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.AMBIGUOUS}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("beaten by a point and six tenths", FigureKind.POINTS, "1.6"),
        ("a quarter of a billion dollars went in", FigureKind.USD, "250000000"),
        ("half a million jobs", FigureKind.COUNT, "500000"),
        ("grew by ninety-one thousand", FigureKind.COUNT, "91000"),
        ("two hundred and thirty-three thousand jobs", FigureKind.COUNT, "233000"),
        ("came down by about a point", FigureKind.POINTS, "1"),
    ],
)
def test_figures_in_words_are_read_whole(text: str, kind: FigureKind, value: str) -> None:
    (figure,) = find(text)
    assert (figure.kind, figure.value) == (kind, Decimal(value))


def test_a_tenth_takes_the_unit_before_it() -> None:
    first, second = find("It rose a tenth of a point in May and four tenths in June.")[:2]
    assert (first.kind, second.kind) == (FigureKind.POINTS, FigureKind.POINTS)
    assert second.value == Decimal("0.4")


def test_the_article_makes_a_figure_exact() -> None:
    plain, definite = (find(f"more than {one}0.5 percent")[0] for one in ("", "the "))
    assert (plain.bound, definite.bound) == ("more", "")


@pytest.mark.parametrize(
    ("words", "value"),
    [("a thousand two hundred", 1200), ("two dozen", 24), ("three hundred and six", 306)],
)
def test_scales_add_up(words: str, value: int) -> None:
    assert spelled(words) == value


@pytest.mark.parametrize(("value", "held"), [("29", True), ("24.55", False), ("30", False)])
def test_just_under_a_round_number_is_near_it(value: str, *, held: bool) -> None:
    figure = Figure(FigureKind.COUNT, 0, 1, Decimal(30), bound="nearly")
    assert admits(Decimal(value), figure) is held
