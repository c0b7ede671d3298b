"""Several worker processes on one PostgreSQL database: one is killed, another goes on.

Run as a program, this file is a worker that delivers what is left of an edition:
``test_postgresql_workers.py URL PORT``
"""

import contextlib
import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import engine_support
import pytest
import sqlalchemy as sa
import yaml
from databases_support import copy
from engine_support import KEY, SAMPLE, Effects
from lengths import length, some
from send_servers import Inbox, smtp_server
from send_support import APPROVED_AT, EDITION, clock, frozen, reader, signer, sql_book

from newsletter import assets
from newsletter.clock import SystemClock
from newsletter.review.desk import Desk
from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.delivery import DeliveryState
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.audience import Audience
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.editions import SqlEditionBook
from newsletter.store.models import RevisionRow
from newsletter.store.people import SqlEditors

TESTS = Path(__file__).resolve().parents[1]
LEASE = dt.timedelta(minutes=1)
"""How long a worker leaves alone what another has begun."""
MAIL = frozen()


def environment():
    paths = [str(TESTS), str(TESTS.parent), *filter(None, sys.path)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def deliver(url, port, at=APPROVED_AT):
    """Deliver until nothing is left to do; return what became of the copies."""
    now = clock()
    now.instant = at
    with sql_book(url) as book:
        transport = SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=10)
        while True:
            given = (MAIL, signer(), transport, book, now, 10)
            progress = deliver_batch(*given, lease=LEASE)
            if not progress.handled:
                return progress.counts


def worker(url, port):
    return subprocess.Popen([sys.executable, __file__, url, str(port)], env=environment())


def engine(url, effects, *given):
    program = [sys.executable, engine_support.__file__, url, str(effects.file), *given]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment())


def patiently(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(1, *range(1, 16)))
def test_of_workers_one_is_killed_in_mid_delivery_and_nobody_is_lost_or_doubled(postgres, seed):
    chance, many = random.Random(seed), length(60, 400)
    url, inbox = postgres.fresh(), Inbox()
    readers = [reader(number) for number in range(1, many + 1)]
    with sql_book(url, readers) as book:
        freeze_audience(MAIL, readers, signer(), book, clock())
    with smtp_server(inbox) as port:
        workers = [worker(url, port) for _ in range(2)]
        until = chance.randrange(5, many // 2)
        patiently(lambda: len(inbox.recipients) >= until)
        workers[0].send_signal(signal.SIGKILL)
        assert workers[0].wait() == -signal.SIGKILL
        assert workers[1].wait(timeout=120) == 0
        counts = deliver(url, port, APPROVED_AT + 2 * LEASE)
    with sql_book(url) as book:
        doubt = {row.subscriber.email for row in book.in_doubt(EDITION)}
    got = Counter(inbox.recipients)
    postgres.drop(url)
    assert max(got.values()) == 1
    assert {each.email for each in readers} - set(got) <= doubt
    assert len(doubt) <= 1
    assert counts == {
        state: number
        for state, number in (
            (DeliveryState.ACCEPTED, many - len(doubt)),
            (DeliveryState.IN_DOUBT, len(doubt)),
        )
        if number
    }


class House:
    """A workspace whose books are on the server; the sample market's mail goes to a Maildir."""

    def __init__(self, folder, url):
        self.config, self.box = folder / "config.yaml", folder / "data" / "mailbox" / "new"
        config = yaml.safe_load(self.config.read_text())
        config["storage"] = {"url_variable": "NEWSLETTER_DATABASE_URL"}
        self.config.write_text(yaml.safe_dump(config))
        own = {
            "NEWSLETTER_DATABASE_URL": url.replace("+psycopg", ""),
            "NEWSLETTER_LINK_KEY": "k" * 64,
        }
        self._environment = environment() | own

    def arrived(self):
        return sorted(self.box.glob("*")) if self.box.exists() else []

    def begin(self, *arguments):
        command = [sys.executable, "-m", "newsletter", "--config", str(self.config), *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env=self._environment, **pipes)

    def do(self, *arguments):
        process = self.begin(*arguments)
        out, err = process.communicate(timeout=280)
        assert process.returncode == 0, err
        return out


def fill(folder, url, many):
    """Copy an evening that waits for review to the server, with somebody at it, and readers."""
    copy(folder / "data" / "newsletter.db", url)
    with contextlib.closing(Database(url)) as database:
        SqlEditors(database).add("ann", "ann@example.com", APPROVED_AT)
        book = Audience(database)
        for number in range(many):
            book.add(f"r{number}@example.com", "", "evening", {}, APPROVED_AT)
        with database.begin(writing=True) as session:  # preflight is another suite's matter
            session.execute(sa.update(RevisionRow).values(blocked=False))


def delivered_by_two(house, url, many, until):
    """Approve and deliver by two processes, of which the one at work is killed."""
    with contextlib.closing(Database(url)) as database:
        desk = Desk(SqlEditionBook(database), SqlEditors(database), SystemClock(), False)
        desk.approve(KEY, "ann")
    first = house.begin("send", str(KEY))
    patiently(lambda: len(house.arrived()) >= until or first.poll() is not None, 120)
    assert first.poll() is None, first.communicate()
    second = house.begin("send", str(KEY))
    first.kill()
    first.communicate()
    _, err = second.communicate(timeout=200)
    assert second.returncode in {0, 1}, err  # 1 where a copy is in doubt
    with contextlib.closing(Database(url)) as database:
        book = SqlDeliveryBook(database)
        rows = book.page(str(KEY), None, many + 1)
        assert AuditLog(database).first_broken() is None
    states = Counter(row.state for row in rows)
    assert states[DeliveryState.ACCEPTED] + states[DeliveryState.IN_DOUBT] == many, states
    # Only the copies in flight at the kill are tried again; the box takes four at once.
    assert sum(row.attempts for row in rows) <= many + IN_FLIGHT
    assert states[DeliveryState.IN_DOUBT] <= IN_FLIGHT
    assert len(house.arrived()) >= states[DeliveryState.ACCEPTED]


IN_FLIGHT = 4


@pytest.mark.slow
def test_of_processes_that_send_an_edition_one_is_killed_and_the_other_finishes(
    kept, postgres, tmp_path
):
    many, url = 150, postgres.fresh()
    folder = kept.evening(tmp_path / "house")
    fill(folder, url, many)
    delivered_by_two(House(folder, url), url, many, until=5)
    postgres.drop(url)


@pytest.mark.slow
@pytest.mark.drill
def test_an_edition_is_made_approved_and_sent_on_one_server_from_nothing(postgres, tmp_path):
    many, url = 400, postgres.empty()
    shutil.copy(assets.find("config.yaml"), tmp_path)
    house = House(tmp_path, url)
    makers = [house.begin("run", *SAMPLE) for _ in range(2)]
    for maker in makers:
        _, err = maker.communicate(timeout=280)
        assert maker.returncode == 0, err
    house.do("editors", "add", "ann", "ann@example.com")
    with contextlib.closing(Database(url)) as database:
        for number in range(many):
            Audience(database).add(f"r{number}@example.com", "", "evening", {}, APPROVED_AT)
        with database.begin(writing=True) as session:
            session.execute(sa.update(RevisionRow).values(blocked=False))
        assert [str(one.key) for one in SqlEditionBook(database).all()] == [str(KEY)]
    delivered_by_two(house, url, many, until=50)
    postgres.drop(url)


@pytest.mark.slow
def test_of_workers_that_wait_for_a_killed_one_a_single_one_takes_its_run_over(postgres, tmp_path):
    url, effects, gate = postgres.fresh(), Effects(tmp_path / "effects"), tmp_path / "gate"
    given = ("gated", "id", json.dumps(str(gate)))
    dead = engine(url, effects, *given)
    effects.wait_for(2)
    others = [engine(url, effects, *given) for _ in range(2)]
    dead.kill()
    dead.communicate()
    patiently(lambda: effects.names().count("at the gate") == 2)
    gate.touch()
    answers = [json.loads(other.communicate(timeout=60)[0]) for other in others]
    postgres.drop(url)
    assert answers == [["before", "through", "after"]] * 2
    assert effects.names() == ["before", "at the gate", "at the gate", "after"]
    assert len({process for process, _ in effects.lines()}) == 2


@pytest.mark.slow
@pytest.mark.drill
@pytest.mark.parametrize("seed", range(1, 11))
def test_killed_again_and_again_a_run_ends_with_every_effect(postgres, tmp_path, seed):
    chance, steps, kills = random.Random(seed), 60, 6
    url, effects = postgres.fresh(), Effects(tmp_path / "effects")
    given = ("counting", "id", str(steps), "0.02")
    running = [engine(url, effects, *given) for _ in range(3)]
    for _ in range(kills):
        effects.wait_for(min(steps - 2, len(effects.lines()) + chance.randint(1, 5)))
        killed = running.pop(chance.randrange(3))
        killed.kill()
        killed.communicate()
        running.append(engine(url, effects, *given))
    answers = [json.loads(each.communicate(timeout=120)[0]) for each in running]
    postgres.drop(url)
    assert answers == [sum(range(steps))] * 3
    done = [int(name) for _, name in effects.lines()]
    assert set(done) == set(range(steps)), "an effect is missing"
    assert len(done) <= steps + kills
    # Only a step in flight at a kill is done again, and none before it.
    assert all(after in {before, before + 1} for before, after in pairwise(done)), done


if __name__ == "__main__":
    deliver(sys.argv[1], int(sys.argv[2]))
