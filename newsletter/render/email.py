"""Draft and ledger in, finished mail out: no clock, no files, the same bytes every time."""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import jinja2
import mjml

from newsletter.collect.snapshot import Source
from newsletter.compute.facts import Ledger
from newsletter.config import Publication
from newsletter.draft.claims import Draft, filled
from newsletter.errors import RenderError
from newsletter.render import page
from newsletter.render.chart import Plate, plates
from newsletter.render.checks import SAMPLE, defects
from newsletter.render.clean import FURNITURE, clean, refuse_links, refuse_slots, shortened
from newsletter.render.colours import palette
from newsletter.render.disclaimers import SHORT, Declared, Notice, names, notice
from newsletter.render.lint import problems
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered
from newsletter.render.sources import cited_sources

LAYOUT = "evening"
"""Templates used by kinds of edition that have none of their own."""
MOST_SUBJECT = 110


def render(
    draft: Draft,
    ledger: Ledger,
    publication: Publication,
    *,
    jurisdictions: Collection[str],
    edition_key: str,
    as_of: dt.datetime,
    templates: jinja2.Environment,
    sources: Sequence[Source] = (),
    author: str = "",
    editor: str = "",
    by_model: bool = False,
    declared: Declared | None = None,
) -> Rendered:
    """Lay an edition out as mail.

    Parameters
    ----------
    draft : Draft
        With its slots.
    ledger : Ledger
        The only source of figures.
    publication : Publication
        Names, address, colours.
    jurisdictions : collection of str
        Whose notices are printed; empty prints all.
    edition_key : str
        ``2026-07-02.XNYS.evening``; the last part names the templates.
    as_of : datetime.datetime
        Aware instant of the figures, the session's close; printed in the notices. When
        the mail was completed and sent stands in its Date header, so that the same
        facts give the same bytes.
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`.
    sources : sequence of Source
        Named with their dates under the figures.
    author, editor : str
        Printed names; the author defaults to the draft's.
    by_model : bool
        Whether a language model wrote the draft: adds its notice.
    declared : Declared, optional
        Positions, payments and registrations; by default none is declared.

    Returns
    -------
    Rendered
        With `UNSUBSCRIBE_URL` where each reader's link goes. Furniture (masthead,
        notices, footer, reading time) stands in elements with ``data-furniture="1"``,
        and in the text before the first and after the last line ``~~~``.

    Raises
    ------
    RenderError
        If a template, a slot or the finished mail is not as it must be.
    UnknownSlot
        If the draft names a fact that the ledger does not hold.
    DraftError
        If the draft's own text holds a link.
    """
    if as_of.tzinfo is None:
        raise RenderError("The instant of the figures has no time zone; pass an aware datetime.")
    text = filled(draft, ledger).map(clean)
    refuse_slots(text.passages())
    refuse_links(text.passages())
    drawn = tuple(_cleaned(plate) for plate in plates(draft.charts, ledger))
    context = _context(text, ledger, publication, drawn, edition_key, sources)
    context |= {
        "hand_line": page.hand_line(clean(author) or page.hand(clean(draft.author))),
        "editor": clean(editor),
        "as_of": page.instant(as_of, publication.time_zone),
        "cited": cited_sources(draft, ledger),
    }
    declared = declared or Declared()
    context |= declared.words()
    wanted = names(jurisdictions, by_model=by_model, paid=bool(declared.payments))
    notices = tuple(notice(name, templates, context) for name in wanted)
    context |= {"notices": notices, "short_notice": notice(SHORT, templates, context)}
    subject = _template(templates, edition_key, "subject.txt.j2").render(context)
    mail = Rendered(
        subject=("[SAMPLE] " if ledger.simulated else "") + shortened(clean(subject), MOST_SUBJECT),
        preheader=context["preheader"],
        html=_html(_template(templates, edition_key, "body.mjml.j2"), context),
        text=_text(_template(templates, edition_key, "body.txt.j2"), context),
        images=tuple(plate.image for plate in drawn),
        sample=ledger.simulated,
    )
    _refuse_defects(mail, (*notices, context["short_notice"]), publication, ledger)
    return mail


def _context(
    text: Draft,
    ledger: Ledger,
    publication: Publication,
    drawn: Sequence[Plate],
    edition_key: str,
    sources: Sequence[Source],
) -> dict[str, Any]:
    session, brand = ledger.session, publication.brand
    return {
        "draft": text,
        "preheader": page.preheader(text),
        "minutes": page.minutes(text),
        "strip": page.strip(text.tickers, ledger),
        "exhibits": page.exhibits(drawn, text.tables),
        "long_date": page.long_date(session),
        "session": page.date(session.date),
        "close": page.close(session),
        "sources": [_readable(source) for source in _distinct(sources)],
        "data_line": page.data_line(
            [clean(source.label) for source in sources if source.covers == "bars"], ledger
        ),
        "publication": clean(publication.name),
        "tagline": clean(publication.tagline),
        "publisher": clean(publication.publisher),
        "postal_address": clean(publication.postal_address),
        "contact": publication.contact,
        "base_url": publication.base_url,
        "language": publication.language,
        "light": palette(brand.ink, brand.accent, "light"),
        "dark": palette(brand.ink, brand.accent, "dark"),
        "unsubscribe_url": UNSUBSCRIBE_URL,
        "edition_key": edition_key,
        "ledger_hash": ledger.sha256[:12],
        "simulated": ledger.simulated,
        "sample": SAMPLE,
        "fence": FURNITURE,
    }


def _distinct(sources: Sequence[Source]) -> list[Source]:
    """Return one source for each name in print, the one with the latest date."""
    newest: dict[str, Source] = {}
    for source in sources:
        if source.label not in newest or source.as_of > newest[source.label].as_of:
            newest[source.label] = source
    return list(newest.values())


def _readable(source: Source) -> dict[str, str]:
    try:
        as_of = page.date(dt.date.fromisoformat(source.as_of[:10]))
    except ValueError:
        as_of = clean(source.as_of)
    return {
        "label": clean(source.label),
        "licence": clean(source.licence).rstrip("."),
        "as_of": as_of,
    }


def _cleaned(plate: Plate) -> Plate:
    image = plate.image
    image = Image(image.name, clean(image.alt), image.png, image.width, image.height)
    return Plate(image, clean(plate.title), clean(plate.caption))


def _template(templates: jinja2.Environment, edition_key: str, name: str) -> jinja2.Template:
    kind = edition_key.rpartition(".")[2]
    try:
        return templates.select_template([f"email/{kind}/{name}", f"email/{LAYOUT}/{name}"])
    except jinja2.TemplateError as error:
        raise RenderError(f"The template {name} cannot be used: {error}.") from error


def _rendered(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    try:
        return template.render(context)
    except jinja2.TemplateError as error:
        raise RenderError(f"templates/{template.name} cannot be filled: {error}.") from error


def _html(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    source = _rendered(template, context)
    if wrong := problems(source):
        raise RenderError(f"templates/{template.name} is not sound MJML: {wrong[0]}.")
    try:
        # Without fonts={} a mere "Roboto" makes mrml import Google's: a call home.
        return str(mjml.mjml2html(source, fonts={})).strip() + "\n"
    except ValueError as error:
        raise RenderError(f"templates/{template.name} is not sound MJML: {error}.") from error


def _text(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    lines = [line.rstrip() for line in _rendered(template, context).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _refuse_defects(
    mail: Rendered, notices: Sequence[Notice], publication: Publication, ledger: Ledger
) -> None:
    found = defects(mail, notices, clean(publication.postal_address), ledger.simulated)
    if found:
        more = f" ({len(found) - 1} more after this one.)" if len(found) > 1 else ""
        raise RenderError(f"The finished mail is not fit to send: {found[0]}{more}")
