"""How the text reads: length, sentences, reading level, worn phrases."""

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity, Span
from newsletter.preflight.rule import Fault, RuleContext, faults, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.passages import Sentence, prose, sentences

_WORD = compiled(r"[A-Za-z][A-Za-z'’-]*")
_VOWELS = compiled(r"[aeiouy]+", re.IGNORECASE)
_SILENT = compiled(r"(?:[^laeiouy]es|[^aeioutd]ed|[^l]e)$", re.IGNORECASE)
_GRADE, _JUDGED = 14.0, 120
_LONG, _TOO_LONG, _SENTENCE = 1400, 3000, 60
_WORN = quick(
    r"\bonly time will tell\b|\btime will tell\b|\bperfect storm\b"
    r"|\bcautious(?:ly)? optimis(?:m|tic)\b"
    r"|\bat the end of the day\b|\bin the current environment\b|\bdouble-edged sword\b"
    r"|\bthe jury is still out\b"
    r"|\bremains to be seen\b|\bclimb(?:ing|ed|s)? (?:a|the) wall of worry\b|\bdry powder\b"
    r"|\bgreen shoots\b"
    r"|\bbuckle up\b|\bbumpy ride\b|\bgame[- ]changer\b|\bnew normal\b|\bunprecedented\b"
    r"|\bspitting distance\b"
    r"|\bhead fake\b|\bcoiled spring\b|\bin uncharted (?:waters|territory)\b|\bkick the can\b"
    r"|\bwitnessing\b"
    r"|\bgoldilocks\b|\bfear and greed\b|\bthe writing is on the wall\b|\btip of the iceberg\b"
    r"|\bfiring on all cylinders\b|\brisk-on, risk-off\b|\bpriced (?:in|for) perfection\b|\bdelve\b"
    r"|\bnavigat\w+ (?:the|these|this) (?:\w+ )?(?:landscape|waters|environment)\b"
    r"|\bever-(?:changing|evolving)\b"
    r"|\btapestry\b|\bin today's (?:fast-paced|ever|volatile)\b|\bit(?:'s| is) (?:important"
    r"|worth) (?:to note|noting)\b"
    r"|\bthis isn't (?:just )?a[^.;]{3,40}; it's a\b|\blook no further\b|\bgame of chicken\b"
    r"|\bmain character\b",
    re.IGNORECASE,
)


@rule(
    "P11",
    severity=Severity.WARN,
    citation="Kincaid et al. 1975 (US Navy RBR 8-75): grade level; SEC plain-English rule 421(d)",
    good=("Small caps fell today. " * 40, "Notwithstanding institutional considerations. " * 5),
    bad=(
        (
            "Institutional considerations notwithstanding, macroeconomic uncertainties surrounding "
            "accommodative monetary policy expectations precipitated considerable reallocation "
            "activity throughout internationally diversified equity portfolios, particularly among "
            "capitalization-weighted instruments exhibiting elevated sensitivity characteristics. "
        )
        * 5,
    ),
)
def hard_reading(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find texts above grade 14 by Flesch and Kincaid.

    Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59, over sentences of
    three words and more; syllables are counted as groups of vowels without a silent e.
    """
    counts = [_counts(s) for s in sentences(document)]
    counts = [(words, syllables) for words, syllables in counts if words > 2]
    words = sum(w for w, _ in counts)
    if words < _JUDGED:
        return
    grade = 0.39 * words / len(counts) + 11.8 * sum(s for _, s in counts) / words - 15.59
    if grade > _GRADE:
        yield Span(0, 0), f"The text reads at grade {grade:.1f}; shorter words and sentences help."


def _counts(sentence: Sentence) -> tuple[int, int]:
    words = _WORD.findall(sentence.text)
    return len(words), sum(map(_syllables, words))


@lru_cache(maxsize=4096)
def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word))))


@rule(
    "P12",
    severity=Severity.WARN,
    citation="House: four minutes' reading (market-commentary A3)",
    good=("word " * 1300,),
    bad=("word " * 1500,),
)
def long_text(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find texts of more than 1,400 words, tables and furniture aside."""
    count = _length(document)
    if _LONG < count <= _TOO_LONG:
        yield Span(0, 0), f"The text has {count} words; {_LONG} are plenty for an evening."


@rule(
    "P13",
    citation="House: four minutes' reading (market-commentary A3)",
    good=("word " * 2900,),
    bad=("word " * 3100,),
)
def endless_text(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find texts of more than 3,000 words."""
    count = _length(document)
    if count > _TOO_LONG:
        yield Span(0, 0), f"The text has {count} words; nobody reads more than {_TOO_LONG}."


def _length(document: Document) -> int:
    return sum(len(block.text.split()) for block in prose(document))


@rule(
    "P14",
    severity=Severity.WARN,
    citation="SEC plain-English rule 421(d): short sentences",
    good=("Small caps fell today, and " + "so " * 30 + "it goes.",),
    bad=("It fell, " + "and so did the next one, " * 12 + "as it happens.",),
)
def long_sentence(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences of more than 60 words."""
    for sentence in sentences(document):
        count = len(sentence.text.split())
        if count > _SENTENCE and sentence.block.kind is not Kind.CELL:
            yield sentence.within(0, 1), f"This sentence has {count} words; make two of it."


@rule(
    "P15",
    severity=Severity.WARN,
    citation="House: no worn phrases (design, Draft)",
    good=("Time tells little.", "The sword was single."),
    bad=("Only time will tell.", "We are cautiously optimistic.", "It remains to be seen."),
)
def worn_phrase(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find phrases that every market letter has used up."""
    yield from faults(document, _WORN, "“{}” is a worn phrase; say it in your own words.")
