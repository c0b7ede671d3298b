"""Runs that are begun by themselves, one after the other: the engine of a process is one."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

from newsletter.app import House
from newsletter.errors import ConfigError, NewsletterError


class Turns:
    """Makes editions in a thread of its own, in the order in which they were asked for.

    Parameters
    ----------
    house : House
        The workspace.
    note : callable
        Told how each run ended.
    """

    def __init__(self, house: House, note: Callable[[str], None]) -> None:
        self._house, self._note = house, note
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._pending: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="runs")

    def __call__(self, key: str) -> None:
        """Have an edition made, unless it is about to be."""
        if key not in self._pending:
            self._pending.add(key)
            self._wanted.put(key)

    def _work(self) -> None:
        while (key := self._wanted.get()) is not None:
            try:
                self._note(self._made(key))
            except KeyboardInterrupt:  # the process is told to stop, and says so itself
                return
            finally:
                self._pending.discard(key)

    def _made(self, key: str) -> str:
        try:
            edition = self._house.run({"key": key})
        except (NewsletterError, ConfigError) as error:
            return f"{key}: {error}"
        except Exception as error:  # noqa: BLE001 - the next edition is to be made all the same
            return f"{key}: the run failed with {type(error).__name__}; see `newsletter progress`"
        return f"{edition.key} is {edition.state}, revision {edition.revision.number}"


@contextlib.contextmanager
def one_by_one(house: House, note: Callable[[str], None]) -> Iterator[Turns]:
    """Make editions while the block lasts; what has been begun at its end goes on."""
    turns = Turns(house, note)
    turns._thread.start()
    try:
        yield turns
    finally:
        turns._wanted.put(None)
