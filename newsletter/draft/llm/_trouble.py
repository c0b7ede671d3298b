"""A request that went wrong, told alike whatever library or service told it."""

import re
from dataclasses import dataclass
from typing import Literal

from newsletter import wire
from newsletter.draft.model import Mode

Kind = Literal[
    "status", "unreachable", "silent", "broken", "unfinished", "unreadable", "late", "long"
]

_SETTLED = frozenset(
    {
        "billing_hard_limit_reached",
        "context_length_exceeded",
        "insufficient_quota",
        "model_not_found",
    }
)
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
_OF_FORM = frozenset({400, 404, 405, 409, 415, 422, 501})
_SPEAKS_OF_SCHEMA = re.compile(
    r"response_format|json_schema|json_object|structured.?output|grammar|guided_json"
    r"|text\.format|\bschema\b",
    re.IGNORECASE,
)
_PARAMETERS = {
    "temperature": "temperature",
    "max_tokens": "max_tokens",
    "seed": "seed",
    "stream_options": "stream_options",
    "stream": "stream",
    "streaming": "stream",
    "store": "store",
    "instructions": "system",
}
_NAMED = re.compile(rf"\b({'|'.join(_PARAMETERS)})\b", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"support|unknown|unrecogni[sz]ed|unexpected|not (?:allowed|permitted|available|implemented)"
    r"|extra|invalid|disabled|deprecated",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(r"system\W+(?:role|message|prompt)s?\b.{0,40}\bnot\b", re.IGNORECASE)


@dataclass(eq=False)
class Trouble(Exception):
    """What went wrong with one request.

    Parameters
    ----------
    kind : str
        A status, or how the exchange ended without one: nobody reached, silence, a stream
        that broke, one that ended without saying so, a body that is no reply, the time up,
        a reply far longer than it may be.
    status : int
        HTTP status, 0 where there was none.
    code, param, message : str
        From the service's error, the key taken out.
    wait : float or None
        Seconds the service asks to wait.
    """

    kind: Kind
    status: int = 0
    code: str = ""
    param: str = ""
    message: str = ""
    wait: float | None = None

    @property
    def unauthorised(self) -> bool:
        """Whether the key is refused; asking again cannot help."""
        return self.status in {401, 403}

    @property
    def settled(self) -> bool:
        """Whether neither waiting nor asking otherwise can help."""
        ended = self.unauthorised or self.filtered or self.kind in {"late", "long"}
        return ended or self.code in _SETTLED or self.param == "model"

    @property
    def filtered(self) -> bool:
        """Whether the service's filter refused the prompt."""
        return self.code in _FILTERED

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        if self.kind == "status":
            return wire.passing(self.status)
        return self.kind in {"unreachable", "silent", "broken", "unfinished"}

    @property
    def _speaks_of_schema(self) -> bool:
        return _SPEAKS_OF_SCHEMA.search(f"{self.param} {self.message}") is not None

    def form_refused(self, mode: Mode) -> bool:
        """Tell whether the service seems not to know the mode's way of asking."""
        if self.kind == "unreadable":  # a page for every unknown route, say
            return mode is Mode.RESPONSES
        if self.kind != "status":
            return False
        if self._speaks_of_schema and self.status in _OF_FORM | {500}:
            return True
        if self.status in {404, 405}:  # elsewhere it is the address that is wrong
            return mode is Mode.RESPONSES
        return self.status in _OF_FORM

    def unwanted(self) -> str:
        """Return the habit of asking that the service complains of, or an empty string."""
        if self.kind != "status" or self.status not in _OF_FORM | {500}:
            return ""
        if self.param:
            own = self.param.rsplit(".", 1)[-1]
            return "system" if own.startswith("messages[0]") else _PARAMETERS.get(own, "")
        if _NO_SYSTEM.search(self.message):
            return "system"
        named = _NAMED.search(self.message)
        if named is None or self._speaks_of_schema or not _COMPLAINT.search(self.message):
            return ""
        return _PARAMETERS[named[1].lower()]
