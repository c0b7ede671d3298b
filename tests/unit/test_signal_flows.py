"""Fund flows: what moved in and out, and when that cannot be said."""

import datetime as dt
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from compute_support import market, real_market, walk

from newsletter.collect.reference import read_tables
from newsletter.collect.tables import KNOWN, canonical
from newsletter.compute.facts import Fact
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output
from newsletter.compute.signals.flows import flows
from newsletter.units import Unit

IDS = ("IWM.flow.1d", "IWM.flow.5d", "IWM.flow_share.5d")
COUNTS = [280e6, 281e6, 281e6, 279e6, 282e6, 284e6, 285e6]


@lru_cache(maxsize=1)
def plain_market() -> Market:
    return market(walk(("IWM", "SPY"), 40))


def counted(counts: list[float], *, late: bool = True, of: Market | None = None) -> Market:
    """Return a market with share counts up to its session, or up to the one before."""
    base = of or plain_market()
    dates = base.sessions[-len(counts) - late : len(base.sessions) - late]
    known = dates + pd.tseries.offsets.BDay(1) if late else dates
    table = pd.DataFrame({"symbol": "IWM", "date": dates, "shares": counts, KNOWN: known})
    return replace(
        base, tables={"shares": canonical("shares", table)}, table_sources={"shares": "ishares"}
    )


def told(of: Market) -> dict[str, Output]:
    return {output.id: output for output in flows.compute(of)}


@pytest.mark.parametrize("late", [True, False])
def test_a_flow_is_shares_made_times_the_close(late: bool) -> None:
    of = counted(COUNTS, late=late)
    made, row = told(of), len(of.sessions) - 1 - late
    closes = of.close["IWM"].to_numpy()[: row + 1]
    day = (COUNTS[-1] - COUNTS[-2]) * closes[-1]
    week = sum((COUNTS[-i] - COUNTS[-i - 1]) * closes[-i] for i in range(1, 6))
    assert float(made["IWM.flow.1d"].number) == pytest.approx(day, abs=5e4)
    assert float(made["IWM.flow.5d"].number) == pytest.approx(week, abs=5e4)
    share = 100 * week / (COUNTS[-6] * closes[-6])
    assert float(made["IWM.flow_share.5d"].number) == pytest.approx(share, rel=1e-9)
    fact = made["IWM.flow.5d"]
    assert fact.unit is Unit.USD
    assert fact.number % 100_000 == 0
    assert fact.period.end == fact.as_of == of.sessions[row].date()
    assert fact.period.start == of.sessions[row - 5].date()
    assert (fact.source, fact.quality, fact.inputs) == ("ishares", "estimated", ("IWM",))
    assert made["IWM.flow_share.5d"].unit is Unit.PERCENT
    assert made["IWM.flow_share.5d"].is_change


def test_money_that_leaves_has_a_minus() -> None:
    made = told(counted([*COUNTS[:-1], 283e6]))["IWM.flow.1d"]
    assert made.number < 0
    assert made.display.startswith("−$")


def test_a_day_without_new_shares_is_a_flow_of_nothing() -> None:
    made = told(counted([*COUNTS[:-1], COUNTS[-2]]))
    assert made["IWM.flow.1d"].number == 0
    assert made["IWM.flow.1d"].display == "$0"


@pytest.mark.parametrize("length", [6, 7, 40])
def test_a_count_that_never_moves_is_a_source_that_repeats_itself(length: int) -> None:
    made = told(counted([280e6] * min(length, 39)))
    assert {type(output) for output in made.values()} == {Absent}
    assert made["IWM.flow.1d"].reason == (
        "The count of shares of the small-cap fund shows no move in 5 sessions: its source "
        "seems to repeat it."
    )


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_short_count_that_never_moved_says_nothing(length: int) -> None:
    made = told(counted([280e6] * length))
    assert set(made) == set(IDS)
    assert all(isinstance(output, Absent) for output in made.values())


def test_a_count_that_moved_long_ago_only_is_frozen() -> None:
    made = told(counted([270e6, *[280e6] * 6]))
    assert all(isinstance(output, Absent) for output in made.values())


def test_a_missing_day_makes_the_window_absent() -> None:
    of = counted(COUNTS)
    table = of.tables["shares"]
    gap = replace(of, tables={"shares": table.drop(index=table.index[3])})
    made = told(gap)
    assert isinstance(made["IWM.flow.1d"], Fact)
    for id in ("IWM.flow.5d", "IWM.flow_share.5d"):
        assert made[id].reason == (
            "A count of shares or a close of the small-cap fund is missing within 5 sessions."
        )


def test_a_missing_close_makes_the_window_absent() -> None:
    of = counted(COUNTS)
    closes = of.close.copy()
    closes.iloc[-4, closes.columns.get_loc("IWM")] = np.nan
    made = told(replace(of, close=closes))
    assert isinstance(made["IWM.flow.1d"], Fact)
    assert isinstance(made["IWM.flow.5d"], Absent)


def test_a_count_that_ended_says_when() -> None:
    of = counted(COUNTS)
    table = of.tables["shares"].assign(date=lambda rows: rows["date"] - pd.Timedelta(weeks=3))
    made = told(replace(of, tables={"shares": table}))
    assert made["IWM.flow.1d"].reason == (
        "The count of shares of the small-cap fund ends on 2026-06-10, before 2026-07-02."
    )


def test_without_a_table_the_small_cap_funds_flow_is_stated_absent() -> None:
    made = told(plain_market())
    assert set(made) == set(IDS)
    assert {output.reason for output in made.values()} == {
        "The source counts no shares of the small-cap fund."
    }


def test_counts_of_funds_nobody_watches_are_left_out() -> None:
    of = counted(COUNTS)
    other = of.tables["shares"].assign(symbol="ZZZ")
    both = canonical("shares", pd.concat([of.tables["shares"], other]))
    assert told(replace(of, tables={"shares": both})) == told(of)


def test_the_newest_vintage_of_a_count_is_used() -> None:
    of = counted(COUNTS)
    table = of.tables["shares"]
    wrong = table.assign(shares=1.0, known=table[KNOWN] - pd.Timedelta(days=1))
    both = canonical("shares", pd.concat([table, wrong]))
    assert told(replace(of, tables={"shares": both})) == told(of)


def test_a_count_known_tomorrow_is_not_used() -> None:
    of = counted(COUNTS, late=False)
    tomorrow = of.tables["shares"].assign(known=lambda rows: rows["date"] + pd.Timedelta(days=1))
    made = told(replace(of, tables={"shares": tomorrow}).cut(of.session.date))
    assert made["IWM.flow.1d"].as_of == of.sessions[-2].date()


@pytest.mark.market
def test_real_flows_equal_pandas(market_bars) -> None:
    day = dt.date(2026, 5, 18)
    beside = read_tables(market_bars, (), pd.Timestamp(day), "files")
    of = replace(
        real_market(market_bars).cut(day),
        tables={"shares": canonical("shares", beside.tables["shares"])},
        table_sources={"shares": "files"},
    )
    made = told(of)
    path = market_bars.parent / "reference" / "iwm_shares_outstanding.csv"
    counts = pd.read_csv(path, parse_dates=["date"]).set_index("date")["shares_outstanding"]
    closes = of.close["IWM"]
    daily = (counts.reindex(closes.index).diff() * closes).dropna()
    assert daily.index[-1] == pd.Timestamp("2026-05-15")
    assert float(made["IWM.flow.1d"].number) == pytest.approx(daily.iloc[-1], abs=5e4)
    assert float(made["IWM.flow.5d"].number) == pytest.approx(daily.iloc[-5:].sum(), abs=2.5e5)
    assert made["IWM.flow.1d"].display == "$388,600,000"
    later = replace(of, session=real_market(market_bars).cut(dt.date(2026, 7, 2)).session)
    assert later.session.date == dt.date(2026, 7, 2)
    july = replace(real_market(market_bars).cut(dt.date(2026, 7, 2)), tables=of.tables)
    assert told(july)["IWM.flow.1d"].reason.endswith("ends on 2026-05-15, before 2026-07-02.")
