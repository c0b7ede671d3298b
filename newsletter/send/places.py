"""Places: what of a message is each reader's own, and what comes there.

A mail's text holds marks (`newsletter.render.rendered`) where something is left open. They are
cut out before the text is encoded (`newsletter.send.quoted.cut`); what is filled in here comes
between the pieces, encoded by itself, so that a message of 60 kB is encoded once and not once
for each reader.
"""

from collections.abc import Sequence
from typing import Final

from newsletter.send.delivery import Subscriber
from newsletter.send.quoted import quoted
from newsletter.send.tokens import LinkSigner, Purpose

UNSUBSCRIBE: Final = "unsubscribe"
"""The link with which a reader leaves the list."""
PREFERENCES: Final = "preferences"
"""The link to a reader's own choices."""
_LINKS: Final = {UNSUBSCRIBE: Purpose.UNSUBSCRIBE, PREFERENCES: Purpose.PREFERENCES}


def fill(places: Sequence[str], subscriber: Subscriber, signer: LinkSigner) -> list[bytes]:
    """Return what comes into the places of a reader's copy, quoted-printable.

    Parameters
    ----------
    places : sequence of str
        Names of places, in order; the same one may come twice.
    subscriber : Subscriber
        The reader.
    signer : LinkSigner
        Makes the links.
    """
    known = {place: quoted(signer.url(subscriber, _LINKS[place])) for place in set(places)}
    return [known[place] for place in places]
