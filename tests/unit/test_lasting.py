"""Processes that last: what a run leaves behind in memory, counted in objects and bytes."""

import ctypes
import gc
import platform
import re
import subprocess
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest
from chart_support import ledger
from render_support import draft

import newsletter
from newsletter.compute import base_rates
from newsletter.compute.statistics import median_interval, sign_interval
from newsletter.operating import lasting, workers
from newsletter.preflight.scanning import ways
from newsletter.preflight.scanning.openings import fronts_of
from newsletter.preflight.scanning.ways import Ways
from newsletter.render import chart
from newsletter.render.page import PREHEADER, preheader

GLIBC = platform.libc_ver()[0] == "glibc"
HELD = """
import sys, threading
from newsletter.errors import ConfigError
from newsletter.operating import lasting

def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096

def work():
    kept.append([bytes(2_000) for _ in range(10_000)])  # 20 MB in this thread's own arena
    kept[-1][:] = kept[-1][::1_000]  # freed, but for a few between

if sys.argv[1] == "settled":
    assert lasting.settle()
kept = []
before = resident()
for _ in range(6):  # one after the other, as runs are, while the threads before them wait
    ready, go = threading.Event(), threading.Event()
    threading.Thread(target=lambda r=ready, g=go: (work(), r.set(), g.wait()), daemon=True).start()
    ready.wait()
if sys.argv[1] == "settled":
    lasting.give_back()
print(resident() - before)
"""


@pytest.mark.skipif(not GLIBC, reason="only glibc keeps an arena for each thread")
def test_what_threads_have_freed_goes_back_to_the_system():
    def held(how):
        asked = [sys.executable, "-c", HELD, how]
        return int(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)

    plain, settled = held("plain"), held("settled")
    assert settled < 20_000_000 < plain


def test_a_system_without_such_a_library_is_left_alone(monkeypatch):
    class Other:
        def __getattr__(self, name):
            raise AttributeError(name)

    lasting._library.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Other())
    try:
        assert (lasting.settle(), lasting.give_back()) == (False, False)
    finally:
        lasting._library.cache_clear()


def test_a_worker_gives_back_now_and_then_until_it_ends(monkeypatch):
    given, waited = [], iter((False, False, True))

    class Ended:
        def wait(self, seconds):
            assert seconds == workers.TIDIES_SECONDS
            return next(waited)

    monkeypatch.setattr(workers, "give_back", lambda: given.append(True))
    workers._tidy(Ended())
    assert len(given) == 2


def test_a_plate_keeps_no_ledger_alive():
    chart.forget()
    facts = replace(ledger())
    names = tuple(chart.charts())
    first = chart.plates(names, facts)
    assert first
    assert chart.plates(names, ledger()) == first  # the same contents, drawn once
    gone = weakref.ref(facts)
    del facts
    gc.collect()
    assert gone() is None


def test_plates_of_many_evenings_are_not_kept():
    chart.forget()
    for number in range(40):
        chart._drawn(chart.Chart(f"c{number}", lambda _: None, ""), ledger())
    assert len(chart._PLATES) == chart._KEPT


def test_patterns_made_for_rare_words_come_to_an_end(monkeypatch):
    words = [f"{a}{b}{c}ing" for a in "bcdfg" for b in "aeiou" for c in "lmnrst"]
    whole = re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
    monkeypatch.setattr(ways, "_MADE_AT_MOST", 5)
    monkeypatch.setattr(Ways, "made", 0)
    parts = ways._parser.parse(whole.pattern, whole.flags)
    found = Ways(whole, frozenset(front for front, _ in fronts_of(parts)))
    for word in words * (ways._OFTEN + 1):
        way = found[word[: ways.SIZE]]
        assert way is not None
        assert way.match(word).span() == whole.match(word).span()
    assert len(found._made) == Ways.made == 5


@pytest.mark.parametrize("seed", [1, 2])
def test_an_interval_that_is_remembered_is_the_one_that_is_drawn(seed):
    base_rates._interval_of.cache_clear()
    known = np.random.default_rng(seed).normal(0, 2, 40)
    drawn = median_interval(known, block=len(known) ** (1 / 3))
    ranked = sign_interval(known)
    wanted = min(drawn[0], ranked[0]), max(drawn[1], ranked[1])
    assert base_rates._interval(known[:]) == base_rates._interval(known.copy()) == wanted
    assert base_rates._interval(known[1:]) != wanted
    assert base_rates._interval_of.cache_info().hits == 1


CUT = (
    (
        (
            "Small caps +0.2%. There was little to see and something to count; the ratio of both "
            "is 2.5% below its average of the year before."
        ),
        "Small caps +0.2%. There was little to see and something to count…",
    ),
    (
        (
            "Small caps fell, and large ones did not by much. They had risen on each of the days "
            "before that and nobody had said why."
        ),
        "Small caps fell, and large ones did not by much.",
    ),
    ("Small caps 0.0%.", None),
)


@pytest.mark.parametrize(("said", "shown"), CUT)
def test_a_preview_is_cut_where_a_statement_ends(said, shown):
    text = preheader(replace(draft(), preheader=said, dek="", bullets=()))
    assert text == (said if shown is None else shown)
    assert len(text) <= PREHEADER[1]


ENDS = """
import sys

class Ring:
    def __init__(self):
        self.itself = self
    def __del__(self):
        print("looked for")

ring = Ring()
{command}
"""


@pytest.mark.parametrize(
    ("command", "looked_for"),
    [
        ("", "looked for\n"),
        ("sys.argv = ['newsletter', 'version']; from newsletter.cli import main; main()", ""),
    ],
)
def test_a_command_that_ends_does_not_look_for_what_nobody_uses(command, looked_for):
    said = subprocess.run(
        [sys.executable, "-c", ENDS.format(command=command)],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    assert said.removeprefix(f"{newsletter.__version__}\n") == looked_for
