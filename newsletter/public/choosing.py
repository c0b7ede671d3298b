"""Preferences: one page that a reader's own link opens, with everything on it."""

import datetime as dt
import json
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.public.asked import Asked
from newsletter.public.countries import UNKNOWN
from newsletter.public.joining import Form, evidence, first, suppressions_of, tickers
from newsletter.public.limits import CHANGES
from newsletter.public.site import Site
from newsletter.review.desk import AuditEntry
from newsletter.send.addresses import LONGEST_NAME
from newsletter.send.consent import Preferences
from newsletter.send.delivery import Subscriber
from newsletter.send.readers import Status
from newsletter.send.suppression import Cause
from newsletter.send.tokens import Purpose

LONGEST_PAUSE: Final = dt.timedelta(days=366)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TRADING_DAYS: Final = 5
UNKNOWN_LINK: Final = "This link does not work: it is incomplete, or what it named was erased."
_NONE: Final = "no lists"


def choose(site: Site, asked: Asked) -> Response:
    """Show what a reader gets, or do what they say on the page."""
    reader = _reader(site, asked)
    if not asked.posted:
        return _page(site, reader)
    form = asked.form()
    act = first(form, "act")
    if act == "erase":
        return site.page("erase", title="Erase everything?", robots="noindex")
    if not site.limits.act("preferences", asked.place, CHANGES):
        raise HTTPException(429, "Too many changes came from there; try again in an hour.")
    if act == "erase now":
        return _erase(site, reader)
    if act not in {"save", "leave"}:
        raise HTTPException(422, "That button is not known here; load the page again.")
    try:
        _save(site, asked, reader, {} if act == "leave" else form, leaving=act == "leave")
    except ValueError as error:
        return _page(site, reader, wrong=str(error), status=422)
    said = "You have left all lists." if act == "leave" else "Saved."
    return _page(site, reader, said=said)


def export(site: Site, asked: Asked) -> Response:
    """Return everything that is kept about a reader, as JSON."""
    reader, house = _reader(site, asked), site.house
    rows = [house.audience.reader(one.id) for one, _ in house.audience.find(reader.email)]
    wanted = house.consents.preferences(reader.email)
    data: dict[str, Any] = {
        "schema": "reader/1",
        "exported_at": site.now().isoformat(),
        "email": reader.email,
        "subscriptions": [
            {
                "list": row.subscriber.list, "name": row.subscriber.name, "status": row.status,
                "added_at": row.added_at.isoformat(), "changed_at": row.changed_at.isoformat(),
                "consent": row.consent,
                "deliveries": [
                    {"edition": one.edition, "state": str(one.state), "at": one.at.isoformat()}
                    for one in house.deliveries.of_reader(row.subscriber.id, 1000)
                ],
            }
            for row in rows if row is not None
        ],
        "reports": house.reports.about([row.subscriber.id for row in rows if row is not None]),
        "preferences": {
            "days": [DAYS[one] for one in sorted(wanted.days)], "watched": list(wanted.tickers),
            "paused_until": wanted.paused_until.isoformat() if wanted.paused_until else None,
        },
        "counted": house.hits.about([row.subscriber.id for row in rows if row is not None]),
        "consents": house.consents.of(reader.email),
    }  # fmt: skip
    text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)
    sent = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(text, media_type="application/json", headers=sent)


def _reader(site: Site, asked: Asked) -> Subscriber:
    owner = site.house.signer.read(asked.path["token"], Purpose.PREFERENCES)
    found = site.house.audience.reader(owner.subscriber) if owner else None
    if found is None:
        raise HTTPException(404, UNKNOWN_LINK)
    subscriber: Subscriber = found.subscriber
    return subscriber


def _page(
    site: Site, reader: Subscriber, *, said: str = "", wrong: str = "", status: int = 200
) -> Response:
    house = site.house
    found = house.audience.find(reader.email)
    current = next((one for one, _ in found if one.id == reader.id), reader)
    known = site.lists | {one.list: "" for one, _ in found if one.list not in site.lists}
    wanted = house.consents.preferences(reader.email)
    today = site.now().date()
    return site.page(
        "choose", status, title="Your newsletters", reader=current, robots="noindex", lists=known,
        on=_on(site, reader.email), wanted=wanted, said=said, wrong=wrong,
        tickers=site.tickers, days=DAYS[:TRADING_DAYS], today=today, last=today + LONGEST_PAUSE,
        data=f"{site.preferences(reader)}/my-data.json", masked=_masked(reader.email),
        wording=site.wording, counting=site.counting if site.counts or wanted.counted else None,
        resting=wanted.paused_until is not None and wanted.paused_until > today,
    )  # fmt: skip


def _on(site: Site, email: str) -> set[str]:
    """Return the lists an address is on; a subscription that rests is one as well."""
    return {
        one.subscriber.list for one in site.house.audience.readers(email)
        if one.status in {Status.ACTIVE, Status.PAUSED}
    }  # fmt: skip


def _save(site: Site, asked: Asked, reader: Subscriber, form: Form, *, leaving: bool) -> None:
    house = site.house
    wanted = house.consents.preferences(reader.email) if leaving else _wanted(site, form)
    offered = {*site.lists, *(one.list for one, _ in house.audience.find(reader.email))}
    lists = sorted(offered & set(form.get("list", ())))
    name = reader.name if leaving else first(form, "name")[:LONGEST_NAME]
    before = house.consents.preferences(reader.email).counted
    # Where nothing is counted any more a consent may stay, and be taken back, but not be given.
    agreed = not leaving and first(form, "counting") == site.counting.version
    counted = agreed and (site.counts or before)
    proof = evidence(
        site, asked, reader.email, name, lists, wanted.tickers, UNKNOWN, "/p", counted=counted
    )
    detail = {"lists": " ".join(lists) or _NONE}
    if counted != before:
        detail["counting"] = "given" if counted else "taken back"
    entry = AuditEntry(site.now(), "reader", "preferences", house.alias(reader.email), detail)
    owner = house.signer.read(asked.path["token"], Purpose.PREFERENCES)
    edition = owner.edition if owner else ""
    house.consents.prefer(reader.email, name, lists, wanted, proof, entry, edition)


def _wanted(site: Site, form: Form) -> Preferences:
    days = frozenset(int(one) for one in form.get("day", ()) if one in {*"0123456"})
    if not days:
        raise ValueError("Choose at least one day, or pause, or leave the list.")
    if days >= frozenset(range(TRADING_DAYS)):
        days = frozenset(range(7))
    typed, today = first(form, "pause"), site.now().date()
    try:
        until = dt.date.fromisoformat(typed) if typed else None
    except ValueError:
        raise ValueError("The day until which you pause is none; write it as 2026-12-31.") from None
    if until is not None and until > today + LONGEST_PAUSE:
        raise ValueError("A pause lasts a year at most; you can also leave the list.")
    return Preferences(days, tuple(tickers(site, form)), until if until and until > today else None)


def _erase(site: Site, reader: Subscriber) -> Response:
    house, now = site.house, site.now()
    who = house.alias(reader.email)
    if (suppressions := suppressions_of(site)) is not None:  # first: fail on the quiet side
        suppressions.add(reader.email, Cause.ERASED, "by the reader's own link", now)
    house.audience.erase(reader.email, AuditEntry(now, "reader", "erased", who))
    return site.page("erased", title="Erased", robots="noindex")


def _masked(email: str) -> str:
    """Print an address so that its owner knows it and whoever got a forwarded mail does not."""
    local, _, domain = email.rpartition("@")
    return f"{local[:2]}…@{domain}"
