"""Recordings on disk: written whole or not at all, and looked at before they are believed."""

import os
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsletter.errors import ConfigError
from newsletter.speech.port import SpeechError

FASTEST = 450
"""Words a minute that no engine at any allowed pace exceeds: less audio is a broken one."""


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """Yield an empty file in the folder of `out`, which takes its place if all goes well."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}.") from error
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        try:
            draft.chmod(0o644)
            draft.replace(out)
        except OSError as error:
            raise ConfigError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def seconds_of(file: Path, engine: str) -> float:
    """Return the playing time of a WAV file.

    Raises
    ------
    SpeechError
        If it is none.
    """
    try:
        with wave.open(str(file), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError, OSError) as error:
        raise SpeechError(f"{engine} wrote no WAV file that can be read ({error}).") from error


def refuse_cut(seconds: float, script: str, engine: str) -> None:
    """Refuse a recording too short to hold its script.

    Raises
    ------
    SpeechError
        Naming both lengths.
    """
    words = len(script.split())
    if seconds * FASTEST < words * 60:
        raise SpeechError(
            f"{engine} spoke for {seconds:.0f} seconds, too short for a script of {words} words; "
            "try again, or try another voice."
        )


def refuse_large(size: int, most_megabytes: float, engine: str) -> None:
    """Refuse a recording above the configured size.

    Raises
    ------
    SpeechError
        Naming the limit.
    """
    if size > most_megabytes * 1_000_000:
        raise SpeechError(
            f"{engine} wrote more than speech.most_megabytes ({most_megabytes:g}); raise it, or "
            "choose a smaller format."
        )
