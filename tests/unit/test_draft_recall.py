"""Equal requests get the answer they got; anything else is asked."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_support import SCHEMA, request

from newsletter.draft.model import Fault, Mode, ModelError, Reply, Request
from newsletter.draft.recall import RecallingModel, key_of


class Memory(dict):
    put = dict.__setitem__


class Counting:
    """Answers with a number that rises, or fails."""

    def __init__(self, name="fake", error=None):
        self.name, self.error, self.asked = name, error, 0

    def complete(self, request, seconds, heard=None):
        self.asked += 1
        if self.error:
            raise self.error
        if heard:
            heard("piece")
        return Reply(f"answer {self.asked}", "fake-1", Mode.SCHEMA, 1, 2, 3.0, attempts=4)


def test_an_equal_request_is_answered_from_memory():
    inner, memory, pieces = Counting(), Memory(), []
    model = RecallingModel(inner, memory)
    first = model.complete(request(), 10)
    again = RecallingModel(inner, memory).complete(request(), 10, pieces.append)
    assert inner.asked == 1
    assert first.kept is False
    assert again == replace(first, kept=True)
    assert pieces == ["answer 1"]
    assert model.name == "fake"


OTHER = {
    "prompt": "plan", "version": 2, "template": "1" * 64, "system": "s", "user": "u",
    "schema_name": "n", "schema": {**SCHEMA, "title": "t"}, "max_tokens": 1, "temperature": 0.1,
    "seed": 0,
}  # fmt: skip


@pytest.mark.parametrize("field", [field.name for field in fields(Request)])
def test_every_field_counts(field):
    inner = Counting()
    model = RecallingModel(inner, Memory())
    model.complete(request(), 10)
    assert model.complete(request(**{field: OTHER[field]}), 10).kept is False
    assert inner.asked == 2


def test_another_model_has_its_own_answers():
    memory = Memory()
    RecallingModel(Counting("one"), memory).complete(request(), 10)
    assert RecallingModel(Counting("two"), memory).complete(request(), 10).kept is False


@pytest.mark.parametrize("fault", list(Fault))
def test_failures_are_never_kept(fault):
    memory = Memory()
    model = RecallingModel(Counting(error=ModelError("No.", fault)), memory)
    for _ in range(2):
        with pytest.raises(ModelError):
            model.complete(request(), 10)
    assert memory == {}


def test_the_time_left_counts_for_nothing():
    model = RecallingModel(Counting(), Memory())
    model.complete(request(), 10)
    assert model.complete(request(), 999).kept


DAMAGED = [b"", b"\xff", b"{}", b"[]", b"7", b'{"schema":"kept-reply/9","reply":{}}',
           b'{"schema":"kept-reply/1","reply":{}}', b'{"schema":"kept-reply/1","reply":7}',
           b'{"schema":"kept-reply/1","reply":{"text":1,"mode":"plain"}}']  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_memory_is_asked_again_and_mended(data):
    memory = Memory({key_of(request(), "fake"): data})
    model = RecallingModel(Counting(), memory)
    assert model.complete(request(), 10).kept is False
    assert model.complete(request(), 10).kept is True


@given(st.text(), st.text(), st.floats(0, 2), st.none() | st.integers())
def test_keys_are_equal_exactly_where_requests_are(system, user, temperature, seed):
    one = request(system=system, user=user, temperature=temperature, seed=seed)
    assert key_of(one, "m") == key_of(replace(one, schema=dict(reversed(SCHEMA.items()))), "m")
    moved = replace(one, system=system + "x", user=user)
    assert len({key_of(one, "m"), key_of(moved, "m"), key_of(one, "n")}) == 3
