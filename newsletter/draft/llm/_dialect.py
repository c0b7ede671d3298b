"""How each mode asks, and how its answers are read: plain JSON data both ways.

Whatever a service sends is looked at with `_at`, which never trusts a shape.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from newsletter.draft.llm._trouble import Trouble
from newsletter.draft.model import Mode, Request

LADDER = (Mode.RESPONSES, Mode.SCHEMA, Mode.OBJECT, Mode.PLAIN)
"""Strictest first."""


def asked(
    mode: Mode, request: Request, name: str, without: frozenset[str]
) -> tuple[str, dict[str, Any]]:
    """Return route and body of a request.

    Parameters
    ----------
    mode : Mode
        How the reply is to be held to its schema.
    request : Request
        What is asked.
    name : str
        The model's name.
    without : frozenset of str
        Habits the service refused: ``temperature``, ``max_tokens`` (then it is called
        ``max_completion_tokens``), ``seed``, ``stream``, ``stream_options``, ``store``,
        ``system`` (then the user half holds both), ``schema`` (beside ``json_object``).
    """
    body: dict[str, Any] = {"model": name}
    if "temperature" not in without:
        body["temperature"] = request.temperature
    if "stream" not in without:
        body["stream"] = True
    if mode is Mode.RESPONSES:
        return "/responses", body | _responses(request, without)
    return "/chat/completions", body | _chat(mode, request, without)


def schema_text(request: Request) -> str:
    """Return the words that hold a reply to its schema where the service does not."""
    schema = json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object of this JSON schema and with nothing else:\n{schema}"


def _responses(request: Request, without: frozenset[str]) -> dict[str, Any]:
    form = {"type": "json_schema", "name": request.schema_name, "strict": True}
    body: dict[str, Any] = {
        "max_output_tokens": request.max_tokens,
        "text": {"format": form | {"schema": request.schema}},
    }
    if "store" not in without:
        body["store"] = False  # the service need not keep what it was asked
    if "system" in without:
        return body | {"input": f"{request.system}\n\n{request.user}"}
    return body | {"instructions": request.system, "input": request.user}


def _chat(mode: Mode, request: Request, without: frozenset[str]) -> dict[str, Any]:
    system = request.system
    body: dict[str, Any] = {}
    if mode is Mode.SCHEMA:
        schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    else:
        system = f"{system}\n\n{schema_text(request)}"
    if mode is Mode.OBJECT:
        # llama.cpp constrains to a schema given here; a service that objects gets it without.
        more = {} if "schema" in without else {"schema": request.schema}
        body["response_format"] = {"type": "json_object", **more}
    if "system" in without:
        body["messages"] = [{"role": "user", "content": f"{system}\n\n{request.user}"}]
    else:
        body["messages"] = [
            {"role": "system", "content": system},
            {"role": "user", "content": request.user},
        ]
    limit = "max_completion_tokens" if "max_tokens" in without else "max_tokens"
    body[limit] = request.max_tokens
    if request.seed is not None and "seed" not in without:
        body["seed"] = request.seed
    if not {"stream", "stream_options"} & without:
        body["stream_options"] = {"include_usage": True}
    return body


@dataclass
class Answer:
    """What has been read of a reply.

    Parameters
    ----------
    parts : list of str
        Pieces of text, in order.
    finish : str
        Why it ended, in the service's word; empty while it has not.
    refusal : bool
        Whether the model declined, in words or by a filter.
    model : str
        The service's own name for the model.
    tokens_in, tokens_out : int or None
        None where the service counts none.
    """

    parts: list[str] = field(default_factory=list)
    finish: str = ""
    refusal: bool = False
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None

    @property
    def text(self) -> str:
        """The whole text; half surrogates, which no file can hold, are replaced."""
        return "".join(self.parts).encode("utf-8", "replace").decode()

    @property
    def cut(self) -> bool:
        """Whether the reply was longer than it may be."""
        return self.finish in {"length", "max_tokens", "max_output_tokens"}

    def add(self, text: object) -> str:
        """Take in a piece of text; whatever is no text is none."""
        if not isinstance(text, str) or not text:
            return ""
        self.parts.append(text)
        return text

    def note(self, data: object, tokens_in: str, tokens_out: str) -> None:
        """Take in what a document says of itself: model and token counts."""
        model = _at(data, "model")
        if isinstance(model, str):
            self.model = "".join(char for char in model[:200] if char.isprintable())
        self.tokens_in = _count(_at(data, "usage", tokens_in), self.tokens_in)
        self.tokens_out = _count(_at(data, "usage", tokens_out), self.tokens_out)


def read_event(mode: Mode, answer: Answer, event: object) -> str:
    """Take in one event of a stream and return its piece of text.

    Raises
    ------
    Trouble
        If the event tells an error.
    """
    if mode is not Mode.RESPONSES:
        _chat_choice(answer, event, "delta")
        return answer.add(_content(_at(event, "choices", 0, "delta", "content")))
    kind = _at(event, "type")
    if kind == "response.output_text.delta":
        return answer.add(_at(event, "delta"))
    if kind == "response.refusal.delta":
        answer.refusal = True
    if kind == "error":
        raise _told(event)
    if kind in {"response.completed", "response.incomplete", "response.failed"}:
        heard = bool(answer.parts)
        return _response(answer, _at(event, "response"), text=not heard)
    return ""


def read_whole(mode: Mode, answer: Answer, document: object) -> str:
    """Take in a reply that came in one piece and return its text.

    Raises
    ------
    Trouble
        If the document is no reply, or tells an error.
    """
    if isinstance(_at(document, "error"), dict):
        raise _told(_at(document, "error"))
    if mode is Mode.RESPONSES:
        return _response(answer, document, text=True)
    if not isinstance(_at(document, "choices", 0, "message"), dict):
        raise Trouble("unreadable")
    _chat_choice(answer, document, "message")
    return answer.add(_content(_at(document, "choices", 0, "message", "content")))


def _chat_choice(answer: Answer, data: object, holder: str) -> None:
    answer.note(data, "prompt_tokens", "completion_tokens")
    finish = _at(data, "choices", 0, "finish_reason")
    if isinstance(finish, str) and finish:
        answer.finish = finish
    refused = _at(data, "choices", 0, holder, "refusal")
    answer.refusal |= bool(refused) or finish == "content_filter"


def _content(content: object) -> object:
    """Return the text of a message, which a few services send as a list of parts."""
    if isinstance(content, list):
        texts = [_at(part, "text") for part in content]
        return "".join(text for text in texts if isinstance(text, str))
    return content


def _response(answer: Answer, data: object, *, text: bool) -> str:
    status, output = _at(data, "status"), _at(data, "output")
    if status == "failed":
        raise _told(_at(data, "error"))
    if status not in {"completed", "incomplete"} or not isinstance(output, list):
        raise Trouble("unreadable")
    answer.note(data, "input_tokens", "output_tokens")
    reason = _at(data, "incomplete_details", "reason")
    answer.finish = reason if isinstance(reason, str) and reason else str(status)
    answer.refusal |= reason == "content_filter"
    pieces = []
    for item in output:
        content = _at(item, "content")
        for part in content if isinstance(content, list) else ():
            answer.refusal |= _at(part, "type") == "refusal"
            if text and _at(part, "type") == "output_text":
                pieces.append(answer.add(_at(part, "text")))
    return "".join(pieces)


def _told(error: object) -> Trouble:
    """Return the trouble of an error told inside an answer of status 200."""
    code, message = (str(_at(error, key) or "") for key in ("code", "message"))
    busy = code in {"429", "rate_limit_exceeded"}
    return Trouble("status", 429 if busy else 500, code, str(_at(error, "param") or ""), message)


def _at(data: object, *path: str | int) -> Any:
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and len(data) > step else None
    return data


def _count(value: object, otherwise: int | None) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if good and isinstance(value, int) else otherwise
