"""Clause: who does what a verb says, to whom, denied or supposed or said of anybody.

No grammar is parsed. A market's sentences are simple at their verbs: what stands right
before a verb is its subject, its pronoun, or a comma after either. Where it is none of
these the verb is left alone.
"""

import datetime as dt
import re
from dataclasses import dataclass

from newsletter.preflight import lexicon
from newsletter.preflight.block import Kind
from newsletter.preflight.dates import When
from newsletter.preflight.numbers import FigureKind
from newsletter.preflight.quick import quick
from newsletter.preflight.scan import scan
from newsletter.preflight.sentence import Sentence
from newsletter.preflight.subjects import Mention
from newsletter.preflight.world import World

_BREAK = re.compile(
    r"[;:?!]|\s[–—]\s|—|,? \b(?:while|but|whereas|though|although|(?<!have )(?<!has )(?<!had"
    r" )(?<!as )(?<!is )(?<!are )yet|even as|even though|because"
    r"|so that)\b|, (?:and|as|or|nor|so|with|which|who|when|where|leaving|then|not)\b",
    re.IGNORECASE,
)
"""Where one clause ends and another begins."""
_SKIPPED = quick(
    r"(?:\b(?:has|have|had|having|is|are|was|were|be|been|being|also|too|then|still|again|now|both"
    r"|all|each|even|just|only|did|do|does|not|never|merely|further|once more|once again|today"
    r"|tonight|there|quietly|itself|themselves|together|instead|meanwhile|in turn|at least|each"
    r"|alone|keep|keeps|kept|keeping|first|since|all but|at last|on the day"
    r"|this (?:week|month|year|quarter)"
    r"|fail(?:ed|s|ing) to|refus(?:ed|es) to|managed to|continued to|went on to|could"
    r"|did well to|\w+ly)|n't|'ve|'s|'re"
    r"|'d)\s*$",
    re.IGNORECASE,
)
"""Words between a subject and its verb that change nothing."""
_TAIL = re.compile(
    r"(?:'s?)?(?: and large)?(?: (?:shares?|stocks?|funds?|index|indices|etf|etfs|members?|names?"
    r"|sectors?|group"
    r"|companies|prices?|proxy|benchmark|complex|trade|bloc|camp|cohort|crowd|gauge|reading))?"
    r"(?: \([^()]{1,40}\))?",
    re.IGNORECASE,
)
"""What may follow a name and still belong to it."""
_RELATIVE = re.compile(r"\b(?:which|who|that)\s*$", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|both|the (?:former|latter)|each|one|ones)\s*$", re.IGNORECASE
)
_LIKENED = re.compile(
    r"\b(?:unlike|like|as with|apart from|except(?: for)?|despite|with|alongside|after|behind|in"
    r" contrast to"
    r"|besides) (?:the |its |both )?$",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(
    r"\b(?:fail(?:ed|s|ing)?|manag(?:ed|es)|unable|refus(?:ed|es)|continued?s?|able|began|begun"
    r"|the (?:only|first|last) \w+) to $",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\s*(?:both|all|each)\b", re.IGNORECASE)
_REFERS = re.compile(r"\bthe (?P<which>former|latter|first|second)\b", re.IGNORECASE)
_CONCEDES = re.compile(
    r"\W*(?:whatever|however|whoever|no matter what|whether or not|if nothing"
    r" else)\b[^,;:.]{0,60},",
    re.IGNORECASE,
)
"""``Whatever may be said of the Fed, …``: what follows is stated all the same."""
_JOIN = re.compile(r"(?:[,)]|[–—-]|\b(?:and|but|or|then|yet))\s*$", re.IGNORECASE)
_HEADS = re.compile(
    r"\b(?:shares?|stocks?|prices?|value|funds?|index|rest|members?|level|bulk|group|closes?)"
    r" (?:of|in) (?:the |all |both )?$",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"\b(?:ratio|gap|lead|spread|margin|advantage|difference|distance|edge|deficit)\b[^,;:]{0,40}$",
    re.IGNORECASE,
)
_NOUN = quick(
    r"\b(?:a|an|the|this|that|its|their|his|our|any|some|every|no|more|less|of|in|by|with|from|to"
    r"|for|on|at|into|after|despite|without|big|small|sharp|further|another|such|modest|steep"
    r"|brief|day's|week's|month's|year's|quarter's|tonight's|today's|evening's|two|three|four"
    r"|five|recent|great|good|new|old|own)\s+$",
    re.IGNORECASE,
)
"""What stands before a noun, so that ``gains`` or ``fall`` is no verb."""
_MARKET = re.compile(
    r"(?:^|(?<=[\s,;:]))(?:the (?:index|market|tape|averages|broad market)|stocks|shares|equities"
    r"|Wall Street)$",
    re.IGNORECASE,
)
"""What stands for the S&P 500 as a subject, where no name does."""
_SINCE = re.compile(r"\bsince (?:the |late |early |mid-?)?(?:\w+ )?$", re.IGNORECASE)
_DURING = re.compile(
    r"\b(?:in|for|during|of|over|through|throughout) (?:the (?:whole|year|course) (?:of )?)?$",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r" ?the (?:index|rally|advance|pack|bounce|rebound|field|(?:wider |broader |broad |overall"
    r" )?market|benchmark|headline index)"
    r"(?!\w|['’ ](?:s|of|for|in)\b)",
    re.IGNORECASE,
)
"""What stands for the S&P 500 as an object, where no name does."""
_WATCHED = quick(
    r"\bwatch|change our mind|prove us wrong|next week|week ahead|look(?:ing)? ahead|to come\b"
    r"|scenario|what if",
    re.IGNORECASE,
)
"""Headings under which sentences speak of what may come."""
_FRONTED = re.compile(
    r"(?:(?:in|on|at|by|under|over) no \w+|nowhere|never|not once|at no (?:time|point))\b",
    re.IGNORECASE,
)
"""Denials at the head of a sentence: ``In no style are large companies ahead``."""
_RUN_IN = re.compile(r"[^.:!?]{4,50}[.:] ")
_COUNTED_PAST = quick(
    r"\b(?:next|following|coming) (?:\w+ )?(?:day|session|week|month|quarter|year)"
    r"|\bover the next\b|(?:%|percent|per cent) of (?:the time|cases|quarters|days)"
    r"|\b(?:times|cases|occasions) (?:in|out of)\b|\b(?:separate|different|distinct) times\b",
    re.IGNORECASE,
)
"""What follows a verb that tells what came after in the past, as base rates do."""


@dataclass(frozen=True, slots=True)
class Actors:
    """Whom a verb speaks of.

    Parameters
    ----------
    groups : tuple of frozenset of str
        Subjects joined by ``and``: the statement must hold of each; within one group any
        alternative will do. Empty where nobody can be told.
    start : int
        Where the first of them stands, or the verb.
    near : bool
        Whether they stand right at the verb, not carried over from words before.
    """

    groups: tuple[frozenset[str], ...] = ()
    start: int = 0
    near: bool = False

    @property
    def first(self) -> frozenset[str]:
        """The first group."""
        return self.groups[0] if self.groups else frozenset()


def bounds(sentence: Sentence, at: int) -> tuple[int, int]:
    """Return start and end of the clause around a place."""
    low, high = sentence.start, sentence.end
    for mark in scan(_BREAK, sentence.text, sentence.start, sentence.end):
        if mark.end() <= at:
            low = mark.end()
        elif mark.start() > at:
            high = mark.start()
            break
    return low, high


def is_noun(sentence: Sentence, start: int) -> bool:
    """Tell whether the word at a place is a noun (``the rise``) rather than a verb."""
    low = max(sentence.start, start - 24)
    if any(sentence.text[m.end : start] == " that " for m in sentence.named):
        return False  # "It was the banks that rose": a verb.
    return (
        _NOUN.search(sentence.text, low, start) is not None
        and _INFINITIVE.search(sentence.text, low, start) is None
    )


def actors(sentence: Sentence, start: int) -> Actors:
    """Return whom the verb at `start` speaks of."""
    text, at = sentence.text, start
    while (skipped := _SKIPPED.search(text, max(sentence.start, at - 24), at)) is not None:
        named = any(m.start < at and skipped.start() < m.end for m in sentence.named)
        if skipped.start() == at or named:
            break  # a ticker such as XLY is no adverb
        at = skipped.start()
    at = _stripped(text, sentence.start, at)
    near = _ending(sentence, at)
    if near is not None:
        return _of(sentence, near)
    before = text[max(sentence.start, at - 24) : at]
    market = _MARKET.search(before)
    if market is not None:
        return Actors((frozenset({"SPY"}),), at - len(market[0].strip()), near=True)
    if _RELATIVE.search(before):
        at = _stripped(text, sentence.start, _RELATIVE.search(text, sentence.start, at).start())  # type: ignore[union-attr]
        near = _ending(sentence, at)
        near = _ending(sentence, at - 1) if near is None else near
        if near is None:
            return Actors()
        found = _of(sentence, near)
        one = sentence.named[near]
        return found if found.groups else Actors((one.subjects,), one.start, near=True)
    referred = _referred(sentence, at - 12, at)
    if referred.groups:
        return referred
    if before[-1:] in {":", ";", "—", "–"} and _TOGETHER.match(text, at, start):
        firm = [m for m in sentence.named if m.end <= at and not sentence.oblique(m)]
        return Actors(tuple(dict.fromkeys(m.subjects for m in firm)), at)
    if _PRONOUN.search(before) or _JOIN.search(before) or at <= sentence.start:
        return _carried(sentence, at, pronoun=_PRONOUN.search(before) is not None)
    return Actors()


def objects(sentence: Sentence, end: int) -> Actors:
    """Return whom the words right behind `end` speak of."""
    _, high = bounds(sentence, end)
    if _REFERS.match(sentence.text, end + 1):
        return _referred(sentence, end, end + 14)
    if _INDEX.match(sentence.text, end):
        return Actors((frozenset({"SPY"}),), end, near=True)
    for index, mention in enumerate(sentence.named):
        if mention.start < end:
            continue
        if mention.start >= high or re.search(r"[,;:()]", sentence.text[end : mention.start]):
            break
        if len(sentence.text[end : mention.start].split()) > 6:
            break
        run = sentence.run(index, +1)
        return Actors(tuple(m.subjects for m in run), mention.start, near=True)
    return Actors()


def periods(sentence: Sentence, span: tuple[int, int], world: World) -> frozenset[str]:
    """Return the period labels that a verb's words allow, named years and dates included.

    A year or date of which the ledger knows no period gives a label without facts, so
    that nothing else is taken for it.
    """
    low, high = bounds(sentence, span[0])
    for figure in sentence.own:
        if figure.kind is not FigureKind.DATE or figure.when is None:
            continue
        if not low <= figure.start < high:
            continue
        before = sentence.text[max(low, figure.start - 24) : figure.start]
        if _SINCE.search(before):
            return _since(figure.when, world)
        if figure.when.kind == "year" and _DURING.search(before):
            year = figure.when.year
            return frozenset({"ytd" if year == world.book.session.year else f"cal:{year}"})
    return sentence.at(*span).periods


def _since(when: When, world: World) -> frozenset[str]:
    starts = (label for label in world.labels if label.startswith("since:"))
    known = {label for label in starts if when.matches(dt.date.fromisoformat(label[6:]))}
    base = world.book.session.replace(month=1, day=1) - dt.timedelta(days=1)
    if when.matches(base) or (when.kind == "month" and (when.year, when.month) == (0, 1)):
        known.add("ytd")
    return frozenset(known or {"since:unknown"})


def negated(sentence: Sentence, start: int) -> bool:
    """Tell whether the verb at a place is denied; two denials make a statement."""
    low, _ = bounds(sentence, start)
    low = max([low, *(m.end for m in sentence.named if m.end <= start)])
    said = sentence.text[low:start]
    if low > sentence.start and _FRONTED.match(sentence.text, sentence.start) is not None:
        said += " not "
    return len(lexicon.NEGATION.findall(said)) % 2 == 1


def watched(sentence: Sentence) -> bool:
    """Tell whether a sentence stands where a text speaks of what may come.

    Under such a heading, or behind one run into its paragraph (``What we watch. …``).
    """
    if _WATCHED.search(sentence.block.context.heading):
        return True
    lead = _RUN_IN.match(sentence.text)
    return lead is not None and _WATCHED.search(lead[0]) is not None


def supposed(sentence: Sentence, start: int) -> bool:
    """Tell whether a verb only supposes, forecasts or speaks in general."""
    if watched(sentence) or sentence.text[sentence.end - 1] == "?":
        return True
    low, high = bounds(sentence, start)
    conceded = _CONCEDES.match(sentence.text, low, start)
    low = conceded.end() if conceded else low
    said = sentence.text[low : min(high, start + 60)]
    return bool(
        lexicon.HEDGE.search(sentence.text, low, start)
        or lexicon.GENERAL.search(said)
        or _COUNTED_PAST.search(sentence.text, start, min(sentence.end, start + 80))
    )


def _stripped(text: str, low: int, at: int) -> int:
    while at > low and text[at - 1] in " \t":
        at -= 1
    return at


def _ending(sentence: Sentence, at: int) -> int | None:
    """Return the index of the mention whose words end at a place."""
    for index in range(len(sentence.named) - 1, -1, -1):
        mention = sentence.named[index]
        if mention.end > at:
            continue
        if at - mention.end > 60:
            return None
        if _TAIL.fullmatch(sentence.text, mention.end, at):
            return index
        return None
    return None


def _of(sentence: Sentence, index: int) -> Actors:
    mention = sentence.named[index]
    text, low = sentence.text, sentence.start
    if _PAIRED.search(text, max(low, mention.start - 60), mention.start):
        return Actors()
    if sentence.oblique(mention) and not _HEADS.search(
        text, max(low, mention.start - 30), mention.start
    ):
        return Actors()
    run = sentence.run(index, -1)
    if len(run) > 1 and _LIKENED.search(text, max(low, run[0].start - 24), run[0].start):
        run = run[1:]  # "Unlike gold, copper fell" says nothing of gold here.
    return Actors(tuple(dict.fromkeys(m.subjects for m in run)), run[0].start, near=True)


def _carried(sentence: Sentence, at: int, *, pronoun: bool) -> Actors:
    """Return whom a sentence goes on speaking of."""
    before = [m for m in sentence.named if m.end <= at]
    firm = [m for m in before if not sentence.oblique(m)]
    if firm:
        chosen = firm[-1]
        index = sentence.named.index(chosen)
        run = sentence.run(index, -1)
        plural = re.search(
            r"\b(?:they|both|them)\s*$", sentence.text[max(sentence.start, at - 8) : at]
        )
        kept = run if len(run) > 1 or plural else [chosen]
        return Actors(tuple(dict.fromkeys(m.subjects for m in kept)), kept[0].start)
    if not pronoun:
        return Actors()
    referred = _referred(sentence, at - 12, at)
    if referred.groups:
        return referred
    earlier = _lead(sentence.earlier)
    if earlier is not None and sentence.block.kind is not Kind.CELL:
        return Actors((earlier.subjects,), at)
    return Actors()


def _referred(sentence: Sentence, start: int, end: int) -> Actors:
    """Return whom ``the former`` or ``the latter`` means: of two that were named before."""
    match = _REFERS.search(sentence.text, max(sentence.start, start), end)
    if match is None:
        return Actors()
    own = [m.subjects for m in sentence.named if m.end <= match.start()]
    named = list(dict.fromkeys(own if len(own) > 1 else [m.subjects for m in sentence.earlier]))
    if len(named) < 2:
        return Actors()
    first = match["which"].lower() in {"former", "first"}
    return Actors((named[0] if first else named[1],), match.start(), near=True)


def _lead(mentions: list[Mention]) -> Mention | None:
    return mentions[0] if mentions else None
