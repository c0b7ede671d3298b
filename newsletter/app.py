"""Composition root: the one place that opens doors and hands them to the stages."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from newsletter import assets
from newsletter.clock import Clock, Session, SystemClock
from newsletter.collect.provider import Progress, Provider, silent
from newsletter.collect.providers import known, open_provider
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import Snapshot
from newsletter.collect.stage import gather
from newsletter.compute.facts import Ledger
from newsletter.config import Config, load, secret
from newsletter.draft.claims import Draft
from newsletter.errors import ConfigError
from newsletter.pipeline import Order, Pipeline, Post, Stages
from newsletter.preflight.report import Report
from newsletter.render.rendered import Rendered
from newsletter.review.cited import Citation, cite
from newsletter.review.desk import AuditEntry, Desk
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.roles import Act
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Transport

LINK_KEY = "NEWSLETTER_LINK_KEY"
SMTP_PASSWORD = "NEWSLETTER_SMTP_PASSWORD"  # noqa: S105 - the variable's name
FIRST_CONTINUED = frozenset({State.EXPIRED, State.REJECTED})


class House:
    """One workspace with its doors, opened when first used.

    Parameters
    ----------
    config_path : pathlib.Path
        The config.yaml; relative paths in it start from its folder.
    clock : Clock, optional
        The machine's, unless a test brings one.
    progress : callable, optional
        Told how far long work is.

    Raises
    ------
    ConfigError
        If the configuration cannot be used.
    """

    def __init__(
        self,
        config_path: Path,
        *,
        clock: Clock | None = None,
        progress: Progress = silent,
    ) -> None:
        self.base = config_path.resolve().parent
        self.config: Config = load(config_path)
        bars = self.config.providers.bars
        if bars not in known():
            raise ConfigError(
                f"{config_path}: providers.bars is {bars!r}: there are {', '.join(known())}."
            )
        for name in sorted(set(self.config.compliance.licences) - set(known())):
            raise ConfigError(
                f"{config_path}: compliance.licences names {name!r}: there are "
                f"{', '.join(known())}."
            )
        self.clock: Clock = clock or SystemClock()
        self.progress = progress

    # -- doors ---------------------------------------------------------------------

    @cached_property
    def database_url(self) -> str:
        """The database's address; a relative SQLite path starts from the workspace."""
        storage = self.config.storage
        url = storage.url
        if storage.url_variable:
            found = secret(storage.url_variable)
            if not found:
                raise ConfigError(
                    f"storage.url_variable names {storage.url_variable}, which is not set; set it "
                    "or its _FILE form."
                )
            url = found
        path = url.removeprefix("sqlite:///")
        if path != url and not Path(path).is_absolute():
            url = f"sqlite:///{self.base / path}"
        return url.replace("postgresql:", "postgresql+psycopg:", 1)

    @cached_property
    def database(self) -> Any:
        """The open database, migrated."""
        from newsletter.store.database import Database

        return Database(self.database_url)

    @cached_property
    def editions(self) -> Any:
        """The edition book."""
        from newsletter.store.editions import SqlEditionBook

        return SqlEditionBook(self.database)

    @cached_property
    def editors(self) -> Any:
        """The editors."""
        from newsletter.store.people import SqlEditors

        return SqlEditors(self.database)

    @cached_property
    def audience(self) -> Any:
        """The readers."""
        from newsletter.store.people import Audience

        return Audience(self.database)

    @cached_property
    def audit(self) -> Any:
        """The audit log."""
        from newsletter.store.audit import AuditLog

        return AuditLog(self.database)

    @cached_property
    def deliveries(self) -> Any:
        """The ledger of deliveries."""
        from newsletter.store.deliveries import SqlDeliveryBook

        return SqlDeliveryBook(self.database)

    @cached_property
    def desk(self) -> Desk:
        """The editors' desk."""
        four_eyes = self.config.review.four_eyes
        return Desk(self.editions, self.editors, self.clock, four_eyes, self._report)

    def _report(self, id: str) -> Report:
        return self.pipeline.report(id)  # only when asked: the pipeline itself needs the desk

    @cached_property
    def signer(self) -> LinkSigner:
        """The maker of readers' links."""
        from newsletter.store.keys import link_key

        given = secret(LINK_KEY)
        key = given.encode() if given else link_key(self.base / "data" / "link.key")
        return LinkSigner(key, self.config.publication.base_url)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The flows over all ports."""
        from newsletter.store.artefacts import Artefacts

        return Pipeline(
            config=self.config,
            clock=self.clock,
            artefacts=Artefacts(self.database),
            desk=self.desk,
            stages=Stages(
                collect=self.collect,
                compute=self.compute,
                draft=self.draft,
                render=self.render,
                preflight=self.preflight,
            ),
            post=Post(self.audience, self.deliveries, self.signer, self.transport),
        )

    @contextmanager
    def engine(self) -> Iterator[Any]:
        """Run the durable engine while the block lasts."""
        from newsletter.engine import DurableEngine, Flow

        _ = self.database  # the schema comes first: the engine's tables share the file
        pipeline = self.pipeline
        flows: dict[str, Flow] = {
            "produce": pipeline.produce,
            "revise": pipeline.revise,
            "deliver": pipeline.deliver,
        }
        with DurableEngine(self.database_url, flows) as engine:
            yield engine

    def close(self) -> None:
        """Close what was opened."""
        if "database" in self.__dict__:
            self.database.close()

    # -- the stages' work ------------------------------------------------------------

    def trading_days(self, date: dt.date) -> TradingDays:
        """Return the publication's calendar, reaching at least a date."""
        return TradingDays(self.config.publication.exchange, date)

    def latest_session(self) -> Session:
        """Return the last session that has closed."""
        now = self.clock.now()
        return self.trading_days(now.date()).latest_closed(now)

    def collect(self, order: Order) -> Snapshot:
        """Fetch, check and freeze the inputs of an order."""
        key = EditionKey.parse(order["key"])
        date = key.session.date
        gathered = gather(
            self.provider(order),
            date,
            self.config.universe,
            self.trading_days(date),
            start=dt.date.fromisoformat(self.config.providers.history_start),
            members=self._members(),
            progress=self.progress,
        )
        for warning in gathered.warnings:
            self.progress(0, 0, warning.message)
        return gathered.snapshot

    def compute(self, snapshot: Snapshot) -> Ledger:
        """Turn inputs into facts."""
        from newsletter.compute.ledger import compute_ledger

        days = self.trading_days(snapshot.session.date)
        return compute_ledger(snapshot, self.config.universe, days.index)

    def draft(self, ledger: Ledger) -> Draft:
        """Write the briefing with the configured hand."""
        from newsletter.draft.house import write

        if self.config.model.writer == "model":
            raise ConfigError(
                "model.writer is 'model', but this version has no model writer yet; set it to "
                "'house'."
            )
        return write(ledger, self.config.universe)

    def render(self, key: EditionKey, draft: Draft, ledger: Ledger, snapshot: Snapshot) -> Rendered:
        """Lay the briefing out as mail."""
        from newsletter.render.disclaimers import Declared
        from newsletter.render.email import render

        return render(
            draft,
            ledger,
            self.config.publication,
            jurisdictions=self.config.jurisdictions,
            edition_key=str(key),
            as_of=self.trading_days(key.session.date).close(key.session),
            templates=self._templates(),
            sources=snapshot.sources,
            declared=Declared.of(self.config.compliance, key.session.date),
        )

    def preflight(self, rendered: Rendered, ledger: Ledger, key: str = "") -> Report:
        """Prove the finished mail; with a key also against earlier editions of its list."""
        from newsletter.preflight.check import check_mail
        from newsletter.proofing import earlier, house_context

        own = EditionKey.parse(key) if key else None
        past = earlier(self.editions, own, self.config, self.pipeline.mail) if own else ()
        return check_mail(
            rendered.subject,
            rendered.preheader,
            rendered.html,
            rendered.text,
            ledger,
            context=house_context(self.config, self._templates(), ledger, past),
        )

    def _templates(self) -> Any:
        from newsletter.render.templating import environment as jinja

        return jinja(assets.texts("templates", self.base, suffixes={".j2"}))

    def _members(self) -> tuple[str, ...] | None:
        from newsletter.collect.providers._members import read_members

        members = self.config.universe.breadth.members
        return read_members(self.base / members) if members else None

    def provider(self, order: Order) -> Provider:
        """Open the source of bars that an order or the configuration names.

        Raises
        ------
        ConfigError
            If there is no such provider, or it lacks a setting.
        """
        path = order.get("path") or self.config.providers.path
        return open_provider(
            order.get("provider") or self.config.providers.bars,
            self.config.providers,
            self.base / path if path else None,
        )

    def transport(self, sender_name: str) -> Transport:
        """Open a configured way out."""
        from newsletter.send.transports import open_transport

        sender = self.config.senders[sender_name]
        return open_transport(sender, self.base, secret(SMTP_PASSWORD))

    # -- what commands do --------------------------------------------------------------

    def run(self, order: Mapping[str, str], *, again: bool = False) -> Edition:
        """Make the edition of an order, or join the run that is already making it.

        Parameters
        ----------
        order : dict of str to str
            ``key``, optionally ``provider`` and ``path``.
        again : bool
            Run once more although this order has been carried out.
        """
        key = EditionKey.parse(order["key"])
        self.trading_days(key.session.date).require(key.session.date)
        found = self.editions.find(key)
        again = again or (found is not None and found.state in FIRST_CONTINUED)
        with self.engine() as engine:
            id = engine.next_id("produce", str(key), *sorted(order.items()), again=again)
            engine.run("produce", id, dict(order))
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

    def _revised(self, key: EditionKey, draft: str, editor: str, ledger: str = "") -> Edition:
        with self.engine() as engine:
            id = engine.next_id("revise", str(key), draft, editor, ledger, again=True)
            engine.run("revise", id, str(key), draft, editor, ledger)
        edition: Edition = self.editions.get(key)
        return edition

    def deliver(self, key: EditionKey) -> dict[str, int]:
        """Send an approved edition; a second call sends nothing twice."""
        from newsletter.proofing import require_fresh

        edition = self.desk.refreshed(key)
        if edition.state is State.APPROVED:  # what has begun to go out is not stopped half-way
            ledger = self.pipeline.ledger(edition.revision.ledger)
            require_fresh(ledger, self.clock.now(), self.latest_session().date)
        with self.engine() as engine:
            id = engine.next_id("deliver", str(key), again=True)
            counts: dict[str, int] = engine.run("deliver", id, str(key))
        return counts

    def replay(self, key: EditionKey) -> list[str]:
        """Rebuild an edition's latest revision from its snapshot; return what differs."""
        return self.pipeline.replay(self.editions.get(key))

    def ledger(self, order: Mapping[str, str]) -> Ledger:
        """Compute a session's ledger without keeping anything."""
        return self.compute(self.collect(order))


def found_plugins() -> dict[str, list[str]]:
    """Return the ids of everything that is added by one file."""
    from newsletter.compute.signal import measures
    from newsletter.draft.theme import themes
    from newsletter.preflight.rule import rules
    from newsletter.render.chart import charts
    from newsletter.send.transports import found

    return {
        "providers": list(known()),
        "signals": list(measures()),
        "themes": list(themes()),
        "rules": list(rules()),
        "charts": list(charts()),
        "transports": list(found()),
    }
