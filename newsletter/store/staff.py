"""What is done at the desk to the people at it: roles, dismissals, their codes and sessions."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.review.roles import Role
from newsletter.store import audit
from newsletter.store.access import shut_out
from newsletter.store.database import Database
from newsletter.store.models import AuditRow, EditorRow
from newsletter.store.models_desk import RecoveryCodeRow, VisitRow

LAST = "Somebody has to be able to appoint people; make another editor an admin first."
OWN = "Nobody takes their own admin right away; another admin does it."


class SqlStaff:
    """Changes to editors, each one transaction with its audit entry.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def appoint(self, name: str, role: Role, entry: AuditEntry) -> None:
        """Give an active editor another role.

        Raises
        ------
        NotFound
            If there is no such active editor.
        ReviewError
            If nobody would be left who appoints people, or somebody would give up their own
            admin right.
        """
        with self._database.begin(writing=True) as session:
            row = _active(session, name)
            if row.role == str(role):
                return
            if row.role == str(Role.ADMIN):
                _require_another(session, name, entry.actor)
            row.role = str(role)
            audit.append(session, entry)

    def dismiss(self, name: str, entry: AuditEntry) -> None:
        """Take all rights away and end all sessions; the name stays in the audit log.

        Raises
        ------
        NotFound, ReviewError
            As `appoint` does.
        """
        with self._database.begin(writing=True) as session:
            row = _active(session, name)
            if row.role == str(Role.ADMIN):
                _require_another(session, name, entry.actor)
            row.disabled_at = entry.at
            shut_out(session, name, entry.at)
            audit.append(session, entry)

    def last_seen(self) -> dict[str, dt.datetime]:
        """Return when each editor was last seen at the desk."""
        logged = (
            sa.select(AuditRow.actor, sa.func.max(AuditRow.at))
            .where(AuditRow.action == "logged in")
            .group_by(AuditRow.actor)
        )
        seen = sa.select(VisitRow.editor, sa.func.max(VisitRow.seen_at)).group_by(VisitRow.editor)
        found: dict[str, dt.datetime] = {}
        with self._database.begin() as session:
            for name, at in (*session.execute(logged), *session.execute(seen)):
                found[name] = max(found.get(name, at), at)
        return found

    def renew_codes(self, editor: str, codes: Iterable[str], entry: AuditEntry) -> None:
        """Put new recovery codes (their hashes) in the place of all earlier ones."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(RecoveryCodeRow).where(RecoveryCodeRow.editor == editor))
            session.add_all(RecoveryCodeRow(editor=editor, hash=code) for code in codes)
            audit.append(session, entry)

    def end_other_visits(self, editor: str, kept: str, entry: AuditEntry) -> None:
        """End every session of an editor but one."""
        others = (VisitRow.editor == editor, VisitRow.id != kept)
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(VisitRow).where(*others))
            audit.append(session, entry)


def _active(session: Session, name: str) -> EditorRow:
    row = session.get(EditorRow, name)
    if row is None or row.disabled_at is not None:
        raise NotFound(f"There is no active editor {name[:80]!r}.")
    return row


def _require_another(session: Session, name: str, actor: str) -> None:
    if name == actor:
        raise ReviewError(OWN)
    others = (
        sa.select(sa.func.count())
        .select_from(EditorRow)
        .where(
            EditorRow.role == str(Role.ADMIN),
            EditorRow.disabled_at.is_(None),
            EditorRow.name != name,
        )
    )
    if not session.scalar(others):
        raise ReviewError(LAST)
