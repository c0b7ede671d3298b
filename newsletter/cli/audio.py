"""The audio edition: an edition's script, or a recording of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, note
from newsletter.errors import ConfigError

OUT_TO_BE_HEARD = frozenset({"approved", "sending", "sent"})
"""States in which an edition's words are settled."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(audio)


def audio(
    context: typer.Context,
    key: Key,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Else KEY and the format's ending.")
    ] = None,
    script: Annotated[
        bool, typer.Option("--script", help="The words alone, to stdout or into --out.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read an edition aloud into a file, or write the script for it."""
    from newsletter.render.narration import minutes_aloud

    with house(context, quiet=as_json) as opened:
        edition = opened.editions.get(edition_key(key))
        voice = None if script else opened.speech()
        words = opened.narration(edition)
        told: dict[str, Any] = {
            "schema": "audio/1",
            "key": str(edition.key),
            "state": str(edition.state),
            "words": len(words.split()),
            "minutes": minutes_aloud(words),
        }
        if voice is None:
            _script(words, out, told, as_json)
        else:
            _record(opened, voice, words, out, told)
            if not as_json:
                _tell(told)
        if as_json:
            dump(told)
        elif str(edition.state) not in OUT_TO_BE_HEARD:
            note(f"{edition.key} is {edition.state}: keep its audio to yourself until it is sent.")


def _script(words: str, out: Path | None, told: dict[str, Any], as_json: bool) -> None:
    told["script"] = words
    if out is None:
        if not as_json:
            typer.echo(words, nl=False)
        return
    try:
        out.write_text(words, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}.") from error
    told["file"] = str(out)
    if not as_json:
        typer.echo(f"{out}: {told['words']} words, about {told['minutes']} minutes aloud")


def _record(opened: Any, voice: Any, words: str, out: Path | None, told: dict[str, Any]) -> None:
    made = voice.speak(words, out or Path(f"{told['key']}.{voice.format}"), opened.progress)
    settings = opened.config
    told |= {
        "file": str(made.path),
        "format": made.format,
        "bytes": made.size,
        "seconds": made.seconds and round(made.seconds, 1),
        "engine": made.engine,
        "url": settings.speech.address(settings.publication.base_url, told["key"]),
    }


def _tell(told: dict[str, Any]) -> None:
    seconds, size = told["seconds"], told["bytes"]
    length = f"{seconds:.0f} seconds" if seconds else f"about {told['minutes']} minutes"
    typer.echo(f"{told['file']}: {length}, {size:,} bytes, read by {told['engine']}")
    if told["url"]:
        note(f"Readers are sent to {told['url']}: put the file there.")
