"""The command that corrects an edition after it went out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, Key, PathOption, ProviderOption, edition_key, house, note
from newsletter.cli.editions import As, describe, tell
from newsletter.errors import ConfigError

Said = Annotated[
    list[str] | None,
    typer.Option(help="What was sent, word for word: whole sentences. Once for each point."),
]
Right = Annotated[
    list[str] | None,
    typer.Option(help="What is right, figures as slots. Once for each --said, in their order."),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(correct)


def correct(
    context: typer.Context,
    key: Key,
    editor: As,
    said: Said = None,
    right: Right = None,
    cause: Annotated[str, typer.Option(help="How it came about.")] = "",
    changed: Annotated[str, typer.Option(help="What was changed.")] = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Fetch the session's data again; prove it by them.")
    ] = False,
    provider: ProviderOption = None,
    path: PathOption = None,
    as_json: Json = False,
) -> int:
    """Correct an edition that was sent, or revise its correction.

    The correction is an edition of its own: approve and send it like any other. It goes to
    those who got what was wrong. With the key of a correction and --anew alone, its words
    stay and its facts are fetched anew. Exit 1 where preflight blocks it.
    """
    from newsletter.draft.erratum import Wrong

    quotes, rights = said or [], right or []
    if len(quotes) != len(rights):
        raise ConfigError(
            f"There are {len(quotes)} --said and {len(rights)} --right; each point takes both."
        )
    if (provider or path) and not anew:
        raise ConfigError("--provider and --path say where data are fetched; give --anew too.")
    points = [Wrong(one, other) for one, other in zip(quotes, rights, strict=True)]
    words = (points, cause, changed)
    with house(context, quiet=as_json) as opened:
        edition = _made(opened, edition_key(key), words, editor, _order(anew, provider, path))
        document = describe(opened, edition)
    if not as_json:
        note(f"Approve it with `newsletter approve {document['key']} --as EDITOR`, then send it.")
    return tell(document, as_json)


def _made(
    opened: Any,
    key: Any,
    words: tuple[Sequence[Any], str, str],
    editor: str,
    order: dict[str, str] | None,
) -> Any:
    points, cause, changed = words
    corrections = opened.corrections
    revised = key.corrects is not None and not corrections.gone(key)
    if revised and order is not None and not any(words):
        return corrections.renew(key, editor, order)
    if not (points and cause.strip() and changed.strip()):
        raise ConfigError(
            "A correction takes --said and --right, --cause and --changed; with --anew alone the "
            "facts of one that is in review are fetched again."
        )
    if not revised:
        return corrections.begin(key, points, cause, changed, editor, order)
    number = opened.editions.get(key).revision.number
    made = corrections.revise(key, points, cause, changed, editor, number)
    return made if order is None else corrections.renew(key, editor, order)


def _order(anew: bool, provider: str | None, path: Path | None) -> dict[str, str] | None:
    if path and provider not in {None, "files"}:
        raise ConfigError(f"--path goes with --provider files, not with {provider}.")
    named = {
        "provider": provider or ("files" if path else ""),
        "path": path and str(path.resolve()),
    }
    return {name: value for name, value in named.items() if value} if anew else None
