"""Condition: a comparison of facts that any session's ledger can decide.

``IWM.return.1d > SPY.return.1d``, ``abs(IWM-SPY.spread.1d) >= 1.5``,
``size_rotation.quadrant.week = "leading"``; several joined by ``and`` must all hold. What an
edition says would change its mind is kept as conditions, and a word in prose that states
more than a figure does ("outran") may stand on one.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from newsletter.compute.facts import Fact, Ledger
from newsletter.errors import DraftError
from newsletter.units import Unit

_SIDE = r"abs\(\s*[^\s()\"]+\s*\)|\"[^\"]{1,40}\"|[^\s()\"<>=!]+"
_CLAUSE = re.compile(rf"\s*({_SIDE})\s*(>=|<=|!=|=|>|<)\s*({_SIDE})\s*")
_AND = re.compile(r"\s+and\s+")
_NUMBER = re.compile(r"[+−-]?\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_ABS = re.compile(r"abs\(\s*(.+?)\s*\)")
_LONGEST = 400
_MOST = 6
"""Clauses of one condition; nobody follows more."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a fact, a number in the other side's unit, or a state's word.

    Parameters
    ----------
    fact : str
        Fact id; empty where the side is a constant.
    constant : Decimal, str or None
        The number or the word.
    absolute : bool
        Whether a fact counts without its sign.
    """

    fact: str = ""
    constant: Decimal | str | None = None
    absolute: bool = False

    def value(self, ledger: Ledger) -> Decimal | str | None:
        """Return what the side is worth in a ledger, None where the fact is absent."""
        if not self.fact:
            return self.constant
        fact = ledger.get(self.fact)
        if fact is None or not isinstance(fact.value, Decimal | str):
            return None
        if isinstance(fact.value, Decimal) and self.absolute:
            return abs(fact.value)
        return fact.value

    def __str__(self) -> str:
        if self.fact:
            return f"abs({self.fact})" if self.absolute else self.fact
        return f'"{self.constant}"' if isinstance(self.constant, str) else str(self.constant)


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison."""

    left: Side
    sign: str
    right: Side

    def check(self, ledger: Ledger) -> bool | None:
        """Tell whether it holds; None where a fact is absent."""
        left, right = self.left.value(ledger), self.right.value(ledger)
        if left is None or right is None or isinstance(left, str) != isinstance(right, str):
            return None
        return _COMPARE[self.sign](left, right)

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {self.right}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Comparisons that must all hold.

    Parameters
    ----------
    clauses : tuple of Clause
        One to six.
    """

    clauses: tuple[Clause, ...]

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read a condition.

        Raises
        ------
        DraftError
            If it is none, saying where it stops being one.
        """
        return _parsed(text)

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts it asks for, each once, in order."""
        sides = (side for clause in self.clauses for side in (clause.left, clause.right))
        return tuple(dict.fromkeys(side.fact for side in sides if side.fact))

    def check(self, ledger: Ledger) -> bool | None:
        """Tell whether it holds in a session.

        Parameters
        ----------
        ledger : Ledger
            The session's facts.

        Returns
        -------
        bool or None
            False as soon as one clause fails; None where none fails and a fact is absent.
        """
        verdicts = [clause.check(ledger) for clause in self.clauses]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def against(self, ledger: Ledger) -> "Condition":
        """Return the condition after checking that a ledger can decide it.

        Raises
        ------
        DraftError
            If a fact is absent, or the two sides of a clause are not of one unit.
        """
        for clause in self.clauses:
            _comparable(clause, ledger)
        return self

    def __str__(self) -> str:
        return " and ".join(map(str, self.clauses))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Condition:
    parts = _AND.split(text.strip()) if len(text) <= _LONGEST else []
    if not 1 <= len(parts) <= _MOST:
        raise DraftError(
            f"The condition {text[:60]!r} is too long; use at most {_MOST} comparisons joined "
            f"by `and`, in {_LONGEST} characters."
        )
    return Condition(tuple(_clause(part, text) for part in parts))


def _clause(part: str, text: str) -> Clause:
    match = _CLAUSE.fullmatch(part)
    if match is None:
        raise DraftError(
            f"{part[:60]!r} in the condition {text[:80]!r} is no comparison; write one such as "
            "IWM.return.1d > SPY.return.1d."
        )
    left, right = _side(match[1]), _side(match[3])
    if not (left.fact or right.fact):
        raise DraftError(f"The condition {part[:60]!r} compares no fact; name one by its id.")
    words = isinstance(left.constant, str) or isinstance(right.constant, str)
    if words and match[2] not in {"=", "!="}:
        raise DraftError(f"{part[:60]!r}: a state is equal to a word or not; use = or !=.")
    return Clause(left, match[2], right)


def _side(text: str) -> Side:
    if text.startswith('"'):
        return Side(constant=text.strip('"'))
    if _NUMBER.fullmatch(text):
        return Side(constant=Decimal(text.replace("−", "-")))
    inner = _ABS.fullmatch(text)
    return Side(fact=inner[1], absolute=True) if inner else Side(fact=text)


def _comparable(clause: Clause, ledger: Ledger) -> None:
    facts: list[Fact] = []
    for side in (clause.left, clause.right):
        if not side.fact:
            continue
        fact = ledger.get(side.fact)
        if fact is None:
            raise DraftError(
                f"The condition {str(clause)!r} asks for {side.fact}, which tonight's ledger does "
                "not hold; use an id listed by `newsletter facts`."
            )
        facts.append(fact)
    units = {fact.unit for fact in facts}
    constant = next(
        (s.constant for s in (clause.left, clause.right) if s.constant is not None), None
    )
    state = Unit.STATE in units
    if (
        len(units) > 1
        or Unit.DATE in units
        or (constant is not None and state != isinstance(constant, str))
    ):
        kinds = " and ".join(sorted(map(str, units))) or "nothing"
        raise DraftError(
            f"The condition {str(clause)!r} compares what cannot be compared ({kinds}); both "
            "sides must be of one unit."
        )
