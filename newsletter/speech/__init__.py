"""Narration → audio. DOOR: engines that read a script aloud, one file each."""

from pathlib import Path

from newsletter.errors import ConfigError
from newsletter.speaking import Speech
from newsletter.speech.port import Voice

OPENAI = "https://api.openai.com/v1"
"""Where ``speech.base_url`` is not given."""


def open_speech(settings: Speech, key: str | None, base: Path) -> Voice:
    """Make the configured engine.

    Parameters
    ----------
    settings : Speech
        The ``speech`` section of config.yaml.
    key : str or None
        From NEWSLETTER_SPEECH_KEY.
    base : pathlib.Path
        The workspace, from which relative paths start.

    Raises
    ------
    ConfigError
        If none is configured, or it lacks its program, model or key.
    """
    if settings.engine == "espeak":
        from newsletter.speech.espeak import Espeak

        return Espeak(settings, base)
    if settings.engine == "piper":
        from newsletter.speech.piper import Piper

        return Piper(settings, base)
    if settings.engine == "openai":
        from newsletter.speech.compatible import CompatibleSpeech

        return CompatibleSpeech(settings, settings.base_url or OPENAI, key)
    raise ConfigError(
        "speech.engine is 'none'; set it to 'espeak', 'piper' or 'openai' in config.yaml, or ask "
        "for the script alone with --script."
    )
