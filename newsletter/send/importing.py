"""Imports: readers of another service taken in batches, told by outcome, and repeatable.

A row becomes a candidate or a refusal; the store judges candidates in batches, each one
transaction. An import that was broken off is simply run again: whoever is known stays as they
are, and a second import of a file adds nothing.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final, Protocol

from newsletter.send.addresses import AddressError
from newsletter.send.services import Candidate, Row, Service, consented, undefused
from newsletter.send.sheet import Broken, Sheet

BATCH: Final = 5000


class Outcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    PENDING = "added, to be confirmed"
    ENDED = "kept out"
    STOPPED = "stopped here"
    KNOWN = "known before"
    REPEATED = "twice in the file"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"


MEANINGS: Final[Mapping[Outcome, str]] = {
    Outcome.ADDED: "gets mail from now on",
    Outcome.PENDING: "has to confirm first",
    Outcome.ENDED: "left, bounced or complained there; kept so that no mail goes out",
    Outcome.STOPPED: "gets mail here, but left, bounced or complained there; ended here as well",
    Outcome.KNOWN: "nothing is changed",
    Outcome.REPEATED: "the first row counts",
    Outcome.SUPPRESSED: "bounced, complained or erased here; not added",
    Outcome.REFUSED: "the row cannot be read",
}


class Intake(Protocol):
    """Takes candidates in; the store implements it."""

    def take(
        self,
        batch: Sequence[Candidate],
        list_name: str,
        now: dt.datetime,
        suppressed: Collection[str],
        *,
        dry: bool = False,
    ) -> list[Outcome]:
        """Take a batch in, all or none, and return what became of each; dry, change nothing."""
        ...


Suppressed = Callable[[Collection[str]], Collection[str]]
"""Which of some normalised addresses get no mail whatever list they stand on."""


@dataclass
class Told:
    """How an import goes.

    Parameters
    ----------
    counts : collections.Counter
        Rows by outcome.
    lines : int
        The line that was read last.
    """

    counts: Counter[Outcome] = field(default_factory=Counter)
    lines: int = 0


@dataclass(frozen=True)
class Import:
    """One import.

    Parameters
    ----------
    service : Service
        Whose table it is.
    list_name : str
        Where the readers go.
    how : mapping of str to str
        What is added to every reader's evidence of consent.
    intake : Intake
        The store.
    suppressed : callable
        Who stays out.
    refused : callable
        Told each row that cannot be read, at once.
    dry : bool
        Whether nothing is to be changed.
    """

    service: Service
    list_name: str
    how: Mapping[str, str]
    intake: Intake
    suppressed: Suppressed
    refused: Callable[[Broken], None]
    dry: bool = False

    def run(self, sheet: Sheet, now: dt.datetime) -> Iterator[Told]:
        """Import a table; yield how it goes after each batch, the last time at its end."""
        told, seen = Told(), set[bytes]()
        rows = self._candidates(sheet, told)
        while batch := list(islice(rows, BATCH)):
            fresh = [one for one in batch if _unseen(one, seen)]
            told.counts[Outcome.REPEATED] += len(batch) - len(fresh)
            out = self.suppressed([one.email for one in fresh]) if fresh else ()
            told.counts.update(
                self.intake.take(fresh, self.list_name, now, frozenset(out), dry=self.dry)
            )
            yield told
        yield told

    def _candidates(self, sheet: Sheet, told: Told) -> Iterator[Candidate]:
        names = [name.casefold() for name in sheet.header]
        own = self.service.name == "newsletter"
        for found in sheet.rows():
            try:
                if isinstance(found, Broken):
                    raise AddressError(found.reason)
                told.lines, cells = found
                row: Row = dict(zip(names, map(str.strip, cells), strict=False))
                read = self.service.read(told.lines, undefused(row) if own else row)
                yield consented(read, self.how)
            except AddressError as error:
                line = found.line if isinstance(found, Broken) else told.lines
                told.counts[Outcome.REFUSED] += 1
                self.refused(Broken(line, str(error)))


def _unseen(candidate: Candidate, seen: set[bytes]) -> bool:
    """Tell whether a mailbox comes for the first time, and remember it by eight bytes."""
    mark = hashlib.blake2b(candidate.email.casefold().encode(), digest_size=8).digest()
    if mark in seen:
        return False
    seen.add(mark)
    return True
