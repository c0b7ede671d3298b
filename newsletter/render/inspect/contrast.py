"""Whether every run of text can be read on its ground, in each colour scheme."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from newsletter.render.inspect.cascade import cascade
from newsletter.render.inspect.colour import (
    BLACK,
    DARK_CANVAS,
    DARK_LINK,
    LINK,
    WHITE,
    Colour,
    Forced,
    contrast,
    forced,
    read,
)
from newsletter.render.inspect.document import Document, runs
from newsletter.render.inspect.reading import hides, squeezed
from newsletter.render.inspect.remark import Remark
from newsletter.render.inspect.styles import Declaration

Mode = Literal["light", "dark", "inverted", "lifted"]
MODES: tuple[Mode, ...] = ("light", "dark", "inverted", "lifted")
"""The mail's own two schemes, and its light one under two kinds of forced dark."""
LEAST, LEAST_LARGE = 4.5, 3.0
"""WCAG 2.2 AA (1.4.3): text, and text from 24 px, or bold from 18.66 px."""

_LENGTH = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(px|pt|em|rem|%)")
_NAMED = {"small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "x-small": 10.0}
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67}
_BOLD = frozenset({"b", "strong", "th", *_HEADINGS})


@dataclass(frozen=True, slots=True)
class Look:
    """How an element's own text looks.

    Parameters
    ----------
    ink, ground : Colour
        Of the text and behind it, opaque.
    size : float
        CSS pixels.
    bold : bool
        Weight 600 or more.
    shown : bool
        Whether it is displayed.
    sure : bool
        False where a picture lies behind it.
    """

    ink: Colour = BLACK
    ground: Colour = WHITE
    size: float = 16.0
    bold: bool = False
    shown: bool = True
    sure: bool = True

    @property
    def least(self) -> float:
        """Contrast that WCAG AA asks of it."""
        large = self.size >= 24 or (self.bold and self.size >= 18.66)
        return LEAST_LARGE if large else LEAST


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of colours in one mode.

    Parameters
    ----------
    mode : str
        One of `MODES`.
    ink, ground : str
        ``#rrggbb``.
    ratio, least : float
        WCAG contrast, and what it must be.
    sample : str
        First words so printed.
    line : int
        Of the HTML.
    count : int
        Runs of text so printed.
    """

    mode: Mode
    ink: str
    ground: str
    ratio: float
    least: float
    sample: str
    line: int
    count: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """Result of the check.

    Parameters
    ----------
    pairs : tuple of Pair
        By mode, the poorest first.
    least : mapping of str to float
        Lowest contrast of each mode.
    skipped : tuple of str
        Selectors that were not matched.
    """

    pairs: tuple[Pair, ...]
    least: Mapping[str, float]
    skipped: tuple[str, ...]


def check(document: Document) -> tuple[Contrast, tuple[Remark, ...]]:
    """Measure every run of text in every mode.

    Returns
    -------
    Contrast, tuple of Remark
        Too little contrast is an error in the mail's own schemes and a warning where a
        program forces a dark one, whose formula is not published.
    """
    light, skipped = looks(document, "light")
    dark, more = looks(document, "dark")
    pairs: list[Pair] = []
    for mode in MODES:
        found = _pairs(document, dark if mode == "dark" else light, mode)
        pairs += sorted(found, key=lambda pair: (pair.ratio, pair.ink, pair.ground))
    left_out = tuple(sorted({*skipped, *more}))
    least: dict[str, float] = {
        mode: min((p.ratio for p in pairs if p.mode == mode), default=21.0) for mode in MODES
    }
    remarks = [_remark(pair) for pair in pairs if pair.ratio < pair.least]
    remarks += [
        Remark("contrast", "info", "This selector was left out of the cascade.", text[:80])
        for text in left_out
    ]
    return Contrast(tuple(pairs), least, left_out), tuple(remarks)


def looks(
    document: Document, scheme: Literal["light", "dark"], width: int = 600
) -> tuple[dict[Element, Look], tuple[str, ...]]:
    """Work out how the text of every element looks.

    Parameters
    ----------
    document : Document
        The mail.
    scheme : {"light", "dark"}
        The reader's.
    width : int
        Of the window, CSS pixels.

    Returns
    -------
    dict of Element to Look, tuple of str
        And the selectors left out.
    """
    worked = cascade(document, scheme, width)
    dark = scheme == "dark" and _follows(document, worked.winners.get(document.root, {}))
    canvas, link = (Look(WHITE, DARK_CANVAS), DARK_LINK) if dark else (Look(), LINK)
    seen: dict[Element, Look] = {}
    for element in document.elements():
        parent = document.parents.get(element)
        above = canvas if parent is None else seen[parent]
        seen[element] = _look(element, above, worked.winners.get(element, {}), link)
    return seen, worked.skipped


def _follows(document: Document, root: Mapping[str, Declaration]) -> bool:
    """Tell whether the page asks for a dark canvas, on which undeclared text is white."""
    if "color-scheme" in root:
        return "dark" in root["color-scheme"].text.lower()
    metas = [e for e in document.elements("meta") if e.get("name", "").lower() == "color-scheme"]
    return bool(metas) and "dark" in metas[0].get("content", "").lower()


def _look(element: Element, above: Look, won: Mapping[str, Declaration], link: Colour) -> Look:
    default = link if element.tag == "a" and element.get("href") else above.ink
    ink = _colour(won.get("color"), above.ink, default)
    ground = _colour(won.get("background-color"), above.ground, None)
    image = won.get("background-image")
    pictured = image is not None and ("url(" in image.text or "gradient(" in image.text)
    below = above.ground if ground is None else ground.over(above.ground)
    display = won.get("display")
    hidden = (display is not None and display.text.lower() == "none") or "hidden" in element.attrib
    opaque = ground is not None and ground.alpha == 1
    return Look(
        ink=ink or above.ink,
        ground=below,
        size=_size(element, won.get("font-size"), above.size),
        bold=_bold(element, won.get("font-weight"), above.bold),
        shown=above.shown and not hidden,
        sure=not pictured and (above.sure or opaque),
    )


def _colour(
    declared: Declaration | None, inherited: Colour, default: Colour | None
) -> Colour | None:
    if declared is None:
        return default
    if declared.text.lower() in {"inherit", "currentcolor", "unset"}:
        return inherited
    return read(declared.value) or default


def _size(element: Element, declared: Declaration | None, above: float) -> float:
    if declared is None:
        return above * _HEADINGS.get(str(element.tag), 1.0)
    if found := _LENGTH.search(declared.text.lower()):
        number = float(found[1])
        scale = {"px": 1.0, "pt": 4 / 3, "em": above, "rem": 16.0, "%": above / 100}[found[2]]
        return number * scale
    return _NAMED.get(declared.text.lower(), above)


def _bold(element: Element, declared: Declaration | None, above: bool) -> bool:
    if declared is None:
        return above or element.tag in _BOLD
    text = declared.text.lower()
    weights = [int(number) for number in re.findall(r"\b([1-9]00)\b", text)]
    if "inherit" in text:
        return above
    return "bold" in text or any(weight >= 600 for weight in weights)


def _pairs(document: Document, seen: Mapping[Element, Look], mode: Mode) -> list[Pair]:
    found: dict[tuple[str, str, float], Pair] = {}
    hidden = {element for element in seen if any(map(hides, document.ancestors(element)))}
    for run in runs(document):
        look = seen.get(run.element, Look())
        text = squeezed(run.text)
        if not text or not look.shown or not look.sure or run.element in hidden:
            continue
        ink, ground = look.ink.over(look.ground), look.ground
        if mode in {"inverted", "lifted"}:
            how: Forced = "inverted" if mode == "inverted" else "lifted"
            ink, ground = forced(ink, how), forced(ground, how)
        key = (ink.css, ground.css, look.least)
        line = document.lines.get(run.element, 0)
        was = found.get(key)
        found[key] = Pair(
            mode=mode,
            ink=ink.css,
            ground=ground.css,
            ratio=was.ratio if was else round(contrast(ink, ground), 2),
            least=look.least,
            sample=was.sample if was else text[:60],
            line=was.line if was else line,
            count=was.count + 1 if was else 1,
        )
    return list(found.values())


def _remark(pair: Pair) -> Remark:
    forced_dark = pair.mode in {"inverted", "lifted"}
    scheme = {"inverted": "forced dark scheme (inverted)", "lifted": "forced dark scheme (lifted)"}
    return Remark(
        "contrast",
        "warning" if forced_dark else "error",
        f"{pair.ink} on {pair.ground} has a contrast of {pair.ratio} in the "
        f"{scheme.get(pair.mode, pair.mode + ' scheme')}; {pair.least} is asked.",
        pair.sample,
        pair.line,
    )
