"""Writing: the configured hand, and a draft laid out and proved for it as readers would get it.

The columnist stands before render and preflight and may not know them; here the three are
put together.
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from newsletter.compute.facts import Ledger
from newsletter.draft import anew
from newsletter.draft.asking import Asking
from newsletter.draft.claims import MODEL, Draft
from newsletter.draft.columnist import Columnist, Written
from newsletter.draft.commission import NOTHING, Around, Manner
from newsletter.draft.form import Form
from newsletter.draft.model import LanguageModel, Listener, ModelError, Reply, Request
from newsletter.draft.objections import Checker, Objection
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Limits, Price, Purse
from newsletter.draft.recall import Kept, RecallingModel
from newsletter.draft.transcript import Transcript
from newsletter.draft.untrusted import fenced
from newsletter.errors import ConfigError, DraftError, RenderError
from newsletter.hand import Model
from newsletter.preflight.report import Finding, Severity
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document
from newsletter.render.rendered import Rendered
from newsletter.universe import Universe
from newsletter.voice import Voice

if TYPE_CHECKING:
    from newsletter.collect.snapshot import Snapshot

HEADLINE_DAYS = dt.timedelta(days=3)
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


def headlines(snapshot: "Snapshot | None") -> str:
    """Return what others published lately as fenced data for a prompt.

    Parameters
    ----------
    snapshot : Snapshot or None
        Its table ``headlines``, if it has one, holds nothing published after its session.
    """
    found = None if snapshot is None else snapshot.tables.get("headlines")
    if snapshot is None or found is None:
        return NOTHING.headlines
    import pandas as pd

    from newsletter.collect.tables import KNOWN

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


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model made of the wish for one part.

    Parameters
    ----------
    attempt : anew.Attempt or None
        Its last words; None where there are none.
    transcript : Transcript
        Every exchange, those that failed included.
    problem : str
        Why there is nothing, in a sentence; empty otherwise.
    """

    attempt: anew.Attempt | None
    transcript: Transcript
    problem: str = ""


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
    asked : callable, optional
        Told the id of each prompt of a briefing.
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
        asked: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._asked = asked
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
            model = RecallingModel(Announced(self._open(), self._asked), self._kept)
        except ConfigError as error:
            return house_written(form, ledger, universe, around.said, str(error))
        columnist = Columnist(
            model, self._prompts, self._purse(), self._manner(), self._now, form, self._heard
        )
        return columnist.write(ledger, universe, check, charts, around)

    @property
    def hand(self) -> str:
        """The configured model as an author."""
        return f"{MODEL}{self._settings.name}"

    def part(
        self,
        wish: anew.Wish,
        check: anew.Check,
        heard: Listener,
        asked: Callable[[str], None],
    ) -> Answered:
        """Ask for one part of a draft in other words, on a purse of its own within the month.

        Parameters
        ----------
        wish : anew.Wish
            Which part, of what, and how it is to read.
        check : callable
            Proves it as readers would get it.
        heard : callable
            Told the reply as it arrives; a `ModelError` raised from it cancels.
        asked : callable
            Told the prompt's id before each request.

        Notes
        -----
        No earlier reply is taken for the answer: who presses again wants other words.
        """
        try:
            model = Announced(self._open(), asked)
        except ConfigError as error:
            return Answered(None, Transcript(), str(error))
        manner = self._manner()
        manner = replace(manner, max_tokens=min(manner.max_tokens, anew.MOST_TOKENS))
        asking = Asking(model, self._prompts, self._purse(), manner, self._now, heard)
        try:
            attempt = anew.ask(asking, wish, manner, check)
        except (ModelError, ConfigError) as error:
            return Answered(None, asking.transcript, str(error))
        return Answered(attempt, asking.transcript)

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
        from newsletter.preflight.check import check_mail

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
