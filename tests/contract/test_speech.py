"""The door of speech: real engines where they can run, a real server where they cannot."""

import array
import stat
import time
import wave
from pathlib import Path

import pytest
from conftest import missing
from pydantic import ValidationError
from speech_support import MP3, Answer, SpeechService, wav

from newsletter.collect.progress import silent
from newsletter.errors import ConfigError, NewsletterError
from newsletter.speaking import Speech
from newsletter.speech import open_speech
from newsletter.speech._parts import MOST, parts
from newsletter.speech.compatible import CompatibleSpeech
from newsletter.speech.port import SpeechError

KEY = "sk-speech-0123456789abcdef"
SCRIPT = (
    "The Rotation, for Thursday the second of July.\n\nThe small-cap fund fell zero point six "
    "percent, and the S and P five hundred fund closed at seven hundred forty-four dollars.\n\n"
    "That was The Rotation.\n"
)


def openai(**changes):
    return Speech(engine="openai", model="tts-1", **changes)


@pytest.fixture
def espeak():
    try:
        return open_speech(Speech(engine="espeak"), None, Path())
    except ConfigError as error:
        missing(f"{error} Run tools/install-debian.sh.")


def test_espeak_reads_a_script_in_a_plausible_time_and_audibly(espeak, tmp_path):
    told = []
    made = espeak.speak(SCRIPT, tmp_path / "a.wav", lambda *each: told.append(each))
    with wave.open(str(made.path)) as sound:
        samples = array.array("h", sound.readframes(sound.getnframes()))
        seconds = sound.getnframes() / sound.getframerate()
    words = len(SCRIPT.split())
    assert 100 < words / seconds * 60 < 260
    assert made.seconds == pytest.approx(seconds)
    assert made.size == made.path.stat().st_size
    loud = (sum(value * value for value in samples) / len(samples)) ** 0.5
    assert loud > 500
    assert told[0][:2] == (0, 1)
    assert told[-1][:2] == (1, 1)


def test_espeak_keeps_to_the_pace(espeak, tmp_path):
    quick = open_speech(Speech(engine="espeak", words_per_minute=300), None, Path())
    slow = espeak.speak(SCRIPT, tmp_path / "a.wav", silent).seconds
    assert quick.speak(SCRIPT, tmp_path / "b.wav", silent).seconds < 0.8 * slow


def test_a_script_is_no_command(espeak, tmp_path):
    made = espeak.speak("-w /tmp/elsewhere.wav --help; $(id)\n", tmp_path / "a.wav", silent)
    assert made.seconds > 0.5
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def test_an_unknown_voice_is_told_and_leaves_nothing(tmp_path, espeak):
    del espeak
    voice = open_speech(Speech(engine="espeak", voice="xx-nowhere"), None, Path())
    with pytest.raises(SpeechError, match="espeak failed"):
        voice.speak(SCRIPT, tmp_path / "a.wav", silent)
    assert list(tmp_path.iterdir()) == []


def program(folder, body):
    file = folder / "speaker"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_piper_is_called_as_its_command_line_asks(tmp_path):
    """A stand-in for the program: only how it is called is shown here, not how it sounds."""
    (tmp_path / "voice.onnx").write_bytes(b"model")
    (tmp_path / "sound.wav").write_bytes(wav(30))
    at = program(
        tmp_path,
        f'echo "$@" > {tmp_path}/called; cat > {tmp_path}/heard; cp {tmp_path}/sound.wav "$4"',
    )
    settings = Speech(engine="piper", model="voice.onnx", program=at, words_per_minute=330)
    made = open_speech(settings, None, tmp_path).speak(SCRIPT, tmp_path / "out.wav", silent)
    called = (tmp_path / "called").read_text().split()
    assert called[:3] == ["--model", str(tmp_path / "voice.onnx"), "--output_file"]
    assert called[4:] == ["--length_scale", "0.500"]
    assert (tmp_path / "heard").read_text() == " ".join(SCRIPT.split())
    assert made.seconds == 30


HANGS = "exec sleep 30"
FAULTS = {
    "fails": ("echo no such thing >&2; exit 3", "code 3: no such thing"),
    "writes nothing": ("cat > /dev/null", "no WAV file"),
    "writes what is no sound": ('cat > /dev/null; echo hello > "$4"', "no WAV file"),
    "stops early": ('cat > /dev/null; cp SOUND "$4"', "too short"),
    "hangs": (HANGS, "most_seconds"),
    "never stops writing": ('while :; do cat /bin/sh >> "$4"; done', "most_megabytes"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_program_that_fails_is_told_in_a_sentence_and_leaves_nothing(tmp_path, name):
    body, words = FAULTS[name]
    (tmp_path / "sound.wav").write_bytes(wav(0.5))
    (tmp_path / "voice.onnx").write_bytes(b"model")
    at = program(tmp_path, body.replace("SOUND", str(tmp_path / "sound.wav")))
    limits = {"most_seconds": 0.5 if body == HANGS else 20, "most_megabytes": 2}
    settings = Speech(engine="piper", model="voice.onnx", program=at, **limits)
    out = tmp_path / "made" / "out.wav"
    began = time.monotonic()
    with pytest.raises(SpeechError, match=words) as caught:
        open_speech(settings, None, tmp_path).speak(SCRIPT, out, silent)
    assert time.monotonic() - began < 8
    assert "\n" not in str(caught.value)
    assert list(out.parent.iterdir()) == []


def test_a_service_reads_every_word_in_parts_and_in_order(tmp_path):
    script = "\n\n".join(f"Paragraph {k} of a long one. " + "Word " * 150 + "." for k in range(20))
    with SpeechService(Answer(body=MP3 + b"1"), Answer(body=MP3 + b"2")) as service:
        voice = CompatibleSpeech(openai(voice="nova"), service.base_url, KEY)
        made = voice.speak(script, tmp_path / "a.mp3", silent)
    asked = [body for _, _, body in service.seen]
    assert len(asked) > 3
    assert all(len(body["input"]) <= MOST for body in asked)
    assert " ".join(body["input"] for body in asked).split() == script.split()
    assert {body["voice"] for body in asked} == {"nova"}
    assert {path for path, _, _ in service.seen} == {"/v1/audio/speech"}
    assert service.seen[0][1]["Authorization"] == f"Bearer {KEY}"
    assert made.path.read_bytes() == MP3 + b"1" + (MP3 + b"2") * (len(asked) - 1)
    assert made.format == "mp3"
    assert made.size == made.path.stat().st_size


@pytest.mark.parametrize("streamed", [False, True])
def test_wav_parts_become_one_file_under_one_head(tmp_path, streamed):
    script = "\n\n".join(["Short words all the way. " * 120] * 3)
    answer = Answer(kind="audio/wav", body=wav(300, streamed=streamed))
    with SpeechService(answer) as service:
        voice = CompatibleSpeech(openai(format="wav"), service.base_url)
        made = voice.speak(script, tmp_path / "a.wav", silent)
    with wave.open(str(made.path)) as sound:
        assert sound.getnframes() == 300 * 8000 * len(service.seen)
    assert made.seconds == 300 * len(service.seen)


SERVICE_FAULTS = {
    "401": (Answer(401, "application/json", b'{"error":"bad key sk"}'), 1, "NEWSLETTER_SPEECH_KEY"),
    "400": (Answer(400, "application/json", b"{}"), 1, "check speech.model"),
    "404": (Answer(404, "text/html", b"<html>"), 1, "answered 404"),
    "429": (Answer(429, "application/json", b"{}", {"Retry-After": "2"}), 3, "answered 429"),
    "500": (Answer(500, "text/plain", b"oops"), 3, "answered 500"),
    "wrong type": (Answer(kind="application/json", body=b'{"audio":1}'), 1, "no audio"),
    "wrong format": (Answer(body=b"RIFF....WAVE"), 1, "no audio"),
    "empty": (Answer(body=b""), 1, "no audio"),
    "cut": (Answer(cut=True), 3, "broke off"),
    "redirect": (Answer(302, headers={"Location": "http://127.0.0.1:9/"}), 1, "answered 302"),
    "silent": (Answer(pause=1.5), 3, "silent"),
    "endless": (Answer(repeat=100_000), 1, "more than speech.most_megabytes"),
    "trickle": (Answer(trickle=0.05), 1, "most_seconds"),
}


@pytest.mark.parametrize("name", SERVICE_FAULTS)
def test_a_service_that_fails_is_told_in_a_sentence_and_leaves_nothing(tmp_path, name):
    answer, attempts, words = SERVICE_FAULTS[name]
    pauses = []
    # Short only where the service says nothing: on a busy machine others are late as well.
    seconds = 0.3 if name == "silent" else 10
    limits = {"timeout_seconds": seconds, "most_megabytes": 1, "most_seconds": 60}
    if name == "trickle":
        limits["most_seconds"] = 0.6
    with SpeechService(answer) as service:
        voice = CompatibleSpeech(
            openai(**limits), service.base_url, KEY, sleep=pauses.append, jitter=lambda: 1.0
        )
        began = time.monotonic()
        with pytest.raises(SpeechError, match=words) as caught:
            voice.speak(SCRIPT, tmp_path / "a.mp3", silent)
    assert time.monotonic() - began < 5
    assert len(service.seen) == attempts
    assert pauses == [p + (2 if name == "429" else 0) for p in (1.0, 2.0)][: attempts - 1]
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_failed_in_passing_is_asked_for_again(tmp_path):
    busy = Answer(503, "text/plain", b"")
    with SpeechService(busy, busy, Answer()) as service:
        voice = CompatibleSpeech(openai(), service.base_url, sleep=lambda _: None)
        assert voice.speak(SCRIPT, tmp_path / "a.mp3", silent).size == len(MP3)
    assert len(service.seen) == 3


def test_nobody_there_is_told(tmp_path):
    with SpeechService() as service:
        gone = service.base_url
    voice = CompatibleSpeech(openai(retries=0), gone)
    with pytest.raises(SpeechError, match="cannot be reached"):
        voice.speak(SCRIPT, tmp_path / "a.mp3", silent)


def test_a_file_that_stands_there_survives_a_failure(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"old")
    with SpeechService(Answer(401)) as service:
        voice = CompatibleSpeech(openai(), service.base_url, KEY)
        with pytest.raises(SpeechError):
            voice.speak(SCRIPT, tmp_path / "a.mp3", silent)
    assert (tmp_path / "a.mp3").read_bytes() == b"old"


def test_the_key_shows_nowhere():
    voice = CompatibleSpeech(openai(), "https://speech.example/v1", KEY)
    assert KEY not in repr(voice) + str(vars(voice))


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        (Speech(), None, "speech.engine is 'none'"),
        (openai(base_url="https://speech.example/v1"), None, "NEWSLETTER_SPEECH_KEY"),
        (openai(base_url="https://speech.example/v1"), "two words", "copy it again"),
        (Speech(engine="piper", model="nowhere.onnx"), None, "is no file"),
        (Speech(engine="espeak", program="nowhere"), None, "is no program"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_made(tmp_path, settings, key, words):
    with pytest.raises(ConfigError, match=words):
        open_speech(settings, key, tmp_path)


@pytest.mark.parametrize(
    "given",
    [
        {"engine": "openai"}, {"engine": "piper"}, {"voice": "-w"}, {"voice": "a b"},
        {"base_url": "http://speech.example/v1"}, {"url": "audio.mp3"}, {"url": "/{key}.mp3"},
        {"url": "https://x.example/{key}"}, {"url": "../{key}.mp3"}, {"url": "{key}/{key}"},
        {"url": "{key}?a=b"}, {"words_per_minute": 20},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(given):
    with pytest.raises(ValidationError):
        Speech(**given)


def test_parts_keep_every_word_whatever_the_script():
    for script in ("", "a" * 9000, "word " * 3000, "One. " * 2000, "x\n\n\n\ny " * 2000):
        found = parts(script)
        assert all(0 < len(part) <= MOST for part in found)
        assert "".join("".join(found).split()) == "".join(script.split())


def test_every_error_ends_a_command_with_a_code():
    assert issubclass(SpeechError, NewsletterError)
