"""Commands about people: readers and editors."""

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.bounces import suppress, suppressed, unsuppress
from newsletter.cli.context import Json, dump, house, note, table
from newsletter.errors import ConfigError, ExitCode, NotFound, SendError
from newsletter.review.roles import Role

ListName = Annotated[str, typer.Option("--list", help="Which list.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    audience = typer.Typer(help="Readers.", no_args_is_help=True)
    audience.command()(add)
    audience.command(name="import")(import_csv)
    audience.command()(export)
    audience.command()(show)
    audience.command()(unsubscribe)
    audience.command()(erase)
    audience.command()(stats)
    audience.command()(suppress)
    audience.command()(unsuppress)
    audience.command()(suppressed)
    app.add_typer(audience, name="audience")
    editors = typer.Typer(help="People at the desk.", no_args_is_help=True)
    editors.command(name="add")(add_editor)
    editors.command(name="list")(list_editors)
    editors.command()(disable)
    editors.command()(invite)
    editors.command(name="reset-totp")(reset_totp)
    editors.command(name="release")(release_identity)
    app.add_typer(editors, name="editors")


def add(
    context: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option(help="May be empty.")] = "",
    list_name: ListName = "evening",
    consent: Annotated[str, typer.Option(help="How consent was given; kept as evidence.")] = (
        "added by the operator"
    ),
) -> None:
    """Add a reader."""
    with house(context) as opened:
        reader, new = _add(opened, email, name, list_name, consent)
    typer.echo(f"{reader.email} {'added to' if new else 'was already on'} {list_name}.")


def import_csv(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with the columns email and name.")],
    list_name: ListName = "evening",
) -> int:
    """Import readers from a CSV file; bad rows are reported with their line numbers."""
    added = known = 0
    bad: list[str] = []
    try:
        with house(context) as opened, file.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            if "email" not in (rows.fieldnames or ()):
                raise ConfigError(f"{file} has no column named 'email'; add a header line.")
            for row in rows:
                try:
                    email, name = row["email"] or "", row.get("name") or ""
                    _, new = _add(opened, email, name, list_name, f"imported from {file.name}")
                    added, known = added + new, known + (not new)
                except SendError as error:
                    bad.append(f"line {rows.line_num}: {error}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{file} cannot be read as CSV: {error}.") from error
    typer.echo(f"{added} added, {known} known before, {len(bad)} refused.")
    for line in bad:
        note(line)
    return ExitCode.CHECK_FAILED if bad else ExitCode.DONE


def export(context: typer.Context) -> None:
    """Write every subscription as CSV on stdout."""
    from newsletter.desk.sheets import defused

    columns = ("email", "name", "list", "status", "added_at", "consent")
    writer = csv.DictWriter(sys.stdout, columns, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    with house(context) as opened:
        for row in opened.audience.all():
            writer.writerow({name: defused(value) for name, value in row.items()})


def show(context: typer.Context, email: Email, as_json: Json = False) -> None:
    """Show what is kept about an address."""
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        found = opened.audience.find(normalise(email))
    if not found:
        raise NotFound(f"{email} is on no list.")
    documents = [
        {
            "email": reader.email,
            "name": reader.name,
            "list": reader.list,
            "active": reader.active,
            "consent": consent,
        }
        for reader, consent in found
    ]
    if as_json:
        dump(documents)
        return
    for document in documents:
        typer.echo("  ".join(f"{name}: {value}" for name, value in document.items()))


def unsubscribe(context: typer.Context, email: Email, list_name: ListName = "evening") -> None:
    """End a subscription."""
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        found = [r for r, _ in opened.audience.find(normalise(email)) if r.list == list_name]
        if not found:
            raise NotFound(f"{email} is not on the list {list_name}.")
        who, now = opened.alias(found[0].email), opened.clock.now()
        entry = AuditEntry(now, OPERATOR, "unsubscribed", who, {"list": list_name})
        ended = opened.audience.unsubscribe(found[0].id, entry)
    typer.echo(f"{email} {'left' if ended else 'had already left'} {list_name}.")


def erase(context: typer.Context, email: Email) -> None:
    """Remove everything kept about an address."""
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        address = normalise(email)
        entry = AuditEntry(opened.clock.now(), OPERATOR, "erased", opened.alias(address))
        count = opened.audience.erase(address, entry)
    if not count:
        raise NotFound(f"{email} is on no list.")
    typer.echo(f"{email} erased ({count} subscription{'s' if count > 1 else ''}).")


def stats(context: typer.Context, as_json: Json = False) -> None:
    """Count readers by list and status."""
    with house(context) as opened:
        found = opened.audience.stats()
    if as_json:
        dump(found)
        return
    rows = [(lst, status, str(n)) for lst, by in found.items() for status, n in by.items()]
    table(("list", "status", "readers"), rows)


def add_editor(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    email: Email,
    role: Annotated[
        Role, typer.Option(help="What they may do; to change it, disable and add again.")
    ] = Role.EDITOR,
) -> None:
    """Add an editor.

    A writer revises. An editor also approves, rejects and holds. Compliance overrides
    findings and writes nothing. An admin may do all of it.
    """
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        editor = opened.editors.add(name, normalise(email), opened.clock.now(), role)
    typer.echo(f"{editor.name} is at the desk now, as {editor.role}.")


def list_editors(context: typer.Context, as_json: Json = False) -> None:
    """List editors."""
    with house(context) as opened:
        found = opened.editors.all()
    if as_json:
        dump(
            [
                {"name": e.name, "email": e.email, "role": str(e.role), "active": e.active}
                for e in found
            ]
        )
        return
    table(
        ("editor", "email", "role", "status"),
        [(e.name, e.email, str(e.role), "active" if e.active else "disabled") for e in found],
    )


def disable(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Take an editor's rights away; the name stays in the audit log."""
    with house(context) as opened:
        opened.editors.disable(name, opened.clock.now())
    typer.echo(f"{name} is no longer at the desk.")


def invite(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    base_url: Annotated[str, typer.Option(help="Where the desk is, instead of desk.address.")] = "",
) -> None:
    """Print a link with which an editor sets a password: it works once, within 72 hours."""
    from newsletter.desk.security.invitations import Invitations, invitation_url
    from newsletter.review.desk import OPERATOR

    with house(context) as opened:
        settings = opened.config.desk
        if settings.oidc is not None and not settings.oidc.passwords:
            raise ConfigError(
                f"Passwords do not open this desk (desk.oidc.passwords is false); {name} signs in "
                f"with {settings.oidc.name} at {settings.address.rstrip('/')}/login."
            )
        base_url = base_url or opened.config.desk.address
        invitation_url(base_url, "")  # refuse a bad address before earlier invitations are void
        token = Invitations(opened.access, opened.clock).make(name, OPERATOR)
    typer.echo(invitation_url(base_url, token))
    note(f"Give it to {name} alone; it works once, within 72 hours.")


def reset_totp(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]
) -> None:
    """Void an editor's authenticator; the next login sets a new one up."""
    from newsletter.desk.security.totp import reset
    from newsletter.review.desk import OPERATOR

    with house(context) as opened:
        reset(opened.access, opened.clock, name, OPERATOR)
    typer.echo(f"{name} sets up a new authenticator at the next login.")


def release_identity(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]
) -> None:
    """Unbind an editor from their single sign-on; the next one with their address is bound."""
    from newsletter.desk.security.own import release
    from newsletter.review.desk import OPERATOR

    with house(context) as opened:
        release(opened.access, opened.clock, name, OPERATOR)
    typer.echo(f"{name} is bound anew at the next sign-in.")


def _add(opened: Any, email: str, name: str, list_name: str, consent: str) -> tuple[Any, bool]:
    from newsletter.send.addresses import clean_name, normalise

    lists = {kind.list for kind in opened.config.editions.values()}
    if list_name not in lists:
        known = ", ".join(sorted(lists))
        raise ConfigError(f"There is no list {list_name!r}; editions use {known}.")
    now = opened.clock.now()
    evidence = {"how": consent, "at": now.isoformat()}
    reader: tuple[Any, bool] = opened.audience.add(
        normalise(email), clean_name(name), list_name, evidence, now
    )
    return reader
