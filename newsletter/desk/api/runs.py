"""Runs: what makes editions, how far each is, and whether the house is well."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from newsletter.desk.api import models, models_desk
from newsletter.desk.api.caller import Caller, Key
from newsletter.desk.api.editions import Reader, parsed
from newsletter.desk.api.once import IdempotencyKey, Once
from newsletter.desk.api.problems import acted, told
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms.settings import health
from newsletter.desk.rooms.tonight import begin, failed
from newsletter.errors import NotFound, ReviewError
from newsletter.review.roles import Act

router = APIRouter(tags=["runs"], route_class=Once)
Runner = Annotated[Caller, Depends(Key(Act.RUN))]


@router.post("/editions/{key}/run", status_code=202, responses=acted(404))
def run(request: Request, caller: Runner, key: models.Key, once: IdempotencyKey) -> models.Begun:
    """Make an edition now, or again; a worker does."""
    del once
    desk, wanted = newsroom(request), parsed(key)
    day = wanted.session.date
    if day > desk.now().date():
        raise ReviewError(f"{day} has not been traded yet; nothing can be made of it.")
    if not begin(desk, wanted):
        raise ReviewError(f"A run of {key} goes on already.")
    desk.record(caller.editor, "run", key, by="a program")
    return models.Begun(key=key, begun=True)


@router.post("/editions/{key}/retry", status_code=202, responses=acted(404))
def retry(request: Request, caller: Runner, key: models.Key, once: IdempotencyKey) -> models.Begun:
    """Try the stage again at which its last run failed; what was made before it stands."""
    del once
    desk, wanted = newsroom(request), parsed(key)
    found = desk.house.runs.find(str(wanted))
    if found is None or not failed(found, desk.now()):
        raise ReviewError(f"No run of {key} has failed; there is no stage to try again.")
    if not begin(desk, wanted, "retry"):
        raise ReviewError(f"A run of {key} goes on already.")
    desk.record(caller.editor, "stage tried again", key, by="a program", stage=found.stage)
    return models.Begun(key=key, begun=True)


@router.get("/runs", responses=told())
def list_runs(
    request: Request, caller: Reader, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[models_desk.Run]:
    """List the last run of each edition, the latest sign of life first."""
    del caller
    desk = newsroom(request)
    return [models_desk.Run.of(one, desk.now()) for one in desk.house.runs.latest(limit)]


@router.get("/editions/{key}/run", responses=told(404))
def show_run(request: Request, caller: Reader, key: models.Key) -> models_desk.Run:
    """Show how far the last run of an edition is."""
    del caller
    desk = newsroom(request)
    found = desk.house.runs.find(str(parsed(key)))
    if found is None:
        raise NotFound(f"No run of {key} is known.")
    return models_desk.Run.of(found, desk.now())


@router.get("/health", responses=told())
def show_health(request: Request, caller: Reader) -> models_desk.Health:
    """Tell whether the database, the last run, the disk, the model and the voice are well."""
    del caller
    checks = [models_desk.Check.model_validate(one) for one in health(newsroom(request))]
    return models_desk.Health(good=all(one.good for one in checks), checks=checks)
