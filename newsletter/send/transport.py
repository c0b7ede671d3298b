"""The port behind which every way out stands."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self


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
        newsletter.errors.SendError
            If it was refused. When it is raised after `before_dot` without an answer
            of the other side, `code` is None: the outcome is in doubt.
        """
        ...
