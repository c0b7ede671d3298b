"""Breadth against two series that others published, each on its own basis.

Neither publisher states a recipe; both were found by experiment.

* Internals (SPY rows, 20, 50, 100 and 200 days, new highs and lows, 2015 to 2026): adjusted
  closes, strictly above, highest or lowest of 252 closes, over today's members. A member
  counts in *every* column only once it has 252 closes, which newly listed ones (Uber and
  Dow in 2019, Palantir and Airbnb in 2021) show; we count it as soon as the average itself
  is covered. Their list lacks Electronic Arts, which left in June 2026, and holds one name
  that our bars do not (500 against 499 in August 2026); a missing bar of one session is
  bridged. On that basis, 2016-01-04 to 2026-08-20, 2,673 sessions: 99.0 to 99.5 % of the
  printed shares lie within 0.2 points of ours, the median difference is 0.07 to 0.08, and
  all but one within one member and the printed digit's rounding. Without their 252-close
  rule 68 to 86 % do, at most 0.84 apart.
* Marketbase (50, 100 and 200 days, 301 sessions to 2026-08-20): closes *not* adjusted for
  dividends. Of most members we have adjusted closes only, which lie 1.0, 1.5 and 2.0 points
  higher in the median. Taking dividends out again at each member's indicated yield, as if
  paid evenly, brings that to less than 0.1; agreement day by day is then 0.2 to 0.4 in the
  median, and within 0.2 points on 28 to 44 % of sessions only, because when and how much
  each paid is not known. So this series confirms the recipe and not each value.
"""

import numpy as np
import pandas as pd
import pytest
from compute_support import real_market, real_members, sessions

from newsletter.compute.arrays import rolling_mean
from newsletter.compute.crowd import Crowd, count_crowd

pytestmark = pytest.mark.market
DAYS = (20, 50, 200)
LISTED = 252
LEFT_THEIR_LIST = ("EA",)
POINTS = 0.2 + 1e-9
ROUNDING = 0.05


@pytest.fixture(scope="module")
def market(market_bars):
    return real_market(market_bars)


@pytest.fixture(scope="module")
def everyone(market, market_bars):
    """Adjusted closes of the members since 2015, one missing session bridged."""
    whole = market.adjusted[list(real_members(market_bars).symbols)].loc["2015":]
    return whole.where(whole.notna(), whole.ffill(limit=1))


@pytest.fixture(scope="module")
def closes(everyone):
    return everyone.drop(columns=list(LEFT_THEIR_LIST))


@pytest.fixture(scope="module")
def internals(market_bars):
    table = pd.read_csv(
        market_bars.parent / "reference" / "breadth_internals_klevera.csv", parse_dates=["date"]
    )
    return table[table["etf"] == "SPY"].set_index("date").loc["2016":]


@pytest.fixture(scope="module")
def theirs(closes):
    """Our own counts, each member's from its 252nd close on."""
    total: dict[str, np.ndarray] = {}
    for name in closes.columns:
        alone = count_crowd(closes[[name]].to_numpy(), np.arange(1))
        listed = alone.priced.cumsum() >= LISTED
        for field in Crowd.__dataclass_fields__:
            part = getattr(alone, field) * listed
            total[field] = total.get(field, 0) + part
    return pd.DataFrame(total, index=closes.index)


def differences(ours: pd.Series, published: pd.Series) -> pd.Series:
    both = (ours - published).dropna()
    assert len(both) == len(published)
    return both


@pytest.mark.parametrize("days", DAYS)
def test_shares_agree_with_the_internals_on_their_basis(theirs, internals, days):
    ours = 100 * theirs[f"above_{days}"] / theirs["priced"]
    apart = differences(ours.reindex(internals.index), internals[f"pct_above_{days}"]).abs()
    member = (100 / theirs["priced"]).reindex(apart.index)
    assert (apart <= POINTS).mean() > 0.99
    assert apart.median() < 0.08
    beyond = apart[apart > member + ROUNDING]
    assert [str(date.date()) for date in beyond.index] == (["2026-01-07"] if days == 50 else [])
    assert apart.max() < 0.36


def test_the_hundred_day_share_agrees_though_we_do_not_print_it(closes, internals):
    values = closes.to_numpy()
    listed = np.isfinite(values).cumsum(axis=0) >= LISTED
    above = (values > rolling_mean(values, 100)) & listed
    counted = (listed & np.isfinite(values)).sum(axis=1)
    ours = pd.Series(100 * above.sum(axis=1) / counted.clip(1), index=closes.index)
    apart = differences(ours.reindex(internals.index), internals["pct_above_100"]).abs()
    assert (apart <= POINTS).mean() > 0.99
    assert apart.max() < 0.26


@pytest.mark.parametrize(
    ("count", "column", "share"),
    [("new_highs", "new_high_pct", 0.96), ("new_lows", "new_low_pct", 0.99)],
)
def test_new_highs_and_lows_agree_with_the_internals(theirs, internals, count, column, share):
    ours = 100 * theirs[count] / theirs["yearlings"]
    apart = differences(ours.reindex(internals.index), internals[column]).abs()
    member = (100 / theirs["yearlings"]).reindex(apart.index)
    assert (apart <= POINTS).mean() > share
    assert (apart <= member + ROUNDING).all()


@pytest.mark.parametrize(("days", "within"), [(20, 0.65), (50, 0.69), (200, 0.8)])
def test_our_own_basis_stays_within_a_point_of_the_internals(market, internals, days, within):
    share = market.crowd.share(days, 0.9 * len(market.members.symbols))
    ours = pd.Series(share, index=market.sessions).reindex(internals.index)
    apart = differences(ours, internals[f"pct_above_{days}"]).abs()
    assert (apart <= POINTS).mean() > within
    assert apart.max() < 0.85


@pytest.fixture(scope="module")
def marketbase(market_bars):
    path = market_bars.parent / "reference" / "breadth_sp500_abv_marketbase.csv"
    table = pd.read_csv(path, parse_dates=["date"]).set_index("date").loc[:"2026-08-20"]
    return table[table.index.isin(sessions())]  # one row is a Saturday's


@pytest.mark.parametrize(
    ("days", "higher", "left"), [(50, 1.0, 0.4), (100, 1.5, 0.35), (200, 2.0, 0.3)]
)
def test_dividends_explain_the_distance_to_marketbase(
    everyone, market_bars, marketbase, days, higher, left
):
    table = pd.read_csv(
        market_bars.parent / "reference" / "fundamentals_yf_2026-06-29.csv", index_col="ticker"
    )
    yields = table["dividendYield"].reindex(everyone.columns).fillna(0.0).to_numpy() / 100
    years = np.arange(len(everyone))[:, None] / 252
    for paid, (middle, typical) in ((0.0, (higher, 9.0)), (yields, (0.0, left))):
        values = everyone.to_numpy() * np.exp(-years * paid)
        average = rolling_mean(values, days)
        share = 100 * (values > average).sum(axis=1) / np.isfinite(average).sum(axis=1).clip(1)
        ours = pd.Series(share, index=everyone.index).reindex(marketbase.index)
        apart = differences(ours, marketbase[f"ABV{days}"])
        assert apart.median() == pytest.approx(middle, abs=0.1)
        assert apart.abs().median() < typical
