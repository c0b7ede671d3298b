"""The port of a kind of claim without a figure: one file, one decorated function.

A kind reads sentences for one sort of statement (a direction, a comparison, a record …)
and judges each by the world. What it does not understand it leaves alone, unless it is
plainly a statement about the market: then it is unsupported, and blocks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from newsletter import registry
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences.sentence import Sentence

ASSERTIONS = "newsletter.preflight.assertions"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim without a figure and what the ledger says of it.

    Parameters
    ----------
    start, end : int
        Where, in the block's folded text.
    verdict : Verdict
        Proved, contradicted, unsupported, ambiguous or opinion.
    fact : str
        Id of the fact that decides it.
    expected : str
        What is true, where it is contradicted.
    """

    start: int
    end: int
    verdict: Verdict
    fact: str = ""
    expected: str = ""


Read = Callable[[Sentence, World], Iterable[Judged]]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A registered kind of claim.

    Parameters
    ----------
    id : str
        Its name, as in `Claim.kind`: ``direction``, ``comparison`` …
    read : callable
        ``Sentence, World -> iterable of Judged``; pure and linear in the sentence.
    doc : str
        Its docstring.
    """

    id: str
    read: Read
    doc: str


def assertion(id: str) -> Callable[[Read], Assertion]:
    """Register a function as a kind of claim.

    Parameters
    ----------
    id : str
        Its name, unique among kinds.
    """

    def wrap(read: Read) -> Assertion:
        return Assertion(id, read, (read.__doc__ or "").strip())

    return wrap


@lru_cache(maxsize=1)
def assertions() -> tuple[Assertion, ...]:
    """Return every kind found in ``preflight/assertions``, in sorted order."""
    found = registry.collect(
        value
        for module in registry.modules(ASSERTIONS)
        for value in vars(module).values()
        if isinstance(value, Assertion)
    )
    return tuple(found.values())


def judge(start: int, end: int, known: Iterable[Known], holds: Callable[[Known], bool]) -> Judged:
    """Judge a claim by whatever is known: one that holds proves it, none leaves it open.

    Parameters
    ----------
    start, end : int
        Where it stands.
    known : iterable of Known
        Everything that decides it.
    holds : callable
        Whether a known number agrees with the claim.
    """
    seen = list(known)
    right = next((one for one in seen if holds(one)), None)
    if right is not None:
        return Judged(start, end, Verdict.PROVED, right.fact)
    if seen:
        return Judged(start, end, Verdict.CONTRADICTED, seen[0].fact, seen[0].said)
    return Judged(start, end, Verdict.UNSUPPORTED)


def agrees(sign: int, denied: bool, known: Known) -> bool:
    """Tell whether a number has the sign that a claim gives it, or has not where it denies it.

    Parameters
    ----------
    sign : int
        1 or -1.
    denied : bool
        Whether the claim is denied.
    known : Known
        What the ledger knows.
    """
    return (known.value * sign > 0) != denied
