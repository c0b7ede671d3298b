"""The command for a first look: demo."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, dump, note
from newsletter.errors import ConfigError

DEMO_SESSION = "2026-08-10"
DEMO_EDITOR = "demo-editor"
DEMO_READERS = ("Alpha", "Beta", "Gamma")
_MADE = {
    "the mail, in a browser": "html",
    "its plain-text part": "text",
    "its web edition": "web",
    "its script to read aloud": "narration",
    "the mailbox (Maildir)": "mailbox",
    "every fact behind it": "ledger",
}
_OPTIONAL = {"web": "web.html", "narration": "narration.txt"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(demo)


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where to put it.")] = Path("demo"),
    session: Annotated[str, typer.Option("--session", metavar="DATE")] = DEMO_SESSION,
    as_json: Json = False,
) -> None:
    """Walk the whole path on the simulated sample market into a local mailbox."""
    from newsletter.cli.context import day

    date, config = day(session), _workspace(out)
    if not as_json:
        note("The sample market is simulated; its mail never leaves this machine.")
    result = _walk(out, config, date, (lambda _: None) if as_json else _told)
    if as_json:
        dump(result)
        return
    typer.echo(f"\n  {result['headline']}\n")
    for what, name in _MADE.items():
        if name in result:
            typer.echo(f"  {what:<26}{result[name]}")
    typer.echo(
        f"\n{result['proved']} of {result['claims']} claims proved, "
        f"{result['opinions']} are conditions or views; approved by "
        f"{result['approved_by']}, {result['accepted']} readers served."
    )


def _walk(out: Path, config: Path, session: dt.date, tell: Callable[[str], None]) -> dict[str, Any]:
    """Make, approve and deliver one sample edition in a workspace of its own."""
    from newsletter.app import House
    from newsletter.cli.editions import describe, write_files
    from newsletter.review.edition import State

    house = House(config, progress=lambda _done, _total, what: tell(what))
    try:
        key = f"{session.isoformat()}.{house.config.publication.exchange}.evening"
        _people(house)
        tell("collect, compute, draft, render, preflight")
        edition = house.run({"key": key, "provider": "sample"})
        tell(f"{key} is {edition.state}")
        if edition.state is State.IN_REVIEW:
            edition = house.desk.approve(edition.key, DEMO_EDITOR)
            tell(f"approved by {DEMO_EDITOR}")
        if edition.state in {State.APPROVED, State.SENDING}:
            house.deliver(edition.key)
        edition = house.editions.get(edition.key)
        document = describe(house, edition)
        write_files(house, edition, out / "edition")
    finally:
        house.close()
    claims = document["report"]["claims"]
    made = {name: out / "edition" / file for name, file in _OPTIONAL.items()}
    return {
        "key": key,
        "state": document["state"],
        "headline": document["headline"],
        "html": str(out / "edition" / "mail.html"),
        "text": str(out / "edition" / "mail.txt"),
        **{name: str(file) for name, file in made.items() if file.is_file()},
        "mailbox": str(out / "data" / "mailbox"),
        "ledger": str(out / "edition" / "ledger.json"),
        "claims": len(claims),
        "proved": sum(claim["verdict"] == "proved" for claim in claims),
        "opinions": sum(claim["verdict"] == "opinion" for claim in claims),
        "approved_by": DEMO_EDITOR,
        "accepted": document["deliveries"].get("accepted", 0),
    }


def _workspace(out: Path) -> Path:
    from newsletter import assets

    path = out / "config.yaml"
    try:
        if out.exists() and any(out.iterdir()) and not path.exists():
            raise ConfigError(f"{out} holds other things; name a new directory with --out.")
        out.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            shutil.copy(assets.find("config.yaml"), path)
    except OSError as error:
        raise _unusable(out, error) from error
    return path


def _unusable(directory: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{directory} cannot be used as a directory: {error.strerror}; name another one."
    )


def _people(house: Any) -> None:
    if not house.editors.is_active(DEMO_EDITOR):
        house.editors.add(DEMO_EDITOR, "editor@example.com", house.clock.now())
    now = house.clock.now()
    for name in DEMO_READERS:
        evidence = {"how": "sample reader of the demonstration", "at": now.isoformat()}
        house.audience.add(f"{name.lower()}@example.com", name, "evening", evidence, now)


def _told(text: str) -> None:
    note(f"  {text}")
