"""Commission: what a columnist is given for one evening, and how it is to write."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from newsletter.compute.facts import Ledger
from newsletter.config import Universe
from newsletter.draft import brief as shapes
from newsletter.draft import salvage
from newsletter.draft.claims import Draft
from newsletter.draft.evening import Evening
from newsletter.draft.library import Offer, offer
from newsletter.draft.objections import Checker
from newsletter.draft.relevant import MOST, listed, relevant

_VARIABLES = {
    "plan": ("session", "facts", "signals", "memory", "headlines"),
    "brief": ("session", "facts", "signals", "memory", "headlines", "charts", "tables"),
    "repair": ("session", "facts"),
    "headline": ("session", "used"),
}
"""What each prompt is told of an evening; forms of their own are told what a brief is."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the columnist is to write.

    Parameters
    ----------
    voice : str
        A description, put into every prompt.
    words : str
        Wanted length of the body, e.g. ``"450 to 650"``.
    banned : tuple of str
        Words that are not used.
    temperature : float
        0 to 2.
    max_tokens : int
        Of one reply.
    seed : int or None
        For services that honour one.
    facts : int
        Most facts that a prompt lists.
    """

    voice: str
    words: str
    banned: tuple[str, ...]
    temperature: float
    max_tokens: int
    seed: int | None = None
    facts: int = MOST


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an evening besides its facts.

    Parameters
    ----------
    memory : str
        What we said before and what became of it.
    headlines : str
        Others' words, fenced already.
    said : collection of str
        What earlier editions said (`newsletter.draft.freshness`); the house writer avoids it.
    """

    memory: str = "Nothing yet."
    headlines: str = "None."
    said: Collection[str] = ()


NOTHING = Around()
"""No memory, no headlines, nothing said before."""


class Commission:
    """What stays the same through one evening's writing."""

    def __init__(
        self,
        ledger: Ledger,
        universe: Universe,
        own: Draft,
        charts: tuple[str, ...],
        check: Checker,
        around: Around,
        most: int,
    ) -> None:
        self.ledger, self.house, self.check = ledger, own, check
        self.facts, self.stand = Evening(ledger, universe), salvage.NONE
        self.offer = offer(self.facts, charts, own)
        facts = relevant(ledger, universe, own, most)
        self.ids = frozenset(fact.id for fact in facts)
        self._order = tuple(fact.id for fact in facts)
        self._subjects = tuple(sorted({fact.subject for fact in facts}))
        session = ledger.session
        self._told: dict[str, Any] = {
            "session": f"{session.date:%A} {session.date}, {session.exchange}",
            "facts": listed(facts, ledger),
            "signals": _signals(ledger),
            "memory": around.memory,
            "headlines": around.headlines,
            "used": around.memory,
            "charts": ", ".join(charts) or "none",
            "tables": _tables(self.offer),
        }

    def schema(self, name: str, places: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a shape's schema, closed to tonight's ids."""
        return shapes.schema(
            name,
            facts=self._order,
            subjects=self._subjects,
            charts=self.offer.charts,
            tables=tuple(self.offer.tables),
            places=places,
        )

    def told(self, prompt: str, manner: Manner) -> dict[str, Any]:
        """Return the variables that a prompt gets from the evening."""
        return {key: self._told[key] for key in _VARIABLES[prompt]} | {"voice": manner.voice}


def _tables(offer: Offer) -> str:
    told = (f"{name} ({', '.join(t.columns[1:])})" for name, t in offer.tables.items())
    return "; ".join(told) or "none"


def _signals(ledger: Ledger) -> str:
    return "\n".join(f"{s.name}: {s.state} since {s.since}" for s in ledger.signals) or "None."
