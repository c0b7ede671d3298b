"""The style sheets and style attributes of a mail, read by a CSS parser."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from newsletter.render.inspect.document import Document

MOST_RULES = 2_000
MOST_CHARACTERS = 60_000
MOST_NESTING = 32
_BRACKET = re.compile(r"[(\[{}\])]")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One ``name: value``.

    Parameters
    ----------
    name : str
        Lower case.
    value : tuple
        tinycss2's tokens.
    text : str
        The value as written, trimmed.
    important : bool
        Whether it ends in ``!important``.
    line : int
        Line of the HTML.
    """

    name: str
    value: tuple[Any, ...]
    text: str
    important: bool
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a style sheet.

    Parameters
    ----------
    keyword : str
        ``"media"`` and the like for an at-rule, empty for a style rule.
    prelude : tuple
        Tokens of the selector or of the condition.
    text : str
        The prelude as written, trimmed.
    declarations : tuple of Declaration
        Of a style rule.
    media : tuple of str
        Conditions around the rule, outermost first.
    line : int
        Line of the HTML.
    """

    keyword: str
    prelude: tuple[Any, ...]
    text: str
    declarations: tuple[Declaration, ...]
    media: tuple[str, ...]
    line: int


def sound(text: str) -> bool:
    """Tell whether CSS is short and flat enough to be read; what is not is left out.

    Parameters
    ----------
    text : str
        A sheet or a style attribute.
    """
    if len(text) > MOST_CHARACTERS:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(0, depth - 1)
        if depth > MOST_NESTING:
            return False
    return True


@lru_cache(maxsize=4_096)
def declarations(text: str, line: int) -> tuple[Declaration, ...]:
    """Read the value of a style attribute; what cannot be read is left out."""
    import tinycss2

    if not sound(text):
        return ()
    found = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    return tuple(_declarations(found, line))


def inline(document: Document, element: Element) -> tuple[Declaration, ...]:
    """Read an element's style attribute."""
    text = element.get("style")
    return declarations(text, document.lines.get(element, 0)) if text else ()


def sheets(document: Document) -> tuple[Rule, ...]:
    """Read every ``<style>`` of a document, at most `MOST_RULES` rules.

    Returns
    -------
    tuple of Rule
        At-rules and style rules in order, those inside at-rules after them.
    """
    found: list[Rule] = []
    for element in document.elements("style"):
        # The line noted for an element is where its start tag ends: where the text starts.
        start = document.lines.get(element, 1) - 1
        found += _sheet(element.text or "", element.get("media", "").strip(), start)
    return tuple(found[:MOST_RULES])


@lru_cache(maxsize=32)
def _sheet(text: str, media: str, start: int) -> tuple[Rule, ...]:
    """Read one sheet; several checks ask for the same."""
    import tinycss2

    if not sound(text):
        return ()
    parsed = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return tuple(islice(_rules(parsed, (media,) if media else (), start), MOST_RULES))


def _rules(
    parsed: Sequence[Any], media: tuple[str, ...], start: int, depth: int = 0
) -> Iterator[Rule]:
    import tinycss2

    for one in parsed:
        line = start + one.source_line
        if one.type == "at-rule":
            condition = tinycss2.serialize(one.prelude).strip()
            keyword = one.lower_at_keyword
            inner = one.content or []
            own: tuple[Declaration, ...] = ()
            if keyword == "font-face":
                own = tuple(_declarations(tinycss2.parse_blocks_contents(inner), line, start))
            yield Rule(keyword, tuple(one.prelude), condition, own, media, line)
            if keyword in {"media", "supports", "layer"} and depth < 8:
                around = (*media, condition) if keyword == "media" else (*media, f"@{keyword}")
                rules = tinycss2.parse_rule_list(inner, skip_comments=True, skip_whitespace=True)
                yield from _rules(rules, around, start, depth + 1)
        elif one.type == "qualified-rule":
            contents = tinycss2.parse_blocks_contents(one.content)
            text = tinycss2.serialize(one.prelude).strip()
            own = tuple(_declarations(contents, line, start))
            yield Rule("", tuple(one.prelude), text, own, media, line)
            if any(part.type == "qualified-rule" for part in contents):
                yield Rule("nesting", (), text, (), media, line)


def _declarations(
    parsed: Sequence[Any], line: int, start: int | None = None
) -> Iterator[Declaration]:
    import tinycss2

    for one in parsed:
        if one.type == "declaration":
            where = line if start is None else start + one.source_line
            text = tinycss2.serialize(one.value).strip()
            yield Declaration(one.lower_name, tuple(one.value), text, one.important, where)
