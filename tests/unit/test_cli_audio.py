"""``newsletter audio``: the script of a kept edition, and a recording of it."""

import wave

import pytest
from conftest import program
from engine_support import KEY, CommandLine

from newsletter.render.narration import minutes_aloud

SPEAKS = "\nspeech: {engine: espeak, words_per_minute: 300, url: 'audio/{key}.wav'}\n"


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory):
    return kept.evening(tmp_path_factory.mktemp("audio"))


@pytest.fixture
def desk(made, monkeypatch):
    monkeypatch.chdir(made)
    return made


def test_the_script_goes_to_stdout_or_into_a_file(call, desk, tmp_path):
    code, out, err = call("audio", KEY, "--script")
    assert code == 0
    assert out.startswith("Sample data.")
    assert "is in_review: keep its audio to yourself" in err
    document = call.json("audio", KEY, "--script", "--out", tmp_path / "script.txt")
    assert (tmp_path / "script.txt").read_text() == document["script"] == out
    assert document["minutes"] == minutes_aloud(out)
    assert document["state"] == "in_review"


def test_without_an_engine_it_says_what_to_do(call, desk):
    code, out, err = call("audio", KEY)
    assert (code, out) == (2, "")
    assert "speech.engine is 'none'" in err


def test_an_edition_that_is_not_there_is_told(call, desk):
    assert call("audio", "2020-01-02.XNYS.evening", "--script")[0] == 2


def test_the_recording_is_written_and_its_address_told(call, desk, tmp_path, monkeypatch):
    program("espeak-ng")
    config = tmp_path / "config.yaml"
    text = (desk / "config.yaml").read_text() + SPEAKS
    config.write_text(text.replace("sqlite:///data", f"sqlite:///{desk}/data"))
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(config))
    document = call.json("audio", KEY, "--out", tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav")) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert document["seconds"] == pytest.approx(seconds, abs=0.1)
    assert 60 < seconds < 60 * document["minutes"]
    assert document["url"] == f"https://news.example.com/audio/{KEY}.wav"
    assert document["bytes"] == (tmp_path / "a.wav").stat().st_size
