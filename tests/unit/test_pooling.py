"""Which way a copy takes, and what a way may have: told from config.yaml and arithmetic alone."""

import datetime as dt
import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool_support import EVENING, WHOLE
from scipy import stats
from send_support import APPROVED_AT, reader

from newsletter import config
from newsletter.errors import ConfigError
from newsletter.pooling import WarmUp, at_home
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.send.pool import order, shared_out
from newsletter.send.retries import due_after

START = dt.date(2026, 12, 1)
NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
WEIGHTS = st.dictionaries(NAMES, st.integers(1, 1000), min_size=1, max_size=6)
IDS = st.lists(st.text("0123456789abcdef", min_size=1, max_size=8), unique=True, max_size=40)


def row(id="r", way=""):
    return Delivery(
        "e", reader(1, id=id), f"{id}@x", DeliveryState.QUEUED, 0, "", APPROVED_AT, way=way
    )


# -- the way of a reader -----------------------------------------------------------------


@pytest.mark.parametrize(
    "weights", [{"a": 3, "b": 1}, {"a": 1, "b": 1, "c": 8}, {"a": 999, "b": 1}]
)
def test_readers_part_by_weight(weights):
    found = Counter(order(f"reader-{n}", weights)[0] for n in range(20_000))
    whole = sum(weights.values())
    expected = [20_000 * weight / whole for weight in weights.values()]
    assert stats.chisquare([found[name] for name in weights], expected).pvalue > 1e-4


def test_the_readers_of_a_way_that_is_down_part_among_the_others_by_weight():
    weights = {"a": 2, "b": 3, "c": 1}
    mine = [n for n in range(20_000) if order(f"reader-{n}", weights)[0] == "a"]
    second = Counter(order(f"reader-{n}", weights)[1] for n in mine)
    expected = [len(mine) * 3 / 4, len(mine) / 4]
    assert stats.chisquare([second["b"], second["c"]], expected).pvalue > 1e-4


@given(WEIGHTS, NAMES, st.integers(1, 1000), st.text(max_size=20))
def test_a_way_that_comes_or_goes_moves_nobody_between_the_others(weights, name, weight, id):
    without = {other: one for other, one in weights.items() if other != name}
    beside = order(id, {**without, name: weight})
    assert [other for other in beside if other != name] == order(id, without)


@given(WEIGHTS, IDS, st.data())
def test_no_row_is_lost_no_way_overfilled_and_none_is_over_while_there_is_room(weights, ids, data):
    room = {
        name: data.draw(st.none() | st.integers(0, 12), label=f"room of {name}") for name in weights
    }
    had = [data.draw(st.sampled_from(["", "gone", *weights]), label="had") for _ in ids]
    rows = [row(id, way) for id, way in zip(ids, had, strict=True)]
    parts, over = shared_out(rows, weights, room)
    out = [one for part in parts.values() for one in part] + over
    assert Counter(one.subscriber.id for one in out) == Counter(ids)
    assert all(room[name] is None or len(part) <= room[name] for name, part in parts.items())
    if over:
        assert all(room[name] == len(part) for name, part in parts.items())


def test_a_copy_that_was_tried_goes_the_way_it_went():
    weights = {"a": 1, "b": 1}
    rows = [row(str(n), way="b") for n in range(30)]
    assert shared_out(rows, weights, {"a": None, "b": None}) == ({"a": [], "b": rows}, [])
    moved, _ = shared_out(rows, {"a": 1}, {"a": None})
    assert moved == {"a": rows}


def test_rests_do_not_depend_on_the_way():
    one = replace(row(), attempts=1)
    assert due_after(one, APPROVED_AT) == due_after(replace(one, way="a"), APPROVED_AT)


# -- warming up ----------------------------------------------------------------------------


def test_a_day_used_up_each_day_grows_by_the_factor():
    warm_up, days = WarmUp(start=START, first_day=200, growth=1.5), []
    for n in range(8):
        days.append(warm_up.allows(START + dt.timedelta(days=n), max(days, default=0)))
    assert days == [200, 300, 450, 675, 1012, 1518, 2277, 3415]  # 200 x 1.5^n, cut to whole ones


@given(st.integers(1, 10_000), st.floats(1.01, 4), st.integers(0, 10**9))
def test_a_day_grows_always_and_never_by_more_than_the_factor(first, growth, most):
    allowed = WarmUp(start=START, first_day=first, growth=growth).allows(START, most)
    assert allowed >= first
    assert allowed > most
    assert allowed <= max(first, most + 1, math.ceil(most * growth))


def test_nothing_before_the_start():
    assert WarmUp(start=START).allows(START - dt.timedelta(days=1), 5000) == 0


# -- config.yaml ---------------------------------------------------------------------------

FRESH = "{sender: fresh}"
SIGNED = "dkim: {selector: s1, domain: news.example.com}"
MISTAKES = {
    "unknown way": (FRESH, "{sender: frehs}", ["senders.readers.ways", "'frehs'", "'fresh'"]),
    "a pool in a pool": (FRESH, "{sender: readers}", ["'readers'", "pool itself"]),
    "a maildir beside the net": (FRESH, "{sender: box}", ["senders.readers.ways", "maildir"]),
    "twice": (FRESH, "{sender: relay}", ["senders.readers", "'relay' twice"]),
    "all warm up": ("{sender: relay, weight: 3}\n      - ", "", ["only senders that warm up"]),
    "no ways": (
        "    ways:\n      - {sender: relay, weight: 3}\n      - {sender: fresh}\n", "",
        ["senders.readers", "needs ways"],
    ),
    "ways of no pool": ("transport: pool", "transport: smtp", ["senders.readers", "only a pool"]),
    "a host of its own": (
        "transport: pool", "transport: pool\n    host: a.example", ["senders.readers", "no host"],
    ),
    "weight of nothing": ("weight: 3", "weight: 0", ["senders.readers.ways.0.weight", "1"]),
    "shrinking": ("growth: 1.5", "growth: 0.9", ["senders.fresh.warm_up.growth", "0.9"]),
    "no day": ("2026-12-01", "soon", ["senders.fresh.warm_up.start", "'soon'"]),
    "a sender that warms up alone": (
        f"{EVENING}readers", f"{EVENING}fresh", ["editions.evening.sender", "'fresh'", "pool"],
    ),
    "signed by a way only": (
        "relay: {transport: smtp,", f"relay: {{{SIGNED}, transport: smtp,", ["'relay'", "has dkim"],
    ),
    "an odd variable": (
        "relay: {transport: smtp,", "relay: {password_variable: PATH, transport: smtp,",
        ["senders.relay.password_variable", "'PATH'"],
    ),
}  # fmt: skip


def load(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path)


def test_a_pool_is_read(tmp_path):
    senders = load(tmp_path, WHOLE).senders
    assert [(way.sender, way.weight) for way in senders["readers"].ways] == [
        ("relay", 3),
        ("fresh", 1),
    ]
    assert senders["fresh"].warm_up == WarmUp(start=START, first_day=200, growth=1.5)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence(tmp_path, mistake):
    old, new, told = MISTAKES[mistake]
    assert old in WHOLE
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, WHOLE.replace(old, new, 1))
    said = str(caught.value)
    assert "\n" not in said
    assert all(words in said for words in told), said


def test_only_a_pool_of_maildirs_stays_at_home(tmp_path):
    senders = load(tmp_path, WHOLE).senders
    assert at_home("box", senders)
    assert not at_home("readers", senders)
    ours = WHOLE.replace("{sender: relay, weight: 3}", "{sender: box}").replace(
        "      - {sender: fresh}\n", ""
    )
    assert at_home("readers", load(tmp_path, ours).senders)
