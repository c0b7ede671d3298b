"""The command that lasts: serve opens the desk and makes editions when they are due."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from newsletter import waiting
from newsletter.cli import leaving
from newsletter.cli.context import house, note
from newsletter.cli.leaving import leave, leave_by_then, stoppable
from newsletter.errors import ConfigError


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(serve)


FIRST_LOOK: Final = 0.5
"""Seconds until the schedule is first looked at: whoever asks is told first that all is ready."""


class Part(StrEnum):
    """What a serving process does."""

    ALL = "all"
    WEB = "web"
    SCHEDULER = "scheduler"
    WORKER = "worker"


def serve(
    context: typer.Context,
    role: Annotated[
        str,
        typer.Option(help="What this process does: all, or some of web,scheduler,worker."),
    ] = Part.ALL,
    port: Annotated[
        int | None, typer.Option(help="Port of the desk, instead of desk.port.", min=0, max=65535)
    ] = None,
    public_port: Annotated[
        int | None, typer.Option(help="Port of the public pages, instead of public.port.", min=0,
                                 max=65535)
    ] = None,
    health_port: Annotated[
        int | None, typer.Option(help="Port that tells how this process is, instead of "
                                 "telemetry.port.", min=0, max=65535)
    ] = None,
) -> None:  # fmt: skip
    """Open the desk and the public pages, make every edition when it is due, until interrupted.

    The roles may be split over processes and machines: any number of workers share one
    PostgreSQL database, and a process without that role only asks for work. SIGHUP reads
    config.yaml anew: where it can be used, with it from then on.
    """
    from newsletter.operating import lasting, notifying, reload
    from newsletter.telemetry.observed import observed

    parts = _parts(role)
    lasting.settle()
    with (
        lasting.loading() as loaded,
        house(context) as opened,
        stoppable(),
        contextlib.ExitStack() as doors,
    ):
        try:
            doors.enter_context(reload.reloading(opened, note, leaving.afterwards))
            seen = doors.enter_context(observed(opened, _named(parts), note, health_port))
            if Part.WEB in parts:
                doors.enter_context(_desk(opened, port))
                doors.enter_context(_public(opened, public_port))
                doors.enter_context(_webhooks(opened))
            if Part.SCHEDULER in parts:
                from newsletter.desk.planned import watching

                doors.enter_context(watching(opened, note))
            if Part.WORKER in parts:
                from newsletter.operating.workers import working

                # Every other role has a line of its own that tells it is there.
                alone = parts == {Part.WORKER}
                doors.enter_context(working(opened, note if alone else lambda _: None))
            if Part.SCHEDULER in parts:  # last: its first look loads the calendar
                doors.enter_context(_scheduled(opened, needed=len(parts) == 1))
            loaded()
            reload.begun()
            seen.ready()
            doors.enter_context(notifying.running(_goes_on))
            waiting.until(threading.Event())
        except (KeyboardInterrupt, SystemExit):
            leave_by_then(0)
            # A run that goes on here ends with this process: whoever watches it is told now.
            opened.stopping.set()
            opened.reporter.interrupted()
            note("stopped")
    if opened.stopping.is_set():
        leave(0)


def _parts(role: str) -> frozenset[Part]:
    """Read the roles of a process.

    Raises
    ------
    ConfigError
        If there is no such role.
    """
    try:
        found = {Part(one.strip()) for one in role.split(",")}
    except ValueError as error:
        names = ", ".join(Part)
        raise ConfigError(f"--role is {role!r}; there are {names}, several with commas.") from error
    return frozenset(set(Part) - {Part.ALL} if Part.ALL in found else found)


def _named(parts: frozenset[Part]) -> str:
    """Return what a process of some roles is called in its log and figures."""
    whole = parts == set(Part) - {Part.ALL}
    return str(Part.ALL) if whole else ",".join(sorted(parts))


def _goes_on() -> bool:
    """Tell whether every loop of this process goes on; else the system's watchdog ends it."""
    from newsletter.telemetry.pulse import PULSES

    return not any(one.stopped for one in PULSES.all())


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


@contextlib.contextmanager
def _scheduled(opened: Any, *, needed: bool) -> Iterator[None]:
    """Make editions when they are due while the block lasts."""
    from newsletter.operating.timekeeper import ticking

    # Without the calendar, which takes longer to load than all that is shown here.
    enabled = any(kind.enabled for kind in opened.config.editions.values())
    if not enabled and not opened.due.planned():
        if needed:
            raise ConfigError("No edition is enabled in config.yaml; there is nothing to serve.")
        note("no edition is enabled in config.yaml; the desk is open, nothing runs by itself")

    def start(key: str) -> str:
        return str(opened.submit("produce", key))

    with ticking(opened, start, tell(opened), FIRST_LOOK):
        yield


def tell(opened: Any) -> Callable[[str], None]:
    """Return what prints a line for people, until the process is told to stop."""
    return lambda text: None if opened.stopping.is_set() else note(text)
