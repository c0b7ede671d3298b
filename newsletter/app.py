"""House: what commands and the desk do with a workspace."""

import html
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.errors import NotFound, ReviewError
from newsletter.review.cited import Citation, cite
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import Edition, EditionKey, Revision, State
from newsletter.review.roles import Act
from newsletter.send.events import Event, Forged
from newsletter.send.intake import Taken, Unread
from newsletter.send.message import FrozenMessage
from newsletter.send.numbers import Numbers
from newsletter.send.reports import Found, Kind, read
from newsletter.workspace import Workspace

FIRST_CONTINUED = frozenset({State.EXPIRED, State.REJECTED})


class House(Workspace):
    """One workspace, and what is done with it."""

    _revising = threading.Lock()  # held while a revision is made: the next one builds on it

    def run(self, order: Mapping[str, str], *, again: bool = False) -> Edition:
        """Make the edition of an order, or join the run that is already making it.

        Parameters
        ----------
        order : dict of str to str
            ``key``, optionally ``provider`` and ``path``.
        again : bool
            Run once more although this order has been carried out.
        """
        key, again = self._ordered(order, again)
        with self.engine() as engine:
            id = engine.next_id("produce", str(key), *sorted(order.items()), again=again)
            engine.run("produce", id, dict(order))
        edition: Edition = self.editions.get(key)
        return edition

    def _ordered(self, order: Mapping[str, str], again: bool) -> tuple[EditionKey, bool]:
        """Check an order; return its edition, and whether it is to be made once more."""
        key = EditionKey.parse(order["key"])
        if key.corrects:
            raise ReviewError(
                f"{key} is a correction; begin it with `newsletter correct {key.corrects}`."
            )
        self.trading_days(key.session.date).require(key.session.date)
        found = self.editions.find(key)
        return key, again or (found is not None and found.state in FIRST_CONTINUED)

    def submit(self, flow: str, key: str, order: Mapping[str, str] | None = None) -> str:
        """Put work before the workers, whatever process they are; return its name at once.

        Several who ask for the same get the same work. This process executes none of it;
        where no worker lives it waits for one (`Worklist.worked`).

        Parameters
        ----------
        flow : str
            ``"produce"``, ``"retry"`` (the failed stage of it), ``"deliver"`` or ``"renew"`` (a
            correction's facts, fetched anew).
        key : str
            The edition.
        order : dict of str to str, optional
            For ``produce`` what `run` takes besides the key; for ``renew`` the ``editor``.

        Raises
        ------
        ReviewError
            If it cannot be made, or there is no failed stage.
        """
        given, works = {**(order or {}), "key": key}, self.worklist
        if flow == "produce":
            _, again = self._ordered(given, again=False)
            about = tuple(sorted(given.items()))
            return str(works.submit("produce", key, given, about=about, again=again))
        if flow == "retry":
            found = works.rows.of("produce", key)
            if found and found[0].open:
                works.urge(found[0])
                return str(found[0].id)
            if not found or works.finished(found[0].id):
                raise ReviewError(f"No run of {key} has failed; there is no stage to try again.")
            return str(works.retry(found[0]))
        if flow == "deliver":
            return str(works.submit("deliver", key, key, again=True))
        if flow == "renew":
            editor = given["editor"]
            return str(works.submit("renew", key, key, editor, about=(editor,), again=True))
        raise ValueError(f"no flow {flow!r}")

    def flows(self) -> dict[str, Callable[..., Any]]:
        """Return the flows by name, as the engine runs them."""
        return {**super().flows(), "deliver": self._delivering, "renew": self._renewing}

    def _delivering(self, step: Callable[..., Any], key: str) -> dict[str, int]:
        """Deliver; what was ordered long ago is looked at anew before anything goes out."""
        step(self._admit, key)
        while True:
            counts: dict[str, int] = self.pipeline.deliver(step, key)
            # What was paused and resumed while this came to its end is not left behind.
            if not counts.get("queued") or not step(self._left, key):
                return counts

    def _admit(self, key: str) -> None:
        """Refuse a delivery that may not begin now: it rests, or its figures are old."""
        from newsletter.proofing import require_fresh

        edition = self.desk.refreshed(EditionKey.parse(key))
        self.pausing.require_running(edition)
        # What has begun to go out is not stopped half-way; a correction speaks of its own day.
        if edition.state is State.APPROVED and not edition.key.corrects:
            ledger = self.pipeline.ledger(edition.revision.ledger)
            require_fresh(ledger, self.clock.now(), self.latest_session().date)

    def _left(self, key: str) -> bool:
        """Tell whether copies of a delivery wait that nothing holds back."""
        edition = self.editions.get(EditionKey.parse(key))
        return edition.state is State.SENDING and not self.pauses.stands(key)

    def _renewing(self, step: Callable[..., Any], key: str, editor: str) -> str:
        """Fetch a correction's data anew."""
        return str(step(self._renew, key, editor))

    def _renew(self, key: str, editor: str) -> str:
        return str(self.corrections.renew(EditionKey.parse(key), editor, {}).key)

    def retry(self, key: EditionKey) -> Edition:
        """Try the stage again at which an edition's last run failed; the ones before it stand.

        Raises
        ------
        ReviewError
            If no run of it is known that failed or was cut off.
        """
        with self.engine() as engine:
            if not engine.retry("produce", str(key)):
                raise ReviewError(
                    f"No run of {key} has failed or was cut off; make the edition with "
                    "`newsletter run`, or once more with `newsletter run --again`."
                )
        edition: Edition = self.editions.get(key)
        return edition

    def revise(self, key: EditionKey, draft: Draft, editor: str) -> Edition:
        """Put an editor's draft through render and preflight as a new revision."""
        self.desk.require(editor, Act.WRITE)
        self.pipeline.artefacts.put("draft", draft.sha256, draft.to_bytes(), self.clock.now())
        return self._revised(key, draft.sha256, editor)

    def cite(self, key: EditionKey, citation: Citation, editor: str) -> Edition:
        """Add an editor's sourced fact to the ledger of a new revision."""
        self.desk.require(editor, Act.WRITE)
        revision = self.editions.get(key).revision
        ledger = cite(self.pipeline.ledger(revision.ledger), citation)
        self.pipeline.artefacts.put("ledger", ledger.sha256, ledger.to_bytes(), self.clock.now())
        edition = self._revised(key, revision.draft, editor, ledger.sha256)
        detail = {"revision": str(edition.revision.number), **citation.told()}
        self.audit.record(AuditEntry(self.clock.now(), editor, "cited", str(key), detail))
        return edition

    def revise_here(
        self,
        key: EditionKey,
        change: Callable[[Revision], tuple[Draft, Ledger]],
        editor: str,
    ) -> Edition:
        """Put what an editor changed through render and preflight at once, without the engine.

        The engine belongs to one process and takes seconds to start, which is right for what
        must survive a crash; an editor who sees no new revision presses the button again, and
        the same content is the same revision.

        Parameters
        ----------
        key : EditionKey
            The edition.
        change : callable
            Takes the revision to build on, returns the draft and the facts of the next. It is
            asked again where somebody else was first.
        editor : str
            Who changed it.
        """
        self.desk.require(editor, Act.WRITE)
        with self._revising:
            base = self.desk.refreshed(key).revision
            latest = base.number
            while True:
                edition = self._revised_here(key, base, *change(base), editor)
                made = edition.revision.number
                if made <= latest + 1:
                    return edition
                # Another process saved one in between; what it says must stand in ours too.
                between = [one for one in self.editions.revisions(key) if one.number < made]
                base, latest = between[-1], made

    def _revised_here(
        self, key: EditionKey, base: Revision, draft: Draft, ledger: Ledger, editor: str
    ) -> Edition:
        """Do what the flow `revise` does, with a ledger that was read before."""
        put, now, told = self.pipeline.artefacts.put, self.clock.now(), self.reporter.stage
        with self.reporter.making(str(key), "revise"):
            told("render")
            mail = self.render(key, draft, ledger, self.pipeline.snapshot(base.snapshot))
            told("preflight")
            report = self.preflight(mail, ledger, str(key), by_model=draft.by_model)
            told("review")
            if ledger.sha256 != base.ledger:
                put("ledger", ledger.sha256, ledger.to_bytes(), now)
            self.pipeline.review(
                str(key),
                base.snapshot,
                ledger.sha256,
                put("draft", draft.sha256, draft.to_bytes(), now),
                put("rendered", mail.sha256, mail.to_bytes(), now),
                put("report", report.sha256, report.to_bytes(), now),
                editor,
            )
        edition: Edition = self.editions.get(key)
        return edition

    def cite_here(self, key: EditionKey, citation: Citation, editor: str) -> Edition:
        """Add an editor's sourced fact to the ledger of a new revision at once."""
        pipeline = self.pipeline

        def change(base: Revision) -> tuple[Draft, Ledger]:
            return pipeline.written(base.draft), cite(pipeline.ledger(base.ledger), citation)

        edition = self.revise_here(key, change, editor)
        detail = {"revision": str(edition.revision.number), **citation.told()}
        self.audit.record(AuditEntry(self.clock.now(), editor, "cited", str(key), detail))
        return edition

    def _revised(self, key: EditionKey, draft: str, editor: str, ledger: str = "") -> Edition:
        with self.engine() as engine:
            id = engine.next_id("revise", str(key), draft, editor, ledger, again=True)
            engine.run("revise", id, str(key), draft, editor, ledger)
        edition: Edition = self.editions.get(key)
        return edition

    def deliver(self, key: EditionKey) -> dict[str, int]:
        """Send an approved edition, or what is left of it; a second call sends nothing twice."""
        self._admit(str(key))
        with self.engine() as engine:
            while True:
                id = engine.next_id("deliver", str(key), again=True)
                counts: dict[str, int] = engine.run("deliver", id, str(key))
                if not counts.get("queued") or not self._left(str(key)):
                    return counts

    def report(self, source: str, events: Sequence[Event], token: str = "") -> Taken:
        """Take in what a source reports about mails, each report once.

        Parameters
        ----------
        source : str
            Who reports; every event is of it.
        events : sequence of Event
            What is reported.
        token : str
            What makes the call itself valid only once, where the source has such a thing.

        Raises
        ------
        newsletter.send.events.Forged
            If the token was used before, or an event is of another source.
        """
        if any(each.source != source for each in events):
            raise Forged("a report is of another source")
        taken: Taken = self.reports.take(events, self.clock.now(), token)
        return taken

    def hooked(self, name: str, body: bytes, headers: Mapping[str, str]) -> Taken:
        """Verify a delivery service's call and take in what it reports.

        Parameters
        ----------
        name : str
            The last part of the hook's address.
        body : bytes
            As it came.
        headers : mapping of str to str
            By lower-case name.

        Raises
        ------
        NotFound
            If no such service may report here.
        newsletter.send.events.Forged
            If the call is not that service's, too old or repeated: answer 401.
        ValueError
            If it is genuine and cannot be read: answer 400.
        """
        found = self.hooks().get(name)
        if found is None:
            raise NotFound("There is no such hook; hooks.accept in config.yaml lists them.")
        events = found.read(body, headers, self.hook_secrets(name), self.clock.now())
        token = getattr(found, "token", None)
        return self.report(name, events, token(body) if token else "")

    def numbers(self, key: EditionKey) -> Numbers:
        """Return what became of an edition, in readers; opens and clicks where they are counted."""
        counts = self.hits.counts(str(key), lambda: self._links(key))
        found: Numbers = self.reports.numbers(str(key), counts)
        return found

    def _links(self, key: EditionKey) -> list[str]:
        """Return where the counted links of an edition's mail lead."""
        try:
            data = self.pipeline.artefacts.get("message", str(key))
        except NotFound:  # nothing of it has gone out
            return []
        return [html.unescape(one) for one in FrozenMessage.from_bytes(data).links]

    def read_bounce(self, data: bytes) -> tuple[Found, Taken]:
        """Take in a mail that came to the bounce address; what nobody can read waits."""
        now = self.clock.now()
        found = read(data, now, self.bounce_owner)
        taken: Taken = self.reports.take(found.events, now)
        unknown = bool(found.events) and taken.unmatched == taken.new > 0
        if found.kind is Kind.UNREAD or unknown:
            reason = found.reason or "it reports of a mail that is not in the ledger"
            self.reports.queue(Unread(found.id, reason, found.subject, found.text, now))
        return found, taken

    def replay(self, key: EditionKey) -> list[str]:
        """Rebuild an edition's latest revision from its snapshot; return what differs."""
        return self.pipeline.replay(self.editions.get(key))

    def ledger(self, order: Mapping[str, str]) -> Ledger:
        """Compute a session's ledger without keeping anything."""
        return self.compute(self.collect(order))
