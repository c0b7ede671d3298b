"""Changing: what the rooms that write have in common, from the part that is proved to the save."""

from collections.abc import Sequence

from fastapi import Response
from starlette.requests import Request

from newsletter.desk import editing, proof
from newsletter.desk.newsroom import Newsroom
from newsletter.desk.revision import Opened
from newsletter.draft.claims import Draft
from newsletter.errors import NotFound
from newsletter.preflight.rule import RuleContext
from newsletter.proofing import house_context
from newsletter.review.edition import EditionKey, Revision


def heading_over(draft: Draft, part: str) -> str:
    """Return the heading that a part stands under; empty where there is none."""
    section, stands, _ = part.partition(".paragraphs.")
    try:
        return editing.get(draft, f"{section}.heading") if stands else ""
    except NotFound:
        return ""


def alone(desk: Newsroom, found: Opened) -> RuleContext:
    """Return what rules are told of a part of an edition, made once for its facts."""
    house = desk.house
    made: RuleContext = desk.once(
        ("alone", found.revision.ledger),
        lambda: proof.alone(house_context(house.config, house.templates(), found.ledger)),
    )
    return made


def since(desk: Newsroom, key: str, number: int, base: Revision) -> Sequence[Draft]:
    """Return the draft that was edited and every later one, up to that to build on.

    Raises
    ------
    NotFound
        If the edition has no such revision.
    """
    revisions = desk.house.editions.revisions(EditionKey.parse(key))
    found = [one for one in revisions if number <= one.number <= base.number]
    if not found or found[0].number != number:
        raise NotFound(f"{key} has no revision {number}; load the page again.")
    return [desk.draft(one.draft) for one in found]


def back(request: Request, key: str, part: str = "") -> Response:
    """Send the browser back to the panel, to a part of it."""
    way = f"/editions/{key}?panel=write" + (f"&part={part}" if part else "")
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": way})
    return Response(status_code=303, headers={"Location": way})
