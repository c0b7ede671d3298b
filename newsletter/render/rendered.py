"""Rendered: the finished mail before any reader's tokens are put in."""

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from newsletter.render.watched import Watched

UNSUBSCRIBE_URL = "https://reader.invalid/unsubscribe/00000000000000000000000000000000"
"""Stands in the frozen mail where each reader's own link goes; replaced byte for byte."""

PREFERENCES_URL = "https://reader.invalid/preferences/00000000000000000000000000000000"
"""Likewise, where the link to a reader's own preferences goes; a mail may be without it."""

WATCHED_PLACE = "https://reader.invalid/watched/00000000000000000000000000000000"
"""Where templates print this, a reader's own tickers stand; a finished mail has the place alone."""

WATCHED_HTML = "<!-- https://reader.invalid/watched/html/00000000000000000000000000000000 -->"
WATCHED_TEXT = "https://reader.invalid/watched/text/00000000000000000000000000000000"
"""The same in a mail that is about to be taken apart, see `Rendered.opened`."""

BESIDES = ("web", "narration")
"""Fields of a mail's other forms, bound by the same approval."""


@dataclass(frozen=True, slots=True)
class Image:
    """One PNG of the mail.

    Parameters
    ----------
    name : str
        Content-ID stem, e.g. ``"sectors"``; the HTML refers to ``cid:sectors``.
    alt : str
        Text alternative, written from facts.
    png : bytes
        The picture, at twice the printed size.
    width, height : int
        Printed size in CSS pixels.
    """

    name: str
    alt: str
    png: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Rendered:
    """One finished mail.

    Parameters
    ----------
    subject : str
        Subject line.
    preheader : str
        Inbox preview.
    html : str
        Complete document; images as ``cid:`` references; each reader's link is
        `UNSUBSCRIBE_URL`.
    text : str
        Complete plain-text part with the same figures and disclaimers.
    images : tuple of Image
        In order of appearance.
    sample : bool
        True when made from simulated data; such mail never leaves the machine.
    web : str
        The web edition of the same draft (`newsletter.render.web`), pictures as ``cid:``
        references; empty where none is made.
    narration : str
        The script of its audio (`newsletter.render.narration`); empty where none is made.
    watched : Watched or None
        Rows for readers' own tickers. HTML and text are without them: only a reader's copy has
        some (`newsletter.render.personal`, `newsletter.send.places`).
    """

    subject: str
    preheader: str
    html: str
    text: str
    images: tuple[Image, ...]
    sample: bool = False
    web: str = ""
    narration: str = ""
    watched: Watched | None = None

    def to_bytes(self) -> bytes:
        """Return canonical JSON bytes (pictures in base64).

        What an edition does not have leaves no trace, so that the hashes of mails kept before
        there was a web edition stay as they were.
        """
        data = {
            "schema": "rendered/1",
            "subject": self.subject,
            "preheader": self.preheader,
            "html": self.html,
            "text": self.text,
            "sample": self.sample,
            "images": [
                {
                    "name": image.name,
                    "alt": image.alt,
                    "png": base64.b64encode(image.png).decode(),
                    "width": image.width,
                    "height": image.height,
                }
                for image in self.images
            ],
        }
        data |= {name: text for name in BESIDES if (text := getattr(self, name))}
        if self.watched is not None:
            data["watched"] = self.watched.to_json()
        return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def heaviest(self) -> int:
        """Bytes of HTML in the longest copy that a reader can get."""
        own = self.watched.heaviest if self.watched else 0
        return len(self.html.encode("utf-8", "replace")) + own

    def opened(self) -> "Rendered":
        """Return the mail with a mark in each part where a reader's tickers go, if they may."""
        if self.watched is None:
            return self
        html, text = self.watched.places
        return replace(
            self,
            html=self.html[:html] + WATCHED_HTML + self.html[html:],
            text=self.text[:text] + WATCHED_TEXT + self.text[text:],
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical bytes."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Rendered":
        """Read back what `to_bytes` wrote."""
        given: dict[str, Any] = json.loads(data)
        return cls(
            subject=given["subject"],
            preheader=given["preheader"],
            html=given["html"],
            text=given["text"],
            sample=given["sample"],
            **{name: given[name] for name in BESIDES if name in given},
            watched=Watched.from_json(given["watched"]) if "watched" in given else None,
            images=tuple(
                Image(
                    image["name"],
                    image["alt"],
                    base64.b64decode(image["png"]),
                    image["width"],
                    image["height"],
                )
                for image in given["images"]
            ),
        )
