"""Sample readers: what a copy looks like for people whose names and addresses are trouble."""

from dataclasses import dataclass, replace
from typing import Final

from newsletter.errors import ConfigError
from newsletter.send.delivery import Subscriber
from newsletter.send.tokens import LinkSigner

_KEY: Final = b"links of a preview open nothing at all"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader who does not exist.

    Parameters
    ----------
    id : str
        Names it in addresses of the preview.
    told : str
        What is special about it, in a few words.
    name, email : str
        As a subscriber would have them.
    tickers : tuple of str
        What they watch.
    """

    id: str
    told: str
    name: str
    email: str
    tickers: tuple[str, ...] = ()

    def subscriber(self, list_name: str) -> Subscriber:
        """Return the reader as a subscriber of a list."""
        id = f"preview-{self.id}"
        return Subscriber(id, self.email, self.name, list_name, tickers=self.tickers)


READERS: Final = {
    reader.id: reader
    for reader in (
        Reader("ada", "an ordinary reader", "Ada Lovelace", "ada@example.com"),
        Reader("watching", "watches a few tickers", "Grace Hopper", "grace@example.com",
               ("IWM", "QQQ", "^VIX", "SMH", "AAPL")),
        Reader("nameless", "no name", "", "reader@example.com"),
        Reader("accents", "accents and an international domain", "Zoë Grünwäld-Ångström",
               "zoe@münchner-börse.example"),
        Reader("arabic", "written from right to left", "نور الهدى", "noor@example.com"),
        Reader("hostile", "a hostile name",
               '"><script>alert(1)</script>, =?utf-8?q?x?= {{ 7*7 }} <evil@evil.example>',
               "o'brien+{x}@example.com",
               ("<script>alert(1)</script>", "IWM\r\nBcc: x@evil.example")),
        Reader("long", "the longest address there is", "Wilhelmina " * 10,
               f"{'l' * 64}@{'.'.join(['d' * 59] * 3)}.example"),
    )
}  # fmt: skip


def reader(id: str) -> Reader:
    """Return a sample reader.

    Raises
    ------
    ConfigError
        If there is none of that id.
    """
    if id not in READERS:
        raise ConfigError(f"There is no sample reader {id[:40]!r}; there are {', '.join(READERS)}.")
    return READERS[id]


def watching(id: str, watch: tuple[str, ...]) -> Reader:
    """Return a sample reader who watches something else for once, where that is said.

    Raises
    ------
    ConfigError
        If there is no reader of that id.
    """
    found = reader(id)
    return replace(found, tickers=watch) if watch else found


def signer(base_url: str) -> LinkSigner:
    """Return a maker of links that look like the real ones and that no house accepts.

    The key is public and always the same: a screenshot or an exported copy can unsubscribe
    nobody, and is the same on every run.
    """
    return LinkSigner(_KEY, base_url)
