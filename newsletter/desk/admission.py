"""Admission: who may enter a room or do what is done there.

Every route depends on one; a test walks all routes and fails where there is none. An act (any
method but GET and HEAD) must also come from the desk's own pages: the browser's own statement
of the requesting site is asked first, then the session's token.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.security.csrf import FIELD, HEADER, same_site
from newsletter.desk.security.sessions import COOKIE
from newsletter.errors import NewsletterError
from newsletter.review.access import Stage
from newsletter.review.roles import MAY, Act, Role, allowed

_log = logging.getLogger(__name__)

SAFE: Final = frozenset({"GET", "HEAD"})


class NotSignedIn(NewsletterError):
    """Whoever asks is not known; they are shown the way to the door."""

    def __init__(self, then: str) -> None:
        super().__init__("Sign in first.")
        self.then = then


class NotAllowed(NewsletterError):
    """Whoever asks may not."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the desk.

    Parameters
    ----------
    editor : str
        Their name, as the audit log has it.
    role : Role
        What they were appointed to, as of this very request.
    zone : zoneinfo.ZoneInfo
        In which they are told times.
    session : str
        Name of their session in the store.
    csrf : str
        What their acts must carry.
    """

    editor: str
    role: Role
    zone: ZoneInfo
    session: str
    csrf: str

    def may(self, act: Act | str) -> bool:
        """Tell whether they may do something; in a page by the act's name, ``APPROVE``."""
        found = act if isinstance(act, Act) else Act[act]
        return found in MAY[self.role]


class Admission:
    """A dependency of a route: lets somebody in, or raises.

    Parameters
    ----------
    act : Act or None
        What they must be allowed to do; None lets everybody in, known or not (the entrance).
    """

    def __init__(self, act: Act | None) -> None:
        self.act = act

    async def __call__(self, request: Request) -> Visit | None:
        """Return who asks; None at the entrance, where nobody need be known."""
        desk = newsroom(request)
        # The store may have to wait for a writer: never on the thread that serves everybody.
        visit = await run_in_threadpool(find_visit, desk, request)
        if request.method not in SAFE:
            require_same_site(desk, request)
        if self.act is not None and visit is None:
            raise NotSignedIn(_way_back(request))
        if request.method not in SAFE:
            await require_token(desk, request, visit)
        if self.act is None or visit is None:
            return visit
        if not visit.may(self.act):
            if request.method in SAFE:  # looking changes nothing, not even the audit log
                said = "%s may not %s: %r was not shown"
                _log.info(said, visit.editor, self.act, request.url.path[:80])
            else:
                desk.record(visit.editor, "refused", request.url.path[:80], act=self.act.name)
            raise NotAllowed(
                f"{visit.editor} is {visit.role} and may not {self.act}; that takes "
                f"{allowed(self.act)}."
            )
        return visit


def find_visit(desk: Newsroom, request: Request) -> Visit | None:
    """Return who a request's cookie belongs to; None for nobody, or somebody half-way in."""
    record = desk.guard.sessions.find(request.cookies.get(COOKIE))
    if record is None or record.stage is not Stage.WHOLE:
        return None
    role = desk.house.editors.role(record.editor)
    if role is None:
        return None
    return Visit(
        record.editor,
        role,
        desk.zone_of(record.editor),
        record.id,
        desk.guard.csrf.token(record.id),
    )


def require_same_site(desk: Newsroom, request: Request) -> None:
    """Refuse an act that another site began.

    Raises
    ------
    NotAllowed
        Before anything else is looked at.
    """
    if not same_site(_lowered(request.headers), desk.origin):
        raise NotAllowed("Another site may not act at this desk.")


async def require_token(desk: Newsroom, request: Request, visit: Visit | None) -> None:
    """Refuse an act that carries no token of its session.

    Raises
    ------
    NotAllowed
        In words for whoever has left a page open too long.
    """
    given = request.headers.get(HEADER, "")
    if not given and "form" in request.headers.get("content-type", ""):
        form = await request.form()
        given = str(form.get(FIELD, ""))
    held = visit.session if visit else desk.anonymous(request)
    if not (held and desk.guard.csrf.holds(held, given)):
        raise NotAllowed("This page has been open too long; load it again and repeat what you did.")


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _way_back(request: Request) -> str:
    if request.method not in SAFE or request.headers.get("hx-request"):
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path + query, safe="/")


ANYBODY = Admission(None)
READ = Admission(Act.READ)
