"""Comments on editions."""

import datetime as dt
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa

from newsletter.errors import NotFound
from newsletter.review.comments import Comment
from newsletter.store.database import Database
from newsletter.store.models_desk import CommentRow


class SqlComments:
    """Comments on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, edition: str) -> list[Comment]:
        """Return an edition's comments, first to last."""
        query = sa.select(CommentRow).where(CommentRow.edition == edition).order_by(CommentRow.id)
        with self._database.begin() as session:
            return [_comment(row) for row in session.scalars(query)]

    def add(self, comment: Comment) -> int:
        """Keep a comment, whose `id` is given here; return it.

        Raises
        ------
        NotFound
            If it answers a comment that the edition has not, or that is itself an answer.
        """
        given = asdict(comment)
        del given["id"]
        with self._database.begin(writing=True) as session:
            if comment.answers is not None:
                asked = session.get(CommentRow, comment.answers)
                if asked is None or asked.edition != comment.edition or asked.answers is not None:
                    raise NotFound("The comment that this answers is not there (any more).")
            row = CommentRow(**given)
            session.add(row)
            session.flush()
            return row.id

    def resolve(self, edition: str, id: int, editor: str, at: dt.datetime) -> bool:
        """Settle a comment of an edition; False where somebody has, or there is none."""
        open_ = CommentRow.resolved_at.is_(None)
        return self._set(edition, id, open_, resolved_by=editor, resolved_at=at)

    def reopen(self, edition: str, id: int) -> bool:
        """Take up a settled comment again; False where there is none."""
        settled = CommentRow.resolved_at.is_not(None)
        return self._set(edition, id, settled, resolved_by=None, resolved_at=None)

    def _set(self, edition: str, id: int, where: Any, **values: Any) -> bool:
        change = (
            sa.update(CommentRow)
            .where(
                CommentRow.id == id,
                CommentRow.edition == edition,
                CommentRow.answers.is_(None),
                where,
            )
            .values(**values)
        )
        with self._database.begin(writing=True) as session:
            done = cast("sa.CursorResult[Any]", session.execute(change))
            return done.rowcount == 1


def _comment(row: CommentRow) -> Comment:
    return Comment(
        row.id,
        row.edition,
        row.revision,
        row.part,
        row.author,
        row.at,
        row.words,
        row.answers,
        row.resolved_by,
        row.resolved_at,
    )
