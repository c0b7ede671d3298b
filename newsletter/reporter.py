"""Tells how far an edition is, to whoever watches, without ever being in its way.

The stages say what they do; a thread of the report's own writes it down, at most twice a
second, and at once where the stage changes. The run never waits for a write but for a moment
at its end, and a write that fails is logged and dropped: an edition is worth more than news
of it.
"""

import datetime as dt
import functools
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from newsletter.errors import ConfigError, DataUnavailable, NewsletterError
from newsletter.telemetry import logs, traces
from newsletter.underway import (
    BEAT,
    GATE,
    STAGES,
    Course,
    Making,
    line,
    name_line,
    plain,
    reason_line,
)

APART = 0.5
"""Seconds between two writes that no change of stage asks for."""
FAREWELL = 3.0
"""Seconds that a run waits at most for the last write about it."""
INTERRUPTED = "It was interrupted; start it again, and it goes on from its last finished stage."

_SHORTEST_SECRET = 6
_VEIL = "[secret]"
_log = logging.getLogger(__name__)

Step = Callable[..., Any]


class Board(Protocol):
    """Where runs are told of; the store implements it."""

    def begin(self, making: Making) -> None:
        """Put a run in the place of its edition's earlier one."""
        ...

    def tell(self, making: Making) -> bool:
        """Write how a run stands; False where another run of its edition has begun since."""
        ...


class Veil:
    """Keeps secrets out of a text that comes in pieces.

    Parameters
    ----------
    secrets : collection of str
        What is never let through. Shorter ones than six characters are words, not secrets.
    """

    def __init__(self, secrets: Collection[str]) -> None:
        found = {plain(secret).strip() for secret in secrets}
        self._secrets = sorted((s for s in found if len(s) >= _SHORTEST_SECRET), key=len)[::-1]
        self._held = ""

    def over(self, text: str) -> str:
        """Return a whole text with its secrets veiled."""
        for secret in self._secrets:
            text = text.replace(secret, _VEIL)
        return text

    def take(self, piece: str) -> str:
        """Return what may be shown now; what may be the beginning of a secret is held back."""
        text = self.over(self._held + piece)
        kept = max((_overlap(text, secret) for secret in self._secrets), default=0)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def rest(self) -> str:
        """Return what was held back and turned out to be no secret."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, secret: str) -> int:
    """Return how many characters at the end of a text begin a secret."""
    longest = min(len(text), len(secret) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(secret[:n])), 0)


class Report:
    """What is told of one run.

    Parameters
    ----------
    board : Board
        Where it is written down.
    making : Making
        The run as it begins.
    now : callable
        The aware present instant, for the record.
    clock : callable
        Seconds that only rise, for the pace.
    secrets : collection of str
        What is never told.
    """

    def __init__(
        self,
        board: Board,
        making: Making,
        now: Callable[[], dt.datetime],
        clock: Callable[[], float],
        secrets: Collection[str] = (),
    ) -> None:
        self._board, self._now, self._clock = board, now, clock
        self._making, self._veil = making, Veil(secrets)
        self._changed, self._urgent, self._begun, self._overtaken = True, True, False, False
        self._failed, self._written = False, clock()
        self._state = threading.Condition()
        self._thread = threading.Thread(target=self._keep_telling, name="report", daemon=True)

    # -- what the run says; nothing here waits -----------------------------------------

    def stage(self, name: str) -> None:
        """Say that a stage begins."""
        with self._state:
            self._let_go()
            at = self._now()
            self._set(stage=line(name), stage_at=at, message="", done=0, total=0, urgent=True)

    def told(self, done: int, total: int, what: str) -> None:
        """Say how far a stage is."""
        with self._state:
            what = line(self._veil.over(plain(what)))
            self._set(message=what, done=max(0, done), total=max(0, total))

    def hand(self, name: str) -> None:
        """Say who writes."""
        with self._state:
            self._set(hand=name_line(self._veil.over(plain(name))))

    def heard(self, piece: str) -> None:
        """Take a piece of a model's reply."""
        with self._state:
            self._say(self._veil.take(plain(piece)))

    def asked(self, prompt: str) -> None:
        """Say that a model is asked something new; its reply is set apart from the one before."""
        with self._state:
            self._let_go()
            if self._making.text:
                self._say("\n\n")
            self._set(message=line(f"the model answers “{prompt}”"), done=0, total=0)

    def end(self, state: Course, reason: str = "", cause: str = "") -> None:
        """Say how it ended; only the first end counts."""
        with self._state:
            if self._making.state is not Course.RUNNING:
                return
            self._let_go()
            why = reason_line(self._veil.over(plain(reason)))
            self._set(state=state, reason=why, cause=cause, urgent=True)

    def _let_go(self) -> None:
        self._say(self._veil.rest())

    def _say(self, text: str) -> None:
        if text:
            self._making, self._changed = self._making.said(text), True

    def _set(self, *, urgent: bool = False, **changes: Any) -> None:
        self._making, self._changed = replace(self._making, **changes), True
        if urgent:
            self._urgent = True
            self._state.notify_all()

    # -- the writing -------------------------------------------------------------------

    @property
    def due(self) -> bool:
        """Whether it is time to write: a new stage, news that waited, or a sign of life."""
        waited = self._clock() - self._written
        return self._urgent or (self._changed and waited >= APART) or waited >= BEAT.total_seconds()

    def turn(self) -> None:
        """Write if that is due; a write that fails is logged and dropped."""
        with self._state:
            if self._overtaken or not self.due:
                self._urgent = False  # who was overtaken has nothing urgent to say any more
                return
            self._changed = self._urgent = False
            self._written = self._clock()
            self._making = shown = replace(self._making, updated_at=self._now())
        try:
            self._write(shown)
        except Exception as error:  # noqa: BLE001 - news of a run may never end it
            self._lost(shown, error)

    def _lost(self, shown: Making, error: Exception) -> None:
        """Log a write that failed, aloud the first time only; the next one tells the same."""
        level = logging.INFO if self._failed else logging.WARNING
        _log.log(level, "Progress of %s not written: %s", shown.edition, type(error).__name__)
        with self._state:
            self._failed = self._changed = True

    def _write(self, shown: Making) -> None:
        if not self._begun:
            self._board.begin(shown)
            self._begun = True
        elif not self._board.tell(shown):
            self._overtaken = True  # a later run of the same edition has the word

    def start(self) -> None:
        """Begin to write in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Wait for the last write, but not long."""
        self._thread.join(FAREWELL)

    def _keep_telling(self) -> None:
        ended = False
        while not ended:
            with self._state:
                self._state.wait_for(lambda: self._urgent, APART)
                ended = self._making.state is not Course.RUNNING
            self.turn()


class Reporter:
    """What the flows and stages of a process tell of the editions they make.

    Parameters
    ----------
    board : callable
        Opens the `Board`, when the first run begins.
    now : callable
        The aware present instant.
    clock : callable
        Seconds that only rise.
    token : callable
        Returns a new name for a run.
    secrets : callable, optional
        Returns what is never told.
    """

    def __init__(
        self,
        board: Callable[[], Board],
        now: Callable[[], dt.datetime],
        clock: Callable[[], float],
        token: Callable[[], str],
        secrets: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._board, self._now, self._clock = board, now, clock
        self._token, self._secrets = token, secrets
        self._open: dict[int, Report] = {}

    @contextmanager
    def making(self, edition: str, work: str) -> Iterator[None]:
        """Tell of a run while the block lasts; inside another one it is a part of that.

        Parameters
        ----------
        edition : str
            The key of what is made.
        work : str
            A key of `newsletter.underway.STAGES`.
        """
        about = {"edition": edition}
        with (
            logs.bound(flow=work, **about),
            traces.span(work, **about),
            self._made(edition, work),
        ):
            yield

    @contextmanager
    def _made(self, edition: str, work: str) -> Iterator[None]:
        own = threading.get_ident()
        report = None if own in self._open else self._opened(edition, work)
        if report is None:
            yield
            return
        self._open[own] = report
        try:
            yield
        except BaseException as error:
            closed = isinstance(error, DataUnavailable)
            report.end(Course.FAILED, _why(error), GATE if closed else "")
            raise
        else:
            report.end(Course.DONE)
        finally:
            del self._open[own]
            report.close()

    def staged(self, step: Step) -> Step:
        """Return a `step` that tells of each stage when its work begins.

        A step that an earlier start has finished is not run again, and so not told of.
        """

        def told(function: Callable[..., Any], *arguments: Any) -> Any:
            @functools.wraps(function)
            def inside(*given: Any) -> Any:
                name = function.__name__
                self.stage(name)
                with logs.bound(step=name), traces.span(name):
                    return function(*given)

            return step(inside, *arguments)

        return told

    def stage(self, name: str) -> None:
        """Say that a stage begins."""
        self._say("stage", name)

    def told(self, done: int, total: int, what: str) -> None:
        """Say how far a stage is."""
        self._say("told", done, total, what)

    def hand(self, name: str) -> None:
        """Say who writes."""
        self._say("hand", name)

    def asked(self, prompt: str) -> None:
        """Say that a model is asked something new."""
        self._say("asked", prompt)

    def heard(self, piece: str) -> None:
        """Take a piece of a model's reply."""
        self._say("heard", piece)

    def interrupted(self) -> None:
        """Say of every run of this process that a person or the system ends it now."""
        for report in list(self._open.values()):
            report.end(Course.FAILED, INTERRUPTED)
            report.close()

    def _opened(self, edition: str, work: str) -> Report | None:
        """Return the report of a run that begins, or None where nothing can be told."""
        at, stages = self._now(), STAGES[work]
        only = stages[0] if len(stages) == 1 else ""  # else its first step tells it
        making = Making(edition, self._token(), work, at, at, stage=only, stage_at=at)
        try:
            report = Report(self._board(), making, self._now, self._clock, self._secrets())
            report.start()
        except Exception as error:  # noqa: BLE001 - news of a run may never end it
            _log.warning("Progress of %s is not told: %s", edition, type(error).__name__)
            return None
        return report

    def _say(self, what: str, *given: Any) -> None:
        report = self._mine()
        if report is not None:
            getattr(report, what)(*given)

    def _mine(self) -> Report | None:
        """Return this thread's run; a provider's own threads work for the only one there is."""
        found = self._open.get(threading.get_ident())
        others = list(self._open.values())
        return found or (others[0] if len(others) == 1 else None)


def _why(error: BaseException) -> str:
    """Return an error as a sentence; one that is not ours may hold anything, so only its name."""
    if isinstance(error, NewsletterError | ConfigError):
        return str(error)
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return INTERRUPTED
    if told := getattr(error, "told", ""):  # the engine's own end of a run
        return str(told)
    return f"Unexpected {type(error).__name__}; the terminal or log of the run says more."
