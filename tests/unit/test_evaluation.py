"""What many editions together say: repeats, reading level, stance."""

from dataclasses import replace
from decimal import Decimal

import pytest
from brief_support import written
from compute_support import universe
from hypothesis import given
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.compute.facts import Signal
from newsletter.evaluation import Sample, agreement, evaluate, grade, repeats, sentences
from newsletter.preflight.report import Finding, Report, Severity, Span

HOUSE, _ = written(universe())
BAD = Finding("N01", Severity.BLOCK, Span(0, 1), "Wrong.")


def sample(day="2026-07-02", draft=HOUSE, findings=(), strength=None):
    ledger = LEDGER
    if strength is not None:
        date = LEDGER.session.date
        signal = Signal("small_vs_large", "leading", Decimal(strength), date, ())
        ledger = replace(LEDGER, signals=(signal,))
    return Sample(day, draft, ledger, Report((), tuple(findings)))


def said(*sentences):
    """A draft whose whole prose is these sentences."""
    counter = replace(HOUSE.counter, paragraphs=sentences)
    none = dict.fromkeys(("bullets", "sections", "watch", "change_mind"), ())
    return replace(HOUSE, dek="", verdict="", counter=counter, **none)


def test_an_edition_sent_twice_repeats_itself_whole():
    found = repeats([sample(), sample()])
    assert found.same * 2 == found.sentences > 20


def test_other_figures_in_the_same_words_are_told_apart():
    one = said("Small caps moved by {{IWM.return.1d}} in all.", "Nobody knows what follows now.")
    other = said(
        "Small caps moved by {{SPY.return.1d}} in all.", "Everybody knows what follows now."
    )
    found = repeats([sample(draft=one), sample(draft=other)])
    assert (found.sentences, found.same, found.worded_alike) == (4, 0, 1)
    assert found.most == (("Small caps moved by # in all.", 2),)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20))
def test_repeats_are_counted_as_by_hand(numbers):
    samples = [sample(draft=said(f"Edition sentence w{'x' * n} stands here.")) for n in numbers]
    seen, expected = set(), 0
    for n in numbers:
        expected += n in seen
        seen.add(n)
    assert repeats(samples).same == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Small caps rose 2.4% today. Large ones did not follow them.", 2),
        ("The U.S. market was quiet all day. Nobody much minded that.", 2),
        ("It rose vs. the index over five days.", 1),
        ("Yes. No. Small caps did very well today.", 1),
        ("“We were wrong about banks.” So we said it here.", 2),
    ],
)
def test_sentences_are_told_apart_as_readers_do(text, count):
    assert len(list(sentences(text))) == count


def test_reading_level_follows_the_formula():
    # Ten words, eleven syllables, two sentences: 0.39*5 + 11.8*1.1 - 15.59.
    text = "The cat sat on mats. The old dog ran today."
    assert grade(text) == pytest.approx(0.39 * 5 + 11.8 * 1.1 - 15.59)
    assert grade("") == 0.0


def test_hard_words_read_harder():
    assert grade("Capitalization considerations predominate.") > grade("Small caps fell hard.") + 10


@pytest.mark.parametrize(
    ("stance", "strength", "where"),
    [
        ("for", "0.4", "with"),
        ("against", "-0.2", "with"),
        ("for", "-0.4", "against"),
        ("against", "0.1", "against"),
        ("neither", "0.4", "neither"),
        ("for", "0", "no signal"),
        ("for", None, "no signal"),
    ],
)
def test_a_stance_is_held_against_the_signal(stance, strength, where):
    ledger_has_none = not [s for s in LEDGER.signals if s.name == "small_vs_large"]
    if strength is None and not ledger_has_none:
        strength = "0"
    found = agreement([sample(draft=replace(HOUSE, stance=stance), strength=strength)])
    assert found[where] == 1
    assert sum(found[k] for k in ("with", "against", "neither", "no signal")) == 1


def test_the_whole_counts_clean_editions_and_what_was_found():
    found = evaluate([sample("2026-07-01"), sample("2026-07-02", findings=(BAD, BAD))])
    assert (found["sessions"], found["clean"], found["findings"]) == (2, 1, {"N01": 2})
    low, high = found["clean_interval"]
    assert 0 <= low < 50 < high <= 100
    assert found["headlines"] == 1
    assert found["words"]["least"] == found["words"]["most"] > 200


def test_nothing_evaluated_says_so():
    found = evaluate([])
    assert (found["sessions"], found["clean_percent"], found["words"]) == (0, None, None)
