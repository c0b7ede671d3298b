"""Restoring: a backup put into an empty place, where nothing goes out of it by itself."""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from newsletter.clock import Clock
from newsletter.errors import ConfigError, StoreError
from newsletter.operating import belongings, parcel
from newsletter.operating.backup import Tell
from newsletter.operating.parcel import DATABASE, WORKSPACE, Manifest

if TYPE_CHECKING:
    from newsletter.app import House
    from newsletter.store.copies.leaving import Departed
    from newsletter.store.copies.settling import Settled
    from newsletter.store.left import Heard

WAITING: Final = ".restoring"
SECRET_MODE: Final = 0o600
JOURNALS: Final = "left*.jsonl"
"""Files of those who left, which may stand where a house is restored."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace.
    manifest : Manifest
        What the backup held.
    settled : newsletter.store.copies.Settled
        What is held back until a person has looked.
    journals : tuple of pathlib.Path
        Files by which those have left again who left since.
    heard : newsletter.store.left.Heard
        What these say.
    """

    folder: Path
    manifest: Manifest
    settled: "Settled"
    journals: tuple[Path, ...]
    heard: "Heard"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        settled, left = self.settled, self.settled.left
        return {
            "folder": str(self.folder), "backup_at": self.manifest.at.isoformat(),
            "schema": self.manifest.database["schema"], "held": list(settled.held),
            "paused": list(settled.paused), "plans": settled.plans, "runs": settled.runs,
            "untold": settled.untold, "visits": settled.visits,
            "left_out": list(self.manifest.left_out),
            "left": {
                "journals": [str(one) for one in self.journals], "ended": left.ended,
                "suppressed": left.suppressed, "erased": left.erased,
                "damaged": list(self.heard.damaged), "foreign": self.heard.foreign,
            },
        }  # fmt: skip


def restore(
    source: Path, target: Path, clock: Clock, tell: Tell, journals: Sequence[Path] = ()
) -> Restored:
    """Put a backup into an empty folder and an empty database.

    Every byte is compared with the manifest first. A process that is killed leaves no workspace:
    config.yaml comes last.

    Parameters
    ----------
    source : pathlib.Path
        The backup's folder.
    target : pathlib.Path
        The workspace's; new or empty.
    clock : Clock
        The time.
    tell : callable
        Told what is being done.
    journals : sequence of pathlib.Path
        Files of those who left, besides the one that stands in the target.

    Raises
    ------
    ConfigError
        If the target or a journal cannot be used, or the environment lacks what is needed.
    StoreError
        If the backup is damaged or newer than this program, or the database is not empty.
    """
    source = source.resolve()
    _require_one(source)
    manifest = parcel.opened(source)
    tell("read every byte of the backup")
    parcel.require_whole(source, manifest)
    waiting = _empty(target)
    try:
        names = _lay_out(source, waiting, manifest)
        house = _house(waiting, manifest)
        found = _journals(house, target, journals)
        departed = house.copies.departed(found, house.link_keys(), manifest.at)
        settled = _database(house, source, target, manifest, clock.now(), tell, departed)
        _move(waiting, target, names)
    except OSError as error:
        raise StoreError(
            f"The backup cannot be restored to {target}: {error.strerror}; empty the folder and "
            "try again."
        ) from error
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return Restored(target, manifest, settled, found, departed.heard)


def _require_one(source: Path) -> None:
    """Refuse what no backup can be: no folder, or the one that backups are in."""
    if not source.is_dir():
        raise ConfigError(f"There is no folder {source}; name one that `newsletter backup` made.")
    within = sorted(source.glob(f"newsletter-*/{parcel.MANIFEST}"))
    if within and not (source / parcel.MANIFEST).exists():
        raise ConfigError(
            f"{source} is where backups are, and is none; name one of them, such as the newest, "
            f"{within[-1].parent.name}."
        )


def _empty(target: Path) -> Path:
    """Return where the workspace waits until it is whole; refuse a folder that holds things."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        held = sorted(each.name for each in target.iterdir() if not _may_stand(each))
    except OSError as error:
        raise ConfigError(
            f"{target} cannot be used as a directory: {error.strerror}; name another one."
        ) from error
    if held:
        raise ConfigError(
            f"{target} is not empty (it has {held[0]}), and a backup is restored into an empty "
            "directory only; name another one with --to."
        )
    waiting = target / WAITING
    shutil.rmtree(waiting, ignore_errors=True)  # of a restoration that was killed
    waiting.mkdir(mode=0o700)
    return waiting


def _may_stand(path: Path) -> bool:
    if path.name == WAITING:
        return True
    journals = path.is_dir() and not path.is_symlink() and path.name == "data"
    return journals and all(each.match(JOURNALS) for each in path.iterdir())


def _lay_out(source: Path, waiting: Path, manifest: Manifest) -> list[str]:
    names = []
    for one in manifest.files:
        place = parcel.safe(one.path)
        if place.parts[0] != WORKSPACE:
            continue
        name = Path(*place.parts[1:])
        belongings.copy(source / place, waiting / name)
        (waiting / name).chmod(SECRET_MODE)
        parcel.settle(waiting / name)
        names.append(name.parts[0])
    if not (waiting / belongings.CONFIG).is_file():
        raise StoreError(f"The backup {source} lacks its config.yaml; use another one.")
    return sorted(set(names) - {belongings.CONFIG})


def _house(waiting: Path, manifest: Manifest) -> "House":
    from newsletter.app import House

    house = House(waiting / belongings.CONFIG)
    if house.link_key_mark() != manifest.link_key:
        raise ConfigError(
            "NEWSLETTER_LINK_KEY is another key than the backup was made with: readers' links "
            "would be void and suppressed addresses unknown; set the key of then, or its _FILE "
            "form."
        )
    return house


def _journals(house: "House", target: Path, given: Sequence[Path]) -> tuple[Path, ...]:
    """Return the journals to replay, each once: those given, and those that stand there."""
    own = target / house.config.storage.left
    standing = [*sorted((target / "data").glob(JOURNALS)), *([own] if own.exists() else [])]
    return tuple(dict.fromkeys(path.resolve() for path in (*given, *standing)))


def _database(
    house: "House",
    source: Path,
    target: Path,
    manifest: Manifest,
    now: dt.datetime,
    tell: Tell,
    departed: "Departed",
) -> "Settled":
    url = house.database_url.replace(f"sqlite:///{house.base}/", f"sqlite:///{target.resolve()}/")
    tell("put the database back, carry it forward and hold what could go out")
    copies = type(house.copies)(url)
    copies.require_empty()
    about = copies.about(manifest.database)
    settled: Settled = copies.put_back(source / DATABASE, about, now, manifest.at, departed)
    return settled


def _move(waiting: Path, target: Path, names: list[str]) -> None:
    for name in (*names, belongings.CONFIG):
        _merge(waiting / name, target / name)
    parcel.settle(target)


def _merge(source: Path, target: Path) -> None:
    """Move a file, or a folder's files beside those that are there: the database's is."""
    if source.is_dir() and target.is_dir():
        for each in sorted(source.iterdir()):
            _merge(each, target / each.name)
        source.rmdir()
        return
    if target.exists():
        raise StoreError(f"{target} is there already; restore into an empty directory.")
    source.rename(target)
