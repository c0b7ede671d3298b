"""The key goes to the service and nowhere else; prompts go to no unsafe address."""

import logging
import pickle
import traceback

import pytest
from llm_support import Answer, FakeService, failing, request, well

from newsletter.draft.llm import OPENAI, open_model
from newsletter.draft.llm.compatible import CompatibleModel
from newsletter.draft.model import Mode, ModelError
from newsletter.errors import ConfigError
from newsletter.hand import Model

KEY = "sk-test-0123456789abcdefghijklmnop"


def everything(error):
    """Return all the words an error and its causes could be printed with."""
    words = []
    while error is not None:
        words += [str(error), repr(error), repr(error.args), repr(vars(error))]
        words += traceback.format_exception(error)
        frames = traceback.walk_tb(error.__traceback__)
        words += [repr(value) for frame, _ in frames for value in frame.f_locals.values()
                  if "newsletter" in frame.f_code.co_filename]  # fmt: skip
        error = error.__context__ or error.__cause__
    return "\n".join(words)


ECHOES = {
    "401": failing(401, f"Incorrect API key provided: {KEY}."),
    "403": failing(403, f"{KEY} may not."),
    "400": failing(400, f"Odd header {KEY}"),
    "a part of it": failing(418, f"Odd header {KEY[:5]}...{KEY[-7:]}"),
    "500": failing(500, f"Crashed on {KEY}"),
    "429": failing(429, f"Too many by {KEY}"),
    "in a stream": well(error_in_stream=f"key {KEY}"),
    "no reply": Answer(raw=f"<html>{KEY}".encode()),
    "dropped": Answer(drop_after=1),
    "late": Answer(silence=1.0),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_the_key_shows_nowhere(echo, caplog, monkeypatch):
    monkeypatch.setenv("OPENAI_LOG", "debug")
    with caplog.at_level(logging.DEBUG), FakeService([ECHOES[echo]]) as service:
        for name in ("openai", "httpx2", "httpcore2"):
            caplog.set_level(logging.DEBUG, logger=name)
        model = CompatibleModel("fake", service.base_url, KEY, retries=1, sleep=lambda _: None)
        with pytest.raises(ModelError) as caught:
            model.complete(request(), 0.5 if echo == "late" else 30)
        assert any(KEY in seen.headers["authorization"] for seen in service.requests)
    shown = "\n".join((repr(model), str(model), repr(vars(model)), caplog.text))
    shown += everything(caught.value)
    assert KEY not in shown
    assert KEY[-7:] not in shown


def test_what_others_left_in_the_environment_is_not_sent(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "left-behind")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with FakeService() as service:
        CompatibleModel("fake", service.base_url).complete(request(), 30)
        (seen,) = service.requests
    assert "left-behind" not in str(seen)
    assert seen.headers["authorization"] == "Bearer none-needed"


def test_a_word_for_a_key_does_not_hide_what_a_service_cannot_do():
    """Services at home are often given their own name as key."""
    with FakeService(schema=False, responses=False) as service:
        model = CompatibleModel("fake", service.base_url, "response_format")
        assert model.complete(request(), 30).mode is Mode.OBJECT
    with FakeService([failing(418, "ollama needs EMPTY cups")]) as service:
        model = CompatibleModel("fake", service.base_url, "EMPTY", retries=0)
        with pytest.raises(ModelError, match="ollama needs cups"):
            model.complete(request(), 30)


def test_an_error_survives_pickling_with_its_fault():
    with FakeService([failing(401)]) as service, pytest.raises(ModelError) as caught:
        CompatibleModel("fake", service.base_url, KEY).complete(request(), 30)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.fault) == (str(caught.value), caught.value.fault)


SAFE = [
    "https://models.example/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1",
    "http://[::1]:80/v1", "http://127.3.2.1/", "HTTPS://Models.Example",
]  # fmt: skip
UNSAFE = [
    "http://models.example/v1", "http://192.168.1.5/v1", "http://127.0.0.1.evil.example/v1",
    "http://localhost.evil.example", "http://evil.example\\@127.0.0.1/v1", "ftp://127.0.0.1/",
    "https://me:secret@models.example/v1", "https://models.example/v1?key=secret",
    "https://models.example/#x", "models.example/v1", "", "http://", "file:///etc/passwd",
    "http://user@127.0.0.1/v1", "http://0.0.0.0/v1",
]  # fmt: skip


@pytest.mark.parametrize("address", SAFE)
def test_a_safe_address_is_taken(address):
    assert "key" not in repr(CompatibleModel("fake", address, KEY)).lower()
    assert Model(base_url=address).base_url == address


@pytest.mark.parametrize("address", UNSAFE)
def test_an_unsafe_address_is_refused_in_one_sentence(address):
    with pytest.raises(ConfigError) as caught:
        CompatibleModel("fake", address, KEY)
    assert str(caught.value).startswith("model.base_url must")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", [None, "", "two words", "line\nend", "ключ", "\x00"])
def test_an_unusable_key_is_refused_without_being_repeated(key):
    with pytest.raises(ConfigError, match="NEWSLETTER_MODEL_KEY") as caught:
        CompatibleModel("fake", "https://models.example/v1", key)
    assert not key or key not in str(caught.value)


def test_settings_open_a_model():
    settings = Model(writer="model", name="fake", mode="plain", retries=0)
    model = open_model(settings, KEY)
    assert model.name == "fake"
    assert OPENAI in repr(model)
    with FakeService([well("hello")]) as service:
        settings = Model(writer="model", name="fake", mode="plain", base_url=service.base_url)
        assert open_model(settings, None).complete(request(), 30).mode is Mode.PLAIN
