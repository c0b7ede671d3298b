"""Evening: the ledger as a writer reads it, so that no sentence is begun without its fact."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from newsletter.compute.facts import Fact, Ledger
from newsletter.config import Universe, plain
from newsletter.draft import freshness
from newsletter.draft.claims import fill
from newsletter.errors import DraftError
from newsletter.units import Unit, rounded

DEFENSIVE = ("XLP", "XLU", "XLV")
"""Sectors bought for shelter: staples, utilities, health care."""
CYCLICAL = ("XLB", "XLE", "XLF", "XLI", "XLY")
"""Sectors bought for growth in the economy."""

FEW = 20
"""Members below which a share of them is no crowd to argue from."""
_SAME, _WORDED, _BORROWED = 8, 3, 2
"""How worn a sentence is that was printed word for word, with other figures, or in part."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One fact ready for prose.

    Parameters
    ----------
    fact : Fact
        What it prints.
    """

    fact: Fact

    @property
    def value(self) -> float:
        """The value as printed with one decimal, so that words agree with figures."""
        return float(rounded(self.fact.number, 1))

    @property
    def over(self) -> bool:
        """Whether it is not below nought, also where it prints as nought."""
        return self.fact.number >= 0

    @property
    def plain(self) -> str:
        """Slot printing the magnitude, for use after a verb."""
        return f"{{{{{self.fact.id}}}}}"

    @property
    def signed(self) -> str:
        """Slot printing the sign."""
        return f"{{{{{self.fact.id}|signed}}}}"


class Evening:
    """A session's ledger with the questions a columnist asks of it.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    universe : Universe
        Names and roles.
    said : collection of str
        Keys of what the list's last editions said (`newsletter.draft.freshness`).
    """

    def __init__(self, ledger: Ledger, universe: Universe, said: Collection[str] = ()) -> None:
        self.ledger = ledger
        self.universe = universe
        self.said = said
        self.small = universe.small_caps
        self.large = universe.benchmark

    def figure(self, fact_id: str) -> Figure | None:
        """Return a numeric fact by id, or None where it is absent."""
        fact = self.ledger.get(fact_id)
        return Figure(fact) if fact and fact.unit not in {Unit.STATE, Unit.DATE} else None

    def value(self, fact_id: str, default: float = 0.0) -> float:
        """Return a numeric fact's printed value, or a default; for weighing, not for print."""
        figure = self.figure(fact_id)
        return figure.value if figure else default

    def state(self, fact_id: str) -> str:
        """Return the word of a state fact, or an empty string."""
        fact = self.ledger.get(fact_id)
        return fact.value if fact and isinstance(fact.value, str) else ""

    def has(self, *fact_ids: str) -> bool:
        """Tell whether all these facts are in the ledger."""
        return all(fact_id in self.ledger for fact_id in fact_ids)

    def move(self, symbol: str, window: str = "1d") -> Figure | None:
        """Return an instrument's return: price where it is known, else with dividends.

        Sectors are always read with dividends, which are known for their whole history,
        so that ranks and returns stand on one basis.
        """
        stem = f"{plain(symbol)}.return.{window}"
        if symbol in self.universe.sectors:
            return self.figure(f"{stem}.total")
        return self.figure(stem) or self.figure(f"{stem}.total")

    def need(self, symbol: str, window: str = "1d") -> Figure:
        """Return a move that a theme's weight has already made sure of.

        Raises
        ------
        DraftError
            If it is absent after all.
        """
        return required(self.move(symbol, window), f"{plain(symbol)} over {window}")

    def spread(self, first: str, second: str, window: str) -> Figure | None:
        """Return a configured pair's difference in points."""
        stem = f"{plain(first)}-{plain(second)}.spread.{window}"
        return self.figure(stem) or self.figure(f"{stem}.total")

    def gap(self, first: str, second: str, window: str = "1d") -> float:
        """Return the difference of two moves in points, for weighing only."""
        a, b = self.move(first, window), self.move(second, window)
        return a.value - b.value if a and b else 0.0

    def average(self, symbols: Sequence[str], window: str = "1d") -> float:
        """Return the mean move over those symbols that have one, for weighing only."""
        found = [m.value for m in (self.move(s, window) for s in symbols) if m]
        return sum(found) / len(found) if found else 0.0

    def ranked(self, window: str = "1d") -> list[tuple[str, Figure]]:
        """Return the sectors that have a return, best first; ties by symbol."""
        found = [(s, self.move(s, window)) for s in self.universe.sectors]
        known = [(s, m) for s, m in found if m is not None]
        return sorted(known, key=lambda pair: (-pair[1].fact.number, pair[0]))

    def name(self, symbol: str) -> str:
        """Return the noun phrase of an instrument."""
        return self.universe.name(symbol)

    def worn(self, text: str) -> int:
        """Return how worn a text is: 0 where no sentence or clause of it was said lately."""
        if not self.said:
            return 0
        printed = freshness.split(fill(text, self.ledger))
        return sum(self._worn(sentence) for sentence in printed)

    def all_worn(self, text: str) -> bool:
        """Tell whether each sentence of a text was said lately, figures and tickers aside."""
        printed = freshness.split(fill(text, self.ledger)) if self.said else []
        return bool(printed) and all(freshness.worded(one, self.said) for one in printed)

    def _worn(self, sentence: str) -> int:
        if freshness.exactly(sentence, self.said):
            return _SAME
        if freshness.worded(sentence, self.said):
            return _WORDED
        return _BORROWED if freshness.borrowed(sentence, self.said) else 0

    def fresh(self, text: str | None) -> str:
        """Return a text without the sentences that were printed before, word for word.

        A sentence that leans on one left out falls with it.
        """
        kept: list[str] = []
        fallen = False
        for sentence in freshness.split(text or ""):
            old = bool(self.said) and freshness.exactly(fill(sentence, self.ledger), self.said)
            fallen = old or (fallen and freshness.leans(sentence))
            if not fallen:
                kept.append(sentence)
        return " ".join(kept)

    @property
    def raced(self) -> bool:
        """Whether there are two sides, small companies and large, to set against each other."""
        return self.universe.raced

    @property
    def sides(self) -> tuple[str, ...]:
        """The benchmark and the fund of small companies, each once."""
        return tuple(dict.fromkeys((self.large, self.small)))

    @cached_property
    def breadth(self) -> str:
        """Stem of the breadth facts, e.g. ``sp500.breadth``; one without any for a handful."""
        stem = f"{self.universe.breadth.id}.breadth"
        return stem if crowded(self.ledger, self.universe) else f"{stem}.few"

    @cached_property
    def members(self) -> str:
        """What the breadth universe is called in print."""
        fact = self.ledger.get(f"{self.breadth}.above_50d")
        return fact.name if fact else self.universe.breadth.label

    @cached_property
    def ratio(self) -> str:
        """Stem of the small-against-large ratio facts."""
        return f"{plain(self.small)}/{plain(self.large)}.ratio"

    @cached_property
    def first_session(self) -> bool:
        """Whether the year is one session old."""
        ytd, day = (self.ledger.get(f"{plain(self.large)}.return.{w}") for w in ("ytd", "1d"))
        return bool(ytd and day and ytd.period.start == day.period.start)

    @cached_property
    def turn(self) -> int:
        """Count of weekdays since the calendar began: drives the choice of words.

        Consecutive sessions differ by one, Friday to Monday included, so a phrase with
        several wordings is never worded alike two evenings running.
        """
        date = self.ledger.session.date
        week, weekday = divmod(date.toordinal() - 1, 7)
        return 5 * week + min(weekday, 4)


def crowded(ledger: Ledger, universe: Universe) -> bool:
    """Tell whether those whose breadth is counted are a crowd, and not a handful."""
    fact = ledger.get(f"{universe.breadth.id}.breadth.above_50d")
    return fact is None or fact.sample is None or fact.sample.of >= FEW


def required(figure: Figure | None, what: str) -> Figure:
    """Return a figure, or refuse to write without it.

    Raises
    ------
    DraftError
        If it is absent.
    """
    if figure is None:
        raise DraftError(f"The ledger has no figure for {what}; see `newsletter facts`.")
    return figure
