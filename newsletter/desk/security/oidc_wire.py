"""One exchange with a provider of identities: JSON, over TLS, small and soon, or none."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from newsletter import wire
from newsletter.errors import NewsletterError
from newsletter.hand import at_home, host_of, model_address

if TYPE_CHECKING:  # a desk without single sign-on asks nobody
    import httpx2

MOST: Final = 256 * 1024
"""Bytes of an answer; discovery documents and key sets have a few thousand."""


class Trouble(NewsletterError):
    """An exchange brought nothing; its text says in some words why, and repeats no secret."""


def fetch(
    address: str,
    seconds: float,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Ask, and return the object that was answered.

    Parameters
    ----------
    address : str
        As `usable` returned it.
    seconds : float
        The exchange ends after that whatever happens.
    form : mapping, optional
        Is posted; without it the address is read.
    headers : mapping, optional
        Sent along.

    Raises
    ------
    Trouble
        If there is no such answer, or not in that time, or too much of it.
    """
    import httpx2

    watch, told = wire.Watch(), "the connection broke"
    try:
        with watch.kept(seconds):
            return _received(address, watch, seconds, form, headers or {})
    except Trouble as error:
        told = str(error)
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        told = "it cannot be reached"
    except httpx2.TimeoutException:
        told = f"no answer within {seconds:g} seconds"
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError):
        pass
    # Raised out here, the library's error with its headers is no part of it.
    raise Trouble(f"no answer within {seconds:g} seconds" if watch.up.is_set() else told)


def usable(address: object, *, home: bool) -> str:
    """Return an address that a provider named if it may be gone to; empty for every other.

    Parameters
    ----------
    address : object
        As it stands in the provider's document.
    home : bool
        Whether the issuer itself is reached over http on this machine.
    """
    if not isinstance(address, str) or not (address.isascii() and address.isprintable()):
        return ""
    base, _, query = address.partition("?")  # a provider may well name one with a query
    try:
        plain = model_address(base)
    except ValueError:
        return ""
    if (plain.startswith("http://") and not home) or "#" in query or " " in address:
        return ""
    return address


def _received(
    address: str,
    watch: wire.Watch,
    seconds: float,
    form: Mapping[str, str] | None,
    headers: Mapping[str, str],
) -> dict[str, Any]:
    import httpx2

    sent = {"Accept": "application/json", "Accept-Encoding": "identity"} | dict(headers)
    home = at_home(host_of(address))
    with (
        httpx2.Client(
            timeout=wire.timeout(seconds, seconds),
            verify=wire.trusted(),
            follow_redirects=False,  # secret and code go where the configuration says
            trust_env=not home,
        ) as client,
        client.stream(
            "GET" if form is None else "POST", address, data=form, headers=sent,
            extensions={"trace": watch.trace},
        ) as response,
    ):  # fmt: skip
        body = _body(response)
        if response.status_code != 200:
            raise Trouble(f"it answered with HTTP {response.status_code}{_code(body)}")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Trouble("it answered with something other than JSON")
        return _object(body)


def _body(response: "httpx2.Response") -> bytes:
    data = bytearray()
    for chunk in response.iter_raw():
        data += chunk
        if len(data) > MOST:
            raise Trouble(f"its answer is longer than {MOST // 1024} KB")
    return bytes(data)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Trouble("it answered with something other than a JSON object")
    return found


def _code(body: bytes) -> str:
    """Return the error code of OAuth in a refusal, if there is one that can be shown."""
    try:
        code = _object(body).get("error")
    except Trouble:
        return ""
    return f" ({code})" if isinstance(code, str) and plain_code(code) else ""


def plain_code(code: str) -> bool:
    """Tell whether an error code is a short plain word, and no text of somebody's."""
    return len(code) <= 60 and code.replace("_", "").isalnum() and code.isascii()
