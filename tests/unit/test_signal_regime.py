"""The volatility regime and the slope of implied volatility."""

import datetime as dt
import math
import time
import warnings
from dataclasses import astuple, replace

import numpy as np
import pandas as pd
import pytest
from compute_support import market, panel, real_market, sessions, universe, walk

from newsletter.compute.facts import Fact, Signal
from newsletter.compute.regime import LARGE_CAPS, Switching, daily_returns, rough_probability
from newsletter.compute.signal import Absent, measures
from newsletter.compute.signals.vix import vix, vix_slope
from newsletter.compute.signals.volatility_regime import states_of, volatility_regime

OTHER = Switching(0.97, 0.08, 0.05, -0.1, 0.4, 5.0)
REGIME = measures()["volatility_regime"]


@pytest.fixture(scope="module")
def switching():
    """Return statsmodels' model of a series with two switching means and variances."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    def model(returns: np.ndarray):
        return MarkovRegression(returns, k_regimes=2, switching_variance=True)

    return model


def noise(seed: int, count: int = 800) -> np.ndarray:
    random = np.random.default_rng(seed)
    rough = np.arange(count) // 100 % 2 == 1
    return random.normal(0.03, np.where(rough, 2.0, 0.7))


def by_hand(returns, model: Switching) -> list[float]:
    """Filter with densities multiplied out, one day after the other."""

    def density(value, mean, variance):
        return math.exp(-((value - mean) ** 2) / (2 * variance)) / math.sqrt(variance)

    leaves = 1 - model.calm_stays
    rough, path = leaves / (leaves + model.rough_calms), []
    for value in returns:
        rough = rough * (1 - model.rough_calms) + (1 - rough) * leaves
        if not math.isnan(value):
            calm = (1 - rough) * density(value, model.mean_calm, model.variance_calm)
            rough *= density(value, model.mean_rough, model.variance_rough)
            rough = rough / (rough + calm)
        path.append(rough)
    return path


@pytest.mark.parametrize("model", [LARGE_CAPS, OTHER])
@pytest.mark.parametrize("seed", range(3))
def test_the_filter_equals_statsmodels(switching, model, seed):
    returns = noise(seed)
    filtered = switching(returns).filter(astuple(model)).filtered_marginal_probabilities[:, 1]
    assert rough_probability(returns, model) == pytest.approx(filtered, abs=1e-9)


def test_the_filter_equals_a_filter_by_hand_across_holes():
    returns = noise(9)
    returns[[100, 101, 102, 500]] = np.nan
    assert rough_probability(returns, OTHER) == pytest.approx(by_hand(returns, OTHER), abs=1e-12)


def test_the_filter_knows_no_tomorrow():
    returns = noise(4)
    whole = rough_probability(returns, LARGE_CAPS)
    for rows in (1, 50, 333, 799):
        assert np.array_equal(rough_probability(returns[:rows], LARGE_CAPS), whole[:rows])


def test_before_the_first_return_nothing_is_known():
    returns = np.concatenate([[np.nan] * 20, noise(1, 30)])
    probability = rough_probability(returns, LARGE_CAPS)
    assert np.isnan(probability[:20]).all()
    assert np.array_equal(probability[20:], rough_probability(returns[20:], LARGE_CAPS))
    assert np.isnan(rough_probability(np.full(9, np.nan), LARGE_CAPS)).all()


@pytest.mark.parametrize("move", [-2500.0, 2500.0, 1e6, 1e-320])
def test_a_crash_is_rough_and_no_division_of_nothing(move):
    returns = noise(2, 60)
    returns[30] = move
    probability = rough_probability(returns, LARGE_CAPS)
    assert np.isfinite(probability).all()
    assert ((probability >= 0) & (probability <= 1)).all()
    if abs(move) > 100:
        assert probability[30] == 1.0


def test_a_return_needs_both_closes():
    returns = daily_returns(np.array([100.0, 101.0, np.nan, 102.0, 0.0, 103.0, 103.0]))
    assert returns[1] == pytest.approx(100 * math.log(1.01))
    assert np.isnan(returns[[0, 2, 3, 4, 5]]).all()
    assert returns[6] == 0


def test_thirty_three_years_take_no_time():
    returns = noise(3, 8500)
    started = time.process_time()
    rough_probability(returns, LARGE_CAPS)
    assert time.process_time() - started < 0.04


def test_states_switch_at_one_threshold_and_back_at_the_other():
    rough = np.array([0.5, 0.7, 0.85, 0.5, 0.21, 0.2, 0.5, 0.79, 0.8, np.nan, 0.5])
    told = np.ones(len(rough), bool)
    told[3] = False
    assert states_of(rough, told).tolist() == [
        "", "", "turbulent", "", "turbulent", "calm", "calm", "calm", "turbulent",
        "turbulent", "turbulent",
    ]  # fmt: skip


def spy(returns: np.ndarray, end: str = "2026-07-02"):
    """Make a market in which SPY moves by given log returns, percent."""
    index = sessions()[sessions() <= pd.Timestamp(end)][-len(returns) - 1 :]
    closes = 100 * np.exp(np.concatenate([[0.0], returns / 100]).cumsum())[:, None]
    return market(panel(index, ("SPY",), closes, closes))


def output(of, plugin=REGIME):
    made = list(plugin.compute(of))
    facts = {o.id: o for o in made if isinstance(o, Fact)}
    signal = next((o for o in made if isinstance(o, Signal)), None)
    return facts, signal, {o.id: o.reason for o in made if isinstance(o, Absent)}


def test_strength_is_the_probability_turned_round():
    facts, signal, _ = output(spy(noise(6)))
    probability = rough_probability(
        daily_returns(spy(noise(6)).prices("SPY", "total").to_numpy()), LARGE_CAPS
    )
    assert float(facts["volatility_regime.probability.close"].number) == pytest.approx(
        100 * probability[-1], abs=1e-9
    )
    assert float(signal.strength) == pytest.approx(1 - 2 * probability[-1], abs=1e-12)
    assert signal.state == "turbulent"


def test_sessions_that_made_the_parameters_have_no_state():
    facts, signal, missing = output(spy(noise(7), "2009-12-31"))
    assert signal is None
    assert not facts
    assert missing["volatility_regime.probability.close"].startswith("No daily return out of")
    later = spy(noise(7), "2010-06-30")
    _, signal, _ = output(later)
    assert signal.since >= dt.date(2010, 1, 4)
    assert {rate.since for rate in signal.base_rates} == {dt.date(2010, 1, 4)}


def test_a_missing_close_today_is_no_state():
    of = spy(noise(5))
    holed = replace(of, close=of.close.copy(), adjusted=of.adjusted.copy())
    holed.close.iloc[-1] = holed.adjusted.iloc[-1] = np.nan
    _, signal, missing = output(holed)
    assert signal is None
    assert "volatility_regime.signal.state" in missing


def test_turbulent_sessions_are_counted():
    of = spy(noise(6))
    facts, _, _ = output(of)
    rough = rough_probability(daily_returns(of.prices("SPY", "total").to_numpy()), LARGE_CAPS)
    state, count = "", 0
    for row, value in enumerate(rough.tolist()):
        state = "turbulent" if value >= 0.8 else "calm" if value <= 0.2 else state
        count += state == "turbulent" and row >= len(rough) - 252
    assert facts["volatility_regime.turbulent_sessions.1y"].number == count > 0


@pytest.mark.parametrize(
    ("level", "band"),
    [(9.0, "low"), (14.99, "low"), (15.0, "normal"), (19.9, "normal"), (20.0, "elevated"),
     (30.0, "high"), (82.7, "high")],
)  # fmt: skip
def test_bands_begin_at_their_edges(level, band):
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-10:]
    closes = np.full((10, 1), level)
    facts, _, _ = output(market(panel(index, ("^VIX",), closes, closes)), vix)
    assert facts["VIX.band"].value == band


def volatilities(near: np.ndarray, far: np.ndarray):
    index = sessions()[sessions() <= pd.Timestamp("2026-07-02")][-len(near) :]
    closes = np.column_stack([np.linspace(100, 150, len(near)), near, far])
    return market(panel(index, ("SPY", "^VIX", "^VIX3M"), closes, closes))


def test_the_slope_is_inverted_where_the_near_month_costs_more():
    near = np.full(400, 16.0)
    near[-60:-50] = near[-3:] = 25.0
    far = np.full(400, 20.0)
    facts, signal, _ = output(volatilities(near, far), vix_slope)
    assert (signal.state, float(signal.strength)) == ("inverted", -1.0)
    assert facts["vix_slope.signal.sessions"].number == 3
    assert float(facts["VIX/VIX3M.ratio.close"].number) == 1.25
    assert facts["VIX/VIX3M.inverted.1y"].number == 13
    assert facts["VIX/VIX3M.inverted.1y"].sample.of == 252
    assert signal.base_rates[0].events == 3  # ten sessions hold two, five apart; three hold one
    level = output(volatilities(far, far), vix_slope)[1]
    assert (level.state, float(level.strength)) == ("normal", 0.0)


def test_without_a_three_month_index_there_is_no_slope():
    near = universe().model_copy(update={"volatility_3m": None})
    assert list(vix_slope.compute(market(walk(("SPY", "^VIX"), 300), near))) == []
    _, signal, missing = output(market(walk(("SPY", "^VIX"), 300)), vix_slope)
    assert signal is None
    assert "VIX3M" in missing["VIX/VIX3M.ratio.close"]


@pytest.fixture(scope="module")
def real_spy(market_bars):
    closes = real_market(market_bars).prices("SPY", "total")
    return closes.dropna()


@pytest.mark.market
def test_the_parameters_are_those_that_statsmodels_estimates(switching, real_spy):
    """Each within a twentieth of its standard error; tighter says nothing about the market."""
    returns = daily_returns(real_spy[:"2009-12-31"].to_numpy())[1:]
    assert len(returns) == 4263
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = switching(returns).fit()
    away = np.abs(np.array(astuple(LARGE_CAPS)) - fitted.params) / fitted.bse
    assert away.max() < 0.05
    assert fitted.llf == pytest.approx(-6208.96, abs=0.01)


@pytest.mark.market
def test_the_filter_equals_statsmodels_on_every_real_session(switching, real_spy):
    returns = daily_returns(real_spy.to_numpy())
    filtered = switching(returns[1:]).filter(astuple(LARGE_CAPS)).filtered_marginal_probabilities
    assert rough_probability(returns, LARGE_CAPS)[1:] == pytest.approx(filtered[:, 1], abs=1e-9)


@pytest.mark.market
def test_the_worked_examples_hold(market_bars):
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    facts, signal, _ = output(of)
    assert signal.state == "calm"
    assert facts["volatility_regime.probability.close"].display == "7.92%"
    closes = of.prices("SPY", "total").to_numpy()
    rough = rough_probability(daily_returns(closes), LARGE_CAPS)
    states = states_of(rough, of.sessions > pd.Timestamp("2009-12-31"))
    turbulent = states == "turbulent"
    told = states != ""
    assert round(100 * turbulent[told].mean()) == 25
    assert int((np.diff(turbulent[told].astype(int)) == 1).sum() + turbulent[told][0]) == 40
    facts, _, _ = output(of, vix)
    assert (facts["VIX.percentile_1y"].sample.n, facts["VIX.percentile_5y"].sample.n) == (71, 397)
    assert facts["VIX.band"].value == "normal"
    assert volatility_regime.formula == "volatility_regime@1"


@pytest.mark.market
def test_the_slope_equals_the_ratio_of_published_closes(market_bars):
    file = market_bars.parent / "reference" / "cboe_volatility.csv"
    table = pd.read_csv(file, parse_dates=["date"]).set_index("date")
    of = real_market(market_bars).cut(dt.date(2026, 7, 2))
    close = of.close.assign(**{"^VIX3M": table["VIX3M"].reindex(of.sessions)})
    close["^VIX"] = table["VIX"].reindex(of.sessions)
    facts, signal, _ = output(replace(of, close=close), vix_slope)
    ratio = (table["VIX"] / table["VIX3M"]).reindex(of.sessions)
    assert float(facts["VIX/VIX3M.ratio.close"].number) == pytest.approx(ratio.iloc[-1], abs=1e-12)
    assert round(ratio.iloc[-1], 3) == 0.848
    year = ratio.iloc[-252:]
    assert facts["VIX/VIX3M.inverted.1y"].number == int((year > 1).sum())
    percentile = 100 * (year <= year.iloc[-1]).mean()
    assert float(facts["VIX/VIX3M.ratio.percentile_1y"].number) == pytest.approx(percentile)
    assert signal.state == "normal"
    assert signal.base_rates[0].since == dt.date(2009, 9, 18)
