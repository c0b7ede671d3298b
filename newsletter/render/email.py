"""Draft and ledger in, finished mail out: no clock, no files, the same bytes every time."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import mjml

from newsletter.compute.facts import Ledger
from newsletter.config import Publication
from newsletter.draft.claims import Draft
from newsletter.errors import RenderError, TemplateTrouble
from newsletter.render.checks import defects
from newsletter.render.clean import clean, shortened
from newsletter.render.context import edition_context
from newsletter.render.disclaimers import Notice
from newsletter.render.lint import problems
from newsletter.render.narration import minutes_aloud, narration
from newsletter.render.rendered import WATCHED_PLACE, Rendered
from newsletter.render.setting import Setting
from newsletter.render.tidy import tidied
from newsletter.render.watched_rows import rows, watched
from newsletter.render.web import unsaid, web_page

LAYOUT = "evening"
"""Templates used by kinds of edition that have none of their own."""
MOST_SUBJECT = 110


def render(draft: Draft, ledger: Ledger, setting: Setting) -> Rendered:
    """Lay an edition out as mail.

    Parameters
    ----------
    draft : Draft
        With its slots.
    ledger : Ledger
        The only source of figures.
    setting : Setting
        What it is printed with.

    Returns
    -------
    Rendered
        With `UNSUBSCRIBE_URL` and `PREFERENCES_URL` where each reader's links go, and the rows
        of `setting.instruments` beside it. Furniture (masthead, notices, footer, reading time)
        stands in elements with ``data-furniture="1"``, and in the text before the first and
        after the last line ``~~~``.

    Raises
    ------
    RenderError
        If a template, a slot or the finished mail is not as it must be.
    UnknownSlot
        If the draft names a fact that the ledger does not hold.
    DraftError
        If the draft's own text holds a link.
    """
    context = edition_context(draft, ledger, setting)
    script = narration(context)
    words = context.words
    words["audio_minutes"] = minutes_aloud(script)
    kind = setting.edition_key.rpartition(".")[2]
    folders = (setting.layout,) if setting.layout else (kind, LAYOUT)
    subject = subject_line(setting.templates, folders, words, sample=ledger.simulated)
    made = rows(ledger, setting.instruments, week=setting.week)
    words["watched_place"] = WATCHED_PLACE if made else ""
    (html, text), own = watched(typeset(setting.templates, folders, words), made, setting, words)
    drawn = tuple(plate.image for plate in context.drawn)
    mail = Rendered(
        subject=subject,
        preheader=words["preheader"],
        html=html,
        text=text,
        images=(*((setting.logo,) if setting.logo else ()), *drawn),
        sample=ledger.simulated,
        web=web_page(context, setting.templates),
        narration=script,
        watched=own,
    )
    _refuse_defects(mail, context.notices, setting.publication, ledger)
    return mail


def subject_line(
    templates: jinja2.Environment,
    folders: Sequence[str],
    words: Mapping[str, Any],
    *,
    sample: bool,
) -> str:
    """Return the subject from the first folder that has one, cleaned and of a length to read.

    Raises
    ------
    RenderError
        If no folder has the template or it cannot be filled.
    """
    line = _rendered(_template(templates, folders, "subject.txt.j2"), words)
    return ("[SAMPLE] " if sample else "") + shortened(clean(line), MOST_SUBJECT)


def typeset(
    templates: jinja2.Environment, folders: Sequence[str], words: Mapping[str, Any]
) -> tuple[str, str]:
    """Return the HTML and the plain text of one mail.

    Parameters
    ----------
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`.
    folders : sequence of str
        Folders of ``templates/email``; the first that has a part gives it.
    words : mapping of str to Any
        What the templates may print.

    Raises
    ------
    RenderError
        If a template is missing, cannot be filled, or is not sound MJML.
    """
    return (
        _html(_template(templates, folders, "body.mjml.j2"), words),
        _text(_template(templates, folders, "body.txt.j2"), words),
    )


def _template(templates: jinja2.Environment, folders: Sequence[str], name: str) -> jinja2.Template:
    try:
        return templates.select_template([f"email/{folder}/{name}" for folder in folders])
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
        raise _unsound(template, wrong[0], source)
    try:
        # Without fonts={} a mere "Roboto" makes mrml import Google's: a call home.
        made = str(mjml.mjml2html(source, fonts={})).strip() + "\n"
    except ValueError as error:
        raise _unsound(template, str(error), source) from error
    if context["direction"] == "rtl":  # of a column MJML always says left to right
        made = made.replace("direction:ltr", "direction:rtl")
    return tidied(made)


def _unsound(template: jinja2.Template, wrong: str, source: str) -> TemplateTrouble:
    line = re.match(r"line (\d+)", wrong)
    return TemplateTrouble(
        f"templates/{template.name} is not sound MJML: {wrong}.",
        path=str(template.name),
        line=int(line[1]) if line else 0,
        source=source,
    )


def _text(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    lines = [line.rstrip() for line in _rendered(template, context).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _refuse_defects(
    mail: Rendered, notices: Sequence[Notice], publication: Publication, ledger: Ledger
) -> None:
    found = defects(mail, notices, clean(publication.postal_address), ledger.simulated)
    found += [
        f"The web edition says {words!r}, which the mail does not."
        for words in unsaid(mail.html, mail.text, mail.web)
    ]
    if found:
        more = f" ({len(found) - 1} more after this one.)" if len(found) > 1 else ""
        raise RenderError(f"The finished mail is not fit to send: {found[0]}{more}")
