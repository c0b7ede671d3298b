"""Small files the workspace reads: the key of readers' links, the list of members."""

import datetime as dt
import threading
from pathlib import Path

import pytest
import yaml

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.collect.providers._members import read_members
from newsletter.errors import ConfigError
from newsletter.store.keys import link_key

ROOT = Path(__file__).resolve().parents[2]


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "data" / "link.key"
    first = link_key(path)
    assert len(first) == 64
    assert link_key(path) == first
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["link.key"]


def test_processes_that_start_at_once_get_one_key(tmp_path):
    path, found, start = tmp_path / "link.key", [], threading.Barrier(8)

    def ask():
        start.wait()
        found.append(link_key(path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_members_are_read_sorted_and_once(tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("﻿name,symbol\nB,MSFT\nA, AAPL \nB,MSFT\n,\n", encoding="utf-8")
    assert read_members(path) == ("AAPL", "MSFT")


@pytest.mark.parametrize(
    ("text", "words"),
    [("ticker\nAAPL\n", "no column named 'symbol'"), ("symbol\n", "lists no symbols")],
)
def test_a_list_of_nobody_is_refused(tmp_path, text, words):
    path = tmp_path / "members.csv"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_members(path)


def test_a_missing_list_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"universe\.breadth\.members names"):
        read_members(tmp_path / "none.csv")


def test_a_configured_list_replaces_the_providers_own(tmp_path):
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())
    settings["universe"]["breadth"] = {"id": "ten", "label": "the ten we hold", "members": "m.csv"}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    symbols = ["AAPL", "AMZN", "CAT", "GE", "JPM", "KO", "META", "MSFT", "PG", "XOM"]
    (tmp_path / "m.csv").write_text("symbol\n" + "\n".join(symbols) + "\n")
    clock = FixedClock(dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC))
    house = House(tmp_path / "config.yaml", clock=clock)
    ledger = house.ledger({"key": "2026-07-02.XNYS.evening", "provider": "sample"})
    assert ledger["ten.breadth.members"].number == 10
    assert ledger["ten.breadth.above_50d"].name == "the ten we hold"
    house.close()


def test_a_configured_provider_that_does_not_exist_is_refused_at_once(tmp_path):
    text = (ROOT / "config.yaml").read_text().replace("bars: yahoo", "bars: bloomberg", 1)
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"providers\.bars is 'bloomberg': there are files, sam"):
        House(tmp_path / "config.yaml")


def test_every_provider_is_named_like_its_file_and_opens():
    import importlib

    from newsletter.collect.providers import known, open_provider
    from newsletter.config import Providers

    for name in known():
        plugin = importlib.import_module(f"newsletter.collect.providers.{name}").PROVIDER
        assert plugin.id == name
        assert open_provider(name, Providers(), ROOT).name == name
