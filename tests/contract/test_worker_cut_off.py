"""One of two workers is cut off from the database in mid-delivery, and comes back later.

What cuts it off is a relay between it and the server that stops passing anything on and closes
nothing, as a network does that loses every packet.
"""

import contextlib
import random
import select
import socket
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy as sa
from evening_drill import ROOT, SESSION, Driver, Fleet, figures, prepare, told
from lengths import length
from namespaces_support import able

from newsletter.review.edition import EditionKey, State

READERS = 30


class Relay:
    """Passes on what a client and the server say, while it is `on`."""

    def __init__(self, folder, server):
        folder.mkdir()
        self.folder, self._server = folder, str(server / ".s.PGSQL.5432")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen(50)
        self._pairs, self.on, self._over = {}, True, False
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def _pass_on(self):
        while not self._over:
            watched = [self._listener, *self._pairs] if self.on else []
            for one in select.select(watched, [], [], 0.02)[0]:
                if one is self._listener:
                    near, far = one.accept()[0], socket.socket(socket.AF_UNIX)
                    far.connect(self._server)
                    self._pairs |= {near: far, far: near}
                elif one in self._pairs:
                    self._say(one, self._pairs[one])

    def _say(self, one, other):
        with contextlib.suppress(OSError):
            if data := one.recv(65536):
                other.sendall(data)
                return
        for each in (one, other):
            del self._pairs[each]
            each.close()

    def close(self):
        self._over = True
        self._thread.join()
        for one in [self._listener, *self._pairs]:
            one.close()


def patiently(condition, driver, seconds=200):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, told(driver)
        time.sleep(0.02)


# Where there are networks of their own, test_worker_namespaces.py shows the same by real ones.
@(pytest.mark.drill if able() else pytest.mark.slow)
@pytest.mark.timeout(400)
def test_nothing_is_lost_and_nothing_doubled(kept, postgres, tmp_path, monkeypatch):
    evening, folder, taken = kept.evening(tmp_path / "evening"), tmp_path / "drill", tmp_path / "t"
    folder.mkdir()
    url = postgres.fresh()
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", url.replace("+psycopg", ""))
    sink = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "sink.py"), str(taken), "stall=1", "--stall", "0.03"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    relay = Relay(tmp_path / "relay", postgres.folder)
    far = sa.make_url(url).update_query_dict({"host": str(relay.folder)})
    dead = {"DRILL_DEAD": length(3, 30)}
    with contextlib.ExitStack() as doors:
        doors.callback(sink.wait)
        doors.callback(sink.kill)
        doors.callback(sink.stdout.close)
        doors.callback(relay.close)
        house = doors.enter_context(
            contextlib.closing(prepare(folder, evening, int(sink.stdout.readline()), 1, READERS))
        )
        fleet = Fleet(folder, evening, ())
        doors.callback(fleet.close)
        driver = Driver(house, folder, [f"{SESSION}.d0"], random.Random(1))
        key = EditionKey.parse(driver._keys[0])
        driver.due = [str(key)]
        address = far.set(drivername="postgresql").render_as_string(hide_password=False)
        fleet.begin(0, "worker", NEWSLETTER_DATABASE_URL=address, **dead)
        house.submit("produce", str(key))
        patiently(lambda: house.editions.find(key) is not None, driver)
        house.desk.approve(key, "ann")
        id = house.submit("deliver", str(key))
        patiently(
            lambda: len(taken.read_bytes().splitlines()) >= 5 if taken.exists() else 0, driver
        )
        relay.on = False
        cut = house.worklist.rows.find(id)
        assert cut.state == "running"
        fleet.begin(1, "worker", **dead)
        patiently(lambda: house.editions.get(key).state is State.SENT, driver)
        patiently(lambda: not house.worklist.rows.open(), driver)
        finished = house.worklist.rows.find(id)
        assert finished.state == "done"
        assert finished.executor != cut.executor
        relay.on = True  # it comes back, and finds that the work is another's
        patiently(lambda: house.worklist.life.all().get(cut.executor, False), driver)
        again = house.submit("deliver", str(key))
        patiently(lambda: house.worklist.finished(again) is not None, driver)
        found = figures(house, driver, taken, READERS)
    postgres.drop(url)
    wrong = ("not_sent", "revised", "twice", "lost", "open", "unfinished", "broken")
    assert [name for name in wrong if found[name]] == [], found
    assert found["in_doubt"] <= 2, found  # what was in flight on its two connections
