"""Mails of welcome: one to whoever has confirmed, and never a second.

What is lost between the server's having the mail and its answer is not sent again: a welcome
that comes twice is worse than none.
"""

import logging
from typing import Any, Final

from newsletter.errors import ConfigError, NewsletterError, SendError
from newsletter.public.joining import suppressions_of
from newsletter.public.reading import pieces
from newsletter.public.site import Site
from newsletter.public.ways import LATER, rest, sender_of
from newsletter.review.edition import EditionKey
from newsletter.schedule import firings
from newsletter.send.consent import Wish
from newsletter.send.delivery import DeliveryState, Subscriber
from newsletter.send.letters import letter_message
from newsletter.send.outcomes import outcome
from newsletter.send.tokens import Purpose
from newsletter.send.transport import Transport, Unavailable

MOST: Final = 50
_log = logging.getLogger(__name__)


class _Known(Exception):
    """Another process has seen to it, or the reader was erased meanwhile."""


def post(site: Site) -> int:
    """Send the mails of welcome that are due; return how many went."""
    house, sent = site.house, 0
    for wish in house.consents.take_welcomes(house.clock.now(), MOST):
        readers, sender = _readers(site, wish), sender_of(site, wish.lists)
        if not readers or sender is None:
            house.consents.welcomed(wish)
            continue
        try:
            with house.transport(sender) as way:
                sent += _one(site, way, sender, wish, readers)
        except (NewsletterError, ConfigError, OSError) as error:
            _log.warning("A mail of welcome waits: %s", type(error).__name__)
            _put_off(site, wish)
    return sent


def _readers(site: Site, wish: Wish) -> list[Subscriber]:
    """Return the subscriptions to welcome: none where no mail may go to the address."""
    suppressions = suppressions_of(site)
    if suppressions is not None and suppressions.of(wish.email) is not None:
        return []
    found = (one.subscriber for one in site.house.audience.readers(wish.email))
    return [one for one in found if one.active and one.list in wish.lists]


def _one(site: Site, way: Transport, sender: str, wish: Wish, readers: list[Subscriber]) -> bool:
    """Send one mail of welcome; tell whether the server took it.

    Raises
    ------
    Unavailable
        If there is no server to take anything.
    """
    from newsletter.render.letters import letter

    house, crossed = site.house, False

    def before_dot() -> None:
        nonlocal crossed
        if not house.consents.welcomed(wish):
            raise _Known
        crossed = True

    made = letter(
        "welcome", site.publication, house.templates(), words(site, readers), logo=house.logo()
    )
    try:
        envelope = letter_message(
            made, house.config.senders[sender], wish.email, house.signer, wish.asked_at,
            name=wish.name, stamp=house.stamp(sender),
        )  # fmt: skip
        way.send(envelope, before_dot)
    except _Known:
        return False
    except Unavailable:
        raise
    except SendError as error:
        if outcome(error, crossed=crossed) is DeliveryState.DEFERRED:
            _put_off(site, wish, refused=True)
        else:
            house.consents.welcomed(wish)
        return False
    return True


def words(site: Site, readers: list[Subscriber]) -> dict[str, Any]:
    """Return what a mail of welcome is told.

    Parameters
    ----------
    site : Site
        The public pages.
    readers : list of Subscriber
        One address's subscriptions, at least one.
    """
    lists, signer = [one.list for one in readers], site.house.signer
    whens = dict.fromkeys(site.lists.get(name, "") for name in lists)
    when = " and ".join(one for one in whens if one) or "as you have chosen"
    preferences = signer.url(readers[0], Purpose.PREFERENCES)
    # On several lists one button must not leave the others behind: that page has one for all.
    alone = len(readers) == 1
    latest = next((one for one in pieces(site, 1) if not one.sample), None)
    return {
        "name": readers[0].name, "what": site.publication.name, "when": when + _next(site, lists),
        "latest_headline": latest.title if latest else "",
        "latest": site.url(latest.path) if latest else "", "preferences": preferences,
        "unsubscribe": signer.unsubscribe_url(readers[0]) if alone else preferences,
    }  # fmt: skip


def _next(site: Site, lists: list[str]) -> str:
    """Return after which session the next edition for some lists comes."""
    from newsletter.render.page import long_date

    config = site.house.config
    for firing in firings(config, site.now()):
        key = EditionKey.parse(firing.key)
        kind = config.kind(key.kind)
        if kind is not None and kind.list in lists:
            return f", next after the close of {long_date(key.session)}"
    return ""


def _put_off(site: Site, wish: Wish, *, refused: bool = False) -> None:
    if wish.attempts > len(LATER):
        site.house.consents.welcomed(wish)
    else:
        later = site.now() + rest(wish.attempts)
        site.house.consents.welcome_later(wish, later, refused=refused)
