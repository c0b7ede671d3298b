"""An edition in the making, as whoever watches it is told: in this process or in another.

What is streamed here was written by a model and is hostile until it is proved. It is kept and
shown as text only, without anything that steers a terminal or hides in a page.
"""

import datetime as dt
import json
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

CAP = 20_000
"""Characters of streamed text that are kept: its end."""
BEAT = dt.timedelta(seconds=5)
"""A run that has nothing to tell still gives a sign of life so often."""
STALE_AFTER = dt.timedelta(seconds=30)
"""Silence after which a run counts as broken off: six signs of life, and as long as the engine
waits before it takes a process for dead. Clocks of machines must agree better than that."""

GATE = "gate"
"""Why a run failed that met with no error: it may not make an edition of these data."""

STAGES = {
    "run": ("collect", "compute", "recollect", "draft", "render", "preflight", "review"),
    "revise": ("render", "preflight", "review"),
    "draft": ("draft",),
}
"""The stages of each kind of work, in order."""

_LINE, _NAME, _REASON = 300, 200, 600
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)("?)(\s*:)?', re.DOTALL)
_OBJECT = re.compile(r'\{\s*"')


class Course(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Making:
    """A run that makes an edition.

    Parameters
    ----------
    edition : str
        Its key.
    run : str
        Names this run among all of the same edition.
    work : str
        What it does, a key of `STAGES`.
    started_at, updated_at : datetime.datetime
        Aware instants, in UTC; `updated_at` is its last sign of life.
    state : Course
        How far it is.
    stage : str
        The stage it is in; empty before the first.
    stage_at : datetime.datetime or None
        When that began.
    message : str
        What the stage says it does; one line.
    done, total : int
        How far that is; `total` is 0 where nobody knows.
    hand : str
        Who writes: ``house-writer@3`` or ``model:NAME``; empty before anybody does.
    text : str
        The last `CAP` characters that a model sent. Hostile: text, never markup.
    sent : int
        Characters it sent in all, so that a follower knows what is new.
    reason : str
        Why it failed, in one sentence; empty where it did not.
    cause : str
        `GATE` where the data were not fit to be used; else empty.
    """

    edition: str
    run: str
    work: str
    started_at: dt.datetime
    updated_at: dt.datetime
    state: Course = Course.RUNNING
    stage: str = ""
    stage_at: dt.datetime | None = None
    message: str = ""
    done: int = 0
    total: int = 0
    hand: str = ""
    text: str = ""
    sent: int = 0
    reason: str = ""
    cause: str = ""

    def said(self, piece: str) -> "Making":
        """Return this with more text at its end, cut to the last `CAP` characters."""
        return replace(self, text=(self.text + piece)[-CAP:], sent=self.sent + len(piece))

    def stale(self, now: dt.datetime) -> bool:
        """Tell whether it says that it goes on, and has been silent too long to be believed."""
        return self.state is Course.RUNNING and now - self.updated_at > STALE_AFTER

    def goes_on(self, now: dt.datetime) -> bool:
        """Tell whether it is under way at an instant."""
        return self.state is Course.RUNNING and not self.stale(now)

    def seconds(self, now: dt.datetime) -> int:
        """Return how long it has been going, or went until its end or its last sign of life."""
        end = now if self.goes_on(now) else self.updated_at
        return max(0, int((end - self.started_at).total_seconds()))

    def since(self, seen: int) -> str:
        """Return what came after the first `seen` characters; what is no longer kept is ``…``."""
        new = self.sent - seen
        if new <= 0:
            return ""
        return self.text[-new:] if new <= len(self.text) else "…" + self.text

    def verdict(self, now: dt.datetime) -> str:
        """Return how the run stands, in a sentence or two for people."""
        if self.stale(now):
            return (
                f"No sign of life since {self.updated_at:%Y-%m-%d %H:%M:%S} UTC; the run was "
                "broken off. Start it again, and it goes on from its last finished stage."
            )
        if self.state is Course.FAILED:
            return f"It failed{f' at {self.stage}' if self.stage else ''}. {self.reason}"
        if self.state is Course.DONE:
            return "It is done."
        count = f" {self.done}/{self.total}" if self.total > 1 else ""
        return f"{self.stage or 'It begins'}{': ' if self.message else ''}{self.message}{count}"

    def to_json(self, now: dt.datetime) -> dict[str, Any]:
        """Return it as plain JSON data, as it stands at an instant."""
        return {
            "edition": self.edition,
            "run": self.run,
            "work": self.work,
            "state": "stale" if self.stale(now) else str(self.state),
            "stage": self.stage,
            "stage_at": self.stage_at and self.stage_at.isoformat(),
            "message": self.message,
            "done": self.done,
            "total": self.total,
            "hand": self.hand,
            "text": self.text,
            "sent": self.sent,
            "reason": self.reason,
            "started_at": self.started_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "seconds": self.seconds(now),
        }


def lasting(seconds: int) -> str:
    """Return a length of time as people say it, e.g. ``1 min 05 s``.

    Parameters
    ----------
    seconds : int
        Not negative.
    """
    minutes, rest = divmod(seconds, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def plain(text: str) -> str:
    """Return a text without control, format and other characters that do not print.

    Line ends and tabs stay, and every kind of blank becomes a blank: nothing is left that
    moves a cursor, turns the direction of writing, or hides.
    """
    return "".join(
        c if c.isprintable() or c in "\n\t" else " " * (unicodedata.category(c) == "Zs")
        for c in text
    )


def line(text: str, longest: int = _LINE) -> str:
    """Return a text as one plain line of bounded length."""
    found = " ".join(plain(text).split())
    return found if len(found) <= longest else found[: longest - 1] + "…"


def name_line(text: str) -> str:
    """Return a name as one plain line."""
    return line(text, _NAME)


def reason_line(text: str) -> str:
    """Return a reason as one plain line."""
    return line(text, _REASON)


def readable(text: str) -> str:
    """Return what people read of a reply in JSON that may have neither its head nor its end.

    Parameters
    ----------
    text : str
        The end of what a model has sent so far.

    Returns
    -------
    str
        Its strings of more than one word, a paragraph each: keys, ids and brackets are no
        prose. A text that is no JSON comes back as it is.
    """
    start = _OBJECT.search(text)
    if start is None:
        return text
    strings = (
        _unescaped(found[1]) for found in _STRING.finditer(text, start.start()) if not found[3]
    )
    return "\n\n".join(plain(each).strip() for each in strings if " " in each.strip())


def _unescaped(inside: str) -> str:
    """Return a JSON string's value; half an escape at its end is left out."""
    whole = re.sub(r"\\(u[0-9a-fA-F]{0,3})?$", "", inside)
    try:
        value = json.loads(f'"{whole}"', strict=False)
    except ValueError:
        return inside
    return str(value)
