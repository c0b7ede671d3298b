"""The desk: what editors do, on a real database."""

import datetime as dt
from dataclasses import replace

import pytest
from engine_support import KEY, LIFETIME, NOW, desk, revision

from newsletter.errors import NotFound, ReviewError
from newsletter.review.edition import EditionKey, State
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database

pytestmark = pytest.mark.databases

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def database():
    opened = Database("sqlite://")
    yield opened
    opened.close()


def acts(database):
    return [(entry.actor, entry.action) for entry in AuditLog(database).entries(str(KEY))]


def test_a_first_revision_waits_in_review_until_its_time_is_over(database):
    edition = desk(database).submit(KEY, revision(), LIFETIME)
    assert (edition.state, edition.revision.number) == ("in_review", 1)
    assert edition.created_at == NOW
    assert edition.expires_at == dt.datetime(2026, 7, 3, 11, 30, tzinfo=dt.UTC)
    assert acts(database) == [("house-writer@2", "submitted")]


@pytest.mark.parametrize("then", ["nothing", "approve", "hold", "reject", "cancel", "send"])
def test_the_same_content_submitted_twice_changes_nothing(database, then):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    if then in {"approve", "send"}:
        before = at.approve(KEY, "ann")
        if then == "send":
            before = at.mark(at.mark(before, State.SENDING, "pipeline"), State.SENT, "pipeline")
    elif then != "nothing":
        state = {"hold": State.HELD, "reject": State.REJECTED, "cancel": State.CANCELLED}[then]
        before = at.decide(KEY, state, "ann", "wait")
    before, log = at.book.get(KEY), acts(database)
    at.clock.advance(HOUR)
    assert at.submit(KEY, revision(author="someone"), LIFETIME) == before
    assert at.book.get(KEY) == before
    assert at.book.revisions(KEY) == [revision()]
    assert acts(database) == log


def test_other_content_becomes_the_next_revision_and_voids_the_approval(database):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    at.approve(KEY, "ann")
    at.clock.advance(HOUR)
    edition = at.submit(KEY, revision("b", author="bob"), LIFETIME)
    assert (edition.state, edition.approval, edition.revision.number) == ("in_review", None, 2)
    assert edition.expires_at == NOW + HOUR + LIFETIME
    assert edition.created_at == NOW
    assert [each.number for each in at.book.revisions(KEY)] == [1, 2]
    assert at.book.revisions(KEY)[0] == revision("a")
    assert acts(database)[-1] == ("bob", "revised")


def test_an_edition_that_was_revised_back_needs_a_new_approval(database):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    at.approve(KEY, "ann")
    at.submit(KEY, revision("b"), LIFETIME)
    edition = at.submit(KEY, revision("a"), LIFETIME)
    assert (edition.revision.number, edition.state, edition.approval) == (3, "in_review", None)


@pytest.mark.parametrize("state", [State.SENDING, State.CANCELLED])
def test_other_content_is_refused_once_the_edition_is_on_its_way_or_cancelled(database, state):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    if state is State.SENDING:
        at.mark(at.approve(KEY, "ann"), State.SENDING, "pipeline")
    else:
        at.decide(KEY, state, "ann", "no")
    with pytest.raises(ReviewError, match="can no longer be changed"):
        at.submit(KEY, revision("b"), LIFETIME)
    assert len(at.book.revisions(KEY)) == 1


def test_the_latest_revision_is_approved_and_the_act_is_logged_with_its_content(database):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    edition = at.approve(KEY, "ann")
    assert at.book.get(KEY) == edition
    assert (edition.state, edition.approval.editor) == ("approved", "ann")
    entry = AuditLog(database).entries()[-1]
    assert (entry.at, entry.actor, entry.action) == (NOW, "ann", "approved")
    assert entry.detail == {
        "revision": "1",
        "content": revision("a").content,
        "state": "approved",
    }


@pytest.mark.parametrize("name", ["nobody", "", "Ann", "house-writer@2", "carol"])
def test_who_is_no_active_editor_cannot_approve(database, name):
    at = desk(database, editors=("ann", "carol"))
    at.editors.disable("carol", NOW)
    at.submit(KEY, revision(), LIFETIME)
    with pytest.raises(ReviewError, match="is no active editor"):
        at.approve(KEY, name)
    assert at.book.get(KEY).state == "in_review"


def test_four_eyes_hold_for_the_author_of_the_latest_revision_only(database):
    at = desk(database, four_eyes=True)
    at.submit(KEY, revision("a", author="bob"), LIFETIME)
    at.submit(KEY, revision("b", author="ann"), LIFETIME)
    with pytest.raises(ReviewError, match="another editor must approve"):
        at.approve(KEY, "ann")
    assert at.approve(KEY, "bob").approval.editor == "bob"


def test_an_approval_that_comes_too_late_marks_the_edition_expired(database):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    at.clock.advance(LIFETIME)
    with pytest.raises(ReviewError, match="expired at 2026-07-03 11:30 UTC"):
        at.approve(KEY, "ann")
    assert at.book.get(KEY).state == "expired"
    assert acts(database)[-1] == ("pipeline", "expired")


@pytest.mark.parametrize("state", ["approved", "held"])
def test_what_waits_expires_with_its_time(database, state):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    if state == "approved":
        at.approve(KEY, "ann")
    else:
        at.decide(KEY, State.HELD, "ann", "wait")
    at.clock.advance(LIFETIME - dt.timedelta(seconds=1))
    assert at.refreshed(KEY).state == state
    at.clock.advance(dt.timedelta(seconds=1))
    stale = at.refreshed(KEY)
    assert (stale.state, stale.approval) == ("expired", None)
    assert at.refreshed(KEY) == stale


def test_the_clock_does_not_stop_an_edition_on_its_way(database):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    at.mark(at.approve(KEY, "ann"), State.SENDING, "pipeline")
    at.clock.advance(LIFETIME * 2)
    assert at.refreshed(KEY).state == "sending"


@pytest.mark.parametrize("late", [State.EXPIRED, State.HELD])
@pytest.mark.parametrize("step", ["none", "approved", "held", "rejected", "sending", "sent"])
def test_who_looks_sees_what_an_act_would_find_and_writes_nothing(database, late, step):
    at = replace(desk(database), late=late)
    made = at.submit(KEY, revision(), LIFETIME)
    if step in {"approved", "sending", "sent"}:
        made = at.approve(KEY, "ann")
    elif step != "none":
        made = at.decide(KEY, State(step), "ann", "wait")
    for state in (State.SENDING, State.SENT)[: {"sending": 1, "sent": 2}.get(step, 0)]:
        made = at.mark(made, state, "pipeline")
    for seconds in (LIFETIME.total_seconds() - 1, 1, 86_400):
        at.clock.advance(dt.timedelta(seconds=seconds))
        before, kept = acts(database), at.book.get(KEY)
        seen = at.seen(KEY)
        assert seen.state is at.state_at(kept.state, kept.expires_at)
        assert (acts(database), at.book.get(KEY)) == (before, kept)
        assert at.refreshed(KEY) == seen


@pytest.mark.parametrize("noticed", [True, False])
def test_an_expired_edition_is_reopened_by_the_same_content(database, noticed):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    at.approve(KEY, "ann")
    at.clock.advance(LIFETIME)
    if noticed:
        at.refreshed(KEY)
    edition = at.submit(KEY, revision(), LIFETIME)
    assert (edition.state, edition.approval) == ("in_review", None)
    assert edition.revision == revision()
    assert edition.expires_at == NOW + 2 * LIFETIME
    assert [action for _, action in acts(database)] == [
        "submitted",
        "approved",
        "expired",
        "reopened",
    ]
    assert at.approve(KEY, "bob").state == "approved"


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_decision_needs_a_reason(database, reason):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    with pytest.raises(ReviewError, match="--reason"):
        at.decide(KEY, State.REJECTED, "ann", reason)
    assert at.book.get(KEY).state == "in_review"


def test_a_decision_keeps_its_reason_in_the_edition_and_in_the_log(database):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    assert at.decide(KEY, State.HELD, "ann", " check the VIX\n").reason == "check the VIX"
    assert at.book.get(KEY).reason == "check the VIX"
    assert AuditLog(database).entries()[-1].detail["reason"] == "check the VIX"


@pytest.mark.parametrize(
    "state", [State.APPROVED, State.IN_REVIEW, State.SENDING, State.SENT, State.EXPIRED]
)
def test_a_decision_is_no_way_round_the_approval(database, state):
    at = desk(database)
    at.submit(KEY, revision(blocked=True), LIFETIME)
    before = at.book.get(KEY)
    with pytest.raises(ReviewError):
        at.decide(KEY, state, "ann", "because")
    assert at.book.get(KEY) == before


def test_a_decision_is_signed_by_the_operator_or_an_active_editor(database):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    with pytest.raises(ReviewError, match="is no active editor"):
        at.decide(KEY, State.HELD, "nobody", "wait")
    at.decide(KEY, State.HELD, "operator", "wait")
    at.decide(KEY, State.REJECTED, "bob", "no")
    assert acts(database)[-2:] == [("operator", "held"), ("bob", "rejected")]


def test_marking_twice_is_one_act(database):
    at = desk(database)
    at.submit(KEY, revision(), LIFETIME)
    sending = at.mark(at.approve(KEY, "ann"), State.SENDING, "pipeline")
    assert at.mark(sending, State.SENDING, "pipeline") == sending
    assert acts(database).count(("pipeline", "sending")) == 1


def test_an_act_on_an_unknown_edition_says_how_to_find_those_there_are(database):
    other = EditionKey.parse("2026-07-01.XNYS.evening")
    with pytest.raises(NotFound, match=r"no edition 2026-07-01\.XNYS\.evening.*editions list"):
        desk(database).approve(other, "ann")
