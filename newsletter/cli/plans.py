"""Commands that let an edition go on: release what was held, plan when it goes out."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house
from newsletter.cli.editions import As, describe, tell
from newsletter.errors import ConfigError, ExitCode


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(release)
    app.command()(plan)


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
