"""A favourable view stands beside what speaks against it, in the text and not the footer."""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.phrases.stance import NEGATIVE, POSITIVE, views
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.document import Document

_SPOKEN = frozenset({Kind.PARAGRAPH, Kind.ITEM})
_OTHER_SIDE = compiled(
    r"^\W*(?:the )?(?:other side|opposing (?:case|view)|counter-?argument|case against"
    r"|bear case|risks?|key risks|main risks|what could go wrong|what speaks against"
    r"|where we could be wrong|why we (?:may|might|could) be wrong|caveats?)"
    r"(?: (?:of|to|for|in) [^.:]{1,40})? ?(?:[.:]|$)",
    re.IGNORECASE,
)
_COUNTER = quick(
    r"\b(?:risks?|risky|danger(?:s|ous)?|downside|caveats?|bears|sc?k?eptics|vulnerable"
    r"|on the other hand|the other side|against (?:us|this|that|the view|our view)"
    r"|(?:could|may|might|can)(?: (?:well|yet|still|also|easily|just as \w+)){0,2} (?:fall|drop"
    r"|fail|fade|reverse|slip|lose|disappoint|be (?:wrong|mistaken|early|late)|not\b|turn|end"
    r"|weaken|sink|go wrong)"
    r"|(?:we|it|this|that|they) (?:may|might|could) be wrong|can be wrong|hard to square"
    r"|proves? (?:nothing|little)|no guarantee|not guaranteed)\b(?![- ](?:on|off|appetite|free))",
    re.IGNORECASE,
)
_DENIED = quick(
    r"\b(?:no|little|few|without|zero|minimal|hardly any|low|not a|free of|ignore|forget"
    r"|never mind)(?: (?:the|any|real|such|much|great)){0,2} $",
    re.IGNORECASE,
)
_NONE = compiled(
    r"\b(?:there (?:is|are) (?:none|no\b|nothing)|nothing (?:speaks|to say|worth)|none to speak"
    r"|no (?:risks?|other side|counter-?argument|case against))\b|^\W*none\W*$",
    re.IGNORECASE,
)
_ENOUGH = 8
"""Words that an opposing case needs at least."""


@rule(
    "C02",
    citation="FINRA 2210(d)(1)(A) fair and balanced; MAR RTS 2016/958 Art. 3 (S1)",
    good=(
        "Small caps rose 0.6% today.",
        "We think small caps could rally.\n\nThe risk is that rates stay where they are.",
        "We like value.\n\n## The other side\n\nGrowth has earned more for years, and may again.",
        "Banks look cheap.\n\n**The other side.** They were cheap for years, and loans can sour.",
        "Small caps are not cheap. Whether value could rally is open.",
    ),
    bad=(
        "We think small caps could rally.",
        "Banks look cheap. There is little risk in them.",
        "We like value here.\n\n## The other side\n\nThere is none.",
        "We are bullish on value.\n\n~~~\n\nCapital is at risk and we may be wrong.",
        "Banks l\u00adook che\u200bap and have room to run.",
    ),
)
def counter_risk(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find a favourable view without an opposing one.

    A view is answered by a section of its own (*The other side*, *Risks* and their like,
    with at least eight words that deny nothing) or by a sentence about what could go
    wrong in its own section. Fixed notices answer nothing. One finding a section.
    """
    sections = _sections(document)
    if any(map(_opposes, sections)):
        return
    for blocks in sections:
        found = [(block, view) for block in blocks for view in views(block.text, POSITIVE)]
        if found and not any(_counters(block.text) for block in blocks):
            block, (start, end) = found[0]
            words = block.text[start:end].strip()
            message = (
                f"“{words}” is a favourable view without its risk; say what speaks against it."
            )
            yield block.folded.span(start, end), message


def _sections(document: Document) -> list[list[Block]]:
    """Return the spoken blocks in stretches, each with its heading in front."""
    sections: list[list[Block]] = [[]]
    for block in document.blocks:
        if block.furniture:
            continue
        if block.kind is Kind.HEADING or (block.kind in _SPOKEN and _OTHER_SIDE.match(block.text)):
            sections.append([block])
        elif block.kind in _SPOKEN:
            sections[-1].append(block)
    return sections


def _opposes(blocks: Sequence[Block]) -> bool:
    if not blocks or not (title := _OTHER_SIDE.match(blocks[0].text)):
        return False
    texts = [blocks[0].text[title.end() :], *(block.text for block in blocks[1:])]
    if any(_NONE.search(text) for text in texts):
        return False
    return sum(len(text.split()) for text in texts) >= _ENOUGH


def _counters(text: str) -> bool:
    for match in _COUNTER.finditer(text):
        if not _DENIED.search(text[max(0, match.start() - 30) : match.start()]):
            return True
    return bool(views(text, NEGATIVE))
