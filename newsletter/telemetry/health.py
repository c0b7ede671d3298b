"""Whether a process lives, and whether it can do its work: asked anew, in bounded time."""

import http.client
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from newsletter.errors import ConfigError, NewsletterError
from newsletter.listening import Listening
from newsletter.telemetry.pulse import Pulses

LIMIT: Final = 5.0
"""Seconds after which a look counts as failed, though it may still go on."""
KEPT: Final = 1.0
"""Seconds that a look's answer is good for: many askers cost no more than one."""
_PAGE: Final = "/healthz"
_ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask where one listens


@dataclass(frozen=True, slots=True)
class Part:
    """How one part stands.

    Parameters
    ----------
    name : str
        The part.
    ok : bool
        Whether it works.
    words : str
        What was found; no secret, no reader.
    """

    name: str
    ok: bool
    words: str = ""


class Look:
    """A question that may take for ever, asked by one at a time and answered in time.

    Parameters
    ----------
    ask : callable
        Raises where something is wrong; one of our errors is told in its words.
    limit : float
        Seconds after which it has failed.
    clock : callable
        Seconds that only rise.
    """

    def __init__(
        self,
        ask: Callable[[], object],
        limit: float = LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._limit, self._clock = ask, limit, clock
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._done.set()
        self._words: str | None = "It was not looked at yet."
        self._begun = self._ended = float("-inf")

    def begin(self) -> None:
        """Begin to look, unless somebody does already, or just has."""
        with self._lock:
            now = self._clock()
            if self._done.is_set() and now - self._ended >= KEPT:
                self._done.clear()
                self._begun = now
                threading.Thread(target=self._look, name="look", daemon=True).start()

    def words(self) -> str | None:
        """Return what is wrong, or None."""
        self.begin()
        if self._done.wait(max(0.0, self._limit - (self._clock() - self._begun))):
            return self._words
        return f"No answer in {self._limit:g} seconds."

    def _look(self) -> None:
        try:
            self._ask()
            words = None
        except (NewsletterError, ConfigError) as error:
            words = str(error)
        except OSError as error:
            words = f"{error.strerror or type(error).__name__}."
        except Exception as error:  # noqa: BLE001 - whatever it is, the part is not well
            words = f"Unexpected {type(error).__name__}."
        self._words, self._ended = words, self._clock()
        self._done.set()


class Health:
    """What is asked of a process.

    Parameters
    ----------
    pulses : Pulses
        Its loops.
    asked : mapping of str to callable
        What must hold besides, by name; each raises where it does not.
    stopping : callable
        Whether it is about to end.
    listeners : callable
        Its open listeners.
    """

    def __init__(
        self,
        pulses: Pulses,
        asked: Mapping[str, Callable[[], object]],
        stopping: Callable[[], bool],
        listeners: Callable[[], list[Listening]],
    ) -> None:
        self._pulses, self._stopping, self._listeners = pulses, stopping, listeners
        self._looks = {name: Look(ask) for name, ask in asked.items()}
        self._of_listeners: dict[Listening, Look] = {}
        self._lock = threading.Lock()
        self.started = False

    def live(self) -> list[Part]:
        """Return how each loop stands; nothing outside the process is asked."""
        parts = [
            Part(one.name, not one.stopped, f"silent for {one.silent:.0f} s of {one.allowance:g}")
            for one in self._pulses.all()
        ]
        return parts or [Part("process", ok=True, words="no loop yet")]

    def ready(self) -> list[Part]:
        """Return how everything stands that this process needs for its work."""
        going = self.started and not self._stopping()
        words = "begun" if going else "stopping" if self.started else "starting"
        parts = [Part("process", going, words)]
        looks = self._looks | self._asked_listeners()
        for look in looks.values():  # all at once: the slowest alone decides how long it takes
            look.begin()
        for name, look in looks.items():
            wrong = look.words()
            parts.append(Part(name, wrong is None, wrong or "ok"))
        for one in self._pulses.all():
            late = one.stopped or one.failing
            said = f"failing for {one.unwell:.0f} s" if late else "goes on"
            parts.append(Part(f"loop {one.name}", not late, said))
        return parts

    def _asked_listeners(self) -> dict[str, Look]:
        with self._lock:
            now = self._listeners()
            self._of_listeners = {
                one: self._of_listeners.get(one) or Look(_reached(one), 3.0) for one in now
            }
            return {f"listener {one.part}": look for one, look in self._of_listeners.items()}


def _reached(listener: Listening) -> Callable[[], None]:
    """Return what asks a listener of this process for its own page, as anybody would."""

    def ask() -> None:
        host = _ANY.get(listener.host, listener.host)
        connection = http.client.HTTPConnection(host, listener.port, timeout=2)
        try:
            connection.request("GET", _PAGE)
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != http.HTTPStatus.OK:
            raise OSError(0, f"It answers {status}")

    return ask


def writable(folder: Path) -> Callable[[], None]:
    """Return what tries whether a folder can be written; nothing is left behind."""

    def ask() -> None:
        try:
            with tempfile.TemporaryFile(dir=folder, prefix=".probe-") as file:
                file.write(b"\0" * 4096)
                file.flush()
        except OSError as error:
            raise OSError(
                error.errno, f"The folder of data cannot be written: {error.strerror}"
            ) from (None)

    return ask
