"""What docs/operations.md has an administrator type, typed: a folder stands for the machine's root.

What takes a network, a service manager or a daemon is asked of the same programs without it: pip
tries what is there already (`--dry-run`), `systemctl` and `useradd` work on a folder, and what a
container is given is read from the composition.
"""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from conftest import program
from deploy_support import PROGRAM, UNITS, accepted, composition
from docs_support import ROOT, blocks, shown
from engine_support import CommandLine

from newsletter.config import load
from newsletter.send.tokens import SHORTEST_KEY

PAGE = ROOT / "docs" / "operations.md"
FOLDERS = ("/opt/", "/var/", "/etc/")
SERVICE = "newsletter"
OWNED = re.compile(r"-o newsletter -g newsletter ")


def typed(*programs):
    """Return the command lines of the page that begin with one of some programs, in order."""
    lines = [
        line
        for block in shown(PAGE)
        for line in block.body.replace("\\\n", " ").splitlines()
        if line.split(None, 1)[0] in programs
    ]
    assert lines, programs
    return lines


def told_inline():
    """Return the commands that stand within the page's sentences and tables."""
    text = PAGE.read_text(encoding="utf-8")
    for block in blocks(PAGE):
        text = text.replace(block.body, "")
    return sorted(set(re.findall(r"`newsletter ([a-z][^`…]*)`", text)))


class Machine:
    """A machine that is installed on.

    Parameters
    ----------
    root : pathlib.Path
        The folder that stands for its root.
    call : engine_support.CommandLine
        Runs the program in this process.
    """

    def __init__(self, root, call):
        self.root, self._call = root, call
        for name in ("opt", "var/lib", "var/backups", "etc/systemd/system"):
            (root / name).mkdir(parents=True)

    def at(self, path):
        """Return where a path of the machine is."""
        return self.root / path.lstrip("/")

    def type(self, line):
        """Do what a line says; it must end well."""
        if "-m pip install " in line:
            return self._try_out(shlex.split(line)[4:])
        if line.startswith("runuser "):
            return self._our_own(line)
        if line.startswith("useradd "):
            return self._useradd(shlex.split(line))
        if line.startswith("systemctl "):
            return self._systemctl(shlex.split(line)[1:])
        if line.endswith("-P -m newsletter.patterns"):  # by this Python: that one has no libraries
            beside = {**os.environ, "PYTHONPYCACHEPREFIX": str(self.root / "bytecode")}
            beside.pop("PYTHONDONTWRITEBYTECODE", None)
            told = self._do([sys.executable, *shlex.split(line)[1:]], env=beside)
            return told.startswith(str(self.root)) or pytest.fail(told)
        line = line.replace("python3 -m venv", f"{sys.executable} -m venv --without-pip")
        line = re.sub(rf"(?<= )(?={'|'.join(FOLDERS)})", f"{self.root}", OWNED.sub("", line))
        return self._do(["sh", "-euc", line])

    def _do(self, words, env=None):
        done = subprocess.run(words, check=False, cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _try_out(self, rest):
        """Let pip read it all and look whether it is installed here; nothing is fetched."""
        without = ["--dry-run", "--no-index", "--no-deps", "--quiet"]
        self._do([sys.executable, "-m", "pip", "install", *without, *rest])

    def _our_own(self, line):
        who, words = line.split(" -- ")
        first, *rest = shlex.split(words)
        assert (who, first) == (f"runuser -u {SERVICE}", PROGRAM)
        rest = [str(self.at(one)) if one.startswith("/") else one for one in rest]
        code, out, err = self._call(*rest)
        assert code == 0, f"{line}\n{out}\n{err}"

    def _useradd(self, words):
        known = self._do([program("useradd"), "--help"])
        assert all(one in known for one in words if one.startswith("--"))
        if os.geteuid() != 0:  # whoever is not root may not, not even in a folder of their own
            return
        for name in ("passwd", "group", "shadow", "gshadow"):
            (self.root / "etc" / name).touch()
        self._do([*words[:1], "--prefix", str(self.root), *words[1:]])
        entry = (self.root / "etc" / "passwd").read_text().strip().split(":")
        group = (self.root / "etc" / "group").read_text().split(":")
        assert (entry[0], group[0], entry[3]) == (SERVICE, SERVICE, group[2])
        assert entry[5:] == ["/var/lib/newsletter", "/usr/sbin/nologin"]

    def _systemctl(self, words):
        if words[0] == "enable":
            names = [one for one in words[1:] if one != "--now"]
            self._do([program("systemctl"), f"--root={self.root}", "enable", *names])


@pytest.fixture
def machine(tmp_path, monkeypatch, capfd):
    return Machine(tmp_path / "root", CommandLine(monkeypatch, capfd))


def test_installing_makes_all_that_the_units_name(machine):
    for line in typed("python3", "/opt/newsletter/bin/python", "cp", "useradd", "install",
                      "runuser", "systemctl"):  # fmt: skip
        machine.type(line)
    system = machine.at("/etc/systemd/system")
    wanted = {one.name for one in system.glob("*.wants/*")}
    assert wanted == {
        "newsletter.service", "newsletter-backup.timer", "newsletter@web.service",
        "newsletter@scheduler.service", "newsletter@worker.service",
    }  # fmt: skip
    for unit in UNITS:
        text = (system / unit.name).read_text()
        assert text == unit.read_text()
        for path in re.findall(r"(?:=|file:|\s)(/(?:opt|var|etc)/[^\s]+)", text):
            if path not in {PROGRAM, "/etc/newsletter/environment"}:  # pip's, and the operator's
                assert machine.at(path.rstrip(",.;")).exists(), path
    assert machine.at("/etc/newsletter").is_dir()
    assert machine.at("/opt/newsletter/bin/python").exists()
    for private in ("/var/lib/newsletter", "/var/backups/newsletter"):
        assert stat.S_IMODE(machine.at(private).stat().st_mode) == 0o750
    load(machine.at("/var/lib/newsletter/config.yaml"))


def test_every_folder_of_the_service_is_made_its_own():
    text = "\n".join(unit.read_text() for unit in UNITS)
    written = set(re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE))
    (made,) = (one for one in typed("install") if OWNED.search(one))
    for path in " ".join(written).split():
        assert path in made.split()


def test_what_is_reloaded_can_be_and_every_service_is_one():
    names = {unit.name for unit in UNITS}
    for line in typed("systemctl"):
        act, *rest = shlex.split(line)[1:]
        for one in rest:
            if one.startswith("--"):
                continue
            name = re.sub(r"@\w+$", "@", one)
            found = name if "." in name else f"{name}.service"
            assert found in names, line
            if act == "reload":
                assert "ExecReload=" in (ROOT / "deploy" / "systemd" / found).read_text()


def test_the_secrets_of_the_composition_are_made_and_its_database_is_the_one_named(tmp_path):
    program("openssl")
    lines = typed("umask", "mkdir", "openssl", "echo")
    done = subprocess.run(
        ["sh", "-euc", "\n".join(lines)], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    document = composition()
    secrets = {name: tmp_path / one["file"] for name, one in document["secrets"].items()}
    assert set(secrets.values()) == set((tmp_path / "secrets").iterdir())
    assert {stat.S_IMODE(one.stat().st_mode) for one in secrets.values()} == {0o600}
    assert len(secrets["link_key"].read_text().strip()) >= SHORTEST_KEY
    url = sa.make_url(secrets["database_url"].read_text().strip())
    database = document["services"]["database"]["environment"]
    assert (url.username, url.database) == (database["POSTGRES_USER"], database["POSTGRES_DB"])
    assert url.host in document["services"]
    assert url.password == secrets["database_password"].read_text().strip()
    (owned,) = (shlex.split(line) for line in typed("chown"))
    ours = {
        secret for name, one in document["services"].items() if name != "database"
        for secret in one["secrets"]
    }  # fmt: skip
    assert set(owned[2:]) == {f"secrets/{name}" for name in ours}
    (user,) = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert owned[1] == user


def test_every_line_to_the_containers_names_a_service_and_what_it_can_do(tmp_path, monkeypatch):
    services, seen = composition()["services"], []
    for line in typed("docker"):
        _, compose, act, *rest = shlex.split(line)
        assert compose == "compose"
        seen.append(act)
        if act == "run":
            assert rest.pop(0) == "--rm"
            if rest[0] == "--entrypoint":
                settings(services, rest[1:], tmp_path)
            else:
                assert accepted(services[rest[0]]["command"])
                assert len(rest) == 1
        elif act == "exec":
            assert rest[1] == "newsletter"
            assert rest[0] in services
            assert accepted(rest[2:])
        else:
            assert [act, *rest] in (["build"], ["up", "--detach"])
    assert seen == ["build", "run", "run", "up", "exec", "run"]
    (signal,) = re.findall(r"`docker compose kill --signal SIGHUP ([^`]*)`", PAGE.read_text())
    assert set(signal.split()) == {
        name for name, one in services.items() if "serve" in one.get("command", ())
    }


def settings(services, words, place):
    """Do what the line about the settings does, and look at what the program makes of them."""
    name, service, *rest, file = words
    assert "/srv/newsletter" in [one.split(":")[1] for one in services[service]["volumes"]]
    assert file == "/srv/newsletter/config.yaml"
    own = Path(shutil.copy(ROOT / "config.yaml", place))
    subprocess.run([program(name), *rest, str(own)], check=True)
    before, after = load(ROOT / "config.yaml"), load(own)
    assert (after.desk.host, after.public.host) == ("0.0.0.0", "0.0.0.0")
    variable = after.storage.url_variable
    assert f"{variable}_FILE" in services["web"]["environment"]
    plain = after.model_copy(
        update={"desk": before.desk, "public": before.public, "storage": before.storage}
    )
    assert plain == before, "nothing else is changed"
    lines = [yaml.safe_load(one.read_text()) for one in (ROOT / "config.yaml", own)]
    assert lines[0].keys() == lines[1].keys()


@pytest.mark.parametrize("line", told_inline())
def test_every_command_within_a_sentence_is_one(line):
    words = shlex.split(line)
    if words[-1].startswith("--"):  # an option is meant, whatever is given to it
        words = words[:-1]
    assert accepted(words, whole=False), line


def test_the_page_holds_no_command_that_nobody_types():
    kinds = {block.kind for block in blocks(PAGE)}
    assert kinds <= {"sh", "yaml"}
