"""The features of HTML that a mail uses, by caniemail's names."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from newsletter.render.inspect.css_features import css_features
from newsletter.render.inspect.document import Document
from newsletter.render.rendered import Image

_NAMED = {
    "b": "html-strong", "strong": "html-strong", "ul": "html-lists", "ol": "html-lists",
    "dl": "html-lists", "map": "html-image-maps", "s": "html-strike", "strike": "html-strike",
}  # fmt: skip
_NAMED |= {f"h{level}": "html-h1-h6" for level in range(1, 7)}
_NAMED |= dict.fromkeys(
    "article aside details figcaption figure footer header main mark nav section summary time"
    .split(),
    "html-semantics",
)  # fmt: skip
_ATTRIBUTES = {"srcset": "html-srcset", "sizes": "html-srcset", "loading": "html-loading-attribute",
               "inert": "css-inert-attribute"}  # fmt: skip
_FORMATS = (
    (b"\x89PNG", "image-png"),
    (b"\xff\xd8", "image-jpg"),
    (b"GIF8", "image-gif"),
    (b"BM", "image-bmp"),
)
_EXTENSIONS = ("png", "jpg", "gif", "svg", "webp", "avif", "bmp", "ico", "apng", "tiff", "heif")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a feature.

    Parameters
    ----------
    slug : str
        caniemail's name, or what was written where caniemail has none.
    line : int
        Of the HTML, 0 where unknown.
    sample : str
        The words that use it.
    """

    slug: str
    line: int
    sample: str


def uses(document: Document, images: tuple[Image, ...], known: Container[str]) -> Iterator[Use]:
    """Yield every use of every feature, known to caniemail or not.

    Parameters
    ----------
    document : Document
        The mail.
    images : tuple of Image
        Whose formats count too.
    known : container of str
        caniemail's slugs.
    """
    if document.source.lstrip()[:9].lower() == "<!doctype":
        yield Use("html-doctype", 1, "<!doctype html>")
    for element in document.elements():
        line = document.lines.get(element, 0)
        for slug in _of_element(element):
            yield Use(slug, line, f"<{element.tag}>")
        for name, value in element.attrib.items():
            for slug in _of_attribute(element, name, value, known):
                yield Use(slug, line, f"<{element.tag} {name}>")
    if "<!--" in document.source:
        line = document.source[: document.source.index("<!--")].count("\n") + 1
        yield Use("html-comments", line, "<!--")
    for image in images:
        slug = next((slug for start, slug in _FORMATS if image.png.startswith(start)), "")
        if slug:
            yield Use(slug, 0, f"cid:{image.name}")
    for slug, line, sample in css_features(document, known):
        yield Use(slug, line, sample)


def _of_element(element: Element) -> Iterator[str]:
    tag = str(element.tag).rpartition("}")[2]  # svg has a namespace
    kind = element.get("type", "").lower()
    if tag == "input":
        yield f"html-input-{kind or 'text'}"
    elif tag == "button":
        yield f"html-button-{kind or 'submit'}"
    elif tag == "meta" and element.get("name", "").lower() == "color-scheme":
        yield "html-meta-color-scheme"
    elif tag not in {
        "html",
        "head",
        "meta",
        "title",
        "br",
        "tbody",
        "thead",
        "tr",
        "td",
        "th",
        "a",
    }:
        yield _NAMED.get(str(tag), f"html-{tag}")


def _of_attribute(element: Element, name: str, value: str, known: Container[str]) -> Iterator[str]:
    slug = _ATTRIBUTES.get(name, f"html-{name}")
    if slug in known and name not in {"style", "object", "form", "span", "link"}:
        yield slug
    if element.tag == "a" and name == "href":
        if value.startswith("#"):
            yield "html-anchor-links"
        elif value.lower().startswith("mailto:"):
            yield "html-mailto-links"
    elif name == "src" and element.tag == "img":
        if value.lower().startswith("data:"):
            yield "image-base64"
        ending = value.partition("?")[0].rpartition(".")[2].lower().replace("jpeg", "jpg")
        if ending in _EXTENSIONS and not value.lower().startswith("cid:"):
            yield f"image-{ending}"
