"""Sentences with a hole: a word or figure fell out and nobody looked."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Example, Fault, RuleContext, faults, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_COMMAS = quick(
    r"^[,;] |^\.(?!\.)\s|(?<=\w) [,;:](?!\))|(?<=\w) \.(?=\s|$)|(?<!\.)\.\.(?!\.)|,\s?[,.;:]"
    r"|[;:]\s?[,;:]"
)
_PAIR = compiled(
    r"\b(?:of|for|from|by|with|at|than|against|into|between) +(?:of|for|than|against|into"
    r"|between)\b"
    r"|(?<![&\w])(?:a|an|the) +(?:of|for|from|into|than|and|but|or|is|was|were|has|had)\b"
    r"|(?-i:\b(?:[Tt]he|an?) \((?:the )?[A-Z]{2,5}\))"
    r"|\ba mere *(?=[,.;])"
    r"|\b(?P<twice>the|a|an|of|to|is|was|by|for) (?P=twice)\b",
    re.IGNORECASE,
)
_FALLS = quick(
    r"\b(?:ahead|behind|rose|fell|gain(?:ed|s)?|lost|up|down|climbed|dropped|share|rise|fall|loss"
    r"|median|total|beat (?:it|them)) (?:by|of|at) *(?=[,;.])|\b(?:hitting|reaching) *[.,;]",
    re.IGNORECASE,
)
_EMPTY = compiled(r"\(\s*[,;:%]?\s*\)|\[\s*\](?!\()|“\s*”|\"\s?\"(?=[\s.,]|$)")
_SIGN = quick(
    r"(?<![\d.·)\w])%|[$€£¥₹](?![\d.,·−+-]|\s?\d|\w)|(?<![\w)])[+−](?=\s*[,.;)]|$)"
    r"|\b(?:rose|fell|gained|lost|dropped|added|by)"
    r" (?:percent|per cent|percentage points|basis points|bps|points)\b"
)
_END = compiled(
    r"\b(?:the|a|an|and|or|but|than|because|although|whether|their|our|versus|per)[.!?]"
    r"(?=[\s\"”')]|$)",
    re.IGNORECASE,
)
_LOOSE_END = compiled(
    r"\b(?:of|with|from|by|into|for|at|to|against|between)[.!?](?=[\s\"”')]|$)", re.IGNORECASE
)
_UNSTOPPED = compiled(
    r"(?:\S+\s+){4}\S*?\b(?:the|a|an|and|or|than|mere|of|with|from|by|into|against|between)$",
    re.IGNORECASE,
)
_BROKEN = compiled(
    r"(?P<word>[A-Za-z,'’-]{1,30})[ \t]*\n(?=[a-z]|(?<=the\n)|(?<=an\n)|(?<=a\n)|(?<=of\n))"
)
_UNWRAPPED = 300
"""Longer lines are those of no mail program: such text breaks only between paragraphs."""
_WHOLE = 9
_TORN = compiled(r"[a-z]+(?=[ ,;])(?!\.)")
_OPEN = compiled(r"[a-z]{2,30}$")
_LIST = compiled(r" · |\|")
_RUN = "Nothing else happened that anyone would wish to read about in a letter of this kind. " * 5
_STOPPED = compiled(
    r"(?:the|an?|and|or|than|mere|of|with|from|by|into|against|between)$", re.IGNORECASE
)
"""On what such a paragraph ends: told without reading five words of each."""
_ASKS = compiled(
    r"\b(?:what|which|who|whom|where|that)\b|\b(?:any|every|some|no)thing (?:in )?between$",
    re.IGNORECASE,
)
_STRANDED = quick(
    r"\b(?:what|which|who|that|where|whom|something|nothing|anything|to \w+|it is \w+"
    r"|(?:look|account|rel[iy]|care|wait|hop|ask|pa[iy]|head|hear|reckon|count|lean|bet|point)\w*"
    r"|made|came|come|go|went|lived?)\b",
    re.IGNORECASE,
)


@rule(
    "H01",
    citation="House: S2 and S3 of the seeds printed blanks (market-commentary A4)",
    good=(
        "Small caps gained a mere 0.1%, and held it.",
        "It rose: a little.",
        "Well… perhaps. And so on...",
        "Value, growth, and the rest.",
    ),
    bad=(
        ". That makes it fragile.",
        "Small caps gained a mere , and held it.",
        "It rose , then fell.",
        "Up 2%,, then down.",
    ),
)
def stray_mark(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find punctuation with nothing in front of it."""
    yield from faults(document, _COMMAS, "A word or figure is missing before “{}”.")


@rule(
    "H02",
    citation="House: S2 and S3 of the seeds printed blanks (market-commentary A4)",
    good=(
        "It rose by 2% for the week.",
        "That is the case for it.",
        "The gains had had their day.",
    ),
    bad=(
        "A gain of for the week.",
        "It beat the of small caps.",
        "Up by of the market.",
        "The the fund.",
        "While the (SPY) has gained.",
        "It brought a into the market.",
    ),
)
def missing_noun(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find two small words in a row that need something between them."""
    yield from faults(document, _PAIR, "Something is missing in “{}”.")


@rule(
    "H03",
    citation="House: S2 and S3 of the seeds printed blanks (market-commentary A4)",
    good=("It rose, then fell.", "What goes up, comes down.", "The lead grew by half."),
    bad=(
        "The fund is ahead by, and it shows.",
        "It gained by .",
        "A share of, in the end, nobody.",
    ),
)
def missing_figure(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find verbs and prepositions whose figure is gone."""
    yield from faults(document, _FALLS, "A figure is missing after “{}”.")


@rule(
    "H04",
    citation="House: S1 printed “(+8)” without a unit (market-commentary A4)",
    good=("Health care (+2.6%) led.", "[A link](https://example.com) is fine.", "f(x) grew."),
    bad=("Health care () led.", "Health care ( ) led.", "Health care (%) led."),
)
def empty_brackets(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find brackets and quotation marks with nothing in them."""
    yield from faults(document, _EMPTY, "“{}” is empty; fill it or take it out.")


@rule(
    "H05",
    citation="House: a unit without a figure says nothing (market-commentary A4)",
    good=("It rose 2% and cost $3.", "Up 25 bps, then 3 percentage points.", "(+2%)"),
    bad=(
        "It rose % today.",
        "It cost $ today.",
        "Small caps: + , growth 2%.",
        "It rose basis points.",
    ),
)
def dangling_sign(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find percent, currency and plus signs without a number."""
    yield from faults(document, _SIGN, "“{}” stands without a figure.")


@rule(
    "H06",
    citation="House: a sentence ends with its last word (market-commentary A4)",
    good=("That is what we look for.", "The close was a record.", "It is theirs."),
    bad=(
        "Small caps beat the.",
        "The gain was larger than.",
        "It fell because. And rose.",
        "This year the index has gained a mere",
        "The nine others would need to return an average of",
    ),
)
def cut_sentence(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences that stop on an article or a conjunction, and paragraphs cut off."""
    for span, word, _sentence in _ends(document, _END):
        yield span, f"The sentence stops on “{word}”; its end is missing."
    for block in document.blocks:
        ending = block.text[-200:].rstrip()
        spoken = block.kind in {Kind.PARAGRAPH, Kind.ITEM, Kind.HEADING} and not block.furniture
        if not spoken or _STOPPED.search(ending, max(0, len(ending) - 8)) is None:
            continue
        if not _ASKS.search(ending[-60:]) and (match := _UNSTOPPED.search(ending)):
            stop = max(0, len(block.text) - 200) + match.end()
            word = match[0].split()[-1]
            span = block.folded.span(stop - len(word), stop)
            yield span, f"The text breaks off after “{word}”; its end is missing."


@rule(
    "H07",
    severity=Severity.WARN,
    citation="House: a sentence ends with its last word (market-commentary A4)",
    good=("It is hard to bet against.", "The hands it is handed to.", "The place it came from."),
    bad=("Small caps beat the index by.", "Breadth rose again with."),
)
def loose_end(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences that stop on a preposition which nothing before it explains."""
    for span, word, sentence in _ends(document, _LOOSE_END):
        if not _STRANDED.search(sentence):
            yield span, f"The sentence stops on “{word}”; look whether its end is missing."


def _ends(document: Document, pattern: re.Pattern[str]) -> Iterator[tuple[Span, str, str]]:
    spoken = {Kind.PARAGRAPH, Kind.ITEM, Kind.PREHEADER, Kind.ALT}
    for block in document.blocks:
        if block.furniture or block.kind not in spoken:
            continue
        for start, end in block.sentences():
            low = max(start, end - 200)
            sentence = block.text[low:end].rstrip()
            match = pattern.search(sentence, max(0, len(sentence) - 14))
            if match is not None and match.end() == len(sentence):
                span = block.folded.span(low + match.start(), low + match.end())
                yield span, match[0], sentence


@rule(
    "H08",
    citation="House: S3 of the seeds lost words at line breaks (market-commentary A4)",
    good=(
        "A short line\nwith the\nwords broken by a mail program.",
        f"{_RUN} It ends here.\nThe next paragraph follows.",
        Example("<p>The higher volatility of the fund itself.</p>", html=True),
    ),
    bad=(
        f"Finally, the higher volatility of the\nETF itself tells. {_RUN}",
        f"The market was volatile, with\ncreating headwinds. {_RUN}",
    ),
)
def broken_line(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find line breaks in mid-sentence of text that is not wrapped: an element fell out there."""
    for block in document.blocks:
        if block.furniture or block.kind not in {Kind.PARAGRAPH, Kind.ITEM}:
            continue
        raw = document.text[block.span.start : block.span.end]
        for match in _BROKEN.finditer(raw) if len(raw) > _UNWRAPPED else ():
            ahead = raw.rfind("\n", 0, match.start()) + 1
            behind = raw.find("\n", match.end())
            line = (behind if behind >= 0 else len(raw)) - match.end()
            if max(match.start() - ahead, line) > _UNWRAPPED:
                start = block.span.start + match.start()
                word = match["word"]
                yield (
                    Span(start, start + len(word)),
                    f"The line breaks after “{word}” in mid-sentence; look what fell out.",
                )


@rule(
    "H09",
    severity=Severity.WARN,
    citation="House: a paragraph is whole (market-commentary A4)",
    good=(
        "The tape says so.\n\nIt says it twice, and then a third time for those who sleep.",
        "iShares funds were among the losers of the day, as they were on the day before.",
        "A short line without a stop",
        "He watched: the tape, the clock, the door, the window, and the hour for:",
    ),
    bad=(
        "to generate that index return, nine sectors would have to do a great deal more.",
        "The rally is broadening into many areas that are more sensitive to the economy of it",
    ),
)
def torn_paragraph(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find paragraphs that begin in mid-sentence or end without a stop."""
    for block in document.blocks:
        text = block.text.strip()
        if block.furniture or block.kind is not Kind.PARAGRAPH or text.count(" ") < _WHOLE:
            continue
        if _TORN.match(text):
            span = block.folded.span(0, len(text.split(" ", 1)[0]))
            yield span, "The paragraph begins in mid-sentence; its start is missing."
        elif _OPEN.search(text[-40:]) and not _LIST.search(text):
            at = len(block.text.rstrip())
            yield block.folded.span(max(0, at - 8), at), "The paragraph ends without a full stop."
