"""Proofing: what preflight is told of the house, beside the mail and its facts.

Nothing here depends on the hour: a report says what is wrong with an edition, whenever it
is read. Whether its prices are still of the latest close is asked once more when it is
about to go out (`require_fresh`), because only then is it known when that is.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

import jinja2

from newsletter.compute.facts import CITED, MEMORY, Ledger
from newsletter.config import Config, plain
from newsletter.errors import SendRefused
from newsletter.preflight.past import EDITIONS, past_of
from newsletter.preflight.rule import Past, RuleContext, Sent, rules
from newsletter.preflight.text.document import Document
from newsletter.render.disclaimers import Declared, unchanging
from newsletter.render.rendered import Rendered
from newsletter.review.edition import Edition, EditionKey

FRESHNESS = "C06"
"""Code of the rule that asks for prices of the latest close."""


def house_context(
    config: Config,
    templates: jinja2.Environment,
    ledger: Ledger,
    past: Iterable[Past] = (),
    *,
    by_model: bool = False,
    corrects: Sent | None = None,
) -> RuleContext:
    """Return what the rules may know about an edition of this house.

    Parameters
    ----------
    config : Config
        Notices, registers, names.
    templates : jinja2.Environment
        With the notices' texts.
    ledger : Ledger
        Its session dates the registers; its facts name their sources.
    past : iterable of Past
        Editions of earlier sessions, newest first.
    by_model : bool
        Whether the mail must say that a language model wrote it.
    corrects : Sent, optional
        The mail that a correction may quote, as `sent_of` returns it.
    """
    publication, compliance = config.publication, config.compliance
    session = ledger.session.date
    notices = unchanging(
        config.jurisdictions,
        templates,
        publication,
        Declared.of(compliance, session),
        by_model=by_model,
    )
    instruments = config.universe.instruments.items()
    return RuleContext(
        disclaimers={**notices, "POSTAL_ADDRESS": publication.postal_address},
        aliases={one.label: plain(symbol) for symbol, one in instruments},
        past=tuple(past),
        jurisdictions=config.jurisdictions,
        registrations=tuple(compliance.registrations),
        holdings=compliance.held(session) or {},
        sponsors=compliance.paid(session),
        # Simulated figures are nobody's, and such mail never leaves the machine.
        licensed=True
        if ledger.simulated
        else compliance.licensed(sources_of(ledger), ledger.public),
        licence_required=compliance.require_licences,
        corrects=corrects,
    )


def correction_context(
    config: Config,
    templates: jinja2.Environment,
    ledger: Ledger,
    wrong: Edition,
    mail: Callable[[str], Rendered],
) -> RuleContext:
    """Return what the rules may know about a correction of this house.

    It repeats headlines on purpose, and the notices printed in the edition that it corrects
    stand: it owes the sender's address alone.

    Parameters
    ----------
    config, templates, ledger
        As for `house_context`.
    wrong : Edition
        The edition that is corrected, in the revision that was sent.
    mail : callable
        Hash to finished mail.
    """
    made = house_context(config, templates, ledger, corrects=sent_of(wrong, mail))
    address = {"POSTAL_ADDRESS": config.publication.postal_address}
    return replace(made, disclaimers=address)


def sent_of(edition: Edition, mail: Callable[[str], Rendered]) -> Sent:
    """Return the mail of an edition, of which its correction may quote whole sentences.

    Parameters
    ----------
    edition : Edition
        The edition that is corrected, in the revision that was sent.
    mail : callable
        Hash to finished mail.
    """
    said = mail(edition.revision.rendered)
    return Sent(str(edition.key), said.html, said.text)


class Earlier(Protocol):
    """Where earlier editions are kept; the store implements it."""

    def before(self, key: EditionKey, kinds: Collection[str], count: int) -> list[Edition]:
        """Return editions of earlier sessions, newest first."""
        ...


class Said(NamedTuple):
    """What a mail said: so much of it as later editions are held against."""

    subject: str
    text: str


def earlier(
    book: Earlier, key: EditionKey, config: Config, mail: Callable[[str], Said]
) -> Iterator[Past]:
    """Yield what the last editions of a list said, newest first.

    Only sessions before the edition's own count: whatever is made later, the same
    editions are looked at.

    Parameters
    ----------
    book : Earlier
        Editions.
    key : EditionKey
        The edition that must not repeat them.
    config : Config
        Says which kinds of edition go to the same list.
    mail : callable
        Hash to what a finished mail said.
    """
    for edition in book.before(key, kinds_beside(config, key), EDITIONS):
        said = mail(edition.revision.rendered)
        yield past_of(str(edition.key), said.subject, said.text)


def kinds_beside(config: Config, key: EditionKey) -> list[str]:
    """Return the kinds of edition that go to the same list as an edition, its own included."""
    kinds = config.editions
    own = kinds[key.kind].list if key.kind in kinds else ""
    return sorted({key.kind, *(name for name, kind in kinds.items() if kind.list == own)})


def sources_of(ledger: Ledger) -> Collection[str]:
    """Return the names of the providers behind a ledger's facts; citations and memory need none."""
    lists = {fact.source for fact in ledger if fact.kind not in {CITED, MEMORY}}
    return {name.strip() for one in lists for name in one.split(",") if name.strip()}


def require_fresh(ledger: Ledger, now: dt.datetime, latest: dt.date) -> None:
    """Refuse to begin sending prices that are not of the latest close.

    Parameters
    ----------
    ledger : Ledger
        The edition's facts.
    now : datetime.datetime
        Aware instant.
    latest : datetime.date
        The last session that has closed by then.

    Raises
    ------
    SendRefused
        If a later session has closed. Simulated editions are exempt: they stay here.
    """
    if ledger.simulated:
        return
    context = replace(RuleContext(), ledger=ledger, now=now, latest=latest)
    for finding in rules()[FRESHNESS].run(Document.of_text(""), context):
        raise SendRefused(f"{finding.message[:-1]}; nothing is sent.")
