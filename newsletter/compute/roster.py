"""The roster: over whom breadth is counted, how many must be covered, and how far to trust it."""

import datetime as dt
from dataclasses import dataclass

from newsletter.compute.make import Subject
from newsletter.compute.market import Market

STALE_AFTER = dt.timedelta(days=366)


@dataclass(frozen=True)
class Roster:
    """The breadth members of a market.

    Parameters
    ----------
    market : Market
        Gives members, required coverage and the session.
    """

    market: Market

    @property
    def total(self) -> int:
        """Members on the list, with or without closes."""
        return len(self.market.members.symbols)

    @property
    def needed(self) -> float:
        """Members that must be covered for a count to be stated."""
        return self.market.universe.breadth.minimum_coverage * self.total

    @property
    def subject(self) -> Subject:
        """The members as a subject."""
        members = self.market.members
        return Subject(members.id, members.label, (members.id,))

    def signal(self, name: str, words: str) -> Subject:
        """Return the subject of a signal over the members.

        Parameters
        ----------
        name : str
            The signal's name.
        words : str
            What it reads, such as ``"breadth regime"``.
        """
        members = self.market.members
        return Subject(name, f"{words} of {members.label}", (members.id,))

    def quality(self, date: dt.date | None = None) -> str:
        """Return how far counts on a date can be trusted, by default the session.

        Returns
        -------
        {"ok", "estimated", "stale"}
            ``estimated`` where the list is dated after the date or not at all: it then
            holds only those that survived and got in. ``stale`` where it is over a year
            older.
        """
        date, as_of = date or self.market.session.date, self.market.members.as_of
        if not as_of:
            return "estimated"
        listed = dt.date.fromisoformat(as_of[:10])
        if listed > date:
            return "estimated"
        return "stale" if date - listed > STALE_AFTER else "ok"

    def gate(self, covered: int) -> str:
        """Say why a count over so few members is not stated; empty where it may be."""
        if covered and covered >= self.needed:
            return ""
        return (
            f"Only {covered} of {self.total} members have every close it needs; "
            f"{self.market.universe.breadth.minimum_coverage:.0%} are required."
        )
