"""Leaving: one button for people, one POST for mail programs (RFC 8058).

Looking changes nothing, for mail servers follow links. Posting ends the subscription at once,
without cookie, login or question; whatever the token says, the answer is the same.
"""

import re
from typing import Final

from starlette.responses import Response

from newsletter.public.asked import Asked
from newsletter.public.site import Site
from newsletter.review.desk import AuditEntry
from newsletter.send.delivery import Subscriber
from newsletter.send.tokens import LinkOwner, Purpose

ONE_CLICK: Final = re.compile(rb"List-Unsubscribe\b.{0,200}?One-Click", re.IGNORECASE | re.DOTALL)
"""In a form of either encoding: a mail program whose form is not quite one is understood."""


def leave(site: Site, asked: Asked) -> Response:
    """Show the button, or end the subscription that a token names."""
    owner = site.house.signer.read(asked.path["token"], Purpose.UNSUBSCRIBE)
    if asked.posted and ONE_CLICK.search(asked.body):
        if owner is not None:
            _end(site, owner)
        return site.page("left", title="You have left", robots="noindex")
    # Whoever holds a genuine token may have its other page; that says nothing of any reader.
    own = site.preferences(Subscriber(owner.subscriber, "", "", owner.list)) if owner else ""
    return site.page("leave", title="Leave this newsletter", own=own, robots="noindex")


def _end(site: Site, owner: LinkOwner) -> None:
    house = site.house
    found = house.audience.reader(owner.subscriber)
    if found is None:
        return  # erased
    detail = {"list": found.subscriber.list, "reason": "the reader's own link"}
    who = house.alias(found.subscriber.email)
    entry = AuditEntry(site.now(), "reader", "unsubscribed", who, detail)
    house.audience.unsubscribe(owner.subscriber, entry, owner.edition)
