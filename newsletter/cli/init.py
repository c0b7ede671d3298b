"""The command that makes a workspace; where somebody sits at a terminal it asks for its names."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.answers import Answers, Server, loaded, written
from newsletter.cli.questions import PORTS, Asker, Questions, address, jurisdictions, one_line
from newsletter.errors import ConfigError

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")]
Words = Annotated[str | None, typer.Option(show_default=False)]
Name = Annotated[str | None, typer.Option(help="Of the publication.")]
Publisher = Annotated[str | None, typer.Option(help="A person or a company.")]
Postal = Annotated[str | None, typer.Option(help="Printed in each mail; the law wants it.")]
Contact = Annotated[str | None, typer.Option(help="Where readers write to.")]
BaseUrl = Annotated[str | None, typer.Option(help="Where the public pages will be reached.")]
From = Annotated[str | None, typer.Option("--from", help="Address that mail comes from.")]
FromName = Annotated[str | None, typer.Option(help="Name that mail comes from.")]
Zone = Annotated[str | None, typer.Option(help="E.g. Europe/Berlin, for display.")]
Way = Annotated[str | None, typer.Option("--sender", help="maildir (this machine) or smtp.")]
Host = Annotated[str | None, typer.Option(help="Mail server; means --sender smtp.")]
Port = Annotated[int | None, typer.Option(help="Else 465 with tls, 587 with starttls.")]
Security = Annotated[str | None, typer.Option(help="tls, starttls; none only to this machine.")]
User = Annotated[str | None, typer.Option(help="Its password: NEWSLETTER_SMTP_PASSWORD.")]
ModelName = Annotated[str | None, typer.Option(help="house, or the name of a model.")]
ModelUrl = Annotated[str | None, typer.Option(help="A service that speaks as OpenAI does.")]
Lands = Annotated[str | None, typer.Option(help="Where readers live: US,EU,UK,CA,IN.")]
Editor = Annotated[str | None, typer.Option(help="Your name, for the first edition's desk.")]
Email = Annotated[str | None, typer.Option(help="Your e-mail address.")]
Ask = Annotated[bool | None, typer.Option("--ask/--no-input", help="Else asks at a terminal.")]
Yes = Annotated[bool, typer.Option("--yes", help="Take every default; as --no-input.")]
First = Annotated[
    bool | None, typer.Option(help="Look it over, make an edition of the last session, show it.")
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(init)


def init(
    directory: Directory,
    name: Name = None,
    publisher: Publisher = None,
    postal_address: Postal = None,
    contact: Contact = None,
    base_url: BaseUrl = None,
    from_address: From = None,
    from_name: FromName = None,
    zone: Zone = None,
    sender: Way = None,
    smtp_host: Host = None,
    smtp_port: Port = None,
    smtp_security: Security = None,
    smtp_user: User = None,
    model: ModelName = None,
    model_url: ModelUrl = None,
    jurisdiction: Lands = None,
    editor: Editor = None,
    email: Email = None,
    ask: Ask = None,
    yes: Yes = False,
    first_edition: First = None,
) -> int:
    """Make a workspace: config.yaml, templates/, prompts/.

    At a terminal it asks what it is called and who publishes it, and makes a first edition.
    """
    asked = not yes and (sys.stdin.isatty() if ask is None else ask)
    answers = Answers(
        name=_line(name), publisher=_line(publisher), postal_address=_line(postal_address),
        contact=_line(contact), base_url=_line(base_url), zone=_line(zone),
        from_name=_line(from_name), from_address=_line(from_address),
        server=_server(sender, smtp_host, smtp_port, smtp_security, smtp_user),
        model="" if model == "house" else _line(model), model_url=_line(model_url),
        jurisdictions=jurisdictions(jurisdiction) if jurisdiction is not None else None,
    )  # fmt: skip
    asker = Asker(_line(editor) or "", address(email) if email else "")
    return _made(directory, answers, asker, asked=asked, first=first_edition)


def _made(
    directory: Path, answers: Answers, asker: Asker, *, asked: bool, first: bool | None
) -> int:
    """Make a workspace, ask what is to be asked, and go on to its first edition."""
    from newsletter import assets
    from newsletter.cli import firsthour

    if first and not asked and not (asker.name and asker.email):
        raise ConfigError("--first-edition needs --editor NAME and --email ADDRESS, or --ask.")
    shipped = assets.find("config.yaml").read_text(encoding="utf-8")
    if asker.email and answers.contact is None:
        answers = replace(answers, contact=asker.email)
    if answers.name and answers.from_name is None and not asked:
        answers = replace(answers, from_name=answers.name)
    text = written(shipped, answers)
    loaded(text)  # a wrong option is told before anything is made
    make(directory, text)
    target = directory / "config.yaml"
    if not asked and not first:
        typer.echo(f"A workspace was made; edit {target}, then:")
        typer.echo(f"  {firsthour.go(directory)}newsletter run --provider sample")
        return 0
    try:
        if asked:
            typer.echo(f"{directory} is a workspace now. Enter takes what stands in brackets.\n")
            asker = Questions(shipped, answers, _saver(target)).put(asker)
            typer.echo(f"\nThe answers stand in {target}; every key there is commented.")
            if first is None:
                first = typer.confirm(
                    "Make a first edition now, of the last session?", default=True
                )
        return firsthour.begin(directory, asker) if first else firsthour.later(directory, asker)
    except (KeyboardInterrupt, typer.Abort) as error:
        raise ConfigError(
            f"interrupted; {directory} is a workspace all the same: "
            f"`{firsthour.go(directory)}newsletter run` goes on."
        ) from error


def make(directory: Path, text: str) -> None:
    """Make the files of a workspace.

    Raises
    ------
    ConfigError
        If the directory is not empty, or cannot be written.
    """
    from newsletter import assets

    try:
        if directory.exists() and any(directory.iterdir()):
            raise ConfigError(f"{directory} is not empty; name a new directory for the workspace.")
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copymode(assets.find("config.yaml"), _written(directory / "config.yaml", text))
        for name in ("templates", "prompts"):
            for path, content in assets.texts(name).items():
                target = directory / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{directory} cannot be used as a directory: {error.strerror}; name another one."
        ) from error


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _saver(target: Path) -> Callable[[str], None]:
    def save(text: str) -> None:
        # In one step: whoever interrupts finds the answers before or those with the last.
        beside = target.with_name(f".{target.name}.new")
        try:
            _written(beside, text).replace(target)
        except OSError as error:
            raise ConfigError(f"{target} cannot be written: {error.strerror}.") from error

    return save


def _server(
    way: str | None, host: str | None, port: int | None, security: str | None, user: str | None
) -> Server | None:
    """Return the mail server that options name, None where mail stays on this machine.

    Raises
    ------
    ConfigError
        If they contradict each other.
    """
    if way not in {None, "maildir", "smtp"}:
        raise ConfigError(f"--sender is {way!r}; it is maildir or smtp.")
    if way == "maildir" or not (way or host or port or security or user):
        if host or port or security or user:
            raise ConfigError("--sender maildir stays on this machine; leave out --smtp-….")
        return None
    if not host:
        raise ConfigError("--sender smtp needs --smtp-host, the name of the mail server.")
    secured = security or ("starttls" if port == PORTS["starttls"] else "tls")
    if secured not in PORTS:
        raise ConfigError(f"--smtp-security is {security!r}; it is {', '.join(PORTS)}.")
    return Server(one_line(host), port or PORTS[secured], secured, one_line(user or ""))


def _line(text: str | None) -> str | None:
    return None if text is None else one_line(text)
