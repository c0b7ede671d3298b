"""Composition, industries and the index without a part: plain loops, scipy, made-up indices."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compute_support import by_id, market, panel, real_market, sessions, universe, walk
from scipy.stats import hypergeom
from tables_support import classes_frame, plain_classes, real_tables, with_tables

from newsletter.collect.snapshot import Members
from newsletter.compute.facts import Fact
from newsletter.compute.holdings import house_name, slug, weights_at, weights_of
from newsletter.compute.signal import Absent
from newsletter.compute.signals.composition import composition, group_of, hypergeometric_tail
from newsletter.compute.signals.earnings import earnings
from newsletter.compute.signals.industries import industries
from newsletter.compute.signals.required_return import required_return
from newsletter.compute.signals.valuation import valuation

JULY = dt.date(2026, 7, 2)
MEASURES = {m.id: m for m in (composition, industries, required_return, valuation, earnings)}
BASES = {"1d": "2026-07-01", "1m": "2026-06-02", "ytd": "2025-12-31", "1y": "2025-07-02"}


@lru_cache(maxsize=2)
def tabled(folder: Path, date: dt.date = JULY):
    return with_tables(real_market(folder).cut(date), real_tables(folder))


@lru_cache(maxsize=8)
def made(folder: Path, which: str) -> dict:
    return by_id(list(MEASURES[which].compute(tabled(folder))))


@pytest.fixture(scope="module")
def moves(market_bars):
    """Percent total returns to 2026-07-02 by window, straight from the file."""
    bars = pd.read_parquet(market_bars / "sp500.parquet", columns=["date", "symbol", "adj_close"])
    closes = bars.assign(symbol=bars["symbol"].astype(str)).pivot(
        index="date", columns="symbol", values="adj_close"
    )
    last = closes.loc[pd.Timestamp(JULY)].astype("float64")
    return {w: (last / closes.loc[pd.Timestamp(day)] - 1) * 100 for w, day in BASES.items()}


@pytest.fixture(scope="module")
def members(market_bars):
    file = market_bars.parent / "reference" / "sp500_constituents_gics_2026-07-30.csv"
    return [t.replace(".", "-") for t in pd.read_csv(file)["ticker"]]


@pytest.fixture(scope="module")
def industry_of(market_bars, members):
    return plain_classes(market_bars, str(JULY), "industry", members)


@pytest.fixture(scope="module")
def lines(market_bars):
    table = pd.read_csv(market_bars.parent / "reference" / "sp1500_holdings_sectors_2026-06-19.csv")
    table = table[table["index"] == "S&P 500"].set_index("ticker_yf")
    sectors = plain_classes(market_bars, str(JULY), "sector", list(table.index))
    named = [house_name(sectors[t]) if t in sectors else None for t in table.index]
    return table.assign(share=table["weight_pct"] / table["weight_pct"].sum(), sector=named)


def number(outputs, fact_id: str) -> float:
    fact = outputs[fact_id]
    assert isinstance(fact, Fact), fact
    return float(fact.number)


def test_the_hypergeometric_tail_equals_scipy():
    rng = np.random.default_rng(1)
    for _ in range(300):
        total = int(rng.integers(1, 600))
        marked, drawn = (int(rng.integers(0, total + 1)) for _ in range(2))
        hits = int(rng.integers(0, min(marked, drawn) + 2))
        expected = hypergeom.sf(hits - 1, total, marked, drawn)
        assert hypergeometric_tail(hits, drawn, marked, total) == pytest.approx(expected, abs=1e-9)
    tiny = hypergeom.sf(15, 500, 18, 50)
    assert hypergeometric_tail(16, 50, 18, 500) == pytest.approx(tiny, rel=1e-9)


@pytest.mark.market
def test_the_best_fifty_equal_a_plain_ranking(market_bars, moves, members, industry_of):
    outputs = made(market_bars, "composition")
    for window in ("1m", "ytd", "1y"):
        known = {
            t: moves[window].get(t, np.nan) for t in members if t not in {"GOOG", "FOX", "NWS"}
        }
        ranked = sorted((t for t in known if known[t] == known[t]), key=lambda t: -known[t])
        named = [group_of(house_name(industry_of.get(t, ""))) for t in ranked]
        tails = {
            group: hypergeom.sf(named[:50].count(group) - 1, len(named), named.count(group), 50)
            for group in set(named) - {""}
            if named.count(group) >= 5
        }
        best = min(tails, key=tails.get)
        assert outputs[f"sp500.top_50_group.{window}"].value == best
        stem = f"sp500_{slug(best)}"
        count, share = (
            outputs[f"{stem}.{what}.{window}"] for what in ("top_50_count", "universe_share")
        )
        assert (count.sample.n, count.sample.of) == (named[:50].count(best), 50)
        assert int(count.number) == count.sample.n
        assert (share.sample.n, share.sample.of) == (named.count(best), len(named))
        chance = number(outputs, f"{stem}.top_50_chance.{window}")
        assert chance == pytest.approx(100 * tails[best], abs=1e-9)
    assert outputs["sp500_chip_companies.top_50_count.ytd"].forms["plain"] == "10"


@pytest.mark.market
def test_concentration_equals_plain_sums(market_bars, lines):
    outputs = made(market_bars, "composition")
    share = lines["share"].sort_values(ascending=False)
    seven = ["AAPL", "AMZN", "GOOGL", "GOOG", "META", "MSFT", "NVDA", "TSLA"]
    expected = {
        "sp500.top_5_weight.snapshot": 100 * share.iloc[:5].sum(),
        "sp500.top_10_weight.snapshot": 100 * share.iloc[:10].sum(),
        "sp500.effective_number.snapshot": 1 / sum(s * s for s in share),
        "mega_caps.weight.snapshot": 100 * share[seven].sum(),
        **{f"sp500_{slug(sector)}.weight.snapshot": 100 * of["share"].sum()
           for sector, of in lines.groupby("sector")},
    }  # fmt: skip
    for fact_id, value in expected.items():
        assert number(outputs, fact_id) == pytest.approx(value, rel=1e-9), fact_id
    sectors = [o for i, o in outputs.items() if i.endswith(".weight.snapshot") and "_caps" not in i]
    assert len(sectors) == 11
    assert sum(float(o.number) for o in sectors) <= 100.0 + 1e-9


@pytest.mark.market
def test_industries_equal_a_plain_grouping(market_bars, moves, members, industry_of):
    outputs = made(market_bars, "industries")
    for window in ("1d", "1m", "ytd"):
        groups: dict[str, list[float]] = {}
        for ticker in members:
            move = moves[window].get(ticker, np.nan)
            if ticker in industry_of and move == move:
                groups.setdefault(house_name(industry_of[ticker]), []).append(move)
        means = {name: sum(of) / len(of) for name, of in groups.items() if len(of) >= 5}
        order = sorted(means, key=means.get, reverse=True)
        assert number(outputs, f"industries.count.{window}") == len(order)
        assert outputs[f"industries.best.{window}"].value == order[0]
        assert outputs[f"industries.worst.{window}"].value == order[-1]
        for name in (*order[:3], *order[-3:]):
            stem = f"sp500_{slug(name)}"
            mean = number(outputs, f"{stem}.return.{window}.total")
            assert mean == pytest.approx(means[name], rel=1e-9)
            assert number(outputs, f"{stem}.rank.{window}") == order.index(name) + 1
            sample = outputs[f"{stem}.return.{window}.total"].sample
            assert (sample.n, sample.of) == (sum(m > 0 for m in groups[name]), len(groups[name]))


@pytest.mark.market
def test_cap_weighted_industries_use_the_weights_of_the_start(
    market_bars, moves, members, industry_of, lines
):
    wide, outputs = tabled(market_bars).adjusted, made(market_bars, "industries")
    base, snap = pd.Timestamp("2025-12-31"), pd.Timestamp("2026-06-18")
    top = bottom = 0.0
    for ticker in members:
        if industry_of.get(ticker) == "Semiconductors":
            start = lines["share"][ticker] * wide.loc[base, ticker] / wide.loc[snap, ticker]
            top, bottom = top + start * moves["ytd"][ticker], bottom + start
    value = number(outputs, "sp500_semiconductors.cap_return.ytd.total")
    assert value == pytest.approx(top / bottom, rel=1e-9)


@pytest.mark.market
def test_the_index_without_technology_equals_plain_arithmetic(market_bars, moves, lines):
    outputs, wide = made(market_bars, "required_return"), tabled(market_bars).adjusted
    snap, end = pd.Timestamp("2026-06-18"), pd.Timestamp(JULY)  # the 19th was a holiday
    for window in ("1m", "ytd"):
        base = pd.Timestamp(BASES[window])
        index = (wide.loc[end, "SPY"] / wide.loc[base, "SPY"] - 1) * 100
        drift = wide.loc[snap, "SPY"] / wide.loc[base, "SPY"]
        weight = part = 0.0
        for ticker, line in lines[lines["sector"] == "technology"].iterrows():
            start = line["share"] * drift * wide.loc[base, ticker] / wide.loc[snap, ticker]
            weight, part = weight + start, part + start * moves[window][ticker]
        expected = {
            f"sp500_technology.start_weight.{window}": 100 * weight,
            f"sp500_technology.contribution.{window}.total": part,
            f"sp500_ex_technology.return.{window}.total": (index - part) / (1 - weight),
        }
        for fact_id, value in expected.items():
            assert number(outputs, fact_id) == pytest.approx(value, rel=1e-9), fact_id
        share = f"sp500_technology.contribution_share.{window}.total"
        if abs(part) > abs(index):  # over the month it fell further than the whole
            assert "more than the index" in outputs[share].reason
        else:
            assert number(outputs, share) == pytest.approx(100 * part / index, rel=1e-9)
    assert outputs["sp500_ex_technology.return.ytd.total"].quality == "estimated"
    assert outputs["sp500_ex_technology.return.ytd.total"].source == "files,reference"


@pytest.mark.market
@pytest.mark.parametrize("which", list(MEASURES))
def test_with_tables_a_measure_needs_no_more_history_than_it_says(market_bars, which):
    whole, plugin = tabled(market_bars), MEASURES[which]
    tail = slice(-plugin.lookback, None)
    recent = replace(whole, sessions=whole.sessions[tail], close=whole.close.iloc[tail],
                     adjusted=whole.adjusted.iloc[tail])  # fmt: skip
    assert list(plugin.compute(recent)) == list(plugin.compute(whole))


@pytest.mark.market
@pytest.mark.parametrize("which", list(MEASURES))
def test_with_tables_a_measure_does_not_look_ahead(market_bars, which):
    later = with_tables(real_market(market_bars), real_tables(market_bars))
    assert list(MEASURES[which].compute(later.cut(JULY))) == list(made(market_bars, which).values())


@pytest.mark.market
@pytest.mark.parametrize("which", list(MEASURES))
def test_the_order_of_a_table_changes_nothing(market_bars, which):
    of = tabled(market_bars)
    upside_down = {name: frame.iloc[::-1] for name, frame in of.tables.items()}
    turned = replace(of, tables=upside_down)
    assert list(MEASURES[which].compute(turned)) == list(made(market_bars, which).values())


# A made-up index of six companies, held unchanged since 2025-12-31.

SIX = ("A", "B", "C", "D", "E", "F")
HELD = np.array([0.30, 0.20, 0.10, 0.15, 0.15, 0.10])


def held_index(seed: int = 3, known: str = "2026-05-29"):
    """Return a market whose benchmark holds six companies, and the path of their values."""
    index = sessions()[sessions() <= pd.Timestamp(JULY)][-200:]
    steps = np.random.default_rng(seed).normal(0.001, 0.02, (len(index), 6))
    closes = 50.0 * np.exp(steps.cumsum(axis=0))
    start = int(index.searchsorted(pd.Timestamp("2025-12-31")))
    values = HELD * closes / closes[start]
    spy = 400.0 * values.sum(axis=1)
    snapshot = panel(index, (*SIX, "SPY"), np.column_stack([closes, spy]),
                     np.column_stack([closes, spy]))  # fmt: skip
    one = universe().model_copy(update={"mega_caps": ("A", "D")})
    of = replace(market(snapshot, one), members=Members("sp500", "S&P 500 members", SIX))
    row = int(index.searchsorted(pd.Timestamp(known)))
    weights = 100 * values[row] / values[row].sum()
    holdings = pd.DataFrame({"fund": "sp500", "symbol": SIX, "weight": weights, "known": known})
    classes = classes_frame("gics", list(SIX), ["Energy"] * 3 + ["Materials"] * 3, "Gold", known)
    return with_tables(of, {"holdings": holdings, "classes": classes}), closes[-1] / closes[start]


@pytest.mark.parametrize("known", ["2026-01-05", "2026-05-29", "2026-07-02"])
def test_start_weights_of_an_index_held_unchanged_come_back(known):
    of, grown = held_index(known=known)
    weights = weights_of(of, "sp500")
    assert weights_at(of, weights, dt.date(2025, 12, 31)) == pytest.approx(HELD, rel=1e-9)
    outputs = by_id(list(required_return.compute(of)))
    rest = (HELD[3:] * (grown[3:] - 1)).sum() / HELD[3:].sum() * 100
    assert number(outputs, "sp500_ex_energy.return.ytd.total") == pytest.approx(rest, rel=1e-9)
    giants = (HELD[[0, 3]] * (grown[[0, 3]] - 1)).sum() * 100
    found = number(outputs, "mega_caps.contribution.ytd.total")
    assert found == pytest.approx(giants, rel=1e-9)


def test_no_share_of_a_return_that_went_the_other_way():
    for seed in range(12):
        of, grown = held_index(seed)
        outputs = by_id(list(required_return.compute(of)))
        index = ((HELD * grown).sum() - 1) * 100
        part = (HELD[:3] * (grown[:3] - 1)).sum() * 100
        output = outputs["sp500_energy.contribution_share.ytd.total"]
        assert isinstance(output, Fact) == (
            abs(index) >= 1 and part * index > 0 and abs(part) <= abs(index)
        )


def test_weights_that_do_not_explain_the_index_state_nothing():
    of, _ = held_index()
    wrong = of.tables["holdings"].assign(weight=[1.0, 1, 1, 1, 1, 95])
    outputs = by_id(list(required_return.compute(replace(of, tables={
        **of.tables, "holdings": wrong
    }))))  # fmt: skip
    reason = outputs["sp500_ex_materials.return.ytd.total"].reason
    assert reason.startswith("The lines' start weights sum to")


@pytest.mark.parametrize(
    ("age", "quality"), [(45, "estimated"), (46, "stale"), (179, "stale"), (201, None)]
)
def test_weights_age(age, quality):
    known = JULY - dt.timedelta(days=age)
    of, _ = held_index(known=str(known))
    output = by_id(list(required_return.compute(of)))["sp500_ex_mega_caps.return.ytd.total"]
    assert (output.quality if isinstance(output, Fact) else None) == quality


def test_classes_of_one_scheme_are_never_filled_from_another():
    of, _ = held_index()
    half = classes_frame("gics", list(SIX[:3]), "Energy", "", "2026-05-29")
    other = classes_frame("yahoo", list(SIX), "Basic Materials", "", "2026-05-29")
    mixed = with_tables(of, {**of.tables, "classes": pd.concat([half, other])})
    made = by_id(list(composition.compute(mixed)))
    assert number(made, "sp500_materials.weight.snapshot") == pytest.approx(100.0)
    assert "sp500_energy.weight.snapshot" not in made


def crowd(moves: np.ndarray, industry: list[str]):
    """Return a market of many companies that moved so since the year's start."""
    names = tuple(f"S{i:03d}" for i in range(len(moves)))
    index = sessions()[sessions() <= pd.Timestamp(JULY)][-180:]
    closes = np.ones((len(index), len(names))) * 100.0
    closes[-1] = 100.0 + moves
    of = market(panel(index, names, closes, closes))
    classes = classes_frame("gics", list(names), "X", industry, "2026-06-01")
    return with_tables(of, {"classes": classes})


def test_an_evenly_spread_top_names_no_group():
    industry = ["Banks", "Software"] * 100
    outputs = by_id(list(composition.compute(crowd(np.linspace(50, -50, 200), industry))))
    assert "chance" in outputs["sp500.top_50_group.ytd"].reason
    striking = sorted(industry)
    outputs = by_id(list(composition.compute(crowd(np.linspace(50, -50, 200), striking))))
    assert outputs["sp500.top_50_group.ytd"].value == "banks"
    assert outputs["sp500_banks.top_50_count.ytd"].sample.n == 50


def test_a_tie_for_the_last_place_names_no_group():
    moves = np.linspace(50, -50, 200)
    moves[50] = moves[49]
    outputs = by_id(list(composition.compute(crowd(moves, ["Banks"] * 60 + ["Software"] * 140))))
    assert outputs["sp500.top_50_group.ytd"].reason == "The members tie for place 50."


def test_tied_industries_share_a_rank_and_name_no_best():
    moves = np.repeat([9.0, 9.0, 3.0, 2.0, 1.0, 0.0, -1.0], 5)
    industry = [f"Trade {i}" for i in range(7) for _ in range(5)]
    outputs = by_id(list(industries.compute(crowd(moves, industry))))
    assert outputs["industries.best.ytd"].reason == "Tied: trade 0, trade 1."
    assert outputs["industries.worst.ytd"].value == "trade 6"
    assert [int(outputs[f"sp500_trade_{i}.rank.ytd"].number) for i in (0, 1, 2)] == [1, 1, 3]
    assert isinstance(outputs["sp500_trade_0.cap_return.ytd.total"], Absent)
    few = by_id(list(industries.compute(crowd(moves[:25], industry[:25]))))
    assert few["industries.best.ytd"].reason.startswith("Only 5 industries")


@pytest.mark.parametrize("measure", [composition, industries, required_return])
def test_without_tables_there_are_only_reasons(measure):
    outputs = list(measure.compute(market(walk(("SPY", "AAPL"), 300))))
    assert outputs
    assert all(isinstance(o, Absent) and o.reason.endswith(".") for o in outputs)


def test_names_are_those_of_print():
    assert house_name("Utilities - Regulated Electric") == "regulated electric utilities"
    assert house_name("REIT - Specialty") == "specialty REIT"
    assert house_name("Information Technology") == "technology"
    assert slug("oil & gas E&P") == "oil_gas_e_p"
    assert group_of("semiconductor materials & equipment") == "chip companies"
    assert group_of(house_name("Retail REITs")) == "property trusts"
    assert group_of(house_name("REIT - Specialty")) == "property trusts"
    assert group_of("water tunnels") == ""
