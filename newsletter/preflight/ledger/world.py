"""World: what the ledger knows of a subject, asked by subject, measure and period."""

import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

from newsletter.compute.facts import Fact, Ledger
from newsletter.preflight.ledger.entries import Book
from newsletter.preflight.who.subjects import pair_of

T = TypeVar("T")

MOVES = ("return", "change", "breadth_change", "curve_change")
"""Metrics whose sign says whether a subject rose or fell."""


@dataclass(frozen=True, slots=True)
class Known:
    """A number that the ledger knows, with where it comes from.

    Parameters
    ----------
    value : decimal.Decimal
        In the fact's unit.
    fact : str
        Its id, or several joined by commas where it is a difference.
    said : str
        What may be printed as the truth.
    kind : str
        As in the fact: ``price``, ``total``, ``level`` …
    """

    value: Decimal
    fact: str
    said: str
    kind: str = ""


class World:
    """The facts of a ledger, for claims that print no figure.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    book : Book
        The same facts by what can be printed.

    Attributes
    ----------
    kept : dict
        What `once_of` has gathered, by who gathers it.
    """

    def __init__(self, ledger: Ledger, book: Book) -> None:
        self.ledger = ledger
        self.book = book
        self.kept: dict[object, Any] = {}
        self._facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        self._partners: dict[str, list[str]] = defaultdict(list)
        self.labels = frozenset(fact.period.label for fact in ledger)
        self._cited = [(f.source.lower(), f.id) for f in ledger if f.kind == "cited"]
        self._known_for = [(f.name.lower(), f.source.lower()) for f in ledger if f.kind == "cited"]
        self._subjects = {fact.subject for fact in ledger}
        for fact in ledger:
            self._facts[fact.subject, fact.metric].append(fact)
            pair = pair_of(fact)
            if pair is not None and fact.metric == "spread":
                for one, other in (pair, pair[::-1]):
                    if other not in self._partners[one]:
                        self._partners[one].append(other)

    @classmethod
    def of(cls, ledger: Ledger) -> "World":
        """Return the world of a ledger; the last few are kept, for a mail has many parts."""
        kept = _WORLDS.get(id(ledger))
        if kept is not None and kept[0]() is ledger:
            return kept[1]
        world = cls(ledger, Book.of(ledger))
        while len(_WORLDS) >= _KEPT:
            _WORLDS.pop(next(iter(_WORLDS)))
        _WORLDS[id(ledger)] = (weakref.ref(ledger), world)
        return world

    def facts(self, subject: str, metric: str, label: str | None = None) -> list[Fact]:
        """Return the facts of a subject and metric, of one period where it is named."""
        found = self._facts.get((subject, metric), [])
        return [f for f in found if label is None or f.period.label == label]

    def has(self, subject: str) -> bool:
        """Tell whether the ledger knows a subject at all."""
        return subject in self._subjects

    def source(self, name: str) -> str:
        """Return where a named source is on record, empty where it is not.

        Parameters
        ----------
        name : str
            As prose names it: ``Federal Reserve Bank of New York``.
        """
        said = name.lower().removeprefix("the ").rstrip(".")
        for label in self.ledger.sources:
            if said in label.lower() or label.lower() in said:
                return f"source:{label}"
        return next((id for source, id in self._cited if said in source or source in said), "")

    def cites(self, text: str, sentence: str, words: str) -> bool:
        """Tell whether words belong to a source on record that is named or drawn on.

        Parameters
        ----------
        text : str
            The block, in which a source may be named over more than a sentence.
        sentence : str
            The sentence of the words. It draws on a source where it names what that is cited
            for: "unemployment expectations" may stand in "the latest survey".
        words : str
            The words, such as "survey".
        """
        if not self._known_for:
            return False
        said, here = (" ".join(part.lower().split()) for part in (text, sentence))
        word = words.lower()
        return any(
            word in source and (source in said or name in here) for name, source in self._known_for
        )

    def partner(self, subject: str) -> str:
        """Return whom a subject is measured against where prose names nobody."""
        if subject != "SPY" and self.facts("SPY", "return"):
            return "SPY"
        return next(iter(self._partners.get(subject, ())), "")

    def moves(
        self, subject: str, labels: Iterable[str], total: bool | None = None
    ) -> Iterator[Known]:
        """Yield how a subject moved over the periods, on the basis prose means.

        Parameters
        ----------
        subject : str
            Ledger subject.
        labels : iterable of str
            Period labels; one whose facts exist counts.
        total : bool, optional
            Whether dividends are said to be in; None where unsaid.
        """
        wanted = set(labels)
        for metric in MOVES:
            facts = [f for f in self.facts(subject, metric) if _label(f) in wanted]
            for fact in self._usual(subject, facts, total):
                if isinstance(fact.value, Decimal):
                    yield Known(fact.value, fact.id, fact.display, fact.kind)

    def gaps(
        self, first: str, second: str, labels: Iterable[str], total: bool | None = None
    ) -> Iterator[Known]:
        """Yield by how much `first` did better than `second` over the periods."""
        for label in sorted(labels):
            kinds = [k for k in ("price", "total") if self._both(first, second, label, k)]
            kind = next((k for k in self._order(first, second, total) if k in kinds), "")
            if kind:
                one = self.book.returns[first, label, kind]
                two = self.book.returns[second, label, kind]
                said = f"{one.display} against {two.display}"
                yield Known(one.value - two.value, f"{one.fact},{two.fact}", said, kind)
                continue
            yield from self._spreads(first, second, label)

    def _both(self, first: str, second: str, label: str, kind: str) -> bool:
        returns = self.book.returns
        return (first, label, kind) in returns and (second, label, kind) in returns

    def _order(self, first: str, second: str, total: bool | None) -> tuple[str, ...]:
        ranked = {self.book.ranked.get(one) for one in (first, second)}
        usual = total or (total is None and "total" in ranked)
        return ("total", "price") if usual else ("price", "total")

    def _spreads(self, first: str, second: str, label: str) -> Iterator[Known]:
        for one, two, sign in ((first, second, 1), (second, first, -1)):
            for fact in self.facts(f"{one}-{two}", "spread", label):
                yield Known(sign * fact.number, fact.id, fact.display, fact.kind)

    def _usual(self, subject: str, facts: list[Fact], total: bool | None) -> list[Fact]:
        """Keep one kind of return for each period: the one that is named or usual."""
        usual = self.book.ranked.get(subject)
        wanted = "total" if total else "price" if total is False else usual or "price"
        kept = []
        for fact in facts:
            others = {f.kind for f in facts if f.period.label == fact.period.label}
            if fact.kind == wanted or wanted not in others:
                kept.append(fact)
        return kept


def _label(fact: Fact) -> str:
    return {"1w": "5d", "12m": "1y"}.get(fact.period.label, fact.period.label)


def once_of(gather: Callable[[World], T]) -> Callable[[World], T]:
    """Gather something of a world once, and let it go with the world.

    Parameters
    ----------
    gather : callable
        From world to what is wanted, which may hold the world: kept beside the world, in a
        dictionary of weak keys, it would hold it for ever.
    """

    @wraps(gather)
    def gathered(world: World) -> T:
        if gather not in world.kept:
            world.kept[gather] = gather(world)
        found: T = world.kept[gather]
        return found

    return gathered


_KEPT = 4
_WORLDS: dict[int, tuple[weakref.ReferenceType[Ledger], World]] = {}
