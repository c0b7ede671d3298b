"""Commands about the keys that sign mail: make one, and compare it with what the DNS shows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.context import Json, dump, house, note
from newsletter.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from newsletter.signatures import Signature

SECONDS = 10.0
"""How long the DNS has for an answer."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Keys that sign mail (DKIM).", no_args_is_help=True)
    group.command(name="make")(make)
    group.command(name="check")(check)
    app.add_typer(group, name="dkim")


def make(
    selector: Annotated[str, typer.Option(help="A new name for each key, e.g. s2026.")],
    domain: Annotated[str, typer.Option(help="The domain of from_address, or one above it.")],
    out: Annotated[Path, typer.Option(help="Where the private key goes; must not be there yet.")],
    bits: Annotated[int, typer.Option(help="Length of an RSA key, 2048 to 4096.")] = 2048,
    ed25519: Annotated[
        bool, typer.Option("--ed25519", help="A key for the second signature.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a private key that only its owner can read, and print the DNS record to publish."""
    from newsletter.send.keyring import made, place, record, zone_line

    _named(selector, domain)
    key, pem = made(bits=bits, ed25519=ed25519)
    _write(out, pem)
    name, text = place(selector, domain), record(key)
    if as_json:
        dump({"file": str(out), "name": name, "type": "TXT", "value": text})
        return
    typer.echo(zone_line(name, text))
    note(f"The private key is in {out}; keep it out of backups that others read.")
    note("Publish the record, wait until `newsletter dkim check` finds it, then sign with it.")


def check(
    context: typer.Context,
    sender: Annotated[str, typer.Option(help="One of senders; else all that sign.")] = "",
    as_json: Json = False,
) -> int:
    """Compare the keys that sign mail with what the DNS shows of them.

    The record to publish is printed for each. The exit code is 1 where one is missing or wrong.
    """
    with house(context, quiet=True) as opened:
        senders = opened.config.senders
        if sender and sender not in senders:
            raise ConfigError(f"--sender is {sender!r}; config.yaml has {', '.join(senders)}.")
        names = [one for one in ([sender] if sender else senders) if senders[one].dkim]
        if not names:
            asked = f"The sender {sender}" if sender else "No sender"
            has = "has no dkim" if sender else "has dkim"
            raise ConfigError(f"{asked} {has} in config.yaml; there is no key to check.")
        found = [row for one in names for row in _rows(opened, one)]
    if as_json:
        dump(found)
    for row in () if as_json else found:
        typer.echo(row["record"])
        note(f"{row['sender']}: {row['problem'] or 'the DNS shows this key.'}")
    return ExitCode.CHECK_FAILED if any(row["problem"] for row in found) else ExitCode.DONE


def _rows(opened: Any, sender: str) -> list[dict[str, str]]:
    from newsletter.send.keyring import place, published, record, zone_line

    stamp, rows = opened.stamp(sender), []
    for key in stamp.keys:
        name = place(key.selector, stamp.domain)
        line = zone_line(name, record(key.private))
        try:
            problem = published(name, key.private, texts)
        except ConfigError as error:  # the record to publish is shown all the same
            problem = str(error)
        rows.append({"sender": sender, "name": name, "record": line, "problem": problem})
    return rows


def texts(name: str) -> Sequence[str]:
    """Return the TXT records that the machine's resolver finds at a name.

    Raises
    ------
    ConfigError
        If the DNS cannot be asked.
    """
    try:
        import dns.exception
        import dns.resolver
    except ImportError as error:
        raise ConfigError(
            "The DNS cannot be asked without dnspython; install rotation-newsletter[dns], or ask "
            f"it yourself: `dig +short TXT {name}`."
        ) from error
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise ConfigError(
            f"The DNS gave no answer about {name} ({type(error).__name__}); try again, or look at "
            "this machine's resolver."
        ) from error
    return [b"".join(row.strings).decode("ascii", "replace") for row in answer]


def _named(selector: str, domain: str) -> "Signature":
    """Read the two names as config.yaml would."""
    from pydantic import ValidationError

    from newsletter.signatures import Signature

    try:
        return Signature(selector=selector, domain=domain)
    except ValidationError as error:
        which = error.errors()[0]["loc"][0]
        raise ConfigError(
            f"--{which} is no name of the DNS in lower-case letters, digits and hyphens; one looks "
            f"like {'s2026' if which == 'selector' else 'news.example.com'}."
        ) from error


def _write(path: Path, pem: bytes) -> None:
    """Write a new file of mode 0600; never over one that is there."""
    try:
        path.touch(mode=0o600, exist_ok=False)
        try:
            path.write_bytes(pem)
        except OSError:
            path.unlink()
            raise
    except FileExistsError as error:
        raise ConfigError(
            f"{path} is there already and is not written over; name another file with --out."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}; name another file with --out."
        ) from error
