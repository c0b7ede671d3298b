"""Who wrote an edition, and what a model was asked for it."""

from collections.abc import Iterator
from typing import Any

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, table
from newsletter.errors import NotFound


def transcript(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """Show what a model was asked for an edition, and what it cost; whole with --json."""
    with house(context) as opened:
        edition = opened.editions.get(edition_key(key))
        draft = opened.pipeline.written(edition.revision.draft)
        if not draft.transcript:
            raise NotFound(f"No model was asked for {key}; {draft.author} wrote it.")
        found = opened.pipeline.transcript(draft.transcript)
    if as_json:
        dump(found.to_json())
        return
    rows = [
        (
            f"{one.request.prompt} (version {one.request.version})",
            str(one.reply.mode) if one.reply else str(one.fault),
            f"{one.reply.tokens_in} in, {one.reply.tokens_out} out" if one.reply else one.problem,
            f"{one.seconds:.1f} s",
            one.cost,
        )
        for one in found.exchanges
    ]
    table(("prompt", "how", "tokens", "time", "cost"), rows)
    typer.echo(f"{found.tokens} tokens, cost {found.cost}")


def hand(draft: Any) -> dict[str, Any]:
    """Return who wrote a draft as plain JSON data."""
    return {
        "author": draft.author,
        "by_model": draft.by_model,
        "parts": [{"part": one.part, "author": one.author} for one in draft.hands],
        "fallback": draft.fallback or None,
        "transcript": draft.transcript or None,
    }


def told(found: dict[str, Any]) -> Iterator[str]:
    """Yield lines that say who wrote a draft, from what `hand` returns."""
    yield f"written by {found['author']}"
    if found["parts"]:
        named = ", ".join(f"{one['part']} ({one['author']})" for one in found["parts"])
        yield f"by other hands: {named}"
    if found["fallback"]:
        yield f"the house writer stood in for the model: {found['fallback']}"
