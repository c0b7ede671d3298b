"""Past: what earlier editions said, and how alike two wordings are."""

import difflib
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.rule import Past
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

EDITIONS = 30
"""How many earlier editions a new one is compared with."""
SAMPLE = "[SAMPLE] "
OPENING_WORDS = 12
"""Fewer words than these are no opening but a caption or a line of the day."""

_OWED = compiled(
    r"On \d{1,2} \w+ \d{4} we (?:said what would change our mind|argued the other side)\b"
)
"""How a paragraph begins that owns to earlier words: of its nature always alike."""
_WORD = compiled(r"[^\W_]+(?:[.,'-][^\W_]+)*")


def words(text: str) -> tuple[str, ...]:
    """Return the words and figures of a text, without case, marks and hidden letters.

    Examples
    --------
    >>> words("Small-caps rose 0.9%, again!")
    ('small-caps', 'rose', '0.9', 'again')
    """
    return tuple(_WORD.findall(fold(text).text.casefold()))


def likeness(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """Return the share of words that two wordings have in common, in order (0 to 1).

    It is ``2 M / (m + n)`` for M words in matching stretches of texts with m and n words
    (Ratcliff and Obershelp, 1988), with cheap upper bounds first.
    """
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < 0.5:
        return 0.0
    return matcher.ratio()


def opens(text: str) -> bool:
    """Tell whether a paragraph can be an edition's opening: long enough, and its own."""
    return len(text.split()) >= OPENING_WORDS and _OWED.match(fold(text).text) is None


def opening(document: Document) -> str:
    """Return the first paragraph of the body: behind the summary's items, if it has any."""
    paragraphs: list[str] = []
    after_items = False
    for block in document.blocks:
        if block.furniture:
            continue
        if block.kind is Kind.ITEM:
            if not after_items:
                paragraphs, after_items = [], True
        elif block.kind is Kind.PARAGRAPH and opens(block.text):
            paragraphs.append(block.text)
    return paragraphs[0] if paragraphs else ""


@lru_cache(maxsize=64)  # an evening is held against the last thirty, of which one is new
def past_of(key: str, subject: str, text: str) -> Past:
    """Return what an earlier edition said, read from its finished mail.

    Parameters
    ----------
    key : str
        Its edition key.
    subject, text : str
        Its subject line, which is its headline, and its plain-text part.
    """
    return Past(key, subject.removeprefix(SAMPLE), opening(Document.of_text(text)))
