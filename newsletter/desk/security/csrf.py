"""Proof that a request which changes something was sent by a page of the desk."""

import hmac
from collections.abc import Mapping

from newsletter.desk.security.keys import derive

FIELD = "csrf"
HEADER = "x-csrf-token"


class Csrf:
    """Makes and checks tokens that go with every form.

    Parameters
    ----------
    key : bytes
        The desk's key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, bearer: str) -> str:
        """Return the token of a session's id, or of an anonymous cookie's."""
        return derive(self._key, "csrf", bearer).hex()

    def holds(self, bearer: str, token: str | None) -> bool:
        """Tell whether a token belongs to a session; the time taken tells nothing."""
        return bool(bearer) and hmac.compare_digest(
            self.token(bearer).encode(), (token or "").encode("utf-8", "replace")
        )


def same_site(headers: Mapping[str, str], own_origin: str) -> bool:
    """Tell whether a request comes from a page of the desk itself.

    Parameters
    ----------
    headers : mapping of str to str
        The request's, with names in lower case.
    own_origin : str
        ``https://desk.example.com``.

    Notes
    -----
    Browsers say it in ``Sec-Fetch-Site``, which no page can forge. Only without that does
    ``Origin`` count: under a referrer policy of ``no-referrer`` it is ``null`` even for
    our own forms.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and origin.lower() == own_origin.rstrip("/").lower()
