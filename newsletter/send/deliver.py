"""Delivery: works the ledger of an edition, once to each reader, through crashes.

Pure orchestration over ports. One recipient per transaction; a crash at any point
leaves a row that says what may be done with it: ``sending`` is tried again, ``dot_sent``
is held as ``in_doubt`` and resent only by a person's decision.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from newsletter.clock import Clock
from newsletter.config import Publication, Sender
from newsletter.errors import SendError, SendRefused
from newsletter.render.rendered import Rendered
from newsletter.review.edition import Edition, content_hash
from newsletter.send.addresses import AddressError, normalise
from newsletter.send.book import DeliveryBook
from newsletter.send.delivery import OPEN, Delivery, DeliveryState, Subscriber
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope, Phase, Receipt, Refused, Transport, Unavailable
from newsletter.send.verdicts import Verdict, refusal

MAX_ATTEMPTS = 3
RETRY_AFTER = (dt.timedelta(0), dt.timedelta(minutes=1), dt.timedelta(minutes=5))
"""How long a deferred row rests after so many attempts."""


class MaybeSample(Protocol):
    """A mail that knows whether it was made from simulated data."""

    @property
    def sample(self) -> bool:
        """True when it must not leave the machine."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """What a batch did and where the edition stands.

    Parameters
    ----------
    handled : int
        Rows this batch worked on. None left that are due when it is 0.
    counts : mapping of DeliveryState to int
        Rows of the whole edition by state.
    """

    handled: int
    counts: Mapping[DeliveryState, int]

    @property
    def waiting(self) -> int:
        """Rows that may still be sent without asking anybody, now or after a rest."""
        return sum(self.counts.get(state, 0) for state in OPEN)

    @property
    def finished(self) -> bool:
        """Whether nothing is left but what a person must decide."""
        return self.waiting == 0 and self.counts.get(DeliveryState.DOT_SENT, 0) == 0


def freeze_message(
    edition: Edition,
    rendered: Rendered,
    ledger_sha256: str,
    sender: Sender,
    publication: Publication,
    list_name: str,
    clock: Clock,
) -> FrozenMessage:
    """Build the message of an approved edition, dated by the approval.

    Parameters
    ----------
    edition : Edition
        Must be approved for exactly this mail and ledger.
    rendered : Rendered
        The mail.
    ledger_sha256 : str
        Hash of the facts behind it.
    sender, publication : Sender, Publication
        From config.yaml.
    list_name : str
        The list.
    clock : Clock
        Tells whether the edition is stale.

    Raises
    ------
    SendRefused
        If the edition may not be sent.
    """
    content = content_hash(rendered.sha256, ledger_sha256)
    approval = edition.require_sendable(content, clock.now())
    return FrozenMessage.of(rendered, sender, publication, edition.key, list_name, approval.at)


def freeze_audience(
    frozen: FrozenMessage,
    subscribers: Iterable[Subscriber],
    signer: LinkSigner,
    book: DeliveryBook,
    clock: Clock,
) -> int:
    """Write a row for every active reader of the list, one for each address.

    Returns
    -------
    int
        Rows added; 0 when this was done before.
    """
    now = clock.now()
    rows: dict[str, Delivery] = {}
    for reader in sorted(subscribers, key=lambda each: each.id):
        if reader.active and reader.list == frozen.list:
            rows.setdefault(_same_mailbox(reader.email), frozen.delivery(reader, signer, now))
    return book.freeze(frozen.edition, list(rows.values()))


def deliver_batch(
    frozen: FrozenMessage,
    signer: LinkSigner,
    transport: Transport,
    book: DeliveryBook,
    clock: Clock,
    limit: int = 500,
    *,
    lease: dt.timedelta = dt.timedelta(0),
    stopped: Callable[[], bool] = lambda: False,
) -> Progress:
    """Send the next copies of an edition.

    Call it again while `Progress.handled` is above 0, and after a rest while
    `Progress.waiting` is. It enters and leaves the transport itself.

    Parameters
    ----------
    frozen : FrozenMessage
        The same message in every batch.
    signer : LinkSigner
        Makes readers' links.
    transport : Transport
        Not yet entered.
    book : DeliveryBook
        The ledger.
    clock : Clock
        Stamps rows.
    limit : int
        Most rows to work on.
    lease : datetime.timedelta
        How long a row in ``sending`` or ``dot_sent`` is left to the worker that has it.
        Zero is right for one worker: whatever it finds there, an earlier life left.
    stopped : callable
        Asked before each message, and once more before its end: whether a person has
        stopped or paused the edition. What had not gone by then stays where it is.

    Raises
    ------
    SendRefused
        If the message may not go this way out.
    Unavailable
        If the other side cannot be reached; no row has lost an attempt by it.
    """
    require_may_leave(frozen, transport)
    require_one_click(signer, transport)
    now = clock.now()
    book.doubtful(frozen.edition, now - lease, now)
    due = [row for row in book.open(frozen.edition, limit) if _is_due(row, now, lease)]
    handled = 0
    if due and not stopped():
        with transport:
            for row in due:
                if stopped():
                    break
                _deliver(row, frozen, signer, transport, book, clock, stopped=stopped)
                handled += 1
    return Progress(handled, book.counts(frozen.edition))


def resend_doubtful(
    frozen: FrozenMessage,
    signer: LinkSigner,
    transport: Transport,
    book: DeliveryBook,
    clock: Clock,
    *,
    readers: Collection[str],
    decided_by: str,
) -> Progress:
    """Send once more to readers whose copy is in doubt, with the same Message-ID.

    They may get it twice; mail programs that know the Message-ID show it once.

    Parameters
    ----------
    frozen, signer, transport, book, clock
        As for `deliver_batch`.
    readers : collection of str
        Subscriber ids.
    decided_by : str
        The person who takes the decision.

    Raises
    ------
    SendRefused
        If one of the readers' copies is not in doubt; then nothing is sent.
    """
    require_may_leave(frozen, transport)
    require_one_click(signer, transport)
    chosen = set(readers)
    rows = [row for row in book.in_doubt(frozen.edition) if row.subscriber.id in chosen]
    if len(rows) < len(chosen):
        raise SendRefused(
            f"{len(chosen) - len(rows)} of the {len(chosen)} named readers have no copy of "
            f"{frozen.edition} in doubt; nothing is resent. Name only those shown as in_doubt."
        )
    with transport:
        for row in rows:
            now = clock.now()
            reason = f"resent by decision of {decided_by}"
            if book.reopen(row, reason, now):
                queued = replace(row, state=DeliveryState.QUEUED, reply=reason, at=now)
                _deliver(queued, frozen, signer, transport, book, clock, capped=False)
    return Progress(len(rows), book.counts(frozen.edition))


def send_test(
    frozen: FrozenMessage, address: str, signer: LinkSigner, transport: Transport
) -> Receipt:
    """Send a copy marked as a test; the delivery ledger knows nothing of it.

    Raises
    ------
    SendRefused
        If the message may not go this way out, or is not marked as a test.
    """
    require_may_leave(frozen, transport)
    envelope = frozen.test_copy(address, signer)
    with transport:
        return transport.send(envelope, lambda: None)


def require_may_leave(mail: MaybeSample, transport: Transport) -> None:
    """Refuse to let simulated figures out of the machine.

    Parameters
    ----------
    mail : Rendered or FrozenMessage
        What would go.
    transport : Transport
        The way out.

    Raises
    ------
    SendRefused
        If the mail is made from sample data and the transport is not local.
    """
    if mail.sample and not transport.local:
        raise SendRefused(
            "This edition is made from the sample market, whose figures are simulated; it is "
            f"never sent by {transport.name}. Use a maildir sender, or run a session of real data."
        )


def require_one_click(signer: LinkSigner, transport: Transport) -> None:
    """Refuse to send mail out whose one-click link mail providers would not accept.

    Raises
    ------
    SendRefused
        If links do not use https and the transport is not local.
    """
    if not signer.secure and not transport.local:
        raise SendRefused(
            "publication.base_url does not start with https://, which one-click unsubscribing "
            f"demands (RFC 8058); nothing is sent by {transport.name}. Serve the public pages "
            "over https."
        )


class _Superseded(Exception):
    """Another worker took the row over; this one must not complete the message."""


class _Stopped(Exception):
    """A person has stopped or paused the edition while its message was being handed over."""


def _deliver(
    row: Delivery,
    frozen: FrozenMessage,
    signer: LinkSigner,
    transport: Transport,
    book: DeliveryBook,
    clock: Clock,
    *,
    capped: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Take one row from open to ended, or leave it as what a crash would have left."""
    if not book.is_active(row.subscriber.id):
        book.settle(row, DeliveryState.SUPPRESSED, "left before the message went", clock.now())
        return
    if capped and row.attempts >= MAX_ATTEMPTS:  # three crashes in `sending`
        reply = f"given up after {row.attempts} attempts"
        book.settle(row, DeliveryState.FAILED, reply, clock.now())
        return
    try:
        envelope = frozen.for_reader(row.subscriber, signer, row.message_id)
    except SendError as error:
        book.settle(row, DeliveryState.FAILED, str(error), clock.now())
        return
    now = clock.now()
    if book.claim(row, now):
        claimed = replace(row, state=DeliveryState.SENDING, attempts=row.attempts + 1, at=now)
        _hand_over(claimed, envelope, transport, book, clock, stopped)


def _hand_over(
    row: Delivery,
    envelope: Envelope,
    transport: Transport,
    book: DeliveryBook,
    clock: Clock,
    stopped: Callable[[], bool],
) -> None:
    """Send a claimed row's message and write down how it ended."""
    crossed = False

    def before_dot() -> None:
        nonlocal crossed
        if stopped():  # while the other side was slow: this one is not completed either
            raise _Stopped
        if not book.dot_sent(row, clock.now()):
            raise _Superseded
        crossed = True

    try:
        receipt = transport.send(envelope, before_dot)
    except _Superseded:
        return
    except _Stopped:
        book.release(row, "held back: stopped or paused", clock.now())
        return
    except Unavailable as error:
        book.release(row, str(error), clock.now())
        raise
    except SendError as error:
        state = _outcome(error, row.attempts, crossed=crossed)
        reply = error.reply if isinstance(error, Refused) else str(error)
        book.settle(row, state, reply, clock.now())
        return
    book.settle(row, DeliveryState.ACCEPTED, receipt.reply, clock.now())


def _outcome(error: SendError, attempts: int, *, crossed: bool) -> DeliveryState:
    if crossed and error.code is None:
        return DeliveryState.IN_DOUBT
    if error.permanent:
        return DeliveryState.BOUNCED if _no_such_reader(error) else DeliveryState.FAILED
    return DeliveryState.DEFERRED if attempts < MAX_ATTEMPTS else DeliveryState.FAILED


def _no_such_reader(error: SendError) -> bool:
    """Whether a permanent refusal is about the mailbox, not about us or the message.

    Refusals in the conversation and reports that come later are judged by the same table.
    """
    if not isinstance(error, Refused):
        return False
    of_reader = error.phase is Phase.RECIPIENT
    return refusal(error.reply, of_reader=of_reader) is Verdict.HARD


def _is_due(row: Delivery, now: dt.datetime, lease: dt.timedelta) -> bool:
    if row.state is DeliveryState.SENDING:
        return now >= row.at + lease
    if row.state is DeliveryState.DEFERRED:
        return now >= row.at + RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
    return True


def _same_mailbox(email: str) -> str:
    try:
        return normalise(email).casefold()
    except AddressError:
        return email
