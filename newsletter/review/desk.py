"""What editors do to editions; every act is one transition and one audit entry."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from newsletter.clock import Clock
from newsletter.errors import ReviewError
from newsletter.review.edition import Edition, EditionKey, Revision, State

OPERATOR = "operator"
"""Who acts where a command names nobody: the person at the machine."""

DECISIONS = frozenset({State.REJECTED, State.HELD, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log.

    Parameters
    ----------
    at : datetime.datetime
        Aware UTC instant.
    actor : str
        Editor, or ``"pipeline"``.
    action : str
        ``submitted``, ``approved``, ``rejected`` …
    subject : str
        Edition key, usually.
    detail : dict of str to str
        Hashes, reasons, revision numbers.
    """

    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)


class EditionBook(Protocol):
    """Where editions are kept; the store implements it."""

    def get(self, key: EditionKey) -> Edition:
        """Return an edition; NotFound where there is none."""
        ...

    def find(self, key: EditionKey) -> Edition | None:
        """Return an edition, or None."""
        ...

    def create(self, edition: Edition, entry: AuditEntry) -> Edition:
        """Add an edition; return the one that stands if another run was first."""
        ...

    def save(self, new: Edition, old: Edition, entry: AuditEntry) -> None:
        """Replace `old` by `new` if nothing changed in between, with its audit entry."""
        ...


class Editors(Protocol):
    """Who may act; the store implements it."""

    def is_active(self, name: str) -> bool:
        """Tell whether an editor exists and is not disabled."""
        ...


@dataclass(frozen=True)
class Desk:
    """The editors' acts.

    Parameters
    ----------
    book : EditionBook
        Editions.
    editors : Editors
        People.
    clock : Clock
        The time.
    four_eyes : bool
        Whether an editor may approve a revision of their own.
    """

    book: EditionBook
    editors: Editors
    clock: Clock
    four_eyes: bool

    def submit(self, key: EditionKey, revision: Revision, lifetime: dt.timedelta) -> Edition:
        """Put a finished revision before the editors.

        The same content submitted again changes nothing, so a repeated pipeline step is
        harmless; a stale edition is opened again with it. Other content becomes the next
        revision and voids any approval.

        Parameters
        ----------
        key : EditionKey
            The edition.
        revision : Revision
            Its content; `number` is set here.
        lifetime : datetime.timedelta
            How long the edition stays fresh.
        """
        now = self.clock.now()
        if self.book.find(key) is None:
            edition = Edition(key, State.IN_REVIEW, now, now + lifetime, revision)
            return self.book.create(edition, self._entry(edition, revision.author, "submitted"))
        current = self.refreshed(key)
        same = current.revision.content == revision.content
        if same and current.state is not State.EXPIRED:
            return current
        number = current.revision.number + (0 if same else 1)
        edition = replace(
            current.revise(current.revision if same else replace(revision, number=number)),
            expires_at=now + lifetime,
        )
        action = "reopened" if same else "revised"
        self.book.save(edition, current, self._entry(edition, revision.author, action))
        return edition

    def refreshed(self, key: EditionKey) -> Edition:
        """Return an edition, marked expired where its time has passed.

        An edition that has begun to go out is not stopped half-way by the clock.
        """
        current = self.book.get(key)
        waiting = current.state in {State.IN_REVIEW, State.APPROVED, State.HELD}
        if not waiting or self.clock.now() < current.expires_at:
            return current
        expired = current.to(State.EXPIRED, reason="not approved and sent in time")
        self.book.save(expired, current, self._entry(expired, "pipeline", "expired"))
        return expired

    def approve(self, key: EditionKey, editor: str) -> Edition:
        """Sign the latest revision.

        Raises
        ------
        ReviewError
            If the editor is unknown or the edition may not be approved.
        """
        self._require(editor)
        current = self.refreshed(key)
        edition = current.approve(editor, self.clock.now(), four_eyes=self.four_eyes)
        self.book.save(edition, current, self._entry(edition, editor, "approved"))
        return edition

    def decide(self, key: EditionKey, state: State, actor: str, reason: str) -> Edition:
        """Reject, hold or cancel an edition, with a reason.

        Raises
        ------
        ReviewError
            If the reason is empty, the step is not allowed or is none of these three, or
            the actor is neither the operator nor an active editor.
        """
        if state not in DECISIONS:
            raise ReviewError(f"{key} cannot be decided {state}; reject, hold or cancel it.")
        if actor != OPERATOR:
            self._require(actor)
        if not reason.strip():
            raise ReviewError(f"Say why {key} is to be {state}: give --reason with a sentence.")
        current = self.book.get(key)
        edition = current.to(state, reason=reason.strip())
        self.book.save(edition, current, self._entry(edition, actor, str(state)))
        return edition

    def mark(self, edition: Edition, state: State, actor: str) -> Edition:
        """Move an edition along its delivery (sending, sent)."""
        if edition.state is state:
            return edition
        moved = edition.to(state)
        self.book.save(moved, edition, self._entry(moved, actor, str(state)))
        return moved

    def _require(self, editor: str) -> None:
        if not self.editors.is_active(editor):
            raise ReviewError(
                f"{editor!r} is no active editor; see `newsletter editors list`, or add one with "
                "`newsletter editors add NAME EMAIL`."
            )

    def _entry(self, edition: Edition, actor: str, action: str) -> AuditEntry:
        detail = {
            "revision": str(edition.revision.number),
            "content": edition.revision.content,
            "state": str(edition.state),
        }
        if edition.reason:
            detail["reason"] = edition.reason
        return AuditEntry(self.clock.now(), actor, action, str(edition.key), detail)
