"""Any service that speaks as OpenAI's does: ``POST …/audio/speech``, audio streamed back."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from newsletter import wire
from newsletter.collect.progress import Progress
from newsletter.errors import ConfigError
from newsletter.hand import at_home, host_of, model_address
from newsletter.speaking import Speech
from newsletter.speech._files import beside, refuse_cut
from newsletter.speech._parts import join, looks_like, parts
from newsletter.speech._wire import Asked, Trouble, fetch
from newsletter.speech.port import Audio, SpeechError

VOICE = "alloy"
USUAL_PACE = 165
"""Words a minute at the service's own speed, roughly."""

_SENTENCES = {
    "unreachable": "cannot be reached; check speech.base_url",
    "silent": "was silent for longer than speech.timeout_seconds",
    "broken": "broke off its reply",
    "late": "was not done after speech.most_seconds",
    "long": "sent more than speech.most_megabytes",
    "strange": "answered what is no audio of the format asked for; check speech.format",
}


class CompatibleSpeech:
    """A voice behind an OpenAI-compatible address.

    Parameters
    ----------
    settings : Speech
        Model, voice, format, pace and limits.
    base_url : str
        ``https://…``, or ``http://`` on this machine.
    key : str or None
        None only for this machine. It never shows in a repr, an error or a log.
    sleep, jitter, clock : callable
        Wait, chance and time, for tests.

    Raises
    ------
    ConfigError
        If the address is not safe or a key is missing or unusable.
    """

    def __init__(
        self,
        settings: Speech,
        base_url: str,
        key: str | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            self._address = model_address(base_url)
        except ValueError as error:
            raise ConfigError(f"speech.base_url {error}.") from None
        self._settings, self._host = settings, host_of(self._address)
        self._key = wire.usable_key(
            key, "speech", "NEWSLETTER_SPEECH_KEY", home=at_home(self._host)
        )
        self._sleep, self._jitter, self._clock = sleep, jitter, clock

    def __repr__(self) -> str:
        return f"CompatibleSpeech({self._address!r})"

    @property
    def format(self) -> str:
        """What the service is asked for."""
        return self._settings.format

    def speak(self, script: str, out: Path, progress: Progress) -> Audio:
        """Read a script aloud, see `newsletter.speech.port.Voice`."""
        pieces, ends = parts(script), self._clock() + self._settings.most_seconds
        if not pieces:
            raise SpeechError("The script is empty; there is nothing to read aloud.")
        left = int(self._settings.most_megabytes * 1_000_000)
        recordings: list[bytes] = []
        for done, piece in enumerate(pieces):
            progress(done, len(pieces), "reading aloud")
            recordings.append(self._recorded(piece, ends, left))
            left -= len(recordings[-1])
        with beside(out) as draft:
            seconds = join(recordings, self.format, draft)
            if seconds is not None:
                refuse_cut(seconds, script, self._where)
            size = draft.stat().st_size
        progress(len(pieces), len(pieces), "read aloud")
        return Audio(out, self.format, size, seconds, "openai")

    @property
    def _where(self) -> str:
        return f"The speech service at {self._host}"

    def _recorded(self, piece: str, ends: float, most: int) -> bytes:
        """Return one part's recording; what failed in passing is asked for again."""
        failures = 0
        while True:
            try:
                data = fetch(self._asked(piece), ends - self._clock(), most)
                if not looks_like(data, self.format):
                    raise Trouble("strange")
            except Trouble as error:
                trouble = error
            else:
                return data
            if not trouble.passing or failures >= self._settings.retries:
                raise self._failure(trouble, failures + 1)
            pause = wire.pause(failures, trouble.wait, self._jitter())
            failures += 1
            if pause >= ends - self._clock():
                raise self._failure(trouble, failures)
            self._sleep(pause)

    def _asked(self, piece: str) -> Asked:
        settings = self._settings
        body: dict[str, str | float] = {
            "model": settings.model,
            "input": piece,
            "voice": settings.voice or VOICE,
            "response_format": settings.format,
        }
        speed = round(settings.words_per_minute / USUAL_PACE, 2)
        if speed != 1:  # some services know no such thing
            body["speed"] = speed
        home = at_home(self._host)
        return Asked(self._address, self._key, home, settings.timeout_seconds, body)

    def _failure(self, trouble: Trouble, attempts: int) -> SpeechError:
        if trouble.status in {401, 403}:
            said = f"refuses the key ({trouble.status}); check NEWSLETTER_SPEECH_KEY"
        elif trouble.status:
            hint = "; check speech.model, speech.voice and speech.format"
            said = f"answered {trouble.status}{'' if trouble.passing else hint}"
        else:
            said = _SENTENCES[trouble.kind]
        return SpeechError(f"{self._where} {said} (attempts: {attempts}).")
