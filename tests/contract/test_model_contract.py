"""The door to language models, by the real SDK and real HTTP, against a service at home."""

import json
import socket

import pytest
from llm_support import (
    GOOD,
    SCHEMA,
    Answer,
    dropping,
    failing,
    request,
    too_many,
    well,
)
from model_asked import KEY, Asked

from newsletter.draft.llm.compatible import CompatibleModel
from newsletter.draft.model import Fault, Mode, ModelError

ALL = ["responses", "json_schema", "json_object", "plain"]


# What is asked, mode by mode


def test_a_reply_is_whole_and_says_how_it_came():
    with Asked() as asked:
        reply = asked.complete()
    assert (reply.text, reply.model, reply.mode) == (GOOD, "fake-1", Mode.RESPONSES)
    assert (reply.tokens_in, reply.tokens_out, reply.attempts) == (120, 30, 1)
    assert reply.kept is False
    assert reply.seconds > 0
    assert "".join(asked.pieces) == GOOD
    assert len(asked.pieces) > 1


def test_the_responses_route_is_asked_strictly_and_to_forget():
    with Asked() as asked:
        asked.complete()
        (body,), (seen,) = asked.bodies, asked.service.requests
    form = {"type": "json_schema", "name": "brief", "strict": True, "schema": SCHEMA}
    assert body == {
        "model": "fake",
        "temperature": 0.7,
        "stream": True,
        "max_output_tokens": 500,
        "text": {"format": form},
        "store": False,
        "instructions": "You write.",
        "input": "Write of chips.",
    }
    assert seen.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_pinned_mode_is_kept(mode):
    with Asked(model={"mode": mode}) as asked:
        reply = asked.complete(seed=7)
        assert (reply.text, reply.mode, asked.modes) == (GOOD, mode, [mode.value])
        body = asked.bodies[0]
    if mode is not Mode.RESPONSES:
        system, user = (message["content"] for message in body["messages"])
        assert user == "Write of chips."
        assert ('"additionalProperties":false' in system) is (mode is not Mode.SCHEMA)
        assert (body["max_tokens"], body["seed"]) == (500, 7)


def test_a_pinned_mode_that_is_refused_is_not_left():
    with Asked(model={"mode": Mode.SCHEMA}, schema=False, bare=False) as asked:
        error = asked.fault()
        assert set(asked.modes) == {"json_schema"}
    assert error.fault is Fault.UNAVAILABLE
    assert "answered 500" in str(error)


# Stepping down

ABILITIES = {
    "no responses route": ({"responses": False}, ["responses", "json_schema"]),
    "llama.cpp": ({"responses": False, "schema": False}, ALL[:3]),
    "nothing but text": ({"schema": False, "object_mode": False}, [*ALL[:3], ALL[2], ALL[3]]),
    "no schema beside json_object": (
        {"schema": False, "nested_schema": False},
        [*ALL[:3], "json_object"],
    ),
}


@pytest.mark.parametrize("ability", ABILITIES)
def test_the_ladder_is_gone_down_once_and_remembered(ability):
    service, path = ABILITIES[ability]
    with Asked(**service) as asked:
        reply = asked.complete()
        assert asked.modes == path
        assert (reply.text, reply.mode.value, reply.attempts) == (GOOD, path[-1], len(path))
        assert asked.pauses == []
        assert asked.complete().attempts == 1
        assert asked.modes == [*path, path[-1]]


def test_a_bare_500_is_tried_again_and_then_asked_otherwise():
    with Asked(schema=False, bare=True, model={"retries": 1}) as asked:
        assert asked.complete().mode is Mode.OBJECT
        assert asked.modes == ["responses", "responses", "json_schema", "json_object"]
        assert asked.pauses == [1.0]


def test_an_outage_lowers_no_mode():
    with Asked([failing(503)] * 4 + [well()], model={"retries": 3}) as asked:
        assert asked.fault().fault is Fault.UNAVAILABLE
        assert asked.complete().mode is Mode.RESPONSES
        assert set(asked.modes) == {"responses"}


def test_a_page_instead_of_a_route_is_no_responses_route():
    def script(seen):
        return Answer(raw=b"<html>Welcome</html>") if seen.mode == "responses" else Answer()

    with Asked(script) as asked:
        assert asked.complete().mode is Mode.SCHEMA


# What services reject

HABITS = {
    "temperature": ({"rejects": frozenset({"temperature"})}, "temperature"),
    "seed": ({"rejects": frozenset({"seed"}), "responses": False}, "seed"),
    "stream_options": (
        {"rejects": frozenset({"stream_options"}), "responses": False},
        "stream_options",
    ),
    "store": ({"rejects": frozenset({"store"})}, "store"),
    "max_tokens": ({"rejects": frozenset({"max_tokens"}), "responses": False}, "max_tokens"),
    "stream": ({"stream": False, "streams_anyway": False}, "stream"),
    "instructions": ({"system_role": False}, "instructions"),
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_a_service_rejects_is_left_out_once_and_remembered(habit):
    service, parameter = HABITS[habit]
    with Asked(**service) as asked:
        assert asked.complete(seed=7).text == GOOD
        first = len(asked.bodies)
        assert asked.complete(seed=7).attempts == 1
        assert len(asked.bodies) == first + 1
        assert parameter in asked.bodies[-2 if first == 1 else first - 2]
        assert parameter not in asked.bodies[-1]


def test_a_reasoning_model_is_given_its_own_name_for_the_limit():
    rejects = frozenset({"temperature", "max_tokens"})
    with Asked(rejects=rejects, responses=False) as asked:
        asked.complete()
        assert asked.bodies[-1]["max_completion_tokens"] == 500
        assert not rejects & set(asked.bodies[-1])


def test_without_a_system_role_the_user_half_holds_both():
    with Asked(system_role=False, responses=False) as asked:
        asked.complete()
        (message,) = asked.bodies[-1]["messages"]
    assert message == {"role": "user", "content": "You write.\n\nWrite of chips."}


@pytest.mark.parametrize("route", [True, False])
def test_a_service_that_streams_nothing_answers_in_one_piece(route):
    with Asked(stream=False, responses=route) as asked:
        assert asked.complete().text == GOOD
        assert asked.pieces == [GOOD]


def test_tokens_nobody_counted_are_estimated_upwards():
    with Asked([well("x" * 10, counted=False)], model={"mode": Mode.PLAIN}) as asked:
        reply = asked.complete()
    assert reply.tokens_out == 4
    assert reply.tokens_in * 3 >= len("You write.Write of chips.") + len(json.dumps(SCHEMA)) - 20


# Trying again


def test_retry_after_is_honoured_and_jitter_comes_on_top():
    with Asked([too_many("7"), too_many(None), well()]) as asked:
        assert asked.complete().attempts == 3
        assert asked.pauses == [8.0, 2.0]


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry-after-ms": "1500"}, 2.5),
        (
            {
                "Date": "Thu, 02 Jul 2026 20:00:00 GMT",
                "Retry-After": "Thu, 02 Jul 2026 20:00:09 GMT",
            },
            10.0,
        ),
        ({"Retry-After": "soon"}, 1.0),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers, pause):
    with Asked([failing(429, headers=headers), well()]) as asked:
        asked.complete()
        assert asked.pauses == [pause]


def test_no_pause_goes_beyond_the_time_left():
    with Asked([too_many("3600"), well()]) as asked:
        error = asked.fault(seconds=20)
        assert asked.pauses == []
    assert "no time to ask again" in str(error)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 529])
def test_a_passing_failure_is_tried_again(status):
    with Asked([failing(status), well()]) as asked:
        assert asked.complete().attempts == 2
        assert asked.pauses == [1.0]


def test_pauses_double_with_full_jitter_up_to_a_limit():
    with Asked([failing(503)], model={"retries": 7, "jitter": lambda: 0.5}) as asked:
        error = asked.fault(seconds=3000)
        assert asked.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    assert error.fault is Fault.UNAVAILABLE


@pytest.mark.parametrize("answer", [dropping(2), dropping(0), well(error_in_stream="boom")])
@pytest.mark.parametrize("responses", [True, False])
def test_a_stream_that_breaks_is_tried_again_whole(answer, responses):
    with Asked([answer, well()], responses=responses) as asked:
        reply = asked.complete()
        assert reply.text == GOOD
        assert asked.pauses == [1.0]


def test_a_stream_that_keeps_breaking_is_unavailable():
    with Asked([dropping(1)], model={"retries": 1}) as asked:
        assert asked.fault().fault is Fault.UNAVAILABLE


def test_a_stream_without_an_end_is_asked_again_in_one_piece():
    with Asked([well(finish="")], responses=False) as asked:
        assert asked.complete().text == GOOD
        assert "stream" not in asked.bodies[-1]


def test_nobody_there_is_tried_again_and_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        pauses = []
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        model = CompatibleModel("fake", url, retries=2, sleep=pauses.append, jitter=lambda: 1.0)
        with pytest.raises(ModelError, match="cannot be reached") as caught:
            model.complete(request(), 30)
    assert (caught.value.fault, pauses) == (Fault.UNAVAILABLE, [1.0, 2.0])
