"""Machines that are network namespaces, and what runs on them.

A field has a hub with two switches, one before the database and one before the mail server, and
machines that are joined to both by a cable each. A namespace lives as long as a process that
holds it, and that one as long as whoever made the field: nothing has a name that could be left
behind, and this machine's own network is not touched.

Run as a program, this file is ``newsletter`` on one of the machines: every stage gives what a
real evening gave, and its clock stands at that evening. ``namespaces_support.py FOLDER ...``
"""

import contextlib
import datetime as dt
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
NETS = {"database": "10.77.1", "mail": "10.77.2"}
SERVICES = "services"
WAYS = {
    "root": (("unshare", "--net"), ("--net",)),
    "user": (("unshare", "--user", "--map-root-user", "--net"),
             ("--user", "--net", "--preserve-credentials")),
}  # fmt: skip
"""How a namespace is made and how one is entered: by the administrator, and by anybody."""
HOLD = ("sh", "-c", "echo ready; exec cat")


def way():
    """Return the way in which namespaces can be made here, else why there is none."""
    reasons = []
    for name, (make, _) in WAYS.items():
        tried = subprocess.run(
            [*make, "ip", "link", "add", "type", "veth"],
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode == 0:
            return name, ""
        reasons.append(f"as {name}: {tried.stderr.strip()}")
    return "", "; ".join(reasons)


def able():
    """Tell whether namespaces can be made here."""
    return bool(shutil.which("unshare") and shutil.which("ip") and way()[0])


class Field:
    """Machines by name, and the services' one.

    Parameters
    ----------
    how : str
        One of `WAYS`.
    names : list of str
        Of the machines beside the services' one.
    """

    def __init__(self, how, names):
        self._make, enter = WAYS[how]
        self._enter, self._how, self._held = enter, how, {}
        self._names = [SERVICES, *names]
        try:
            self._hold("hub", self._make)
            for name in self._names:
                within = ["nsenter", "--target", self._pid("hub"), *self._enter] * (how == "user")
                self._hold(name, [*within, "unshare", "--net"])
            self._join_all()
        except BaseException:
            self.close()
            raise

    def inside(self, name):
        """Return the command that runs the one after it on a machine."""
        return ["nsenter", "--target", self._pid(name), *self._enter]

    def address(self, net, name=SERVICES):
        return f"{NETS[net]}.{self._names.index(name) + 1}"

    @property
    def server(self):
        """The command that runs PostgreSQL, which refuses to be the administrator's."""
        plain = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
        return self.inside(SERVICES) + plain * (self._how == "user")

    def holder(self, name):
        """Return the number of the process that holds a machine."""
        return self._held[name].pid

    # -- cables ----------------------------------------------------------------------------

    def pull(self, name):
        """Pull every cable of a machine."""
        self._ip("hub", *(f"link set {self._port(name, net)} down" for net in NETS))

    def silence(self, name, net):
        """Let one switch forget a machine: its cable is there, and everything is lost in it."""
        self._ip("hub", f"link set {self._port(name, net)} nomaster")

    def mend(self, name):
        """Join a machine to both switches again."""
        ports = {net: self._port(name, net) for net in NETS}
        self._ip("hub", *(f"link set {port} master {net} up" for net, port in ports.items()))

    def close(self):
        for holder in self._held.values():
            holder.stdin.close()
            holder.wait(10)
            holder.stdout.close()

    # -- making them -----------------------------------------------------------------------

    def _hold(self, name, command):
        holder = subprocess.Popen(
            [*command, *HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._held[name] = holder
        assert holder.stdout.readline() == "ready\n", f"{name} could not be made"

    def _pid(self, name):
        return str(self._held[name].pid)

    def _port(self, name, net):
        return f"{net[0]}{self._names.index(name)}"

    def _ip(self, name, *lines):
        subprocess.run(
            [*self.inside(name), "ip", "-batch", "-"], input="\n".join(lines), text=True, check=True
        )

    def _join_all(self):
        made = [f"link add {net} type bridge" for net in NETS]
        made += [f"link set {net} up" for net in NETS]
        for name in self._names:
            for net in NETS:
                port, mac = self._port(name, net), self._mac(net, name)
                made.append(f"link add {port} type veth peer name {net} address {mac} "
                            f"netns {self._pid(name)}")  # fmt: skip
                made.append(f"link set {port} master {net} up")
        self._ip("hub", *made)
        for name in self._names:
            own = ["link set lo up"]
            for net in NETS:
                own += [f"addr add {self.address(net, name)}/24 dev {net}", f"link set {net} up"]
                # As beyond a router: nobody is told that the other side cannot be found.
                own += [
                    f"neigh replace {self.address(net, other)} lladdr {self._mac(net, other)} "
                    f"dev {net} nud permanent" for other in self._names if other != name
                ]  # fmt: skip
            self._ip(name, *own)

    def _mac(self, net, name):
        return f"02:00:00:00:0{list(NETS).index(net)}:{self._names.index(name):02x}"


class Program:
    """``newsletter`` on a machine of a field; its log is a file.

    Parameters
    ----------
    field : Field
        The machines.
    name : str
        Of the machine.
    folder, evening : pathlib.Path
        The workspace, and that of the evening which the stages give.
    role : str
        What it does.
    quick : float
        By how much shorter all its patience is.
    """

    def __init__(self, field, name, folder, evening, role, quick):
        self.name, self._log = name, folder / f"{name}.log"
        command = [sys.executable, __file__, str(evening), str(quick), "--config",
                   str(folder / "config.yaml"), "serve", "--role", role, "--port", "0",
                   "--public-port", "0", "--health-port", "0"]  # fmt: skip
        paths = [str(TESTS), str(TESTS.parent), *filter(None, sys.path)]
        given = {"PYTHONPATH": os.pathsep.join(paths),
                 "NEWSLETTER_DATABASE_URL_FILE": str(folder / "address")}  # fmt: skip
        environment = {name: value for name, value in os.environ.items()
                       if name != "NEWSLETTER_DATABASE_URL"}  # fmt: skip
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*field.inside(name), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment | given,
            )  # fmt: skip

    def has(self, work):
        """Tell whether work is this process's."""
        return f"-{self._process.pid}-" in work.executor

    def said(self, words, after=0):
        """Tell whether one of its log's lines after so many is as an expression says."""
        return any(re.search(words, str(line.get("event"))) for line in self.lines()[after:])

    def lines(self):
        """Return the lines of its log."""
        found = [line for line in self._log.read_text().splitlines() if line]
        return [json.loads(line) if line.startswith("{") else {"event": line} for line in found]

    def told(self):
        return self._log.read_text()[-4000:]

    def lives(self):
        return self._process.poll() is None

    def close(self):
        self._process.kill()
        self._process.wait()


def secret_address(server, folder, host):
    """Let the server ask a new database's visitors for a password; return the socket's address."""
    url, password = server.fresh(), secrets.token_hex(8)
    server.run(f"alter role postgres password '{password}'")
    name = url.partition("@/")[2].partition("?")[0]
    (folder / "address").write_text(f"postgresql://postgres:{password}@{host}/{name}")
    return url


def tools():
    """Return which program is missing; empty where none is."""
    return next((one for one in ("ip", "unshare", "nsenter") if shutil.which(one) is None), "")


def main(evening, quick, *arguments):
    """Be ``newsletter``, with the stages of an evening and its clock, and with less patience."""
    from evening_drill import EVENING, stages

    import newsletter.desk.planned
    import newsletter.pipeline
    import newsletter.send.deliver
    from newsletter.app import House
    from newsletter.clock import SystemClock

    for name, method in stages(Path(evening), 0.03).items():
        setattr(House, name, method)
    newsletter.desk.planned.EVERY = 0.1
    # The sample market's mail leaves in this drill alone, to a sink on a network of its own.
    newsletter.pipeline.require_may_leave = newsletter.send.deliver.require_may_leave = lambda *_: (
        None
    )
    config = Path(arguments[arguments.index("--config") + 1])
    began = float((config.parent / "began").read_text())
    SystemClock.now = lambda _: EVENING + dt.timedelta(seconds=time.time() - began)
    if float(quick) != 1:
        hasten(float(quick))
    from newsletter.cli import main as run

    sys.argv = ["newsletter", *arguments]
    with contextlib.suppress(KeyboardInterrupt):
        run()


def hasten(by):
    """Make every patience of a process so many times shorter, but for what is seconds anyway."""
    from newsletter.engine import durable, life
    from newsletter.send import clerk, retries
    from newsletter.send.transports import smtp
    from newsletter.store import postgresql

    life.BEAT_SECONDS, life.DEAD_AFTER_SECONDS = 0.5, life.DEAD_AFTER_SECONDS / by
    durable.HELD_MS = int(durable.HELD_MS / by)
    retries.SOONEST /= by
    clerk.PATIENCE = tuple(seconds / by for seconds in clerk.PATIENCE)
    durable.PATIENCE = tuple(seconds / by for seconds in durable.PATIENCE)
    smtp.BLOCK_TIMEOUT_SECONDS /= by
    unheard = int(postgresql.UNHEARD_MS / by)
    postgresql._PATIENCE |= {"tcp_user_timeout": unheard, "connect_timeout": 2}
    postgresql.IDLE_WRITING_MS = int(postgresql.IDLE_WRITING_MS / by)
    settings = postgresql._SETTINGS
    for long in (postgresql.LOCK_MS, postgresql.IDLE_MS):
        settings = settings.replace(f"'{long}'", f"'{int(long / by)}'")
    postgresql._SETTINGS = settings


if __name__ == "__main__":
    main(*sys.argv[1:])
