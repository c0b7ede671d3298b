"""Letters: the mails that are no edition, from the house to one person or to its readers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import jinja2
from pydantic import ValidationError

from newsletter.config import Publication
from newsletter.errors import RenderError
from newsletter.render.checks import defects
from newsletter.render.clean import clean, shortened
from newsletter.render.context import house_words
from newsletter.render.email import subject_line, typeset
from newsletter.render.letters_words import (
    Alert,
    Confirm,
    Correction,
    Notice,
    Unsubscribed,
    Welcome,
    Words,
)
from newsletter.render.page import PREHEADER
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered

LETTERS: Mapping[str, type[Words]] = {
    "alert": Alert,
    "confirm": Confirm,
    "correction": Correction,
    "notice": Notice,
    "unsubscribed": Unsubscribed,
    "welcome": Welcome,
}
"""What each letter must be told, by its name; ``templates/email/letters/NAME`` lays it out."""
MOST_BYTES = 60_000
"""A letter is short; beyond this something has got into it."""

_HREF = re.compile(r'\bhref="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished letter.

    Parameters
    ----------
    name : str
        A key of `LETTERS`.
    subject, preheader : str
        Lines of the inbox.
    html, text : str
        The two parts; they say the same and hold the same links.
    images : tuple of Image
        The logo, where there is one.
    to_a_list : bool
        True for a letter to the readers of a list (a correction): it holds `UNSUBSCRIBE_URL`
        and is delivered like an edition. All others go to one person who asked, or whose
        work it is, and carry no List-Unsubscribe.
    sample : bool
        True when it speaks of simulated data.
    """

    name: str
    subject: str
    preheader: str
    html: str
    text: str
    images: tuple[Image, ...] = ()
    to_a_list: bool = False
    sample: bool = False

    def rendered(self) -> Rendered:
        """Return the letter in the form that preflight, preview and delivery take."""
        return Rendered(
            self.subject, self.preheader, self.html, self.text, self.images, self.sample
        )


def letter(
    name: str,
    publication: Publication,
    templates: jinja2.Environment,
    words: Mapping[str, object],
    *,
    logo: Image | None = None,
    language: str = "",
) -> Letter:
    """Lay out a letter.

    Parameters
    ----------
    name : str
        A key of `LETTERS`.
    publication : Publication
        Names, address, colours, time zone.
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`.
    words : mapping of str to object
        The fields of the letter's type in `newsletter.render.letters_words`; every value
        may be hostile.
    logo : Image, optional
        From `newsletter.render.logo.logo`; without it the name is set in type.
    language : str
        BCP 47 tag that sets language and direction; by default the publication's.

    Raises
    ------
    RenderError
        If there is no such letter, a word is missing, unknown or unfit, a template is not
        sound, or the finished letter is not as it must be.
    UnknownSlot
        If a correction names a fact that its ledger does not hold.
    DraftError
        If a correction's text holds a link.
    """
    given = _words(name, words)
    context = house_words(publication, language) | given.printed(publication.time_zone)
    context |= {"logo": logo, "simulated": given.simulated, "to_a_list": given.TO_A_LIST}
    folders = (f"letters/{name}",)
    subject = subject_line(templates, folders, context, sample=given.simulated)
    preheader = _preheader(name, templates, context)
    html, text = typeset(templates, folders, context | {"subject": subject, "preheader": preheader})
    made = Letter(
        name=name,
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        images=(logo,) if logo else (),
        to_a_list=given.TO_A_LIST,
        sample=given.simulated,
    )
    if found := faults(made, clean(publication.postal_address)):
        raise RenderError(f"The letter {name} is not fit to send: {found[0]}")
    return made


def faults(made: Letter, postal_address: str) -> list[str]:
    """Return what is wrong with a finished letter, one sentence each; empty when good.

    Parameters
    ----------
    made : Letter
        The letter.
    postal_address : str
        Must stand in both parts.
    """
    found = defects(made.rendered(), (), postal_address, made.sample, to_a_list=made.to_a_list)
    size = len(made.html.encode())
    if size > MOST_BYTES:
        found.append(f"The HTML has {size:,} bytes; a letter has at most {MOST_BYTES:,}.")
    for part, content in (("HTML", made.html), ("text", made.text)):
        if not made.to_a_list and UNSUBSCRIBE_URL in content:
            found.append(f"The {part} part has a place for a reader's link that nothing fills.")
    for link in sorted(set(map(unescape, _HREF.findall(made.html)))):
        if link.removeprefix("mailto:") not in made.text:
            found.append(f"The text part lacks the link {link}.")
    return found


def _words(name: str, words: Mapping[str, object]) -> Words:
    if name not in LETTERS:
        raise RenderError(f"There is no letter {name!r}; there are {', '.join(LETTERS)}.")
    try:
        return LETTERS[name].model_validate(dict(words))
    except ValidationError as error:
        raise RenderError(_sentence(name, error)) from error


def _sentence(name: str, error: ValidationError) -> str:
    """Say what is wrong with the words given, without repeating a hostile value."""
    problems = error.errors(include_url=False, include_input=False)
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = ", ".join(LETTERS[name].model_fields)
        return f"The letter {name} has no word {clean(where)!r}; it takes {known}."
    if first["type"] == "missing":
        return f"The letter {name} needs the word {where}; give it."
    reason = first["msg"].removeprefix("Value error, ")
    return f"The letter {name} cannot use {where or 'its words'}: {reason}."


def _preheader(name: str, templates: jinja2.Environment, context: Mapping[str, Any]) -> str:
    path = f"email/letters/{name}/preheader.txt.j2"
    try:
        line = templates.get_template(path).render(context)
    except jinja2.TemplateError as error:
        raise RenderError(f"The template templates/{path} cannot be used: {error}.") from error
    return shortened(clean(line), PREHEADER[1])
