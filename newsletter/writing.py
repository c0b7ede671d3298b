"""Writing: the configured hand, and a draft laid out and proved for it as readers would get it.

The columnist stands before render and preflight and may not know them; here the three are
put together.
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from typing import Protocol

import pandas as pd

from newsletter.collect.snapshot import Snapshot
from newsletter.collect.tables import KNOWN
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.draft.columnist import Columnist, Written
from newsletter.draft.commission import NOTHING, Around, Manner
from newsletter.draft.form import Form
from newsletter.draft.model import LanguageModel, Listener, Reply, Request
from newsletter.draft.objections import Checker, Objection
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Limits, Price, Purse
from newsletter.draft.recall import Kept, RecallingModel
from newsletter.draft.transcript import Transcript
from newsletter.draft.untrusted import fenced
from newsletter.errors import ConfigError, DraftError, RenderError
from newsletter.hand import Model
from newsletter.preflight.check import check_mail
from newsletter.preflight.report import Finding, Severity
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document
from newsletter.render.rendered import Rendered
from newsletter.universe import Universe
from newsletter.voice import Voice

HEADLINE_DAYS = pd.Timedelta(days=3)
"""How old a headline may be: a weekend."""


class Accounts(Protocol):
    """What models have cost; the store implements it."""

    def month(self, at: dt.datetime) -> tuple[int, Decimal]:
        """Return tokens and money spent in an instant's calendar month (UTC)."""
        ...

    def book(self, at: dt.datetime, model: str, tokens: int, cost: Decimal) -> None:
        """Record one call."""
        ...


def house_written(
    form: Form, ledger: Ledger, universe: Universe, said: Collection[str], fallback: str = ""
) -> Written:
    """Return the house writer's draft; `fallback` says why it stands in for a model."""
    return Written(form.write(ledger, universe, said), Transcript(), fallback)


def headlines(snapshot: Snapshot | None) -> str:
    """Return what others published lately as fenced data for a prompt.

    Parameters
    ----------
    snapshot : Snapshot or None
        Its table ``headlines``, if it has one, holds nothing published after its session.
    """
    found = None if snapshot is None else snapshot.tables.get("headlines")
    if snapshot is None or found is None:
        return NOTHING.headlines
    since = pd.Timestamp(snapshot.session.date) - HEADLINE_DAYS
    rows = found[found[KNOWN] > since].sort_values([KNOWN, "source", "text"])[::-1]
    return (
        fenced(zip(rows["source"], rows["text"], strict=True)) if len(rows) else NOTHING.headlines
    )


class Announced:
    """A model of which each request is told before it is made.

    Parameters
    ----------
    inner : LanguageModel
        The model.
    told : callable
        Takes the id of the prompt, e.g. ``"brief"``.
    """

    def __init__(self, inner: LanguageModel, told: Callable[[str], None]) -> None:
        self._inner, self._told = inner, told

    @property
    def name(self) -> str:
        """The configured model's name."""
        return self._inner.name

    def complete(self, request: Request, seconds: float, heard: Listener | None = None) -> Reply:
        """Return the reply to a request, as the inner model gives it."""
        self._told(request.prompt)
        return self._inner.complete(request, seconds, heard)


class ModelDesk:
    """Where a model's briefings are made: a columnist for each evening, on one account.

    Parameters
    ----------
    settings : Model
        The ``model`` part of config.yaml.
    voice : Voice
        The ``voice`` part.
    prompts : Prompts
        The house's.
    open_model : callable
        Opens the door; may raise `ConfigError`.
    kept : Kept
        Replies to questions asked before.
    accounts : Accounts
        What the month has cost.
    now : callable
        The aware present instant.
    clock : callable
        Seconds that only rise.
    heard : callable, optional
        Told replies as they arrive.
    """

    def __init__(
        self,
        settings: Model,
        voice: Voice,
        prompts: Prompts,
        open_model: Callable[[], LanguageModel],
        kept: Kept,
        accounts: Accounts,
        now: Callable[[], dt.datetime],
        clock: Callable[[], float],
        heard: Listener | None = None,
    ) -> None:
        self._settings, self._voice, self._prompts = settings, voice, prompts
        self._open, self._kept, self._accounts = open_model, kept, accounts
        self._now, self._clock, self._heard = now, clock, heard

    def write(
        self,
        form: Form,
        ledger: Ledger,
        universe: Universe,
        check: Checker,
        charts: Collection[str],
        around: Around,
    ) -> Written:
        """Write tonight's briefing; without a usable model the house writer's, and why.

        Parameters
        ----------
        form : Form
            What kind of piece is wanted.
        ledger, universe, check, charts, around
            As for `Columnist.write`.
        """
        try:
            model = RecallingModel(self._open(), self._kept)
        except ConfigError as error:
            return house_written(form, ledger, universe, around.said, str(error))
        columnist = Columnist(
            model, self._prompts, self._purse(), self._manner(), self._now, form, self._heard
        )
        return columnist.write(ledger, universe, check, charts, around)

    def _purse(self) -> Purse:
        run, month = self._settings.budget.run, self._settings.budget.month
        tokens, money = self._accounts.month(self._now())
        name = self._settings.name
        return Purse(
            Limits(run.tokens, run.money, run.seconds),
            Limits(month.tokens, month.money),
            Price(self._settings.price.input, self._settings.price.output),
            self._clock,
            month_tokens=tokens,
            month_money=money,
            booked=lambda spent, cost: self._accounts.book(self._now(), name, spent, cost),
        )

    def _manner(self) -> Manner:
        return Manner(
            voice=self._voice.told(),
            words=self._voice.length,
            banned=self._voice.banned,
            temperature=self._settings.temperature,
            max_tokens=self._settings.max_tokens,
            facts=self._settings.facts,
        )


def checker(render: Callable[[Draft], Rendered], ledger: Ledger, context: RuleContext) -> Checker:
    """Return what tells a columnist everything that would block the finished mail.

    Parameters
    ----------
    render : callable
        Draft to finished mail, everything else bound.
    ledger : Ledger
        Tonight's facts.
    context : RuleContext
        What the rules may know of the house and its past editions.
    """

    def objections(draft: Draft) -> Iterator[Objection]:
        try:
            mail = render(draft)
        except (RenderError, DraftError) as error:
            yield Objection("", str(error))
            return
        report = check_mail(
            mail.subject, mail.preheader, mail.html, mail.text, ledger, context=context
        )
        document = functools.cache(functools.partial(_read, mail))
        told: dict[tuple[str, str], Objection] = {}
        for finding in report.findings:
            if finding.severity is Severity.BLOCK:
                sentence = _sentence(document(finding.part), finding)
                told.setdefault((finding.rule, sentence), Objection(sentence, finding.message))
        yield from told.values()

    return objections


def _read(mail: Rendered, part: str) -> Document:
    if part in {"subject", "preheader"}:
        return Document.of_line(getattr(mail, part), Kind(part))
    return Document.of_html(mail.html) if part == "html" else Document.of_text(mail.text)


def _sentence(document: Document, finding: Finding) -> str:
    """Return the sentence that a finding begins in, else the words it flags."""
    for block in document.blocks:
        for start, end in block.sentences():
            span = block.folded.span(start, end)
            if span.start <= finding.span.start < max(span.end, span.start + 1):
                return " ".join(document.text[span.start : span.end].split())
    return finding.words
