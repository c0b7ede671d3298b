"""A backup as it lies on disk: a folder of files, and a manifest that names every byte of them."""

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from newsletter.errors import StoreError

SCHEMA: Final = "backup/1"
MANIFEST: Final = "manifest.json"
WORKSPACE: Final = "workspace"
"""Folder of what belongs into the workspace's own folder, at the same relative paths."""
DATABASE: Final = "database"
NAMED: Final = re.compile(r"newsletter-\d{8}T\d{6}Z(?:-\d+)?")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a backup.

    Parameters
    ----------
    path : str
        Relative, with ``/``.
    bytes : int
        How long it is.
    sha256 : str
        Of its contents.
    """

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is and holds.

    Parameters
    ----------
    at : datetime.datetime
        The instant before which everything in it was done, aware.
    product : str
        Version of the program that made it.
    database : dict
        As `newsletter.store.copies.about.About` writes it.
    link_key : str
        What tells the link key from another one.
    link_key_file : str
        Where in the workspace the key lies, empty where it comes from the environment.
    proved : bool
        Whether it was restored into a temporary place and checked.
    left_out : tuple of str
        What config.yaml names and is not in it.
    files : tuple of Listed
        Everything else in the folder.
    """

    at: dt.datetime
    product: str
    database: dict[str, Any]
    link_key: str
    link_key_file: str
    proved: bool
    left_out: tuple[str, ...]
    files: tuple[Listed, ...]

    def to_bytes(self) -> bytes:
        """Return the file's contents; their own hash stands in them."""
        document = {
            "schema": SCHEMA, "at": self.at.isoformat(), "product": self.product,
            "database": self.database, "link_key": self.link_key,
            "link_key_file": self.link_key_file, "proved": self.proved,
            "left_out": list(self.left_out),
            "files": [[one.path, one.bytes, one.sha256] for one in self.files],
        }  # fmt: skip
        return json.dumps(document | {"sha256": _sum(document)}, indent=1).encode()


def _sum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def opened(folder: Path) -> Manifest:
    """Read a backup's manifest.

    Raises
    ------
    StoreError
        If it is none, was altered, or a later version of the program wrote it.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_bytes())
        schema = document["schema"]
        if schema != SCHEMA:
            raise StoreError(
                f"{folder} was written as {schema!s:.40}, and this program reads {SCHEMA}; use the "
                "version that wrote it."
            )
        if document.pop("sha256") != _sum(document):
            raise StoreError(f"{path} was altered or is damaged; use another backup.")
        return Manifest(
            dt.datetime.fromisoformat(document["at"]),
            document["product"],
            document["database"],
            document["link_key"],
            document["link_key_file"],
            document["proved"],
            tuple(document["left_out"]),
            tuple(Listed(str(name), int(size), str(sha)) for name, size, sha in document["files"]),
        )
    except OSError as error:
        raise StoreError(
            f"{folder} is no backup: its {MANIFEST} cannot be read ({error.strerror}); name a "
            "folder that `newsletter backup` has made."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is damaged; use another backup.") from error


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Read every byte of a backup and compare it with the manifest.

    Raises
    ------
    StoreError
        Naming the first file that is missing, altered, or not one of a backup.
    """
    for one in manifest.files:
        path = folder / safe(one.path)
        if path.is_symlink() or not path.is_file():
            raise StoreError(f"The backup {folder} lacks {one.path}; use another one.")
        found = listed(path, one.path)
        if found != one:
            raise StoreError(
                f"{path} is damaged: it is not what {MANIFEST} says; use another backup."
            )


def safe(name: str) -> PurePosixPath:
    """Return a file's relative path.

    Raises
    ------
    StoreError
        If it leads out of the folder.
    """
    path = PurePosixPath(name)
    known = path.parts[:1] in {(WORKSPACE,), (DATABASE,)}
    if path.is_absolute() or ".." in path.parts or "\0" in name or not known:
        raise StoreError(
            f"The backup names a file {name!r:.80}, which is none of its own; it is not used."
        )
    return path


def listed(path: Path, name: str) -> Listed:
    """Return a file's entry, reading it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Listed(name, size, digest.hexdigest())


def inventory(folder: Path) -> Iterator[Listed]:
    """Yield every file of a folder but its manifest, brought to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / MANIFEST:
            path.chmod(0o600)
            settle(path)
            yield listed(path, path.relative_to(folder).as_posix())
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
            settle(path)


def settle(path: Path) -> None:
    """Bring a file's contents, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
