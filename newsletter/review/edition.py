"""Edition: its key, its states, and the approval that binds exactly those bytes."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter import kinds
from newsletter.clock import Session
from newsletter.errors import ReviewError, SendRefused
from newsletter.preflight.report import Finding
from newsletter.review.override import Override, digest

_KEY = re.compile(r"^(\d{4}-\d{2}-\d{2})\.([A-Z]{4})\.([a-z][a-z0-9_]*)$")


class State(StrEnum):
    """Where an edition stands."""

    DRAFTED = "drafted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    HELD = "held"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


ALLOWED: dict[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.IN_REVIEW, State.CANCELLED}),
    State.IN_REVIEW: frozenset(
        {State.APPROVED, State.REJECTED, State.HELD, State.EXPIRED, State.CANCELLED}
    ),
    State.APPROVED: frozenset(
        {State.SENDING, State.IN_REVIEW, State.HELD, State.EXPIRED, State.CANCELLED}
    ),
    State.HELD: frozenset({State.IN_REVIEW, State.REJECTED, State.EXPIRED, State.CANCELLED}),
    State.SENDING: frozenset({State.SENT, State.CANCELLED}),
    State.SENT: frozenset(),
    State.REJECTED: frozenset({State.IN_REVIEW}),
    State.EXPIRED: frozenset({State.IN_REVIEW}),
    State.CANCELLED: frozenset(),
}
"""Every allowed step. Back to review means a new revision, or that an edition held back is
released: both take an approval anew."""

KEEPS_APPROVAL = frozenset({State.SENDING, State.SENT, State.CANCELLED})
"""States into which an approval is carried; everywhere else it would have to be given anew."""


@dataclass(frozen=True, slots=True)
class EditionKey:
    """``2026-07-02.XNYS.evening``: one edition of one session, for ever.

    Parameters
    ----------
    session : Session
        The trading day.
    kind : str
        A key of ``editions`` in config.yaml.
    """

    session: Session
    kind: str

    def __str__(self) -> str:
        """Return the printed key."""
        return f"{self.session}.{self.kind}"

    @property
    def corrects(self) -> "EditionKey | None":
        """The edition that this one corrects; None where it is no correction."""
        kind = kinds.corrected(self.kind)
        return EditionKey(self.session, kind) if kind else None

    def correction(self, number: int) -> "EditionKey":
        """Return the key of this edition's correction of some number, from 1."""
        return EditionKey(self.session, kinds.correction(self.kind, number))

    @classmethod
    def parse(cls, text: str) -> "EditionKey":
        """Read a printed key.

        Raises
        ------
        ReviewError
            If it is none.
        """
        match = _KEY.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            return cls(Session(dt.date.fromisoformat(match[1]), match[2]), match[3])
        except ValueError as error:
            raise ReviewError(
                f"{text!r} is no edition key; one looks like 2026-07-02.XNYS.evening "
                "(see `newsletter editions list`)."
            ) from error


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an edition's content; never changed, only followed by another.

    Parameters
    ----------
    number : int
        From 1.
    author : str
        The writer or editor who made it.
    made_at : datetime.datetime
        Aware UTC instant.
    snapshot, ledger, draft, rendered, report : str
        Names of the artefacts in the store.
    content : str
        `content_hash` of the mail and the ledger.
    blocked : bool
        Whether preflight blocks it.
    """

    number: int
    author: str
    made_at: dt.datetime
    snapshot: str
    ledger: str
    draft: str
    rendered: str
    report: str
    content: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """An editor's signature under one content hash.

    Parameters
    ----------
    editor : str
        Who.
    at : datetime.datetime
        Aware UTC instant.
    content : str
        The `content_hash` that was approved. One changed byte voids it.
    overrides : str
        `newsletter.review.override.digest` of what had been overridden; empty for nothing.
    """

    editor: str
    at: dt.datetime
    content: str
    overrides: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition as it stands.

    Parameters
    ----------
    key : EditionKey
        Its name.
    state : State
        Where it stands.
    created_at, expires_at : datetime.datetime
        Aware UTC; after `expires_at` it is stale and is never sent.
    revision : Revision
        The latest content.
    approval : Approval or None
        Present from approval on.
    reason : str
        Why it was rejected, held or cancelled.
    overrides : tuple of Override
        Findings of this revision that somebody answers for, first given first.
    """

    key: EditionKey
    state: State
    created_at: dt.datetime
    expires_at: dt.datetime
    revision: Revision
    approval: Approval | None = None
    reason: str = ""
    overrides: tuple[Override, ...] = ()

    def to(self, state: State, *, reason: str = "") -> "Edition":
        """Return the edition in another state.

        Raises
        ------
        ReviewError
            If the step is not allowed from here, or is an approval: that takes a person.

        Notes
        -----
        An edition that is held back, rejected, expired or reviewed again loses its
        approval; on its way out, and when cancelled on the way, it keeps it.
        """
        if state is State.APPROVED and state in ALLOWED[self.state]:
            raise ReviewError(
                f"{self.key} becomes approved only by an editor's signature; give "
                f"`newsletter approve {self.key} --as EDITOR`."
            )
        if state not in ALLOWED[self.state]:
            allowed = ", ".join(sorted(ALLOWED[self.state]))
            rest = f"from here it can become {allowed}" if allowed else "that is for good"
            raise ReviewError(f"{self.key} is {self.state} and cannot become {state}; {rest}.")
        approval = self.approval if state in KEEPS_APPROVAL else None
        return replace(self, state=state, approval=approval, reason=reason)

    def approve(
        self,
        editor: str,
        now: dt.datetime,
        *,
        four_eyes: bool,
        outstanding: tuple[Finding, ...] | None = None,
    ) -> "Edition":
        """Return the edition approved by an editor.

        Parameters
        ----------
        editor : str
            Who signs.
        now : datetime.datetime
            Aware instant of the signature.
        four_eyes : bool
            Refuse an editor's signature under a revision of their own.
        outstanding : tuple of Finding, optional
            What blocks a blocked revision and nobody has overridden; unknown where it is
            not given, and then a blocked revision stays blocked.

        Raises
        ------
        ReviewError
            If preflight blocks the revision, it is stale, not in review, or the
            editor's own under four eyes.
        """
        self._require_in_review("approved", now)
        if self.revision.blocked and (outstanding or not self.overrides or outstanding is None):
            raise ReviewError(self._blocked(outstanding or ()))
        if four_eyes and editor == self.revision.author:
            raise ReviewError(
                f"{editor} made revision {self.revision.number} of {self.key}; with four eyes on, "
                "another editor must approve it."
            )
        approval = Approval(editor, now, self.revision.content, digest(self.overrides))
        return replace(self, state=State.APPROVED, approval=approval, reason="")

    def overridden(self, override: Override, now: dt.datetime) -> "Edition":
        """Return the edition with one more finding that somebody answers for.

        Raises
        ------
        ReviewError
            If it is not in review, is stale, or somebody has overridden the finding before.
        """
        self._require_in_review("overridden", now)
        for other in self.overrides:
            if other.finding == override.finding:
                raise ReviewError(
                    f"{other.editor} has already overridden finding {other.finding} of {self.key}."
                )
        return replace(self, overrides=(*self.overrides, override))

    def _require_in_review(self, verb: str, now: dt.datetime) -> None:
        if self.state is State.EXPIRED or now >= self.expires_at:
            raise ReviewError(self._stale(verb))
        if self.state is not State.IN_REVIEW:
            raise ReviewError(f"{self.key} is {self.state}; only an edition in review is {verb}.")

    def _blocked(self, outstanding: tuple[Finding, ...]) -> str:
        start = f"{self.key} revision {self.revision.number} is blocked by preflight"
        if not outstanding:
            return f"{start}; see `newsletter editions show {self.key}` and revise it."
        first, more = outstanding[0], len(outstanding) - 1
        others = f" (and by {more} more)" if more else ""
        return (
            f"{start}: {first.rule} {first.message.rstrip('.')}{others}; revise it, or have it "
            f"overridden with `newsletter override {self.key} {first.key} --as EDITOR --reason "
            "TEXT`."
        )

    def revise(self, revision: Revision) -> "Edition":
        """Return the edition with new content, in review again; any approval is void.

        Raises
        ------
        ReviewError
            If the edition has gone out or was cancelled.
        """
        if self.state in {State.SENDING, State.SENT, State.CANCELLED}:
            raise ReviewError(
                f"{self.key} is {self.state}; it can no longer be changed. "
                f"Correct it with `newsletter correct {self.key}` where copies of it went out."
            )
        kept = self.overrides if revision == self.revision else ()
        return replace(
            self,
            state=State.IN_REVIEW,
            revision=revision,
            approval=None,
            reason="",
            overrides=kept,
        )

    def require_sendable(self, content: str, now: dt.datetime) -> Approval:
        """Return the approval under which the edition may be sent.

        Parameters
        ----------
        content : str
            `content_hash` recomputed from the bytes about to be sent.
        now : datetime.datetime
            Aware instant.

        Raises
        ------
        SendRefused
            If it is not approved, its bytes or what was overridden differ from what was
            approved, or it is stale.
        """
        if self.state is State.EXPIRED or (now >= self.expires_at and self.state is State.APPROVED):
            raise SendRefused(self._stale("sent"))
        if self.state is State.CANCELLED:
            raise SendRefused(f"{self.key} was cancelled; nothing more of it is sent.")
        if self.approval is None or self.state not in {State.APPROVED, State.SENDING}:
            mend = f" Approve it with `newsletter approve {self.key} --as EDITOR`."
            raise SendRefused(
                f"{self.key} is {self.state}, not approved; nothing is sent."
                + (mend if self.state is State.IN_REVIEW else "")
            )
        if content != self.approval.content or content != self.revision.content:
            raise SendRefused(
                f"{self.key} was changed after {self.approval.editor} approved it; nothing is "
                "sent. It must be reviewed again."
            )
        if digest(self.overrides) != self.approval.overrides:
            raise SendRefused(
                f"What was overridden in {self.key} is not what {self.approval.editor} approved "
                "it with; nothing is sent. It must be reviewed again."
            )
        return self.approval

    def _stale(self, verb: str) -> str:
        return (
            f"{self.key} expired at {self.expires_at:%Y-%m-%d %H:%M} UTC; a stale briefing is not "
            f"{verb}. Run the session again to put it before the editors afresh."
        )


def content_hash(rendered_sha256: str, ledger_sha256: str) -> str:
    """Return the hash an approval binds: over the mail and over the facts behind it."""
    return hashlib.sha256(f"{rendered_sha256}\n{ledger_sha256}".encode()).hexdigest()
