"""Watching: whoever looks is woken at once when a file changes that the mail is drawn from."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from watchfiles import awatch

from newsletter.preview.workshop import FOLDERS, Workshop

TOGETHER: Final = 60
"""Milliseconds at most for which changes are gathered: an editor writes a file in steps."""
STEP: Final = 15
"""Milliseconds of silence after which they are told."""


class Watching:
    """Tells its listeners of changed files.

    Parameters
    ----------
    house : Workshop
        Whose configuration, templates and prompts are watched.
    file : pathlib.Path, optional
        A file that is shown instead of an edition.
    """

    def __init__(self, house: Workshop, file: Path | None = None) -> None:
        self._house, self._file = house, file
        self._listeners: set[asyncio.Event] = set()
        self._again = asyncio.Event()

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give an event that is set on every change while the block lasts."""
        heard = asyncio.Event()
        self._listeners.add(heard)
        try:
            yield heard
        finally:
            self._listeners.discard(heard)

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop."""
        while not stop.is_set():
            self._again = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._deep())
                group.create_task(self._shallow())
                group.create_task(self._relay(stop))

    async def _relay(self, stop: asyncio.Event) -> None:
        """End both watches when told to stop, and end with them."""
        waits = {asyncio.create_task(event.wait()) for event in (stop, self._again)}
        _, left = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in left:
            one.cancel()
        self._again.set()

    async def _deep(self) -> None:
        """Watch the folders of templates and prompts with everything in them."""
        async for _ in self._changes(self._house.folders(), recursive=True):
            self._tell()

    async def _shallow(self) -> None:
        """Watch the configuration and the file; a new folder of templates begins it all anew."""
        mine = {self._house.path, *([self._file.resolve()] if self._file else [])}
        beside = {self._house.base / name for name in FOLDERS}
        places = sorted({path.parent for path in mine})
        async for paths in self._changes(places, recursive=False):
            if mine & paths or (
                self._file and self._file.resolve().with_name("ledger.json") in paths
            ):
                self._tell()
            if beside & paths:
                self._tell()
                self._again.set()

    async def _changes(self, places: list[Path], *, recursive: bool) -> AsyncIterator[set[Path]]:
        watch = awatch(
            *places, debounce=TOGETHER, step=STEP, stop_event=self._again, recursive=recursive,
            watch_filter=None, ignore_permission_denied=True,
        )  # fmt: skip
        async for found in watch:
            yield {Path(path) for _, path in found}

    def _tell(self) -> None:
        for one in self._listeners:
            one.set()
