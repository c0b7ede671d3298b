"""One HTTP exchange by way of the openai SDK, with an end that is really kept.

The SDK knows a timeout for each read only; `newsletter.wire.Watch` shuts the connection when
the time is up, and every byte is counted.
"""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2  # the SDK's own HTTP library
import openai
from pydantic import SecretStr

from newsletter import wire
from newsletter.draft.llm._trouble import Trouble

_FRAME_BYTES = 2048  # a streamed token's frame is a few hundred bytes; be generous
_SHORTEST_PART = 5  # of a key; fewer letters tell nothing
_LONGEST_MESSAGE = 4000
_NO_KEY = "none-needed"  # the SDK wants one


@dataclass(frozen=True, slots=True)
class Line:
    """How a service is reached.

    Parameters
    ----------
    address : str
        Its base URL.
    key : pydantic.SecretStr or None
        Sent as bearer token, and taken out of everything the service says.
    home : bool
        Whether it is this machine: then proxies are passed by.
    silence : float
        Longest time without a byte, in seconds.
    """

    address: str
    key: SecretStr | None
    home: bool
    silence: float


@dataclass
class _Watch(wire.Watch):
    """Ends an exchange also when it has said too much."""

    most: int = 0
    count: int = 0

    def request(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self.trace

    def response(self, response: httpx2.Response) -> None:
        stream = response.stream
        if isinstance(stream, httpx2.SyncByteStream):
            response.stream = _Counted(stream, self)


class _Counted(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, watch: _Watch) -> None:
        self._inner, self._watch = inner, watch

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            self._watch.count += len(chunk)
            if self._watch.count > self._watch.most:
                raise Trouble("long")
            if self._watch.up.is_set():
                return
            yield chunk

    def close(self) -> None:
        self._inner.close()


def exchange(
    line: Line,
    path: str,
    body: dict[str, Any],
    *,
    seconds: float,
    most_tokens: int,
    event: Callable[[object], str],
    whole: Callable[[object], str],
) -> Generator[str, None, None]:
    """Post a request and yield the pieces of its reply.

    Parameters
    ----------
    line : Line
        Where to.
    path : str
        Route below the address.
    body : dict
        JSON data; ``stream`` in it asks for events.
    seconds : float
        The exchange ends after that whatever happens.
    most_tokens : int
        Longest reply; one many times as long is not read to its end.
    event, whole : callable
        Take in one event of a stream, or a reply in one piece, and return its text.

    Yields
    ------
    str
        Pieces of text. Closing the generator closes the connection.

    Raises
    ------
    Trouble
        If there is no reply, or not in that time.
    """
    told: Trouble | None
    watch = _Watch(most=65_536 + most_tokens * _FRAME_BYTES)
    try:
        with _client(line, watch, seconds) as client:
            yield from _pieces(client, path, body, event, whole)
        told = None
    except Trouble as error:
        told = error
    except openai.OpenAIError as error:
        told = _translated(error)
    except (httpx2.HTTPError, httpx2.StreamError, OSError):
        told = Trouble("broken")
    except (ValueError, RecursionError):
        told = Trouble("broken" if body.get("stream") else "unreadable")
    # Raised out here, the library's error with its headers and bodies is no part of it.
    if watch.up.is_set():
        raise Trouble("late")
    if told is not None:
        told.message = _without_key(told.message[:_LONGEST_MESSAGE], line.key)
        raise told


def _pieces(
    client: openai.OpenAI,
    path: str,
    body: dict[str, Any],
    event: Callable[[object], str],
    whole: Callable[[object], str],
) -> Iterator[str]:
    if not body.get("stream"):
        response = client.post(path, cast_to=httpx2.Response, body=body)
        yield whole(_parsed(response.content))
        return
    kind = openai.Stream[object]
    with client.post(path, cast_to=object, body=body, stream=True, stream_cls=kind) as stream:
        if "text/event-stream" in stream.response.headers.get("content-type", ""):
            for one in stream:
                yield event(one)
        else:  # some services answer in one piece whatever they are asked
            yield whole(_parsed(stream.response.read()))


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Trouble("unreadable") from None


@contextmanager
def _client(line: Line, watch: _Watch, seconds: float) -> Iterator[openai.OpenAI]:
    """Open a client for one exchange; its end closes the connection."""
    http = openai.DefaultHttpxClient(
        timeout=wire.timeout(line.silence, seconds),
        limits=httpx2.Limits(max_keepalive_connections=0),
        verify=wire.trusted(),
        follow_redirects=False,  # the key and the prompt go where the configuration says
        trust_env=not line.home,
        event_hooks={"request": [watch.request], "response": [watch.response]},
    )
    with openai.OpenAI(
        api_key=_NO_KEY if line.key is None else line.key.get_secret_value(),
        base_url=line.address,
        max_retries=0,
        http_client=http,
        default_headers={"Accept-Encoding": "identity"},  # so that bytes counted are bytes
    ) as client:
        # Read from the environment by the SDK; they belong to one service, not to any.
        client.organization = client.project = None
        with watch.kept(seconds):
            yield client


def _translated(error: openai.OpenAIError) -> Trouble:
    if isinstance(error, openai.APIStatusError):
        return Trouble(
            "status",
            error.status_code,
            error.code or "",
            error.param if isinstance(error.param, str) else "",
            _message(error),
            wire.asked_to_wait(error.response.headers),
        )
    if isinstance(error, openai.APITimeoutError):
        connecting = isinstance(error.__cause__, httpx2.ConnectTimeout)
        return Trouble("unreachable" if connecting else "silent")
    if isinstance(error, openai.APIConnectionError):
        return Trouble("unreachable")
    if isinstance(error, openai.APIError):  # an error told in the midst of a stream
        busy = error.code in {"429", "rate_limit_exceeded"}
        return Trouble("status", 429 if busy else 500, error.code or "", "", error.message)
    return Trouble("broken")


def _message(error: openai.APIStatusError) -> str:
    """Return the service's own words, wherever in the body they stand."""
    body = error.body
    if isinstance(body, dict):
        return str(body.get("message") or body.get("detail") or body.get("error") or body)
    return str(body or "")


def _without_key(text: str, key: SecretStr | None) -> str:
    """Return a text without the key or any longer part of it.

    Only those letters go: what else a service says decides how it is asked next.
    """
    secret = "" if key is None else key.get_secret_value()
    hidden: set[int] = set()
    for start in range(len(secret) - _SHORTEST_PART + 1):
        part = secret[start : start + _SHORTEST_PART]
        place = text.find(part)
        while place >= 0:
            hidden.update(range(place, place + _SHORTEST_PART))
            place = text.find(part, place + 1)
    return "".join(char for place, char in enumerate(text) if place not in hidden)
