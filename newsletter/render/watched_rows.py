"""Rows of "your tickers": every instrument's close and moves, as the ledger prints them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import jinja2

from newsletter.compute.facts import Fact, Ledger
from newsletter.errors import RenderError
from newsletter.render.clean import clean
from newsletter.render.rendered import WATCHED_PLACE
from newsletter.render.setting import Setting
from newsletter.render.templating import WIDEST
from newsletter.render.watched import Piece, Watched
from newsletter.units import MINUS
from newsletter.universe import plain

_NONE: Final = "–"
_FOLDER: Final = "email/shared/watched"
_SPACE: Final = (("\n ", "\n "), ("", "\n"))
"""What goes with the mark, above and below it, in HTML and in text."""
_GAP: Final = 2
"""Spaces between columns of the text part."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its shape and tone, empty for a level, and its printed form."""

    shape: str
    value: str
    tone: str

    @property
    def printed(self) -> str:
        """The figure with its shape in front."""
        return f"{self.shape} {self.value}" if self.shape else self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument: symbol, label for tables, and a cell for each column of figures."""

    symbol: str
    label: str
    cells: tuple[Cell, ...]


def columns(*, week: bool) -> tuple[str, ...]:
    """Return the heads of the columns, in words that the proof reads as windows."""
    return ("Ticker", "Close", "Five sessions" if week else "Today", "This year")


def rows(ledger: Ledger, instruments: Mapping[str, str], *, week: bool = False) -> list[Row]:
    """Return a row for each instrument that the ledger knows well enough.

    Parameters
    ----------
    ledger : Ledger
        Source of every figure; one whose inputs are stale is left out.
    instruments : mapping of str to str
        Symbol to label. Rows are in order of symbols, so that the order in which config.yaml
        names them changes no byte of a mail.
    week : bool
        Whether the move is that of five sessions instead of the day's.
    """
    made = []
    for symbol, label in sorted(instruments.items()):
        name = plain(symbol)
        level = _fact(ledger, f"{name}.level")
        moves = [
            _fact(ledger, f"{name}.return.{window}", f"{name}.change.{window}")
            for window in ("5d" if week else "1d", "ytd")
        ]
        if level is not None or moves[0] is not None:
            cells = (_level(level), *map(_move, moves))
            made.append(Row(name, clean(label), cells))
    return made


def watched(
    parts: Sequence[str], made: Sequence[Row], setting: Setting, words: Mapping[str, Any]
) -> tuple[tuple[str, ...], Watched | None]:
    """Return HTML and text without the mark of the block, and what the block is made of.

    Parameters
    ----------
    parts : sequence of str
        HTML and text as the templates made them.
    made : sequence of Row
        From `rows`.
    setting : Setting
        What the edition is printed with.
    words : mapping of str to Any
        What templates may print.

    Raises
    ------
    RenderError
        If a template puts the block in one part alone, or twice.
    """
    counts = [part.count(WATCHED_PLACE) for part in parts]
    if counts not in ([0, 0], [1, 1]):
        raise RenderError(
            "The templates print watched_place "
            f"{counts[0]} times in the HTML and {counts[1]} times in the text; print it once in "
            "each, or in neither."
        )
    if counts == [0, 0]:
        return tuple(parts), None
    cut = [_without(part, *space) for part, space in zip(parts, _SPACE, strict=True)]
    places = (cut[0][1], cut[1][1])
    head, *pieces, foot = _set(made, setting, words)
    named = dict(zip((row.symbol for row in made), pieces, strict=True))
    return tuple(part for part, _ in cut), Watched(places, head, foot, named)


def _without(part: str, above: str, below: str) -> tuple[str, int]:
    """Take the line of the mark out, and the space that sets it apart."""
    before, _, after = part.partition(WATCHED_PLACE)
    before = before.rstrip(above)
    return before + after.lstrip(below), len(before)


def _set(made: Sequence[Row], setting: Setting, words: Mapping[str, Any]) -> list[Piece]:
    heads = columns(week=setting.week)
    widths = _widths(made, heads)
    given = {**words, "columns": heads, "widths": widths}
    try:
        html, text = (_macros(setting.templates, kind, given) for kind in ("html", "txt"))
        pieces = [Piece(_lines(html.head()), _lines(text.head()))]
        pieces += [_piece(html, text, row, widths) for row in made]
        return [*pieces, Piece(_lines(html.foot()), f"\n{_lines(text.foot())}\n")]
    except (jinja2.TemplateError, AttributeError) as error:
        raise RenderError(f"templates/{_FOLDER} cannot be filled: {error}.") from error


def _macros(templates: jinja2.Environment, kind: str, given: Mapping[str, Any]) -> Any:
    return templates.get_template(f"{_FOLDER}.{kind}.j2").make_module(dict(given))


def _piece(html: Any, text: Any, row: Row, widths: Sequence[int]) -> Piece:
    name = f"{row.symbol} {row.label}" if row.label != row.symbol else row.symbol
    cells = [name if len(name) <= widths[0] else row.symbol[: widths[0]]]
    cells += [cell.printed for cell in row.cells]
    return Piece(_lines(html.row(asdict(row))), _lines(text.row(cells)))


def _widths(made: Sequence[Row], heads: Sequence[str]) -> list[int]:
    """Return the columns of the text part: figures as wide as need be, names what is left."""
    figures = [
        max([len(head), *(len(row.cells[k].printed) for row in made)])
        for k, head in enumerate(heads[1:])
    ]
    names = [len(f"{row.symbol} {row.label}") for row in made]
    room = WIDEST - sum(figures) - _GAP * len(figures)
    return [max(min(max([*names, len(heads[0])]), room), len(heads[0])), *figures]


def _lines(text: Any) -> str:
    lines = [line.rstrip() for line in str(text).strip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def _fact(ledger: Ledger, *ids: str) -> Fact | None:
    return next((f for id in ids if (f := ledger.get(id)) and f.quality != "stale"), None)


def _level(fact: Fact | None) -> Cell:
    return Cell("", fact.forms["plain"] if fact else _NONE, "")


def _move(fact: Fact | None) -> Cell:
    if fact is None:
        return Cell("", _NONE, "")
    value = fact.forms["signed"]
    tone = {"+": "up", MINUS: "down"}.get(value[0], "")
    return Cell({"up": "▲", "down": "▼"}.get(tone, "■"), value, tone)
