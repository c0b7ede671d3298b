"""Watched: the rows of "your tickers", made once for an edition, and a reader's choice of them.

A reader's tickers only choose among rows that were made from the ledger, proved and approved
with the mail. Nothing a reader ever typed is printed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from newsletter.universe import plain

MOST_ROWS: Final = 12
"""Rows in one reader's block; who watches more sees the first of them."""
_PAGE: Final = 100
"""Rows proved as one table."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The same words for both parts of the mail.

    Parameters
    ----------
    html, text : str
        Whole lines: each is empty or ends in a line feed.
    """

    html: str = ""
    text: str = ""

    def __add__(self, other: "Piece") -> "Piece":
        """Return one piece after the other."""
        return Piece(self.html + other.html, self.text + other.text)


@dataclass(frozen=True, slots=True)
class Watched:
    """What any reader's block of an edition is put together from.

    Parameters
    ----------
    places : tuple of int
        Where the block stands in the HTML and in the text, in characters.
    head, foot : Piece
        What stands above and below the rows.
    rows : mapping of str to Piece
        By symbol without the index caret, in the order of the universe; not empty.
    """

    places: tuple[int, int]
    head: Piece
    foot: Piece
    rows: Mapping[str, Piece]

    def block(self, tickers: Iterable[str]) -> Piece:
        """Return the block of a reader, empty when they watch nothing that has a row.

        Parameters
        ----------
        tickers : iterable of str
            As kept with the reader: anything may stand there.
        """
        return self._framed(chosen(self.rows, tickers))

    def pages(self) -> Iterator[Piece]:
        """Yield every row in blocks, for whoever must read them all."""
        symbols = list(self.rows)
        for start in range(0, len(symbols), _PAGE):
            yield self._framed(symbols[start : start + _PAGE])

    @property
    def heaviest(self) -> int:
        """Bytes of HTML in the longest block a reader can have."""
        sizes = sorted((len(row.html.encode()) for row in self.rows.values()), reverse=True)
        return len((self.head.html + self.foot.html).encode()) + sum(sizes[:MOST_ROWS])

    def _framed(self, symbols: Iterable[str]) -> Piece:
        rows = [self.rows[symbol] for symbol in symbols]
        return sum([*rows, self.foot], self.head) if rows else Piece()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "places": list(self.places),
            "head": [self.head.html, self.head.text],
            "foot": [self.foot.html, self.foot.text],
            # A list, for the order counts and canonical JSON sorts an object's keys.
            "rows": [[symbol, row.html, row.text] for symbol, row in self.rows.items()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Watched":
        """Read back what `to_json` wrote."""
        html, text = data["places"]
        rows = {symbol: Piece(html, text) for symbol, html, text in data["rows"]}
        return cls((html, text), Piece(*data["head"]), Piece(*data["foot"]), rows)


def chosen(known: Collection[str], tickers: Iterable[str]) -> list[str]:
    """Return the symbols a reader sees: theirs that are known, in their order, each once.

    Parameters
    ----------
    known : collection of str
        Symbols that have a row.
    tickers : iterable of str
        The reader's, with or without an index caret.

    Examples
    --------
    >>> chosen({"IWM", "VIX"}, ("^VIX", "iwm", "IWM", "VIX", "<b>"))
    ['VIX', 'IWM']
    """
    found = (symbol for ticker in tickers if (symbol := plain(ticker)) in known)
    return list(dict.fromkeys(found))[:MOST_ROWS]
