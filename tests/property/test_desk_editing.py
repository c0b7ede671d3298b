"""Editing at the desk: parts are what they were, edits commute, and nobody's words are lost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.desk.editing import Edit, applied, get, parts, words
from newsletter.desk.merging import Trail, merged
from newsletter.draft.claims import Draft, Section
from newsletter.errors import DraftError, NotFound

WORDS = st.sampled_from(("a", "b", "a b", "b a", "a b c", "{{IWM.return.ytd}} é", "c {b} | a"))
LINES = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
SECTIONS = st.builds(Section, WORDS, LINES)
DRAFTS = st.builds(
    Draft, author=st.just("Bo"), theme=st.just("t"), kicker=WORDS, headline=WORDS, dek=WORDS,
    preheader=WORDS, tickers=st.just(()), bullets=LINES,
    sections=st.lists(SECTIONS, min_size=1, max_size=3).map(tuple), counter=SECTIONS,
    watch=LINES, change_mind=LINES, verdict=WORDS, charts=st.just(("vix", "breadth")),
)  # fmt: skip


@st.composite
def edits(draw, draft, mark):
    """Draw an edit of a draft, its words marked as one editor's."""
    act = draw(st.sampled_from(("put", "put", "insert", "remove", "up", "down")))
    name = draw(st.sampled_from(list(parts(draft))))
    if not name[-1].isdigit():
        act = "put"
    return Edit(act, name, f"{mark} {draw(WORDS)}")


@given(DRAFTS, st.data())
@settings(max_examples=25, deadline=None)
def test_what_is_put_into_a_part_is_what_it_holds_and_nothing_else_changes(draft, data):
    name = data.draw(st.sampled_from(list(parts(draft))))
    changed = applied(draft, Edit("put", name, "  new\nwords\x00 "))
    assert get(changed, name) == "new words"
    assert {n: get(changed, n) for n in parts(draft) if n != name} == {
        n: get(draft, n) for n in parts(draft) if n != name
    }
    assert applied(changed, Edit("put", name, get(draft, name))) == draft


@given(DRAFTS, st.data())
@settings(max_examples=25, deadline=None)
def test_edits_of_different_parts_commute_and_both_stand(draft, data):
    names = st.lists(st.sampled_from(list(parts(draft))), min_size=2, max_size=2, unique=True)
    one, other = data.draw(names)
    first, second = Edit("put", one, "mine"), Edit("put", other, "theirs")
    after = merged([draft, applied(draft, second)], [first])
    assert after == merged([draft, applied(draft, first)], [second])
    assert not after.conflicts
    assert (get(after.draft, one), get(after.draft, other)) == ("mine", "theirs")


@given(DRAFTS, st.data())
@settings(max_examples=60, deadline=None)
def test_no_words_of_either_editor_are_lost(draft, data):
    theirs, mine = data.draw(edits(draft, "theirs")), data.draw(edits(draft, "mine"))
    try:
        saved, own = applied(draft, theirs), applied(draft, mine)
    except DraftError:
        return  # the last of a list cannot be taken out
    try:
        after = merged([draft, saved], [mine])
    except DraftError:  # each took out one of the last two: the second is told, nothing changes
        assert (theirs.act, mine.act) == ("remove", "remove")
        return
    kept = set(after.draft.passages())
    for conflict in after.conflicts:
        kept |= {conflict.theirs, conflict.mine}
    was, ours, others = (Counter(one.passages()) for one in (draft, own, saved))
    for text in ours | others:
        gone = ours[text] < was[text] or others[text] < was[text]  # somebody took it out
        assert text in kept or gone
    if mine.act in {"put", "insert"}:
        assert mine.text in kept
    if theirs.act in {"put", "insert"}:
        assert theirs.text in kept


def _draft(**changes):
    given = {
        "author": "Bo", "theme": "t", "kicker": "k", "headline": "Head", "dek": "d",
        "preheader": "p", "tickers": (), "bullets": ("one", "two", "three"),
        "sections": (Section("A", ("a1", "a2")), Section("B", ("b1",))),
        "counter": Section("C", ("c1",)), "watch": ("w",), "change_mind": ("m", "n"),
        "verdict": "v", "conditions": ("IWM.return.1d > 1", "SPY.return.1d > 1"),
    }  # fmt: skip
    return Draft(**(given | changes))


def test_an_edit_follows_its_part_where_others_moved_it():
    draft = _draft()
    moved = applied(draft, Edit("down", "sections.0"))
    longer = applied(moved, Edit("insert", "sections.1.paragraphs.0", "new"))
    after = merged([draft, moved, longer], [Edit("put", "sections.0.paragraphs.1", "a2 bis")])
    assert not after.conflicts
    assert after.draft.sections[1].paragraphs == ("new", "a1", "a2 bis")
    # Several edits of one page mean the page as the earlier ones left it.
    after = merged([draft, moved], [Edit("remove", "bullets.0"), Edit("put", "bullets.0", "2")])
    assert after.draft.bullets == ("2", "three")
    after = merged([draft, longer], [Edit("down", "sections.0")])
    assert len(after.conflicts) == 1  # they are exchanged already


def test_the_same_part_changed_by_both_comes_back_with_all_three():
    draft = _draft()
    theirs = applied(draft, Edit("put", "headline", "Theirs"))
    both = [Edit("put", "headline", "Mine"), Edit("put", "verdict", "V")]
    after = merged([draft, theirs], both)
    (conflict,) = after.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == ("Head", "Theirs", "Mine")
    assert (after.draft.headline, after.draft.verdict) == ("Theirs", "V")
    gone = applied(draft, Edit("remove", "bullets.1"))
    (conflict,) = merged([draft, gone], [Edit("put", "bullets.1", "zwei")]).conflicts
    assert (conflict.now, conflict.theirs, conflict.mine) == ("", "", "zwei")
    assert not merged([draft, theirs], [Edit("put", "headline", " Theirs ")]).conflicts


def test_conditions_stay_beside_what_they_say():
    draft = _draft()
    assert applied(draft, Edit("up", "change_mind.1")).conditions == draft.conditions[::-1]
    assert applied(draft, Edit("put", "change_mind.0", "x")).conditions == (
        "", "SPY.return.1d > 1",
    )  # fmt: skip
    assert applied(draft, Edit("remove", "change_mind.0")).conditions == ("SPY.return.1d > 1",)


def test_a_blank_line_divides_and_what_cannot_stand_is_refused_in_words():
    draft = _draft()
    parted = applied(draft, Edit("put", "sections.1.paragraphs.0", "x\n\ny"))
    assert parted.sections[1].paragraphs == ("x", "y")
    section = applied(draft, Edit("insert", "sections.2", "New\n\nfirst\n\nsecond"))
    assert section.sections[2] == Section("New", ("first", "second"))
    assert applied(draft, Edit("choose", "charts", "vix vix size")).charts == ("vix", "size")
    for edit, said in (
        (Edit("put", "headline", " "), "headline is empty"),
        (Edit("put", "dek", "x" * 5_001), "5,001 characters"),
        (Edit("remove", "watch.0"), "last one of what we watch"),
        (Edit("insert", "sections.2", "Only a heading"), "a blank line, and a paragraph"),
    ):
        with pytest.raises(DraftError, match=said):
            applied(draft, edit)
    for name in ("author", "bullets.9", "sections.7.heading", "bullets.-1", "__class__"):
        with pytest.raises(NotFound):
            applied(draft, Edit("put", name, "x"))
    assert words("sections.1.paragraphs.0") == "section 2, paragraph 1"


@pytest.mark.parametrize(
    ("latest", "steps", "trail"),
    [
        (1, {}, Trail(None, None)),
        (3, {}, Trail(2, None)),
        (4, {4: "undone"}, Trail(1, 3)),
        (5, {4: "undone", 5: "undone"}, Trail(None, 2)),
        (6, {4: "undone", 5: "undone", 6: "redone"}, Trail(1, 3)),
        (5, {4: "undone"}, Trail(2, None)),
    ],
)
def test_undo_and_redo_lead_back_and_forth(latest, steps, trail):
    assert Trail.of(latest, steps) == trail
