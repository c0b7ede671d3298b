"""Stance: whether a sentence takes a side on what an investment is worth or will do.

Patterns over folded text, each linear. They ask what a sentence says of value and
prospects, not of what happened: "rose 2%" is no view, "has room to run" is one.
"""

import re

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

_GOOD = (
    r"(?:attractive(?:ly)?|cheap|undervalued|inexpensive|compelling|appealing|promising|a bargain"
    r"|bargains|bullish|underpriced|good value|mispriced|well (?:placed|positioned)|poised"
    r"|the place to be|worth owning|a winner|a clear winner|our favou?rites?|a buy)"
)
_BAD = (
    r"(?:unattractive|expensive|overvalued|overpriced|stretched|bearish|a bubble|a trap"
    r"|a value trap|a sell|doomed|worth avoiding|best avoided|vulnerable)"
)
_IS = (
    r"\b(?:is|are|looks?|remains?|seems?|appears?|stays?)(?: (?:now|still|again|also|very|too|so"
    r"|quite|simply|clearly|plainly|relatively|historically|far|much|outright)){0,2}"
)
_RISE = (
    r"(?:rise|rally|climb|gain|soar|surge|jump|lead|outperform|recover|rebound|run|win|double"
    r"|beat|go (?:up|higher)|move (?:up|higher)|do better|catch up|shine)"
)
_FALL = (
    r"(?:fall|drop|sink|slide|slump|crash|tumble|plunge|lose|lag|underperform|disappoint|halve"
    r"|go (?:down|lower)|move (?:down|lower)|do worse)"
)
_MAY = (
    r"\b(?:could|may|might|should|ought to|(?:is|are) (?:likely|expected|set|due|bound) to"
    r"|(?:we|I) (?:think|expect|believe|reckon|suspect|see)\b[^.;:!?]{0,60}? (?:to|will|can))"
    r"(?: (?:well|yet|still|also|soon|now|even|again|easily|then|go on to|continue to)){0,2} "
)
_LIKE = (
    r"\b(?:we|I)(?:'re| are| still| also| now| continue to| would| do| remain| stay|'d"
    r"| have long){0,2} (?:like|love|favou?r|prefer|bullish|positive|constructive|optimistic"
    r"|upbeat|keen|overweight|own|back)\b"
)

_CAUTIOUS = (
    r"\b(?:we|I)(?:'re| are| still| also| now| remain| stay){0,2} (?:dislike|bearish|negative"
    r"|pessimistic|wary|sceptical|skeptical|underweight|short)\b"
)

POSITIVE = compiled(
    rf"{_IS} {_GOOD}\b|{_MAY}{_RISE}\b|{_LIKE}"
    r"|\b(?:further|more|much|limited|little)? ?upside\b(?! down)"
    r"|\b(?:room|further|more) to (?:run|rise|climb|go)\b"
    r"|\bmore (?:gains|to come|where that came from)\b|\bthe best is (?:yet|still) to come\b"
    r"|\b(?:only|just) (?:getting started|the (?:start|beginning))\b|\btime to shine\b"
    r"|\bscream(?:s|ing)\b[^.;:!?]{0,30}\b(?:buy|opportunity|out)\b",
    re.IGNORECASE,
)
"""A favourable view of an investment."""

NEGATIVE = compiled(
    rf"{_IS} {_BAD}\b|{_MAY}{_FALL}\b|{_CAUTIOUS}"
    r"|\b(?:further|more|much)? ?downside\b|\b(?:room|further) to fall\b"
    r"|\bmore losses\b|\bthe worst is (?:yet|still) to come\b",
    re.IGNORECASE,
)
"""An unfavourable one."""

_DENIAL = quick(
    r"(?:\bno|\bnot|n't|\bnever|\bnor|\bneither|\bhardly|\bnothing|\bnobody|\bno one|\bwithout"
    r"|\bfar from)(?: \w+){0,3}? ?$",
    re.IGNORECASE,
)
_OPEN = compiled(
    r"\b(?:whether|if|unless|until|when|once|who|which|what|asks?|suppose|bulls|bears)\b"
    r"(?:[^.;:]|\.\d){0,140}$|(?:^|[.;:!?] )to [a-z]+ [^.;:!?]{0,60}$",
    re.IGNORECASE,
)
"""What leaves a view open, or gives it of doing something: ``To announce a leader is cheap``."""


def views(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return where a text takes a side; denied and conditional ones are left out.

    Parameters
    ----------
    text : str
        Folded text of a block.
    pattern : re.Pattern
        `POSITIVE` or `NEGATIVE`.

    Returns
    -------
    list of (int, int)
        Start and end of each view.

    Examples
    --------
    >>> views("Small caps could rally. They are not cheap.", POSITIVE)
    [(11, 22)]
    """
    found = []
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - 150) : match.start()]
        if not _DENIAL.search(f"{before[-40:]}{match[0].split()[0]} ") and not _OPEN.search(before):
            found.append(match.span())
    return found
