"""What makes an evening cheaper changes nothing that is said: held against the plain ways."""

import copy
import gc
import pickle
import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from collect_support import SESSION, bars, fetched
from compute_support import market, walk
from hypothesis import given
from hypothesis import strategies as st

from newsletter.cli import main
from newsletter.collect import snapshot as snapshots
from newsletter.collect.normalise import freeze
from newsletter.collect.snapshot import Snapshot
from newsletter.draft import freshness
from newsletter.draft.freshness import said_in
from newsletter.preflight.past import EDITIONS, past_of
from newsletter.stages import UNREPEATED

NAMES = ("IWM", "SPY", "QQQ", "NOPE")
TEXTS = st.lists(
    st.text(st.sampled_from("Aab 1.:;,\n~"), max_size=80)
    | st.sampled_from(
        ["Small caps rose 1.2% today: a wide lead of the year.", "~~~\nA b c d e.\n~~~"]
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def walked():
    """Return a market with a gap in each kind of close."""
    frame = walk(NAMES[:3], 400).bars
    frame.loc[397, "close"] = frame.loc[390, "adj_close"] = np.nan
    return market(replace(walk(NAMES[:3], 400), bars=frame))


@given(
    symbols=st.lists(st.sampled_from(NAMES), max_size=5),
    kind=st.sampled_from(["price", "total"]),
    rows=st.none() | st.integers(1, 40) | st.just(10**6),
)
def test_closes_side_by_side_are_those_that_pandas_gives(walked, symbols, kind, rows):
    frame = walked.close if kind == "price" else walked.adjusted
    frame = frame if rows is None else frame.tail(rows)
    expected = np.column_stack(
        [frame[s] if s in frame else np.full(len(frame), np.nan) for s in symbols]
    ) if symbols else np.empty((len(frame), 0))  # fmt: skip
    found = walked.matrix(symbols, kind, rows)
    np.testing.assert_array_equal(found, expected)
    assert not np.shares_memory(found, walked.close.to_numpy())  # nobody writes into the market
    assert not np.shares_memory(found, walked.adjusted.to_numpy())


def test_who_asks_for_the_sources_unpacks_no_bars(monkeypatch):
    frozen = freeze(SESSION, fetched(bars("SPY", "^VIX")))
    read = Snapshot.from_bytes(frozen.to_bytes())
    with monkeypatch.context() as closed:
        closed.setattr(snapshots.pq, "read_table", lambda *_, **__: pytest.fail("bars unpacked"))
        assert (read.sources, read.members, read.session, read.simulated) == (
            frozen.sources, frozen.members, frozen.session, frozen.simulated,
        )  # fmt: skip
        assert repr(read) == repr(frozen)
    assert read.bars is read.bars
    assert read.tables == {}
    pd.testing.assert_frame_equal(read.bars, frozen.bars)


def test_a_snapshot_that_was_read_is_one_like_any_other():
    frozen = freeze(SESSION, fetched(bars("SPY", "^VIX")))
    data = frozen.to_bytes()
    for read in (
        Snapshot.from_bytes(data),
        copy.copy(Snapshot.from_bytes(data)),
        copy.deepcopy(Snapshot.from_bytes(data)),
        pickle.loads(pickle.dumps(Snapshot.from_bytes(data))),
        replace(Snapshot.from_bytes(data), session=SESSION),
    ):
        assert read == frozen
        assert read.id == frozen.id
        assert read.to_bytes() == data
        with pytest.raises(AttributeError, match="'Snapshot' object has no attribute 'bar'"):
            read.bar  # noqa: B018 - asking is the test
    with pytest.raises(AttributeError, match="bars"):
        Snapshot.__new__(Snapshot).bars  # noqa: B018


@given(TEXTS)
def test_what_mails_said_together_is_what_each_said(texts):
    freshness._said.cache_clear()
    alone = [set(said_in([text])) for text in texts]
    assert said_in(texts) == set().union(*alone) == said_in(reversed(texts))
    expected = {
        key for text in texts for part in freshness._passages(text) for key in freshness._keys(part)
    }
    assert said_in(texts) == expected


def test_what_is_remembered_of_earlier_mails_is_bounded_and_enough_for_an_evening():
    for remembered, asked in ((freshness._said, UNREPEATED), (past_of, EDITIONS)):
        assert asked < remembered.cache_info().maxsize <= 2 * UNREPEATED
    for number in range(3 * UNREPEATED):
        said_in([f"Small caps rose for day {number} in a row."])
        past_of(f"{number}", "Day", f"Small caps rose for day {number} in a row.")
    assert freshness._said.cache_info().currsize <= 2 * UNREPEATED
    assert past_of.cache_info().currsize <= 2 * UNREPEATED


def test_a_command_looks_for_rings_of_objects_seldom(monkeypatch, capsys):
    before = gc.get_threshold()
    monkeypatch.setattr(sys, "argv", ["newsletter", "version"])
    try:
        with pytest.raises(SystemExit) as end:
            main()
        assert gc.get_threshold()[0] >= 10_000
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
    assert end.value.code == 0
    assert re.match(r"\d", capsys.readouterr().out)
