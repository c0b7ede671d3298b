"""Logging in, step by step: password, then a code; each outcome stands in the audit log."""

import contextlib
import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.clock import Clock
from newsletter.desk.security.invitations import Invitations
from newsletter.desk.security.keys import derive
from newsletter.desk.security.limits import WINDOW, Limiter, network
from newsletter.desk.security.passwords import Passwords, TooBusy, require_good
from newsletter.desk.security.sessions import Sessions
from newsletter.desk.security.totp import Enrolment, Totp
from newsletter.review.access import DESK, Access, Admission, Allowance, People, Stage, Visit
from newsletter.review.desk import AuditEntry

REFUSED = "Name and password do not go together; check both, or ask an admin for an invitation."
"""The one answer for a wrong password, an unknown name and a disabled editor."""

CODE_REFUSED = "That code is wrong or was used already; wait for the next one."
ENDED = "This login has ended; begin again."
NO_INVITATION = "This invitation was used or has expired; ask an admin for a new one."
NO_PASSWORDS = "Passwords do not open this desk; sign in with the button at the entrance."
CODES = 5
"""Wrong codes for one editor within `newsletter.desk.security.limits.WINDOW`."""


class Step(StrEnum):
    """What comes next."""

    REFUSED = "refused"
    LOCKED = "locked"
    ENDED = "ended"
    CODE = "code"
    ENROL = "enrol"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step of a login ended.

    Parameters
    ----------
    step : Step
        What comes next.
    words : str
        For people, where it is `REFUSED`, `LOCKED` or `ENDED`.
    token : str
        For the cookie, in the place of any earlier one; empty where nothing changes.
    wait : datetime.timedelta
        Where it is `LOCKED`: for how long.
    recovery : tuple of str
        New recovery codes, to be shown this once.
    """

    step: Step
    words: str = ""
    token: str = field(default="", repr=False)
    wait: dt.timedelta = dt.timedelta(0)
    recovery: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Login:
    """Lets people in.

    Parameters
    ----------
    people : People
        The editors.
    access : Access
        Their credentials.
    sessions, invitations, limiter, passwords, totp
        The desk's means.
    clock : Clock
        The time.
    record : callable
        Adds to the audit log.
    key : bytes
        The desk's key; where somebody logs in from is noted only as a mark made with it.
    publication : str
        Its name is no password.
    by_password : bool
        Whether a password opens the desk.
    """

    people: People
    access: Access
    sessions: Sessions
    invitations: Invitations
    limiter: Limiter
    passwords: Passwords
    totp: Totp
    clock: Clock
    record: Callable[[AuditEntry], None]
    key: bytes = field(repr=False)
    publication: str = ""
    by_password: bool = True

    def password(
        self, who: str, password: str, *, ip: str, agent: str = "", replacing: str | None = None
    ) -> Outcome:
        """Take a name or address, and a password.

        Parameters
        ----------
        who, password : str
            As typed.
        ip : str
            Where the request comes from.
        agent : str
            What the browser calls itself.
        replacing : str or None
            The token of the cookie the browser came with, if any.

        Raises
        ------
        TooBusy
            If many others log in at the moment; the attempt does not count.
        """
        if not self.by_password:
            return Outcome(Step.REFUSED, NO_PASSWORDS)
        account = " ".join(unicodedata.normalize("NFC", who).split()).casefold()
        admission = self.limiter.login(account, ip)
        if admission.free_at is not None:
            return self._locked(admission, self.people.called(who), f"{account} {network(ip)}", ip)
        editor = self.people.called(who)
        right = self._checked(editor, password, admission)
        token = None
        if right and editor is not None:
            token = self.sessions.begin(editor, Stage.PASSWORD, agent, replacing)
        if token is None or editor is None:
            self._note(DESK, "login refused", editor or "", ip)
            return Outcome(Step.REFUSED, REFUSED)
        self.limiter.passed(admission, account, ip)
        self._note(editor, "password given", editor, ip)
        return Outcome(self._second(editor), token=token)

    def vouched(
        self, editor: str, by: str, factor: str, *, ip: str, agent: str, replacing: str | None
    ) -> Outcome:
        """Let in, or ask for a code, somebody whom a provider of identities vouches for.

        Parameters
        ----------
        editor : str
            Who it is.
        by : str
            Who says so, for the audit log.
        factor : str
            What the provider took as a second factor; empty where it took none that counts.
        ip, agent, replacing
            As for `password`.
        """
        stage = Stage.WHOLE if factor else Stage.PASSWORD
        token = self.sessions.begin(editor, stage, agent, replacing)
        if token is None:  # dismissed a moment ago
            return Outcome(Step.REFUSED)
        if not factor:
            self._note(editor, "vouched for", editor, ip, {"by": by})
            return Outcome(self._second(editor), token=token)
        self._note(editor, "logged in", editor, ip, {"by": by, "factor": factor})
        return Outcome(Step.IN, token=token)

    def code(self, token: str | None, code: str, *, ip: str = "") -> Outcome:
        """Take an authenticator's code or a recovery code; the session is whole then."""
        visit = self._waiting(token)
        credential = self.access.credential(visit.editor) if visit else None
        if visit is None or credential is None or not credential.totp_on:
            return Outcome(Step.ENDED, ENDED)
        editor, now = visit.editor, self.clock.now()
        admission = self._code_admission(editor)
        if admission.free_at is not None:
            return self._locked(admission, editor, f"{editor} code", ip)
        secret = self.totp.secret(editor, credential.totp_generation)
        step = self.totp.step(secret, code, now, credential.totp_last)
        how = "a code"
        right = step is not None and self.access.use_step(editor, credential.totp_generation, step)
        if not right:
            hashed, how = self.totp.recovery_hash(editor, code), "a recovery code"
            right = self.access.use_recovery(editor, hashed, now)
        if not right:
            self._note(DESK, "code refused", editor, ip)
            return Outcome(Step.REFUSED, CODE_REFUSED)
        return self._enter(visit, ip, {"by": how})

    def enrolment(self, token: str | None) -> Enrolment | None:
        """Return what sets an authenticator up, or None where that is not what comes next."""
        visit = self._waiting(token)
        credential = self.access.credential(visit.editor) if visit else None
        if credential is None or credential.totp_on:
            return None
        return self.totp.enrolment(credential.editor, credential.totp_generation)

    def enrol(self, token: str | None, code: str, *, ip: str = "") -> Outcome:
        """Take the first code of a new authenticator; the session is whole then."""
        visit = self._waiting(token)
        credential = self.access.credential(visit.editor) if visit else None
        if visit is None or credential is None or credential.totp_on:
            return Outcome(Step.ENDED, ENDED)
        editor, now, generation = visit.editor, self.clock.now(), credential.totp_generation
        admission = self._code_admission(editor)
        if admission.free_at is not None:
            return self._locked(admission, editor, f"{editor} code", ip)
        step = self.totp.step(self.totp.secret(editor, generation), code, now, credential.totp_last)
        codes = self.totp.recovery_codes()
        hashes = [self.totp.recovery_hash(editor, each) for each in codes]
        entry = self._entry(editor, "authenticator set up", editor, ip)
        if step is None or not self.access.enrol(editor, generation, step, hashes, entry):
            self._note(DESK, "code refused", editor, ip)
            return Outcome(Step.REFUSED, CODE_REFUSED)
        return self._enter(visit, ip, {"by": "a new authenticator"}, codes)

    def accept_invitation(
        self, token: str, password: str, *, agent: str = "", replacing: str | None = None
    ) -> Outcome:
        """Set the password of an invited editor and begin their login.

        Raises
        ------
        WeakPassword
            If the password is no good; the invitation holds on.
        TooBusy
            If many others log in at the moment; the invitation holds on.
        """
        if not self.by_password:
            return Outcome(Step.REFUSED, NO_PASSWORDS)
        invitation = self.invitations.find(token)
        if invitation is None:
            return Outcome(Step.REFUSED, NO_INVITATION)
        editor = invitation.editor
        require_good(password, *self.people.about(editor), self.publication)
        if not self.invitations.use(invitation, self.passwords.hash(password)):
            return Outcome(Step.REFUSED, NO_INVITATION)
        begun = self.sessions.begin(editor, Stage.PASSWORD, agent, replacing)
        if begun is None:
            return Outcome(Step.REFUSED, NO_INVITATION)
        return Outcome(self._second(editor), token=begun)

    def change_password(self, token: str | None, old: str, new: str, *, ip: str) -> Outcome:
        """Put a password in the place of another; every other session of the editor ends.

        Raises
        ------
        WeakPassword
            If the new one is no good; nothing changes.
        TooBusy
            If many others log in at the moment; nothing changes.
        """
        visit = self.sessions.find(token)
        if visit is None or visit.stage is not Stage.WHOLE:
            return Outcome(Step.ENDED, ENDED)
        if not self.by_password:
            return Outcome(Step.REFUSED, NO_PASSWORDS)
        editor = visit.editor
        admission = self.limiter.login(f"{editor} changing", ip)
        if admission.free_at is not None:
            return self._locked(admission, editor, f"{editor} changing", ip)
        if not self._checked(editor, old, admission):
            self._note(editor, "password change refused", editor, ip)
            return Outcome(Step.REFUSED, "The present password is wrong; type it again.")
        self.limiter.passed(admission, f"{editor} changing", ip)
        require_good(new, *self.people.about(editor), self.publication)
        hashed = self.passwords.hash(new)
        entry = self._entry(editor, "password changed", editor, ip)
        self.access.set_password(editor, hashed, entry)
        begun = self.sessions.begin(editor, Stage.WHOLE, visit.agent)
        return Outcome(Step.IN, token=begun) if begun else Outcome(Step.ENDED, ENDED)

    def leave(self, token: str | None, *, ip: str = "") -> None:
        """Log out."""
        visit = self.sessions.end(token)
        if visit is not None:
            self._note(visit.editor, "logged out", visit.editor, ip)

    def _checked(self, editor: str | None, password: str, admission: Admission) -> bool:
        credential = self.access.credential(editor) if editor else None
        kept = credential.password if credential else ""
        try:
            right, rehash = self.passwords.verify(kept or None, password)
        except TooBusy:
            self.limiter.withdraw(admission)
            raise
        if right and rehash and editor:
            with contextlib.suppress(TooBusy):  # the next login will do
                self.access.rehash(editor, kept, self.passwords.hash(password))
        return right

    def _second(self, editor: str) -> Step:
        credential = self.access.credential(editor)
        return Step.CODE if credential is not None and credential.totp_on else Step.ENROL

    def _waiting(self, token: str | None) -> Visit | None:
        visit = self.sessions.find(token)
        return visit if visit is not None and visit.stage is Stage.PASSWORD else None

    def _code_admission(self, editor: str) -> Admission:
        return self.limiter.admit((Allowance("code", editor, CODES, WINDOW),))

    def _enter(
        self, visit: Visit, ip: str, detail: dict[str, str], recovery: tuple[str, ...] = ()
    ) -> Outcome:
        token = self.sessions.renew(visit, Stage.WHOLE)
        if token is None:
            return Outcome(Step.ENDED, ENDED)
        self.limiter.forgive("code", visit.editor)
        self._note(visit.editor, "logged in", visit.editor, ip, detail)
        return Outcome(Step.IN, token=token, recovery=recovery)

    def _locked(self, admission: Admission, editor: str | None, who: str, ip: str) -> Outcome:
        # Once for each lock-out: whoever goes on knocking does not fill the log.
        if self.limiter.allow("locked out", who, 1, WINDOW):
            self._note(DESK, "locked out", editor or "", ip)
        wait = self.limiter.wait(admission)
        minutes = -(-int(wait.total_seconds()) // 60) or 1
        words = f"Too many attempts; try again in {minutes} minute{'s' if minutes != 1 else ''}."
        return Outcome(Step.LOCKED, words, wait=wait)

    def _note(
        self, actor: str, action: str, editor: str, ip: str, detail: dict[str, str] | None = None
    ) -> None:
        self.record(self._entry(actor, action, editor, ip, detail))

    def _entry(
        self, actor: str, action: str, editor: str, ip: str, detail: dict[str, str] | None = None
    ) -> AuditEntry:
        # A name nobody has is not repeated: people type their password there.
        mark = {"from": derive(self.key, "from", network(ip)).hex()[:16]} if ip else {}
        subject = editor or "an unknown name"
        return AuditEntry(self.clock.now(), actor, action, subject, mark | (detail or {}))
