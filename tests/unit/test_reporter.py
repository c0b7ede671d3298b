"""What is told of a run: how often, how much, and never at the run's expense."""

import threading

import pytest
from progress_support import Hands, Memo, report, reporter

from newsletter.errors import DataUnavailable
from newsletter.reporter import APART, INTERRUPTED, Reporter, Veil
from newsletter.underway import BEAT, CAP, Course

KEY = "sk-test-0123456789abcdefghijklmnop"


def test_a_stream_of_pieces_is_written_twice_a_second_at_most():
    one, board, hands = report()
    one.turn()
    for _ in range(1000):  # ten seconds of a hundred pieces each
        one.heard("word ")
        one.turn()
        hands.seconds += 0.01
    hands.seconds += APART
    one.turn()
    assert 2 <= len(board.written) <= 1 + 10 / APART + 1
    assert board.last.sent == 5000


def test_a_new_stage_and_the_end_are_written_at_once():
    one, board, _ = report()
    one.turn()
    for stage in ("collect", "compute", "draft"):
        one.stage(stage)
        one.turn()
        assert board.last.stage == stage
    one.told(1, 2, "unhurried")
    one.turn()
    assert board.last.message == ""
    one.end(Course.DONE)
    one.turn()
    assert (board.last.state, board.last.message) == (Course.DONE, "unhurried")
    assert [how for how, _ in board.written] == ["begin", *["tell"] * 4]


def test_a_run_with_nothing_to_tell_gives_a_sign_of_life():
    one, board, hands = report()
    one.turn()
    for _ in range(60):
        hands.seconds += 1
        one.turn()
    assert len(board.written) == 1 + 60 // BEAT.total_seconds()
    assert board.last.updated_at == hands.now()


def test_a_write_that_fails_is_dropped_and_the_next_one_tells_all():
    one, board, hands = report()
    board.broken = OSError("disk full")
    for stage in ("collect", "compute"):
        one.stage(stage)
        one.heard("text")
        one.turn()
    assert board.written == []
    board.broken = None
    one.turn()
    assert board.written == []  # not at once: what breaks is not pressed
    hands.seconds += APART
    one.turn()
    how, found = board.written[0]
    assert (how, found.stage, found.text) == ("begin", "compute", "texttext")


def test_a_run_that_was_overtaken_falls_silent():
    one, board, _ = report()
    one.turn()
    board.overtaken = True
    one.stage("draft")
    one.turn()
    board.overtaken = False
    one.stage("render")
    one.turn()
    assert len(board.written) == 1
    assert not one.due  # its thread would turn without rest


def test_a_long_text_is_capped_and_cleaned_and_replies_are_set_apart():
    one, board, hands = report()
    one.asked("plan")
    one.heard("one\x1b[2J\x00")
    one.asked("brief")
    one.heard("two\u202e")
    hands.seconds += 1
    one.turn()
    assert (board.last.text, board.last.message) == (
        "one[2J\n\ntwo",
        "the model answers “brief”",
    )
    one.heard("x" * 3 * CAP)
    hands.seconds += 1
    one.turn()
    assert len(board.last.text) == CAP


@pytest.mark.parametrize("size", [1, 2, 7, 33, 34, 200])
def test_a_secret_is_never_told_however_it_comes_in_pieces(size):
    one, board, hands = report(secrets=(KEY, "short"))
    text = f"a sk-te b sk-test-01234 {KEY} c {KEY[:9]}\x00{KEY[9:]} d"
    for start in range(0, len(text), size):
        one.heard(text[start : start + size])
        hands.seconds += 1
        one.turn()
    one.told(0, 0, f"key {KEY}")
    one.hand(f"model:{KEY}")
    one.end(Course.FAILED, f"Bad key {KEY}.")
    one.turn()
    for _, found in board.written:
        assert KEY[:20] not in str(found)
    assert board.last.text == "a sk-te b sk-test-01234 [secret] c [secret] d"
    assert board.last.reason == "Bad key [secret]."


def test_what_only_looks_like_the_beginning_of_a_secret_is_told_in_the_end():
    veil = Veil([KEY])
    assert veil.take("see sk-test") == "see "
    assert veil.take("ing") == "sk-testing"
    assert (veil.take("sk"), veil.rest(), veil.rest()) == ("", "sk", "")


def test_a_run_ends_done_or_failed_with_its_sentence():
    board = Memo()
    told = reporter(board)
    with told.making("k", "run"):
        told.stage("collect")
    assert board.last.state is Course.DONE
    for error, sentence in (
        (DataUnavailable("No bars."), "No bars."),
        (KeyError(KEY), "Unexpected KeyError; the terminal or log of the run says more."),
        (KeyboardInterrupt(), INTERRUPTED),
    ):
        with pytest.raises(type(error)), told.making("k", "run"):
            raise error
        assert (board.last.state, board.last.reason) == (Course.FAILED, sentence)


@pytest.mark.parametrize("broken", [OSError("disk full"), RuntimeError("locked"), MemoryError()])
def test_no_failure_of_a_write_reaches_the_run(broken):
    board = Memo()
    board.broken = broken
    told = reporter(board)
    with told.making("k", "run"):
        told.stage("collect")
        told.heard("text")
    assert board.written == []


def test_where_nothing_can_be_told_the_run_goes_on():
    def no_secrets():
        raise PermissionError

    board, hands = Memo(), Hands()
    told = Reporter(lambda: board, hands.now, hands.clock, lambda: "a", no_secrets)
    with told.making("k", "run"):
        told.stage("collect")
    assert board.written == []


def test_a_board_that_hangs_does_not_hold_the_run_up():
    gate, entered = threading.Event(), threading.Event()

    class Hanging(Memo):
        def begin(self, one):
            entered.set()
            gate.wait(60)

    told = reporter(Hanging())
    with told.making("k", "run"):
        assert entered.wait(60)
        for _ in range(1000):
            told.heard("text")  # returns although the write has not
        gate.set()


def test_a_part_of_a_run_is_told_within_it_and_alone_it_is_a_run():
    board = Memo()
    told = reporter(board)
    with told.making("k", "run"):
        told.stage("draft")
        with told.making("k", "draft"):
            told.hand("house")
        told.stage("render")
    assert {(one.run, one.work) for _, one in board.written} == {("a", "run")}
    assert board.last.stage == "render"
    with told.making("k", "draft"):
        pass
    assert (board.last.work, board.last.stage, board.last.state) == ("draft", "draft", "done")


def test_without_a_run_nothing_is_told():
    board = Memo()
    told = reporter(board)
    told.stage("draft")
    told.told(1, 2, "x")
    told.heard("x")
    told.asked("x")
    told.hand("x")
    told.interrupted()
    assert board.written == []


def test_two_runs_of_one_process_are_told_apart():
    board, both = Memo(), threading.Barrier(2)
    told = reporter(board, Hands())

    def make(key):
        with told.making(key, "run"):
            both.wait(60)
            told.heard(key)
            told.stage(key)
            both.wait(60)

    threads = [threading.Thread(target=make, args=(key,)) for key in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    last = {one.edition: one for _, one in board.written}
    assert {(one.edition, one.stage, one.text) for one in last.values()} == {
        ("one", "one", "one"),
        ("two", "two", "two"),
    }


def test_a_thread_of_a_provider_works_for_the_only_run_there_is():
    board = Memo()
    told = reporter(board)
    with told.making("k", "run"):
        other = threading.Thread(target=told.told, args=(1, 9, "prices"))
        other.start()
        other.join(60)
    assert (board.last.message, board.last.done, board.last.total) == ("prices", 1, 9)


def test_a_stage_is_told_when_its_work_begins_and_keeps_its_name():
    board, names = Memo(), []
    told = reporter(board)

    def step(function, *given):
        names.append(function.__name__)
        return function(*given)

    def finished_before(function, *given):
        return 5

    def collect(number):
        return number + 1

    with told.making("k", "run"):
        assert told.staged(step)(collect, 1) == 2
        assert told.staged(finished_before)(collect, 1) == 5
    assert names == ["collect"]
    assert board.last.stage == "collect"
