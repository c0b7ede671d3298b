"""SMTP: several connections, few round trips, and always known whether the dot had gone out.

Everything of a message but its last line is sent first; then the caller writes down
that the dot is about to go; then the dot goes and the answer is read. A connection lost
before the dot is harmless (the other side must discard the message), one lost after it
leaves the outcome in doubt (RFC 1047).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from newsletter.config import Sender
from newsletter.errors import ConfigError, SendError
from newsletter.send.transport import Envelope, Receipt, Refused, Transport, Unavailable
from newsletter.send.transports.smtp.talk import Access, Conversation, Security, wire_form

MESSAGES_PER_CONNECTION: Final = 100
IDLE_SECONDS: Final = 60.0
"""A connection that was not used for so long is not used again: servers close such."""
DOT_TIMEOUT_SECONDS: Final = 600.0  # RFC 5321 section 4.5.3.2.6
BLOCK_TIMEOUT_SECONDS: Final = 180.0  # 4.5.3.2.5


class SmtpTransport:
    """Hands messages to a mail server, one recipient at a time, over several connections.

    Parameters
    ----------
    host : str
        Name of the server; its certificate must bear it.
    port : int
        Usually 465 (TLS from the start) or 587 (STARTTLS).
    security : {"starttls", "tls", "none"}
        Encryption is never given up when it is asked for.
    username, password : str or None
        To log in with; both or neither.
    timeout_seconds : float
        For every command.
    dot_timeout_seconds : float
        For the answer to the whole message; servers filter before they answer.
    helo : str
        How this side names itself.
    cafile : pathlib.Path or None
        Certificates to trust instead of the system's.
    connections : int
        How many threads may call `send` at once, each with a connection.
    ticks : callable
        Seconds of a clock that never goes back.

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
        connections: int = 1,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        if username and not password:
            raise ConfigError(
                f"The sender at {host} has a username but no password; set "
                "NEWSLETTER_SMTP_PASSWORD or NEWSLETTER_SMTP_PASSWORD_FILE."
            )
        self._access = Access(
            host, port, security, username, password, helo, cafile,
            timeout=timeout_seconds,
            block_timeout=max(timeout_seconds, min(BLOCK_TIMEOUT_SECONDS, dot_timeout_seconds)),
            dot_timeout=max(timeout_seconds, dot_timeout_seconds),
        )  # fmt: skip
        self.connections = connections
        self._ticks = ticks
        self._lock = threading.Lock()
        self._idle: list[Conversation] = []
        self._talking: set[Conversation] = set()
        self._interrupted = False

    def __enter__(self) -> Self:
        """Connect, encrypt and log in once; further connections are made when needed."""
        self._interrupted = False
        self._rest(self._conversation())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye, or just leave after an error."""
        with self._lock:
            idle, self._idle = self._idle, []
        for conversation in idle:
            conversation.close(politely=error is None and not self._interrupted)

    def interrupt(self) -> None:
        """End every conversation whose message is not complete, and begin no other."""
        with self._lock:
            self._interrupted = True
            for conversation in self._talking:
                conversation.cut_off()

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
        data = wire_form(envelope)
        conversation = self._up_to_the_dot(envelope, data)
        with self._lock:  # from here on it is not cut off any more: `before_dot` decides
            conversation.complete = True
        try:
            before_dot()
            receipt = conversation.dot()
        except Refused:
            self._rest(conversation)  # a complete answer: the conversation goes on
            raise
        except BaseException:
            self._drop(conversation)
            raise
        self._rest(conversation)
        return receipt

    def _up_to_the_dot(self, envelope: Envelope, data: bytes) -> Conversation:
        for last_try in (False, True):
            conversation = self._conversation()
            try:
                conversation.up_to_the_dot(envelope, data)
            except Refused:
                self._rest(conversation)
                raise
            except OSError as error:
                self._drop(conversation)
                if last_try or self._interrupted:
                    raise SendError(
                        f"{self._access.host} closed the connection before the message was "
                        "complete; it will be tried again.",
                        permanent=False,
                    ) from error
            except BaseException:
                self._drop(conversation)
                raise
            else:
                return conversation
        raise AssertionError("the second try either ends or raises")

    def probe(self, sender: str, seconds: float) -> None:
        """Connect, log in, have MAIL FROM accepted, and take it back: no mail is begun.

        Parameters
        ----------
        sender : str
            MAIL FROM.
        seconds : float
            Longest wait for each answer.

        Raises
        ------
        Unavailable, Refused
            As `send`.
        newsletter.errors.SendError
            If the connection was lost.
        """
        conversation = Conversation(replace(self._access, timeout=seconds))
        conversation.open()
        try:
            conversation.rehearse(sender)
        except OSError as error:
            raise SendError(
                f"{self._access.host} closed the connection at MAIL FROM; ask who runs it.",
                permanent=False,
            ) from error
        finally:
            conversation.close(politely=True)

    # -- connections -----------------------------------------------------------------------

    def _conversation(self) -> Conversation:
        """Return a connection that is open and nobody else's."""
        while (conversation := self._from_idle()) is not None:
            if self._ticks() - conversation.used_at < IDLE_SECONDS:
                return conversation
            self._talking.discard(conversation)
            conversation.close(politely=False)  # it may have left already, or hang
        fresh = Conversation(self._access)
        with self._lock:
            if self._interrupted:
                raise Unavailable("Sending was stopped.", permanent=False)
            self._talking.add(fresh)  # before it connects, so that it can be cut off
        try:
            fresh.open()
        except BaseException:
            self._drop(fresh)
            raise
        return fresh

    def _from_idle(self) -> Conversation | None:
        with self._lock:
            if not self._idle:
                return None
            conversation = self._idle.pop()
            self._talking.add(conversation)
        return conversation

    def _rest(self, conversation: Conversation) -> None:
        """Keep a connection for the next message, or say goodbye to one that has served."""
        if conversation.handled >= MESSAGES_PER_CONNECTION:
            conversation.close(politely=True)
        conversation.used_at = self._ticks()
        with self._lock:
            self._talking.discard(conversation)
            conversation.complete = False
            if conversation.is_open:
                self._idle.append(conversation)

    def _drop(self, conversation: Conversation) -> None:
        """Close without a word: an unfinished message must not be finished."""
        with self._lock:
            self._talking.discard(conversation)
        conversation.close(politely=False)


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
            connections=sender.connections,
        )


TRANSPORT = _Plugin()
