"""Placing: what a claim about a place in a league says, whatever words it is made in."""

from dataclasses import dataclass

from newsletter.preflight.phrases.whom import Whom


@dataclass(frozen=True, slots=True)
class Standing:
    """One claim about a place.

    Parameters
    ----------
    start, end : int
        Where its words stand.
    place : int
        Counted from the top, or from the bottom where below zero.
    loose : bool
        Whether any place up to that one will do (``among the top three``).
    whom : Whom
        Of whom it is said.
    text : str
        Its words with what they are said among.
    denied : bool
        Whether its own words deny it.
    """

    start: int
    end: int
    place: int
    loose: bool
    whom: Whom
    text: str
    denied: bool = False
