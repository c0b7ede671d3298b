"""What an answer of the other side means for a copy, and for the domain it goes to."""

import re
from typing import Final

from newsletter.errors import SendError
from newsletter.send.delivery import DeliveryState
from newsletter.send.transport import Phase, Refused
from newsletter.send.verdicts import Verdict, refusal

_ENHANCED = re.compile(r"^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b")
CLOSING: Final = 421


def enhanced(error: SendError) -> str:
    """Return the enhanced status code (RFC 3463) of an answer, empty where it has none."""
    found = _ENHANCED.match(error.reply) if isinstance(error, Refused) else None
    return found[1] if found else ""


def outcome(error: SendError, *, crossed: bool) -> DeliveryState:
    """Return the state of a copy whose sending ended in an error.

    Parameters
    ----------
    error : SendError
        Of the transport.
    crossed : bool
        Whether the other side may have had the whole message.
    """
    if crossed and error.code is None:
        return DeliveryState.IN_DOUBT
    if error.permanent:
        return DeliveryState.BOUNCED if no_such_reader(error) else DeliveryState.FAILED
    return DeliveryState.DEFERRED


def no_such_reader(error: SendError) -> bool:
    """Tell whether a permanent refusal is about the mailbox, not about us or the message.

    Refusals in the conversation and reports that come later are judged by the same table.
    """
    if not isinstance(error, Refused) or not error.permanent:
        return False
    return refusal(error.reply, of_reader=error.phase is Phase.RECIPIENT) is Verdict.HARD


def blocks(error: SendError) -> bool:
    """Tell whether a domain refuses us, whoever the reader is (5.7.x)."""
    return error.permanent and enhanced(error).startswith("5.7.")


def too_fast(error: SendError) -> bool:
    """Tell whether a domain asks for patience (421, 4.7.x)."""
    return error.code == CLOSING or enhanced(error).startswith("4.7.")


def of_the_way(error: SendError) -> bool:
    """Tell whether an error is the transport's own: a lost connection, a server that ends."""
    if not isinstance(error, Refused):
        return True
    return error.code == CLOSING or (not error.permanent and error.phase is Phase.MAIL)
