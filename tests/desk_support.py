"""A desk for tests: a workspace with an edition in review, four editors, a browser's page.

A workspace is made once for each process; every desk gets a copy. Whoever visits is signed
in by a session put straight into the store: no password is hashed for it.

>>> desk.client("editor").act("/tonight/run/…")        # a TestClient, its token sent along
>>> desk.page("compliance", width=390, scheme="dark")  # Chromium; `page.told` has its complaints
"""

import contextlib
import fcntl
import functools
import hashlib
import os
import re
import shutil
import socket
import threading
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from databases_support import EVERYWHERE, Moved
from engine_support import KEY, unblocked
from kept_support import order, shelf
from starlette.testclient import TestClient

from newsletter import assets
from newsletter.app import House
from newsletter.desk.application import application
from newsletter.desk.security.guard import guard
from newsletter.desk.security.keys import digest
from newsletter.desk.security.passwords import Passwords
from newsletter.desk.security.sessions import COOKIE
from newsletter.desk.server import Server
from newsletter.review.access import Stage
from newsletter.review.edition import EditionKey
from newsletter.review.roles import Role

EDITORS = {"admin": "Ada", "editor": "Bo", "compliance": "Cy", "writer": "Di"}
"""Who is appointed to what."""
PASSWORD = "correct lantern orbit meadow 41"
ORIGIN = "https://desk.example.com"
AXE = {"iframes": False, "resultTypes": ["violations"]}
"""All rules; the mail in its frame is inspected for itself."""


@functools.cache
def _made(base):
    """Make the workspace that all copies are taken from, once for all workers of a run."""
    Moved.shelf = shelf(base).folder
    given = os.environ.get("NEWSLETTER_TEST_DESK")
    if given:  # made before: spares whoever runs one file again and again some seconds
        return Path(given)
    folder = base / "desk-made"
    with (base / "desk-made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make(_evening(base, folder))
            (folder / "whole").touch()
    return folder


def _evening(base, folder):
    """Return a workspace of an evening in review, made on the database that tests run on."""
    if EVERYWHERE != "postgresql":
        return shelf(base).evening(folder)
    folder.mkdir()
    shutil.copy(assets.find("config.yaml"), folder)
    Moved(folder)
    with contextlib.closing(House(folder / "config.yaml")) as house:
        house.run(order(None))
    return folder


def _make(folder):
    house = House(folder / "config.yaml")
    for role, name in EDITORS.items():
        address = f"{name.lower()}@example.com"
        house.editors.add(name, address, house.clock.now(), Role(role))
    for name in ("ann", "bob", "cleo"):
        house.audience.add(f"{name}@example.com", name, "evening", {}, house.clock.now())
    house.close()
    unblocked(folder)


def _base(factory):
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


class Client(TestClient):
    """A visitor's client: `act` posts a form as the desk's own pages do."""

    csrf = ""

    def act(self, path, headers=None, **form):
        """Post a form from a page of the desk."""
        sent = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf} | (headers or {})
        return self.post(path, data=form, headers=sent)


class Desk:
    """One workspace and its desk.

    Parameters
    ----------
    folder : pathlib.Path
        Where the workspace is; the copy is made there.
    made : pathlib.Path
        What it is a copy of.
    browser : callable
        Opens Chromium when a page is first asked for.
    """

    key = str(KEY)

    def __init__(self, folder, made, browser=None):
        self.folder, self._browser = folder, browser
        shutil.copytree(made, folder)
        self._moved = Moved(folder)
        self.port = _free()
        self._address(ORIGIN)
        self.house = House(folder / "config.yaml")
        self.app = application(self.house)
        self.newsroom = self.app.state.newsroom
        _cheap(self.newsroom)
        self._served, self._doors, self._portal = None, contextlib.ExitStack(), None

    def client(self, role=None, **more):
        """Return a client signed in in a role; nobody's without one."""
        client = Client(self.app, base_url=ORIGIN, follow_redirects=False, **more)
        client.headers["Sec-Fetch-Site"] = "same-origin"
        if self._portal is None:  # one event loop for all requests; else each makes its own
            self._portal = self._doors.enter_context(start_blocking_portal())
        client.portal = self._portal
        if role:
            token = self.signed_in(role)
            client.cookies.set(COOKIE, token)
            client.csrf = self.newsroom.guard.csrf.token(digest(token))
        return client

    def signed_in(self, role):
        """Begin a session; return its token."""
        return self.newsroom.guard.sessions.begin(EDITORS.get(role, role), Stage.WHOLE, "a test")

    def with_password(self, role):
        """Give an editor `PASSWORD` and an authenticator; return its secret."""
        from newsletter.review.desk import AuditEntry

        name, guarded, access = EDITORS[role], self.newsroom.guard, self.house.access
        entry = AuditEntry(self.house.clock.now(), name, "set a password", name)
        access.set_password(name, guarded.login.passwords.hash(PASSWORD), entry)
        access.reset_totp(name, entry)
        generation = access.credential(name).totp_generation
        codes = [guarded.login.totp.recovery_hash(name, code) for code in ("aaaa-bbbb-cccc",)]
        assert access.enrol(name, generation, 1, codes, entry)
        return guarded.login.totp.secret(name, generation)

    def edition(self):
        """Return the edition as it stands."""
        return self.house.editions.get(EditionKey.parse(self.key))

    def actions(self, subject=None):
        """Return the audit log's entries as (actor, action)."""
        return [(one.actor, one.action) for one in self.house.audit.entries(subject)]

    def serve(self):
        """Serve the desk on a port of this machine; return its address."""
        if self._served is None:
            address = f"http://127.0.0.1:{self.port}"
            self._address(address)
            house = House(self.folder / "config.yaml")
            server = Server(house, "127.0.0.1", self.port)
            server.start()
            self._served = server, house, address
        return self._served[2]

    def worker(self):
        """Let this process take what the desk begins, until the desk is closed."""
        from newsletter.operating.workers import working

        house = self._doors.enter_context(contextlib.closing(House(self.folder / "config.yaml")))
        self._doors.enter_context(working(house, lambda _: None))

    def page(self, role=None, path=None, width=1440, scheme="light", **more):
        """Open Chromium's page, signed in in a role; `told` collects what goes wrong in it."""
        address = self.serve()
        height = 900 if width > 600 else 812
        context = self._browser().new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=address,
            **more,
        )  # fmt: skip
        if role:
            context.add_cookies([{
                "name": COOKIE, "value": self.signed_in(role), "secure": True, "httpOnly": True,
                "url": address.replace("http:", "https:") + "/", "sameSite": "Lax",
            }])  # fmt: skip
        page = context.new_page()
        page.told = []
        page.on("console", lambda said: said.type == "error" and page.told.append(said.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.set_default_timeout(60_000)  # no clock decides: the machine may be busy
        if path is not None:
            page.goto(path)
        return page

    def close(self):
        """Close everything."""
        self._doors.close()
        if self._served:
            self._served[0].close()
            self._served[1].close()
        self.house.close()
        self._moved.close()

    def _address(self, address):
        file = self.folder / "config.yaml"
        text = re.sub(r"(?m)^  address: \S+", f"  address: {address}", file.read_text())
        file.write_text(text)


def routes(app):
    """Return every route of the application, those of its rooms among them."""
    found = []
    for one in getattr(app, "routes", ()):
        inner = getattr(one, "original_router", None)
        found += routes(inner) if inner is not None else [one]
    return found


def axe(page):
    """Return what axe has against a page, one line for each place."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def printed(rows):
    """Return the rows of a table as sorted words, in which a hash stands for whole files."""
    return sorted(repr([_short(one) for one in row]) for row in rows)


def _short(value):
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def at_once(count, work):
    """Call something from many threads at one moment; return what each got."""
    gate, results = threading.Barrier(count), [None] * count

    def one(place):
        gate.wait()
        try:
            results[place] = work(place)
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            results[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _cheap(newsroom):
    """Let passwords cost nothing: what they cost is another suite's matter."""
    house = newsroom.house
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    newsroom.guard = guard(
        house.access, house.editors, house.audit.record, house.clock, house.desk_key,
        house.config.publication.name, newsroom._content, Passwords(hasher),
        newsroom.by_password,
    )  # fmt: skip


def _free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, request):
    """One desk for a module, and its browser where a page is asked for."""
    folder, made = tmp_path_factory.mktemp("desk") / "desk", _made(_base(tmp_path_factory))
    opened = Desk(folder, made, lambda: request.getfixturevalue("browser"))
    yield opened
    opened.close()


@pytest.fixture
def own_desk(tmp_path, tmp_path_factory, request):
    """A desk for one test that changes what others rely on."""
    made = _made(_base(tmp_path_factory))
    opened = Desk(tmp_path / "own", made, lambda: request.getfixturevalue("browser"))
    yield opened
    opened.close()
