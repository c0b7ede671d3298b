"""Commands about what became of mails: bounces and complaints, suppressed addresses, numbers."""

import mailbox
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Json, Key, dump, edition_key, house, note, table
from newsletter.errors import ConfigError, NotFound

Address = Annotated[str, typer.Argument(metavar="ADDRESS")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of their own group."""
    group = typer.Typer(help="What comes back: bounces and complaints.", no_args_is_help=True)
    group.command()(fetch)
    group.command()(read)
    group.command()(queue)
    group.command()(done)
    app.add_typer(group, name="bounces")


def fetch(context: typer.Context, as_json: Json = False) -> None:
    """Read what is new in the mailbox of config.yaml's `bounces`, each mail once."""
    tally: Counter[str] = Counter()
    with house(context) as opened, opened.mailbox() as box:
        known = opened.reports.fetched(box.name, box.validity)
        for number, data in box.unread(known):
            _count(tally, *opened.read_bounce(data))
            # Marked before it is put away: a crash between the two costs no report, for the
            # same report is taken in once.
            opened.reports.mark_fetched(box.name, box.validity, number, opened.clock.now())
            box.put_away(number)
        waiting = opened.reports.waiting_count()
    _told(tally, waiting, as_json)


def read(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=".eml files or Maildirs.")],
    as_json: Json = False,
) -> None:
    """Read bounces and complaints from files."""
    tally: Counter[str] = Counter()
    with house(context) as opened:
        for file in files:
            for data in _mails(file):
                _count(tally, *opened.read_bounce(data))
        waiting = opened.reports.waiting_count()
    _told(tally, waiting, as_json)


def queue(context: typer.Context, as_json: Json = False) -> None:
    """List mails of which no report could be made; a person looks at them."""
    with house(context) as opened:
        found = opened.reports.waiting()
    if as_json:
        dump(
            [
                {"id": one.id, "at": one.at.isoformat(), "reason": one.reason,
                 "subject": one.subject, "text": one.text}
                for one in found
            ]
        )  # fmt: skip
        return
    table(("id", "arrived", "why", "subject"),
          [(one.id[:12], one.at.isoformat(timespec="minutes"), one.reason, one.subject[:60])
           for one in found])  # fmt: skip


def done(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="Its id, or at least eight digits of it.")],
) -> None:
    """Take a mail off that list once it was looked at; its text is removed."""
    if len(id) < 8:
        raise ConfigError("Give at least eight digits of the id; see `newsletter bounces queue`.")
    with house(context) as opened:
        count = opened.reports.done(id, opened.clock.now())
    if not count:
        raise NotFound(f"No mail {id!r} waits; see `newsletter bounces queue`.")
    typer.echo("Done.")


def suppress(
    context: typer.Context,
    email: Address,
    reason: Annotated[str, typer.Option("--reason", help="One sentence; kept.")],
) -> None:
    """Send no more mail to an address, whatever list it stands on."""
    from newsletter.review.desk import OPERATOR
    from newsletter.send.addresses import normalise
    from newsletter.send.suppression import Cause

    if not reason.strip():
        raise ConfigError("--reason is empty; say in one sentence why.")
    with house(context) as opened:
        address = normalise(email)
        new = opened.suppressions.add(address, Cause.MANUAL, reason, opened.clock.now(), OPERATOR)
    typer.echo(f"{email} {'gets no more mail' if new else 'was suppressed already'}.")


def unsuppress(context: typer.Context, email: Address) -> None:
    """Take a suppression back that a person or a bounce has made; complaints stay."""
    from newsletter.review.desk import OPERATOR, AuditEntry
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        address = normalise(email)
        entry = AuditEntry(opened.clock.now(), OPERATOR, "unsuppressed", opened.alias(address))
        begun = opened.suppressions.release(address, entry)
    if begun is None:
        raise NotFound(f"{email} is not suppressed.")
    lists = f"{begun} subscription{'' if begun == 1 else 's'} begun again"
    typer.echo(f"{email} may get mail ({lists}).")


def suppressed(context: typer.Context, as_json: Json = False) -> None:
    """Count suppressed addresses; as JSON list their marks, which tell nobody who it is."""
    with house(context) as opened:
        if as_json:
            dump(
                [
                    {"mark": one.mark, "cause": str(one.cause), "since": one.at.isoformat(),
                     "detail": one.detail}
                    for one in opened.suppressions.all()
                ]
            )  # fmt: skip
            return
        counts = opened.suppressions.counts()
    table(("cause", "addresses"), [(str(cause), str(counts[cause])) for cause in sorted(counts)])


def numbers(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """Count what became of an edition: delivered, bounced, complained, left, opened."""
    with house(context) as opened:
        edition = opened.editions.get(edition_key(key))
        found: dict[str, Any] = opened.numbers(edition.key).plain()
    if as_json:
        dump({"schema": "numbers/2", "key": str(edition.key), **found})
        return
    counts = found.pop("counts", {})
    links = counts.pop("links", [])
    words = {**found, **counts}
    table(("what", "readers"), [(what.replace("_", " "), f"{n:,}") for what, n in words.items()])
    if links:
        columns = ("readers", "times", "by_machines", "address")
        table(("readers", "times", "by machines", "link"),
              [tuple(str(one[name]) for name in columns) for one in links])  # fmt: skip


def _mails(file: Path) -> Iterator[bytes]:
    try:
        if file.is_dir():
            if not (file / "new").is_dir():
                raise ConfigError(f"{file} is no Maildir: it has no folder 'new'.")
            box = mailbox.Maildir(file, create=False)
            for key in sorted(box.keys()):
                yield box.get_bytes(key)
        else:
            yield file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error


def _count(tally: Counter[str], found: Any, taken: Any) -> None:
    tally["mails"] += 1
    tally[str(found.kind)] += 1
    tally["known"] += taken.known
    tally["suppressed"] += taken.suppressed
    for verdict, count in taken.verdicts.items():
        tally[f"verdict {verdict}"] += count


def _told(tally: Counter[str], waiting: int, as_json: bool) -> None:
    verdicts = {name[8:]: n for name, n in sorted(tally.items()) if name.startswith("verdict ")}
    if as_json:
        plain = {name: tally[name] for name in ("mails", "report", "answer", "unread", "known",
                                                "suppressed")}  # fmt: skip
        dump({"schema": "bounces/1", **plain, "verdicts": verdicts, "waiting": waiting})
        return
    told = ", ".join(f"{count} {name}" for name, count in verdicts.items()) or "nothing new"
    typer.echo(f"{tally['mails']} mails read: {told}; {tally['suppressed']} addresses suppressed.")
    if waiting:
        note(f"{waiting} mails wait for a person; see `newsletter bounces queue`.")
