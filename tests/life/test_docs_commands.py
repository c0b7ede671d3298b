"""Every command that the documentation shows is typed, and ends as the page says."""

import contextlib
import sqlite3
import urllib.request

import pytest
from docs_support import (
    EDITOR,
    READERS,
    ROOT,
    SESSION,
    Reader,
    blocks,
    name,
    pages,
    shown,
    simulated,
)
from engine_support import CommandLine

from newsletter.app import House
from newsletter.preview.server import Server
from newsletter.review.desk import AuditEntry

EXCEPTIONS = 4
"""Blocks that may be left out at most, each with its reason."""
WITH_COMMANDS = [page for page in pages() if any(not one.not_run for one in shown(page))]


@pytest.fixture(scope="module")
def prepared(kept, tmp_path_factory):
    """An evening in review, somebody at the desk, a reader's table, market files."""
    folder = kept.evening(tmp_path_factory.mktemp("documented") / "workspace")
    simulated(folder / "config.yaml")
    with contextlib.closing(House(folder / "config.yaml")) as house:
        house.editors.add(EDITOR, "ed@example.com", house.clock.now())
        for who in ("First", "Second"):
            house.audience.add(f"{who}@example.com", who, "evening", {}, house.clock.now())
        order = {"key": f"{SESSION}.XNYS.evening", "provider": "sample"}
        bars, universe = house.collect(order).bars, house.config.universe
    with contextlib.closing(sqlite3.connect(folder / "data" / "newsletter.db")) as raw, raw:
        raw.execute("update revisions set blocked = false")  # its verdict is other tests' matter
    (folder / "readers.csv").write_text(READERS)
    for host in ("host1", "host2"):  # each has seen somebody leave
        left(folder, host)
    (folder / "market").mkdir()
    few = bars[bars["symbol"].isin(universe.symbols)]
    few.to_parquet(folder / "market" / "bars.parquet")
    return folder


def left(folder, host):
    """Let a reader join and leave; keep the journal of it as that of a host."""
    with contextlib.closing(House(folder / "config.yaml")) as house:
        who, now = f"{host}@example.com", house.clock.now()
        house.audience.add(who, "", "evening", {}, now)
        (found,) = (one for one in house.audience.active("evening") if one.email == who)
        entry = AuditEntry(now, "operator", "unsubscribed", house.alias(who))
        assert house.audience.unsubscribe(found.id, entry)
    (folder / "data" / "left.jsonl").rename(folder / f"{host}.jsonl")


@pytest.fixture
def reader(prepared, tmp_path, monkeypatch, capfd):
    def looked_at(server):
        with urllib.request.urlopen(server.address, timeout=60) as page:
            assert page.status == 200
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "wait", looked_at)  # opened, looked at, and stopped by hand
    monkeypatch.delenv("NEWSLETTER_CONFIG", raising=False)
    return Reader(CommandLine(monkeypatch, capfd), prepared, tmp_path, monkeypatch)


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
def test_the_commands_of_a_page_end_as_it_says(page, reader):
    for block in shown(page):
        if not block.not_run:
            reader.read(block)


def test_no_command_hides_in_a_block_that_is_not_run():
    hidden = [f"{b.page}:{b.line}" for page in pages() for b in blocks(page) if b.hides]
    assert hidden == [], "name the block's language: ```sh"


def test_few_commands_are_left_out_and_each_says_why():
    left = [f"{b.page}:{b.line}: {b.not_run}" for page in pages() for b in shown(page) if b.not_run]
    assert len(left) <= EXCEPTIONS, "\n".join(left)


def test_a_command_that_fails_is_noticed(reader):
    page = ROOT / "docs" / "index.md"
    (block,) = [one for one in shown(page) if "newsletter demo" in one.body]
    wrong = type(block)(block.page, block.line, "sh", "newsletter editions show NOBODY\n")
    with pytest.raises(AssertionError, match="ended with 2"):
        reader.read(wrong)
    foreign = type(block)(block.page, block.line, "sh", "rm -r /nowhere\n")
    with pytest.raises(AssertionError, match="neither ours"):
        reader.read(foreign)
