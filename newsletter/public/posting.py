"""Confirming mails: what became of the wishes that the form has kept, where nobody watches.

The same thread sends the mails of welcome and writes down which links were followed.
"""

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Iterator
from typing import Any, Final

from newsletter.errors import ConfigError, NewsletterError, SendError
from newsletter.public import counting, welcoming
from newsletter.public.joining import suppressions_of
from newsletter.public.limits import HOUR, PER_MAILBOX
from newsletter.public.site import Site
from newsletter.public.ways import rest, sender_of
from newsletter.send.consent import CONFIRM_WITHIN, Wish
from newsletter.send.delivery import Subscriber
from newsletter.send.letters import letter_message
from newsletter.send.suppression import LIFTED_BY_CONSENT
from newsletter.send.tokens import Purpose
from newsletter.send.transport import Transport, Unavailable
from newsletter.telemetry.errors import report
from newsletter.telemetry.pulse import beating

EVERY: Final = 5.0
"""Seconds between looks, unless this process was asked itself."""
MOST: Final = 50
SILENT: Final = 900.0
"""Seconds that one round may take: so many letters, over a server that is slow."""

_log = logging.getLogger(__name__)


def post(site: Site) -> int:
    """Send the confirming mails that are due; return how many went."""
    house, groups = site.house, dict[str, list[Wish]]()
    for wish in house.consents.take(house.clock.now(), MOST):
        sender = sender_of(site, wish.lists)
        if sender is None or not wish.holds(house.clock.now()) or _unwanted(site, wish):
            house.consents.drop(wish)
        else:
            groups.setdefault(sender, []).append(wish)
    return sum(_send(site, sender, wishes) for sender, wishes in groups.items())


def sweep(site: Site) -> None:
    """Forget what has been kept long enough: wishes, from where, who tried, who followed links."""
    now = site.now()
    site.house.hits.purge(now)
    site.house.consents.sweep(now, dt.timedelta(days=site.config.ip_days))
    site.house.access.forget_before(now - dt.timedelta(days=1))


@contextlib.contextmanager
def posting(site: Site) -> Iterator[None]:
    """Send what is due, in a thread of its own, while the block lasts.

    Parameters
    ----------
    site : Site
        The public pages. Several processes may do so at once: a wish is one process's.
    """
    ended = threading.Event()

    def work() -> None:
        swept: dt.datetime | None = None
        while not ended.is_set():
            pulse.beat()
            try:
                counting.write(site)
                post(site)
                welcoming.post(site)
                if swept is None or site.now() - swept > HOUR:
                    sweep(site)
                    swept = site.now()
            except NewsletterError as error:
                _log.warning("Confirming mails wait: %s", error)
            except Exception as error:  # noqa: BLE001 - its text may hold an address
                _log.error("Confirming mails wait: %s", type(error).__name__)
                report(error, "confirming mails")
            site.asked.wait(EVERY)
            site.asked.clear()

    thread = threading.Thread(target=work, name="confirming mails", daemon=True)
    try:
        with beating("confirming mails", SILENT) as pulse:
            thread.start()
            yield
    finally:
        ended.set()
        site.asked.set()
        thread.join(EVERY + 5)
        with contextlib.suppress(NewsletterError):
            counting.write(site)  # what was answered in the last seconds


def _unwanted(site: Site, wish: Wish) -> bool:
    """Whether a wish gets no mail: asked too often, or kept out by a person."""
    if site.house.consents.earlier(wish, wish.asked_at - HOUR) >= PER_MAILBOX:
        return True
    suppressions = suppressions_of(site)
    found = suppressions.of(wish.email) if suppressions is not None else None
    return found is not None and found.cause not in LIFTED_BY_CONSENT


def _send(site: Site, sender: str, left: list[Wish]) -> int:
    sent = 0
    try:
        with site.house.transport(sender) as way:
            while left:
                sent += _one(site, way, sender, left[0])
                left.pop(0)
    except (NewsletterError, ConfigError, OSError) as error:
        _log.warning("Confirming mails wait: %s", type(error).__name__)
        for wish in left:
            _put_off(site, wish)
    return sent


def _one(site: Site, way: Transport, sender: str, wish: Wish) -> bool:
    """Send one confirming mail; tell whether the server took it.

    Raises
    ------
    Unavailable
        If there is no server to take anything.
    """
    from newsletter.render.letters import letter

    house = site.house
    try:
        made = letter(
            "confirm", site.publication, house.templates(), _words(site, wish), logo=house.logo()
        )
        envelope = letter_message(
            made, house.config.senders[sender], wish.email, house.signer, wish.asked_at,
            name=wish.name, stamp=house.stamp(sender),
        )  # fmt: skip
        way.send(envelope, lambda: None)
    except Unavailable:
        raise
    except SendError as error:
        if error.permanent:
            house.consents.drop(wish)
        else:
            _put_off(site, wish)
        return False
    house.consents.mailed(wish)
    return True


def _words(site: Site, wish: Wish) -> dict[str, Any]:
    whens = dict.fromkeys(site.lists.get(name, "") for name in wish.lists)
    reader = Subscriber(wish.id, wish.email, wish.name, wish.lists[0])
    return {
        "name": wish.name, "address": wish.email, "what": site.publication.name,
        "when": " and ".join(one for one in whens if one) or "as you have chosen",
        "asked": wish.asked_at, "expires": wish.asked_at + CONFIRM_WITHIN,
        "link": site.house.signer.url(reader, Purpose.CONFIRM),
    }  # fmt: skip


def _put_off(site: Site, wish: Wish) -> None:
    site.house.consents.put_off(wish, site.now() + rest(wish.attempts))
