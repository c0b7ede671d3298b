"""Clause: who does what a verb says, to whom, denied or supposed or said of anybody.

No grammar is parsed. A market's sentences are simple at their verbs: what stands right
before a verb is its subject, its pronoun, or a comma after either. Where it is none of
these the verb is left alone.
"""

import datetime as dt
import re
from dataclasses import dataclass

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.dates import When
from newsletter.preflight.figures.numbers import FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.scanning.scan import scan
from newsletter.preflight.sentences import clause_words as words
from newsletter.preflight.sentences import lexicon
from newsletter.preflight.sentences.hedged import general, hedged
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Kind
from newsletter.preflight.who.subjects import Mention

_BREAK = compiled(
    r"[;:?!]|\s[–—]\s|—|,? \b(?:while|but|whereas|though|although|(?<!have )(?<!has )(?<!had"
    r" )(?<!as )(?<!is )(?<!are )yet|even as|even though|because"
    r"|so that)\b|, (?:and|as|or|nor|so|with|which|who|when|where|leaving|then|not)\b",
    re.IGNORECASE,
)
"""Where one clause ends and another begins."""
_RELATIVE = compiled(r"\b(?:which|who|that)\s*$", re.IGNORECASE)
_PRONOUN = compiled(
    r"\b(?:it|they|them|both|the (?:former|latter)|each|one|ones)\s*$", re.IGNORECASE
)
_TOGETHER = compiled(r"\s*(?:both|all|each)\b", re.IGNORECASE)
_REFERS = compiled(r"\bthe (?P<which>former|latter|first|second)\b", re.IGNORECASE)
_CONCEDES = compiled(
    r"\W*(?:whatever|however|whoever|no matter what|whether or not|if nothing"
    r" else)\b[^,;:.]{0,60},",
    re.IGNORECASE,
)
"""``Whatever may be said of the Fed, …``: what follows is stated all the same."""
_JOIN = compiled(r"(?:[,)]|[–—-]|\b(?:and|but|or|then|yet))\s*$", re.IGNORECASE)
_MARKET = compiled(
    r"(?:^|(?<=[\s,;:]))(?:the (?:index|market|tape|averages|broad market)|stocks|shares|equities"
    r"|Wall Street)$",
    re.IGNORECASE,
)
"""What stands for the S&P 500 as a subject, where no name does."""
_SINCE = compiled(r"\bsince (?:the |late |early |mid-?)?(?:\w+ )?$", re.IGNORECASE)
_DURING = compiled(
    r"\b(?:in|for|during|of|over|through|throughout) (?:the (?:whole|year|course) (?:of )?)?$",
    re.IGNORECASE,
)
_FRONTED = compiled(
    r"(?:(?:in|on|at|by|under|over) no \w+|nowhere|never(?! mind)|not once|at no (?:time|point))\b",
    re.IGNORECASE,
)
"""Denials at the head of a sentence: ``In no style are large companies ahead``."""
_RUN_IN = compiled(r"[^.:!?]{4,50}[.:] ")


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
    if sentence.text[:start].endswith(" that ") and words.EQUATED.search(
        sentence.text, max(sentence.start, start - 60), start - 6
    ):
        return False  # "Apple was the giant that shone"
    return (
        words.NOUN.search(sentence.text, low, start) is not None
        and words.INFINITIVE.search(sentence.text, low, start) is None
    )


def actors(sentence: Sentence, start: int) -> Actors:
    """Return whom the verb at `start` speaks of."""
    text, at = sentence.text, start
    while (skipped := words.SKIPPED.search(text, max(sentence.start, at - 24), at)) is not None:
        named = any(m.start < at and skipped.start() < m.end for m in sentence.named)
        if skipped.start() == at or named:
            break  # a ticker such as XLY is no adverb
        at = skipped.start()
    at = _stripped(text, sentence.start, at)
    near = _ending(sentence, at)
    if near is not None:
        return _of(sentence, near)
    before = text[max(sentence.start, at - 24) : at]
    own = words.OWN.search(before)
    if own is not None:
        return _carried(sentence, at, pronoun=True)
    market = _MARKET.search(before)
    if market is not None:
        return Actors((frozenset({"SPY"}),), at - len(market[0].strip()), near=True)
    if _RELATIVE.search(before):
        at = _stripped(text, sentence.start, _RELATIVE.search(text, sentence.start, at).start())  # type: ignore[union-attr]
        equated = words.EQUATED.search(text, max(sentence.start, at - 60), at)
        at = equated.start() if equated is not None else at
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
    if words.INDEX.match(sentence.text, end):
        return Actors((frozenset({"SPY"}),), end, near=True)
    if words.IT.match(sentence.text, end):
        return _other(sentence, end)
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


def _other(sentence: Sentence, end: int) -> Actors:
    """Return whom ``it`` means behind a verb: the last that was named and is not its subject."""
    own = [m for m in sentence.named if m.end <= end]
    before = [*sentence.earlier, *own[:-1]] if own else []
    other = next((m for m in reversed(before) if m.subjects != own[-1].subjects), None)
    return Actors((other.subjects,), end) if other is not None else Actors()


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
        if _SINCE.search(before) and words.SEEN.search(before):
            return frozenset({"1d"})
        if _SINCE.search(before):
            return _since(figure.when, world)
        if figure.when.kind == "year" and _DURING.search(before):
            year = figure.when.year
            return frozenset({"ytd" if year == world.book.session.year else f"cal:{year}"})
    return sentence.at(*span).periods


def chained(
    sentence: Sentence, span: tuple[int, int], labels: frozenset[str]
) -> tuple[frozenset[str], ...]:
    """Return each of the periods a verb is said of: ``up on the day, the week and the month``.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    span : tuple of int
        Where the verb stands.
    labels : frozenset of str
        The period that is meant where the verb is not followed by a list.
    """
    chain = words.CHAIN.match(sentence.text, span[1], sentence.end)
    if chain is None:
        return (labels,)
    found = [cues.LABELS[m.lastgroup or ""] for m in cues.PERIOD.finditer(chain[0])]
    known = [one for one in dict.fromkeys(found) if one & cues.WINDOWS]
    return tuple(known) if len(known) > 1 else (labels,)


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
    if words.WATCHED.search(sentence.block.context.heading):
        return True
    lead = _RUN_IN.match(sentence.text)
    return lead is not None and words.WATCHED.search(lead[0]) is not None


def running(sentence: Sentence, end: int) -> bool:
    """Tell whether a verb is said of a run (``for six weeks in a row``), judged as such."""
    return words.RUNNING.match(sentence.text, end, sentence.end) is not None


def supposed(sentence: Sentence, start: int) -> bool:
    """Tell whether a verb only supposes, forecasts or speaks in general."""
    if sentence.text[sentence.end - 1] == "?":
        return True
    if words.STATED_ANYHOW.search(sentence.text, sentence.start, start) is not None:
        return False
    if watched(sentence) and not _told(sentence, start):
        return True
    low, high = bounds(sentence, start)
    conceded = _CONCEDES.match(sentence.text, low, start) or words.IF_ANY.match(
        sentence.text, low, high
    )
    low = conceded.end() if conceded else low
    return bool(
        hedged(sentence, low, start)
        or general(sentence, low, start, min(high, start + 60))
        or words.COUNTED_PAST.search(sentence.text, start, min(sentence.end, start + 80))
    )


def _told(sentence: Sentence, start: int) -> bool:
    """Tell whether a clause that stands where a text looks ahead tells of today all the same.

    ``Whether it gets past its record; it stands at a record close tonight``.
    """
    low, high = bounds(sentence, start)
    said = words.TELLS.search(sentence.text, low, high)
    return said is not None and lexicon.HEDGE.search(sentence.text, low, said.start()) is None


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
        if words.TAIL.fullmatch(sentence.text, mention.end, at):
            return index
        return None
    return None


def _of(sentence: Sentence, index: int) -> Actors:
    mention = sentence.named[index]
    text, low = sentence.text, sentence.start
    if words.PAIRED.search(text, max(low, mention.start - 60), mention.start):
        return Actors()
    if sentence.oblique(mention) and not words.HEADS.search(
        text, max(low, mention.start - 30), mention.start
    ):
        return Actors()
    run = sentence.run(index, -1)
    if len(run) > 1 and words.LIKENED.search(text, max(low, run[0].start - 24), run[0].start):
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
