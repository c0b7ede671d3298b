"""The features of CSS that a mail uses, by caniemail's names."""

import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

from newsletter.render.inspect.document import Document
from newsletter.render.inspect.styles import Declaration, Rule, inline, sheets

Found = tuple[str, int, str]

_VENDOR = re.compile(r"-(webkit|moz|ms|o)-")
_SIDES = {"left", "right", "top", "bottom"}
_LOGICAL = re.compile(r"(margin|padding)-(inline|block)(-start|-end)?")
_BORDER = re.compile(r"border-(inline|block)(-start|-end)?(-width|-style|-color)?")
_CORNER = re.compile(r"border-(start|end|top|bottom)-(start|end|left|right)-radius")
_FAMILIES = ("background", "border", "font", "list-style", "margin", "outline", "padding",
             "text-decoration", "text-emphasis", "overflow", "transition", "animation",
             "column")  # fmt: skip
_FUNCTIONS = {
    "calc": "css-unit-calc", "clamp": "css-function-clamp", "max": "css-function-max",
    "min": "css-function-min", "light-dark": "css-function-light-dark", "rgb": "css-rgb",
    "rgba": "css-rgba", "var": "css-variables", "linear-gradient": "css-linear-gradient",
    "radial-gradient": "css-radial-gradient", "conic-gradient": "css-conic-gradient",
    "lch": "css-modern-color", "oklch": "css-modern-color", "lab": "css-modern-color",
    "oklab": "css-modern-color",
}  # fmt: skip
_WORDS = dict.fromkeys(("initial", "inherit", "unset", "revert"), "css-unit-initial")
_WORDS |= dict.fromkeys(("fit-content", "min-content", "max-content"), "css-intrinsic-size")
_WORDS |= dict.fromkeys(
    ("system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"), "css-sytem-ui"
)
_KINDS = {"ident": "name", "hash": "#", "whitespace": "space", "[] block": "[",
          "function": "call"}  # fmt: skip
_SIMPLE = {"#": "css-selector-id", "[": "css-selector-attribute",
           "*": "css-selector-universal", ",": "css-selector-grouping"}  # fmt: skip
_BETWEEN = frozenset(">+~,")
_COMBINATORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling"}


def css_features(document: Document, known: Container[str]) -> Iterator[Found]:
    """Yield slug, line and sample of every use in style sheets and style attributes.

    Parameters
    ----------
    document : Document
        The mail.
    known : container of str
        caniemail's slugs; a property without one is yielded under its own name.
    """
    for rule in sheets(document):
        yield from _of_rule(rule, known)
    for element in document.elements("style"):
        if "/*" in (element.text or ""):
            yield "css-comments", document.lines.get(element, 0), "/*"
    for element in document.elements():
        for declaration in inline(document, element):
            yield from _of_declaration(declaration, known)


def _of_rule(rule: Rule, known: Container[str]) -> Iterator[Found]:
    if rule.keyword == "nesting":
        yield "css-nesting", rule.line, rule.text[:60]
    elif rule.keyword:
        sample = f"@{rule.keyword} {rule.text}"[:60]
        yield f"css-at-{rule.keyword}", rule.line, sample
        for feature in re.findall(r"\(\s*(?:-webkit-)?([\w-]+)", rule.text):
            slug = f"css-at-media-{re.sub(r'^(min|max)-(?=device)', '', feature)}"
            if rule.keyword == "media" and slug in known:
                yield slug, rule.line, sample
    else:
        for slug in _of_selector(rule.prelude, known):
            yield slug, rule.line, rule.text[:60]
    for declaration in rule.declarations:
        yield from _of_declaration(declaration, known)


def _of_selector(tokens: Sequence[Any], known: Container[str]) -> Iterator[str]:
    kinds = [_kind(token) for token in tokens]
    for place, kind in enumerate(kinds):
        before = kinds[place - 1] if place else ""
        after = kinds[place + 1] if place + 1 < len(kinds) else ""
        if kind == ":" and after in {"name", "call"}:
            yield _pseudo(tokens[place + 1], before == ":", known)
        elif kind in _COMBINATORS:
            yield f"css-selector-{_COMBINATORS[kind]}"
        elif kind == "name" and before != ":":
            yield "css-selector-class" if before == "." else "css-selector-type"
        elif kind == "space" and before and after and not {before, after} & _BETWEEN:
            yield "css-selector-descendant"
        elif kind in _SIMPLE:
            yield _SIMPLE[kind]
        # Two simple selectors with nothing between them are chained.
        if kind in {".", "#", "["} and before in {"name", "#", "["}:
            yield "css-selector-chaining"


def _pseudo(token: Any, double: bool, known: Container[str]) -> str:
    name = token.lower_value if token.type == "ident" else token.lower_name
    element = f"css-pseudo-element-{name}"
    # The oldest pseudo-elements may be written with one colon.
    return element if double or element in known else f"css-pseudo-class-{name}"


def _kind(token: Any) -> str:
    if token.type == "literal":
        return str(token.value)
    return _KINDS.get(token.type, str(token.type))


def _of_declaration(one: Declaration, known: Container[str]) -> Iterator[Found]:
    sample = f"{one.name}: {one.text}"[:60]
    yield _of_property(one.name, known), one.line, sample
    if one.name == "display" and one.text.lower() in {"none", "flex", "grid"}:
        yield f"css-display-{one.text.lower()}", one.line, sample
    if one.important:
        yield "css-important", one.line, sample
    for slug in set(_of_value(one.value)):
        yield slug, one.line, sample


def _of_property(name: str, known: Container[str]) -> str:
    if name.startswith("--"):
        return "css-variables"
    bare = _VENDOR.sub("", name, count=1) if _VENDOR.match(name) else name
    if f"css-{bare}" in known:
        return f"css-{bare}"
    if bare in _SIDES:
        return "css-left-right-top-bottom"
    if found := _LOGICAL.fullmatch(bare):
        ends = f"{found[2]}-start-end" if found[3] else "inline-block"
        return f"css-{found[1]}-{ends}"
    if found := _BORDER.fullmatch(bare):
        own = "-individual" if found[2] else "-longhand" if found[3] else ""
        return f"css-border-inline-block{own}"
    if found := _CORNER.fullmatch(bare):
        return "css-border-radius" + ("-logical" if found[1] in {"start", "end"} else "")
    # caniemail lists a family's shorthand for its plain longhands: margin for margin-left.
    family = next((f"css-{one}" for one in _FAMILIES if bare.startswith(f"{one}-")), "")
    return family if family in known and name == bare else name


def _of_value(tokens: Sequence[Any]) -> Iterator[str]:
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        if token.type == "dimension":
            yield f"css-unit-{token.lower_unit}"
        elif token.type == "percentage":
            yield "css-unit-percent"
        elif token.type == "ident" and token.lower_value in _WORDS:
            yield _WORDS[token.lower_value]
        elif token.type == "function":
            if token.lower_name in _FUNCTIONS:
                yield _FUNCTIONS[token.lower_name]
            waiting += token.arguments
        elif token.type in {"() block", "[] block", "{} block"}:
            waiting += token.content
