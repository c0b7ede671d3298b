"""Commands that make things: run, the single stages, check, replay."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import (
    Json,
    Key,
    PathOption,
    ProviderOption,
    SessionOption,
    dump,
    edition_key,
    house,
    note,
    order,
)
from newsletter.errors import ConfigError, ExitCode

EditionOption = Annotated[str, typer.Option("--edition", help="A key of editions in config.yaml.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(run)
    app.command()(check)
    app.command()(collect)
    app.command()(compute)
    app.command()(draft)
    app.command()(render)
    app.command()(preflight)
    app.command()(replay)
    app.command(name="list")(plugins)


def run(
    context: typer.Context,
    edition: EditionOption = "evening",
    session: SessionOption = None,
    provider: ProviderOption = None,
    path: PathOption = None,
    again: Annotated[bool, typer.Option(help="Run once more although it was run before.")] = False,
    retry: Annotated[
        bool, typer.Option(help="Try only the stage again that failed; the ones before it stand.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Make an edition: collect … review. It then waits for an editor."""
    if again and retry:
        raise ConfigError("--again makes everything anew, --retry one stage; choose one of them.")
    from newsletter.cli.editions import describe
    from newsletter.cli.findings import finding_line
    from newsletter.desk.planned import tell_after

    with house(context, quiet=as_json) as opened:
        wanted = order(opened, edition, session, provider, path)
        try:
            if retry:
                made = opened.retry(edition_key(wanted["key"]))
            else:
                made = opened.run(wanted, again=again)
        finally:
            if not opened.stopping.is_set():  # who interrupts it knows
                tell_after(opened, note)
        document = describe(opened, made)
    if as_json:
        dump(document)
    else:
        typer.echo(f"{made.key} is {made.state}, revision {made.revision.number}.")
        typer.echo(f"  {document['headline']}")
        for finding in document["report"]["findings"]:
            typer.echo(f"  {finding_line(finding)}")
        note(f"Look at it: newsletter editions export {made.key} DIR")
        note(f"Approve it: newsletter approve {made.key} --as EDITOR")
    return ExitCode.CHECK_FAILED if document["blocked"] else ExitCode.DONE


def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Markdown, text or HTML; - reads text.")],
    facts: Annotated[Path, typer.Option("--facts", help="Ledger from `newsletter facts --json`.")],
    as_json: Json = False,
) -> int:
    """Prove any text against a ledger; exit 1 when it is blocked."""
    del context
    from newsletter.compute.facts import Ledger
    from newsletter.preflight.check import check as prove
    from newsletter.preflight.text.document import Document

    text = _text(file)
    try:
        ledger = Ledger.from_json(json.loads(_text(facts)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{facts} is no ledger ({error}); make one with `newsletter facts --json`."
        ) from error
    report = prove(Document.of_file(file.name, text), ledger)
    if as_json:
        dump(report.to_json())
    else:
        for claim in report.claims:
            tail = f"  (true is {claim.expected})" if claim.expected else ""
            typer.echo(f"{claim.verdict:<13}{claim.text}  {claim.fact}{tail}")
        for finding in report.findings:
            typer.echo(f"{finding.severity}: {finding.rule} {finding.message}")
    return ExitCode.CHECK_FAILED if report.blocked else ExitCode.DONE


def collect(
    context: typer.Context,
    session: SessionOption = None,
    provider: ProviderOption = None,
    path: PathOption = None,
    explain: Annotated[
        str | None,
        typer.Option(help="Fetch nothing; say of this symbol where each kept value came from."),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            help="Believe the source of this symbol, whole and anew, although it differs."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch, check and freeze a session's inputs; print the snapshot's id."""
    if explain and accept:
        raise ConfigError("--explain looks and --accept changes; choose one of them.")
    with house(context, quiet=as_json) as opened:
        kind = next(iter(opened.config.editions))
        wanted = order(opened, kind, session, provider, path)
        if explain:
            from newsletter.collect.explain import as_text

            found = opened.explain(explain, wanted)
            if as_json:
                dump(found)
            else:
                typer.echo(as_text(found))
            return
        if accept:
            wanted["accept"] = " ".join(accept)
        id = opened.pipeline.collect(wanted)
    _print_id("snapshot", id, as_json)


def compute(
    context: typer.Context,
    snapshot: Annotated[str, typer.Argument(help="Id printed by `newsletter collect`.")],
    as_json: Json = False,
) -> None:
    """Turn a snapshot into facts; print the ledger's id."""
    with house(context) as opened:
        id = opened.pipeline.compute(snapshot)
    _print_id("ledger", id, as_json)


def draft(
    context: typer.Context,
    ledger: Annotated[str, typer.Argument(help="Id printed by `newsletter compute`.")],
    snapshot: Annotated[
        str, typer.Option(help="Id printed by `newsletter collect`; names the sources in print.")
    ] = "",
    edition: EditionOption = "evening",
    as_json: Json = False,
) -> None:
    """Write a briefing from a ledger; print the draft's id."""
    with house(context) as opened:
        session = opened.pipeline.ledger(ledger).session
        id = opened.pipeline.draft(f"{session}.{edition}", ledger, snapshot)
    _print_id("draft", id, as_json)


def render(
    context: typer.Context,
    draft: Annotated[str, typer.Argument(help="Id printed by `newsletter draft`.")],
    ledger: Annotated[str, typer.Argument(help="Id printed by `newsletter compute`.")],
    snapshot: Annotated[str, typer.Argument(help="Id printed by `newsletter collect`.")],
    edition: EditionOption = "evening",
    as_json: Json = False,
) -> None:
    """Lay a draft out as mail; print the mail's id."""
    with house(context) as opened:
        session = opened.pipeline.ledger(ledger).session
        id = opened.pipeline.render(f"{session}.{edition}", draft, ledger, snapshot)
    _print_id("rendered", id, as_json)


def preflight(
    context: typer.Context,
    rendered: Annotated[str, typer.Argument(help="Id printed by `newsletter render`.")],
    ledger: Annotated[str, typer.Argument(help="Id printed by `newsletter compute`.")],
    as_json: Json = False,
) -> int:
    """Prove a finished mail; exit 1 when it is blocked."""
    with house(context) as opened:
        id = opened.pipeline.preflight(rendered, ledger)
        report = opened.pipeline.report(id)
    if as_json:
        dump({"report": id, **report.to_json()})
    else:
        for finding in report.findings:
            typer.echo(f"{finding.severity}: {finding.rule} {finding.message}")
        typer.echo(f"report {id}: {len(report.claims)} claims, blocked: {report.blocked}")
    return ExitCode.CHECK_FAILED if report.blocked else ExitCode.DONE


def replay(context: typer.Context, key: Key, as_json: Json = False) -> int:
    """Rebuild a past edition from its snapshot; say identical, or show what differs."""
    with house(context) as opened:
        differences = opened.replay(edition_key(key))
    if as_json:
        dump({"key": key, "identical": not differences, "differences": differences})
    elif differences:
        typer.echo(f"{key} differs:")
        for line in differences:
            typer.echo(f"  {line}")
    else:
        typer.echo(f"{key}: identical")
    return ExitCode.CHECK_FAILED if differences else ExitCode.DONE


def plugins(as_json: Json = False) -> None:
    """List the signals, themes, rules and transports that were found."""
    from newsletter.plugins import found_plugins

    found: dict[str, Any] = found_plugins()
    if as_json:
        dump(found)
        return
    for kind, names in found.items():
        typer.echo(f"{kind}: {', '.join(names)}")


def _print_id(kind: str, id: str, as_json: bool) -> None:
    if as_json:
        dump({"kind": kind, "id": id})
    else:
        typer.echo(id)


def _text(path: Path) -> str:
    try:
        if str(path) == "-":
            return typer.get_text_stream("stdin").read()
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text; convert it first.") from error
