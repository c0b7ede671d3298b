"""Sentence: what is said around a figure or a verb, as a careful reader takes it.

For every place of a sentence: whose it is, over which period, in which direction, and
the stretch of words it stands in. Nothing here knows the ledger's values, so nothing can
be bent to fit.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from newsletter.preflight.figures import cues
from newsletter.preflight.figures.numbers import Figure, FigureKind
from newsletter.preflight.scanning.scan import scan, scanned
from newsletter.preflight.sentences import sentence_words as words
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.who.subjects import Mention

NEAR = 400
"""Characters either side of a figure that are looked at."""
_TONIGHT = frozenset({"1d"})
"""What an evening's briefing speaks of where it names no period."""
_FIGURES = frozenset(FigureKind) - {FigureKind.WINDOW, FigureKind.DATE, FigureKind.TIME}
_COUNTS = {FigureKind.COUNT, FigureKind.SHARE, FigureKind.FRACTION, FigureKind.PERCENT}
_CHANGES = {FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS, FigureKind.USD}
_SIGNS = {"up": 1, "gained": 1, "won": 1, "down": -1, "lost": -1, "shed": -1}


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure with what its surroundings say of it.

    Parameters
    ----------
    figure : Figure
        The figure.
    subjects : tuple of str
        Whose it is: alternatives, best first; empty where nobody is named.
    lead : str
        The side a comparison speaks of first, for the sign of pairs.
    scope : frozenset of str
        Everybody named in the sentence, the ones before it, and headers.
    periods : frozenset of str
        Period labels its words allow; empty where they say nothing.
    direction : int or None
        Sign its words demand; 0 where they are neutral, None where there are none.
    sentence, segment, before, tail, context : str
        The sentence, the stretch between separators, the words before and behind the
        figure, and headers above it.
    window : int
        Days of the average it speaks of, 0 where none.
    total : bool or None
        Whether dividends are said to be in (True) or out (False); None where unsaid.
    """

    figure: Figure
    subjects: tuple[str, ...]
    lead: str
    scope: frozenset[str]
    periods: frozenset[str]
    direction: int | None
    sentence: str
    segment: str
    before: str
    tail: str
    context: str
    window: int
    total: bool | None


class Sentence:
    """One sentence of a block with everybody it names.

    Parameters
    ----------
    block : Block
        Where it stands.
    extent : tuple of int
        Start and end in the block's text.
    figures : list of Figure
        Its figures, windows and dates included.
    mentions, earlier : list of Mention
        Whom it names, and whom the sentences before it left in mind.
    above : list of list of Mention
        Whom its headers name, nearest first.
    inherited : frozenset of str
        The period that the sentence before it spoke of.

    Attributes
    ----------
    find, search, within, may : callable
        Every match of a pattern in it, the first one, every match in a part of it, and whether
        there may be one in any piece: as `newsletter.preflight.scanning.scan.Stretch` has them.
    """

    def __init__(
        self,
        block: Block,
        extent: tuple[int, int],
        figures: list[Figure],
        mentions: list[Mention],
        earlier: list[Mention],
        above: list[list[Mention]],
        inherited: frozenset[str],
    ) -> None:
        self.text = block.text
        self.block = block
        self.start, self.end = extent
        self.inherited = inherited
        self.own = figures
        self.figures = [figure for figure in figures if figure.kind in _FIGURES]
        self.windows = [f for f in figures if f.kind is FigureKind.WINDOW and f.unit == "day"]
        self.named, self.earlier, self.above = mentions, earlier, above
        self.places = [mention.start for mention in mentions]
        self.mentions: list[Mention] = []
        self._phrases: dict[tuple[int, int], list[re.Match[str]]] = {}
        self._totals: dict[tuple[int, int], bool | None] = {}
        stretch = scanned(block.text).part(*extent)
        self.find, self.search, self.may = stretch.matches, stretch.search, stretch.may
        self.within = stretch.within

    def at(self, start: int, end: int) -> Reading:
        """Read what surrounds a verb or phrase, as around a figure without a sign."""
        return self.reading(Figure(FigureKind.NUMBER, start, end))

    def figured(self, end: int) -> bool:
        """Tell whether a change in figures follows right behind a verb.

        Such a statement is proved with its figure.
        """
        for figure in self.figures:
            if figure.start >= end and figure.kind in _CHANGES:
                between = self.text[end : figure.start]
                named = any(end <= m.start < figure.start for m in self.named)
                return len(between) <= 40 and not named and not re.search(r"[,;:]", between)
        return False

    def denied(self, figure: Figure) -> bool:
        """Tell whether the verb that a figure follows is denied: ``did not rise 2%``."""
        low = max(self.start, figure.start - 60)
        match = next(iter(self.within(words.DENIED, low, figure.start)), None)
        return match is not None and not any(
            match.end(1) <= other.start < figure.start for other in self.figures
        )

    def counted(self, start: int) -> bool:
        """Tell whether a count stands right before a subject: ``390 members rose``."""
        return any(
            f.kind in _COUNTS and f.end <= start and not self.text[f.end : start].strip(" the")
            for f in self.figures
        )

    def reading(self, figure: Figure) -> Reading:
        """Read one figure."""
        low, high = max(self.start, figure.start - NEAR), min(self.end, figure.end + NEAR)
        near = slice(bisect_left(self.places, low), bisect_left(self.places, high))
        self.mentions = self.named[near]
        subjects, lead = self._subjects(figure)
        context = self.block.context
        headers = f"{context.row} {context.column} {context.caption} {context.heading}"
        sentence = self.text[low:high]
        return Reading(
            figure=figure,
            subjects=subjects,
            lead=lead,
            scope=self._scope(),
            periods=self._periods(figure, low, high),
            direction=self._direction(figure, low),
            sentence=sentence,
            segment=self._segment(figure, low, high),
            before=self.text[max(low, figure.start - 120) : figure.start],
            tail=self.text[figure.end : min(high, figure.end + 60)],
            context=headers,
            window=self._window(figure),
            total=self._own_basis(figure, self._total(low, high)),
        )

    def _scope(self) -> frozenset[str]:
        lists = (self.mentions, self.earlier, *self.above)
        return frozenset(s for mentions in lists for m in mentions for s in m.subjects)

    def _subjects(self, figure: Figure) -> tuple[tuple[str, ...], str]:
        following = self._following(figure) if figure.kind is not FigureKind.MULTIPLE else ()
        if following:
            return following, following[0]
        before = [m for m in self.mentions if m.end <= figure.start]
        firm = [m for m in before if not self._set_aside(m, figure)]
        if firm:
            return self._preceding(figure, firm)
        after = [m for m in self.mentions if m.start >= figure.end]
        pronoun = cues.PRONOUN.search(self.text, max(self.start, figure.start - NEAR), figure.start)
        own = _names(after[:1])
        others = _names(self.earlier) if self.block.kind is not Kind.CELL else ()
        if self.block.kind is Kind.CELL or not (own or others):
            for mentions in self.above:
                if mentions:
                    others = _names(mentions)
                    break
        chosen = tuple(dict.fromkeys((*others, *own) if pronoun or not own else own))
        return chosen, chosen[0] if chosen else ""

    def _set_aside(self, mention: Mention, figure: Figure) -> bool:
        """Tell whether a name before a figure is named as one it is not said of."""
        before = self.text[max(self.start, mention.start - 24) : mention.start]
        aside = words.ASIDE.search(before)
        if aside is None:
            return False
        own = words.ITS_OWN.match(self.text[mention.end : figure.start])
        return own is None or not (aside["unlike"] or own[0].startswith("'s"))

    def _following(self, figure: Figure) -> tuple[str, ...]:
        """Return who is named right behind: ``9.2% for SPY``."""
        index = next((i for i, m in enumerate(self.mentions) if m.start >= figure.end), None)
        if index is None:
            return ()
        if not cues.FOLLOWING.match(self.text[figure.end : self.mentions[index].start]):
            return ()
        return _names(self._joined(self.mentions, index, +1))

    def _preceding(self, figure: Figure, before: list[Mention]) -> tuple[tuple[str, ...], str]:
        run = self._joined(before, len(before) - 1, -1)
        firm = next((m for m in reversed(before) if not self.oblique(m)), None)
        lead = _names([firm])[0] if firm else _names(run)[0]
        distinct = list(dict.fromkeys(m.subjects for m in run))
        if len(distinct) > 1:
            position = self._position(figure, run[-1].end)
            if position is not None and position < len(distinct):
                only = tuple(sorted(distinct[position]))
                return only, only[0]
            return _names(run), lead
        names = _names(run)
        if self.oblique(run[0]) and firm is not None:
            side = self._side(figure, run[-1].end)
            if side is not None:
                names = _names([firm]) if side == 0 else names
                return names, names[0]
            names = (*names, *_names([firm]))
        return tuple(dict.fromkeys(names)), lead

    def run(self, index: int, step: int) -> list[Mention]:
        """Return mentions of the sentence joined by commas or ``and``, in order of text.

        Parameters
        ----------
        index : int
            Of the mention to begin with, in `named`.
        step : int
            1 to go on, -1 to go back.
        """
        return self._joined(self.named, index, step)

    def _joined(self, mentions: list[Mention], index: int, step: int) -> list[Mention]:
        run = [mentions[index]]
        while 0 <= index + step < len(mentions) and len(run) < 16:
            left, right = sorted((index, index + step))
            gap = self.text[mentions[left].end : mentions[right].start]
            start = mentions[left].start
            if not cues.JOINED.match(gap) or words.fronted(self.text, self.start, start, gap):
                break
            index += step
            run.insert(0 if step < 0 else len(run), mentions[index])
        return run

    def _position(self, figure: Figure, end: int) -> int | None:
        """Return the place of a figure in a list of figures: ``rose 1% and 2%``."""
        group = [f for f in self.figures if end <= f.start]
        series: list[Figure] = []
        for one in group:
            gap = self.text[series[-1].end : one.start] if series else ""
            if series and not re.fullmatch(r"(?: respectively)?,? ?(?:and )?", gap):
                break
            series.append(one)
        if len(series) < 2 or figure not in series:
            return None
        return series.index(figure)

    def oblique(self, mention: Mention) -> bool:
        """Tell whether a mention stands behind a preposition or a verb of comparison.

        Behind a period (``over the week utilities``) it does not.
        """
        before = self.text[max(self.start, mention.start - 30) : mention.start]
        return words.oblique(before)

    def _side(self, figure: Figure, end: int) -> int | None:
        """Return whose a figure is in ``A beat B, 2% against 1%``: 0 the first's, 1 the other's."""
        behind = [one for one in self.figures if one.start >= end]
        if figure not in behind:
            return None
        place = behind.index(figure)
        for side, first in ((0, place), (1, place - 1)):
            pair = behind[max(first, 0) : first + 2]
            if first < 0 or len(pair) < 2 or pair[0].start - end > 60:
                continue
            joined = words.AGAINST.fullmatch(self.text[pair[0].end : pair[1].start])
            if joined and not words.EARLIER.match(self.text, pair[1].end):
                return side
        return None

    def last_period(self) -> frozenset[str]:
        """Return the period a following sentence goes on with; one day is none."""
        low = max(self.start, self.end - NEAR)
        found = self.phrases(low, self.end)
        labels = cues.LABELS[found[-1].lastgroup or ""] if found else frozenset[str]()
        return frozenset() if cues.WEEKDAY in labels else labels

    def phrases(self, low: int, high: int) -> list[re.Match[str]]:
        """Return the words that name a period."""
        if (known := self._phrases.get((low, high))) is not None:
            return known
        found = self._phrases[low, high] = [
            match
            for match in scan(cues.PERIOD, self.text, low, high)
            if not cues.NOT_PERIOD.search(self.text[max(low, match.start() - 12) : match.start()])
            and not any(m.start <= match.start() < m.end for m in self.named)
            and not any(f.start <= match.start() < f.end for f in self.figures)
            and not self.text[match.end() : match.end() + 9].lstrip("- ").startswith("average")
            and not words.seen_since(self.text, low, match)
        ]
        return found

    def _periods(self, figure: Figure, low: int, high: int) -> frozenset[str]:
        found = self.phrases(low, high)
        behind = (m for m in found if m.start() >= figure.end)
        after = next((m for m in behind if not words.OWN_CLAUSE.match(self.text, m.end())), None)
        if after is not None and cues.REACHES.match(self.text[figure.end : after.start()]):
            return cues.LABELS[after.lastgroup or ""]
        before = [m for m in found if m.start() < figure.end]  # a phrase holds its own period
        chosen = before[-1] if before else words.own(self.text, figure.end, after)
        if chosen is not None:
            return cues.LABELS[chosen.lastgroup or ""]
        context = self.block.context
        for header in (context.column, context.row, context.caption, context.note):
            labels = _headed(header)
            if labels is not None:
                return labels
        return _TONIGHT if self._of_a_day(figure) else self.inherited or _TONIGHT

    def _of_a_day(self, figure: Figure) -> bool:
        """Tell whether a weekday opens the sentence of a figure: ``Thursday brought …``."""
        return any(
            f.when is not None and f.when.kind == "weekday" and f.start - self.start <= len("And ")
            for f in self.own
            if f.start < figure.start
        )

    def _direction(self, figure: Figure, low: int) -> int | None:
        if figure.sign:
            return figure.sign
        if match := cues.AFTER.match(self.text, figure.end):
            return _sign(match)
        found = self.within(cues.DIRECTION, low, figure.start)
        if not found:
            return None
        last = found[-1]
        gap = self.text[last.end() : figure.start]
        met = [m for m in self.mentions if last.end() <= m.start < figure.start]
        if met and self._side(figure, met[-1].end) is not None:
            return None  # "A trailed B, 1% to 2%": both may have risen
        if cues.CLAUSE.search(gap) and self._restarts(last.end(), figure):
            return None
        passive = words.BE.search(self.text, max(low, last.start() - 12), last.start())
        if passive and words.BEATEN.fullmatch(last[0]) and re.match(r" (?:\w+ ){0,2}?by\b", gap):
            return -_sign(last)
        return _sign(last)

    def _restarts(self, start: int, figure: Figure) -> bool:
        """Tell whether somebody else is named between a verb and a figure."""
        return any(start <= m.start and m.end <= figure.start for m in self.mentions)

    def _segment(self, figure: Figure, low: int, high: int) -> str:
        start = low
        for match in cues.SEPARATOR.finditer(self.text, low, figure.start):
            start = match.end()
        stop = cues.SEPARATOR.search(self.text, figure.end, high)
        return self.text[start : stop.start() if stop else high]

    def _window(self, figure: Figure) -> int:
        after = next((w for w in self.windows if w.start >= figure.end), None)
        nearer = next((f for f in self.figures if f.start >= figure.end), None)
        if after is not None and (nearer is None or after.start < nearer.start):
            return int(after.value or 0)
        before = [w for w in self.windows if w.end <= figure.start]
        chosen = before[-1] if before else after
        return int(chosen.value or 0) if chosen is not None else 0

    def _own_basis(self, figure: Figure, total: bool | None) -> bool | None:
        """Return what is said of dividends for one figure.

        ``8.8% with dividends and the fund 1.9%`` says it of the first figure, and nothing of
        one behind it; what is said at the head or the end of a sentence holds for all of it.
        """
        if not total or self.block.kind is Kind.CELL:
            return total
        own = list(cues.WITH_DIVIDENDS.finditer(self.text, self.start, self.end))
        said = cues.TOTAL.findall(self.text[self.start : self.end])
        if len(own) < len(said) or not own or figure.start < own[-1].end():
            return total
        return None

    def _total(self, low: int, high: int) -> bool | None:
        context = self.block.context
        if self.block.kind is Kind.CELL:
            if "*" in context.row or "*" in context.column:
                return True
            return _basis(f"{context.caption} {context.column} {context.note}")
        if (low, high) not in self._totals:
            said = self.text[low:high]
            total = self.may(cues.TOTAL) and cues.TOTAL.search(said) is not None
            price = not total and self.may(cues.PRICE) and cues.PRICE.search(said) is not None
            self._totals[low, high] = True if total else False if price else None
        return self._totals[low, high]


@lru_cache(maxsize=512)
def _headed(header: str) -> frozenset[str] | None:
    """Return the first period that a header names; the cells of a column share theirs."""
    match = cues.PERIOD.search(header)
    return None if match is None else cues.LABELS[match.lastgroup or ""]


@lru_cache(maxsize=512)
def _basis(headers: str) -> bool | None:
    """Return what the headers of a cell say of dividends, as `Reading.total` has it."""
    if cues.PRICE.search(headers):
        return False
    return True if cues.TOTAL.search(headers) else None


def _names(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for m in mentions for s in sorted(m.subjects)))


def _sign(match: re.Match[str]) -> int:
    return _SIGNS.get(match.lastgroup or "", 0)
