"""Tables that people bring along: encoding and delimiter found, rows read one by one.

The whole file is decoded once before the first row is used, so that a wrong encoding stops an
import before it has begun and not in its midst.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from newsletter.errors import ConfigError

DELIMITERS: Final = (",", ";", "\t", "|")
_BLOCK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be read.

    Parameters
    ----------
    line : int
        Where it ends, from 1.
    reason : str
        What is wrong, without what stands in it.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a header, not yet read.

    Parameters
    ----------
    stream : BinaryIO
        The file, open for reading and seekable.
    encoding, delimiter : str
        As found.
    header : tuple of str
        Names of the columns, without spaces around.
    """

    stream: BinaryIO
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[str]] | Broken]:
        """Yield the line on which each row ends, and its cells; blank rows are left out."""
        reader = csv.reader(_text(self.stream, self.encoding), delimiter=self.delimiter)
        next(reader)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Broken(
                    reader.line_num,
                    "a cell is longer than any address or name; a quotation mark is not closed "
                    "before it",
                )
                continue
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells


def opened(stream: BinaryIO, encoding: str | None, is_header: Callable[[set[str]], bool]) -> Sheet:
    """Find out how a file is written.

    Parameters
    ----------
    stream : BinaryIO
        Open for reading and seekable.
    encoding : str or None
        As a person says; else a byte order mark's, else UTF-8.
    is_header : callable
        Tells whether small-lettered names are those of a table of readers.

    Raises
    ------
    ConfigError
        If it cannot be read as text, or its first line is no header.
    """
    found = encoding or _marked(stream)
    _require_readable(stream, found)
    names: tuple[str, ...] = ()
    for delimiter in DELIMITERS:
        try:
            first = next(csv.reader(_text(stream, found), delimiter=delimiter), [])
        except csv.Error:
            continue
        header = tuple(name.strip() for name in first)
        if is_header({name.casefold() for name in header}):
            return Sheet(stream, found, delimiter, header)
        names = max(names, header, key=len)
    shown = ", ".join(repr(name[:30]) for name in names[:8] if "@" not in name)
    raise ConfigError(
        "The first line names no column 'email'; add a header line"
        + (f" (found: {shown})." if shown else ".")
    )


def _marked(stream: BinaryIO) -> str:
    stream.seek(0)
    start = stream.read(4)
    return next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")


def _require_readable(stream: BinaryIO, encoding: str) -> None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise ConfigError(
            f"There is no encoding {encoding[:40]!r}; give utf-8, utf-16, latin-1 or cp1252."
        ) from error
    stream.seek(0)
    lines = 1
    try:
        while block := stream.read(_BLOCK):
            lines += decoder.decode(block).count("\n")
        decoder.decode(b"", final=True)
    except (UnicodeError, AttributeError, TypeError, ValueError) as error:
        more = "" if encoding != "utf-8" else (
            " If it comes from a spreadsheet on Windows, give --encoding cp1252; other old files "
            "are often latin-1."
        )  # fmt: skip
        raise ConfigError(
            f"From about line {lines} on it is not written in {encoding}.{more}"
        ) from error


def _text(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield lines as they stand; the stream stays open."""
    stream.seek(0)
    wrapped = io.TextIOWrapper(stream, encoding, newline="")
    try:
        for line in wrapped:  # noqa: UP028 - `yield from` would close the file
            yield line
    finally:
        wrapped.detach()
