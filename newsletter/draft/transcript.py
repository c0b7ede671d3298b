"""What a model was asked and what it answered, word for word: the audit of a draft."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from newsletter.draft.model import Fault, Mode, ModelError, Reply, Request
from newsletter.errors import DraftError

SCHEMA = "transcript/1"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it: a reply, or a fault.

    Parameters
    ----------
    request : Request
        The whole of what was asked, with its prompt's id, version and template hash.
    model : str
        The configured model's name; the reply states the service's own.
    at : datetime.datetime
        When it was asked; aware.
    seconds : float
        Until the reply or the fault.
    cost : str
        Exact decimal, in the currency of the price list.
    reply : Reply or None
        None where there was a fault.
    fault : Fault or None
        None where there was a reply.
    problem : str
        The fault's sentence; empty where there was a reply.
    """

    request: Request
    model: str
    at: dt.datetime
    seconds: float
    cost: str
    reply: Reply | None = None
    fault: Fault | None = None
    problem: str = ""

    def __post_init__(self) -> None:
        if (self.reply is None) == (self.fault is None):
            raise DraftError("An exchange holds either a reply or a fault.")
        if self.at.tzinfo is None:
            raise DraftError(f"An exchange needs an aware instant, not {self.at.isoformat()}.")

    @classmethod
    def answered(
        cls, request: Request, model: str, reply: Reply, cost: Decimal, at: dt.datetime
    ) -> "Exchange":
        """Return the record of a request that was answered."""
        return cls(request, model, at, reply.seconds, plain_decimal(cost), reply=reply)

    @classmethod
    def failed(
        cls,
        request: Request,
        model: str,
        error: ModelError,
        cost: Decimal,
        at: dt.datetime,
        seconds: float,
    ) -> "Exchange":
        """Return the record of a request that had no usable reply."""
        cost_text = plain_decimal(cost)
        return cls(request, model, at, seconds, cost_text, fault=error.fault, problem=str(error))

    def to_json(self) -> dict[str, Any]:
        """Return the exchange as plain JSON data."""
        return {
            "request": request_json(self.request),
            "model": self.model,
            "at": self.at.astimezone(dt.UTC).isoformat(),
            "seconds": self.seconds,
            "cost": self.cost,
            "reply": None if self.reply is None else asdict(self.reply),
            "fault": self.fault,
            "problem": self.problem,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Exchange":
        """Read back what `to_json` wrote; odd keys and values raise the usual errors."""
        given = dict(data)
        return cls(
            request=Request(**given.pop("request")),
            at=dt.datetime.fromisoformat(given.pop("at")),
            cost=plain_decimal(Decimal(given.pop("cost"))),
            reply=None if (reply := given.pop("reply")) is None else reply_of(reply),
            fault=None if (fault := given.pop("fault")) is None else Fault(fault),
            **given,
        )


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was asked for one draft, in order.

    Parameters
    ----------
    exchanges : tuple of Exchange
        Failures included.
    """

    exchanges: tuple[Exchange, ...] = ()

    def plus(self, exchange: Exchange) -> "Transcript":
        """Return a transcript with one exchange more."""
        return Transcript((*self.exchanges, exchange))

    @property
    def cost(self) -> Decimal:
        """Of all exchanges."""
        return sum((Decimal(exchange.cost) for exchange in self.exchanges), Decimal(0))

    @property
    def tokens(self) -> int:
        """In and out, of all replies that were not kept ones."""
        replies = (exchange.reply for exchange in self.exchanges)
        return sum(r.tokens_in + r.tokens_out for r in replies if r is not None and not r.kept)

    def to_json(self) -> dict[str, Any]:
        """Return the transcript as plain JSON data."""
        return {"schema": SCHEMA, "exchanges": [one.to_json() for one in self.exchanges]}

    def to_bytes(self) -> bytes:
        """Return the canonical JSON bytes."""
        return canonical(self.to_json())

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Transcript":
        """Read back what `to_bytes` wrote.

        Raises
        ------
        DraftError
            If it is no ``transcript/1`` document.
        """
        try:
            document = json.loads(data)
            if set(document) != {"schema", "exchanges"} or document["schema"] != SCHEMA:
                raise DraftError(f"This is no {SCHEMA} document; its keys or schema differ.")
            return cls(tuple(Exchange.from_json(one) for one in document["exchanges"]))
        except (AttributeError, InvalidOperation, LookupError, TypeError, ValueError) as error:
            raise DraftError(f"The transcript is malformed near {error}.") from error


def request_json(request: Request) -> dict[str, Any]:
    """Return every field of a request as plain JSON data."""
    return {field.name: getattr(request, field.name) for field in fields(Request)}


def reply_of(data: Mapping[str, Any]) -> Reply:
    """Read a reply from JSON data.

    Raises
    ------
    TypeError, ValueError, KeyError
        If it is none.
    """
    reply = Reply(**{**data, "mode": Mode(data["mode"])})
    texts, counts = (reply.text, reply.model), (reply.tokens_in, reply.tokens_out, reply.attempts)
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(count, int) and count >= 0 for count in counts
    ):
        raise ValueError("a reply's text or counts")
    return reply


def canonical(data: object) -> bytes:
    """Return JSON as bytes that are the same for the same data.

    Half of a surrogate pair, which hostile text may hold, is written as JSON's own escape.
    """
    text = json.dumps(
        data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8", "backslashreplace")


def plain_decimal(value: Decimal) -> str:
    """Return a decimal without exponent or trailing zeros: one text for one value."""
    return format(value.normalize(), "f")
