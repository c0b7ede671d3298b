"""Keys of programs: made once, shown once, kept as a hash."""

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from typing import Any, Final

from newsletter.clock import Clock
from newsletter.desk.security.keys import digest
from newsletter.errors import ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.review.tokens import ApiToken, Scope

PREFIX: Final = "nlk_"
"""Lets scanners of repositories and logs know such a key when they see one."""
LONGEST: Final = 366
"""Days that a key may hold."""
MOST: Final = 20
"""Keys that one editor may have at a time."""
_SHAPE: Final = re.compile(r"nlk_[A-Za-z0-9_-]{43}")


def make(
    store: Any, clock: Clock, owner: str, name: str, scopes: Iterable[Scope], days: int
) -> tuple[ApiToken, str]:
    """Make a key; return what is kept of it, and the key itself.

    Parameters
    ----------
    store : newsletter.store.api.SqlApi
        ``Doors.api``.
    clock : Clock
        The time.
    owner : str
        In whose name it acts.
    name : str
        What it is for.
    scopes : iterable of Scope
        What it may be used for.
    days : int
        How long it holds.

    Raises
    ------
    ReviewError
        If the name or the scopes are empty, it would hold too long, or there are too many.
    """
    name, chosen = " ".join(name.split()), frozenset(scopes)
    if not name or len(name) > 80 or not name.isprintable():
        raise ReviewError("Say in at most 80 characters what the key is for.")
    if not chosen:
        raise ReviewError("Choose at least one thing that the key may be used for.")
    if not 1 <= days <= LONGEST:
        raise ReviewError(f"A key holds from 1 to {LONGEST} days.")
    if len(store.of(owner)) >= MOST:
        raise ReviewError(f"You have {MOST} keys already; revoke one that is not used any more.")
    now = clock.now()
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(secrets.token_hex(8), owner, name, chosen, now, now + dt.timedelta(days=days))
    detail = {"key": token.id, "scopes": " ".join(sorted(chosen))}
    store.add(token, digest(key), AuditEntry(now, owner, "key made", owner, detail))
    return token, key


def found(store: Any, clock: Clock, key: str) -> ApiToken | None:
    """Return the key that a program gave, or None."""
    return store.find(digest(key), clock.now()) if _SHAPE.fullmatch(key) else None
