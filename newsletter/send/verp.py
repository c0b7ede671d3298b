"""MAIL FROM addresses that tell whose copy came back: ``b+edition.reader.mark@bounces.domain``.

A bounce names its recipient in whatever way its mail server likes, but always goes to MAIL
FROM. The part before the @ has at most 64 characters (RFC 5321), lower-case only because some
servers lower it, and ends in a mark that only the holder of the key of readers' links can make.
"""

import base64
import binascii
import datetime as dt
import hmac
import re

from newsletter.errors import ReviewError, SendError, SendRefused
from newsletter.review.edition import EditionKey
from newsletter.send.tokens import LinkSigner

LONGEST_LOCAL_PART = 64
LONGEST_EDITION = 34
"""What an edition may take so that a reader's id of 20 hexadecimal digits has room."""
_MARK = 10
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CORRECTION, _SHORT = "_correction", "-c"  # a kind of edition has no hyphen
_FORM = re.compile(r"b\+([0-9a-z_-]+)\.([0-9a-z_-]+)\.([a-z2-7]{10})@[a-z0-9.-]+")
_EDITION = re.compile(r"([0-9a-z]{4})([a-z]{4})([a-z][a-z0-9_-]*)")
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_PLAIN = re.compile(r"[0-9a-z_-]+")


def address(edition: str, subscriber: str, domain: str, signer: LinkSigner) -> str:
    """Return the MAIL FROM address of a reader's copy: the same one every time.

    Parameters
    ----------
    edition : str
        Edition key.
    subscriber : str
        `Subscriber.id`.
    domain : str
        ``senders.*.bounce_domain``.
    signer : LinkSigner
        Its newest key makes the mark.

    Raises
    ------
    SendError
        If the reader's id makes it too long.
    SendRefused
        If the edition's key does.
    """
    mark = _marks(edition, subscriber, signer)[0]
    local = f"b+{short(edition)}.{_id(subscriber)}.{mark}"
    if len(local) > LONGEST_LOCAL_PART:
        raise SendError(
            f"The reader's id makes a MAIL FROM of {len(local)} characters before the @; "
            f"{LONGEST_LOCAL_PART} are allowed. Give the reader a shorter id.",
            permanent=True,
        )
    return f"{local}@{domain}"


def read(text: str, signer: LinkSigner) -> tuple[str, str] | None:
    """Return the edition and the reader that a MAIL FROM address tells.

    Parameters
    ----------
    text : str
        From anybody, in whatever case.
    signer : LinkSigner
        Its retired keys count too.

    Returns
    -------
    tuple of str, or None
        Edition key and `Subscriber.id`; None for every address that was not made here.
    """
    if len(text) > 320 or not text.isascii():
        return None
    match = _FORM.fullmatch(text.strip().lower())
    found = _long(match[1]) if match else None
    subscriber = _id_of(match[2]) if match else None
    if match is None or found is None or subscriber is None:
        return None
    try:
        same = (short(found), _id(subscriber)) == match.group(1, 2)
    except SendRefused:  # no edition has such a key
        return None
    if not same:  # another way to write it than ours
        return None
    known = [hmac.compare_digest(mark, match[3]) for mark in _marks(found, subscriber, signer)]
    return (found, subscriber) if any(known) else None


def short(edition: str) -> str:
    """Return an edition key in the short form of an address.

    Raises
    ------
    SendRefused
        If it is no edition key or its kind is too long a word.

    Examples
    --------
    >>> short("2026-07-02.XNYS.evening_correction_2")
    'futzxnysevening-c_2'
    """
    try:
        key = EditionKey.parse(edition)
        day = key.session.date.toordinal()
    except ReviewError as error:
        raise SendRefused(f"{edition!r} is no edition key; nothing is sent.") from error
    code = _number(day) + key.session.exchange.lower() + key.kind.replace(_CORRECTION, _SHORT)
    if len(code) > LONGEST_EDITION or day >= 36**4:
        raise SendRefused(
            f"The kind of {edition} is too long a word for the MAIL FROM address that "
            "bounce_domain asks for; nothing is sent. Give the kind a name of at most "
            f"{LONGEST_EDITION - 8} letters in config.yaml."
        )
    return code


def _long(code: str) -> str | None:
    match = _EDITION.fullmatch(code)
    if match is None:
        return None
    try:
        date = dt.date.fromordinal(int(match[1], 36))
    except ValueError:
        return None
    return f"{date}.{match[2].upper()}.{match[3].replace(_SHORT, _CORRECTION)}"


def _number(value: int) -> str:
    """Return four digits of base 36."""
    digits = ""
    for _ in range(4):
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _id(subscriber: str) -> str:
    """Return a reader's id in lower-case letters and digits; its first letter says how."""
    if _HEX.fullmatch(subscriber):  # what the store makes: two fifths off
        return "h" + _base32(bytes.fromhex(subscriber))
    if _PLAIN.fullmatch(subscriber):
        return "p" + subscriber
    return "z" + _base32(subscriber.encode("utf-8", "surrogatepass"))


def _id_of(code: str) -> str | None:
    form, rest = code[0], code[1:]
    if form == "p":
        return rest or None
    try:
        data = base64.b32decode(rest.upper() + "=" * (-len(rest) % 8))
        return data.hex() if form == "h" else data.decode("utf-8", "surrogatepass")
    except (binascii.Error, UnicodeDecodeError):
        return None


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _marks(edition: str, subscriber: str, signer: LinkSigner) -> list[str]:
    marks = signer.marks("bounce", edition, subscriber)
    return [_base32(bytes.fromhex(mark))[:_MARK] for mark in marks]
