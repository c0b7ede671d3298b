"""The port of a signal: one file, one decorated function, facts and signals out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from newsletter import registry
from newsletter.compute.facts import Fact, Series, Signal
from newsletter.compute.market import Array, Market

SIGNALS = "newsletter.compute.signals"


@dataclass(frozen=True, slots=True)
class Absent:
    """A fact that could not be computed, and why; no sentence may use it.

    Parameters
    ----------
    id : str
        The fact id that would have been.
    reason : str
        One sentence for the editor.
    """

    id: str
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """A signal's strength on every session, for digests; it does not enter the ledger.

    Parameters
    ----------
    name : str
        The signal's.
    strength : numpy.ndarray, shape (n_sessions,)
        Between -1 and 1, NaN where unknown.
    """

    name: str
    strength: Array

    def __eq__(self, other: object) -> bool:
        """Compare values; an unknown equals an unknown."""
        return (
            isinstance(other, Trace)
            and self.name == other.name
            and np.array_equal(self.strength, other.strength, equal_nan=True)
        )

    __hash__ = None  # type: ignore[assignment]


Output = Fact | Signal | Series | Absent | Trace
Compute = Callable[[Market], Iterable[Output]]
Compile = Callable[[Market, Mapping[str, Signal], Mapping[str, Array]], Iterable[Output]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered computation.

    Parameters
    ----------
    id : str
        Stem of the formula ids it stamps on facts.
    version : int
        Raised whenever the recipe changes; part of every fact.
    lookback : int
        Sessions of history it needs at most, 0 for all there is.
    compute : callable
        ``Market -> iterable of Fact, Signal, Series or Absent``; pure.
    doc : str
        Its docstring: formula, source, worked example, limits.
    """

    id: str
    version: int
    lookback: int
    compute: Compute
    doc: str

    @property
    def formula(self) -> str:
        """Return ``id@version``."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Digest:
    """A registered computation over what the measures found, run after all of them.

    Parameters
    ----------
    id, version, doc
        As in `Measure`.
    order : int
        A digest also sees the signals of every digest of a lower order.
    compile : callable
        ``(Market, signals by name, strengths by signal name) -> outputs``; pure.
    """

    id: str
    version: int
    order: int
    compile: Compile
    doc: str

    @property
    def formula(self) -> str:
        """Return ``id@version``."""
        return f"{self.id}@{self.version}"


def measure(id: str, *, version: int = 1, lookback: int = 0) -> Callable[[Compute], Measure]:
    """Register a function as a signal module's computation.

    Parameters
    ----------
    id : str
        Unique among signal files.
    version : int
        Recipe version.
    lookback : int
        Sessions needed at most, 0 for all.

    Returns
    -------
    callable
        Decorator that turns the function into a `Measure`.
    """

    def wrap(compute: Compute) -> Measure:
        return Measure(id, version, lookback, compute, (compute.__doc__ or "").strip())

    return wrap


def digest(id: str, *, version: int = 1, order: int = 0) -> Callable[[Compile], Digest]:
    """Register a function as a computation over all signals.

    Parameters
    ----------
    id : str
        Unique among signal files, measures included.
    version : int
        Recipe version.
    order : int
        Raised above that of the digests whose signals it reads.

    Returns
    -------
    callable
        Decorator that turns the function into a `Digest`.
    """

    def wrap(compile: Compile) -> Digest:
        return Digest(id, version, order, compile, (compile.__doc__ or "").strip())

    return wrap


def digests() -> dict[str, Digest]:
    """Return every digest found in ``compute/signals``, by id, in sorted order."""
    return _found(Digest)


def measures() -> dict[str, Measure]:
    """Return every measure found in ``compute/signals``, by id, in sorted order."""
    return _found(Measure)


P = TypeVar("P", Measure, Digest)


def _found(kind: type[P]) -> dict[str, P]:
    return registry.collect(
        value
        for module in registry.modules(SIGNALS)
        for value in vars(module).values()
        if isinstance(value, kind)
    )
