"""Reading plain text and Markdown: blocks with exact offsets into the file."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Block, Context, Kind
from newsletter.preflight.text.fold import fold
from newsletter.preflight.text.glued import glued

_FENCE = "~~~"
_ITEM = compiled(r"\s{0,12}(?:[-*•·+]|\d{1,3}[.)])\s+(?=\S)")
_RULE = compiled(r"\s{0,3}(?:[-*_=~]\s?){3,200}\s*$")
_HASHES = compiled(r"\s{0,3}#{1,6}\s+")
_PIPES = compiled(r"\s{0,3}\|?[\s:|-]{0,400}-[\s:|-]{0,400}$")
_FIELD = compiled(r"(?P<indent> {0,4})(?P<key>[^:\s][^:]{0,39}): (?P<value>\S.*?)\s*$")
_GAP = compiled(r" {2,}|\t+")
_URL = r"(?:https?://|www\.|mailto:|cid:)[^\s<>\"')\]]{1,2000}"
_LINK_END = r"\]\([^()\n]{0,2000}\)"
_MARKUP = quick(
    rf"{_LINK_END}|!?\[(?=[^\]\n]{{1,500}}\]\()|</?[a-zA-Z][^<>\n]{{0,500}}>|{_URL}"
    r"|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|`{1,3}"
    r"|\\(?=[\\`*_{}\[\]()#+.!|~-])|\\$"
)
_PLAIN = compiled(_URL)
_QUOTATION = "> "
_QUOTED = compiled(rf"(?<=\n)> |{_URL}")
_BOLD = compiled(r"\*\*|__|`")
_PIPE = compiled(r"(?<!\\)\|")
_ENDS = (".", "!", "?", ":", ",", ";")
_HEADING_LENGTH = 120
_TALLEST, _WIDEST = 4_000, 200
"""Rows and columns of the largest table; beyond, it is a paragraph too long to prove."""
_PICTURE = compiled(r"\[(?:chart|figure|graphic|image|photo|picture)\] (?=\S)", re.IGNORECASE)
"""What stands for a picture in plain text: its title, and indented below it what it shows."""
_GOES_ON = compiled(r"[,;.)%]|[a-z]")
_INNER_STOP = compiled(r"[a-z0-9%][.!?] [A-Z]")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


class _Reader:
    def __init__(self, source: str, markdown: bool) -> None:
        self.source = source
        self.markup = _MARKUP if markdown else _PLAIN
        self.markdown = markdown
        self.heading = ""
        self.section = ""  # the last heading that is underlined
        self.furniture = False
        self._plain = False  # whether the last block is a heading without a mark

    def block(self, kind: Kind, start: int, end: int, context: Context | None = None) -> Block:
        """Make a block of ``source[start:end]``, leaving out markup."""
        raw = self.source[start:end]
        letters: list[str] = []
        offsets = array("q")
        position = 0
        for match in self.markup.finditer(raw):
            letters.append(raw[position : match.start()])
            offsets.extend(range(start + position, start + match.start()))
            position = match.end()
        letters.append(raw[position:])
        rest = range(start + position, end)
        if position:
            offsets.extend(rest)
        folded = fold("".join(letters), offsets if position else rest)
        context = context or Context(heading="" if self.furniture else self.heading)
        if kind is Kind.HEADING:
            # Only now: a cell that lost its table stands under the label before it.
            self.heading = folded.text.strip()
        return Block(kind, folded, context, self.furniture)

    def captioned(self, above: Block | None, made: list[Block]) -> Block | None:
        """Return the line above a table as its caption, if that is what it is.

        Where headings are underlined, a line that is not is no heading of what follows the
        table. HTML says so itself, and both parts of a mail then read the same.
        """
        headed = above is not None and above.kind is Kind.HEADING and self._plain
        if above is None or not (headed and made and made[0].kind is Kind.CELL and self.section):
            return None
        self.heading = self.section
        return replace(above, kind=Kind.CAPTION, context=Context(heading=self.section))

    def paragraph(self, lines: list[_Line], following: str = "") -> Iterator[Block]:
        """Read lines without a blank one between them; `following` is the next line."""
        if not self.markdown and all(line.text.startswith(_QUOTATION) for line in lines):
            yield self._quotation(lines)
            return
        table = _table(lines, self.markdown)
        if table:
            yield from self._table(table)
            return
        records = None if self.markdown else _records(lines)
        if records:
            yield from self._fields(records)
            return
        mark = None if self.markdown else _PICTURE.match(lines[0].text)
        if mark is not None:
            yield from self._picture(lines, mark.end())
            return
        group: list[_Line] = []
        kind = Kind.PARAGRAPH
        for line in lines:
            mark = _ITEM.match(line.text)
            hashes = _HASHES.match(line.text) if self.markdown else None
            if group and (mark or hashes or _RULE.match(line.text)):
                underlined = kind is Kind.PARAGRAPH and not (mark or hashes) and len(group) < 4
                yield self._group(Kind.HEADING if underlined else kind, group)
                if underlined:
                    self.section = self.heading
                group, kind = [], Kind.PARAGRAPH
            if _RULE.match(line.text):
                continue
            prefix = (hashes or mark).end() if (hashes or mark) else 0  # type: ignore[union-attr]
            kind = Kind.HEADING if hashes else Kind.ITEM if mark else kind
            group.append(_Line(line.start + prefix, line.text[prefix:]))
            if hashes:
                yield self._group(kind, group)
                group, kind = [], Kind.PARAGRAPH
        if group:
            alone = len(lines) <= 2 and not _goes_on(group[0].text, following)
            yield self._group(kind, group, alone=alone)

    def _quotation(self, lines: list[_Line]) -> Block:
        """Read lines that are all marked as a quotation as one paragraph, without the marks."""
        start, last = lines[0].start + len(_QUOTATION), lines[-1]
        outer, self.markup = self.markup, _QUOTED
        block = self.block(Kind.PARAGRAPH, start, last.start + len(last.text.rstrip()))
        self.markup = outer
        return replace(block, quoted=True)

    def _picture(self, lines: list[_Line], title: int) -> Iterator[Block]:
        """Read what stands for a picture as HTML has it: a heading and an alternative text."""
        below = next((n for n, line in enumerate(lines) if line.text[:1].isspace()), len(lines))
        for kind, part in ((Kind.HEADING, lines[:below]), (Kind.ALT, lines[below:])):
            if part:
                start = part[0].start + (title if kind is Kind.HEADING else 0)
                end = part[-1].start + len(part[-1].text.rstrip())
                if kind is Kind.HEADING:
                    self.heading = self._words(self.source[start:end])  # it stands under itself
                yield self.block(kind, start, end)

    def _group(self, kind: Kind, group: list[_Line], alone: bool = False) -> Block:
        start, last = group[0].start, group[-1]
        text = last.text.rstrip()
        self._plain = (
            kind is Kind.PARAGRAPH
            and alone
            and len(group) == 1
            and not self.markdown
            and len(text) <= _HEADING_LENGTH
            and not text.endswith(_ENDS)
        )
        if self._plain:
            kind = Kind.HEADING
        return self.block(kind, start, last.start + len(text))

    def _table(self, rows: list[list[tuple[int, int]]]) -> Iterator[Block]:
        width = max(len(row) for row in rows)
        header = rows[0]
        shift = width - len(header)
        titles = {i + shift: self._words(self.source[a:b]) for i, (a, b) in enumerate(header)}
        for number, row in enumerate(rows):
            name = self._words(self.source[slice(*row[0])]) if number else ""
            lead = width - len(row) if number == 0 else 0
            for column, (start, end) in enumerate(row, lead):
                if start == end:
                    continue
                context = Context(
                    self.heading,
                    name if column else "",
                    titles.get(column, "") if number else "",
                )
                yield self.block(Kind.CELL, start, end, context)

    def _fields(self, records: list[tuple[_Line, re.Match[str]]]) -> Iterator[Block]:
        """Read a wide table that is laid out one line to a cell, as its cells."""
        name = ""
        for line, field in records:
            first = not field["indent"]
            name = self._words(field["value"]) if first else name
            context = Context(self.heading, "" if first else name, self._words(field["key"]))
            start, end = field.span("value")
            yield self.block(Kind.CELL, line.start + start, line.start + end, context)

    def _words(self, text: str) -> str:
        return fold(_BOLD.sub("", text)).text.strip()


def blocks_of_text(source: str, *, markdown: bool) -> tuple[Block, ...]:
    """Read plain text or Markdown into blocks.

    Parameters
    ----------
    source : str
        The file. Lines that are exactly ``~~~`` divide furniture from text: behind the
        last one stands the footer, before the first of two the masthead.
    markdown : bool
        Whether to read Markdown's marks; comments are left out, as readers see none.
    """
    reader = _Reader(_without_comments(source) if markdown else source, markdown)
    lines = list(_lines(reader.source))
    fences = [i for i, line in enumerate(lines) if line.text.rstrip() == _FENCE]
    first = fences[0] if len(fences) > 1 else -1
    last = fences[-1] if fences else len(lines)
    blocks: list[Block] = []
    group: list[_Line] = []
    for number, line in enumerate([*lines, _Line(len(source), "")]):
        if line.blank or number in {first, last}:
            if group:
                made = list(reader.paragraph(group, _next(lines, number)))
                caption = reader.captioned(blocks[-1] if blocks else None, made)
                blocks[-1:] = [caption] if caption else blocks[-1:]
                blocks.extend(made)
            group = []
        else:
            group.append(line)
        reader.furniture = number < first or number >= last
    return tuple(block for block in blocks if block.text.strip())


def _next(lines: list[_Line], number: int) -> str:
    """Return the next line that is not blank; a text's last lines are looked at briefly."""
    return next((line.text for line in lines[number : number + 6] if not line.blank), "")


def _goes_on(text: str, following: str) -> bool:
    """Tell whether a short line is no heading but a sentence that was cut."""
    return _GOES_ON.match(following) is not None or _INNER_STOP.search(text) is not None


def _lines(source: str) -> Iterator[_Line]:
    start = 0
    for text in source.split("\n"):
        yield _Line(start, text)
        start += len(text) + 1


def _without_comments(source: str) -> str:
    """Blank out ``<!-- … -->`` so that offsets stay."""
    parts: list[str] = []
    position = 0
    while (start := source.find("<!--", position)) >= 0:
        end = source.find("-->", start)
        if end < 0:
            break
        parts.extend((source[position:start], re.sub(r"[^\n]", " ", source[start : end + 3])))
        position = end + 3
    return "".join((*parts, source[position:]))


def _table(lines: list[_Line], markdown: bool) -> list[list[tuple[int, int]]] | None:
    """Return the cells' offsets by row where the lines are a table."""
    if len(lines) < 2:
        return None
    run_together = glued([(line.start, line.text) for line in lines])
    if run_together is not None:
        return run_together
    if any(_ITEM.match(line.text) for line in lines):
        return None
    if all("|" in line.text for line in lines):
        if len(lines) > _TALLEST or max(line.text.count("|") for line in lines) > _WIDEST:
            return None
        return [_piped(line) for line in lines if not _PIPES.match(line.text)] or None
    if markdown:
        return None
    rows = [_split(line) for line in lines if not _RULE.match(line.text)]
    wide = sum(len(row) > 1 for row in rows)
    return rows if wide >= 2 and wide == len(rows) else None


def _split(line: _Line) -> list[tuple[int, int]]:
    cells: list[tuple[int, int]] = []
    position = len(line.text) - len(line.text.lstrip())
    for gap in _GAP.finditer(line.text.rstrip(), position):
        cells.append((line.start + position, line.start + gap.start()))
        position = gap.end()
    cells.append((line.start + position, line.start + len(line.text.rstrip())))
    return cells


def _piped(line: _Line) -> list[tuple[int, int]]:
    text = line.text.strip()
    base = line.start + len(line.text) - len(line.text.lstrip())
    edges = [-1, *(match.start() for match in _PIPE.finditer(text)), len(text)]
    if text.startswith("|"):
        edges = edges[1:]
    if text.endswith("|") and len(edges) > 2:
        edges = edges[:-1]
    cells: list[tuple[int, int]] = []
    for left, right in pairwise(edges):
        piece = text[left + 1 : right]
        lead = len(piece) - len(piece.lstrip())
        cells.append((base + left + 1 + lead, base + left + 1 + max(lead, len(piece.rstrip()))))
    return cells


def _records(lines: list[_Line]) -> list[tuple[_Line, re.Match[str]]] | None:
    """Return the fields of lines that are ``Key: value`` throughout, some of them indented."""
    fields = [(line, match) for line in lines if (match := _FIELD.match(line.text))]
    if len(fields) < len(lines) or fields[0][1]["indent"]:
        return None
    return fields if any(match["indent"] for _, match in fields) else None
