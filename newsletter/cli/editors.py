"""Commands about editors."""

from typing import Annotated

import typer

from newsletter.cli.context import Json, dump, house, note, table
from newsletter.errors import ConfigError
from newsletter.review.roles import Role

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    editors = typer.Typer(help="People at the desk.", no_args_is_help=True)
    editors.command(name="add")(add_editor)
    editors.command(name="list")(list_editors)
    editors.command()(disable)
    editors.command()(invite)
    editors.command(name="reset-totp")(reset_totp)
    editors.command(name="release")(release_identity)
    app.add_typer(editors, name="editors")


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
