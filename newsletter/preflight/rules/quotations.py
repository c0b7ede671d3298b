"""Words of others are marked, sourced, and not copied."""

import re
from collections.abc import Collection, Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

COPIED = 15
"""More consecutive words than these are a copy, marked as a quotation or not."""
_SHORT = 6
"""A headline of fewer words may be anybody's."""
_SCARE = 3
"""Quotation marks around so few words set them off; they quote nobody."""

_WORD = compiled(r"[^\W_]+(?:[.,'-][^\W_]+)*")
_DOUBLE = compiled(r'["„‟«»❝❞〝〞＂]([^"„‟«»❝❞〝〞＂]{1,800})["„‟«»❝❞〝〞＂]')
_SINGLE = compiled(r"(?<![\w'])['‹]((?!\d)(?:[^'‹›\"]|(?<=\w)'(?=\w)){8,800})['›](?!\w)")
_SOURCED = quick(
    r"\b(?:according to|said|says|told|wrote|writes|reports?|reported|headlines?|in the words of"
    r"|as .{1,40} put it|via|quoting)\b|\((?:Reuters|AP|Bloomberg|CNBC|FT|WSJ)\)",
    re.IGNORECASE,
)
_LINES = (
    "Fed holds rates as Powell warns that tariffs may lift prices and slow hiring well into autumn",
    "Oil jumps after surprise output cut by producers",
)
_GIVEN = RuleContext(headlines=_LINES)


@rule(
    "C12",
    severity=Severity.WARN,
    citation="Copyright in headlines: Infopaq C-5/08; fair quotation names its source (S9)",
    good=(
        "The Federal Reserve left rates alone.",
        Example("The Federal Reserve left rates alone; oil jumped.", given=_GIVEN),
        Example(f"{_LINES[1]}, Reuters reported.", given=_GIVEN),
        Example("Oil jumps after a cut.", given=_GIVEN),
    ),
    bad=(
        Example(f"{_LINES[0]}, Reuters reported.", given=_GIVEN),
        Example(f"{_LINES[1]}.", given=_GIVEN),
        Example("Oil jumps after sur\u00adprise output cut by pr\u043educers.", given=_GIVEN),
        Example(f"# {_LINES[1].upper()}", given=_GIVEN),
    ),
)
def copied_headline(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find others' headlines: over 15 words in a row, or whole without their source."""
    if not context.headlines:
        return
    lines = [words for line in context.headlines if len(words := _words(line)) >= _SHORT]
    starts: dict[tuple[str, ...], list[tuple[list[str], int]]] = {}
    for words in lines:
        for at in range(len(words) - _SHORT + 1):
            starts.setdefault(tuple(words[at : at + _SHORT]), []).append((words, at))
    for block in document.blocks:
        if not block.furniture:
            yield from _copies(block, starts)


def _copies(
    block: Block, starts: dict[tuple[str, ...], list[tuple[list[str], int]]]
) -> Iterator[Fault]:
    text = block.text.casefold()
    places = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end] for start, end in places]
    index = 0
    while index + _SHORT <= len(words):
        known = starts.get(tuple(words[index : index + _SHORT]), ())
        length, whole = 0, False
        for line, at in known[:50]:
            run = _run(words, index, line, at)
            length, whole = max((length, whole), (run, at == 0 and run == len(line)))
        if length:
            start, end = places[index][0], places[index + length - 1][1]
            span = block.folded.span(start, end)
            if length > COPIED:
                yield span, f"{length} words in a row are another's headline; tell it in your own."
            elif whole and not _SOURCED.search(block.text[max(0, start - 200) : end + 200]):
                yield span, "This is another's headline; name its source or tell it in your own."
        index += length or 1


def _run(words: list[str], index: int, line: list[str], at: int) -> int:
    length = 0
    while (
        index + length < len(words)
        and at + length < len(line)
        and words[index + length] == line[at + length]
    ):
        length += 1
    return length


@rule(
    "C13",
    citation="MAR RTS 2016/958 Art. 3(1): sources are named and reliable; none is invented",
    good=(
        "The “great rotation” is a slogan.",
        Example("“Oil jumps after surprise output cut”, Reuters reported.", given=_GIVEN),
        "Investors' money and traders' money are the same money.",
        'A 12" pipe and a 14" pipe cost more.',
    ),
    bad=(
        "He said: “The worst of it is behind us.”",
        "Traders call it ‘the easiest money of the year’.",
        "Powell said: \uff02We will do what it takes.\uff02",
        "Powell: «We will do what it takes.»",
        Example("“Oil falls after surprise output cut”, Reuters reported.", given=_GIVEN),
        'He called it "the be\u00adst day of the ye\u0430r".',
    ),
)
def unsourced_quote(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find quotation marks around four words or more that no source is known to have said."""
    given = [f" {' '.join(_words(line))} " for line in context.headlines]
    for block in document.blocks:
        if block.furniture or block.kind is Kind.CELL:
            continue
        for pattern in (_DOUBLE, _SINGLE):
            for match in pattern.finditer(block.text):
                words = _words(match[1])
                if len(words) > _SCARE and not _known(words, given) and _opens(block.text, match):
                    span = block.folded.span(match.start(), match.end())
                    yield span, "No source is known for this quotation; name one or take it out."


def _opens(text: str, match: re.Match[str]) -> bool:
    """Tell whether the first mark opens: an inch mark has a digit in front of it."""
    return not text[max(0, match.start() - 1) : match.start()].isalnum()


def _known(words: list[str], given: Collection[str]) -> bool:
    quoted = f" {' '.join(words)} "
    return any(quoted in line for line in given)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).text.casefold())
