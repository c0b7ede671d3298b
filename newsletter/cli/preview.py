"""The local preview: an edition as readers will see it, drawn anew on every change.

While it is being made, by whatever process, the page shows how far it is, and the mail when
that is ready.
"""

import contextlib
import shutil
import tempfile
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import PathOption, ProviderOption, config_path, edition_key, note
from newsletter.errors import ConfigError

DEFAULT_PORT = 8025


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(preview)


def preview(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY|FILE]",
            help="An edition, a letter (letter.welcome), or a .eml, .html, .md, .txt or draft "
            ".json file; else the latest edition, else the sample market's.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = DEFAULT_PORT,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    provider: ProviderOption = None,
    path: PathOption = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="DIR", help="Write .eml, HTML, PDF, PNG and text; end."),
    ] = None,
) -> None:
    """Show an edition locally, in the making too; it is drawn anew on every change."""
    with _workspace(context) as config:
        from newsletter.preview.workshop import Workshop

        opened = Workshop(config)
        try:
            studio = _studio(opened, what, _order(provider, path))
            studio.require()  # an unknown key or a broken edition is told before serving
            if export is not None:
                _write(studio, export)
            else:
                _serve(studio, port, open_browser=open_browser)
        finally:
            opened.close()


def show(config: Path, key: str, *, open_browser: bool) -> None:
    """Show an edition of a workspace until interrupted, on the usual port or on a free one."""
    from newsletter.preview.workshop import Workshop

    opened = Workshop(config)
    try:
        studio = _studio(opened, key, None)
        studio.require()
        try:
            _serve(studio, DEFAULT_PORT, open_browser=open_browser)
        except ConfigError:  # the usual one is taken
            _serve(studio, 0, open_browser=open_browser)
    finally:
        opened.close()


@contextlib.contextmanager
def _workspace(context: typer.Context) -> Iterator[Path]:
    """Give the config.yaml, or a passing workspace of the sample where there is none."""
    from newsletter import assets

    path = config_path(context.obj.config)
    if path.exists() or context.obj.config is not None or path != Path("config.yaml"):
        yield path
        return
    note(
        "There is no config.yaml here; this is the sample's. `newsletter init DIR` makes your own."
    )
    with tempfile.TemporaryDirectory(prefix="newsletter-preview-") as folder:
        yield Path(shutil.copy(assets.find("config.yaml"), folder))


def _order(provider: str | None, path: Path | None) -> dict[str, str] | None:
    if path is not None and provider not in {None, "files"}:
        raise ConfigError(f"--path goes with --provider files, not with {provider}.")
    if provider is None and path is None:
        return None
    place = {"path": str(path.resolve())} if path else {}
    return {"provider": provider or "files", **place}


def _studio(opened: Any, what: str | None, order: dict[str, str] | None) -> Any:
    """Find out what is to be shown."""
    from newsletter.preview.letters import is_letter
    from newsletter.preview.material import KINDS
    from newsletter.preview.studio import SAMPLE_SESSION, Studio

    if what is not None and Path(what).suffix.lower() in KINDS:
        if not Path(what).is_file():
            raise ConfigError(f"There is no file {what}.")
        return Studio(opened, _latest(opened), Path(what), order)
    if what is not None:
        key = what if is_letter(what) else str(edition_key(what))
        return Studio(opened, key, None, order)
    latest = _latest(opened)
    if latest:
        return Studio(opened, latest, None, order)
    exchange = opened.config.publication.exchange
    kind = next(iter(opened.config.editions), "evening")
    if order is not None:
        return Studio(opened, f"{opened.latest_session().date}.{exchange}.{kind}", None, order)
    note("There is no edition yet; this is the sample market's, whose figures are simulated.")
    sample = {"provider": "sample"}
    return Studio(opened, f"{SAMPLE_SESSION}.{exchange}.{kind}", None, sample)


def _latest(opened: Any) -> str:
    found = opened.editions.all(1)
    return str(found[0].key) if found else ""


def _write(studio: Any, directory: Path) -> None:
    from newsletter.preview.choice import Choice
    from newsletter.preview.exports import write

    files, missing = write(studio, Choice(), directory)
    for line in missing:
        note(line)
    typer.echo(f"{len(files)} files in {directory}: {', '.join(file.name for file in files)}")


def _serve(studio: Any, port: int, *, open_browser: bool) -> None:
    from newsletter.preview.server import Server

    server = Server(studio, port)
    server.start()
    try:  # from the first word on: whoever reads it may interrupt at once
        note(f"{server.address} shows {studio.file or studio.key}; Ctrl-C stops")
        if open_browser:
            webbrowser.open(server.address)
        server.wait()
    except KeyboardInterrupt:
        note("stopped")
    finally:
        server.close()
