"""The port of speech: a script in, an audio file out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from newsletter.collect.progress import Progress
from newsletter.errors import NewsletterError


class SpeechError(NewsletterError):
    """An engine could not read a script aloud; no file is left behind."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A finished recording.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    format : str
        ``wav``, ``mp3``, ``opus`` or ``aac``.
    size : int
        Bytes.
    seconds : float or None
        Playing time, where the format tells it.
    engine : str
        What spoke, e.g. ``"espeak"``.
    """

    path: Path
    format: str
    size: int
    seconds: float | None
    engine: str


class Voice(Protocol):
    """An engine that reads aloud."""

    @property
    def format(self) -> str:
        """What it writes: ``wav``, ``mp3``, ``opus`` or ``aac``."""
        ...

    def speak(self, script: str, out: Path, progress: Progress) -> Audio:
        """Read a script aloud into a file.

        Parameters
        ----------
        script : str
            From `newsletter.render.narration.narration`: paragraphs of plain words.
        out : pathlib.Path
            Written whole or not at all; a file that stands there is replaced.
        progress : callable
            Told how far it is.

        Raises
        ------
        SpeechError
            If there is no whole recording within the configured limits.
        """
        ...
