"""The ledger: what it refuses, and what stands in it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from compute_support import absent, facts, market, panel, sessions, universe, walk, with_closes

from newsletter.clock import Session
from newsletter.collect.snapshot import Members
from newsletter.collect.tables import canonical
from newsletter.compute.facts import Fact, Ledger, Series, Signal
from newsletter.compute.ledger import CLOSES, assemble, compute_ledger, plausible, run_digests
from newsletter.compute.make import Maker, possessive
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Digest
from newsletter.errors import ComputeError, DataUnavailable
from newsletter.units import Unit

SMALL = ("DIA", "IWM", "QQQ", "SPY", "^VIX")


@pytest.fixture(scope="module")
def snapshot():
    return walk(SMALL, 300)


def a_fact(market: Market, value: float = 1.25) -> Fact:
    make = Maker(market, "test@1")
    made = make.fact(
        "SPY.return.1d", value, Unit.PERCENT, subject=make.instrument("SPY"),
        metric="return", kind="price", period=make.window("1d"),
    )  # fmt: skip
    assert isinstance(made, Fact)
    return made


def a_signal(*evidence: str) -> Signal:
    return Signal("test", "up", Decimal("0.5"), dt.date(2026, 7, 2), evidence)


def test_a_signal_must_rest_on_facts_that_exist(snapshot):
    fact = a_fact(market(snapshot))
    assert assemble(snapshot, [fact, a_signal(fact.id)]).signal("test")
    with pytest.raises(ComputeError, match=r"rests on QQQ\.return\.1d"):
        assemble(snapshot, [fact, a_signal("QQQ.return.1d")])


def test_nothing_is_made_twice_or_both_present_and_absent(snapshot):
    fact = a_fact(market(snapshot))
    with pytest.raises(ComputeError, match="made twice"):
        assemble(snapshot, [fact, fact])
    with pytest.raises(ComputeError, match="present and absent"):
        assemble(snapshot, [fact, Absent(fact.id, "No.")])
    with pytest.raises(ComputeError, match="signal test was made twice"):
        assemble(snapshot, [fact, a_signal(fact.id), a_signal(fact.id)])
    one = Series("x", "x", Unit.RATIO, (), ())
    with pytest.raises(ComputeError, match="series x was made twice"):
        assemble(snapshot, [one, one])


def test_simulated_sources_mark_the_ledger(snapshot):
    simulated = replace(snapshot, sources=(replace(snapshot.sources[0], simulated=True),))
    assert compute_ledger(simulated, universe(), sessions()).simulated
    assert not compute_ledger(snapshot, universe(), sessions()).simulated


def test_a_ledger_says_which_of_its_providers_may_go_to_the_public(snapshot):
    bars = snapshot.sources[0]
    agencies = replace(bars, name="fred", covers="macro", redistribution=True)
    owned = replace(agencies, redistribution=False)

    def made(*sources):
        return compute_ledger(replace(snapshot, sources=sources), universe(), sessions())

    found = made(bars, agencies)
    assert found.public == ("fred",)
    assert Ledger.from_bytes(found.to_bytes()).public == ("fred",)
    assert made(bars, agencies, owned).public == ()
    assert "public" not in made(bars).to_json()


def test_a_date_without_session_or_bars_is_no_market(snapshot):
    holiday = replace(snapshot, session=Session(dt.date(2026, 7, 3)))
    with pytest.raises(DataUnavailable, match="no session"):
        compute_ledger(holiday, universe(), sessions())
    before = replace(snapshot, session=Session(dt.date(1999, 7, 2)))
    with pytest.raises(DataUnavailable, match="no session"):
        compute_ledger(before, universe(), sessions())
    with pytest.raises(DataUnavailable, match="no bar"):
        compute_ledger(replace(snapshot, bars=snapshot.bars.iloc[:0]), universe(), sessions())


def test_rows_on_no_session_are_left_out(snapshot):
    weekend = snapshot.bars.iloc[:1].assign(date=pd.Timestamp("2026-06-27"), close=1e9)
    bars = pd.concat([snapshot.bars, weekend]).sort_values(["symbol", "date"], ignore_index=True)
    assert facts(market(replace(snapshot, bars=bars))) == facts(market(snapshot))


def test_nan_and_infinity_are_absent_with_a_reason(snapshot):
    make = Maker(market(snapshot), "test@1")
    for value in (float("nan"), float("inf")):
        made = make.fact(
            "SPY.return.1d", value, Unit.PERCENT, subject=make.instrument("SPY"),
            metric="return", kind="price", period=make.window("1d"), missing="Because.",
        )  # fmt: skip
        assert made == Absent("SPY.return.1d", "Because.")


def test_rounding_happens_once_half_even(snapshot):
    assert a_fact(market(snapshot), 0.1 + 0.2).value == Decimal("0.3")
    assert a_fact(market(snapshot), 2.5e-12).value == Decimal("2e-12")


def test_a_close_beyond_all_bounds_is_no_close(snapshot):
    whole = market(snapshot)
    assert plausible(whole).close is whole.close  # nothing to do, nothing copied
    for absurd in (CLOSES[0] / 2, CLOSES[1] * 2):
        bars = snapshot.bars
        at = bars.index[bars["symbol"] == "IWM"][-3]
        strange = with_closes(snapshot, close=bars["close"].where(bars.index != at, absurd))
        holed = with_closes(snapshot, close=bars["close"].where(bars.index != at))
        ledgers = [compute_ledger(one, universe(), sessions()) for one in (strange, holed)]
        assert ledgers[0].facts == ledgers[1].facts
        assert ledgers[0].absent == ledgers[1].absent
    for price in CLOSES:
        kept = market(with_closes(snapshot, close=bars["close"].where(bars.index != at, price)))
        assert plausible(kept).close.loc[bars["date"][at], "IWM"] == price


def test_a_figure_beyond_all_bounds_is_no_figure(snapshot):
    values = [0.0, 1.0, -2.5, 1e300, -1e300, 5e-324, 1e15, 1e-9]
    frame = canonical(
        "macro",
        pd.DataFrame({"series": "DGS10", "date": pd.date_range("2026-01-01", periods=8),
                      "value": values, "known": "2026-06-01"}),
    )  # fmt: skip
    of = plausible(market(replace(snapshot, tables={"macro": frame})))
    assert of.table("macro")["value"].tolist() == [0.0, 1.0, -2.5, 1e15, 1e-9]


def test_a_digest_may_not_make_a_fact_again(snapshot):
    fact = a_fact(market(snapshot))
    again = Digest("again", 1, 0, lambda market, signals, strengths: [fact], "")
    made = run_digests(market(snapshot), [fact], [again])
    assert made == [fact]
    with pytest.raises(ComputeError, match="made twice"):
        assemble(snapshot, [fact, *made])


@pytest.mark.parametrize("row", [-1, -2])
@pytest.mark.parametrize("column", ["close", "adj_close"])
def test_a_missing_last_or_base_bar_is_never_filled(snapshot, row, column):
    bars = snapshot.bars
    at = bars.index[bars["symbol"] == "IWM"][row]
    holed = with_closes(snapshot, **{column: bars[column].where(bars.index != at)})
    suffix = "" if column == "close" else ".total"
    missing = absent(market(holed))
    assert f"IWM.return.1d{suffix}" in missing
    assert f"IWM-SPY.spread.1d{suffix}" in missing
    other = ".total" if column == "close" else ""
    assert f"IWM.return.1d{other}" in facts(market(holed))
    assert (f"IWM.return.5d{suffix}" in missing) == (row == -1)


def test_bases_follow_the_stated_calendar():
    whole = market(walk(("SPY",), 900))
    expected = {
        "1d": "2026-07-01", "5d": "2026-06-25", "1m": "2026-06-02", "3m": "2026-04-02",
        "6m": "2026-01-02", "ytd": "2025-12-31", "1y": "2025-07-02",
    }  # fmt: skip
    assert {w: str(whole.base(w)) for w in expected} == expected
    early = whole.cut(dt.date(2026, 3, 31))
    assert str(early.base("1m")) == "2026-02-27"  # the 28th is a Saturday
    assert market(walk(("SPY",), 5)).base("5d") is None
    assert market(walk(("SPY",), 5)).base("ytd") is None


def test_level_like_facts_fall_back_to_adjusted_closes_and_say_so(snapshot):
    iwm = (snapshot.bars["symbol"] == "IWM").to_numpy()
    known = np.where(iwm, np.nan, snapshot.bars["close"])
    made = facts(market(with_closes(snapshot, close=known)))
    for fact_id in ("IWM.rsi.14d", "IWM.gap.50d", "IWM.drawdown.1y", "IWM/SPY.ratio.close"):
        assert made[fact_id].kind == "total"
    assert made["SPY.gap.50d"].kind == "price"
    assert "IWM.level" not in made
    assert "IWM.return.1d" not in made


def test_shares_carry_no_plus_sign_and_changes_do(snapshot):
    made = facts(market(snapshot))
    assert not made["sp500.breadth.above_50d"].display.startswith("+")
    assert not made["SPY.volatility.21d"].display.startswith("+")
    change = made["sp500.breadth.above_50d_change.5d"]
    assert change.display[0] in "+−0"


@pytest.mark.parametrize(
    ("as_of", "quality"),
    [("2026-07-02", "ok"), ("2026-07-01", "ok"), ("2026-07-03", "estimated"),
     ("", "estimated"), ("2025-06-01", "stale")],
)  # fmt: skip
def test_breadth_says_how_good_its_list_is(snapshot, as_of, quality):
    members = replace(snapshot.members, as_of=as_of)
    made = facts(market(replace(snapshot, members=members)))
    assert made["sp500.breadth.above_50d"].quality == quality


def test_breadth_needs_its_coverage(snapshot):
    strangers = tuple(f"Z{n}" for n in range(5))
    members = Members("sp500", "members", (*snapshot.members.symbols, *strangers), "2026-07-02")
    built = market(replace(snapshot, members=members))
    assert "5 of 10 members" in absent(built)["sp500.breadth.above_50d"]
    assert float(facts(built)["sp500.breadth.coverage"].number) == 50
    nobody = market(replace(snapshot, members=Members("sp500", "members", ())))
    assert "sp500.breadth.members" in absent(nobody)


def test_a_tie_for_first_names_no_best_sector():
    symbols = universe().sectors
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-300:]
    closes = np.full((300, len(symbols)), 100.0)
    closes[-1, :3] = (102.0, 102.0, 99.0)
    made = market(panel(index, symbols, closes, closes))
    assert absent(made)["sectors.best.1d"] == "Tied: XLB, XLC."
    found = facts(made)
    assert found["sectors.worst.1d"].value == "energy"
    assert [int(found[f"{s}.rank.1d"].number) for s in ("XLB", "XLC", "XLF", "XLE")] == [
        1,
        1,
        3,
        11,
    ]
    assert found["sectors.advancing.1d"].sample.of == 11
    few = closes.copy()
    few[-1, 3:7] = np.nan
    assert "7 of 11" in absent(market(panel(index, symbols, few, few)))["XLB.rank.1d"]
    three = closes.copy()
    three[-1, 3:6] = np.nan
    found = facts(market(panel(index, symbols, three, three)))
    assert int(found["sectors.count.1d"].number) == 8
    assert "XLF.rank.1d" not in found


def test_possessives_read_well():
    assert possessive("financials") == "financials'"
    assert possessive("large value") == "large value's"
