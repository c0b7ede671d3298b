"""The port behind which every way out stands."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from newsletter.config import Sender
from newsletter.errors import SendError


class Phase(StrEnum):
    """How far the conversation about one message had come."""

    MAIL = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    DATA = "DATA"
    DOT = "the end of the message"


class Refused(SendError):
    """The other side answered no, and so has not taken the message.

    Parameters
    ----------
    message : str
        One sentence for people, without addresses.
    code : int
        The SMTP reply code, or for other transports the one of like meaning;
        500 and above is permanent.
    reply : str
        The answer, addresses redacted.
    phase : Phase
        When it came.
    """

    def __init__(self, message: str, *, code: int, reply: str, phase: Phase) -> None:
        self.reply = reply
        self.phase = phase
        super().__init__(message, permanent=code >= 500, code=code)


class Unavailable(SendError):
    """No conversation can be had at all; it says nothing about any one message.

    Raised before `before_dot` only. `permanent` means that the configuration must be
    mended (wrong password, no encryption) before it is worth trying again.
    """


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one reader.

    Parameters
    ----------
    sender : str
        MAIL FROM.
    recipient : str
        RCPT TO; exactly one.
    message_id : str
        Without angle brackets.
    data : bytes
        The complete message, CRLF line ends.
    """

    sender: str
    recipient: str
    message_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has taken responsibility for a message."""

    reply: str


class Transport(Protocol):
    """A way out of the house.

    A transport is a context manager; connections live as long as the block.

    Attributes
    ----------
    name : str
        As in ``senders.*.transport``.
    local : bool
        True when messages cannot leave this machine through it. Sample data may only
        go through a local transport.

    Notes
    -----
    A transport that several threads may use at once has a ``connections`` as well, which
    tells how many (see `connections_of`), and one that can be told to stop is
    `Interruptible`.
    """

    name: str
    local: bool

    def __enter__(self) -> Self:
        """Open connections."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close connections."""
        ...

    def send(self, envelope: Envelope, before_dot: Callable[[], None]) -> Receipt:
        """Hand over one message.

        Parameters
        ----------
        envelope : Envelope
            What to send.
        before_dot : callable
            Called once, immediately before the step after which the other side may
            have accepted the message; it records that durably.

        Returns
        -------
        Receipt
            The other side's acceptance.

        Raises
        ------
        Refused
            If the other side answered no, before or after `before_dot`.
        Unavailable
            If it cannot be reached or does not let us in.
        newsletter.errors.SendError
            Otherwise. When it is raised after `before_dot` without an answer of the
            other side, `code` is None: the outcome is in doubt.

        Notes
        -----
        Whatever `before_dot` raises passes through; the message is then not delivered.
        """
        ...


@runtime_checkable
class Interruptible(Protocol):
    """A transport that can be told, by another thread, to let go of what is not complete."""

    def interrupt(self) -> None:
        """End every conversation whose message is not complete, and begin no other.

        Whoever waits for the answer to a complete message goes on waiting: without the
        answer it would be in doubt.
        """
        ...


def connections_of(transport: Transport) -> int:
    """Return how many threads may use a transport at once; one, unless it tells more."""
    return max(1, int(getattr(transport, "connections", 1)))


class TransportPlugin(Protocol):
    """What a file in ``send/transports/`` offers as ``TRANSPORT``."""

    @property
    def id(self) -> str:
        """As in ``senders.*.transport``."""
        ...

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make a transport; nothing is connected until its block is entered.

        Parameters
        ----------
        sender : Sender
            Settings.
        base : pathlib.Path
            Folder of config.yaml, from which relative paths start.
        password : str or None
            Secret of this way out, where it needs one.
        """
        ...
