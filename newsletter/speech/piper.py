"""piper: a neural voice on this machine, from one model file."""

from pathlib import Path

from newsletter.collect.progress import Progress
from newsletter.errors import ConfigError
from newsletter.speaking import Speech
from newsletter.speech._program import found_program, spoken_by
from newsletter.speech.port import Audio

USUAL_PACE = 165
"""Words a minute of piper's English voices at their own speed, roughly."""


class Piper:
    """The piper program with a voice's model.

    Parameters
    ----------
    settings : Speech
        `model` is the voice's ``.onnx`` file, with its ``.onnx.json`` beside it.
    base : pathlib.Path
        The workspace, from which a relative path starts.

    Raises
    ------
    ConfigError
        If the program or the model is not there.
    """

    format = "wav"

    def __init__(self, settings: Speech, base: Path) -> None:
        self._settings = settings
        self._model = base / settings.model
        if not self._model.is_file():
            raise ConfigError(
                f"speech.model is {self._model}, which is no file; name a piper voice (.onnx)."
            )
        self._program = found_program(
            settings, base, ("piper", "piper-tts"), "piper (its project's release, or piper-tts)"
        )

    def speak(self, script: str, out: Path, progress: Progress) -> Audio:
        """Read a script aloud, see `newsletter.speech.port.Voice`."""
        slower = USUAL_PACE / self._settings.words_per_minute

        def command(draft: Path) -> list[str]:
            return [self._program, "--model", str(self._model), "--output_file", str(draft),
                    "--length_scale", f"{slower:.3f}"]  # fmt: skip

        # piper takes each line for an utterance, and some releases keep only the last one.
        return spoken_by(command, " ".join(script.split()), out, self._settings, progress)
