"""Commands of the desk: list, show, diff, export, revise, override, approve, plan, send."""

import dataclasses
import difflib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.bounces import numbers
from newsletter.cli.context import Json, Key, dump, edition_key, house, table
from newsletter.cli.findings import finding_line, shown_report
from newsletter.cli.hands import hand, told, transcript
from newsletter.cli.outgoing import send
from newsletter.errors import ConfigError, DraftError, ExitCode, NotFound

Reason = Annotated[str, typer.Option("--reason", help="One sentence; kept in the audit log.")]
As = Annotated[str, typer.Option("--as", metavar="EDITOR", help="Who acts.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Look at editions.", no_args_is_help=True)
    group.command(name="list")(list_editions)
    group.command()(show)
    group.command()(diff)
    group.command()(export)
    group.command()(revise)
    group.command()(transcript)
    group.command()(numbers)
    app.add_typer(group, name="editions")
    app.command()(override)
    app.command()(approve)
    app.command()(reject)
    app.command()(hold)
    app.command()(cancel)
    app.command()(send)
    app.command()(audit)


def describe(opened: Any, edition: Any) -> dict[str, Any]:
    """Return an edition as plain JSON data."""
    from newsletter.draft.claims import filled

    revision = edition.revision
    pipeline = opened.pipeline
    draft = filled(pipeline.written(revision.draft), pipeline.ledger(revision.ledger))
    approval, paused = edition.approval, opened.pausing.of(edition)
    deliveries = opened.deliveries.counts(str(edition.key))
    return {
        "schema": "edition/1",
        "key": str(edition.key),
        "state": str(edition.state),
        "created_at": edition.created_at.isoformat(),
        "expires_at": edition.expires_at.isoformat(),
        "reason": edition.reason,
        "revision": revision.number,
        "author": revision.author,
        "hand": hand(draft),
        "content": revision.content,
        "snapshot": revision.snapshot,
        "ledger": revision.ledger,
        "draft": revision.draft,
        "rendered": revision.rendered,
        "blocked": opened.desk.blocked(edition),
        "approval": approval
        and {"editor": approval.editor, "at": approval.at.isoformat(), "content": approval.content},
        "paused": paused and paused.to_json(),
        "overrides": [
            {**dataclasses.asdict(one), "at": one.at.isoformat()} for one in edition.overrides
        ],
        "theme": draft.theme,
        "headline": draft.headline,
        "dek": draft.dek,
        "words": len(draft.body().split()),
        "corrects": str(edition.key.corrects) if edition.key.corrects else None,
        "corrected_by": [str(one.key) for one in opened.corrections.of(edition.key)],
        "deliveries": {str(state): count for state, count in sorted(deliveries.items())},
        "report": shown_report(pipeline.report(revision.report), edition),
    }


def list_editions(context: typer.Context, as_json: Json = False) -> None:
    """List editions, latest session first."""
    with house(context) as opened:
        found = opened.editions.all()
        blocked = {each.key: opened.desk.blocked(each) for each in found}
    if as_json:
        dump(
            [
                {
                    "key": str(each.key),
                    "state": str(each.state),
                    "revision": each.revision.number,
                    "blocked": blocked[each.key],
                }
                for each in found
            ]
        )
        return
    rows = [
        (
            str(each.key),
            str(each.state),
            str(each.revision.number),
            each.approval.editor if each.approval else "",
        )
        for each in found
    ]
    table(("edition", "state", "revision", "approved by"), rows)


def show(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """Show an edition with its claims and findings."""
    with house(context) as opened:
        edition = opened.editions.get(edition_key(key))
        document = describe(opened, edition)
        text = opened.pipeline.mail(edition.revision.rendered).text
    if as_json:
        dump(document)
        return
    typer.echo(f"{document['key']}  {document['state']}  revision {document['revision']}")
    typer.echo(f"content {document['content']}")
    for line in told(document["hand"]):
        typer.echo(line)
    claims = document["report"]["claims"]
    proved, opinions = (
        sum(claim["verdict"] == verdict for claim in claims) for verdict in ("proved", "opinion")
    )
    typer.echo(f"{proved} of {len(claims)} claims proved, {opinions} are conditions or views")
    for finding in document["report"]["findings"]:
        typer.echo(finding_line(finding))
    for one in document["overrides"]:
        typer.echo(
            f"override: {one['finding']} {one['rule']} “{one['words']}” by {one['editor']} "
            f"({one['role']}): {one['reason']}"
        )
    typer.echo("")
    typer.echo(text)


def diff(
    context: typer.Context,
    key: Key,
    first: Annotated[int, typer.Argument(metavar="A", help="Revision number.")],
    second: Annotated[int, typer.Argument(metavar="B", help="Revision number.")],
) -> None:
    """Show what changed between two revisions, in the text readers get."""
    with house(context) as opened:
        revisions = {each.number: each for each in opened.editions.revisions(edition_key(key))}
        for number in (first, second):
            if number not in revisions:
                known = ", ".join(map(str, revisions)) or "none"
                raise NotFound(f"{key} has no revision {number}; it has {known}.")
        old, new = (
            opened.pipeline.mail(revisions[number].rendered).text.splitlines()
            for number in (first, second)
        )
    lines = difflib.unified_diff(old, new, f"revision {first}", f"revision {second}", lineterm="")
    for line in lines:
        typer.echo(line)


def export(
    context: typer.Context,
    key: Key,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is missing.")],
) -> None:
    """Write mail, web edition, narration, draft, facts and report of an edition as files."""
    with house(context) as opened:
        count = write_files(opened, opened.editions.get(edition_key(key)), directory)
    typer.echo(f"{count} files in {directory}; open {directory / 'mail.html'} in a browser")


def write_files(opened: Any, edition: Any, directory: Path) -> int:
    """Write an edition's contents as files; return how many.

    Raises
    ------
    ConfigError
        If the directory cannot be written.
    """
    from newsletter.render.correction import with_corrections
    from newsletter.render.standalone import standalone_html
    from newsletter.render.web import published

    revision, pipeline = edition.revision, opened.pipeline
    mail = pipeline.mail(revision.rendered)
    files: dict[str, bytes] = {
        "mail.html": standalone_html(mail).encode(),
        "mail.txt": mail.text.encode(),
        "draft.json": _pretty(pipeline.artefacts.get("draft", revision.draft)),
        "ledger.json": _pretty(pipeline.artefacts.get("ledger", revision.ledger)),
        "report.json": _pretty(pipeline.artefacts.get("report", revision.report)),
        "edition.json": _pretty(json.dumps(describe(opened, edition)).encode()),
        **{f"{image.name}.png": image.png for image in mail.images},
    }
    if mail.web:  # editions kept before there was one have none
        page = with_corrections(published(mail.web, mail.images), told_since(opened, edition.key))
        files["web.html"] = page.encode()
        files["narration.txt"] = mail.narration.encode()
    asked = pipeline.written(revision.draft).transcript
    if asked:
        files["transcript.json"] = _pretty(pipeline.artefacts.get("transcript", asked))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (directory / name).write_bytes(data)
    except OSError as error:
        raise ConfigError(f"{directory} cannot be written: {error.strerror}.") from error
    return len(files)


def told_since(opened: Any, key: Any) -> list[tuple[Any, Any]]:
    """Return what readers were told of an edition since: its corrections that went out."""
    from newsletter.review.edition import State

    pipeline, sent = opened.pipeline, {State.SENDING, State.SENT}
    revisions = [one.revision for one in opened.corrections.of(key) if one.state in sent]
    return [(pipeline.written(one.draft), pipeline.ledger(one.ledger)) for one in revisions]


def revise(
    context: typer.Context,
    key: Key,
    draft: Annotated[Path, typer.Argument(help="An edited draft.json, as exported.")],
    editor: As,
    as_json: Json = False,
) -> int:
    """Put an edited draft through render and preflight as the next revision."""
    from newsletter.draft.claims import Draft

    try:
        edited = Draft.from_json(json.loads(draft.read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError, DraftError) as error:
        reason = str(error).rstrip(".")
        raise ConfigError(f"{draft} cannot be read as a draft: {reason}.") from error
    with house(context, quiet=as_json) as opened:
        edition = opened.revise(edition_key(key), edited, editor)
        document = describe(opened, edition)
    return tell(document, as_json)


def override(
    context: typer.Context,
    key: Key,
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="Its key, from `newsletter editions show`.")
    ],
    editor: As,
    reason: Reason,
    as_json: Json = False,
) -> int:
    """Answer for a blocking finding, with a reason; takes compliance or admin.

    It holds for this revision only. A contradicted figure, a missing notice or disclosure,
    an unfilled slot, stale data, parts that differ and an unsourced citation stay blocked.
    Exit 1 while other findings still block.
    """
    with house(context) as opened:
        edition = opened.desk.override(edition_key(key), finding, editor, reason)
        document = describe(opened, edition)
    return tell(document, as_json)


def approve(context: typer.Context, key: Key, editor: As, as_json: Json = False) -> int:
    """Approve exactly the bytes of the latest revision."""
    with house(context) as opened:
        edition = opened.desk.approve(edition_key(key), editor)
        document = describe(opened, edition)
    return tell(document, as_json)


def reject(
    context: typer.Context, key: Key, reason: Reason, editor: As = "", as_json: Json = False
) -> int:
    """Reject an edition; it is not sent."""
    return _decide(context, key, "rejected", reason, editor, as_json)


def hold(
    context: typer.Context, key: Key, reason: Reason, editor: As = "", as_json: Json = False
) -> int:
    """Hold an edition back until it is revised or released."""
    return _decide(context, key, "held", reason, editor, as_json)


def cancel(
    context: typer.Context, key: Key, reason: Reason, editor: As = "", as_json: Json = False
) -> int:
    """Cancel an edition for good."""
    return _decide(context, key, "cancelled", reason, editor, as_json)


def audit(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="One edition.")] = None,
    as_json: Json = False,
) -> int:
    """Print the audit log and check its chain of hashes; exit 1 when it is broken."""
    with house(context) as opened:
        entries = opened.audit.entries(key)
        broken = opened.audit.first_broken()
    if as_json:
        listed = [
            {
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "detail": dict(entry.detail),
            }
            for entry in entries
        ]
        dump({"entries": listed, "first_broken": broken})
    else:
        for entry in entries:
            detail = ", ".join(f"{name} {value}" for name, value in entry.detail.items())
            typer.echo(
                f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor}  {entry.action}  "
                f"{entry.subject}  {detail}"
            )
        typer.echo("chain intact" if broken is None else f"chain broken at entry {broken}")
    return ExitCode.DONE if broken is None else ExitCode.CHECK_FAILED


def _decide(
    context: typer.Context, key: str, state: str, reason: str, editor: str, as_json: bool
) -> int:
    from newsletter.review.desk import OPERATOR
    from newsletter.review.edition import State

    with house(context) as opened:
        edition = opened.desk.decide(edition_key(key), State(state), editor or OPERATOR, reason)
        document = describe(opened, edition)
    tell(document, as_json)
    return ExitCode.DONE


def tell(document: dict[str, Any], as_json: bool) -> int:
    """Print an edition in one line and its findings; return 1 where it is blocked."""
    if as_json:
        dump(document)
    else:
        typer.echo(
            f"{document['key']} is {document['state']}, revision {document['revision']}, "
            f"content {document['content'][:12]}."
        )
        for finding in document["report"]["findings"]:
            typer.echo(f"  {finding_line(finding)}")
    return ExitCode.CHECK_FAILED if document["blocked"] else ExitCode.DONE


def _pretty(data: bytes) -> bytes:
    return json.dumps(json.loads(data), ensure_ascii=False, indent=1).encode() + b"\n"
