"""Context: every word and figure that the templates of one edition may print.

Mail, web edition and narration are laid out from the same context, so that none of them can
say what another does not.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.compute.facts import Ledger
from newsletter.config import Publication
from newsletter.draft.claims import Draft, filled
from newsletter.errors import RenderError
from newsletter.render import page
from newsletter.render.chart import Plate, plates
from newsletter.render.checks import SAMPLE
from newsletter.render.clean import FURNITURE, clean, refuse_links, refuse_slots
from newsletter.render.colours import palette
from newsletter.render.disclaimers import SHORT, Notice, names, notice
from newsletter.render.highlights import pull, reading
from newsletter.render.rendered import PREFERENCES_URL, UNSUBSCRIBE_URL, Image
from newsletter.render.setting import Setting
from newsletter.render.sources import cited_sources

if TYPE_CHECKING:
    from newsletter.collect.snapshot import Source

PLAIN = "plain"
"""The layout without pictures."""
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Context:
    """What an edition prints, before any layout.

    Parameters
    ----------
    words : dict of str to Any
        Names that templates know.
    drawn : tuple of Plate
        The charts, in the order of the draft.
    notices : tuple of Notice
        Notices that every form of the edition must carry.
    """

    words: dict[str, Any]
    drawn: tuple[Plate, ...]
    notices: tuple[Notice, ...]


def edition_context(draft: Draft, ledger: Ledger, setting: Setting) -> Context:
    """Work out everything an edition's templates may print.

    Parameters
    ----------
    draft, ledger, setting
        As `newsletter.render.email.render` takes them.

    Returns
    -------
    Context

    Raises
    ------
    RenderError
        If the instant has no zone or a slot is not filled.
    UnknownSlot
        If the draft names a fact that the ledger does not hold.
    DraftError
        If the draft's own text holds a link.
    """
    if setting.as_of.tzinfo is None:
        raise RenderError("The instant of the figures has no time zone; pass an aware datetime.")
    text = filled(draft, ledger).map(clean)
    refuse_slots(text.passages())
    refuse_links(text.passages())
    plain = setting.layout == PLAIN
    drawn = tuple(_cleaned(plate) for plate in plates(() if plain else draft.charts, ledger))
    words = _words(text, ledger, setting, drawn)
    words |= {
        "hand_line": page.hand_line(clean(setting.author) or page.hand(clean(draft.author))),
        "cited": cited_sources(draft, ledger),
        "pull": pull(draft, ledger),
    }
    if plain:
        words |= {"pull": None, "strip": page.Strip((), "")}
    declared = setting.declared
    words |= declared.words()
    paid = bool(declared.payments)
    wanted = names(setting.jurisdictions, by_model=setting.by_model, paid=paid)
    notices = tuple(notice(name, setting.templates, words) for name in wanted)
    short = notice(SHORT, setting.templates, words)
    words |= {"notices": notices, "short_notice": short}
    return Context(words, drawn, (*notices, short))


def _words(text: Draft, ledger: Ledger, setting: Setting, drawn: Sequence[Plate]) -> dict[str, Any]:
    session, publication = ledger.session, setting.publication
    return {
        **house_words(publication),
        "draft": text,
        "preheader": page.preheader(text),
        "minutes": page.minutes(text),
        "watched_place": "",
        "strip": page.strip(text.tickers, ledger),
        "reading": reading(ledger),
        "exhibits": page.exhibits(drawn, text.tables, len(text.sections)),
        "long_date": page.long_date(session),
        "session": page.date(session.date),
        "close": page.close(session),
        "as_of": page.instant(setting.as_of, publication.time_zone),
        "editor": clean(setting.editor),
        "logo": setting.logo,
        "audio_url": setting.audio_url,
        "audio_minutes": 0,
        "sources": [_readable(source) for source in _distinct(setting.sources)],
        "data_line": page.data_line(
            [clean(source.label) for source in setting.sources if source.covers == "bars"], ledger
        ),
        "edition_url": publication.edition_url.replace("{key}", setting.edition_key),
        "edition_key": setting.edition_key,
        "ledger_hash": ledger.sha256[:12],
        "simulated": ledger.simulated,
    }


def house_words(publication: Publication, language: str = "") -> dict[str, Any]:
    """Return what every mail of the house prints, edition or letter: names, brand, direction.

    Parameters
    ----------
    publication : Publication
        Names, address, colours, typefaces.
    language : str
        A BCP 47 tag; by default the publication's.
    """
    brand, language = publication.brand, language or publication.language
    return {
        "publication": clean(publication.name),
        "tagline": clean(publication.tagline),
        "publisher": clean(publication.publisher),
        "postal_address": clean(publication.postal_address),
        "contact": publication.contact,
        "base_url": publication.base_url,
        "language": language,
        **_direction(language),
        "fonts": brand.fonts.stacks(),
        "light": palette(brand.ink, brand.accent, "light"),
        "dark": palette(brand.ink, brand.accent, "dark"),
        "unsubscribe_url": UNSUBSCRIBE_URL,
        "preferences_url": PREFERENCES_URL,
        "sample": SAMPLE,
        "fence": FURNITURE,
    }


def _direction(language: str) -> dict[str, str]:
    """Return which way a language runs, and the sides on which its lines start and end."""
    if language.partition("-")[0].lower() in _RIGHT_TO_LEFT:
        return {"direction": "rtl", "start": "right", "end": "left"}
    return {"direction": "ltr", "start": "left", "end": "right"}


def _distinct(sources: Sequence["Source"]) -> "list[Source]":
    """Return one source for each name in print, the one with the latest date."""
    newest: dict[str, Source] = {}
    for source in sources:
        if source.label not in newest or source.as_of > newest[source.label].as_of:
            newest[source.label] = source
    return list(newest.values())


def _readable(source: "Source") -> dict[str, str]:
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
