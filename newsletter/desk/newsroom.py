"""Newsroom: what every room of the desk needs, made once for the application."""

import datetime as dt
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsletter.app import House
from newsletter.config import secret
from newsletter.desk import pages
from newsletter.desk.proposals import Proposals
from newsletter.desk.runs import Runs
from newsletter.desk.security.guard import Guard, guard
from newsletter.desk.security.oidc import SingleSignOn
from newsletter.desk.security.oidc_provider import Provider
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import EditionKey
from newsletter.sign_on import OIDC_SECRET

ANONYMOUS: Final = "__Host-desk-visitor"
"""Cookie of whoever has not signed in: what the token of the entrance's forms belongs to."""
_KEPT: Final = 64
"""Mails, reports and ledgers that are held read; each has a few megabytes at most."""


class Newsroom:
    """The house, who may enter it, and its pages.

    Parameters
    ----------
    house : House
        The workspace.

    Raises
    ------
    ConfigError
        If single sign-on is configured and cannot be had.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        settings = house.config.desk.oidc
        self._provider = Provider(settings, secret(OIDC_SECRET), house.clock) if settings else None
        self.address = house.config.desk.address.rstrip("/")
        parts = urlsplit(self.address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.runs = Runs(house)
        self.proposals = Proposals()
        self._read: OrderedDict[Hashable, Any] = OrderedDict()
        self._turns: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @cached_property
    def guard(self) -> Guard:
        """Who may enter, and how they prove it."""
        house = self.house
        return guard(
            house.access, house.editors, house.audit.record, house.clock, house.desk_key,
            house.config.publication.name, self._content, by_password=self.by_password,
        )  # fmt: skip

    @property
    def by_password(self) -> bool:
        """Whether a password opens the desk."""
        settings = self.house.config.desk.oidc
        return settings is None or settings.passwords

    @property
    def single_sign_on(self) -> SingleSignOn | None:
        """The way in through a provider of identities, where one is configured."""
        settings = self.house.config.desk.oidc
        if settings is None or self._provider is None:
            return None
        return SingleSignOn(settings, self._provider, self.guard.login, self.address)

    def _content(self, key: str) -> str | None:
        found = self.house.editions.find(EditionKey.parse(key))
        return found.revision.content if found else None

    def record(self, actor: str, action: str, subject: str, **detail: str) -> None:
        """Add an entry to the audit log."""
        entry = AuditEntry(self.house.clock.now(), actor, action, subject, detail)
        self.house.audit.record(entry)

    def zone_of(self, editor: str) -> ZoneInfo:
        """Return the zone an editor is told times in: their own, or the publication's."""
        credential = self.house.access.credential(editor)
        own = credential.zone if credential else ""
        return ZoneInfo(own or self.house.config.publication.time_zone)

    def anonymous(self, request: Request) -> str:
        """Return what the tokens of a visitor nobody knows belong to; empty for none."""
        return request.cookies.get(ANONYMOUS, "")[:64]

    # -- contents, read once -------------------------------------------------------------

    def once(self, mark: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made of contents that never change, from any thread.

        Parameters
        ----------
        mark : hashable
            Names it: its kind, and the hashes of what it is made of.
        make : callable
            Makes it. Whoever asks for the same meanwhile waits for it.
        """
        with self._lock:
            if mark in self._read:
                self._read.move_to_end(mark)
                return self._read[mark]
            turn = self._turns.setdefault(mark, threading.Lock())
        with turn:
            with self._lock:
                if mark in self._read:
                    return self._read[mark]
            made = make()
            with self._lock:
                self._read[mark] = made
                self._turns.pop(mark, None)
                while len(self._read) > _KEPT:
                    self._read.popitem(last=False)
        return made

    def mail(self, id: str) -> Any:
        """Return a kept mail."""
        return self.once(("mail", id), lambda: self.house.pipeline.mail(id))

    def report(self, id: str) -> Any:
        """Return a kept report."""
        return self.once(("report", id), lambda: self.house.pipeline.report(id))

    def ledger(self, id: str) -> Any:
        """Return a kept ledger."""
        return self.once(("ledger", id), lambda: self.house.pipeline.ledger(id))

    def draft(self, id: str) -> Any:
        """Return a kept draft."""
        return self.once(("draft", id), lambda: self.house.pipeline.written(id))

    # -- pages ---------------------------------------------------------------------------

    def page(
        self, request: Request, visit: Any, name: str, status: int = 200, /, **words: Any
    ) -> HTMLResponse:
        """Return a page, or a part of one.

        Parameters
        ----------
        request : Request
            Who asks.
        visit : Visit or None
            Who they are; None at the entrance.
        name : str
            File under ``pages``, without its ending.
        status : int
            Of the answer.
        **words
            What it is filled with.
        """
        visitor = self.anonymous(request) or secrets.token_urlsafe(24)
        token = visit.csrf if visit else self.guard.csrf.token(visitor)
        zone = visit.zone if visit else ZoneInfo(self.house.config.publication.time_zone)
        html = pages.environment().get_template(f"{name}.html.j2").render(
            visit=visit, csrf=token, zone=zone, now=self.now(), here=request.url.path,
            publication=self.house.config.publication.name, **words,
        )  # fmt: skip
        answer = HTMLResponse(html, status)
        if visit is None and not self.anonymous(request):
            answer.set_cookie(
                ANONYMOUS, visitor, secure=True, httponly=True, samesite="lax", path="/"
            )
        return answer

    def part(self, name: str, mark: Hashable, words: Callable[[], dict[str, Any]]) -> Markup:
        """Return a part of a page that is the same for everybody and at any time, made once.

        Parameters
        ----------
        name : str
            File under ``pages``, without its ending; it tells no time and knows no visitor.
        mark : hashable
            Hashes of what it is made of.
        words : callable
            Returns what it is filled with.
        """

        def make() -> Markup:
            html = pages.environment().get_template(f"{name}.html.j2").render(words())
            return Markup(html)  # noqa: S704 - a template's own output, escaped as it was filled

        made: Markup = self.once((name, mark), make)
        return made

    def now(self) -> dt.datetime:
        """Return the present instant, aware, UTC."""
        return self.house.clock.now()


def newsroom(request: Request) -> Newsroom:
    """Return the newsroom of the application that was asked."""
    found: Newsroom = request.app.state.newsroom
    return found
