"""A few threads that ask, and can be left behind: an interrupted run waits for no answer."""

from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Any, TypeVar

BEAT_SECONDS = 0.25
"""Longest time between two signs of life."""

T = TypeVar("T")
R = TypeVar("R")


class Crew:
    """Threads that end with the block; what they are waiting for then is nobody's.

    Parameters
    ----------
    threads : int
        Questions at one time.
    beat : callable
        Called with every answer and several times a second while there is none; raising,
        it ends the wait.
    """

    def __init__(self, threads: int, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._waiting: SimpleQueue[Any] = SimpleQueue()
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._over = Event()
        # Daemons: the process may end while Yahoo has not answered yet.
        self._threads = [
            Thread(target=self._work, daemon=True, name=f"yahoo-{number}")
            for number in range(threads)
        ]

    def __enter__(self) -> "Crew":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for _ in self._threads:
            self._waiting.put(None)

    def each(self, items: Sequence[T], ask: Callable[[T], R]) -> Iterator[tuple[T, R]]:
        """Yield each item with its answer, in the order they come.

        Raises
        ------
        Exception
            What a question raised.
        """
        for item in items:
            self._waiting.put((item, ask))
        for _ in items:
            item, answer, error = self._next()
            if error is not None:
                raise error
            yield item, answer

    def wait(self, seconds: float) -> None:
        """Wait, in steps that show life."""
        left = seconds
        while left > 0:
            self._over.wait(min(left, BEAT_SECONDS))
            left -= BEAT_SECONDS
            self._beat()

    def _next(self) -> Any:
        while True:
            try:
                found = self._answers.get(timeout=BEAT_SECONDS)
            except Empty:
                self._beat()
                continue
            self._beat()
            return found

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None and not self._over.is_set():
            item, ask = task
            try:
                self._answers.put((item, ask(item), None))
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                self._answers.put((item, None, error))
