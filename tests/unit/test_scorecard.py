"""The scorecard against a second computation: plain loops, statsmodels, arch."""

import datetime as dt
import json
import warnings
from decimal import Decimal

import numpy as np
import pytest
from compute_support import universe
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_support import DAYS, call, ledger, view

from newsletter.compute.facts import MEMORY
from newsletter.draft import track_record
from newsletter.draft.evening import Evening
from newsletter.draft.memory import Mark, Memory
from newsletter.draft.scorecard import FEWEST, TOO_FEW, scorecard
from newsletter.units import Unit

SESSIONS = DAYS.between(dt.date(2024, 1, 2), dt.date(2026, 6, 30))
VALUES = st.sampled_from(["-3.25", "-0.4", "0", "0.4", "2.75"])
SIDES = st.sampled_from(["up", "down"])


@pytest.fixture(scope="module")
def statsmodels():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.stats.proportion import proportion_confint
    return proportion_confint


def record(rows, *, simulated=False):
    """Make a memory of calls: session, direction, horizon, trailing, outcome or None."""
    calls = [call(s, side, horizon, trailing=before) for s, side, horizon, before, _ in rows]
    marks = [
        Mark(c.edition, 1, c.due, Decimal(row[4]), c.session)
        for c, row in zip(calls, rows, strict=True)
        if row[4] is not None
    ]
    views = tuple(view(row[0], simulated=simulated) for row in rows)
    return Memory(views, tuple(calls), (), tuple(marks))


@st.composite
def rows(draw):
    chosen = draw(st.lists(st.integers(0, 200), min_size=1, max_size=40, unique=True))
    return [
        (SESSIONS[n], draw(SIDES), draw(st.sampled_from(["5d", "1m"])),
         draw(st.none() | VALUES), draw(st.none() | VALUES))
        for n in chosen
    ]  # fmt: skip


def naively(rows, horizon):
    """Count with plain loops: settled, right, and both naive callers' hits and cases."""
    settled = right = trailing = cases = always = 0
    for _, side, own, before, outcome in sorted(rows):
        if outcome is None or horizon not in {own, "all"}:
            continue
        moved = float(outcome)
        settled += 1
        if (side == "up" and moved > 0) or (side == "down" and moved < 0):
            right += 1
        if moved > 0:
            always += 1
        if before is not None and float(before) != 0:
            cases += 1
            if (float(before) > 0 and moved > 0) or (float(before) < 0 and moved < 0):
                trailing += 1
    return settled, right, trailing, cases, always


@settings(max_examples=80, deadline=None)
@given(rows=rows())
def test_it_counts_what_plain_loops_count(statsmodels, rows):
    card = scorecard(record(rows))
    found = {score.horizon: score for score in card.scores}
    for horizon in ("5d", "1m", "3m", "all"):
        settled, right, trailing, cases, always = naively(rows, horizon)
        horizons = {row[2] for row in rows if row[4] is not None}
        if not settled or (horizon == "all" and len(horizons) == 1):
            assert horizon not in found
            continue
        score = found[horizon]
        assert (score.rate.hits, score.rate.of) == (right, settled)
        assert (score.trailing.naive.hits, score.trailing.naive.of) == (trailing, cases)
        assert (score.always.naive.hits, score.always.naive.of) == (always, settled)
        for hits, of, rate in (
            (right, settled, score.rate),
            (trailing, cases, score.trailing.naive),
            (always, settled, score.always.naive),
        ):
            if of < FEWEST:
                assert (rate.share, rate.low, rate.high) == (None, None, None)
                continue
            low, high = statsmodels(hits, of, method="wilson")
            expected = (100 * hits / of, 100 * max(low, 0), 100 * min(high, 1))
            assert (rate.share, rate.low, rate.high) == pytest.approx(expected, abs=6e-5)
    assert len(card.outcomes) == len(rows)


@settings(max_examples=60, deadline=None)
@given(rows=rows())
def test_overlap_is_how_many_calls_begin_within_ones_time(rows):
    for score in scorecard(record(rows)).scores:
        spans = [
            (c.session, c.due) for c in record(rows).calls
            if score.horizon in {c.horizon, "all"}
            and next(r[4] for r in rows if r[0] == c.session) is not None
        ]  # fmt: skip
        shared = [sum(start <= other < due for other, _ in spans) for start, due in spans]
        assert score.overlap == pytest.approx(sum(shared) / len(shared))
        assert score.apart == int(len(spans) * len(spans) / sum(shared) + 1e-9)


@settings(max_examples=30, deadline=None)
@given(rows=rows())
def test_every_call_is_listed_as_it_ended(rows):
    document = json.loads(json.dumps(scorecard(record(rows)).to_json()))
    assert document["schema"] == "scorecard/1"
    assert document["made"] == len(rows) == len(document["calls"])
    assert document["open"] + document["settled"] + document["unsettled"] == len(rows)
    for row, told in zip(sorted(rows), document["calls"], strict=True):
        session, side, horizon, _, outcome = row
        assert (told["session"], told["direction"]) == (session.isoformat(), side)
        assert told["horizon"] == horizon
        if outcome is None:
            assert (told["state"], told["hit"], told["outcome"]) == ("open", None, None)
        else:
            assert told["state"] == "settled"
            assert told["hit"] == (float(outcome) * (1 if side == "up" else -1) > 0)


def spaced(count, step, sides, outcomes, trailing="1"):
    """Calls over five sessions, so many sessions from each other."""
    return [
        (SESSIONS[n * step], sides(n), "5d", trailing, outcomes(n)) for n in range(count)
    ]  # fmt: skip


def test_intervals_are_those_of_the_stationary_bootstrap():
    random = np.random.default_rng(5)
    outcomes = [f"{x:.2f}" for x in random.normal(0.2, 2, 120)]
    sides = [("up", "down")[n] for n in random.integers(0, 2, 120)]
    given_rows = spaced(120, 3, sides.__getitem__, outcomes.__getitem__)
    (score,) = scorecard(record(given_rows)).scores
    signed = [float(o) * (1 if s == "up" else -1) for o, s in zip(outcomes, sides, strict=True)]
    block = score.overlap
    assert block == pytest.approx((118 * 2 + 1 + 1) / 120, abs=0.02)  # one more begins in its time
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from arch.bootstrap import StationaryBootstrap
    boot = StationaryBootstrap(block, np.array(signed), seed=20260702)
    low, high = boot.conf_int(np.mean, 4000, method="percentile").ravel()
    assert score.mean == pytest.approx(np.mean(signed), abs=1e-4)
    assert (score.low, score.high) == pytest.approx((low, high), abs=0.08)
    hits = np.array([s > 0 for s in signed], float)
    up = np.array([float(o) > 0 for o in outcomes], float)
    assert score.always.difference == pytest.approx(100 * (hits - up).mean(), abs=1e-4)
    assert score.always.low < score.always.difference < score.always.high


def test_ten_calls_of_one_fortnight_are_one_case_and_get_no_verdict():
    """All right, and the naive callers all wrong: it is still one story told ten times."""
    calls = [(s, "down", "1m", "1", "-2") for s in SESSIONS[:10]]
    (score,) = scorecard(record(calls)).scores
    assert (score.rate.share, score.apart) == (100, 1)
    assert score.trailing.difference == 100
    assert (score.low, score.trailing.low) == (None, None)
    assert score.verdict == TOO_FEW


@pytest.mark.parametrize(
    ("side", "verdict"), [("down", "better"), ("up", "no better"), ("mixed", "no better")]
)
def test_a_verdict_is_against_both_naive_callers(side, verdict):
    sides = {"mixed": lambda n: ("up", "down")[n % 2]}.get(side, lambda _: side)
    outcomes = {"mixed": lambda n: ("-1", "1", "1", "-1")[n % 4]}.get(side, lambda _: "-1")
    (score,) = scorecard(record(spaced(30, 6, sides, outcomes))).scores
    assert score.apart == 30
    assert score.verdict == verdict


def test_a_losing_record_is_called_worse():
    (score,) = scorecard(record(spaced(30, 6, lambda _: "down", lambda _: "1"))).scores
    assert (score.rate.hits, score.verdict) == (0, "worse")
    assert score.trailing.difference == -100


def test_no_change_is_right_for_nobody():
    (score,) = scorecard(record(spaced(12, 6, lambda n: "up", lambda _: "0"))).scores
    assert score.rate.hits == score.trailing.naive.hits == score.always.naive.hits == 0


def test_a_call_that_nothing_could_settle_counts_neither_way():
    one = call(SESSIONS[0])
    mark = Mark(one.edition, 1, SESSIONS[20], reason="No session gave its figure.")
    card = scorecard(Memory((view(SESSIONS[0]),), (one,), (), (mark,)))
    assert card.scores == ()
    told = card.to_json()
    assert (told["unsettled"], told["calls"][0]["reason"]) == (1, mark.reason)


def test_the_sample_market_has_a_scorecard_of_its_own():
    memory = record(spaced(3, 6, lambda _: "up", lambda _: "1"), simulated=True)
    assert scorecard(memory).outcomes == ()
    assert len(scorecard(memory, simulated=True).outcomes) == 3


# -- in the weekly edition ---------------------------------------------------------------------


def scored(memory):
    today = SESSIONS[-1]
    facts = tuple(track_record.facts(memory, today, simulated=False))
    return Evening(ledger(today, *facts), universe()), facts


def test_the_block_prints_a_losing_record_as_plainly_as_a_winning_one():
    tables = []
    for outcome in ("1", "-1"):
        ev, _ = scored(record(spaced(30, 6, lambda _: "up", lambda _, o=outcome: o, "-1")))
        tables.append(track_record.table(ev))
    winning, losing = tables
    assert (winning.title, winning.columns, winning.note) == (
        losing.title, losing.columns, losing.note,
    )  # fmt: skip
    assert [len(row) for row in winning.rows] == [len(row) for row in losing.rows]
    assert [row[:-1] for row in winning.rows] == [row[:-1] for row in losing.rows]
    assert {row[-1] for row in losing.rows} <= {"worse", "no better"}


def test_the_facts_of_the_block_are_the_scorecards_figures():
    memory = record(spaced(30, 6, lambda _: "up", lambda n: ("1", "-1", "1")[n % 3], "-1"))
    ev, facts = scored(memory)
    (score,) = scorecard(memory).scores
    assert {fact.kind for fact in facts} == {MEMORY}
    by = {fact.id.removeprefix("memory.score.5d."): fact for fact in facts if ".5d." in fact.id}
    assert {name: str(fact.value) for name, fact in by.items() if fact.unit is Unit.COUNT} == {
        "settled": "30", "right": "20", "apart": "30",
    }  # fmt: skip
    assert float(by["rate"].number) == score.rate.share
    assert by["rate"].forms["plain"] == "67%"
    assert float(by["less_trailing"].number) == score.trailing.difference
    assert by["verdict"].value == score.verdict
    assert len(track_record.table(ev).rows) == 1


def test_below_ten_calls_counts_are_printed_and_no_rate():
    ev, _ = scored(record(spaced(3, 6, lambda _: "up", lambda _: "1")))
    (row,) = track_record.table(ev).rows
    assert row[4:] == ("n/a", "n/a", TOO_FEW)
    assert "memory.score.5d.settled" in row[1]


def test_without_a_settled_call_there_is_no_block():
    ev, facts = scored(record([(SESSIONS[0], "up", "5d", None, None)]))
    assert facts == ()
    assert track_record.table(ev).rows == ()
    assert scorecard(Memory()).to_json()["made"] == 0


def test_a_call_made_when_another_is_due_shares_no_time_with_it():
    (score,) = scorecard(record(spaced(6, 1, lambda _: "up", lambda _: "1"))).scores
    assert score.overlap == pytest.approx((5 + 5 + 4 + 3 + 2 + 1) / 6)
    (score,) = scorecard(record(spaced(6, 5, lambda _: "up", lambda _: "1"))).scores
    assert (score.overlap, score.apart) == (1.0, 6)
