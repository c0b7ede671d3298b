"""Conditions to watch are still open: none of them is met on the evening they are printed."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.compute.facts import Fact, Ledger
from newsletter.patterns import compiled
from newsletter.preflight.example import given, stated
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, sentences
from newsletter.preflight.who.subjects import Subjects
from newsletter.units import Unit

_ABOVE = (
    r">|≥|above|over|past|beyond|exceed(?:s|ed|ing)?|top(?:s|ped|ping)?|pass(?:es|ed|ing)?"
    r"|(?:re)?claim(?:s|ed|ing)?|break(?:s|ing)? through|higher than|more than"
)
_BELOW = r"<|≤|below|under|beneath|lower than|less than"
_SIDE = quick(rf"(?P<above>{_ABOVE})|(?P<below>{_BELOW})", re.IGNORECASE)
_WATCH = compiled(
    r"watch|change our mind|trigger|invalidat|prove us wrong|\bnext\b|ahead", re.IGNORECASE
)
_OPENS = compiled(
    r"\b(?:if|whether|unless|once|until|should|in case|a (?:close|move|break|rise|drop|fall"
    r"|push|return)"
    r"|passing|get(?:s|ting)? (?:back )?(?:above|below))\b",
    re.IGNORECASE,
)
_HOLDS = quick(
    r"\b(?:hold|stay|remain|keep|stand|still|last|surviv|already|now|continu|closed|has|was"
    r"|were)\w*\b",
    re.IGNORECASE,
)
_STATED = compiled(
    r"\b(?:is|are|stands?|sits?|trades?) (?:now |already |still )?[+−]?\d[\d.,]*"
    r"(?:%| per ?cent| points?) $",
    re.IGNORECASE,
)
"""How far away somebody is: told of tonight, unless a condition opens the clause."""
_JOINED = compiled(r"\b(?:with|while|in which|and|for (?:two|three|\w+ (?:days|sessions)))\b")
_AVERAGE = compiled(
    r"(?:above|over|(?P<below>below|under)) (?:its|their"
    r"|the) (?P<n>\d{2,3})[- ]day (?:moving )?average",
    re.IGNORECASE,
)
_BREADTH = compiled(
    r"\b(?:members|stocks|companies|names)\b[^.;]*\b(?P<n>\d{2,3})[- ]day", re.IGNORECASE
)
_NAMED = (
    (compiled(r"\bunemployment|\bjobless rate", re.IGNORECASE), "unemployment.level"),
    (compiled(r"\b(?:10|ten)-year\b[^.;]*\byield|\byield[^.;]*(?:10|ten)-year", re.IGNORECASE),
     "us10y.level"),
    (compiled(r"\b(?:2|two)-year\b[^.;]*\byield", re.IGNORECASE), "us2y.level"),
    (compiled(r"\bVIX\b(?!3)"), "VIX.level"),
)  # fmt: skip
_RSI = compiled(r"\bRSI\b|relative strength index")
_KINDS = {
    Unit.PERCENT: {FigureKind.PERCENT},
    Unit.USD: {FigureKind.USD, FigureKind.NUMBER, FigureKind.COUNT},
    Unit.INDEX: {FigureKind.NUMBER, FigureKind.COUNT},
    Unit.NUMBER: {FigureKind.NUMBER, FigureKind.COUNT},
}
_CLAUSE = compiled(r"[;,()]")
_GAP, _REACH = 14, 200
_JOBS = given(stated("unemployment.level", "4.4", name="unemployment"))
_FUND = given(
    stated("IWM.level", "297.58", Unit.USD, name="the small-cap fund"),
    stated("IWM.gap.50d", "2.10", metric="gap"),
    stated("IWM.rsi.14d", "74", Unit.NUMBER, metric="rsi"),
    stated("VIX.level", "16.15", Unit.INDEX, name="the VIX"),
    stated("sp500.breadth.above_50d", "67.4", metric="breadth", name="S&P 500 members"),
)


def _good(text: str) -> Example:
    return Example(text, given=_FUND)


@rule(
    "W11",
    citation="House: a trigger is not met when it is set (market-commentary A4, S1)",
    good=(
        _good("Whether IWM can close above $300.45."),
        _good("The VIX, at 16.15, stands above 15."),
        _good("If IWM holds above $290, the lead survives."),
        _good("Whether that lasts is open: IWM is 2.1% above its 50-day average."),
        _good("The case should be heard: IWM is 2.1% above its 50-day average."),
        _good("The share of members above their 50-day average passing 75%."),
        _good("If the VIX rises above 15 with small caps in front, so be it."),
        Example("If unemployment rises above 4.5%, bonds lead.", given=_JOBS),
        "If IWM closes above $100, we were wrong.",
    ),
    bad=(
        Example("In case the jobs data go soft (unemployment>4.3%), bonds lead.", given=_JOBS),
        _good("If IWM closes above $290, we were wrong."),
        _good("We would change our mind if the VIX falls below 17."),
        _good("Whether IWM gets back above its 50-day average."),
        _good("If IWM is 2% above its 50-day average, we were wrong."),
        _good("## What we watch\n\n- The share of members above their 50-day average passing 60%."),
        _good("If the RSI of IWM rises above 70, it is stretched."),
    ),
)
def met_trigger(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find conditions for the future that the ledger says hold tonight."""
    ledger = context.ledger
    if ledger is None:
        return
    subjects: Subjects | None = None
    for sentence in sentences(document):
        if not _conditional(sentence):
            continue
        subjects = subjects or Subjects.of(ledger, context.aliases)
        for start, end, fact, above, figure in _conditions(sentence, ledger, subjects):
            if _met(fact, above, figure):
                words = sentence.text[start:end]
                message = f"“{words}” is already so tonight: {fact.id} is {fact.display}."
                yield sentence.within(start, end), message


def _conditional(sentence: Sentence) -> bool:
    watched = _WATCH.search(sentence.block.context.heading) is not None
    return (watched or sentence.search(_OPENS) is not None) and sentence.search(_SIDE) is not None


_Condition = tuple[int, int, Fact, bool, Decimal]


def _conditions(sentence: Sentence, ledger: Ledger, subjects: Subjects) -> Iterator[_Condition]:
    """Yield each simple condition with the fact it is about."""
    text = sentence.text
    averages = [(m.start(), m.end()) for m in _AVERAGE.finditer(text)]
    for match in _AVERAGE.finditer(text):
        clause = _before(text, match.start())
        fact = _gap(ledger, subjects, clause, match["n"])
        if fact is not None and _simple(clause, text[match.end() :]):
            yield match.start(), match.end(), fact, not match["below"], Decimal(0)
    for side in _SIDE.finditer(text):
        if any(low <= side.start() < high for low, high in averages):
            continue
        figure = _next(sentence, side)
        clause = _before(text, side.start())
        if figure is None or not _simple(clause, text[figure.end :]):
            continue
        fact = _fact(ledger, subjects, clause, figure.kind)
        if fact is not None and figure.value is not None:
            yield side.start(), figure.end, fact, bool(side["above"]), figure.value


def _before(text: str, end: int) -> str:
    """Return the clause up to a place."""
    start = max(0, end - _REACH)
    stops = [m.end() for m in _CLAUSE.finditer(text, start, end)]
    return text[stops[-1] if stops else start : end]


def _simple(clause: str, behind: str) -> bool:
    """Tell whether the clause sets one condition for later, and nothing beside it."""
    stop = re.search(r"[.;,)]", behind)
    if _STATED.search(clause) and not _OPENS.search(clause.rpartition(":")[2]):
        return False
    return not _HOLDS.search(clause) and not _JOINED.search(behind[: stop.start() if stop else 80])


def _next(sentence: Sentence, side: re.Match[str]) -> Figure | None:
    end = side.end()
    return next((f for f in sentence.figures if 0 <= f.start - end <= _GAP), None)


def _gap(ledger: Ledger, subjects: Subjects, clause: str, days: str) -> Fact | None:
    mentions = subjects.mentions(clause)
    if not mentions or "ratio" in clause or len(mentions[-1].subjects) != 1:
        return None
    return ledger.get(f"{next(iter(mentions[-1].subjects))}.gap.{days}d")


def _fact(ledger: Ledger, subjects: Subjects, clause: str, kind: FigureKind) -> Fact | None:
    breadth = _BREADTH.search(clause)
    name = next((fact for pattern, fact in _NAMED if pattern.search(clause)), "")
    if breadth:
        name = f"sp500.breadth.above_{breadth['n']}d"
    elif not name:
        mentions = subjects.mentions(clause)
        if not mentions or len(mentions[-1].subjects) != 1 or "ratio" in clause:
            return None
        what = "rsi.14d" if _RSI.search(clause) else "level"
        name = f"{next(iter(mentions[-1].subjects))}.{what}"
    fact = ledger.get(name)
    return fact if fact is not None and kind in _KINDS.get(fact.unit, ()) else None


def _met(fact: Fact, above: bool, bound: Decimal) -> bool:
    return fact.number > bound if above else fact.number < bound
