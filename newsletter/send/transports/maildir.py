"""A mailbox on this machine: one file for each message, each message once.

A message's file is named after its Message-ID, so that sending it again finds it there.
It becomes visible in one step (a link from ``tmp`` to ``new``), complete and on disk.
"""

import errno
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from newsletter.config import Sender
from newsletter.errors import SendError
from newsletter.send.transport import Envelope, Phase, Receipt, Refused, Transport, Unavailable

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,180}")
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}
_LOCAL_ERROR = 451


class MaildirTransport:
    """Writes messages into a Maildir.

    Parameters
    ----------
    path : pathlib.Path
        The mailbox; made on entering when absent.
    """

    name = "maildir"
    local = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Make the folders where they are missing."""
        try:
            for folder in ("tmp", "new", "cur"):
                (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held open between messages."""

    def send(self, envelope: Envelope, before_dot: Callable[[], None]) -> Receipt:
        """Put one message into the mailbox, unless it is there already.

        Parameters
        ----------
        envelope : Envelope
            What to write, byte for byte.
        before_dot : callable
            Called when the file is complete on disk but not yet visible.

        Raises
        ------
        Refused
            If the file could not be made visible.
        Unavailable
            If nothing can be written to the mailbox.
        newsletter.errors.SendError
            With `code` None if the disk did not confirm the delivery.
        """
        name = _file_name(envelope.message_id)
        draft = self._path / "tmp" / f"{name}.{os.getpid()}"
        try:
            try:
                self._write(draft, envelope.data)
            except OSError as error:
                raise self._unusable(error) from error
            before_dot()
            return self._publish(draft, name)
        finally:
            draft.unlink(missing_ok=True)

    def _write(self, draft: Path, data: bytes) -> None:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _publish(self, draft: Path, name: str) -> Receipt:
        new = self._path / "new"
        try:
            fresh = not self._holds(name)
            if fresh:
                _link(draft, new / name)
        except FileExistsError:
            fresh = False
        except OSError as error:
            reply = f"{_LOCAL_ERROR} {error.strerror}"
            raise Refused(
                f"The mailbox {self._path} did not take a message: {error.strerror}. "
                "Free space or mend its permissions.",
                code=_LOCAL_ERROR,
                reply=reply,
                phase=Phase.DOT,
            ) from error
        try:
            _fsync_folder(new)
        except OSError as error:
            raise SendError(
                f"The disk did not confirm a message in {self._path}: {error.strerror}. "
                "Check the disk.",
                permanent=False,
            ) from error
        return Receipt("written to the mailbox" if fresh else "already in the mailbox")

    def _holds(self, name: str) -> bool:
        """Whether the message is there, unread or moved away and flagged by a mail program."""
        if (self._path / "new" / name).exists():
            return True
        with os.scandir(self._path / "cur") as entries:
            return any(entry.name.partition(":")[0] == name for entry in entries)

    def _unusable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"The mailbox {self._path} cannot be written: {error.strerror}. Free space, mend its "
            "permissions or choose another path for the sender.",
            permanent=False,
        )


@dataclass(frozen=True, slots=True)
class _Plugin:
    id: str = "maildir"

    def open(self, sender: Sender, base: Path, password: str | None) -> Transport:
        """Make the transport; `password` is not needed."""
        del password
        return MaildirTransport(base / sender.path)


TRANSPORT = _Plugin()


def _file_name(message_id: str) -> str:
    """Return a name that is readable, the same for ever, and stays in its folder."""
    stem = message_id
    if not _PLAIN_ID.fullmatch(message_id):
        stem = hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{stem}.eml"


def _link(source: Path, target: Path) -> None:
    """Make a file visible under its final name without ever replacing one."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        source.rename(target)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
