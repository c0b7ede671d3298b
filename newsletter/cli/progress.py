"""The command that shows editions in the making, whichever process makes them."""

import sys
from collections.abc import Callable
from time import sleep
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, edition_key, house, note, table
from newsletter.errors import ConfigError, ExitCode, NotFound
from newsletter.underway import Course, Making, lasting

PAUSE = 0.3
"""Seconds between two looks of a follower; runs are written down twice a second."""

Look = Callable[[], Making]
"""Returns a run as it stands now."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(progress)


def progress(
    context: typer.Context,
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="Edition; without it the latest ones.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Print the text as it is written, until the run ends.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show how far editions in the making are; exit 1 when the one asked for has failed."""
    with house(context, quiet=True) as opened:
        now = opened.clock.now
        if key is None and not follow:
            return _listed(opened.runs.latest(), now(), as_json)
        key = str(edition_key(key)) if key else _under_way(opened)
        found = _found(opened, key)
        if follow:
            found = _followed(lambda: _found(opened, key), now, quiet=as_json)
        at = now()
    if as_json:
        dump({"schema": "progress/1", **found.to_json(at)})
    elif not follow:
        _show(found, at)
    failed = found.state is Course.FAILED or found.stale(at)
    return ExitCode.CHECK_FAILED if failed else ExitCode.DONE


def _found(opened: Any, key: str) -> Making:
    found: Making | None = opened.runs.find(key)
    if found is None:
        raise NotFound(
            f"No run of {key} is on record; `newsletter progress` lists those there are, "
            "`newsletter run` begins one."
        )
    return found


def _under_way(opened: Any) -> str:
    """Return the key of the run that began last among those under way."""
    at = opened.clock.now()
    going = [one for one in opened.runs.latest() if one.goes_on(at)]
    if not going:
        raise ConfigError("No edition is being made; name the one to follow with KEY.")
    newest: Making = max(going, key=lambda one: one.started_at)
    return newest.edition


def _listed(runs: list[Making], at: Any, as_json: bool) -> int:
    if as_json:
        dump({"schema": "progress-list/1", "runs": [one.to_json(at) for one in runs]})
        return ExitCode.DONE
    if not runs:
        note("No edition is being made, and none was; `newsletter run` makes one.")
        return ExitCode.DONE
    rows = [
        (
            one.edition,
            "broken off" if one.stale(at) else str(one.state),
            one.stage,
            lasting(one.seconds(at)),
            one.hand,
            f"{one.updated_at:%Y-%m-%d %H:%M:%S}",
        )
        for one in runs
    ]
    table(("edition", "state", "stage", "took", "hand", "last sign (UTC)"), rows)
    return ExitCode.DONE


def _show(found: Making, at: Any) -> None:
    typer.echo(f"{found.edition}: {found.verdict(at)}")
    typer.echo(f"  begun {found.started_at:%Y-%m-%d %H:%M:%S} UTC, {lasting(found.seconds(at))}")
    if found.hand:
        written = f", {found.sent:,} characters from the model" if found.sent else ""
        typer.echo(f"  written by {found.hand}{written}")


def _followed(look: Look, now: Callable[[], Any], *, quiet: bool) -> Making:
    """Look until a run has ended or has been silent too long; return how it stands."""
    shown = _Shown()
    while True:
        found = look()
        if not quiet:
            shown.more(found)
        at = now()
        if not found.goes_on(at):
            break
        sleep(PAUSE)
    if not quiet:
        shown.end(f"{found.edition}: {found.verdict(at)}")
    return found


class _Shown:
    """What a follower has printed: text on stdout, how far the run is on stderr."""

    def __init__(self) -> None:
        self._run, self._news, self._seen, self._last = "", "", 0, "\n"

    def more(self, found: Making) -> None:
        """Print what is new."""
        if found.run != self._run:
            self._run, self._seen = found.run, 0
        news = found.verdict(found.updated_at)
        if found.state is Course.RUNNING and news != self._news:
            self._news = news
            self._broken()
            note(f"  {news}")
        text = found.since(self._seen)
        self._seen = found.sent
        if text:
            self._last = text[-1]
            sys.stdout.write(text)
            sys.stdout.flush()

    def end(self, sentence: str) -> None:
        """Print how it ended."""
        self._broken()
        note(sentence)

    def _broken(self) -> None:
        if self._last != "\n":
            self._last = "\n"
            sys.stdout.write("\n")
            sys.stdout.flush()
