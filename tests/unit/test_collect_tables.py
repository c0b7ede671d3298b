"""Tables beside the bars: one order, one hash, nothing known before its day."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from collect_support import SESSION, SOURCE, bars, fetched
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.clock import Session
from newsletter.collect.normalise import freeze
from newsletter.collect.snapshot import Snapshot
from newsletter.collect.tables import KNOWN, TABLES, canonical, digest, known_by, latest
from newsletter.errors import DataUnavailable


def macro(*rows: tuple[str, str, Any, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["series", "date", "value", KNOWN])


FIGURES = macro(
    ("CPIAUCSL", "2026-05-01", 333.979, "2026-06-10"),
    ("CPIAUCSL", "2026-06-01", 332.568, "2026-07-14"),
    ("UNRATE", "2026-06-01", 4.2, "2026-07-02"),
    ("DGS10", "2026-07-01", 4.48, "2026-07-02"),
)


def frozen(session: Session = SESSION, **tables: pd.DataFrame) -> Snapshot:
    sources = tuple(
        replace(SOURCE, covers=name, label=f"Test {name}") for name in (*tables, "shares")
    )
    given = fetched(bars("SPY", "AAA", "BBB"))
    return freeze(session, replace(given, tables=tables, table_sources=sources))


def test_rows_known_after_the_session_are_cut() -> None:
    kept = frozen(macro=FIGURES).tables["macro"]
    assert kept[["series", "date"]].astype(str).to_numpy().tolist() == [
        ["CPIAUCSL", "2026-05-01"],
        ["DGS10", "2026-07-01"],
        ["UNRATE", "2026-06-01"],
    ]
    assert (kept[KNOWN] <= pd.Timestamp(SESSION.date)).all()


def test_later_rows_change_nothing() -> None:
    wild = macro(("UNRATE", "2026-07-01", 99.0, "2026-07-03"))
    assert frozen(macro=FIGURES).id == frozen(macro=pd.concat([FIGURES, wild])).id


def test_empty_tables_and_their_sources_are_dropped() -> None:
    none = frozen(macro=FIGURES.iloc[:0], classes=pd.DataFrame(columns=TABLES["classes"].columns))
    assert none.tables == {}
    assert [source.covers for source in none.sources] == ["bars"]
    assert none.id == frozen().id


def test_a_source_of_a_table_is_as_old_as_its_newest_row() -> None:
    snapshot = frozen(macro=FIGURES)
    assert {source.covers: source.as_of for source in snapshot.sources} == {
        "bars": "2026-07-02",
        "macro": "2026-07-02",
    }


def test_two_sources_of_one_table_keep_their_own_days() -> None:
    days = {"weights": "2026-06-19", "yields": "2026-07-02", "from the future": "2026-07-14"}
    sources = tuple(
        replace(SOURCE, covers="macro", label=label, as_of=day) for label, day in days.items()
    )
    given = fetched(bars("SPY", "AAA", "BBB"))
    snapshot = freeze(SESSION, replace(given, tables={"macro": FIGURES}, table_sources=sources))
    assert {s.label: s.as_of for s in snapshot.sources if s.covers == "macro"} == {
        "weights": "2026-06-19",
        "yields": "2026-07-02",
        "from the future": "2026-07-02",
    }


@given(order=st.permutations(range(len(FIGURES))), columns=st.permutations(range(4)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_and_columns_changes_nothing(
    order: list[int], columns: list[int]
) -> None:
    shuffled = canonical("macro", FIGURES.iloc[order, columns])
    pd.testing.assert_frame_equal(shuffled, canonical("macro", FIGURES))
    assert digest("macro", shuffled) == digest("macro", canonical("macro", FIGURES))


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (0, "value", 333.978),
        (0, "series", "CPILFESL"),
        (0, "date", "2026-04-01"),
        (0, KNOWN, "2026-06-11"),
    ],
)
def test_any_change_of_a_value_changes_the_hash(row: int, column: str, value: Any) -> None:
    other = FIGURES.astype(object)
    other.loc[row, column] = value
    before, after = (canonical("macro", frame) for frame in (FIGURES, other))
    assert digest("macro", before) != digest("macro", after)
    assert frozen(macro=FIGURES).id != frozen(macro=other).id


@pytest.mark.parametrize(
    "zoned",
    [
        lambda dates: pd.to_datetime(dates).dt.tz_localize("America/New_York"),
        lambda dates: (pd.to_datetime(dates) + pd.Timedelta(hours=20)).dt.tz_localize(
            "America/New_York"
        ),
        lambda dates: pd.to_datetime(dates).dt.date,
        lambda dates: pd.to_datetime(dates).astype("datetime64[us]"),
    ],
    ids=["zone", "evening", "date", "microseconds"],
)
def test_the_wall_date_counts_whatever_its_type(zoned: Any) -> None:
    given = FIGURES.assign(**{c: zoned(FIGURES[c]) for c in ("date", KNOWN)})
    pd.testing.assert_frame_equal(canonical("macro", given), canonical("macro", FIGURES))


def test_text_of_any_type_is_plain_text_with_single_spaces() -> None:
    rows = pd.DataFrame(
        {
            "symbol": pd.Categorical([" AAA", "BBB"]),
            "scheme": pd.array(["gics", "gics"], dtype="string"),
            "sector": ["Health\nCare ", "Energy"],
            "industry": pd.Series([None, 7], dtype=object),
            KNOWN: "2026-06-01",
        }
    )
    made = canonical("classes", rows)
    assert made.iloc[:, :4].to_numpy().tolist() == [
        ["AAA", "gics", "Health Care", ""],
        ["BBB", "gics", "Energy", "7"],
    ]


def test_rows_without_key_date_number_or_day_are_left_out() -> None:
    holes = macro(
        ("", "2026-05-01", 1.0, "2026-06-10"),
        ("A", None, 1.0, "2026-06-10"),
        ("B", "2026-05-01", np.nan, "2026-06-10"),
        ("C", "2026-05-01", np.inf, "2026-06-10"),
        ("D", "2026-05-01", 1.0, None),
        ("E", "2026-05-01", -0.0, "2026-06-10"),
    )
    made = canonical("macro", holes)
    assert made["series"].tolist() == ["E"]
    assert not np.signbit(made["value"]).any()


def test_exact_repetitions_are_one_row_and_others_are_refused() -> None:
    assert len(canonical("macro", pd.concat([FIGURES, FIGURES]))) == len(FIGURES)
    other = FIGURES.assign(value=FIGURES["value"] + 0.1)
    with pytest.raises(
        DataUnavailable,
        match=r"^Two rows of the table macro for CPIAUCSL, 2026-05-01, known on 2026-06-10, dif",
    ):
        canonical("macro", pd.concat([FIGURES, other]))


def test_texts_beside_the_key_may_not_differ_either() -> None:
    rows = pd.DataFrame(
        {
            "symbol": ["AAA", "AAA"],
            "scheme": "gics",
            "sector": ["Energy", "Utilities"],
            "industry": "",
            KNOWN: "2026-06-01",
        }
    )
    with pytest.raises(DataUnavailable, match=r"for AAA, gics, known on 2026-06-01, differ"):
        canonical("classes", rows)


def test_of_several_vintages_the_newest_known_one_is_read() -> None:
    revised = macro(
        ("PAYEMS", "2026-05-01", 158_900.0, "2026-06-05"),
        ("PAYEMS", "2026-05-01", 158_861.0, "2026-07-02"),
        ("PAYEMS", "2026-05-01", 158_000.0, "2026-08-07"),
    )
    table = canonical("macro", revised)
    for day, value in (("2026-06-30", 158_900.0), ("2026-07-02", 158_861.0)):
        assert latest("macro", known_by(table, pd.Timestamp(day)))["value"].tolist() == [value]


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (FIGURES.drop(columns="value"), "The table macro has no column value."),
        (
            FIGURES.drop(columns=["date", KNOWN]),
            "The table macro has no column date and no column known.",
        ),
        (FIGURES.assign(value="n.a."), "holds something in value that is no number"),
        (FIGURES.assign(date="May"), "has a date in date that cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named_in_a_sentence(frame: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(DataUnavailable, match=sentence) as caught:
        canonical("macro", frame)
    assert str(caught.value).endswith(".")


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="There is no table 'news'; known are macro,"):
        frozen(news=FIGURES)


def test_a_snapshot_with_tables_reads_back_equal() -> None:
    classes = pd.DataFrame(
        [
            ("AAA", "gics", "Energy", "", "2026-06-01"),
            ("BBB", "gics", "Ütilities", "x", "2026-06-01"),
        ],
        columns=["symbol", "scheme", "sector", "industry", KNOWN],
    )
    shares = pd.DataFrame(
        {"symbol": "SPY", "date": ["2026-06-30"], "shares": [1e9 / 3], KNOWN: "2026-07-01"}
    )
    snapshot = frozen(macro=FIGURES, classes=classes, shares=shares)
    again = Snapshot.from_bytes(snapshot.to_bytes())
    assert again.id == snapshot.id
    assert again.sources == snapshot.sources
    assert list(again.tables) == ["classes", "macro", "shares"]
    for name, frame in snapshot.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame, check_exact=True)
    assert again.to_bytes() == snapshot.to_bytes()


def test_the_id_does_not_change_with_the_machine_or_the_year() -> None:
    # A change here is a change of the contract `snapshot/1`: replays of old editions break.
    assert digest("macro", canonical("macro", FIGURES)) == (
        "4c7cca33213ea7f41c074fe4ac6397175ae4f3436e9965fd9ba9dc3bc2a3a02f"
    )


def test_an_earlier_session_knows_less() -> None:
    early = frozen(Session(dt.date(2026, 6, 30)), macro=FIGURES)
    assert early.tables["macro"]["series"].tolist() == ["CPIAUCSL"]
