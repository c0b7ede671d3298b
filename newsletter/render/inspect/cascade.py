"""Which declaration wins on each element, as far as colours and sizes of text go.

A static cascade for mail: style sheets, style attributes and the presentational attributes
``bgcolor`` and ``color``; origin, importance, specificity and order as in CSS Cascade 4, media
conditions on width and colour scheme. No layers, no scripts, no states such as hover.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree.ElementTree import Element

from newsletter.render.inspect.document import Document
from newsletter.render.inspect.styles import Declaration, Rule, declarations, inline, sheets

Scheme = Literal["light", "dark"]

PROPERTIES = frozenset(
    {"color", "background", "background-color", "background-image", "color-scheme", "display",
     "font-size", "font-weight", "font"}
)  # fmt: skip
MOST_STEPS = 500_000
"""Most comparisons that matching may cost; selectors beyond it are left out and named."""

MOST_SELECTOR = 400
"""Characters."""
_JOINT = re.compile(r"[\w\])*]\s+(?=[\w.#*:\[])|[~:(]")
_CONDITION = re.compile(r"\(\s*([\w-]+)\s*(?::\s*([^)]*?)\s*)?\)")


@dataclass(frozen=True)
class Cascade:
    """The winning declarations.

    Parameters
    ----------
    winners : mapping of Element to mapping of str to Declaration
        By element and property; what nobody declares is absent.
    skipped : tuple of str
        Selectors that were not matched: unreadable, or too costly.
    """

    winners: Mapping[Element, Mapping[str, Declaration]]
    skipped: tuple[str, ...]


def cascade(document: Document, scheme: Scheme, width: int = 600) -> Cascade:
    """Work the cascade out.

    Parameters
    ----------
    document : Document
        The mail.
    scheme : {"light", "dark"}
        What ``prefers-color-scheme`` asks for.
    width : int
        Of the window, in CSS pixels.
    """
    rules = [
        rule
        for rule in sheets(document)
        if not rule.keyword
        and any(one.name in PROPERTIES for one in rule.declarations)
        and all(holds(condition, scheme, width) for condition in rule.media)
    ]
    matcher, skipped = _matcher(rules, document)
    winners: dict[Element, Mapping[str, Declaration]] = {}
    if document.refused:
        return Cascade(winners, skipped)
    from cssselect2 import ElementWrapper

    for wrapped in ElementWrapper.from_html_root(document.root).iter_subtree():
        element = wrapped.etree_element
        # Weakest first, each layer over the one before: attributes, sheet, style attribute.
        layers = [*_hints(element, document)]
        matched = [rule for _, _, _, rule in matcher.match(wrapped)]
        layers += [one for rule in matched for one in rule.declarations]
        layers += inline(document, element)
        winners[element] = _won(layers)
    return Cascade(winners, skipped)


def holds(condition: str, scheme: Scheme, width: int) -> bool:
    """Tell whether a media condition holds on a screen.

    Examples
    --------
    >>> holds("only screen and (max-width:480px)", "light", 600)
    False
    >>> holds("(prefers-color-scheme: dark)", "dark", 600)
    True
    """
    return any(_holds(one.strip().lower(), scheme, width) for one in condition.split(","))


def _holds(query: str, scheme: Scheme, width: int) -> bool:
    kind = re.match(r"(?:only\s+)?([a-z]+)", query)
    if query.startswith(("not", "@")) or (kind and kind[1] not in {"screen", "all", "only"}):
        return False
    for name, value in _CONDITION.findall(query):
        pixels = re.fullmatch(r"(\d+(?:\.\d+)?)px", value)
        if name == "prefers-color-scheme":
            fits = value == scheme
        elif name in {"min-width", "max-width"} and pixels:
            fits = (width >= float(pixels[1])) if name == "min-width" else width <= float(pixels[1])
        else:
            fits = False
        if not fits:
            return False
    return True


def _matcher(rules: Sequence[Rule], document: Document) -> tuple[Any, tuple[str, ...]]:
    """Compile selectors, cheap ones only: descendants multiply what a hostile sheet costs."""
    from cssselect2 import Matcher, SelectorError, compile_selector_list

    matcher, skipped, steps, crowd = Matcher(), [], 0, _crowd(document)
    depth = _depth(document)
    for rule in rules:
        if len(rule.text) > MOST_SELECTOR:
            skipped.append(rule.text)
            continue
        try:
            selectors = compile_selector_list(list(rule.prelude))
        except (SelectorError, SyntaxError, RecursionError, MemoryError):
            skipped.append(rule.text)
            continue
        cost = _ways(rule.text, depth) * sum(_candidates(selector, crowd) for selector in selectors)
        if steps + cost > MOST_STEPS:
            skipped.append(rule.text)
            continue
        steps += cost
        for selector in selectors:
            if selector.pseudo_element is None:
                matcher.add_selector(selector, rule)
    return matcher, tuple(skipped)


def _crowd(document: Document) -> "Counter[str]":
    """Count elements by class, id and name, as selectors are looked up."""
    crowd: Counter[str] = Counter()
    for element in document.elements():
        crowd.update(["*", str(element.tag), "#" + element.get("id", "")])
        crowd.update({"." + name for name in element.get("class", "").split()})
    return crowd


def _candidates(selector: Any, crowd: "Counter[str]") -> int:
    if selector.id is not None:
        return crowd["#" + selector.id]
    if selector.class_name is not None:
        return crowd["." + selector.class_name]
    return crowd[selector.lower_local_name or "*"]


def _depth(document: Document) -> int:
    depth: dict[Element, int] = {}
    for element in document.elements():
        parent = document.parents.get(element)
        depth[element] = 1 if parent is None else depth[parent] + 1
    return max(depth.values(), default=1)


def _ways(selectors: str, depth: int) -> int:
    """Return how many chains of ancestors or siblings one element may try."""
    joints = [len(_JOINT.findall(one)) for one in selectors.split(",")]
    return int(min(MOST_STEPS, depth ** min(max(joints), 5)))


def _hints(element: Element, document: Document) -> tuple[Declaration, ...]:
    line = document.lines.get(element, 0)
    ground = element.get("bgcolor")
    ink = element.get("color") if element.tag == "font" else None
    text = f"background-color: {ground};" if ground else ""
    return declarations(text + (f"color: {ink}" if ink else ""), line) if text or ink else ()


def _won(layers: Sequence[Declaration]) -> dict[str, Declaration]:
    won: dict[str, Declaration] = {}
    for one in layers:
        if one.name not in PROPERTIES:
            continue
        for name in _longhands(one.name):
            if name not in won or one.important or not won[name].important:
                won[name] = one
    return won


def _longhands(name: str) -> tuple[str, ...]:
    return {
        "background": ("background-color", "background-image"),
        "font": ("font-size", "font-weight"),
    }.get(name, (name,))
