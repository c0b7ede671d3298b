"""Scorecard: how the house's calls and doubts turned out, beside callers who know nothing."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk import drawing
from newsletter.desk.admission import READ, Visit
from newsletter.desk.newsroom import newsroom
from newsletter.desk.rooms import Room
from newsletter.draft.memory import Memory
from newsletter.draft.scorecard import ALL, FEWEST, Outcome, Score, Scorecard, score, scorecard

ROOM = Room("Scorecard", "/scorecard", 30, key="c")
router = APIRouter(include_in_schema=False)
Reader = Annotated[Visit, Depends(READ)]
Words = dict[str, Any]

SHOWN: Final = 200
"""Calls on one page, the newest; the record of all of them is counted whatever is shown."""
_HORIZONS: Final = {"5d": "A week", "1m": "A month", "3m": "A quarter", ALL: "All together"}


@router.get("/scorecard")
def show(request: Request, visit: Reader, sample: bool = False) -> Response:
    """Show the record; that on the sample market is asked for by itself."""
    desk = newsroom(request)
    memory = desk.house.pipeline.memory.recall()
    card = scorecard(memory, simulated=sample)
    other = bool(scorecard(memory, simulated=not sample).outcomes)
    states = [outcome.state for outcome in card.outcomes]
    return desk.page(
        request, visit, "scorecard", card=card, sample=sample, other=other, fewest=FEWEST,
        counts={name: states.count(name) for name in ("open", "settled", "unsettled")},
        horizons=[_score(_HORIZONS.get(one.horizon, one.horizon), one) for one in card.scores],
        themes=_themes(card.outcomes, memory),
        calls=[_call(one) for one in card.outcomes[::-1][:SHOWN]], shown=SHOWN,
        triggers=_triggers(memory, card),
    )  # fmt: skip


def _themes(outcomes: Sequence[Outcome], memory: Memory) -> list[Words]:
    theme = {view.edition: view.theme for view in memory.views}
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.state == "settled":
            groups.setdefault(theme.get(one.call.edition, ""), []).append(one)
    rows = [
        _score(name.replace("_", " ").capitalize() or "No theme", score(name, group))
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["score"].rate.of, row["name"]))


def _score(name: str, found: Score) -> Words:
    rate, drawn = found.rate, ""
    if rate.share is not None and rate.low is not None and rate.high is not None:
        naive = found.always.naive.share
        words = f"Right {rate.share:.0f}%, between {rate.low:.0f}% and {rate.high:.0f}%"
        words += "" if naive is None else f"; always up {naive:.0f}%"
        drawn = drawing.interval(rate.low, rate.share, rate.high, naive, (0.0, 100.0), words)
    return {"name": name, "score": found, "drawn": drawn}


def _call(outcome: Outcome) -> Words:
    call, mark = outcome.call, outcome.mark
    unit = " points" if "-" in call.subject else "%"
    ended = "" if outcome.value is None else f"{float(outcome.value):+.2f}{unit}".replace("-", "−")
    return {
        "outcome": outcome, "call": call, "ended": ended,
        "reason": mark.reason if mark and mark.value is None else "",
        "horizon": _HORIZONS.get(call.horizon, call.horizon).lower(),
        "verdict": {None: outcome.state, True: "right", False: "wrong"}[outcome.right],
    }  # fmt: skip


def _triggers(memory: Memory, card: Scorecard) -> list[Words]:
    own = {view.edition for view in memory.views if view.simulated is card.simulated}
    rows = [one for one in memory.triggers if one.edition in own]
    rows.sort(key=lambda one: (one.session, one.edition, -one.number), reverse=True)
    return [{"trigger": one, "fired": memory.fired(one)} for one in rows[:SHOWN]]
