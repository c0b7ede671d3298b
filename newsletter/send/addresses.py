"""Addresses and readers' names: hostile until they have been through here.

An address is kept in the one form every mail server accepts: an ASCII part before the
@ and a domain in A-label (``xn--``) form. No sentence of this module repeats the
address, so that none reaches a log.
"""

import functools
import re

from newsletter.errors import ExitCode, SendError

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
LONGEST_NAME = 120

UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""C0, DEL, C1 (with NEL), line and paragraph separators, lone surrogates."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ANY_ADDRESS = re.compile(r"[^\s<>\"'(),:;@]+@[^\s<>\"'(),:;@]+")
# IDNA 2003, which Python speaks, and IDNA 2008, which registries speak, send these four
# to different domains. Better to ask than to mail a stranger.
_AMBIGUOUS = frozenset("ßẞς\u200c\u200d")


class AddressError(SendError):
    """An address or a reader's name cannot be used in mail.

    Parameters
    ----------
    message : str
        One sentence that does not repeat the address.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


def normalise(text: str) -> str:
    """Return an address in the form in which it is stored and mailed.

    Parameters
    ----------
    text : str
        ``local@domain`` as somebody typed it, without a display name.

    Returns
    -------
    str
        The local part as given (it may be case-sensitive), the domain in lower-case
        A-labels.

    Raises
    ------
    AddressError
        With what is wrong and what would be right.

    Examples
    --------
    >>> normalise(" Ada@Münchner-Börse.DE ")
    'Ada@xn--mnchner-brse-djb9e.de'
    """
    text = text.strip()
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise AddressError("The address needs a name, one @ and a domain, as in ada@example.com.")
    if not local.isascii():
        raise AddressError(
            "The address has letters outside ASCII before the @; mail servers cannot be relied on "
            "to take them. Ask the reader for another address."
        )
    if not _LOCAL.fullmatch(local):
        raise AddressError(
            "The part before the @ may hold letters, digits, single dots and !#$%&'*+/=?^_`{|}~- "
            "only; correct the address."
        )
    if len(local) > LONGEST_LOCAL_PART:
        raise AddressError(
            f"The part before the @ has {len(local)} characters; {LONGEST_LOCAL_PART} are allowed."
        )
    address = f"{local}@{a_labels(domain)}"
    if len(address) > LONGEST_ADDRESS:
        raise AddressError(
            f"The address has {len(address)} characters; {LONGEST_ADDRESS} are allowed."
        )
    return address


@functools.lru_cache(maxsize=4096)  # readers share domains
def a_labels(domain: str) -> str:
    """Return a domain in lower-case A-labels.

    Raises
    ------
    AddressError
        If it is no domain of the public DNS.
    """
    if _AMBIGUOUS.intersection(domain):
        raise AddressError(
            "The domain has a letter that old and new standards read differently (ß, ς or a "
            "joiner); give the domain in its xn-- form."
        )
    wrong = AddressError(
        "The part after the @ is no domain; it looks like example.com, with letters, digits and "
        "hyphens between the dots."
    )
    if len(domain) > LONGEST_ADDRESS or UNPRINTABLE.search(domain):
        raise wrong
    try:
        ascii_form = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise wrong from error
    labels = ascii_form.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise wrong
    return ascii_form


def clean_name(text: str) -> str:
    """Return a reader's name fit for storing: one line, single spaces, may be empty.

    Raises
    ------
    AddressError
        If it holds control characters or is too long.
    """
    if UNPRINTABLE.search(text):
        raise AddressError(
            "The name holds a control character or a line break; write it on one line."
        )
    name = " ".join(text.split())
    if len(name) > LONGEST_NAME:
        raise AddressError(f"The name has {len(name)} characters; {LONGEST_NAME} are allowed.")
    return name


def redact(text: str) -> str:
    """Return a text with every address in it replaced, for logs and for the ledger.

    Examples
    --------
    >>> redact("550 5.1.1 <ada@example.com>: user unknown")
    '550 5.1.1 <[address]>: user unknown'
    """
    return _ANY_ADDRESS.sub("[address]", text)
