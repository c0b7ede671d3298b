"""Highlights: what print sets apart from the prose, the gauge and one figure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from newsletter.compute.facts import Fact, Ledger
from newsletter.draft.claims import SLOT, Draft

GAUGE = "rotation_gauge"
_NAMES = ("rotation off", "mixed", "rotation on")
_WIDTHS = {
    "rotation off": (45, 17.5, 37.5), "mixed": (37.5, 25, 37.5), "rotation on": (37.5, 17.5, 45),
}  # fmt: skip
"""Percent of the scale on which, from a state, each would be so at the next close.

A state is entered beyond 25 either way and kept down to 10, so the present one reaches further.
"""

_OVER = {"1m": "over one month", "3m": "over three months", "6m": "over six months",
         "1y": "over one year", "ytd": "this year"}  # fmt: skip
_LONG = "|".join(_OVER)
_SPREAD = re.compile(
    rf"^(?P<first>[A-Z]+)-(?P<second>[A-Z]+)\.spread\.(?P<window>{_LONG})(\.total)?$"
)
_BREADTH = re.compile(r"\.breadth\.above_(?:50|200)d$")
_RETURN = re.compile(rf"^[A-Z]+\.return\.(?P<window>{_LONG})(\.total)?$")


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the gauge's scale: its name, its percent of the width, whether lit."""

    name: str
    width: float
    lit: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the rotation gauge stands.

    Parameters
    ----------
    value, sentence : str
        Its level as facts print it; what is said of it.
    before, after : int
        Percent of the scale on either side of the marker, which takes four.
    zones : tuple of Zone
        The states in the order of the scale, the present one lit.
    """

    value: str
    sentence: str
    before: int
    after: int
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class Pull:
    """A figure set large, and the rest of the sentence that it begins."""

    figure: str
    rest: str


def reading(ledger: Ledger) -> Reading | None:
    """Return the gauge's reading, or None where the ledger has none.

    Its level runs from −100 (money follows the leaders) to 100 (money leaves them).
    """
    level, state, since = (
        ledger.get(f"{GAUGE}.{name}") for name in ("level", "signal.state", "signal.since")
    )
    if level is None or state is None or since is None:
        return None
    place = min(max(float(level.number), -100.0), 100.0)
    before = round((place + 100) / 200 * 96)
    now, value = state.forms["plain"], level.forms["signed"]
    if since.value == ledger.session.date:
        sentence = f"The rotation gauge is {now}. It stands at {value}."
    else:
        sentence = f"The rotation gauge stands at {value}, {now} since {since.forms['plain']}."
    widths = zip(_NAMES, _WIDTHS.get(now, _WIDTHS["mixed"]), strict=True)
    zones = tuple(Zone(name.capitalize(), width, name == now) for name, width in widths)
    return Reading(value, sentence, before, 96 - before, zones)


def pull(draft: Draft, ledger: Ledger) -> Pull | None:
    """Return the figure worth setting large: one the argument itself uses.

    A lead over a month or more comes first, then breadth, then a fund's long return; the
    first the text names of its kind. None where the text has no such figure.

    Parameters
    ----------
    draft : Draft
        With its slots.
    ledger : Ledger
        The facts.
    """
    prose = "\n".join((draft.body(), *draft.bullets))
    used = dict.fromkeys(match[1] for match in SLOT.finditer(prose))
    facts: Mapping[str, Fact] = {id: ledger[id] for id in used if id in ledger}
    for begin in (_lead, _breadth, _stretch):
        for fact in facts.values():
            if isinstance(fact.value, Decimal) and fact.value and (found := begin(fact, ledger)):
                return found
    return None


def _lead(fact: Fact, ledger: Ledger) -> Pull | None:
    match = _SPREAD.match(fact.id)
    if match is None:
        return None
    names = [_name(match[side], ledger) for side in ("first", "second")]
    if not all(names):
        return None
    ahead = names if fact.number > 0 else names[::-1]
    over = _OVER[match["window"]] + _kind(fact)
    return Pull(fact.forms["plain"], f"is the lead of {ahead[0]} over {ahead[1]} {over}.")


def _breadth(fact: Fact, ledger: Ledger) -> Pull | None:  # noqa: ARG001
    if not _BREADTH.search(fact.id) or not fact.lookback:
        return None
    return Pull(
        fact.forms["plain"], f"of {fact.name} closed above their {fact.lookback}-day average."
    )


def _stretch(fact: Fact, ledger: Ledger) -> Pull | None:  # noqa: ARG001
    match = _RETURN.match(fact.id)
    if match is None:
        return None
    over = _OVER[match["window"]] + _kind(fact)
    return Pull(fact.forms["signed"], f"is what {fact.name} made {over}.")


def _kind(fact: Fact) -> str:
    return ", dividends included" if fact.kind == "total" else ""


def _name(ticker: str, ledger: Ledger) -> str:
    for kind in ("return.1d", "return.1d.total"):
        if fact := ledger.get(f"{ticker}.{kind}"):
            return fact.name
    return ""
