"""Watched rows, encoded once for an edition: a reader's block is a matter of joining bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from newsletter.render.watched import Piece, Watched, chosen
from newsletter.send.quoted import quoted

Part = tuple[bytes, bytes]
"""HTML and text, quoted-printable in whole lines."""
SAMPLE: Final = 3
"""Rows in a test copy."""


@dataclass(frozen=True, slots=True)
class WatchedRows:
    """The rows of `newsletter.render.watched.Watched`, encoded.

    Parameters
    ----------
    head, foot : tuple of bytes
        Above and below the rows.
    rows : mapping of str to tuple of bytes
        By symbol.
    """

    head: Part
    foot: Part
    rows: Mapping[str, Part]

    @classmethod
    def of(cls, watched: Watched) -> "WatchedRows":
        """Encode the rows of a mail; each piece is of whole lines, so that they join."""
        rows = {symbol: _encoded(row) for symbol, row in watched.rows.items()}
        return cls(_encoded(watched.head), _encoded(watched.foot), rows)

    def block(self, tickers: Iterable[str]) -> Part:
        """Return a reader's block for both parts, empty where nothing they watch has a row."""
        symbols = chosen(self.rows, tickers) if tickers else ()
        if not symbols:
            return b"", b""
        pieces = [self.head, *(self.rows[symbol] for symbol in symbols), self.foot]
        return b"".join(html for html, _ in pieces), b"".join(text for _, text in pieces)

    @property
    def sample(self) -> tuple[str, ...]:
        """The first symbols, for a test copy."""
        return tuple(self.rows)[:SAMPLE]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        rows = [[symbol, *_told(row)] for symbol, row in self.rows.items()]
        return {"head": _told(self.head), "foot": _told(self.foot), "rows": rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "WatchedRows":
        """Read back what `to_json` wrote."""
        rows = {symbol: _read(*row) for symbol, *row in data["rows"]}
        return cls(_read(*data["head"]), _read(*data["foot"]), rows)


def _encoded(piece: Piece) -> Part:
    return quoted(piece.html), quoted(piece.text)


def _told(part: Part) -> list[str]:
    return [piece.decode("ascii") for piece in part]


def _read(html: str, text: str) -> Part:
    return html.encode("ascii"), text.encode("ascii")
