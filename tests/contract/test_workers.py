"""Queued work: done once, taken over from the dead, begun anew after an upgrade, parked."""

import datetime as dt
import os
import threading
import time

import pytest
import sqlalchemy as sa
from desk_support import at_once
from engine_support import Effects, sqlite_url
from worker_support import OLD, start, toys, worklist

from newsletter.engine import DurableEngine, State, courtesy, opened
from newsletter.engine import sweeper as sweeping
from newsletter.engine.life import Life
from newsletter.engine.worklist import APPLICATION_VERSION, KEPT
from newsletter.errors import DataUnavailable, NotFound, ReviewError, WorkError
from newsletter.send.transport import Unavailable

SECONDS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server = request.getfixturevalue("postgres")
    made = server.fresh()
    yield made
    server.drop(made)


@pytest.fixture
def effects(tmp_path):
    return Effects(tmp_path / "effects")


@pytest.fixture
def works(url):
    with worklist(url) as made:
        yield made


@pytest.fixture
def gate(tmp_path):
    return tmp_path / "gate"


def working(url, effects):
    return DurableEngine(url, toys(effects), concurrency=2)


def patiently(condition):
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def ended(works, id):
    patiently(lambda: works.finished(id) is not None)
    return works.rows.find(id)


def test_who_asks_executes_nothing_and_several_who_ask_get_one_run(works, url, effects):
    threads = threading.active_count()
    ids = at_once(6, lambda _: works.submit("counting", "key", 3, 0, about=("an order",)))
    assert len(set(ids)) == 1
    assert effects.names() == []
    assert works.life.all() == {}
    assert not works.worked()
    assert threading.active_count() == threads
    assert works.going("counting", "key")
    assert not works.going("counting", "ke")
    (one,) = works.rows.latest()
    assert (one.id, one.state, one.key, one.attempts) == (ids[0], State.WAITING, "key", 0)
    with working(url, effects):
        assert works.worked()
        assert ended(works, ids[0]).state is State.DONE
    assert effects.names() == ["0", "1", "2"]
    assert works.submit("counting", "key", 3, 0, about=("an order",)) == ids[0]
    repeated = works.submit("counting", "key", 3, 0, about=("an order",), again=True)
    assert repeated == ids[0].removesuffix(":1") + ":2"


def test_a_delivery_keeps_no_edition_from_being_made(works, url, effects, gate):
    made = toys(effects)
    for number in range(5):
        works.submit("deliver", f"key{number}", str(gate))
    with DurableEngine(url, made | {"deliver": made["gated"]}, concurrency=2):
        effects.wait_for(4)  # two deliveries stand at the gate, the others wait
        id = works.submit("counting", "other", 2, 0)
        assert ended(works, id).state is State.DONE
        assert effects.names().count("at the gate") == 2
        gate.touch()
        patiently(lambda: not works.rows.open())
    assert effects.names().count("after") == 5


def test_who_waits_for_work_that_no_worker_takes_does_it_itself(works, url, effects):
    id = works.submit("counting", "key", 3, 0)
    with DurableEngine(url, toys(effects)) as engine:
        assert engine.next_id("counting", "key", again=False) == id
        assert engine.run("counting", id, 3, 0) == 3
    assert effects.names() == ["0", "1", "2"]


def test_a_process_that_runs_its_own_takes_nothing_else_from_the_queue(works, url, effects):
    waiting = works.submit("counting", "other", 1, 0)
    with DurableEngine(url, toys(effects)) as engine:
        assert engine.run("counting", "mine", 40, 0.02) == sum(range(40))
    assert works.rows.find(waiting).state is State.WAITING


@pytest.mark.slow
def test_a_killed_workers_work_is_taken_over_without_anybody_asking(works, url, effects, gate):
    dead = start(url, effects)
    id = works.submit("gated", "key", str(gate))
    effects.wait_for(2)
    with working(url, effects):
        dead.kill()
        dead.communicate()
        effects.wait_for(3)
        gate.touch()
        assert ended(works, id).state is State.DONE
        patiently(lambda: len(works.life.all()) == 1)  # the dead one's sign of life is gone too
    assert effects.lines() == [
        (str(dead.pid), "before"), (str(dead.pid), "at the gate"),
        (str(os.getpid()), "at the gate"), (str(os.getpid()), "after"),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_lets_go_of_its_work_at_once(works, url, effects, gate):
    leaving = start(url, effects)
    id = works.submit("counting", "key", 200, 0.05)
    effects.wait_for(3)
    leaving.terminate()
    leaving.communicate(timeout=SECONDS)
    assert leaving.returncode == 0
    found = works.rows.find(id)
    assert (found.state, found.attempts) == (State.WAITING, 0)  # it was no failure
    assert works.life.all() == {}
    done = len(effects.names())
    with working(url, effects):
        effects.wait_for(done + 2)
    assert effects.names() == [str(number) for number in range(len(effects.names()))]


@pytest.mark.slow
@pytest.mark.parametrize("begun", [True, False], ids=["cut off", "not begun"])
def test_after_an_upgrade_what_the_old_version_left_is_begun_anew(works, url, effects, gate, begun):
    old = start(url, effects, OLD)
    with worklist(url) as before:
        before.version = OLD
        id = before.submit("gated", "key", str(gate))
        effects.wait_for(3)
        waiting = [] if begun else [before.submit("counting", "key", 2, 0)]
        with working(url, effects):  # while the old one lives, its work is its own
            sweeper = sweeping.Sweeper(works)
            assert sweeper.sweep(dt.datetime.now(dt.UTC)) == 0
            assert works.rows.find(id).state is State.RUNNING
            old.kill()
            old.communicate()
            gate.touch()
            new = id.removesuffix(":1") + ":2"
            assert ended(works, new).state is State.DONE
            assert works.rows.find(id).state is State.CANCELLED
            for each in waiting:
                assert ended(works, each.removesuffix(":1") + ":2").state is State.DONE
    own = [name for process, name in effects.lines() if process == str(os.getpid())]
    assert [name for name in own if not name.isdecimal()] == ["before", "at the gate", "after"]
    assert [name for name in own if name.isdecimal()] == (["0", "1"] if waiting else [])


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_machine_cut_off_in_a_transaction_of_the_engine_keeps_nothing_for_long(url, effects):
    """The sweepers' lock among it, without which nobody takes over from the dead."""
    with working(url, effects) as engine, engine._database.connect() as connection:
        connection.exec_driver_sql("set local statement_timeout = 0")
        connection.rollback()  # what is set for a connection outlives its transactions
        shown = ("idle_in_transaction_session_timeout", "lock_timeout")
        assert [connection.exec_driver_sql(f"show {one}").scalar() for one in shown] == ["10s"] * 2


@pytest.mark.parametrize("others", [True, False])
def test_who_could_not_reach_the_other_side_lets_others_try_first(
    works, url, effects, monkeypatch, caplog, others
):
    """They do not take it here, and so it is tried again by the same."""
    monkeypatch.setattr(courtesy, "SECONDS", 0.5)
    made, begun = toys(effects), []

    def unreached(step):
        begun.append(time.monotonic())
        if len(begun) == 1:
            raise Unavailable("mail.test cannot be reached.", permanent=False)

    with DurableEngine(url, made | {"deliver": unreached}, concurrency=2) as engine:
        if others:
            signs = Life(engine._database, "another", APPLICATION_VERSION, works=True)
            signs._place = "another machine"
            signs.beat()
        id = works.submit("deliver", "key")
        assert ended(works, id).error == "mail.test cannot be reached."
        with caplog.at_level("INFO", "newsletter.engine"):
            second = works.submit("deliver", "key")
            done = ended(works, second)
        left = f"{second} is left to other workers" in caplog.text
        assert (done.state, second, left) == (State.DONE, id[:-1] + "2", others)
        assert done.attempts == 1  # what was put back was no attempt


def test_what_fails_is_parked_with_its_error_and_tried_again(works, url, effects, gate, caplog):
    with working(url, effects) as engine:
        with caplog.at_level("WARNING", "newsletter.engine"):
            id = works.submit("failing", "key", str(gate))
            one = ended(works, id)
            patiently(lambda: f"{id} is parked: No bars for 2026-07-02." in caplog.text)
        assert (one.state, one.error) == (State.PARKED, "No bars for 2026-07-02.")
        assert [each.id for each in works.rows.latest({State.PARKED})] == [id]
        assert [(step["failed"]) for step in works.steps(id)] == [False, True]
        with pytest.raises(DataUnavailable):
            engine.run("failing", id, str(gate))
        gate.touch()
        second = works.retry(one)
        assert ended(works, second).state is State.DONE
        assert works.rows.latest({State.PARKED}) == []  # its edition's last one has ended well
        with pytest.raises(ReviewError, match="followed by"):
            works.retry(one)
        with pytest.raises(ReviewError, match="only what is parked"):
            works.retry(works.rows.find(second))
    assert effects.names() == ["made", "made again"]


def attempted(url, id, times):
    database = sa.create_engine(url)
    schema = "dbos." if url.startswith("postgresql") else ""
    with database.begin() as connection:
        connection.execute(
            sa.text(f"update {schema}workflow_status set recovery_attempts = :n"), {"n": times}
        )
    database.dispose()


def test_work_whose_process_dies_again_and_again_is_parked_until_a_person_tries_it(
    works, url, effects
):
    id = works.submit("counting", "key", 3, 0)
    attempted(url, id, 6)
    with working(url, effects) as engine:
        one = ended(works, id)
        assert one.state is State.PARKED
        assert "died again and again" in one.error
        with pytest.raises(WorkError, match="newsletter work retry"):
            engine.run("counting", id, 3, 0)
        assert ended(works, works.retry(one)).state is State.DONE
    assert effects.names() == ["0", "1", "2"]


@pytest.mark.slow
@pytest.mark.drill
def test_deadly_work_kills_so_many_workers_and_no_more(works, url, effects):
    id, killed = works.submit("deadly", "key"), 0
    while works.rows.find(id).state in {State.WAITING, State.RUNNING}:
        worker = start(url, effects)
        patiently(lambda worker=worker: worker.poll() is not None or works.finished(id) is False)
        killed += worker.poll() is not None
        worker.kill()
        worker.communicate()
    assert (killed, works.rows.find(id).state) == (6, State.PARKED)


def test_cancelled_work_stops_before_its_next_step(works, url, effects, gate):
    with working(url, effects) as engine:
        id = works.submit("gated", "key", str(gate))
        effects.wait_for(2)
        works.cancel(works.rows.find(id))
        gate.touch()
        patiently(lambda: not engine._going)
        assert effects.names() == ["before", "at the gate"]
        with pytest.raises(WorkError, match="was cancelled"):
            engine.run("gated", id, str(gate))
    with pytest.raises(ReviewError, match="is cancelled; there is nothing"):
        works.cancel(works.rows.find(id))
    assert works.next_id("gated", "key", again=False) == id.removesuffix(":1") + ":2"


def test_what_ended_long_ago_is_removed_and_nothing_else(works, url, effects):
    with working(url, effects) as engine:
        for number in range(3):
            engine.run("counting", f"counting:key{number}:x:1", 1, 0)
    waiting = works.submit("counting", "other", 1, 0)
    now = dt.datetime.now(dt.UTC)
    assert works.purge(now) == 0
    assert works.purge(now + KEPT + dt.timedelta(minutes=1)) == 3
    assert [one.id for one in works.rows.latest(every=True)] == [waiting]


def test_a_process_has_one_engine_whoever_needs_it(url, effects):
    made, seen = toys(effects), []

    def use(_):
        with opened(url, made) as engine:
            seen.append(engine.executor)
            return engine.run("counting", f"id{_}", 3, 0)

    with opened(url, made, 2) as engine:
        assert at_once(4, use) == [3] * 4
        assert set(seen) == {engine.executor}
        with pytest.raises(WorkError, match="another database"), opened("sqlite:///x", made):
            pass
    assert at_once(4, lambda n: use(n + 10)) == [3] * 4  # opened and closed under each other


def test_what_nobody_knows_is_told(works):
    with pytest.raises(NotFound, match="newsletter work list"):
        works.last("2026-07-02.XNYS.evening")
