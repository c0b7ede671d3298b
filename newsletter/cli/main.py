"""Entry point: parse, run one command, turn every error into a sentence and a code."""

import atexit
import gc
import io
import json
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Annotated

import typer

from newsletter import __version__
from newsletter.cli import (
    alerts,
    audience,
    audio,
    backup,
    bounces,
    cited,
    correct,
    dkim,
    doctor,
    editions,
    editors,
    evaluate,
    init,
    ledger,
    plans,
    preview,
    progress,
    schedule,
    scorecard,
    serve,
    stages,
    start,
    work,
)
from newsletter.cli.context import Context
from newsletter.cli.leaving import interrupting, leave
from newsletter.errors import ConfigError, ExitCode, NewsletterError

INTERRUPTED = 130
"""What typer makes of an interruption by the keyboard."""
YOUNG = 20_000
"""New objects after which rings of them that nobody uses are looked for. Modules and facts are
made by the hundred thousand and stay: looked through each 700, an evening takes a second longer."""

app = typer.Typer(
    name="newsletter",
    help="An evening market briefing by e-mail: proved, approved, sent once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_MODULES = (
    start,
    init,
    stages,
    ledger,
    progress,
    preview,
    editions,
    cited,
    scorecard,
    evaluate,
    audience,
    alerts,
)
_LAST = (editors, bounces, correct, plans, audio, dkim, backup, work, doctor, schedule, serve)
for module in (*_MODULES, *_LAST):
    module.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def _global(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The config.yaml; else $NEWSLETTER_CONFIG, else ./config.yaml."),
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show tracebacks and library warnings.")] = False,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    if not debug:
        warnings.simplefilter("ignore")
    context.obj = Context(config, debug)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(YOUNG)
    atexit.register(gc.freeze)  # a process that ends need not look for what nobody uses: a second
    arguments = sys.argv[1:]
    try:
        code = _run(arguments)
        if code == INTERRUPTED:
            raise typer.Abort
        sys.exit(code)
    except typer.Abort:
        _leave("interrupted; nothing half-done is kept.", arguments)
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)
            sys.exit(ExitCode.USAGE)
        _fail(_usage(error), ExitCode.USAGE, arguments)
    except (NewsletterError, ConfigError) as error:
        _fail(str(error), error.exit_code, arguments)
    except Exception as error:  # noqa: BLE001 - the last line of defence: still one sentence
        from newsletter.send.addresses import redact  # a service's last line stands in its log

        what = f"unexpected {type(error).__name__}: {redact(str(error))}"
        sentence = f"{what}; give --debug before the command to see where"
        _fail(sentence, ExitCode.OUTSIDE_FAILED, arguments)


def _run(arguments: list[str]) -> int:
    try:
        # Who is stopped by a service manager says so of its run, as at the keyboard.
        with interrupting(signal.SIGTERM):
            code = int(app(args=arguments, prog_name="newsletter", standalone_mode=False) or 0)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # typer makes an exit of the closed pipe
        # Nobody reads any more (`… | head`); the interpreter's own last flush must not complain.
        sys.stdout = io.StringIO()
        return ExitCode.DONE
    return code


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)  # only usage errors have one
    where = f" See `{context.command_path} --help`." if context else ""
    return error.format_message().rstrip(".") + "." + where


def _leave(sentence: str, arguments: list[str]) -> None:
    """Tell of an interruption and end, however long a service keeps a thread waiting."""
    try:
        _fail(sentence, ExitCode.USAGE, arguments)
    except SystemExit as end:
        leave(int(end.code or 0))


def _fail(sentence: str, code: ExitCode, arguments: list[str]) -> None:
    if "--debug" in arguments:
        traceback.print_exc()
    typer.echo(f"newsletter: {sentence}", err=True)
    if "--json" in arguments:
        typer.echo(json.dumps({"error": sentence, "exit": int(code)}, ensure_ascii=False))
    sys.exit(code)
