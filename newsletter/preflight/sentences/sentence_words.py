"""Sentence words: what ties a figure to one name and not to another."""

import re
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.scanning.quick import quick

PERIOD_NOUN = compiled(
    r"\b(?:days?|sessions?|weeks?|months?|quarters?|years?|today|tonight|decades?|date"
    r"|(?:19|20)\d\d) $",
    re.IGNORECASE,
)
"""A stretch of time right before a name, which is no preposition's."""
DENIED = compiled(
    r"((?:\b(?:did|does|do|has|have|had|was|were|is|are|could|stands?|stood|sits?|gave|made) not"
    r"|n't|\bnever|\bfail(?:ed|s|ing) to|\bno longer|\brefus(?:ed|es) to|\bunable to"
    r"|\bfar from|\bnot)\b)(?! (?:only|just|merely|simply|least|even)\b)"
    r"(?: (?!but\b|than\b|with\b|like\b|alongside\b|unlike\b|beside\b)[\w’'-]+){0,4}? $",
    re.IGNORECASE,
)
"""A denial right before a figure; ``not only`` and ``not … but`` are none."""
FRONTED = compiled(r"(?:^|[.;:!?] )(?:Among|In|For|At|Within|Of|Inside) (?:the |all )?$")
"""What opens a sentence before a name that only says among whom."""
OWN_CLAUSE = compiled(r",? (?:(?:in|on|over|during) which|when|that)\b", re.IGNORECASE)
"""Behind a period that has a clause of its own."""
AGAINST = compiled(
    r",? (?:against|versus|vs\.?|to|compared with|set against) (?:only |just |a mere |a loss of "
    r"|a gain of )?",
    re.IGNORECASE,
)
"""Between two figures of a comparison: ``A beat B, 2% against 1%``."""
EARLIER = compiled(
    r"[^,;:.]{0,12}\b(?:last|earlier|before|ago|in (?:19|20)\d\d|a (?:week|month|year))\b",
    re.IGNORECASE,
)
"""Behind a figure that is an earlier one of the same subject."""
BE = compiled(r"\b(?:was|were|been|being|is|are|got) (?:\w+ )?$", re.IGNORECASE)
BEATEN = compiled(r"beaten|outp\w+ed|topped|led|trailed|outran", re.IGNORECASE)
"""Verbs of comparison that turn round in the passive: ``was beaten by``."""
ASIDE = compiled(
    r"\b(?:(?P<unlike>unlike)|not|nor|rather than|instead of|as opposed to) (?:the |an? )?$",
    re.IGNORECASE,
)
"""What sets the name behind it aside: ``it was Nvidia, not Tesla, that rose``."""
ITS_OWN = compiled(r"'s\b[^,;:]*$|(?:,? \(?(?:which|who|whose|with|at|up|down|an?)\b[^,;:]*)$")
"""Between a name set aside and a figure of its own: ``unlike Tesla, which fell 2%``."""
OBLIQUE = quick(
    r"\b(?:against|than|versus|vs|of|to|over|from|behind|beat|beats|beating|beaten|outpac\w+"
    r"|outperform\w*|trail\w*"
    r"|lag\w*|underperform\w*|trounc\w+|thrash\w+|crush\w+|hammer\w+|wallop\w+|best(?:ed|s|ing)"
    r"|out(?:did|done|shone|ran|gained|gunned|strips?|stripped|classed|played)|eclips\w+|edged"
    r"|pipped|surpass\w+|overtook|routed|clobber\w+|drubb\w+|unlike|like|below|above|by|for|with"
    r"|after|left|led|leads?|leading|tops?|topped|exceed\w*"
    r"|into|in|at|on|among|amongst|alongside|beside|besides) "
    r"(?:both |all )?(?:the |its |an? )?(?:(?!as |while |and |but |that |when |if |so )[a-z]+ "
    r"|\d+ )?$",
    re.IGNORECASE,
)
"""A preposition or a verb of comparison right before a name."""


@lru_cache(maxsize=4096)
def oblique(before: str) -> bool:
    """Tell whether words end with a preposition, or a verb of comparison, that takes what follows.

    The same name's are asked for by every claim and figure around it.
    """
    return OBLIQUE.search(before) is not None and PERIOD_NOUN.search(before) is None


def fronted(text: str, low: int, start: int, gap: str) -> bool:
    """Tell whether a name only says among whom: ``Among the big caps, value rose``.

    Parameters
    ----------
    text : str
        Folded text of the block.
    low, start : int
        Where the sentence and the name begin.
    gap : str
        What stands between the name and the next.
    """
    before = text[max(low, start - 14) : start]
    return "and" not in gap and FRONTED.search(before) is not None


SEEN = compiled(
    r"\b(?:highest|lowest|best|worst|strongest|weakest|dearest|cheapest|level|close|first|finish"
    r"|reading|high|low|peak|trough)\b[^.;,]{0,12}$",
    re.IGNORECASE,
)
"""What makes ``since late April`` the last time such a level was seen, and no period."""
OTHERS = compiled(
    r"\b(?:and|but) (?:\w+ )?(?:have|has|is|are|was|were|had)\b[^;]{0,60}?\d"
    r"|\b(?:and|but) (?:\w+ )?(?:have|has|is|are|was|were|had)\b(?: now| already)?"
    r" (?:made|lost|gained|risen|fallen|down|up|returned|shed)\b"
    r"|(?:[;–—]|,? \b(?:and|but|though|although|yet|while)) ?(?:and |but |yet |though )?"
    r"(?:(?:it|they|both)(?:'s| (?:\w+ )?(?:is|are|was|were|has|have|had|remains?|stays?|stands?"
    r"|sits?|lags?|leads?|trails?))\b|(?:is|are|remains?|stays?|stands?|sits?) still\b)",
    re.IGNORECASE,
)
"""What gives a later period to another figure, or to another verb."""
STARTS = compiled(
    r"(?:[;–—]|,? \b(?:and|but|though|although|yet|while)) ?(?:and |but |yet |though )?"
    r"(?:(?:for|over|on|in) )?(?:the )?$",
    re.IGNORECASE,
)
ITS_VERB = compiled(
    r",? (?:it|they|both)(?:'s| (?:\w+ )?(?:is|are|was|were|has|have|remains?|stays?|stands?)\b)",
    re.IGNORECASE,
)
"""Around a period that opens a clause of its own: ``, and for the year it is still down``."""


def seen_since(text: str, low: int, match: re.Match[str]) -> bool:
    """Tell whether ``since April`` says when such a level was last seen, and is no period."""
    said = match[0].lower()
    since = said.startswith("since") and not said.endswith((" began", " january", " new year"))
    return since and SEEN.search(text, max(low, match.start() - 30), match.start()) is not None


def own(text: str, end: int, after: re.Match[str] | None) -> re.Match[str] | None:
    """Return a period behind a figure, unless it is that of another figure."""
    if after is not None and OTHERS.search(text, end, after.start()):
        return None  # "added 2% and have now made 51% over a year"
    if (
        after is not None
        and ITS_VERB.match(text, after.end())
        and STARTS.search(text, end, after.start())
    ):
        return None
    return after
