"""Releases, deadlines and plans: at a desk on a real database."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
from engine_support import KEY, LIFETIME, NOW, desk, revision

from newsletter.errors import NotFound, ReviewError
from newsletter.review.desk import LATE, AuditEntry, Revised
from newsletter.review.edition import State
from newsletter.review.plan import Planning
from newsletter.review.roles import Role
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.people import SqlEditors
from newsletter.store.plans import Once, SqlPlans

pytestmark = pytest.mark.databases

HOUR = dt.timedelta(hours=1)
LEASE = dt.timedelta(minutes=2)


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'news.db'}")
    yield opened
    opened.close()


def acts(database):
    return [(entry.actor, entry.action) for entry in AuditLog(database).entries(str(KEY))]


def planned(database, in_hours=1):
    """Return the planning of an edition that ann approved and planned."""
    at = desk(database)
    content = at.submit(KEY, revision("a"), LIFETIME).revision.content
    at.approve(KEY, "ann", content)
    planning = Planning(at, SqlPlans(database))
    planning.plan(KEY, "ann", NOW + in_hours * HOUR, content)
    return planning


def carried_out(planning):
    """Carry out what is due; return what was begun and what was refused."""
    begun, refused = [], []
    planning.carry_out(
        lambda key: begun.append(key) or True, lambda _, why: refused.append(why), LEASE
    )
    return begun, refused


@pytest.mark.parametrize("content", ["b" * 64, revision("b").content])
def test_nobody_decides_about_a_content_they_have_not_looked_at(database, content):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    before = acts(database)
    for act in (
        lambda: at.approve(KEY, "ann", content),
        lambda: at.decide(KEY, State.REJECTED, "ann", "because", content),
    ):
        with pytest.raises(Revised, match="revision 1 by house-writer@2 is the latest"):
            act()
    assert at.book.get(KEY).state == "in_review"
    assert acts(database) == before
    assert at.approve(KEY, "ann", revision("a").content).state == "approved"


def test_a_released_edition_is_in_review_without_its_approval(database):
    at = desk(database)
    at.submit(KEY, revision("a"), LIFETIME)
    at.approve(KEY, "ann")
    at.decide(KEY, State.HELD, "ann", "wait for the Fed")
    released = at.release(KEY, "bob", LIFETIME)
    assert (released.state, released.approval, released.reason) == ("in_review", None, "")
    assert released.expires_at == NOW + LIFETIME
    assert released == at.book.get(KEY)
    assert acts(database)[-1] == ("bob", "released")
    assert AuditLog(database).entries(str(KEY))[-1].detail["why_held"] == "wait for the Fed"
    with pytest.raises(ReviewError, match="only an edition on hold is released"):
        at.release(KEY, "bob", LIFETIME)


def test_a_release_takes_somebody_appointed_to_it(database):
    at = desk(database)
    SqlEditors(database).add("wim", "wim@example.com", NOW, Role.WRITER)
    at.submit(KEY, revision("a"), LIFETIME)
    at.decide(KEY, State.HELD, "ann", "wait")
    for who in ("wim", "stranger"):
        with pytest.raises(ReviewError, match=who):
            at.release(KEY, who, LIFETIME)
    assert at.book.get(KEY).state == "held"


def test_an_edition_held_at_its_deadline_waits_for_a_person_who_gives_it_more_time(database):
    at = replace(desk(database), late=State.HELD)
    at.submit(KEY, revision("a"), LIFETIME)
    at.approve(KEY, "ann")
    at.clock.advance(LIFETIME)
    held = at.refreshed(KEY)
    assert (held.state, held.reason, held.approval) == ("held", LATE, None)
    assert acts(database)[-1] == ("pipeline", "held")
    at.clock.advance(LIFETIME)
    assert at.refreshed(KEY) == held
    released = at.release(KEY, "ann", 2 * HOUR)
    assert released.expires_at == at.clock.now() + 2 * HOUR
    assert at.approve(KEY, "ann").state == "approved"


def test_who_decides_but_does_not_send_cannot_stop_what_goes_out(database):
    at = desk(database)
    SqlEditors(database).add("cy", "cy@example.com", NOW, Role.COMPLIANCE)
    at.submit(KEY, revision("a"), LIFETIME)
    at.mark(at.approve(KEY, "ann"), State.SENDING, "pipeline")
    with pytest.raises(ReviewError, match="may not send an approved edition, or stop"):
        at.decide(KEY, State.CANCELLED, "cy", "wrong figure")
    assert at.decide(KEY, State.CANCELLED, "ann", "wrong figure").state == "cancelled"


def test_a_plan_is_carried_out_when_it_is_due_and_followed_to_its_end(database):
    planning = planned(database)
    assert planning.of(planning.desk.book.get(KEY)).send_at == NOW + HOUR
    assert carried_out(planning) == ([], [])
    planning.desk.clock.advance(HOUR)
    assert carried_out(planning) == ([str(KEY)], [])
    assert carried_out(planning) == ([], [])
    # Whoever had begun it died: after a while the next one takes it over.
    sending = planning.desk.mark(planning.desk.book.get(KEY), State.SENDING, "pipeline")
    planning.desk.clock.advance(LEASE)
    assert carried_out(planning) == ([str(KEY)], [])
    planning.desk.mark(sending, State.SENT, "pipeline")
    assert carried_out(planning) == ([], [])
    assert planning.plans.all() == []
    assert acts(database).count(("pipeline", "plan begun")) == 2


def test_of_many_processes_that_see_a_plan_due_one_carries_it_out(database):
    planning = planned(database)
    planning.desk.clock.advance(HOUR)
    gate, begun = threading.Barrier(6), []

    def look():
        gate.wait()
        own = Planning(planning.desk, SqlPlans(database))
        own.carry_out(lambda key: begun.append(key) or True, lambda *_: None, LEASE)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun == [str(KEY)]
    assert acts(database).count(("pipeline", "plan begun")) == 1


@pytest.mark.parametrize("then", ["revised", "held", "held and approved again", "rejected"])
def test_a_plan_made_void_sends_nothing_and_is_told_of(database, then):
    planning = planned(database)
    at = planning.desk
    if then in {"revised", "rejected"}:
        at.submit(KEY, revision("b", author="bob"), LIFETIME)
    if then == "rejected":
        at.decide(KEY, State.REJECTED, "ann", "no")
    if then.startswith("held"):
        at.decide(KEY, State.HELD, "ann", "wait")
    if then.endswith("again"):
        at.clock.advance(dt.timedelta(seconds=1))
        at.release(KEY, "ann", LIFETIME)
        at.approve(KEY, "bob")
    assert planning.of(at.book.get(KEY)) is None
    at.clock.advance(HOUR)
    begun, refused = carried_out(planning)
    assert (begun, len(refused)) == ([], 1)
    assert carried_out(planning) == ([], [])
    assert acts(database)[-1] == ("pipeline", "plan refused")


def test_a_plan_past_the_end_of_its_edition_sends_nothing(database):
    planning = planned(database)
    planning.desk.clock.advance(LIFETIME)
    assert carried_out(planning) == ([], ["the edition is expired"])


@pytest.mark.parametrize("at", [NOW, NOW - HOUR, NOW + LIFETIME])
def test_a_plan_is_made_only_for_an_instant_at_which_the_edition_can_go(database, at):
    planning = planned(database)
    with pytest.raises(ReviewError, match=r"cannot go out at 2026-07-0\d \d\d:30 UTC"):
        planning.plan(KEY, "ann", at)
    assert planning.of(planning.desk.book.get(KEY)).send_at == NOW + HOUR


def test_a_plan_takes_an_approved_edition_and_somebody_who_may_send(database):
    planning = planned(database)
    SqlEditors(database).add("cy", "cy@example.com", NOW, Role.COMPLIANCE)
    with pytest.raises(ReviewError, match="cy is compliance and may not send"):
        planning.plan(KEY, "cy", NOW + HOUR)
    with pytest.raises(Revised):
        planning.plan(KEY, "ann", NOW + HOUR, "b" * 64)
    planning.drop(KEY, "bob")
    with pytest.raises(NotFound, match="has no plan"):
        planning.drop(KEY, "bob")
    planning.desk.decide(KEY, State.HELD, "ann", "wait")
    with pytest.raises(ReviewError, match="only an approved edition is planned"):
        planning.plan(KEY, "ann", NOW + HOUR)


def test_what_is_done_once_is_done_once_by_many(database):
    wanted = AuditEntry(NOW, "pipeline", "notice", str(KEY), {"about": "review", "mark": "one"})
    gate, first = threading.Barrier(5), []

    def one():
        gate.wait()
        first.append(Once(database).begin(wanted))

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first) == [False] * 4 + [True]
    assert [each.action for each in AuditLog(database).entries(str(KEY))] == ["notice"]
    assert Once(database).done("notice", str(KEY), wanted.detail)
    assert not Once(database).done("notice", str(KEY), {"about": "review", "mark": "other"})
