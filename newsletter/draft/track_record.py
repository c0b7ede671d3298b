"""Track record: the scorecard as facts, and the block that prints it."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from newsletter.compute.facts import MEMORY, Fact, Period
from newsletter.draft.claims import Table
from newsletter.draft.evening import Evening
from newsletter.draft.memory import Memory
from newsletter.draft.scorecard import TOO_FEW, Score, scorecard
from newsletter.units import Unit

STEM = "memory.score"
TITLE = "Our calls so far"
"""Above the table; a draft by any hand keeps the table of that title."""
NAMES = {
    "5d": "five-session calls",
    "1m": "one-month calls",
    "3m": "three-month calls",
    "all": "all calls",
}
_FORMULA = "scorecard@1"
_ABSENT = "n/a"


def entry(
    id: str,
    value: dt.date | str | Decimal,
    unit: Unit,
    metric: str,
    today: dt.date,
    *,
    name: str = "our own record",
    about: tuple[str, ...] = (),
    formula: str = "memory@1",
    places: int | None = None,
) -> Fact:
    """Return a fact about the house's own record.

    Parameters
    ----------
    id : str
        Without its last part it is the subject.
    value, unit, metric, places
        As in `Fact`; where no rule knows the metric, its words must stand beside the figure.
    today : datetime.date
        The session.
    name : str
        The subject in words.
    about : tuple of str
        Symbols that it speaks of.
    formula : str
        What made it.
    """
    return Fact(
        id=id,
        subject=id.rpartition(".")[0],
        name=name,
        metric=metric,
        period=Period("close", today, today),
        value=value,
        unit=unit,
        kind=MEMORY,
        formula=formula,
        source="own record",
        inputs=about,
        places=places,
    )


def facts(memory: Memory, today: dt.date, *, simulated: bool) -> Iterator[Fact]:
    """Yield the scorecard; nothing before the first call is settled."""
    for score in scorecard(memory, simulated=simulated).scores:
        yield from _facts(score, today)


def _facts(score: Score, today: dt.date) -> Iterator[Fact]:
    stem = f"{STEM}.{score.horizon}"

    def made(what: str, value: str | Decimal, unit: Unit, metric: str) -> Fact:
        name, places = NAMES[score.horizon], None if unit is Unit.STATE else 0
        return entry(
            f"{stem}.{what}", value, unit, metric, today, name=name, formula=_FORMULA, places=places
        )

    rate, less = score.rate, score.trailing.difference
    yield made("settled", Decimal(rate.of), Unit.COUNT, "settled")
    yield made("right", Decimal(rate.hits), Unit.COUNT, "right")
    yield made("apart", Decimal(score.apart), Unit.COUNT, "apart")
    yield made("verdict", score.verdict, Unit.STATE, "verdict")
    shares = (("rate", rate.share, "rate"), ("low", rate.low, "rate_interval"),
              ("high", rate.high, "rate_interval"))  # fmt: skip
    for what, share, metric in shares:
        if share is not None:
            yield made(what, Decimal(repr(share)), Unit.PERCENT, metric)
    if less is not None:
        yield made("less_trailing", Decimal(repr(less)), Unit.POINTS, "less_trailing")


def table(ev: Evening) -> Table:
    """Return the block, without rows where the ledger holds no scorecard."""
    rows = tuple(_row(ev, horizon) for horizon in NAMES if ev.has(f"{STEM}.{horizon}.settled"))
    note = (
        "Every call ever sent counts, right or wrong, once its time has run. Apart: how many "
        "remain once calls that share their time count as one. The interval of the rate is "
        "Wilson's and takes calls for independent. Trailing is a caller who names whatever led "
        "over the stretch before; a second one always names the first of the pair. The verdict "
        "sets us beside both, with a bootstrap that minds the overlap."
    )
    # As few columns as a telephone shows without scrolling: the interval stands by its rate.
    columns = ("Calls", "Settled", "Right", "Apart", "Rate, its interval",
               "Rate less trailing", "Verdict")  # fmt: skip
    return Table(TITLE, columns, rows, note)


def _row(ev: Evening, horizon: str) -> tuple[str, ...]:
    stem = f"{STEM}.{horizon}"
    few = not ev.has(f"{stem}.rate")
    return (
        NAMES[horizon].capitalize(),
        f"{{{{{stem}.settled}}}}",
        f"{{{{{stem}.right}}}}",
        f"{{{{{stem}.apart}}}}",
        _ABSENT if few else f"{{{{{stem}.rate}}}} ({{{{{stem}.low}}}} to {{{{{stem}.high}}}})",
        f"{{{{{stem}.less_trailing|signed}}}}" if ev.has(f"{stem}.less_trailing") else _ABSENT,
        ev.state(f"{stem}.verdict") or TOO_FEW,
    )
