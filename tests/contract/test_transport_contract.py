"""Every transport the registry finds keeps the promises of the port."""

import pytest
from send_servers import free_port
from send_support import HARNESSES, envelope, frozen, reader, signer

from newsletter.errors import ConfigError
from newsletter.send.transport import Unavailable
from newsletter.send.transports import found, open_transport
from newsletter.send.transports.maildir import MaildirTransport
from newsletter.send.transports.smtp import SmtpTransport

TAKES_PARTS = {"postmark", "sendgrid"}
"""Services that put mails together themselves: see test_service_transports.py."""


@pytest.fixture(params=sorted(found()))
def way_out(request, tmp_path):
    with HARNESSES[request.param](tmp_path).running() as harness:
        yield harness


@pytest.fixture(params=sorted(set(found()) - TAKES_PARTS))
def exact_way_out(request, tmp_path):
    with HARNESSES[request.param](tmp_path).running() as harness:
        yield harness


def test_every_transport_has_a_harness_here():
    assert set(found()) == set(HARNESSES)


def test_the_plugin_opens_a_transport_of_its_own_name(way_out, tmp_path):
    sender = way_out.sender()
    transport = open_transport(sender, tmp_path, way_out.password)
    assert transport.name == sender.transport
    assert isinstance(transport.local, bool)
    with transport:
        transport.send(envelope(), lambda: None)
    assert len(way_out.arrived()) == 1


def test_an_unknown_transport_is_a_configuration_error(tmp_path, way_out):
    sender = way_out.sender().model_copy(update={"transport": "pigeon"})
    with pytest.raises(ConfigError, match="pigeon"):
        open_transport(sender, tmp_path)


def test_bytes_arrive_as_they_were_given(exact_way_out):
    way_out = exact_way_out
    message = frozen().for_reader(reader(), signer())
    with way_out.transport() as transport:
        receipt = transport.send(message, lambda: None)
    assert way_out.arrived() == [message.data]
    assert receipt.reply


def test_lines_of_dots_arrive_unchanged(exact_way_out):
    way_out = exact_way_out
    data = b".first\r\n.\r\n..\r\n...three\r\n\r\n.\r\n"
    with way_out.transport() as transport:
        transport.send(envelope(data=data), lambda: None)
    assert way_out.arrived() == [data]


def test_before_dot_is_called_once_before_anything_arrives(way_out):
    seen = []
    with way_out.transport() as transport:
        transport.send(envelope(), lambda: seen.append(way_out.arrived()))
    assert seen == [[]]
    assert len(way_out.arrived()) == 1


def test_an_error_in_before_dot_passes_through_and_nothing_arrives(way_out):
    def crash():
        raise RuntimeError("the ledger is gone")

    with way_out.transport() as transport:
        with pytest.raises(RuntimeError, match="the ledger is gone"):
            transport.send(envelope(1), crash)
        assert way_out.arrived() == []
        transport.send(envelope(2), lambda: None)
    assert len(way_out.arrived()) == 1


def test_many_messages_go_in_one_block_and_in_order(way_out):
    with way_out.transport() as transport:
        for number in range(1, 21):
            transport.send(envelope(number, b"Subject: %d\r\n\r\nx\r\n" % number), lambda: None)
    assert [data.split()[1] for data in way_out.arrived()] == [b"%d" % n for n in range(1, 21)]


def test_a_block_can_be_entered_again(way_out):
    transport = way_out.transport()
    for number in (1, 2):
        with transport:
            transport.send(envelope(number), lambda: None)
    assert len(way_out.arrived()) == 2


def test_a_way_out_that_is_not_there_is_unavailable(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    closed = SmtpTransport("127.0.0.1", free_port(), security="none", timeout_seconds=5)
    for transport in (MaildirTransport(blocked), closed):
        with pytest.raises(Unavailable), transport:
            pytest.fail("entered")
