"""Sources: the note under the text that names what was cited, from where and when."""

from dataclasses import dataclass

from newsletter.compute.facts import CITED, Ledger
from newsletter.draft.claims import Draft
from newsletter.render.clean import clean
from newsletter.render.page import date


@dataclass(frozen=True, slots=True)
class CitedSource:
    """One line of the note.

    Parameters
    ----------
    name : str
        What was measured, with a capital.
    source : str
        Who published it.
    as_of : str
        ``8 June 2026``.
    link : str
        The only address besides the house's own that a mail carries.
    """

    name: str
    source: str
    as_of: str
    link: str


def cited_sources(draft: Draft, ledger: Ledger) -> tuple[CitedSource, ...]:
    """Return a line for each cited fact that a draft uses, in order of id.

    Parameters
    ----------
    draft : Draft
        With its slots.
    ledger : Ledger
        Facts.
    """
    found = []
    for id in draft.used():
        fact = ledger.get(id)
        if fact is not None and fact.kind == CITED:
            name = clean(fact.name)
            link = fact.link if fact.link.startswith("https://") else ""
            found.append(
                CitedSource(name[:1].upper() + name[1:], clean(fact.source), date(fact.as_of), link)
            )
    return tuple(dict.fromkeys(found))
