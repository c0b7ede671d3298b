"""The delivery ledger as delivery needs it; the store keeps it.

The ledger is written ahead: a row says ``sending`` before the transport is asked and
``dot_sent`` before the other side can accept. Two rules make it safe for several workers
and for workers thought dead that wake up again:

- *Fencing.* `claim` counts `Delivery.attempts` up by one. A row may be written only with
  the number of attempts its worker has seen; whoever holds an older number writes nothing.
- *Doubt is kept.* A row found in ``dot_sent`` is ``in_doubt``; only the answer itself or a
  person takes it out of there.
"""

import datetime as dt
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from newsletter.send.delivery import Delivery, DeliveryState


class DeliveryBook(Protocol):
    """Rows unique for (edition, subscriber).

    Every method is one transaction of its own, except inside `together`. Several threads may
    use the book at once.
    """

    def together(self) -> AbstractContextManager[object]:
        """Make one transaction of what this thread changes in the block.

        On disk when the block ends well; none of it has happened when it ends in an error.
        """
        ...

    def freeze(self, edition: str, deliveries: Iterable[Delivery]) -> int:
        """Insert the rows that are missing and leave the others alone.

        The rows are taken as they come and are never all in memory. It may take several
        transactions; whoever is interrupted does it again before anything is sent.

        Returns
        -------
        int
            How many were inserted.
        """
        ...

    def open(self, edition: str, limit: int, now: dt.datetime | None = None) -> list[Delivery]:
        """Return at most `limit` rows in states `OPEN`.

        Those in ``sending`` and ``queued`` come first, then the ``deferred``, those that are
        due earliest first. With `now`, those that are due later are left out.
        """
        ...

    def next_due(self, edition: str) -> dt.datetime | None:
        """Return when the first of the ``deferred`` rows is due, or None if there is none."""
        ...

    def claim(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``sending`` and count one attempt more.

        Only if its state and attempts are still those of `delivery`, and the state is
        one of `OPEN`; otherwise return False: another worker has it. The row of a reader who
        wants no mail any more, or is suppressed, is set to ``suppressed`` instead; that is
        False as well.
        """
        ...

    def dot_sent(self, delivery: Delivery, now: dt.datetime) -> bool:
        """Set a row to ``dot_sent``, on disk before this returns.

        Only if it is in ``sending`` with the attempts of `delivery` and its reader still gets
        mail; otherwise return False, and the message must not be completed.
        """
        ...

    def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        reply: str,
        now: dt.datetime,
        due: dt.datetime | None = None,
    ) -> bool:
        """Write how it ended, and of a ``deferred`` row when it is `due` again.

        Only if the row has the attempts of `delivery` and has not ended already (it is
        in a state of `OPEN`, ``dot_sent`` or ``in_doubt``); otherwise return False.
        """
        ...

    def release(self, delivery: Delivery, reply: str, now: dt.datetime) -> bool:
        """Give a claimed row back as ``deferred`` and take its attempt off again.

        Only if it is in ``sending`` with the attempts of `delivery`. For the time when
        nothing can be sent at all, which is no reader's fault.
        """
        ...

    def doubtful(self, edition: str, since: dt.datetime, now: dt.datetime) -> int:
        """Set rows in ``dot_sent`` with `at` not after `since` to ``in_doubt``.

        Returns
        -------
        int
            How many.
        """
        ...

    def in_doubt(self, edition: str) -> list[Delivery]:
        """Return the rows in ``in_doubt``."""
        ...

    def reopen(self, delivery: Delivery, reason: str, now: dt.datetime) -> bool:
        """Set a row from ``in_doubt`` to ``queued`` by a person's decision.

        Only if it is in ``in_doubt`` with the attempts of `delivery`. `reason` becomes
        its reply and belongs into the audit.
        """
        ...

    def is_active(self, subscriber_id: str) -> bool:
        """Whether the reader still wants mail and is not suppressed, as of now."""
        ...

    def counts(self, edition: str) -> dict[DeliveryState, int]:
        """Return how many rows are in each state; states without rows may be absent."""
        ...
