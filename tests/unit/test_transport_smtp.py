"""SMTP: phases, refusals, lost connections, encryption that is never given up."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from send_servers import DROP, Inbox, ScriptedServer, make_authority, smtp_server
from send_support import envelope

from newsletter.errors import ConfigError, SendError
from newsletter.send.transport import Envelope, Phase, Refused, Unavailable
from newsletter.send.transports.smtp import MESSAGES_PER_CONNECTION, SmtpTransport
from newsletter.send.transports.smtp.talk import wire_form


def plain(port, **options):
    return SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=10, **options)


def starttls(port, cafile, **options):
    return SmtpTransport("localhost", port, cafile=cafile, timeout_seconds=10, **options)


def only(transport):
    (conversation,) = transport._idle
    return conversation._smtp


class Dots:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("ca"))


# Answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "answer", "phase", "permanent"),
    [
        ("MAIL", "451 4.3.0 later", Phase.MAIL, False),
        ("MAIL", "550 5.7.1 not you", Phase.MAIL, True),
        ("RCPT", "450 4.2.1 greylisted", Phase.RECIPIENT, False),
        ("RCPT", "421 4.7.0 too busy", Phase.RECIPIENT, False),
        ("RCPT", "550 5.1.1 unknown", Phase.RECIPIENT, True),
        ("DATA", "452 4.3.1 full", Phase.DATA, False),
        ("DATA", "554 5.5.1 no", Phase.DATA, True),
    ],
)
def test_a_refusal_before_the_dot_tells_phase_and_code(verb, answer, phase, permanent):
    dots = Dots()
    with ScriptedServer({verb: [answer]}) as server, plain(server.port) as transport:
        with pytest.raises(Refused) as refusal:
            transport.send(envelope(1), dots)
        assert (refusal.value.phase, refusal.value.permanent) == (phase, permanent)
        assert refusal.value.code == int(answer[:3])
        assert refusal.value.reply == answer
        assert dots.count == 0
        transport.send(envelope(2), dots)  # and the next message goes
    assert dots.count == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize(("answer", "permanent"), [("451 later", False), ("554 5.7.1 spam", True)])
def test_a_refusal_after_the_dot_is_an_answer_and_no_doubt(answer, permanent):
    dots = Dots()
    with (
        ScriptedServer({".": [answer]}) as server,
        plain(server.port) as transport,
        pytest.raises(Refused) as refusal,
    ):
        transport.send(envelope(), dots)
    assert refusal.value.phase is Phase.DOT
    assert refusal.value.permanent is permanent
    assert refusal.value.code == int(answer[:3])
    assert dots.count == 1


def test_a_refused_transaction_is_reset_on_the_same_connection():
    script = {"RCPT": ["550 5.1.1 unknown"]}
    with ScriptedServer(script) as server, plain(server.port) as transport:
        with pytest.raises(Refused):
            transport.send(envelope(1), Dots())
        transport.send(envelope(2), Dots())
    assert server.connections == 1
    assert server.verbs.count("EHLO") == 1
    assert server.verbs[server.verbs.index("RCPT") + 1] == "RSET"


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_421_closes_the_connection_and_the_next_message_opens_one(verb):
    with ScriptedServer({verb: ["421 4.3.2 closing"]}) as server, plain(server.port) as transport:
        with pytest.raises(Refused) as refusal:
            transport.send(envelope(1), Dots())
        transport.send(envelope(2), Dots())
    assert (refusal.value.code, refusal.value.permanent) == (421, False)
    assert server.connections == 2
    assert "RSET" not in server.verbs


def test_a_refused_reset_costs_the_connection_not_the_refusal():
    script = {"RCPT": ["550 unknown"], "RSET": ["502 what?"]}
    with ScriptedServer(script) as server, plain(server.port) as transport:
        with pytest.raises(Refused, match="550"):
            transport.send(envelope(1), Dots())
        transport.send(envelope(2), Dots())
    assert server.connections == 2


def test_replies_come_without_addresses_and_control_characters():
    answer = "550 5.1.1 <reader1@example.com>\x07 unknown"
    with (
        ScriptedServer({"RCPT": [answer]}) as server,
        plain(server.port) as transport,
        pytest.raises(Refused) as refusal,
    ):
        transport.send(envelope(1), Dots())
    assert refusal.value.reply == "550 5.1.1 <[address]> unknown"
    assert "reader1" not in str(refusal.value)


# Lost connections ---------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
def test_a_drop_before_the_dot_is_tried_once_more(verb):
    dots = Dots()
    data = b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" * 2000
    with ScriptedServer({verb: [DROP]}) as server, plain(server.port) as transport:
        # A body may be on its way before the drop is noticed: at the dot, then, in doubt.
        if verb == "BODY":
            data += (b"y" * 70 + b"\r\n") * 200_000
        transport.send(envelope(data=data), dots)
    assert dots.count == 1
    assert len(server.taken) == 1
    assert server.connections == 2


def test_two_drops_before_the_dot_are_a_transient_failure():
    dots = Dots()
    with ScriptedServer({"RCPT": [DROP, DROP]}) as server, plain(server.port) as transport:
        with pytest.raises(SendError) as failure:
            transport.send(envelope(1), dots)
        assert not isinstance(failure.value, Refused | Unavailable)
        assert (failure.value.permanent, failure.value.code) == (False, None)
        assert dots.count == 0
        transport.send(envelope(2), dots)
    assert len(server.taken) == 1


@pytest.mark.parametrize("taken", [False, True])
def test_a_drop_after_the_dot_is_in_doubt_and_not_tried_again(taken):
    dots = Dots()
    with (
        ScriptedServer({".": [DROP]}, taken_on_drop=taken) as server,
        plain(server.port) as transport,
    ):
        with pytest.raises(SendError) as failure:
            transport.send(envelope(1), dots)
        assert failure.value.code is None
        assert dots.count == 1
        assert server.connections == 1
        transport.send(envelope(2), dots)
    assert len(server.taken) == 1 + taken


@pytest.mark.parametrize("answer", ["??? what", "150 hm", "354 more", "250" + "-" * 9000])
def test_nonsense_after_the_dot_is_in_doubt(answer):
    dots = Dots()
    with (
        ScriptedServer({".": [answer]}) as server,
        plain(server.port) as transport,
        pytest.raises(SendError) as failure,
    ):
        transport.send(envelope(), dots)
    assert not isinstance(failure.value, Refused)
    assert (failure.value.code, dots.count) == (None, 1)


def test_silence_after_the_dot_is_in_doubt():
    with ScriptedServer({".": ["250-wait for it"]}) as server:
        transport = SmtpTransport(
            "127.0.0.1", server.port, security="none", timeout_seconds=0.5, dot_timeout_seconds=0.5
        )
        with transport, pytest.raises(SendError) as failure:
            transport.send(envelope(), Dots())
    assert failure.value.code is None


def test_the_whole_message_may_be_answered_more_slowly_than_a_command():
    def late():
        time.sleep(0.8)
        return "250 at last"

    with ScriptedServer({".": [late]}) as server:
        transport = SmtpTransport(
            "127.0.0.1", server.port, security="none", timeout_seconds=0.4, dot_timeout_seconds=10
        )
        with transport:
            assert transport.send(envelope(), Dots()).reply == "250 at last"
            assert only(transport).sock.gettimeout() == 0.4


def test_a_message_cut_off_by_before_dot_is_never_completed():
    def crash():
        raise KeyboardInterrupt

    with (
        ScriptedServer() as server,
        pytest.raises(KeyboardInterrupt),
        plain(server.port) as transport,
    ):
        transport.send(envelope(), crash)
    assert server.taken == []
    assert server.verbs[-1] == "cut off"


def test_a_server_gone_for_good_is_unavailable():
    with ScriptedServer() as server:
        transport = plain(server.port)
        transport.__enter__()
        transport._idle.pop().close(politely=False)
    with pytest.raises(Unavailable) as failure:
        transport.send(envelope(), Dots())
    assert failure.value.permanent is False


def test_a_greeting_that_refuses_is_unavailable():
    with (
        ScriptedServer({"greeting": ["554 go away reader1@example.com"]}) as server,
        pytest.raises(Unavailable, match=r"554 go away \[address\]"),
        plain(server.port),
    ):
        pytest.fail("entered")


# Reuse and form -----------------------------------------------------------------------


def test_the_dot_does_not_wait_for_the_network_to_fill_a_packet():
    with ScriptedServer() as server, plain(server.port) as transport:
        assert only(transport).sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_that_is_gone_without_a_word_is_noticed_before_its_answer_is_due():
    """Ten minutes are for a server that is there (RFC 5321); a cut cable answers nothing."""
    with ScriptedServer() as server, plain(server.port) as transport:
        connection = only(transport).sock
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        found = [connection.getsockopt(socket.IPPROTO_TCP, option) for option in (
            socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT,
        )]  # fmt: skip
    assert found == [30, 10, 3, 180_000]


def test_one_connection_serves_a_hundred_messages_and_then_another_is_opened():
    inbox = Inbox()
    with smtp_server(inbox) as port, plain(port) as transport:
        for number in range(MESSAGES_PER_CONNECTION + 1):
            transport.send(envelope(number), Dots())
    assert len(inbox.envelopes) == MESSAGES_PER_CONNECTION + 1
    assert inbox.greetings == 2


def test_a_missing_last_line_end_is_added_and_a_present_one_is_not_doubled():
    with ScriptedServer() as server, plain(server.port) as transport:
        transport.send(envelope(1, b"a: b\r\n\r\nend"), Dots())
        transport.send(envelope(2, b"a: b\r\n\r\nend\r\n"), Dots())
    assert server.taken == [b"a: b\r\n\r\nend\r\n"] * 2


@pytest.mark.parametrize("data", [b"a\n.\nMAIL FROM:<x>\r\n", b"a\r.\r\n", "é\r\n".encode()])
def test_data_that_servers_read_differently_is_not_sent(data):
    with (
        ScriptedServer() as server,
        plain(server.port) as transport,
        pytest.raises(SendError) as failure,
    ):
        transport.send(envelope(data=data), Dots())
    assert failure.value.permanent
    assert "MAIL" not in server.verbs


@pytest.mark.parametrize(
    "bad", ["a@b.com>\r\nRCPT TO:<c@d.com", "a b@c.com", "ü@b.com", "<a@b.com"]
)
def test_an_envelope_address_cannot_carry_a_command(bad):
    with (
        ScriptedServer() as server,
        plain(server.port) as transport,
        pytest.raises(SendError) as failure,
    ):
        transport.send(Envelope("n@news.example.com", bad, "x@y.com", b"a\r\n"), Dots())
    assert failure.value.permanent
    assert "MAIL" not in server.verbs


def test_smtp_is_never_local():
    assert plain(25).local is False


# Pipelining ---------------------------------------------------------------------------

OFFERED = "250-scripted\r\n250 PIPELINING"


def pipelined(script, **options):
    return ScriptedServer({"EHLO": [OFFERED] * 9, **script}, **options)


@pytest.mark.parametrize(
    ("script", "phase"),
    [
        ({"MAIL": ["550 5.7.1 no"], "RCPT": ["503 no"], "DATA": ["503 no"]}, Phase.MAIL),
        ({"RCPT": ["550 5.1.1 no"], "DATA": ["554 no recipients"]}, Phase.RECIPIENT),
        ({"RCPT": ["450 4.2.1 no"], "DATA": ["503 no"]}, Phase.RECIPIENT),
        ({"DATA": ["452 4.3.1 full"]}, Phase.DATA),
    ],
)
def test_of_commands_sent_together_the_first_refusal_counts(script, phase):
    dots = Dots()
    with pipelined(script) as server, plain(server.port) as transport:
        with pytest.raises(Refused) as refusal:
            transport.send(envelope(1), dots)
        assert refusal.value.phase is phase
        assert dots.count == 0
        transport.send(envelope(2), dots)
    assert (server.connections, dots.count, len(server.taken)) == (1, 1, 1)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_server_that_wants_a_message_for_nobody_gets_none(verb):
    with pipelined({verb: ["550 5.1.1 no"]}) as server, plain(server.port) as transport:
        with pytest.raises(Refused, match="550"):
            transport.send(envelope(1), Dots())
        transport.send(envelope(2), Dots())
    assert server.connections == 2
    assert len(server.taken) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_421_among_answers_to_commands_sent_together_closes(verb):
    with pipelined({verb: ["421 4.3.2 closing"]}) as server, plain(server.port) as transport:
        with pytest.raises(Refused) as refusal:
            transport.send(envelope(1), Dots())
        transport.send(envelope(2), Dots())
    assert refusal.value.code == 421
    assert (server.connections, len(server.taken)) == (2, 1)


@given(data=st.lists(st.sampled_from([b".", b"..", b"", b".a", b"MAIL FROM:<x@y.z>", b"a" * 70])))
def test_whatever_lines_a_message_has_the_server_reads_just_them(data):
    whole = b"\r\n".join([b"Subject: x", b"", *data, b""])
    wire = wire_form(envelope(data=whole)) + b".\r\n"
    lines = wire.split(b"\r\n")
    end = lines.index(b".")  # as RFC 5321 reads it: the first line of a dot alone ends it
    read = [line[1:] if line.startswith(b".") else line for line in lines[:end]]
    assert lines[end:] == [b".", b""]
    assert b"\r\n".join([*read, b""]) == whole


# Several connections ------------------------------------------------------------------


def test_several_threads_have_a_connection_each_and_keep_it():
    inbox, together = Inbox(), threading.Barrier(4, timeout=60)

    def work(transport, first):
        for number in range(first, first + 5):
            transport.send(envelope(number), together.wait)  # four are at their dots at once

    with smtp_server(inbox) as port, plain(port, connections=4) as transport:
        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(work, transport, n * 100) for n in range(4)]
        for each in done:
            each.result()
    assert sorted(inbox.recipients) == sorted(
        f"reader{n * 100 + m}@example.com" for n in range(4) for m in range(5)
    )
    assert inbox.greetings == 4


def test_a_connection_that_rested_for_a_minute_is_not_used_again():
    now, inbox = [0.0], Inbox()
    with smtp_server(inbox) as port, plain(port, ticks=lambda: now[0]) as transport:
        for seconds in (0, 59, 59, 61):
            now[0] += seconds
            transport.send(envelope(), Dots())
    assert inbox.greetings == 2


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_who_waits_for_a_slow_server_is_cut_off_and_nothing_is_completed(verb):
    asked, let_go = threading.Event(), threading.Event()

    def slow():
        asked.set()
        let_go.wait(60)
        return "250 at last"

    with ScriptedServer({verb: [slow]}) as server:
        transport = plain(server.port)
        transport.__enter__()
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(transport.send, envelope(), Dots())
            assert asked.wait(60)
            transport.interrupt()
            with pytest.raises(SendError):
                sending.result(30)
            let_go.set()
        transport.__exit__(None, None, None)
    assert server.taken == []


def test_who_waits_for_the_answer_to_a_whole_message_is_not_cut_off():
    asked, let_go = threading.Event(), threading.Event()

    def slow():
        asked.set()
        let_go.wait(60)
        return "250 at last"

    with (
        ScriptedServer({".": [slow]}) as server,
        plain(server.port) as transport,
        ThreadPoolExecutor(1) as pool,
    ):
        sending = pool.submit(transport.send, envelope(), Dots())
        assert asked.wait(60)
        transport.interrupt()
        let_go.set()
        assert sending.result(30).reply == "250 at last"


# Encryption and login -----------------------------------------------------------------


def test_starttls_encrypts_then_sends(authority):
    inbox = Inbox()
    with (
        smtp_server(inbox, tls=authority.server_context()) as port,
        starttls(port, authority.cafile) as transport,
    ):
        transport.send(envelope(), Dots())
    assert len(inbox.envelopes) == 1
    assert inbox.greetings == 2  # once in clear, once again under TLS


def test_a_server_without_starttls_is_refused_before_any_address_is_told(authority):
    with (
        ScriptedServer() as server,
        pytest.raises(Unavailable, match="does not offer") as failure,
        starttls(server.port, authority.cafile),
    ):
        pytest.fail("entered")
    assert failure.value.permanent
    assert set(server.verbs) <= {"greeting", "EHLO"}


def test_a_server_that_says_no_to_starttls_is_refused(authority):
    script = {"EHLO": ["250-scripted\r\n250 STARTTLS"], "STARTTLS": ["454 not now"]}
    with (
        ScriptedServer(script) as server,
        pytest.raises(Unavailable, match="454 not now"),
        starttls(server.port, None),
    ):
        pytest.fail("entered")
    assert "MAIL" not in server.verbs


def test_a_certificate_of_an_unknown_authority_is_refused(authority):
    inbox = Inbox()
    with (
        smtp_server(inbox, tls=authority.server_context()) as port,
        pytest.raises(Unavailable, match="certificate") as failure,
        starttls(port, None),
    ):
        pytest.fail("entered")
    assert failure.value.permanent
    assert inbox.envelopes == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_name_is_refused(tmp_path, security):
    other = make_authority(tmp_path, "elsewhere.example.com")
    context = other.server_context()
    implicit = context if security == "tls" else None
    with smtp_server(Inbox(), tls=None if implicit else context, implicit=implicit) as port:
        transport = SmtpTransport(
            "localhost", port, security=security, cafile=other.cafile, timeout_seconds=10
        )
        with pytest.raises(Unavailable, match="certificate"), transport:
            pytest.fail("entered")


def test_tls_from_the_start(authority):
    inbox = Inbox()
    with smtp_server(inbox, implicit=authority.server_context()) as port:
        transport = SmtpTransport(
            "localhost", port, security="tls", cafile=authority.cafile, timeout_seconds=10
        )
        with transport:
            transport.send(envelope(), Dots())
    assert len(inbox.envelopes) == 1


def test_tls_to_a_server_that_speaks_in_clear_is_refused(authority):
    with ScriptedServer() as server:
        transport = SmtpTransport("localhost", server.port, security="tls", timeout_seconds=5)
        with pytest.raises(Unavailable, match="TLS"), transport:
            pytest.fail("entered")


def test_answers_slipped_in_before_encryption_are_not_believed(authority):
    script = {
        "EHLO": ["250-scripted\r\n250 STARTTLS", "250 scripted"],
        "STARTTLS": ["220 go\r\n250-evil\r\n250 SIZE 1"],
    }
    with (
        ScriptedServer(script, context=authority.server_context()) as server,
        starttls(server.port, authority.cafile) as transport,
    ):
        assert not only(transport).has_extn("size")
        transport.send(envelope(), Dots())
    assert server.verbs.count("EHLO") == 2
    assert len(server.taken) == 1


def test_login_under_tls(authority):
    inbox = Inbox()
    users = {b"me": b"secret"}
    with (
        smtp_server(inbox, tls=authority.server_context(), users=users) as port,
        starttls(port, authority.cafile, username="me", password="secret") as transport,
    ):
        transport.send(envelope(), Dots())
    assert len(inbox.envelopes) == 1


def test_a_wrong_password_is_a_permanent_trouble_of_ours_and_is_not_printed(authority):
    users = {b"me": b"secret"}
    with smtp_server(Inbox(), tls=authority.server_context(), users=users) as port:
        transport = starttls(port, authority.cafile, username="me", password="canary-guess")
        with pytest.raises(Unavailable) as failure, transport:
            pytest.fail("entered")
    assert failure.value.permanent
    assert failure.value.code == 535
    assert "canary-guess" not in str(failure.value)


def test_a_username_without_password_is_a_configuration_error():
    with pytest.raises(ConfigError, match="NEWSLETTER_SMTP_PASSWORD"):
        plain(25, username="me")
