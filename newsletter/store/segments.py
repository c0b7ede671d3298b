"""Segments on the database: saved ones, and the condition a segment puts on readers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import AuditEntry
from newsletter.send.readers import DAYS, JURISDICTIONS, OTHER
from newsletter.send.segments import CUSTOM, Among, Dated, Holds, Joined, Node, Not, Segment
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.models import SegmentRow, SubscriberRow

_DAY = dt.timedelta(days=1)


def condition(node: Node) -> sa.ColumnElement[bool]:
    """Return what is true of a subscription's row exactly where the tree holds of the reader."""
    if isinstance(node, Joined):
        join = sa.and_ if node.every else sa.or_
        return join(*map(condition, node.parts))
    if isinstance(node, Not):
        return sa.not_(condition(node.inner))
    if isinstance(node, Among):
        return _among(node.field, sorted(node.values))
    return _holds(node) if isinstance(node, Holds) else _dated(node)


def _among(field: str, values: list[str]) -> sa.ColumnElement[bool]:
    row = SubscriberRow
    if field == "jurisdiction":
        return sa.or_(*map(_under, values))
    if field == "domain":  # where none is given, no reader is meant: addresses have one
        ends = [row.mailbox.endswith(f"@{value}", autoescape=True) for value in values if value]
        return sa.or_(sa.false(), *ends)
    if field.startswith(CUSTOM):
        held = row.custom[field.removeprefix(CUSTOM)].as_string()
        return sa.func.coalesce(held, "").in_(values)
    columns = {
        "country": row.country, "language": row.language, "source": row.source,
        "status": row.status,
    }  # fmt: skip
    return columns[field].in_(values)


def _under(jurisdiction: str) -> sa.ColumnElement[bool]:
    if jurisdiction == OTHER:
        return SubscriberRow.country.not_in(sorted(set().union(*JURISDICTIONS.values())))
    by_name: Mapping[str, frozenset[str]] = {str(k): v for k, v in JURISDICTIONS.items()}
    return SubscriberRow.country.in_(sorted(by_name[jurisdiction]))


def _holds(node: Holds) -> sa.ColumnElement[bool]:
    columns = {
        "tickers": SubscriberRow.tickers, "tags": SubscriberRow.tags, "days": SubscriberRow.days,
    }  # fmt: skip
    column = columns[node.field]
    if node.member is None:
        return column != ""
    sought = str(DAYS.index(node.member) + 1) if node.field == "days" else f"|{node.member}|"
    # Unlike LIKE, replace() minds case on every database and knows no wildcards.
    return sa.func.replace(column, sought, "") != column


def _dated(node: Dated) -> sa.ColumnElement[bool]:
    joined = SubscriberRow.added_at
    start = dt.datetime.combine(node.date, dt.time(), dt.UTC)
    within = sa.and_(joined >= start, joined < start + _DAY)
    return {
        "==": within, "!=": sa.not_(within), "<": joined < start, "<=": joined < start + _DAY,
        ">": joined >= start + _DAY, ">=": joined >= start,
    }[node.sign]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved segment.

    Parameters
    ----------
    name, expression : str
        What it is called, and what it says.
    by : str
        Who saved it; ``config.yaml`` where it stands there.
    at : datetime.datetime or None
        Since when; None for those of config.yaml.
    """

    name: str
    expression: str
    by: str
    at: dt.datetime | None


class SqlSegments:
    """Saved segments: those of config.yaml, and those that people saved.

    Parameters
    ----------
    database : Database
        Where the latter are.
    configured : mapping of str to str
        The former: expression by name.
    """

    def __init__(self, database: Database, configured: Mapping[str, str]) -> None:
        self._database, self._configured = database, configured

    def all(self) -> list[Saved]:
        """Return every segment by name."""
        found = {
            name: Saved(name, expression, "config.yaml", None)
            for name, expression in self._configured.items()
        }
        with self._database.begin() as session:
            for row in session.scalars(sa.select(SegmentRow)):
                found.setdefault(row.name, Saved(row.name, row.expression, row.by, row.at))
        return [found[name] for name in sorted(found)]

    def get(self, name: str) -> Segment:
        """Return a segment, read; `NotFound` where none is called so."""
        for one in self.all():
            if one.name == name:
                return Segment.of(one.name, one.expression)
        raise NotFound(f"There is no segment {name!r}; see `newsletter audience segment list`.")

    def save(self, segment: Segment, entry: AuditEntry) -> bool:
        """Save a segment under its name, and say so in the audit log, both or neither.

        Returns
        -------
        bool
            Whether it is new or says something else than before.

        Raises
        ------
        ReviewError
            If config.yaml has one of that name.
        """
        self._require_own(segment.name)
        with self._database.begin(writing=True) as session:
            row = session.get(SegmentRow, segment.name)
            if row is not None and row.expression == segment.expression:
                return False
            if row is None:
                row = SegmentRow(name=segment.name)
                session.add(row)
            row.expression, row.by, row.at = segment.expression, entry.actor, entry.at
            audit.append(session, entry)
        return True

    def remove(self, name: str, entry: AuditEntry) -> None:
        """Remove a saved segment, and say so in the audit log, both or neither."""
        self._require_own(name)
        with self._database.begin(writing=True) as session:
            row = session.get(SegmentRow, name)
            if row is None:
                raise NotFound(
                    f"There is no segment {name!r}; see `newsletter audience segment list`."
                )
            session.delete(row)
            audit.append(session, entry)

    def _require_own(self, name: str) -> None:
        if name in self._configured:
            raise ReviewError(
                f"The segment {name!r} stands in config.yaml under segments; change it there."
            )
