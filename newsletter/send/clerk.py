"""The clerk: writes what several workers have to write into the ledger in one transaction.

A commit waits for the disk, some milliseconds each. Whoever comes first writes for all who
wait, so that ten workers wait once and not ten times; nobody goes on before his own change is
on disk. Changes are made in the order in which they were given.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from newsletter.errors import StoreError
from newsletter.send.book import DeliveryBook

PATIENCE: Final = (0.2, 1.0, 5.0, 10.0, 15.0)
"""Seconds between attempts at a ledger that cannot be written; then it is given up."""

Change = Callable[[], bool]
"""A change of one row, through the book; False where another worker was first."""


class Given:
    """A change that was given to the clerk.

    Parameters
    ----------
    change : callable
        What is to be done.
    unless : callable or None
        Asked before: whether it is not to be done any more. Then the answer is False, and
        `refused` says that it was not even tried.
    """

    __slots__ = ("_answer", "_error", "change", "done", "refused", "unless")

    def __init__(self, change: Change, unless: Callable[[], bool] | None = None) -> None:
        self.change = change
        self.unless = unless
        self.done = False
        self.refused = False
        self._answer = False
        self._error: BaseException | None = None

    def answer(self) -> bool:
        """Return what became of it, or raise what kept it from being done."""
        if self._error is not None:
            raise self._error
        return self._answer

    def end(self, answer: bool, error: BaseException | None = None) -> None:
        """Write down what became of it."""
        self._answer, self._error, self.done = answer, error, True


class Clerk:
    """Writes changes of a delivery book, those of several threads together.

    Parameters
    ----------
    book : DeliveryBook
        The ledger.
    pause : callable
        Waits so many seconds, and tells whether to go on trying.
    """

    def __init__(self, book: DeliveryBook, pause: Callable[[float], bool]) -> None:
        self._book = book
        self._pause = pause
        self._waiting: deque[Given] = deque()
        self._turn = threading.Lock()

    def later(self, given: Given) -> Given:
        """Take a change that is written with the next one, or by `flush`."""
        self._waiting.append(given)
        return given

    def write(self, given: Given) -> bool:
        """Return what became of a change once it is on disk, and all that was given before."""
        self._waiting.append(given)
        self.flush(given)
        return given.answer()

    def flush(self, until: Given | None = None) -> None:
        """Write what waits, or let another thread do so."""
        with self._turn:
            if until is None or not until.done:
                self._write_all()

    def _write_all(self) -> None:
        batch: list[Given] = []
        while self._waiting:  # what comes while this is written waits for the next turn
            batch.append(self._waiting.popleft())
        if not batch:
            return
        try:
            answers = self._patiently(batch)
        except BaseException as error:
            for given in batch:
                given.end(answer=False, error=error)
            raise
        for given, answer in zip(batch, answers, strict=True):
            given.end(answer)

    def _patiently(self, batch: list[Given]) -> list[bool]:
        for seconds in PATIENCE:
            try:
                return self._at_once(batch)
            except StoreError:  # locked, full or gone; raised below if it stays so
                if not self._pause(seconds):
                    break
        return self._at_once(batch)

    def _at_once(self, batch: list[Given]) -> list[bool]:
        # One question for the whole batch: who has stopped the edition has stopped all of it.
        asked = next((given.unless for given in batch if given.unless is not None), None)
        stopped = asked is not None and asked()
        with self._book.together():
            answers = []
            for given in batch:
                given.refused = stopped and given.unless is not None
                answers.append(False if given.refused else given.change())
        return answers
