"""Dear things made once for a whole run of the suite, by whichever worker needs them first.

A finished evening is a folder: its configuration, its database. Tests get copies, so what one
does to its evening no other sees.
"""

import asyncio
import datetime as dt
import fcntl
import hashlib
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock, SystemClock
from newsletter.collect import stage
from newsletter.collect.progress import silent
from newsletter.collect.providers.sample import Sample
from newsletter.collect.snapshot import Snapshot
from newsletter.compute.facts import Ledger
from newsletter.compute.signal import digests, measures
from newsletter.store.database import Database

SESSION = "2026-07-02"
EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[1]
FEW = 3


def order(bars: Path | None, session: str = SESSION) -> dict[str, str]:
    """Return the order of an evening, from a folder of real bars or from the sample market."""
    market = {"provider": "files", "path": str(bars)} if bars else {"provider": "sample"}
    return {"key": f"{session}.XNYS.evening", **market}


def shelf(base: Path) -> "Kept":
    """Return what all workers of a run keep under its folder."""
    folder = base / "kept"
    folder.mkdir(exist_ok=True)
    return Kept(folder)


@contextmanager
def _no_loop() -> Iterator[None]:
    """Hide the browser's event loop, within which the engine refuses to wait for a run."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


class Kept:
    """What is kept on a shelf that all workers of this run share, and no other run.

    Parameters
    ----------
    shelf : pathlib.Path
        An existing folder.
    """

    def __init__(self, shelf: Path) -> None:
        self._shelf = self.folder = shelf
        self._collected: dict[str, tuple[Snapshot, Ledger]] = {}

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return what stands under a name; the first who asks makes it, others wait.

        Parameters
        ----------
        name : str
            Of the file or folder.
        make : callable
            Makes it at the path it is given; should it fail, the next who asks tries again.
        """
        place, partial = self._shelf / name, self._shelf / f"{name}.partial"
        with (self._shelf / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                if partial.is_dir():
                    shutil.rmtree(partial)
                with _no_loop():
                    make(partial)
                partial.rename(place)
        return place

    def evening(self, folder: Path, bars: Path | None = None) -> Path:
        """Copy into a folder the workspace of an evening that waits for review; return it.

        Nobody is in it yet, neither editors nor readers. Real bars give an evening made on
        the evening it is of; the sample market's is made now, for the commands, whose clock
        is the machine's.
        """

        def make(fresh: Path) -> None:
            fresh.mkdir()
            shutil.copy(assets.find("config.yaml"), fresh)
            clock = FixedClock(EVENING) if bars else SystemClock()
            with closing(House(fresh / "config.yaml", clock=clock)) as house:
                house.run(order(bars))

        made = self.once("real-evening" if bars else "sample-evening", make)
        return Path(shutil.copytree(made, folder, dirs_exist_ok=True))

    def collected(self, session: str, bars: Path | None = None) -> tuple[Snapshot, Ledger]:
        """Return a session's inputs, their bars left out, and the facts computed from them."""

        def make(file: Path) -> None:
            with closing(House(ROOT / "config.yaml", clock=FixedClock(EVENING))) as house:
                snapshot = house.collect(order(bars, session))
                ledger = house.compute(snapshot)
            bare = replace(snapshot, bars=snapshot.bars.iloc[:0])
            file.write_bytes(pickle.dumps((bare, ledger.to_bytes())))

        name = f"{'real' if bars else 'sample'}-{session}"
        if name not in self._collected:
            bare, ledger = pickle.loads(self.once(name, make).read_bytes())
            self._collected[name] = bare, Ledger.from_bytes(ledger)
        return self._collected[name]

    def computed(
        self, house: House, snapshot: Snapshot, really: Callable[[House, Snapshot], Ledger]
    ) -> Ledger:
        """Return the facts of some inputs, computed by whoever needs them first.

        Parameters
        ----------
        house : House
            Whose universe they are computed for.
        snapshot : Snapshot
            The inputs.
        really : callable
            Computes them.
        """
        known = [*sorted(measures()), *sorted(digests())]
        given = f"{snapshot.id} {snapshot.session} {house.config.universe!r} {known}"
        name = hashlib.sha256(given.encode()).hexdigest()
        place = self.once(
            f"ledger-{name}", lambda file: file.write_bytes(really(house, snapshot).to_bytes())
        )
        return Ledger.from_bytes(place.read_bytes())

    def ledger(self, session: str, bars: Path | None = None) -> Ledger:
        """Return a session's facts, of real bars or of the sample market."""
        return self.collected(session, bars)[1]


class Simulated:
    """Gathers the sample market of a session once for a worker; the last few are kept.

    What is frozen nobody changes. Whoever asks again is told of the same progress.
    """

    def __init__(self) -> None:
        self.really, self._made = stage.gather, {}

    def __call__(self, provider, date, universe, days, *, progress=silent, **given):
        """Stand in for `newsletter.collect.stage.gather`."""
        if not isinstance(provider, Sample):
            return self.really(provider, date, universe, days, **given, progress=progress)
        key = f"{provider!r} {date} {universe!r} {days.exchange} {given!r}"
        if key in self._made:
            gathered, told = self._made[key]
            for words in told:
                progress(*words)
            return gathered
        told = []

        def note(*words):
            told.append(words)
            progress(*words)

        gathered = self.really(provider, date, universe, days, **given, progress=note)
        while len(self._made) >= FEW:
            del self._made[next(iter(self._made))]
        self._made[key] = gathered, told
        return gathered


class Migrations:
    """Migrates one database; every new one after it begins as a copy of that one.

    Parameters
    ----------
    place : pathlib.Path
        Where the first one is to stand.
    """

    def __init__(self, place: Path) -> None:
        self._place, self.really = place, Database._migrate

    def __call__(self, database: Database) -> None:
        """Stand in for `Database._migrate`, which still has the last word."""
        url = database.engine.url
        if url.get_backend_name() == "sqlite" and url.database != str(self._place):
            if not self._place.exists():
                Database(f"sqlite:///{self._place}").close()
            if not url.database:
                model = sqlite3.connect(self._place)
                with closing(model), database.engine.connect() as connection:
                    model.backup(connection.connection.dbapi_connection)
            elif Path(url.database).parent.is_dir() and not Path(url.database).exists():
                shutil.copyfile(self._place, url.database)
        self.really(database)
