"""What every engine promises, and what only the durable one can: to survive ``kill -9``."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import engine_support
import pytest
import sqlalchemy as sa
from engine_support import Effects, flows, sqlite_url
from lengths import some

from newsletter.engine import DurableEngine, PlainEngine
from newsletter.errors import (
    ConfigError,
    DataUnavailable,
    ReviewError,
    SendError,
    SendRefused,
    UnknownSlot,
)
from newsletter.send.addresses import AddressError


@contextlib.contextmanager
def plain(folder, made):
    yield PlainEngine(made)


@contextlib.contextmanager
def durable(folder, made):
    with DurableEngine(sqlite_url(folder), made) as engine:
        yield engine


ENGINES = {"plain": plain, "durable": durable}


@pytest.fixture(params=ENGINES)
def opened(request, tmp_path):
    return lambda made: ENGINES[request.param](tmp_path, made)


def test_steps_run_in_order_with_their_arguments_and_the_result_comes_back(opened, tmp_path):
    effects = Effects(tmp_path / "effects")

    def flow(step, first, second):
        one = step(lambda text, number: effects.note(text * number), first, second)
        two = step(lambda text: effects.note(text + "!"), one)
        return {"one": one, "two": [two, None, 1.5]}

    with opened({"flow": flow}) as engine:
        assert engine.run("flow", "id", "ab", 2) == {"one": "abab", "two": ["abab!", None, 1.5]}
    assert effects.names() == ["abab", "abab!"]


def test_several_flows_are_told_apart_by_name(opened):
    made = {"one": lambda step: step(lambda: 1), "two": lambda step: step(lambda: 2)}
    with opened(made) as engine:
        assert engine.run("two", "a") == 2
        assert engine.run("one", "b") == 1


@pytest.mark.parametrize(
    ("error", "attributes"),
    [
        (SendError("Mailbox full.", permanent=False, code=452), {"permanent": False, "code": 452}),
        (AddressError("The address needs a name."), {"permanent": True, "code": None}),
        (UnknownSlot("SPY.return.2d"), {"slot": "SPY.return.2d"}),
        (DataUnavailable("No bars for 2026-07-02."), {"exit_code": 3}),
        (SendRefused("Not approved."), {"exit_code": 1}),
        (ReviewError("Not now – “so”."), {"exit_code": 1}),
        (ConfigError("No such key."), {"exit_code": 2}),
        (ValueError("odd", 7), {"args": ("odd", 7)}),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("where", ["step", "flow"])
def test_an_error_comes_through_with_type_message_and_attributes(opened, where, error, attributes):
    def fail():
        raise error

    made = {"flow": lambda step: step(fail) if where == "step" else fail()}
    with opened(made) as engine, pytest.raises(type(error)) as caught:
        engine.run("flow", "id")
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    for name, value in attributes.items():
        assert getattr(caught.value, name) == value


def test_a_flow_can_mend_the_error_of_a_step(opened):
    def fail():
        raise SendError("later", permanent=False, code=451)

    def flow(step):
        try:
            step(fail)
        except SendError as error:
            return step(str, error.code)

    with opened({"flow": flow}) as engine:
        assert engine.run("flow", "id") == "451"


def test_a_failed_step_is_tried_again_and_those_before_it_stand(tmp_path):
    effects, broken = Effects(tmp_path / "effects"), [True]

    def second(one):
        if broken:
            raise DataUnavailable("nothing there")
        return effects.note(one + "!")

    def flow(step, word):
        one = step(effects.note, word)
        return step(effects.note, step(second, one))

    with durable(tmp_path, {"flow": flow, "other": flow}) as engine:
        assert not engine.retry("flow", "key")  # nothing is known of it
        first = engine.next_id("flow", "key", "an order", again=False)
        with pytest.raises(DataUnavailable):
            engine.run("flow", first, "made")
        with pytest.raises(DataUnavailable, match="nothing there"):
            engine.retry("flow", "key")  # it fails again, and says so
        broken.clear()
        assert not engine.retry("other", "key")
        assert not engine.retry("flow", "ke")
        assert engine.retry("flow", "key")
        assert effects.names() == ["made", "made!", "made!"]  # the first one was made once
        assert not engine.retry("flow", "key")  # it has ended well
        assert engine.next_id("flow", "key", "an order", again=False).endswith(":3")


def test_what_failed_outside_a_step_is_tried_again_behind_the_last_one(tmp_path):
    effects, broken = Effects(tmp_path / "effects"), [True]

    def flow(step):
        one = step(effects.note, "one")
        if broken:
            raise ReviewError("not now")
        return step(effects.note, one + "two")

    with durable(tmp_path, {"flow": flow}) as engine:
        with pytest.raises(ReviewError):
            engine.run("flow", "flow:key:mark:1")
        broken.clear()
        assert engine.retry("flow", "key")
    assert effects.names() == ["one", "onetwo"]


def test_steps_after_a_failed_one_are_not_run(opened, tmp_path):
    effects = Effects(tmp_path / "effects")

    def fail():
        raise DataUnavailable("nothing there")

    def flow(step):
        step(lambda: effects.note("before"))
        step(fail)
        step(lambda: effects.note("after"))

    with opened({"flow": flow}) as engine, pytest.raises(DataUnavailable):
        engine.run("flow", "id")
    assert effects.names() == ["before"]


def test_a_new_id_runs_anew(opened, tmp_path):
    effects = Effects(tmp_path / "effects")
    with opened(flows(effects)) as engine:
        assert engine.run("counting", "first", 3, 0) == 3
        assert engine.run("counting", "second", 3, 0) == 3
    assert effects.names() == ["0", "1", "2"] * 2


def test_an_unknown_id_has_not_finished(opened):
    with opened({}) as engine:
        assert engine.finished("never") is None


# -- the durable engine -----------------------------------------------------------------


def test_a_finished_run_answers_again_and_does_nothing_again(tmp_path):
    effects = Effects(tmp_path / "effects")
    for _ in range(2):  # the second time in a new engine, as after a restart
        with durable(tmp_path, flows(effects)) as engine:
            for _ in range(2):
                assert engine.run("counting", "id", 4, 0) == 6
            assert engine.finished("id") is True
    assert effects.names() == ["0", "1", "2", "3"]


def test_after_an_error_the_same_id_tells_it_again_and_a_new_id_runs_again(tmp_path):
    effects = Effects(tmp_path / "effects")

    def flow(step):
        step(lambda: effects.note("tried"))
        raise SendError("The relay is away.", permanent=False, code=421)

    for _ in range(2):
        with durable(tmp_path, {"flow": flow}) as engine:
            with pytest.raises(SendError, match="relay is away") as caught:
                engine.run("flow", "id:1")
            assert caught.value.code == 421
            assert engine.finished("id:1") is False
    assert effects.names() == ["tried"]
    with durable(tmp_path, {"flow": lambda step: step(effects.note, "mended")}) as engine:
        assert engine.finished("id:2") is None
        assert engine.run("flow", "id:2") == "mended"
        assert engine.finished("id:2") is True


def test_an_error_that_cannot_be_recorded_is_told_in_words(tmp_path):
    class Awkward(Exception):
        def __init__(self, host, handle):
            super().__init__(f"{host} hung up")
            self.handle = handle

    def fail():
        raise Awkward("mail.example.com", threading.Lock())

    made = {"step": lambda step: step(fail), "flow": lambda step: fail()}
    with durable(tmp_path, made) as engine:
        for name in made:
            for _ in range(2):
                with pytest.raises(RuntimeError, match=r"^Awkward: mail\.example\.com hung up$"):
                    engine.run(name, name)


def test_a_run_asked_for_by_two_threads_is_done_once(tmp_path):
    effects, answers = Effects(tmp_path / "effects"), []
    with durable(tmp_path, flows(effects)) as engine:
        threads = [
            threading.Thread(target=lambda: answers.append(engine.run("counting", "id", 5, 0.02)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert answers == [10, 10, 10]
    assert effects.names() == ["0", "1", "2", "3", "4"]


def worker(url, effects, flow, id, *args):
    program = [sys.executable, engine_support.__file__, url, str(effects.file), flow, id]
    return subprocess.Popen(
        program + [json.dumps(each) for each in args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(engine_support.__file__).parent,
    )


def answer(process, seconds=60):
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(1, *range(1, 20)))
def test_killed_again_and_again_a_run_ends_with_every_effect_and_none_again_once_finished(
    tmp_path, seed
):
    chance, steps, kills = random.Random(seed), 60, 4
    url, effects = sqlite_url(tmp_path), Effects(tmp_path / "effects")
    for number in range(kills):
        process = worker(url, effects, "counting", "id", steps, 0.02)
        if chance.random() < 0.2:  # while it is still coming up
            time.sleep(chance.uniform(0.3, 1.2))
        else:
            effects.wait_for(len(effects.lines()) + chance.randint(1, 6))
            time.sleep(chance.uniform(0, 0.03))
        assert process.poll() is None, f"finished before kill {number}"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    assert answer(worker(url, effects, "counting", "id", steps, 0.02)) == sum(range(steps))

    done = [(process, int(name)) for process, name in effects.lines()]
    names = [name for _, name in done]
    assert set(names) == set(range(steps)), "an effect is missing"
    assert len(names) <= steps + kills
    for (one, before), (other, after) in pairwise(done):
        if one == other:
            assert after == before + 1, "a process went back or skipped a step"
        else:  # only the step in flight at the kill may be done again
            assert after in {before, before + 1}


@pytest.mark.slow
def test_a_run_that_is_alive_in_another_process_is_joined_and_not_doubled(tmp_path):
    url, effects = sqlite_url(tmp_path), Effects(tmp_path / "effects")
    gate = tmp_path / "gate"
    first = worker(url, effects, "gated", "id", str(gate))
    effects.wait_for(2)
    second = worker(url, effects, "gated", "id", str(gate))
    answers = []
    with DurableEngine(url, flows(effects)) as engine:
        thread = threading.Thread(
            target=lambda: answers.append(engine.run("gated", "id", str(gate)))
        )
        thread.start()
        thread.join(1.5)
        assert thread.is_alive()
        assert second.poll() is None
        assert effects.names() == ["before", "at the gate"]
        gate.touch()
        thread.join(120)
    assert [*answers, answer(first), answer(second)] == [["before", "through", "after"]] * 3
    assert effects.names() == ["before", "at the gate", "after"]
    assert {process for process, _ in effects.lines()} == {str(first.pid)}


def killed_at_the_gate(url, effects, gate):
    process = worker(url, effects, "gated", "id", str(gate))
    effects.wait_for(2)
    process.kill()
    process.communicate()
    gate.touch()
    return process


def rewrite(url, statement, **values):
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(sa.text(statement), values).rowcount == 1
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("disguise", "values"),
    [
        (None, {}),
        # A container starts its process under the same number every time.
        ("update executors set pid = :pid", {"pid": "own"}),
        # The number has gone to another program since, long after the last sign of life.
        ("update executors set pid = 1, seen_at = '2026-07-02 12:00:00'", {}),
        ("update executors set host = 'elsewhere', seen_at = '2026-07-02 12:00:00'", {}),
        ("delete from executors", {}),
    ],
    ids=["its process is gone", "number is mine", "number is taken", "other machine", "unknown"],
)
def test_a_run_whose_process_is_dead_is_taken_over_at_the_step_it_was_in(
    tmp_path, disguise, values
):
    url, effects = sqlite_url(tmp_path), Effects(tmp_path / "effects")
    gate = tmp_path / "gate"
    dead = killed_at_the_gate(url, effects, gate)
    if disguise:
        rewrite(url, disguise, **({"pid": os.getpid()} if values else {}))
    with DurableEngine(url, flows(effects)) as engine:
        assert engine.finished("id") is None
        assert engine.run("gated", "id", str(gate)) == ["before", "through", "after"]
    assert effects.lines() == [
        (str(dead.pid), "before"),
        (str(dead.pid), "at the gate"),
        (str(os.getpid()), "at the gate"),
        (str(os.getpid()), "after"),
    ]
