"""How an edition is read aloud: the ``speech`` part of config.yaml."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from newsletter.hand import model_address
from newsletter.universe import Strict

KEY_MARK = "{key}"
"""Stands in ``speech.url`` where the edition's key goes."""

_PATH = re.compile(r"[A-Za-z0-9._~/-]+")


class Speech(Strict):
    """Which engine reads editions aloud. Its key comes from NEWSLETTER_SPEECH_KEY.

    `engine` is ``none`` (no audio), ``espeak`` or ``piper`` (programs on this machine) or
    ``openai`` (a service that speaks as OpenAI's does, at `base_url`). `model` is the
    service's model, or the file of piper's voice. `words_per_minute` is the pace,
    `timeout_seconds` the longest silence of a service, `most_seconds` and `most_megabytes`
    the end of any engine's work. `url` is where the finished file will stand below
    ``publication.base_url``, with ``{key}`` for the edition: the mail then links to it.
    """

    engine: Literal["none", "espeak", "piper", "openai"] = "none"
    voice: str = Field(default="", pattern=r"^$|^[A-Za-z][A-Za-z0-9_+-]{0,63}$")
    program: Path | None = None
    model: str = Field(default="", max_length=300)
    base_url: str | None = None
    format: Literal["mp3", "opus", "aac", "wav"] = "mp3"
    words_per_minute: int = Field(default=165, ge=80, le=400)
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    most_seconds: float = Field(default=600, gt=0, le=3600)
    most_megabytes: float = Field(default=60, gt=0, le=500)
    retries: int = Field(default=2, ge=0, le=8)
    url: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _able_to_speak(self) -> "Speech":
        if self.base_url is not None:
            try:
                model_address(self.base_url)
            except ValueError as error:  # told here: of a part, its value would be printed too
                raise ValueError(f"base_url {error}") from None
        if self.engine in {"piper", "openai"} and not self.model.strip():
            what = "the file of a voice" if self.engine == "piper" else "its service's model"
            raise ValueError(f"engine is {self.engine!r} but model is empty; name {what}")
        if self.url:
            _refuse_url(self.url)
        return self

    def address(self, base_url: str, key: str) -> str:
        """Return where an edition's audio stands, empty where nothing is configured.

        Parameters
        ----------
        base_url : str
            The publication's.
        key : str
            Of the edition.

        Examples
        --------
        >>> Speech(url="audio/{key}.mp3").address("https://n.example/", "2026-07-02.XNYS.evening")
        'https://n.example/audio/2026-07-02.XNYS.evening.mp3'
        """
        return f"{base_url.rstrip('/')}/{self.url.replace(KEY_MARK, key)}" if self.url else ""


def _refuse_url(url: str) -> None:
    rest = url.replace(KEY_MARK, "key", 1)
    good = url.count(KEY_MARK) == 1 and _PATH.fullmatch(rest) is not None
    if not good or rest.startswith("/") or ".." in rest or "//" in rest:
        raise ValueError(
            f"url is {url!r}; write a path below publication.base_url with {KEY_MARK} in it, such "
            f"as 'audio/{KEY_MARK}.mp3'"
        )
