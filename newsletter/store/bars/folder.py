"""A folder of immutable files of which a manifest says which count.

A file is written under a name that nobody reads, brought to the disk, renamed, and counts
once the manifest that names it has replaced the one before. Whoever is killed leaves the old
manifest or the new one, and files that no manifest names; the next writer clears them away.
"""

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.errors import StoreError

MANIFEST, LOCK, SCHEMA = "manifest.json", "lock", "bars/1"
_OURS = re.compile(r"(\d{8})\.(?:bars|events)\.parquet(?:\.part)?|manifest\.json\.part")
PATIENCE_SECONDS = 300.0
"""How long another writer is waited for; the longest one merges a whole store."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What counts.

    Parameters
    ----------
    generation : int
        Grows with every change; the number of the newest segment.
    segments : tuple of dict
        Of each: ``name``, ``bytes`` of its two files, ``rows``; in the order written.
    """

    generation: int = 0
    segments: tuple[dict[str, Any], ...] = ()


class Folder:
    """The files of one store.

    Parameters
    ----------
    path : pathlib.Path
        Made when it is first written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> Manifest:
        """Return what counts now; nothing where nothing was ever written.

        Raises
        ------
        StoreError
            If it cannot be read, or a later version of the program wrote it.
        """
        try:
            data = json.loads((self.path / MANIFEST).read_bytes())
            if data["schema"] != SCHEMA:
                raise StoreError(
                    f"{self.path} was written as {data['schema']!s:.40}, and this program reads "
                    f"{SCHEMA}; use the version that wrote it."
                )
            return Manifest(int(data["generation"]), tuple(data["segments"]))
        except FileNotFoundError:
            return Manifest()
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self.path / MANIFEST} is damaged; put a copy of the folder back, or move it "
                "away and collect anew."
            ) from error

    def copied(self, target: Path) -> bool:
        """Copy the files that count now; False where a merge took one away meanwhile.

        Raises
        ------
        StoreError
            If a file is missing that the manifest names and goes on to name.
        """
        manifest = self.manifest()
        target.mkdir(parents=True, exist_ok=True)
        for old in target.iterdir():
            old.unlink()
        try:
            for segment in manifest.segments:
                for end in segment["bytes"]:
                    name = f"{segment['name']}.{end}"
                    shutil.copyfile(self.path / name, target / name)
        except FileNotFoundError:
            if self.manifest().generation == manifest.generation:
                raise StoreError(
                    f"{self.path} lacks a file that its manifest names; put a copy of the folder "
                    "back, or move it away and collect anew."
                ) from None
            return False
        Folder(target).publish(manifest)
        return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other writer out while the block lasts; the system frees a dead one's lock.

        Raises
        ------
        StoreError
            If the folder cannot be written to, or another writer does not end.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written to: {error.strerror}.") from error
        try:
            self._wait(handle)
            self.clear()
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreError(
                        f"Another process has been writing to {self.path} for "
                        f"{PATIENCE_SECONDS / 60:.0f} minutes; end it and try again."
                    ) from None
                time.sleep(0.02)

    def clear(self) -> None:
        """Remove what a writer that was killed has left, and what a merge has replaced."""
        counted = {segment["name"] for segment in self.manifest().segments}
        for file in self.path.iterdir():
            ours = _OURS.fullmatch(file.name)
            if ours and (ours[1] not in counted or file.suffix == ".part"):
                file.unlink(missing_ok=True)

    def put(self, name: str, data: memoryview | bytes) -> None:
        """Write one file whole; it counts for nothing yet.

        Raises
        ------
        StoreError
            If the disk refuses it.
        """
        waiting = self.path / f"{name}.part"
        try:
            with waiting.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            waiting.replace(self.path / name)
            self._settle()
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be written to: {error.strerror}; nothing was changed."
            ) from error

    def publish(self, manifest: Manifest) -> None:
        """Let a manifest count from now on, at once and for good."""
        document = {
            "schema": SCHEMA,
            "generation": manifest.generation,
            "segments": list(manifest.segments),
        }
        self.put(MANIFEST, json.dumps(document, indent=1).encode())

    def _settle(self) -> None:
        """Bring the folder's own entries to the disk."""
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
