"""What every command needs: the house, and ways to print."""

import contextlib
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.errors import ConfigError, DataUnavailable, ReviewError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Edition, e.g. 2026-07-02.XNYS.evening.")]
SessionOption = Annotated[
    str | None,
    typer.Option("--session", metavar="DATE", help="Trading day; else the last closed one."),
]
ProviderOption = Annotated[
    str | None, typer.Option("--provider", help="yahoo, files or sample, instead of config.yaml's.")
]
PathOption = Annotated[Path | None, typer.Option("--path", help="Directory of the files provider.")]

CONFIG_VARIABLE = "NEWSLETTER_CONFIG"

CALENDARS = (1990, 2200)
"""First and last year in which a session can be asked for."""


class Context:
    """Global options of one call.

    Parameters
    ----------
    config : pathlib.Path or None
        As given with --config.
    debug : bool
        Whether tracebacks are wanted.
    """

    def __init__(self, config: Path | None, debug: bool) -> None:
        self.config = config
        self.debug = debug


def config_path(given: Path | None) -> Path:
    """Return the configuration to use: the one given, the environment's, or ./config.yaml."""
    from newsletter.config import environment

    named = environment(CONFIG_VARIABLE)
    return given or (Path(named) if named else Path("config.yaml"))


@contextlib.contextmanager
def house(context: typer.Context, *, quiet: bool = False) -> Iterator[Any]:
    """Open the workspace for one command."""
    from newsletter.app import House
    from newsletter.cli.arriving import Arriving

    heard = None if quiet else Arriving()
    progress = _silent if quiet else _tell
    opened = House(config_path(context.obj.config), progress=progress, heard=heard)
    try:
        yield opened
    finally:
        opened.close()
        if heard is not None:
            heard.done()


def order(
    house: Any, edition: str, session: str | None, provider: str | None, path: Path | None
) -> dict[str, str]:
    """Build a produce order from command-line options.

    Raises
    ------
    ConfigError
        If an option is unusable.
    """
    if edition not in house.config.editions:
        known = ", ".join(house.config.editions)
        raise ConfigError(f"--edition is {edition!r}; config.yaml has {known}.")
    exchange = house.config.publication.exchange
    date = day(session) if session else house.latest_session().date
    wanted = {"key": f"{date.isoformat()}.{exchange}.{edition}"}
    if provider or path:
        wanted["provider"] = provider or "files"
    if path:
        if provider not in {None, "files"}:
            raise ConfigError(f"--path goes with --provider files, not with {provider}.")
        wanted["path"] = str(path.resolve())
    return wanted


def day(text: str) -> dt.date:
    """Read a date.

    Raises
    ------
    ConfigError
        If it is none.
    DataUnavailable
        If no exchange calendar reaches it.
    """
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no date; write it as 2026-07-02.") from error
    first, last = CALENDARS
    if not first <= date.year <= last:
        raise DataUnavailable(
            f"{date} is outside the calendars; they reach from {first} to {last}."
        )
    return date


def edition_key(text: str) -> Any:
    """Read an edition key.

    Raises
    ------
    ConfigError
        If it is none: an argument that cannot be used.
    """
    from newsletter.review.edition import EditionKey

    try:
        return EditionKey.parse(text)
    except ReviewError as error:
        raise ConfigError(str(error)) from error


def dump(document: Any) -> None:
    """Print one JSON document on stdout, in one piece: in bits it takes a second, unbuffered."""
    sys.stdout.write(f"{json.dumps(document, ensure_ascii=False, indent=1)}\n")


def table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print an aligned table on stdout."""
    widths = [max(len(row[i]) for row in [headers, *rows]) for i in range(len(headers))]
    for row in [headers, *rows]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())


def note(text: str) -> None:
    """Print a line for people on stderr; in the log, where this process keeps one."""
    from newsletter.telemetry import logs

    if not logs.told(text):
        typer.echo(text, err=True)


def _tell(done: int, total: int, what: str) -> None:
    note(f"  {what}" + (f" {done}/{total}" if total > 1 else ""))


def _silent(done: int, total: int, what: str) -> None:
    del done, total, what
