"""An edition made by way of kept bars is replayed as it was, whatever became known later."""

import datetime as dt
import shutil
from contextlib import closing
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from kept_support import EVENING, SESSION

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.collect.progress import silent
from newsletter.collect.providers import open_provider
from newsletter.collect.shelf import Batch
from newsletter.config import Providers
from newsletter.store.bars import BarShelf

DAY = dt.date.fromisoformat(SESSION)
ORDER = {"key": f"{SESSION}.XNYS.evening"}


class Daily:
    """The sample market, told as a source tells that is asked day by day."""

    name = "yahoo"

    def __init__(self):
        self.sample = open_provider("sample", Providers(), None)
        self.asked = []

    def fetch(self, request, progress=silent):
        self.asked.append(request)
        told = self.sample.fetch(replace(request, have={}, keep=None), progress)
        actions = pd.DataFrame({"symbol": [], "date": [], "kind": [], "value": []})
        return replace(told, actions=actions)


def correct(shelf: BarShelf, symbol: str) -> None:
    """Add a correction, a split and a dividend that became known a day later."""
    later = EVENING + dt.timedelta(days=1)
    bars = pd.DataFrame({"symbol": [symbol], "date": [pd.Timestamp(DAY)], "close": [1.0]})
    rows = [(symbol, pd.Timestamp(DAY), "split", 3.0, ""),
            (symbol, pd.Timestamp(DAY), "dividend", 0.2, "")]  # fmt: skip
    events = pd.DataFrame(rows, columns=["symbol", "date", "kind", "value", "note"])
    with shelf.writing() as pen:
        pen.add(Batch(later, DAY, DAY, "yahoo", DAY), bars, events)


@pytest.fixture
def house(tmp_path, monkeypatch):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    daily = Daily()
    monkeypatch.setattr(House, "provider", lambda *_: daily)
    with closing(House(tmp_path / "config.yaml", clock=FixedClock(EVENING))) as opened:
        yield opened


@pytest.mark.drill
def test_a_replay_is_the_same_after_later_corrections(house):
    made = house.run(ORDER)
    first = house.pipeline.snapshot(made.revision.snapshot)
    assert np.isfinite(first.bars["adj_close"]).any()
    shelf = house.shelf("yahoo")
    correct(shelf, "IWM")
    shelf.merge()
    told = house.explain("IWM", ORDER)["rows"][0]["versions"]
    assert told[0]["as_given"]["close"] == 1.0
    assert len(told) == 2
    assert house.replay(made.key) == []
