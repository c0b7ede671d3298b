"""Every link of a mail: where it leads, what it says, and what is wrong with it. No network."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from newsletter.render.inspect.document import Document, words
from newsletter.render.inspect.reading import squeezed
from newsletter.render.inspect.remark import Level, Remark
from newsletter.render.rendered import PREFERENCES_URL, UNSUBSCRIBE_URL

GENERIC = frozenset(
    "click|click here|continue|go|here|learn more|link|more|read more|see more|this|this link"
    "|this page|view|view more".split("|")
)
"""Words that say nothing out of context, as screen readers list links."""
MOST_ADDRESS = 2_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_HOST = re.compile(r"(?:https?:)?//(?:[^/?#@]*@)?([^/?#:@]+)", re.IGNORECASE)
_SHOWN = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
_TOKEN = re.compile(r"\{\{|\{%|%7B%7B|\*\||%%|\[\[", re.IGNORECASE)
_SAFE = frozenset({"https", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Parameters
    ----------
    text : str
        What it says; pictures as their alternative text.
    target : str
        The address as written.
    scheme : str
        Lower case; empty for a fragment or a relative address.
    kind : str
        ``"unsubscribe"``, ``"preferences"``, ``"fragment"``, ``"mail"``, ``"web"`` or ``"other"``.
    line : int
        Of the HTML.
    """

    text: str
    target: str
    scheme: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Links:
    """Result of the check.

    Parameters
    ----------
    links : tuple of Link
        In document order.
    hosts : dict of str to int
        Links to each host.
    """

    links: tuple[Link, ...]
    hosts: dict[str, int]


def check(document: Document) -> tuple[Links, tuple[Remark, ...]]:
    """Look at every link."""
    targets = {
        name
        for element in document.elements()
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None)
        if name
    }
    found = [_link(element, document) for element in document.elements("a", "area")
             if "href" in element.attrib]  # fmt: skip
    remarks = [remark for link in found for remark in _remarks(link, targets)]
    remarks += _ambiguous(found)
    hosts: dict[str, int] = defaultdict(int)
    for link in found:
        if host := _host(link.target):
            hosts[host] += 1
    return Links(tuple(found), dict(sorted(hosts.items()))), tuple(remarks)


def _link(element: Element, document: Document) -> Link:
    target = element.get("href", "").strip()
    scheme = found[0].lower() if (found := _SCHEME.match(target)) else ""
    kind = {"mailto": "mail", "http": "web", "https": "web"}.get(scheme, "other")
    if target == UNSUBSCRIBE_URL:
        kind = "unsubscribe"
    elif target == PREFERENCES_URL:
        kind = "preferences"
    elif target.startswith("#"):
        kind = "fragment"
    said = words(element) if element.tag == "a" else element.get("alt", "")
    label = squeezed(said) or squeezed(element.get("aria-label", ""))
    return Link(label, target, scheme, kind, document.lines.get(element, 0))


def _host(target: str) -> str:
    found = _HOST.match(target)
    return found[1].lower() if found else ""


def _remarks(link: Link, targets: set[str]) -> Iterator[Remark]:
    def say(level: Level, message: str) -> Remark:
        return Remark("links", level, message, link.text or link.target[:80], link.line)

    if not link.text:
        yield say("error", "The link has no words.")
    elif link.text.casefold().rstrip(".:→» ") in GENERIC:
        yield say("warning", "The link's words say nothing of where it leads.")
    yield from _of_address(link, targets, say)
    shown = _SHOWN.fullmatch(link.text)
    host = _host(link.target)
    if shown and host and link.kind == "web" and not _same_house(shown[1].lower(), host):
        yield say("warning", f"The words name {shown[1]}, but the link leads to {host}.")


def _of_address(
    link: Link, targets: set[str], say: Callable[[Level, str], Remark]
) -> Iterator[Remark]:
    if link.kind == "fragment":
        if link.target[1:] not in targets:
            yield say("error", f"Nothing on the page is named {link.target}.")
    elif not link.target:
        yield say("error", "The link has no address.")
    elif _TOKEN.search(link.target):
        yield say("error", "The address still holds a placeholder.")
    elif not link.scheme:
        yield say("error", "The address is relative; a mail has no place of its own.")
    elif link.scheme == "http":
        yield say("warning", "The address is http; use https.")
    elif link.scheme not in _SAFE:
        yield say("error", f"Mail programs do not open {link.scheme}: addresses.")
    if re.search(r"\s", link.target):
        yield say("error", "The address holds a space.")
    if len(link.target) > MOST_ADDRESS:
        yield say("warning", f"The address has {len(link.target):,} characters.")


def _same_house(shown: str, host: str) -> bool:
    one, other = (name.removeprefix("www.") for name in (shown, host))
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _ambiguous(links: list[Link]) -> list[Remark]:
    leads: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.text:
            leads[link.text.casefold()].add(link.target)
    return [
        Remark("links", "info", f"{len(targets)} links with the same words lead elsewhere.", text)
        for text, targets in sorted(leads.items())
        if len(targets) > 1
    ]
