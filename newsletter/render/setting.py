"""Setting: what an edition is printed with besides its words and figures."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import jinja2

from newsletter.config import Publication
from newsletter.render.disclaimers import Declared
from newsletter.render.rendered import Image

if TYPE_CHECKING:
    from newsletter.collect.snapshot import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every form of one edition is given: mail, web edition and narration.

    Parameters
    ----------
    publication : Publication
        Names, address, colours.
    jurisdictions : collection of str
        Whose notices are printed; empty prints all.
    edition_key : str
        ``2026-07-02.XNYS.evening``; the last part names the kind.
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
    declared : Declared
        Positions, payments and registrations; by default none is declared.
    layout : str
        Folder of templates, ``"plain"`` for one without pictures; by default the edition's
        kind, where it has one, else `newsletter.render.email.LAYOUT`.
    logo : Image, optional
        From `newsletter.render.logo.logo`; without it the publication's name is set in type.
    audio_url : str
        Where the audio edition will stand, if there is one.
    instruments : mapping of str to str
        Symbol to label of what readers may watch; by default nothing.
    week : bool
        Whether the edition is of a week: the move of watched tickers is then the week's.
    """

    publication: Publication
    jurisdictions: Collection[str]
    edition_key: str
    as_of: dt.datetime
    templates: jinja2.Environment
    sources: "Sequence[Source]" = ()
    author: str = ""
    editor: str = ""
    by_model: bool = False
    declared: Declared = field(default_factory=Declared)
    layout: str = ""
    logo: Image | None = None
    audio_url: str = ""
    instruments: Mapping[str, str] = field(default_factory=dict)
    week: bool = False
