"""What editors change about their own way in; each asks for the present password first."""

from newsletter.desk.security.guard import Guard
from newsletter.desk.security.limits import WINDOW
from newsletter.errors import ReviewError
from newsletter.review.desk import AuditEntry


class NotConfirmed(ReviewError):
    """The present password was not given, or too many others were."""


def confirm(guard: Guard, editor: str, password: str, ip: str) -> None:
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

    Raises
    ------
    NotConfirmed
        If it is wrong, or was wrong too often.
    newsletter.desk.security.passwords.TooBusy
        If many others log in at the moment; the attempt does not count.
    """
    login, account = guard.login, f"{editor} changing"
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


def new_codes(guard: Guard, editor: str) -> tuple[tuple[str, ...], list[str]]:
    """Return new recovery codes, and their hashes."""
    totp = guard.login.totp
    codes = totp.recovery_codes()
    return codes, [totp.recovery_hash(editor, code) for code in codes]
