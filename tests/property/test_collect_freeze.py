"""Freezing is a function of content, whatever the order it comes in."""

import datetime as dt

import numpy as np
import pandas as pd
from collect_support import SESSION, fetched
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.collect.normalise import freeze
from newsletter.collect.snapshot import BAR_COLUMNS, Snapshot

PRICES = st.one_of(st.none(), st.floats(-2, 1e6, allow_nan=False, width=32), st.just(float("inf")))
ROWS = st.tuples(
    st.dates(dt.date(1927, 12, 30), dt.date(2026, 8, 1)),
    st.sampled_from(["SPY", "^VIX", "BRK-B", "ES=F", "A", "Ä"]),
    *[PRICES] * 6,
)
TABLES = st.lists(ROWS, min_size=1, max_size=40, unique_by=lambda row: row[:2])
ANCHOR = (dt.date(2026, 7, 2), "ZZZ", *[1.0] * 6)


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame([*rows, ANCHOR], columns=list(BAR_COLUMNS))
    numbers = dict.fromkeys(BAR_COLUMNS[2:], np.float64)
    return frame.astype(numbers).assign(date=pd.to_datetime(frame["date"]))


@settings(deadline=None, max_examples=60)
@given(rows=TABLES, order=st.randoms(use_true_random=False), twice=st.booleans())
def test_order_types_and_repetition_do_not_change_the_name(
    rows: list[tuple[object, ...]], order: object, twice: bool
) -> None:
    frame = _frame(rows)
    plain = freeze(SESSION, fetched(frame))
    positions, columns = list(range(len(frame))), list(BAR_COLUMNS)
    order.shuffle(positions)  # type: ignore[attr-defined]
    order.shuffle(columns)  # type: ignore[attr-defined]
    shuffled = frame.iloc[positions][columns].astype({"symbol": "category"})
    if twice:
        shuffled = pd.concat([shuffled, shuffled], ignore_index=True)
    assert freeze(SESSION, fetched(shuffled)).id == plain.id


@settings(deadline=None, max_examples=60)
@given(rows=TABLES)
def test_frozen_bars_are_sorted_unique_positive_and_freeze_to_themselves(
    rows: list[tuple[object, ...]],
) -> None:
    snapshot = freeze(SESSION, fetched(_frame(rows)))
    bars = snapshot.bars
    keys = list(zip(bars["symbol"], bars["date"], strict=True))
    assert keys == sorted(set(keys))
    assert bars["date"].max() <= pd.Timestamp(SESSION.date)
    prices = bars[["open", "high", "low", "close", "adj_close"]].to_numpy()
    assert not (prices <= 0).any()
    assert not np.isinf(prices).any()
    assert not np.isnan(prices).all(axis=1).any()
    assert freeze(SESSION, fetched(bars)).id == snapshot.id
    assert Snapshot.from_bytes(snapshot.to_bytes()).id == snapshot.id


@settings(deadline=None, max_examples=40)
@given(rows=TABLES, change=st.floats(0.01, 10))
def test_one_changed_price_changes_the_name(rows: list[tuple[object, ...]], change: float) -> None:
    frame = _frame(rows)
    other = frame.copy()
    other.loc[len(frame) - 1, "close"] += change
    assert freeze(SESSION, fetched(other)).id != freeze(SESSION, fetched(frame)).id
