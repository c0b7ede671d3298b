"""Overrides: who may, of what, and for how long; on a real database."""

from dataclasses import replace

import pytest
from engine_support import KEY, LIFETIME, NOW, revision

from newsletter.clock import FixedClock
from newsletter.errors import NotFound, ReviewError, SendRefused
from newsletter.preflight.quote import quoted
from newsletter.preflight.report import Claim, Finding, Report, Severity, Span, Verdict
from newsletter.preflight.rule import rules
from newsletter.preflight.text.document import Document
from newsletter.review.desk import Desk
from newsletter.review.edition import State
from newsletter.review.override import NEVER, Override, forbidden, outstanding
from newsletter.review.roles import MAY, Act, Role
from newsletter.store.artefacts import Artefacts
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.editions import SqlEditionBook
from newsletter.store.models import OverrideRow
from newsletter.store.people import SqlEditors

REASON = "The sentence quotes the fund's own prospectus."
TEXT = "You should buy it.\n\nIt rose 23%.\n\nNobody can lose here."


def finding(words, rule="L01", severity=Severity.BLOCK, text=TEXT, part="text"):
    span = Span(text.index(words), text.index(words) + len(words))
    made = Finding(rule, severity, span, f"“{words}” is wrong.", part)
    return next(quoted([made], Document.of_text(text)))


ADVICE = finding("should buy")
UNKNOWN = finding("23%", "N01")
PROMISE = finding("can lose", "L02")


def claim(verdict):
    return Claim(UNKNOWN.span, "23%", "percent", verdict, part="text")


@pytest.fixture
def database():
    opened = Database("sqlite://")
    yield opened
    opened.close()


def desk(database, **more):
    people = SqlEditors(database)
    for role in Role:
        if people.role(role) is None:
            people.add(str(role), f"{role}@example.com", NOW, role)
    kept = Artefacts(database)

    def reports(id):
        return Report.from_bytes(kept.get("report", id))

    given = {"four_eyes": False, "reports": reports, **more}
    return Desk(SqlEditionBook(database), people, FixedClock(NOW), **given)


def submitted(at, database, report, content="a", **more):
    Artefacts(database).put("report", report.sha256, report.to_bytes(), NOW)
    made = replace(revision(content, blocked=report.blocked, **more), report=report.sha256)
    return at.submit(KEY, made, LIFETIME)


def log(database):
    return AuditLog(database).entries(str(KEY))


def test_a_blocked_edition_is_approved_once_every_blocking_finding_is_answered_for(database):
    at = desk(database)
    submitted(at, database, Report((claim(Verdict.UNSUPPORTED),), (ADVICE, UNKNOWN)))
    told = rf"blocked by preflight: L01 .*and by 1 more.*newsletter override {KEY} {ADVICE.key} "
    with pytest.raises(ReviewError, match=told):
        at.approve(KEY, "editor")
    at.override(KEY, ADVICE.key, "compliance", REASON)
    with pytest.raises(ReviewError, match="blocked by preflight: N01"):
        at.approve(KEY, "editor")
    edition = at.override(KEY, UNKNOWN.key, "admin", f"  {REASON}\n")
    assert not at.blocked(edition)
    assert [one.editor for one in edition.overrides] == ["compliance", "admin"]
    approved = at.approve(KEY, "editor")
    assert approved.state is State.APPROVED
    assert at.book.get(KEY) == approved
    assert approved.require_sendable(approved.revision.content, NOW).editor == "editor"


def test_an_override_is_one_line_in_the_log_and_the_approval_names_it(database):
    at = desk(database)
    report = Report((), (ADVICE,))
    submitted(at, database, report)
    at.override(KEY, ADVICE.key, "compliance", f" {REASON}\u202e\x1b[31m\n")
    at.approve(KEY, "editor")
    given, approved = log(database)[-2:]
    assert (given.actor, given.action) == ("compliance", "overridden")
    assert given.detail == {
        "revision": "1",
        "content": at.book.get(KEY).revision.content,
        "state": "in_review",
        "finding": ADVICE.key,
        "rule": "L01",
        "words": "should buy",
        "reason": f"{REASON}[31m",  # what steers a terminal is gone
        "role": "compliance",
        "report": report.sha256,
    }
    assert approved.detail["overrides"] == f"L01 {ADVICE.key} by compliance"
    assert approved.detail["overrides_hash"] == at.book.get(KEY).approval.overrides
    assert AuditLog(database).first_broken() is None


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(database, role):
    acts = {
        Act.APPROVE: lambda at: at.approve(KEY, str(role)),
        Act.DECIDE: lambda at: at.decide(KEY, State.HELD, str(role), "wait"),
        Act.OVERRIDE: lambda at: at.override(KEY, ADVICE.key, str(role), REASON),
        Act.WRITE: lambda at: at.require(str(role), Act.WRITE),
    }
    table = {
        "writer": {Act.READ, Act.COMMENT, Act.WRITE, Act.RUN},
        "editor": set(Act) - {Act.OVERRIDE, Act.PEOPLE, Act.APPOINT},
        "compliance": {Act.READ, Act.COMMENT, Act.DECIDE, Act.OVERRIDE, Act.AUDIT},
        "admin": set(Act),
    }
    assert table[role] == MAY[role]
    at = desk(database)
    for act, do in acts.items():
        fine = Report((), (replace(ADVICE, severity=Severity.WARN),))
        blocked = Report((), (ADVICE,))
        submitted(at, database, blocked if act is Act.OVERRIDE else fine, content=act.name)
        if act in table[role]:
            do(at)
        else:
            with pytest.raises(ReviewError, match=rf"{role} is .* and may not {act}; that takes"):
                do(at)


def test_a_disabled_editor_has_no_role(database):
    at = desk(database)
    submitted(at, database, Report((), (ADVICE,)))
    SqlEditors(database).disable("compliance", NOW)
    with pytest.raises(ReviewError, match="no active editor"):
        at.override(KEY, ADVICE.key, "compliance", REASON)


@pytest.mark.parametrize("four_eyes", [True, False])
def test_nobody_overrides_in_an_edition_they_have_written_at(database, four_eyes):
    at = desk(database, four_eyes=four_eyes)
    report = Report((), (ADVICE,))
    submitted(at, database, report, author="admin")
    submitted(at, database, report, "b", author="editor")  # another's small change hides nothing
    with pytest.raises(ReviewError, match="nobody overrides a finding in text of their own"):
        at.override(KEY, ADVICE.key, "admin", REASON)
    assert at.override(KEY, ADVICE.key, "compliance", REASON).overrides


@pytest.mark.parametrize("reason", ["", " \n ", "too short", "x" * 501, "\u200b" * 40])
def test_a_reason_is_a_reason(database, reason):
    at = desk(database)
    submitted(at, database, Report((), (ADVICE,)))
    with pytest.raises(ReviewError, match="10 to 500 characters"):
        at.override(KEY, ADVICE.key, "compliance", reason)
    assert at.book.get(KEY).overrides == ()


def test_a_contradicted_claim_stays_whoever_speaks(database):
    at = desk(database)
    report = Report((claim(Verdict.CONTRADICTED),), (UNKNOWN,))
    submitted(at, database, report)
    with pytest.raises(ReviewError, match="cannot be overridden: the ledger says otherwise"):
        at.override(KEY, UNKNOWN.key, "admin", REASON)
    # Not even by a row that somebody wrote into the database.
    with database.begin(writing=True) as session:
        session.add(
            OverrideRow(
                edition=str(KEY), revision=1, finding=UNKNOWN.key, rule="N01", words="23%",
                reason=REASON, editor="admin", role="admin", report=report.sha256, at=NOW,
            )
        )  # fmt: skip
    assert at.outstanding(at.book.get(KEY)) == (UNKNOWN,)
    with pytest.raises(ReviewError, match="blocked by preflight"):
        at.approve(KEY, "editor")


def test_a_claim_contradicted_in_one_part_is_not_overridden_through_the_other(database):
    other = replace(UNKNOWN, part="html", span=Span(0, 3))
    assert other.key == UNKNOWN.key
    at = desk(database)
    claims = (claim(Verdict.CONTRADICTED), replace(claim(Verdict.AMBIGUOUS), part="html"))
    submitted(at, database, Report(claims, (other, UNKNOWN)))
    with pytest.raises(ReviewError, match="the ledger says otherwise"):
        at.override(KEY, UNKNOWN.key, "admin", REASON)


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.AMBIGUOUS])
def test_a_claim_the_ledger_does_not_know_can_be_answered_for(verdict):
    assert forbidden(UNKNOWN, Report((claim(verdict),), (UNKNOWN,))) == ""


@pytest.mark.parametrize(
    "rule", ["C01", "C04", "C05", "C06", "F01", "F02", "F03", "N02", "N03", "N04", "S01", "S03"]
)
def test_what_a_mail_must_be_is_not_overridden(rule):
    assert rule in NEVER
    assert forbidden(finding("should buy", rule), Report())


def test_every_rule_that_always_stands_is_a_rule_there_is():
    checks = {"N01", "N02", "N03", "N04"}
    assert set(NEVER) <= set(rules()) | checks


def test_a_warning_is_not_overridden_and_neither_is_what_is_not_there(database):
    at = desk(database)
    warned = replace(PROMISE, severity=Severity.WARN)
    submitted(at, database, Report((), (ADVICE, warned)))
    for key in (warned.key, "0" * 12, "", ADVICE.key[:6]):
        with pytest.raises(NotFound, match="has no blocking finding"):
            at.override(KEY, key, "compliance", REASON)


def test_a_finding_is_overridden_once(database):
    at = desk(database)
    submitted(at, database, Report((), (ADVICE,)))
    at.override(KEY, ADVICE.key, "compliance", REASON)
    with pytest.raises(ReviewError, match="compliance has already overridden"):
        at.override(KEY, ADVICE.key, "admin", REASON)


def test_a_new_revision_voids_every_override_even_where_the_sentence_stands(database):
    at = desk(database)
    report = Report((), (ADVICE,))
    submitted(at, database, report)
    at.override(KEY, ADVICE.key, "compliance", REASON)
    edition = submitted(at, database, report, "b")
    assert (edition.overrides, at.book.get(KEY).overrides) == ((), ())
    with pytest.raises(ReviewError, match="blocked by preflight"):
        at.approve(KEY, "editor")
    at.override(KEY, ADVICE.key, "compliance", REASON)  # the same key: one command
    assert at.approve(KEY, "editor").state is State.APPROVED


def test_an_edition_reopened_with_the_same_bytes_keeps_what_was_answered_for(database):
    at = desk(database)
    report = Report((), (ADVICE,))
    submitted(at, database, report)
    at.override(KEY, ADVICE.key, "compliance", REASON)
    at.clock.advance(LIFETIME)
    with pytest.raises(ReviewError, match="expired"):
        at.override(KEY, ADVICE.key, "admin", REASON)
    edition = submitted(at, database, report)
    assert [one.finding for one in edition.overrides] == [ADVICE.key]
    assert at.approve(KEY, "editor").state is State.APPROVED


def test_overrides_changed_behind_the_approval_stop_the_edition(database):
    at = desk(database)
    submitted(at, database, Report((), (ADVICE,)))
    at.override(KEY, ADVICE.key, "compliance", REASON)
    content = at.approve(KEY, "editor").revision.content
    with database.begin(writing=True) as session:
        session.get(OverrideRow, (str(KEY), 1, ADVICE.key)).reason = "Nobody will ever notice."
    with pytest.raises(SendRefused, match="is not what editor approved it with"):
        at.book.get(KEY).require_sendable(content, NOW)


def test_only_an_edition_in_review_is_overridden(database):
    at = desk(database)
    submitted(at, database, Report((), (ADVICE,)))
    at.decide(KEY, State.HELD, "editor", "wait")
    with pytest.raises(ReviewError, match="is held; only an edition in review"):
        at.override(KEY, ADVICE.key, "compliance", REASON)


def test_without_its_report_a_blocked_edition_stays_blocked(database):
    at = desk(database, reports=None)
    report = Report((), (ADVICE,))
    edition = submitted(at, database, report)
    assert at.blocked(edition)
    with pytest.raises(NotFound):
        at.override(KEY, ADVICE.key, "compliance", REASON)
    with pytest.raises(ReviewError, match="blocked by preflight; see"):
        at.approve(KEY, "editor")


def test_a_report_altered_in_the_database_overrides_nothing(database):
    at = desk(database, reports=lambda _: Report((), (ADVICE,)))
    submitted(at, database, Report((), (ADVICE, PROMISE)))
    with pytest.raises(ReviewError, match="was altered"):
        at.override(KEY, ADVICE.key, "compliance", REASON)


def test_the_key_of_a_finding_survives_an_edit_elsewhere_and_no_edit_of_its_sentence():
    assert len(ADVICE.key) == 12
    longer = "A new first line.\n\n" + TEXT
    assert finding("should buy", text=longer).key == ADVICE.key
    wrapped = TEXT.replace("should buy", "should\nbuy")
    assert finding("should\nbuy", text=wrapped).key == ADVICE.key
    assert finding("should buy", part="html").key == ADVICE.key
    assert finding("should buy", text=TEXT.replace("buy it", "buy more of it")).key != ADVICE.key
    assert finding("should buy", "L08").key != ADVICE.key


def test_two_sentences_with_the_same_words_are_two_findings():
    text = "You should buy gold. Everybody should buy silver."
    first = finding("should buy", text=text)
    span = Span(text.rindex("should buy"), text.rindex("should buy") + 10)
    second = next(quoted([replace(first, span=span)], Document.of_text(text)))
    assert first.key != second.key
    report = Report((), (first, second))
    given = Override(
        first.key, "L01", "should buy", REASON, "cora", "compliance", report.sha256, NOW
    )
    assert outstanding(report, [given]) == (second,)
    assert outstanding(report, [replace(given, report="another")]) == (first, second)


def test_a_finding_keeps_its_key_in_the_kept_report():
    report = Report((), (ADVICE, UNKNOWN))
    assert Report.from_bytes(report.to_bytes()) == report
    assert [one["key"] for one in report.to_json()["findings"]] == [ADVICE.key, UNKNOWN.key]
