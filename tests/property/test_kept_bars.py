"""A series put together from many evenings is the one fetched in one piece; nothing is lost."""

import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length
from shelf_support import FIRST, Teller, World, collect, evening, sessions, table

from newsletter.collect.adjusting import as_of, frame
from newsletter.collect.shelf import Batch
from newsletter.store.bars import BarShelf

DAYS = sessions(14)


@st.composite
def worlds(draw):
    """Prices that move by a few percent in value, splits and dividends at any time."""
    raw, splits, dividends = {}, {}, {}
    for symbol in ("AAA", "BBB"):
        days = st.integers(1, len(DAYS) - 1)
        ratio = st.sampled_from([2.0, 3.0, 1.5, 0.1, 20.0])
        splits[symbol] = {DAYS[i]: draw(ratio) for i in draw(st.sets(days, max_size=2))}
        dividends[symbol] = {
            DAYS[i]: draw(st.floats(0.01, 0.4)) for i in draw(st.sets(days, max_size=3))
        }
        price, series = draw(st.floats(40, 90)), {}
        for day in DAYS:
            price = price * (1 + draw(st.floats(-0.05, 0.05))) / splits[symbol].get(day, 1.0)
            series[day] = price
        raw[symbol] = series
        dividends[symbol] = {d: v * series[d] / 100 for d, v in dividends[symbol].items()}
    return World(raw, splits, dividends)


@given(worlds(), st.sets(st.integers(0, 12), max_size=5), st.booleans())
@settings(max_examples=length(8, 400), deadline=None)
def test_many_evenings_are_one_piece(tmp_path_factory, world, evenings, merged):
    folder = tmp_path_factory.mktemp("shelf")
    many, one, teller = BarShelf(folder / "many"), BarShelf(folder / "one"), Teller(world)
    for day in [*sorted(evenings), 13]:
        got, warnings = collect(teller, many, DAYS[day])
        assert warnings == ()
    if merged:
        many.merge()
    whole, _ = collect(teller, one, DAYS[13])
    assembled, piece = table(got), table(whole)
    pd.testing.assert_frame_equal(assembled, piece, check_exact=False, rtol=1e-9)
    for (symbol, stamp), row in assembled.iterrows():
        day = stamp.date()
        assert row["close"] == pytest.approx(world.close(symbol, day, DAYS[13]), rel=1e-9)
        assert row["adj_close"] == pytest.approx(world.adjusted(symbol, day, DAYS[13]), rel=1e-9)
    # What an earlier evening knew is still what it was, whatever was added since.
    for day in sorted(evenings):
        past = frame(as_of(many.versions(evening(DAYS[day])), DAYS[day]), FIRST)
        fresh = BarShelf(folder / f"fresh{day}")
        then, _ = collect(teller, fresh, DAYS[day])
        past = past.assign(symbol=past["symbol"].astype(str)).set_index(["symbol", "date"])
        pd.testing.assert_frame_equal(past, table(then), check_exact=False, rtol=1e-9)
    shutil.rmtree(folder)


@st.composite
def histories(draw):
    """Batches of rows with instants in any order, some of the same symbol and date."""
    row = st.tuples(
        st.sampled_from(["AA", "B", "^C"]), st.integers(0, 6), st.floats(1, 9, width=32)
    )
    batch = st.tuples(st.integers(0, 9), st.lists(row, max_size=8, unique_by=lambda r: r[:2]))
    return draw(st.lists(batch, min_size=1, max_size=8))


@given(histories(), st.data())
@settings(max_examples=length(8, 400), deadline=None)
def test_reading_as_of_an_instant_is_what_was_known(tmp_path_factory, history, data):
    """Against a list that is walked from its beginning."""
    folder = tmp_path_factory.mktemp("shelf")
    shelf, start = BarShelf(folder), dt.datetime(2026, 3, 2, 22, tzinfo=dt.UTC)
    for hour, rows in history:
        known = start + dt.timedelta(hours=hour)
        bars = pd.DataFrame(
            [(s, pd.Timestamp(DAYS[d]), v) for s, d, v in rows], columns=["symbol", "date", "close"]
        )
        with shelf.writing() as pen:
            pen.add(Batch(known, DAYS[-1], FIRST, "files"), bars, pd.DataFrame())
        if data.draw(st.booleans()):
            shelf.merge()
    for hour in range(10):
        expected = {}
        for known, rows in sorted(history, key=lambda one: one[0]):
            if known <= hour:
                expected |= {(s, pd.Timestamp(DAYS[d])): v for s, d, v in rows}
        found = frame(as_of(shelf.versions(start + dt.timedelta(hours=hour)), DAYS[-1]))
        keys = zip(found["symbol"].astype(str), found["date"], strict=True)
        assert dict(zip(keys, found["close"], strict=True)) == expected
        assert np.isnan(found["adj_close"]).all()
    shutil.rmtree(folder)
