"""What a service does wrong, and how soon and how plainly the door says so."""

import json
import threading
import time

import pytest
from llm_support import (
    EMPTY,
    GOOD,
    MALFORMED,
    WRONG_SCHEMA,
    Answer,
    FakeService,
    failing,
    huge,
    refusing,
    request,
    slowly,
    truncated,
    well,
)
from model_asked import Asked

from newsletter.draft.llm.compatible import CompatibleModel
from newsletter.draft.model import Fault, Mode, ModelError


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Import the SDK once, so that short deadlines below measure the service."""
    with FakeService() as service:
        CompatibleModel("fake", service.base_url).complete(request(), 60)


# Faults

FAULTS = {
    "401": (failing(401), Fault.UNAUTHORISED, "NEWSLETTER_MODEL_KEY"),
    "403": (failing(403), Fault.UNAUTHORISED, "refuses the key"),
    "refusal": (refusing(), Fault.REFUSED, "declined"),
    "filter of the reply": (well(finish="content_filter"), Fault.REFUSED, "declined"),
    "filter of the prompt": (failing(400, code="content_filter"), Fault.REFUSED, "filter"),
    "cut off": (truncated(), Fault.TRUNCATED, "raise model.max_tokens"),
    "empty": (EMPTY, Fault.MALFORMED, "answered nothing"),
    "blank": (well(" \n "), Fault.MALFORMED, "answered nothing"),
    "huge": (huge(), Fault.MALFORMED, "far longer"),
    "no model": (failing(404, "No such model.", code="model_not_found"), Fault.UNAVAILABLE, "404"),
    "no money": (failing(429, code="insufficient_quota"), Fault.UNAVAILABLE, "429"),
    "too long": (failing(400, code="context_length_exceeded"), Fault.UNAVAILABLE, "400"),
}


@pytest.mark.parametrize("responses", [True, False])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_at_once_in_one_sentence(name, stream, responses):
    answer, fault, words = FAULTS[name]
    with Asked([answer], responses=responses, stream=stream) as asked:
        error = asked.fault()
        assert len(asked.modes) == (1 if responses else 2)
        assert asked.pauses == []
    assert error.fault is fault
    assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("answer", [MALFORMED, WRONG_SCHEMA])
def test_the_text_itself_is_not_judged_here(answer):
    with Asked([answer]) as asked:
        assert asked.complete().text == answer.text


NO_REPLIES = [
    b"<html>", b"", b"[]", b"null", b'{"choices":[]}', b"[" * 100_000, b"\xff\xfe", b'"x"',
    b'{"choices":[{"message":7}]}', b'{"status":"completed","output":"x"}',
]  # fmt: skip


@pytest.mark.parametrize("raw", NO_REPLIES)
def test_a_body_that_is_no_reply_is_malformed(raw):
    with Asked([Answer(raw=raw)]) as asked:
        assert asked.fault().fault is Fault.MALFORMED


def test_hostile_values_in_a_reply_do_no_harm():
    document = {
        "model": "evil\x1b[31m\n" * 100,
        "choices": [{"message": {"content": "a\ud800b"}, "finish_reason": 3}],
        "usage": {"prompt_tokens": -5, "completion_tokens": True},
    }
    raw = json.dumps(document).encode()
    with Asked([Answer(raw=raw)], model={"mode": Mode.PLAIN}) as asked:
        reply = asked.complete()
    assert reply.text == "a?b"
    assert reply.model.isprintable()
    assert len(reply.model) <= 200
    assert min(reply.tokens_in, reply.tokens_out) > 0


def test_a_redirect_is_not_followed():
    answer = failing(307, headers={"Location": "https://elsewhere.example/v1/responses"})
    with Asked([answer], model={"mode": Mode.RESPONSES}) as asked:
        assert "answered 307" in str(asked.fault())
        assert len(asked.modes) == 1


# Time

SLOW = {
    "nothing": Answer(silence=1.5),
    "a byte at a time": Answer(trickle=0.02),
    "a head without end": Answer(trickle=0.02, trickle_from="head", raw=b"{}"),
    "pieces without end": slowly(0.1, "x" * 400, pieces=200),
    "one body, byte by byte": Answer(trickle=0.02, raw=b"{" * 500),
}


@pytest.mark.parametrize("answer", SLOW)
def test_the_time_given_is_kept_however_slowly_bytes_come(answer):
    with Asked([SLOW[answer]]) as asked:
        started = time.monotonic()
        error = asked.fault(seconds=0.3)
        taken = time.monotonic() - started
    assert error.fault is Fault.TIMEOUT
    assert taken < 1.2


def test_a_silent_service_is_tried_again_and_then_times_out():
    with Asked([Answer(silence=0.6)], model={"timeout": 0.15, "retries": 1}) as asked:
        error = asked.fault()
        assert (error.fault, len(asked.modes)) == (Fault.TIMEOUT, 2)


def test_a_slow_service_that_ends_in_time_is_heard():
    with Asked([slowly(0.02)]) as asked:
        assert asked.complete().text == GOOD


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ModelError("stop", Fault.CANCELLED)])
def test_a_listener_cancels_and_the_connection_is_closed(error):
    def stop(piece):
        raise error

    with Asked([slowly(0.02, "x" * 400, pieces=100)]) as asked:
        with pytest.raises(type(error)) as caught:
            asked.model.complete(request(), 30, stop)
        until = time.monotonic() + 60
        while not asked.service.broken_pipes and time.monotonic() < until:
            time.sleep(0.02)
        assert asked.service.broken_pipes == 1
        assert len(asked.modes) == 1
    assert caught.value is error


def test_nothing_is_left_running():
    before = threading.active_count()
    with Asked([slowly(0.01)]) as asked:
        asked.complete()
        asked.fault(seconds=0.02)
    until = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before
