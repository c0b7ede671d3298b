"""Programs' keys, by their hash, and the answers kept for programs that ask twice."""

import datetime as dt
from typing import Final

import sqlalchemy as sa

from newsletter.errors import NotFound
from newsletter.review.desk import AuditEntry
from newsletter.review.tokens import ApiToken, Kept, Scope
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import EditorRow
from newsletter.store.models_desk import ApiTokenRow, IdempotencyRow

USED_EVERY: Final = dt.timedelta(minutes=1)
"""When a key was used last is written no oftener: most requests only read."""


class SqlApi:
    """Keys and answers on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: ApiToken, hash: str, entry: AuditEntry) -> None:
        """Add a key."""
        row = ApiTokenRow(
            id=token.id, hash=hash, owner=token.owner, name=token.name,
            scopes=" ".join(sorted(token.scopes)), made_at=token.made_at, ends_at=token.ends_at,
        )  # fmt: skip
        with self._database.begin(writing=True) as session:
            session.add(row)
            audit.append(session, entry)

    def find(self, hash: str, now: dt.datetime) -> ApiToken | None:
        """Return the key of a hash if it opens anything, marked as used; else None."""
        active = (ApiTokenRow.hash == hash, EditorRow.disabled_at.is_(None))
        query = (
            sa.select(ApiTokenRow)
            .join(EditorRow, EditorRow.name == ApiTokenRow.owner)
            .where(*active)
        )
        with self._database.begin() as session:
            row = session.scalar(query)
        if row is None or not _token(row).holds(now):
            return None
        if row.used_at is None or now - row.used_at >= USED_EVERY:
            used = sa.update(ApiTokenRow).where(ApiTokenRow.id == row.id).values(used_at=now)
            with self._database.begin(writing=True) as session:
                session.execute(used)
        return _token(row)

    def of(self, owner: str) -> list[ApiToken]:
        """Return an editor's keys that were not revoked, newest first."""
        query = (
            sa.select(ApiTokenRow)
            .where(ApiTokenRow.owner == owner, ApiTokenRow.revoked_at.is_(None))
            .order_by(ApiTokenRow.made_at.desc(), ApiTokenRow.id)
        )
        with self._database.begin() as session:
            return [_token(row) for row in session.scalars(query)]

    def revoke(self, id: str, owner: str, entry: AuditEntry) -> None:
        """Revoke an editor's key.

        Raises
        ------
        NotFound
            If they have none of that name.
        """
        with self._database.begin(writing=True) as session:
            row = session.get(ApiTokenRow, id)
            if row is None or row.owner != owner or row.revoked_at is not None:
                raise NotFound("There is no such key of yours; it may have been revoked already.")
            row.revoked_at = entry.at
            audit.append(session, entry)

    # -- answers -----------------------------------------------------------------------------

    def begin(self, owner: str, key: str, request: str, now: dt.datetime) -> Kept | None:
        """Note that a request is being answered; return what is known where it came before."""
        with self._database.begin(writing=True) as session:
            row = session.get(IdempotencyRow, (owner, key))
            if row is not None:
                return Kept(row.request, row.status, row.body)
            session.add(
                IdempotencyRow(owner=owner, key=key, request=request, status=0, body="", at=now)
            )
        return None

    def finish(self, owner: str, key: str, status: int, body: str) -> None:
        """Keep the answer."""
        mine = (IdempotencyRow.owner == owner, IdempotencyRow.key == key)
        with self._database.begin(writing=True) as session:
            session.execute(sa.update(IdempotencyRow).where(*mine).values(status=status, body=body))

    def forget(self, owner: str, key: str) -> None:
        """Let a request that could not be answered be made again."""
        mine = (IdempotencyRow.owner == owner, IdempotencyRow.key == key)
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(IdempotencyRow).where(*mine))

    def forget_before(self, instant: dt.datetime) -> None:
        """Forget answers kept before an instant."""
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(IdempotencyRow).where(IdempotencyRow.at < instant))


def _token(row: ApiTokenRow) -> ApiToken:
    scopes = frozenset(Scope(each) for each in row.scopes.split())
    return ApiToken(
        row.id, row.owner, row.name, scopes, row.made_at, row.ends_at, row.used_at, row.revoked_at
    )
