"""A correction as mail: the letter of that name, filled from an erratum and a ledger."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

import jinja2

from newsletter.compute.facts import Ledger
from newsletter.config import Publication
from newsletter.draft.claims import Draft, fill
from newsletter.draft.erratum import Erratum
from newsletter.errors import RenderError
from newsletter.render.clean import clean
from newsletter.render.letters import letter
from newsletter.render.rendered import Image, Rendered
from newsletter.render.sources import cited_sources

_MAIN: Final = re.compile(r"<main\b[^>]*>", re.IGNORECASE)


def correction_mail(
    draft: Draft,
    corrects: object,
    ledger: Ledger,
    publication: Publication,
    templates: jinja2.Environment,
    logo: Image | None = None,
) -> Rendered:
    """Lay a correction out as mail.

    Parameters
    ----------
    draft : Draft
        With its erratum.
    corrects : EditionKey or str
        Key of the edition that is corrected.
    ledger : Ledger
        The only source of figures; of the same session.
    publication : Publication
        Its `edition_url` gives the link, where there is one.
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`.
    logo : Image, optional
        From `newsletter.render.logo.logo`.

    Raises
    ------
    RenderError
        If the draft is no correction, or the finished mail is not as it must be.
    UnknownSlot
        If it names a fact that the ledger does not hold.
    DraftError
        If its text holds a link.
    """
    said = draft.erratum
    if said is None:
        raise RenderError(
            f"A correction of {corrects} takes points, a cause and what was changed; this draft "
            "is of an edition. Give `newsletter correct`."
        )
    words: dict[str, object] = {
        "edition": str(corrects),
        "headline": said.headline,
        "points": tuple({"said": one.said, "right": one.right} for one in said.points),
        "cause": said.cause,
        "changed": said.changed,
        "link": publication.edition_url.replace("{key}", str(corrects)),
        "ledger": ledger,
        "cited": cited_sources(draft, ledger),
    }
    return letter("correction", publication, templates, words, logo=logo).rendered()


def with_corrections(page: str, said: Sequence[tuple[Draft, Ledger]]) -> str:
    """Return a web edition with what was corrected in it above its text.

    The page itself stays as it was approved: what is put in was approved, and sent, with
    each correction.

    Parameters
    ----------
    page : str
        From `newsletter.render.web.published`.
    said : sequence of (Draft, Ledger)
        Its corrections, first to last.
    """
    notes = "".join(_note(draft.erratum, ledger) for draft, ledger in said if draft.erratum)
    place = _MAIN.search(page)
    if not notes or place is None:
        return page
    return page[: place.end()] + notes + page[place.end() :]


def _note(said: Erratum, ledger: Ledger) -> str:
    def shown(text: str) -> str:
        return escape(clean(fill(text, ledger)))

    points = "".join(
        f"<p>We wrote:</p><blockquote><p>{escape(clean(one.said))}</p></blockquote>"
        f"<p>Right is:</p><p><strong>{shown(one.right)}</strong></p>"
        for one in said.points
    )
    return (
        '\n<section class="correction" aria-label="Correction" data-furniture="1">'
        f'<p class="label">Correction</p>{points}'
        f"<p>{shown(said.cause)}</p><p>{shown(said.changed)}</p></section>\n"
    )
