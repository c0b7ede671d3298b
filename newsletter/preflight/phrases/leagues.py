"""Leagues: who is ranked against whom, and on which place over which period."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World, once_of
from newsletter.units import Unit

_SAME = Decimal("1e-9")
_NAMES = tuple(
    (name, compiled(words, re.IGNORECASE))
    for name, words in (
        ("corners", r"\bfour (?:style|corners|cells|boxes)|\bstyle corners?\b"),
        ("styles", r"\bstyles?\b|\bstyle box|\b(?:four|six) (?:boxes|corners|cells)|\bboxes\b"),
        ("industries", r"\bindustr(?:y|ies)\b|\bsub-?industries\b"),
        ("giants", r"\bgiants?\b|mega[- ]?caps?|magnificent|\bseven\b|\bmag[- ]7\b|big tech"),
        ("sectors", r"\bsectors?\b|\beleven\b|\b11\b|\bS&P groups\b"),
        ("commodities", r"\bcommodit(?:y|ies)\b|\bmetals?\b|\braw materials\b"),
        (
            "indices",
            (
                r"\bindex funds?\b|\bindices\b|\bindexes\b|\baverages\b|\bbenchmarks?\b"
                r"|\b(?:four|main|major|big|headline) (?:\w+ )?(?:funds|index funds|gauges)\b"
            ),
        ),
    )
)
_COMMODITIES = ("GC=F", "HG=F", "CL=F")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands in its league.

    Parameters
    ----------
    rank : int
        1 for the best; equals share the better place.
    worst : int
        The worst of the places it shares.
    of : int
        How many are ranked.
    fact : str
        The fact's id.
    first, last : str
        Who stands at the two ends, as may be printed.
    """

    rank: int
    worst: int
    of: int
    fact: str
    first: str
    last: str

    @property
    def said(self) -> str:
        """What may be printed as the truth."""
        return f"place {self.rank} of {self.of}"


@dataclass(slots=True)
class Leagues:
    """The leagues of a ledger.

    Parameters
    ----------
    world : World
        The facts.
    members : dict of str to tuple of str
        Who belongs to each.
    """

    world: World
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _tables: dict[tuple[str, str, bool | None], dict[str, Place]] = field(default_factory=dict)

    def of(self, subject: str) -> list[str]:
        """Return the leagues a subject plays in."""
        return [name for name, members in self.members.items() if subject in members]

    def named(self, text: str) -> str:
        """Return the league a text names, empty where it names none."""
        found = [(m.start(), name) for name, form in _NAMES if (m := form.search(text))]
        return min(found)[1] if found else ""

    def place(self, league: str, subject: str, label: str, total: bool | None) -> Place | None:
        """Return a subject's place over a period, None where it is not known."""
        key = (league, label, total)
        if key not in self._tables:
            self._tables[key] = self._table(league, label, total)
        return self._tables[key].get(subject)

    def _table(self, league: str, label: str, total: bool | None) -> dict[str, Place]:
        members = self.members.get(league, ())
        if league == "sectors" and total is not False:
            ranks = {m: self.world.facts(m, "rank", label) for m in members}
            known = {m: found[0] for m, found in ranks.items() if found}
            if known:
                return self._of_ranks(known, label)
        if league == "industries":
            return self._industries(label)
        moved = {}
        for member in members:
            one = next(iter(self.world.moves(member, {label}, total)), None)
            if one is not None:
                moved[member] = one
        if len(moved) < max(2, len(members) - 1):
            return {}
        return _of_values(
            {m: one.value for m, one in moved.items()}, {m: one.fact for m, one in moved.items()}
        )

    def _of_ranks(self, ranks: dict[str, Fact], label: str) -> dict[str, Place]:
        """Return places as the ledger ranks them, of as many as it counts."""
        counted = self.world.facts("sectors", "count", label)
        of = int(counted[0].number) if counted else len(ranks)
        order = sorted(ranks, key=lambda member: (ranks[member].number, member))
        shared = Counter(fact.number for fact in ranks.values())
        table = {}
        for member, fact in ranks.items():
            rank, equal = int(fact.number), shared[fact.number]
            table[member] = Place(rank, rank + equal - 1, of, fact.id, order[0], order[-1])
        return table

    def _industries(self, label: str) -> dict[str, Place]:
        counted = self.world.facts("industries", "industries", label)
        of = int(counted[0].number) if counted else 0
        table = {}
        for member in self.members["industries"]:
            for fact in self.world.facts(member, "rank", label):
                rank = int(fact.number)
                table[member] = Place(rank, rank, of or rank, fact.id, "", "")
        return table


def _of_values(values: dict[str, Decimal], facts: dict[str, str]) -> dict[str, Place]:
    order = sorted(values, key=lambda m: (-values[m], m))
    rising = sorted(values.values())
    table = {}
    for member in order:
        above = bisect_right(rising, values[member] + _SAME)
        better = len(rising) - above
        equal = above - bisect_left(rising, values[member] - _SAME)
        table[member] = Place(
            better + 1, better + equal, len(order), facts[member], order[0], order[-1]
        )
    return table


def _members(world: World) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {name: {} for name, _ in _NAMES}
    for fact in world.ledger:
        if fact.metric == "rank" and fact.unit is Unit.RANK:
            _add(
                found["industries" if fact.subject.islower() or "_" in fact.subject else "sectors"],
                [fact.subject],
            )
        elif fact.subject == "style" and fact.metric in {"best", "worst"}:
            _add(found["styles"], sorted(fact.inputs))
        elif fact.subject == "mega_caps" and fact.metric.startswith("trailing_"):
            other = fact.metric.removeprefix("trailing_")
            _add(found["giants"], [s for s in fact.inputs if s != other])
        elif fact.metric == "record_close_sessions":
            _add(found["indices"], [fact.subject])
    found["corners"] = {m: None for m in found["styles"] if _leaning(world, m)}
    found["commodities"] = {s: None for s in _COMMODITIES if world.facts(s, "return")}
    return {name: tuple(members) for name, members in found.items() if len(members) > 1}


def _leaning(world: World, subject: str) -> bool:
    """Tell value and growth from the blend of both."""
    return any(re.search("value|growth", f.name) for f in world.facts(subject, "return")[:1])


def _add(kept: dict[str, None], more: Iterable[str]) -> None:
    kept.update(dict.fromkeys(more))


@once_of
def leagues(world: World) -> Leagues:
    """Return the leagues of a world, gathered once."""
    return Leagues(world, _members(world))
