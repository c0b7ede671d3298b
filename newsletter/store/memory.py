"""What past editions argued and called, and what came of it; rows are only ever added."""

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from newsletter.draft.memory import (
    CallRecord,
    Commitment,
    Findings,
    Firing,
    Mark,
    Memory,
    TriggerRecord,
    View,
)
from newsletter.store.database import Database
from newsletter.store.models import Base, CallRow, FiringRow, MarkRow, TriggerRow, ViewRow


class SqlMemory:
    """The house's memory on a database.

    Parameters
    ----------
    database : Database
        Where. It refuses by itself to change or remove a row of these tables.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self) -> Memory:
        """Return everything on record, in the order of its keys."""
        with self._database.begin() as session:
            rows = {
                kind: session.scalars(sa.select(kind).order_by(*kind.__table__.primary_key)).all()
                for kind in (ViewRow, CallRow, TriggerRow, MarkRow, FiringRow)
            }
        return Memory(
            tuple(View(**_fields(row)) for row in rows[ViewRow]),
            tuple(CallRecord(**_fields(row)) for row in rows[CallRow]),
            tuple(TriggerRecord(**_fields(row)) for row in rows[TriggerRow]),
            tuple(Mark(**_fields(row)) for row in rows[MarkRow]),
            tuple(Firing(**_fields(row)) for row in rows[FiringRow]),
        )

    def record(self, said: Commitment, now: dt.datetime) -> bool:
        """Add what an edition is held to, once; tell whether it was new."""
        with self._database.begin(writing=True) as session:
            if session.get(ViewRow, said.view.edition) is not None:
                return False
            session.add(ViewRow(**_columns(said.view), recorded_at=now))
            session.flush()
            session.add_all(CallRow(**_columns(call)) for call in said.calls)
            session.add_all(TriggerRow(**_columns(trigger)) for trigger in said.triggers)
        return True

    def add(self, findings: Findings, now: dt.datetime) -> None:
        """Add what a session found; a finding that is on record stays as it is."""
        with self._database.begin(writing=True) as session:
            for kind, found in ((MarkRow, findings.marks), (FiringRow, findings.firings)):
                for one in found:
                    key = (one.edition, one.number, one.session)
                    if session.get(kind, key) is None:
                        session.add(kind(**_columns(one), recorded_at=now))


def _columns(record: Any) -> dict[str, Any]:
    """Return a record's fields as its row keeps them: a decimal exactly as it is written."""
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in asdict(record).items()
    }


def _fields(row: Base) -> dict[str, Any]:
    found = {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name != "recorded_at"
    }
    for name in _DECIMALS & found.keys():
        found[name] = None if found[name] is None else Decimal(found[name])
    return found


_DECIMALS = frozenset({"trailing", "value"})
