"""Work: what the workers do, what waits for them, and what is parked until a person looks."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.desk.admission import READ, Admission, NotAllowed, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms import Room
from newsletter.operating import work as operating
from newsletter.review.roles import Act, allowed

ROOM = Room("Work", "/work", 55, Act.RUN, key="k")
router = APIRouter(include_in_schema=False, prefix="/work")
Runner = Annotated[Visit, Depends(Admission(Act.RUN))]
Reader = Annotated[Visit, Depends(READ)]
Id = Annotated[str, Form(min_length=1, max_length=200)]

MOST: Final = 60


@router.get("")
def show(request: Request, visit: Reader, said: str = "") -> Response:
    """Show the last work of each edition, what is parked first."""
    desk = newsroom(request)
    found = operating.listed(desk.house, [], MOST)
    rows = [_row(desk.house, one, visit) for one in found]
    rows.sort(key=lambda row: row["state"] != "parked")
    return desk.page(
        request, visit, "work", rows=rows, nobody=desk.runs.nobody(),
        said={"again": "It is tried again.", "ended": "It stops before its next step."}.get(said),
    )  # fmt: skip


@router.post("/retry")
def retry(request: Request, visit: Runner, id: Id = "") -> Response:
    """Try what is parked again."""
    house = newsroom(request).house
    _require(visit, house.worklist.last(id))
    operating.try_again(house, id, visit.editor)
    return RedirectResponse("/work?said=again", 303)


@router.post("/cancel")
def cancel(request: Request, visit: Runner, id: Id = "") -> Response:
    """End work before its next step, and tell what becomes of it."""
    desk = newsroom(request)
    work = desk.house.worklist.last(id)
    _require(visit, work)
    said = operating.cancel(desk.house, id, visit.editor)
    return desk.page(request, visit, "decided", said=said, key=work.key)


def _require(visit: Visit, work: Any) -> None:
    act = operating.NEEDS.get(work.flow, Act.RUN)
    if not visit.may(act):
        raise NotAllowed(
            f"{visit.editor} is {visit.role} and may not {act}; that takes {allowed(act)}."
        )


def _row(house: Any, work: Any, visit: Visit) -> dict[str, Any]:
    may = visit.may(operating.NEEDS.get(work.flow, Act.RUN))
    return operating.document(house, work) | {
        "at": work.changed,
        "retry": may and work.state == "parked",
        "cancel": may and work.state in {"waiting", "running"},
    }
