"""Editions, their revisions and approvals."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.errors import NotFound, ReviewError
from newsletter.kinds import corrected
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import Approval, Edition, EditionKey, Revision, State
from newsletter.review.listing import Listed, Wanted
from newsletter.review.override import Override
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import ArtefactRow, EditionRow, OverrideRow, RevisionRow

NOT_READ = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
"""States of editions that nobody was sent and nobody will be."""
_LONGEST_SUBJECT = 400


class SqlEditionBook:
    """The edition book on a database; every change is conditional and audited.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: EditionKey) -> Edition | None:
        """Return an edition, or None."""
        with self._database.begin() as session:
            return _find(session, str(key))

    def get(self, key: EditionKey) -> Edition:
        """Return an edition.

        Raises
        ------
        NotFound
            If there is none of that key.
        """
        edition = self.find(key)
        if edition is None:
            raise NotFound(
                f"There is no edition {key}; `newsletter editions list` shows those there are, "
                "`newsletter run` makes one."
            )
        return edition

    def all(self, limit: int = 500) -> list[Edition]:
        """Return editions, latest session first."""
        query = sa.select(EditionRow.key).order_by(EditionRow.key.desc()).limit(limit)
        with self._database.begin() as session:
            found = [_find(session, key) for key in session.scalars(query)]
        return [edition for edition in found if edition is not None]

    def listed(
        self, wanted: Wanted, limit: int, offset: int = 0, before: str = ""
    ) -> tuple[list[Listed], int]:
        """Return a page of the archive, latest session first, and how many there are in all.

        Parameters
        ----------
        wanted : Wanted
            What is looked for.
        limit, offset : int
            Which page.
        before : str
            The last key of the page before, which later editions do not move; the count is
            of all pages.
        """
        where = _conditions(wanted)
        page = [*where, EditionRow.key < before] if before else where
        latest = sa.and_(
            RevisionRow.edition == EditionRow.key, RevisionRow.number == EditionRow.revision
        )
        query = (
            sa.select(EditionRow, RevisionRow)
            .join(RevisionRow, latest)
            .where(*page)
            .order_by(EditionRow.key.desc())
            .limit(limit)
            .offset(offset)
        )
        total = sa.select(sa.func.count()).select_from(EditionRow).join(RevisionRow, latest)
        with self._database.begin() as session:
            rows = [_listed(*row) for row in session.execute(query)]
            return rows, session.scalar(total.where(*where)) or 0

    def of_session(self, date: dt.date) -> list[Edition]:
        """Return the editions of a session, by key."""
        query = (
            sa.select(EditionRow.key)
            .where(EditionRow.key.startswith(f"{date}.", autoescape=True))
            .order_by(EditionRow.key)
        )
        with self._database.begin() as session:
            found = [_find(session, key) for key in session.scalars(query)]
        return [edition for edition in found if edition is not None]

    def corrections(self, keys: Collection[EditionKey]) -> dict[EditionKey, list[Listed]]:
        """Return the corrections of some editions, by what they correct, first to last."""
        if not keys:
            return {}
        days = [key.session.date for key in keys]
        latest = sa.and_(
            RevisionRow.edition == EditionRow.key, RevisionRow.number == EditionRow.revision
        )
        query = sa.select(EditionRow, RevisionRow).join(RevisionRow, latest)
        query = query.where(
            EditionRow.key.contains("_correction", autoescape=True),
            EditionRow.key >= f"{min(days)}.",
            EditionRow.key < f"{max(days)}/",
        )
        with self._database.begin() as session:
            rows = [_listed(*row) for row in session.execute(query)]
        found: dict[EditionKey, list[Listed]] = {}
        for row in sorted(rows, key=lambda one: (len(one.key.kind), one.key.kind)):
            if row.key.corrects in keys and row.key.corrects is not None:
                found.setdefault(row.key.corrects, []).append(row)
        return found

    def sessions_beside(self, date: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """Return the sessions before and after one that have editions."""
        before = sa.select(sa.func.max(EditionRow.key)).where(EditionRow.key < f"{date}.")
        after = sa.select(sa.func.min(EditionRow.key)).where(EditionRow.key > f"{date}/")
        with self._database.begin() as session:
            return _day(session.scalar(before)), _day(session.scalar(after))

    def before(self, key: EditionKey, kinds: Collection[str], count: int) -> list[Edition]:
        """Return editions of earlier sessions that readers got or may yet get, newest first.

        Parameters
        ----------
        key : EditionKey
            Its exchange's editions of sessions before its own.
        kinds : collection of str
            Kinds of edition, those of one list.
        count : int
            Most to return.
        """
        exchange = key.session.exchange
        of_kind = (EditionRow.key.endswith(f".{exchange}.{k}", autoescape=True) for k in kinds)
        query = (
            sa.select(EditionRow.key)
            .where(
                EditionRow.key < f"{key.session.date}.",
                EditionRow.state.not_in([str(state) for state in NOT_READ]),
                sa.or_(sa.false(), *of_kind),
            )
            .order_by(EditionRow.key.desc())
            .limit(count)
        )
        with self._database.begin() as session:
            found = [_find(session, each) for each in session.scalars(query)]
        return [edition for edition in found if edition is not None]

    def revisions(self, key: EditionKey) -> list[Revision]:
        """Return every revision of an edition, first to last."""
        query = (
            sa.select(RevisionRow)
            .where(RevisionRow.edition == str(key))
            .order_by(RevisionRow.number)
        )
        with self._database.begin() as session:
            return [_revision(row) for row in session.scalars(query)]

    def create(self, edition: Edition, entry: AuditEntry) -> Edition:
        """Add an edition; return the one that stands if another run was first."""
        try:
            with self._database.begin(writing=True) as session:
                session.add(EditionRow(key=str(edition.key), **_columns(edition)))
                session.flush()
                session.add(_revision_row(session, edition))
                audit.append(session, entry)
        except sa.exc.IntegrityError:
            return self.get(edition.key)
        return edition

    def save(self, new: Edition, old: Edition, entry: AuditEntry) -> None:
        """Replace `old` by `new` if nothing changed in between, with its audit entry.

        Raises
        ------
        ReviewError
            If somebody else changed the edition first; nothing is written.
        """
        with self._database.begin(writing=True) as session:
            change = (
                sa.update(EditionRow)
                .where(
                    EditionRow.key == str(old.key),
                    EditionRow.state == str(old.state),
                    EditionRow.revision == old.revision.number,
                    EditionRow.expires_at == old.expires_at,
                )
                .values(**_columns(new))
            )
            done = cast("sa.CursorResult[Any]", session.execute(change))
            if done.rowcount != 1:
                raise ReviewError(
                    f"{old.key} was changed by somebody else a moment ago; look at it again with "
                    f"`newsletter editions show {old.key}`."
                )
            if new.revision.number != old.revision.number:
                session.add(_revision_row(session, new))
            for override in new.overrides[len(old.overrides) :]:
                _add(session, new, override)
            audit.append(session, entry)


def _find(session: Session, key: str) -> Edition | None:
    row = session.get(EditionRow, key)
    if row is None:
        return None
    revision = session.get(RevisionRow, (key, row.revision))
    if revision is None:
        raise NotFound(f"Revision {row.revision} of {key} is missing from the store.")
    approval = None
    if row.approved_by and row.approved_at and row.approved_content:
        approval = Approval(
            row.approved_by, row.approved_at, row.approved_content, row.approved_overrides or ""
        )
    return Edition(
        key=EditionKey.parse(row.key),
        state=State(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revision=_revision(revision),
        approval=approval,
        reason=row.reason,
        overrides=_overrides(session, revision) if revision.blocked else (),
    )


def _overrides(session: Session, revision: RevisionRow) -> tuple[Override, ...]:
    query = (
        sa.select(OverrideRow)
        .where(
            OverrideRow.edition == revision.edition,
            OverrideRow.revision == revision.number,
            OverrideRow.report == revision.report,
        )
        .order_by(OverrideRow.at, OverrideRow.finding)
    )
    return tuple(
        Override(
            row.finding, row.rule, row.words, row.reason, row.editor, row.role, row.report, row.at
        )
        for row in session.scalars(query)
    )


def _add(session: Session, edition: Edition, override: Override) -> None:
    place = (str(edition.key), edition.revision.number, override.finding)
    if session.get(OverrideRow, place) is not None:
        raise ReviewError(f"Finding {override.finding} of {edition.key} is overridden already.")
    session.add(OverrideRow(edition=place[0], revision=place[1], **asdict(override)))


def _columns(edition: Edition) -> dict[str, Any]:
    approval = edition.approval
    return {
        "state": str(edition.state),
        "created_at": edition.created_at,
        "expires_at": edition.expires_at,
        "revision": edition.revision.number,
        "approved_by": approval and approval.editor,
        "approved_at": approval and approval.at,
        "approved_content": approval and approval.content,
        "approved_overrides": approval and approval.overrides,
        "reason": edition.reason,
    }


def _revision_row(session: Session, edition: Edition) -> RevisionRow:
    revision = edition.revision
    return RevisionRow(
        edition=str(edition.key),
        number=revision.number,
        author=revision.author,
        made_at=revision.made_at,
        snapshot=revision.snapshot,
        ledger=revision.ledger,
        draft=revision.draft,
        rendered=revision.rendered,
        report=revision.report,
        content=revision.content,
        blocked=revision.blocked,
        subject=_subject(session, revision.rendered),
    )


def _subject(session: Session, rendered: str) -> str:
    """Return a kept mail's own subject: what is listed cannot be another than what is sent."""
    row = session.get(ArtefactRow, ("rendered", rendered))
    return "" if row is None else str(json.loads(row.data)["subject"])[:_LONGEST_SUBJECT]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    key, where = EditionRow.key, []
    if wanted.text:
        text = wanted.text.casefold()
        subject = sa.func.lower(RevisionRow.subject).contains(text, autoescape=True)
        where.append(sa.or_(subject, sa.func.lower(key).contains(text, autoescape=True)))
    if wanted.state:
        where.append(EditionRow.state == wanted.state)
    if wanted.kind:
        same = key.endswith(f".{wanted.kind}", autoescape=True)
        if corrected(wanted.kind):  # the second one and those after it too
            same = sa.or_(same, key.contains(f".{wanted.kind}_", autoescape=True))
        where.append(same)
    if wanted.since:
        where.append(key >= f"{wanted.since}.")
    if wanted.until:
        where.append(key < f"{wanted.until}/")  # the sign after the dot
    return where


def _listed(row: EditionRow, revision: RevisionRow) -> Listed:
    return Listed(
        EditionKey.parse(row.key), State(row.state), revision.subject, row.revision,
        revision.author, revision.made_at, row.approved_by or "", row.expires_at,
    )  # fmt: skip


def _day(key: str | None) -> dt.date | None:
    return EditionKey.parse(key).session.date if key else None


def _revision(row: RevisionRow) -> Revision:
    return Revision(
        number=row.number,
        author=row.author,
        made_at=row.made_at,
        snapshot=row.snapshot,
        ledger=row.ledger,
        draft=row.draft,
        rendered=row.rendered,
        report=row.report,
        content=row.content,
        blocked=row.blocked,
    )
