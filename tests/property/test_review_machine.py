"""Whatever editors, writers and the clock do: nothing leaves that was not approved as it is.

The model below knows only the promises: it keeps the words that were signed and the
events that void a signature, and is compared with the desk after every act.
"""

import datetime as dt

from engine_support import EDITORS, KEY, LIFETIME, desk, revision
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lengths import length

from newsletter.errors import ReviewError, SendRefused
from newsletter.review.edition import State
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database

CONTENTS = ("a", "b", "c")
AUTHORS = ("house-writer@2", *EDITORS)
SELDOM = st.integers(0, 7).map(lambda number: number == 7)
DECIDED = [*(["held", "rejected"] * 3), "approved", "in_review", "sending", "expired", "cancelled"]
SETTLED = {"rejected", "sent", "cancelled"}


class DeskMachine(RuleBasedStateMachine):
    """Random evenings at the desk, with four eyes on."""

    def __init__(self):
        super().__init__()
        self.database = Database("sqlite://")
        self.desk = desk(self.database, four_eyes=True)

    @initialize(content=st.sampled_from(CONTENTS), blocked=SELDOM)
    def begin(self, content, blocked):
        self.desk.submit(KEY, revision(content, blocked=blocked), LIFETIME)
        self.content, self.blocked, self.author = content, blocked, AUTHORS[0]
        self.fresh_until = self.desk.clock.now() + LIFETIME
        self.signed = None
        self.out = self.over = False

    def fresh(self):
        return self.desk.clock.now() < self.fresh_until

    @rule(content=st.sampled_from(CONTENTS), author=st.sampled_from(AUTHORS), blocked=SELDOM)
    def submit(self, content, author, blocked):
        same = content == self.content
        state = self.desk.book.get(KEY).state
        try:
            self.desk.submit(KEY, revision(content, author=author, blocked=blocked), LIFETIME)
        except ReviewError:
            assert not same
            assert self.out or self.over
            return
        if same and state != "expired" and (state in SETTLED or self.out or self.fresh()):
            return
        if not same:
            assert not self.out
            assert not self.over
            self.content, self.blocked, self.author = content, blocked, author
        self.signed = None
        self.fresh_until = self.desk.clock.now() + LIFETIME

    @rule(editor=st.sampled_from((*EDITORS, *EDITORS, "stranger")))
    def approve(self, editor):
        before = self.desk.book.get(KEY).state
        may = (
            before == "in_review"
            and editor in EDITORS
            and editor != self.author
            and not self.blocked
            and self.fresh()
        )
        try:
            self.desk.approve(KEY, editor)
        except ReviewError:
            assert not may
        else:
            assert may
            self.signed = self.content

    @rule(
        state=st.sampled_from(DECIDED).map(State),
        actor=st.sampled_from((*EDITORS, *EDITORS, "stranger")),
    )
    def decide(self, state, actor):
        try:
            self.desk.decide(KEY, state, actor, "because")
        except ReviewError:
            return
        assert actor != "stranger"
        assert state in {"rejected", "held", "cancelled"}
        self.signed = None
        self.over = self.over or state == "cancelled"

    @rule(actor=st.sampled_from((*EDITORS, "stranger")))
    def release(self, actor):
        before = self.desk.book.get(KEY).state
        try:
            self.desk.release(KEY, actor, LIFETIME)
        except ReviewError:
            assert before != "held" or actor == "stranger" or not self.fresh()
            return
        assert before == "held"
        assert actor != "stranger"
        assert self.signed is None
        assert self.desk.book.get(KEY).approval is None

    @precondition(lambda self: self.signed)
    @rule()
    def send(self):
        edition = self.desk.refreshed(KEY)
        try:
            edition.require_sendable(edition.revision.content, self.desk.clock.now())
        except SendRefused:
            return
        self.desk.mark(edition, State.SENDING, "pipeline")
        self.out = True

    @precondition(lambda self: self.out and not self.over)
    @rule()
    def close(self):
        self.desk.mark(self.desk.book.get(KEY), State.SENT, "pipeline")
        self.over = True

    @rule(hours=st.sampled_from([1, 1, 6, 20]))
    def wait(self, hours):
        self.desk.clock.advance(dt.timedelta(hours=hours))

    @invariant()
    def only_what_was_signed_may_leave(self):
        edition, now = self.desk.book.get(KEY), self.desk.clock.now()
        may = (
            self.signed is not None
            and self.signed == self.content
            and not self.blocked
            and not self.over
            and (self.out or self.fresh())
        )
        for content in CONTENTS:
            try:
                edition.require_sendable(revision(content).content, now)
                left = True
            except SendRefused:
                left = False
            assert left == (may and content == self.signed), (content, edition)

    @invariant()
    def a_signature_stands_only_under_the_words_it_was_given_for(self):
        edition = self.desk.book.get(KEY)
        assert edition.approval is None or edition.approval.content == edition.revision.content

    def teardown(self):
        assert AuditLog(self.database).first_broken() is None
        self.database.close()


DeskMachine.TestCase.settings = settings(
    max_examples=length(30, 1_000),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_nothing_leaves_that_was_not_approved_as_it_is = DeskMachine.TestCase
