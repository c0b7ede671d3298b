"""Frame: the mail as a client shows it, made on the server and without any script.

Colour schemes are written into the document instead of being asked of the browser, so that
the dark mail is seen on a light desktop and the other way round.
"""

import base64
import re

from newsletter.preview.choice import FORCED, Choice
from newsletter.preview.dark import darkened
from newsletter.render.personal import NOBODY, Own
from newsletter.render.rendered import Rendered

TAG = re.compile(r"""<[a-zA-Z][^\s>/]*(?:[^>"']|"[^"]*"|'[^']*')*>""")
"""A start tag, quoted values with > in them included."""
STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.IGNORECASE | re.DOTALL)
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_META = re.compile(
    r"""<meta\b[^>]*name=["']?(?:supported-)?color-schemes?["']?[^>]*>""", re.IGNORECASE
)
_PICTURE = re.compile(
    r"""(<img\b(?:[^>"']|"[^"]*"|'[^']*')*?)\ssrc=("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE
)
_BACKGROUND = re.compile(r"url\([^)]*\)", re.IGNORECASE)
_STYLED = re.compile(
    r"""\s(?:style|class|bgcolor|background)=("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
ALWAYS, NEVER = "(min-width:0)", "(max-width:0)"
BLANK = "data:image/png;base64,"
"""A picture that cannot be shown: browsers print its alternative text in its place."""


def framed(mail: Rendered, choice: Choice, own: Own = NOBODY, html: str | None = None) -> str:
    """Return the HTML part as a choice shows it.

    Parameters
    ----------
    mail : Rendered
        The mail.
    choice : Choice
        Colours, pictures, styles.
    own : Own
        What is the reader's own.
    html : str, optional
        Instead of the HTML of `Rendered.opened`: the same with marks in it.
    """
    page = own.html(mail, html)
    if not choice.styles:
        page = stripped(page)
    page = pictured(page, mail) if choice.images else blocked(page)
    return schemed(page, choice.scheme)


def pictured(html: str, mail: Rendered) -> str:
    """Put the pictures inside."""
    for image in mail.images:
        data = base64.b64encode(image.png).decode()
        for quote in ('"', "'"):
            html = html.replace(
                f"src={quote}cid:{image.name}{quote}",
                f"src={quote}data:image/png;base64,{data}{quote}",
            )
    return html


def blocked(html: str) -> str:
    """Take every picture out, as a client does that blocks them: what stays is the alt text."""
    html = _PICTURE.sub(rf'\1 src="{BLANK}"', html)
    return _BACKGROUND.sub("none", html)


def stripped(html: str) -> str:
    """Take every style out: sheets, attributes, and the classes that only sheets use."""
    html = STYLE.sub("", html)
    return TAG.sub(lambda tag: _STYLED.sub("", tag[0]), html)


def schemed(html: str, scheme: str) -> str:
    """Decide the colour scheme in the document itself.

    Parameters
    ----------
    html : str
        The document.
    scheme : str
        See `newsletter.preview.choice.SCHEMES`. Clients that force dark colours ignore the
        mail's own dark style.
    """
    dark = scheme == "dark"

    def query(found: re.Match[str]) -> str:
        return ALWAYS if (found[1].lower() == "dark") is dark else NEVER

    html = STYLE.sub(lambda sheet: sheet[1] + _PREFERS.sub(query, sheet[2]) + sheet[3], html)
    html = TAG.sub(
        lambda tag: _PREFERS.sub(query, tag[0]) if "prefers-" in tag[0] else tag[0], html
    )
    html = _META.sub("", html)
    for how in FORCED:
        if scheme == how:
            html = darkened(html, how)
    ground = "dark" if scheme != "light" else "light"
    declared = f'<meta name="color-scheme" content="{ground}">'
    return with_head(html, declared)


def with_head(html: str, addition: str) -> str:
    """Return a document with something put at the start of its head."""
    found = _HEAD.search(html)
    at = found.end() if found else 0
    return f"{html[:at]}{addition}{html[at:]}"
