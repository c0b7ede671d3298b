"""Delivery services as ways out: the ledger before the last byte, and every kind of answer."""

import base64
import email
import email.policy
import json

import pytest
from send_servers import DROP
from send_support import HARNESSES, SERVICES, envelope, frozen, reader, signer

from newsletter.errors import ConfigError, SendError
from newsletter.send.transport import Refused, Unavailable
from newsletter.send.transports import open_transport


@pytest.fixture(params=SERVICES)
def way_out(request, tmp_path):
    with HARNESSES[request.param](tmp_path).running() as harness:
        yield harness


@pytest.fixture(params=["postmark", "sendgrid"])
def unpacking(request, tmp_path):
    with HARNESSES[request.param](tmp_path).running() as harness:
        yield harness


def test_the_same_mail_arrives_where_it_goes_in_parts(unpacking):
    message = frozen().for_reader(reader(), signer())
    with unpacking.transport() as transport:
        transport.send(message, lambda: None)
    ((_, _, body),) = unpacking.inbox.asked
    told = json.loads(body)
    ours = email.message_from_bytes(message.data, policy=email.policy.default)
    text = ours.get_body(("plain",)).get_content()
    html = ours.get_body(("html",)).get_content()
    wanted = [one.get_content() for one in ours.walk() if one.get_content_maintype() == "image"]
    if unpacking.name == "postmark":
        assert (told["Subject"], told["TextBody"], told["HtmlBody"]) == (
            ours["Subject"],
            text,
            html,
        )
        kept = {one["Name"].lower(): one["Value"] for one in told["Headers"]}
        pictures = [base64.b64decode(one["Content"]) for one in told["Attachments"]]
        assert (told["From"], told["To"]) == (ours["From"], ours["To"])
    else:
        parts = {one["type"]: one["value"] for one in told["content"]}
        assert (told["subject"], parts["text/plain"], parts["text/html"]) == (
            ours["Subject"], text, html,
        )  # fmt: skip
        kept = {name.lower(): value for name, value in told["headers"].items()}
        pictures = [base64.b64decode(one["content"]) for one in told["attachments"]]
        assert told["from"]["email"] == ours["From"].addresses[0].addr_spec
        assert told["personalizations"][0]["to"][0]["email"] == "reader1@example.com"
    assert pictures == wanted
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Message-ID"):
        assert kept[name.lower()] == ours[name]


def test_the_id_by_which_reports_name_our_copy_goes_along(way_out):
    message = envelope(7)
    with way_out.transport() as transport:
        transport.send(message, lambda: None)
    ((_, _, body),) = way_out.inbox.asked
    if way_out.name != "mailgun":  # it reports the Message-ID of the mail itself
        assert message.message_id in body.decode()


def test_the_key_goes_into_a_header_and_nowhere_else(way_out):
    with way_out.transport() as transport:
        transport.send(envelope(), lambda: None)
    ((path, headers, body),) = way_out.inbox.asked
    assert way_out.password not in path + body.decode("latin-1")
    assert "authorization" in {name.lower() for name in headers} or way_out.name == "postmark"


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (422, True), (413, True)])
def test_a_mail_that_is_refused_costs_the_others_nothing(way_out, status, permanent):
    way_out.inbox.answers = [(status, b'{"message": "bad <ada@readers.example>"}')]
    with way_out.transport() as transport:
        with pytest.raises(Refused) as caught:
            transport.send(envelope(1), lambda: None)
        assert caught.value.permanent is permanent
        assert "ada@" not in str(caught.value) + caught.value.reply
        transport.send(envelope(2), lambda: None)
    assert len(way_out.arrived()) == 1


@pytest.mark.parametrize(("status", "permanent"), [(401, True), (403, True), (429, False)])
def test_a_refusal_of_us_costs_one_reader_a_try_and_stops(way_out, status, permanent):
    way_out.inbox.answers = [(status, b"{}")]
    crossed = []
    with way_out.transport() as transport:
        with pytest.raises(Refused) as caught:
            transport.send(envelope(1), lambda: None)
        assert not caught.value.permanent
        with pytest.raises(Unavailable) as stopped:
            transport.send(envelope(2), lambda: crossed.append(1))
        assert stopped.value.permanent is permanent
        assert way_out.password not in str(stopped.value)
    assert crossed == []
    with way_out.transport() as transport:  # another batch tries again
        transport.send(envelope(2), lambda: None)


@pytest.mark.parametrize("answer", [DROP, (500, b""), (502, b""), (504, b"")])
def test_no_answer_after_the_whole_message_is_a_doubt(way_out, answer):
    way_out.inbox.answers = [answer]
    crossed = []
    with way_out.transport() as transport:
        with pytest.raises(SendError) as caught:
            transport.send(envelope(), lambda: crossed.append(1))
        assert (caught.value.code, crossed) == (None, [1])
        transport.send(envelope(2), lambda: None)


def test_a_kept_connection_that_was_closed_meanwhile_costs_nothing(way_out):
    crossed = []
    with way_out.transport() as transport:
        way_out.inbox.answers = [(200, b"{}")]
        transport.send(envelope(1), lambda: None)
        for connection in transport._client._transport._pool.connections:
            connection.close()
        transport.send(envelope(2), lambda: crossed.append(1))
    assert (len(way_out.arrived()), crossed) == (2, [1])


def test_nobody_there_is_unavailable_before_the_ledger_is_written(way_out, tmp_path):
    transport, crossed = None, []
    with way_out.running():
        transport = way_out.transport()
    with transport, pytest.raises(Unavailable):
        transport.send(envelope(), lambda: crossed.append(1))
    assert crossed == []


@pytest.mark.parametrize("key", [None, "", "with space", "ключ"])
def test_a_key_that_is_none_is_told_before_anything_is_sent(way_out, tmp_path, key):
    with pytest.raises(ConfigError) as caught:
        open_transport(way_out.sender(), tmp_path, key)
    assert f"NEWSLETTER_{way_out.name.upper()}_KEY" in str(caught.value)


@pytest.mark.parametrize("url", ["http://api.example.com", "https://u:p@api.example.com", "x"])
def test_mail_and_key_go_encrypted_or_nowhere(way_out, tmp_path, url):
    sender = way_out.sender().model_copy(update={"api_url": url})
    with pytest.raises(ConfigError):
        open_transport(sender, tmp_path, way_out.password)
