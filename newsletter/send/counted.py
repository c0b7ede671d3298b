"""Counted links: where a mail's HTML part is left open for readers who agreed to be counted.

Whoever did not gets the part as it was approved, to the byte once it is decoded: a place of a
link is filled with the address that stood there, the place of the picture with nothing.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

from newsletter.send.delivery import Subscriber
from newsletter.send.tokens import LinkSigner

MOST: Final = 999
"""Links of one mail that are counted; those behind them stay plain."""
PIXEL: Final = "pixel"
"""The place of the picture that tells of an opening."""
_LINK: Final = "link:"
_NOT_OURS: Final = "https://reader.invalid/"  # every reader's own link, never counted
_ANCHOR: Final = re.compile(r'(<a\b[^<>]*?\shref=")(https?://[!#-;=?-~]+)(?=")', re.IGNORECASE)
_END: Final = re.compile(r"</body\s*>", re.IGNORECASE)


def marked(html: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Mark what is counted in an HTML part.

    Parameters
    ----------
    html : str
        The part. It holds no mark of this module: `newsletter.send.message` has looked.

    Returns
    -------
    html : str
        With a mark in the place of each link and one where the picture goes.
    places : dict of str to str
        Mark to name of the place.
    links : tuple of str
        The addresses as they stood in the part; ``link:1`` is the first of them.
    """
    links: dict[str, int] = {}

    def mark(found: re.Match[str]) -> str:
        address = found[2]
        if address.lower().startswith(_NOT_OURS):
            return found[0]
        if address not in links and len(links) >= MOST:
            return found[0]
        number = links.setdefault(address, len(links) + 1)
        return found[1] + _mark(number)

    html = _ANCHOR.sub(mark, html)
    end = max((found.start() for found in _END.finditer(html)), default=len(html))
    html = html[:end] + _mark(0) + html[end:]
    places = {_mark(number): f"{_LINK}{number}" for number in links.values()}
    return html, {**places, _mark(0): PIXEL}, tuple(links)


def _mark(number: int) -> str:
    return f"{_NOT_OURS}counted/{number:03d}/"


def counted_places(
    links: tuple[str, ...], subscriber: Subscriber, signer: LinkSigner, edition: str
) -> Mapping[str, str]:
    """Return what comes into the places of `marked` in a reader's copy.

    Parameters
    ----------
    links : tuple of str
        From `marked`; empty where nothing is counted.
    subscriber : Subscriber
        The reader.
    signer : LinkSigner
        Makes the addresses.
    edition : str
        Edition key.
    """
    if not subscriber.counted:
        plain = {f"{_LINK}{number}": link for number, link in enumerate(links, 1)}
        return {**plain, PIXEL: ""}
    picture = signer.counted_url(subscriber, edition, 0)
    return {
        **{
            f"{_LINK}{number}": signer.counted_url(subscriber, edition, number)
            for number in range(1, len(links) + 1)
        },
        PIXEL: f'<img src="{picture}" width="1" height="1" alt="" style="display:block">',
    }


def target(links: tuple[str, ...], number: int) -> str | None:
    """Return where a counted link leads; None where the mail has no such link."""
    return unescape(links[number - 1]) if 1 <= number <= len(links) else None
