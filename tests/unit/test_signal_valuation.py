"""Valuation and earnings against plain loops over the reference files, and made-up cases."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import median

import pandas as pd
import pytest
from compute_support import by_id, market, real_market, walk
from tables_support import classes_frame, plain_classes, real_tables, with_tables

from newsletter.collect.snapshot import Members
from newsletter.compute.facts import Fact
from newsletter.compute.holdings import Fundamentals, house_name, one_per_company, slug
from newsletter.compute.signal import Absent
from newsletter.compute.signals.earnings import earnings
from newsletter.compute.signals.valuation import valuation

JULY = dt.date(2026, 7, 2)
SECTORS = ("technology", "health_care", "energy", "financials", "utilities")
SECOND = {"GOOG", "FOX", "NWS"}


@lru_cache(maxsize=4)
def made(folder: Path, date: dt.date, which: str) -> dict:
    of = with_tables(real_market(folder).cut(date), real_tables(folder))
    return by_id(list({"valuation": valuation, "earnings": earnings}[which].compute(of)))


@lru_cache(maxsize=1)
def companies(folder: Path) -> list[dict]:
    """Read the July members' figures, one row per company, with its sector."""
    reference = folder.parent / "reference"
    figures = pd.read_csv(reference / "fundamentals_yf_2026-06-29.csv").set_index("ticker")
    members = pd.read_csv(reference / "sp500_constituents_gics_2026-07-30.csv")["ticker"]
    tickers = [ticker.replace(".", "-") for ticker in members if ticker not in SECOND]
    sector = plain_classes(folder, str(JULY), "sector", tickers)
    found = []
    for ticker in tickers:
        row = figures.loc[ticker].to_dict() if ticker in figures.index else {}
        found.append({**row, "ticker": ticker, "sector": slug(house_name(sector.get(ticker, "")))})
    return found


def number(outputs, fact_id: str) -> float:
    fact = outputs[fact_id]
    assert isinstance(fact, Fact), fact
    return float(fact.number)


def harmonic(rows: list[dict], field: str, *, losers: bool = False) -> float:
    cap = gain = 0.0
    for row in rows:
        ratio = row.get(field)
        if ratio is not None and ratio == ratio and (ratio > 0 or losers):
            cap, gain = cap + row["marketCap"], gain + row["marketCap"] / ratio
    return cap / gain


@pytest.mark.market
def test_the_members_multiples_equal_a_plain_loop(market_bars):
    outputs, rows = made(market_bars, JULY, "valuation"), companies(market_bars)
    for basis, field in (("trailing", "trailingPE"), ("forward", "forwardPE")):
        ratios = [r[field] for r in rows if r.get(field, -1) > 0]
        cap = harmonic(rows, field)
        equal = len(ratios) / sum(1 / ratio for ratio in ratios)
        expected = {
            f"sp500.{basis}_pe_profitable.snapshot": cap,
            f"sp500.{basis}_pe_median.snapshot": median(ratios),
            f"sp500.{basis}_pe_equal.snapshot": equal,
            f"sp500.{basis}_pe_equal_discount.snapshot": 100 * (1 - equal / cap),
        }
        for fact_id, value in expected.items():
            assert number(outputs, fact_id) == pytest.approx(value, rel=1e-9), fact_id
    everyone = harmonic(rows, "forwardPE", losers=True)
    assert number(outputs, "sp500.forward_pe_all.snapshot") == pytest.approx(everyone, rel=1e-9)


@pytest.mark.market
def test_sectors_and_giants_equal_a_plain_loop(market_bars):
    outputs, rows = made(market_bars, JULY, "valuation"), companies(market_bars)
    for name in SECTORS:
        within = [row for row in rows if row["sector"] == name]
        for basis, field in (("trailing", "trailingPE"), ("forward", "forwardPE")):
            value = number(outputs, f"sp500_{name}.{basis}_pe_profitable.snapshot")
            assert value == pytest.approx(harmonic(within, field), rel=1e-9)
    seven = {"AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"}
    top = harmonic([r for r in rows if r["ticker"] in seven], "trailingPE")
    rest = harmonic([r for r in rows if r["ticker"] not in seven], "trailingPE")
    assert number(outputs, "mega_caps.trailing_pe_profitable.snapshot") == pytest.approx(top)
    premium = number(outputs, "mega_caps.trailing_pe_premium.snapshot")
    assert premium == pytest.approx(100 * (top / rest - 1), rel=1e-9)
    assert outputs["NVDA.forward_pe.snapshot"].display == "15.1"


@pytest.mark.market
def test_loss_makers_are_counted_and_their_unknown_losses_stop_the_sum(market_bars):
    outputs, rows = made(market_bars, JULY, "valuation"), companies(market_bars)
    losers = [r for r in rows if r.get("trailingPE") != r.get("trailingPE")
              and r["profitMargins"] < 0]  # fmt: skip
    fact = outputs["sp500.loss_makers.snapshot"]
    assert (fact.sample.n, fact.sample.of) == (len(losers), 485) == (21, 485)
    assert fact.forms["plain"] == "4.3%"
    assert "21 companies" in outputs["sp500.trailing_pe_all.snapshot"].reason


@pytest.mark.market
def test_facts_say_when_the_snapshot_was_known_and_by_whom(market_bars):
    fact = made(market_bars, JULY, "valuation")["sp500.trailing_pe_profitable.snapshot"]
    assert (fact.period.label, fact.as_of) == ("snapshot", dt.date(2026, 6, 29))
    assert (fact.source, fact.quality) == ("reference", "ok")
    later = made(market_bars, dt.date(2026, 8, 20), "valuation")
    assert later["sp500.trailing_pe_profitable.snapshot"].quality == "stale"
    before = made(market_bars, dt.date(2026, 6, 26), "valuation")
    assert not any(isinstance(output, Fact) for output in before.values())


@pytest.mark.market
def test_growth_and_margins_equal_a_plain_loop(market_bars):
    outputs, rows = made(market_bars, JULY, "earnings"), companies(market_bars)
    known = [r for r in rows if "marketCap" in r]
    for name in ("", *SECTORS):
        within, stem = [r for r in known if name in {"", r["sector"]}], f"sp500_{name}".strip("_")
        cap = sum(r["marketCap"] for r in within)
        margin = sum(100 * r["profitMargins"] * r["marketCap"] for r in within) / cap
        growth = median(100 * r["revenueGrowth"] for r in within)
        assert number(outputs, f"{stem}.profit_margin.snapshot") == pytest.approx(margin, rel=1e-9)
        stated = number(outputs, f"{stem}.revenue_growth_median.snapshot")
        assert stated == pytest.approx(growth, rel=1e-9)
    rising = sum(r["revenueGrowth"] > 0 for r in known)
    sample = outputs["sp500.growing_revenue.snapshot"].sample
    assert (sample.n, sample.of) == (rising, len(known)) == (444, 487)
    assert outputs["sp500.earnings_growth_median.snapshot"].reason.startswith("437 of 500")


# Made-up cases: ten companies A … J, the session 2026-07-02.

NAMES = tuple("ABCDEFGHIJ")


def table(known: str = "2026-06-30", **fields) -> pd.DataFrame:
    rows = [
        {"symbol": symbol, "field": field, "value": float(value), "known": known}
        for field, values in fields.items()
        for symbol, value in (
            values.items() if isinstance(values, dict) else zip(NAMES, values, strict=True)
        )
        if value is not None
    ]
    return pd.DataFrame(rows)


def outputs_of(*frames: pd.DataFrame, measure=valuation, symbols=NAMES, **tables) -> dict:
    of = replace(market(walk(("SPY",), 5)), members=Members("sp500", "S&P 500 members", symbols))
    return by_id(list(measure.compute(with_tables(of, {
        "fundamentals": pd.concat(frames), **tables
    }))))  # fmt: skip


def test_losses_of_known_size_enter_both_sums():
    caps, pe = [100.0] * 10, [10.0] * 8 + [None] * 2
    price, eps = [20.0] * 10, [2.0] * 8 + [-1.0] * 2
    outputs = outputs_of(table(market_cap=caps, trailing_pe=pe, price=price, eps_trailing=eps))
    assert number(outputs, "sp500.trailing_pe_profitable.snapshot") == pytest.approx(10.0)
    # Earnings: eight times 10, twice −5.
    assert number(outputs, "sp500.trailing_pe_all.snapshot") == pytest.approx(1000 / 70)
    sample = outputs["sp500.loss_makers.snapshot"].sample
    assert (sample.n, sample.of) == (2, 10)


def test_a_multiple_that_its_own_price_contradicts_is_left_out():
    caps, pe, price = [100.0] * 10, [10.0] * 10, [20.0] * 10
    one_off = [2.0] * 9 + [1.0]
    outputs = outputs_of(table(market_cap=caps, trailing_pe=pe, price=price, eps_trailing=one_off))
    assert number(outputs, "sp500.trailing_pe_known.snapshot") == pytest.approx(90.0)
    two_off = [2.0] * 8 + [1.0, 2.2]
    outputs = outputs_of(table(market_cap=caps, trailing_pe=pe, price=price, eps_trailing=two_off))
    reason = outputs["sp500.trailing_pe_profitable.snapshot"].reason
    assert reason.startswith("8 of 10")
    assert "2 differ from price / EPS" in reason
    within = [2.0] * 9 + [2.08]
    outputs = outputs_of(table(market_cap=caps, trailing_pe=pe, price=price, eps_trailing=within))
    assert number(outputs, "sp500.trailing_pe_known.snapshot") == pytest.approx(100.0)


def test_a_blank_in_the_latest_snapshot_is_not_filled_from_an_older_one():
    old = table("2026-06-01", market_cap=[100.0] * 10, trailing_pe=[10.0] * 10)
    new = table("2026-06-30", market_cap=[90.0] * 10, trailing_pe=[12.0] * 9 + [None])
    outputs = outputs_of(old, new)
    assert number(outputs, "sp500.trailing_pe_profitable.snapshot") == pytest.approx(12.0)
    assert outputs["sp500.trailing_pe_known.snapshot"].sample.n == 9


def test_caps_and_multiples_come_from_the_same_snapshot():
    old = table("2026-06-01", market_cap=[100.0] * 5 + [300.0] * 5,
                forward_pe=[10.0] * 5 + [30.0] * 5)  # fmt: skip
    new = table("2026-06-30", market_cap=[999.0] * 5 + [1.0] * 5, trailing_pe=[12.0] * 10)
    outputs = outputs_of(old, new)
    fact = outputs["sp500.forward_pe_profitable.snapshot"]
    assert float(fact.number) == pytest.approx(2000 / 100)
    assert fact.as_of == dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("age", "quality"), [(0, "ok"), (45, "ok"), (46, "stale"), (200, "stale"), (201, None)]
)
def test_snapshots_age(age, quality):
    known = str(JULY - dt.timedelta(days=age))
    outputs = outputs_of(table(known, market_cap=[1.0] * 10, trailing_pe=[10.0] * 10))
    output = outputs["sp500.trailing_pe_profitable.snapshot"]
    assert (output.quality if isinstance(output, Fact) else None) == quality


def test_a_company_left_over_from_an_earlier_round_is_not_covered():
    old = table("2026-03-01", market_cap={"J": 5.0}, trailing_pe={"J": 5.0})
    new = table("2026-06-30", market_cap=dict.fromkeys("ABCDEFGHI", 1.0),
                trailing_pe=dict.fromkeys("ABCDEFGHI", 10.0))  # fmt: skip
    outputs = outputs_of(old, new)
    assert outputs["sp500.trailing_pe_known.snapshot"].sample.n == 9
    assert number(outputs, "sp500.trailing_pe_profitable.snapshot") == pytest.approx(10.0)


def test_second_share_classes_count_once():
    assert one_per_company(("GOOG", "GOOGL", "MSFT")) == ("GOOGL", "MSFT")
    assert one_per_company(("GOOG", "MSFT")) == ("GOOG", "MSFT")


def test_mid_caps_are_set_against_the_members():
    mids = [f"M{i}" for i in range(10)]
    held = pd.DataFrame({"fund": "sp400", "symbol": mids, "weight": 10.0, "known": "2026-06-30"})
    large = table(market_cap=[100.0] * 10, trailing_pe=[20.0] * 10)
    mid = table(market_cap=dict.fromkeys(mids, 10.0), trailing_pe=dict.fromkeys(mids, 15.0))
    outputs = outputs_of(large, mid, holdings=held)
    assert number(outputs, "sp400.trailing_pe_profitable.snapshot") == pytest.approx(15.0)
    assert number(outputs, "sp400.trailing_pe_discount.snapshot") == pytest.approx(25.0)
    few = outputs_of(
        large, mid[mid["symbol"] != "M0"][lambda t: t["symbol"] != "M1"], holdings=held
    )
    assert "8 of 10" in few["sp400.trailing_pe_discount.snapshot"].reason


def test_sectors_without_losses_state_one_multiple():
    named = classes_frame("yahoo", list(NAMES), ["Energy"] * 5 + ["Technology"] * 5, "",
                          "2026-06-30")  # fmt: skip
    pe = [10.0] * 5 + [20.0] * 4 + [-5.0]
    outputs = outputs_of(table(market_cap=[100.0] * 10, forward_pe=pe), classes=named)
    assert "sp500_energy.forward_pe_all.snapshot" not in outputs
    # Technology: four earn 5 each, one loses 20: no gain to pay for.
    assert isinstance(outputs["sp500_technology.forward_pe_all.snapshot"], Absent)
    assert number(outputs, "sp500_technology.forward_pe_profitable.snapshot") == pytest.approx(20.0)


def test_growth_of_too_few_companies_is_absent():
    frame = table(market_cap=[1.0] * 10, profit_margin=[5.0] * 10,
                  revenue_growth=[3.0] * 8 + [None] * 2,
                  earnings_growth=[-1.0, 0.0, *[4.0] * 7, None])  # fmt: skip
    outputs = outputs_of(frame, measure=earnings)
    assert outputs["sp500.revenue_growth_median.snapshot"].reason.startswith("8 of 10")
    sample = outputs["sp500.growing_earnings.snapshot"].sample
    assert (sample.n, sample.of) == (7, 9)
    assert number(outputs, "sp500.earnings_growth_median.snapshot") == 4.0


@pytest.mark.parametrize("measure", [valuation, earnings])
def test_without_tables_or_members_there_are_only_reasons(measure):
    bare = market(walk(("SPY",), 5))
    for of in (bare, replace(bare, members=Members("sp500", "S&P 500 members", ()))):
        made = list(measure.compute(of))
        assert made
        assert all(isinstance(o, Absent) and o.reason.endswith(".") for o in made)


def test_fields_of_unknown_companies_are_ignored():
    of = with_tables(market(walk(("SPY",), 5)), {"fundamentals": table(market_cap=[1.0] * 10)})
    figures = Fundamentals(of, ("B", "NONE")).read("market_cap")
    assert figures["market_cap"][0] == 1.0
    assert figures["market_cap"][1] != figures["market_cap"][1]
