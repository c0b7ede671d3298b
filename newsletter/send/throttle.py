"""How much goes to one receiving domain at a time: a token bucket and a number of hands.

Both are halved when the domain asks for patience, and come back slowly. The time is handed in.
"""

from dataclasses import dataclass, field
from typing import Final

from newsletter.pacing import Pace

RECOVERY_SECONDS: Final = 60.0
"""After so long without a further complaint a domain gets a tenth of its full pace back."""
LEAST: Final = 1 / 64
"""What is left of the pace at the least."""
_CLEAR: Final = 10_000
"""Domains remembered at most; the state of those at their full pace is then forgotten."""


@dataclass(slots=True)
class _Domain:
    tokens: float
    filled_at: float
    changed_at: float
    share: float = 1.0
    under_way: int = 0


@dataclass(slots=True)
class Throttle:
    """The pace of one sender. Not safe for threads: whoever shares it holds a lock.

    Parameters
    ----------
    pace : Pace or None
        Full pace; None for no limit.
    """

    pace: Pace | None
    _domains: dict[str, _Domain] = field(default_factory=dict)

    def take(self, domain: str, now: float, *, instead: bool = False) -> float:
        """Begin a copy for a domain if it may go now.

        Parameters
        ----------
        domain : str
            Where it goes.
        now : float
            Seconds of a clock that never goes back.
        instead : bool
            Whether it takes the place of a copy for that domain which is still under way;
            that one is then ended with ``kept=True``.

        Returns
        -------
        float
            0 where it may go. Otherwise it may not, and this many seconds later it is worth
            asking again; infinity where another copy must come to its end first.
        """
        if self.pace is None:
            return 0.0
        state = self._state(domain, now)
        hands = max(1, int(self.pace.domain_connections * state.share))
        if state.under_way >= hands + instead:
            return float("inf")
        rate = self.pace.domain_per_second * state.share
        most = max(1.0, rate)
        state.tokens = min(most, state.tokens + (now - state.filled_at) * rate)
        state.filled_at = now
        if state.tokens < 1:
            return max(0.001, (1 - state.tokens) / rate)
        state.tokens -= 1
        state.under_way += not instead
        return 0.0

    def done(self, domain: str, now: float, *, too_fast: bool = False, kept: bool = False) -> None:
        """End a copy that `take` let begin; halve the pace if the domain asked for patience."""
        if self.pace is None:
            return
        state = self._state(domain, now)
        state.under_way = max(0, state.under_way - (not kept))
        if too_fast:
            state.share = max(LEAST, state.share / 2)
            state.tokens = 0.0
            state.filled_at = state.changed_at = now

    def share(self, domain: str, now: float) -> float:
        """Return what part of its full pace a domain has at present."""
        return self._state(domain, now).share if domain in self._domains else 1.0

    def _state(self, domain: str, now: float) -> _Domain:
        state = self._domains.get(domain)
        if state is None:
            if len(self._domains) >= _CLEAR:
                self._forget()
            full = max(1.0, self.pace.domain_per_second) if self.pace else 1.0
            state = self._domains[domain] = _Domain(full, now, now)
        steps = int((now - state.changed_at) / RECOVERY_SECONDS)
        if state.share < 1 and steps > 0:
            state.share = min(1.0, state.share + steps / 10)
            state.changed_at += steps * RECOVERY_SECONDS
        return state

    def _forget(self) -> None:
        kept = {n: d for n, d in self._domains.items() if d.under_way or d.share < 1}
        self._domains.clear()
        self._domains.update(kept)
