"""Make compiled MJML valid HTML without taking anything from Outlook.

MJML writes for Outlook in places where the HTML standard knows no such words. What Outlook
needs can stand where only Outlook reads it, in conditional comments; what it does not need
goes. Presentational attributes (``align``, ``cellpadding`` …) become CSS, which Outlook reads
as well, see `newsletter.render.presentation`.
"""

import re
from collections.abc import Callable

from newsletter.render.presentation import WORD, Restyler

_OFFICE = "urn:schemas-microsoft-com:office:office"
_DEAD = frozenset({"supported-color-schemes"})
"""A name that only test versions of Apple Mail knew; ``color-scheme`` took its place."""

_ROOT = re.compile(r"<html\b[^<>]*>", re.IGNORECASE)
_NAMESPACE = re.compile(r"""\sxmlns:[vo]\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_SETTINGS = re.compile(r"<o:OfficeDocumentSettings\s*>")
_STYLE_TYPE = re.compile(
    r"""(<style\b[^<>]{0,2000}?)\s+type\s*=\s*["']text/css["']""", re.IGNORECASE
)
_RULE = re.compile(r"(?:^|(?<=[{}]))([^{}]+)\{([^{}]*)\}")
_VOID = re.compile(
    r"(<(?:area|br|col|hr|img|input|link|meta|wbr)\b[^<>]{0,2000}?)\s*/>", re.IGNORECASE
)
_AUTO = re.compile(r"""(<img\b[^<>]{0,2000}?)\s+height\s*=\s*["']auto["']""", re.IGNORECASE)
_ARTICLE = re.compile(r"""<div\b[^<>]{0,2000}?\srole="article"[^<>]{0,2000}>""")
_SPOKEN = re.compile(r'\s(?:lang|dir)="[^"<>]*"')
_LINE_END = re.compile(r"(</(?:p|h[1-6]|li|ul|ol|tr|th|td|caption)>)(?!\n)", re.IGNORECASE)


def tidied(html: str) -> str:
    """Return a compiled mail as valid HTML.

    Parameters
    ----------
    html : str
        What the MJML compiler made.

    Returns
    -------
    str
        The same page: ``mso-`` declarations of style sheets in a conditional comment after
        their sheet, Office's namespace on the element that needs it, presentational attributes
        as CSS, MJML's article within one landmark, no ``height="auto"``, no
        slashes on void elements, and a line for each block, so that a line number says
        something. Tidying twice changes nothing more.
    """
    html = _SETTINGS.sub(f'<o:OfficeDocumentSettings xmlns:o="{_OFFICE}">', html)
    if "<v:" not in html:
        html = _ROOT.sub(lambda found: _NAMESPACE.sub("", found[0]), html, count=1)
    html = _between(html, "<!--", "-->", inside=None, outside=_elements)
    restyler = Restyler()
    html = _between(html, "<!--", "-->", inside=None, outside=restyler.restyled)
    html = _between(_landmarked(html), "<!--", "-->", inside=None, outside=_sheets)
    return html.replace("</head>", f"{WORD}</head>", 1) if restyler.changed else html


def spans(text: str, start: str, end: str) -> list[tuple[int, int]]:
    """Return where pieces from one mark to another lie, in linear time.

    Parameters
    ----------
    text : str
        Any.
    start, end : str
        Marks in lower case; case does not count. A piece without an end is left out.

    Examples
    --------
    >>> spans("a <!-- b --> c", "<!--", "-->")
    [(2, 12)]
    """
    lowered, found, place = text.lower(), [], 0
    if len(lowered) != len(text):  # a letter such as İ grows; marks are ASCII
        lowered = text
    while (opening := lowered.find(start, place)) >= 0:
        closing = lowered.find(end, opening + len(start))
        if closing < 0:
            break
        place = closing + len(end)
        found.append((opening, place))
    return found


def _between(
    text: str,
    start: str,
    end: str,
    *,
    inside: Callable[[str], str] | None,
    outside: Callable[[str], str] | None,
) -> str:
    parts, place = [], 0
    for opening, closing in spans(text, start, end):
        before, piece = text[place:opening], text[opening:closing]
        parts += [outside(before) if outside else before, inside(piece) if inside else piece]
        place = closing
    rest = text[place:]
    return "".join([*parts, outside(rest) if outside else rest])


def _landmarked(html: str) -> str:
    """Put the article into one ``main``: the landmark of the page that a mail is.

    It goes around the article, whose label is content too, and takes its language and
    direction along, for webmail keeps only what stands inside the body.
    """
    article = _ARTICLE.search(html)
    inner, closing, after = html.rpartition("</body>")
    if article is None or not closing or 'role="main"' in html:
        return html
    spoken = "".join(_SPOKEN.findall(article[0]))
    bare = _SPOKEN.sub("", article[0])
    before, rest = inner[: article.start()], inner[article.end() :]
    return f'{before}<div role="main"{spoken}>{bare}{rest}</div>{closing}{after}'


def _elements(html: str) -> str:
    html = _STYLE_TYPE.sub(r"\1", html)
    html = _AUTO.sub(r"\1", _VOID.sub(r"\1>", html))
    return _LINE_END.sub(r"\1\n", html)


def _sheets(html: str) -> str:
    return _between(html, "<style", "</style>", inside=_sheet, outside=None)


def _sheet(element: str) -> str:
    """Move the ``mso-`` declarations of a sheet behind it; Outlook skips what is in @media."""
    moved: list[str] = []
    place = depth = 0

    def kept(found: "re.Match[str]") -> str:
        nonlocal place, depth
        between = element[place : found.start()]
        place, depth = found.start(), depth + between.count("{") - between.count("}")
        declarations = [part for part in found[2].split(";") if part.strip()]
        office = [one for one in declarations if _name(one).startswith("mso-")]
        left = [one for one in declarations if one not in office and _name(one) not in _DEAD]
        if len(left) == len(declarations):
            return found[0]
        if office and depth == 0:
            selector = found[1].rpartition(">")[2] if "<style" in found[1] else found[1]
            moved.append(f"{selector.strip()} {{{';'.join(office)}; }}")
        return f"{found[1]}{{{';'.join(left)}; }}" if left else _lead(found[1])

    sheet = _RULE.sub(kept, element)
    if not moved:
        return sheet
    return f"{sheet}\n<!--[if mso]><style>\n" + "\n".join(moved) + "\n</style><![endif]-->"


def _name(declaration: str) -> str:
    return declaration.partition(":")[0].strip().lower()


def _lead(selector: str) -> str:
    """Return what stands before a rule that is dropped: the start tag of its sheet."""
    return selector[: selector.rindex(">") + 1] if "<style" in selector else ""
