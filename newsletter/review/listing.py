"""What is looked for in the archive and in the audit log, and how a list shows it."""

import datetime as dt
from dataclasses import dataclass

from newsletter.review.desk import AuditEntry
from newsletter.review.edition import EditionKey, State


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition as a list shows it; nothing but rows of the tables is read for it.

    Parameters
    ----------
    key : EditionKey
        The edition.
    state : State
        Where it stood when that was last written; `Desk.state_at` tells where it stands.
    subject : str
        Of its latest revision's mail.
    revision : int
        That revision's number.
    author : str
        Who wrote it.
    made_at : datetime.datetime
        When.
    approved_by : str
        Whose signature it bears; empty for none.
    expires_at : datetime.datetime
        When it is stale.
    """

    key: EditionKey
    state: State
    subject: str
    revision: int
    author: str
    made_at: dt.datetime
    approved_by: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the archive; what is empty does not narrow it.

    Parameters
    ----------
    text : str
        Stands in the subject or the key, whatever its case.
    state, kind : str
        As in `State`; the key's last part.
    since, until : datetime.date or None
        Sessions, both included.
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry with its place in the chain.

    Parameters
    ----------
    seq : int
        Its number, from 1.
    entry : AuditEntry
        What it says.
    hash : str
        Its own, which covers the one before.
    """

    seq: int
    entry: AuditEntry
    hash: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in the log; what is empty does not narrow it.

    Parameters
    ----------
    actor, action : str
        Exactly.
    subject : str
        Its beginning.
    since, until : datetime.datetime or None
        Aware instants, the first included.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
