"""Reader links: signed tokens that name a subscriber without showing the address.

A link in a mail must work for as long as the mail exists, so tokens never expire; what
a token allows is harmless (leaving a list) or checked again by the page behind it.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from newsletter.errors import ConfigError
from newsletter.send.delivery import Subscriber

SHORTEST_KEY = 16
LONGEST_TOKEN = 600
_BASE_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[A-Za-z0-9._~\-]+)*/?")


class Purpose(StrEnum):
    """What a link is for; a token made for one purpose is void for every other."""

    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    LINK = "link"
    OPEN = "open"


_PATHS = {
    Purpose.UNSUBSCRIBE: "u", Purpose.CONFIRM: "c", Purpose.PREFERENCES: "p", Purpose.LINK: "l",
    Purpose.OPEN: "o",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whom a genuine token names.

    Parameters
    ----------
    subscriber : str
        `Subscriber.id`.
    list : str
        The list the link is about.
    edition : str
        The edition whose mail held the link; empty where the token does not say.
    """

    subscriber: str
    list: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a genuine token of a counted link names.

    Parameters
    ----------
    subscriber : str
        `Subscriber.id`.
    edition : str
        The edition whose mail held it.
    link : int
        Which of its links, from 1; 0 is the picture that tells of an opening.
    """

    subscriber: str
    edition: str
    link: int


class LinkSigner:
    """Makes and reads the links of readers.

    Parameters
    ----------
    key : bytes
        Secret, at least 16 bytes. With it go all links ever mailed: when it is
        replaced, hand the old one in through `retired`.
    base_url : str
        ``publication.base_url``: plain ASCII without query.
    retired : sequence of bytes
        Earlier keys whose links still work.

    Raises
    ------
    ConfigError
        If a key is too short or the address of the public pages cannot be used.
    """

    def __init__(self, key: bytes, base_url: str, retired: Sequence[bytes] = ()) -> None:
        if any(len(each) < SHORTEST_KEY for each in (key, *retired)):
            raise ConfigError(
                f"The key for reader links is shorter than {SHORTEST_KEY} bytes; make a new one "
                "with `python -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        if not _BASE_URL.fullmatch(base_url) or len(base_url) > 200:
            raise ConfigError(
                f"publication.base_url is {base_url!r}; links need a plain ASCII address such as "
                "https://news.example.com (an international domain in its xn-- form)."
            )
        self._key = key
        self._keys = [*retired, key]
        self._base = base_url.rstrip("/")
        # A copy has three links and more; deriving the key for each took half of their time.
        self._newest = {purpose: self._derived(purpose) for purpose in Purpose}

    @property
    def secure(self) -> bool:
        """Whether links use https, which one-click unsubscribing demands (RFC 8058)."""
        return self._base.startswith("https://")

    def url(self, subscriber: Subscriber, purpose: Purpose, edition: str = "") -> str:
        """Return a reader's link, the same one every time; it may say whose mail held it."""
        owner = [subscriber.id, subscriber.list] + ([edition] if edition else [])
        return self._made(purpose, owner)

    def unsubscribe_url(self, subscriber: Subscriber, edition: str = "") -> str:
        """Return the link with which a reader leaves the list at once."""
        return self.url(subscriber, Purpose.UNSUBSCRIBE, edition)

    def counted_url(self, subscriber: Subscriber, edition: str, link: int) -> str:
        """Return the address at which a link of a reader's mail is counted; see `Followed`.

        Where it leads stands nowhere in it: nobody can make it lead elsewhere.
        """
        if link:
            return self._made(Purpose.LINK, [subscriber.id, edition, link])
        return self._made(Purpose.OPEN, [subscriber.id, edition]) + ".gif"

    def _made(self, purpose: Purpose, about: Sequence[str | int]) -> str:
        payload = json.dumps(list(about), separators=(",", ":")).encode()
        token = self._newest[purpose].sign(base64_encode(payload)).decode("ascii")
        return f"{self._base}/{_PATHS[purpose]}/{token}"

    def read(self, token: str, purpose: Purpose) -> LinkOwner | None:
        """Return whom a token names.

        Parameters
        ----------
        token : str
            The last part of a link's path, from anybody.
        purpose : Purpose
            What the page that was asked is for.

        Returns
        -------
        LinkOwner or None
            None for every token that was not made here for this purpose.
        """
        found = self._said(token, purpose)
        if len(found) not in {2, 3} or not all(isinstance(one, str) for one in found):
            return None
        return LinkOwner(*found)

    def followed(self, token: str, purpose: Purpose) -> Followed | None:
        """Return what the token of a counted link or of its picture names, None for all others."""
        found = self._said(token, purpose)
        match found if purpose is Purpose.LINK else [*found, 0]:
            case [str(subscriber), str(edition), int(link)]:
                return Followed(subscriber, edition, link)
        return None

    def _said(self, token: str, purpose: Purpose) -> list[Any]:
        """Return what was signed for a purpose; nothing where it was not."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return []
        try:
            found = json.loads(base64_decode(self._signer(purpose).unsign(token)))
        except (BadSignature, ValueError):
            return []
        return found if isinstance(found, list) else []

    def mark(self, *about: str) -> str:
        """Return 16 hexadecimal digits that only the holder of the key can make.

        Parameters
        ----------
        *about : str
            What is marked, e.g. an edition key and a subscriber id.
        """
        return self.marks(*about)[0]

    def marks(self, *about: str) -> tuple[str, ...]:
        """Return what `mark` says, then what it said with each retired key."""
        text = json.dumps(["mark", *about]).encode()
        keys = reversed(self._keys)
        return tuple(hmac.new(key, text, hashlib.sha256).hexdigest()[:16] for key in keys)

    def _derived(self, purpose: Purpose) -> Signer:
        """Return what signs as `_signer` does, its key derived once."""
        derived = self._signer(purpose).derive_key()
        return Signer(derived, key_derivation="none", digest_method=hashlib.sha256)

    def _signer(self, purpose: Purpose) -> Signer:
        return Signer(
            self._keys,
            salt=f"newsletter.{purpose}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
