"""Commands about sourced facts: what an editor cites and the house has not computed."""

from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, note
from newsletter.errors import ExitCode

As = Annotated[str, typer.Option("--as", metavar="EDITOR", help="Who adds it.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Facts from a named source, added by editors.", no_args_is_help=True)
    group.command(name="add")(add)
    group.command(name="list")(list_facts)
    app.add_typer(group, name="fact")


def add(
    context: typer.Context,
    key: Key,
    name: Annotated[str, typer.Option(help="The subject, as the text will call it.")],
    value: Annotated[str, typer.Option(help="A plain number, with its source's decimals.")],
    unit: Annotated[str, typer.Option(help="percent, points, bps, usd, index, number or count.")],
    source: Annotated[str, typer.Option(help="Who published it, and where.")],
    link: Annotated[str, typer.Option(help="An https address where it can be read.")],
    date: Annotated[str, typer.Option(help="Day it was published; not after the session.")],
    editor: As,
    id: Annotated[str, typer.Option(help="Middle of cited.ID.value; else from the name.")] = "",
    period: Annotated[
        str, typer.Option(help="Period the text must name with it: 1m, 3m, ytd, 1y …")
    ] = "",
    change: Annotated[bool, typer.Option("--change", help="A change, not a level.")] = False,
    as_json: Json = False,
) -> int:
    """Add a sourced fact to an edition; the next revision may use it by its slot.

    The mail prints the source under the text where the slot is used. The same id given
    again corrects the fact.
    """
    from newsletter.cli.editions import describe
    from newsletter.review.cited import Citation

    citation = Citation(name, value, unit, source, link, date, id, period, change)
    with house(context, quiet=as_json) as opened:
        edition = opened.cite(edition_key(key), citation, editor)
        fact = opened.pipeline.ledger(edition.revision.ledger)[citation.fact]
        document = describe(opened, edition)
    if as_json:
        dump({"key": key, "revision": document["revision"], "fact": fact.to_json()})
    else:
        typer.echo(f"{{{{{fact.id}}}}} prints {fact.display}, from {fact.source}.")
        note(f"{key} is at revision {document['revision']}. Write the slot into draft.json")
        note(f"(newsletter editions export {key} DIR) and give newsletter editions revise.")
    return ExitCode.CHECK_FAILED if document["blocked"] else ExitCode.DONE


def list_facts(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """List the facts that editors have cited in an edition."""
    from newsletter.compute.facts import CITED

    with house(context) as opened:
        edition = opened.editions.get(edition_key(key))
        ledger = opened.pipeline.ledger(edition.revision.ledger)
    cited: list[Any] = [fact for fact in ledger if fact.kind == CITED]
    if as_json:
        dump([fact.to_json() for fact in cited])
        return
    for fact in cited:
        typer.echo(f"{fact.id}  {fact.display}  {fact.as_of}  {fact.source}  {fact.link}")
