"""What a briefing says of earlier ones: the lead, the change of view, what a writer is told."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from compute_support import universe
from memory_support import PAIR, call, key, said, trigger, view
from preflight_support import LEDGER, check

from newsletter.compute.facts import index_facts
from newsletter.draft import remembered
from newsletter.draft.claims import Section, fill, filled
from newsletter.draft.evening import Evening
from newsletter.draft.house import write
from newsletter.draft.memory import Firing, Mark, Memory
from newsletter.draft.remembered import change, lead, reminded, told, with_memory
from newsletter.preflight.report import Severity
from newsletter.preflight.text.document import Document

TODAY = LEDGER.session.date
BEFORE = dt.date(2026, 6, 26)
BEHIND = "IWM.return.5d < SPY.return.5d"
WORDS = "The small-cap fund behind the S&P 500 fund over five sessions."


def memory(words=WORDS, fired=TODAY, stance="for"):
    """One edition, with a trigger that fired."""
    one = trigger(BEFORE, BEHIND, words=words)
    return Memory((view(BEFORE, stance),), (), (one,), (), (Firing(key(BEFORE), 1, fired),))


def evening(*given, **rest):
    return Evening(with_memory(LEDGER, memory(*given, **rest), "evening"), universe())


def read(ev, text):
    return fill(text, ev.ledger)


def blocking(ev, text):
    found = check(Document.of_markdown(text), ev.ledger).findings
    return [f.message for f in found if f.severity is Severity.BLOCK]


def test_what_happened_tonight_is_quoted():
    ev = evening()
    text = read(ev, lead(ev, ""))
    assert text == (
        "On 26 June 2026 we said what would change our mind: the small-cap fund behind the "
        "S&P 500 fund over five sessions. That has happened, as of today."
    )
    assert blocking(ev, text) == []


def test_what_happened_on_an_earlier_evening_is_told_with_its_day():
    """Its facts are not tonight's: the words would be read as a claim of tonight."""
    ev = evening(fired=dt.date(2026, 6, 30))
    text = read(ev, lead(ev, ""))
    assert text == (
        "On 26 June 2026 we said what would change our mind; on 30 June 2026 it happened."
    )
    assert blocking(ev, text) == []


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("A close below the average.", "a close below the average"),
        ("If small caps lead again: which we doubt.", "if small caps lead again"),
        ("The VIX back in the lower half of its past year.",
         "the VIX back in the lower half of its past year"),
        ("VIX futures in a panic.", "VIX futures in a panic"),
        ("Technology ahead of the rest.", "technology ahead of the rest"),
        ("Walmart behind the rest.", "Walmart behind the rest"),
        ("Large value behind large growth.", "large value behind large growth"),
        ("The ratio below its 50-day average.", "the ratio below its 50-day average"),
        ("The S&P 500 fund behind the Nasdaq-100 fund.",
         "the S&P 500 fund behind the Nasdaq-100 fund"),
    ],
)  # fmt: skip
def test_a_sentence_is_quoted_as_part_of_another(words, quoted):
    ev = evening(words)
    assert f"change our mind: {quoted}. That has happened" in read(ev, lead(ev, ""))


@pytest.mark.parametrize(
    "words", ["A fall of 3% in a day.", "A close above 300.45.", "x" * 300 + ".", ": comment.", ""]
)
def test_figures_of_another_evening_and_endless_sentences_are_not_quoted(words):
    ev = evening(words)
    assert "change our mind; on 2 July 2026 it happened" in read(ev, lead(ev, ""))


@pytest.mark.parametrize(
    ("held", "tonight", "owned"),
    [
        ("for", "for", remembered._STUBBORN), ("against", "against", remembered._STUBBORN),
        ("for", "neither", remembered._ASIDE), ("against", "neither", remembered._ASIDE),
        ("for", "against", ("",)), ("neither", "for", ("",)), ("for", "", ("",)),
    ],
)  # fmt: skip
def test_a_mind_that_has_not_changed_says_so(held, tonight, owned):
    ev = evening(stance=held)
    text = read(ev, lead(ev, tonight))
    assert text.rpartition("as of today.")[2].strip() in owned
    assert blocking(ev, text) == []


def test_what_has_not_happened_leads_nothing():
    one = Memory((view(BEFORE),), (), (trigger(BEFORE, BEHIND),))
    ev = Evening(with_memory(LEDGER, one, "evening"), universe())
    assert lead(ev, "for") is None


@pytest.mark.parametrize(
    ("before", "now", "declared"),
    [
        ("for", "against", True), ("against", "for", True), ("for", "for", False),
        ("against", "against", False), ("for", "neither", False), ("against", "", False),
        ("neither", "for", False), ("", "against", False),
    ],
)  # fmt: skip
def test_only_the_opposite_of_an_earlier_side_is_a_change_of_view(before, now, declared):
    ev = evening(stance=before)
    text = change(ev, now)
    assert (text is not None) == declared
    if text:
        assert "on 26 June 2026 we argued the other side." in read(ev, text).lower().replace(
            "june", "June"
        )
        assert blocking(ev, read(ev, text)) == []


def house_and_evening(**rest):
    ev = evening(**rest)
    return write(ev.ledger, universe()), ev


def test_the_house_opens_with_it_and_the_rest_stays_as_it_was():
    plain = write(LEDGER, universe())
    draft, ev = house_and_evening(stance="neither")
    first, *_ = filled(draft, ev.ledger).sections[0].paragraphs
    assert first.startswith("On 26 June 2026 we said what would change our mind")
    assert draft.headline == plain.headline
    assert draft.sections[0].paragraphs[1:] == plain.sections[0].paragraphs


@pytest.mark.parametrize("stance", ["for", "against"])
def test_a_draft_by_any_hand_says_what_it_owes(stance):
    """A model forgot the trigger and the change of view: both are put before its words."""
    draft, ev = house_and_evening(stance=stance)
    sections = (Section("Mine", ("Nothing to see.", "Nor here.")), Section("More", ("Words.",)))
    other = {"for": "against", "against": "for"}[stance]
    forgetful = replace(draft, author="model:x", sections=sections, stance=other)
    said_now = filled(reminded(forgetful, ev), ev.ledger)
    first, *mine = said_now.sections[0].paragraphs
    assert first.startswith("On 26 June 2026 we said what would change our mind")
    assert first.endswith("26 June 2026 we argued the other side.")
    assert (mine, said_now.sections[1]) == (["Nothing to see.", "Nor here."], sections[1])
    again = reminded(reminded(forgetful, ev), ev)
    assert again == reminded(forgetful, ev)


def test_a_draft_that_owes_nothing_is_left_alone():
    draft, ev = house_and_evening(stance="neither")
    assert reminded(draft, ev) is draft
    plain = Evening(LEDGER, universe())
    assert reminded(draft, plain) is draft


def test_a_draft_without_a_body_is_left_alone():
    draft, ev = house_and_evening()
    bare = replace(draft, sections=(), stance="against")
    assert reminded(bare, ev) is bare


def test_a_writer_is_told_of_lost_calls_as_of_won_ones():
    sessions = [dt.date(2026, 6, 8), dt.date(2026, 6, 9), dt.date(2026, 6, 10)]
    editions = [said(s, "for", calls=[call(s)], triggers=[trigger(s, BEHIND)]) for s in sessions]
    marks = (
        Mark(key(sessions[0]), 1, sessions[0], Decimal("1.2"), sessions[0]),
        Mark(key(sessions[1]), 1, sessions[1], Decimal("-1.2"), sessions[1]),
    )
    whole = Memory(
        tuple(one.view for one in editions),
        tuple(c for one in editions for c in one.calls),
        tuple(t for one in editions for t in one.triggers),
        marks,
        (Firing(key(sessions[2]), 1, TODAY),),
    )
    lines = told(whole).splitlines()
    assert lines[0] == "2026-06-10: for; Headline"
    assert f"called on 2026-06-08: {PAIR} up over 5d, right" in lines
    assert f"called on 2026-06-09: {PAIR} up over 5d, wrong" in lines
    assert f"called on 2026-06-10: {PAIR} up over 5d, due 2026-06-17" in lines
    assert lines[-1].endswith(f"It happened on {TODAY}.")
    assert "Open until 2026-07-08." in lines[-3]
    assert told(Memory()) == "Nothing yet."


def test_a_ledger_whose_trigger_no_longer_holds_leads_nothing():
    """The session was computed again from corrected prices."""
    turned = replace(LEDGER["IWM.return.5d"], value=Decimal(9))
    ledger = replace(LEDGER, facts=index_facts([*(f for f in LEDGER if f.id != turned.id), turned]))
    ev = Evening(with_memory(ledger, memory(), "evening"), universe())
    assert lead(ev, "for") is None
