"""Equal questions get the answers they got before: replays, and free second tries."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Protocol

from newsletter.draft.model import LanguageModel, Listener, Reply, Request
from newsletter.draft.transcript import canonical, reply_of, request_json

SCHEMA = "kept-reply/1"


class Kept(Protocol):
    """A place that keeps bytes by the hash of what they answer."""

    def get(self, key: str) -> bytes | None:
        """Return the bytes kept under a key, or None."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""
        ...


def key_of(request: Request, model: str) -> str:
    """Return the hash over every field of a request and the model's name."""
    return hashlib.sha256(canonical([model, request_json(request)])).hexdigest()


class RecallingModel:
    """A model that answers from kept replies where it can.

    Parameters
    ----------
    inner : LanguageModel
        Asked where nothing is kept. Its failures are never kept.
    kept : Kept
        Replies by the hash of their request.
    """

    def __init__(self, inner: LanguageModel, kept: Kept) -> None:
        self._inner, self._kept = inner, kept

    @property
    def name(self) -> str:
        """The configured model's name."""
        return self._inner.name

    def complete(self, request: Request, seconds: float, heard: Listener | None = None) -> Reply:
        """Return the kept reply to an equal request, or ask and keep what comes.

        Parameters
        ----------
        request : Request
            The whole of what is asked.
        seconds : float
            Time left for all attempts together.
        heard : callable, optional
            Told pieces as they arrive; a kept reply arrives in one.

        Raises
        ------
        ModelError
            As the inner model raises it.
        """
        key = key_of(request, self.name)
        known = _read(self._kept.get(key))
        if known is not None:
            _tell(heard, known.text)
            return replace(known, kept=True)
        reply = self._inner.complete(request, seconds, heard)
        if not reply.kept:
            self._kept.put(key, canonical({"schema": SCHEMA, "reply": asdict(reply)}))
        return reply


def _tell(heard: Callable[[str], None] | None, text: str) -> None:
    if heard is not None:
        heard(text)


def _read(data: bytes | None) -> Reply | None:
    """Return a kept reply; what cannot be read counts as not kept, and is asked again."""
    if data is None:
        return None
    try:
        document = json.loads(data)
        return reply_of(document["reply"]) if document["schema"] == SCHEMA else None
    except (LookupError, TypeError, ValueError):
        return None
