"""Every figure is found, and nothing else is taken for one."""

from decimal import Decimal

import pytest

from newsletter.preflight.figures.numbers import MOST, FigureKind, find

K = FigureKind


def _found(text: str) -> list[tuple[str, str]]:
    return [(figure.kind.value, text[figure.start : figure.end]) for figure in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "printed", "value"),
    [
        ("rose +20.9% now", K.PERCENT, "+20.9%", "20.9"),
        ("fell −4.5 % now", K.PERCENT, "−4.5 %", "-4.5"),
        ("fell -4.5% now", K.PERCENT, "-4.5%", "-4.5"),
        ("fell –4.5% now", K.PERCENT, "–4.5%", "-4.5"),
        ("up 4.5 per cent", K.PERCENT, "4.5 per cent", "4.5"),
        ("up 4 percent", K.PERCENT, "4 percent", "4"),
        ("up four percent", K.PERCENT, "four percent", "4"),
        ("by 0.1 point", K.POINTS, "0.1 point", "0.1"),
        ("by five percentage points", K.POINTS, "five percentage points", "5"),
        ("a 4.5-point lead", K.POINTS, "4.5-point", "4.5"),
        ("four and a half points", K.POINTS, "four and a half points", "4.5"),
        ("half a point", K.POINTS, "half a point", "0.5"),
        ("by 3pp", K.POINTS, "3pp", "3"),
        ("+25 bps", K.BPS, "+25 bps", "25"),
        ("25 basis points", K.BPS, "25 basis points", "25"),
        ("at $1.2 billion", K.USD, "$1.2 billion", "1200000000"),
        ("at US$250", K.USD, "US$250", "250"),
        ("at €40", K.CURRENCY, "€40", "40"),
        ("at 16.15 now", K.NUMBER, "16.15", "16.15"),
        ("at 1,234.56 now", K.NUMBER, "1,234.56", "1234.56"),
        ("some 5,000 shares", K.COUNT, "5,000", "5000"),
        ("the 97th percentile", K.PERCENTILE, "97th", "97"),
        ("the 3rd of them", K.ORDINAL, "3rd", "3"),
        ("ranks third", K.ORDINAL, "third", "3"),
        ("the second worst", K.ORDINAL, "second", "2"),
        ("fifth straight day", K.ORDINAL, "fifth", "5"),
        ("three of the seven", K.SHARE, "three of the seven", "3"),
        ("36 out of 40", K.SHARE, "36 out of 40", "36"),
        ("none of the eleven", K.SHARE, "none of the eleven", "0"),
        ("two thirds of members", K.FRACTION, "two thirds", None),
        ("more than half the members", K.FRACTION, "half", "50"),
        ("it doubled", K.FRACTION, "doubled", "100"),
        ("twice the gain", K.MULTIPLE, "twice the", None),
        ("a 10x return", K.MULTIPLE, "10x", "10"),
        ("over 63 sessions", K.WINDOW, "63 sessions", "63"),
        ("twelve months", K.WINDOW, "twelve months", "12"),
        ("its 50-day average", K.WINDOW, "50-day", "50"),
        ("thirty-six times", K.COUNT, "thirty-six", "36"),
        ("a hundred and five names", K.COUNT, "a hundred and five", "105"),
        ("at 16:00 sharp", K.TIME, "16:00", None),
        ("seven and a half percent", K.PERCENT, "seven and a half percent", "7.5"),
        ("three and a quarter percent", K.PERCENT, "three and a quarter percent", "3.25"),
        ("half a percentage point", K.POINTS, "half a percentage point", "0.5"),
        ("a quarter of a point", K.POINTS, "a quarter of a point", "0.25"),
        ("up a percent; it gave up four-fifths of one.", K.PERCENT, "four-fifths of one", "0.8"),
        ("up three percent, and Amazon up by more than four.", K.PERCENT, "four", "4"),
        ("ten percent, while SPY managed a little over three in it", K.PERCENT, "three", "3"),
        ("fell 1.8 points to 17.68 now", K.NUMBER, "17.68", "17.68"),
        ("nine in ten stocks", K.FRACTION, "nine in ten", "90"),
        ("one stock in three", K.FRACTION, "one stock in three", None),
        ("down by more than a fifth", K.FRACTION, "a fifth", "20"),
        ("three times as much as", K.MULTIPLE, "three times", "3"),
        ("half as much as SPY", K.MULTIPLE, "half", "0.5"),
        ("three rising stocks for each that fell", K.MULTIPLE, "three", "3"),
        ("the fourth straight session", K.ORDINAL, "fourth", "4"),
        ("the third session in succession", K.ORDINAL, "third", "3"),
        ("five brutal sessions", K.WINDOW, "five brutal sessions", "5"),
        ("minus 417 million dollars", K.USD, "417 million dollars", "-417000000"),
    ],
)
def test_a_figure_is_found_with_its_kind(
    text: str, kind: FigureKind, printed: str, value: str | None
) -> None:
    figures = [f for f in find(text) if text[f.start : f.end] == printed]
    assert [figure.kind for figure in figures] == [kind]
    if value is not None:
        assert figures[0].value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2 July 2026", "date"),
        ("July 2, 2026", "date"),
        ("Thursday 2 July 2026", "date"),
        ("2026-07-02", "date"),
        ("7/2/2026", "date"),
        ("June 2026", "month"),
        ("Since 2000", "year"),
        ("in the 1990s", "year"),
        ("on Tuesday", "weekday"),
        ("the sixth of March", "date"),
        ("since 28 May", "date"),
        ("mid-December", "month"),
        ("since the last day of January", "month"),
        ("its lowest since April", "month"),
    ],
)
def test_dates_are_found(text: str, kind: str) -> None:
    (figure,) = find(text)
    assert figure.when is not None
    assert figure.when.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "S&P 500, Russell 2000, Nasdaq-100, Nasdaq 100 and the Magnificent Seven",
        "two different trades, one of them early; the first and the second",
        "the unloved half of the market, over a quarter, a point well made",
        "One thing matters, and there are three reasons for it",
        "the 10-year Treasury yield, a 60/40 fund, the Q3 report, an F-35",
        "3 min read",
        "the two-year yield, the ten-year note and the three-month bill",
        "they came off second best",
        "I May go. March on.",
    ],
)
def test_names_and_plain_words_are_no_figures(text: str) -> None:
    assert _found(text) == []


def test_ranges_share_their_unit() -> None:
    assert _found("2–3% or 4 to 5 points") == [
        ("percent", "2"), ("percent", "3%"), ("points", "4"), ("points", "5 points"),
    ]  # fmt: skip


def test_absurd_digits_have_no_value() -> None:
    (figure,) = find("9" * 400 + "%")
    assert figure.value is None


def test_an_attack_of_figures_is_cut_off() -> None:
    assert len(find("1 " * 5 * MOST)) == MOST
