"""Conditions: an act names the content that it is about, by the edition's ETag."""

import re
from typing import Annotated, Final

from fastapi import Header

from newsletter.desk.api.problems import Unconditional
from newsletter.review.desk import Revised
from newsletter.review.edition import Edition

_TAG: Final = re.compile(r'(?:W/)?"?([0-9a-f]{64})"?')  # a proxy that packs answers weakens tags

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=80, description="The edition's ETag; without it, 428."),
]


def named(if_match: str | None) -> str:
    """Return the hash of the content that an act is about.

    Raises
    ------
    Unconditional
        If none is named.
    Revised
        If what is named was never anybody's content.
    """
    given = (if_match or "").strip()
    if not given:
        raise Unconditional("Give the edition's ETag as If-Match: what you decide about.")
    match = _TAG.fullmatch(given)
    if match is None:
        raise Revised(
            "If-Match names no content; read the edition and give back its ETag as it stands there."
        )
    return match[1]


def etag(found: Edition) -> str:
    """Return what names an edition's latest content."""
    return f'"{found.revision.content}"'
