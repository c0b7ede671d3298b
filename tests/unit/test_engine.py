"""The engine's sign of life."""

import datetime as dt
import logging
import os
import sqlite3
import time
from contextlib import closing

import pytest
from engine_support import sqlite_url

from newsletter.engine import DurableEngine
from newsletter.engine import life as module


def rows(tmp_path):
    with closing(sqlite3.connect(tmp_path / "news.db")) as raw:
        return raw.execute("select id, pid, seen_at from executors").fetchall()


def test_an_engine_shows_itself_while_it_runs_and_withdraws_afterwards(tmp_path):
    with DurableEngine(sqlite_url(tmp_path), {}) as engine:
        ((id, pid, seen),) = rows(tmp_path)
        assert (id, pid) == (engine.executor, os.getpid())
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        assert abs(now - dt.datetime.fromisoformat(seen)) < dt.timedelta(seconds=30)
    assert rows(tmp_path) == []


def test_an_engine_withdraws_after_an_error_too(tmp_path):
    def fail():
        with DurableEngine(sqlite_url(tmp_path), {}):
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert rows(tmp_path) == []


def test_every_start_is_another_executor(tmp_path):
    url, names = sqlite_url(tmp_path), set()
    for _ in range(2):
        with DurableEngine(url, {}) as engine:
            names.add(engine.executor)
    assert len(names) == 2
    assert all(len(name) <= 64 for name in names)


def test_the_heart_beats_on_after_the_database_was_away(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.02)
    url = sqlite_url(tmp_path)

    def seen():
        return [row[2] for row in rows(tmp_path)]

    def wait_for_another_than(old):
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20)
        while seen() == old:
            assert dt.datetime.now(dt.UTC) < until, "the heart has stopped"

    with DurableEngine(url, {}):
        wait_for_another_than(seen())
        with closing(sqlite3.connect(tmp_path / "news.db")) as raw:
            raw.execute("alter table executors rename to hidden")
            raw.commit()
            time.sleep(0.2)
            raw.execute("alter table hidden rename to executors")
            raw.commit()
        wait_for_another_than(seen())


def test_a_database_that_is_away_is_told_of_once_and_once_when_it_is_back(caplog):
    now, log = [100.0], logging.getLogger("newsletter.engine")
    heard = module.Heard(log, lambda: now[0])
    with caplog.at_level("INFO", log.name):
        for seconds, error in ((5, None), (15, OSError()), (20, OSError()), (40, None), (5, None)):
            now[0] += seconds
            heard.missed(error) if error else heard.beat()
    away, back = (record.getMessage() for record in caplog.records)
    assert away.startswith("The database has not answered for 15 s (OSError); after 30 s without")
    assert back.startswith("The database answers again after 75 s; ")
