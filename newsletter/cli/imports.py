"""The command that takes readers of another service in."""

import contextlib
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, house, note, table
from newsletter.errors import ConfigError, ExitCode

SHOWN = 10
"""Bad rows that are told at once; all of them stand in a file."""
_AUTO = "auto"


def add_to(audience: typer.Typer) -> None:
    """Register the command."""
    audience.command(name="import")(import_readers)


def require_list(opened: Any, list_name: str) -> None:
    """Refuse a list that no edition goes to."""
    lists = {kind.list for kind in opened.config.editions.values()}
    if list_name not in lists:
        known = ", ".join(sorted(lists))
        raise ConfigError(f"There is no list {list_name!r}; editions use {known}.")


def import_readers(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The table, with a header line.")],
    list_name: Annotated[str, typer.Option("--list", help="Which list.")] = "evening",
    format: Annotated[
        str,
        typer.Option(
            help="Whose table: mailchimp, substack, ghost, listmonk, buttondown, "
            "beehiiv, newsletter (our own export), plain; else seen by its columns."
        ),
    ] = _AUTO,
    encoding: Annotated[
        str | None, typer.Option(help="E.g. cp1252; else UTF-8, or UTF-16 where it is marked.")
    ] = None,
    consent: Annotated[
        str | None, typer.Option(help="How consent was given; kept with every reader.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen and change nothing.")
    ] = False,
    refused: Annotated[
        Path | None, typer.Option(help="Where bad rows are listed; else FILE.refused.csv.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Import readers from a table; whoever left, bounced or complained there gets no mail here."""
    from newsletter.send import services

    if format not in {_AUTO, *services.NAMES}:
        raise ConfigError(f"--format is {format!r}; there are auto, {', '.join(services.NAMES)}.")
    if file.is_dir():
        raise ConfigError(f"{file} cannot be read as CSV: it is a folder.")
    listed = refused or file.with_name(f"{file.name}.refused.csv")
    try:
        with house(context, quiet=as_json) as opened, file.open("rb") as stream:
            require_list(opened, list_name)
            with _Refused(listed) as bad:
                told, service = _run(
                    opened, stream, file, bad, as_json,
                    (format, encoding, list_name, consent, dry_run),
                )  # fmt: skip
    except OSError as error:
        raise ConfigError(f"{file} cannot be read as CSV: {error.strerror or error}.") from error
    document = {
        "service": service.name, "dry_run": dry_run, "lines": told.lines,
        "outcomes": {str(outcome): n for outcome, n in told.counts.items() if n},
        "refused": str(listed) if bad.count else None,
    }  # fmt: skip
    if as_json:
        dump(document)
    else:
        _tell(told, service, bad, dry_run)
    return ExitCode.CHECK_FAILED if bad.count else ExitCode.DONE


def _run(
    opened: Any, stream: Any, file: Path, bad: "_Refused", quiet: bool, given: tuple[Any, ...]
) -> tuple[Any, Any]:
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.send import services, sheet
    from newsletter.send.importing import Import

    format, encoding, list_name, consent, dry = given
    try:
        table = sheet.opened(stream, encoding, services.is_header)
    except ConfigError as error:
        raise ConfigError(f"{file} cannot be read as CSV: {error}") from error
    service = services.recognised(table.header) if format == _AUTO else services.named(format)
    now = opened.clock.now()
    how = {
        "how": consent or f"imported from {file.name}", "imported_at": now.isoformat(),
        "service": service.name,
    }  # fmt: skip
    work = Import(
        service, list_name, how, opened.intake, opened.suppressions.among, bad.add, dry
    )  # fmt: skip
    with _progress(file.stat().st_size, quiet) as moved:
        for step in work.run(table, now):
            told = step
            moved(stream.tell())
    if not dry:
        detail = {"list": list_name, "service": service.name}
        detail |= {str(outcome): str(n) for outcome, n in told.counts.items() if n}
        opened.audit.record(AuditEntry(now, OPERATOR, "imported readers", "audience", detail))
    return told, service


def _tell(told: Any, service: Any, bad: "_Refused", dry: bool) -> None:
    from newsletter.send.importing import MEANINGS, Outcome

    first = (Outcome.ADDED, Outcome.KNOWN, Outcome.REFUSED)
    would = "Nothing was changed; it would be: " if dry else ""
    counts = ", ".join(f"{told.counts[outcome]:,} {outcome}" for outcome in first)
    typer.echo(f"{would}{counts}.")
    others = [one for one in Outcome if told.counts[one] and one not in first]
    if others:
        table(
            ("others", "rows", "what that means"),
            [(str(one), f"{told.counts[one]:,}", MEANINGS[one]) for one in others],
        )
    if service.name not in {"plain", "newsletter"}:
        note(f"The table is {service.name}'s. {service.caution}".rstrip())
    for line, reason in bad.first:
        note(f"line {line}: {reason}")
    if bad.count:
        note(f"All {bad.count:,} bad rows are listed in {bad.path}.")


class _Refused:
    """Bad rows: the first ones for the screen, all of them with line and reason in a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.first: list[tuple[int, str]] = []
        self._stack = contextlib.ExitStack()
        self._writer: Any = None

    def __enter__(self) -> "_Refused":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, broken: Any) -> None:
        """Write a bad row down; the file is begun with the first one."""
        if self._writer is None:
            try:
                stream = self._stack.enter_context(
                    self.path.open("w", newline="", encoding="utf-8")
                )
            except OSError as error:
                raise ConfigError(
                    f"{self.path} cannot be written: {error.strerror}; name another file with "
                    "--refused."
                ) from error
            self._writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            self._writer.writerow(("line", "reason"))
        self._writer.writerow((broken.line, broken.reason))
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append((broken.line, broken.reason))


@contextlib.contextmanager
def _progress(size: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how far a file is read, on a terminal alone."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda at: bar.update(task, completed=at)
