"""The command that looks at everything an installation needs, and says what to do."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Json, dump, house, table
from newsletter.cli.leaving import leave
from newsletter.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.doctor.finding import Finding

SCHEMA = "doctor/1"
_COLOURS = {"ok": "green", "warn": "yellow", "bad": "bold red", "unknown": "cyan"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CHECK", help="Just this; repeat it.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Look at configuration, database, data, model, mail and DNS: each is ok, or what to do.

    Nothing is sent and nothing is changed. The exit code is 1 where something is bad.
    """
    from newsletter.doctor.examination import LATE, examine

    with house(context, quiet=True) as opened:
        found = examine(opened, only or ())
    if as_json:
        dump({"schema": SCHEMA, "findings": [_json(one) for one in found]})
    else:
        show(found)
        typer.echo(verdict(found))
    code = ExitCode.CHECK_FAILED if bad(found) else ExitCode.DONE
    if any(one.subject == LATE for one in found):  # somebody still keeps a thread waiting
        leave(code)
    return code


def bad(found: "Sequence[Finding]") -> bool:
    """Tell whether something is bad."""
    return any(one.health == "bad" for one in found)


def show(found: "Sequence[Finding]") -> None:
    """Print findings: as a coloured table on a terminal, else as plain lines."""
    if not sys.stdout.isatty():
        table(("", "check", "subject", "what was found"), [_row(one) for one in found])
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for name in ("", "check"):
        drawn.add_column(name, no_wrap=True)
    drawn.add_column("subject", overflow="fold", max_width=32)
    drawn.add_column("what was found", overflow="fold", ratio=1)
    last = ""
    for one in found:
        health, check, subject, words = _row(one)
        # As text: what a stranger's server says is no markup.
        drawn.add_row(
            Text(health, _COLOURS[health]), Text("" if check == last else check), Text(subject),
            Text(words),
        )  # fmt: skip
        last = check
    Console().print(drawn)


def verdict(found: "Sequence[Finding]") -> str:
    """Return how an installation stands, in a sentence.

    Examples
    --------
    >>> verdict([])
    'All is well.'
    """
    wrong, doubtful, unknown = (
        sum(one.health == health for one in found) for health in ("bad", "warn", "unknown")
    )
    parts = [
        f"{count} {word}"
        for count, word in ((wrong, "bad"), (doubtful, "to look at"), (unknown, "unknown"))
        if count
    ]
    return f"{len(found)} looked at: {', '.join(parts)}." if parts else "All is well."


def _row(one: "Finding") -> tuple[str, str, str, str]:
    return str(one.health), one.check, one.subject, one.words


def _json(one: "Finding") -> dict[str, str]:
    return {
        "check": one.check, "subject": one.subject, "health": str(one.health), "words": one.words,
    }  # fmt: skip
