"""Glued tables: rows whose cells lost their separators on the way into plain text.

``Nvidia Corp. (NVDA)36.80%34.94%`` under ``StocksYTD PerformanceOne Year Performance`` is
what copying a web page leaves of a table. Read as prose, the figures of one column would
be held against another's.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

_FIGURE = r"[-+−–]?[$€£]?\d[\d,]*(?:\.\d+)?(?:%|x|bps)"
_ROW = quick(rf"(?P<name>\S.{{0,79}}?[^\d\s.,+−–-])(?P<cells>(?:{_FIGURE}){{2,12}})\s*$")
_CELL = compiled(_FIGURE)
_SEAM = compiled(r"(?<=[a-z)%])(?=[A-Z])")
Row = list[tuple[int, int]]


def glued(lines: Sequence[tuple[int, str]]) -> list[Row] | None:
    """Return the cells' offsets by row where lines are a glued table with a header.

    Parameters
    ----------
    lines : sequence of (int, str)
        Start in the source, and text of each line.
    """
    rows: list[Row] = []
    for start, text in lines[1:]:
        match = _ROW.match(text)
        if match is None:
            return None
        rows.append(_row(start, match))
    if not rows:
        return None
    start, title = lines[0]
    seams = [0, *(seam.start() for seam in _SEAM.finditer(title.rstrip())), len(title.rstrip())]
    header = [(start + a, start + b) for a, b in pairwise(seams)]
    width = max(len(row) for row in rows)
    return [header, *rows] if len(header) in {width, width - 1} else None


def _row(start: int, match: re.Match[str]) -> Row:
    base = start + match.start("cells")
    cells = [(base + c.start(), base + c.end()) for c in _CELL.finditer(match["cells"])]
    return [(start, start + match.end("name")), *cells]
