"""The transcript: it says everything, comes back as it went, and has one form."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_support import request

from newsletter.draft.model import Fault, Mode, ModelError, Reply
from newsletter.draft.transcript import Exchange, Transcript, plain_decimal
from newsletter.errors import DraftError

AT = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
REPLY = Reply('{"a":1}', "fake-1", Mode.SCHEMA, 120, 30, 1.25, attempts=2)
ANSWERED = Exchange.answered(request(), "fake", REPLY, Decimal("0.00081000"), AT)
FAILED = Exchange.failed(request(), "fake", ModelError("No.", Fault.TIMEOUT), Decimal(0), AT, 30.0)

texts = st.text(max_size=40)
counts = st.integers(0, 10**9)
seconds = st.floats(0, 10**6)
replies = st.builds(
    Reply, texts, texts, st.sampled_from(Mode), counts, counts, seconds, counts, st.booleans()
)
schemas = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=8,
).map(lambda value: {"type": value})
requests = st.builds(
    request,
    prompt=texts,
    system=texts,
    user=texts,
    schema=schemas,
    max_tokens=counts,
    temperature=st.floats(0, 2),
    seed=st.none() | st.integers(),
)
instants = st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-5))]))
costs = st.decimals(0, 1000, allow_nan=False, places=8)
exchanges = st.one_of(
    st.builds(Exchange.answered, requests, texts, replies, costs, instants),
    st.builds(
        Exchange.failed,
        requests,
        texts,
        st.builds(ModelError, texts, st.sampled_from(Fault)),
        costs,
        instants,
        seconds,
    ),
)


@given(st.lists(exchanges, max_size=3).map(lambda found: Transcript(tuple(found))))
def test_a_transcript_comes_back_as_it_went(transcript):
    data = transcript.to_bytes()
    again = Transcript.from_bytes(data)
    assert again == transcript
    assert again.to_bytes() == data
    assert again.sha256 == transcript.sha256


def test_it_holds_everything_an_audit_asks_for():
    data = json.loads(Transcript((ANSWERED, FAILED)).to_bytes())
    assert data["schema"] == "transcript/1"
    answered, failed = data["exchanges"]
    assert set(answered["request"]) == {
        "prompt", "version", "template", "system", "user", "schema_name", "schema",
        "max_tokens", "temperature", "seed",
    }  # fmt: skip
    assert answered["reply"] == {
        "text": '{"a":1}', "model": "fake-1", "mode": "json_schema", "tokens_in": 120,
        "tokens_out": 30, "seconds": 1.25, "attempts": 2, "kept": False,
    }  # fmt: skip
    assert (answered["cost"], answered["seconds"]) == ("0.00081", 1.25)
    assert (failed["fault"], failed["problem"], failed["reply"]) == ("timeout", "No.", None)
    assert failed["at"] == "2026-07-02T21:30:00+00:00"


def test_sums_leave_out_what_was_free():
    kept = Reply("x", "fake-1", Mode.PLAIN, 7, 7, 0.1, kept=True)
    free = Exchange.answered(request(), "fake", kept, Decimal(0), AT)
    transcript = Transcript().plus(ANSWERED).plus(FAILED).plus(free)
    assert (transcript.tokens, transcript.cost) == (150, Decimal("0.00081"))


def test_half_a_surrogate_does_not_stop_the_audit():
    reply = Reply("a\ud800b", "fake", Mode.PLAIN, 1, 1, 0.1)
    transcript = Transcript((Exchange.answered(request(), "fake", reply, Decimal(0), AT),))
    assert Transcript.from_bytes(transcript.to_bytes()) == transcript


def test_one_value_has_one_decimal():
    assert [plain_decimal(Decimal(text)) for text in ("0.10", "1E+3", "1E-8", "0E-9", "5")] == [
        "0.1", "1000", "0.00000001", "0", "5",
    ]  # fmt: skip


def test_an_exchange_is_a_reply_or_a_fault_at_an_aware_instant():
    with pytest.raises(DraftError, match="either"):
        Exchange(request(), "fake", AT, 1.0, "0")
    with pytest.raises(DraftError, match="either"):
        Exchange(request(), "fake", AT, 1.0, "0", reply=REPLY, fault=Fault.REFUSED)
    with pytest.raises(DraftError, match="aware"):
        Exchange(request(), "fake", AT.replace(tzinfo=None), 1.0, "0", reply=REPLY)


def damaged(change):
    data = json.loads(Transcript((ANSWERED,)).to_bytes())
    change(data, data["exchanges"][0])
    return json.dumps(data).encode()


DAMAGES = {
    "schema": lambda data, one: data.update(schema="transcript/9"),
    "key": lambda data, one: data.update(more=1),
    "exchange key": lambda data, one: one.update(more=1),
    "missing": lambda data, one: one.pop("at"),
    "instant": lambda data, one: one.update(at="yesterday"),
    "cost": lambda data, one: one.update(cost="dear"),
    "mode": lambda data, one: one["reply"].update(mode="shout"),
    "tokens": lambda data, one: one["reply"].update(tokens_in=-1),
    "text": lambda data, one: one["reply"].update(text=None),
    "request": lambda data, one: one.update(request=[1]),
    "exchange": lambda data, one: data.update(exchanges=[7]),
    "no list": lambda data, one: data.update(exchanges=None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_transcript_is_told(damage):
    with pytest.raises(DraftError, match="transcript"):
        Transcript.from_bytes(damaged(DAMAGES[damage]))


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"\xff", b"null"])
def test_bytes_that_are_no_document_are_told(data):
    with pytest.raises(DraftError, match="transcript"):
        Transcript.from_bytes(data)
