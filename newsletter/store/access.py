"""Credentials, sessions, attempts and links of the desk. What opens a door is kept as a hash."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import NotFound
from newsletter.review.access import (
    Admission,
    Allowance,
    ApproveLink,
    Credential,
    Identities,
    Invitation,
    Stage,
    Visit,
)
from newsletter.review.desk import AuditEntry
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.identities import SqlIdentities, unbind
from newsletter.store.models import EditorRow
from newsletter.store.models_desk import (
    ApiTokenRow,
    ApproveLinkRow,
    AttemptRow,
    CredentialRow,
    InvitationRow,
    RecoveryCodeRow,
    VisitRow,
)

SEEN_EVERY = dt.timedelta(minutes=1)
"""A session's last sign of life is written no oftener: most requests only read."""


class SqlAccess:
    """`newsletter.review.access.Access` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.identities: Identities = SqlIdentities(database)

    def credential(self, editor: str) -> Credential | None:
        """Return an editor's credential, or None."""
        with self._database.begin() as session:
            row = session.get(CredentialRow, editor)
        return None if row is None else Credential(**_values(row))

    def set_password(self, editor: str, password: str, entry: AuditEntry) -> None:
        """Set a password's hash and end every session of the editor."""
        with self._database.begin(writing=True) as session:
            _set_password(session, editor, password, entry.at)
            audit.append(session, entry)

    def rehash(self, editor: str, old: str, new: str) -> None:
        """Put a password's new hash in the place of the old one, if that still stands."""
        same = (CredentialRow.editor == editor, CredentialRow.password == old)
        with self._database.begin(writing=True) as session:
            session.execute(sa.update(CredentialRow).where(*same).values(password=new))

    def set_zone(self, editor: str, zone: str) -> None:
        """Set the time zone in which an editor reads times."""
        with self._database.begin(writing=True) as session:
            change = sa.update(CredentialRow).where(CredentialRow.editor == editor)
            if not _count(session, change.values(zone=zone)):
                raise NotFound(f"{editor} has not been at the desk yet; send an invitation first.")

    def enrol(
        self, editor: str, generation: int, step: int, codes: Iterable[str], entry: AuditEntry
    ) -> bool:
        """Turn an authenticator on, with hashes of recovery codes; False if it is on already."""
        change = (
            sa.update(CredentialRow)
            .where(
                CredentialRow.editor == editor,
                CredentialRow.totp_generation == generation,
                CredentialRow.totp_on.is_(False),
                CredentialRow.totp_last < step,
            )
            .values(totp_on=True, totp_last=step, changed_at=entry.at)
        )
        with self._database.begin(writing=True) as session:
            if not _count(session, change):
                return False
            _forget_codes(session, editor)
            session.add_all(RecoveryCodeRow(editor=editor, hash=code) for code in codes)
            audit.append(session, entry)
        return True

    def use_step(self, editor: str, generation: int, step: int) -> bool:
        """Take a time step as used; False where it, or a later one, was used before."""
        change = (
            sa.update(CredentialRow)
            .where(
                CredentialRow.editor == editor,
                CredentialRow.totp_generation == generation,
                CredentialRow.totp_on.is_(True),
                CredentialRow.totp_last < step,
            )
            .values(totp_last=step)
        )
        with self._database.begin(writing=True) as session:
            return _count(session, change) == 1

    def reset_totp(self, editor: str, entry: AuditEntry) -> bool:
        """Void authenticator, recovery codes and sessions; False without a credential."""
        with self._database.begin(writing=True) as session:
            row = session.get(CredentialRow, editor)
            if row is None:
                return False
            row.totp_generation, row.totp_on, row.totp_last = row.totp_generation + 1, False, 0
            row.changed_at = entry.at
            _forget_codes(session, editor)
            _end_visits(session, editor)
            audit.append(session, entry)
        return True

    def use_recovery(self, editor: str, code: str, now: dt.datetime) -> bool:
        """Take a recovery code (its hash) as used; False where it is none or was used."""
        change = (
            sa.update(RecoveryCodeRow)
            .where(
                RecoveryCodeRow.editor == editor,
                RecoveryCodeRow.hash == code,
                RecoveryCodeRow.used_at.is_(None),
            )
            .values(used_at=now)
        )
        with self._database.begin(writing=True) as session:
            return _count(session, change) == 1

    def recovery_left(self, editor: str) -> int:
        """Return how many recovery codes an editor has not used."""
        query = (
            sa.select(sa.func.count())
            .select_from(RecoveryCodeRow)
            .where(RecoveryCodeRow.editor == editor, RecoveryCodeRow.used_at.is_(None))
        )
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def add_visit(self, visit: Visit, replacing: str | None = None) -> bool:
        """Begin a session and end another; False where the editor is not active."""
        with self._database.begin(writing=True) as session:
            if replacing is not None:
                session.execute(sa.delete(VisitRow).where(VisitRow.id == replacing))
            if not _active(session, visit.editor):
                return False
            session.add(VisitRow(**asdict(visit)))
        return True

    def renew_visit(self, old: str, visit: Visit) -> bool:
        """Put a session in the place of another; False where that one is no more."""
        gone = sa.delete(VisitRow).where(VisitRow.id == old, VisitRow.editor == visit.editor)
        with self._database.begin(writing=True) as session:
            if not _count(session, gone) or not _active(session, visit.editor):
                return False
            session.add(VisitRow(**asdict(visit)))
        return True

    def visit(self, id: str, now: dt.datetime, idle: dt.timedelta) -> Visit | None:
        """Return a living session and mark it seen; None for every other."""
        living = (
            sa.select(VisitRow)
            .join(EditorRow, EditorRow.name == VisitRow.editor)
            .where(
                VisitRow.id == id,
                VisitRow.ends_at > now,
                VisitRow.seen_at > now - idle,
                EditorRow.disabled_at.is_(None),
            )
        )
        with self._database.begin() as session:
            row = session.scalar(living)
        if row is None:
            return None
        if now - row.seen_at >= SEEN_EVERY:
            seen = sa.update(VisitRow).where(VisitRow.id == id).values(seen_at=now)
            with self._database.begin(writing=True) as session:
                if not _count(session, seen):
                    return None  # ended a moment ago
            row.seen_at = now
        return _visit(row)

    def visits(self, editor: str, now: dt.datetime) -> list[Visit]:
        """Return an editor's sessions that have not reached their end, newest first."""
        query = (
            sa.select(VisitRow)
            .where(VisitRow.editor == editor, VisitRow.ends_at > now)
            .order_by(VisitRow.made_at.desc(), VisitRow.id)
        )
        with self._database.begin() as session:
            return [_visit(row) for row in session.scalars(query)]

    def end_visit(self, id: str) -> Visit | None:
        """End a session; return it, or None where there was none."""
        with self._database.begin(writing=True) as session:
            row = session.get(VisitRow, id)
            if row is None:
                return None
            session.delete(row)
        return _visit(row)

    def end_visits(self, editor: str) -> int:
        """End every session of an editor; return how many there were."""
        with self._database.begin(writing=True) as session:
            return _end_visits(session, editor)

    def attempt(self, wanted: Sequence[Allowance], now: dt.datetime) -> Admission:
        """Record an attempt if every allowance lets it through; else record nothing.

        Counting and recording are one transaction: of many that come at once, no more
        get through than may.
        """
        with self._database.begin(writing=True) as session:
            waits = [_free_at(session, each, now) for each in wanted]
            if any(waits):
                return Admission(free_at=max(filter(None, waits)))
            rows = [AttemptRow(what=each.what, who=each.who, at=now) for each in wanted]
            session.add_all(rows)
            session.flush()
            return Admission(tuple(row.id for row in rows))

    def withdraw(self, ids: Sequence[int]) -> None:
        """Take attempts back that shall not count."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(AttemptRow).where(AttemptRow.id.in_(ids)))

    def attempts(self, what: str, who: str, since: dt.datetime) -> int:
        """Return how many attempts were recorded after an instant."""
        with self._database.begin() as session:
            query = sa.select(sa.func.count()).select_from(AttemptRow)
            return session.scalar(query.where(*_theirs(what, who), AttemptRow.at > since)) or 0

    def forget_attempts(self, what: str, who: str) -> None:
        """Forget somebody's attempts at something."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(AttemptRow).where(*_theirs(what, who)))

    def forget_before(self, instant: dt.datetime) -> int:
        """Forget attempts made, and sessions ended, before an instant; return how many."""
        with self._database.begin(writing=True) as session:
            return _count(session, sa.delete(AttemptRow).where(AttemptRow.at < instant)) + _count(
                session, sa.delete(VisitRow).where(VisitRow.ends_at < instant)
            )

    def add_invitation(self, invitation: Invitation, entry: AuditEntry) -> bool:
        """Add an invitation in the place of earlier ones; False where the editor is not active."""
        with self._database.begin(writing=True) as session:
            if not _active(session, invitation.editor):
                return False
            _void_invitations(session, invitation.editor)
            session.add(InvitationRow(**asdict(invitation)))
            audit.append(session, entry)
        return True

    def invitation(self, id: str, now: dt.datetime) -> Invitation | None:
        """Return an invitation that still holds, or None."""
        with self._database.begin() as session:
            row = session.get(InvitationRow, id)
            if row is None or row.used_at is not None or row.ends_at <= now:
                return None
            return Invitation(**_values(row)) if _active(session, row.editor) else None

    def use_invitation(self, id: str, password: str, entry: AuditEntry) -> str | None:
        """Take an invitation as used and set the password's hash; None where it does not hold."""
        with self._database.begin(writing=True) as session:
            row = session.get(InvitationRow, id)
            if row is None or row.used_at is not None or row.ends_at <= entry.at:
                return None
            if not _active(session, row.editor):
                return None
            row.used_at = entry.at
            _set_password(session, row.editor, password, entry.at)
            audit.append(session, entry)
            return row.editor

    def add_link(self, link: ApproveLink) -> None:
        """Add a link to approve."""
        with self._database.begin(writing=True) as session:
            session.add(ApproveLinkRow(**asdict(link)))

    def link(self, id: str) -> ApproveLink | None:
        """Return a link to approve, or None."""
        with self._database.begin() as session:
            row = session.get(ApproveLinkRow, id)
        return None if row is None else ApproveLink(**_values(row))

    def use_link(self, id: str, now: dt.datetime) -> bool:
        """Take a link as used; False where it was used or has ended."""
        unused = (ApproveLinkRow.used_at.is_(None), ApproveLinkRow.ends_at > now)
        change = sa.update(ApproveLinkRow).where(ApproveLinkRow.id == id, *unused)
        with self._database.begin(writing=True) as session:
            return _count(session, change.values(used_at=now)) == 1


def shut_out(session: Session, editor: str, now: dt.datetime) -> None:
    """End, within the transaction that disables an editor, all that lets them in.

    Their sessions, invitations, links to approve and programs' keys go; the password
    stays for the day they are enabled again.
    """
    _end_visits(session, editor)
    _void_invitations(session, editor)
    session.execute(
        sa.update(ApproveLinkRow)
        .where(ApproveLinkRow.editor == editor, ApproveLinkRow.used_at.is_(None))
        .values(used_at=now)
    )
    session.execute(
        sa.update(ApiTokenRow)
        .where(ApiTokenRow.owner == editor, ApiTokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def forget(session: Session, editor: str) -> None:
    """Void what proves who an editor is: the name belongs to somebody else from now on."""
    row = session.get(CredentialRow, editor)
    if row is not None:
        # The row stays: a generation of secrets that was used up must not come again.
        row.password, row.totp_generation = "", row.totp_generation + 1
        row.totp_on, row.totp_last = False, 0
    unbind(session, editor)
    _forget_codes(session, editor)


def _set_password(session: Session, editor: str, password: str, now: dt.datetime) -> None:
    row = session.get(CredentialRow, editor)
    if row is None:
        session.add(CredentialRow(editor=editor, password=password, changed_at=now))
    else:
        row.password, row.changed_at = password, now
    _end_visits(session, editor)


def _active(session: Session, editor: str) -> bool:
    row = session.get(EditorRow, editor)
    return row is not None and row.disabled_at is None


def _free_at(session: Session, wanted: Allowance, now: dt.datetime) -> dt.datetime | None:
    recent = (
        sa.select(AttemptRow.at)
        .where(*_theirs(wanted.what, wanted.who), AttemptRow.at > now - wanted.window)
        .order_by(AttemptRow.at.desc())
        .limit(wanted.count)
    )
    found = session.scalars(recent).all()
    return found[-1] + wanted.window if len(found) == wanted.count else None


def _theirs(what: str, who: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return AttemptRow.what == what, AttemptRow.who == who


def _end_visits(session: Session, editor: str) -> int:
    return _count(session, sa.delete(VisitRow).where(VisitRow.editor == editor))


def _void_invitations(session: Session, editor: str) -> None:
    unused = (InvitationRow.editor == editor, InvitationRow.used_at.is_(None))
    session.execute(sa.delete(InvitationRow).where(*unused))


def _forget_codes(session: Session, editor: str) -> None:
    session.execute(sa.delete(RecoveryCodeRow).where(RecoveryCodeRow.editor == editor))


def _count(session: Session, change: sa.Update | sa.Delete) -> int:
    return cast("sa.CursorResult[Any]", session.execute(change)).rowcount


def _visit(row: VisitRow) -> Visit:
    return Visit(**_values(row) | {"stage": Stage(row.stage)})


def _values(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}
