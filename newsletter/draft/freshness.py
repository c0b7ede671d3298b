"""Freshness: what earlier editions said, so that tonight's need not say it again.

A sentence is known by two keys: as it was printed, figures included, and by its wording, with
every figure taken out. The clause behind a colon, a semicolon or a joining comma has a wording
of its own: a borrowed tail is a repetition too.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

FEWEST = 4
"""Words below which a sentence is a label and no wording of its own."""
_WORDING, _CLAUSE = "# ", "; "
"""What the keys of wordings and of clauses begin with; no printed sentence does."""
_FURNITURE = re.compile(r"^~~~$", re.MULTILINE)
_BLANK = re.compile(r"\n\s*\n")
_RULE = re.compile(r"[=–—-]{3,}$")
_MARK = re.compile(r"^\s*(?:[*•]|\d+\.)\s+")
_STOP = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9{])")
_ABBREVIATION = re.compile(r"\b(?:U\.S|vs|St|No|a\.m|p\.m)\.\s", re.IGNORECASE)
_PAUSE = re.compile(r"[:;]\s+|,\s+(?=(?:which|where|and|but|so|as|while|though|if|since)\b)")
_NUMBER = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|"
    "eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
)
_FIGURE = re.compile(
    rf"[+−-]?\$?\d(?:[\d,.]*\d)?(?:st|nd|rd|th|%)?|\b(?:{_NUMBER})(?:-(?:{_NUMBER}))?\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_TICKER = re.compile(r"\b[A-Z]{2,5}\b")
_LEANING = re.compile(
    r"(?:That|Those|It|Its|They|Their|This|These|Both|So|Neither|Either|Such|Still|Even so|"
    r"Not that|The same|And|But|Nor|Hence|One day|Here)\b"
)


def said_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of what was said in finished mails.

    Parameters
    ----------
    texts : iterable of str
        Plain-text parts. Where a text has furniture between lines ``~~~``, only what stands
        inside the edition is read.

    Returns
    -------
    frozenset of str
        Of every sentence and clause; ask it with `exactly`, `worded` and `borrowed`.
    """
    return frozenset[str]().union(*map(_said, texts))


@lru_cache(maxsize=64)  # an evening asks for the last sixty mails, of which one is new
def _said(text: str) -> frozenset[str]:
    return frozenset(key for passage in _passages(text) for key in _keys(passage))


def split(text: str) -> list[str]:
    """Return the sentences of a passage, on one line each."""
    held = _ABBREVIATION.sub(lambda m: m[0].rstrip() + "\N{NO-BREAK SPACE}", text)
    return [" ".join(sentence.split()) for sentence in _STOP.split(held) if sentence.strip()]


def exactly(sentence: str, said: Collection[str]) -> bool:
    """Tell whether a printed sentence was said before, with the same figures."""
    return len(sentence.split()) >= FEWEST and normal(sentence) in said


def worded(sentence: str, said: Collection[str]) -> bool:
    """Tell whether a printed sentence was said before, figures aside."""
    return len(sentence.split()) >= FEWEST and _WORDING + wording(sentence) in said


def borrowed(sentence: str, said: Collection[str]) -> bool:
    """Tell whether a clause of a printed sentence, or a clause that is to become one, was used.

    A clause is what stands behind a colon, a semicolon or a comma that joins.
    """
    whole = wording(sentence).strip(" .,:;")
    return any(_CLAUSE + clause in said for clause in (whole, *_clauses(sentence)))


def untailed(text: str, used: Collection[str]) -> str:
    """Return a text without the last clause, where that is among those used already.

    Parameters
    ----------
    text : str
        Sentences; slots are figures.
    used : collection of str
        What `tails` returned for other texts.
    """
    pauses = list(_PAUSE.finditer(text))
    if not pauses or not tails(text[pauses[-1].start() :]) & set(used):
        return text
    return text[: pauses[-1].start()].rstrip() + "."


def tails(text: str) -> frozenset[str]:
    """Return the wordings of the clauses behind a text's colons, semicolons and commas."""
    return frozenset(_clauses(text))


def leans(sentence: str) -> bool:
    """Tell whether a sentence points back to the one before it, and falls with it."""
    return bool(_LEANING.match(sentence))


def normal(sentence: str) -> str:
    """Return a sentence without what layout changes: spaces and case."""
    return " ".join(sentence.casefold().split())


def wording(sentence: str) -> str:
    """Return a sentence without its figures and tickers.

    Examples
    --------
    >>> wording("The small-cap fund rose 0.9%, its best since 4 May.")
    'the small-cap fund rose #, its best since # #.'
    >>> wording("What HPE did against its own habit")
    'what # did against its own habit'
    """
    return _FIGURE.sub("#", normal(_TICKER.sub("#", sentence)))


def _passages(text: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a mail, unwrapped."""
    parts = _FURNITURE.split(text)
    inner = parts[1:-1] if len(parts) > 2 else parts
    for block in _BLANK.split("\n\n".join(inner)):
        passage: list[str] = []
        for line in block.splitlines():
            if (_MARK.match(line) or _RULE.match(line.strip())) and passage:
                yield " ".join(passage)
                passage = []
            if not _RULE.match(line.strip()):
                passage.append(_MARK.sub("", line).strip())
        yield " ".join(passage)


def _keys(passage: str) -> Iterator[str]:
    for sentence in split(passage):
        if len(sentence.split()) < FEWEST:
            continue
        yield normal(sentence)
        yield _WORDING + wording(sentence)
        yield from (_CLAUSE + clause for clause in _clauses(sentence))


def _clauses(sentence: str) -> list[str]:
    """Return the wordings behind a sentence's colons and semicolons, without their figures."""
    found = [wording(part).rstrip(".") for part in _PAUSE.split(sentence)[1:]]
    return [clause for clause in found if len(clause.split()) >= FEWEST]
