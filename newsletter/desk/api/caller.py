"""Who calls: a program with an editor's key, no more than the editor's role and its scopes."""

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from newsletter.desk.admission import NotAllowed
from newsletter.desk.api.problems import TooMany, Unknown
from newsletter.desk.newsroom import newsroom
from newsletter.desk.security.limits import Limiter, network
from newsletter.desk.security.programs import found
from newsletter.review.access import Allowance
from newsletter.review.roles import MAY, Act, Role, allowed
from newsletter.review.tokens import OPENS, ApiToken

PER_MINUTE: Final = 240
"""Requests of one key within a minute."""
WRONG_PER_MINUTE: Final = 30
"""Requests without a good key, from one address, within a minute."""
BUNDLE: Final = 10
"""Requests that are counted as one in the store."""
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

    def may(self, act: Act) -> bool:
        """Tell whether its owner's role and its scopes let it do something."""
        return act in MAY[self.role] and OPENS[act] in self.token.scopes


class Rate:
    """Counts requests by who makes them, over all processes of the desk.

    The store counts whole bundles of `BUNDLE` requests, as it counts what is tried at the
    entrance: a process takes one, and lets its requests through as long as it lasts, within a
    minute. So a program that reads a lot costs the store one write in `BUNDLE` requests, and
    never are more let through within a minute than may be.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, tuple[int, dt.datetime]] = {}
        self._shut: dict[str, dt.datetime] = {}

    def require(self, limiter: Limiter, who: str, most: int, now: dt.datetime) -> None:
        """Count a request.

        Parameters
        ----------
        limiter : Limiter
            Counts bundles.
        who : str
            Whose request.
        most : int
            How many there may be within a minute, a multiple of `BUNDLE`.
        now : datetime.datetime
            Aware instant.

        Raises
        ------
        TooMany
            If there were so many within a minute already; this one does not count.
        """
        if self._goes(who, now):
            return
        taken = limiter.admit((Allowance("program", who, most // BUNDLE, _MINUTE),))
        with self._lock:
            if not taken.ids:  # who goes on asking does not bother the store for it
                wait = limiter.wait(taken)
                self._shut[who] = now + wait
                raise TooMany(wait.total_seconds())
            self._left[who] = (BUNDLE - 1, now + _MINUTE)

    def _goes(self, who: str, now: dt.datetime) -> bool:
        """Tell whether a request is one of a bundle that was taken before."""
        with self._lock:
            if len(self._left) + len(self._shut) > _MOST:
                self._left = {key: one for key, one in self._left.items() if one[1] > now}
                self._shut = {key: until for key, until in self._shut.items() if until > now}
            if self._shut.get(who, now) > now:
                raise TooMany((self._shut[who] - now).total_seconds())
            left, until = self._left.get(who, (0, now))
            if left and until > now:
                self._left[who] = (left - 1, until)
                return True
        return False


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
        rate.require(desk.guard.limiter, f"from {place}", WRONG_PER_MINUTE, desk.now())
        raise Unknown("Give a key that holds, as Authorization: Bearer nlk_…; see Your account.")
    rate.require(desk.guard.limiter, token.id, PER_MINUTE, desk.now())
    caller = Caller(token.owner, role, token)
    request.state.caller = caller
    return caller
