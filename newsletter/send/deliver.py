"""Delivery: works the ledger of an edition, once to each reader, through crashes.

Pure orchestration over ports. One recipient per transaction; a crash at any point
leaves a row that says what may be done with it: ``sending`` is tried again, ``dot_sent``
is held as ``in_doubt`` and resent only by a person's decision.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from newsletter.clock import Clock
from newsletter.config import Publication, Sender
from newsletter.errors import SendRefused
from newsletter.render.rendered import Rendered
from newsletter.review.edition import Edition, content_hash
from newsletter.send import retries
from newsletter.send.addresses import AddressError, normalise
from newsletter.send.book import DeliveryBook
from newsletter.send.crew import Course
from newsletter.send.delivery import OPEN, Delivery, DeliveryState, Subscriber
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Receipt, Transport
from newsletter.send.ways import send_rows


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
    *,
    counted: bool = False,
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
    counted : bool
        Whether opens and clicks are counted of readers who agreed to it.

    Raises
    ------
    SendRefused
        If the edition may not be sent.
    """
    content = content_hash(rendered.sha256, ledger_sha256)
    approval = edition.require_sendable(content, clock.now())
    return FrozenMessage.of(
        rendered, sender, publication, edition.key, list_name, approval.at, counted=counted
    )


def freeze_audience(
    frozen: FrozenMessage,
    subscribers: Iterable[Subscriber],
    signer: LinkSigner,
    book: DeliveryBook,
    clock: Clock,
) -> int:
    """Write a row for every active reader of the list, one for each address.

    Parameters
    ----------
    frozen : FrozenMessage
        What they get.
    subscribers : iterable of Subscriber
        Who, taken as they come. Of neighbours with one mailbox only the first gets a copy:
        an audience yields its readers by mailbox, so that a million need no more memory
        than a thousand.
    signer : LinkSigner
        Makes readers' Message-IDs.
    book : DeliveryBook
        The ledger.
    clock : Clock
        Stamps the rows.

    Returns
    -------
    int
        Rows added; 0 when this was done before.
    """
    now = clock.now()
    wanted = (one for one in subscribers if one.active and one.list == frozen.list)
    first = (next(same) for _, same in itertools.groupby(wanted, lambda one: _mailbox(one.email)))
    rows = (replace(frozen.delivery(one, signer, now), queued_at=now) for one in first)
    return book.freeze(frozen.edition, rows)


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
    course: Course | None = None,
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
        Asked just before messages end, and every second: whether a person has stopped or
        paused the edition. What had not gone by then stays where it is.
    course : Course, optional
        What the run remembers from batch to batch.

    Raises
    ------
    SendRefused
        If the message may not go this way out.
    Unavailable
        If the other side cannot be reached; no row has lost an attempt by it.
    """
    require_may_leave(frozen, transport)
    require_one_click(signer, transport)
    now, course = clock.now(), course or Course()
    book.doubtful(frozen.edition, now - lease, now)
    due = [row for row in book.open(frozen.edition, limit, now) if _is_due(row, now, lease)]
    late = [row for row in due if retries.expired(row, now)]
    _expire(late, book, now)
    rows = [row for row in due if not retries.expired(row, now)]
    handled = len(late)
    if rows and not stopped():
        handled += send_rows(rows, frozen, signer, transport, book, clock, course, stopped)
    return Progress(handled, book.counts(frozen.edition))


def _expire(rows: list[Delivery], book: DeliveryBook, now: dt.datetime) -> None:
    if rows:
        with book.together():
            for row in rows:
                book.settle(row, DeliveryState.FAILED, retries.EXPIRED, now)


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
    queued, now = [], clock.now()
    for row in rows:
        reason = f"resent by decision of {decided_by}"
        if book.reopen(row, reason, now):
            queued.append(replace(row, state=DeliveryState.QUEUED, reply=reason, at=now))
    if queued:
        send_rows(
            queued, frozen, signer, transport, book, clock, Course(), lambda: False, capped=False
        )
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


def _is_due(row: Delivery, now: dt.datetime, lease: dt.timedelta) -> bool:
    if row.state is DeliveryState.SENDING:
        return now >= row.at + lease
    return row.due_at is None or now >= row.due_at


def _mailbox(email: str) -> str:
    try:
        return normalise(email).casefold()
    except AddressError:
        return email
