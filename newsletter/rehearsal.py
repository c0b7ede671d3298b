"""Rehearsal: past evenings written and proved one after another, as they would have been.

Each edition knows those before it, and the house is held to what they said; no edition is kept
in the store and nothing is sent. Where ``model.writer`` is ``model`` the replies are real:
they are paid for, booked as spending and kept for replays like any others.
"""

import datetime as dt
from collections import deque
from dataclasses import replace

from newsletter.collect.snapshot import Snapshot
from newsletter.compute.facts import Ledger
from newsletter.config import Config
from newsletter.draft.memory import Commitment, Findings, Memory, committed, evaluate
from newsletter.draft.remembered import told, with_memory
from newsletter.evaluation import Sample
from newsletter.preflight.past import EDITIONS, past_of
from newsletter.preflight.rule import Past
from newsletter.render.rendered import Rendered
from newsletter.review.edition import EditionKey
from newsletter.stages import UNREPEATED, Order, Stages


class Recollection:
    """The house's memory for as long as a rehearsal lasts."""

    def __init__(self) -> None:
        self._memory = Memory()

    def recall(self) -> Memory:
        """Return everything so far."""
        return self._memory

    def record(self, said: Commitment, now: dt.datetime) -> bool:  # noqa: ARG002
        """Add what an edition is held to, once; tell whether it was new."""
        known = self._memory
        if any(view.edition == said.view.edition for view in known.views):
            return False
        self._memory = replace(
            known,
            views=(*known.views, said.view),
            calls=(*known.calls, *said.calls),
            triggers=(*known.triggers, *said.triggers),
        )
        return True

    def add(self, findings: Findings, now: dt.datetime) -> None:  # noqa: ARG002
        """Add what a session found."""
        known = self._memory
        self._memory = replace(
            known,
            marks=(*known.marks, *findings.marks),
            firings=(*known.firings, *findings.firings),
        )


class Rehearsal:
    """A run of past evenings.

    Parameters
    ----------
    config : Config
        Says which editions close a week.
    stages : Stages
        The work.
    """

    def __init__(self, config: Config, stages: Stages) -> None:
        self._config, self._stages = config, stages
        self._past: deque[Past] = deque(maxlen=EDITIONS)
        self._mails: deque[tuple[str, str]] = deque(maxlen=UNREPEATED)
        self.memory = Recollection()

    def evening(self, order: Order) -> tuple[Sample, Rendered]:
        """Write, prove and remember the edition of an order.

        Parameters
        ----------
        order : Order
            Of a session after all those rehearsed before.

        Returns
        -------
        Sample, Rendered
            The edition as `newsletter.evaluation` looks at it, and its mail.
        """
        key, snapshot = EditionKey.parse(order["key"]), self._stages.collect(order)
        ledger = self._recollected(key, self._stages.compute(snapshot))
        sample, mail = self._written(key, ledger, snapshot)
        calendar = self._stages.calendar(key.session.date)
        said = committed(str(key), sample.draft, ledger, calendar)
        self.memory.record(said, _at(key))
        self._past.appendleft(past_of(str(key), mail.subject, mail.text))
        self._mails.appendleft((mail.sha256, mail.text))
        return sample, mail

    def _recollected(self, key: EditionKey, facts: Ledger) -> Ledger:
        self.memory.add(evaluate(self.memory.recall(), facts), _at(key))
        kind = self._config.editions.get(key.kind)
        weekly = kind is not None and kind.weekly
        return with_memory(facts, self.memory.recall(), key.kind, scored=weekly)

    def _written(
        self, key: EditionKey, ledger: Ledger, snapshot: Snapshot
    ) -> tuple[Sample, Rendered]:
        past = tuple(self._past)
        known = told(self.memory.recall().before(ledger))
        draft = self._stages.write(key, ledger, snapshot, known, past, dict(self._mails)).signed
        mail = self._stages.render(key, draft, ledger, snapshot)
        report = self._stages.preflight(mail, ledger, str(key), by_model=draft.by_model, past=past)
        return Sample(key.session.date.isoformat(), draft, ledger, report), mail


def _at(key: EditionKey) -> dt.datetime:
    return dt.datetime.combine(key.session.date, dt.time(22), dt.UTC)
