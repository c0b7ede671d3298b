"""MIME: a mail's parts and pictures as the encoded body of a message."""

import base64
import re
from collections.abc import Mapping

from newsletter.errors import SendError, SendRefused
from newsletter.render.rendered import Image, Rendered
from newsletter.send import headers
from newsletter.send.quoted import HARD_BREAK, cut

_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_REFERENCE = re.compile(r"""\bcid:([^"'\s)>]+)""")


def require_pictures(rendered: Rendered) -> None:
    """Refuse a mail whose HTML shows a picture that it does not carry.

    Raises
    ------
    SendRefused
        Naming the picture, or that two share a name or one cannot be a Content-ID.
    """
    names = [image.name for image in rendered.images]
    missing = sorted(set(_REFERENCE.findall(rendered.html)) - set(names))
    if missing:
        raise SendRefused(
            f"The HTML part shows the picture {missing[0]!r}, which is not in the mail; nothing is "
            "sent. Render the edition again."
        )
    if len(set(names)) != len(names) or not all(map(_STEM.fullmatch, names)):
        raise SendRefused(
            "Two pictures share a name, or a name has letters other than a-z, 0-9, dot, hyphen "
            "and underscore; nothing is sent. Rename the pictures."
        )


def mime_body(
    rendered: Rendered, places: Mapping[str, str]
) -> tuple[bytes, tuple[bytes, ...], tuple[str, ...]]:
    """Encode a mail's body, cut where something is each reader's own.

    Parameters
    ----------
    rendered : Rendered
        The mail.
    places : mapping of str to str
        What stands in its parts where something is left open, to the name of the place.

    Returns
    -------
    content_type : bytes
        The Content-Type field of the message.
    pieces : tuple of bytes
        The encoded body. A mail without places is one piece.
    names : tuple of str
        The places between the pieces, in order.

    Raises
    ------
    SendError
        If a part holds half a character.
    """
    try:
        digest = rendered.sha256[:32]
        text, in_text = cut(rendered.text, places)
        html, in_html = cut(rendered.html, places)
    except UnicodeEncodeError as error:
        raise SendError(
            "The mail holds half a character (a lone surrogate); nothing is sent. Write the text "
            "again and render the edition again.",
            permanent=True,
        ) from error
    # "=_" occurs neither in quoted-printable nor in base64, so no line can be a boundary.
    outer, inner = f"=_alternative_{digest}", f"=_related_{digest}"
    html_head, html_tail = _part("text/html"), b""
    if rendered.images:
        html_head = _multipart("related", inner) + _between(inner) + html_head
        pictures = [_between(inner) + _picture(image) for image in rendered.images]
        html_tail = b"".join([*pictures, _between(inner, last=True)])
    before = _between(outer) + _part("text/plain")
    middle = _between(outer) + html_head
    after = html_tail + _between(outer, last=True)
    body = [b""]
    for run in ((before,), text, (middle,), html, (after,)):  # what meets is one piece
        body[-1] += run[0]
        body += run[1:]
    return _multipart("alternative", outer), tuple(body), (*in_text, *in_html)


def _multipart(kind: str, boundary: str) -> bytes:
    more = ' type="text/html";' if kind == "related" else ""
    field = f'Content-Type: multipart/{kind};{more}\r\n boundary="{boundary}"\r\n'
    return field.encode("ascii")


def _between(boundary: str, *, last: bool = False) -> bytes:
    return f"\r\n--{boundary}{'--' if last else ''}\r\n".encode("ascii")


def _part(kind: str) -> bytes:
    return (
        headers.exact("Content-Type", f'{kind}; charset="utf-8"')
        + headers.exact("Content-Transfer-Encoding", "quoted-printable")
        + HARD_BREAK
    )


def _picture(image: Image) -> bytes:
    return b"".join(
        [
            headers.exact("Content-Type", f'image/png; name="{image.name}.png"'),
            headers.exact("Content-Transfer-Encoding", "base64"),
            headers.exact("Content-ID", f"<{image.name}>"),
            headers.exact("Content-Disposition", f'inline; filename="{image.name}.png"'),
            HARD_BREAK,
            base64.encodebytes(image.png).rstrip(b"\n").replace(b"\n", HARD_BREAK),
        ]
    )
