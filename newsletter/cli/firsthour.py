"""What follows a new workspace: a look at all it needs, an editor, an edition, its preview."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from newsletter.cli.context import note
from newsletter.cli.questions import Asker
from newsletter.config import environment
from newsletter.errors import DataUnavailable, ReviewError

if TYPE_CHECKING:
    from newsletter.app import House
    from newsletter.review.edition import Edition

SAMPLE_SESSION = "2026-08-10"
"""Of the sample market; the key of tonight's edition stays free."""


def go(directory: Path) -> str:
    """Return how a shell goes into a directory, empty where it is there."""
    here = directory.resolve() == Path.cwd()
    return "" if here else f"cd {shlex.quote(str(directory))} && "


def begin(directory: Path, asker: Asker) -> int:
    """Look a workspace over, appoint who asks, make an edition and show it."""
    from newsletter.app import House

    house = House(directory / "config.yaml", progress=_told)
    try:
        answers = _looked_over(house)
        _appointed(house, asker)
        edition = _edition(house, answers)
    finally:
        house.close()
    if edition is None:
        return later(directory, asker)
    _shown(directory, edition, asker)
    return 0


def later(directory: Path, asker: Asker) -> int:
    """Say how to go on without a first edition."""
    typer.echo("\nTo go on:")
    typer.echo(f"  {go(directory)}newsletter doctor")
    who = f"{shlex.quote(asker.name)} {asker.email}" if asker.email else "NAME EMAIL"
    typer.echo(f"  newsletter editors add {who} --role admin")
    typer.echo("  newsletter run")
    return 0


def _looked_over(house: "House") -> bool:
    """Print what `newsletter doctor` finds that is not well; tell whether the source answers."""
    from newsletter.cli import doctor
    from newsletter.doctor.examination import examine

    typer.echo("\nLooking the workspace over …")
    found = examine(house)
    # Nobody is at the desk yet, and no reader: that comes next.
    told = [one for one in found if one.health not in {"ok", "unknown"}]
    doctor.show(told)
    typer.echo(f"{doctor.verdict(found)} `newsletter doctor` shows all of it.")
    return not any(one.check == "data" and one.health == "bad" for one in found)


def _appointed(house: "House", asker: Asker) -> None:
    from newsletter.review.roles import Role

    try:
        editor = house.editors.add(asker.name, asker.email, house.clock.now(), Role.ADMIN)
    except ReviewError as error:  # the name means something already
        note(f"{error} Appoint yourself with `newsletter editors add`.")
        return
    typer.echo(f"\n{editor.name} is at the desk now, as {editor.role}.")


def _edition(house: "House", answers: bool) -> "Edition | None":
    """Make an edition of the last session, or of the sample market where that cannot be had."""
    from newsletter.cli.context import order

    bars = house.config.providers.bars
    if answers:
        wanted = order(house, "evening", None, None, None)
        typer.echo(f"Making {wanted['key']} from {bars}; the first time that takes minutes …")
        try:
            return house.run(wanted)
        except DataUnavailable as error:
            note(str(error))
    else:
        note(f"{bars} does not answer, as said above.")
    typer.echo("So that you see one, an edition is made of the sample market: its figures are")
    typer.echo("simulated. Once the source answers, `newsletter run` makes a real one.")
    exchange = house.config.publication.exchange
    return house.run({"key": f"{SAMPLE_SESSION}.{exchange}.evening", "provider": "sample"})


def _shown(directory: Path, edition: "Edition", asker: Asker) -> None:
    from newsletter.cli.preview import show

    typer.echo(f"\n{edition.key} is {edition.state}, revision {edition.revision.number}.")
    typer.echo("Ctrl-C ends the preview; then:")
    name = shlex.quote(asker.name)
    typer.echo(f"  {go(directory)}newsletter send {edition.key} --to {asker.email}")
    typer.echo(f"  newsletter approve {edition.key} --as {name}")
    typer.echo("  newsletter serve")
    show(directory / "config.yaml", str(edition.key), open_browser=_has_browser())


def _has_browser() -> bool:
    """Tell whether a window can open; a browser of text would take the terminal over."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return any(environment(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _told(done: int, total: int, what: Any) -> None:
    note(f"  {what}" + (f" {done}/{total}" if total > 1 else ""))
