"""What looks at less than everything finds what looking at everything finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.preflight.figures import cues, refining
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.entries import Book
from newsletter.preflight.ledger.needs import Said
from newsletter.preflight.nets import leftover_words
from newsletter.preflight.phrases.topics import TOPICS
from newsletter.preflight.scanning import sieve
from newsletter.preflight.scanning.scan import Scanned, Several
from newsletter.preflight.sentences import sentence_words

PATTERNS = (
    cues.DIRECTION, cues.PERIOD, cues.SEPARATOR, refining._BOUND, leftover_words.STATED,
    leftover_words.MARKET, leftover_words.PART, sentence_words.DENIED,
)  # fmt: skip
WORDS = (
    "small caps rose fell did not just over about 3% at least half a point, while the funds lost"
    " nearly its best 50-day average; stocks gained (as many) inflows poured in IWM never failed to"
    " advance more than the market's decline — overnight margin calls Under less than up"
).split()
TEXT = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join),
    st.text(alphabet="aAeErRsSoOlLdDvV 0123.,%$-'ſıİK٣&", max_size=60),
)
PLACE = st.integers(0, 90)


def learn(patterns: tuple[re.Pattern[str], ...]) -> None:
    """Have patterns known as if they had been asked for often."""
    for pattern in patterns:
        sieve._learnt(pattern)


@settings(deadline=None, max_examples=150)
@given(text=TEXT, sentence=st.tuples(PLACE, PLACE), parts=st.lists(st.tuples(PLACE, PLACE)))
def test_every_match_in_a_part_is_found(text, sentence, parts):
    learn(PATTERNS)
    low, high = sorted(min(one, len(text)) for one in sentence)
    stretch = Scanned(text).part(low, high)
    for part in (*parts, sentence):
        start, end = sorted(min(max(one, low), high) for one in part)
        for pattern in PATTERNS:
            found = [(m.regs, m.lastgroup) for m in stretch.within(pattern, start, end)]
            wanted = [(m.regs, m.lastgroup) for m in pattern.finditer(text, start, end)]
            assert found == wanted, pattern.pattern


@settings(deadline=None, max_examples=150)
@given(text=TEXT, late=st.booleans())
def test_what_may_match_is_among_several(text, late):
    patterns = tuple(topic.said for topic in TOPICS)
    several, stretch = Several(patterns), Scanned(text).whole
    assert (not late) or stretch.sifted  # sifted before some of them may have been learnt
    learn(patterns)
    places = list(several.of(stretch))
    assert places == sorted(places)
    assert {n for n, one in enumerate(patterns) if one.search(text)} <= set(places)


def test_patterns_that_no_sieve_knows_are_all_looked_for():
    unknown = Several([re.compile("a quince"), re.compile("a medlar")])
    assert list(unknown.of(Scanned("nothing of the kind").whole)) == [0, 1]


BOOK = Book.of(LEDGER)
SUBJECTS = sorted({one for shelf in BOOK.entries.values() for e in shelf for one in e.members})


@settings(deadline=None, max_examples=200)
@given(
    kind=st.sampled_from(sorted(BOOK.entries)),
    subjects=st.lists(st.sampled_from([*SUBJECTS, "NOBODY", ""]), unique=True, max_size=4),
    text=TEXT,
    size=st.one_of(st.floats(0, 100), st.integers(0, 400).map(float)),
    step=st.sampled_from([1e-20, 0.01, 0.1, 1.0, 1e9]),
)
def test_entries_that_print_alike_are_those_of_all(kind, subjects, text, size, step):
    shelf, said = BOOK.entries[kind], Said(text).__getitem__
    low, high = size - step, size + step
    every = shelf.of(subjects, said)
    near = {(e.members, e.metric, e.label) for e in every if low <= e.size <= high}
    wanted = [e for e in every if (e.members, e.metric, e.label) in near]
    found = shelf.alike(subjects, said, low, high)
    assert [id(one) for one in found] == [id(one) for one in wanted]


@pytest.mark.parametrize("kind", [FigureKind.PERCENT, FigureKind.COUNT])
def test_an_entry_is_near_its_own_size(kind):
    shelf = BOOK.entries[kind]
    told = Said(" ".join(WORDS)).__getitem__
    for entry in shelf.of(SUBJECTS, told):
        assert entry in shelf.alike(sorted(entry.members), told, entry.size, entry.size)
