"""An edition that is cancelled while it goes out: no copy is completed after that."""

import datetime as dt
import threading
from unittest.mock import Mock

import pytest
from engine_support import KEY, LIFETIME, desk, revision
from send_support import APPROVED_AT, MemoryBook, clock, frozen, reader, signer

from newsletter.errors import SendRefused, StoreError
from newsletter.review.edition import State
from newsletter.send import crew
from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.delivery import DeliveryState
from newsletter.send.transport import Receipt
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.database import Database


class Post:
    """A transport that calls something before and after each final dot."""

    name, local = "post", True

    def __init__(self, at_dot=lambda number: None, after=lambda number: None):
        self.at_dot, self.after, self.taken, self.asked = at_dot, after, [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def send(self, envelope, before_dot):
        self.asked += 1
        self.at_dot(self.asked)
        before_dot()
        self.taken.append(envelope.recipient)
        self.after(self.asked)
        return Receipt("250 ok")


@pytest.mark.parametrize("when", ["after", "at_dot"])
def test_no_copy_is_completed_once_the_edition_is_stopped(when):
    readers = [reader(number) for number in range(1, 8)]
    book, said = MemoryBook(readers), []
    freeze_audience(frozen(), readers, signer(), book, clock())
    post = Post(**{when: lambda number: number == 3 and said.append("stop")})
    done = deliver_batch(frozen(), signer(), post, book, clock(), stopped=lambda: bool(said))
    taken = 3 if when == "after" else 2
    assert len(post.taken) == taken
    assert post.asked <= 4  # one more may have been begun; it was not completed
    assert done.counts[DeliveryState.ACCEPTED] == taken
    assert done.waiting == 7 - taken
    assert all(row.attempts == 0 for row in book.rows.values() if row.state != "accepted")
    again = deliver_batch(frozen(), signer(), post, book, clock(), stopped=lambda: True)
    assert (again.handled, len(post.taken)) == (0, taken)


def test_who_looks_whether_it_is_stopped_looks_on_while_the_database_is_away(monkeypatch):
    monkeypatch.setattr(crew, "LOOK_SECONDS", 0.001)
    answers = iter([StoreError("away"), StoreError("away"), False, True])

    def stopped():
        if isinstance(answer := next(answers), StoreError):
            raise answer
        return answer

    feed, let_go = Mock(closed=False), Mock(spec=SmtpTransport)
    crew._watch(Mock(feed=feed, stopped=stopped, transport=let_go), threading.Event())
    assert next(answers, None) is None
    feed.close.assert_called_once()
    let_go.interrupt.assert_called_once()


def test_a_cancelled_edition_is_told_as_such_where_it_would_go_on():
    database = Database("sqlite://")
    at = desk(database)
    content = at.submit(KEY, revision(), LIFETIME).revision.content
    at.mark(at.approve(KEY, "ann"), State.SENDING, "pipeline")
    stopped = at.decide(KEY, State.CANCELLED, "ann", "wrong figure")
    assert stopped.approval is not None
    with pytest.raises(SendRefused, match="was cancelled; nothing more of it is sent"):
        stopped.require_sendable(content, APPROVED_AT + dt.timedelta(hours=1))
    database.close()
