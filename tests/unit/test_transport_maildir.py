"""Maildir: each message once, complete, and never outside its folder."""

import errno
import mailbox
import os

import pytest
from send_support import envelope, frozen, reader, signer

from newsletter.errors import SendError
from newsletter.send.transport import Envelope, Refused, Unavailable
from newsletter.send.transports.maildir import MaildirTransport


@pytest.fixture
def box(tmp_path):
    return tmp_path / "box"


def send(box, message=None, before_dot=lambda: None):
    with MaildirTransport(box) as transport:
        return transport.send(message or envelope(), before_dot)


def test_the_same_message_again_is_not_a_second_one(box):
    send(box)
    assert send(box).reply == "already in the mailbox"
    assert len(list((box / "new").iterdir())) == 1
    assert list((box / "tmp").iterdir()) == []


@pytest.mark.parametrize("flags", ["", ":2,S", ":2,RS"])
def test_a_message_the_reader_has_seen_does_not_come_back(box, flags):
    send(box)
    (arrived,) = (box / "new").iterdir()
    arrived.rename(box / "cur" / f"{arrived.name}{flags}")
    calls = []
    send(box, before_dot=lambda: calls.append(1))
    assert calls == [1]
    assert list((box / "new").iterdir()) == []


def test_the_name_tells_the_message(box):
    message = frozen().for_reader(reader(), signer())
    send(box, message)
    assert (box / "new" / f"{message.message_id}.eml").read_bytes() == message.data


@pytest.mark.parametrize(
    "hostile", ["../../up@x.com", "a/b@x.com", ".hidden@x", "a:2,S@x", "é", ""]
)
def test_a_hostile_message_id_stays_in_the_folder(box, hostile):
    send(box, Envelope("a@b.com", "c@d.com", hostile, b"x\r\n"))
    (arrived,) = (box / "new").iterdir()
    assert arrived.name.endswith(".eml")
    assert len(arrived.stem) == 64
    assert [p.name for p in box.parent.iterdir()] == [box.name]


def test_python_reads_the_mailbox(box):
    send(box, frozen().for_reader(reader(), signer()))
    (message,) = mailbox.Maildir(box, create=False)
    assert message["Subject"] == "Small caps lead"


def test_the_file_is_complete_on_disk_before_the_dot_is_announced(box, monkeypatch):
    order = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), real(handle)))
    send(box, before_dot=lambda: order.append("dot"))
    assert order == ["fsync", "dot", "fsync"]


def test_a_crash_before_the_dot_leaves_nothing_visible(box):
    def crash():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(box, before_dot=crash)
    assert list((box / "new").iterdir()) == []
    assert send(box).reply == "written to the mailbox"


def test_where_files_cannot_be_linked_they_are_renamed(box, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    send(box)
    assert send(box).reply == "already in the mailbox"
    assert len(list((box / "new").iterdir())) == 1


def test_two_senders_at_once_deliver_one(box, monkeypatch):
    send(box)
    monkeypatch.setattr(MaildirTransport, "_holds", lambda self, name: False)
    assert send(box).reply == "already in the mailbox"
    assert len(list((box / "new").iterdir())) == 1


def test_a_mailbox_that_does_not_take_the_link_has_refused_for_now(box, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(Refused, match="No space left") as refusal:
        send(box)
    assert (refusal.value.permanent, refusal.value.code) == (False, 451)


def test_a_disk_that_does_not_confirm_leaves_doubt(box, monkeypatch):
    calls = []
    real = os.fsync

    def second_fails(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", second_fails)
    with pytest.raises(SendError) as failure:
        send(box)
    assert failure.value.code is None
    assert not isinstance(failure.value, Refused)


def test_a_full_disk_is_no_fault_of_the_message(box, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        send(box)
    assert list((box / "tmp").iterdir()) == []


def test_a_mailbox_is_private_and_local(box):
    send(box)
    assert (box / "new").stat().st_mode & 0o777 == 0o700
    assert MaildirTransport(box).local is True
