"""Personal: a mail as one reader sees it, for everywhere it is shown and not sent.

What is sent is put together from encoded pieces (`newsletter.send.places`); a test holds the
two to the same words.
"""

from dataclasses import dataclass
from typing import Final

from newsletter.render.rendered import (
    PREFERENCES_URL,
    UNSUBSCRIBE_URL,
    WATCHED_HTML,
    WATCHED_PLACE,
    WATCHED_TEXT,
    Rendered,
)
from newsletter.render.watched import Piece

_MARKS: Final = (UNSUBSCRIBE_URL, PREFERENCES_URL, WATCHED_PLACE, WATCHED_HTML, WATCHED_TEXT)


@dataclass(frozen=True, slots=True)
class Own:
    """What in a shown copy is one reader's own.

    Parameters
    ----------
    unsubscribe, preferences : str
        Their links.
    tickers : tuple of str
        What they watch.
    every : bool
        Show every row there is, whatever they watch: what an approval binds.
    """

    unsubscribe: str = "https://example.com/unsubscribe"
    preferences: str = "https://example.com/preferences"
    tickers: tuple[str, ...] = ()
    every: bool = False

    def html(self, mail: Rendered, html: str | None = None) -> str:
        """Return the HTML part as the reader sees it.

        Parameters
        ----------
        mail : Rendered
            The mail.
        html : str, optional
            Instead of the HTML of `Rendered.opened`: the same with more in it.
        """
        page = mail.opened().html if html is None else html
        return self.linked(page.replace(WATCHED_HTML, self._block(mail).html))

    def text(self, mail: Rendered) -> str:
        """Return the plain part as the reader sees it."""
        return self.linked(mail.opened().text.replace(WATCHED_TEXT, self._block(mail).text))

    def linked(self, part: str) -> str:
        """Return a part of a mail with the reader's links in it."""
        part = part.replace(UNSUBSCRIBE_URL, self.unsubscribe)
        return part.replace(PREFERENCES_URL, self.preferences)

    def _block(self, mail: Rendered) -> Piece:
        if mail.watched is None:
            return Piece()
        if self.every:
            return sum(mail.watched.pages(), Piece())
        return mail.watched.block(self.tickers)


NOBODY: Final = Own()
"""A copy of nobody's: links that lead nowhere, no tickers."""
UNLINKED: Final = Own("", "")
"""The words alone, for comparing them."""


def reader_mark(page: str) -> str:
    """Return a place for what is a reader's own that a text still holds, else an empty string.

    Parameters
    ----------
    page : str
        Of a page that is for everybody.
    """
    return next((mark for mark in _MARKS if mark in page), "")
