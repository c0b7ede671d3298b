"""Dark by force: a mail's colours turned as programs do that do not ask the mail.

The colours are those that the check of contrast measures: both ask
`newsletter.render.inspect.colour.forced`. Where a translucent colour lies over another the
check turns what is seen, this page each of the two; the house's own mail has none.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any, Final

from newsletter.render.inspect.colour import BLACK, LINK, WHITE, Colour, Forced, forced, read

COLOURED: Final = re.compile(
    r"color|background(-color|-image)?|border(-(top|right|bottom|left))?(-color)?"
    r"|outline(-color)?|text-decoration(-color)?|box-shadow|text-shadow|fill|stroke"
)
"""Properties whose colours are turned."""
_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(
    r"""(\s(?P<name>style|bgcolor|bordercolor|color|text)\s*=\s*)
    (?P<value>"[^"]*"|'[^']*'|[^\s"'>]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def darkened(html: str, how: Forced) -> str:
    """Return a document with its colours turned, and what it leaves unsaid turned with them.

    Parameters
    ----------
    html : str
        The document, in its light scheme.
    how : {"inverted", "lifted"}
        See `newsletter.render.inspect.colour.forced`.
    """

    def tag(found: re.Match[str]) -> str:
        return _ATTRIBUTE.sub(lambda one: _attribute(one, how), found[0])

    html = _SHEET.sub(lambda sheet: sheet[1] + turned(sheet[2], how) + sheet[3], html)
    html = _TAG.sub(tag, html)
    ground, ink, link = (forced(one, how).css for one in (WHITE, BLACK, LINK))
    # First in the head and without weight, so that whatever the mail says wins.
    base = (
        f"<style>:where(html){{background-color:{ground};color:{ink}}}"
        f":where(a[href]){{color:{link}}}</style>"
    )
    found = _HEAD.search(html)
    at = found.end() if found else 0
    return html[:at] + base + html[at:]


def turned(css: str, how: Forced) -> str:
    """Return a style sheet, or the value of a style attribute, with its colours turned.

    Parameters
    ----------
    css : str
        Whatever it is, all but its colours stays as written.
    how : {"inverted", "lifted"}
        See `newsletter.render.inspect.colour.forced`.

    Examples
    --------
    >>> turned("color: white; width: 1px", "inverted")
    'color: #000000; width: 1px'
    """
    import tinycss2

    tokens = tinycss2.parse_component_value_list(css)
    return str(tinycss2.serialize(list(_statements(tokens, how))))


def _attribute(found: re.Match[str], how: Forced) -> str:
    value = unescape(found["value"].strip("\"'"))
    if found["name"].lower() == "style":
        value = turned(value, how)
    else:
        value = turned(f"color:{value}", how).removeprefix("color:")
    return f'{found[1]}"{escape(value)}"'


def _statements(tokens: list[Any], how: Forced) -> Iterator[Any]:
    """Yield tokens, those of colours turned where they are a coloured property's value."""
    name, coloured = "", False
    for token in tokens:
        if token.type == "literal" and token.value == ";":
            name, coloured = "", False
        elif token.type == "literal" and token.value == ":" and name:
            coloured = COLOURED.fullmatch(name) is not None
        elif token.type == "{} block":
            token.content = list(_statements(token.content, how))
            name, coloured = "", False
        elif coloured:
            yield _turned(token, how)
            continue
        elif token.type not in {"whitespace", "comment"}:
            name = token.lower_value if token.type == "ident" else ""
        yield token


def _turned(token: Any, how: Forced) -> Any:
    import tinycss2

    colour = read([token])
    if colour is not None:
        return tinycss2.parse_one_component_value(_written(forced(colour, how)))
    if token.type == "function":  # a gradient, say
        token.arguments = [_turned(one, how) for one in token.arguments]
    return token


def _written(colour: Colour) -> str:
    if colour.alpha == 1:
        return colour.css
    parts = (round(255 * part) for part in (colour.red, colour.green, colour.blue))
    return f"rgba({','.join(map(str, parts))},{round(colour.alpha, 4)})"
