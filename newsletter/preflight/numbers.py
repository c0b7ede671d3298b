"""Numbers: every figure a text states, in digits or in words.

The finder errs on the side of finding: what it does not know to be a name, an idiom or
a plain article is a figure, and a figure must be proved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from newsletter.preflight.dates import When, find_dates
from newsletter.preflight.wording import (
    FRACTIONS,
    MAGNITUDES,
    MULTIPLES,
    NAMES,
    ORDINALS,
    PLAIN_NOUNS,
    SPELLED,
    spelled,
)


class FigureKind(StrEnum):
    """What a figure counts, as its print says."""

    PERCENT = "percent"
    POINTS = "points"
    BPS = "bps"
    USD = "usd"
    CURRENCY = "currency"
    NUMBER = "number"
    COUNT = "count"
    SHARE = "share"
    ORDINAL = "ordinal"
    PERCENTILE = "percentile"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    WINDOW = "window"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure found in a text.

    Parameters
    ----------
    kind : FigureKind
        What it counts.
    start, end : int
        Where, in the folded text.
    value : decimal.Decimal or None
        Signed magnitude; None where the print is beyond any market figure.
    places : int
        Decimals printed.
    sign : int
        Printed sign: -1, 0 where none is printed, 1.
    of : decimal.Decimal or None
        The N of ``n of N``.
    unit : str
        ``day``, ``session`` … of a window.
    when : When or None
        What a date says.
    bound : str
        ``more``, ``less`` or ``about`` where the print is no exact figure.
    """

    kind: FigureKind
    start: int
    end: int
    value: Decimal | None = None
    places: int = 0
    sign: int = 0
    of: Decimal | None = None
    unit: str = ""
    when: When | None = None
    bound: str = ""


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:[.·]\d+)?|(?<![\d.])[.·]\d+"
_UNIT = (
    r"(?P<bps>(?:bps?|basis[- ]points?)\b)"
    r"|(?P<points>(?:%|per ?cent(?:age)?|percentage)[- ]?points?\b|ppts?\b|pp\b|pts?\b|points?\b)"
    r"|(?P<percent>%|(?:percent|per[ -]cent|pct|p\.c\.)(?!\w))"
    r"|(?P<ordinal>(?:st|nd|rd|th)\b)"
    r"|(?P<money>dollars?\b|cents\b)"
    r"|(?P<foreign>euros?\b|yen\b|rupees?\b|sterling\b)"
    r"|(?P<times>x\b|×|times\b|-fold\b|fold\b)"
    r"|(?P<strange>‰|permille\b)"
)
_SCALE = r"(?:[ -]?(?P<scale>trillion|billion|million|thousand|tn|bn|mn|[kKmMbB](?![a-zA-Z])))?"
_NUMERIC = re.compile(
    rf"(?P<sign>[−+] ?|(?<![\w.%)])[-–](?=[\d.·$€£¥₹]))?(?:(?P<currency>(?:US|C|A"
    rf"|HK)?[$€£¥₹] ?)(?P<inner>[−-])?)?"
    rf"(?P<digits>{_DIGITS}){_SCALE}(?:[ -]?(?:{_UNIT}))?",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    rf"\b(?P<n>\d{{1,4}}|{SPELLED})[ -](?P<unit>day|session|week|month|quarter|year)s?\b(?!-old)"
    rf"|\b(?:past|last|next|previous) (?P<bare>\d{{1,4}}|{SPELLED})(?= (?:have|has|had|in|were"
    rf"|was|did)\b|[,.;])",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"\b(?P<n>\d{{1,6}}|{SPELLED}|none)(?: names| stocks| members| funds| sectors)? (?:out )?of "
    rf"(?:the |its |all |those |our )?(?P<of>\d{{1,6}}|{SPELLED})\b(?![.·]\d|,\d|%| ?(?:percent"
    rf"|per cent)\b)",
    re.IGNORECASE,
)
_SLASH = re.compile(r"(?<![\w/.])(?P<n>\d{1,5})/(?P<of>\d{1,5})(?![\w/])")
_FRACTION = re.compile(
    rf"\b(?P<n>a|an|one|two|three|four|nine)[ -](?P<part>{'|'.join(FRACTIONS)})\b(?P<tail> of\b)?"
    r"|(?P<half>(?:^|[^\w ]\s?|\b(?:about|nearly|almost|roughly|over|than|under|only|just|barely"
    r"|least|and|in|with|by|for|some|around) )"
    r"half\b)(?P<tail2> (?:of|the|its|their|all)\b)?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"\b(?P<n>{SPELLED}|a half|half a|a)(?P<half> and a half)?(?:[ -](?:full "
    rf"|whole )?(?:{_UNIT}))?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?P<n>{'|'.join(ORDINALS[1:])})\b[ -](?=(?P<unit>percentile)\b|of the\b|best|worst"
    rf"|largest|smallest|biggest|highest|"
    r"lowest|strongest|weakest|straight|consecutive|time|in a row|among|out of|decile|quartile)"
    rf"|\b(?:rank(?:s|ed)?|placed|came|finished|stands) (?P<rank>{'|'.join(ORDINALS[1:])})\b",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(
    rf"\b(?P<verb>{'|'.join(MULTIPLES)})\b|\b(?P<times>twice|double|triple|treble|thrice) (?:the"
    rf"|its|as|their|that|what)\b"
    r"|\b(?:two|three|four|five|ten)fold\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[ap]\.?m\b\.?)|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|\b\d{1,2} ?[ap]\.?m\b\.?"
    r"|\bUTC[+−-]\d{1,2}\b",
    re.IGNORECASE,
)
_READ = re.compile(r"\b\d{1,3}[ -]min(?:ute)?s?[ -]read\b", re.IGNORECASE)
_BOUND = re.compile(
    r"(?:(?P<more>more than|over|above|at least|exceeding|upwards? of|better than)"
    r"|(?P<less>less than|fewer than|under|below|at most|nearly|almost|just short of)"
    r"|(?P<about>about|around|roughly|some|approximately|close to|or so))\s+(?:an? |the )?$",
    re.IGNORECASE,
)
_HYPHENATED = re.compile(r"[A-Za-z]-")
_LONGEST = 15
MOST = 1000
"""Figures of one sort that a block is searched for: more is no prose but an attack."""
_MORE_THAN_ONE = Decimal(2)


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
    taken = bytearray(len(text))
    for pattern in (NAMES, _READ):
        for match in pattern.finditer(text):
            _take(taken, match.start(), match.end())
    found: list[Figure] = []
    for figures in (_dates, _times, _windows, _shares, _multiples, _fractions, _numerics, _spelled):
        found.extend(f for f in islice(figures(text), MOST) if _take(taken, f.start, f.end))
    found.sort(key=lambda figure: figure.start)
    return [_bounded(figure, text) for figure in _ranges(found, text)]


def _take(taken: bytearray, start: int, end: int) -> bool:
    if any(taken[start:end]):
        return False
    taken[start:end] = b"\x01" * (end - start)
    return True


def _dates(text: str) -> Iterator[Figure]:
    for start, end, when in find_dates(text):
        yield Figure(FigureKind.DATE, start, end, when=when)


def _times(text: str) -> Iterator[Figure]:
    for match in _TIME.finditer(text):
        yield Figure(FigureKind.TIME, match.start(), match.end())


def _windows(text: str) -> Iterator[Figure]:
    for match in _WINDOW.finditer(text):
        group = "n" if match["n"] else "bare"
        value = _value(match[group])
        if value is not None and (value >= _MORE_THAN_ONE or match[group].isdigit()):
            unit = (match["unit"] or "session").lower()
            yield Figure(FigureKind.WINDOW, match.start(group), match.end(), value, unit=unit)


def _shares(text: str) -> Iterator[Figure]:
    for match in (*_SHARE.finditer(text), *_SLASH.finditer(text)):
        n = Decimal(0) if match["n"].lower() == "none" else _value(match["n"])
        if n is not None and match["n"].lower() != "one":
            yield Figure(FigureKind.SHARE, match.start(), match.end(), n, of=_value(match["of"]))


def _multiples(text: str) -> Iterator[Figure]:
    for match in _MULTIPLE.finditer(text):
        value = MULTIPLES.get((match["verb"] or "").lower())
        kind = FigureKind.FRACTION if value else FigureKind.MULTIPLE
        yield Figure(kind, match.start(), match.end(), None if value is None else Decimal(value))


def _fractions(text: str) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text):
        if match["half"]:
            approximate = re.match(
                r"about|nearly|almost|roughly|than|over|under", match["half"], re.IGNORECASE
            )
            if match["tail2"] or approximate:
                end = match.end("half")
                yield Figure(FigureKind.FRACTION, end - 4, end, Decimal(50))
            continue
        n = {"a": 1, "an": 1}.get(match["n"].lower()) or int(spelled(match["n"]) or 1)
        part = FRACTIONS[match["part"].lower()]
        if (n == 1 and not match["tail"]) or n >= part:
            continue
        yield Figure(FigureKind.FRACTION, match.start(), match.end("part"), Decimal(100 * n) / part)


def _numerics(text: str) -> Iterator[Figure]:
    for match in _NUMERIC.finditer(text):
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


def _spelled(text: str) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        word = (match["n"] or match["rank"]).lower()
        group = "n" if match["n"] else "rank"
        kind = FigureKind.PERCENTILE if match["unit"] else FigureKind.ORDINAL
        if word not in {"first", "second"} or match["rank"] or _superlative(text, match.end()):
            value = Decimal(ORDINALS.index(word))
            yield Figure(kind, match.start(group), match.end(group), value)
    for match in _WORDS.finditer(text):
        figure = _word(match, text)
        if figure is not None:
            yield figure


def _superlative(text: str, at: int) -> bool:
    return re.match(r"\w+est\b|worst", text[at : at + 12]) is not None


def _word(match: re.Match[str], text: str) -> Figure | None:
    unit = next((u for u in ("bps", "points", "percent", "money", "times") if match[u]), "")
    words = match["n"].lower()
    half = Decimal("0.5") if match["half"] else Decimal(0)
    if words in {"a", "half a", "a half"}:
        countable = unit in {"bps", "percent"} or (
            unit == "points" and "percentage" in match[unit].lower()
        )
        if not (countable or (unit == "points" and "half" in words)):
            return None
        value: Decimal | None = Decimal(1) if words == "a" else Decimal("0.5")
    else:
        value = spelled(words)
    if value is None:
        return None
    places = 1 if half or value == Decimal("0.5") else 0
    value += half
    kinds = {"bps": FigureKind.BPS, "points": FigureKind.POINTS, "percent": FigureKind.PERCENT,
             "money": FigureKind.USD}  # fmt: skip
    if unit in kinds:
        return Figure(kinds[unit], match.start(), match.end(), value, places)
    if value <= _MORE_THAN_ONE and value != 0:
        return None
    end = match.end("n")
    if PLAIN_NOUNS.match(text, end):
        return None
    return Figure(FigureKind.COUNT, match.start(), end, value)


def _ranges(found: list[Figure], text: str) -> Iterator[Figure]:
    """Give the first end of a range the unit printed behind the second."""
    units = {FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS}
    for figure, following in zip(found, [*found[1:], None], strict=False):
        bare = figure.kind in {FigureKind.COUNT, FigureKind.NUMBER}
        if bare and following is not None and following.kind in units:
            between = text[figure.end : following.start].strip().lower()
            if between in {"-", "–", "−", "to", "and", "or"}:
                figure = replace(figure, kind=following.kind)  # noqa: PLW2901
        yield figure


def _bounded(figure: Figure, text: str) -> Figure:
    match = _BOUND.search(text[max(0, figure.start - 24) : figure.start])
    return replace(figure, bound=match.lastgroup or "") if match else figure


def _value(text: str) -> Decimal | None:
    return Decimal(text) if text.isdecimal() else spelled(text)
