"""Correcting: an edition that went out wrong is followed by an edition that says so.

A correction is an edition of its own: its key names what it corrects (`newsletter.kinds`),
its mail is proved by the same session's facts, and it takes the same signature. It quotes
what was sent and goes to those who got it (ADR 0018).
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft, Section, fill
from newsletter.draft.erratum import Erratum, Wrong
from newsletter.draft.remembered import with_remembered
from newsletter.errors import DraftError, ReviewError
from newsletter.kinds import MOST
from newsletter.pipeline import Pipeline
from newsletter.preflight.withdrawn import quotable, sayings
from newsletter.proofing import sent_of
from newsletter.review.cited import with_cited
from newsletter.review.desk import AuditEntry, Revised
from newsletter.review.edition import Edition, EditionKey, Revision, State
from newsletter.review.roles import Act
from newsletter.send.delivery import DeliveryState
from newsletter.stages import Order

LONGEST_KEY: Final = 80
"""Characters of a key that the books hold."""
ENDED: Final = frozenset({State.SENT, State.CANCELLED})
"""States in which a correction is followed by another; in all others it is revised."""
_ARRIVED: Final = (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT, DeliveryState.DOT_SENT)
_THEME: Final = "correction"


class Corrections:
    """Begins corrections, and revises them.

    Parameters
    ----------
    pipeline : Pipeline
        Its stages, books and contents.
    record : callable
        Adds an entry to the audit log.
    """

    _making = threading.Lock()

    def __init__(self, pipeline: Pipeline, record: Callable[[AuditEntry], None]) -> None:
        self._pipeline, self._record = pipeline, record

    # -- what there is -----------------------------------------------------------------------

    def of(self, key: EditionKey) -> list[Edition]:
        """Return the corrections of an edition, first to last."""
        found: list[Edition] = []
        for number in range(1, MOST + 1):
            one = self._pipeline.desk.book.find(key.correction(number))
            if one is None:
                break
            found.append(one)
        return found

    def gone(self, key: EditionKey) -> bool:
        """Tell whether an edition has gone out, goes, or was cancelled: it is not revised."""
        return self._pipeline.desk.refreshed(key).state in {State.SENDING, *ENDED}

    def why_not(self, edition: Edition) -> str:
        """Return why an edition cannot be corrected now, one sentence; empty where it can."""
        key, state = edition.key, edition.state
        if state is State.SENDING:
            return f"{key} is going out; stop it, or wait until it has gone."
        if state not in ENDED:
            return f"{key} is {_plain(state)} and nobody has it; revise it instead."
        counts = self._pipeline.post.book.counts(str(key))
        if not sum(counts.get(one, 0) for one in _ARRIVED):
            return f"No copy of {key} was accepted; there is nobody to tell."
        before = self.of(key)
        if before and before[-1].state not in ENDED:
            last = before[-1]
            return f"Its correction {last.key} is {_plain(last.state)}; revise that one."
        if len(before) == MOST or len(str(key.correction(MOST))) > LONGEST_KEY:
            return f"{key} has been corrected as often as its key can tell."
        return ""

    def sentences(self, edition: Edition) -> list[str]:
        """Return the sentences of an edition's mail that its correction may quote, in order."""
        blocks = sayings(sent_of(edition, self._pipeline.mail))
        every = (sentence for block in blocks for sentence in block)
        return [one for one in dict.fromkeys(every) if any(map(str.isalpha, one))]

    # -- making them -------------------------------------------------------------------------

    def begin(
        self,
        key: EditionKey,
        points: Sequence[Wrong],
        cause: str,
        changed: str,
        editor: str,
        order: Order | None = None,
    ) -> Edition:
        """Put a correction of an edition before the editors.

        Parameters
        ----------
        key : EditionKey
            The edition that was wrong, sent at least in part.
        points : sequence of Wrong
            What was wrong in it, and what is right.
        cause, changed : str
            How it came about; what was changed.
        editor : str
            Who writes it.
        order : Order, optional
            Fetch the session's data anew, from the provider it names or the configured one;
            None, and the corrected edition's own facts prove the correction.

        Returns
        -------
        Edition
            In review, whether or not preflight blocks it.

        Raises
        ------
        ReviewError
            If the editor may not write, the edition cannot be corrected now, or what is
            quoted was not sent.
        DraftError, RenderError
            If a text cannot be printed.
        """
        self._pipeline.desk.require(editor, Act.WRITE)
        with self._making:
            wrong = self._pipeline.desk.refreshed(key)
            if why := self.why_not(wrong):
                raise ReviewError(why)
            own = key.correction(len(self.of(key)) + 1)
            draft = self._draft(wrong, points, cause, changed, editor)
            base = wrong.revision
            if order is not None:
                base = self._by(base, *self._fetched(key, order, base))
            edition = self._submit(own, base, draft, editor)
        self._tell(editor, "correction begun", key, correction=str(own))
        return edition

    def revise(
        self,
        key: EditionKey,
        points: Sequence[Wrong],
        cause: str,
        changed: str,
        editor: str,
        number: int,
    ) -> Edition:
        """Make the next revision of a correction.

        Parameters
        ----------
        key : EditionKey
            The correction.
        points, cause, changed, editor
            As for `begin`.
        number : int
            The revision that was looked at.

        Raises
        ------
        Revised
            If somebody has made another since.
        ReviewError, DraftError, RenderError
            As for `begin`; also where it has gone out.
        """
        self._pipeline.desk.require(editor, Act.WRITE)
        with self._making:
            edition, wrong = self._opened(key)
            base = edition.revision
            if base.number != number:
                raise Revised(
                    f"{key} was revised while you wrote: revision {base.number} by {base.author} "
                    "is the latest now. Nothing was saved; look at it first."
                )
            draft = self._draft(wrong, points, cause, changed, editor)
            return self._submit(key, base, draft, editor)

    def renew(self, key: EditionKey, editor: str, order: Order) -> Edition:
        """Prove a correction by the session's data as the provider has them now.

        Parameters
        ----------
        key : EditionKey
            The correction.
        editor : str
            Who asks for it.
        order : Order
            May name ``provider`` and ``path``.

        Returns
        -------
        Edition
            With a new revision where the facts are others now.
        """
        desk = self._pipeline.desk
        desk.require(editor, Act.WRITE)
        _, wrong = self._opened(key)
        with self._pipeline.reporter.making(str(key), "run"):
            fetched = self._fetched(wrong.key, order, wrong.revision)
            with self._making:  # what was revised or cited meanwhile stays
                base = self._by(desk.refreshed(key).revision, *fetched)
                edition = self._submit(key, base, self._pipeline.written(base.draft), editor)
        self._tell(editor, "facts renewed", key, snapshot=base.snapshot)
        return edition

    # -- parts of it -------------------------------------------------------------------------

    def _opened(self, key: EditionKey) -> tuple[Edition, Edition]:
        """Return a correction that can still be revised, and the edition it corrects."""
        if key.corrects is None:
            raise ReviewError(f"{key} is no correction; begin one with `newsletter correct {key}`.")
        desk = self._pipeline.desk
        edition = desk.refreshed(key)
        edition.revise(edition.revision)  # refuses what has gone out or was cancelled
        return edition, desk.book.get(key.corrects)

    def _draft(
        self, wrong: Edition, points: Sequence[Wrong], cause: str, changed: str, editor: str
    ) -> Draft:
        said = sayings(sent_of(wrong, self._pipeline.mail))
        for number, point in enumerate(points, 1):
            if not quotable(point.said, said):
                raise DraftError(
                    f"Point {number} quotes what was not sent: take whole sentences of "
                    f"{wrong.key}, word for word."
                )
            if not point.right.strip():
                raise DraftError(f"Point {number} does not say what is right; write it.")
        erratum = Erratum(self._headline(wrong), tuple(points), cause, changed)
        return Draft(
            author=editor, theme=_THEME, kicker="", headline="Correction", dek="", preheader="",
            tickers=(), bullets=(), sections=(), counter=Section("", ()), watch=(),
            change_mind=(), verdict="", erratum=erratum,
        )  # fmt: skip

    def _headline(self, wrong: Edition) -> str:
        pipeline, revision = self._pipeline, wrong.revision
        draft = pipeline.written(revision.draft)
        if draft.erratum:
            return pipeline.mail(revision.rendered).subject.removeprefix("[SAMPLE] ")
        return fill(draft.headline, pipeline.ledger(revision.ledger))

    def _fetched(self, key: EditionKey, order: Order, old: Revision) -> tuple[str, Ledger]:
        """Fetch an edition's data and compute its facts anew; return the snapshot's name too."""
        stages, told = self._pipeline.stages, self._pipeline.reporter.stage
        kept = self._pipeline.ledger(old.ledger)
        told("collect")
        own = {"provider": "sample"} if kept.simulated else {}
        snapshot = stages.collect({**own, **order, "key": str(key)})
        told("compute")
        ledger = stages.compute(snapshot)
        if ledger.simulated is not kept.simulated:
            raise ReviewError(
                f"{key} was made of {_market(kept)} data, and these are {_market(ledger)}: name "
                "the provider it was made from."
            )
        return self._keep("snapshot", snapshot.id, snapshot.to_bytes()), ledger

    def _by(self, old: Revision, snapshot: str, computed: Ledger) -> Revision:
        """Return a revision by other facts; what was cited and remembered in it stays."""
        kept = self._pipeline.ledger(old.ledger)
        ledger = with_cited(with_remembered(computed, kept), kept)
        named = self._keep("ledger", ledger.sha256, ledger.to_bytes())
        return replace(old, snapshot=snapshot, ledger=named)

    def _submit(self, key: EditionKey, base: Revision, draft: Draft, editor: str) -> Edition:
        """Lay a correction out, prove it, and put it before the editors."""
        pipeline, ledger = self._pipeline, self._pipeline.ledger(base.ledger)
        mail = pipeline.stages.render(key, draft, ledger, None)
        report = pipeline.stages.preflight(mail, ledger, str(key))
        pipeline.review(
            str(key),
            base.snapshot,
            base.ledger,
            self._keep("draft", draft.sha256, draft.to_bytes()),
            self._keep("rendered", mail.sha256, mail.to_bytes()),
            self._keep("report", report.sha256, report.to_bytes()),
            editor,
        )
        return pipeline.desk.book.get(key)

    def _keep(self, kind: str, id: str, data: bytes) -> str:
        return self._pipeline.artefacts.put(kind, id, data, self._pipeline.clock.now())

    def _tell(self, actor: str, action: str, key: EditionKey, **detail: str) -> None:
        self._record(AuditEntry(self._pipeline.clock.now(), actor, action, str(key), detail))


def _market(ledger: Ledger) -> str:
    return "simulated" if ledger.simulated else "real"


def _plain(state: State) -> str:
    return str(state).replace("_", " ")
