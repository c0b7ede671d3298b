"""Commands about the schedule: what comes next, what became of the rest, and what is added."""

import datetime as dt
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Json, Key, SessionOption, day, dump, edition_key, house, table
from newsletter.cli.editions import As
from newsletter.cli.plans import instant
from newsletter.errors import ConfigError, NotFound, ReviewError

Name = Annotated[str, typer.Argument(metavar="EDITION", help="E.g. evening, as config.yaml has.")]
At = Annotated[str, typer.Argument(metavar="AT", help="2026-07-02T18:30, in the edition's zone.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Show the next runs.", invoke_without_command=True)
    group.callback()(schedule)
    group.command()(add)
    group.command()(remove)
    app.add_typer(group, name="schedule")


def schedule(
    context: typer.Context,
    count: Annotated[int, typer.Option(help="How many.", min=1, max=500)] = 20,
    past: Annotated[bool, typer.Option("--past", help="What became of those past.")] = False,
    as_json: Json = False,
) -> None:
    """Show the next runs, or what became of those past."""
    if context.invoked_subcommand is not None:
        return
    with house(context) as opened:
        rows = opened.due.past(count) if past else _next(opened, count)
        zones = {name: _zone(opened, name) for name in opened.config.editions}
        fallback = ZoneInfo(opened.config.publication.time_zone)
    if past:
        _show_past(rows, zones, fallback, as_json)
    else:
        _show_next(rows, zones, fallback, as_json)


def add(
    context: typer.Context,
    edition: Name,
    at: At,
    session: SessionOption = None,
    editor: As = "",
    as_json: Json = False,
) -> None:
    """Have an edition made at an instant, once: besides the calendar's, or instead of its time."""
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.review.due import Due, Turn
    from newsletter.review.roles import Act

    with house(context) as opened:
        if edition not in opened.config.editions:
            known = ", ".join(opened.config.editions)
            raise ConfigError(f"There is no edition {edition!r}; config.yaml has {known}.")
        if editor:
            opened.desk.require(editor, Act.RUN)
        now, due_at = opened.clock.now(), _instant(opened, edition, at)
        key = _key(opened, edition, due_at, session)
        if due_at <= now:
            raise ReviewError(f"{at} is past; name a later instant, or give `newsletter run`.")
        by = editor or OPERATOR
        made = Due(key, due_at, Turn.PLANNED, by, now)
        entry = AuditEntry(now, by, "scheduled", key, {"at": due_at.isoformat()})
        if opened.editions.find(edition_key(key)) or not opened.due.record(made, entry):
            raise ReviewError(_taken(opened, key))
    local = due_at.astimezone(_zone(opened, edition))
    if as_json:
        dump({"at": due_at.isoformat(), "key": key})
    else:
        typer.echo(f"{key} is made at {local:%Y-%m-%d %H:%M %Z}.")


def remove(context: typer.Context, key: Key, editor: As = "", as_json: Json = False) -> None:
    """Take back what was added; where the calendar makes the edition too, it does so again."""
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.review.due import Turn
    from newsletter.review.roles import Act

    with house(context) as opened:
        if editor:
            opened.desk.require(editor, Act.RUN)
        edition_key(key)
        found, now = opened.due.find(key), opened.clock.now()
        entry = AuditEntry(now, editor or OPERATOR, "unscheduled", key, {})
        if found is None or found.turn is not Turn.PLANNED or not opened.due.drop(found, entry):
            raise NotFound(
                f"{key} was not added to the schedule, or its run has begun; `newsletter schedule` "
                "shows what is."
            )
    if as_json:
        dump({"key": key, "removed": True})
    else:
        typer.echo(f"{key} is taken off again.")


def _instant(opened: Any, edition: str, text: str) -> dt.datetime:
    """Read an instant; one that does not exist in the zone, or lies out of reach, is refused."""
    zone = _zone(opened, edition)
    found = instant(text, zone)
    try:
        there = found.astimezone(dt.UTC)
        back = there.astimezone(found.tzinfo)
    except OverflowError as error:
        raise ConfigError(f"{text!r} is no instant; write it as 2026-07-02T18:30.") from error
    if back.replace(tzinfo=None) != found.replace(tzinfo=None):
        raise ConfigError(
            f"{text} does not exist in {zone.key}, where clocks go forward then; name another."
        )
    day(there.date().isoformat())
    return there


def _key(opened: Any, edition: str, at: dt.datetime, session: str | None) -> str:
    """Return the key of what is made at an instant: of a session that has closed by then."""
    wanted = day(session) if session else None
    calendar = opened.trading_days(max(at.date(), wanted or at.date()))
    latest = calendar.latest_closed(at)
    date = wanted or latest.date
    if calendar.require(date) > latest:
        raise ReviewError(f"{date} has not closed at {at:%Y-%m-%d %H:%M} UTC; name a later time.")
    return f"{date.isoformat()}.{latest.exchange}.{edition}"


def _taken(opened: Any, key: str) -> str:
    found = opened.due.find(key)
    if found is not None and found.turn == "planned":
        return (
            f"{key} is to be made at {found.due_at:%Y-%m-%d %H:%M} UTC already; take that back "
            f"with `newsletter schedule remove {key}`."
        )
    return f"{key} was due before, or is there; make it again with `newsletter run --again`."


def _next(opened: Any, count: int) -> list[Any]:
    from newsletter.operating.timekeeper import upcoming

    planned = {one.key: one.by for one in opened.due.planned()}
    due = upcoming(opened, opened.clock.now(), count)
    return [(firing, planned.get(firing.key, "")) for firing in due]


def _zone(opened: Any, name: str) -> ZoneInfo:
    from newsletter.schedule import zone

    return zone(opened.config, opened.config.editions[name])


def _show_next(rows: Any, zones: Any, fallback: ZoneInfo, as_json: bool) -> None:
    told = [(one, by, zones.get(one.key.split(".")[-1], fallback)) for one, by in rows]
    if as_json:
        dump([
            {"at": one.at.isoformat(), "key": one.key, "local": one.at.astimezone(zone).isoformat(),
             "zone": zone.key, "by": by or "schedule"}
            for one, by, zone in told
        ])  # fmt: skip
        return
    table(
        ("at", "utc", "edition", "added by"),
        [
            (
                f"{one.at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
                f"{one.at:%Y-%m-%d %H:%M}",
                one.key,
                by,
            )
            for one, by, zone in told
        ],
    )


def _show_past(rows: Any, zones: Any, fallback: ZoneInfo, as_json: bool) -> None:
    if as_json:
        dump([one.to_json() for one in rows])
        return
    table(
        ("due", "edition", "state", "reason"),
        [
            (f"{one.due_at.astimezone(zones.get(one.key.split('.')[-1], fallback)):%a %F %H:%M %Z}",
             one.key, str(one.turn), one.reason)
            for one in rows
        ],
    )  # fmt: skip
