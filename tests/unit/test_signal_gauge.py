"""The digests: the rotation gauge, and how much of all evidence could be chance."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from compute_support import market, real_market, walk
from ledger_support import everything, rich, stated

from newsletter.compute.facts import BaseRate, Fact, Signal
from newsletter.compute.ledger import run_digests
from newsletter.compute.make import Maker
from newsletter.compute.race import fuller_ratio
from newsletter.compute.signal import Absent, Digest, Trace, digests
from newsletter.compute.signals.evidence import beyond_chance, evidence
from newsletter.compute.signals.gauge import COMPONENTS, gauge, states_of

NAMES = tuple(COMPONENTS)
COUNT = 900
WHOLE = market(walk(("IWM", "SPY"), COUNT))


def strengths(count: int = COUNT, names=NAMES) -> dict[str, np.ndarray]:
    random = np.random.default_rng(12)
    made = {n: np.tanh(random.normal(0, 0.08, count).cumsum()) for n in NAMES}
    for number, values in enumerate(made.values()):
        values[: 30 * number] = np.nan
    return {name: made[name] for name in names}


def signals(names) -> dict[str, Signal]:
    return {
        name: Signal(name, "up", Decimal("0.5"), dt.date(2026, 7, 1), (f"{name}.x",))
        for name in names
    }


def compiled(names=NAMES, of=WHOLE, given=None):
    given = strengths(names=names) if given is None else given
    made = list(gauge.compile(of, signals(names), given))
    facts = {o.id: o for o in made if isinstance(o, Fact)}
    signal = next((o for o in made if isinstance(o, Signal)), None)
    trace = next((o for o in made if isinstance(o, Trace)), None)
    return facts, signal, trace, {o.id: o.reason for o in made if isinstance(o, Absent)}


def test_the_level_is_the_plain_mean_of_its_components():
    facts, signal, trace, missing = compiled()
    given = strengths()
    last = [float(given[name][-1]) for name in NAMES]
    level = facts["rotation_gauge.level"]
    assert float(level.number) == pytest.approx(100 * sum(last) / len(last), abs=1e-9)
    assert (level.sample.n, level.sample.of) == (6, 6)
    for name, value in zip(NAMES, last, strict=True):
        component = facts[f"rotation_gauge.component.{name}"]
        assert float(component.number) == pytest.approx(100 * value, abs=1e-9)
        assert component.inputs == (f"{name}.signal.strength",)
    assert float(signal.strength) == pytest.approx(sum(last) / 6, abs=1e-12)
    table = pd.DataFrame(given)
    mean = table.mean(axis=1).where(table.notna().sum(axis=1) >= 4)
    assert trace.strength == pytest.approx(mean.to_numpy(), nan_ok=True)
    assert not [fact_id for fact_id in missing if "base_rate" not in fact_id]


def test_the_recipe_names_what_counts():
    facts, *_ = compiled(NAMES[:4])
    assert facts["rotation_gauge.recipe"].value == (
        "the plain mean, equally weighted, of the strengths of small against large, value "
        "against growth, equal against cap weight and cyclicals against defensives"
    )
    assert all(words in gauge.doc.replace("\n    ", " ") for words in list(COMPONENTS.values())[:5])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fewer_than_four_components_make_no_gauge(count):
    facts, signal, trace, missing = compiled(NAMES[:count])
    assert signal is trace is None
    assert missing["rotation_gauge.level"] == (
        f"Only {count} of 6 components are known; 4 are required."
    )
    assert "rotation_gauge.signal.state" in missing
    assert facts["rotation_gauge.components"].number == count
    assert len([f for f in facts if ".component." in f]) == count


def test_a_component_unknown_today_counts_for_no_day():
    given = strengths()
    five = {name: given[name] for name in NAMES if name != "equal_vs_cap"}
    facts, _, trace, missing = compiled(tuple(five), given=five)
    assert facts["rotation_gauge.level"].sample.n == 5
    assert "equal_vs_cap" in missing["rotation_gauge.component.equal_vs_cap"]
    expected = np.mean([values[-1] for values in five.values()])
    assert trace.strength[-1] == pytest.approx(expected)


def test_states_have_a_memory():
    level = np.array([np.nan, 0.2, 0.3, 0.12, 0.09, 0.2, -0.3, -0.11, -0.09, np.nan, -0.2, 0.25])
    assert states_of(level).tolist() == [
        "", "mixed", "rotation on", "rotation on", "mixed", "mixed", "rotation off",
        "rotation off", "mixed", "", "mixed", "rotation on",
    ]  # fmt: skip


@pytest.mark.parametrize(("shift", "sign"), [(0.9, 1), (-0.9, -1)])
def test_its_sequel_is_the_race_of_small_against_large(shift, sign):
    given = {name: np.full(COUNT, shift) for name in NAMES}
    _, signal, _, _ = compiled(given=given)
    assert signal.state == ("rotation on" if sign > 0 else "rotation off")
    _, ratio = fuller_ratio(Maker(WHOLE, "x@1"), "IWM", "SPY")
    for rate in signal.base_rates:
        rows = np.arange(0, COUNT - rate.horizon, rate.horizon)
        assert rate.known == len(rows)
        led = sign * (ratio[rows + rate.horizon] - ratio[rows]) > 0
        assert rate.hits == int(led.sum())


def test_the_gauge_of_a_past_is_what_it_was():
    for rows in (899, 640, 300):
        of = WHOLE.cut(WHOLE.sessions[rows - 1].date())
        cut = {name: values[:rows] for name, values in strengths().items()}
        now, then = compiled()[2], compiled(of=of, given=cut)[2]
        assert np.array_equal(now.strength[:rows], then.strength, equal_nan=True)


def rate(verdict: str, horizon: int) -> BaseRate:
    few = verdict == "too few"
    number = None if few else Decimal(1)
    return BaseRate(horizon, 12, 9 if few else 11, 5, *[number] * 5, dt.date(2000, 1, 3), verdict)


def counted(*verdicts: str) -> dict[str, Fact]:
    """Run the digest over one signal for every four verdicts."""
    parts = [verdicts[start : start + 4] for start in range(0, len(verdicts), 4)]
    given = {
        name: replace(signal, base_rates=tuple(map(rate, part, (5, 21, 63, 252))))
        for (name, signal), part in zip(
            signals([f"s{n}" for n in range(len(parts))]).items(), parts, strict=True
        )
    }
    return {o.id: o for o in evidence.compile(WHOLE, given, {}) if isinstance(o, Fact)}


def test_evidence_counts_every_comparison():
    facts = counted("signal", "noise", "noise", "too few", "noise", "signal", "too few", "too few")
    numbers = {what: facts[f"evidence.{what}"].number for what in ("compared", "distinct")}
    assert numbers == {"compared": 5, "distinct": 2}
    assert facts["evidence.too_few"].number == 3
    assert facts["evidence.expected"].number == Decimal("0.25")
    assert (facts["evidence.distinct"].sample.n, facts["evidence.distinct"].sample.of) == (2, 5)
    assert facts["evidence.verdict"].value == "signal"
    assert "s1.base_rate.21d.verdict" in facts["evidence.compared"].inputs


def test_one_of_twenty_is_what_chance_gives():
    facts = counted("signal", *["noise"] * 19)
    assert facts["evidence.verdict"].value == "noise"
    assert float(facts["evidence.expected"].number) == 1.0
    assert facts["evidence.expected"].display == "1.0"


def test_without_any_signal_nothing_is_counted():
    made = list(evidence.compile(WHOLE, {}, {}))
    assert all(isinstance(o, Absent) and o.reason.endswith(".") for o in made)
    assert len(made) == 5
    assert counted(*["too few"] * 4)["evidence.compared"].number == 0


@pytest.mark.parametrize("compared", [0, 1, 5, 40, 100])
def test_beyond_chance_is_a_binomial_tail(compared):
    from scipy.stats import binom

    for distinct in range(compared + 1):
        tail = binom.sf(distinct - 1, compared, 0.05)
        assert beyond_chance(distinct, compared) == (tail < 0.05)


def test_evidence_counts_the_gauge_too():
    made = everything(market(rich(900)))
    told = [o for o in made if isinstance(o, Signal)]
    assert "rotation_gauge" in {signal.name for signal in told}
    facts = stated(made)
    total = facts["evidence.compared"].number + facts["evidence.too_few"].number
    assert total == sum(len(signal.base_rates) for signal in told) == 4 * len(told)
    verdicts = [r.verdict for signal in told for r in signal.base_rates]
    assert facts["evidence.distinct"].number == verdicts.count("signal")


def test_digests_run_by_order_whatever_order_they_come_in():
    def names(of, given, traces):
        yield Absent("names", " ".join(sorted(given)))

    def one(of, given, traces):
        yield signals(["one"])["one"]

    late, early = Digest("a", 1, 1, names, ""), Digest("b", 1, 0, one, "")
    made = run_digests(WHOLE, list(signals(["zero"]).values()), [late, early])
    assert [type(o) for o in made] == [Signal, Absent]
    assert made[1].reason == "one zero"
    assert digests()["evidence"].order > digests()["gauge"].order


@pytest.mark.market
def test_the_gauge_of_a_real_session_is_made_of_what_the_ledger_states(market_bars):
    facts = stated(everything(real_market(market_bars).cut(dt.date(2026, 7, 2))))
    parts = [facts[f"{name}.signal.strength"].number for name in NAMES]
    shown = [facts[f"rotation_gauge.component.{name}"].number for name in NAMES]
    assert shown == parts
    assert float(facts["rotation_gauge.level"].number) == pytest.approx(float(sum(parts)) / 6)
    assert facts["rotation_gauge.level"].display == "16"
    assert facts["rotation_gauge.signal.state"].value == "mixed"
    assert facts["rotation_gauge.signal.since"].value == dt.date(2026, 4, 21)
