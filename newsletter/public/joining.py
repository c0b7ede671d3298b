"""Subscribing: a form, a confirming mail, a button.

Whatever address is typed, known here or not, suppressed or asked for too often, the request does
one and the same: it writes one row and says one sentence. What becomes of it is decided later,
where nobody can watch (`newsletter.public.posting`).
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.errors import SendError
from newsletter.public.asked import Asked
from newsletter.public.countries import COUNTRIES, UNKNOWN, jurisdiction
from newsletter.public.limits import PER_PLACE
from newsletter.public.site import Site
from newsletter.review.desk import AuditEntry
from newsletter.send.addresses import LONGEST_NAME, normalise
from newsletter.send.consent import Wish
from newsletter.send.suppression import LIFTED_BY_CONSENT
from newsletter.send.tokens import Purpose

Form = Mapping[str, Sequence[str]]
MOST_TICKERS: Final = 40


def subscribe(site: Site, asked: Asked) -> Response:
    """Show the form, or keep what was asked for."""
    if not asked.posted:
        return form_page(site)
    form = asked.form()
    try:
        wish = _wish(site, asked, form)
    except (SendError, ValueError) as error:
        return form_page(site, form, str(error), 422)
    if not site.limits.act("subscribe", asked.place, PER_PLACE):
        raise HTTPException(429, "Too many requests came from there; try again in an hour.")
    site.house.consents.ask(wish)
    site.asked.set()
    return site.page("asked", title="Look into your mailbox", robots="noindex")


def form_page(site: Site, form: Form | None = None, wrong: str = "", status: int = 200) -> Response:
    """Return the form, filled with what was typed where something was wrong with it."""
    given = form or {}
    lists = site.lists
    only = set(lists) if len(lists) == 1 else set()
    return site.page(
        "subscribe", status, title="Subscribe", lists=lists, tickers=site.tickers,
        countries=COUNTRIES, wording=site.wording, wrong=wrong, email=first(given, "email"),
        name=first(given, "name"), country=first(given, "country"),
        counting=site.counting if site.counts else None,
        counted=first(given, "counting") == site.counting.version,
        chosen=set(given.get("list", ())) or only, watched=set(given.get("ticker", ())),
        canonical=site.url("/subscribe"),
    )  # fmt: skip


def confirm(site: Site, asked: Asked) -> Response:
    """Show one button, or do what it says."""
    house, now = site.house, site.now()
    owner = house.signer.read(asked.path["token"], Purpose.CONFIRM)
    wish = house.consents.wish(owner.subscriber, now) if owner else None
    if wish is None or _kept_out(site, wish.email):
        return site.page("expired", 404, title="This link does not work", robots="noindex")
    if asked.posted:
        detail = {
            "lists": " ".join(wish.lists), "wording": wish.wording,
            "law": jurisdiction(wish.country), **({"counting": "given"} if wish.counting else {}),
        }  # fmt: skip
        entry = AuditEntry(now, "reader", "subscribed", house.alias(wish.email), detail)
        house.consents.confirm(wish.id, entry, welcome=site.config.welcome)
        site.asked.set()
        if (suppressions := suppressions_of(site)) is not None:
            suppressions.lift(wish.email, LIFTED_BY_CONSENT)
    return site.page(
        "confirmed" if asked.posted else "confirm", title="Subscribed" if asked.posted
        else "Confirm your subscription", lists=wish.lists, robots="noindex",
    )  # fmt: skip


def suppressions_of(site: Site) -> Any:
    """Return the house's list of suppressed addresses; None where it keeps none."""
    return getattr(site.house, "suppressions", None)


def _kept_out(site: Site, email: str) -> bool:
    """Whether only a person may let mail go to an address again."""
    suppressions = suppressions_of(site)
    found = suppressions.of(email) if suppressions is not None else None
    return found is not None and found.cause not in LIFTED_BY_CONSENT


def _wish(site: Site, asked: Asked, form: Form) -> Wish:
    email = normalise(first(form, "email")[:400])
    lists = [name for name in site.lists if name in form.get("list", ())]
    if not lists:
        raise ValueError("Choose at least one newsletter.")
    if first(form, "consent") != site.wording.version:
        raise ValueError("Tick the box, if you agree: without your consent no mail is sent.")
    country = first(form, "country")
    return evidence(
        site, asked, email, first(form, "name"), lists, tickers(site, form),
        country if country in COUNTRIES else UNKNOWN, "/subscribe",
        counted=site.counts and first(form, "counting") == site.counting.version,
    )  # fmt: skip


def evidence(
    site: Site, asked: Asked, email: str, name: str, lists: Sequence[str],
    tickers: Sequence[str], country: str, page: str, *, counted: bool = False,
) -> Wish:  # fmt: skip
    """Return what is kept of somebody's asking: what, in which words, when and from where."""
    return Wish(
        secrets.token_hex(16), email, name[:LONGEST_NAME], tuple(lists), tuple(tickers), country,
        site.wording.version, site.wording.sha256, page,
        asked.place if site.config.ip_days else "", site.now(),
        counting=site.counting.version if counted else "",
        counting_hash=site.counting.sha256 if counted else "",
    )  # fmt: skip


def tickers(site: Site, form: Form) -> list[str]:
    """Return the instruments that were chosen, of those there are."""
    return [one for one in site.tickers if one in form.get("ticker", ())][:MOST_TICKERS]


def first(form: Form, name: str) -> str:
    """Return a field's first value, empty where there is none."""
    return next(iter(form.get(name, ())), "")
