"""Composition root: the one place that opens doors and hands them to the stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from newsletter.clock import Session
from newsletter.compute.facts import Ledger
from newsletter.correcting import Corrections
from newsletter.doors import Doors
from newsletter.draft.claims import AUTHOR, MODEL, Draft
from newsletter.draft.form import Form
from newsletter.errors import ConfigError, NotFound
from newsletter.pipeline import Pipeline
from newsletter.posting import Post
from newsletter.preflight.report import Report
from newsletter.preflight.rule import Past, RuleContext
from newsletter.render.rendered import Rendered
from newsletter.review.desk import AuditEntry, Desk
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.listing import Sought
from newsletter.review.pause import ALERT, MACHINE, Pausing
from newsletter.review.plan import Planning
from newsletter.stages import UNREPEATED, Order, Stages

if TYPE_CHECKING:  # a command that needs no market data waits for no pandas
    from newsletter.collect.snapshot import Snapshot
    from newsletter.draft.columnist import Written
    from newsletter.proofing import Said
    from newsletter.rehearsal import Rehearsal
    from newsletter.render.setting import Setting

WORDS = frozenset({"headlines", "links"})
"""The tables that are no source of facts; print does not name theirs."""
REMEMBERED = 4 * UNREPEATED
"""Mails whose words a process keeps: of four lists what each looks back on, some 3 MB."""


class Workspace(Doors):
    """One workspace: its desk and its flows over the doors, and the stages' work."""

    @cached_property
    def desk(self) -> Desk:
        """The editors' desk."""
        review = self.config.review
        late = State.HELD if review.at_deadline == "hold" else State.EXPIRED
        return Desk(self.editions, self.editors, self.clock, review.four_eyes, self._report, late)

    @cached_property
    def planning(self) -> Planning:
        """When approved editions go out."""
        return Planning(self.desk, self.plans)

    @cached_property
    def pausing(self) -> Pausing:
        """Which deliveries rest, and who let them."""
        return Pausing(self.desk, self.pauses)

    def _report(self, id: str) -> Report:
        return self.pipeline.report(id)  # only when asked: the pipeline itself needs the desk

    @cached_property
    def pipeline(self) -> Pipeline:
        """The flows over all ports."""
        from newsletter.store.artefacts import Artefacts
        from newsletter.store.memory import SqlMemory

        return Pipeline(
            config=self.config,
            clock=self.clock,
            artefacts=Artefacts(self.database),
            desk=self.desk,
            stages=Stages(
                collect=self.collect,
                compute=self.compute,
                house=self.house_draft,
                write=self.write,
                render=self.render,
                preflight=self.preflight,
                calendar=self.trading_days,
            ),
            post=Post(
                self.audience,
                self.deliveries,
                self.signer,
                self.transport,
                self.pauses.stands,
                stamp=self.stamp,
                segment=self.segments.get,
                halt=self._halt,
                go_on=self.planning.go_on,
                alert=self._alert,
                leaving=self.stopping.is_set,
            ),
            memory=SqlMemory(self.database),
            reporter=self.reporter,
        )

    def _halt(self, key: str, reason: str) -> None:
        """Pause a delivery because of what came of it, once: who resumed it has decided."""
        if not self.audit.page(Sought(actor=MACHINE, action="paused", subject=key), 1):
            self.pausing.halt(EditionKey.parse(key), reason)

    def _alert(self, key: str, words: str) -> None:
        """Keep what editors should read of a delivery; the desk tells them."""
        self.audit.record(AuditEntry(self.clock.now(), MACHINE, ALERT, key, {"reason": words}))

    def rehearsal(self) -> Rehearsal:
        """Return a run of past evenings that leaves nothing behind."""
        from newsletter.rehearsal import Rehearsal

        return Rehearsal(self.config, self.pipeline.stages)

    @cached_property
    def corrections(self) -> Corrections:
        """Where editions that were sent are corrected."""
        return Corrections(self.pipeline, self.audit.record)

    def flows(self) -> dict[str, Callable[..., Any]]:
        """Return the flows by name."""
        pipeline = self.pipeline
        return {
            "produce": pipeline.produce,
            "revise": pipeline.revise,
            "deliver": pipeline.deliver,
        }

    @contextmanager
    def engine(self, concurrency: int = 0) -> Iterator[Any]:
        """Run the durable engine while the block lasts, or share the one of this process.

        Parameters
        ----------
        concurrency : int
            How many deliveries it takes from the queue at once; 0 takes no queued work.
        """
        from newsletter.engine import opened

        _ = self.database  # the schema comes first: the engine's tables share the file
        with opened(self.database_url, self.flows(), concurrency) as engine:
            try:
                yield engine
            except (KeyboardInterrupt, SystemExit):
                self.stopping.set()
                self.reporter.interrupted()
                raise

    @cached_property
    def worklist(self) -> Any:
        """What is to be done by whatever process works; asking for it executes nothing."""
        from newsletter.engine import Worklist

        return Worklist(self.database_url, self.database.engine)

    # -- the stages' work ------------------------------------------------------------

    def latest_session(self) -> Session:
        """Return the last session that has closed."""
        now = self.clock.now()
        return self.trading_days(now.date()).latest_closed(now)

    def collect(self, order: Order) -> Snapshot:
        """Fetch, check and freeze the inputs of an order."""
        from newsletter.collect.stage import gather

        key = EditionKey.parse(order["key"])
        date = key.session.date
        gathered = gather(
            self.provider(order),
            date,
            self.config.universe,
            self.trading_days(date),
            start=dt.date.fromisoformat(self.config.providers.history_start),
            members=self.members(),
            progress=self.told,
            order=self.feeds(),
            keeping=self.keeping(order),
        )
        for warning in gathered.warnings:
            self.told(0, 0, warning.message)
        return gathered.snapshot

    def explain(self, symbol: str, order: Order) -> dict[str, Any]:
        """Say of a symbol where each of its last kept values came from.

        Raises
        ------
        ConfigError
            If bars of the source are not kept.
        NotFound
            If nothing of the symbol is kept.
        """
        from newsletter.collect.explain import explain

        keeping = self.keeping(order)
        if keeping is None:
            name = order.get("provider") or self.config.providers.bars
            raise ConfigError(f"Bars of {name} are not kept; its own data are all there is.")
        session = EditionKey.parse(order["key"]).session.date
        return explain(symbol, keeping.shelf.versions(symbols=[symbol]), session)

    def compute(self, snapshot: Snapshot) -> Ledger:
        """Turn inputs into facts."""
        from newsletter.compute.ledger import compute_ledger

        days = self.trading_days(snapshot.session.date)
        return compute_ledger(snapshot, self.config.universe, days.index)

    def form(self, key: EditionKey) -> Form:
        """Return the form of an edition's kind; a kind that is not configured is a briefing."""
        from newsletter.draft.form import forms

        kind, known = self.config.editions.get(key.kind), forms()
        name = kind.form if kind else "briefing"
        if name not in known:
            raise ConfigError(
                f"editions.{key.kind}.form is {name!r}; there are {', '.join(sorted(known))}."
            )
        return known[name]

    def house_draft(self, key: EditionKey, ledger: Ledger, texts: Iterable[str] = ()) -> Draft:
        """Write an edition with the house writer's hand, after earlier mails' texts."""
        from newsletter.draft.freshness import said_in

        return self.form(key).write(ledger, self.config.universe, said_in(texts))

    def write(
        self,
        key: EditionKey,
        ledger: Ledger,
        snapshot: Snapshot | None,
        memory: str = "",
        past: Iterable[Past] | None = None,
        mails: Mapping[str, str] | None = None,
    ) -> Written:
        """Write the briefing with the configured hand; the house writer stands behind a model."""
        from newsletter.draft.commission import NOTHING, Around
        from newsletter.draft.freshness import said_in
        from newsletter.render.chart import charts
        from newsletter.writing import checker, headlines, house_written

        mails = self._texts_before(key) if mails is None else mails
        said, universe, form = said_in(mails.values()), self.config.universe, self.form(key)
        model = self.config.model
        self.reporter.hand(AUTHOR if model.writer == "house" else f"{MODEL}{model.name}")
        if model.writer == "house":
            return replace(house_written(form, ledger, universe, said), after=tuple(mails))
        check = checker(
            lambda draft: self.render(key, draft, ledger, snapshot),
            ledger,
            self._context(ledger, str(key), by_model=True, past=past),
        )
        around = Around(memory or NOTHING.memory, headlines(snapshot), said)
        made = self.model_desk.write(form, ledger, universe, check, tuple(charts()), around)
        if made.fallback:
            self.reporter.hand(AUTHOR)
            self.reporter.told(0, 0, made.fallback)
        return replace(made, after=tuple(mails))

    def _texts_before(self, key: EditionKey) -> dict[str, str]:
        """Return the texts of a list's last mails before an edition, by their hashes."""
        from newsletter.proofing import kinds_beside

        found = self.editions.before(key, kinds_beside(self.config, key), UNREPEATED)
        ids = [edition.revision.rendered for edition in found]
        return {id: self._said_by(id).text for id in ids}

    @cached_property
    def _said_by(self) -> Callable[[str], Said]:
        """Hash to what a mail said: every evening asks it of the same mails."""
        from newsletter.proofing import Said

        @lru_cache(maxsize=REMEMBERED)
        def said(id: str, /) -> Said:
            mail = self.pipeline.mail(id)
            return Said(mail.subject, mail.text)

        return said

    def render(
        self, key: EditionKey, draft: Draft, ledger: Ledger, snapshot: Snapshot | None
    ) -> Rendered:
        """Lay the briefing out as mail, or what a correction says."""
        from newsletter.render.correction import correction_mail
        from newsletter.render.email import render

        if key.corrects:
            given = self.config.publication, self.templates(), self.logo()
            return correction_mail(draft, key.corrects, ledger, *given)
        return render(draft, ledger, self._setting(key, draft, snapshot))

    def narration(self, edition: Edition) -> str:
        """Return the script of an edition's audio: the one approved with it, else made now."""
        from newsletter.render.context import edition_context
        from newsletter.render.narration import narration

        pipeline, revision = self.pipeline, edition.revision
        if edition.key.corrects:
            raise NotFound(f"{edition.key} is a correction, which is not read aloud.")
        if kept := pipeline.mail(revision.rendered).narration:
            return kept
        draft, ledger = pipeline.written(revision.draft), pipeline.ledger(revision.ledger)
        setting = self._setting(edition.key, draft, pipeline.snapshot(revision.snapshot))
        return narration(edition_context(draft, ledger, setting))

    def _setting(self, key: EditionKey, draft: Draft, snapshot: Snapshot | None) -> Setting:
        """Return what every layout of an edition is given besides draft and ledger."""
        from newsletter.render.disclaimers import Declared
        from newsletter.render.setting import Setting

        config, sources = self.config, snapshot.sources if snapshot else ()
        return Setting(
            publication=config.publication,
            jurisdictions=config.jurisdictions,
            edition_key=str(key),
            as_of=self.trading_days(key.session.date).close(key.session),
            templates=self.templates(),
            sources=tuple(source for source in sources if source.covers not in WORDS),
            by_model=draft.by_model,
            declared=Declared.of(config.compliance, key.session.date),
            layout=self.layout(key.kind),
            logo=self.logo(),
            audio_url=config.speech.address(config.publication.base_url, str(key)),
            instruments=config.universe.labels,
            week=(kind := config.kind(key.kind)) is not None and kind.weekly,
        )

    def preflight(
        self,
        rendered: Rendered,
        ledger: Ledger,
        key: str = "",
        *,
        by_model: bool = False,
        past: Iterable[Past] | None = None,
    ) -> Report:
        """Prove the finished mail; with a key also against earlier editions of its list."""
        from newsletter.preflight.check import check_mail

        own = rendered.watched
        return check_mail(
            rendered.subject,
            rendered.preheader,
            rendered.html,
            rendered.text,
            ledger,
            context=self._context(ledger, key, by_model=by_model, past=past),
            watched=[(page.html, page.text) for page in own.pages()] if own else (),
        )

    def _context(
        self, ledger: Ledger, key: str, *, by_model: bool, past: Iterable[Past] | None
    ) -> RuleContext:
        from newsletter.proofing import correction_context, earlier, house_context

        own = EditionKey.parse(key) if key else None
        if own and own.corrects:
            wrong = self.editions.get(own.corrects)
            return correction_context(
                self.config, self.templates(), ledger, wrong, self.pipeline.mail
            )
        if past is None:
            past = earlier(self.editions, own, self.config, self._said_by) if own else ()
        return house_context(self.config, self.templates(), ledger, past, by_model=by_model)
