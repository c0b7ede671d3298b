"""Answers that may be kept by whoever carries them: tagged, dated, packed."""

import datetime as dt
import gzip
import hashlib
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from starlette.responses import Response

from newsletter.public.asked import Asked

MINUTES: Final = "public, max-age=300"
FOR_EVER: Final = "public, max-age=31536000, immutable"
_WORTH_PACKING: Final = 600


def public(
    asked: Asked,
    body: bytes,
    media: str,
    changed: dt.datetime | None = None,
    *,
    kept: str = MINUTES,
    headers: dict[str, str] | None = None,
    anywhere: bool = False,
) -> Response:
    """Return what is the same for everybody, or that whoever asks has it already.

    Parameters
    ----------
    asked : Asked
        The request.
    body : bytes
        Content.
    media : str
        Its type.
    changed : datetime.datetime, optional
        Aware instant of its last change.
    kept : str
        Cache-Control.
    headers : dict of str to str, optional
        More of them.
    anywhere : bool
        Whether pages of other sites may show it (feeds, pictures).
    """
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    sent = {"Cache-Control": kept, "ETag": tag, "Vary": "Accept-Encoding", **(headers or {})}
    if anywhere:
        sent["Cross-Origin-Resource-Policy"] = "cross-origin"
    if changed is not None:
        changed = changed.astimezone(dt.UTC).replace(microsecond=0)
        sent["Last-Modified"] = format_datetime(changed, usegmt=True)
    if _has_it(asked, tag, changed):
        return Response(status_code=304, headers=sent)
    packs = "gzip" in asked.headers.get("accept-encoding", "").lower()
    if packs and len(body) > _WORTH_PACKING and not media.startswith("image/png"):
        body, sent["Content-Encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    return Response(body, media_type=media, headers=sent)


def _has_it(asked: Asked, tag: str, changed: dt.datetime | None) -> bool:
    given = asked.headers.get("if-none-match")
    if given is not None:  # the date does not count beside it (RFC 9110, 13.2.2)
        mine = tag.removeprefix("W/")
        return any(one.strip().removeprefix("W/") in {mine, "*"} for one in given.split(","))
    since = asked.headers.get("if-modified-since")
    if since is None or changed is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        return False
