"""Fixtures shared by the whole suite."""

import asyncio
import gc
import os
import shutil
import sys
from functools import cache, lru_cache
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from databases_support import KINDS, MARK, Instead, kinds
from hypothesis import settings
from kept_support import Migrations, Simulated, shelf
from lengths import length
from postgres_support import Server, binaries
from weights import heaviest_first

from newsletter.app import House
from newsletter.collect import sessions, stage
from newsletter.compute import statistics
from newsletter.store.database import Database

# Where writing bytecode is turned off, as in many containers, every process that a test starts
# would compile the whole product anew, and every worker every test: a quarter of their time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A commit waits for the disk, and the suite makes tens of thousands: they go to memory where
# there is enough of it. What a killed process left behind is there all the same.
MEMORY, ENOUGH = Path("/dev/shm"), 8 * 2**30
if (
    "PYTEST_DEBUG_TEMPROOT" not in os.environ
    and os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > ENOUGH
):
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)

# A worker holds many evenings: young objects are looked at less often, old ones seldom.
gc.set_threshold(50_000, 50, 50)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()

# No test asserts by the clock: on a machine that is busy any example may take long.
settings.register_profile(
    "patient", settings(), deadline=None, max_examples=length(50, 1_000)
)  # else as here, or as under CI
settings.load_profile("patient")


@pytest.fixture(scope="session")
def kept(_shelf):
    """What is dear to make, made once for all workers of this run."""
    return _shelf


@pytest.fixture(scope="session")
def _shelf(tmp_path_factory):
    base = tmp_path_factory.getbasetemp()
    return shelf(base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base)


@pytest.fixture(scope="session", autouse=True)
def _migrations(tmp_path_factory):
    """Migrate one database of a worker's; its next ones begin as copies."""
    migrations = Migrations(tmp_path_factory.mktemp("migrated") / "news.db")

    def migrate(database):
        migrations(database)

    Database._migrate = migrate
    yield migrations
    Database._migrate = migrations.really


@pytest.fixture
def migrating(_migrations, monkeypatch):
    """Every new database is migrated, from nothing."""
    monkeypatch.setattr(Database, "_migrate", _migrations.really)


@pytest.fixture(scope="session")
def postgres(_shelf):
    """The PostgreSQL server of this run; it ends with the run."""
    if binaries() is None:
        missing("PostgreSQL is missing; run `make setup` or tools/install-debian.sh")
    server = Server(_shelf.folder)
    yield server
    server.close()


def pytest_generate_tests(metafunc):
    """Run tests marked `databases` on SQLite and on PostgreSQL."""
    found = kinds(metafunc.definition.get_closest_marker(MARK))
    if found and found != KINDS[:1]:
        metafunc.parametrize("_kept_on", found, indirect=True)


@pytest.fixture(autouse=True)
def _kept_on(request, monkeypatch):
    """Let the addresses of files mean databases of the server, where a test runs on it."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield
        return
    server = request.getfixturevalue("postgres")
    instead = Instead(server, migrated="migrating" not in request.fixturenames)
    instead.install(monkeypatch)
    yield
    instead.close()


@pytest.fixture(scope="session", autouse=True)
def _ledgers(_shelf):
    """Compute the facts of the same inputs once for all workers; see `computing`."""
    really = House.compute
    House.compute = lambda house, snapshot: _shelf.computed(house, snapshot, really)
    yield really
    House.compute = really


@pytest.fixture
def computing(_ledgers, monkeypatch):
    """Facts are computed each time they are asked for."""
    monkeypatch.setattr(House, "compute", _ledgers)


@pytest.fixture(scope="session", autouse=True)
def _calendars():
    """Build each calendar once: the few that are kept are enough for an evening, not for these."""
    kept = sessions._calendar
    sessions._calendar = cache(kept.__wrapped__)
    yield
    sessions._calendar = kept


@pytest.fixture(scope="session", autouse=True)
def _markets():
    """Make the sample market of a session once for a worker."""
    simulated = Simulated()
    stage.gather = simulated
    yield
    stage.gather = simulated.really


@pytest.fixture(scope="session", autouse=True)
def _draws():
    """Draw the resamples of as many events once: they depend on nothing else."""
    really = statistics.stationary_draws

    @lru_cache(maxsize=256)
    def drawn(of, block, times, seed):
        rows = really(of, block, times, seed)
        return rows.astype(np.int16) if of < 2**15 else rows

    statistics.stationary_draws = drawn
    yield
    statistics.stationary_draws = really


def pytest_configure(config):
    """Let workers take files in the order that is made below, not by their number of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that no worker is left with one at the end."""
    heaviest_first(items)


def missing(reason: str) -> NoReturn:
    """Skip a test whose tool or data are not here; under CI, where they must be, fail it.

    Parameters
    ----------
    reason : str
        What is missing and how it comes here.
    """
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str) -> str:
    """Return the path of a program that a test needs, else see `missing`."""
    return shutil.which(name) or missing(f"{name} is missing; run tools/install-debian.sh")


@pytest.fixture(scope="session")
def market_bars() -> Path:
    """Directory of the real market bars beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "market" / "bars"
    if not folder.is_dir():
        missing(f"The real market data are not at {folder}.")
    return folder


class Chromium:
    """Debian's Chromium, headless: one for a worker, opened when a test first asks for it.

    Between modules its thread is left without a running event loop, as if there were none.
    """

    def __init__(self):
        from playwright.sync_api import sync_playwright

        self._driver, self._opened = sync_playwright().start(), None
        self._loop = asyncio.get_running_loop()

    def enter(self):
        """Return the browser; one that has died is opened anew."""
        asyncio._set_running_loop(self._loop)
        if self._opened is None or not self._opened.is_connected():
            self._opened = self._driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        return self._opened

    def leave(self):
        """Close every page with what it kept."""
        if self._opened.is_connected():
            for context in self._opened.contexts:
                context.close()
        asyncio._set_running_loop(None)

    def close(self):
        """End it."""
        asyncio._set_running_loop(self._loop)
        if self._opened is not None:
            self._opened.close()
        self._driver.stop()
        asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def _chromium():
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is missing; run tools/install-debian.sh")
    opened = Chromium()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser(_chromium):
    """A module's browser; while the module lasts its thread has a running event loop."""
    yield _chromium.enter()
    _chromium.leave()
