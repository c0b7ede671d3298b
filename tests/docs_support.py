"""The commands that the documentation shows, as a reader would type them one after the other.

A fenced block of `sh`, `bash` or `console` holds commands. A comment before it may say how it is
to be taken: ``<!-- exit 1 -->``, ``<!-- anew -->`` (in a workspace of its own again), or
``<!-- not run: reason -->``. Of a command's words only those of `WORDS` are replaced; a run
without a session is one of the evening that is there.
"""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from newsletter.app import House
from newsletter.send.deliver import deliver_batch
from newsletter.send.message import FrozenMessage

ROOT: Final = Path(__file__).resolve().parents[1]
SESSION: Final = "2026-07-02"
SHELL: Final = frozenset({"sh", "bash", "console"})
OWN_TEST: Final = frozenset({"docs/tutorial.md"})
"""Pages whose commands a test of their own runs."""
EDITOR: Final = "ed"
READERS: Final = "email,name\none@example.com,One\ntwo@example.com,Two\n"
WORDS: Final = {
    "KEY": "the edition of the workspace",
    "EDITOR": EDITOR,
    "ADDRESS": "reader@example.com",
    "NAME": "someone",
    "DIR": "market",
    "FILE": "readers.csv",
    "BACKUPS": "backups",
    "BACKUP": "the newest of them",
    "NEW": "restored",
    "PLACE": "brought-back",
    "READER": "first@example.com",
    "SENTENCE": "of the edition's mail",
}
"""What stands for a reader's own word."""

_FENCE = re.compile(
    r"^(?P<in> *)(?P<mark>`{3,})(?P<kind>\w*)[^\n]*\n(?P<body>.*?)^(?P=in)(?P=mark) *$",
    re.MULTILINE | re.DOTALL,
)
_SAID = re.compile(r"<!-- (anew|on its way out|exit (\d+)|not run: ([^>]+)) -->\n\Z")
_HIDDEN = re.compile(r"^\s*(?:\$ )?(?:newsletter|make|python) [a-z]", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Parameters
    ----------
    page : str
        Its page, from the root of the checkout.
    line : int
        Where it begins.
    kind : str
        The word behind the fence.
    body : str
        What stands in it.
    exit : int
        The code its commands end with.
    anew : bool
        Whether it begins in a fresh workspace.
    under_way : bool
        Whether it begins in a fresh workspace whose edition is going out.
    not_run : str
        Why it is not run; empty where it is.
    """

    page: str
    line: int
    kind: str
    body: str
    exit: int = 0
    anew: bool = False
    under_way: bool = False
    not_run: str = ""

    @property
    def hides(self) -> bool:
        """Whether it holds commands and does not say so."""
        return self.kind not in SHELL | {"text", "python", "yaml"} and bool(
            _HIDDEN.search(self.body)
        )

    def commands(self) -> list[list[str]]:
        """Return its commands as words; what a pipe hands on to is left out."""
        found: list[list[str]] = []
        for line in self.body.replace("\\\n", " ").splitlines():
            lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="&|;")
            lexer.whitespace_split, words = True, []
            for word in [*lexer, "&&"]:
                if word in {"&&", ";", "|"}:
                    found.append(words)
                    words = []
                    if word == "|":
                        break
                else:
                    words.append(word)
        return [words for words in found if words]


def pages() -> list[Path]:
    """Return every page with commands that are run here."""
    every = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in every if name(page) not in OWN_TEST]


def name(page: Path) -> str:
    """Return a page's path from the root of the checkout."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text, found = page.read_text(encoding="utf-8"), []
    for match in _FENCE.finditer(text):
        said = _SAID.search(text[: match.start()])
        word = said[1] if said else ""
        found.append(
            Block(
                name(page), text.count("\n", 0, match.start()) + 1, match["kind"], match["body"],
                exit=int(said[2]) if said and said[2] else 0, anew=word == "anew",
                under_way=word == "on its way out",
                not_run=said[3] if said and said[3] else "",
            )
        )  # fmt: skip
    return found


def shown(page: Path) -> list[Block]:
    """Return the blocks of a page that hold commands."""
    return [block for block in blocks(page) if block.kind in SHELL]


class Reader:
    """Somebody who types what a page shows.

    Parameters
    ----------
    call : engine_support.CommandLine
        Runs the program in this process.
    prepared : pathlib.Path
        A workspace with an evening in review, an editor, files.
    place : pathlib.Path
        Where copies of it may be made.
    monkeypatch
        Pytest's own.
    """

    def __init__(self, call, prepared, place, monkeypatch):
        self._call, self._prepared, self._place = call, prepared, place
        self._patch, self._copies = monkeypatch, 0
        self.folder = place
        self.begin()

    def begin(self):
        """Go to a fresh workspace."""
        self._copies += 1
        self.folder = shutil.copytree(self._prepared, self._place / f"workspace-{self._copies}")
        self._patch.chdir(self.folder)

    def read(self, block):
        """Type the commands of a block; each ends as the page says."""
        if block.anew or block.under_way:
            self.begin()
        if block.under_way:
            send_out(self.folder)
        for words in block.commands():
            self._type(words, block)

    def _type(self, words, block):
        where = f"{block.page}:{block.line}: {shlex.join(words)}"
        program, *rest = words
        if program == "cd":
            self.folder = (self.folder / rest[0]).resolve()
            self._patch.chdir(self.folder)
        elif words == ["$EDITOR", "config.yaml"]:
            self._edit()
        elif program == "make":
            made = subprocess.run(
                ["make", "-n", *rest], check=False, cwd=ROOT, capture_output=True, text=True
            )
            assert made.returncode == 0, f"{where}\n{made.stderr}"
        elif program == "python":
            script = ROOT / rest[0]
            compile(script.read_text(encoding="utf-8"), script, "exec")
        elif program == "newsletter":
            code, out, err = self._run(self._words(rest))
            assert code == block.exit, f"{where}\nended with {code}\n{out}\n{err}"
            assert "Traceback" not in err, where
        else:  # other people's programs are theirs to test
            assert program in FOREIGN, f"{where}\nis neither ours nor one of {sorted(FOREIGN)}"

    def _words(self, words):
        """Put a word of this workspace in the place of each that is the reader's own."""
        known = {**WORDS, "KEY": self._key(), "BACKUP": self._backup()}
        if "SENTENCE" in words:
            known["SENTENCE"] = sentence(self.folder)
        said = [
            re.sub(r"^([A-Z]+)(?=$|[./_])", lambda at: known.get(at[1], at[1]), w) for w in words
        ]
        if said[:1] in (["run"], ["demo"]) and "--session" not in said:
            said += ["--session", SESSION]  # the evening that is there, whatever day it is
        return said

    def _key(self):
        books = self.folder / "data" / "newsletter.db"
        if not books.exists():
            return "KEY"
        with closing(sqlite3.connect(books)) as raw:
            rows = raw.execute("select key from editions order by length(key), key").fetchall()
        return rows[0][0] if rows else "KEY"

    def _backup(self):
        made = sorted((self.folder / WORDS["BACKUPS"]).glob("newsletter-*"))
        return str(made[-1]) if made else "BACKUP"

    def _edit(self):
        """Do what an editor does with a new workspace: the sample market, and its evening."""
        simulated(self.folder / "config.yaml")
        shutil.copytree(self._prepared / "data", self.folder / "data")

    def _run(self, words):
        if words[:1] == ["serve"]:
            return self._served(words)
        return self._call(*words)

    def _served(self, words):
        """Start a serving process and end it; the same command once for all pages."""
        if tuple(words) not in _SERVED:
            _SERVED[tuple(words)] = served(self.folder, words)
        return _SERVED[tuple(words)]


_SERVED: Final[dict[tuple[str, ...], tuple[int, str, str]]] = {}
FOREIGN: Final = frozenset(
    {"chown", "cp", "createdb", "curl", "docker", "echo", "export", "git", "install", "journalctl",
     "mkdir", "openssl", "pip", "psql", "python3", "runuser", "sudo", "systemctl", "umask",
     "useradd", "/opt/newsletter/bin/python"}
)  # fmt: skip
"""Programs of others, which stand on a page and are not run; see also unit/test_deploy.py."""


PATIENCE: Final = 120
THERE: Final = ("next: ", "nothing runs by itself")
"""What the last line of a serving process says when all of it is there."""


def simulated(config):
    """Let a workspace take the sample market: nothing here may ask the network."""
    text = config.read_text(encoding="utf-8")
    assert "\n  bars: yahoo" in text
    config.write_text(text.replace("\n  bars: yahoo", "\n  bars: sample"), encoding="utf-8")


def send_out(folder):
    """Let the edition of a workspace go out as far as its first reader."""
    with closing(House(folder / "config.yaml")) as house:
        (edition,) = house.editions.all()
        house.desk.approve(edition.key, EDITOR)
        house.pipeline.freeze(str(edition.key))
        kept = house.pipeline.artefacts.get("message", str(edition.key))
        post, way = house.pipeline.post, house.transport("mailbox")
        deliver_batch(
            FrozenMessage.from_bytes(kept), post.signer, way, post.book, house.clock, limit=1
        )


def sentence(folder):
    """Return a sentence of the mail of a workspace's edition, as a correction may quote it."""
    with closing(House(folder / "config.yaml")) as house:
        (edition,) = house.editions.all()
        return house.corrections.sentences(edition)[-1]


def served(folder, words):
    """Start a serving process, wait for it to be there, end it; return code, stdout, stderr."""
    ports = ["--port", "0", "--public-port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "newsletter", *words, *ports],
        cwd=folder, env=_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        told, last = "", threading.Timer(PATIENCE, process.terminate)
        last.start()  # whoever never says that it is there is ended all the same
        for line in process.stderr:
            told += line
            if any(word in line for word in (*THERE, *("the public pages: ",) * ("web" in words))):
                process.terminate()
                break
        last.cancel()
        out, more = process.communicate(timeout=60)
    return process.returncode, out, told + more


def _environment():
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
