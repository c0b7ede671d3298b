"""Commands that let an edition rest or go on: release, plan, pause, resume."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, note
from newsletter.cli.editions import As, Reason, describe, tell
from newsletter.cli.outgoing import go_out
from newsletter.errors import ConfigError, ExitCode


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(release)
    app.command()(plan)
    app.command()(pause)
    app.command()(resume)


def release(context: typer.Context, key: Key, editor: As = "", as_json: Json = False) -> int:
    """Put an edition on hold back into review; it takes an approval anew."""
    from newsletter.review.desk import OPERATOR

    with house(context) as opened:
        lifetime = dt.timedelta(hours=opened.config.review.expires_after_hours)
        edition = opened.desk.release(edition_key(key), editor or OPERATOR, lifetime)
        document = describe(opened, edition)
    tell(document, as_json)
    return ExitCode.DONE


def plan(
    context: typer.Context,
    key: Key,
    editor: As,
    at: Annotated[
        str, typer.Option("--at", help="2026-07-02T18:30, in the publication's zone.")
    ] = "",
    drop: Annotated[bool, typer.Option("--drop", help="Take the plan away.")] = False,
    as_json: Json = False,
) -> None:
    """Let an approved edition go out at an instant; `newsletter serve` sends it then.

    It holds for exactly what was approved: a new revision, a hold or a rejection voids it.
    """
    if drop == bool(at):
        raise ConfigError("Give either --at with an instant, or --drop.")
    with house(context) as opened:
        zone = ZoneInfo(opened.config.publication.time_zone)
        if drop:
            opened.planning.drop(edition_key(key), editor)
            send_at = None
        else:
            send_at = opened.planning.plan(edition_key(key), editor, instant(at, zone)).send_at
    if as_json:
        dump({"key": key, "send_at": send_at and send_at.isoformat()})
    elif send_at is None:
        typer.echo(f"{key} has no plan any more; it stays approved.")
    else:
        typer.echo(f"{key} goes out at {send_at.astimezone(zone):%Y-%m-%d %H:%M %Z}.")


def pause(
    context: typer.Context, key: Key, reason: Reason, editor: As = "", as_json: Json = False
) -> None:
    """Let a delivery rest; whatever process sends it stops before its next copy.

    Who has a copy has it. Nothing more leaves until `newsletter resume`.
    """
    from newsletter.review.desk import OPERATOR

    with house(context, quiet=as_json) as opened:
        found = opened.pausing.pause(edition_key(key), editor or OPERATOR, reason)
        zone = ZoneInfo(opened.config.publication.time_zone)
        told = found.told(zone, opened.clock.now())
        waiting, _, _ = opened.deliveries.standstill(key)
    if as_json:
        dump({"key": key, "paused": found.to_json(), "waiting": waiting})
    else:
        rest = "1 copy waits" if waiting == 1 else f"{waiting} copies wait"
        typer.echo(f"{key} is {told.rstrip('.')}. {rest}.")


def resume(context: typer.Context, key: Key, editor: As = "", as_json: Json = False) -> int:
    """Let a paused delivery go on where it stood, and send what is left of it."""
    from newsletter.review.desk import OPERATOR

    wanted = edition_key(key)
    with house(context, quiet=as_json) as opened:
        opened.pausing.resume(wanted, editor or OPERATOR)
        if opened.clock.now() >= opened.editions.get(wanted).expires_at:
            note(f"The time of {key} is over; whoever gets it now gets it late.")
        return go_out(opened, wanted, as_json)


def instant(text: str, zone: ZoneInfo) -> dt.datetime:
    """Read an instant; without an offset it is in a time zone.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no instant; write it as 2026-07-02T18:30.") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)
