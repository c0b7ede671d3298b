"""The command that sends an approved edition, and what it tells of how far it came."""

from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, note
from newsletter.errors import ExitCode


def send(
    context: typer.Context,
    key: Key,
    to: Annotated[str | None, typer.Option(help="Send one copy, marked as a test.")] = None,
    as_json: Json = False,
) -> int:
    """Send an approved edition, once to each reader."""
    wanted = edition_key(key)
    with house(context, quiet=as_json) as opened:
        if to is None:
            return go_out(opened, wanted, as_json)
        opened.pipeline.send_test(key, to)
    if as_json:
        dump({"key": key, "test": to})
    else:
        typer.echo(f"A test copy of {key} went to {to}.")
    return ExitCode.DONE


def go_out(opened: Any, key: Any, as_json: bool) -> int:
    """Send an edition, or what is left of it, and tell how far it came; return the exit code."""
    from newsletter.review.edition import State

    repeated = opened.editions.get(key).state is State.SENT
    counts = (
        {str(state): n for state, n in opened.deliveries.counts(str(key)).items()}
        if repeated
        else opened.deliver(key)
    )
    after = opened.editions.get(key)
    state, paused = str(after.state), opened.pausing.of(after)
    ways = opened.handed_over.of(str(key))
    if as_json:
        told = {"state": state, "deliveries": counts, **({"ways": ways} if ways else {})}
        dump({"key": str(key), **told, "repeated": repeated})
    else:
        shown = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        again = f"{key} was sent before; nothing was sent again"
        first = again if repeated else f"{key} is {state}"
        typer.echo(f"{first}: {shown or 'no readers on the list'}.")
        if ways:
            by = ", ".join(f"{name} {count}" for name, count in ways.items())
            typer.echo(f"Handed over by {by}.")
        if counts.get("in_doubt"):
            note("Copies in doubt are held: they may have arrived, and are not resent unasked.")
        if counts.get("deferred"):
            note("Deferred copies wait for `newsletter serve`, or for the same command later.")
        if paused:
            note(f"It was paused by {paused.by}: {paused.reason}")
            note(f"Resume it: newsletter resume {key}")
    if paused:
        return ExitCode.CHECK_FAILED
    return ExitCode.DONE if state == "sent" else ExitCode.OUTSIDE_FAILED
