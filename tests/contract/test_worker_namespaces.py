"""A worker is cut off in mid-delivery, each machine in a network of its own.

Scheduler, two workers, and the services (PostgreSQL and a mail server) are network namespaces,
joined by two switches. The delivery's worker loses both, the database, or the mail server; the
packets are lost, nothing is closed and nobody is told. The other takes over; then the cables are
put back.
"""

import contextlib
import datetime as dt
import json
import random
import subprocess
import sys
import time

import pytest
from conftest import missing
from evening_drill import ROOT, SESSION, Driver, figures, prepare
from lengths import DRILLS, length, some
from namespaces_support import SERVICES, Field, Program, secret_address, tools, way
from postgres_support import SERVER, Server, binaries, start
from tls_support import Authority

from newsletter.review.edition import EditionKey, State

READERS = length(90, 300)
WAYS = ("both", "database", "mail")
"""Which cables a worker loses."""
CUTS = some(1, *WAYS)
ROLES = {"ann": "worker", "bob": "worker"} | ({"scheduler": "web,scheduler"} if DRILLS else {})
"""In the short form the driver stands for the scheduler: it only asks for work."""
QUICK = length(5, 1)
"""By how much shorter the programs' patience is."""
PATIENCE = length(180, 600)


class Town:
    """The machines with all that runs on them, and the driver, who stands outside."""

    def __init__(self, how, kept, folder, monkeypatch, doors):
        self._monkeypatch = monkeypatch
        self.evening, self.folder = kept.evening(folder / "evening"), folder / "drill"
        self.taken, shelf = folder / "taken", folder / "shelf"
        self.folder.mkdir()
        shelf.mkdir()
        self.field = Field(how, list(ROLES))
        doors.callback(self.field.close)
        host = self.field.address("database")
        place = start(self.field.server, host, self.field.holder(SERVICES))
        (shelf / f"{SERVER}.json").write_text(json.dumps({"folder": str(place)}))
        self.server = Server(shelf)
        doors.callback(self.server.close)
        url = secret_address(self.server, self.folder, host)
        monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
        monkeypatch.setenv("NEWSLETTER_DATABASE_URL", url.replace("+psycopg", ""))
        port, sender = self._sink(doors), {"host": self.field.address("mail"), "security": "tls"}
        if QUICK != 1:
            sender["timeout_seconds"] = 2
        self.house = doors.enter_context(contextlib.closing(
            prepare(self.folder, self.evening, port, len(WAYS), READERS, **sender)
        ))  # fmt: skip
        self.programs = {name: self._program(name, doors) for name in ROLES}

    @property
    def workers(self):
        return [self.programs["ann"], self.programs["bob"]]

    def cut(self, name, what):
        if what == "both":
            self.field.pull(name)
        else:
            self.field.silence(name, what)

    def _sink(self, doors):
        command = [sys.executable, str(ROOT / "tests" / "sink.py"), str(self.taken), "stall=1"]
        host, authority = self.field.address("mail"), Authority(self.folder)
        authority.server(dt.datetime.now(dt.UTC) + dt.timedelta(days=2), host)
        self._monkeypatch.setenv("SSL_CERT_FILE", str(authority.cafile))
        more = ["--stall", "0.03", "--host", host, "--tls", str(authority.last)]
        sink = subprocess.Popen(
            [*self.field.inside(SERVICES), *command, *more], stdout=subprocess.PIPE, text=True
        )
        doors.callback(sink.stdout.close)
        doors.callback(sink.wait)
        doors.callback(sink.kill)
        return int(sink.stdout.readline())

    def _program(self, name, doors):
        one = Program(self.field, name, self.folder, self.evening, ROLES[name], QUICK)
        doors.callback(one.close)
        return one

    def got(self, list_):
        """Return how many copies the mail server took for the readers of a list."""
        lines = self.taken.read_bytes().splitlines() if self.taken.exists() else []
        return sum(f".{list_}@example.com".encode() in line for line in lines)

    def connections(self, name):
        """Return how many of a machine's own connections the server holds."""
        address = self.field.address("database", name)
        with self.house.database.engine.connect() as connection:
            return connection.exec_driver_sql(
                f"select count(*) from pg_stat_activity where client_addr = '{address}' "
                "and application_name = 'newsletter'"
            ).scalar()

    def figures(self, key):
        """Hold an edition and its ledger against what the mail server took."""
        driver = Driver(self.house, self.folder, [str(key)], random.Random(1))
        driver.due = [str(key)]
        return figures(self.house, driver, self.taken, READERS)

    def patiently(self, condition):
        until = time.monotonic() + PATIENCE
        while not condition():
            words = [one.told() for one in self.programs.values()]
            assert all(one.lives() for one in self.programs.values()), words
            assert time.monotonic() < until, words
            time.sleep(0.1)


@pytest.fixture(scope="module")
def town(kept, tmp_path_factory):
    if name := tools():
        missing(f"{name} is missing; run tools/install-debian.sh")
    if binaries() is None:
        missing("PostgreSQL is missing; run `make setup` or tools/install-debian.sh")
    how, why = way()
    if not how:  # a privilege that a container of CI may lack; test_worker_cut_off.py needs none
        pytest.skip(f"Network namespaces cannot be made here ({why}); run the tests as root, in a "
                    "container with --privileged, or allow user namespaces.")  # fmt: skip
    with contextlib.ExitStack() as doors, pytest.MonkeyPatch.context() as monkeypatch:
        yield Town(how, kept, tmp_path_factory.mktemp("town"), monkeypatch, doors)


@pytest.mark.slow
@pytest.mark.timeout(length(400, 1200))
@pytest.mark.parametrize("cut", CUTS)
def test_nothing_is_lost_and_nothing_doubled(town, cut):
    house, list_ = town.house, f"d{WAYS.index(cut)}"
    key, rows = EditionKey.parse(f"{SESSION}.{list_}"), house.worklist.rows
    house.submit("produce", str(key))
    town.patiently(lambda: house.editions.find(key) is not None)
    house.desk.approve(key, "ann")
    id = house.submit("deliver", str(key))
    town.patiently(lambda: town.got(list_) >= 20)
    had, at = rows.find(id), time.monotonic()
    lost = next(one for one in town.workers if one.has(had))
    before = len(lost.lines())
    town.cut(lost.name, cut)
    if cut == "both":  # what comes now, but for what was on its way, is the other's
        in_flight = town.got(list_) + 2
        town.patiently(lambda: town.got(list_) > in_flight)
    taken_over = time.monotonic() - at
    town.patiently(lambda: house.editions.get(key).state is State.SENT)
    seconds = time.monotonic() - at
    town.patiently(lambda: not rows.open())
    assert not lost.has(max(rows.of("deliver", str(key)), key=lambda one: one.number))
    if cut != "mail":
        telling = "has not answered for .* other workers take over"
        town.patiently(lambda: lost.said(telling, before))
    if DRILLS and cut != "mail":  # its places at the server are free, though it has closed nothing
        town.patiently(lambda: town.connections(lost.name) == 0)
    town.field.mend(lost.name)
    if cut == "mail":  # it knew all along, and said so
        assert lost.said("is parked: .* cannot be reached", before)
    else:  # it comes back, and what it had in hand is another's
        town.patiently(lambda: lost.said("The database answers again", before))
        town.patiently(lambda: lost.said(f"{id} was taken over by another worker", before))
        assert house.worklist.life.alive(had.executor)
    again = house.submit("deliver", str(key))
    town.patiently(lambda: house.worklist.finished(again) is not None)
    assert [line for one in town.programs.values() for line in one.lines()
            if line.get("level") == "error" or "exception" in line] == []  # fmt: skip
    found = town.figures(key) | {"sent_after": round(seconds, 1)}
    if cut == "both":
        found["taken_over_after"] = round(taken_over, 1)
    print(cut, found)
    wrong = ("not_sent", "revised", "twice", "lost", "open", "unfinished", "broken")
    assert [name for name in wrong if found[name]] == [], found
    assert found["in_doubt"] <= 2, found  # what was in flight on its two connections
