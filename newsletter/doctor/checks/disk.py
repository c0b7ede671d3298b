"""Free space, and free inodes, where the house writes."""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newsletter.doctor.finding import Finding, Health

if TYPE_CHECKING:
    from newsletter.alerting import Alerts
    from newsletter.app import House

MEGABYTE: Final = 1_000_000
URGENT: Final = 5
"""It is urgent when a fifth of what should be free is left."""
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Disk:
    """Looks at the disks of the database, of kept bars and of mailboxes."""

    id: str = "disk"
    title: str = "Disk"

    def look(self, house: "House") -> Iterator[Finding]:
        """Yield a finding for each disk, however many of our directories are on it."""
        shared: dict[int, list[str]] = defaultdict(list)
        places: dict[int, Path] = {}
        for name, path in directories(house):
            try:
                device = path.stat().st_dev
            except OSError as error:
                words = f"It cannot be looked at ({error.strerror}); see that it is there."
                yield Finding(self.id, name, Health.UNKNOWN, words)
                continue
            shared[device].append(name)
            places[device] = path
        for device, names in shared.items():
            yield _found(self.id, " and ".join(names), places[device], house.config.alerts)


def directories(house: "House") -> Iterator[tuple[str, Path]]:
    """Yield where the house writes, each as far as it is there already."""
    if house.database_url.startswith(_SQLITE):
        yield "the database", _there(Path(house.database_url.removeprefix(_SQLITE)).parent)
    if house.config.providers.keep:
        yield "kept bars", _there(house.base / house.config.providers.kept)
    for name, sender in house.config.senders.items():
        if sender.transport == "maildir":
            yield f"mailbox {name}", _there(house.base / sender.path)


def _there(path: Path) -> Path:
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _found(check: str, subject: str, path: Path, settings: "Alerts") -> Finding:
    try:
        free = os.statvfs(path)
    except OSError as error:
        words = f"Its disk cannot be looked at ({error.strerror}); see that it is mounted."
        return Finding(check, subject, Health.UNKNOWN, words)
    left = free.f_bavail * free.f_frsize
    percent = 100 * free.f_bavail / free.f_blocks if free.f_blocks else 100.0
    nodes = 100 * free.f_favail / free.f_files if free.f_files else 100.0  # some count none
    least = settings.disk_free_percent
    ratio = min(
        _share(percent, least), _share(nodes, least),
        _share(left, settings.disk_free_megabytes * MEGABYTE),
    )  # fmt: skip
    short = "inodes" if nodes < percent else "space"
    said = f"{left // MEGABYTE:,} MB ({percent:.1f}%) and {nodes:.1f}% of the inodes are free"
    if ratio >= 1:
        return Finding(check, subject, Health.OK, f"{said}.")
    words = (
        f"Only {said} on the disk of {subject}; make room ({short} runs out first), or name "
        "another directory in config.yaml."
    )
    return Finding(check, subject, Health.BAD if ratio < 1 / URGENT else Health.WARN, words)


def _share(there: float, wanted: float) -> float:
    """Return how much of what should be free is; 1 or more where nothing is asked for."""
    return there / wanted if wanted > 0 else 1.0


CHECK = Disk()
