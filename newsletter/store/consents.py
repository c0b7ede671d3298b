"""Wishes, consents and preferences: what the public pages keep about readers."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.desk import AuditEntry
from newsletter.send.consent import (
    ANY_DAY,
    CONFIRM_WITHIN,
    COUNTING,
    COUNTING_ENDED,
    Preferences,
    Wish,
)
from newsletter.send.readers import COUNTRIES, Status
from newsletter.send.suppression import LIFTED_BY_CONSENT
from newsletter.store import audit
from newsletter.store.database import Database
from newsletter.store.hits import forget
from newsletter.store.left import LEFT, Gone, tell
from newsletter.store.models import DeliveryRow, SubscriberRow
from newsletter.store.models_public import ConsentRow, WishRow
from newsletter.store.reports import left
from newsletter.store.subscriptions import evidence, new_id, packed, unpacked
from newsletter.store.suppressions import SqlSuppressions

LEASE: Final = dt.timedelta(minutes=10)
_GETS_MAIL: Final = frozenset(map(str, (Status.ACTIVE, Status.PAUSED)))
_STILL: Final = _GETS_MAIL | {str(Status.PENDING)}
_WAITING, _MAILED, _DROPPED, _CONFIRMED = "waiting", "mailed", "dropped", "confirmed"


class SqlConsents:
    """What readers asked for, on a database.

    Parameters
    ----------
    database : Database
        Where.
    suppressions : SqlSuppressions, optional
        What a confirmed wish lifts.
    """

    def __init__(self, database: Database, suppressions: SqlSuppressions | None = None) -> None:
        self._database, self._suppressions = database, suppressions

    # -- wishes ------------------------------------------------------------------------------

    def ask(self, wish: Wish) -> None:
        """Keep a wish. Whoever it names, one row is written and none is read."""
        row = WishRow(
            id=wish.id, email=wish.email, name=wish.name, lists=" ".join(wish.lists),
            tickers=" ".join(wish.tickers), country=wish.country, wording=wish.wording,
            wording_hash=wish.wording_hash, page=wish.page, ip=wish.ip, asked_at=wish.asked_at,
            state=_WAITING, attempts=0, next_at=wish.asked_at, counting=wish.counting,
            counting_hash=wish.counting_hash,
        )  # fmt: skip
        with self._database.begin(writing=True) as session:
            session.add(row)

    def take(self, now: dt.datetime, limit: int) -> list[Wish]:
        """Take wishes whose confirming mail is due; nobody else does within `LEASE`."""
        return self._take(_WAITING, now, limit)

    def _take(self, state: str, now: dt.datetime, limit: int) -> list[Wish]:
        query = (
            sa.select(WishRow)
            .where(WishRow.state == state, WishRow.next_at <= now)
            .order_by(WishRow.next_at, WishRow.id)
            .limit(limit)
        )
        with self._database.begin() as session:
            if session.scalars(query).first() is None:
                return []  # most of the time: no writers' lock is taken for it
        with self._database.begin(writing=True) as session:
            rows = list(session.scalars(query))
            for row in rows:
                row.attempts, row.next_at = row.attempts + 1, now + LEASE
            return [_wish(row) for row in rows]

    def earlier(self, wish: Wish, since: dt.datetime) -> int:
        """Return how many wishes for the same mailbox came before one, after an instant."""
        query = (
            sa.select(sa.func.count())
            .select_from(WishRow)
            .where(
                sa.func.lower(WishRow.email) == wish.email.lower(),
                WishRow.id != wish.id,
                WishRow.asked_at > since,
                sa.or_(
                    WishRow.asked_at < wish.asked_at,
                    sa.and_(WishRow.asked_at == wish.asked_at, WishRow.id < wish.id),
                ),
            )
        )
        with self._database.begin() as session:
            return session.scalar(query) or 0

    def mailed(self, wish: Wish) -> None:
        """Note that the mail server took the confirming mail."""
        self._move(wish, _WAITING, state=_MAILED, next_at=None)

    def put_off(self, wish: Wish, next_at: dt.datetime) -> None:
        """Note that it did not, and when to try again."""
        self._move(wish, _WAITING, next_at=next_at)

    def drop(self, wish: Wish) -> None:
        """Note that there will be no mail."""
        self._move(wish, _WAITING, state=_DROPPED, next_at=None)

    def _move(self, wish: Wish, stands: str, **values: Any) -> bool:
        """Change a wish of a state about which a mail is still to go; tell if it was one."""
        mine = (WishRow.id == wish.id, WishRow.state == stands, WishRow.next_at.is_not(None))
        with self._database.begin(writing=True) as session:
            found: Any = session.execute(sa.update(WishRow).where(*mine).values(**values))
            return bool(found.rowcount)

    # -- welcome -----------------------------------------------------------------------------

    def take_welcomes(self, now: dt.datetime, limit: int) -> list[Wish]:
        """Take confirmed wishes whose mail of welcome is due; nobody else does within `LEASE`."""
        return self._take(_CONFIRMED, now, limit)

    def welcomed(self, wish: Wish) -> bool:
        """Note that a welcome is as good as sent; False where it was noted, or erased, before.

        It is written just before the server may have the whole mail: what is lost on the way
        after that is not sent again.
        """
        return self._move(wish, _CONFIRMED, next_at=None)

    def welcome_later(self, wish: Wish, next_at: dt.datetime, *, refused: bool = False) -> None:
        """Note when to try again; after `welcomed` only where the server has refused it."""
        if not refused:
            self._move(wish, _CONFIRMED, next_at=next_at)
            return
        with self._database.begin(writing=True) as session:
            mine = (WishRow.id == wish.id, WishRow.state == _CONFIRMED)
            session.execute(sa.update(WishRow).where(*mine).values(next_at=next_at))

    def wish(self, id: str, now: dt.datetime) -> Wish | None:
        """Return a wish whose link still works, confirmed already or not; else None."""
        with self._database.begin() as session:
            row = session.get(WishRow, id)
            found = _wish(row) if row is not None and row.state != _DROPPED else None
        return found if found is not None and found.holds(now) else None

    def confirm(self, id: str, entry: AuditEntry, *, welcome: bool = False) -> bool:
        """Make a wish's address a reader of its lists, with the proof of it, in one transaction.

        Parameters
        ----------
        id : str
            The wish.
        entry : AuditEntry
            What the audit log says; its instant is the confirmation's.
        welcome : bool
            Whether a mail of welcome is to follow where somebody is new to a list.

        Returns
        -------
        bool
            False where it was confirmed before; then nothing is changed or logged.
        """
        with self._database.begin(writing=True) as session:
            row = session.get(WishRow, id)
            if row is None or row.state in {_CONFIRMED, _DROPPED}:
                return False
            wish, new = _wish(row), False
            for name in wish.lists:
                owner, joined = _joined(session, wish, name, entry.at)
                new = new or joined
                if wish.counting:
                    _count(session, owner, wish, entry.at)
                session.add(_consent(owner.id, wish, f"the list {name}", entry.at))
                if wish.tickers:
                    session.add(_consent(owner.id, wish, "mail about watched tickers", entry.at))
                    owner.tickers = packed(wish.tickers)
            if self._suppressions is not None:
                self._suppressions.lift_in(session, wish.email, LIFTED_BY_CONSENT)
            row.state, row.attempts, row.ip = _CONFIRMED, 0, ""
            row.next_at = entry.at if welcome and new else None
            audit.append(session, entry)
        return True

    def sweep(self, now: dt.datetime, ip_kept: dt.timedelta) -> None:
        """Forget wishes past their time, and from where old consents came."""
        old = sa.and_(ConsentRow.ip != "", ConsentRow.confirmed_at < now - ip_kept)
        # Whoever confirmed in the last hour is still to be welcomed.
        welcomed = sa.or_(WishRow.state != _CONFIRMED, WishRow.next_at.is_(None))
        past = sa.and_(WishRow.asked_at < now - CONFIRM_WITHIN, welcomed)
        with self._database.begin(writing=True) as session:
            session.execute(sa.delete(WishRow).where(past))
            session.execute(sa.update(ConsentRow).where(old).values(ip=""))

    # -- what a reader wants -----------------------------------------------------------------

    def of(self, email: str) -> list[dict[str, Any]]:
        """Return every consent of an address, as plain data, oldest first."""
        query = (
            sa.select(ConsentRow, SubscriberRow.list)
            .join(SubscriberRow, SubscriberRow.id == ConsentRow.subscriber)
            .where(SubscriberRow.mailbox == email.casefold())
            .order_by(ConsentRow.id)
        )
        with self._database.begin() as session:
            return [_told(row, name) for row, name in session.execute(query)]

    def preferences(self, email: str) -> Preferences:
        """Return what an address wants; what was never said is everything."""
        query = _of(email).order_by(SubscriberRow.changed_at.desc(), SubscriberRow.id).limit(1)
        with self._database.begin() as session:
            row = session.scalar(query)
            if row is None:
                return Preferences()
            days = frozenset(int(day) - 1 for day in row.days) or ANY_DAY
            # Of several lists all: a tick that stands must not reach further than was agreed.
            agreed = [one.counted for one in session.scalars(_of(email)) if one.status in _STILL]
            counted = bool(agreed) and all(agreed)
            return Preferences(days, unpacked(row.tickers), row.paused_until, counted)

    def prefer(
        self,
        email: str,
        name: str,
        lists: Collection[str],
        wanted: Preferences,
        proof: Wish,
        entry: AuditEntry,
        edition: str = "",
    ) -> bool:
        """Write what a reader wants on the page that their own link opens.

        Parameters
        ----------
        email : str
            Of the reader whom the link names.
        name : str
            How they want to be addressed.
        lists : collection of str
            Lists they stay on or join; all others they leave.
        wanted : Preferences
            For all of them.
        proof : Wish
            Under which words a list is joined, and opens and clicks may be counted, on which
            page, from where. Without words for counting, a consent to it is taken back.
        entry : AuditEntry
            What the log says.
        edition : str
            The edition whose link was used, which counts who leaves; empty where none was.

        Returns
        -------
        bool
            False where there is no such reader any more.
        """
        same = _of(email)
        with self._database.begin(writing=True) as session:
            before = {row.list: row for row in session.scalars(same)}
            if not before:
                return False
            for gone in before.keys() - set(lists):
                if before[gone].status in _STILL:
                    before[gone].status, before[gone].changed_at = "unsubscribed", entry.at
                    before[gone].paused_until = None
                    tell(session, Gone(before[gone].email, gone, LEFT, entry.at))
                    if edition and _copied(session, edition, before[gone].id):
                        session.merge(left(edition, before[gone].id, entry.at))
            for joined in lists:
                if joined not in before or before[joined].status not in _GETS_MAIL:
                    owner, _ = _joined(session, proof, joined, entry.at)
                    session.add(_consent(owner.id, proof, f"the list {joined}", entry.at))
            session.flush()
            for row in session.scalars(same):
                row.name = name
                _prefer(row, wanted)
                if proof.counting and row.status in _STILL:
                    _count(session, row, proof, entry.at)
                elif row.counted:
                    _uncount(session, row, proof, entry.at)
            audit.append(session, entry)
        return True


def _of(email: str) -> sa.Select[SubscriberRow]:
    return sa.select(SubscriberRow).where(SubscriberRow.mailbox == email.casefold())


def _copied(session: Session, edition: str, subscriber: str) -> bool:
    return session.get(DeliveryRow, (edition, subscriber)) is not None


def _count(session: Session, row: SubscriberRow, wish: Wish, now: dt.datetime) -> None:
    """Let a reader's opens and clicks be counted, with the proof of the consent."""
    if not row.counted:
        row.counted = True
        session.add(_consent(row.id, wish, COUNTING, now, counting=True))


def _uncount(session: Session, row: SubscriberRow, wish: Wish, now: dt.datetime) -> None:
    """Let nothing more be counted of a reader; what was counted goes."""
    row.counted = False
    forget(session, [row.id])
    session.add(_consent(row.id, wish, COUNTING_ENDED, now))


def _joined(
    session: Session, wish: Wish, name: str, now: dt.datetime
) -> tuple[SubscriberRow, bool]:
    """Make an address an active reader of a list; return the subscription and if it is new.

    Who comes back agrees to be counted anew, or is not.
    """
    row = session.scalar(_of(wish.email).where(SubscriberRow.list == name))
    consent = evidence({
        "source": wish.page, "wording": wish.wording, "wording_sha256": wish.wording_hash,
        "country": wish.country, "at": now.isoformat(), "double_opt_in": "yes",
    })  # fmt: skip
    if row is None:
        row = SubscriberRow(
            id=new_id(), email=wish.email, name=wish.name, list=name, status="active",
            consent=consent, added_at=now, changed_at=now, source=wish.page,
            country=wish.country if wish.country in COUNTRIES else "",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row, True
    new = row.status not in _GETS_MAIL
    if new and row.counted:
        _uncount(session, row, wish, now)
    if row.status != "active":
        row.status, row.changed_at, row.consent = "active", now, consent
        row.paused_until = None
    return row, new


def _consent(
    owner: str, wish: Wish, purpose: str, now: dt.datetime, *, counting: bool = False
) -> ConsentRow:
    version, digest = wish.wording, wish.wording_hash
    if counting:
        version, digest = wish.counting, wish.counting_hash
    return ConsentRow(
        subscriber=owner, purpose=purpose[:80], wording=version, wording_hash=digest,
        page=wish.page, ip=wish.ip, country=wish.country,
        asked_at=wish.asked_at, confirmed_at=now,
    )  # fmt: skip


def _prefer(row: SubscriberRow, wanted: Preferences) -> None:
    """Write what a reader wants into their row; a pause rests an active subscription."""
    row.days = "".join(str(day + 1) for day in sorted(wanted.days))
    row.tickers = packed(wanted.tickers)
    if row.status in _GETS_MAIL:
        row.paused_until = wanted.paused_until
        row.status = str(Status.PAUSED if wanted.paused_until else Status.ACTIVE)


def _wish(row: WishRow) -> Wish:
    return Wish(
        row.id, row.email, row.name, tuple(row.lists.split()), tuple(row.tickers.split()),
        row.country, row.wording, row.wording_hash, row.page, row.ip, row.asked_at, row.attempts,
        row.counting, row.counting_hash,
    )  # fmt: skip


def _told(row: ConsentRow, name: str) -> dict[str, Any]:
    return {
        "list": name, "purpose": row.purpose, "wording": row.wording,
        "wording_sha256": row.wording_hash, "page": row.page, "ip": row.ip,
        "country": row.country, "asked_at": row.asked_at.isoformat(),
        "confirmed_at": row.confirmed_at.isoformat(),
    }  # fmt: skip
