"""Answers written into the commented config.yaml: only values change, each comment stays."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsletter.errors import ConfigError

SENDER: Final = "smtp"
"""What the sender is called that is added where mail goes by a mail server."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .,@/_+-]*")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server that takes our mail; its password is never among the answers."""

    host: str
    port: int
    security: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; None where the shipped value stays.

    `model` is the name a service knows its model by, with `model_url` its address, empty for
    OpenAI's own; an empty `model` is the house writer.
    """

    name: str | None = None
    publisher: str | None = None
    postal_address: str | None = None
    contact: str | None = None
    base_url: str | None = None
    zone: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    server: Server | None = None
    model: str | None = None
    model_url: str | None = None
    jurisdictions: tuple[str, ...] | None = None


_PUBLICATION: Final = {
    "name": "name", "publisher": "publisher", "postal_address": "postal_address",
    "contact": "contact", "base_url": "base_url", "zone": "time_zone",
}  # fmt: skip
"""Field of `Answers` to key of ``publication``."""


def written(text: str, answers: Answers) -> str:
    """Return the text of a config.yaml with answers in it.

    Parameters
    ----------
    text : str
        As shipped.
    answers : Answers
        Any text at all; whether it makes sense is found out by loading the result.
    """
    for field, key in _PUBLICATION.items():
        text = _put(text, ("publication", key), getattr(answers, field))
    for key in ("from_name", "from_address"):
        text = _put(text, ("senders", "mailbox", key), getattr(answers, key))
    if answers.jurisdictions is not None:
        text = _put(text, ("jurisdictions",), list(answers.jurisdictions))
    if answers.model:
        text = _put(text, ("model", "writer"), "model")
        lines = {"name": answers.model, "base_url": answers.model_url or None}
        text = _after(text, ("model", "writer"), "  ", lines)
    return text if answers.server is None else _by_server(text, answers, answers.server)


def _by_server(text: str, answers: Answers, server: Server) -> str:
    lines = {
        "transport": "smtp",
        "from_name": answers.from_name or _value(text, ("senders", "mailbox", "from_name")),
        "from_address": answers.from_address
        or _value(text, ("senders", "mailbox", "from_address")),
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "username": server.username or None,
    }
    text = _after(text, ("senders", "mailbox", "path"), "    ", lines, f"\n  {SENDER}:")
    for kind in ("evening", "weekly"):
        text = _put(text, ("editions", kind, "sender"), SENDER)
    return text


def loaded(text: str) -> Any:
    """Return the configuration that a text holds.

    Raises
    ------
    ConfigError
        One sentence, without the name of any file.
    """
    from newsletter.config import load

    with tempfile.TemporaryDirectory(prefix="newsletter-") as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            return load(path)
        except ConfigError as error:
            told = str(error).removeprefix(f"{path}: ")
            raise ConfigError(told.replace(str(path), "config.yaml")) from error


def _put(text: str, path: tuple[str, ...], value: Any) -> str:
    """Replace the value at a path of keys, where there is a value to put."""
    if value is None:
        return text
    node, put = _node(text, path), _scalar(value)
    before, after = text[: node.start_mark.index], text[node.end_mark.index :]
    beside = re.match(" +#", after)
    if beside:  # a comment keeps its column where there is room
        grown = len(put) - (node.end_mark.index - node.start_mark.index)
        after = " " * max(2, beside.end() - 1 - grown) + after[beside.end() - 1 :]
    return before + put + after


def _after(
    text: str, path: tuple[str, ...], indent: str, lines: dict[str, Any], head: str = ""
) -> str:
    """Add keys below the line of a value; those without a value are left out."""
    added = head + "".join(
        f"\n{indent}{key}: {_scalar(value)}" for key, value in lines.items() if value is not None
    )
    end = text.index("\n", _node(text, path).end_mark.index)
    return text[:end] + added + text[end:]


def _value(text: str, path: tuple[str, ...]) -> str:
    return str(_node(text, path).value)


def _node(text: str, path: tuple[str, ...]) -> Any:
    import yaml

    # The parser written in Python: only its marks count characters.
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in path:
        node = next(value for name, value in node.value if name.value == key)
    return node


def _scalar(value: Any) -> str:
    """Return a value as YAML writes it on one line."""
    import yaml

    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and value == value.strip() and yaml.safe_load(value) == value:
        return str(value)
    dumped: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**9)
    return dumped.rstrip("\n")
