"""What editors do to editions; every act is one transition and one audit entry."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from newsletter.clock import Clock
from newsletter.errors import NotFound, ReviewError
from newsletter.preflight.report import Finding, Report
from newsletter.review import override
from newsletter.review.books import EditionBook, Editors
from newsletter.review.edition import Edition, EditionKey, Revision, State
from newsletter.review.override import Override
from newsletter.review.roles import MAY, Act, Role, allowed, with_article

OPERATOR = "operator"
"""Who acts where a command names nobody: the person at the machine."""

DECISIONS = frozenset({State.REJECTED, State.HELD, State.CANCELLED})
LATE = "not approved and sent in time"
"""Why the clock expires an edition, or holds it."""


class Revised(ReviewError):
    """Somebody decides about a content that is no longer the latest."""


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
        Whether an editor may not approve a revision of their own.
    reports : callable, optional
        Hash to kept report. Without it no finding can be told, hence none overridden.
    late : State
        What becomes of an edition whose time has passed: EXPIRED, or HELD for a person.
    """

    book: EditionBook
    editors: Editors
    clock: Clock
    four_eyes: bool
    reports: Callable[[str], Report] | None = None
    late: State = State.EXPIRED

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

    def seen(self, key: EditionKey) -> Edition:
        """Return an edition as it is at this moment, and write nothing.

        One whose time has passed is shown as what it has become, although `refreshed` has yet
        to write that down: whoever only looks changes nothing. An edition that has begun to
        go out is not stopped half-way by the clock.
        """
        return self._as_it_is(self.book.get(key))

    def refreshed(self, key: EditionKey) -> Edition:
        """Return an edition, marked in the book as expired or held where its time has passed."""
        current = self.book.get(key)
        late = self._as_it_is(current)
        if late is not current:
            self.book.save(late, current, self._entry(late, "pipeline", str(self.late)))
        return late

    def state_at(self, kept: State, expires_at: dt.datetime) -> State:
        """Return the state an edition is in now, by the one it was kept in and its end."""
        waiting = kept in {State.IN_REVIEW, State.APPROVED, State.HELD}
        return self.late if waiting and self.clock.now() >= expires_at else kept

    def _as_it_is(self, kept: Edition) -> Edition:
        state = self.state_at(kept.state, kept.expires_at)
        return kept if state is kept.state else kept.to(state, reason=LATE)

    def approve(self, key: EditionKey, editor: str, content: str = "") -> Edition:
        """Sign the latest revision.

        Parameters
        ----------
        key : EditionKey
            The edition.
        editor : str
            Who signs.
        content : str
            The hash of what they looked at; without it whatever is the latest.

        Raises
        ------
        Revised
            If the latest revision is another than they looked at.
        ReviewError
            If the editor is unknown, not appointed to it, or the edition may not be approved.
        """
        self.require(editor, Act.APPROVE)
        current = self.refreshed(key)
        require_same(current, content)
        edition = current.approve(
            editor,
            self.clock.now(),
            four_eyes=self.four_eyes,
            outstanding=self.outstanding(current),
        )
        more = {}
        if edition.approval and edition.approval.overrides:
            named = (f"{one.rule} {one.finding} by {one.editor}" for one in edition.overrides)
            more = {"overrides": "; ".join(named), "overrides_hash": edition.approval.overrides}
        self.book.save(edition, current, self._entry(edition, editor, "approved", more))
        return edition

    def outstanding(self, edition: Edition) -> tuple[Finding, ...] | None:
        """Return what blocks an edition and nobody has overridden; None where unknown."""
        if not edition.revision.blocked:
            return ()
        report = self.reports(edition.revision.report) if self.reports else None
        if report is None or not report.blocked:
            return None
        return override.outstanding(report, edition.overrides)

    def blocked(self, edition: Edition) -> bool:
        """Tell whether preflight keeps an edition from being approved."""
        return self.outstanding(edition) != ()

    def override(
        self, key: EditionKey, finding: str, editor: str, reason: str, content: str = ""
    ) -> Edition:
        """Answer for a blocking finding of the latest revision.

        Parameters
        ----------
        key : EditionKey
            The edition.
        finding : str
            `newsletter.preflight.report.Finding.key`.
        editor : str
            Who answers for it.
        reason : str
            Why it does not hold, at least ten characters.
        content : str
            The hash of what they looked at; without it whatever is the latest.

        Raises
        ------
        Revised
            If the latest revision is another than they looked at.
        ReviewError
            If the editor is not appointed to it or has written any of the edition's
            revisions, the reason is too short, or the finding is one that always stands.
        NotFound
            If the latest revision has no such blocking finding.
        """
        role = self.require(editor, Act.OVERRIDE)
        reason = override.reason_of(reason)
        current = self.refreshed(key)
        require_same(current, content)
        if any(revision.author == editor for revision in self.book.revisions(key)):
            raise ReviewError(
                f"{editor} has written a revision of {key}; nobody overrides a finding in text "
                "of their own."
            )
        found = self._overridable(current, finding)
        now, revision = self.clock.now(), current.revision
        given = Override(
            finding, found.rule, found.words, reason, editor, str(role), revision.report, now
        )
        edition = current.overridden(given, now)
        detail = {
            "rule": found.rule,
            "finding": finding,
            "words": found.words,
            "reason": reason,
            "role": str(role),
            "report": revision.report,
        }
        self.book.save(edition, current, self._entry(edition, editor, "overridden", detail))
        return edition

    def release(self, key: EditionKey, actor: str, lifetime: dt.timedelta) -> Edition:
        """Put an edition that was held back into review, as it is; it takes an approval anew.

        Parameters
        ----------
        key : EditionKey
            The edition.
        actor : str
            Who releases it.
        lifetime : datetime.timedelta
            How much longer one stays fresh that was held because its time had passed.

        Raises
        ------
        ReviewError
            If it is not held, or the actor is neither the operator nor appointed to it.
        """
        if actor != OPERATOR:
            self.require(actor, Act.DECIDE)
        current, now = self.refreshed(key), self.clock.now()
        if current.state is not State.HELD:
            raise ReviewError(f"{key} is {current.state}; only an edition on hold is released.")
        edition = current.to(State.IN_REVIEW)
        if now >= current.expires_at:
            edition = replace(edition, expires_at=now + lifetime)
        more = {"why_held": current.reason, "until": edition.expires_at.isoformat()}
        self.book.save(edition, current, self._entry(edition, actor, "released", more))
        return edition

    def _overridable(self, edition: Edition, key: str) -> Finding:
        report = self.reports(edition.revision.report) if self.reports else Report()
        same = override.blocking(report).get(key)
        if same is not None and report.sha256 != edition.revision.report:
            raise ReviewError(
                f"The report of {edition.key} was altered, or made by an earlier version; put the "
                "draft through preflight again with `newsletter editions revise`."
            )
        if same is None:
            raise NotFound(
                f"Revision {edition.revision.number} of {edition.key} has no blocking finding "
                f"{key!r}; `newsletter editions show {edition.key}` lists those there are."
            )
        why = next(filter(None, (override.forbidden(one, report) for one in same)), "")
        if why:
            raise ReviewError(
                f"Finding {key} ({same[0].rule}) cannot be overridden: {why}. Revise the text."
            )
        return same[0]

    def decide(
        self, key: EditionKey, state: State, actor: str, reason: str, content: str = ""
    ) -> Edition:
        """Reject, hold or cancel an edition, with a reason; cancelled, it stops going out.

        Parameters
        ----------
        key : EditionKey
            The edition.
        state : State
            What becomes of it.
        actor : str
            Who decides.
        reason : str
            One sentence.
        content : str
            The hash of what they looked at; without it whatever is the latest.

        Raises
        ------
        Revised
            If the latest revision is another than they looked at.
        ReviewError
            If the reason is empty, the step is not allowed or is none of these three, or
            the actor is neither the operator nor an active editor appointed to it.
        """
        if state not in DECISIONS:
            raise ReviewError(f"{key} cannot be decided {state}; reject, hold or cancel it.")
        if actor != OPERATOR:
            self.require(actor, Act.DECIDE)
        if not reason.strip():
            raise ReviewError(f"Say why {key} is to be {state}: give --reason with a sentence.")
        current = self.book.get(key)
        if current.state is State.SENDING and actor != OPERATOR:
            self.require(actor, Act.SEND)
        require_same(current, content)
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

    def require(self, editor: str, act: Act) -> Role:
        """Return the role by which an editor may do something.

        Raises
        ------
        ReviewError
            If there is no such active editor, or their role does not allow it.
        """
        role = self.editors.role(editor)
        if role is None:
            raise ReviewError(
                f"{editor!r} is no active editor; see `newsletter editors list`, or add one with "
                "`newsletter editors add NAME EMAIL`."
            )
        if act not in MAY[role]:
            raise ReviewError(
                f"{editor} is {with_article(role)} and may not {act}; that takes {allowed(act)}."
            )
        return role

    def _entry(
        self,
        edition: Edition,
        actor: str,
        action: str,
        more: Mapping[str, str] | None = None,
    ) -> AuditEntry:
        detail = {
            "revision": str(edition.revision.number),
            "content": edition.revision.content,
            "state": str(edition.state),
        }
        if edition.reason:
            detail["reason"] = edition.reason
        detail |= more or {}
        return AuditEntry(self.clock.now(), actor, action, str(edition.key), detail)


def require_same(edition: Edition, content: str) -> None:
    """Refuse a decision about a content that somebody has revised meanwhile.

    Parameters
    ----------
    edition : Edition
        As it stands.
    content : str
        What was looked at; empty where that is not known.

    Raises
    ------
    Revised
        If the two differ.
    """
    revision = edition.revision
    if content and content != revision.content:
        raise Revised(
            f"{edition.key} was revised while you looked at it: revision {revision.number} by "
            f"{revision.author} is the latest now. Nothing was decided; look at it first."
        )
