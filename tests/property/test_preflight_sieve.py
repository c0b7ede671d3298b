"""Looking only where a pattern can match finds what looking everywhere finds."""

import gc
import re
import sys
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.preflight.assertion import assertions
from newsletter.preflight.rule import rules
from newsletter.preflight.scanning import sieve
from newsletter.preflight.scanning.openings import openings
from newsletter.preflight.scanning.scan import Scanned
from newsletter.preflight.scanning.sieve import Sieve, sift

WORDS = (
    "small caps rose fell led by 3% and the S&P 500 never gained half a point since early May of"
    " 2024 twenty-one sessions in a row, not one sector; a record high? overbought (RSI 72) Q3 beat"
    " its 50-day average — IWM/SPY lagged “the former” while $623.85 was flat year-to-date no. Up"
).split()
TEXT = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
    st.text(alphabet="aAeErRsSoOlLdD 0123.,%$-'ſıİK٣&", max_size=60),
)


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Return every pattern that preflight has compiled."""
    assert assertions()
    assert rules()
    every = {id(one): one for one in gc.get_objects() if isinstance(one, re.Pattern)}
    for name, module in list(sys.modules.items()):
        if name.startswith("newsletter.preflight"):
            for value in vars(module).values():
                if isinstance(value, re.Pattern):
                    every[id(value)] = value
    return tuple(one for one in every.values() if isinstance(one.pattern, str))


@cache
def known(pattern: re.Pattern[str]) -> Sieve:
    """Return the sieve of a pattern as if it had been asked for often."""
    return sieve._learnt(pattern)


def spans(found: object) -> list[object]:
    return [(m.regs, m.lastgroup, m.groupdict()) for m in found]  # type: ignore[attr-defined]


@settings(deadline=None)
@given(text=TEXT, start=st.integers(0, 10), cut=st.integers(0, 10))
@example(text="İ up 3% and small caps ROSE", start=2, cut=0)
def test_every_pattern_finds_the_same(text, start, cut):
    start, end = min(start, len(text)), max(len(text) - cut, 0)
    found = [known(pattern) for pattern in patterns()]
    part = Scanned(text).part(start, max(start, end))
    for one in found:
        want = list(one.pattern.finditer(text, start, max(start, end)))
        assert spans(part.matches(one.pattern)) == spans(want), one.pattern.pattern
        first = part.search(one.pattern)
        assert spans([first] if first else []) == spans(want[:1]), one.pattern.pattern


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (r"\b(?:over|under)sold\b", {"versol", "unders"}),
        (r"\b(?:led|leads?) by\b", {"led ", "lead ", "leads "}),
        (r"colou?r", {"color", "colour"}),
        (r"\w+", {""}),
        (r"[a-z]+ly", {"ly"}),
        (r"(?:abc)?", {""}),
        (r"(?=never)x", {"x"}),
        (r"^(?!.*no)(?=.*(?:earnings|P/E))", {"rnings", "p/e"}),
        (r"(?!never)\w+", {""}),
        (r"\d+ %", {" %"}),
    ],
)
def test_a_match_holds_one_of_these(pattern, runs):
    assert known(re.compile(pattern, re.IGNORECASE)).runs == runs


@pytest.mark.parametrize(
    ("pattern", "fronts"),
    [
        (r"\b(?:up|rose|ris(?:es|en))\b", {"up", "ros", "ris"}),
        (r"\ba\w+", {"a"}),
        (r"(?<![\w.])(?:may|1\d)", {"may", *(f"1{n}" for n in range(10))}),
        (r"(?:up|rose)", set()),
        (r"\b\w+", set()),
        (r"\b(?:up)?", set()),
        (r"\b(?:a |the )?gap", {"a g", "the", "gap"}),
        (r"\b[$€]\d", set()),
        (r"(?<= over )(?:three|six)", {"thr", "six"}),
        (r"(?<=over)(?:three|six)", set()),
    ],
)
def test_a_match_begins_a_word_with_one_of_these(pattern, fronts):
    parts = list(re._parser.parse(pattern, re.IGNORECASE))  # type: ignore[attr-defined]
    assert openings(parts) == fronts


def test_a_pattern_is_read_only_once_it_is_often_asked_for():
    pattern = re.compile("once in a blue moon")
    assert [sieve.sieve(pattern) for _ in range(sieve.OFTEN)] == [None] * sieve.OFTEN
    assert sieve.sieve(pattern) is sieve.sieve(pattern) is not None


def test_a_pattern_learnt_after_a_text_was_sifted_may_match():
    sifted = sift("nothing of the kind")
    late = known(re.compile("xylophone"))
    assert sifted.admits(late)
    assert not sift("nothing of the kind").admits(late)


@pytest.mark.parametrize("text", ["ſold", "\u0130s", "٣%", "x" * 5_000])
def test_nothing_is_told_of_odd_or_endless_texts(text):
    sifted = sift(text)
    assert not sifted.plain
    assert all(sifted.admits(one) for one in sieve.KNOWN.values())
