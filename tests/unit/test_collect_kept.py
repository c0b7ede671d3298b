"""Collecting by way of what is kept: what is asked for, what is quarantined, what is told."""

import datetime as dt
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from collect_support import universe
from shelf_support import (
    FIRST,
    Teller,
    World,
    collect,
    evening,
    gathered,
    sessions,
    table,
)
from typer.testing import CliRunner

from newsletter import assets
from newsletter.cli.main import app
from newsletter.collect.explain import as_text, explain
from newsletter.collect.normalise import freeze
from newsletter.errors import DataUnavailable, NotFound
from newsletter.store.bars import BarShelf

DAYS = sessions(12)
CORE = ("SPY", "^VIX", "IWM", "XLK")


def world(**raw: float) -> World:
    """Flat markets that rise by a thousandth a day, so that every day has its own close."""
    prices = dict.fromkeys(CORE, 100.0) | {"AAA": 50.0} | raw
    return World(
        {s: {d: p * (1 + i / 1000) for i, d in enumerate(DAYS)} for s, p in prices.items()}
    )


@pytest.fixture
def shelf(tmp_path):
    return BarShelf(tmp_path / "bars")


def test_only_what_is_missing_is_asked_for(shelf):
    teller = Teller(world())
    collect(teller, shelf, DAYS[5])
    assert teller.asked[-1].have == {}
    collect(teller, shelf, DAYS[6])
    assert set(teller.asked[-1].have.values()) == {DAYS[5]}
    assert set(teller.asked[-1].have) == {*CORE, "AAA"}
    # A year more is wanted now: what is kept does not reach back so far.
    earlier = replace(teller.asked[-1], start=FIRST - dt.timedelta(days=365))
    from shelf_support import CALENDAR

    from newsletter.collect.kept import Keeping, fetch_kept
    from newsletter.collect.progress import silent

    keeping = Keeping(shelf, "yahoo", lambda: evening(DAYS[6]))
    fetch_kept(teller, earlier, keeping, CALENDAR, silent)
    assert teller.asked[-1].have == {}


def test_an_unchanged_evening_adds_nothing(shelf):
    teller = Teller(world())
    first, _ = collect(teller, shelf, DAYS[5])
    generation = shelf.generation
    again, _ = collect(teller, shelf, DAYS[5], now=evening(DAYS[5]) + dt.timedelta(hours=1))
    assert shelf.generation == generation
    pd.testing.assert_frame_equal(table(first), table(again), check_exact=True)


def test_a_bar_from_before_the_close_is_replaced_without_a_word(shelf):
    """The session's bar at noon is no final one, however far it is from the last."""
    teller = Teller(world())
    collect(teller, shelf, DAYS[4])
    teller.world.raw["AAA"][DAYS[5]] = 55.0
    collect(teller, shelf, DAYS[5], now=evening(DAYS[5]) - dt.timedelta(hours=5))
    teller.world.raw["AAA"][DAYS[5]] = 52.0
    got, warnings = collect(teller, shelf, DAYS[5])
    assert teller.asked[-1].have["AAA"] == DAYS[4]
    assert warnings == ()
    assert table(got).loc[("AAA", pd.Timestamp(DAYS[5])), "close"] == 52.0


def test_a_small_correction_is_added_and_the_old_value_stays(shelf):
    teller = Teller(world())
    collect(teller, shelf, DAYS[5])
    was = teller.world.raw["AAA"][DAYS[4]]
    teller.world.raw["AAA"][DAYS[4]] = was * 1.0002
    got, warnings = collect(teller, shelf, DAYS[6])
    assert warnings == ()
    assert table(got).loc[("AAA", pd.Timestamp(DAYS[4])), "close"] == was * 1.0002
    told = explain("AAA", shelf.versions(), DAYS[6])
    row = next(row for row in told["rows"] if row["date"] == DAYS[4].isoformat())
    assert [v["as_given"]["close"] for v in row["versions"]] == [was * 1.0002, was]
    assert [v["known"][:10] for v in row["versions"]] == [
        DAYS[6].isoformat(), DAYS[5].isoformat(),
    ]  # fmt: skip


def test_an_overlap_that_nothing_explains_is_quarantined(shelf):
    teller = Teller(world())
    before, _ = collect(teller, shelf, DAYS[5])
    teller.world.raw["AAA"] = {day: price * 1.01 for day, price in teller.world.raw["AAA"].items()}
    got, (warning,) = collect(teller, shelf, DAYS[6])
    own, kept = table(got).loc["AAA"], table(before).loc["AAA"]
    pd.testing.assert_frame_equal(own, kept, check_exact=True)  # as it was, and a day behind
    assert table(got).loc["SPY"].index[-1].date() == DAYS[6]
    assert "50.05" in warning.message
    assert "50.5505" in warning.message
    assert f"on {DAYS[1]}" in warning.message
    assert explain("AAA", shelf.versions(), DAYS[6])["verdicts"][0]["verdict"] == "quarantined"
    # It stays so until a person has looked; then the whole of it is believed.
    _, again = collect(teller, shelf, DAYS[7])
    assert [one.symbol for one in again] == ["AAA"]
    got, warnings = collect(teller, shelf, DAYS[7], accepted=("AAA",))
    assert warnings == ()
    expected = [teller.world.raw["AAA"][day] for day in DAYS[:8]]
    assert table(got).loc["AAA"]["close"].tolist() == expected
    assert explain("AAA", shelf.versions(), DAYS[7])["verdicts"][-1]["verdict"] == "accepted"
    then = table(collect(teller, shelf, DAYS[8])[0]).loc["AAA"]
    assert then.index[-1].date() == DAYS[8]


def test_a_source_that_gives_no_kept_day_again_is_quarantined(shelf):
    teller = Teller(world())
    before, _ = collect(teller, shelf, DAYS[5])
    own = teller.world.raw["AAA"]
    teller.world.raw["AAA"] = {day: price for day, price in own.items() if day > DAYS[5]}
    got, (warning,) = collect(teller, shelf, DAYS[6])
    pd.testing.assert_frame_equal(table(got).loc["AAA"], table(before).loc["AAA"], check_exact=True)
    assert f"AAA was kept up to {DAYS[5]}, and no day of that was given again" in warning.message
    assert explain("AAA", shelf.versions(), DAYS[6])["verdicts"][0]["verdict"] == "quarantined"


def test_a_core_instrument_in_quarantine_stops_the_edition(shelf):
    teller, watched = Teller(world()), universe()
    gathered(teller, shelf, DAYS[5], watched)
    teller.world.raw["SPY"] = {day: price * 1.01 for day, price in teller.world.raw["SPY"].items()}
    with pytest.raises(DataUnavailable, match=r"No edition for .*: SPY closed at 100.1 on") as told:
        gathered(teller, shelf, DAYS[6], watched)
    assert told.value.exit_code == 3


@pytest.mark.parametrize(("factor", "held"), [(0.5, True), (2.0, True), (1.25, False)])
def test_a_jump_without_a_split_is_quarantined(shelf, factor, held):
    teller = Teller(world())
    collect(teller, shelf, DAYS[5])
    for day in DAYS[6:]:
        teller.world.raw["AAA"][day] *= factor
    got, warnings = collect(teller, shelf, DAYS[6])
    assert [w.symbol for w in warnings] == (["AAA"] if held else [])
    assert (table(got).loc["AAA"].index[-1].date() == DAYS[5]) is held


def test_a_split_explains_both_the_overlap_and_the_jump(shelf):
    teller = Teller(world())
    collect(teller, shelf, DAYS[5])
    for day in DAYS[6:]:
        teller.world.raw["AAA"][day] /= 4
    teller.world.splits["AAA"] = {DAYS[6]: 4.0}
    got, warnings = collect(teller, shelf, DAYS[6])
    assert warnings == ()
    closes = table(got).loc["AAA"]["close"]
    assert closes.iloc[0] == 12.5
    # As of the evening before, the old prices still stand.
    told = explain("AAA", shelf.versions(evening(DAYS[5])), DAYS[5])
    assert told["rows"][-1]["values"]["close"] == 50.0
    assert told["actions"] == []


def test_a_split_that_its_source_tells_late_is_quarantined_and_then_explained(shelf):
    """Prices are cut on the first evening, the split is told on the second."""
    teller = Teller(world())
    collect(teller, shelf, DAYS[5])
    raw = dict(teller.world.raw["AAA"])
    teller.world.raw["AAA"] = {day: price / 4 for day, price in raw.items()}
    _, warnings = collect(teller, shelf, DAYS[6])
    assert [w.symbol for w in warnings] == ["AAA"]
    teller.world.raw["AAA"] = {d: p if d < DAYS[6] else p / 4 for d, p in raw.items()}
    teller.world.splits["AAA"] = {DAYS[6]: 4.0}
    got, warnings = collect(teller, shelf, DAYS[7])
    assert warnings == ()
    assert table(got).loc["AAA"]["close"].tolist() == [raw[d] / 4 for d in DAYS[:8]]


class Broken(Teller):
    """A source that breaks off after it has told of its first symbols."""

    def fetch(self, request, progress=None):
        whole = super().fetch(request)
        names = sorted(set(whole.bars["symbol"]))[:2]
        told = whole.actions[whole.actions["symbol"].isin(names)]
        request.keep(whole.bars[whole.bars["symbol"].isin(names)], told)
        raise DataUnavailable("The line went dead.")


def test_a_fetch_that_breaks_off_goes_on_where_it_was(shelf):
    flat = world()
    with pytest.raises(DataUnavailable, match="dead"):
        collect(Broken(flat), shelf, DAYS[5])
    teller = Teller(flat)
    got, warnings = collect(teller, shelf, DAYS[5])
    assert teller.asked[-1].have == {"AAA": DAYS[5], "IWM": DAYS[5]}
    assert warnings == ()
    whole, _ = collect(Teller(flat), BarShelf(shelf._folder.path.with_name("other")), DAYS[5])
    pd.testing.assert_frame_equal(table(got), table(whole), check_exact=True)


def test_what_is_filled_up_after_its_part_was_told_is_kept_too(shelf):
    class Filling(Teller):
        def fetch(self, request, progress=None):
            whole = super().fetch(request)
            hole = whole.bars["date"] == pd.Timestamp(DAYS[3])
            request.keep(whole.bars[~hole], whole.actions)
            return whole

    got, warnings = collect(Filling(world()), shelf, DAYS[5])
    assert warnings == ()
    assert [stamp.date() for stamp in table(got).loc["SPY"].index] == DAYS[:6]


def test_a_snapshot_is_the_same_read_later_as_of_its_evening(shelf):
    """Corrections, a split and a dividend after it change nothing of what was known."""
    from newsletter.collect.adjusting import as_of, frame

    teller, watched = Teller(world()), universe()
    snapshot = gathered(teller, shelf, DAYS[5], watched).snapshot
    for day in DAYS[6:]:
        teller.world.raw["IWM"][day] /= 2
    teller.world.splits["IWM"] = {DAYS[6]: 2.0}
    teller.world.dividends["SPY"] = {DAYS[7]: 0.5}
    teller.world.raw["XLK"][DAYS[4]] *= 1.0001
    later = gathered(teller, shelf, DAYS[8], watched).snapshot
    shelf.merge()
    past = frame(as_of(shelf.versions(evening(DAYS[5])), DAYS[5]), FIRST)
    past = past[past["symbol"] != "AAA"]
    fetched = teller.fetch(teller.asked[0])
    again = freeze(snapshot.session, replace(fetched, bars=past))
    assert again.id == snapshot.id
    assert later.id != snapshot.id


def test_what_a_source_cannot_mean_never_reaches_the_shelf(shelf):
    class Hostile(Teller):
        def fetch(self, request, progress=None):
            told = super().fetch(request)
            bars = told.bars.copy()
            bars.loc[bars.index[0], ["open", "high", "low", "close"]] = [np.inf, -1, 0, np.nan]
            twice = bars[bars["symbol"] == "XLK"].iloc[-1:].assign(close=77.0)
            day = pd.Timestamp(DAYS[3])
            events = [
                ("AAA", day, "split", np.nan), ("AAA", day, "split", 0.0),
                ("SPY", day, "dividend", -1.0), ("SPY", day, "split", np.inf),
                ("IWM", day, "rumour", 2.0), ("IWM", day, "dividend", 1000.0),
            ]  # fmt: skip
            columns = ["symbol", "date", "kind", "value"]
            return replace(
                told, bars=pd.concat([bars, twice]), actions=pd.DataFrame(events, columns=columns)
            )

    got, warnings = collect(Hostile(world()), shelf, DAYS[5])
    assert [w.symbol for w in warnings] == ["XLK"]
    bars = table(got)
    assert "XLK" in got.missing
    assert len(bars.loc["AAA"]) == 5  # the bar without a price is none
    assert bars.loc["SPY", "adj_close"].tolist() == bars.loc["SPY", "close"].tolist()
    assert bars.loc["IWM", "adj_close"].isna().sum() == 3  # more was paid than it was worth


def test_explain_says_it_in_words_and_names_what_is_not_kept(shelf):
    teller = Teller(world())
    teller.world.dividends["SPY"] = {DAYS[4]: 0.4}
    collect(teller, shelf, DAYS[5])
    text = as_text(explain("SPY", shelf.versions(symbols=["SPY"]), DAYS[5]))
    assert f"from yahoo, known since {evening(DAYS[5]):%Y-%m-%d %H:%M} UTC" in text
    assert f"since then: dividend 0.4 on {DAYS[4]}" in text
    with pytest.raises(NotFound, match="Nothing of NOPE is kept"):
        explain("NOPE", shelf.versions(), DAYS[5])


def test_the_command_explains_and_says_what_it_cannot(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    shelf = BarShelf(tmp_path / "data" / "bars" / "yahoo")
    collect(Teller(world()), shelf, DAYS[5])

    def run(*words: str):
        config = str(tmp_path / "config.yaml")
        return CliRunner().invoke(app, ["--config", config, "collect", *words])

    session = ("--session", str(DAYS[5]))
    told = run("--explain", "SPY", *session, "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == explain("SPY", shelf.versions(), DAYS[5])
    assert "SPY as of" in run("--explain", "SPY", *session).stdout
    for words, code, sentence in (
        (("--explain", "NOPE", *session), 2, "Nothing of NOPE is kept"),
        (("--explain", "SPY", "--provider", "sample", *session), 2, "sample are not kept"),
        (("--accept", "SPY", "--provider", "sample", *session), 2, "nothing to accept"),
        (("--accept", "SPY", "--explain", "SPY"), 2, "choose one"),
    ):
        failed = run(*words)
        assert failed.exception.exit_code == code
        assert sentence in str(failed.exception)
