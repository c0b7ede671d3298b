"""Every picture of a mail: whether it is carried, described, sized and light enough."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from newsletter.render.checks import MOST_PICTURE_BYTES
from newsletter.render.inspect.document import Document
from newsletter.render.inspect.reading import squeezed
from newsletter.render.inspect.remark import Level, Remark
from newsletter.render.rendered import Image, Rendered

MOST_ALT = 1_000
"""Characters; a screen reader reads a minute of them."""
MOST_TOTAL = 500_000
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"<svg", "SVG"),
    (b"RIFF", "WebP"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as shown.

    Parameters
    ----------
    source : str
        ``cid:sectors``, or an address cut to 80 characters.
    alt : str
        Its alternative text; None where the attribute is missing.
    format : str
        By its first bytes; empty for what the mail does not carry.
    size : int
        Bytes; 0 for what the mail does not carry.
    pixels : tuple of int
        Width and height of the file; zeros where unknown.
    shown : tuple of int
        Width and height that the HTML asks for, CSS pixels; zeros where it does not.
    line : int
        Of the HTML.
    """

    source: str
    alt: str | None
    format: str
    size: int
    pixels: tuple[int, int]
    shown: tuple[int, int]
    line: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """Result of the check.

    Parameters
    ----------
    pictures : tuple of Picture
        In document order.
    unused : tuple of str
        Names of pictures that the mail carries and does not show.
    total : int
        Bytes of all that it carries.
    """

    pictures: tuple[Picture, ...]
    unused: tuple[str, ...]
    total: int


def check(mail: Rendered, document: Document) -> tuple[Pictures, tuple[Remark, ...]]:
    """Look at every picture."""
    carried = {image.name: image for image in mail.images}
    found = [_picture(element, carried, document) for element in document.elements("img")]
    shown = {picture.source.removeprefix("cid:") for picture in found}
    unused = tuple(name for name in carried if name not in shown)
    total = sum(len(image.png) for image in mail.images)
    remarks = [remark for picture in found for remark in _remarks(picture)]
    remarks += [
        Remark("pictures", "warning", "The mail carries this picture and does not show it.", name)
        for name in unused
    ]
    if total > MOST_TOTAL:
        message = f"The pictures have {total:,} bytes together; keep below {MOST_TOTAL:,}."
        remarks.append(Remark("pictures", "warning", message))
    return Pictures(tuple(found), unused, total), tuple(remarks)


def _picture(element: Element, carried: dict[str, Image], document: Document) -> Picture:
    source = element.get("src", "").strip()
    image = carried.get(source.removeprefix("cid:")) if source.startswith("cid:") else None
    data = image.png if image else b""
    return Picture(
        source=source[:80],
        alt=element.get("alt"),
        format=next((name for start, name in _STARTS if data.startswith(start)), ""),
        size=len(data),
        pixels=_pixels(data),
        shown=(_length(element.get("width")), _length(element.get("height"))),
        line=document.lines.get(element, 0),
    )


def _pixels(data: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's header (PNG specification, 11.2.1)."""
    if data[:8] != _STARTS[0][0] or data[12:16] != b"IHDR" or len(data) < 24:
        return 0, 0
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def _length(value: str | None) -> int:
    text = (value or "").strip().removesuffix("px")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _remarks(picture: Picture) -> Iterator[Remark]:
    def say(level: Level, message: str) -> Remark:
        return Remark("pictures", level, message, picture.source, picture.line)

    if picture.alt is None:
        yield say("error", "The picture has no alt attribute; write what it shows.")
    elif not squeezed(picture.alt) and picture.source.startswith("cid:"):
        yield say("warning", "The picture's alternative text is empty.")
    elif len(picture.alt) > MOST_ALT:
        yield say("warning", f"The alternative text has {len(picture.alt):,} characters.")
    scheme = picture.source.partition(":")[0].lower()
    if scheme == "data":
        yield say("error", "Gmail and Outlook do not show pictures written into the HTML.")
    elif scheme in {"http", "https"}:
        yield say("warning", "The picture lies outside the mail; many programs do not load it.")
    elif scheme != "cid":
        yield say("error", "The picture's address leads nowhere from a mail.")
    elif not picture.size:
        yield say("error", "The HTML shows a picture that the mail does not carry.")
    else:
        yield from _of_carried(picture, say)


def _of_carried(picture: Picture, say: Callable[[Level, str], Remark]) -> Iterator[Remark]:
    if picture.format in {"SVG", "WebP", ""}:
        yield say("error", "Not every mail program shows this format; use PNG.")
    if picture.size > MOST_PICTURE_BYTES:
        yield say("warning", f"The picture has {picture.size:,} bytes; at most "
                             f"{MOST_PICTURE_BYTES:,} are asked.")  # fmt: skip
    (wide, high), (width, height) = picture.pixels, picture.shown
    if not width:
        yield say("warning", "Without a width attribute Outlook shows every pixel of the file.")
    elif wide and wide < 1.5 * width:
        yield say("info", f"{wide} pixels at a width of {width} look coarse on a good screen.")
    if wide and width and height and abs(wide / high - width / height) > 0.02 * wide / high:
        yield say("warning", "Width and height are not in the proportion of the file.")
