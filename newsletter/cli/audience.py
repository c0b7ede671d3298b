"""Commands about readers."""

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

from newsletter.cli import imports, segments
from newsletter.cli.bounces import suppress, suppressed, unsuppress
from newsletter.cli.context import Json, day, dump, house, note, table
from newsletter.errors import ConfigError, NotFound, ReviewError

ListName = Annotated[str, typer.Option("--list", help="Which list.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL")]
SegmentName = Annotated[
    str | None, typer.Option("--segment", metavar="NAME", help="Only those of a saved segment.")
]
Country = Annotated[str | None, typer.Option(help="Two letters, e.g. IN; rules follow it.")]
Language = Annotated[str | None, typer.Option(help="E.g. en or pt-br.")]
Source = Annotated[str | None, typer.Option(help="Where the reader came from.")]
Tickers = Annotated[
    list[str] | None, typer.Option("--ticker", help="A ticker they watch; may be repeated.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A label; may be repeated.")]
Days = Annotated[
    list[str] | None, typer.Option("--day", help="A day they want mail on (mon …); repeat it.")
]
Custom = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Whatever else is kept.")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    audience = typer.Typer(help="Readers.", no_args_is_help=True)
    audience.command()(add)
    audience.command()(change)
    imports.add_to(audience)
    audience.command()(export)
    audience.command()(show)
    audience.command()(pause)
    audience.command()(resume)
    audience.command()(unsubscribe)
    audience.command()(erase)
    audience.command()(stats)
    audience.command()(suppress)
    audience.command()(unsuppress)
    audience.command()(suppressed)
    segments.add_to(audience)
    app.add_typer(audience, name="audience")


def add(
    context: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option(help="May be empty.")] = "",
    list_name: ListName = "evening",
    consent: Annotated[str, typer.Option(help="How consent was given; kept as evidence.")] = (
        "added by the operator"
    ),
    pending: Annotated[
        bool, typer.Option("--pending", help="They have to confirm before any mail goes.")
    ] = False,
    country: Country = None,
    language: Language = None,
    source: Source = None,
    ticker: Tickers = None,
    tag: Tags = None,
    day: Days = None,
    custom: Custom = None,
    as_json: Json = False,
) -> None:
    """Add a reader."""
    from newsletter.send.addresses import clean_name, normalise
    from newsletter.send.readers import Profile, Status

    profile = _changed(Profile(), country, language, source, ticker, tag, day, custom)
    with house(context) as opened:
        imports.require_list(opened, list_name)
        now = opened.clock.now()
        reader, new = opened.audience.add(
            normalise(email),
            clean_name(name),
            list_name,
            {"how": consent, "at": now.isoformat()},
            now,
            status=Status.PENDING if pending else Status.ACTIVE,
            profile=profile,
        )
        status = opened.audience.reader(reader.id).status
    if as_json:
        dump({"id": reader.id, "list": list_name, "status": status, "new": new})
        return
    typer.echo(f"{reader.email} {'added to' if new else 'was already on'} {list_name}.")
    if status != Status.ACTIVE:
        note(f"No mail goes there: the subscription is {status}.")


def change(
    context: typer.Context,
    email: Email,
    list_name: ListName = "evening",
    country: Country = None,
    language: Language = None,
    source: Source = None,
    ticker: Tickers = None,
    tag: Tags = None,
    day: Days = None,
    custom: Custom = None,
) -> None:
    """Keep something else of a reader: what is given replaces what was kept; "" takes it away."""
    with house(context) as opened:
        found = _found(opened, email, list_name)
        new = _changed(found.profile, country, language, source, ticker, tag, day, custom)
        entry = _entry(opened, "changed a reader", found)
        done = opened.audience.change(found.subscriber.id, new, entry)
    typer.echo(f"{found.subscriber.email} {'is changed' if done else 'was so before'}.")


def export(
    context: typer.Context,
    segment: SegmentName = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document a line (JSON Lines).")
    ] = False,
) -> None:
    """Write subscriptions on stdout: as CSV, harmless in a spreadsheet, or as JSON lines."""
    import json

    from newsletter.desk.sheets import lines

    with house(context) as opened:
        wanted = opened.segments.get(segment) if segment else None
        rows: Iterator[dict[str, Any]] = opened.audience.all(wanted)
        if as_json:
            for row in rows:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            return
        for line in lines(COLUMNS, rows):
            sys.stdout.write(line.replace("\r\n", "\n"))


COLUMNS = (
    "email", "name", "list", "status", "added_at", "consent", "changed_at", "paused_until",
    "country", "language", "source", "tickers", "tags", "days", "custom",
    "counted",
)  # fmt: skip


def show(context: typer.Context, email: Email, as_json: Json = False) -> None:
    """Show everything that is kept about an address: what a reader may ask for."""
    from newsletter.send.addresses import normalise

    with house(context) as opened:
        address = normalise(email)
        found = opened.audience.readers(address)
        if not found:
            raise NotFound(f"{email} is on no list.")
        documents = []
        for one in found:
            sent = opened.deliveries.of_reader(one.subscriber.id, 10_000)
            document = {**one.plain(), "active": one.subscriber.active, "deliveries": [
                {"edition": row.edition, "state": str(row.state), "attempts": row.attempts,
                 "message_id": row.message_id, "reply": row.reply, "at": row.at.isoformat()}
                for row in sent
            ]}  # fmt: skip
            documents.append(document)
        told = [
            {"at": entry.at.isoformat(), "by": entry.actor, "action": entry.action,
             "detail": dict(entry.detail)}
            for entry in opened.audit.entries(opened.alias(address))
        ]  # fmt: skip
        documents[0]["log"] = told
        documents[0]["consents"] = opened.consents.of(address)
        documents[0]["counted_hits"] = opened.hits.about([one.subscriber.id for one in found])
        documents[0]["reports"] = opened.reports.about([one.subscriber.id for one in found])
    if as_json:
        dump(documents)
        return
    for document in documents:
        sent, log = document.pop("deliveries"), document.pop("log", ())
        hits = document.pop("counted_hits", ())
        reports, consents = document.pop("reports", ()), document.pop("consents", ())
        typer.echo("  ".join(f"{name}: {value}" for name, value in document.items() if value != ""))
        table(("  edition", "state", "at"),
              [(f"  {row['edition']}", row["state"], row["at"]) for row in sent])  # fmt: skip
        for one in consents:
            typer.echo(f"  {one['confirmed_at']}  consented: {one['purpose']} ({one['wording']})")
        for one in hits:
            typer.echo(f"  {one['first_at']}  {one['what']} of {one['edition']}, by {one['by']}")
        for one in reports:
            typer.echo(f"  {one['at']}  {one['what']}, told by {one['source']}: {one['text']}")
        for entry in log:
            typer.echo(f"  {entry['at']}  {entry['action']} by {entry['by']}")


def pause(
    context: typer.Context,
    email: Email,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which mail goes again.")
    ] = None,
    list_name: ListName = "evening",
) -> None:
    """Let a subscription rest, until a day or until it is resumed."""
    with house(context) as opened:
        date = day(until) if until else None
        if date and date <= opened.clock.now().date():
            raise ConfigError(f"--until is {date}, which is not in the future.")
        found = _found(opened, email, list_name)
        more = {"until": date.isoformat()} if date else {}
        entry = _entry(opened, "paused a reader", found, **more)
        if not opened.audience.pause(found.subscriber.id, date, entry):
            raise ReviewError(f"The subscription is {found.status}; only an active one rests.")
    rests = f"until {date}" if date else "until it is resumed"
    typer.echo(f"{found.subscriber.email} rests on {list_name} {rests}.")


def resume(context: typer.Context, email: Email, list_name: ListName = "evening") -> None:
    """Let a paused subscription go on."""
    with house(context) as opened:
        found = _found(opened, email, list_name)
        entry = _entry(opened, "resumed a reader", found)
        if not opened.audience.resume(found.subscriber.id, entry):
            raise ReviewError(f"The subscription is {found.status}; only a paused one is resumed.")
    typer.echo(f"{found.subscriber.email} gets {list_name} again.")


def unsubscribe(context: typer.Context, email: Email, list_name: ListName = "evening") -> None:
    """End a subscription."""
    with house(context) as opened:
        found = _found(opened, email, list_name)
        ended = opened.audience.unsubscribe(
            found.subscriber.id, _entry(opened, "unsubscribed", found)
        )
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


def stats(context: typer.Context, segment: SegmentName = None, as_json: Json = False) -> None:
    """Count readers by list and status, of all or of a segment."""
    with house(context) as opened:
        wanted = opened.segments.get(segment) if segment else None
        found = opened.audience.stats(wanted)
    if as_json:
        dump(found)
        return
    rows = [(lst, status, f"{n:,}") for lst, by in found.items() for status, n in by.items()]
    table(("list", "status", "readers"), rows)


def _found(opened: Any, email: str, list_name: str) -> Any:
    """Return an address's subscription to a list."""
    from newsletter.send.addresses import normalise

    found = [r for r in opened.audience.readers(normalise(email)) if r.subscriber.list == list_name]
    if not found:
        raise NotFound(f"{email} is not on the list {list_name}.")
    return found[0]


def _entry(opened: Any, action: str, found: Any, **detail: str) -> Any:
    from newsletter.review.desk import OPERATOR, AuditEntry

    now: dt.datetime = opened.clock.now()
    who, more = opened.alias(found.subscriber.email), {"list": found.subscriber.list, **detail}
    return AuditEntry(now, OPERATOR, action, who, more)


def _changed(
    profile: Any,
    country: str | None,
    language: str | None,
    source: str | None,
    tickers: list[str] | None,
    tags: list[str] | None,
    days: list[str] | None,
    custom: list[str] | None,
) -> Any:
    """Return a profile with what is given; AddressError where it cannot be kept."""
    from newsletter.send import readers

    given: dict[str, Any] = {}
    if country is not None:
        given["country"] = readers.country(country)
    if language is not None:
        given["language"] = readers.language(language)
    if source is not None:
        given["source"] = readers.line(source, "source").strip().casefold()
    for name, several, read in (
        ("tickers", tickers, readers.tickers), ("tags", tags, readers.tags),
        ("days", days, readers.days),
    ):  # fmt: skip
        if several:
            given[name] = read(next(csv.reader([",".join(several)]), []))
    if custom:
        pairs = [one.partition("=") for one in custom]
        if wrong := [key for key, sign, _ in pairs if not sign]:
            raise ConfigError(f"--set is {wrong[0]!r}; write KEY=VALUE.")
        held = {**profile.custom, **{key.strip(): value for key, _, value in pairs}}
        given["custom"] = readers.custom(held)
    return replace(profile, **given)
