"""Links to approve: one editor, one content, one use, half an hour."""

import datetime as dt
import threading

import pytest
from itsdangerous import URLSafeSerializer
from security_support import CONTENT, EDITION, KEY, Room

from newsletter.desk.security.links import LONGEST, LinkRefused, Links

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def room(tmp_path):
    opened = Room(tmp_path)
    yield opened
    opened.database.close()


def refused(links, token, editor="ann"):
    reasons = set()
    for act in (links.read, links.use):
        with pytest.raises(LinkRefused) as caught:
            act(token, editor)
        reasons.add(str(caught.value))
    (reason,) = reasons
    assert reason.count(". ") == 0
    assert reason.endswith(".")
    return reason


def test_a_link_is_read_as_often_as_one_likes_and_used_once(room):
    links = room.guard.links
    token = links.make(EDITION, CONTENT, "ann")
    for _ in range(3):
        assert links.read(token, "ann").content == CONTENT
    used = links.use(token, "ann")
    assert (used.edition, used.content, used.editor) == (EDITION, CONTENT, "ann")
    assert "used already" in refused(links, token)


def test_of_two_uses_at_once_one_is_refused(room):
    links, gate, results = room.guard.links, threading.Barrier(2), []
    token = links.make(EDITION, CONTENT, "ann")

    def use():
        gate.wait()
        try:
            results.append(links.use(token, "ann").editor)
        except LinkRefused as error:
            results.append(str(error)[:26])

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["This link was used already", "ann"]


def test_a_link_ends_after_half_an_hour_whatever_was_asked(room):
    links = room.guard.links
    token = links.make(EDITION, CONTENT, "ann", HOUR)
    room.clock.advance(LONGEST - dt.timedelta(seconds=1))
    assert links.read(token, "ann")
    room.clock.advance(dt.timedelta(seconds=1))
    assert "has expired" in refused(links, token)


def test_a_link_is_void_once_the_edition_was_revised_or_is_gone(room):
    token = room.guard.links.make(EDITION, CONTENT, "ann")
    for content in ("d" * 64, None):
        room.content = content
        assert "revised after this link" in refused(room.guard.links, token)
    room.content = CONTENT
    assert room.guard.links.use(token, "ann")


def test_a_link_is_one_editors_alone_and_ends_with_their_rights(room):
    links = room.guard.links
    token = links.make(EDITION, CONTENT, "ann")
    assert "another editor" in refused(links, token, "bob")
    room.editors.disable("ann", room.clock.now())
    assert "used already" in refused(links, token)


def test_what_was_not_made_here_for_this_purpose_is_not_genuine(room):
    links = room.guard.links
    token = links.make(EDITION, CONTENT, "ann")
    content_of = {EDITION: CONTENT}.get
    foreign = Links(room.access, room.clock, KEY, content_of, "preview").make(
        EDITION, CONTENT, "ann"
    )
    stranger = Links(room.access, room.clock, b"x" * 32, content_of).make(EDITION, CONTENT, "ann")
    unsalted = URLSafeSerializer(KEY).dumps([])
    payload, _, signature = token.rpartition(".")
    for forged in [
        foreign,
        stranger,
        unsalted,
        f"{payload}.{signature[:-2]}xx",
        f"{payload[:-2]}xx.{signature}",
        f"{foreign.rpartition('.')[0]}.{signature}",
        payload,
        "",
        "é",
        "x" * 5000,
    ]:
        assert "not genuine" in refused(links, forged)
    assert links.read(token, "ann")


def test_a_genuine_link_that_the_store_does_not_know_as_it_is_does_not_hold(room):
    links = room.guard.links
    for signed in ([], {}, 7, ["none", EDITION, CONTENT, "ann", "x"]):
        assert "not genuine" in refused(links, links._serializer.dumps(signed))
    found = links.read(links.make(EDITION, CONTENT, "ann"), "ann")
    longer = (found.ends_at + HOUR).isoformat()
    forged = links._serializer.dumps([found.id, EDITION, CONTENT, "ann", longer])
    assert "not genuine" in refused(links, forged)
