"""Commands about segments of the audience."""

from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, house, note, table
from newsletter.errors import ConfigError

Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, underscores.")]
LANGUAGE = """
Save a segment, or say it anew, after counting whom it holds.

    newsletter audience segment save india 'country in ["IN"] and "AAPL" in tickers'

Fields: country, jurisdiction, language, source, status, domain, custom.KEY (==, != or
in [...]); sets: tickers, tags, days ("AAPL" in tickers; a set alone means "has any"); the
date joined (> 2026-01-31). They are joined by and, or, not and brackets.
"""


def add_to(audience: typer.Typer) -> None:
    """Register the commands."""
    segment = typer.Typer(help="Saved segments.", no_args_is_help=True)
    segment.command(help=LANGUAGE)(save)
    segment.command(name="list")(listed)
    segment.command()(show)
    segment.command()(remove)
    audience.add_typer(segment, name="segment")


def save(
    context: typer.Context,
    name: Name,
    expression: Annotated[str, typer.Argument(metavar="EXPRESSION")],
    as_json: Json = False,
) -> None:
    """Save a segment."""
    from pydantic import TypeAdapter, ValidationError

    from newsletter.send.segments import Segment
    from newsletter.universe import Identifier

    try:
        TypeAdapter(Identifier).validate_python(name)
    except ValidationError as error:
        raise ConfigError(
            f"{name[:40]!r} is no name for a segment: it begins with a small letter and has small "
            "letters, digits and underscores, at most 32."
        ) from error
    found = Segment.of(name, expression)
    with house(context) as opened:
        new = opened.segments.save(found, _entry(opened, "saved a segment", name))
        document = _counted(opened, found)
    if as_json:
        dump({**document, "changed": new})
        return
    typer.echo(f"{name} {'is saved' if new else 'says this already'}; {_active(document)}")


def listed(context: typer.Context, as_json: Json = False) -> None:
    """List segments."""
    with house(context) as opened:
        found = opened.segments.all()
    if as_json:
        dump(
            [
                {"name": one.name, "expression": one.expression, "by": one.by,
                 "at": one.at.isoformat() if one.at else None}
                for one in found
            ]
        )  # fmt: skip
        return
    if not found:
        note("There are no segments; `newsletter audience segment save` makes one.")
        return
    table(("segment", "by", "readers"), [(one.name, one.by, one.expression) for one in found])


def show(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Show a segment and how many readers it holds now."""
    with house(context) as opened:
        document = _counted(opened, opened.segments.get(name))
    if as_json:
        dump(document)
        return
    typer.echo(f"{name}: {document['expression']}")
    rows = [
        (lst, status, f"{n:,}") for lst, by in document["lists"].items() for status, n in by.items()
    ]
    table(("list", "status", "readers"), rows)


def remove(context: typer.Context, name: Name) -> None:
    """Remove a saved segment; an edition that names it is not sent until there is one again."""
    with house(context) as opened:
        opened.segments.remove(name, _entry(opened, "removed a segment", name))
        kinds = [key for key, kind in opened.config.editions.items() if kind.segment == name]
    typer.echo(f"{name} is removed.")
    if kinds:
        note(f"config.yaml still names it for {', '.join(kinds)}, which will not be sent.")


def _counted(opened: Any, segment: Any) -> dict[str, Any]:
    return {
        "name": segment.name, "expression": segment.expression,
        "lists": opened.audience.stats(segment),
    }  # fmt: skip


def _active(document: dict[str, Any]) -> str:
    counts = {name: by.get("active", 0) for name, by in document["lists"].items()}
    told = ", ".join(f"{n:,} of {name}" for name, n in counts.items() if n)
    return f"it holds {told or 'nobody'} who gets mail now."


def _entry(opened: Any, action: str, name: str) -> Any:
    from newsletter.review.desk import OPERATOR, AuditEntry

    return AuditEntry(opened.clock.now(), OPERATOR, action, f"segment {name}")
