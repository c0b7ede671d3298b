"""The ways out for letters to readers: which sender, and when to try again."""

import datetime as dt
from collections.abc import Collection
from typing import Final

from newsletter.public.site import Site

LATER: Final = tuple(dt.timedelta(minutes=one) for one in (1, 5, 15, 60, 240))
"""Rests before the second try of a letter, the third and so on."""


def sender_of(site: Site, lists: Collection[str]) -> str | None:
    """Return the sender of the first of some lists that any edition goes to; None for none."""
    kinds = site.house.config.editions.values()
    return next((one.sender for one in kinds if one.enabled and one.list in lists), None)


def rest(attempts: int) -> dt.timedelta:
    """Return how long a letter rests after so many tries."""
    return LATER[min(max(attempts, 1), len(LATER)) - 1]
