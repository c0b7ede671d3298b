"""Elisions: what is said of one subject and taken over for another.

``Utilities set a record, and so did the small-cap fund`` says two things, the second
without its words. The words are put back (``the small-cap fund set a record``), and what
comes of it is read like any other sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.numbers import FigureKind
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Block
from newsletter.preflight.text.fold import Folded
from newsletter.preflight.who.subjects import Mention

HINT = compiled(
    r"\b(?:so|nor|neither|as|too|did|does|do|has|have|was|were|is|are|could|not|like|unlike|also"
    r"|likewise|either|way|opposite"
    r"|same|suit)\b",
    re.IGNORECASE,
)
_AUX = r"(?:did|does|do|has|have|had|was|were|is|are|could|can|would)"
_INVERTED = compiled(
    rf"(?:^|[,;:–—-] ?|\b(?:and|but|while) )(?:(?P<so>so|as)|(?P<nor>nor|neither)) (?:too )?{_AUX}"
    rf" (?:the |its |both )?$",
    re.IGNORECASE,
)
"""What stands before somebody: ``and so did``, ``nor could``, ``as did``."""
_LIKE = compiled(r"(?:^|[,;(–—-] ?)(?:(?P<un>unlike|in contrast to|not so)|like|just like|as"
                   r" with) (?:the |its |both )?$",
                   re.IGNORECASE)  # fmt: skip
_SIDE = compiled(r"\s*(?:[,;.:)!–—-]|$)")
_NOUN = r"(?:'s?)?(?: (?:shares?|stocks?|funds?|sectors?|index|group|etf|proxy|price))?"
_ALONE = compiled(
    rf"{_NOUN},?(?: (?:also|too|alone|certainly|at least|itself|themselves|alas|however|by"
    rf" contrast),?)?"
    rf" (?:{_AUX}(?P<not> not|n't)?|(?P<cannot>cannot))"
    r"(?: (?:too|so|as well|either|likewise|the same|just that|exactly that|much the same|today"
    r"|tonight))*"
    r"\s*(?:[,;.:!)–—]|$|\b(?:while|but|and|whereas)\b)",
    re.IGNORECASE,
)
"""What stands behind somebody: ``… did not``, ``… has too``."""
_TOO = compiled(
    rf"{_NOUN},? (?:too|as well|likewise|ditto|also)\s*(?:[;.:!)–—]|$|,? (?:while|but|whereas)\b)",
    re.IGNORECASE,
)
"""``… and energy too``."""
_OTHER = compiled(
    rf"{_NOUN},? (?:(?:went|goes|moved|headed|travelled|was going) (?:in )?(?:the (?:other"
    rf"|opposite) (?:way|direction)"
    rf"|another way)|did the (?:opposite|reverse)|(?P<same>followed suit|did the same|did likewise"
    rf"|went the same way"
    rf"|moved in step|went along|came along|followed|joined in|(?:is|are|was|were) (?:right"
    rf" )?(?:up )?there with (?:it|them)|(?:is|are|was|were) with (?:it|them)"
    rf"|joined (?:it|them)(?: there)?|(?:is|are|was|were) in the same (?:boat|camp|position)"
    rf"|keeps? (?:it|them) company|went with (?:it|them)))\b",
    re.IGNORECASE,
)
_VALUES = frozenset(FigureKind) - {FigureKind.WINDOW, FigureKind.DATE, FigureKind.TIME}
_BEFORE_FIGURE = compiled(
    r"(?:[ ,]|\b(?:by|more than|less than|about|nearly|almost|over|under|some|roughly|better than"
    r"|close to|just|only|a|at|to|an"
    r"|around|at least|well))*$",
    re.IGNORECASE,
)
_NEXT = compiled(
    r"[;:!?]|\s[–—]\s|—|,? \b(?:while|but|whereas|though|although|because|as|unlike|like)\b"
    r"|,? \b(?:and|nor|neither|so)\b(?= (?:so|nor|neither|as|the|its)?)|[,.]$|\.(?= )",
    re.IGNORECASE,
)
_LEADING = compiled(
    r"^(?:'s?)?(?: (?:shares?|stocks?|funds?|sectors?|index|group|etf))?(?: \([^()]{1,40}\))?[ ,]+"
)


@dataclass(frozen=True, slots=True)
class Elision:
    """A statement without its words.

    Parameters
    ----------
    start, end : int
        Where it stands.
    sentence : Sentence
        What it says, in full.
    turned : bool
        Whether it says the opposite of that.
    """

    start: int
    end: int
    sentence: Sentence
    turned: bool = False


def elisions(sentence: Sentence) -> Iterator[Elision]:
    """Yield every statement of a sentence that borrows its words from another."""
    if not sentence.search(HINT):
        return
    index = 0
    while index < len(sentence.named):
        run = sentence.run(index, +1)
        before = sentence.text[sentence.start : run[0].start]
        run = run[:1] if _LIKE.search(before) else run  # "Unlike gold, copper fell"
        index += len(run)
        found = _read(sentence, run)
        if found is not None:
            yield found


def _read(sentence: Sentence, run: list[Mention]) -> Elision | None:
    text = sentence.text
    low, first, last = max(sentence.start, run[0].start - 30), run[0].start, run[-1].end
    lead = text[low:first] if low == sentence.start else "x" + text[low:first]
    inverted = _INVERTED.search(lead)
    if inverted is not None and _SIDE.match(text, _past_noun(text, last)):
        start = first - len(lead) + inverted.start("nor" if inverted["nor"] else "so")
        return _full(sentence, run, start, last, "keep" if inverted["so"] else "not")
    like = _LIKE.search(lead)
    if like is not None and _SIDE.match(text, _past_noun(text, last)):
        return _likened(sentence, run, like, first - len(lead) + like.start())
    alone = _ALONE.match(text, last, min(sentence.end, last + 80))
    if alone is not None:
        no = alone["not"] or alone["cannot"]
        end = alone.end() - (0 if alone.end() == sentence.end else 1)
        return _full(sentence, run, first, end, "not" if no else "yes")
    other = _OTHER.match(text, last, min(sentence.end, last + 80))
    if other is not None:
        return _full(sentence, run, first, other.end(), "keep" if other["same"] else "turn")
    too = _TOO.match(text, last, min(sentence.end, last + 60))
    if too is not None and not _verbs(sentence, run):
        return _full(sentence, run, first, last, "keep")
    return None


def _past_noun(text: str, at: int) -> int:
    match = re.compile(_NOUN).match(text, at)
    return match.end() if match else at


def _verbs(sentence: Sentence, run: list[Mention]) -> bool:
    """Tell whether the clause of a run has a verb of its own before it."""
    low, _ = clause.bounds(sentence, run[0].start)
    before = sentence.text[low : run[0].start]
    return len(before.split()) > 2


def _likened(
    sentence: Sentence, run: list[Mention], like: re.Match[str], start: int
) -> Elision | None:
    """Read ``like the Dow, small caps rose``: the words stand behind as often as before."""
    at = run[-1].end
    behind = next((m for m in sentence.named if at < m.start <= at + 8), None)
    mode = "turn" if like["un"] else "keep"
    if behind is None:
        return _full(sentence, run, start, at, mode)
    index = sentence.named.index(behind)
    told = sentence.run(index, +1)[-1].end
    return _put(sentence, run, (told, sentence.end), (start, at), mode)


def _full(
    sentence: Sentence, run: list[Mention], start: int, end: int, mode: str
) -> Elision | None:
    """Put back the words that were said last, of somebody else."""
    text = sentence.text
    others = [m for m in (*sentence.earlier, *sentence.named) if m.end <= start]
    if not others:
        return None
    firm = [m for m in others if m.start < sentence.start or not sentence.oblique(m)] or others
    told = firm[-1]
    if sentence.start <= told.start:
        back = sentence.run(sentence.named.index(told), -1)
        told_end = back[-1].end
    else:
        told_end = told.end
    stop = _NEXT.search(text, told_end, start)
    high = stop.start() if stop and stop.start() > told_end + 2 else start
    return _put(sentence, run, (told_end, high), (start, end), mode)


def _put(
    sentence: Sentence,
    run: list[Mention],
    words: tuple[int, int],
    place: tuple[int, int],
    mode: str,
) -> Elision | None:
    text = sentence.text
    low, high = words
    lead = _LEADING.match(text[low:high])
    low += lead.end() if lead else 0
    figure = next((f for f in sentence.own if f.kind in _VALUES and low <= f.start < high), None)
    if figure is not None and not _counts(sentence, figure.end):
        cut = _BEFORE_FIGURE.search(text, low, figure.start)
        high = cut.start() if cut else figure.start
    said = text[low:high].rstrip(" ,;:.–—-")
    if not said.strip():
        return None
    names = text[run[0].start : run[-1].end]
    denial = lexicon.NEGATION.search(said)
    no = len(lexicon.NEGATION.findall(said)) % 2 == 1
    wanted = {"keep": no, "not": True, "yes": False, "turn": no}[mode]
    names = f"{names} not" if wanted and not no else names
    gone = (len(said), len(said))
    if denial is not None and no and not wanted:
        gone = (denial.start(), min(denial.end() + 1, len(said)))
    whole = f"{names} {said[: gone[0]]}{said[gone[1] :]}"

    def moved(start: int, end: int) -> tuple[int, int] | None:
        """Return where a stretch of the old words stands among the new ones."""
        first, last = start - low, end - low
        if first < 0 or last > len(said) or (first < gone[1] and last > gone[0]):
            return None
        shift = len(names) + 1 - (gone[1] - gone[0] if first >= gone[1] else 0)
        return first + shift, last + shift

    named = [Mention(m.start - run[0].start, m.end - run[0].start, m.subjects) for m in run]
    named += [
        Mention(*at, m.subjects)
        for m in sentence.named
        if (at := moved(m.start, m.end)) is not None
    ]
    own = [
        replace(f, start=at[0], end=at[1])
        for f in sentence.own
        if (at := moved(f.start, f.end)) is not None
    ]
    folded = Folded(whole, range(len(whole)), len(whole))
    block = Block(sentence.block.kind, folded, sentence.block.context)
    periods = _periods(sentence, min(max(low, sentence.start), sentence.end - 1), place[0])
    full = Sentence(block, (0, len(whole)), own, named, [], [], periods)
    return Elision(*place, full, mode == "turn")


def _counts(sentence: Sentence, end: int) -> bool:
    """Tell a figure that belongs to the words: ``above their 50-day average``."""
    return re.match(r"[- ](?:day|week|month|year)", sentence.text[end : end + 8]) is not None


def _periods(sentence: Sentence, at: int, before: int) -> frozenset[str]:
    found = None
    for found in cues.PERIOD.finditer(sentence.text, min(sentence.start, at), before):  # noqa: B007
        pass
    return cues.LABELS[found.lastgroup or ""] if found else sentence.inherited
