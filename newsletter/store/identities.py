"""Which identity of a provider is which editor: bound once, by a verified address."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.access import Claimed, Known
from newsletter.review.desk import AuditEntry
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import EditorRow
from newsletter.store.models_desk import CredentialRow, IdentityRow, VisitRow

DISMISSED = "dismissed"
NOBODY = "nobody here has that address"
UNVERIFIED = "the provider has not verified an address"
ANOTHER = "that address is bound to another identity"


class SqlIdentities:
    """`newsletter.review.access.Identities` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, claimed: Claimed, now: dt.datetime) -> Known:
        """Return the active editor of an identity, binding it where it is new."""
        with self._database.begin(writing=True) as session:
            row = session.get(IdentityRow, (claimed.issuer, claimed.subject))
            if row is not None:
                _require_credential(session, row.editor, now)
                active = _active(session, row.editor)
                return Known(row.editor, active, "" if active else DISMISSED)
            return _bind(session, claimed, now)

    def bound(self, issuer: str) -> dict[str, dt.datetime]:
        """Return since when which editors' identities are bound."""
        query = sa.select(IdentityRow.editor, IdentityRow.bound_at)
        with self._database.begin() as session:
            rows = session.execute(query.where(IdentityRow.issuer == issuer)).all()
        return {row.editor: row.bound_at for row in rows}

    def release(self, editor: str, entry: AuditEntry) -> bool:
        """Unbind an editor and end their sessions; False where nothing was bound."""
        with self._database.begin(writing=True) as session:
            if not unbind(session, editor):
                return False
            session.execute(sa.delete(VisitRow).where(VisitRow.editor == editor))
            audit.append(session, entry)
        return True


def unbind(session: Session, editor: str) -> bool:
    """Void, within a transaction, what is bound to an editor; tell whether anything was."""
    theirs = sa.select(IdentityRow).where(IdentityRow.editor == editor)
    rows = session.scalars(theirs).all()
    for row in rows:
        session.delete(row)
    return bool(rows)


def _bind(session: Session, claimed: Claimed, now: dt.datetime) -> Known:
    if not claimed.email:
        return Known("", False, UNVERIFIED)
    active = session.scalars(sa.select(EditorRow).where(EditorRow.disabled_at.is_(None))).all()
    found = [row.name for row in active if same_address(row.email, claimed.email)]
    if len(found) != 1:
        return Known("", False, NOBODY)
    (editor,) = found
    taken = sa.select(IdentityRow.subject).where(
        IdentityRow.issuer == claimed.issuer, IdentityRow.editor == editor
    )
    if session.scalar(taken) is not None:
        return Known(editor, False, ANOTHER)
    _require_credential(session, editor, now)
    session.add(
        IdentityRow(issuer=claimed.issuer, subject=claimed.subject, editor=editor, bound_at=now)
    )
    audit.append(
        session, AuditEntry(now, editor, "identity bound", editor, {"issuer": claimed.issuer})
    )
    return Known(editor, True)


def same_address(ours: str, theirs: str) -> bool:
    """Tell whether two addresses are the same, but for the case of ASCII letters.

    Other letters must be the same to the bit: there are some that become an ASCII letter
    in lower case, and belong to somebody else.
    """
    return _lowered(ours) == _lowered(theirs)


def _lowered(address: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in address)


def _require_credential(session: Session, editor: str, now: dt.datetime) -> None:
    """Give an editor who never had a password a place for their authenticator."""
    if session.get(CredentialRow, editor) is None:
        session.add(CredentialRow(editor=editor, password="", changed_at=now))


def _active(session: Session, editor: str) -> bool:
    row = session.get(EditorRow, editor)
    return row is not None and row.disabled_at is None
