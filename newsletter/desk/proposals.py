"""Proposals: other words for a part, in the making and until somebody decides about them.

A model may take minutes. Each proposal has a thread of its own, never one that answers pages,
and is looked at from outside; whoever cancels need not wait for a service that is silent.
They live in this process and change nothing: what is taken becomes a revision, what was asked
is in the store.
"""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from newsletter.draft.model import Fault, ModelError
from newsletter.draft.transcript import Transcript
from newsletter.errors import ConfigError, NewsletterError, NotFound, ReviewError
from newsletter.underway import CAP, plain, readable

if TYPE_CHECKING:  # a desk that is opened waits for nothing that writes
    from newsletter.draft.anew import Attempt

MOST_AT_ONCE: Final = 4
"""Proposals that are written at one time, by one desk."""
_KEPT: Final = 200
_log = logging.getLogger(__name__)


class Course(StrEnum):
    """How far a proposal is."""

    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TAKEN = "taken"
    DISCARDED = "discarded"


OPEN: Final = frozenset({Course.WRITING, Course.DONE, Course.FAILED})
"""Courses of what its editor has not done with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for.

    Parameters
    ----------
    editor : str
        Who; nobody else sees it.
    edition : str
        Its key.
    part : str
        Which part.
    revision : int
        Number of the revision that was looked at.
    present : str
        The words that stood in the field.
    instruction : str
        How it is to read; may be empty.
    hand : str
        Who writes it: ``house-writer@3`` or ``model:NAME``.
    """

    editor: str
    edition: str
    part: str
    revision: int
    present: str
    instruction: str
    hand: str


@dataclass(slots=True)
class Proposal:
    """One of them; its thread and the pages that look at it share it.

    Parameters
    ----------
    id : str
        Its name in addresses.
    asked : Asked
        What is wanted.
    began : float
        When, in seconds that only rise.
    course : Course
        How far it is; set after everything else, so that who sees ``done`` sees it all.
    turn : int
        Requests made to the model.
    attempt : Attempt or None
        The words, once there are any.
    transcript : Transcript
        What a model was asked for it.
    problem : str
        Why there are none, in a sentence.
    """

    id: str
    asked: Asked
    began: float
    course: Course = Course.WRITING
    turn: int = 0
    attempt: "Attempt | None" = None
    transcript: Transcript = field(default_factory=Transcript)
    problem: str = ""
    streamed: str = ""

    @property
    def heard(self) -> str:
        """The words that have come so far: hostile, to be shown as text."""
        return readable(self.streamed).strip()

    @property
    def seconds(self) -> int:
        """How long ago it was asked for."""
        return int(time.monotonic() - self.began)

    def hear(self, piece: str) -> None:
        """Take a piece of a model's reply.

        Raises
        ------
        ModelError
            If its editor has cancelled; the connection is closed then.
        """
        self.go_on()
        self.streamed = (self.streamed + plain(piece))[-CAP:]

    def begin_turn(self, prompt: str) -> None:
        """Take note that a model is asked, for the first time or to mend."""
        del prompt
        self.turn, self.streamed = self.turn + 1, ""

    def go_on(self) -> None:
        """Raise `ModelError` if its editor has cancelled: nothing more is asked then."""
        if self.course is not Course.WRITING:
            raise ModelError("Whoever asked has cancelled.", Fault.CANCELLED)


class Made(Protocol):
    """What came of the work; `newsletter.writing.Answered` is one."""

    @property
    def attempt(self) -> "Attempt | None":
        """The words."""
        ...

    @property
    def transcript(self) -> Transcript:
        """What was asked."""
        ...

    @property
    def problem(self) -> str:
        """Why there are no words."""
        ...


Work = Callable[[Proposal], Made]


class Proposals:
    """All proposals of a desk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: OrderedDict[str, Proposal] = OrderedDict()
        self._threads: list[threading.Thread] = []

    def begin(self, asked: Asked, work: Work) -> Proposal:
        """Begin one; who asks for the same part again while it is written gets that one.

        Parameters
        ----------
        asked : Asked
            What is wanted.
        work : callable
            Makes it, in a thread of its own; tells the proposal how far it is.

        Raises
        ------
        ReviewError
            If too many are being written.
        """
        with self._lock:
            same = (asked.editor, asked.edition, asked.part)
            for one in self._all.values():
                there = (one.asked.editor, one.asked.edition, one.asked.part)
                if there == same and one.course is Course.WRITING:
                    return one
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if len(self._threads) >= MOST_AT_ONCE:
                raise ReviewError(
                    f"{MOST_AT_ONCE} proposals are being written already; ask again when one "
                    "of them is there."
                )
            made = Proposal(secrets.token_urlsafe(12), asked, time.monotonic())
            thread = threading.Thread(target=self._do, args=(made, work), daemon=True)
            self._keep(made)
            self._threads.append(thread)
            thread.start()
        return made

    def _keep(self, made: Proposal) -> None:
        self._all[made.id] = made
        old = [id for id, one in self._all.items() if one.course is not Course.WRITING]
        for id in old[: max(0, len(self._all) - _KEPT)]:
            del self._all[id]

    def _do(self, one: Proposal, work: Work) -> None:
        try:
            made = work(one)
        except (NewsletterError, ConfigError) as error:
            self._end(one, Course.FAILED, str(error))
        except Exception:  # noqa: BLE001 - whatever it is, its editor is told that it ended
            _log.exception("A proposal for %s of %s broke.", one.asked.part, one.asked.edition)
            self._end(
                one, Course.FAILED,
                "Something in the desk itself broke; nothing was changed. Its log says more.",
            )  # fmt: skip
        else:
            one.attempt, one.transcript = made.attempt, made.transcript
            self._end(one, Course.DONE if made.attempt else Course.FAILED, made.problem)

    def _end(self, one: Proposal, course: Course, problem: str) -> None:
        with self._lock:
            if one.course is Course.WRITING:  # who cancelled has had the last word
                one.problem, one.course = problem, course

    # -- what its editor does ------------------------------------------------------------

    def find(self, id: str, editor: str, edition: str) -> Proposal:
        """Return a proposal of somebody's own.

        Raises
        ------
        NotFound
            If there is none: it is somebody else's, or the desk was started anew.
        """
        with self._lock:
            one = self._all.get(id)
        if one is None or (one.asked.editor, one.asked.edition) != (editor, edition):
            raise NotFound("This proposal is gone, as after a restart of the desk; ask again.")
        return one

    def of(self, editor: str, edition: str) -> dict[str, Proposal]:
        """Return somebody's open proposals for an edition, the latest of each part."""
        with self._lock:
            found = list(self._all.values())
        mine = [one for one in found if (one.asked.editor, one.asked.edition) == (editor, edition)]
        return {one.asked.part: one for one in mine if one.course in OPEN}

    def before(self, editor: str, edition: str, part: str) -> tuple[str, ...]:
        """Return the words that somebody was offered for a part and did not take, in order."""
        with self._lock:
            found = list(self._all.values())
        return tuple(
            one.attempt.text for one in found
            if (one.asked.editor, one.asked.edition, one.asked.part) == (editor, edition, part)
            and one.attempt is not None and one.course is not Course.TAKEN
        )  # fmt: skip

    def leave(self, one: Proposal) -> None:
        """Cancel it where it is being written, else put it away."""
        with self._lock:
            if one.course is Course.WRITING:
                one.course = Course.CANCELLED
            elif one.course in OPEN:
                one.course = Course.DISCARDED

    def claim(self, one: Proposal) -> "Attempt":
        """Return its words to whoever takes them first.

        Raises
        ------
        ReviewError
            If there are none that can be saved, or it was taken or put away before.
        """
        with self._lock:
            if one.course is not Course.DONE or one.attempt is None:
                raise ReviewError(f"This proposal is {one.course}; there is nothing to take.")
            if not one.attempt.sound:
                raise ReviewError("It types a figure or has not the form of its part; ask again.")
            one.course = Course.TAKEN
            return one.attempt

    def unclaim(self, one: Proposal) -> None:
        """Offer it again: it could not be saved."""
        with self._lock:
            one.course = Course.DONE

    def wait(self, seconds: float) -> None:
        """Give what is being written some time to end."""
        for thread in list(self._threads):
            thread.join(seconds)
