"""SMTP, with the one thing smtplib does not tell: whether the final dot had gone out.

Everything of a message but its last line is sent first; then the caller writes down
that the dot is about to go; then the dot goes and the answer is read. A connection lost
before the dot is harmless (the other side must discard the message), one lost after it
leaves the outcome in doubt (RFC 1047).
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from newsletter.config import Sender
from newsletter.errors import ConfigError, SendError
from newsletter.send.addresses import UNPRINTABLE, redact
from newsletter.send.transport import Envelope, Phase, Receipt, Refused, Transport, Unavailable

Security = Literal["starttls", "tls", "none"]

MESSAGES_PER_CONNECTION = 100
DOT_TIMEOUT_SECONDS = 600.0  # RFC 5321 section 4.5.3.2.6
_CLOSING = 421
_PLAIN_ADDRESS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+@[A-Za-z0-9.-]+")


class SmtpTransport:
    """Hands messages to a mail server, one recipient at a time, over one connection.

    Parameters
    ----------
    host : str
        Name of the server; its certificate must bear it.
    port : int
        Usually 587 (STARTTLS) or 465 (TLS from the start).
    security : {"starttls", "tls", "none"}
        Encryption is never given up when it is asked for.
    username, password : str or None
        To log in with; both or neither.
    timeout_seconds : float
        For every step but the last.
    dot_timeout_seconds : float
        For the answer to the whole message; servers filter before they answer.
    helo : str
        How this side names itself.
    cafile : pathlib.Path or None
        Certificates to trust instead of the system's.

    Raises
    ------
    ConfigError
        If only one of user name and password is given.
    """

    name = "smtp"
    local = False

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout_seconds: float = 60,
        dot_timeout_seconds: float = DOT_TIMEOUT_SECONDS,
        helo: str = "localhost.localdomain",
        cafile: Path | None = None,
    ) -> None:
        if username and not password:
            raise ConfigError(
                f"The sender at {host} has a username but no password; set "
                "NEWSLETTER_SMTP_PASSWORD or NEWSLETTER_SMTP_PASSWORD_FILE."
            )
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = password
        self._timeout = timeout_seconds
        self._dot_timeout = max(timeout_seconds, dot_timeout_seconds)
        self._helo = helo
        self._cafile = cafile
        self._smtp: smtplib.SMTP | None = None
        self._handled = 0

    def __enter__(self) -> Self:
        """Connect, encrypt and log in."""
        self._session()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye, or just leave after an error."""
        if error is None:
            self._quit()
        self._drop()

    def send(self, envelope: Envelope, before_dot: Callable[[], None]) -> Receipt:
        """Hand over one message.

        Parameters
        ----------
        envelope : Envelope
            What to send.
        before_dot : callable
            Called when the server has everything but the final dot.

        Raises
        ------
        Refused
            If the server answered no.
        Unavailable
            If it cannot be reached or does not let us in.
        newsletter.errors.SendError
            If the connection was lost twice before the dot, or (`code` None) after it.
        """
        data = _wire_form(envelope)
        for last_try in (False, True):
            smtp = self._session()
            try:
                with self._dropped_unless_refused():
                    self._up_to_the_dot(smtp, envelope, data)
                break
            except OSError as error:
                if last_try:
                    raise SendError(
                        f"{self._host} closed the connection before the message was complete; it "
                        "will be tried again.",
                        permanent=False,
                    ) from error
        try:
            before_dot()
        except BaseException:
            self._drop()
            raise
        with self._dropped_unless_refused():
            return self._dot(smtp)

    @contextmanager
    def _dropped_unless_refused(self) -> Iterator[None]:
        try:
            yield
        except Refused:
            raise  # a complete answer: the conversation goes on
        except BaseException:
            self._drop()
            raise

    def _session(self) -> smtplib.SMTP:
        if self._handled >= MESSAGES_PER_CONNECTION:
            self._quit()
            self._drop()
        if self._smtp is None:
            self._smtp = self._connected()
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        try:
            context = ssl.create_default_context(cafile=self._cafile)
            smtp = self._opened(context)
        except OSError as error:  # smtplib's own errors are among these
            raise self._unavailable(error) from error
        try:
            _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if self._username and self._password:
                smtp.login(self._username, self._password)
        except OSError as error:
            smtp.close()
            raise self._unavailable(error) from error
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _opened(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, self._helo, timeout=self._timeout, context=context
            )
        return smtplib.SMTP(self._host, self._port, self._helo, timeout=self._timeout)

    def _unavailable(self, error: OSError) -> Unavailable:
        where = f"{self._host}:{self._port}"
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

    def _up_to_the_dot(self, smtp: smtplib.SMTP, envelope: Envelope, data: bytes) -> None:
        options = [f"size={len(data)}"] if smtp.has_extn("size") else []
        self._expect(smtp, Phase.MAIL, smtp.mail(envelope.sender, options), {250})
        self._expect(smtp, Phase.RECIPIENT, smtp.rcpt(envelope.recipient), {250, 251})
        self._expect(smtp, Phase.DATA, smtp.docmd("DATA"), {354})
        _socket(smtp).sendall(data)

    def _dot(self, smtp: smtplib.SMTP) -> Receipt:
        try:
            connection = _socket(smtp)
            connection.settimeout(self._dot_timeout)
            connection.sendall(b".\r\n")
            answer = smtp.getreply()
            connection.settimeout(self._timeout)
            self._expect(smtp, Phase.DOT, answer, {250, 251, 252})
        except OSError as error:
            raise SendError(
                f"{self._host} gave no answer after the whole message; it may or may not have "
                "taken it.",
                permanent=False,
            ) from error
        self._handled += 1
        return Receipt(f"{answer[0]} {_said(answer[1])}")

    def _expect(
        self, smtp: smtplib.SMTP, phase: Phase, answer: tuple[int, bytes], good: set[int]
    ) -> None:
        """Raise `Refused` for a no, and an OSError for what is no answer at all."""
        code, words = answer
        if code in good:
            return
        if not 400 <= code <= 599:
            raise smtplib.SMTPServerDisconnected("the reply makes no sense")
        self._start_over(smtp, closing=code == _CLOSING)
        reply = f"{code} {_said(words)}"
        raise Refused(
            f"{self._host} refused the message at {phase}: {reply}.",
            code=code,
            reply=reply,
            phase=phase,
        )

    def _start_over(self, smtp: smtplib.SMTP, *, closing: bool) -> None:
        try:
            if not closing and smtp.rset()[0] == 250:
                self._handled += 1
                return
        except OSError:
            pass  # dropped below; the refusal that led here is what matters
        self._drop()

    def _quit(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except OSError:
                self._drop()  # the other side left first

    def _drop(self) -> None:
        """Close the socket without a word: an unfinished message must not be finished."""
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None
        self._handled = 0


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "smtp"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport from a sender's settings."""
        del base
        return SmtpTransport(
            sender.host,
            sender.port,
            security=sender.security,
            username=sender.username,
            password=password,
            timeout_seconds=sender.timeout_seconds,
            helo=sender.from_address.rpartition("@")[2],
        )


TRANSPORT = _Plugin()


def _wire_form(envelope: Envelope) -> bytes:
    """Return the message as it goes over the wire, all but the final dot."""
    for address in (envelope.sender, envelope.recipient):
        if not _PLAIN_ADDRESS.fullmatch(address):
            raise SendError(
                "An address of the envelope is not plain ASCII; the message was not sent. Correct "
                "the address.",
                permanent=True,
            )
    data = envelope.data
    breaks = data.count(b"\r\n")
    if data.count(b"\n") != breaks or data.count(b"\r") != breaks or not data.isascii():
        raise SendError(
            "The message has a bare line break or 8-bit characters, which servers read "
            "differently; it was not sent. This is a fault of the program: report it.",
            permanent=True,
        )
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    data = data.replace(b"\r\n.", b"\r\n..")
    return b"." + data if data.startswith(b".") else data


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return redact(" ".join(UNPRINTABLE.sub(" ", text).split()))[:300]


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
