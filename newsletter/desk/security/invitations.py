"""Invitations: links with which an editor sets a password, once."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass

from newsletter.clock import Clock
from newsletter.desk.security.keys import digest
from newsletter.errors import ConfigError, NotFound
from newsletter.review.access import Access, Invitation
from newsletter.review.desk import AuditEntry

LIFETIME = dt.timedelta(hours=72)
_LONGEST_TOKEN = 100
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[A-Za-z0-9._~\-]+)*/?")


@dataclass(frozen=True)
class Invitations:
    """Makes, finds and uses invitations.

    Parameters
    ----------
    access : Access
        Where they are kept, by the hash of their token.
    clock : Clock
        The time.
    """

    access: Access
    clock: Clock

    def make(self, editor: str, by: str) -> str:
        """Return the token of a new invitation; earlier ones of the same editor are void.

        Raises
        ------
        NotFound
            If there is no such active editor.
        """
        token, now = secrets.token_urlsafe(32), self.clock.now()
        invitation = Invitation(digest(token), editor, by, now, now + LIFETIME)
        detail = {"ends": invitation.ends_at.isoformat()}
        if not self.access.add_invitation(
            invitation, AuditEntry(now, by, "invited", editor, detail)
        ):
            raise NotFound(
                f"{editor!r} is no active editor; see `newsletter editors list`, or add one with "
                "`newsletter editors add NAME EMAIL`."
            )
        return token

    def find(self, token: str) -> Invitation | None:
        """Return an invitation that still holds, without using it up, or None."""
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        return self.access.invitation(digest(token), self.clock.now())

    def use(self, invitation: Invitation, password: str) -> bool:
        """Use an invitation up and set the password's hash; False where it does not hold."""
        entry = AuditEntry(self.clock.now(), invitation.editor, "set a password", invitation.editor)
        return self.access.use_invitation(invitation.id, password, entry) is not None


def invitation_url(base: str, token: str) -> str:
    """Return an invitation's link.

    Raises
    ------
    ConfigError
        If the desk's address cannot be used.
    """
    if not _ADDRESS.fullmatch(base):
        raise ConfigError(
            f"The desk's address is {base!r}; give one such as https://desk.example.com."
        )
    return f"{base.rstrip('/')}/invitation/{token}"
