"""Several senders as one: the ``ways`` of a pool in config.yaml, and how a sender warms up."""

import datetime as dt
import difflib
import math
from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import Field

from newsletter.universe import Identifier, Strict

POOL: Final = "pool"
MEMORY: Final = dt.timedelta(days=30)
"""Receivers forget an address that sent nothing for about so long; so does the warm-up."""
_OF_A_WAY: Final = frozenset({
    "host", "port", "security", "username", "password_variable", "timeout_seconds",
    "connections", "pace", "path", "region", "service_domain", "api_url", "warm_up",
})  # fmt: skip


class WarmUp(Strict):
    """How a new sender earns its name: little at first, more each day.

    From the day `start` on it may hand over `first_day` copies a day, and then `growth` times
    the most it handed over on one day of the thirty before. It grows from what was sent, not
    by the calendar: a week without mail earns nothing.
    """

    start: dt.date
    first_day: int = Field(default=200, ge=1, le=1_000_000)
    growth: float = Field(default=1.5, gt=1, le=4)

    def allows(self, day: dt.date, most: int) -> int:
        """Return how many copies may be handed over on a day.

        Parameters
        ----------
        day : datetime.date
            Which; before `start` it is none.
        most : int
            Copies of the best day of the `MEMORY` before it, `start` or later.

        Examples
        --------
        >>> warming = WarmUp(start=dt.date(2026, 12, 1))
        >>> [warming.allows(dt.date(2026, 12, 2), most) for most in (0, 40, 200, 300)]
        [200, 200, 300, 450]
        """
        if day < self.start:
            return 0
        # A hair more, for 1.1 times 100 is 110 and not what binary fractions make of it.
        return max(self.first_day, most + 1, math.floor(most * self.growth + 1e-6))


class Share(Strict):
    """One way of a pool: another sender, and its weight beside the others."""

    sender: Identifier
    weight: int = Field(default=1, ge=1, le=1000)


def require_whole(transport: str, ways: tuple[Share, ...], given: Collection[str]) -> None:
    """Refuse a pool without ways, ways without a pool, and what belongs to a single way.

    Parameters
    ----------
    transport, ways
        Of a sender.
    given : collection of str
        The keys that its part of config.yaml has.

    Raises
    ------
    ValueError
        One clause, for people.
    """
    if transport != POOL:
        if ways:
            raise ValueError("only a pool has ways; set 'transport: pool', or remove them")
        return
    if not ways:
        raise ValueError("a pool needs ways; list the senders it goes by, each with its weight")
    foreign = sorted(_OF_A_WAY & set(given))
    if foreign:
        raise ValueError(
            f"a pool has no {foreign[0]} of its own; set it at the senders that its ways name"
        )
    names = [way.sender for way in ways]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(
            f"ways names {twice!r} twice; once, with the sum of the weights, is enough"
        )


def require_pools(senders: Mapping[str, Any], used: Mapping[str, str]) -> None:
    """Refuse pools that could not keep what they promise.

    Parameters
    ----------
    senders : mapping of str to Sender
        All of config.yaml.
    used : mapping of str to str
        The sender of each kind of edition, by kind.

    Raises
    ------
    ValueError
        Naming the place.
    """
    for name, sender in senders.items():
        if sender.transport == POOL:
            _require_ways(f"senders.{name}.ways", sender, senders)
    for kind, name in used.items():
        if senders[name].warm_up is not None:
            raise ValueError(
                f"editions.{kind}.sender is {name!r}, which warms up: somebody must take what it "
                "may not. Put it into a pool beside another sender, and name the pool"
            )


def _require_ways(place: str, pool: Any, senders: Mapping[str, Any]) -> None:
    for way in pool.ways:
        if way.sender not in senders:
            near = difflib.get_close_matches(way.sender, senders, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(senders)}"
            raise ValueError(f"{place} names {way.sender!r}, which is no sender; {hint}")
        if senders[way.sender].transport == POOL:
            raise ValueError(f"{place} names {way.sender!r}, a pool itself; name its senders")
        for key in ("dkim", "bounce_domain"):  # whoever set it would think that it holds
            if getattr(senders[way.sender], key) is not None and getattr(pool, key) is None:
                raise ValueError(
                    f"{place} names {way.sender!r}, which has {key}, and the pool has none; copies "
                    "bear the pool's. Set it at the pool"
                )
    ours = [senders[way.sender] for way in pool.ways]
    at_home = sum(one.transport == "maildir" for one in ours)
    if 0 < at_home < len(ours):
        raise ValueError(
            f"{place} has a maildir beside ways that leave this machine; its readers would get "
            "nothing. Take it out"
        )
    if all(one.warm_up is not None for one in ours):
        raise ValueError(
            f"{place} has only senders that warm up; add one without warm_up, which takes what "
            "the others may not"
        )


def at_home(name: str, senders: Mapping[str, Any]) -> bool:
    """Tell whether what goes by a sender stays on this machine, as maildirs and pools of them."""
    sender = senders[name]
    if sender.transport == POOL:
        return all(at_home(way.sender, senders) for way in sender.ways)
    return bool(sender.transport == "maildir")
