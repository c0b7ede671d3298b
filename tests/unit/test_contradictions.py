"""What a second source contradicted is not printed the day after, when nobody contradicts it."""

import datetime as dt

import pandas as pd
import pytest
from collect_support import universe
from shelf_support import Teller, World, gathered, sessions

from newsletter.collect.contradictions import doubts_of
from newsletter.collect.explain import explain
from newsletter.collect.feed import Fed
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.errors import DataUnavailable
from newsletter.store.bars import BarShelf

DAYS = sessions(14)
SYMBOLS = ("SPY", "^GSPC", "IWM", "XLK", "^VIX", "^VIX3M")
TRUE = {day: 100 * (1 + number / 1000) for number, day in enumerate(DAYS)}


class Cboe:
    """A second source of ^VIX3M that is away at times."""

    name, label = "cboe", "Cboe"

    def __init__(self) -> None:
        self.away = False
        self.closes = dict(TRUE)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        if self.away:
            return Fed()
        frame = pd.DataFrame({"date": pd.to_datetime(list(self.closes)), "symbol": "^VIX3M"})
        frame["close"] = frame["adj_close"] = list(self.closes.values())
        return Fed(bars=frame, sources=(Source("cboe", "Cboe", "none", "2026-07-02"),))


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "bars")


class House:
    """A shelf, the world it is told of, and who contradicts."""

    def __init__(self, folder) -> None:
        self.shelf, self.cboe = BarShelf(folder), Cboe()
        self.teller = Teller(World({symbol: dict(TRUE) for symbol in SYMBOLS}))
        base = universe()
        longer = base.instruments["^VIX"].model_copy(update={"role": "optional"})
        self.universe = base.model_copy(
            update={
                "instruments": {**base.instruments, "^VIX3M": longer},
                "volatility_3m": "^VIX3M",
                "benchmark_index": "^GSPC",
            }
        )

    def close(self, symbol: str, day: dt.date, price: float) -> None:
        self.teller.world.raw[symbol][day] = price

    def evening(self, number: int, *accepted: str):
        order = {"volatility": (None, self.cboe)}
        return gathered(
            self.teller, self.shelf, DAYS[number], self.universe, order=order, accepted=accepted
        )

    def kept(self, symbol: str, number: int) -> dict[dt.date, float]:
        bars = self.evening(number).snapshot.bars
        own = bars[bars["symbol"] == symbol]
        return dict(zip(own["date"].dt.date, own["close"], strict=True))

    def standing(self, symbol: str) -> set[dt.date]:
        return set(doubts_of(self.shelf.versions()).standing.get(symbol, ()))


def test_a_contradicted_index_is_left_out_also_when_nobody_contradicts_it_any_more(house):
    house.evening(5)
    house.close("^VIX3M", DAYS[6], 140.0)
    assert DAYS[6] not in house.kept("^VIX3M", 6)
    assert house.standing("^VIX3M") == {DAYS[6]}
    house.cboe.away = True
    later = house.evening(7)
    own = later.snapshot.bars[later.snapshot.bars["symbol"] == "^VIX3M"]
    assert 140.0 not in own["close"].tolist()
    assert own["date"].dt.date.tolist() == [*DAYS[:6], DAYS[7]]
    (told,) = (one for one in later.warnings if "could not be asked" in one.message)
    assert str(DAYS[6]) in told.message
    assert explain("^VIX3M", house.shelf.versions(), DAYS[7])["verdicts"][0]["verdict"] == (
        "contradicted"
    )


def test_a_contradicted_day_is_asked_for_again_and_its_correction_believed(house):
    house.evening(5)
    house.close("^VIX3M", DAYS[6], 140.0)
    house.evening(6)
    house.close("^VIX3M", DAYS[6], TRUE[DAYS[6]])
    assert house.kept("^VIX3M", 7)[DAYS[6]] == TRUE[DAYS[6]]  # not quarantined either
    assert house.teller.asked[-1].have["^VIX3M"] == DAYS[5]
    assert house.standing("^VIX3M") == set()
    house.cboe.away = True
    assert house.kept("^VIX3M", 8)[DAYS[6]] == TRUE[DAYS[6]]
    assert house.teller.asked[-1].have["^VIX3M"] == DAYS[7]


def test_a_source_that_was_wrong_to_contradict_takes_it_back(house):
    house.evening(5)
    house.cboe.closes[DAYS[6]] = 9.0
    assert DAYS[6] not in house.kept("^VIX3M", 6)
    house.cboe.closes[DAYS[6]] = TRUE[DAYS[6]]
    assert DAYS[6] in house.kept("^VIX3M", 7)
    assert house.standing("^VIX3M") == set()


def test_a_fund_that_its_index_contradicts_stops_editions_until_it_is_mended(house):
    house.evening(5)
    house.close("SPY", DAYS[6], 104.0)
    with pytest.raises(DataUnavailable, match=r"SPY returned \+3.48% and \^GSPC returned \+0.10%"):
        house.evening(6)
    house.teller.world.raw["^GSPC"] = {}  # nobody to ask
    with pytest.raises(DataUnavailable, match=f"in the session of {DAYS[6]}"):
        house.evening(8)
    house.close("SPY", DAYS[6], TRUE[DAYS[6]])
    assert house.kept("SPY", 9)[DAYS[6]] == TRUE[DAYS[6]]


def test_a_fund_stays_refused_for_as_long_as_both_are_compared(house):
    house.evening(5)
    house.close("SPY", DAYS[6], 104.0)
    for number in (6, 7, 9, 13):
        with pytest.raises(DataUnavailable, match="one of the two is wrong"):
            house.evening(number)


def test_what_a_person_accepts_is_believed(house):
    house.evening(5)
    house.close("SPY", DAYS[6], 104.0)
    with pytest.raises(DataUnavailable, match="collect --accept SPY"):
        house.evening(6)
    house.evening(7, "SPY")
    assert house.kept("SPY", 8)[DAYS[6]] == 104.0
    assert house.standing("SPY") == set()
    house.close("SPY", DAYS[9], 90.0)  # the next one is another matter
    with pytest.raises(DataUnavailable, match=f"in the session of {DAYS[9]}"):
        house.evening(9)


def test_an_index_is_fetched_to_be_compared_and_for_nothing_else(house, tmp_path):
    found = house.evening(6)
    assert "^GSPC" in house.teller.asked[-1].symbols
    assert "^GSPC" not in set(found.snapshot.bars["symbol"])
    assert [one.symbol for one in found.warnings] == []
    house.teller.world.raw["^GSPC"] = {}
    (told,) = (one for one in house.evening(7).warnings if one.symbol == "^GSPC")
    assert "could not be held against its index" in told.message
    alone = House(tmp_path / "alone")
    alone.universe = alone.universe.model_copy(update={"benchmark_index": None})
    same = alone.evening(6)
    assert "^GSPC" not in alone.teller.asked[-1].symbols
    assert (same.snapshot.id, same.missing) == (found.snapshot.id, found.missing)
