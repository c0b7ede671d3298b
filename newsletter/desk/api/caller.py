"""Who calls: a program with an editor's key, no more than the editor's role and its scopes."""

import datetime as dt
import threading
from collections import deque
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from newsletter.desk.admission import NotAllowed
from newsletter.desk.api.problems import TooMany, Unknown
from newsletter.desk.newsroom import newsroom
from newsletter.desk.security.limits import network
from newsletter.desk.security.programs import found
from newsletter.review.roles import MAY, Act, Role, allowed
from newsletter.review.tokens import OPENS, ApiToken

PER_MINUTE: Final = 240
"""Requests of one key within a minute."""
WRONG_PER_MINUTE: Final = 30
"""Requests without a good key, from one address, within a minute."""
_MOST: Final = 10_000
_MINUTE: Final = dt.timedelta(minutes=1)

bearer = HTTPBearer(
    auto_error=False, description="A key made under Your account; it looks like nlk_…"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program at the desk.

    Parameters
    ----------
    editor : str
        In whose name it acts.
    role : Role
        Theirs, as of this very request.
    token : ApiToken
        Its key.
    """

    editor: str
    role: Role
    token: ApiToken


class Rate:
    """Counts requests by who makes them, in this process.

    Nothing here opens a door, so a restart may forget it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, deque[dt.datetime]] = {}

    def require(self, who: str, most: int, now: dt.datetime) -> None:
        """Count a request.

        Raises
        ------
        TooMany
            If there were so many within a minute already; this one does not count.
        """
        with self._lock:
            if len(self._made) > _MOST:
                self._made = {
                    key: each for key, each in self._made.items() if each[-1] > now - _MINUTE
                }
            made = self._made.setdefault(who, deque())
            while made and made[0] <= now - _MINUTE:
                made.popleft()
            if len(made) >= most:
                raise TooMany((made[0] + _MINUTE - now).total_seconds())
            made.append(now)


class Key:
    """A dependency of a route: lets a program in, or raises.

    Parameters
    ----------
    act : Act
        What its owner must be allowed to do, and its scopes must open.
    """

    def __init__(self, act: Act) -> None:
        self.act = act

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)] = None,
    ) -> Caller:
        """Return who calls."""
        del given  # documented by it; read by `caller_of`, once a request
        caller = caller_of(request)
        need = OPENS[self.act]
        if self.act not in MAY[caller.role]:
            raise NotAllowed(
                f"{caller.editor} is {caller.role} and may not {self.act}; that takes "
                f"{allowed(self.act)}."
            )
        if need not in caller.token.scopes:
            raise NotAllowed(f"The key {caller.token.name!r} lacks the scope {need!s}.")
        return caller


def caller_of(request: Request) -> Caller:
    """Return who calls, looked up once for each request.

    Raises
    ------
    Unknown
        If no key was given, or one that opens nothing.
    TooMany
        If they ask too often.
    """
    known = getattr(request.state, "caller", None)
    if isinstance(known, Caller):
        return known
    desk = newsroom(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    token = None
    if scheme.lower() == "bearer":
        token = found(desk.house.api, desk.house.clock, key.strip())
    role = desk.house.editors.role(token.owner) if token else None
    rate: Rate = request.app.state.rate
    if token is None or role is None:
        place = network(request.client.host if request.client else "")
        rate.require(f"from {place}", WRONG_PER_MINUTE, desk.now())
        raise Unknown("Give a key that holds, as Authorization: Bearer nlk_…; see Your account.")
    rate.require(token.id, PER_MINUTE, desk.now())
    caller = Caller(token.owner, role, token)
    request.state.caller = caller
    return caller
