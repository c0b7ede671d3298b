"""Which fixed notices an edition must carry: versioned texts, one block each.

A block is the template ``disclaimers/NAME.txt.j2``. Its first line holds id, version and
title (``BASE@1 Opinion, not advice``); the rest is the text. A publisher's counsel may
replace a block in the workspace: the new version is then what editors approve.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2

from newsletter.compliance import Compliance
from newsletter.config import Publication
from newsletter.errors import RenderError
from newsletter.render.clean import clean

BLOCKS = ("base", "data", "producer", "holdings")
"""Always printed in full; `SHORT` stands above the first opinion besides."""
SHORT = "base_short"
PAID = "paid"
AI = "ai"
JURISDICTIONS = ("US", "EU", "UK", "CA", "IN")

_HEAD = re.compile(r"^([A-Z_]+@[0-9]+)\s+(\S.*)$")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the publisher declares with one edition, ready for the notices.

    Parameters
    ----------
    holdings : mapping of str to str, or None
        Positions in words, by ticker; None where no register is kept.
    payments : tuple of str
        Payer, amount and nature of each.
    registrations : mapping of str to str
        Number by jurisdiction.
    views_url : str
        Page with the views of the last twelve months, empty where there is none.
    """

    holdings: Mapping[str, str] | None = None
    payments: tuple[str, ...] = ()
    registrations: Mapping[str, str] = field(default_factory=dict)
    views_url: str = ""

    @classmethod
    def of(cls, compliance: Compliance, session: dt.date) -> "Declared":
        """Return what the registers say of a session's edition."""
        return cls(
            compliance.held(session),
            compliance.payments(session),
            {str(place): number for place, number in compliance.registrations.items()},
            compliance.views_url or "",
        )

    def words(self) -> dict[str, Any]:
        """Return the variables of the notices, cleaned."""
        held = self.holdings
        return {
            "holdings": held and {clean(name): clean(words) for name, words in held.items()},
            "payments": tuple(map(clean, self.payments)),
            "registrations": {place: clean(n) for place, n in self.registrations.items()},
            "views_url": self.views_url,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """One disclaimer block.

    Parameters
    ----------
    id : str
        Name and version, e.g. ``"BASE@1"``.
    title : str
        Printed in front of it.
    text : str
        The words.
    """

    id: str
    title: str
    text: str


def names(jurisdictions: Collection[str], *, by_model: bool, paid: bool = False) -> tuple[str, ...]:
    """Return the names of the blocks an edition must carry, in order of print.

    Parameters
    ----------
    jurisdictions : collection of str
        Where readers live; an empty one means unknown, so all texts are printed.
    by_model : bool
        Whether a language model wrote the draft.
    paid : bool
        Whether there is a payment to disclose.
    """
    asked = set(jurisdictions) or set(JURISDICTIONS)
    places = tuple(name.lower() for name in JURISDICTIONS if name in asked)
    return (*BLOCKS, *((PAID,) if paid else ()), *((AI,) if by_model else ()), *places)


def notice(name: str, templates: jinja2.Environment, context: Mapping[str, Any]) -> Notice:
    """Return one block with its names and times filled in.

    Raises
    ------
    RenderError
        If there is no such block, or its first line is not id, version and title.
    """
    path = f"disclaimers/{name}.txt.j2"
    try:
        head, _, body = templates.get_template(path).render(context).strip().partition("\n")
    except jinja2.TemplateError as error:
        raise RenderError(f"The notice templates/{path} cannot be used: {error}.") from error
    match = _HEAD.match(head.strip())
    if match is None or not body.strip():
        raise RenderError(
            f"templates/{path} must begin with a line such as 'BASE@1 Opinion, not advice', "
            "followed by the text."
        )
    return Notice(match[1], clean(match[2]), clean(body))


def unchanging(
    jurisdictions: Collection[str],
    templates: jinja2.Environment,
    publication: Publication,
    declared: Declared,
    *,
    by_model: bool,
) -> dict[str, str]:
    """Return the notices whose words are the same in every edition, by id.

    They are what preflight demands word for word. The notices about data and producer
    name sources and times of the one edition; `newsletter.render.checks` demands those
    while the mail is made.

    Parameters
    ----------
    jurisdictions : collection of str
        As in config.yaml.
    templates : jinja2.Environment
        From `newsletter.render.templating.environment`.
    publication : Publication
        Its name and contact, which some notices state.
    declared : Declared
        Positions, payments and registrations.
    by_model : bool
        Whether a language model wrote the draft.
    """
    context = {
        "publication": clean(publication.name),
        "contact": publication.contact,
        **declared.words(),
    }
    varying = {"data", "producer"}
    paid = bool(declared.payments)
    wanted = (SHORT, *names(jurisdictions, by_model=by_model, paid=paid))
    found = [notice(name, templates, context) for name in wanted if name not in varying]
    return {one.id: one.text for one in found}
