"""Refining: what its surroundings add to a figure: bounds, ranges, a unit left out, a sign."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.wording import ELIDED
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import whole as stretch_of

_A_LITTLE = (
    r"(?:just|only just|a (?:little|shade|touch|hair|bit|whisker|tad|smidgen|fraction)|slightly"
    r"|marginally|fractionally|barely|narrowly)"
)
_BOUND = quick(
    r"(?:(?P<within>within)|(?P<most>no more than|at most)"
    rf"|(?P<above>{_A_LITTLE} (?:over|above|more than|beyond|better than|north of|upwards? of))"
    rf"|(?P<nearly>{_A_LITTLE} (?:under|below|less than|fewer than|short of|shy of|south of)"
    r"|nearly|almost|approaching|not quite|all but|not far (?:off|short of)|the best part of)"
    r"|(?P<least>at least|no less than|no fewer than|a minimum of)"
    r"|(?P<more>more than|over|above|exceeding|upwards? of|better than|north of|beyond"
    r"|in excess of|a good)"
    r"|(?P<less>less than|fewer than|under|below|short of|shy of|south of|not even)"
    r"|(?P<about>about|around|roughly|some|approximately|close to|or so|something like|circa"
    r"|in the region of|barely|more or less|an estimated)"
    r"|(?P<exact>exactly|precisely|bang on|spot on|dead on))\s+(?:an? |the )?$",
    re.IGNORECASE,
)
_AFTER = compiled(
    r"(?:,? (?P<more>or more|and then some|and change|plus\b|or better)|(?P<over>\+)"
    r"|,? (?P<about>or so|or thereabouts|give or take|more or less)|,? (?P<within>or less))",
    re.IGNORECASE,
)
_MARK = compiled(r"[ -](?:mark|line|level|threshold|barrier|handle|hurdle)\b", re.IGNORECASE)
_TENTHS = compiled(r"tenths?$", re.IGNORECASE)
_CHANGES = {FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS}
_BARE = {FigureKind.COUNT, FigureKind.NUMBER}
_SENTENCE = compiled(r"[.!?]\s|:")
_GAPPED = compiled(
    r"(?:[,;]|[,;]? (?:and|while|but|as did)) (?:the |its |an? )?(?!(?:and|while|but)\b)"
    r"(?:(?!(?:in|at|of|by|on|for|is|was|are|were|to|from|with|than|above|below|near|closed|stood"
    r"|past|last|next|first|all|just|only|about|nearly|some|over|under|or|some)\b)[\w&'-]+ ){1,4}$",
    re.IGNORECASE,
)
"""A subject without a verb of its own: ``banks rose two percent, the chipmakers three``."""
_ENDS = compiled(r"\s*(?:$|[.,;)](?!\d)|and\b|while\b|but\b)", re.IGNORECASE)
_SHARED = compiled(r"(?:half|third|quarter|fifth|tenth)s?\b|per ?cent\b|%", re.IGNORECASE)
FINE = Decimal("0.06")
"""By how much a value may differ from ``three and a third``."""
_NO_NOUN = compiled(
    r"\s*(?:$|[.,;:!?)—–]|(?:and|but|while|over|in|on|for|this|since|today|tonight|yet|after"
    r"|against|from|respectively|apiece|each|across|during|as|at|or|whereas|though|lower|higher"
    r"|more|less|ahead|behind|up|down|better|worse|to)\b)",
    re.IGNORECASE,
)
_LED = quick(
    r"\b(?:by|than|over|under|nearly|almost|about|roughly|some|around|just|only|managed|added|gained"
    r"|gains|adds|lost|loses|put on|fell|rose|shed|sheds|dropped|climbed|slipped|slid|jumped|sank"
    r"|down|up|against|another|above|below|shy of|short of|mere|returned|made|eased|from|to"
    r"|least|of|cost|costs|cost it|cost them|lopped|knocked|wiped"
    r"|tacked on|gave up|a mere|took|advanced|declined|barely|quite|and|,) ?(?:an? )?$",
    re.IGNORECASE,
)
_LANDED = compiled(r"(?<!\bclose )\b(?:to|from|at|of) $", re.IGNORECASE)
_LOSS_OF = compiled(
    r"\b(?:gain|loss|rise|fall|drop|decline|advance|return|jump|slide|climb) of $", re.IGNORECASE
)
_BETWEEN = compiled(r"\b(?:between|somewhere between|anywhere between)\s+$", re.IGNORECASE)
_FROM = compiled(r"\bfrom\s+$", re.IGNORECASE)
_SPAN = compiled(r"\b(?:over|in|across|during) $", re.IGNORECASE)
_SPANNED = compiled(
    r"\b(?:over|in|across|during) (?:the (?:past|last) )?[\w-]+ (?:sessions|days|weeks|months)\b",
    re.IGNORECASE,
)
"""A stretch of time named before, whose noun another number goes without."""
_SIGN = compiled(r"\b(?P<minus>minus|negative)\s+$|\b(?P<plus>plus)\s+$", re.IGNORECASE)
_REACH = 140


def refined(found: list[Figure], text: str) -> Iterator[Figure]:
    """Yield the figures of a text with bounds, ranges, signs and units left out filled in.

    Parameters
    ----------
    found : list of Figure
        As printed, in order of position.
    text : str
        The text.
    """
    figures = list(_ranges(found, text))
    unit: Figure | None = None
    for figure in figures:
        if unit is not None and _SENTENCE.search(text[unit.end : figure.start]):
            unit = None
        whole = figure
        if figure.unit == ELIDED:
            if unit is None or not _elliptic(replace(figure, unit=""), unit, text):
                continue
            whole = figure = replace(figure, kind=unit.kind, unit="")  # noqa: PLW2901
        if figure.kind is FigureKind.FRACTION and unit is not None and figure.value is not None:
            if _TENTHS.search(text[figure.start : figure.end]):  # "… and four tenths over a year"
                whole = replace(figure, kind=unit.kind, value=figure.value / 100, places=1)
        elif unit is not None and _elliptic(figure, unit, text):
            whole = replace(figure, kind=unit.kind)
        if whole.kind in _CHANGES:
            unit = whole
        yield _bounded(_signed(whole, text), text)


def gapped(text: str, start: int, end: int) -> bool:
    """Tell whether a fraction stands without a verb behind another: ``, and banks a quarter``."""
    return (
        _ENDS.match(text, end) is not None
        and _GAPPED.search(text[max(0, start - 48) : start]) is not None
        and _SHARED.search(text, max(0, start - _REACH), start - 4) is not None
    )


def _elliptic(figure: Figure, unit: Figure, text: str) -> bool:
    """Tell whether a bare number takes its unit from the one before it."""
    if figure.unit == "elliptic":
        return True
    if figure.kind not in _BARE or figure.start - unit.end > _REACH or figure.sign:
        return False
    before = text[max(0, figure.start - 20) : figure.start]
    if _SPAN.search(before) and _SPANNED.search(text, max(0, figure.start - _REACH), figure.start):
        return False  # "up 4bp over five [sessions]"
    apart = ";" in text[unit.end : figure.start]
    landed = _LANDED.search(before) and not _LOSS_OF.search(before)
    if landed and (apart or unit.kind is not FigureKind.PERCENT):
        return False  # "fell 1.8 points to 17.68": where it stands is no number of points
    if _ENDS.match(text, figure.end) and _GAPPED.search(text, unit.end, figure.start):
        return True
    return _NO_NOUN.match(text, figure.end) is not None and _LED.search(before) is not None


def _ranges(found: list[Figure], text: str) -> Iterator[Figure]:
    """Give the first end of a range the unit printed behind the second, and both the range."""
    low: Figure | None = None
    for figure, following in zip(found, [*found[1:], None], strict=False):
        if low is not None:
            yield replace(figure, to=low.value)
            low = None
            continue
        joined = text[figure.end : following.start].strip().lower() if following else ""
        kind = figure.kind
        lends = following is not None and kind in _BARE and following.kind in _CHANGES
        if following is not None and lends and joined in {"-", "–", "−", "to", "and", "or"}:
            kind = following.kind
        if kind is not figure.kind:
            figure = replace(figure, kind=kind)  # noqa: PLW2901
        if following is not None and _is_range(figure, following, joined, text):
            low = figure
            figure = replace(figure, to=following.value)  # noqa: PLW2901
        yield figure


def _is_range(figure: Figure, following: Figure, joined: str, text: str) -> bool:
    if figure.kind is not following.kind or figure.value is None or following.value is None:
        return False
    if figure.kind not in {*_CHANGES, FigureKind.FRACTION, FigureKind.COUNT, FigureKind.NUMBER}:
        return False
    low, high = figure.value, following.value
    if not 0 < low < high or high - low > max(Decimal(2), low / 2):
        return False
    before = text[max(0, figure.start - 24) : figure.start]
    if _BETWEEN.search(before):
        return joined in {"and", "and a", "and an"}
    spanned = joined in {"-", "–", "−", "to"} and figure.kind in _CHANGES
    return spanned and not before.endswith(", ") and _FROM.search(before) is None


def _signed(figure: Figure, text: str) -> Figure:
    if figure.sign or figure.value is None or figure.kind in {FigureKind.DATE, FigureKind.WINDOW}:
        return figure
    before = text[max(0, figure.start - 12) : figure.start]
    match = _SIGN.search(before) if stretch_of(text).may(_SIGN) else None
    if match is None:
        return figure
    sign = -1 if match["minus"] else 1
    return replace(figure, sign=sign, value=sign * figure.value)


def _bounded(figure: Figure, text: str) -> Figure:
    if figure.bound or figure.to is not None:
        return figure
    after = _AFTER.match(text, figure.end)
    if after is not None and figure.kind is not FigureKind.WINDOW:
        group = after.lastgroup or ""
        return replace(figure, bound="more" if group == "over" else group)
    low = max(0, figure.start - 32)
    match = next(iter(stretch_of(text).within(_BOUND, low, figure.start)), None)
    if match and match[0].lower().endswith("the ") and not _MARK.match(text, figure.end):
        return figure  # "more than the 0.5% that ...": a figure known, and no bound
    return replace(figure, bound=match.lastgroup or "") if match else figure
