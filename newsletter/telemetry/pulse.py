"""Pulses: the loops of this process say that they go on."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Beating:
    """How a loop stands.

    Parameters
    ----------
    name : str
        Its name; no secret, no reader.
    allowance : float
        Seconds that it may be silent.
    silent : float
        Seconds since it last said that it goes on.
    unwell : float
        Seconds since what it does last succeeded.
    """

    name: str
    allowance: float
    silent: float
    unwell: float

    @property
    def stopped(self) -> bool:
        """Whether it has been silent for longer than it may."""
        return self.silent > self.allowance

    @property
    def failing(self) -> bool:
        """Whether it goes on, and has not succeeded for longer than it may."""
        return self.unwell > self.allowance


class Pulse:
    """One loop's.

    Parameters
    ----------
    name : str
        What the loop is called.
    allowance : float
        Seconds that it may be silent.
    clock : callable
        Seconds that only rise.
    """

    __slots__ = ("_at", "_clock", "_well", "allowance", "name")

    def __init__(self, name: str, allowance: float, clock: Callable[[], float]) -> None:
        self.name, self.allowance, self._clock = name, allowance, clock
        self._at = self._well = clock()

    def beat(self, *, well: bool = True) -> None:
        """Say that the loop goes on, and whether what it does succeeded."""
        self._at = self._clock()
        if well:
            self._well = self._at

    def now(self) -> Beating:
        """Return how it stands."""
        now = self._clock()
        return Beating(self.name, self.allowance, now - self._at, now - self._well)


class Pulses:
    """All loops of a process.

    Parameters
    ----------
    clock : callable
        Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._going: list[Pulse] = []

    @contextmanager
    def beating(self, name: str, allowance: float) -> Iterator[Pulse]:
        """Count a loop among those that must go on, while the block lasts.

        Parameters
        ----------
        name : str
            What it is called.
        allowance : float
            Seconds that it may be silent; several times what one round takes at most.
        """
        pulse = Pulse(name, allowance, self._clock)
        with self._lock:
            self._going.append(pulse)
        try:
            yield pulse
        finally:
            with self._lock:
                self._going.remove(pulse)

    def all(self) -> list[Beating]:
        """Return how every loop stands, by name."""
        with self._lock:
            going = list(self._going)
        return sorted((pulse.now() for pulse in going), key=lambda one: one.name)


PULSES: Final = Pulses()
"""Those of this process."""
beating: Final = PULSES.beating
