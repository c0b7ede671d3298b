"""What editors change about their own way in; each asks for the present password first.

Whoever has none, being vouched for by a provider of identities, must have signed in just now.
"""

import datetime as dt
from typing import Final

from newsletter.clock import Clock
from newsletter.desk.security.guard import Guard
from newsletter.desk.security.limits import WINDOW
from newsletter.errors import NotFound, ReviewError
from newsletter.review.access import Access
from newsletter.review.desk import AuditEntry

FRESH: Final = dt.timedelta(minutes=10)
"""How long signing in counts as much as the present password, for whoever has none."""
STALE: Final = "Sign out and in again first: without a password this is done within ten minutes."


class NotConfirmed(ReviewError):
    """The present password was not given, or too many others were."""


def has_password(guard: Guard, editor: str) -> bool:
    """Tell whether a password of an editor opens the desk."""
    credential = guard.login.access.credential(editor)
    return guard.login.by_password and bool(credential and credential.password)


def confirm(guard: Guard, editor: str, password: str, ip: str, token: str | None = None) -> None:
    """Make sure that who sits there is who signed in.

    Parameters
    ----------
    guard : Guard
        The desk's.
    editor : str
        Who is signed in.
    password : str
        As typed.
    ip : str
        Where the request comes from; attempts are counted with those at signing in.
    token : str, optional
        Of their session; looked at where they have no password.

    Raises
    ------
    NotConfirmed
        If it is wrong, or was wrong too often.
    newsletter.desk.security.passwords.TooBusy
        If many others log in at the moment; the attempt does not count.
    """
    login, account = guard.login, f"{editor} changing"
    if not has_password(guard, editor):
        visit = guard.sessions.find(token)
        if visit is None or visit.editor != editor or login.clock.now() - visit.made_at > FRESH:
            raise NotConfirmed(STALE)
        return
    admission = guard.limiter.login(account, ip)
    if admission.free_at is not None:
        minutes = int(WINDOW.total_seconds() // 60)
        raise NotConfirmed(f"Too many wrong passwords; try again in {minutes} minutes.")
    credential = login.access.credential(editor)
    try:
        right, _ = login.passwords.verify(credential.password if credential else None, password)
    except BaseException:
        guard.limiter.withdraw(admission)
        raise
    if not right:
        login.record(AuditEntry(login.clock.now(), editor, "not confirmed", editor))
        raise NotConfirmed("The present password is wrong; type it again.")
    guard.limiter.passed(admission, account, ip)


def release(access: Access, clock: Clock, editor: str, by: str) -> None:
    """Unbind an editor from their identity at every provider, and end their sessions.

    Raises
    ------
    NotFound
        If none is bound.
    """
    entry = AuditEntry(clock.now(), by, "identity released", editor)
    if not access.identities.release(editor, entry):
        raise NotFound(
            f"No identity is bound to {editor[:80]!r}; see `newsletter editors list`. One is bound "
            "when somebody first signs in with single sign-on."
        )


def new_codes(guard: Guard, editor: str) -> tuple[tuple[str, ...], list[str]]:
    """Return new recovery codes, and their hashes."""
    totp = guard.login.totp
    codes = totp.recovery_codes()
    return codes, [totp.recovery_hash(editor, code) for code in codes]
