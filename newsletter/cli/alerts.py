"""The command that lists what is wrong at this moment."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Json, dump, house, note
from newsletter.errors import ExitCode


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(alerts)


def alerts(
    context: typer.Context,
    look: Annotated[
        bool, typer.Option("--look", help="Look anew first, instead of reading what serve found.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show what is wrong; exits with 1 while something urgent stands."""
    with house(context) as opened:
        if look:
            _look(opened)
        standing, looked_at = opened.alerts.standing(), opened.alerts.looked_at()
        zone = ZoneInfo(opened.config.publication.time_zone)
    urgent = any(one.level == "urgent" for one in standing)
    if as_json:
        when = looked_at and looked_at.isoformat()
        dump({"looked_at": when, "urgent": urgent, "alerts": [_plain(one) for one in standing]})
    else:
        for one in standing:
            since = f"since {one.since.astimezone(zone):%Y-%m-%d %H:%M %Z}"
            typer.echo(f"{one.level}: {one.title}, {since}\n  {one.words}\n  {one.mend}")
        at = looked_at and f"{looked_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        note(
            f"{len(standing) or 'nothing'} stands; looked at {at}." if at else
            "Nothing was looked at yet; `newsletter serve` does, or give --look."
        )  # fmt: skip
    return ExitCode.CHECK_FAILED if urgent else ExitCode.DONE


def _look(opened: Any) -> None:
    """Look at everything, and let the letters of it go."""
    from newsletter.desk.planned import telling

    told = telling(opened)
    for slow in (False, True):
        told.alerts.look(slow=slow, now_all=True)
    told.tell_all()


def _plain(one: Any) -> dict[str, str]:
    return {
        "alert": one.kind, "subject": one.subject, "edition": one.edition,
        "level": str(one.level), "title": one.title, "words": one.words, "mend": one.mend,
        "since": one.since.isoformat(),
    }  # fmt: skip
