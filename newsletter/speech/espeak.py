"""espeak-ng: small, quick, on every Debian; plain to the ear, exact in its figures."""

from pathlib import Path

from newsletter.collect.progress import Progress
from newsletter.speaking import Speech
from newsletter.speech._program import found_program, spoken_by
from newsletter.speech.port import Audio

VOICE = "en-us"


class Espeak:
    """The espeak-ng program.

    Parameters
    ----------
    settings : Speech
        Voice, pace and limits.
    base : pathlib.Path
        The workspace.

    Raises
    ------
    ConfigError
        If the program is not there.
    """

    format = "wav"

    def __init__(self, settings: Speech, base: Path) -> None:
        self._settings = settings
        self._program = found_program(
            settings, base, ("espeak-ng",), "the Debian package espeak-ng"
        )

    def speak(self, script: str, out: Path, progress: Progress) -> Audio:
        """Read a script aloud, see `newsletter.speech.port.Voice`."""
        voice, pace = self._settings.voice or VOICE, self._settings.words_per_minute

        def command(draft: Path) -> list[str]:
            return [self._program, "-v", voice, "-s", str(pace), "-b", "1",
                    "-w", str(draft), "--stdin"]  # fmt: skip

        return spoken_by(command, script, out, self._settings, progress)
