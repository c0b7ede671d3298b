"""Wording: the fixed words of market English that a number finder has to know."""

import re
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
VALUES = {
    **{word: number for number, word in enumerate(ONES)},
    **{word: 10 * number for number, word in enumerate(TENS, 2)},
}
ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
WORD = rf"(?:{'|'.join(sorted((*ONES, *TENS), key=len, reverse=True))})"
_HUNDREDS = rf"(?:a|{WORD})[- ]hundred\b(?:(?: and)?(?:[- ]{WORD}\b){{1,2}})?"
SPELLED = (
    rf"(?:(?:{_HUNDREDS}|a|{WORD}(?:[- ]{WORD})?)[- ](?:thousand|million|billion|dozen)\b"
    rf"(?:(?: and)? {_HUNDREDS}|(?: and)?(?:[- ]{WORD}\b){{1,3}})?"
    rf"|{_HUNDREDS}|{WORD}\b(?:[- ]{WORD}\b)?)"
)
"""A number in words, up to a few hundred and change."""

MONTHS = "January February March April May June July August September October November December"
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MAGNITUDES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "b": 10**9,
    "bn": 10**9, "billion": 10**9, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
FRACTIONS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
MULTIPLES = {
    "doubled": 100, "tripled": 200, "trebled": 200, "quadrupled": 300, "halved": -50,
}  # fmt: skip
"""Verbs that state a percent change."""

NAMES = quick(
    r"S&P[ -](?:500|400|600|100|1500)\b|(?:Russell|Wilshire|MSCI)[ -](?:1000|2000|2500|3000|5000)\b"
    r"|Nasdaq[ -]100\b|FTSE[ -](?:100|250)\b|(?:Euro )?Stoxx[ -](?:50|600)\b|(?:Dow"
    r"|Fortune)[ -](?:30|500)\b"
    r"|Nikkei[ -]225\b|CAC[ -]40\b|DAX[ -]40\b|CSI[ -]300\b|Hang Seng[ -]50\b|Topix[ -]100\b"
    r"|Magnificent (?:Seven|7)\b|Mag[ -]7\b|Big (?:Three|Four|Five)\b|Group of (?:Seven"
    r"|Twenty)\b|\bG(?:7|8|10|20)\b"
    r"|\b(?:10|2|3|5|7|20|30|ten|two|three|five|seven|twenty|thirty)[- ]year"
    r"(?=(?:s|'s)?(?: (?:US|U\.S\.|government))? (?:Treasur|yield|note|bond|breakeven|rate\b|bill"
    r"|paper|gilt|bund|inflation|maturit|sector|benchmark|curve|and (?:the )?(?:ten|two|10|2|30"
    r"|thirty|five|5)-year|by \w+ (?:basis|bp|point))|'s\b| by [\w-]+ (?:basis|bps?\b))"
    r"|(?<!a )(?<!an )(?<!over )(?<!in )(?<!past )(?<!last )\b(?:10|2|30|ten|two|thirty)-year\b(?!"
    r"[- ](?:high|low|average|record|period|chart|view|history|return|gain|rally|bear|bull|run|old"
    r"|stretch|anniversary|peak|span|window|horizon|wait|moving|mark|trend|decline|loss|slide|bet"
    r"|streak|best|worst))"
    r"|\b(?:three|3|six|6|twelve|12)[- ]months?"
    r"(?= (?:Treasury|Treasuries|bills?|VIX|volatility|implied|counterpart|rate|paper)\b)"
    r"|\b(?:from )?(?:three months|two(?: years)?|2s|twos) (?:to|and) (?:10s|tens|ten(?: years)?)\b"
    r"(?! (?:percent|per|points|sectors|stocks|members|basis))"
    r"|\b(?:come|came|comes|coming|came off|comes off|was|were|is|are) second[- ]best\b"
    r"|\b(?:10|2)s/?(?:10|2)s\b|\bat sixes and sevens\b|\bcloud nine\b|\bback to square one\b"
    r"|\b60/40\b|\b24/7\b|\b50[-/]50\b|\b401\(k\)|\b(?:10-K|10-Q|8-K|13F)\b|\bCOVID-19\b"
    r"|\bfifty-fifty\b|\bone another\b|\bone by one\b|\bday one\b|\bnumber one\b|\bzero-sum\b"
    r"|\bsquare one\b|\bsecond[- ]hand\b|\bthird[- ]part(?:y|ies)\b|\bthree-dimensional\b"
    r"|\bas five together have not\b|\bsecond nature\b|\bfour eyes\b"
    r"|\bnine[- ]to[- ]five (?:job|world|routine)s?\b",
    re.IGNORECASE,
)
"""Names and idioms whose digits or number words count nothing."""

PLAIN_NOUNS = compiled(
    r"[ -](?:[a-z]+ )?(?:thing|reason|bullet|way|question|part|kind|sort|sign|leg|argument|test|"
    r"trade|reading|side|piece|idea|camp|explanation|caveat|condition|word|line|paragraph|"
    r"lesson|answer|stor(?:y|ie)|theme|view|point to|points? (?:of|worth|stand))s?\b",
    re.IGNORECASE,
)
"""What writers count in their own text: no statement about the market."""

ELIDED = "elided"
"""Unit of a ``one`` or ``two`` that is a figure only where a unit goes before it."""
AFTER_ELIDED = compiled(
    r"\s*(?:$|[.,;:!)](?!\w)|(?:on|over|this|today|tonight|and|while|but|for|in|since|higher"
    r"|lower)\b)",
    re.IGNORECASE,
)
BEFORE_ELIDED = compiled(
    r"\b(?:more than|less than|nearly|almost|about|by|just over|just under|up|down|lost|gained|shed"
    r"|added|over|under|fell|rose|climbed|dropped|barely|only|roughly|around|returned|made) $",
    re.IGNORECASE,
)


def spelled(text: str) -> Decimal | None:
    """Return the value of a number in words.

    Examples
    --------
    >>> spelled("thirty-six"), spelled("a hundred and five"), spelled("five")
    (Decimal('36'), Decimal('105'), Decimal('5'))
    """
    total, part, found = 0, 0, False
    for word in re.split(r"[- ]+", text.lower()):
        if word == "hundred":
            part, found = (part or 1) * 100, True
        elif word in SCALES:
            total, part, found = total + (part or 1) * SCALES[word], 0, True
        elif word in VALUES:
            part, found = part + VALUES[word], True
    return Decimal(total + part) if found else None
