"""Facts, signals, and how past calls did."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from newsletter.desk.api import models
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import Number, at
from newsletter.desk.api.problems import told
from newsletter.desk.newsroom import newsroom
from newsletter.draft.scorecard import scorecard as scored
from newsletter.errors import NotFound
from newsletter.review.roles import Act

router = APIRouter(tags=["figures"])
Reader = Annotated[Caller, Depends(Key(Act.READ))]


@router.get("/editions/{key}/facts", responses=told(404))
def list_facts(
    request: Request,
    caller: Reader,
    key: models.Key,
    revision: Number = None,
    contains: Annotated[str, Query(max_length=80, description="A part of the id.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> models.Facts:
    """List the facts that an edition's words are held against."""
    del caller
    found = at(newsroom(request), key, revision)
    facts = [fact for fact in found.ledger if contains in fact.id]
    end = offset + limit
    return models.Facts(
        revision=found.revision.number, total=len(facts),
        items=[fact.to_json() for fact in facts[offset:end]],
        next=end if end < len(facts) else None,
    )  # fmt: skip


@router.get("/editions/{key}/facts/{fact}", responses=told(404))
def show_fact(
    request: Request, caller: Reader, key: models.Key, fact: str, revision: Number = None
) -> dict[str, Any]:
    """Show one fact, as in the contract `ledger/1`."""
    del caller
    found = at(newsroom(request), key, revision).ledger.get(fact)
    if found is None:
        raise NotFound(f"{key} rests on no fact {fact[:80]!r}.")
    document: dict[str, Any] = found.to_json()
    return document


@router.get("/editions/{key}/signals", responses=told(404))
def list_signals(
    request: Request, caller: Reader, key: models.Key, revision: Number = None
) -> models.Signals:
    """List what the facts amount to, with what followed in the past."""
    del caller
    found = at(newsroom(request), key, revision)
    signals = found.ledger.to_json().get("signals", [])
    return models.Signals(revision=found.revision.number, items=signals)


@router.get("/scorecard", responses=told())
def show_scorecard(
    request: Request,
    caller: Reader,
    sample: Annotated[bool, Query(description="Of the sample market instead.")] = False,
) -> dict[str, Any]:
    """Show how past calls and triggers turned out, beside naive callers."""
    del caller
    memory = newsroom(request).house.pipeline.memory.recall()
    return scored(memory, simulated=sample).to_json()
