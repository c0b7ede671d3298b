"""What installs the product, and whether the product would take what it is given."""

from pathlib import Path
from typing import Final

import typer
import yaml

from newsletter.cli.main import app
from newsletter.cli.serve import Part

ROOT: Final = Path(__file__).resolve().parents[1]
UNITS: Final = sorted((ROOT / "deploy" / "systemd").iterdir())
PROGRAM: Final = "/opt/newsletter/bin/newsletter"
ROLES: Final = {str(part) for part in Part} | {"worker"}


def accepted(arguments, *, whole=True):
    """Parse a command line as the program does, up to where the command would begin.

    Where it is not whole, words may be missing that the command would take.
    """
    group = typer.main.get_command(app)
    context = group.make_context("newsletter", list(arguments), resilient_parsing=False)
    with context:
        given = [*context._protected_args, *context.args]
        name, command, rest = group.resolve_command(context, given)
        while hasattr(command, "commands"):
            name, command, rest = command.resolve_command(context, rest)
        if "--role" in rest:
            role = rest[rest.index("--role") + 1]
            assert role in ROLES, role
            rest = [*rest[: rest.index("--role")], *rest[rest.index("--role") + 2 :]]
        try:
            command.make_context(name, list(rest), parent=context)
        except typer.BadParameter as error:
            if whole or type(error).__name__ != "MissingParameter":
                raise
    return True


def composition():
    """Return compose.yaml, read."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text())
