"""Editors."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa

from newsletter.errors import NotFound, ReviewError
from newsletter.review.access import DESK
from newsletter.review.desk import OPERATOR
from newsletter.review.roles import Role
from newsletter.store.access import forget, shut_out
from newsletter.store.database import Database
from newsletter.store.models import EditorRow


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


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
