"""Web: the web edition in a frame of its own, where its script may run and reach nothing.

The frame is sandboxed without ``allow-same-origin``: its origin is nobody's, so the page
around it is closed to it, and the preview refuses whatever it might ask
(`newsletter.preview.guard`). The page's own policy stays in force and lets only its own
script run; the preview rewrites styles for the schemes, and their hashes with them.
"""

import re
from dataclasses import replace
from html import unescape
from typing import Final

from newsletter.errors import NotFound
from newsletter.preview.choice import Choice
from newsletter.preview.frame import STYLE, framed
from newsletter.preview.guard import hashed
from newsletter.render.rendered import Rendered
from newsletter.render.web import published

SANDBOX: Final = (
    "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of the frame; the page's own, by hashes, narrows it further."""
_STYLES = re.compile(r'(style-src )[^;"]*')
_POLICY = re.compile(r"<meta\b[^>]*content-security-policy[^>]*>", re.IGNORECASE)


def web_frame(mail: Rendered, choice: Choice) -> str:
    """Return the web edition as a choice shows it.

    Parameters
    ----------
    mail : Rendered
        The mail whose web edition it is.
    choice : Choice
        Colours, pictures, styles. A page has no reader: no link is put in.

    Raises
    ------
    NotFound
        If the mail has none.
    """
    if not mail.web:
        raise NotFound("This mail has no web edition.")
    page = published(mail.web, mail.images) if choice.images else mail.web
    # No browser forces its colours on a page that says it has a dark style: it shows that.
    scheme = "light" if choice.scheme == "light" else "dark"
    page = framed(mail, replace(choice, scheme=scheme), html=page)
    allowed = " ".join(hashed(sheet[2]) for sheet in STYLE.finditer(page)) or "'none'"
    # The policy's own quotes are written as entities, whose semicolons would end a directive.
    return _POLICY.sub(lambda meta: _STYLES.sub(rf"\1{allowed}", unescape(meta[0])), page, count=1)
