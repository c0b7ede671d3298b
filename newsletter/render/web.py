"""The web edition: the same draft as one page that reads well anywhere and asks for nothing.

The page carries its style and script inside and allows, by its own policy, those two and
nothing else: no cookie, no tracker, no request to anybody. Its pictures are named ``cid:``
as in the mail, so that `newsletter.render.rendered.Rendered` keeps each of them once;
`published` puts them in, and the page is then one file that can be saved, mailed, archived
and served from any folder. Pictures beside the page would load a little sooner, but a page
that was approved as one thing should not fall apart into five.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from newsletter.errors import RenderError
from newsletter.render.context import Context
from newsletter.render.personal import reader_mark
from newsletter.render.rendered import Image
from newsletter.render.web_said import unsaid
from newsletter.render.web_tables import grid

__all__ = ["published", "unsaid", "web_page"]

_OWN = frozenset({"preferences_url", "unsubscribe_url", "watched_place"})
"""Words of the mail that are one reader's."""


def web_page(
    context: Context,
    templates: jinja2.Environment,
) -> str:
    """Lay an edition out as a web page.

    Parameters
    ----------
    context : Context
        From `newsletter.render.context.edition_context`: the words of the mail.
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`; ``web/page.html.j2``,
        ``web/style.css.j2`` and ``web/script.js.j2`` are used.

    Returns
    -------
    str
        A complete HTML document; pictures as ``cid:`` references, see `published`.
        Furniture stands in elements with ``data-furniture``, as in the mail.

    Raises
    ------
    RenderError
        If a template cannot be used, or the page shows a reader's own link.
    """
    # What is a reader's own has no place on a page for all, whatever a template asks for.
    words = {name: value for name, value in context.words.items() if name not in _OWN}
    fonts = words["fonts"]  # names of typefaces, checked in the configuration
    words |= {"serif": Markup(fonts["headline"]), "sans": Markup(fonts["body"])}  # noqa: S704
    style = _inline(_rendered(templates, "web/style.css.j2", words), "style")
    script = _inline(_rendered(templates, "web/script.js.j2", words), "script")
    words |= {
        "style": style,
        "script": script,
        "policy": policy(style, script),
        "tables": [grid(table) for table in words["exhibits"].tables],
        "linked_data": _linked_data(words, words["edition_url"]),
    }
    page = _rendered(templates, "web/page.html.j2", words)
    if mark := reader_mark(page):
        raise RenderError(
            "templates/web/page.html.j2 shows a reader's own link on a page for all; take "
            f"{mark[:38]}… out of it and of the notices."
        )
    return page.strip() + "\n"


def published(page: str, images: Sequence[Image]) -> str:
    """Return a web page with its pictures inside: the one file to publish.

    Parameters
    ----------
    page : str
        From `web_page`.
    images : sequence of Image
        The mail's pictures.
    """
    for image in images:
        data = base64.b64encode(image.png).decode()
        page = page.replace(f'src="cid:{image.name}"', f'src="data:image/png;base64,{data}"')
    return page


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page: its own style and script, by their hashes.

    A server that publishes the page should send the same as a header, with
    ``frame-ancestors 'none'``, which a page cannot say of itself.
    """
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
        f"script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _inline(text: str, element: str) -> Markup:
    if f"</{element}" in text.lower():
        raise RenderError(f"templates/web holds a closing </{element}> where none may be.")
    return Markup(text)  # noqa: S704 - a template of the house, hashed into the policy


def _rendered(templates: jinja2.Environment, name: str, words: dict[str, Any]) -> str:
    try:
        return templates.get_template(name).render(words)
    except jinja2.TemplateError as error:
        raise RenderError(f"templates/{name} cannot be filled: {error}.") from error


def _linked_data(words: dict[str, Any], address: str) -> dict[str, Any]:
    """Return the page's data for search engines (schema.org, NewsArticle)."""
    draft, publisher = words["draft"], {"@type": "Organization", "name": words["publisher"]}
    day = words["edition_key"][:10]
    found = {
        "@context": "https://schema.org",
        "@type": "OpinionNewsArticle",
        "headline": draft.headline,
        "description": draft.dek,
        "articleSection": draft.kicker,
        "datePublished": day,
        "inLanguage": words["language"],
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Periodical", "name": words["publication"]},
        "author": publisher,
        "publisher": publisher,
    }
    return found | ({"mainEntityOfPage": address, "url": address} if address else {})
