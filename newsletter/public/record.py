"""The record: every call the house made, how it ended, and what chance would have done."""

from typing import Any, Final

from starlette.responses import Response

from newsletter.draft.scorecard import ALL, FEWEST, Outcome, scorecard
from newsletter.public.answers import public
from newsletter.public.asked import Asked
from newsletter.public.reading import pieces
from newsletter.public.site import Site

HORIZONS: Final = {"5d": "A week", "1m": "A month", "3m": "A quarter", ALL: "All together"}


def record(site: Site, asked: Asked) -> Response:
    """Show the whole record; none of it is left out, and what is simulated says so."""
    memory = site.house.pipeline.memory.recall()
    card = scorecard(memory, simulated=False)
    other = scorecard(memory, simulated=True) if site.local and not card.outcomes else card
    simulated = other is not card and bool(other.outcomes)
    card = other
    states = [one.state for one in card.outcomes]
    listed = {str(one.key) for one in pieces(site, len(card.outcomes) + 1)}
    text = site.text(
        "record", title="Track record", card=card, simulated=simulated, fewest=FEWEST,
        counts={name: states.count(name) for name in ("open", "settled", "unsettled")},
        rows=[(HORIZONS.get(one.horizon, one.horizon), one) for one in card.scores],
        calls=[_call(one, listed) for one in card.outcomes[::-1]],
        canonical=site.url("/record"),
    )  # fmt: skip
    return public(asked, text.encode(), "text/html; charset=utf-8")


def _call(outcome: Outcome, listed: set[str]) -> dict[str, Any]:
    call, mark = outcome.call, outcome.mark
    unit = " points" if "-" in call.subject else "%"
    ended = "" if outcome.value is None else f"{float(outcome.value):+.2f}{unit}".replace("-", "−")
    return {
        "call": call, "ended": ended, "linked": call.edition in listed,
        "reason": mark.reason if mark and mark.value is None else "",
        "horizon": HORIZONS.get(call.horizon, call.horizon).lower(),
        "verdict": {None: outcome.state, True: "right", False: "wrong"}[outcome.right],
    }  # fmt: skip
