"""The few questions of `newsletter init`: each has a default, and a wrong answer is asked anew."""

import contextlib
import getpass
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import typer

from newsletter.cli.answers import Answers, Server, loaded, written
from newsletter.errors import ConfigError

PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a workspace, and is appointed to its desk."""

    name: str = ""
    email: str = ""


class Questions:
    """The questions, in their order.

    Parameters
    ----------
    shipped : str
        The text of config.yaml as shipped.
    answers : Answers
        What the command line has answered already; that is not asked.
    save : callable
        Told the text after each answer, so that an interruption loses none.
    """

    def __init__(self, shipped: str, answers: Answers, save: Callable[[str], None]) -> None:
        self.answers = answers
        self._shipped, self._save = shipped, save
        self._config: Any = loaded(written(shipped, answers))

    def put(self, asker: Asker) -> Asker:
        """Ask all that is not answered yet; return who asks."""
        shipped = self._config.publication
        self._one("name", "Name of the publication", shipped.name)
        asker = _person(asker, shipped.contact)
        if self.answers.contact is None:
            self._take(contact=asker.email)
        self._one("publisher", "Who publishes it, a person or a company", asker.name)
        self._one("postal_address", "Postal address, printed in each mail", shipped.postal_address)
        self._one("zone", "Time zone", machine_zone() or shipped.time_zone)
        self._one("from_name", "Mail is from, by name", self._config.publication.name)
        self._one("from_address", "Mail is from, by address", asker.email)
        self._way_out()
        self._hand()
        self._jurisdictions()
        return asker

    def _one(self, field: str, question: str, default: str) -> None:
        """Ask for a text, until it makes a configuration that loads."""
        if getattr(self.answers, field) is not None:
            return
        self._until(lambda: {field: _answer(question, default)})

    def _way_out(self) -> None:
        if self.answers.server is not None:
            return
        way = _choice("Mail goes to a mailbox on this machine, or by smtp", ("mailbox", "smtp"))
        if way == "smtp":
            self._until(lambda: {"server": _server()})
            if self.answers.server and self.answers.server.username:
                typer.echo("  Its password is not kept here: set NEWSLETTER_SMTP_PASSWORD.")

    def _hand(self) -> None:
        if self.answers.model is not None:
            return
        hand = _choice(
            "Written by the house writer (rules, no model) or by a model", ("house", "model")
        )
        if hand == "model":
            self._until(_model)
            typer.echo("  Its key is not kept here: set NEWSLETTER_MODEL_KEY.")

    def _jurisdictions(self) -> None:
        if self.answers.jurisdictions is not None:
            return
        question = "Readers live in (US, EU, UK, CA, IN; several with commas)"
        self._until(lambda: {"jurisdictions": jurisdictions(_answer(question, "US"))})

    def _until(self, ask: Callable[[], dict[str, Any]]) -> None:
        while True:
            try:
                return self._take(**ask())
            except ConfigError as error:
                typer.echo(f"  {error}")

    def _take(self, **more: Any) -> None:
        answers = replace(self.answers, **more)
        text = written(self._shipped, answers)
        self._config = loaded(text)
        self.answers = answers
        self._save(text)


def one_line(text: str) -> str:
    """Return an answer without spaces at its ends.

    Raises
    ------
    ConfigError
        If it is more than a line of text.
    """
    from newsletter.send.addresses import UNPRINTABLE

    if UNPRINTABLE.search(text):
        raise ConfigError("An answer is one line of text without control characters.")
    return text.strip()


def jurisdictions(text: str) -> tuple[str, ...]:
    """Return jurisdictions as they are written with commas.

    Examples
    --------
    >>> jurisdictions("us, EU ,")
    ('US', 'EU')
    """
    found = [part.strip().upper() for part in text.split(",")]
    return tuple(dict.fromkeys(part for part in found if part))


def machine_zone() -> str:
    """Return the machine's own time zone as IANA names it; empty where that is not known."""
    from newsletter.config import environment

    named = [(environment("TZ") or "").lstrip(":")]
    with contextlib.suppress(OSError):
        named.append(Path("/etc/timezone").read_text(encoding="ascii", errors="replace").strip())
    with contextlib.suppress(OSError):
        named.append(str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")[2])
    known = available_timezones()
    return next((name for name in named if name in known), "")


def _person(asker: Asker, contact: str) -> Asker:
    """Ask who sits at the desk."""
    name, email = asker.name, asker.email
    while not name:
        with _told():
            name = one_line(_answer("Your name", _user()))
    while not email:
        with _told():
            email = address(_answer("Your e-mail address", contact))
    return Asker(name, email)


def address(text: str) -> str:
    """Return an e-mail address as it is kept.

    Raises
    ------
    ConfigError
        If it is none.
    """
    from newsletter.send.addresses import AddressError, normalise

    try:
        return normalise(text)
    except AddressError as error:
        raise ConfigError(str(error)) from error


@contextlib.contextmanager
def _told() -> Any:
    try:
        yield
    except ConfigError as error:
        typer.echo(f"  {error}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "editor"


def _server() -> Server:
    host = _answer("  Mail server", "localhost")
    usual = "none" if host in {"localhost", "127.0.0.1", "::1"} else "tls"
    security = _choice("  Encryption", ("tls", "starttls", "none"), usual)
    port = _answer("  Port", str(PORTS[security]))
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError(f"A port is a number from 1 to 65535, not {port!r}.")
    return Server(host, int(port), security, _answer("  User name, empty for none", ""))


def _model() -> dict[str, Any]:
    url = _answer("  Address of its service, empty for OpenAI's", "")
    name = _answer("  Name of the model", "")
    if not name:
        raise ConfigError("A model has a name, by which its service knows it.")
    return {"model": name, "model_url": url}


def _choice(question: str, among: tuple[str, ...], default: str = "") -> str:
    while True:
        found = _answer(f"{question} ({', '.join(among)})", default or among[0]).lower()
        if found in among:
            return found
        typer.echo(f"  It is one of {', '.join(among)}.")


def _answer(question: str, default: str) -> str:
    found = str(typer.prompt(question, default=default, show_default=bool(default)))
    return one_line(found)
