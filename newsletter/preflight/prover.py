"""Prover: every claim of a block judged, figures and statements, each block read once.

What a block says depends on its words, its headers and the ledger alone, so judgements
are kept: the two parts of a mail share most of theirs, and an editor's next revision all
but the paragraph that changed.
"""

import logging
import re
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from newsletter.compute.facts import Ledger
from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertions
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.numbers import find
from newsletter.preflight.ledger.entries import Book
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets.leftover import leftovers
from newsletter.preflight.nets.refused import WORDING, refused
from newsletter.preflight.nets.trial import Stated
from newsletter.preflight.proof.counting import sized
from newsletter.preflight.proof.prove import prove
from newsletter.preflight.proof.unitless import meanings
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.reading import Reader
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.block import Block, Kind
from newsletter.preflight.text.fold import Folded
from newsletter.preflight.who.subjects import Subjects

_GENERAL = {"direction", "inversion", "comparison", "standing"}
"""Kinds that stand back where a more particular one has taken up their words."""
_PLACES = {FigureKind.DATE, FigureKind.WINDOW, FigureKind.TIME}
_FAULT = "preflight could not read this sentence; word it another way (the log has the fault)"
_log = logging.getLogger(__name__)
_DECIDED = {Verdict.PROVED, Verdict.CONTRADICTED}
_CROSSING = compiled(
    r"\b(?:above|below|over|under|past|passing|through|beyond|cross(?:es|ing)?"
    r"|back (?:above|below|over|under)|as (?:high|low) as) (?:an? |the |its )?$",
    re.IGNORECASE,
)
"""What stands before a level that somebody waits for."""
_CONDITION = compiled(r"\b(?:whether|if|unless|until|could|should|were to)\b", re.IGNORECASE)
_KNOWN = compiled(r",? ?\(?(?:its|their|the|a) (?:\w+ )?(?:record|high|low|peak|average|close)\b")
"""What makes such a level a statement about the past after all."""
_NOT_SO = compiled(
    r", (?:and )?(?:not|rather than|instead of) (?:by |a |an |the )?$", re.IGNORECASE
)
_POINTED = compiled(r"([+−]\d{1,3}(?:\.\d{1,2})?(?:%\*?| points?)) [▲▼]")
"""What most cells of a table hold: a signed figure, and its sign once more as an arrow."""
_AMOUNTS = {FigureKind.USD, FigureKind.CURRENCY}
"""Figures that no statement speaks for: ``its record close, $250.77, was set on 6 January``."""
_COUNTS = {FigureKind.COUNT, FigureKind.SHARE}
MOST_NAMED, MOST_FIGURES = 60, 120
"""Names and figures of one sentence that is read; more of them is no sentence but a flood."""
UNREAD = "unread"
"""Kind of the claim that stands for a whole sentence which was not read."""
_KEPT_BLOCKS = 2000
_KEPT_PROVERS = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim of a block with its verdict.

    Parameters
    ----------
    kind : str
        Kind of figure, or of statement.
    judged : Judged
        Where it stands in the block's folded text, and what the ledger says of it.
    """

    kind: str
    judged: Judged


class Prover:
    """Judges blocks by one ledger.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    aliases : mapping of str to str
        Further names of subjects, to ledger subject.
    """

    def __init__(self, ledger: Ledger, aliases: Mapping[str, str]) -> None:
        self.book = Book.of(ledger)
        self.world = World.of(ledger)
        self._reader = Reader(Subjects.of(ledger, aliases))
        self._settled: OrderedDict[object, tuple[Settled, ...]] = OrderedDict()

    @classmethod
    def of(cls, ledger: Ledger, aliases: Mapping[str, str]) -> "Prover":
        """Return the prover of a ledger; the last few are kept, with what they judged."""
        key = (id(ledger), tuple(sorted(aliases.items())))
        kept = _PROVERS.get(key)
        if kept is not None and kept[0]() is ledger:
            return kept[1]
        prover = cls(ledger, aliases)
        while len(_PROVERS) >= _KEPT_PROVERS:
            _PROVERS.pop(next(iter(_PROVERS)))
        _PROVERS[key] = (weakref.ref(ledger), prover)
        return prover

    def settle(self, block: Block, figures: Sequence[Figure]) -> tuple[Settled, ...]:
        """Return every claim of a block, in order of position.

        Parameters
        ----------
        block : Block
            The text.
        figures : sequence of Figure
            Those of its figures that must be proved.
        """
        block = _bare(block)
        key = (block.text, block.kind, block.context, block.furniture, len(figures))
        known = self._settled.get(key)
        if known is None:
            sentences = self._reader.sentences(block, list(figures))
            found = [one for sentence in sentences for one in self._surely(sentence)]
            found.sort(key=lambda one: (one.judged.start, one.judged.end))
            known = self._settled[key] = tuple(found)
            if len(self._settled) > _KEPT_BLOCKS:
                self._settled.popitem(last=False)
        return known

    def _surely(self, sentence: Sentence) -> list[Settled]:
        """Return the claims of a sentence; one that a fault keeps from being read blocks."""
        try:
            return list(self._of_sentence(sentence))
        except Exception:  # noqa: BLE001 - whatever it is, the sentence is not proved
            _log.exception("preflight could not read: %s", sentence.block.text[:400])
            whole = Judged(sentence.start, sentence.end, Verdict.AMBIGUOUS, "", _FAULT)
            return [Settled(WORDING, whole)]

    def _of_sentence(self, sentence: Sentence) -> Iterator[Settled]:
        """Yield the claims of a sentence, and what of its words none of them has read."""
        settled = list(self._claims(sentence))
        yield from settled
        claims = [(one.kind, one.judged) for one in settled]
        for judged in refused(sentence, claims, self.world, self._otherwise):
            yield Settled(WORDING, judged)

    def _otherwise(self, sentence: Sentence, text: str) -> list[Stated]:
        """Prove a sentence as if its words were others."""
        block = replace(sentence.block, folded=Folded(text, range(len(text)), len(text)))
        named = self._reader.subjects.mentions(text)
        rest = (sentence.earlier, sentence.above, sentence.inherited)
        other = Sentence(block, (0, len(text)), list(find(text)), named, *rest)
        return [Stated.of(one.kind, one.judged) for one in self._claims(other)]

    def _claims(self, sentence: Sentence) -> Iterator[Settled]:
        """Yield what a sentence says without figures, its figures, and what is left over.

        A claim that takes in a figure (``six weeks in a row``) speaks for it where the
        ledger decides it.
        """
        if len(sentence.named) > MOST_NAMED or len(sentence.own) > MOST_FIGURES:
            yield Settled(UNREAD, Judged(sentence.start, sentence.end, Verdict.UNSUPPORTED))
            return
        said = [one for one in self._said(sentence) if not _ratio(one, sentence)]
        covered = [
            (one.judged.start, one.judged.end) for one in said if one.judged.verdict in _DECIDED
        ]
        spans = [(one.judged.start, one.judged.end) for one in said]
        proved: list[Judged] = []
        for figure in sentence.own:
            within = any(start <= figure.start and figure.end <= end for start, end in covered)
            if within and not (figure.kind in _AMOUNTS or sized(sentence, figure)):
                continue
            judged = self._figure(sentence, figure)
            if within and judged.verdict is not Verdict.PROVED:
                judged = self._level_of(said, figure) or judged
            sized_group = judged.fact.startswith("group:")
            if not sized_group and (
                figure.kind not in _PLACES or ("." in judged.fact and figure.when)
            ):
                spans.append((figure.start, figure.end))
            if judged.verdict is Verdict.PROVED and figure.kind in _COUNTS:
                proved.append(judged)
            yield Settled(figure.kind.value, judged)
        yield from (one for one in said if not _answered(one, proved))
        left = leftovers(sentence, spans, self.world)
        yield from (Settled("statement", judged) for judged in left)

    def _level_of(self, said: Sequence[Settled], figure: Figure) -> Judged | None:
        """Prove an amount beside the day it was reached: ``a record of $250.77, set in May``."""
        for one in said:
            fact = self.world.ledger.get(one.judged.fact.removesuffix(".date") + ".level")
            inside = one.judged.start <= figure.start and figure.end <= one.judged.end
            known = None if fact is None else round(Decimal(fact.number), figure.places)
            if inside and fact is not None and known == figure.value:
                return Judged(figure.start, figure.end, Verdict.PROVED, fact.id)
        return None

    def _figure(self, sentence: Sentence, figure: Figure) -> Judged:
        proof = prove(sentence.reading(figure), self.book)
        if proof.verdict is not Verdict.PROVED:
            others = (prove(sentence.reading(m), self.book) for m in meanings(sentence, figure))
            proof = next((o for o in others if o.verdict is Verdict.PROVED), proof)
        verdict, expected = proof.verdict, proof.expected
        denied = figure.kind not in _PLACES and sentence.denied(figure)
        if verdict is not Verdict.PROVED and _contrasted(sentence, figure):
            return Judged(figure.start, figure.end, Verdict.OPINION)
        if verdict is Verdict.PROVED and denied:
            verdict, expected = Verdict.CONTRADICTED, "the opposite"
        if verdict is not Verdict.PROVED and _threshold(sentence, figure):
            return Judged(figure.start, figure.end, Verdict.OPINION)
        return Judged(figure.start, figure.end, verdict, proof.fact, expected)

    def _said(self, sentence: Sentence) -> Iterator[Settled]:
        """Yield what is stated without a figure, particular claims before general ones."""
        if sentence.block.furniture or sentence.block.kind is Kind.CELL:
            return
        found = [(kind.id, j) for kind in assertions() for j in kind.read(sentence, self.world)]
        found.sort(key=lambda pair: (pair[0] in _GENERAL, pair[1].start, -pair[1].end))
        spans: list[tuple[str, int, int]] = []
        for kind, one in found:
            others = [(start, end) for other, start, end in spans if other != kind]
            within = any(start <= one.start and one.end <= end for start, end in others)
            shared = any(start < one.end and one.start < end for start, end in others)
            if not (within or (shared and kind in _GENERAL)):
                yield Settled(kind, one)
                spans.append((kind, one.start, one.end))


def _bare(block: Block) -> Block:
    """Return a cell without the arrow behind its figure, as the other part prints it.

    Whether the arrow points the way of the sign, rule F13 asks.
    """
    match = _POINTED.fullmatch(block.text) if block.kind is Kind.CELL else None
    if match is None:
        return block
    end, offsets = match.end(1), block.folded.offsets
    return replace(block, folded=Folded(match[1], offsets[:end], offsets[end - 1] + 1))


def _ratio(one: Settled, sentence: Sentence) -> bool:
    """Tell whether a count of members is one side of a ratio: ``three rose for each that fell``."""
    said = sentence.text[one.judged.start : one.judged.end].lower()
    return (
        one.kind == "quantity"
        and not said.endswith("one")
        and any(
            figure.unit == "each" and one.judged.start <= figure.start < one.judged.end
            for figure in sentence.own
            if figure.kind is FigureKind.MULTIPLE
        )
    )


def _contrasted(sentence: Sentence, figure: Figure) -> bool:
    """Tell whether a figure is only set against the one before: ``one point, not two``."""
    before = sentence.text[max(sentence.start, figure.start - 24) : figure.start]
    told = any(f.end < figure.start for f in sentence.figures)
    return told and _NOT_SO.search(before) is not None


def _threshold(sentence: Sentence, figure: Figure) -> bool:
    """Tell whether a figure is a level in a condition: ``whether it closes above 300``."""
    before = sentence.text[max(sentence.start, figure.start - 24) : figure.start]
    return (
        _CROSSING.search(before) is not None
        and _KNOWN.match(sentence.text, figure.end) is None
        and (
            clause.watched(sentence)
            or _CONDITION.search(sentence.text, sentence.start, figure.start) is not None
        )
    )


def _answered(one: Settled, proved: Sequence[Judged]) -> bool:
    """Tell whether a count nobody could recount is a fact of the ledger all the same.

    So it is of ``12 new highs against 13 new lows``, which sets no extreme of its own.
    """
    if one.kind == "extreme" and any(
        ".new_" in j.fact and j.end + 1 == one.judged.start for j in proved
    ):
        return True
    return (
        one.kind == "quantity"
        and one.judged.verdict is Verdict.UNSUPPORTED
        and any(one.judged.start <= j.start and j.end <= one.judged.end for j in proved)
    )


_PROVERS: dict[object, tuple[weakref.ReferenceType[Ledger], Prover]] = {}
