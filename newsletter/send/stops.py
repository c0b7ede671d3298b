"""When a run must not go on: for one domain, for the way out, or for everybody."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from newsletter.errors import SendError
from newsletter.send import outcomes
from newsletter.send.delivery import DeliveryState

BLOCKS: Final = 20
"""So many refusals of us (5.7.x) end a run for a domain, and so does `SHARE` of its copies."""
SHARE: Final = 0.05
ENOUGH: Final = 100
"""Copies of which a share is worth counting."""
FIRST: Final = 500
"""Copies of which at most `SHARE` may be for readers who do not exist."""
FEWEST: Final = 5
"""Readers who do not exist in a list of any size."""
IN_A_ROW: Final = 20
"""Failures of the way out itself, without one copy accepted between them, that end a batch."""


@dataclass(slots=True)
class Stops:
    """What a run has met with. Not safe for threads: whoever shares it holds a lock."""

    tried: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    in_a_row: int = 0

    def note(self, domain: str, error: SendError | None) -> None:
        """Count how a copy for a domain ended; without an error it was accepted."""
        self.tried[domain] += 1
        if error is None:
            self.in_a_row = 0
            return
        self.blocked[domain] += outcomes.blocks(error)
        self.in_a_row = self.in_a_row + 1 if outcomes.of_the_way(error) else 0

    def shut(self, domain: str) -> bool:
        """Tell whether a domain gets nothing more in this run, for it refuses us."""
        blocked, tried = self.blocked[domain], self.tried[domain]
        return blocked >= BLOCKS or (tried >= ENOUGH and blocked > SHARE * tried)

    def shut_domains(self) -> set[str]:
        """Return the domains that get nothing more in this run."""
        return {domain for domain in self.blocked if self.shut(domain)}

    @property
    def broken(self) -> bool:
        """Whether the way out fails again and again."""
        return self.in_a_row >= IN_A_ROW


def too_many_bounces(counts: dict[DeliveryState, int]) -> str:
    """Return why an edition must be paused for readers who do not exist; empty where it need not.

    Parameters
    ----------
    counts : dict of DeliveryState to int
        Rows of the whole edition by state.
    """
    bounced, total = counts.get(DeliveryState.BOUNCED, 0), sum(counts.values())
    accepted = counts.get(DeliveryState.ACCEPTED, 0)
    failed = counts.get(DeliveryState.FAILED, 0)
    done = bounced + accepted + failed
    allowed = max(FEWEST, int(SHARE * min(FIRST, total)))
    # Later on, what came of the first ones alone is no longer told by the counts.
    if bounced <= allowed or bounced <= SHARE * max(done, min(FIRST, total)):
        return ""
    return (
        f"{bounced} of the first {done} copies were for mailboxes that do not exist; more than "
        f"{SHARE:.0%} means that the list is old or wrong. Clean it, then resume."
    )
