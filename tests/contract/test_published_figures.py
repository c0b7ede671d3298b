"""Figures printed elsewhere: reproduced on their stated basis, or contradicted."""

import csv
import datetime as dt
import re
from collections.abc import Callable

import pytest
from compute_support import by_id, real_market, sessions, universe

from newsletter.compute.arrays import change
from newsletter.compute.facts import Fact
from newsletter.compute.market import Market
from newsletter.compute.signal import measures
from newsletter.units import as_decimal, rounded

pytestmark = pytest.mark.market

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FROM_YEAR_END = re.compile(r"(-?\d+\.\d\d) from (\d{4}-12-31)")
IF_BASE = re.compile(r"(-?\d+\.\d\d) if base (\d{4}-\d{2}-\d{2})")
EXACT, WRONG = 20, 5
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(market_bars) -> list[Row]:
    path = market_bars.parent / "published_vs_computed.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def market(market_bars) -> Market:
    return real_market(market_bars)


def printed(value: float, like: str) -> str:
    """Round a value once, half-even, to as many decimals as a printed figure has."""
    places = len(like.partition(".")[2])
    return f"{rounded(as_decimal(value), places):f}"


def moved(market: Market, symbol: str, base: dt.date, end: dt.date) -> float:
    """Return the price change between two closes by the product's own functions."""
    at_end = market.cut(end)
    closes = at_end.line(symbol, "price")
    assert at_end.row(base) >= 0
    assert at_end.sessions[at_end.row(base)].date() == base, "the base is no session"
    assert closes[at_end.row(base)] == at_end.at(symbol, base)
    return float(change(closes[-1], closes[at_end.row(base)]))


def bases(rows: list[Row]) -> dict[tuple[str, str], tuple[dt.date, dt.date]]:
    """Read base and end of every exact figure; ``same`` and ``price`` repeat the last ones."""
    found: dict[tuple[str, str], tuple[dt.date, dt.date]] = {}
    last: dict[tuple[str, str], tuple[dt.date, dt.date]] = {}
    for row in exact(rows):
        _, window = row["item"].rsplit(maxsplit=1)
        dates = [dt.date.fromisoformat(d) for d in DATE.findall(row["basis_that_fits"])]
        key = (row["article"], window)
        if len(dates) < 2:
            dates = [*dates, *last[key][len(dates) :]]
        base, end = dates
        found[row["article"], row["item"]] = last[key] = (base, end)
    return found


def exact(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["verdict"] == "EXACT"]


def test_every_exact_figure_is_reproduced_on_its_basis(rows, market):
    basis = bases(rows)
    assert len(exact(rows)) == len(basis) == EXACT
    for row in exact(rows):
        symbol, _ = row["item"].rsplit(maxsplit=1)
        value = moved(market, symbol, *basis[row["article"], row["item"]])
        assert printed(value, row["computed"]) == row["computed"], row["item"]
        assert printed(value, row["published"]) == row["published"], row["item"]


def test_the_house_base_gives_the_other_figure(rows, market):
    """Year-to-date counts from the last close of the year before, and says so."""
    seen = 0
    for row in exact(rows):
        symbol, window = row["item"].rsplit(maxsplit=1)
        _, end = bases(rows)[row["article"], row["item"]]
        of = market.cut(end)
        pattern = FROM_YEAR_END if window == "YTD" else IF_BASE
        for other, base in pattern.findall(row["alt_computed"]):
            label = window.lower()
            assert of.base(label) == dt.date.fromisoformat(base)
            assert printed(moved(market, symbol, of.base(label), end), other) == other
            if symbol in universe().instruments:
                fact = outputs(market, "returns", end)[f"{symbol}.return.{label}"]
                assert printed(float(fact.number), other) == other
            seen += 1
    assert seen >= 8


def outputs(market: Market, measure: str, date: dt.date) -> dict:
    made = measures()[measure].compute(market.cut(date))
    return {i: o for i, o in by_id(list(made)).items() if isinstance(o, Fact)}


def first_week(market: Market, measure: str, *ids: str) -> list[float]:
    """Return what the ledgers of the article's possible sessions hold of some facts."""
    days = sessions()[(sessions() >= "2026-01-02") & (sessions() <= "2026-01-16")]
    made = [outputs(market, measure, day.date()) for day in days]
    return [float(one[i].number) for one in made for i in ids if i in one]


def yields(market: Market) -> list[float]:
    """Return the ten-year yield, which is a line like any other."""
    closes = market.cut(dt.date(2026, 1, 30)).prices("DGS10").loc["2025-12-15":]
    return closes.dropna().tolist()


def calendar(market: Market) -> list[float]:
    made = outputs(market, "calendar_returns", dt.date(2026, 1, 16))
    return [float(made[f"SPY.return.cal:2025{kind}"].number) for kind in ("", ".total")]


CONTRADICTIONS: dict[str, tuple[Callable[[Market], list[float]], set[str]]] = {
    "XLF": (
        lambda m: first_week(m, "returns", "XLF.return.ytd", "XLF.return.ytd.total"),
        {"2.98"},
    ),
    "KRE": (
        lambda m: first_week(m, "returns", "KRE.return.ytd", "KRE.return.ytd.total"),
        {"5.29"},
    ),
    "VIX": (lambda m: first_week(m, "vix", "VIX.level"), {"14.49", "16.75"}),
    "10y yield": (yields, {"4.12", "4.30"}),
    "SPY calendar 2025": (calendar, {"16.35", "17.72"}),
}
"""What our ledgers hold instead, and which of its extremes the table of figures names."""


def test_every_contradicted_figure_is_contradicted_by_our_facts(rows, market):
    wrong = [row for row in rows if row["verdict"] == "CONTRADICTED"]
    assert len(wrong) == WRONG
    for row in wrong:
        read, named = CONTRADICTIONS[row["item"]]
        values = read(market)
        assert values, row["item"]
        assert row["published"] not in {printed(v, row["published"]) for v in values}
        assert named <= {printed(end(values), "0.00") for end in (min, max)}, row["item"]
        assert all(figure in f"{row['computed']} {row['basis_that_fits']}" for figure in named)


def test_what_else_the_article_on_risk_says_is_not_what_we_compute(rows, market):
    """An uncompounded sum is no return; drawdowns run from close to close."""
    day = dt.date(2026, 1, 16)
    made = outputs(market, "long_returns", day) | outputs(market, "worst_drawdowns", day)
    made |= outputs(market, "calendar_returns", day)
    expected = {
        "SPY.return.since:2000-05-26": "401.2",
        "SPY.return.since:2000-05-26.total": "693.6",
        "IWM.drawdown.max": "-59.49",
        "SPY.drawdown.max": "-56.47",
        "IWM.return.cal:2025": "11.40",
        "IWM.return.cal:2025.total": "12.66",
    }
    assert {i: printed(float(made[i].number), like) for i, like in expected.items()} == expected
    said = {row["published"] for row in rows if row["article"] == "Jan 2026 risk"}
    assert said & set(expected.values()) == set()
    daily = market.cut(day).prices("SPY").loc["2000-05-26":].pct_change()
    assert printed(100 * (1 + daily.sum()), "308.6") == "308.6"
