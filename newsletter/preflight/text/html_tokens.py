"""HTML as tokens: a small linear tokenizer, whose tokens `blocks_of_html` reads.

The standard library's parser takes quadratic time on unclosed comments and tags and
raises on huge character references, so hostile mail could stall the house. This one
looks at each character a fixed number of times and has no way to fail. What Outlook
shows (conditional comments) is read too; what nobody sees (style, script) is not.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsletter.patterns import compiled

_NAME = compiled(r"[a-zA-Z][^\s/>]{0,100}")
_ATTRIBUTE = compiled(
    r"([^\s=/>\"'][^\s=/>]{0,200})(?:\s{0,50}=\s{0,50}(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?"
)
_PLAIN = compiled(r"(?:\s+[a-zA-Z:-]+(?:=\"[^\"<>]*\")?)*+\s*/?>")
"""The rest of a tag as programs write it: it ends here, whatever follows."""
_LONG = 1_000
_CONDITION = compiled(
    r"<!(?:--)?\[(?:if [^\]>]{0,200}|endif)\](?:--)?>(?:<!-->)?|<!\[endif\]-->", re.IGNORECASE
)
_HUGE = compiled(r"&#(?:x0*[0-9a-f]{7,}|0*[0-9]{8,});?", re.IGNORECASE)
RAW = frozenset({"script", "style", "template", "iframe", "noembed", "noframes"})
"""Elements whose content is never shown; within Outlook's conditions also ``xml``."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag."""

    name: str
    attributes: dict[str, str]
    closing: bool = False


def tokens(source: str) -> Iterator[str | Tag]:
    """Split HTML into text and tags.

    Parameters
    ----------
    source : str
        Any string at all.

    Yields
    ------
    str or Tag
        Text with its character references resolved, or a tag with lower-case names.
    """
    position, outlook = 0, False
    while position < len(source):
        at = source.find("<", position)
        if at < 0:
            yield unescape(source[position:])
            return
        if at > position:
            yield unescape(source[position:at])
        condition = _CONDITION.match(source, at)
        if condition:
            outlook = condition[0].startswith("<!--[if") and not condition[0].endswith("<!-->")
            position = condition.end()
            continue
        token, position = _markup(source, at)
        if token is not None:
            yield token
            if isinstance(token, Tag) and not token.closing and _unseen(token.name, outlook):
                position = _skip(source, token.name, position)


def unescape(text: str) -> str:
    """Resolve character references; impossible ones become the replacement character."""
    return html.unescape(_HUGE.sub("\N{REPLACEMENT CHARACTER}", text)) if "&" in text else text


def _markup(source: str, at: int) -> tuple[str | Tag | None, int]:
    if source.startswith("<!--", at):
        end = source.find("-->", at + 4)
        return None, len(source) if end < 0 else end + 3
    following = source[at + 1 : at + 2]
    if following in {"!", "?"}:
        end = source.find(">", at)
        return None, len(source) if end < 0 else end + 1
    closing = following == "/"
    name = _NAME.match(source, at + 2 if closing else at + 1)
    if not name:
        return "<", at + 1
    at = name.end()
    end = source.find(">", at) + 1
    # The tags of a mail are mostly alike; what is odd is read where it stands.
    known = _plain(source[at:end]) if 0 < end <= at + _LONG else None
    attributes, position = (known, end) if known is not None else _attributes(source, at)
    return Tag(name[0].lower(), attributes, closing), position


@lru_cache(maxsize=1024)
def _plain(source: str) -> dict[str, str] | None:
    """Return the attributes in the rest of a tag, None where they may go on behind it."""
    return _attributes(source, 0)[0] if _PLAIN.fullmatch(source) else None


def _attributes(source: str, position: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while position < len(source) and source[position] != ">":
        match = _ATTRIBUTE.match(source, position)
        if match is None:
            position += 1
            continue
        value = match[last] if (last := match.lastindex or 1) > 1 else ""
        found.setdefault(match[1].lower(), unescape(value))
        position = match.end()
    return found, position + 1


def _unseen(name: str, outlook: bool) -> bool:
    return name in RAW or (outlook and name == "xml")


def _skip(source: str, name: str, position: int) -> int:
    close = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(source, position)
    return close.start() if close else len(source)
