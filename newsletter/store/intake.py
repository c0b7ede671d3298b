"""Readers of another service, judged and written in batches."""

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.send.consent import COUNTING
from newsletter.send.importing import Outcome
from newsletter.send.readers import ENDED, Status
from newsletter.send.services import Candidate
from newsletter.store.database import Database
from newsletter.store.left import LEFT, Gone, tell
from newsletter.store.models import SubscriberRow
from newsletter.store.models_public import ConsentRow
from newsletter.store.subscriptions import columns, evidence, new_id

_GETS_MAIL = frozenset({Status.ACTIVE, Status.PENDING, Status.PAUSED})
_CHUNK = 1000
_INSERT = sa.insert(cast("sa.Table", SubscriberRow.__table__))
"""Past the object mapper, which would double the time."""
_AGREED = sa.insert(cast("sa.Table", ConsentRow.__table__))
_NEW = {
    Status.ACTIVE: Outcome.ADDED, Status.PAUSED: Outcome.ADDED, Status.PENDING: Outcome.PENDING,
}  # fmt: skip


class SqlIntake:
    """The intake of `newsletter.send.importing` on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self,
        batch: Sequence[Candidate],
        list_name: str,
        now: dt.datetime,
        suppressed: Collection[str],
        *,
        dry: bool = False,
    ) -> list[Outcome]:
        """Take a batch in, all or none, and return what became of each; dry, change nothing.

        Whoever is known stays as they are, but for one case: who gets mail here and has
        ended it there since they came here, gets none here either.
        """
        outcomes, fresh, ending = [], [], []
        with self._database.begin(writing=not dry) as session:
            known = _known(session, batch, list_name)
            for one in batch:
                found = known.get(one.email.casefold())
                outcome = _judged(one, found, out=one.email in suppressed)
                outcomes.append(outcome)
                if outcome is Outcome.STOPPED and found is not None:
                    ending.append({**_end(one, now), "id": found.id})
                    if not dry:
                        tell(session, Gone(one.email, list_name, LEFT, now))
                elif outcome in {Outcome.ADDED, Outcome.PENDING, Outcome.ENDED}:
                    fresh.append(_values(one, list_name, now))
            if not dry:
                for start in range(0, len(fresh), _CHUNK):
                    session.execute(_INSERT, fresh[start : start + _CHUNK])
                    agreed = [_agreed(one, now) for one in fresh[start : start + _CHUNK]
                              if one["counted"]]  # fmt: skip
                    if agreed:
                        session.execute(_AGREED, agreed)
                if ending:
                    session.execute(sa.update(SubscriberRow), ending)
        return outcomes


def _known(session: Session, batch: Sequence[Candidate], list_name: str) -> dict[str, Any]:
    row = SubscriberRow
    found: dict[str, Any] = {}
    mailboxes = [one.email.casefold() for one in batch]
    for start in range(0, len(mailboxes), _CHUNK):
        query = sa.select(row.id, row.mailbox, row.status, row.added_at).where(
            row.mailbox.in_(mailboxes[start : start + _CHUNK]), row.list == list_name
        )
        for one in session.execute(query):
            # Of two spellings of one mailbox the one that ended speaks for both.
            before = found.get(one.mailbox)
            if before is None or before.status in _GETS_MAIL:
                found[one.mailbox] = one
    return found


def _judged(one: Candidate, found: Any, *, out: bool) -> Outcome:
    if found is not None:
        since = one.ended is None or one.ended >= found.added_at
        ends = one.status in ENDED and since and found.status in _GETS_MAIL
        return Outcome.STOPPED if ends else Outcome.KNOWN
    if one.status in ENDED:
        return Outcome.ENDED
    return Outcome.SUPPRESSED if out else _NEW[one.status]


def _end(one: Candidate, now: dt.datetime) -> dict[str, Any]:
    ended = min(one.ended or now, now)
    return {"status": str(one.status), "changed_at": ended, "paused_until": None}


def _values(one: Candidate, list_name: str, now: dt.datetime) -> dict[str, Any]:
    joined = min(one.joined or now, now)
    return {
        "id": new_id(),
        "email": one.email,
        "mailbox": one.email.casefold(),
        "name": one.name,
        "list": list_name,
        "status": str(one.status),
        "consent": evidence(one.evidence),
        "added_at": joined,
        "changed_at": min(one.ended or joined, now),
        "paused_until": None,
        "counted": one.counted and one.status in _GETS_MAIL,
        **columns(one.profile),
    }


def _agreed(row: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the proof of a consent to be counted: what the file said."""
    digest = hashlib.sha256(row["consent"].encode()).hexdigest()
    return {
        "subscriber": row["id"], "purpose": COUNTING, "wording": "imported",
        "wording_hash": digest, "page": "import", "ip": "", "country": row["country"] or "XX",
        "asked_at": row["added_at"], "confirmed_at": now,
    }  # fmt: skip
