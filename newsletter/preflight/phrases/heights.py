"""Heights: what a ledger knows of records, of the highest since, and of firsts."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World, once_of

_REACHED = compiled(r"The \w+ of (\d{4}-\d\d-\d\d) was as far out")
_WHOLE = compiled(r"of the whole sample, which starts on (\d{4}-\d\d-\d\d)")
_TOO_FEW = "a record needs"
"""What the reason says why a short history has no record."""
_AT = -0.005
"""Percent from a record within which a close is the record."""
_FIRST = ("first_", "longest_streak")


@dataclass(frozen=True, slots=True)
class Told:
    """Whether something holds, and by which fact.

    Parameters
    ----------
    holds : bool
        Whether the claim agrees with the ledger.
    fact : str
        The fact's id.
    said : str
        What is true.
    """

    holds: bool
    fact: str
    said: str


@dataclass(frozen=True, slots=True)
class Since:
    """When a subject last stood as far out as today.

    Parameters
    ----------
    date : datetime.date
        The day; where it never did, that on which the sample starts.
    ever : bool
        False where today is the furthest of the sample.
    fact : str
        The fact's id.
    said : str
        What may be printed.
    """

    date: dt.date
    ever: bool
    fact: str
    said: str


class Heights:
    """The extremes of a ledger, by subject.

    Parameters
    ----------
    world : World
        The facts.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._absent = world.ledger.absent
        self.session: dt.date = world.ledger.session.date
        self.firsts = [f for f in world.ledger if f.metric.startswith(_FIRST)]
        self.breadth = [f for f in world.ledger if f.metric.startswith("breadth_")]
        self.line = [f for f in world.ledger if f.metric == "ad_line_record"]

    def distance(self, subject: str) -> Fact | None:
        """Return how far a subject is below its record, a fact in percent."""
        found = self._world.facts(subject, "distance_from_record")
        return found[0] if found else None

    def record(self, subject: str, sign: int) -> Fact | None:
        """Return the day of a subject's record, a fact."""
        metrics = ("record_close", "record_high") if sign > 0 else ("record_low",)
        for metric in metrics:
            for fact in self._world.facts(subject, metric):
                if isinstance(fact.value, dt.date):
                    return fact
        return None

    def at(self, subject: str, sign: int) -> Iterator[Told]:
        """Yield whether a subject stands at its record today."""
        distance = self.distance(subject) if sign > 0 else None
        if distance is not None:
            yield Told(float(distance.number) >= _AT, distance.id, f"{distance.display} from it")
            return
        fact = self.record(subject, sign)
        if fact is not None:
            yield Told(fact.value == self.session, fact.id, f"made on {fact.display}")
            return
        since = self.since(subject, sign)
        if since is not None:
            short = self._absent.get(f"{subject}.record_close.date", "")
            known = _TOO_FEW not in short
            yield Told(not since.ever and known, since.fact, since.said if known else short)

    def since(self, subject: str, sign: int) -> Since | None:
        """Return when a subject last stood as high (1) or as low (-1) as today."""
        which = "highest" if sign > 0 else "lowest"
        for what in ("close", "ratio"):
            for fact in self._world.facts(subject, f"{which}_{what}_since"):
                if isinstance(fact.value, dt.date):
                    return Since(fact.value, True, fact.id, f"the {which} since {fact.display}")
        for one in (f"{subject}.{which}_close_since.date", f"{subject}.ratio.{which}_since"):
            reason = self._absent.get(one, "")
            for form, ever in ((_REACHED, True), (_WHOLE, False)):
                match = form.search(reason)
                if match:
                    return Since(dt.date.fromisoformat(match[1]), ever, "", reason)
        if sign > 0 and any(one.holds for one in self._records(subject)):
            record = self.distance(subject) or self.record(subject, 1)
            if record is not None:
                return Since(record.period.start, False, record.id, "a record")
        return None

    def _records(self, subject: str) -> Iterator[Told]:
        distance, made = self.distance(subject), self.record(subject, 1)
        if distance is not None:
            yield Told(float(distance.number) >= _AT, distance.id, distance.display)
        elif made is not None:
            yield Told(made.value == self.session, made.id, made.display)

    def year(self, subject: str) -> Fact | None:
        """Return how far a subject is below its high of the past year, a fact in percent."""
        found = self._world.facts(subject, "drawdown", "1y")
        return next((f for f in found if f.id.endswith(".now")), None)

    def breadth_since(self, sign: int, days: str) -> Since | None:
        """Return since when the share of members above an average has not been as high."""
        which = "highest" if sign > 0 else "lowest"
        for fact in self.breadth:
            said = fact.metric == f"breadth_{which}_since" and (not days or f"_{days}d" in fact.id)
            if said and isinstance(fact.value, dt.date):
                return Since(fact.value, True, fact.id, f"the {which} since {fact.display}")
        return None


@once_of
def heights(world: World) -> Heights:
    """Return the extremes of a world, gathered once."""
    return Heights(world)


def agree(told: list[Told], wish: Callable[[Told], bool]) -> Told | None:
    """Return the first that agrees, else the first there is."""
    return next((one for one in told if wish(one)), told[0] if told else None)
