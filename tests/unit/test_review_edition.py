"""An edition's states, its approval, and when it may leave."""

import datetime as dt
from dataclasses import replace

import pytest
from engine_support import KEY, LIFETIME, NOW, revision

from newsletter.clock import Session
from newsletter.errors import ReviewError, SendRefused
from newsletter.review.edition import Edition, EditionKey, State, content_hash

# The picture of docs/design.md, written out by hand: what may follow what.
TABLE = {
    "drafted": "in_review cancelled",
    "in_review": "approved rejected held expired cancelled",
    "approved": "sending in_review held expired cancelled",
    "held": "in_review rejected expired cancelled",
    "sending": "sent cancelled",
    "sent": "",
    "rejected": "in_review",
    "expired": "in_review",
    "cancelled": "",
}
STEPS = [(old, new, new in TABLE[old].split()) for old in TABLE for new in TABLE]
HOUR = dt.timedelta(hours=1)


def edition(state="in_review", **changes):
    made = Edition(KEY, State(state), NOW, NOW + LIFETIME, revision())
    return replace(made, **changes)


def approved(state="approved", **changes):
    signed = edition().approve("ann", NOW + HOUR, four_eyes=False)
    return replace(signed, state=State(state), **changes)


def test_the_table_names_every_state():
    assert set(TABLE) == {str(state) for state in State}


@pytest.mark.parametrize(
    ("old", "new", "allowed"), [step for step in STEPS if step[1] != "approved"]
)
def test_a_step_is_taken_exactly_where_the_table_allows_it(old, new, allowed):
    before = edition(old)
    if allowed:
        after = before.to(State(new), reason="because")
        assert (after.state, after.reason) == (new, "because")
        assert after.revision == before.revision
    else:
        with pytest.raises(ReviewError, match=rf"is {old} and cannot become {new}"):
            before.to(State(new))


@pytest.mark.parametrize("old", TABLE)
def test_no_step_makes_an_edition_approved_without_a_signature(old):
    with pytest.raises(ReviewError):
        edition(old).to(State.APPROVED)


def test_a_refused_step_names_the_steps_there_are():
    with pytest.raises(ReviewError, match=r"it can become cancelled, sent\.$"):
        edition("sending").to(State.HELD)
    with pytest.raises(ReviewError, match=r"that is for good\.$"):
        edition("sent").to(State.HELD)


@pytest.mark.parametrize("state", [state for state in TABLE if state != "in_review"])
def test_only_an_edition_in_review_is_approved(state):
    with pytest.raises(ReviewError):
        edition(state).approve("ann", NOW, four_eyes=False)


def test_an_approval_names_editor_instant_and_content():
    after = edition(reason="was held").approve("ann", NOW + HOUR, four_eyes=False)
    assert after.state == "approved"
    assert after.reason == ""
    assert after.approval.editor == "ann"
    assert after.approval.at == NOW + HOUR
    assert after.approval.content == after.revision.content


def test_a_blocked_revision_is_not_approved():
    blocked = edition(revision=revision(blocked=True))
    with pytest.raises(ReviewError, match="revision 1 is blocked by preflight"):
        blocked.approve("ann", NOW, four_eyes=False)


@pytest.mark.parametrize(("late", "fine"), [(-1, True), (0, False), (1, False)])
def test_an_approval_is_in_time_only_before_the_expiry(late, fine):
    now = NOW + LIFETIME + dt.timedelta(microseconds=late)
    if fine:
        assert edition().approve("ann", now, four_eyes=False).state == "approved"
    else:
        with pytest.raises(ReviewError, match=r"expired at 2026-07-03 11:30 UTC.*not approved"):
            edition().approve("ann", now, four_eyes=False)


def test_with_four_eyes_nobody_approves_their_own_revision():
    own = edition(revision=revision(author="ann"))
    with pytest.raises(ReviewError, match="another editor must approve"):
        own.approve("ann", NOW, four_eyes=True)
    assert own.approve("bob", NOW, four_eyes=True).state == "approved"
    assert own.approve("ann", NOW, four_eyes=False).state == "approved"


@pytest.mark.parametrize("state", TABLE)
def test_a_revision_is_taken_until_the_edition_is_on_its_way_or_cancelled(state):
    before = approved(state)
    if state in {"sending", "sent", "cancelled"}:
        with pytest.raises(ReviewError, match=f"is {state}; it can no longer be changed"):
            before.revise(revision("b", number=2))
    else:
        after = before.revise(revision("b", number=2))
        assert (after.state, after.approval, after.reason) == ("in_review", None, "")
        assert after.revision.number == 2


@pytest.mark.parametrize("state", TABLE)
def test_only_an_approved_edition_or_one_on_its_way_may_be_sent(state):
    signed = approved(state)
    if state in {"approved", "sending"}:
        assert signed.require_sendable(signed.revision.content, NOW + HOUR) == signed.approval
    else:
        with pytest.raises(SendRefused):
            signed.require_sendable(signed.revision.content, NOW + HOUR)


def test_an_edition_without_a_signature_may_not_be_sent_whatever_its_state():
    for state in TABLE:
        made = edition(state)
        with pytest.raises(SendRefused):
            made.require_sendable(made.revision.content, NOW)


def test_one_changed_byte_of_mail_or_facts_voids_the_approval():
    signed = approved()
    for other in (content_hash("0" * 63 + "b", "1" * 64), content_hash("0" * 63 + "a", "2" * 64)):
        with pytest.raises(SendRefused, match="was changed after ann approved it"):
            signed.require_sendable(other, NOW + HOUR)


def test_an_approval_of_other_content_than_the_revisions_is_refused():
    swapped = replace(approved(), revision=revision("b"))
    for content in (revision("a").content, revision("b").content):
        with pytest.raises(SendRefused, match="was changed after"):
            swapped.require_sendable(content, NOW + HOUR)


def test_a_stale_edition_is_not_sent_but_one_on_its_way_is_finished():
    late = NOW + LIFETIME
    with pytest.raises(SendRefused, match="expired"):
        approved().require_sendable(revision().content, late)
    assert approved("sending").require_sendable(revision().content, late).editor == "ann"


@pytest.mark.parametrize("stop", ["held", "expired", "in_review"])
def test_an_edition_taken_back_after_approval_needs_a_new_signature(stop):
    stopped = approved().to(State(stop))
    assert stopped.approval is None


def test_an_edition_cancelled_on_its_way_still_tells_who_approved_it():
    assert approved("sending").to(State.CANCELLED).approval.editor == "ann"


def test_a_key_reads_back_what_it_prints():
    key = EditionKey.parse("2026-07-02.XNYS.evening")
    assert key == EditionKey(Session(dt.date(2026, 7, 2), "XNYS"), "evening")
    assert str(key) == "2026-07-02.XNYS.evening"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evening",
        "2026-07-02.XNYS",
        "2026-02-30.XNYS.evening",
        "2026-7-2.XNYS.evening",
        "2026-07-02.xnys.evening",
        "2026-07-02.XNYS.Evening",
        "2026-07-02.XNYS.evening\n",
        " 2026-07-02.XNYS.evening",
        "2026-07-02.XNYS.evening/../x",
        "٢٠٢٦-07-02.XNYS.evening",
    ],
)
def test_what_is_no_key_is_refused_with_an_example(text):
    with pytest.raises(ReviewError, match=r"looks like 2026-07-02\.XNYS\.evening"):
        EditionKey.parse(text)


def test_the_content_hash_is_sha256_over_mail_and_ledger_line_by_line():
    # printf 'mail\nledger' | sha256sum
    expected = "1a9c837c09018ccdbbf90cfd6d780a6b40adca963f91f93deff80848097fe337"
    assert content_hash("mail", "ledger") == expected
    assert content_hash("ledger", "mail") != expected
