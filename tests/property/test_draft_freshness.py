"""Freshness: what was printed lately is not printed again where it can be left out."""

import re
from pathlib import Path

import pytest

from newsletter import config
from newsletter.draft import freshness
from newsletter.draft.claims import filled
from newsletter.draft.evening import Evening
from newsletter.draft.house import write
from newsletter.draft.prose import mix, pick, title
from newsletter.draft.remark import remarks

UNIVERSE = config.load(Path(__file__).resolve().parents[2] / "config.yaml").universe
SESSIONS = ["2026-06-26", "2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02"]
MAIL = """Title
~~~

Kicker

Small caps led a day that needed no leader
==========================================

The small-cap fund rose 0.9%, its best since 4 May; nobody
carried it. That is all.

* Whether the VIX falls from 18.87, and whether shares notice.
* The ratio of small caps to large below its 50-day average.

~~~
Views may be wrong and may change without notice.
"""


@pytest.fixture
def ledger_of(kept):
    return kept.ledger


def printed(draft, ledger):
    """Return a draft as the plain-text part of a mail has it, as far as sentences go."""
    read = filled(draft, ledger)
    items = [f"* {item}" for item in (*read.bullets, *read.watch, *read.change_mind)]
    body = [p for s in (*read.sections, read.counter) for p in s.paragraphs]
    return "\n\n".join((read.headline, read.dek, *items, *body, read.verdict))


def test_sentences_are_known_across_wrapped_lines_and_marks():
    said = freshness.said_in([MAIL])
    assert freshness.exactly(
        "The small-cap fund rose 0.9%, its best since 4 May; nobody carried it.", said
    )
    assert freshness.exactly("Whether the VIX falls from 18.87, and whether shares notice.", said)
    assert freshness.exactly("Small caps led a day that needed no leader", said)
    assert not freshness.exactly("Views may be wrong and may change without notice.", said)


def test_other_figures_are_the_same_wording():
    said = freshness.said_in([MAIL])
    again = "The small-cap fund rose 1.2%, its best since 9 June; nobody carried it."
    assert not freshness.exactly(again, said)
    assert freshness.worded(again, said)
    assert freshness.borrowed("Copper fell; and whether shares notice", frozenset(said))
    assert not freshness.worded("The small-cap fund fell 1.2%.", said)


@pytest.mark.parametrize("sentence", ["That is all.", "They fell.", "So it goes.", "Neither rose."])
def test_sentences_that_lean(sentence):
    assert freshness.leans(sentence)


def test_a_sentence_that_leans_falls_with_the_one_before_it(ledger_of):
    ev = Evening(ledger_of(SESSIONS[-1]), UNIVERSE, freshness.said_in(["Copper fell again today."]))
    assert ev.fresh("Copper fell again today. That is bad. Gold rose.") == "Gold rose."
    assert ev.fresh("Gold rose again. That is fine.") == "Gold rose again. That is fine."


def test_the_least_worn_wording_is_chosen(ledger_of):
    options = (
        "Copper fell once more today",
        "Gold was what people wanted",
        "Oil was left alone today",
    )
    said = freshness.said_in([f"{options[0]}.\n\n{options[2]}."])
    ev = Evening(ledger_of(SESSIONS[-1]), UNIVERSE, said)
    assert pick(ev, 1, tuple(f"{o}." for o in options)) == f"{options[1]}."
    assert mix(ev, 2, options, ".") == f"{options[1]}."


def test_a_headline_with_another_sector_is_the_same_headline(ledger_of):
    said = freshness.said_in(["Energy and not much else tonight"])
    ev = Evening(ledger_of(SESSIONS[-1]), UNIVERSE, said)
    options = ("Technology and not much else tonight", "A quiet evening after all")
    assert title(ev, 1, options) == options[1]


@pytest.mark.parametrize("session", SESSIONS[:2])
def test_no_remark_was_printed_before(ledger_of, session):
    ledger = ledger_of(session)
    said = freshness.said_in([printed(write(ledger, UNIVERSE), ledger)])
    ev = Evening(ledger, UNIVERSE, said)
    for remark in remarks(ev):
        for sentence in freshness.split(printed_text(ev, remark.text)):
            assert not freshness.exactly(sentence, said)


def printed_text(ev, text):
    from newsletter.draft.claims import fill

    return fill(text, ev.ledger)


def test_editions_in_a_row_differ_and_keep_their_length(ledger_of):
    texts, again, total = [], 0, 0
    for session in SESSIONS:
        ledger = ledger_of(session)
        said = freshness.said_in(texts)
        draft = write(ledger, UNIVERSE, said)
        assert draft.to_bytes() == write(ledger, UNIVERSE, said).to_bytes()
        read = filled(draft, ledger)
        paragraphs = [p for s in (*read.sections, read.counter) for p in s.paragraphs]
        assert 440 <= sum(len(p.split()) for p in paragraphs) <= 680
        assert all(p.strip() for p in paragraphs)
        assert all(section.paragraphs for section in draft.sections)
        assert not [
            p for p in paragraphs if re.match(r"(?:That|It|They|This|Both|So|Neither)\b", p)
        ]
        text = printed(draft, ledger)
        sentences = [s for p in text.split("\n\n") for s in freshness.split(p.removeprefix("* "))]
        again += sum(freshness.exactly(s, said) for s in sentences)
        total += len(sentences)
        texts.append(text)
    assert again <= 0.05 * total
