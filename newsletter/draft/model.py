"""The port behind which a language model writes; the door is ``draft/llm/``.

Text in, text out, everything recorded, no tools, no way to the world. What comes back is
hostile until it is parsed and proved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from newsletter.errors import DraftError


class Mode(StrEnum):
    """How a reply is held to its schema, strictest first."""

    RESPONSES = "responses"
    """The Responses API with a strict JSON schema."""
    SCHEMA = "json_schema"
    """Chat completions with a strict JSON schema."""
    OBJECT = "json_object"
    """Chat completions that promise a JSON object; the schema stands in the prompt."""
    PLAIN = "plain"
    """Text; the schema stands in the prompt, and JSON is looked for in the reply."""


class Fault(StrEnum):
    """Why there is no usable reply."""

    UNAUTHORISED = "unauthorised"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    BUDGET = "budget"
    CANCELLED = "cancelled"


class ModelError(DraftError):
    """A model gave no usable reply; the house writer takes over.

    Parameters
    ----------
    message : str
        One sentence for people; never holds a key, nor more than a few words of a reply.
    fault : Fault
        What kind of failure it was.
    """

    def __init__(self, message: str, fault: Fault = Fault.UNAVAILABLE) -> None:
        self.fault = fault
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked, whole: equal requests have equal hashes.

    Parameters
    ----------
    prompt : str
        Id of the template, e.g. ``"brief"``.
    version : int
        Of the template.
    template : str
        sha256 of the template's file.
    system, user : str
        The rendered halves. Untrusted text in them is delimited data.
    schema_name : str
        Name of the output schema.
    schema : mapping
        JSON schema in the subset that strict structured output accepts: every object
        closed (``additionalProperties: false``), every property required.
    max_tokens : int
        Longest reply.
    temperature : float
        0 to 2.
    seed : int or None
        For services that honour one.
    """

    prompt: str
    version: int
    template: str
    system: str
    user: str
    schema_name: str
    schema: Mapping[str, Any] = field(hash=False)
    max_tokens: int
    temperature: float
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, with everything an audit wants to know.

    Parameters
    ----------
    text : str
        The raw reply; hostile until parsed and proved.
    model : str
        The model's name as its service states it.
    mode : Mode
        How it was held to the schema.
    tokens_in, tokens_out : int
        As counted by the service; estimated (characters / 3, upwards) where it counts none.
    seconds : float
        From the first request to the last byte, retries included.
    attempts : int
        Requests made, retries and lower modes included.
    kept : bool
        Whether it is the answer of an earlier, equal request; it then cost nothing.
    """

    text: str
    model: str
    mode: Mode
    tokens_in: int
    tokens_out: int
    seconds: float
    attempts: int = 1
    kept: bool = False


Listener = Callable[[str], None]
"""Told each piece of a reply as it arrives, for progress; raising `KeyboardInterrupt` or
`ModelError` from it cancels the request."""


class LanguageModel(Protocol):
    """A service that completes a prompt."""

    @property
    def name(self) -> str:
        """The configured model's name."""
        ...

    def complete(self, request: Request, seconds: float, heard: Listener | None = None) -> Reply:
        """Return the reply to a request.

        Parameters
        ----------
        request : Request
            The whole of what is asked.
        seconds : float
            Time left for all attempts together.
        heard : callable, optional
            Told pieces as they arrive.

        Raises
        ------
        ModelError
            If the service gives no whole reply in that time. The text itself is not judged
            here: that it satisfies the schema is for `newsletter.draft.dictation`.
        """
        ...
