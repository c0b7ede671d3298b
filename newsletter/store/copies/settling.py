"""What is done to a database that was restored, before anybody works in it.

Between the backup and now mails may have gone out of which it knows nothing. So nothing goes out
of it by itself: what could is held or paused until a person has looked.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import OPERATOR, AuditEntry
from newsletter.review.due import OPEN, Turn
from newsletter.review.edition import State
from newsletter.review.events import Course
from newsletter.review.notice import Fate
from newsletter.review.pause import MACHINE
from newsletter.store import audit
from newsletter.store.copies.leaving import Departed, Replayed, replay
from newsletter.store.models import EditionRow, ExecutorRow, RevisionRow
from newsletter.store.models_alerts import AlertLetterRow
from newsletter.store.models_desk import (
    ApproveLinkRow,
    InvitationRow,
    NoticeRow,
    PauseRow,
    PlanRow,
    PresenceRow,
    VisitRow,
    WebhookLogRow,
)
from newsletter.store.models_public import WishRow
from newsletter.store.models_schedule import DueRow, LookRow

RESTORED: Final = "restored"
"""What the audit log calls a restoration; its detail names the backup's instant."""
WORKSPACE: Final = "workspace"
UNTOLD: Final = "not told: the database was restored from a backup, and it may have been told since"
_HELD: Final = (str(State.IN_REVIEW), str(State.APPROVED))
_UNFINISHED: Final = ("PENDING", "ENQUEUED", "DELAYED")


@dataclass(frozen=True, slots=True)
class Settled:
    """What was held back.

    Parameters
    ----------
    held : tuple of str
        Editions that take a release and an approval anew.
    paused : tuple of str
        Editions on their way out that take a resumption.
    plans, runs, untold, visits, due : int
        Plans taken away, runs of the engine cancelled, tellings given up, sessions ended,
        editions that were due and are not begun by themselves.
    left : newsletter.store.copies.leaving.Replayed
        Readers who left after the backup, and have left again.
    """

    held: tuple[str, ...]
    paused: tuple[str, ...]
    plans: int
    runs: int
    untold: int
    visits: int
    due: int
    left: Replayed


def settle(
    connection: sa.Connection,
    now: dt.datetime,
    taken_at: dt.datetime,
    engine: Callable[[str], str],
    departed: Departed,
) -> Settled:
    """Hold whatever could go out, within the transaction that puts a database back.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a writing transaction on a database at the newest schema.
    now, taken_at : datetime.datetime
        This instant and the backup's, aware.
    engine : callable
        A table of the durable engine to its name here.
    departed : newsletter.store.copies.leaving.Departed
        Who has left, by the journals.
    """
    reason = (
        f"restored from a backup of {taken_at:%Y-%m-%d %H:%M} UTC; readers may have been sent to "
        "since: look at your mail server's log, then"
    )
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        untold = _give_up(session)
        plans = _unplan(session, now)
        held = tuple(_hold(session, row, f"{reason} release it or cancel it.", now)
                     for row in _editions(session, _HELD))  # fmt: skip
        paused = tuple(_pause(session, row, f"{reason} resume it or cancel it.", now)
                       for row in _editions(session, (str(State.SENDING),)))  # fmt: skip
        visits, due = _shut(session), _skip(session, now, taken_at)
        left = replay(session, departed, taken_at)
        runs = _cancel(connection, engine("workflow_status"))
        told = {
            "backup_at": taken_at.isoformat(), "held": str(len(held)), "paused": str(len(paused)),
            "plans": str(plans), "runs": str(runs), "untold": str(untold),
            "due": str(due), "ended": str(left.ended), "suppressed": str(left.suppressed),
            "erased": str(left.erased),
        }  # fmt: skip
        audit.append(session, AuditEntry(now, OPERATOR, RESTORED, WORKSPACE, told))
        session.commit()
    return Settled(held, paused, plans, runs, untold, visits, due, left)


def _editions(session: Session, states: tuple[str, ...]) -> list[EditionRow]:
    query = sa.select(EditionRow).where(EditionRow.state.in_(states)).order_by(EditionRow.key)
    return list(session.scalars(query))


def _hold(session: Session, row: EditionRow, reason: str, now: dt.datetime) -> str:
    row.state, row.reason = str(State.HELD), reason
    row.approved_by = row.approved_at = row.approved_content = row.approved_overrides = None
    audit.append(session, _entry(session, row, "held", reason, now))
    return row.key


def _pause(session: Session, row: EditionRow, reason: str, now: dt.datetime) -> str:
    standing = session.get(PauseRow, row.key)
    if standing is not None:  # who resumes it must read the newer reason
        session.delete(standing)
        session.flush()
    session.add(PauseRow(edition=row.key, by=MACHINE, at=now, reason=reason))
    audit.append(session, _entry(session, row, "paused", reason, now))
    return row.key


def _entry(
    session: Session, row: EditionRow, action: str, reason: str, now: dt.datetime
) -> AuditEntry:
    revision = session.get_one(RevisionRow, (row.key, row.revision))
    detail = {
        "revision": str(row.revision), "content": revision.content, "state": row.state,
        "reason": reason,
    }  # fmt: skip
    return AuditEntry(now, MACHINE, action, row.key, detail)


def _unplan(session: Session, now: dt.datetime) -> int:
    rows = list(session.scalars(sa.select(PlanRow).order_by(PlanRow.edition)))
    for row in rows:
        detail = {"content": row.content, "send_at": row.send_at.isoformat(), "by": row.by}
        audit.append(session, AuditEntry(now, MACHINE, "unplanned", row.edition, detail))
        session.delete(row)
    session.flush()
    return len(rows)


def _give_up(session: Session) -> int:
    """Tell nobody what they may have been told already."""
    hooks, notices, wishes = WebhookLogRow.state, NoticeRow.state, WishRow.next_at
    alerts = AlertLetterRow.state
    changes = (
        sa.update(WebhookLogRow)
        .where(hooks == str(Course.WAITING))
        .values(state=str(Course.GIVEN_UP), reply=UNTOLD, next_at=None),
        sa.update(NoticeRow)
        .where(notices == str(Fate.WAITING))
        .values(state=str(Fate.DROPPED), reply=UNTOLD, next_at=None),
        sa.update(AlertLetterRow)
        .where(alerts == str(Fate.WAITING))
        .values(state=str(Fate.DROPPED), reply=UNTOLD, next_at=None),
        # The link of a confirming mail that has gone out since still counts.
        sa.update(WishRow)
        .where(wishes.is_not(None), WishRow.state == "waiting")
        .values(state="mailed", next_at=None),
        sa.update(WishRow).where(wishes.is_not(None)).values(next_at=None),
    )
    return sum(_count(session.execute(change)) for change in changes)


def _skip(session: Session, now: dt.datetime, taken_at: dt.datetime) -> int:
    """Begin nothing that was due before now: it may have been made and sent since the backup.

    What was due after the backup is not known here; the schedule is looked at from now on.
    """
    reason = f"The database was restored from a backup of {taken_at:%Y-%m-%d %H:%M} UTC."
    changed = session.execute(
        sa.update(DueRow)
        .where(DueRow.due_at <= now, DueRow.turn.in_([str(turn) for turn in OPEN]))
        .values(turn=str(Turn.SKIPPED), reason=reason, at=now, next_at=None)
    )
    session.execute(sa.update(LookRow).values(first_at=now, last_at=now))
    return _count(changed)


def _shut(session: Session) -> int:
    """Close the desk's doors: who was locked out since must not come in again."""
    visits = _count(session.execute(sa.delete(VisitRow)))
    for table in (InvitationRow, ApproveLinkRow, PresenceRow, ExecutorRow):
        session.execute(sa.delete(table))
    return visits


def _cancel(connection: sa.Connection, table: str) -> int:
    """Cancel what the engine had not finished; it is begun anew by whoever asks for it."""
    schema, _, name = table.rpartition(".")
    if not sa.inspect(connection).has_table(name, schema=schema or None):
        return 0
    given = ", ".join(f"'{state}'" for state in _UNFINISHED)
    return _count(
        connection.exec_driver_sql(
            f"update {table} set status = 'CANCELLED', queue_name = null, "  # noqa: S608
            f"deduplication_id = null, started_at_epoch_ms = null where status in ({given})"
        )
    )


def _count(result: object) -> int:
    found = getattr(result, "rowcount", 0)
    return found if isinstance(found, int) else 0
