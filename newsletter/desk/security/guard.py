"""Everything that guards the desk, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from newsletter.clock import Clock
from newsletter.desk.security.csrf import Csrf
from newsletter.desk.security.invitations import Invitations
from newsletter.desk.security.limits import Limiter
from newsletter.desk.security.links import Links
from newsletter.desk.security.login import Login
from newsletter.desk.security.passwords import Passwords
from newsletter.desk.security.sessions import Sessions
from newsletter.desk.security.totp import Totp
from newsletter.review.access import Access, People
from newsletter.review.desk import AuditEntry


@dataclass(frozen=True)
class Guard:
    """The parts, each of which stands for itself."""

    sessions: Sessions
    csrf: Csrf
    limiter: Limiter
    links: Links
    invitations: Invitations
    login: Login


def guard(
    access: Access,
    people: People,
    record: Callable[[AuditEntry], None],
    clock: Clock,
    key: bytes,
    publication: str,
    content_of: Callable[[str], str | None],
    passwords: Passwords | None = None,
    by_password: bool = True,
) -> Guard:
    """Put the guard of a workspace's desk together, once for each process.

    Parameters
    ----------
    access : Access
        ``Doors.access``.
    people : People
        ``Doors.editors``.
    record : callable
        ``Doors.audit.record``.
    clock : Clock
        ``Doors.clock``.
    key : bytes
        ``Doors.desk_key``.
    publication : str
        Its name.
    content_of : callable
        Edition key to the hash of its latest revision's content, or None.
    passwords : Passwords, optional
        A cheaper one for tests.
    by_password : bool
        Whether a password opens the desk.
    """
    sessions, invitations = Sessions(access, clock), Invitations(access, clock)
    limiter = Limiter(access, clock, key)
    login = Login(
        people,
        access,
        sessions,
        invitations,
        limiter,
        passwords or Passwords(),
        Totp(key, publication),
        clock,
        record,
        key,
        publication,
        by_password,
    )
    links = Links(access, clock, key, content_of)
    return Guard(sessions, Csrf(key), limiter, links, invitations, login)
