"""Numbers: what became of an edition, in readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.send.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class LinkCount:
    """How often one link of an edition was followed.

    Parameters
    ----------
    address : str
        Where it leads.
    readers, times : int
        Persons, and how often they did.
    by_machines : int
        Readers for whom a program did.
    """

    address: str
    readers: int
    times: int
    by_machines: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Opens and clicks of an edition, of the readers who agreed to be counted.

    Parameters
    ----------
    agreed : int
        Readers who got it and agree at this moment: of whom the others are counted.
    opened, clicked : int
        Readers who opened it, or followed any link.
    opened_by_machines, clicked_by_machines : int
        Readers for whom a proxy or a scanner did; a reader may be in both.
    links : sequence of LinkCount
        In the mail's order.
    """

    agreed: int
    opened: int
    opened_by_machines: int
    clicked: int
    clicked_by_machines: int
    links: Sequence[LinkCount] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """What became of an edition, in readers.

    Parameters
    ----------
    copies : int
        Readers it was meant for.
    delivered : int
        Copies that the next server took and that did not come back.
    confirmed : int
        Of those, how many a delivery service says have arrived.
    deferred : int
        Copies that a server put off and that are tried again.
    delayed : int
        Copies that a service or a later server has reported as late.
    bounced, failed : int
        Copies that came back or were refused for the mailbox; for any other reason.
    blocked : int
        Reports that a server refuses us.
    complained : int
        Readers who called it junk.
    unsubscribed : int
        Readers who left by this edition's own link, or by that of a service.
    in_doubt, suppressed, waiting : int
        Copies of which nobody knows whether they arrived; that were not sent because the reader
        had left; that have not been tried yet.
    counts : Counts or None
        Opens and clicks, where they are counted or were.
    """

    copies: int
    delivered: int
    confirmed: int
    deferred: int
    delayed: int
    bounced: int
    failed: int
    blocked: int
    complained: int
    unsubscribed: int
    in_doubt: int
    suppressed: int
    waiting: int
    counts: Counts | None = None

    @classmethod
    def of(
        cls,
        copies: Mapping[DeliveryState, int],
        heard: Mapping[str, int],
        counts: Counts | None = None,
    ) -> "Numbers":
        """Put together what the ledger and the reports say.

        Parameters
        ----------
        copies : mapping of DeliveryState to int
            Rows of the ledger by state. A copy that came back is not ``accepted`` any more.
        heard : mapping of str to int
            Readers by verdict of what was reported.
        counts : Counts, optional
            Opens and clicks.
        """
        state = DeliveryState
        waiting = (state.QUEUED, state.SENDING, state.DOT_SENT)
        return cls(
            copies=sum(copies.values()),
            delivered=copies.get(state.ACCEPTED, 0),
            confirmed=heard.get("delivered", 0),
            deferred=copies.get(state.DEFERRED, 0),
            delayed=heard.get("delayed", 0),
            bounced=copies.get(state.BOUNCED, 0),
            failed=copies.get(state.FAILED, 0),
            blocked=heard.get("block", 0),
            complained=heard.get("complaint", 0),
            unsubscribed=heard.get("unsubscribe", 0),
            in_doubt=copies.get(state.IN_DOUBT, 0),
            suppressed=copies.get(state.SUPPRESSED, 0),
            waiting=sum(copies.get(one, 0) for one in waiting),
            counts=counts,
        )

    def plain(self) -> dict[str, Any]:
        """Return them as plain data; without counting there is no ``counts``."""
        found: dict[str, Any] = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "counts"
        }
        if self.counts is not None:
            told = {name: getattr(self.counts, name) for name in COUNTED}
            links = [
                {"address": one.address, "readers": one.readers, "times": one.times,
                 "by_machines": one.by_machines}
                for one in self.counts.links
            ]  # fmt: skip
            found["counts"] = {**told, "links": links}
        return found


COUNTED = ("agreed", "opened", "opened_by_machines", "clicked", "clicked_by_machines")
"""What is told of opens and clicks, in this order."""
