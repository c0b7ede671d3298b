"""Material: what a mail is drawn from, wherever it comes from."""

import email
import email.policy
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from newsletter.collect.snapshot import Snapshot
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.errors import ConfigError, NewsletterError
from newsletter.render.rendered import Image, Rendered

KINDS = (".eml", ".html", ".htm", ".md", ".markdown", ".txt", ".json")
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Material:
    """An edition before it is drawn, or a mail that is finished already.

    Parameters
    ----------
    id : str
        Names its contents: the same id, the same mail.
    key : str
        Edition key; empty for a foreign file.
    draft, ledger, snapshot
        What it is drawn from, as far as they are there.
    mail : Rendered or None
        The mail as it was kept or found; the only one where there is no draft.
    made : str
        Where it comes from, in a few words.
    raw : bytes
        The message itself, where a file holds one.
    """

    id: str
    key: str
    draft: Draft | None = None
    ledger: Ledger | None = None
    snapshot: Snapshot | None = None
    mail: Rendered | None = None
    made: str = ""
    raw: bytes = b""


def of_file(path: Path, sample: Callable[[], tuple[str, Ledger]]) -> Material:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path
        ``.eml``, ``.html``, ``.md``, ``.txt``, or JSON: a draft (``draft/1``; a
        ``ledger.json`` beside it holds its facts) or a finished mail (``rendered/1``).
    sample : callable
        Returns key and facts of the sample market, for drafts that come without facts.

    Raises
    ------
    ConfigError
        If it cannot be read, or is of another kind.
    """
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise ConfigError(f"{path} is of a kind the preview does not know: {', '.join(KINDS)}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{path} has {len(data):,} bytes; the preview reads {MOST_BYTES:,}.")
    if suffix == ".json":
        return _document(path, data, sample)
    made, id = f"the file {path.name}", f"{path}:{path.stat().st_mtime_ns}"
    if suffix == ".eml":
        return Material(id, "", mail=_message(data), made=made, raw=data)
    text = data.decode(errors="replace")
    html = text if suffix in {".html", ".htm"} else ""
    mail = Rendered(path.name, "", html, "" if html else text, ())
    return Material(id, "", mail=mail, made=made)


def _document(path: Path, data: bytes, sample: Callable[[], tuple[str, Ledger]]) -> Material:
    id, made = f"{path}:{path.stat().st_mtime_ns}", f"the file {path.name}"
    try:
        found: Any = json.loads(data)
        schema = found.get("schema") if isinstance(found, dict) else None
        if schema == "rendered/1":
            return Material(id, "", mail=Rendered.from_bytes(data), made=made)
        if schema == "draft/1":
            key, ledger = _facts(path) or sample()
            return Material(id, key, Draft.from_json(found), ledger, made=made)
    except (ValueError, KeyError, TypeError, AttributeError, NewsletterError) as error:
        raise ConfigError(f"{path} cannot be read as what it says it is: {error}") from error
    raise ConfigError(f"{path} is {schema!r}; the preview reads draft/1 and rendered/1.")


def _facts(path: Path) -> tuple[str, Ledger] | None:
    beside = path.with_name("ledger.json")
    if not beside.is_file():
        return None
    ledger = Ledger.from_bytes(beside.read_bytes())
    return f"{ledger.session}.evening", ledger


def _message(data: bytes) -> Rendered:
    """Read a message as its recipient's program would."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):  # the default policy makes nothing else
        raise TypeError("the parser made no EmailMessage")
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    pictures = []
    for part in message.walk():
        name = str(part.get("Content-ID", "")).strip("<> ")
        content = part.get_payload(decode=True)
        if name and part.get_content_type() == "image/png" and isinstance(content, bytes):
            pictures.append(Image(name, "", content, 0, 0))
    return Rendered(
        subject=str(message.get("Subject", "")),
        preheader="",
        html=_content(html),
        text=_content(text),
        images=tuple(pictures),
    )


def _content(part: Any) -> str:
    return str(part.get_content()) if part is not None else ""


def of_edition(house: Any, edition: Any) -> Material:
    """Return a kept edition's latest revision."""
    revision, pipeline = edition.revision, house.pipeline
    return Material(
        f"{revision.draft}.{revision.ledger}",
        str(edition.key),
        pipeline.written(revision.draft),
        pipeline.ledger(revision.ledger),
        pipeline.snapshot(revision.snapshot),
        pipeline.mail(revision.rendered),
        f"revision {revision.number}, {edition.state}",
    )


def drafted(house: Any, key: Any, order: dict[str, str]) -> Material:
    """Write an edition that nobody has made, with the house writer's hand; keep nothing.

    A language model is not asked: looking costs nothing.
    """
    snapshot = house.collect(order)
    return written(house, key, snapshot, house.compute(snapshot))


def written(house: Any, key: Any, snapshot: Snapshot, facts: Ledger) -> Material:
    """Return the house writer's edition of a session's facts."""
    from newsletter.draft.remembered import with_memory

    kind = house.config.editions.get(key.kind)
    weekly = kind is not None and kind.weekly
    ledger = with_memory(facts, house.pipeline.memory.recall(), key.kind, scored=weekly)
    draft = house.house_draft(key, ledger)
    id = f"{draft.sha256}.{ledger.sha256}"
    return Material(id, str(key), draft, ledger, snapshot, made="drafted for this preview only")
