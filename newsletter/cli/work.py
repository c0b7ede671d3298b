"""Commands for durable work: what waits, goes on or is parked, and what operators do with it."""

from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, house, note, table
from newsletter.errors import ConfigError, ExitCode

Named = Annotated[
    str, typer.Argument(metavar="ID|KEY", help="Its name, or an edition's key for its last work.")
]
STATES = ("waiting", "running", "parked", "cancelled", "done")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Durable work: list, show, retry, cancel.", no_args_is_help=True)
    group.command(name="list")(list_work)
    group.command()(show)
    group.command()(retry)
    group.command()(cancel)
    app.add_typer(group, name="work")


def list_work(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(STATES)}; may be repeated.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every run, not the last of each edition alone.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=2000)] = 50,
    as_json: Json = False,
) -> None:
    """List work, the newest first; parked is what failed and waits for a person."""
    from newsletter.operating.work import document, listed

    for one in state or ():
        if one not in STATES:
            raise ConfigError(f"--state is {one!r}; there are {', '.join(STATES)}.")
    with house(context) as opened:
        found = [document(opened, one) for one in listed(opened, state or [], limit, every=every)]
        lonely = not opened.worklist.worked()
    if as_json:
        dump(found)
        return
    if not found:
        typer.echo("There is no such work.")
    else:
        table(
            ("work", "state", "since", "attempts", "error"),
            [(one["id"], one["state"], one["since"], str(one["attempts"]), one["error"])
             for one in found],
        )  # fmt: skip
    if lonely and any(one["state"] == "waiting" for one in found):
        note("No worker is running: `newsletter serve`, or `newsletter serve --role worker`.")


def show(context: typer.Context, named: Named, as_json: Json = False) -> int:
    """Show work and the steps it has finished; exit 1 when it is parked."""
    from newsletter.operating.work import document

    with house(context) as opened:
        work = opened.worklist.last(named)
        told: dict[str, Any] = document(opened, work)
        told["steps"] = opened.worklist.steps(work.id)
    if as_json:
        dump(told)
    else:
        for name in ("id", "flow", "key", "state", "since", "attempts", "version", "executor"):
            typer.echo(f"{name:<10}{told[name]}")
        for step in told["steps"]:
            typer.echo(f"  {step['name']}{' failed' if step['failed'] else ''} {step['ended_at']}")
        if told["error"]:
            typer.echo(told["error"])
    return ExitCode.CHECK_FAILED if told["state"] == "parked" else ExitCode.DONE


def retry(context: typer.Context, named: Named, as_json: Json = False) -> None:
    """Try the step again at which work failed; a worker does it, what came before it stands."""
    from newsletter.operating.work import try_again

    with house(context) as opened:
        id, lonely = try_again(opened, named), not opened.worklist.worked()
    if as_json:
        dump({"id": id, "worker": not lonely})
        return
    typer.echo(f"{id} waits for a worker." if lonely else f"{id} begins.")
    if lonely:
        note("No worker is running: `newsletter serve`, or `newsletter serve --role worker`.")


def cancel(context: typer.Context, named: Named, as_json: Json = False) -> None:
    """End work before its next step; a delivery keeps what it has handed over."""
    from newsletter.operating.work import cancel as end

    with house(context) as opened:
        said = end(opened, named)
    if as_json:
        dump({"cancelled": True, "said": said})
    else:
        typer.echo(said)
