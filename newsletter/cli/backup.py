"""Commands that copy the whole house, and put a copy back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, house, note

_LOST = (
    "Not in it: what happened after that. Readers who left since would get mail again unless a "
    "journal told of them: give every web host's with --journal, run `newsletter bounces fetch`, "
    "and enter those whom your web server's log or mailbox shows (`newsletter audience "
    "unsubscribe` or `erase`). Editors, tokens and passwords are those of then."
)
_FOREIGN = (
    "{} lines of the journals were written with a link key that is not known here: put that key "
    "into NEWSLETTER_LINK_KEYS_RETIRED and restore once more, into another empty place."
)
_SHOWN = 5
_DAMAGED = (
    "Not readable: {}. Who wrote it was killed, or the file was altered; a reader may be missing."
)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where backups are.")],
    keep: Annotated[
        int | None, typer.Option(help="Remove all but so many of the newest.", min=1, max=10_000)
    ] = None,
    verify: Annotated[
        bool, typer.Option(help="Restore it into a temporary place and check it.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Copy database, keys, settings, texts and kept bars into a new dated folder, while all runs.

    It holds readers' addresses and keys: keep it as safe as the house itself.
    """
    from newsletter.operating.backup import back_up

    with house(context, quiet=as_json) as opened:
        tell = _silent if as_json else _told
        made = back_up(opened, directory, prove=verify, keep=keep, tell=tell)
    if as_json:
        dump(made.to_json())
        return
    how = "restored for a try and found whole" if made.manifest.proved else "not checked"
    typer.echo(f"{made.folder}: {made.bytes / 1e6:,.1f} MB, {how}")
    if made.manifest.link_key_file:
        typer.echo("It holds the key of readers' links: whoever has it can make such links.")
    else:
        typer.echo("NEWSLETTER_LINK_KEY comes from the environment and is not in it: keep it too.")
    for name in made.manifest.left_out:
        typer.echo(f"Not in it, because it lies outside the workspace: {name}")
    for name in made.removed:
        typer.echo(f"removed: {name}")


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder that backup made.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="New or empty; else where you are.")
    ] = None,
    journal: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Those who left since, of another place; repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a backup into an empty place; nothing goes out of it until a person has looked."""
    from newsletter.clock import SystemClock
    from newsletter.operating.restore import restore as put_back

    del context
    tell = _silent if as_json else _told
    done = put_back(source, to or Path(), SystemClock(), tell, journal or ())
    if as_json:
        dump(done.to_json())
        return
    _report(done)


def _report(done: Any) -> None:
    settled = done.settled
    typer.echo(f"{done.folder}: the house as it was at {done.manifest.at:%Y-%m-%d %H:%M:%S} UTC")
    for key in settled.held:
        typer.echo(f"held: {key} (`newsletter release {key}` once your mail server's log is read)")
    for key in settled.paused:
        typer.echo(
            f"paused: {key} (`newsletter resume {key}` sends to whoever has no copy by then)"
        )
    typer.echo(
        f"taken away: {settled.plans} plans to send, {settled.runs} unfinished runs, "
        f"{settled.untold} tellings that waited; {settled.visits} sessions at the desk ended"
    )
    _report_left(done)
    for name in done.manifest.left_out:
        typer.echo(f"not in the backup: {name}")
    note(_LOST)


def _report_left(done: Any) -> None:
    left = done.settled.left
    if done.journals:
        typer.echo(
            f"left again, by {len(done.journals)} journals: {left.ended} subscriptions ended, "
            f"{left.suppressed} addresses suppressed, {left.erased} subscriptions erased"
        )
    else:
        typer.echo("left again: nobody; no journal of those who left was found or given")
    damaged = done.heard.damaged
    for place in damaged[:_SHOWN]:
        note(_DAMAGED.format(place))
    if len(damaged) > _SHOWN:
        note(f"Not readable besides: {len(damaged) - _SHOWN} lines.")
    if done.heard.foreign:
        note(_FOREIGN.format(done.heard.foreign))


def _told(text: str) -> None:
    note(f"  {text}")


def _silent(text: str) -> None:
    del text
