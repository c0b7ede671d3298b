"""What is fact, what opinion and what forecast must show in the wording.

Sentences are not tagged in print. A figure or a comparison that the ledger does not
prove is found elsewhere (N01), and a promise with a verb of motion by L03; what is left
for a finished text is the outlook told as if it had happened. Which source stands behind
each fact, and since when, is kept in the ledger, not in the prose.
"""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.figures.dates import find_dates
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import whole
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_SPOKEN = frozenset({Kind.PARAGRAPH, Kind.ITEM, Kind.PREHEADER})
_OUTLOOK = quick(
    r"\bthe (?:worst|best|sell-?off|rally|correction|bear market|bull market|rotation|panic|pain)"
    r" is (?:over|behind us|done|finished|far from over)\b"
    r"|\bthe (?:bottom|top|low|peak|high) is in\b|\b(?:has|have) (?:bottomed|topped out)\b"
    r"|\b(?:has|have|is|are) (?:(?:much|far|plenty of|still|a lot) )?(?:further|more|room) to"
    r" (?:run|go|rise|fall|climb|drop)\b|\bthere is (?:much |far )?more to come\b"
    r"|\b(?:is|are) (?:headed|heading|going) (?:much |far |sharply )?(?:higher|lower|up|down)\b"
    r"|\b(?:will|won't|'ll)(?: not)?(?: \w+ly)? (?:stay|remain|keep|hold|persist|last|fade"
    r"|extend|broaden|widen|narrow|prove|resume|end|pay off|carry on|run out|be (?:higher|lower"
    r"|better|worse|back|over|weaker|stronger))\b"
    r"|\bonly a matter of time\b|\binevitabl[ey]\b|\bnext stop\b",
    re.IGNORECASE,
)
_WORDED = quick(
    r"\b(?:could|may|might|likely|perhaps|probably|possibly|seems?|suggests?|appears?|should"
    r"|would|[Ii]f|[Ww]hether|[Uu]nless|[Uu]ntil|[Ww]hen|[Oo]nce|[Aa]ccording to|said|says|argues?"
    r"|asks?|hopes?|fears?|odds|[Ww]ho|[Ww]hat|(?:[Ww]e|I) (?:think|suspect|expect|doubt|guess"
    r"|believe|reckon|see|read)|[Oo]ur (?:view|reading|guess|call|bet|opinion|forecast)"
    r"|[Ii]n our (?:view|opinion|judgement)|[Nn]obody knows)\b|\?"
)
_CHANGED = compiled(
    r"\b(?:we|I)(?:'ve| have|'d)? (?:now )?(?:changed|revised|reversed|dropped|abandoned"
    r"|withdrawn|withdrew|given up) (?:our|my|the|that|this) (?:view|minds?|call|verdict|reading"
    r"|stance|case|opinion)\b|\b(?:we|I) no longer (?:think|believe|favou?r|prefer|like|see|hold)\b"
    r"|\b(?:we were|I was) wrong\b|\bour (?:earlier|previous|old|former) (?:view|call|verdict"
    r"|reading|stance)\b",
    re.IGNORECASE,
)
_DATED = compiled(
    r"\byesterday|\bearlier (?:today|this (?:week|month))|\blast (?:night|week|month|evening)"
    r"|\b(?:a|one|two|three|four|five|six) (?:day|session|evening|week|month)s? ago\b",
    re.IGNORECASE,
)


@rule(
    "C03",
    severity=Severity.WARN,
    citation="MAR RTS 2016/958 Art. 3(1): forecasts are told apart from facts (S2)",
    good=(
        "We think the worst is over.",
        "The bottom may be in; perhaps the rally will last.",
        "The committee will meet in June and will publish its minutes.",
        "Whether the lead will hold is what we watch.",
        "Small caps have lagged and remain below their record.",
    ),
    bad=(
        "The worst is over.",
        "Small caps have further to run.",
        "Value will remain in front.",
        "The bott\u00adom is in.",
        "Rates are head\u0435d lower.",
    ),
)
def unmarked_forecast(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find forecasts told as facts: no could, may, if or "we think" in the sentence."""
    for block in document.blocks:
        if block.furniture or block.kind not in _SPOKEN or not _OUTLOOK.search(block.text):
            continue
        for start, end in block.sentences():
            match = _OUTLOOK.search(block.text, start, end)
            if match and not _WORDED.search(block.text, start, end):
                message = (
                    f"“{match[0]}” is a forecast told as a fact; write could, may or we think."
                )
                yield block.folded.span(match.start(), match.end()), message


@rule(
    "C16",
    severity=Severity.WARN,
    citation="MAR RTS 2016/958 Art. 4(1)(h): a changed view, with the date of the earlier (S5)",
    good=(
        "What would change our mind: a record close.",
        "We have changed our view of 24 June.",
        "On Tuesday we were wrong about banks.",
    ),
    bad=(
        "We have changed our view of banks.",
        "We were wrong about value.",
        "We no longer fav\u00adour banks.",
    ),
)
def undated_change(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find a change of view that does not say when the earlier one was given.

    A change that the text does not mention cannot be seen in it: views are not recorded
    by instrument, so nothing compares one edition's with another's.
    """
    for block in document.blocks:
        if block.furniture or block.kind not in _SPOKEN:
            continue
        match = whole(block.text).search(_CHANGED)
        if match and not _DATED.search(block.text) and not any(find_dates(block.text)):
            message = f"“{match[0]}” changes a view; say of which date the earlier one was."
            yield block.folded.span(match.start(), match.end()), message
