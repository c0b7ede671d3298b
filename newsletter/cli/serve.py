"""Commands that last: schedule shows the next runs, serve makes them and opens the desk."""

import contextlib
import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.context import Json, dump, house, note, table
from newsletter.cli.leaving import leave, leave_by_then, stoppable
from newsletter.errors import ConfigError, NewsletterError


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(schedule)
    app.command()(serve)


def schedule(
    context: typer.Context,
    count: Annotated[int, typer.Option(help="How many.", min=1, max=500)] = 20,
    as_json: Json = False,
) -> None:
    """Show the next runs."""
    from newsletter.schedule import firings

    with house(context) as opened:
        zone = ZoneInfo(opened.config.publication.time_zone)
        due = list(itertools.islice(firings(opened.config, opened.clock.now()), count))
    if as_json:
        dump([{"at": firing.at.isoformat(), "key": firing.key} for firing in due])
        return
    table(
        ("at", "edition"),
        [(f"{firing.at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}", firing.key) for firing in due],
    )


class Part(StrEnum):
    """What a serving process does."""

    ALL = "all"
    WEB = "web"
    SCHEDULER = "scheduler"


def serve(
    context: typer.Context,
    role: Annotated[Part, typer.Option(help="What this process does.")] = Part.ALL,
    port: Annotated[
        int | None, typer.Option(help="Port of the desk, instead of desk.port.", min=0, max=65535)
    ] = None,
    public_port: Annotated[
        int | None, typer.Option(help="Port of the public pages, instead of public.port.", min=0,
                                 max=65535)
    ] = None,
) -> None:  # fmt: skip
    """Open the desk and the public pages, make every edition when it is due, until interrupted."""
    with house(context) as opened, stoppable(), contextlib.ExitStack() as doors:
        try:
            if role is not Part.SCHEDULER:
                doors.enter_context(_desk(opened, port))
                doors.enter_context(_public(opened, public_port))
                doors.enter_context(_webhooks(opened))
            if role is not Part.WEB:
                from newsletter.desk.planned import watching

                doors.enter_context(watching(opened, note))
            if role is Part.WEB or not _scheduled(opened, needed=role is Part.SCHEDULER):
                threading.Event().wait()
        except (KeyboardInterrupt, SystemExit):
            leave_by_then(0)
            # A run that goes on here ends with this process: whoever watches it is told now.
            opened.stopping.set()
            opened.reporter.interrupted()
            note("stopped")
    if opened.stopping.is_set():
        leave(0)


@contextlib.contextmanager
def _webhooks(opened: Any) -> Iterator[None]:
    """Tell addresses of events while the block lasts."""
    from newsletter.desk.hooks import delivering

    with delivering(opened):
        yield


@contextlib.contextmanager
def _desk(opened: Any, port: int | None) -> Iterator[None]:
    """Listen while the block lasts."""
    from newsletter.desk.server import Server

    settings = opened.config.desk
    server = Server(opened, settings.host, settings.port if port is None else port)
    server.start()
    note(f"the desk: http://{settings.host}:{server.port}/")
    if not opened.editors.all():
        note("nobody is appointed yet: `newsletter editors add NAME EMAIL --role admin`")
    try:
        yield
    finally:
        server.close()


@contextlib.contextmanager
def _public(opened: Any, port: int | None) -> Iterator[None]:
    """Show the public pages while the block lasts."""
    from newsletter.public.server import Server

    settings = opened.config.public
    server = Server(opened, settings.host, settings.port if port is None else port)
    server.start()
    note(f"the public pages: http://{settings.host}:{server.port}/")
    try:
        yield
    finally:
        server.close()


def _scheduled(opened: Any, *, needed: bool) -> bool:
    """Make editions when they are due, until interrupted; False where none ever is."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    scheduler = BlockingScheduler(timezone=dt.UTC)
    _arm(scheduler, opened)
    if not scheduler.get_jobs():
        if needed:
            raise ConfigError("No edition is enabled in config.yaml; there is nothing to serve.")
        note("no edition is enabled in config.yaml; the desk is open, nothing runs by itself")
        return False
    scheduler.start()
    return True


def _arm(scheduler: Any, opened: Any) -> None:
    """Set the alarm for the next firing; the run itself sets the one after."""
    from newsletter.schedule import firings

    firing = next(firings(opened.config, opened.clock.now()), None)
    if firing is None:
        return
    note(f"next: {firing.key} at {firing.at:%Y-%m-%d %H:%M} UTC")
    scheduler.add_job(
        _fire, "date", run_date=firing.at, args=(scheduler, opened, firing.key), id=firing.key,
        misfire_grace_time=6 * 3600, replace_existing=True,
    )  # fmt: skip


def _fire(scheduler: Any, opened: Any, key: str) -> None:
    try:
        edition = opened.run({"key": key})
        note(f"{edition.key} is {edition.state}, revision {edition.revision.number}")
    except (NewsletterError, ConfigError) as error:
        note(f"{key}: {error}")
    finally:
        _arm(scheduler, opened)
