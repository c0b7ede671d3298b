"""What a mail weighs, on the wire and part by part."""

import base64
import quopri
import re
from dataclasses import dataclass

from newsletter.render.checks import GMAIL_CLIP, MOST_BYTES
from newsletter.render.inspect.document import Document
from newsletter.render.inspect.reading import blocks
from newsletter.render.inspect.remark import Remark
from newsletter.render.rendered import Rendered
from newsletter.render.tidy import spans

_INLINE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_LINKS = re.compile(r"""\s(?:href|src)\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """Result of the check; everything in bytes.

    Parameters
    ----------
    html : int
        The HTML part in UTF-8.
    html_encoded, text_encoded : int
        The two parts as quoted-printable.
    text : int
        The text part in UTF-8.
    images, images_encoded : int
        All pictures, raw and as base64.
    message : int
        Encoded parts together; headers add one or two thousand.
    to_house_limit, to_gmail_clip : int
        What the HTML may still grow by; negative beyond the limit.
    share : dict of str to int
        The HTML divided: ``style sheets``, ``inline styles``, ``conditional comments``,
        ``addresses``, ``prose``, ``tables``, ``notices`` and ``markup``; adds up to `html`.
    """

    html: int
    html_encoded: int
    text: int
    text_encoded: int
    images: int
    images_encoded: int
    message: int
    to_house_limit: int
    to_gmail_clip: int
    share: dict[str, int]


def check(mail: Rendered, document: Document) -> tuple[Size, tuple[Remark, ...]]:
    """Weigh a mail.

    Parameters
    ----------
    mail : Rendered
        The mail.
    document : Document
        Its HTML, read.

    Returns
    -------
    Size, tuple of Remark
        An error beyond the house's limit, a warning from nine tenths of it.
    """
    html = mail.html.encode("utf-8", "replace")
    text = mail.text.encode("utf-8", "replace")
    images = sum(len(image.png) for image in mail.images)
    encoded = [_on_the_wire(quopri.encodestring(part)) for part in (html, text)]
    wired = sum(_on_the_wire(base64.encodebytes(image.png)) for image in mail.images)
    size = Size(
        html=len(html),
        html_encoded=encoded[0],
        text=len(text),
        text_encoded=encoded[1],
        images=images,
        images_encoded=wired,
        message=sum(encoded) + wired,
        to_house_limit=MOST_BYTES - len(html),
        to_gmail_clip=GMAIL_CLIP - len(html),
        share=_share(mail.html, document),
    )
    return size, _remarks(size)


def _on_the_wire(encoded: bytes) -> int:
    """Count with the two bytes that end each line of a message."""
    return len(encoded) + encoded.count(b"\n")


def _share(html: str, document: Document) -> dict[str, int]:
    """Divide the source; each byte counts once, comments before what stands in them."""
    comments = spans(html, "<!--", "-->")
    rest = _without(html, comments)
    sheets = spans(rest, "<style", "</style>")
    bare = _without(rest, sheets)
    read = {"prose": 0, "tables": 0, "notices": 0}
    for block in blocks(document):
        kind = "notices" if block.furniture else "tables" if block.cell else "prose"
        read[kind] += _weight(block.text)
    share = {
        "style sheets": sum(_weight(rest[a:b]) for a, b in sheets),
        "inline styles": sum(_weight(found[0]) for found in _INLINE.finditer(bare)),
        "conditional comments": sum(_weight(html[a:b]) for a, b in comments),
        "addresses": sum(_weight(found[0]) for found in _LINKS.finditer(bare)),
        **read,
    }
    return {**share, "markup": _weight(html) - sum(share.values())}


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def _weight(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _remarks(size: Size) -> tuple[Remark, ...]:
    if size.to_house_limit <= 0:
        message = (
            f"The HTML has {size.html:,} bytes, {-size.to_house_limit:,} more than the limit of "
            f"{MOST_BYTES:,}; Gmail hides the end of a mail above {GMAIL_CLIP:,}."
        )
        return (Remark("size", "error", message),)
    if size.html > 0.9 * MOST_BYTES:
        message = f"The HTML has {size.html:,} bytes; {size.to_house_limit:,} are left."
        return (Remark("size", "warning", message),)
    return ()
