"""Header fields, written out by hand where Python's own writer is unsafe or unstable.

`email` accepts NUL in a value, encodes a long List-Unsubscribe address as text (which
breaks one-click) and folds differently from version to version. Here a value either
becomes one legal field, the same on every machine, or it is refused.
"""

import re
from email.header import Header

from newsletter.errors import SendError
from newsletter.send.addresses import UNPRINTABLE

LONGEST_LINE = 998
PREFERRED_LINE = 78
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def checked(name: str, value: str) -> str:
    """Return a header value without outer white space.

    Parameters
    ----------
    name : str
        Field name, for the sentence.
    value : str
        Anything.

    Raises
    ------
    SendError
        If it holds a control character, a line break of any kind or half a character.
    """
    found = UNPRINTABLE.search(value)
    if found:
        raise SendError(
            f"The {name} header would hold the control character U+{ord(found[0]):04X}; nothing "
            "is sent. Remove it from the text it comes from.",
            permanent=True,
        )
    return value.strip()


def text(name: str, value: str) -> bytes:
    """Return a field of free text, such as Subject.

    Parameters
    ----------
    name : str
        Field name.
    value : str
        Encoded (RFC 2047) when it is long or not ASCII.

    Raises
    ------
    SendError
        If the value cannot stand in a header, or is empty.
    """
    value = checked(name, value)
    if not value:
        raise SendError(f"The {name} header would be empty; nothing is sent.", permanent=True)
    if not _fits(name, value):
        value = _encoded(name, value)
    return f"{name}: {value}\r\n".encode("ascii")


def exact(name: str, value: str) -> bytes:
    """Return a field whose value goes out as it stands, on one line.

    Parameters
    ----------
    name : str
        Field name.
    value : str
        ASCII, e.g. a link in angle brackets.

    Raises
    ------
    SendError
        If it is not ASCII, looks like an encoded word, or makes too long a line.
    """
    value = checked(name, value)
    if not value.isascii() or "=?" in value or len(name) + 2 + len(value) > LONGEST_LINE:
        raise SendError(
            f"The {name} header must be plain ASCII of at most {LONGEST_LINE} characters; "
            "nothing is sent.",
            permanent=True,
        )
    return f"{name}: {value}\r\n".encode("ascii")


def mailbox(name: str, phrase: str, target: str) -> bytes:
    """Return a field such as ``From: "Name" <address>`` or ``List-Id: Name <id>``.

    Parameters
    ----------
    name : str
        Field name.
    phrase : str
        Display name; hostile, may be empty.
    target : str
        What stands in angle brackets, already checked.

    Raises
    ------
    SendError
        If the display name cannot stand in a header.
    """
    phrase = checked(name, phrase)
    if not phrase:
        return exact(name, f"<{target}>")
    shown = f'"{_escaped(phrase)}"' if phrase.isascii() else phrase
    if _PLAIN_PHRASE.fullmatch(phrase) and "=?" not in phrase and "  " not in phrase:
        shown = phrase
    if not _fits(name, shown):
        shown = _encoded(name, phrase)
    last_line = len(shown) - (shown.rfind("\r\n") + 2 if "\r\n" in shown else -len(name) - 2)
    gap = " " if last_line + 3 + len(target) <= PREFERRED_LINE else "\r\n "
    return f"{name}: {shown}{gap}<{checked(name, target)}>\r\n".encode("ascii")


def _fits(name: str, value: str) -> bool:
    return value.isascii() and "=?" not in value and len(name) + 2 + len(value) <= PREFERRED_LINE


def _encoded(name: str, value: str) -> str:
    header = Header(value, "utf-8", maxlinelen=76, header_name=name)
    return header.encode(splitchars="", linesep="\r\n")


def _escaped(phrase: str) -> str:
    return phrase.replace("\\", r"\\").replace('"', r"\"")
