"""Relevant: those of a ledger's thousands of facts that a columnist needs tonight.

A model that sees everything quotes anything. It gets what the house writer used and what the
house remembers, how every instrument moved and ranked, what is out of the ordinary tonight,
and the base rates of the signals that say something.
"""

import math
from collections.abc import Iterable, Iterator

from newsletter.compute.conditions import hit_of
from newsletter.compute.facts import MEMORY, Fact, Ledger
from newsletter.config import Universe, plain
from newsletter.draft.claims import Draft
from newsletter.units import Unit

MOST = 260
"""Facts shown: a prompt of some 12,000 tokens, and within the enumerations that strict
structured output takes."""
UNUSUAL = 24
"""Instruments whose day stands out from their own volatility."""
TRADING_DAYS: float = 252.0
"""In a year, by which a volatility was annualised."""
_WINDOWS = ("1d", "5d", "1m", "3m", "ytd")
_RATES = ("events", "known", "hit_rate", "median", "all_days_hit_rate", "all_days_median")


def relevant(
    ledger: Ledger, universe: Universe, house: Draft, most: int = MOST
) -> tuple[Fact, ...]:
    """Return the facts that a model may use, most wanted first.

    Parameters
    ----------
    ledger : Ledger
        Tonight's facts.
    universe : Universe
        Names and roles of the instruments.
    house : Draft
        The house writer's draft: what it used comes first.
    most : int
        Facts at most: fewer for a model with little room.

    Returns
    -------
    tuple of Fact
        At most `most`, each once.
    """
    wanted = [
        *house.used(),
        *(fact.id for fact in ledger if fact.kind == MEMORY),
        *_moves(universe),
        *_signals(ledger),
        *_spreads(universe),
        *_unusual(ledger, universe),
        *_state_of_things(ledger, universe),
    ]
    found = (ledger.get(id) for id in dict.fromkeys(wanted))
    return tuple([fact for fact in found if fact is not None][:most])


def _moves(universe: Universe) -> Iterator[str]:
    for symbol in (*universe.indices, universe.volatility):
        yield from (f"{plain(symbol)}.return.{window}" for window in _WINDOWS)
    for symbol in universe.sectors:
        for window in ("1d", "5d", "ytd"):
            yield f"{plain(symbol)}.return.{window}.total"
            yield f"{plain(symbol)}.rank.{window}"


def _spreads(universe: Universe) -> Iterator[str]:
    for pair in universe.pairs:
        stem = f"{plain(pair.first)}-{plain(pair.second)}.spread"
        for window in ("1d", "5d", "3m"):
            yield f"{stem}.{window}"
            yield f"{stem}.{window}.total"


def _signals(ledger: Ledger) -> Iterator[str]:
    for signal in ledger.signals:
        yield f"{signal.name}.signal.state"
        yield f"{signal.name}.signal.since"
        rate = signal.base_rate
        if rate is not None:
            yield from (f"{signal.name}.base_rate.{rate.horizon}d.{name}" for name in _RATES)


def _unusual(ledger: Ledger, universe: Universe) -> Iterable[str]:
    """Name the day's moves that are large for the instrument that made them."""
    sized = []
    for symbol in universe.instruments:
        name = plain(symbol)
        move = ledger.get(f"{name}.return.1d") or ledger.get(f"{name}.return.1d.total")
        usual = _volatility(ledger, name)
        if move is not None and usual:
            sized.append((-abs(float(move.number)) / usual, move.id))
    return [id for _, id in sorted(sized)[:UNUSUAL]]


def _volatility(ledger: Ledger, name: str) -> float:
    for window in ("21d", "63d", "1m", "3m"):
        fact = ledger.get(f"{name}.volatility.{window}")
        if fact is not None:
            return float(fact.number) / math.sqrt(TRADING_DAYS)
    return 1.2


def _state_of_things(ledger: Ledger, universe: Universe) -> Iterator[str]:
    yield from (fact.id for fact in ledger if fact.metric in {"breadth", "percentile"})
    for symbol in (*universe.indices, universe.volatility):
        name = plain(symbol)
        yield from (f"{name}.level", f"{name}.rsi.14d", f"{name}.percentile_1y")
        yield from (f"{name}.record_close.date", f"{name}.distance_from_record.close")
    yield from (f.id for f in ledger if f.metric == "level" and f.subject.islower())


def listed(facts: Iterable[Fact], ledger: Ledger) -> str:
    """Return facts as the lines a prompt shows: id, what it is, its printed forms.

    Words alone, no value beside the printed forms: what a model reads is what it may print.
    Of a share of past cases it is told which way these went, for that is not always up.
    """
    return "\n".join(
        f"{fact.id} | {fact.name}, {_measure(fact, ledger)}, {_when(fact)} | "
        + ", ".join(f"{form}: {text}" for form, text in _told(fact))
        for fact in facts
    )


def _measure(fact: Fact, ledger: Ledger) -> str:
    said = fact.metric.replace("_", " ")
    hit = hit_of(fact, ledger)
    if not hit:
        return said
    whom = "the market" if hit == "rose" else "the first side"
    return f"{said} (the share in which {whom} {hit})"


def _when(fact: Fact) -> str:
    basis = ", with dividends" if fact.kind == "total" else ""
    sample = f", {fact.sample.n} of {fact.sample.of}" if fact.sample else ""
    if fact.unit in {Unit.STATE, Unit.DATE} or fact.period.start == fact.period.end:
        return f"as of {fact.as_of}{basis}{sample}"
    return f"{fact.period.label} since {fact.period.start}{basis}{sample}"


def _told(fact: Fact) -> Iterator[tuple[str, str]]:
    forms = fact.forms
    yield "plain", forms["plain"]
    if fact.is_change and "signed" in forms:  # "+39%" of a hit rate would mislead
        yield "signed", forms["signed"]
    if "word" in forms:
        yield "word", forms["word"]
