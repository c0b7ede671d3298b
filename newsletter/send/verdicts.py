"""What a report about a mail means for its reader, whatever way the report came.

A server's words are hints; its enhanced status code (RFC 3463) is the sentence. Only a refusal
that speaks of the mailbox takes a reader off at once; a refusal that speaks of us or of the
message never does, however permanent it calls itself.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from newsletter.send.events import Event, What


class Verdict(StrEnum):
    """What is done about a report."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    HARD = "hard"
    BLOCK = "block"
    SOFT = "soft"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


STRIKES = 5
"""How many editions in a row must fail softly before a reader is taken off."""
SPAN = dt.timedelta(days=10)
"""Over how long they must reach, from the first to the last."""

NO_SUCH_READER = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_ABOUT_US = frozenset({"5.1.7", "5.1.8"})
_MAILBOX_CODES = frozenset({550, 551, 553, 554})
_ENHANCED = re.compile(r"(?:(?<![\w.-])|(?<=\d\d\d-))([245])\.(\d{1,3})\.(\d{1,3})(?![\w-]|\.\d)")
_CODE = re.compile(r"(?<![\w.-])([245]\d\d)(?=[ -]|$)")

_BLOCKED = re.compile(
    r"spam|\bblock(?:ed|ing|list)|black ?list|deny ?list|\b(?:dns)?[br]bl\b|reputation|dmarc"
    r"|\bspf\b|\bdkim\b|unauthenticated|not authenticated|authentication"
    r"|unsolicited|\bbulk\b|\bpolicy\b|policies|\bbanned\b|virus|malware|phish|abuse"
    r"|content (?:is )?(?:rejected|refused|filter)|message (?:content )?(?:refused|rejected)"
    r"|reverse (?:dns|lookup)|\bptr\b|\brelay(?:ing)?\b|sender (?:address )?(?:rejected|denied)"
    r"|not (?:accepting|accepted) (?:mail|messages?) from|access denied|complaint",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"quota|mailbox (?:is )?full|(?:in|mail)box .{0,60}(?:is full|size limit|storage)"
    r"|over ?quota|(?:insufficient|out of|not enough) (?:system )?(?:storage|space|disk)"
    r"|too many|rate|try (?:again )?later|temporar|timed? ?out|grey ?list|gray ?list"
    r"|connection refused|no route|too (?:large|big|old)|expired|over its? limit",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:user|mailbox|recipient|address|account|alias|addressee|local part)\b"
    r".{0,80}(?:unknown|does ?n[o']t exist|does not exist|not exist|not found|no longer"
    r"|unavailable|disabled|inactive|invalid|deactivated|discontinued|not? (?:listed|valid|known)"
    r"|not active|suspended|closed|no such|is not a)"
    r"|(?:unknown|no such|invalid|unrouteable|unrouted|non-?existent|bad|inactive|undeliverable"
    r"|not a valid|isn'?t a valid)"
    r"\s+(?:\w+ ){0,2}(?:user|mailbox|recipient|address|account|person|local|destination)"
    r"|no (?:mailbox|account|user)\b.{0,30}(?:here|by that name|with this)"
    r"|(?:does ?n[o']t|does not) have an? .{0,40}account|not our customer|user is unknown"
    r"|said no such|no longer (?:valid|active|in use|on server)|unknown:|nobody here",
    re.IGNORECASE,
)


def classify(event: Event) -> Verdict:
    """Return what a report means.

    Parameters
    ----------
    event : Event
        The report, from a server or from a service.
    """
    match event.what:
        case What.DELIVERED:
            return Verdict.DELIVERED
        case What.DEFERRED:
            return Verdict.DELAYED
        case What.COMPLAINED:
            return Verdict.COMPLAINT
        case What.UNSUBSCRIBED:
            return Verdict.UNSUBSCRIBE
    return failure(event.status, event.code, event.text, event.permanent)


def failure(
    status: str, code: int | None, text: str, permanent: bool | None = None, *, ours: bool = False
) -> Verdict:
    """Return what a failed delivery means: ``HARD``, ``BLOCK`` or ``SOFT``.

    Parameters
    ----------
    status : str
        Enhanced status code; empty where none was given outside of `text`.
    code : int or None
        SMTP reply code; where None, the first in `text`.
    text : str
        What the server said.
    permanent : bool or None
        Whether a delivery service itself calls it permanent.
    ours : bool
        Whether it was refused at a step that is not about the reader, such as MAIL FROM or
        the message's end: then only an enhanced code can speak of the mailbox.

    Examples
    --------
    >>> str(failure("", None, "550 5.1.1 unknown user"))
    'hard'
    >>> str(failure("5.7.1", 550, "rejected as spam", permanent=True))
    'block'
    """
    text = " ".join(text[:2000].split())
    status = _status(status, text)
    if status:
        verdict = _by_status(status, text)
        if verdict is not None:
            return _unless_passing(verdict, permanent)
    if code is None:
        found = _CODE.search(text)
        code = int(found[1]) if found else None
    return _unless_passing(_by_words(status, code, text, permanent, ours=ours), permanent)


def refusal(reply: str, *, of_reader: bool) -> Verdict:
    """Return what a server's refusal during the conversation means.

    Parameters
    ----------
    reply : str
        Its answer, reply code first, as the ledger keeps it.
    of_reader : bool
        Whether the recipient was refused (RCPT TO), and not the sender or the message.
    """
    return failure("", None, reply, ours=not of_reader)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one edition ended for one reader.

    Parameters
    ----------
    edition : str
        Its key.
    at : datetime.datetime
        Aware instant.
    verdict : Verdict
        ``DELIVERED`` where nothing else was heard of a copy that was accepted.
    """

    edition: str
    at: dt.datetime
    verdict: Verdict


def struck_out(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether a reader has failed softly too often, by all that is known today.

    `STRIKES` editions in a row that reach over `SPAN`. Any delivery begins the count anew;
    a block is about us and counts neither way. The order in which reports came does not
    matter: what is asked is the history.

    Parameters
    ----------
    outcomes : iterable of Outcome
        Of one reader, in whatever order.
    """
    strikes: list[dt.datetime] = []
    for one in sorted(outcomes, key=lambda each: (each.at, each.edition)):
        if one.verdict is Verdict.SOFT:
            strikes.append(one.at)
        elif one.verdict is Verdict.DELIVERED:
            strikes = []
    return len(strikes) >= STRIKES and strikes[-1] - strikes[0] >= SPAN


def _status(given: str, text: str) -> str:
    """Return the more telling one of the status beside a text and the one inside it."""
    outer, inner = _ENHANCED.fullmatch(given.strip()), _ENHANCED.search(text)
    if outer and not (outer[2] == "0" and inner):
        return f"{outer[1]}.{int(outer[2])}.{int(outer[3])}"
    # Relays that know no better write 5.0.0 over what the far server said in its words.
    return f"{inner[1]}.{int(inner[2])}.{int(inner[3])}" if inner else ""


def _by_status(status: str, text: str) -> Verdict | None:
    """Return what an enhanced status code says by itself; None where words must tell."""
    kind, subject, _ = status.split(".")
    if kind == "4":
        # A block that calls itself temporary is still about us: it must cost no reader a strike.
        return Verdict.BLOCK if subject == "7" and _BLOCKED.search(text) else Verdict.SOFT
    if kind == "2":
        return None
    if status in NO_SUCH_READER:
        # Gmail says 5.2.1 of a mailbox that gets too much at once, too.
        full = status == "5.2.1" and _WAITING.search(text) and not _UNKNOWN.search(text)
        return Verdict.SOFT if full else Verdict.HARD
    if subject == "7" or status in _ABOUT_US:
        return Verdict.BLOCK
    if subject in {"5", "6"}:
        return Verdict.BLOCK if not _UNKNOWN.search(text) else None
    if subject in {"2", "3", "4"} and status != "5.2.0":
        return Verdict.BLOCK if _BLOCKED.search(text) else Verdict.SOFT
    return None


def _by_words(
    status: str, code: int | None, text: str, permanent: bool | None, *, ours: bool
) -> Verdict:
    if code is not None and code < 500 and not status.startswith("5"):
        return Verdict.BLOCK if _BLOCKED.search(text) else Verdict.SOFT
    unknown = _UNKNOWN.search(text)
    about_mailbox = code is None or code in _MAILBOX_CODES or status.startswith("5")
    if ours:
        return Verdict.BLOCK if _BLOCKED.search(text) else Verdict.SOFT
    if _BLOCKED.search(text):
        return Verdict.BLOCK
    if _WAITING.search(text) and not unknown:
        return Verdict.SOFT
    if unknown and (about_mailbox or permanent):
        return Verdict.HARD
    if permanent and not text:
        return Verdict.HARD  # a service that will not try this address again
    return Verdict.SOFT


def _unless_passing(verdict: Verdict, permanent: bool | None) -> Verdict:
    """Never take off at once whom the reporter itself means to try again."""
    return Verdict.SOFT if verdict is Verdict.HARD and permanent is False else verdict
