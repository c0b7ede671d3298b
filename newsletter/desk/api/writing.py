"""What writers do: edit parts, put a whole draft, add facts that others published."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from newsletter.compute.facts import Ledger
from newsletter.desk import editing
from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.conditions import IfMatch, etag, named
from newsletter.desk.api.decisions import told as shown
from newsletter.desk.api.editions import Number, Reader, at, edition, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import Conflicting, acted, told
from newsletter.desk.editing import Edit
from newsletter.desk.merging import merged
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms.material import known_tables, with_table
from newsletter.draft.claims import Draft
from newsletter.errors import ConfigError, DraftError, NotFound, ReviewError
from newsletter.render.chart import charts, plates
from newsletter.review.cited import Citation
from newsletter.review.desk import Revised, require_same
from newsletter.review.edition import Edition, EditionKey, Revision
from newsletter.review.roles import Act

router = APIRouter(tags=["writing"], route_class=Once)
Writer = Annotated[Caller, Depends(Key(Act.WRITE))]
_OPTION: Final = re.compile(r"--(name|value|unit|source|link|date|id|period)\b")


@router.get("/editions/{key}/draft", responses=told(404))
def show_draft(
    request: Request, response: Response, caller: Reader, key: models.Key, revision: Number = None
) -> models_desk.Words:
    """Show a revision's words, with the slots that facts fill; the ETag names the latest."""
    del caller
    found = at(newsroom(request), key, revision)
    response.headers["ETag"] = etag(found.edition)
    return models_desk.Words.model_validate(found.draft)


@router.put("/editions/{key}/draft", responses=acted(404, 412, 428))
def put_draft(
    request: Request, response: Response, caller: Writer, key: models.Key,
    words: models_desk.Words, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Put all words in the place of those that If-Match names, as a new revision.

    Tables stay, and so does what tells who wrote it. To take words back, put an earlier
    revision's draft.
    """
    del once
    desk, wanted, content = newsroom(request), parsed(key), named(if_match)
    given = words.model_dump()

    def make(base: Revision) -> Draft:
        require_same(edition(desk, key), content)
        if base.content != content:
            raise Revised(f"{base.author} has saved revision {base.number} of {key} meanwhile.")
        draft = editing.rewritten(desk.draft(base.draft), given)
        _require_charts(draft, desk.draft(base.draft), desk.ledger(base.ledger))
        return draft

    return shown(response, _revised(desk, wanted, caller.editor, make))


@router.post("/editions/{key}/edits", responses=acted(404, 412, 428))
def edit(
    request: Request, response: Response, caller: Writer, key: models.Key,
    what: models_desk.Edits, once: IdempotencyKey, if_match: IfMatch = None,
) -> models.Edition:  # fmt: skip
    """Edit parts of the revision that If-Match names, as a new revision.

    Where somebody has saved a later one meanwhile, the edits are carried over to it. If one of
    them is of a part that was changed there too, nothing is saved: the answer is 409, and its
    `conflicts` hold both versions and what they began as.
    """
    del once
    desk, wanted, content = newsroom(request), parsed(key), named(if_match)
    edits = [Edit(one.act, one.part, one.text) for one in what.edits]

    def make(base: Revision) -> Draft:
        history = _since(desk, wanted, content, base)
        made = merged(history, edits)
        if made.conflicts:
            raise Conflicting(
                f"Somebody has changed {editing.words(made.conflicts[0].part)} of {key} too; "
                "nothing was saved. Decide between the versions and edit the latest revision.",
                [models.Conflict.model_validate(one) for one in made.conflicts],
            )
        _require_charts(made.draft, history[-1], desk.ledger(base.ledger))
        return made.draft

    return shown(response, _revised(desk, wanted, caller.editor, make))


@router.post("/editions/{key}/facts", responses=acted(404), status_code=201)
def add_fact(
    request: Request, response: Response, caller: Writer, key: models.Key,
    what: models_desk.Cited, once: IdempotencyKey,
) -> models.Edition:  # fmt: skip
    """Add a fact that somebody else published, with where it can be read."""
    del once
    house = newsroom(request).house
    try:
        found = house.cite_here(parsed(key), Citation(**what.model_dump()), caller.editor)
    except ConfigError as error:  # it speaks of the command line's options
        raise ConfigError(_OPTION.sub(r"\1", str(error))) from error
    return shown(response, found)


@router.get("/editions/{key}/tables", responses=told(404))
def list_tables(request: Request, caller: Reader, key: models.Key) -> list[models_desk.Sheet]:
    """List the tables that the edition's form knows, and whether the latest draft has them."""
    del caller
    desk = newsroom(request)
    found = at(desk, key, None)
    there = {table.title for table in found.draft.tables}
    return [
        models_desk.Sheet(title=one.title, there=one.title in there)
        for one in known_tables(desk, found)
    ]


@router.post("/editions/{key}/tables", responses=acted(404), status_code=201)
def add_table(
    request: Request, response: Response, caller: Writer, key: models.Key,
    what: models_desk.Titled, once: IdempotencyKey,
) -> models.Edition:  # fmt: skip
    """Put one of the form's tables at the end; its cells are the session's facts."""
    del once
    desk = newsroom(request)
    known = {one.title: one for one in known_tables(desk, at(desk, key, None))}
    if what.title not in known:
        raise NotFound(
            f"The form of {key} knows no table {what.title[:60]!r}; it knows {', '.join(known)}."
        )
    return shown(response, with_table(desk, parsed(key), known[what.title], caller.editor))


def _revised(
    desk: Newsroom, key: EditionKey, editor: str, make: Callable[[Revision], Draft]
) -> Edition:
    """Make a revision of what is made of the latest one, or leave that one standing."""
    refused: list[ReviewError] = []
    asked: list[int] = []

    def change(base: Revision) -> tuple[Draft, Ledger]:
        asked.append(base.number)
        try:
            draft = make(base)
        except ReviewError as error:
            if len(asked) == 1:
                raise
            # Ours was saved right after another's, on which it cannot build: theirs stands again.
            refused.append(error)
            draft = desk.draft(base.draft)
        return draft, desk.ledger(base.ledger)

    found: Edition = desk.house.revise_here(key, change, editor)
    if refused:
        raise refused[0]
    return found


def _since(desk: Newsroom, key: EditionKey, content: str, base: Revision) -> list[Draft]:
    """Return the draft that was edited and every later one, up to that to build on."""
    revisions = [one for one in desk.house.editions.revisions(key) if one.number <= base.number]
    numbers = [one.number for one in revisions if one.content == content]
    if not numbers:
        raise Revised(f"No revision of {key} is what If-Match names; read the edition again.")
    return [desk.draft(one.draft) for one in revisions if one.number >= numbers[-1]]


def _require_charts(draft: Draft, before: Draft, ledger: Any) -> None:
    """Refuse charts that there are not, or that the session's facts do not fill."""
    for name in draft.charts:
        if name in before.charts:
            continue
        if name not in charts():
            raise NotFound(f"There is no chart {name[:40]!r}; there are {', '.join(charts())}.")
        if not plates([name], ledger):
            raise DraftError(f"The facts of this session do not fill the chart {name}.")
