"""Counting: counts of sectors, stocks and sessions, runs, sizes of groups, stretches of time.

A count needs the noun of what is counted: "six gains in a row" is no number of sectors.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.ledger.entries import Book, Entry
from newsletter.preflight.ledger.needs import measured
from newsletter.preflight.proof.dating import dated
from newsletter.preflight.proof.fitting import Fitting
from newsletter.preflight.proof.tolerance import admits
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.reading import Reading
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.units import Unit

Counted = tuple[Verdict, str, str]
_DAYS = {"week": 5, "quarter": 63}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FLAGS = re.IGNORECASE
_RUN = quick(
    r"\b(?:in a row|straight|running|on the trot|in succession|consecutive|successive|on end"
    r"|without (?:a break|interruption|exception)|unbroken|uninterrupted|streak|run of|string of"
    r"|winning|losing|(?:each|every one|both|all) of the (?:past|last|latest)|back[- ]to[- ]back"
    r"|for an? (?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth))\b",
    _FLAGS,
)
_SINCE_THEN = compiled(
    r"\b(?:has|have|had|keeps?|kept)\b[^.;:]{0,60}\bfor (?:the (?:past|last) )?$", _FLAGS
)
_GOING_ON = quick(
    r"\b(?:risen|fallen|gained|lost|led|lagged|trailed|beaten|outp\w+|underp\w+|declined|advanced"
    r"|climbed|dropped|slid|been (?:rising|falling|gaining|losing|ahead|behind|beating"
    r"|trailing))\b",
    _FLAGS,
)
_SIDES = {
    "up": compiled(
        r"\b(?:gain|ris|rose|up\b|advanc|higher|climb|win|green|positive|increas|rall)", _FLAGS
    ),
    "down": compiled(
        r"\b(?:fall|fell|loss|lost|los[ei]|down\b|declin|lower|drop|slid|slip|red\b|negative|sank)",
        _FLAGS,
    ),
    "ahead": compiled(
        r"\b(?:ahead|beat|outp|outr|outs|outd|better|led\b|lead|edg|topp|ahead|bested|upper hand)",
        _FLAGS,
    ),
    "behind": compiled(
        r"\b(?:behind|trail|lag|second|underp|worse|lost|los[ei]|slower|bow|could not keep)",
        _FLAGS,
    ),
}
_WEEKS = compiled(r"week", _FLAGS)
_MONTHLY = compiled(r"month", _FLAGS)
_OPPOSITE = {"up": "down", "down": "up", "ahead": "behind", "behind": "ahead"}
_SIZED = quick(
    r"\b(?:the|of|among|amongst|all|across|those|these|our|its|every one of|between|in)"
    r"(?: (?:the|all|our|these))? $",
    _FLAGS,
)
_GROUP = compiled(
    r" (?:\w+ )?(?P<group>giants|mega[- ]caps|titans|sectors|style boxes|styles|boxes)\b", _FLAGS
)
_PLACED = quick(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh|last|best|worst|top|bottom)(?: best| worst| place)? (?:out )?(?:of|among|amongst)"
    r" (?:all )?(?:the )?$",
    _FLAGS,
)
"""A place, right before the size of the group it is a place in."""
_ALL_OF = compiled(
    r" (?:S&P )?(?:(?P<giants>giants|mega[- ]caps)|sectors)\b"
    r"(?! (?:that|which|who|whose|to|in|on|with|above|below|up|down|still|now)\b)",
    _FLAGS,
)
_AMONG = compiled(r"\b(?:of|among|amongst|across) (?:all )?the $", _FLAGS)
_NTH = compiled(
    r"\b(?:came|comes|ranks?|ranked|placed|finished|was|is|were|are|lies|lay|stood|stands)"
    r"(?: in)? (?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth"
    r"|ninth|tenth|eleventh|last)(?: place)? (?:out )?(?:of|among|amongst) (?:all )?the $",
    _FLAGS,
)
_FEW_GIANTS, _FEW_SECTORS = 5, 8
"""From how many on ``best of the ten sectors`` means all of them, and no few just named."""
_BARE_SIZE = compiled(
    r"\b(?:of|among|amongst|out of|across|all|tops?|topped|leads?|led|heads?|headed|trails?"
    r"|trailed)"
    r"(?: all)?(?: (?:the|these|those|our))? $",
    _FLAGS,
)
_ENDS = compiled(
    r"\s*(?:[,;:.!?)–—-]|$)|'s| (?:that|which|to|on|over|this|today|tonight)\b", re.IGNORECASE
)
"""What ends a size that no noun follows."""
_GIANTS = frozenset(
    {"giants", "mega_caps", "AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"}
)
_SIZES = {"giants": 7, "mega": 7, "titans": 7, "style": 4, "styles": 4, "boxes": 4}
_ELAPSED = compiled(r" (?:ago|since|after|have (?:passed|gone by) since|on from)\b", _FLAGS)
_GROUPED = compiled(r"^ (?:of the|sectors|stocks|members|companies|names)", _FLAGS)
_BARE_RUN = compiled(r" (?:for|by|in) ", _FLAGS)
_LENGTHS = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.31, "year": 365.25}


def prove_count(reading: Reading, book: Book) -> Counted | None:
    """Prove a rank in a run, a count in a run, or the size of a group; None for others."""
    figure = reading.figure
    if _told_run(reading):
        return _streak(reading, book, figure, _unit(reading))
    if figure.kind is FigureKind.COUNT:
        return _size(reading, book)
    return None


def sized(sentence: Sentence, figure: Figure) -> bool:
    """Tell whether a figure is the size of a group beside a place in it: ``7th of the 14``."""
    if figure.kind is not FigureKind.COUNT:
        return False
    before = sentence.text[max(sentence.start, figure.start - 40) : figure.start]
    whole = _ALL_OF.match(sentence.text, figure.end)
    if whole is not None and _NTH.search(before) is not None:
        return True  # "came second of the six sectors": whoever is placed is placed among all
    if whole is not None and _AMONG.search(before) is not None:
        return (figure.value or 0) >= (_FEW_GIANTS if whole["giants"] else _FEW_SECTORS)
    return _PLACED.search(before) is not None


_TO_COME = compiled(
    r" (?:to go|to run|left|remain(?:ing)?|away|from now|to come|hence)\b",
    re.IGNORECASE,
)
"""Behind a stretch that lies ahead, of which no window of the past tells."""


def prove_window(reading: Reading, book: Book) -> Counted | None:
    """Prove a stretch of time: a run, the age of a date, a window the ledger knows."""
    figure = reading.figure
    if _told_run(reading):
        return _streak(reading, book, figure, figure.unit)
    if _ELAPSED.match(reading.tail):
        elapsed = _elapsed(reading, book)
        if elapsed is not None:
            return elapsed
    known = None if _TO_COME.match(reading.tail) else _known(figure, book)
    return known if known is not None else _of_entries(reading, book)


def _told_run(reading: Reading) -> bool:
    """Tell whether a figure counts a run: ``six sessions without a break``."""
    figure = reading.figure
    near = f"{reading.before[-60:]} | {reading.tail}"
    if figure.kind is FigureKind.ORDINAL:
        return cues.RUN_HEAD.match(reading.tail) is not None
    if figure.kind is FigureKind.WINDOW and re.search(r"[- ](?:average|volatil|high|low)", near):
        return False
    if figure.kind is FigureKind.COUNT and _GROUPED.search(reading.tail):
        return False
    if _RUN.search(_between_figures(reading)):
        return True
    if figure.kind is not FigureKind.WINDOW:
        return bool(_RUN.search(reading.sentence)) and _BARE_RUN.match(reading.tail) is not None
    return bool(_SINCE_THEN.search(reading.before) and _GOING_ON.search(reading.before))


def _between_figures(reading: Reading) -> str:
    """Return the words next to a figure, itself included, up to marks on either side."""
    before = re.split(r"[;:,.—]", reading.before)[-1][-40:]
    printed = reading.sentence[
        reading.sentence.find(reading.before[-20:] or "") + len(reading.before[-20:]) :
    ]
    span = reading.figure.end - reading.figure.start
    tail = re.split(r"[;.—]", reading.tail)[0][:50]
    return f"{before}{printed[:span]}{tail}"


def _unit(reading: Reading) -> str:
    tail = reading.tail[:30]
    return "week" if _WEEKS.search(tail) else "month" if _MONTHLY.search(tail) else "session"


def _streak(reading: Reading, book: Book, figure: Figure, unit: str) -> Counted | None:
    """Prove a run by the subject's own runs in sessions, weeks or months."""
    wanted = {"day": "session"}.get(unit, unit)
    fitting, own = Fitting(reading, book), []
    for entry in book.entries[FigureKind.COUNT].of((*reading.subjects, reading.lead)):
        if not entry.metric.startswith("streak_") or wanted not in entry.metric:
            continue
        if fitting.subject(entry):
            own.append(entry)
    told = [entry for entry in own if _sided(entry, reading)]
    for entry in told:
        if entry.value == figure.value or admits_count(entry.value, figure):
            return Verdict.PROVED, entry.fact, ""
    if own:
        return Verdict.CONTRADICTED, own[0].fact, f"{own[0].display} ({own[0].metric})"
    return Verdict.UNSUPPORTED, "", ""


def admits_count(value: Decimal, figure: Figure) -> bool:
    """Tell whether a count may be printed so: exactly, unless a bound stands before it."""
    return bool(figure.bound) and admits(value, figure)


def _sided(entry: Entry, reading: Reading) -> bool:
    side = entry.metric.rpartition("_")[2]
    if side not in _SIDES:
        return True
    mirrored = entry.pair is not None and reading.lead == entry.pair[1]
    if mirrored:
        side = _OPPOSITE[side]
    said = reading.sentence
    held, other = _SIDES[side].search(said), _SIDES[_OPPOSITE[side]].search(said)
    return held is not None or other is None


def _size(reading: Reading, book: Book) -> Counted | None:
    """Prove ``the eleven sectors`` and ``the seven giants``: sizes of known groups."""
    group = _GROUP.match(reading.tail)
    if group is None and _BARE_SIZE.search(reading.before) and _ENDS.match(reading.tail):
        known = _bare_size(reading, book)
        if known is not None:
            return known
    placed = _PLACED.search(reading.before) and not book.ranked.keys().isdisjoint(reading.subjects)
    if not placed and (group is None or not _SIZED.search(reading.before)):
        return None
    name = "sectors" if group is None else re.split(r"[ -]", group["group"].lower())[0]
    if name == "sectors":
        labels = (*sorted(reading.periods), "1d")
        found = (book.counts.get(f"sectors.count.{label}") for label in labels)
        size = next((entry for entry in found if entry is not None), None)
        if size is None:
            return None
        right, fact, told = size.value, size.fact, str(size.value)
    else:
        right, fact = Decimal(_SIZES[name]), f"group:{name}"
        told = str(right)
    if right == reading.figure.value:
        return Verdict.PROVED, fact, ""
    rising = name == "sectors" and re.search(r"\b(?:rising|falling|advanc|declin)", reading.tail)
    return None if rising else (Verdict.CONTRADICTED, fact, told)


def _bare_size(reading: Reading, book: Book) -> Counted | None:
    """Prove ``best of the seven``, ``two, out of eleven``: a group said by its size alone."""
    value = reading.figure.value
    if value == _SIZES["giants"] and (reading.scope & _GIANTS or "giant" in reading.sentence):
        return Verdict.PROVED, "group:giants", ""
    counted = book.counts.get("sectors.count.1d")
    sectors = not reading.scope.isdisjoint(book.ranked) or "sector" in reading.sentence.lower()
    if counted is not None and counted.value == value and sectors:
        return Verdict.PROVED, counted.fact, ""
    return None


def _elapsed(reading: Reading, book: Book) -> Counted | None:
    """Prove ``more than two years since`` by the subject's own date."""
    figure = reading.figure
    length = Decimal(str(_LENGTHS.get(figure.unit, 0)))
    if not length or figure.value is None:
        return None
    for fact, date in dated(reading, book):
        age = Decimal((book.session - date).days) / length
        near = abs(age - figure.value) <= Decimal("0.5")
        if admits(age, figure) if figure.bound else near:
            return Verdict.PROVED, fact.id, ""
    return None


def _known(figure: Figure, book: Book) -> Counted | None:
    number, unit = int(figure.value or 0), figure.unit
    in_months = 12 if (unit, number) == ("week", 52) else 0
    for known, count in (
        (book.days, number if unit in {"day", "session"} else number * _DAYS.get(unit, 0)),
        (book.months, number * _MONTHS.get(unit, 0) if unit != "week" else in_months),
    ):
        if count in known:
            return Verdict.PROVED, known[count], ""
    return None


def _of_entries(reading: Reading, book: Book) -> Counted | None:
    """Prove a stretch that some fact of the subject counts: ``253 sessions since``."""
    fitting, figure = Fitting(reading, book), reading.figure
    for entry in _counted(reading, book):
        if (
            entry.value == figure.value
            and figure.unit in entry.metric
            and fitting.subject(entry)
            and measured(entry.metric, reading.sentence)
        ):
            return Verdict.PROVED, entry.fact, ""
    return None


def _counted(reading: Reading, book: Book) -> Iterator[Entry]:
    for entry in book.entries[FigureKind.COUNT].of((*reading.subjects, reading.lead)):
        if entry.unit is Unit.COUNT:
            yield entry
