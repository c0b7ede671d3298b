"""Asking an address of HTTP for little, with an end that is really kept."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from newsletter import wire

SECONDS: Final = 6.0
MOST_BYTES: Final = 500_000


@dataclass(frozen=True, slots=True)
class Told:
    """What an address answered: status, the beginning of the body, its clock's time."""

    status: int
    body: bytes
    at: dt.datetime | None


class Silent(Exception):
    """Nothing came that is an answer; the text is the reason, without any address."""


def ask(
    url: str, headers: Mapping[str, str] | None = None, *, seconds: float = SECONDS,
    method: str = "GET",
) -> Told:  # fmt: skip
    """Ask once, following nothing, without any proxy of the environment.

    Parameters
    ----------
    url : str
        Of the configuration or of a known service.
    headers : mapping of str to str, optional
        May carry a key, which is never told.
    seconds : float
        For all of it.
    method : str
        ``GET`` or ``HEAD``.

    Raises
    ------
    Silent
        If there is no answer in time.
    """
    import httpx2

    watch = wire.Watch()
    try:
        with (
            watch.kept(seconds),
            httpx2.Client(
                timeout=wire.timeout(seconds, seconds), verify=wire.trusted(),
                follow_redirects=False, trust_env=False,
            ) as client,
            client.stream(
                method, url, headers=dict(headers or {}), extensions={"trace": watch.trace}
            ) as response,
        ):  # fmt: skip
            data = b""
            for piece in response.iter_raw():
                data += piece
                if len(data) >= MOST_BYTES:
                    break
            return Told(response.status_code, data[:MOST_BYTES], _date(response.headers))
    except httpx2.TimeoutException:
        reason = "no answer in time"
    except httpx2.ConnectError as error:
        reason = "its certificate cannot be trusted" if "CERTIFICATE" in str(error) else (
            "it cannot be reached"
        )  # fmt: skip
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, ValueError):
        reason = "no answer in time" if watch.up.is_set() else "no whole answer came"
    raise Silent(reason)


def _date(headers: Mapping[str, str]) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
