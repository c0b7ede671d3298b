"""A copy that a server puts off is tried again when it is due, by whoever is there then."""

import datetime as dt
import shutil
from dataclasses import dataclass

import pytest
from send_servers import Inbox, smtp_server

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.config import Sender
from newsletter.desk.planned import Watch, telling
from newsletter.review.edition import EditionKey, State

EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
KEY = EditionKey.parse("2026-07-02.XNYS.evening")
READERS = ("ann@example.org", "ben@example.org", "cas@example.org")

pytestmark = pytest.mark.market


@dataclass
class Greylisting(Inbox):
    """A server that puts one reader's mail off, the first times it comes."""

    times: int = 2

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address == READERS[1] and self.times:
            self.times -= 1
            return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known"


@pytest.fixture
def going(kept, tmp_path, market_bars):
    """An approved evening of three readers, sent by a server that greylists."""
    folder = kept.evening(tmp_path, market_bars)
    clock, inbox = FixedClock(EVENING), Greylisting()
    house = House(folder / "config.yaml", clock=clock)
    with smtp_server(inbox) as port:
        way = Sender(
            transport="smtp", from_name="The Rotation", from_address="desk@news.example.com",
            host="127.0.0.1", port=port, security="none", timeout_seconds=20,
        )  # fmt: skip
        senders = dict.fromkeys(house.config.senders, way)
        house.config = house.config.model_copy(update={"senders": senders})
        house.editors.add("dana", "dana@example.com", EVENING)
        for address in READERS:
            house.audience.add(address, "", "evening", {}, EVENING)
        house.desk.approve(KEY, "dana")
        yield house, clock, inbox
    house.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_it_goes_out_later_once_and_the_others_are_not_kept_waiting(going):
    house, clock, inbox = going
    begun = []
    watch = Watch(house, lambda key: begun.append(key) or True, telling(house))
    counts = house.deliver(KEY)
    assert (counts["accepted"], counts["deferred"]) == (2, 1)
    assert house.editions.get(KEY).state is State.SENDING
    waits = []
    for _ in range(8):
        plan = house.plans.find(str(KEY))
        assert plan is not None, "nobody would go on with it"
        waits.append((plan.send_at - clock.now()).total_seconds() / 60)
        clock.advance(plan.send_at - clock.now() - dt.timedelta(seconds=2))
        watch.look()
        assert begun == []  # not before it is due
        clock.advance(dt.timedelta(seconds=3))
        watch.look()
        assert begun == [str(KEY)]
        begun.clear()
        counts = house.deliver(KEY)
        if not counts.get("deferred"):
            break
    assert counts == {"accepted": 3}
    assert sorted(inbox.recipients) == list(READERS)
    assert house.editions.get(KEY).state is State.SENT
    assert 0.8 <= waits[0] <= 1.25 * 1.2  # a minute, then five, give or take a fifth
    assert waits == sorted(waits)
    clock.advance(dt.timedelta(hours=1))
    watch.look()
    assert begun == []
