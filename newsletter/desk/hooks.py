"""Webhooks: other systems are told of events, signed as Standard Webhooks has it.

What is to be told stands in the outbox since the transaction of the change itself; a small
worker of the serving process delivers it, again and again until somebody answers, or gives up.
"""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any, Final

from newsletter.desk.outgoing import Answer, Outgoing
from newsletter.desk.security.keys import derive
from newsletter.errors import NewsletterError, ReviewError
from newsletter.review.access import DESK
from newsletter.review.desk import AuditEntry
from newsletter.review.events import Course, Event, Telling, Webhook
from newsletter.telemetry.pulse import beating

PAUSES: Final = tuple(
    dt.timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18000, 36000)
)
"""Between attempts; after the last one it is given up."""
OFF_AFTER: Final = 3
"""Events given up in a row, after which an address is told nothing more."""
MOST: Final = 20
EVERY: Final = 2.0
"""Seconds between looks at the outbox."""

_log = logging.getLogger(__name__)


def secret(desk_key: bytes, id: str) -> str:
    """Return the secret of an address, as its owner types it into their system."""
    return "whsec_" + base64.b64encode(derive(desk_key, "webhook", id)).decode()


def signed(desk_key: bytes, webhook: str, telling: Telling, now: dt.datetime) -> dict[str, str]:
    """Return the headers that go with a body: what it is, when it was sent, and the proof."""
    stamp = str(int(now.timestamp()))
    content = f"{telling.id}.{stamp}.{telling.body}".encode()
    proof = hmac.new(derive(desk_key, "webhook", webhook), content, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json", "User-Agent": "newsletter-webhooks/1",
        "webhook-id": telling.id, "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(proof).decode(),
    }  # fmt: skip


def register(house: Any, way: Outgoing, url: str, events: Collection[Event], by: str) -> Webhook:
    """Add an address.

    Parameters
    ----------
    house : House
        The workspace.
    way : Outgoing
        Looks whether the address may be told anything.
    url : str
        As typed.
    events : collection of Event
        What it wants to hear of.
    by : str
        Who registers it.

    Raises
    ------
    ReviewError
        If the address is unfit, it wants to hear nothing, or there are too many.
    """
    url, now = url.strip(), house.clock.now()
    if not events:
        raise ReviewError("Choose at least one event that the address is told of.")
    if len(house.webhooks.all()) >= MOST:
        raise ReviewError(f"There are {MOST} addresses already; remove one first.")
    parts, _ = way.resolve(url)
    webhook = Webhook(secrets.token_hex(8), url, frozenset(events), by, now)
    detail = {"host": str(parts.hostname), "events": " ".join(sorted(events))}
    house.webhooks.add(webhook, AuditEntry(now, by, "webhook added", webhook.id, detail))
    return webhook


def deliver(house: Any, way: Outgoing) -> int:
    """Deliver what is due; return how many attempts were made."""
    made = 0
    while (taken := house.webhooks.take(house.clock.now())) is not None:
        telling, webhook = taken
        headers = signed(house.desk_key, webhook.id, telling, house.clock.now())
        answer = way.post(webhook.url, telling.body.encode(), headers)
        _note(house, telling, webhook, answer)
        made += 1
    return made


def _note(house: Any, telling: Telling, webhook: Webhook, answer: Answer) -> None:
    now, status = house.clock.now(), answer.status
    book = house.webhooks
    if status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        book.answered(telling.id, Course.DELIVERED, status, answer.reply, None)
        return
    gone = status == HTTPStatus.GONE
    if not gone and telling.attempts <= len(PAUSES):
        following = now + PAUSES[telling.attempts - 1]
        book.answered(telling.id, Course.WAITING, status, answer.reply, following)
        return
    book.answered(telling.id, Course.GIVEN_UP, status, answer.reply, None)
    if gone or book.given_up_in_a_row(webhook.id) >= OFF_AFTER:
        why = "it answered that it is gone" if gone else "too many events were given up"
        entry = AuditEntry(now, DESK, "webhook off", webhook.id, {"reason": why})
        book.switch(webhook.id, entry, on=False)


@contextlib.contextmanager
def delivering(house: Any, way: Outgoing | None = None) -> Iterator[None]:
    """Deliver what is due, in a thread of its own, while the block lasts.

    Parameters
    ----------
    house : House
        The workspace. Several processes may do so at once: each attempt is one process's.
    way : Outgoing, optional
        The way out; to the public Internet alone where none is given.
    """
    ended, out, silent = threading.Event(), way or Outgoing(), 300.0

    def work() -> None:
        while not ended.wait(EVERY):
            pulse.beat()
            try:
                deliver(house, out)
            except NewsletterError as error:
                _log.warning("Webhooks wait: %s", error)
            except Exception:  # noqa: BLE001 - one bad event must not silence all others
                _log.exception("Webhooks wait")

    thread = threading.Thread(target=work, name="webhooks", daemon=True)
    with beating("webhooks", silent) as pulse:
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(out.seconds + EVERY)
