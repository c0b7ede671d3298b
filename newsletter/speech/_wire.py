"""One request for audio, with an end that is really kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx2
from pydantic import SecretStr

from newsletter import wire

_SOUND = ("audio/", "application/octet-stream", "application/ogg", "binary/octet-stream")


@dataclass(eq=False)
class Trouble(Exception):
    """What went wrong with one request.

    Parameters
    ----------
    kind : str
        A status, or how the exchange ended without audio.
    status : int
        HTTP status, 0 where there was none.
    wait : float or None
        Seconds the service asks to wait.
    """

    kind: Literal["status", "unreachable", "silent", "broken", "late", "long", "strange"]
    status: int = 0
    wait: float | None = None

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        if self.kind == "status":
            return wire.passing(self.status)
        return self.kind in {"unreachable", "silent", "broken"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Parameters
    ----------
    address : str
        The service's base URL.
    key : pydantic.SecretStr or None
        Sent as bearer token.
    home : bool
        Whether it is this machine: then proxies are passed by.
    silence : float
        Longest time without a byte, in seconds.
    body : mapping
        What is asked, as JSON.
    """

    address: str
    key: SecretStr | None
    home: bool
    silence: float
    body: Mapping[str, str | float]


def fetch(asked: Asked, seconds: float, most: int) -> bytes:
    """Post a request and return the audio.

    Parameters
    ----------
    asked : Asked
        What and where.
    seconds : float
        The exchange ends after that whatever happens.
    most : int
        Bytes at most.

    Raises
    ------
    Trouble
        If there is no audio, or not in that time, or too much of it.
    """
    if seconds <= 0:
        raise Trouble("late")
    watch, told = wire.Watch(), Trouble("broken")
    try:
        with watch.kept(seconds):
            return _received(asked, watch, seconds, most)
    except Trouble as error:
        told = error
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        told = Trouble("unreachable")
    except httpx2.TimeoutException:
        told = Trouble("silent")
    except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError):
        pass
    # Raised out here, the library's error with its headers is no part of it.
    raise Trouble("late") if watch.up.is_set() else told


def _received(asked: Asked, watch: wire.Watch, seconds: float, most: int) -> bytes:
    headers = {"Accept-Encoding": "identity"}  # so that bytes counted are bytes
    if asked.key is not None:
        headers["Authorization"] = f"Bearer {asked.key.get_secret_value()}"
    with (
        httpx2.Client(
            timeout=wire.timeout(asked.silence, seconds),
            verify=wire.trusted(),
            follow_redirects=False,  # key and script go where the configuration says
            trust_env=not asked.home,
        ) as client,
        client.stream(
            "POST",
            f"{asked.address}/audio/speech",
            json=dict(asked.body),
            headers=headers,
            extensions={"trace": watch.trace},
        ) as response,
    ):
        if response.status_code != 200:
            raise Trouble("status", response.status_code, wire.asked_to_wait(response.headers))
        if not response.headers.get("content-type", "").lower().startswith(_SOUND):
            raise Trouble("strange")
        return _body(response, watch, most)


def _body(response: httpx2.Response, watch: wire.Watch, most: int) -> bytes:
    data = bytearray()
    for chunk in response.iter_raw():
        data += chunk
        if len(data) > most:
            raise Trouble("long")
    if watch.up.is_set():
        raise Trouble("late")
    return bytes(data)
