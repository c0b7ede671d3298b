"""The journal of those who left: one line each, beside the database, which no restoration undoes.

A restored backup has forgotten who left since. The law has not: so each leaving is also written
here, with a keyed hash in the address's place, and replayed when a backup is put back.
"""

import datetime as dt
import hashlib
import hmac
import json
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from newsletter.errors import ConfigError, NewsletterError
from newsletter.send.suppression import Cause, mark_of

LEFT: Final = "left"
"""Why of a subscription that its reader ended; all other reasons are a `Cause`."""
LONGEST: Final = 2000
"""Bytes of a line: what is longer was not written here."""
_BEGIN: Final = b'{"at":'
_REASONS: Final = frozenset({LEFT, *map(str, Cause)})
_OPEN: Final = os.O_CLOEXEC | os.O_NONBLOCK  # nobody waits at a pipe that stands there
_GONE: Final = "left"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who left, as a transaction knows them.

    Parameters
    ----------
    email : str
        Normalised address; it is hashed before anything is written.
    list : str
        The list that was left; empty for all.
    why : str
        `LEFT`, or a `Cause`.
    at : datetime.datetime
        Aware instant.
    """

    email: str
    list: str
    why: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Parameters
    ----------
    mark : str
        `mark_of` the address.
    list, why : str
        As in `Gone`.
    at : datetime.datetime
        Aware UTC instant.
    """

    mark: str
    list: str
    why: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What journals say.

    Parameters
    ----------
    entries : tuple of Entry
        Oldest first, each once.
    damaged : tuple of str
        Lines that could not be read, as ``FILE, line N``.
    foreign : int
        Lines that were written with a link key that is not known here.
    """

    entries: tuple[Entry, ...] = ()
    damaged: tuple[str, ...] = ()
    foreign: int = 0


def tell(session: Session, gone: Gone) -> None:
    """Have a leaving written down as soon as the transaction it belongs to is committed."""
    session.info.setdefault(_GONE, []).append(gone)


def told(session: Session) -> list[Gone]:
    """Take what a transaction that was committed has to have written down."""
    found: list[Gone] = session.info.pop(_GONE, [])
    return found


class Journal:
    """The journal of one machine.

    Parameters
    ----------
    path : pathlib.Path
        The file; made, for its owner alone, by the first who leaves.
    keys : callable
        Gives the key of readers' links, and behind it earlier ones; asked when it is needed.
    """

    def __init__(self, path: Path, keys: Callable[[], Sequence[bytes]]) -> None:
        self.path, self._keys = path, keys

    def keep(self, gone: Sequence[Gone]) -> bool:
        """Write down who left, and bring it to the disk.

        A reader is never refused for it: they have left in the database already. Where it
        cannot be written the log says so, and False is returned.
        """
        try:
            key = self._keys()[0]
            self._append(b"".join(_line(one, key) for one in gone))
        except (OSError, NewsletterError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            _log.error(
                "%d who left could not be written to %s: %s. They have left, but a restored backup "
                "would not know it; mend the file's place, and take a backup at once.",
                len(gone), self.path, str(said).rstrip("."),
            )  # fmt: skip
            return False
        return True

    def _append(self, lines: bytes) -> None:
        fresh = not self.path.exists()
        if fresh:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _OPEN, 0o600)
        try:
            if os.write(handle, lines) != len(lines):  # one write: lines of others stay whole
                raise OSError(28, "the disk is full")
            os.fsync(handle)
        finally:
            os.close(handle)
        if fresh:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def heard(paths: Sequence[Path], keys: Sequence[bytes], since: dt.datetime) -> Heard:
    """Read journals.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files, in any order; one line may stand in several.
    keys : sequence of bytes
        With one of them each line must have been written.
    since : datetime.datetime
        What is older is left out.

    Raises
    ------
    ConfigError
        If a file cannot be read.
    """
    known = {_name(key): key for key in keys}
    entries, damaged, foreign = set[Entry](), [], 0
    for path in paths:
        try:
            for number, line in enumerate(_lines(path), start=1):
                for found in _read(line, known):
                    if isinstance(found, Entry):
                        if found.at >= since:
                            entries.add(found)
                    elif found == "foreign":
                        foreign += 1
                    else:
                        damaged.append(f"{path}, line {number}")
        except OSError as error:
            raise ConfigError(
                f"The journal {path} cannot be read: {error.strerror}; name a file that "
                "storage.left of the house has named."
            ) from error
    ordered = sorted(entries, key=lambda one: (one.at, one.mark, one.list, one.why))
    return Heard(tuple(ordered), tuple(damaged), foreign)


def _line(gone: Gone, key: bytes) -> bytes:
    said = {
        "at": gone.at.astimezone(dt.UTC).isoformat(), "mark": mark_of(gone.email, key),
        "list": gone.list, "why": gone.why, "key": _name(key),
    }  # fmt: skip
    whole = said | {"sum": _sum(said, key)}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def _name(key: bytes) -> str:
    """Return what tells one key from another, and the key to nobody."""
    return hmac.new(key, b"newsletter.left", hashlib.sha256).hexdigest()[:8]


def _sum(said: dict[str, Any], key: bytes) -> str:
    text = b"left:" + json.dumps(said, sort_keys=True).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:16]


def _lines(path: Path) -> Iterator[bytes]:
    handle = os.open(path, os.O_RDONLY | _OPEN)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(22, "it is no file")
        while line := file.readline(LONGEST):
            yield line


def _read(line: bytes, known: dict[str, bytes]) -> Iterator[Entry | str]:
    """Yield what a line says; one whose writer was killed may stand before a whole one."""
    if not line.strip():
        return
    try:
        yield _entry(line, known)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        yield "damaged"
        whole = line.rfind(_BEGIN)
        if whole > 0:
            yield from _read(line[whole:], known)


def _entry(line: bytes, known: dict[str, bytes]) -> Entry | str:
    said = json.loads(line)
    proof, key = said.pop("sum"), known.get(said["key"])
    at = dt.datetime.fromisoformat(said["at"])
    entry = Entry(said["mark"], said["list"], said["why"], at.astimezone(dt.UTC))
    texts = all(isinstance(part, str) for part in (entry.mark, entry.list, proof))
    if not texts or entry.why not in _REASONS or at.tzinfo is None:
        raise ValueError("it is no line of a journal")
    if key is None:
        return "foreign"
    if not hmac.compare_digest(proof.encode(), _sum(said, key).encode()):
        raise ValueError("it was altered")
    return entry
