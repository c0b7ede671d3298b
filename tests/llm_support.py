"""A language model service on loopback: the real openai SDK talks to it over real HTTP.

It answers ``/v1/responses`` and ``/v1/chat/completions``, in one piece or as server-sent
events. What it *can* do is said once (`FakeService` fields); what it *does* with each
request stands in a script of `Answer`, the last of which is repeated.

>>> with FakeService([well('{"a":1}')], responses=False) as service:
...     model = CompatibleModel("fake", service.base_url)
"""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from newsletter.draft.model import Request

GOOD = '{"headline":"Chips fell","score":7}'
SCHEMA = {
    "type": "object",
    "properties": {"headline": {"type": "string"}, "score": {"type": "integer"}},
    "required": ["headline", "score"],
    "additionalProperties": False,
}
LLAMA_REFUSAL = (
    "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input "
    "should be 'text' or 'json_object'\", 'input': 'json_schema'}]"
)


def request(**changes: Any) -> Request:
    """Return a small request, or one with other fields."""
    plain = Request(
        prompt="brief",
        version=1,
        template="0" * 64,
        system="You write.",
        user="Write of chips.",
        schema_name="brief",
        schema=SCHEMA,
        max_tokens=500,
        temperature=0.7,
    )
    return replace(plain, **changes)


@dataclass(frozen=True)
class Answer:
    """What the service does with one request.

    `text` may be a function of the request's body. `pause` is slept and `before` called before
    each piece of a stream, `silence` slept before anything. `drop_after` breaks the connection
    after so many pieces; `raw` is sent as a body of status 200 instead of a reply; `trickle` sends
    the whole answer byte by byte with that pause, from `trickle_from`: head or body.
    """

    text: str | Callable[[dict[str, Any]], str] = GOOD
    status: int = 200
    message: str = ""
    code: str | None = None
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    finish: str = "stop"
    refusal: str = ""
    pieces: int = 4
    pause: float = 0.0
    silence: float = 0.0
    drop_after: int | None = None
    raw: bytes | None = None
    trickle: float = 0.0
    trickle_from: str = "body"
    counted: bool = True
    error_in_stream: str = ""
    before: Callable[[int], object] = lambda number: None


def well(text: str | Callable[[dict[str, Any]], str] = GOOD, **more: Any) -> Answer:
    """Answer with a text."""
    return Answer(text, **more)


def slowly(pause: float = 0.05, text: str = GOOD, **more: Any) -> Answer:
    """Answer with a pause before each piece."""
    return Answer(text, pause=pause, **more)


def truncated(text: str = GOOD[:12]) -> Answer:
    """Stop at the longest length."""
    return Answer(text, finish="length")


def refusing(words: str = "I cannot help with that.") -> Answer:
    """Decline in words."""
    return Answer("", refusal=words)


def too_many(retry_after: str | None = "2", **headers: str) -> Answer:
    """Refuse with 429."""
    wait = {} if retry_after is None else {"Retry-After": retry_after}
    return Answer(status=429, message="Rate limit reached.", headers=wait | headers)


def failing(status: int = 500, message: str = "Internal error.", **more: Any) -> Answer:
    """Answer with an error."""
    return Answer(status=status, message=message, **more)


def dropping(after: int = 2) -> Answer:
    """Break the connection after so many pieces."""
    return Answer(drop_after=after)


MALFORMED = Answer('{"headline": "Chips')
"""Whole, but its text is no JSON."""
WRONG_SCHEMA = Answer('{"title": ["?"]}')
"""JSON of another shape."""
EMPTY = Answer("")
"""Whole, with nothing in it."""


def huge(characters: int = 200_000) -> Answer:
    """Answer far longer than asked."""
    return Answer("x" * characters, pieces=50)


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    route: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def mode(self) -> str:
        """How it asked to be held to its schema."""
        if self.route == "/responses":
            return "responses"
        form = self.body.get("response_format")
        return form["type"] if form else "plain"


class FakeService:
    """The service; use it as a context manager.

    Parameters
    ----------
    script : iterable of Answer, or callable
        One answer a request, the last one repeated; or a function of the request seen.
    responses, schema, object_mode, stream, nested_schema, streams_anyway, system_role
        What it can do. Without `schema` it answers as llama.cpp does.
    rejects : set of str
        Parameters it refuses, named in the error's ``param``.
    bare : bool
        Whether what it cannot do is answered with a bare 500 instead of a reason.
    """

    def __init__(
        self,
        script: Iterable[Answer] | Callable[[Seen], Answer] = (Answer(),),
        *,
        responses: bool = True,
        schema: bool = True,
        object_mode: bool = True,
        nested_schema: bool = True,
        stream: bool = True,
        streams_anyway: bool = True,
        system_role: bool = True,
        rejects: frozenset[str] = frozenset(),
        bare: bool = False,
    ) -> None:
        self._script = script if callable(script) else list(script)
        self.responses, self.schema, self.object_mode = responses, schema, object_mode
        self.nested_schema, self.stream, self.system_role = nested_schema, stream, system_role
        self.streams_anyway, self.rejects, self.bare = streams_anyway, rejects, bare
        self.requests: list[Seen] = []
        self.broken_pipes = 0
        self._lock = threading.Lock()
        self._answered = 0

    def __enter__(self) -> "FakeService":
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.daemon = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def modes(self) -> list[str]:
        """The modes asked for, in order."""
        return [seen.mode for seen in self.requests]

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            self.requests.append(seen)
            unable = self._unable(seen)
            if unable is not None:
                return unable
            if callable(self._script):
                return self._script(seen)
            self._answered += 1
            return self._script[min(self._answered, len(self._script)) - 1]

    def _unable(self, seen: Seen) -> Answer | None:
        body, mode = seen.body, seen.mode
        if mode == "responses" and not self.responses:
            return failing(404, "404 page not found")
        refused = sorted(self.rejects & set(body))
        if refused:
            message = f"Unsupported parameter: '{refused[0]}' is not supported with this model."
            return failing(400, message, code="unsupported_parameter", param=refused[0])
        if mode in {"responses", "json_schema"} and not self.schema:
            return failing(500, "" if self.bare else LLAMA_REFUSAL)
        if mode == "json_object" and not self.object_mode:
            return failing(400, "" if self.bare else "'response_format.type' must be 'text'")
        if "schema" in body.get("response_format", {}) and not self.nested_schema:
            return failing(400, "Unknown parameter: 'response_format.schema'.")
        if body.get("stream") and not self.stream and not self.streams_anyway:
            return failing(400, "Streaming is not supported.")
        roles = {message["role"] for message in body.get("messages", ())}
        if not self.system_role and ("system" in roles or "instructions" in body):
            return failing(500, "System role not supported")
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are part of the tests."""


def _handler(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length))
            route = self.path.removeprefix("/v1")
            seen = Seen(route, body, {k.lower(): v for k, v in self.headers.items()})
            answer = service.answer(seen)
            time.sleep(answer.silence)
            self.close_connection = True
            try:
                _respond(self, answer, seen, streams=service.stream)
            except OSError:
                service.broken_pipes += 1

    return Handler


def _respond(handler: Any, answer: Answer, seen: Seen, *, streams: bool) -> None:
    if answer.status != 200:
        error = {"message": answer.message, "code": answer.code, "param": answer.param}
        _send(handler, answer, json.dumps({"error": error}).encode())
    elif answer.raw is not None:
        _send(handler, answer, answer.raw)
    elif seen.body.get("stream") and streams:
        _stream(handler, answer, seen)
    else:
        _send(handler, answer, json.dumps(_document(answer, seen)).encode())


def _send(handler: Any, answer: Answer, body: bytes, kind: str = "application/json") -> None:
    head = [f"HTTP/1.1 {answer.status} Status", f"Content-Type: {kind}"]
    head += [f"Content-Length: {len(body)}", "Connection: close"]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    start = ("\r\n".join(head) + "\r\n\r\n").encode()
    if not answer.trickle:
        handler.wfile.write(start + body)
        return
    quick, slow = (b"", start + body) if answer.trickle_from == "head" else (start, body)
    handler.wfile.write(quick)
    for byte in slow:
        handler.wfile.write(bytes([byte]))
        time.sleep(answer.trickle)


def _stream(handler: Any, answer: Answer, seen: Seen) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    events = _response_events if seen.route == "/responses" else _chat_events
    for number, event in enumerate(events(answer, seen)):
        if answer.drop_after is not None and number > answer.drop_after:
            _reset(handler)
            return
        time.sleep(answer.pause)
        answer.before(number)
        data = f"data: {json.dumps(event)}\n\n".encode()
        for part in [data] if not answer.trickle else [bytes([byte]) for byte in data]:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            time.sleep(answer.trickle)
    done = b"data: [DONE]\n\n"
    handler.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(done), done))


def _reset(handler: Any) -> None:
    """Break the connection as a crashed service does."""
    with contextlib.suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.wfile.close()
    handler.connection.close()


def _text(answer: Answer, seen: Seen) -> str:
    return answer.text(seen.body) if callable(answer.text) else answer.text


def _pieces(text: str, count: int) -> list[str]:
    size = max(1, -(-len(text) // count))
    return [text[start : start + size] for start in range(0, len(text), size)]


def _usage(answer: Answer, names: tuple[str, str]) -> dict[str, int] | None:
    return {names[0]: 120, names[1]: 30, "total_tokens": 150} if answer.counted else None


def _chat_events(answer: Answer, seen: Seen) -> Iterable[dict[str, Any]]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"object": "chat.completion.chunk", "model": "fake-1", "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(_text(answer, seen), answer.pieces):
        yield chunk({"content": piece})
    if answer.error_in_stream:
        yield {"error": {"message": answer.error_in_stream, "code": "server_error"}}
        return
    if answer.refusal:
        yield chunk({"refusal": answer.refusal})
    if answer.finish:
        yield chunk({}, answer.finish)
    if seen.body.get("stream_options", {}).get("include_usage") and answer.counted:
        usage = _usage(answer, ("prompt_tokens", "completion_tokens"))
        yield {"object": "chat.completion.chunk", "choices": [], "usage": usage}


def _response_events(answer: Answer, seen: Seen) -> Iterable[dict[str, Any]]:
    yield {"type": "response.created", "response": {"status": "in_progress", "error": None}}
    for piece in _pieces(_text(answer, seen), answer.pieces):
        yield {"type": "response.output_text.delta", "delta": piece}
    if answer.error_in_stream:
        yield {"type": "error", "message": answer.error_in_stream, "code": "server_error"}
        return
    if answer.refusal:
        yield {"type": "response.refusal.delta", "delta": answer.refusal}
    document = _document(answer, seen)
    if answer.finish:
        yield {"type": f"response.{document['status']}", "response": document}


def _document(answer: Answer, seen: Seen) -> dict[str, Any]:
    text = _text(answer, seen)
    if seen.route != "/responses":
        message = {"role": "assistant", "content": text, "refusal": answer.refusal or None}
        return {
            "object": "chat.completion",
            "model": "fake-1",
            "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
            "usage": _usage(answer, ("prompt_tokens", "completion_tokens")),
        }
    whole = answer.finish == "stop"
    reason = {"length": "max_output_tokens"}.get(answer.finish, answer.finish)
    part = (
        {"type": "refusal", "refusal": answer.refusal}
        if answer.refusal
        else {"type": "output_text", "text": text}
    )
    return {
        "object": "response",
        "model": "fake-1",
        "status": "completed" if whole else "incomplete",
        "error": None,
        "incomplete_details": None if whole else {"reason": reason},
        "output": [{"type": "message", "content": [part]}],
        "usage": _usage(answer, ("input_tokens", "output_tokens")),
    }
