"""Backups: whole, consistent while the house works, and proved by restoring them."""

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from newsletter import __version__
from newsletter.errors import ConfigError, StoreError
from newsletter.operating import belongings, parcel
from newsletter.operating.parcel import DATABASE, MANIFEST, NAMED, WORKSPACE, Manifest

if TYPE_CHECKING:
    from newsletter.app import House

UNDERWAY: Final = ".underway-"
LOCK: Final = ".lock"
SPARE: Final = 64 << 20
"""Bytes that stay free on the disk beside a backup."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup.

    Parameters
    ----------
    folder : pathlib.Path
        Where it lies.
    manifest : Manifest
        What it holds.
    removed : tuple of str
        Names of older ones that were removed.
    """

    folder: Path
    manifest: Manifest
    removed: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """How large it is."""
        return sum(one.bytes for one in self.manifest.files)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        rows = {one["name"]: one["rows"] for one in self.manifest.database["tables"]}
        return {
            "folder": str(self.folder), "at": self.manifest.at.isoformat(), "bytes": self.bytes,
            "files": len(self.manifest.files), "database": self.manifest.database["kind"],
            "schema": self.manifest.database["schema"], "rows": rows,
            "proved": self.manifest.proved, "link_key_file": self.manifest.link_key_file,
            "left_out": list(self.manifest.left_out), "removed": list(self.removed),
        }  # fmt: skip


def back_up(
    house: "House", directory: Path, *, prove: bool = True, keep: int | None = None, tell: Tell
) -> Made:
    """Make a backup in a new dated folder of a directory.

    It is written under another name, brought to the disk and renamed at the end: whoever is
    killed leaves nothing that looks like one.

    Parameters
    ----------
    house : House
        The workspace; its database is read as it stands and never migrated.
    directory : pathlib.Path
        Where backups are; made if it is missing.
    prove : bool
        Restore it into a temporary place and check it.
    keep : int or None
        How many to keep, the newest; None keeps all.
    tell : callable
        Told what is being done.

    Raises
    ------
    ConfigError
        If the directory cannot be used.
    StoreError
        If the disk is too full, or the backup does not hold.
    """
    with _alone(directory):
        at = house.clock.now().astimezone(dt.UTC)
        waiting = directory / f"{UNDERWAY}{at:%Y%m%dT%H%M%SZ}"
        try:
            manifest = _write(house, waiting, at, tell)
            if prove:
                tell("restore it into a temporary place and check it")
                _prove(house, waiting, manifest)
                manifest = replace(manifest, proved=True)
            made = _finish(directory, waiting, manifest)
        except OSError as error:
            raise StoreError(
                f"The backup cannot be written to {directory}: {error.strerror}; nothing of it is "
                "kept."
            ) from error
        finally:
            shutil.rmtree(waiting, ignore_errors=True)
        removed = tuple(_prune(directory, keep)) if keep is not None else ()
    return Made(made, manifest, removed)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other backups out of a directory; clear away what a killed one has left."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(
            f"{directory} cannot be used as a directory: {error.strerror}; name another one."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"Another backup is being written to {directory}; wait until it has ended."
            ) from None
        for left in (*directory.glob(f"{UNDERWAY}*"), *directory.glob(".proving-*")):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _write(house: "House", folder: Path, at: dt.datetime, tell: Tell) -> Manifest:
    needed, free = house.copies.bytes, shutil.disk_usage(folder.parent).free
    if free < needed + SPARE:
        raise StoreError(
            f"A backup needs about {(needed + SPARE) / 1e6:,.0f} MB and {folder.parent} has "
            f"{free / 1e6:,.0f} MB free; free the disk, or name another directory."
        )
    (folder / DATABASE).mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    tell("copy the database")
    mark = house.link_key_mark()  # made now, should it not be there yet
    about = house.copies.make(folder / DATABASE)
    tell("copy settings, keys and kept bars")
    found, outside = belongings.files(house)
    for name, source in found.items():
        belongings.copy(source, folder / WORKSPACE / name)
    for name in belongings.shelves(house):
        kept = folder / WORKSPACE / house.config.providers.kept / name
        house.shelf(name).copy_to(kept)
    key = belongings.link_key_file()
    files = tuple(parcel.inventory(folder))
    return Manifest(at, __version__, about.to_json(), mark, key, False, outside, files)


def _prove(house: "House", folder: Path, manifest: Manifest) -> None:
    parcel.require_whole(folder, manifest)
    house.copies.prove(folder / DATABASE, house.copies.about(manifest.database))
    for name in belongings.shelves(house):
        house.shelf(name, folder / WORKSPACE).versions()


def _finish(directory: Path, waiting: Path, manifest: Manifest) -> Path:
    with (waiting / MANIFEST).open("xb") as file:
        file.write(manifest.to_bytes())
        os.fchmod(file.fileno(), 0o600)
        file.flush()
        os.fsync(file.fileno())
    parcel.settle(waiting)
    name = f"newsletter-{manifest.at:%Y%m%dT%H%M%SZ}"
    same = [_age(each)[1] for each in directory.glob(f"{name}*") if NAMED.fullmatch(each.name)]
    made = directory / (f"{name}-{max(same) + 1}" if same else name)
    waiting.rename(made)
    parcel.settle(directory)
    return made


def _prune(directory: Path, keep: int) -> Iterator[str]:
    """Remove all but the newest backups; what is none is left alone."""
    found = [each for each in directory.iterdir() if NAMED.fullmatch(each.name)]
    ours = sorted((each for each in found if (each / MANIFEST).is_file()), key=_age)
    for old in ours[: max(0, len(ours) - keep)]:
        gone = old.with_name(f"{UNDERWAY}{old.name}")  # no half one looks whole, here neither
        old.rename(gone)
        shutil.rmtree(gone)
        yield old.name


def _age(folder: Path) -> tuple[str, int]:
    name, _, number = folder.name.removeprefix("newsletter-").partition("-")
    return name, int(number or 1)
