"""Sessions at the desk, carried by one cookie."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, TypeGuard

from newsletter.clock import Clock
from newsletter.desk.security.keys import digest
from newsletter.review.access import Access, Stage, Visit

COOKIE = "__Host-desk"
"""The prefix makes browsers insist on Secure, on the path / and on this very host."""

IDLE = dt.timedelta(minutes=60)
LONGEST = dt.timedelta(hours=12)
UNFINISHED = dt.timedelta(minutes=15)
"""How long a login may take from the password to the code."""

_LONGEST_TOKEN = 100
_LONGEST_AGENT = 120


@dataclass(frozen=True)
class Sessions:
    """Begins, finds and ends sessions.

    A token has 256 bits; kept is only its hash. Every login and every stage of it gets a
    new one, and the old one is void: whoever knew it knows nothing.

    Parameters
    ----------
    access : Access
        Where they are kept.
    clock : Clock
        The time.
    """

    access: Access
    clock: Clock

    def begin(
        self, editor: str, stage: Stage, agent: str = "", replacing: str | None = None
    ) -> str | None:
        """Begin a session.

        Parameters
        ----------
        editor : str
            Whose.
        stage : Stage
            How far the login has come.
        agent : str
            What the browser calls itself.
        replacing : str or None
            The token the browser came with; it is void from now on.

        Returns
        -------
        str or None
            The token; None where the editor is not active (any more).
        """
        token, visit = self._new(editor, stage, agent)
        old = digest(replacing) if _likely(replacing) else None
        return token if self.access.add_visit(visit, old) else None

    def find(self, token: str | None) -> Visit | None:
        """Return the living session of a token, marked as seen; None for every other."""
        if not _likely(token):
            return None
        return self.access.visit(digest(token), self.clock.now(), IDLE)

    def renew(self, visit: Visit, stage: Stage) -> str | None:
        """Put a new session in the place of one; None where that one has ended meanwhile."""
        token, new = self._new(visit.editor, stage, visit.agent)
        return token if self.access.renew_visit(visit.id, new) else None

    def end(self, token: str | None) -> Visit | None:
        """End a session; return it, or None where there was none."""
        return self.access.end_visit(digest(token)) if _likely(token) else None

    def end_all(self, editor: str) -> int:
        """End every session of an editor; return how many there were."""
        return self.access.end_visits(editor)

    def _new(self, editor: str, stage: Stage, agent: str) -> tuple[str, Visit]:
        token, now = secrets.token_urlsafe(32), self.clock.now()
        ends = now + (LONGEST if stage is Stage.WHOLE else UNFINISHED)
        shown = "".join(sign for sign in agent if sign.isprintable())[:_LONGEST_AGENT]
        return token, Visit(digest(token), editor, now, now, ends, shown, stage)


def cookie(token: str) -> dict[str, Any]:
    """Return the arguments with which a response sets the cookie."""
    return {"key": COOKIE, "value": token} | _ATTRIBUTES


def no_cookie() -> dict[str, Any]:
    """Return the arguments with which a response deletes the cookie."""
    return {"key": COOKIE} | _ATTRIBUTES


_ATTRIBUTES = {"path": "/", "secure": True, "httponly": True, "samesite": "lax"}


def _likely(token: str | None) -> TypeGuard[str]:
    return token is not None and 0 < len(token) <= _LONGEST_TOKEN and token.isascii()
