"""The short form of `make collect-drill`, and whether its oracle would see a wrong figure."""

import random

import pandas as pd
import pytest
from collect_drill import drill, unfit, untold, untrue
from collect_faults import MEMBERS, SYMBOLS, bar, truth
from collect_support import SOURCE
from lengths import length

from newsletter.clock import Session
from newsletter.collect.snapshot import Members, Snapshot


def test_no_combination_of_faults_gives_a_wrong_figure_or_a_broken_store() -> None:
    total = drill(range(length(6, 40)), seed=9)
    assert total.wrong == []
    assert total.counts["combinations"] == length(6, 40)
    # Else nothing was tried.
    assert min(total.counts[name] for name in ("editions", "refusals", "killed", "values")) > 0


@pytest.fixture(scope="module")
def told():
    """Return a world and its true snapshot."""
    world = truth(random.Random(2))
    last = max(world.raw["SPY"])
    rows = [
        {"symbol": symbol, "date": pd.Timestamp(day), **bar(world, symbol, day, last),
         "adj_close": world.adjusted(symbol, day, last)}
        for symbol in sorted(SYMBOLS) for day in world.raw[symbol]
    ]  # fmt: skip
    members = Members("sp500", "members", MEMBERS)
    return world, Snapshot(Session(last, "XNYS"), pd.DataFrame(rows), members, (SOURCE,))


def test_the_oracle_agrees_with_the_truth_and_with_less_of_it(told) -> None:
    world, snapshot = told
    assert untrue(world, snapshot) == untold(snapshot, []) == []
    rows = snapshot.bars[snapshot.bars["date"] > snapshot.bars["date"].min()].copy()
    rows.loc[rows["symbol"] == "^VIX", "volume"] = float("nan")
    some = Snapshot(snapshot.session, rows, snapshot.members, snapshot.sources)
    assert untrue(world, some) == []


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "adj_close", "volume"])
def test_the_oracle_sees_one_wrong_figure(told, column: str) -> None:
    world, snapshot = told
    rows = snapshot.bars.copy()
    rows.loc[100, column] *= 1.0001
    wrong = Snapshot(snapshot.session, rows, snapshot.members, snapshot.sources)
    assert len(untrue(world, wrong)) == 1


def test_the_oracle_sees_a_bar_too_many_and_one_too_few(told) -> None:
    world, snapshot = told
    rows = snapshot.bars.copy()
    rows.loc[rows.index[-1], "date"] += pd.Timedelta(days=1)
    wrong = Snapshot(snapshot.session, rows, snapshot.members, snapshot.sources)
    assert "has a bar on" in untrue(world, wrong)[0]
    last = pd.Timestamp(snapshot.session.date)
    rows = snapshot.bars[(snapshot.bars["symbol"] != "IWM") | (snapshot.bars["date"] < last)]
    less = Snapshot(snapshot.session, rows, snapshot.members, snapshot.sources)
    assert untold(less, []) == ["IWM is silently missing"]
    assert untold(less, [["IWM", "Told."]]) == []


def test_what_is_no_sentence_is_seen() -> None:
    assert unfit(["It ends on Monday."]) == []
    assert len(unfit(["Traceback (most recent call last)", "127.0.0.1 refused.", "no end"])) == 3
