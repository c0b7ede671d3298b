"""The port of a signal: one file, one decorated function, facts and signals out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsletter import registry
from newsletter.compute.facts import Fact, Series, Signal
from newsletter.compute.market import Market

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


Output = Fact | Signal | Series | Absent
Compute = Callable[[Market], Iterable[Output]]


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


def measures() -> dict[str, Measure]:
    """Return every measure found in ``compute/signals``, by id, in sorted order."""
    return registry.collect(
        value
        for module in registry.modules(SIGNALS)
        for value in vars(module).values()
        if isinstance(value, Measure)
    )
