"""What was asked: a request's body and form, of bounded size, and from where it came."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FORM: Final = 16_384
MOST_FIELDS: Final = 100
MOST_REPORT: Final = 1_000_000
"""Bytes of a delivery service's call."""

_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read whole.

    Parameters
    ----------
    path : dict of str to str
        The blanks of its route.
    query : dict of str to str
        Behind the question mark.
    body : bytes
        At most as long as its route allows.
    headers : mapping of str to str
        By lower-case name.
    place : str
        From where: an IPv4 address or the network of an IPv6 one.
    posted : bool
        Whether something is to be done.
    method : str
        As it was asked; whoever asks with ``HEAD`` reads nothing.
    """

    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    headers: Mapping[str, str]
    place: str
    posted: bool
    method: str = "GET"

    def form(self) -> dict[str, list[str]]:
        """Return the fields of a form as the pages post it, cleaned of what cannot be printed.

        Raises
        ------
        HTTPException
            If it is none.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.body and kind != "application/x-www-form-urlencoded":
            raise HTTPException(415, "This page takes the form that stands on it, nothing else.")
        found: dict[str, list[str]] = {}
        try:
            text = self.body.decode("ascii")
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise HTTPException(400, "The form cannot be read; load the page again.") from error
        for name, value in pairs:
            found.setdefault(name, []).append(_UNPRINTABLE.sub(" ", value).strip())
        return found


async def asked(request: Request, most: int = MOST_FORM) -> Asked:
    """Read a request.

    Raises
    ------
    HTTPException
        If its body is longer than it may be; no more of it is read then.
    """
    body = bytearray()
    if request.method == "POST":
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise HTTPException(413, f"That is too long; {most:,} bytes are taken here.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(
        {name: str(value) for name, value in request.path_params.items()},
        dict(request.query_params), bytes(body), headers,
        network(request.client.host if request.client else ""), request.method == "POST",
        request.method,
    )  # fmt: skip


def network(ip: str) -> str:
    """Return what one person can be assumed to hold: an IPv4 address, or an IPv6 /64."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
