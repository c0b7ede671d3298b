"""Numbers: every figure a text states, in digits or in words.

The finder errs on the side of finding: what it does not know to be a name, an idiom or
a plain article is a figure, and a figure must be proved. Words for numbers are in
`newsletter.preflight.figures.spelling`, what surroundings add in
`newsletter.preflight.figures.refining`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from newsletter.patterns import compiled
from newsletter.preflight.figures.dates import find_dates
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.refining import refined
from newsletter.preflight.figures.spelling import (
    UNIT,
    fractions,
    multiples,
    shares,
    spelled_out,
    value_of,
)
from newsletter.preflight.figures.wording import MAGNITUDES, NAMES, SPELLED
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import scan

__all__ = ["MOST", "Figure", "FigureKind", "find"]

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:[.·]\d+)?|(?<![\d.])[.·]\d+"
_SCALE = r"(?:[ -]?(?P<scale>trillion|billion|million|thousand|tn|bn|mn|[kKmMbB](?![a-zA-Z])))?"
_NUMERIC = quick(
    rf"(?P<sign>[−+] ?|(?<![\w.%)])[-–](?=[\d.·$€£¥₹]))?(?:(?P<currency>(?:US|C|A"
    rf"|HK)?[$€£¥₹] ?)(?P<inner>[−-])?)?"
    rf"(?P<digits>{_DIGITS}){_SCALE}(?:[ -]?(?:{UNIT}))?",
    re.IGNORECASE,
)
_ADJECTIVE = (
    r"(?:[ -](?:brutal|bruising|straight|consecutive|successive|losing|winning|calm|quiet|rough"
    r"|good|bad|full|whole|short|long|wild|torrid|trading|business|calendar|difficult|hectic"
    r"|nervous|painful|dreadful|splendid|strong|weak|poor|latest|recent|past|last|previous"
    r"|unbroken|uninterrupted|odd))?"
)
_WINDOW = quick(
    rf"\b(?P<n>\d{{1,4}}|{SPELLED}){_ADJECTIVE}[ -]"
    r"(?P<unit>day|session|week|month|quarter|year)s?\b(?!-old)"
    rf"|\b(?:past|last|next|previous) (?P<bare>\d{{1,4}}|{SPELLED})(?= (?:have|has|had|in|were"
    rf"|was|did)\b|[,.;])"
    r"|(?<= over )(?P<months>three|six|twelve|five|3|6|12|5)(?=[,.;!?):]|$)"
    r"|\b(?P<desk>20|50|100|200)[- ]?(?:dma|d)\b",
    re.IGNORECASE,
)
_MONTHS = compiled(r"\b(?P<unit>month|session|day)s?\b[^.!?]{0,60}$", re.IGNORECASE)
_TIME = compiled(
    r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|\b\d{1,2} ?[ap]\.?m\b\.?"
    r"|\bUTC[+−-]\d{1,2}\b",
    re.IGNORECASE,
)
_READ = compiled(r"\b\d{1,3}[ -]min(?:ute)?s?[ -]read\b", re.IGNORECASE)
_CELL = compiled(r"(?:[▲▼] )?[+−]?\d{1,3}(?:\.\d{1,2})?%\*?")
"""What most cells of a table hold: a percentage and nothing besides."""
_SHORTEST = 12
_HYPHENATED = compiled(r"[A-Za-z]-")
_LONGEST = 15
MOST = 1000
"""Figures of one sort that a block is searched for: more is no prose but an attack."""
_TWO = Decimal(2)
_LONG = 20_000


def find(text: str) -> list[Figure]:
    """Find every figure of a text, in order of position.

    Parameters
    ----------
    text : str
        Folded text of one block.

    Returns
    -------
    list of Figure
        They do not overlap.
    """
    return list(_found(text) if len(text) < _LONG else _found_long(text))


def _search(text: str) -> tuple[Figure, ...]:
    if len(text) < _SHORTEST and _CELL.fullmatch(text):
        return tuple(refined(list(_numerics(text)), text))
    taken = bytearray(len(text))
    for pattern in (NAMES, _READ):
        for match in scan(pattern, text):
            _take(taken, match.start(), match.end())
    found: list[Figure] = []
    for figures in _FINDERS:
        found.extend(f for f in islice(figures(text), MOST) if _take(taken, f.start, f.end))
    found.sort(key=lambda figure: figure.start)
    return tuple(refined(found, text))


def _take(taken: bytearray, start: int, end: int) -> bool:
    if any(taken[start:end]):
        return False
    taken[start:end] = b"\x01" * (end - start)
    return True


def _dates(text: str) -> Iterator[Figure]:
    for start, end, when in find_dates(text):
        yield Figure(FigureKind.DATE, start, end, when=when)


def _times(text: str) -> Iterator[Figure]:
    for match in scan(_TIME, text):
        yield Figure(FigureKind.TIME, match.start(), match.end())


def _windows(text: str) -> Iterator[Figure]:
    for match in scan(_WINDOW, text):
        group = next(name for name in ("n", "bare", "months", "desk") if match[name])
        value = value_of(match[group])
        before = text[max(0, match.start() - 90) : match.start()]
        elided = _MONTHS.search(before) if group == "months" else None
        if group == "months" and elided is None:
            continue
        if value is not None and (value >= _TWO or match[group].isdigit()):
            said = "day" if group == "desk" else match["unit"] or "session"
            unit = (elided["unit"] if elided else said).lower()
            yield Figure(FigureKind.WINDOW, match.start(group), match.end(), value, unit=unit)


def _numerics(text: str) -> Iterator[Figure]:
    for match in scan(_NUMERIC, text):
        kind = _kind(match, text)
        if kind is None:
            continue
        digits = match["digits"].replace(",", "").replace("·", ".")
        places = len(digits.partition(".")[2])
        value = Decimal(digits) if len(digits) <= _LONGEST else None
        signs = (match["sign"] or "").strip() + (match["inner"] or "")
        sign = 0 if not signs else 1 if signs == "+" else -1
        scale = MAGNITUDES.get((match["scale"] or "").lower(), 1)
        if value is not None:
            value = value * scale * (sign or 1)
            places -= len(str(scale)) - 1
            if (match["money"] or "").lower() == "cents":
                value, places = value / 100, places + 2
        start = match.start() if match["sign"] or match["currency"] else match.start("digits")
        yield Figure(kind, start, match.end(), value, places, sign)


def _kind(match: re.Match[str], text: str) -> FigureKind | None:
    """Decide what a number in digits counts; None where it belongs to a name."""
    units = {"bps": "bps", "points": "points", "percent": "percent", "money": "usd",
             "foreign": "currency", "strange": "currency", "times": "multiple"}  # fmt: skip
    if match["currency"]:
        return FigureKind.USD if match["currency"].strip() in {"$", "US$"} else FigureKind.CURRENCY
    for group, kind in units.items():
        if match[group]:
            if kind == "multiple" and match[group].lower() == "times":
                return FigureKind.COUNT
            return FigureKind(kind)
    if match["ordinal"]:
        follows = text[match.end() : match.end() + 12].lstrip(" -").lower()
        return FigureKind.PERCENTILE if follows.startswith("percentile") else FigureKind.ORDINAL
    before = text[match.start("digits") - 1 : match.start("digits")]
    ahead = text[max(0, match.start("digits") - 2) : match.start("digits")]
    if before and (before.isalpha() or before in "_@#" or _HYPHENATED.fullmatch(ahead)):
        return None
    whole = "." not in match["digits"] and "·" not in match["digits"]
    return FigureKind.COUNT if whole and not match["scale"] else FigureKind.NUMBER


_found = lru_cache(maxsize=512)(_search)
_found_long = lru_cache(maxsize=2)(_search)  # rules look through the same blocks again
_FINDERS = (_dates, _times, multiples, _windows, shares, fractions, _numerics, spelled_out)
