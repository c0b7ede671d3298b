"""Asking: a prompt put to a model, paid for, read as its shape and written down.

Whatever is asked goes through here, so that no call is made that the purse does not allow, and
none is missing from the transcript.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from newsletter.draft import dictation
from newsletter.draft.brief import Shape
from newsletter.draft.commission import Manner
from newsletter.draft.model import Fault, LanguageModel, Listener, ModelError, Request
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Purse
from newsletter.draft.transcript import Exchange, Transcript

_AGAIN = 2
"""Times a prompt is asked before a malformed reply counts."""


class Asking:
    """Puts prompts to one model, on one purse.

    Parameters
    ----------
    model : LanguageModel
        The door.
    prompts : Prompts
        The house's.
    purse : Purse
        What all of it together may cost.
    manner : Manner
        Parameters of the requests.
    now : callable
        The aware present instant, for the record.
    heard : callable, optional
        Told replies as they arrive.

    Attributes
    ----------
    transcript : Transcript
        What was asked and answered so far, failures included.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompts: Prompts,
        purse: Purse,
        manner: Manner,
        now: Callable[[], dt.datetime],
        heard: Listener | None = None,
    ) -> None:
        self._model, self._prompts, self._purse = model, prompts, purse
        self._manner, self._now, self._heard = manner, now, heard
        self.transcript = Transcript()

    def ask(self, id: str, schema: Mapping[str, Any], **variables: Any) -> Shape:
        """Return the reply to a prompt as its shape, asking again where it is none.

        Parameters
        ----------
        id : str
            Of the prompt.
        schema : mapping
            The JSON schema that its front matter names.
        **variables
            What it is filled with.

        Raises
        ------
        ModelError
            If there is no usable reply, or the purse does not allow the call.
        """
        prompt = self._prompts.render(id, **variables)
        for turn in range(_AGAIN):
            seed = turn if self._manner.seed is None else self._manner.seed + turn
            request = prompt.request(
                schema,
                max_tokens=self._manner.max_tokens,
                temperature=self._manner.temperature,
                seed=seed,
            )
            try:
                return dictation.read(prompt.schema_name, self._complete(request))
            except ModelError as error:
                again = error.fault in {Fault.MALFORMED, Fault.TRUNCATED}
                if not again or turn + 1 == _AGAIN:
                    raise
        raise AssertionError  # the loop returns or raises

    def _complete(self, request: Request) -> str:
        size = len(request.system) + len(request.user) + len(json.dumps(request.schema))
        self._purse.require(request.max_tokens, size)
        at, left = self._now(), self._purse.seconds_left
        try:
            reply = self._model.complete(request, left, self._heard)
        except ModelError as error:
            cost = self._purse.forfeit(error.fault, request.max_tokens, size)
            took = left - self._purse.seconds_left
            self._note(Exchange.failed(request, self._model.name, error, cost, at, took))
            raise
        cost = self._purse.pay(reply)
        self._note(Exchange.answered(request, self._model.name, reply, cost, at))
        return reply.text

    def _note(self, exchange: Exchange) -> None:
        self.transcript = self.transcript.plus(exchange)
