"""A run as its watchers are told of it: cut, cleaned, aged, read."""

import datetime as dt
import json

import pytest
from hostile_support import ATTACKS
from progress_support import BEGAN, making

from newsletter.engine import life
from newsletter.underway import (
    BEAT,
    CAP,
    STAGES,
    STALE_AFTER,
    Course,
    line,
    plain,
    readable,
)


def after(seconds):
    return BEGAN + dt.timedelta(seconds=seconds)


def test_only_the_end_of_a_long_text_is_kept_and_all_of_it_is_counted():
    found = making()
    for number in range(5000):
        found = found.said(f"{number:04} words ")
    assert len(found.text) == CAP
    assert found.text.endswith("4999 words ")
    assert found.sent == 5000 * 11


def test_a_follower_gets_what_is_new_and_a_mark_where_something_is_lost():
    found = making().said("one ").said("two")
    assert [found.since(seen) for seen in (0, 4, 7, 9)] == ["one two", "two", "", ""]
    long = found.said("x" * CAP)
    assert long.since(7) == "x" * CAP
    assert long.since(3) == "…" + "x" * CAP


@pytest.mark.parametrize(
    ("state", "silent", "stale"),
    [
        (Course.RUNNING, 0, False),
        (Course.RUNNING, 30, False),
        (Course.RUNNING, 30.001, True),
        (Course.DONE, 86400, False),
        (Course.FAILED, 86400, False),
    ],
)
def test_a_run_that_is_silent_too_long_is_broken_off_unless_it_has_ended(state, silent, stale):
    found = making(state=state)
    assert found.stale(after(silent)) is stale
    assert found.goes_on(after(silent)) is (state is Course.RUNNING and not stale)
    assert (found.to_json(after(silent))["state"] == "stale") is stale


def test_readers_and_the_engine_take_the_same_silence_for_death():
    assert STALE_AFTER.total_seconds() == life.DEAD_AFTER_SECONDS
    assert BEAT * 6 == STALE_AFTER
    assert BEAT.total_seconds() == life.BEAT_SECONDS


def test_how_long_it_took_stands_still_once_it_has_ended_or_fallen_silent():
    ended = making(state=Course.DONE, updated_at=after(12))
    assert ended.seconds(after(500)) == 12
    assert making(updated_at=after(20)).seconds(after(40)) == 40
    assert making(updated_at=after(20)).seconds(after(400)) == 20
    assert making().seconds(after(-5)) == 0  # another machine's clock


def test_each_state_has_its_sentence():
    said = making(stage="collect", message="prices", done=3, total=9)
    assert said.verdict(after(1)) == "collect: prices 3/9"
    assert making().verdict(after(1)) == "It begins"
    assert "No sign of life since 2026-07-02 20:30:00 UTC" in said.verdict(after(60))
    failed = making(state=Course.FAILED, stage="collect", reason="No bars.")
    assert failed.verdict(after(1)) == "It failed at collect. No bars."
    assert making(state=Course.DONE).verdict(after(1)) == "It is done."


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_that_steers_or_hides_is_left_of_a_hostile_text(name):
    found = plain(ATTACKS[name])
    assert all(c.isprintable() or c in "\n\t" for c in found)
    found.encode()  # half a surrogate pair cannot be stored


def test_what_steers_a_terminal_is_gone_and_letters_stay():
    assert plain("a\x1b[31mb\x00\r\nc\u202e\u200bd\xa0é中\ud800") == "a[31mb\ncd é中"
    assert line("  a\n\tb " + "x" * 400) == ("a b " + "x" * 400)[:299] + "…"


REPLY = {
    "headline": 'A "quiet" day\nin town',
    "stance": "neither",
    "bullets": [{"text": "Small caps rose.", "facts": ["IWM.return.1d"]}],
    "verdict": "We wait, <b>still</b>.",
}
PROSE = ['A "quiet" day\nin town', "Small caps rose.", "We wait, <b>still</b>."]


@pytest.mark.parametrize("indent", [None, 1])
def test_of_a_reply_its_sentences_are_read_and_no_keys_and_ids(indent):
    assert readable(json.dumps(REPLY, indent=indent)) == "\n\n".join(PROSE)


def test_every_beginning_of_a_reply_can_be_read():
    whole = json.dumps(REPLY)
    for end in range(len(whole)):
        read = readable(whole[:end]) if end > 1 else ""
        if read and "headline" not in read:
            assert "\n\n".join(PROSE).startswith(read.rstrip("\\")), whole[:end]


def test_a_reply_that_has_lost_its_head_is_read_from_its_next_object():
    whole = json.dumps(REPLY)
    assert readable(whole[whole.index("quiet") :]).split("\n\n") == PROSE[1:]


@pytest.mark.parametrize("text", ["", "Plain words, no JSON.", '"', "{", "}{][", '{"a', '{"\\ud8'])
def test_what_is_no_json_comes_back_or_says_nothing(text):
    assert readable(text) in {text, ""}


def test_every_kind_of_work_ends_as_the_pipeline_does():
    assert STAGES["run"][-3:] == STAGES["revise"]
    assert set(STAGES["draft"]) < set(STAGES["run"])
