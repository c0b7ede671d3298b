"""A speech program on this machine: the script goes in by its standard input, never by name."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from newsletter.collect.progress import Progress
from newsletter.errors import ConfigError
from newsletter.speaking import Speech
from newsletter.speech._files import beside, refuse_cut, refuse_large, seconds_of
from newsletter.speech.port import Audio, SpeechError

_LOOK_SECONDS = 0.5
_SAID = 200


def found_program(settings: Speech, base: Path, names: Sequence[str], package: str) -> str:
    """Return the path of an engine's program.

    Parameters
    ----------
    settings : Speech
        May name it.
    base : pathlib.Path
        Where a relative path starts.
    names : sequence of str
        What it is called on the search path otherwise.
    package : str
        Where to get it.

    Raises
    ------
    ConfigError
        If it is not there.
    """
    if settings.program is not None:
        wanted = base / settings.program
        if wanted.is_file() and os.access(wanted, os.X_OK):
            return str(wanted)
        raise ConfigError(f"speech.program is {wanted}, which is no program; correct the path.")
    for name in names:
        if path := shutil.which(name):
            return path
    raise ConfigError(
        f"speech.engine is {settings.engine!r}, but there is no {names[0]} on this machine; "
        f"install {package}, or name it with speech.program."
    )


def spoken_by(
    command: Callable[[Path], list[str]],
    text: str,
    out: Path,
    settings: Speech,
    progress: Progress,
) -> Audio:
    """Run a program that writes a WAV file, within the limits of time and size.

    Parameters
    ----------
    command : callable
        The file to write to the command line.
    text : str
        For its standard input.
    out : pathlib.Path
        Where the recording goes in the end.
    settings : Speech
        Limits.
    progress : callable
        Told that it is at work, and when it is done.

    Raises
    ------
    SpeechError
        If it fails, takes too long or writes what cannot be the script.
    """
    engine = settings.engine
    progress(0, 1, f"reading aloud with {engine}")
    with beside(out) as draft:
        _run(command(draft), text, draft, settings)
        size = draft.stat().st_size
        refuse_large(size, settings.most_megabytes, engine)
        seconds = seconds_of(draft, engine)
        refuse_cut(seconds, text, engine)
    progress(1, 1, f"read aloud with {engine}")
    return Audio(out, "wav", size, seconds, engine)


def _run(command: list[str], text: str, draft: Path, settings: Speech) -> None:
    try:
        process = subprocess.Popen(  # noqa: S603 - a path and options of the configuration
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        raise ConfigError(f"{command[0]} cannot be run: {error.strerror}.") from error
    with _watched(process, draft, settings.most_megabytes * 1_000_000) as large:
        try:
            _, said = process.communicate(text.encode(), timeout=settings.most_seconds)
        except subprocess.TimeoutExpired:
            raise SpeechError(
                f"{settings.engine} was not done after speech.most_seconds "
                f"({settings.most_seconds:g})."
            ) from None
    if process.returncode and not large.is_set():  # a file too large is told by its size
        words = " ".join(said.decode("utf-8", "replace").split())[-_SAID:]
        raise SpeechError(
            f"{settings.engine} failed with code {process.returncode}: {words or 'it said nothing'}"
        )


@contextmanager
def _watched(
    process: "subprocess.Popen[bytes]", draft: Path, most: float
) -> Iterator[threading.Event]:
    """End a program that writes too much, and in the end whatever is left of it."""
    ended, large = threading.Event(), threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_SECONDS):
            with suppress(OSError):
                if draft.stat().st_size > most:
                    large.set()
                    _kill(process)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield large
    finally:
        ended.set()
        watcher.join()
        _kill(process)
        process.wait()
        for pipe in (process.stdin, process.stderr):
            with suppress(OSError):  # what it did not read of its input is lost with it
                if pipe is not None:
                    pipe.close()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program and whatever it started; one that has ended is left alone."""
    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
