"""The port behind which a language model will write; the door is ``draft/llm/``.

Nothing implements it yet. It fixes what the rest of the house may rely on: text in, text
out, everything recorded, no tools, no way to the world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, with everything an audit wants to know.

    Parameters
    ----------
    text : str
        The raw reply; hostile until parsed and proved.
    model : str
        The model's name as its service states it.
    tokens_in, tokens_out : int
        As counted by the service.
    seconds : float
        From request to last byte.
    """

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    seconds: float


class LanguageModel(Protocol):
    """A service that completes a prompt."""

    def complete(self, prompt: str, schema: Mapping[str, Any]) -> Reply:
        """Return the reply to a prompt.

        Parameters
        ----------
        prompt : str
            The whole rendered prompt; headlines in it are delimited data.
        schema : mapping
            JSON schema that the reply's text must satisfy.

        Raises
        ------
        newsletter.errors.DraftError
            If the service gives no usable reply within its budget.
        """
        ...
