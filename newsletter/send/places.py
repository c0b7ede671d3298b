"""Places: what of a message is each reader's own, and what comes there.

A mail's text holds marks (`newsletter.render.rendered`) where something is left open. They are
cut out before the text is encoded (`newsletter.send.quoted.cut`); what is filled in here comes
between the pieces, encoded by itself, so that a message of 60 kB is encoded once and not once
for each reader.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from newsletter.send.delivery import Subscriber
from newsletter.send.quoted import quoted
from newsletter.send.tokens import LinkSigner, Purpose
from newsletter.send.watched import WatchedRows

UNSUBSCRIBE: Final = "unsubscribe"
"""The link with which a reader leaves the list."""
PREFERENCES: Final = "preferences"
"""The link to a reader's own choices."""
TICKERS_HTML: Final = "tickers.html"
TICKERS_TEXT: Final = "tickers.text"
"""The rows of what a reader watches, in either part; nothing for who watches nothing."""
_LINKS: Final = {UNSUBSCRIBE: Purpose.UNSUBSCRIBE, PREFERENCES: Purpose.PREFERENCES}


def fill(
    places: Sequence[str],
    subscriber: Subscriber,
    signer: LinkSigner,
    edition: str = "",
    watched: WatchedRows | None = None,
    more: Mapping[str, str] | None = None,
) -> list[bytes]:
    """Return what comes into the places of a reader's copy, quoted-printable.

    Parameters
    ----------
    places : sequence of str
        Names of places, in order; the same one may come twice.
    subscriber : Subscriber
        The reader.
    signer : LinkSigner
        Makes the links.
    edition : str
        The edition whose mail it is; the links tell it.
    watched : WatchedRows, optional
        What there is to watch.
    more : mapping of str to str
        What comes into places that are no link of `_LINKS`; a link that is known already.
    """
    given = dict(more or {})
    given |= {
        place: signer.url(subscriber, _LINKS[place], edition)
        for place in set(places)
        if place in _LINKS and place not in given
    }
    known = {place: quoted(text) for place, text in given.items()}
    if watched is not None:
        known[TICKERS_HTML], known[TICKERS_TEXT] = watched.block(subscriber.tickers)
    return [known[place] for place in places]
