"""Links to approve: signed, short-lived, each for one editor, one content and one use."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable

from itsdangerous import BadData, URLSafeSerializer

from newsletter.clock import Clock
from newsletter.errors import ReviewError
from newsletter.review.access import Access, ApproveLink

APPROVE = "approve"
LONGEST = dt.timedelta(minutes=30)
LONGEST_TOKEN = 800


class LinkRefused(ReviewError):
    """A link does not hold, or does not hold any more."""


class Links:
    """Makes, reads and uses links of one purpose.

    Parameters
    ----------
    access : Access
        Where their use is recorded.
    clock : Clock
        The time.
    key : bytes
        The desk's key.
    content_of : callable
        Edition key to the hash of its latest revision's content, or None.
    purpose : str
        A link made for one purpose is void for every other.
    """

    def __init__(
        self,
        access: Access,
        clock: Clock,
        key: bytes,
        content_of: Callable[[str], str | None],
        purpose: str = APPROVE,
    ) -> None:
        self._access, self._clock, self._content_of = access, clock, content_of
        self._serializer = URLSafeSerializer(
            key,
            salt=f"newsletter.desk.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def make(
        self, edition: str, content: str, editor: str, lifetime: dt.timedelta = LONGEST
    ) -> str:
        """Return the token of a new link.

        Parameters
        ----------
        edition : str
            The edition's key.
        content : str
            The hash of exactly what may be approved by it.
        editor : str
            The only one who may.
        lifetime : datetime.timedelta
            At most half an hour.
        """
        now = self._clock.now()
        ends = now + min(lifetime, LONGEST)
        link = ApproveLink(secrets.token_hex(16), edition, content, editor, now, ends)
        self._access.add_link(link)
        return str(self._serializer.dumps(_signed(link)))

    def whose(self, token: str) -> str:
        """Return the name of the only editor to whom a genuine link allows anything.

        Raises
        ------
        LinkRefused
            If it is not genuine.
        """
        return self._genuine(token).editor

    def read(self, token: str, editor: str) -> ApproveLink:
        """Return what a link allows an editor, without using it up.

        Raises
        ------
        LinkRefused
            If it is not genuine, somebody else's, used, expired, or made for a content
            that was revised since.
        """
        link = self._genuine(token)
        if link.editor != editor:
            raise LinkRefused(
                f"This link was sent to another editor; open {link.edition} at the desk instead."
            )
        if link.used_at is not None:
            raise LinkRefused(_again("This link was used already", link))
        if link.ends_at <= self._clock.now():
            raise LinkRefused(_again("This link has expired", link))
        if self._content_of(link.edition) != link.content:
            raise LinkRefused(
                f"{link.edition} was revised after this link was made; read the new revision at "
                "the desk and decide there."
            )
        return link

    def use(self, token: str, editor: str) -> ApproveLink:
        """Return what a link allows, and use it up; of two at once one is refused.

        Raises
        ------
        LinkRefused
            As for `read`.
        """
        link = self.read(token, editor)
        if not self._access.use_link(link.id, self._clock.now()):
            raise LinkRefused(_again("This link was used already", link))
        return link

    def _genuine(self, token: str) -> ApproveLink:
        link = None
        if len(token) <= LONGEST_TOKEN and token.isascii():
            try:
                signed = self._serializer.loads(token)
                link = self._access.link(str(signed[0]))
            except (BadData, LookupError, TypeError):
                link = None
            if link is not None and _signed(link) != signed:
                link = None
        if link is None:
            raise LinkRefused(
                "This link is not genuine or not complete; open the edition at the desk instead."
            )
        return link


def _signed(link: ApproveLink) -> list[str]:
    return [link.id, link.edition, link.content, link.editor, link.ends_at.isoformat()]


def _again(what: str, link: ApproveLink) -> str:
    return f"{what}; open {link.edition} at the desk and decide there."
