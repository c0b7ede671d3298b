"""One conversation with a mail server: opening it, one message after the other, the dot.

smtplib opens it (greeting, STARTTLS, login, the reading of replies); the commands of a
message go out here, in one piece where the server allows that (PIPELINING, RFC 2920).
"""

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from newsletter.errors import SendError
from newsletter.send.addresses import UNPRINTABLE, redact
from newsletter.send.transport import Envelope, Phase, Receipt, Refused, Unavailable

Security = Literal["starttls", "tls", "none"]

CLOSING: Final = 421
SILENT_SECONDS, PROBE_SECONDS, PROBES = 30, 10, 3
"""Seconds of silence after which the other side is asked whether it is there, seconds between two
such questions, and how many may stay unanswered."""
_GOOD: Final = {
    Phase.MAIL: {250},
    Phase.RECIPIENT: {250, 251},
    Phase.DATA: {354},
    Phase.DOT: {250, 251, 252},
}
_PLAIN_ADDRESS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server is and how it is talked to; as in `SmtpTransport`.

    Parameters
    ----------
    timeout, block_timeout, dot_timeout : float
        Seconds for a command, for a piece of the message, and for the answer to all of it.
    """

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None
    helo: str
    cafile: Path | None
    timeout: float
    block_timeout: float
    dot_timeout: float


class Conversation:
    """A connection to a mail server. One thread uses it at a time.

    Parameters
    ----------
    access : Access
        The server.

    Attributes
    ----------
    handled : int
        Messages and refusals since it was opened.
    used_at : float
        When it was last of use.
    complete : bool
        Whether the message under way may have been accepted already.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._smtp: smtplib.SMTP | None = None
        self._pipelining = False
        self._cut = False
        self.handled = 0
        self.used_at = 0.0
        self.complete = False

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self._smtp is not None and self._smtp.sock is not None

    def open(self) -> None:
        """Connect, encrypt and log in.

        Raises
        ------
        Unavailable
            If the server cannot be reached or does not let us in.
        """
        access = self._access
        try:
            context = _context(access)
            smtp = _client(access, context)
            self._smtp = smtp
            code, words = smtp.connect(access.host, access.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            if self._cut:
                raise smtplib.SMTPServerDisconnected("sending was stopped")
            _watch_over(_socket(smtp), access.block_timeout)
            if access.security == "starttls":
                smtp.starttls(context=context)  # forgets what was said before it, and what was read
            smtp.ehlo_or_helo_if_needed()
            if access.username and access.password:
                smtp.login(access.username, access.password)
        except OSError as error:  # smtplib's own errors are among these
            self.close(politely=False)
            raise _unavailable(access, error) from error
        except BaseException:
            self.close(politely=False)
            raise
        self._pipelining = smtp.has_extn("pipelining")

    def up_to_the_dot(self, envelope: Envelope, data: bytes) -> None:
        """Send a message but for its final dot.

        Parameters
        ----------
        envelope : Envelope
            Whose addresses `wire_form` has checked.
        data : bytes
            From `wire_form`.

        Raises
        ------
        Refused
            If the server answered no; the conversation goes on, or is closed.
        OSError
            If the connection was lost.
        """
        smtp = self._open()
        size = f" size={len(data)}" if smtp.has_extn("size") else ""
        steps = (
            (Phase.MAIL, f"MAIL FROM:<{envelope.sender}>{size}\r\n".encode("ascii")),
            (Phase.RECIPIENT, f"RCPT TO:<{envelope.recipient}>\r\n".encode("ascii")),
            (Phase.DATA, b"DATA\r\n"),
        )
        connection = _socket(smtp)
        if self._pipelining:
            connection.sendall(b"".join(line for _, line in steps))
            self._answers(smtp)
        else:
            for phase, line in steps:
                connection.sendall(line)
                self._expect(phase, smtp.getreply())
        connection.settimeout(self._access.block_timeout)
        connection.sendall(data)
        connection.settimeout(self._access.timeout)

    def rehearse(self, sender: str) -> None:
        """Begin a message and take it back.

        Raises
        ------
        Refused
            If the server does not take mail of that sender.
        OSError
            If the connection was lost.
        """
        smtp = self._open()
        self._expect(Phase.MAIL, smtp.docmd(f"MAIL FROM:<{sender}>"))
        smtp.rset()

    def _answers(self, smtp: smtplib.SMTP) -> None:
        """Read the answers to commands that went out together; the first no counts."""
        refused: tuple[Phase, tuple[int, bytes]] | None = None
        for phase in (Phase.MAIL, Phase.RECIPIENT, Phase.DATA):
            answer = smtp.getreply()
            if refused is not None and phase is Phase.DATA and answer[0] in _GOOD[phase]:
                self.close(politely=False)  # it waits for a message that nobody is to get
            if refused is None and answer[0] not in _GOOD[phase]:
                refused = phase, answer
            if answer[0] == CLOSING:
                break  # and no more answers come
        if refused is not None:
            self._expect(*refused)

    def dot(self) -> Receipt:
        """Complete the message and return the server's acceptance.

        Raises
        ------
        Refused
            If it did not take the message.
        newsletter.errors.SendError
            With `code` None if no answer came that makes sense.
        """
        smtp = self._open()
        try:
            connection = _socket(smtp)
            connection.settimeout(self._access.dot_timeout)
            connection.sendall(b".\r\n")
            answer = smtp.getreply()
            connection.settimeout(self._access.timeout)
            self._expect(Phase.DOT, answer)
        except OSError as error:
            raise SendError(
                f"{self._access.host} gave no answer after the whole message; it may or may not "
                "have taken it.",
                permanent=False,
            ) from error
        self.handled += 1
        return Receipt(f"{answer[0]} {_said(answer[1])}")

    def _expect(self, phase: Phase, answer: tuple[int, bytes]) -> None:
        """Raise `Refused` for a no, and an OSError for what is no answer at all."""
        code, words = answer
        if code in _GOOD[phase]:
            return
        if not 400 <= code <= 599:
            raise smtplib.SMTPServerDisconnected("the reply makes no sense")
        self._start_over(closing=code == CLOSING)
        reply = f"{code} {_said(words)}"
        raise Refused(
            f"{self._access.host} refused the message at {phase}: {reply}.",
            code=code,
            reply=reply,
            phase=phase,
        )

    def _start_over(self, *, closing: bool) -> None:
        try:
            if not closing and self.is_open and self._open().rset()[0] == 250:
                self.handled += 1
                return
        except OSError:
            pass  # closed below; the refusal that led here is what matters
        self.close(politely=False)

    def cut_off(self) -> None:
        """Let whoever waits for the server find the connection lost; for another thread.

        Not where the message may have been accepted: its answer is worth waiting for.
        """
        if self.complete:
            return
        self._cut = True
        connection = self._smtp.sock if self._smtp is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):  # it may be closed already
                # Below TLS, which another thread is in the middle of.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def close(self, *, politely: bool) -> None:
        """Close the connection, with a goodbye or without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        if politely:
            with contextlib.suppress(OSError):  # the other side left first
                smtp.quit()
        smtp.close()

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self._smtp


def wire_form(envelope: Envelope) -> bytes:
    """Return the message as it goes over the wire, all but the final dot.

    Raises
    ------
    SendError
        If an address, or the message, could be read as something else than it is.
    """
    for address in (envelope.sender, envelope.recipient):
        if not _PLAIN_ADDRESS.fullmatch(address):
            raise SendError(
                "An address of the envelope is not plain ASCII; the message was not sent. Correct "
                "the address.",
                permanent=True,
            )
    data = envelope.data
    sound, dotted = _lines(data)
    if not sound or not data.isascii():
        raise SendError(
            "The message has a bare line break or 8-bit characters, which servers read "
            "differently; it was not sent. This is a fault of the program: report it.",
            permanent=True,
        )
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if dotted:  # never in our own quoted-printable
        data = data.replace(b"\r\n.", b"\r\n..")
    return b"." + data if data.startswith(b".") else data


def _lines(data: bytes) -> tuple[bool, bool]:
    """Tell whether all line breaks are CRLF, and whether a line after the first begins with a dot.

    Each copy of 60 kB is looked at whole before it goes; comparing it as an array takes an eighth
    of the time that searching the bytes takes (docs/delivery.md).
    """
    octets = np.frombuffer(data, np.uint8)
    if not octets.size:
        return True, False
    feeds, returns = octets == 10, octets == 13
    sound = not (feeds[0] or returns[-1] or (feeds[1:] != returns[:-1]).any())
    return bool(sound), bool((feeds[:-1] & (octets[1:] == 46)).any())


def _context(access: Access) -> ssl.SSLContext | None:
    """Return how the server's certificate is verified; None where nothing is encrypted."""
    if access.security == "none":
        return None
    context = ssl.create_default_context(cafile=access.cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _client(access: Access, context: ssl.SSLContext | None) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if access.security == "tls":
        smtp = smtplib.SMTP_SSL(local_hostname=access.helo, timeout=access.timeout, context=context)
    else:
        smtp = smtplib.SMTP(local_hostname=access.helo, timeout=access.timeout)
    # Its constructor would connect, too, and nobody could cut that off.
    smtp._host = access.host  # type: ignore[attr-defined]
    return smtp


def _unavailable(access: Access, error: OSError) -> Unavailable:
    where = f"{access.host}:{access.port}"
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(
            f"The certificate of {where} cannot be trusted ({error.verify_message}); nothing "
            "is sent. Set senders.*.host to the name the certificate bears.",
            permanent=True,
        )
    if isinstance(error, ssl.SSLError):
        return Unavailable(
            f"{where} does not speak TLS as it should ({error.reason}); nothing is sent. Check "
            "port and security of the sender: 465 goes with tls, 587 with starttls.",
            permanent=True,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Unavailable(
            f"{where} does not offer what the sender needs ({redact(str(error))}); nothing is "
            "sent. Check port, security and username of the sender.",
            permanent=True,
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Unavailable(
            f"{where} did not accept the user name and password ({error.smtp_code}); nothing "
            "is sent. Check senders.*.username and NEWSLETTER_SMTP_PASSWORD.",
            permanent=error.smtp_code >= 500,
            code=code,
        )
    told = _said(error.smtp_error) if isinstance(error, smtplib.SMTPResponseException) else ""
    reason = f"{code} {told}" if code else error.strerror or type(error).__name__
    return Unavailable(
        f"{where} cannot be reached ({reason}); try again later or check host and port.",
        permanent=False,
        code=code,
    )


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return redact(" ".join(UNPRINTABLE.sub(" ", text).split()))[:300]


def _watch_over(connection: socket.socket, seconds: float) -> None:
    """Let a connection end whose other side is gone without a word, whatever is waited for.

    The answer to a whole message may take ten minutes; that its bytes arrived is known at once.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = {
        "TCP_NODELAY": 1,
        "TCP_KEEPIDLE": SILENT_SECONDS,
        "TCP_KEEPINTVL": PROBE_SECONDS,
        "TCP_KEEPCNT": PROBES,
        "TCP_USER_TIMEOUT": int(seconds * 1000),
    }
    for name, value in wanted.items():
        option = getattr(socket, name, None)  # not every system has all of them
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
