"""Commands that show what was computed: the facts, and the signals with their past."""

from typing import Annotated

import typer

from newsletter.cli.context import (
    Json,
    PathOption,
    ProviderOption,
    SessionOption,
    dump,
    house,
    note,
    order,
    table,
)
from newsletter.compute.facts import Ledger, Signal
from newsletter.compute.readings import TOO_FEW, BaseRate
from newsletter.units import Unit, display


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(facts)
    app.command()(signals)


def facts(
    context: typer.Context,
    session: SessionOption = None,
    provider: ProviderOption = None,
    path: PathOption = None,
    only: Annotated[str, typer.Option(help="Show facts whose id holds this text.")] = "",
    absent: Annotated[
        bool, typer.Option("--absent", help="Show what could not be computed, and why.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compute and print the ledger of a session."""
    ledger = _ledger(context, session, provider, path, as_json)
    if as_json:
        dump(ledger.to_json())
        return
    if absent:
        table(("fact", "why it is absent"), [(i, r) for i, r in ledger.absent.items() if only in i])
        return
    rows = [
        (fact.id, fact.display, fact.kind, fact.period.start.isoformat(), fact.formula)
        for fact in ledger
        if only in fact.id
    ]
    table(("fact", "value", "kind", "from", "formula"), rows)
    note(
        f"{len(rows)} of {len(ledger.facts)} facts; {len(ledger.absent)} could not be computed "
        "(--absent says why)."
    )


def signals(
    context: typer.Context,
    session: SessionOption = None,
    provider: ProviderOption = None,
    path: PathOption = None,
    as_json: Json = False,
) -> None:
    """Show every signal, and whether its past is signal or noise."""
    ledger = _ledger(context, session, provider, path, as_json)
    if as_json:
        dump([signal.to_json() for signal in ledger.signals])
        return
    headers = ("signal", "state", "since", "strength", "ahead", "events", "median", "all days",
               "interval", "verdict")  # fmt: skip
    table(headers, [row for signal in ledger.signals for row in _rows(ledger, signal)])
    note(
        "Median change of what each signal speaks of after past events, beside all days; "
        "interval: 95 %, the wider of stationary bootstrap and sign test."
    )


def _rows(ledger: Ledger, signal: Signal) -> list[tuple[str, ...]]:
    """Return one line per horizon, the signal's own columns on the first only."""
    head = (signal.name, signal.state, signal.since.isoformat(), f"{float(signal.strength):+.2f}")
    rates = [_rate(ledger, signal, rate) for rate in signal.base_rates] or [("",) * 6]
    return [
        (*(head if number == 0 else ("",) * len(head)), *rate) for number, rate in enumerate(rates)
    ]


def _rate(ledger: Ledger, signal: Signal, rate: BaseRate) -> tuple[str, ...]:
    ahead, events = f"{rate.horizon}d", f"{rate.known} of {rate.events}"
    if rate.verdict == TOO_FEW:
        return ahead, events, "", "", "", rate.verdict
    fact = ledger.get(f"{signal.name}.base_rate.{rate.horizon}d.median")
    unit = fact.unit if fact else Unit.NUMBER
    median, usual, low, high = (
        "" if value is None else display(value, unit, signed=True)
        for value in (rate.median, rate.unconditional_median, rate.low, rate.high)
    )
    return ahead, events, median, usual, f"{low} to {high}", rate.verdict


def _ledger(
    context: typer.Context,
    session: SessionOption,
    provider: ProviderOption,
    path: PathOption,
    quiet: bool,
) -> Ledger:
    with house(context, quiet=quiet) as opened:
        kind = next(iter(opened.config.editions))
        ledger: Ledger = opened.ledger(order(opened, kind, session, provider, path))
    return ledger
