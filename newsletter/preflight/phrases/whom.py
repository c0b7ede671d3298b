"""Whom: who a phrase without a verb of its own speaks of (``a record close for …``).

What stands right at the phrase counts before what its clause names, that before what the
sentence carries on, and that before what the sentence before left in mind.
"""

import re
from dataclasses import dataclass

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind
from newsletter.preflight.who.subjects import Mention

_FOR = compiled(
    r"(?:[,:]? (?:again|too|now|tonight|today|this evening|on the day|yet|more|once more|here"
    r"|as well)\b)*"
    r"(?:,? (?:for|by|in|of|from|at|to|goes to|went to)(?: both| all)?(?: the| shares? (?:of|in)"
    r"| our)*|:(?: the)?) ",
    re.IGNORECASE,
)
"""What stands between a phrase and whom it is said of: ``a record for the fund``."""
_ASIDE = quick(
    r"\b(?:not|unlike|rather than|instead of|behind|ahead of|apart from|except|than|with"
    r"|followed by"
    r"|against|along(?:side)?|beat|beats|beating|versus|vs\.?|like|after) (?:the |both |also "
    r"|an? )?$",
    re.IGNORECASE,
)
"""What sets the name behind it aside as no subject."""
_PRONOUN = compiled(
    r"\b(?:it|its|they|their|both|the (?:fund|index|shares?|stock|group|sector|metal|gauge"
    r"|former|latter|etf|proxy|company|giant))\b|\b(?:that|this) (?=(?:golden|death|new|fresh"
    r"|record|cross))",
    re.IGNORECASE,
)
_LEAGUES = frozenset({"sectors", "mega_caps", "industries", "style", "indices", "giants"})
"""Groups that are named to say among whom, not of whom."""
_AMONG = compiled(r"\b(?:among|amongst|of|for) (?:all )?(?:of )?(?:the )?$", re.IGNORECASE)
_YEARS = compiled(r"(?:\w+|\d+) years", re.IGNORECASE)
"""A stretch of time, and no bond of that maturity."""
_LATTER = compiled(r"\bthe latter\b", re.IGNORECASE)
_STRANGER = quick(
    r"(?<![.!?:] )(?<!^)\b(?!The\b|It\b|They\b|I\b|New Year|Monday|Tuesday|Wednesday|Thursday"
    r"|Friday"
    r"|January|February|March|April|May\b|June|July|August|September|October|November|December"
    r"|Wall Street|New York|RSI|ETF)[A-Z][A-Za-z&.'-]+"
)
"""A name in the middle of a sentence."""
_NOBODY = quick(
    r"\b(?:investors?|traders?|hedge funds|sellers|buyers|insiders|analysts|strategists|dealers"
    r"|sentiment|bullishness|volume|turnover|bitcoin|european|japanese|chinese|emerging|inflows?"
    r"|outflows?|margin debt|short interest|buybacks?|dividends? per|profits?|sales|orders"
    r"|confidence|foreign|mid[- ]caps?|mid-sized|silver|platinum|copper inventories|home prices"
    r"|yields?|rates?|treasur\w+|bunds?|gilts?|pound|sterling|yen|euro|inflation|unemployment|jobs"
    r"|volatility|home builders|airlines|mortgage|put buying|call buying|options?|retail)\b",
    re.IGNORECASE,
)
"""Those the ledger knows nothing of."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who a phrase speaks of.

    Parameters
    ----------
    groups : tuple of frozenset of str
        Subjects joined by ``and``; within one any alternative will do.
    start, end : int
        Where they stand.
    stranger : bool
        Whether the clause names somebody the ledger does not know.
    """

    groups: tuple[frozenset[str], ...] = ()
    start: int = 0
    end: int = 0
    stranger: bool = False


def whom(sentence: Sentence, start: int, end: int) -> Whom:
    """Return whom the phrase from `start` to `end` speaks of."""
    low, high = clause.bounds(sentence, start)
    behind = _behind(sentence, end)
    if behind is not None:
        return behind
    named = singles(sentence)
    own = [m for m in named if low <= m.start and m.end <= start]
    chosen = _firm(sentence, own)
    if chosen is not None:
        return run(sentence, chosen, -1)
    said = sentence.text[low:start]
    if _STRANGER.search(said, 1) or _NOBODY.search(said):
        return Whom(stranger=True)
    chosen = _firm(sentence, [m for m in named if m.end <= start])
    if chosen is not None:
        return run(sentence, chosen, -1)
    return _elsewhere(sentence, start, end, high)


def _behind(sentence: Sentence, end: int) -> Whom | None:
    """Return who is named right behind a phrase."""
    following = next((m for m in singles(sentence) if m.start >= end), None)
    if following is None or following.start - end > 60:
        return None
    gap = sentence.text[end : following.start]
    return run(sentence, following, +1) if _FOR.fullmatch(gap) else None


def _elsewhere(sentence: Sentence, start: int, end: int, high: int) -> Whom:
    """Return who is named later in the clause, or was named before the sentence."""
    pronoun = _PRONOUN.search(sentence.text, sentence.start, start)
    earlier = [m for m in sentence.earlier if not m.subjects <= _LEAGUES]
    if pronoun and earlier and sentence.block.kind is not Kind.CELL:
        latter = _LATTER.search(sentence.text, sentence.start, start)
        one = earlier[-1 if latter else 0]
        return Whom((one.subjects,), pronoun.start(), pronoun.end())
    after = next((m for m in singles(sentence) if end <= m.start < high), None)
    if after is not None and after.start - end <= 80:
        return run(sentence, after, +1)
    return Whom(stranger=sentence.search(_NOBODY) is not None)


def _firm(sentence: Sentence, mentions: list[Mention]) -> Mention | None:
    """Return the last that is not set aside and, where there is one, no mere object."""
    kept = [
        m for m in mentions
        if not _ASIDE.search(sentence.text, max(sentence.start, m.start - 20), m.start)
    ]  # fmt: skip
    firm = [m for m in kept if not sentence.oblique(m)]
    chosen = firm or kept
    return chosen[-1] if chosen else None


def singles(sentence: Sentence) -> list[Mention]:
    """Return whom a sentence names, without the leagues they play in."""
    return [
        m
        for m in sentence.named
        if not m.subjects <= _LEAGUES
        and not _YEARS.fullmatch(sentence.text, m.start, m.end)
        and not _among(sentence, m)
    ]


def _among(sentence: Sentence, mention: Mention) -> bool:
    """Tell whether the giants' fund stands for the giants: ``of the Magnificent Seven``."""
    before = sentence.text[max(sentence.start, mention.start - 16) : mention.start]
    return "MAGS" in mention.subjects and _AMONG.search(before) is not None


def run(sentence: Sentence, mention: Mention, step: int) -> Whom:
    """Return a mention with those joined to it by commas or ``and``.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    mention : Mention
        One of those it names.
    step : int
        1 to take in those behind it, -1 those before it.
    """
    found = sentence.run(sentence.named.index(mention), step)
    kept = [m for m in found if m in singles(sentence)] or [mention]
    groups = tuple(dict.fromkeys(m.subjects for m in kept))
    return Whom(groups, kept[0].start, kept[-1].end)
