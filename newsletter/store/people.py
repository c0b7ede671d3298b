"""Editors and readers."""

import datetime as dt
import json
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from newsletter.errors import NotFound, ReviewError
from newsletter.review.access import DESK
from newsletter.review.desk import OPERATOR, AuditEntry
from newsletter.review.roles import Role
from newsletter.send.delivery import DeliveryState, Subscriber
from newsletter.store import audit
from newsletter.store.access import forget, shut_out
from newsletter.store.database import Database
from newsletter.store.models import DeliveryRow, EditorRow, SubscriberRow
from newsletter.store.models_reports import EventRow
from newsletter.store.suppressions import SqlSuppressions

PAGE = 1000
_REACHED = tuple(map(str, (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT, DeliveryState.DOT_SENT)))
"""States of copies that arrived, or may have."""


@dataclass(frozen=True, slots=True)
class Editor:
    """A person at the desk."""

    name: str
    email: str
    active: bool
    role: Role = Role.EDITOR


class SqlEditors:
    """The editors.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, email: str, now: dt.datetime, role: Role = Role.EDITOR) -> Editor:
        """Add an editor, or enable one again, with the role given now.

        One enabled again keeps the password only where the address is the same as well:
        the name may have passed to somebody else.

        Raises
        ------
        ReviewError
            If the name is empty or taken by an active editor.
        """
        name = " ".join(name.split())
        if not name:
            raise ReviewError("An editor needs a name.")
        if name in {OPERATOR, DESK, "pipeline"}:
            raise ReviewError(f"{name!r} already means something in the audit log; use a name.")
        with self._database.begin(writing=True) as session:
            row = session.get(EditorRow, name)
            if row is not None and row.disabled_at is None:
                raise ReviewError(f"There is already an editor named {name!r}.")
            if row is None:
                session.add(EditorRow(name=name, email=email, role=str(role), added_at=now))
            else:
                if row.email != email:
                    forget(session, name)
                row.email, row.role, row.disabled_at = email, str(role), None
        return Editor(name, email, True, role)

    def disable(self, name: str, now: dt.datetime) -> None:
        """Take all rights away and end all sessions; the name stays in the audit log."""
        with self._database.begin(writing=True) as session:
            row = session.get(EditorRow, name)
            if row is None:
                raise NotFound(f"There is no editor {name!r}; see `newsletter editors list`.")
            row.disabled_at = now
            shut_out(session, name, now)

    def called(self, typed: str) -> str | None:
        """Return the one active editor of a name or address, or None.

        Upper and lower case and the spaces around do not matter. Where two editors share
        an address, it names neither.
        """
        wanted = _plain(typed)
        active = [each for each in self.all() if each.active]
        found = [each.name for each in active if _plain(each.name) == wanted] or [
            each.name for each in active if _plain(each.email) == wanted
        ]
        return found[0] if len(found) == 1 else None

    def about(self, name: str) -> tuple[str, ...]:
        """Return what is known of an editor and hence no password: name and address."""
        with self._database.begin() as session:
            row = session.get(EditorRow, name)
        return () if row is None else (row.name, row.email)

    def all(self) -> list[Editor]:
        """Return every editor, by name."""
        with self._database.begin() as session:
            rows = session.scalars(sa.select(EditorRow).order_by(EditorRow.name)).all()
        return [
            Editor(row.name, row.email, row.disabled_at is None, Role(row.role)) for row in rows
        ]

    def is_active(self, name: str) -> bool:
        """Tell whether an editor exists and is not disabled."""
        return self.role(name) is not None

    def role(self, name: str) -> Role | None:
        """Return an editor's role; None where there is none of that name, or disabled."""
        with self._database.begin() as session:
            row = session.get(EditorRow, name)
        return Role(row.role) if row is not None and row.disabled_at is None else None


@dataclass(frozen=True, slots=True)
class Reader:
    """One subscription with everything that is kept about it.

    Parameters
    ----------
    subscriber : Subscriber
        Who, and on which list.
    status : str
        ``active``, ``unsubscribed`` …
    consent : str
        How and when consent was given, as it was written down.
    added_at, changed_at : datetime.datetime
        When it began, and when its status last changed.
    """

    subscriber: Subscriber
    status: str
    consent: str
    added_at: dt.datetime
    changed_at: dt.datetime


class Audience:
    """The readers.

    Parameters
    ----------
    database : Database
        Where.
    suppressions : SqlSuppressions, optional
        Asked before anybody is added; keeps who was erased.
    """

    def __init__(self, database: Database, suppressions: SqlSuppressions | None = None) -> None:
        self._database, self._suppressions = database, suppressions

    def add(
        self, email: str, name: str, list_name: str, consent: dict[str, str], now: dt.datetime
    ) -> tuple[Subscriber, bool]:
        """Add a reader to a list.

        Parameters
        ----------
        email : str
            Normalised address.
        name : str
            May be empty.
        list_name : str
            E.g. ``"evening"``.
        consent : dict of str to str
            How and when consent was given; kept as evidence.
        now : datetime.datetime
            Aware instant.

        Returns
        -------
        tuple of (Subscriber, bool)
            The reader, and whether they are new. Somebody who unsubscribed stays
            unsubscribed: only they can undo that.

        Raises
        ------
        newsletter.send.suppression.AddressSuppressed
            If the address gets no mail, whatever list it is to stand on.
        """
        with self._database.begin(writing=True) as session:
            if self._suppressions is not None:
                self._suppressions.require_free(session, email)
            row = session.scalar(
                sa.select(SubscriberRow).where(
                    SubscriberRow.email == email, SubscriberRow.list == list_name
                )
            )
            if row is not None:
                return _subscriber(row), False
            row = SubscriberRow(
                id=secrets.token_hex(10),
                email=email,
                name=name,
                list=list_name,
                status="active",
                consent=json.dumps(consent, sort_keys=True, ensure_ascii=False),
                added_at=now,
                changed_at=now,
            )
            session.add(row)
        return _subscriber(row), True

    def active(self, list_name: str) -> Iterator[Subscriber]:
        """Return the active readers of a list in order of id, read page by page."""
        wanted = (SubscriberRow.list == list_name, SubscriberRow.status == "active")
        return self._paged(sa.select(SubscriberRow).where(*wanted))

    def reached(self, edition: str) -> Iterator[Subscriber]:
        """Return the active readers who got an edition, or may have, by id, read page by page.

        Whoever was not sent it, has left since or was erased is not among them.
        """
        return self._paged(_reached(sa.select(SubscriberRow), edition))

    def _paged(self, query: sa.Select[SubscriberRow]) -> Iterator[Subscriber]:
        last = ""
        while True:
            page = query.where(SubscriberRow.id > last).order_by(SubscriberRow.id).limit(PAGE)
            with self._database.begin() as session:
                rows = session.scalars(page).all()
            if not rows:
                return
            yield from (_subscriber(row) for row in rows)
            last = rows[-1].id

    def reaching(self, edition: str) -> int:
        """Return how many readers `reached` yields."""
        query = _reached(sa.select(sa.func.count()).select_from(SubscriberRow), edition)
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def find(self, email: str) -> list[tuple[Subscriber, str]]:
        """Return an address's subscriptions with their consent records."""
        query = sa.select(SubscriberRow).where(SubscriberRow.email == email)
        with self._database.begin() as session:
            return [(_subscriber(row), row.consent) for row in session.scalars(query)]

    def beginning(self, text: str, limit: int) -> list[Reader]:
        """Return subscriptions whose address begins so, whatever the case, by address."""
        address = sa.func.lower(SubscriberRow.email)
        query = (
            sa.select(SubscriberRow)
            .where(address.startswith(text.casefold(), autoescape=True))
            .order_by(SubscriberRow.email, SubscriberRow.list)
            .limit(limit)
        )
        with self._database.begin() as session:
            return [_reader(row) for row in session.scalars(query)]

    def reader(self, subscriber_id: str) -> Reader | None:
        """Return one subscription, or None."""
        with self._database.begin() as session:
            row = session.get(SubscriberRow, subscriber_id)
            return None if row is None else _reader(row)

    def months(self) -> list[tuple[str, int, int]]:
        """Return (month, joined, left) in order; whoever was erased is counted nowhere."""
        joined = self._by_month(SubscriberRow.added_at, sa.true())
        left = self._by_month(SubscriberRow.changed_at, SubscriberRow.status != "active")
        months = sorted(joined.keys() | left.keys())
        return [(month, joined.get(month, 0), left.get(month, 0)) for month in months]

    def _by_month(self, column: Any, where: sa.ColumnElement[bool]) -> dict[str, int]:
        parts = (sa.extract("year", column), sa.extract("month", column))
        query = sa.select(*parts, sa.func.count()).where(where).group_by(*parts)
        with self._database.begin() as session:
            return {f"{int(y):04d}-{int(m):02d}": count for y, m, count in session.execute(query)}

    def unsubscribe(self, subscriber_id: str, entry: AuditEntry) -> bool:
        """End a subscription, and say so in the audit log, both or neither.

        Parameters
        ----------
        subscriber_id : str
            Whose.
        entry : AuditEntry
            What the log says; its instant is the subscription's end. It names no address.

        Returns
        -------
        bool
            True where it was active; when repeated nothing is changed or logged.
        """
        with self._database.begin(writing=True) as session:
            row = session.get(SubscriberRow, subscriber_id)
            if row is None or row.status != "active":
                return False
            row.status, row.changed_at = "unsubscribed", entry.at
            audit.append(session, entry)
        return True

    def erase(self, email: str, entry: AuditEntry) -> int:
        """Remove everything kept about an address, and say so in the audit log, both or neither.

        Parameters
        ----------
        email : str
            Normalised address.
        entry : AuditEntry
            What the log says; how many subscriptions went is added. It names no address.

        Returns
        -------
        int
            How many subscriptions went; for none nothing is logged.
        """
        with self._database.begin(writing=True) as session:
            ids = list(
                session.scalars(sa.select(SubscriberRow.id).where(SubscriberRow.email == email))
            )
            if not ids:
                return 0
            session.execute(sa.delete(SubscriberRow).where(SubscriberRow.id.in_(ids)))
            session.execute(
                sa.update(DeliveryRow).where(DeliveryRow.subscriber.in_(ids)).values(reply="")
            )
            session.execute(sa.update(EventRow).where(EventRow.subscriber.in_(ids)).values(text=""))
            if self._suppressions is not None:
                self._suppressions.erased(session, email, entry.at)
            told = {**entry.detail, "subscriptions": str(len(ids))}
            audit.append(session, replace(entry, detail=told))
        return len(ids)

    def all(self) -> Iterator[dict[str, Any]]:
        """Yield every subscription as plain data, for export."""
        last = ""
        while True:
            query = (
                sa.select(SubscriberRow)
                .where(SubscriberRow.id > last)
                .order_by(SubscriberRow.id)
                .limit(PAGE)
            )
            with self._database.begin() as session:
                rows = session.scalars(query).all()
            if not rows:
                return
            for row in rows:
                yield {
                    "email": row.email,
                    "name": row.name,
                    "list": row.list,
                    "status": row.status,
                    "added_at": row.added_at.isoformat(),
                    "consent": row.consent,
                }
            last = rows[-1].id

    def stats(self) -> dict[str, dict[str, int]]:
        """Return the number of readers by list and status."""
        query = sa.select(SubscriberRow.list, SubscriberRow.status, sa.func.count()).group_by(
            SubscriberRow.list, SubscriberRow.status
        )
        out: dict[str, dict[str, int]] = {}
        with self._database.begin() as session:
            for list_name, status, count in session.execute(query):
                out.setdefault(list_name, {})[status] = count
        return out


def _reached(query: sa.Select[Any], edition: str) -> sa.Select[Any]:
    return query.join(DeliveryRow, DeliveryRow.subscriber == SubscriberRow.id).where(
        DeliveryRow.edition == edition,
        DeliveryRow.state.in_(_REACHED),
        SubscriberRow.status == "active",
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _subscriber(row: SubscriberRow) -> Subscriber:
    return Subscriber(row.id, row.email, row.name, row.list, row.status == "active")


def _reader(row: SubscriberRow) -> Reader:
    return Reader(_subscriber(row), row.status, row.consent, row.added_at, row.changed_at)
