"""The whole path on one page.

Two flows, each a list of durable steps. A step takes keys and returns keys; contents lie
in the store under their hash, so a step that runs twice after a crash writes the same
thing twice. Approval is a state of the edition, not a waiting flow.

    produce:  collect → compute → recollect → draft → render → preflight → review  (ADR 0002)
    deliver:  freeze → send, batch by batch → close
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from newsletter.clock import Clock
from newsletter.compute.facts import Ledger
from newsletter.config import Config, EditionKind
from newsletter.draft.claims import AUTHOR, Draft
from newsletter.draft.memory import committed, evaluate
from newsletter.draft.remembered import Memories, told, with_memory, with_remembered
from newsletter.draft.transcript import Transcript
from newsletter.errors import NotFound, ReviewError, SendRefused
from newsletter.kinds import root
from newsletter.posting import Post
from newsletter.preflight.report import Report
from newsletter.render.rendered import Rendered
from newsletter.reporter import Reporter
from newsletter.review.cited import with_cited
from newsletter.review.desk import Desk
from newsletter.review.edition import Edition, EditionKey, Revision, State, content_hash
from newsletter.send.deliver import (
    Progress,
    freeze_audience,
    freeze_message,
    require_may_leave,
    require_one_click,
    send_test,
)
from newsletter.send.delivery import DeliveryState
from newsletter.send.dkim import Stamp
from newsletter.send.message import FrozenMessage
from newsletter.send.transport import Transport
from newsletter.stages import Order, Stages

if TYPE_CHECKING:
    from newsletter.collect.snapshot import Snapshot

Step = Callable[..., Any]


class Artefacts(Protocol):
    """Contents by hash; the store implements it."""

    def put(self, kind: str, id: str, data: bytes, now: dt.datetime) -> str:
        """Keep contents under their hash; return the hash."""
        ...

    def get(self, kind: str, id: str) -> bytes:
        """Return contents by hash."""
        ...


@dataclass(frozen=True)
class Pipeline:
    """The two flows over their ports.

    Parameters
    ----------
    config : Config
        Choices.
    clock : Clock
        The time.
    artefacts : Artefacts
        Contents by hash.
    desk : Desk
        Where editions wait for people.
    stages : Stages
        The work.
    post : Post
        The way out.
    memory : Memories
        What past editions said.
    reporter : Reporter
        Tells whoever watches how far an edition is.
    """

    config: Config
    clock: Clock
    artefacts: Artefacts
    desk: Desk
    stages: Stages
    post: Post
    memory: Memories
    reporter: Reporter

    # -- produce: collect … review -------------------------------------------------

    def produce(self, step: Step, order: Order) -> str:
        """Make the edition of a session; return its key, in review."""
        key, step = order["key"], self.reporter.staged(step)
        with self.reporter.making(key, "run"):
            snapshot = step(self.collect, order)
            ledger = step(self.recollect, step(self.compute, snapshot), key)
            draft = step(self.draft, key, ledger, snapshot)
            rendered = step(self.render, key, draft, ledger, snapshot)
            report = step(self.preflight, rendered, ledger, key, draft)
            return str(step(self.review, key, snapshot, ledger, draft, rendered, report))

    def revise(self, step: Step, key: str, draft: str, author: str, ledger: str = "") -> str:
        """Put an editor's draft, or a ledger with cited facts, through render and preflight."""
        now = self.desk.book.get(EditionKey.parse(key)).revision
        ledger, step = ledger or now.ledger, self.reporter.staged(step)
        with self.reporter.making(key, "revise"):
            rendered = step(self.render, key, draft, ledger, now.snapshot)
            report = step(self.preflight, rendered, ledger, key, draft)
            step(self.review, key, now.snapshot, ledger, draft, rendered, report, author)
        return key

    def collect(self, order: Order) -> str:
        """Fetch, check and freeze the session's inputs."""
        snapshot = self.stages.collect(order)
        return self._keep("snapshot", snapshot.id, snapshot.to_bytes())

    def compute(self, snapshot: str) -> str:
        """Turn inputs into facts."""
        ledger = self.stages.compute(self.snapshot(snapshot))
        return self._keep("ledger", ledger.sha256, ledger.to_bytes())

    def recollect(self, ledger: str, key: str) -> str:
        """Judge by a session's facts what past editions left open; add what is remembered."""
        facts = self.ledger(ledger)
        self.memory.add(evaluate(self.memory.recall(), facts), self.clock.now())
        kind = EditionKey.parse(key).kind
        edition = self.config.editions.get(kind)
        weekly = edition is not None and edition.weekly
        facts = with_memory(facts, self.memory.recall(), kind, scored=weekly)
        return self._keep("ledger", facts.sha256, facts.to_bytes())

    def draft(self, key: str, ledger: str, snapshot: str = "") -> str:
        """Write the briefing, and keep what was asked of a model for it."""
        with self.reporter.making(key, "draft"):  # of its own, or a part of the run around it
            facts, edition = self.ledger(ledger), EditionKey.parse(key)
            known = self.memory.recall().before(facts)
            written = self.stages.write(
                edition, facts, self.snapshot(snapshot) if snapshot else None, told(known)
            )
            draft, asked = written.signed, written.transcript
            if draft.transcript:
                self._keep("transcript", draft.transcript, asked.to_bytes())
            return self._keep("draft", draft.sha256, draft.to_bytes())

    def render(self, key: str, draft: str, ledger: str, snapshot: str) -> str:
        """Lay the briefing out as mail."""
        rendered = self.stages.render(
            EditionKey.parse(key),
            self.written(draft),
            self.ledger(ledger),
            self.snapshot(snapshot),
        )
        return self._keep("rendered", rendered.sha256, rendered.to_bytes())

    def preflight(self, rendered: str, ledger: str, key: str = "", draft: str = "") -> str:
        """Prove every claim of the finished mail."""
        by_model = bool(draft) and self.written(draft).by_model
        report = self.stages.preflight(
            self.mail(rendered), self.ledger(ledger), key, by_model=by_model
        )
        return self._keep("report", report.sha256, report.to_bytes())

    def review(
        self,
        key: str,
        snapshot: str,
        ledger: str,
        draft: str,
        rendered: str,
        report: str,
        author: str = "",
    ) -> str:
        """Put the finished revision before the editors."""
        revision = Revision(
            number=1,
            author=author or self.written(draft).author,
            made_at=self.clock.now(),
            snapshot=snapshot,
            ledger=ledger,
            draft=draft,
            rendered=rendered,
            report=report,
            content=content_hash(rendered, ledger),
            blocked=self.report(report).blocked,
        )
        edition = EditionKey.parse(key)
        lifetime = self._lifetime(edition, revision.made_at)
        return str(self.desk.submit(edition, revision, lifetime).key)

    def _lifetime(self, key: EditionKey, made: dt.datetime) -> dt.timedelta:
        """Return how long what is made at an instant stays fresh; nothing, where it is late."""
        if (kind := self.config.editions.get(key.kind)) is None or kind.not_after is None:
            return dt.timedelta(hours=self.config.review.expires_after_hours)
        from newsletter.schedule import expires  # whoever writes at the desk waits for no pandas

        return expires(self.config, key, made, self.stages.calendar(key.session.date)) - made

    # -- deliver: freeze … close ---------------------------------------------------

    def deliver(self, step: Step, key: str) -> dict[str, int]:
        """Send an approved edition, once to each reader; return the counts by state.

        Copies that servers put off are not waited for: `close` has the run gone on with when
        the next of them is due, by whatever process is there then.
        """
        step(self.freeze, key)
        while step(self.send, key):
            pass
        counts: dict[str, int] = step(self.close, key)
        return counts

    def freeze(self, key: str) -> int:
        """Check the approval, then write one queued row for each reader, once."""
        edition = self._edition(key)
        frozen, transport = self.message(edition), self._transport(edition)
        require_may_leave(frozen, transport)
        require_one_click(self.post.signer, transport)
        frozen.signed_by(self._stamp(edition))  # a key that cannot be used is told before the start
        self.desk.mark(edition, State.SENDING, "pipeline")
        self._keep("message", key, frozen.to_bytes())
        if self._is_frozen(key):
            return 0  # nobody who joined since is added
        readers = self.post.audience(edition.key, self._kind(edition.key))
        added = freeze_audience(frozen, readers, self.post.signer, self.post.book, self.clock)
        self._keep("audience", key, str(added).encode())
        return added

    def _is_frozen(self, key: str) -> bool:
        """Tell whether an edition's audience is whole; one half frozen by a crash is not."""
        try:
            self.artefacts.get("audience", key)
        except NotFound:  # of a version that kept no mark: no copy went before all stood there
            return bool(set(self.post.book.counts(key)) - {DeliveryState.QUEUED})
        return True

    def send(self, key: str) -> int:
        """Send one batch of the frozen message; return how many rows it worked on.

        An edition that is cancelled or paused meanwhile stops before its next message.

        The message is the one frozen with the audience: a change of config.yaml while
        copies go out cannot give readers two different mails.
        """
        edition = self._edition(key)
        frozen = FrozenMessage.from_bytes(self.artefacts.get("message", key))
        if not frozen.says_the_same_as(self.message(edition, frozen.counted)):
            raise SendRefused(
                f"The frozen message of {key} is not the approved mail; nothing more is sent. "
                "Find out who changed the database."
            )
        return self.post.send(
            edition,
            frozen.signed_by(self._stamp(edition)),
            self.config.senders[self._kind(edition.key).sender],
            self._transport(edition),
            self.clock,
            lambda: self._edition(key).state is State.CANCELLED,
        )

    def close(self, key: str) -> dict[str, int]:
        """Mark the edition sent once nothing is left but what a person must decide.

        From then on the house is held to what it said.
        """
        progress = Progress(0, self.post.book.counts(key))
        if progress.finished:
            edition = self._edition(key)
            self.desk.mark(edition, State.SENT, "pipeline")
            if not edition.key.corrects:  # which makes no call and takes no view
                self._commit(edition)
        elif progress.counts.get(DeliveryState.DEFERRED) and not self.post.paused(key):
            self.post.rest(self._edition(key), self.clock.now())
        return {str(state): count for state, count in progress.counts.items() if count}

    def _commit(self, edition: Edition) -> None:
        revision, key = edition.revision, edition.key
        draft = self.written(revision.draft)
        calendar = self.stages.calendar(key.session.date)
        said = committed(str(key), draft, self.ledger(revision.ledger), calendar)
        self.memory.record(said, self.clock.now())

    def message(self, edition: Edition, counted: bool | None = None) -> FrozenMessage:
        """Build the message of an approved edition; its very bytes are hashed again."""
        counted = self.config.counting.enabled if counted is None else counted
        mail, ledger = self.mail(edition.revision.rendered), self.ledger(edition.revision.ledger)
        kind = self._kind(edition.key)
        return freeze_message(
            edition,
            mail,
            ledger.sha256,
            self.config.senders[kind.sender],
            self.config.publication,
            kind.list,
            self.clock,
            counted=counted,
        )

    def send_test(self, key: str, address: str) -> None:
        """Send the latest revision, approved or not, marked as a test, to one address."""
        edition = self._edition(key)
        kind = self._kind(edition.key)
        frozen = FrozenMessage.of(
            self.mail(edition.revision.rendered),
            self.config.senders[kind.sender],
            self.config.publication,
            edition.key,
            kind.list,
            self.clock.now(),
            test=True,
        )
        frozen = frozen.signed_by(self._stamp(edition))
        send_test(frozen, address, self.post.signer, self._transport(edition))

    def replay(self, edition: Edition) -> list[str]:
        """Rebuild an edition's latest revision from its snapshot; return what differs.

        The draft is replayed, not rewritten, where a person or a model wrote it; so are the
        facts that an editor cited, and what the house remembered that evening.
        """
        revision = edition.revision
        snapshot = self.snapshot(revision.snapshot)
        kept = self.ledger(revision.ledger)
        computed = with_remembered(self.stages.compute(snapshot), kept)
        ledger = with_cited(computed, kept)
        draft = self.written(revision.draft)
        written = draft
        if revision.author == AUTHOR:
            written = self._rewritten(edition.key, draft, computed)
        rendered = self.stages.render(edition.key, draft, ledger, snapshot)
        pairs = {
            "snapshot": (revision.snapshot, snapshot.id),
            "ledger": (revision.ledger, ledger.sha256),
            "draft": (revision.draft, written.sha256),
            "rendered": (revision.rendered, rendered.sha256),
        }
        return [
            f"{name}: {old} then, {new} now" for name, (old, new) in pairs.items() if old != new
        ]

    def _rewritten(self, key: EditionKey, draft: Draft, ledger: Ledger) -> Draft:
        """Return what the house writer writes now, where it stood in for a model too."""
        again = self.stages.house(key, ledger, (self.mail(id).text for id in draft.after))
        return replace(
            again, transcript=draft.transcript, fallback=draft.fallback, after=draft.after
        )

    # -- contents ------------------------------------------------------------------

    def snapshot(self, id: str) -> Snapshot:
        """Return a kept snapshot."""
        from newsletter.collect.snapshot import Snapshot

        return Snapshot.from_bytes(self.artefacts.get("snapshot", id))

    def ledger(self, id: str) -> Ledger:
        """Return a kept ledger."""
        return Ledger.from_bytes(self.artefacts.get("ledger", id))

    def written(self, id: str) -> Draft:
        """Return a kept draft."""
        return Draft.from_bytes(self.artefacts.get("draft", id))

    def transcript(self, id: str) -> Transcript:
        """Return what a model was asked and answered for a draft."""
        return Transcript.from_bytes(self.artefacts.get("transcript", id))

    def mail(self, id: str) -> Rendered:
        """Return a kept mail."""
        return Rendered.from_bytes(self.artefacts.get("rendered", id))

    def report(self, id: str) -> Report:
        """Return a kept report."""
        return Report.from_bytes(self.artefacts.get("report", id))

    def _edition(self, key: str) -> Edition:
        return self.desk.book.get(EditionKey.parse(key))

    def _kind(self, key: EditionKey) -> EditionKind:
        kind = self.config.kind(key.kind)
        if kind is None:
            raise ReviewError(
                f"config.yaml has no editions.{root(key.kind)}; add it, or use one of "
                f"{', '.join(self.config.editions)}."
            )
        return kind

    def _transport(self, edition: Edition) -> Transport:
        return self.post.open_transport(self._kind(edition.key).sender)

    def _stamp(self, edition: Edition) -> Stamp | None:
        return self.post.stamp(self._kind(edition.key).sender)

    def _keep(self, kind: str, id: str, data: bytes) -> str:
        return self.artefacts.put(kind, id, data, self.clock.now())
