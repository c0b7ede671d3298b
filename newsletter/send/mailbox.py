"""DOOR to the mailbox that bounces come to, over IMAP: each mail is handed out once.

A mail is known by the mailbox's UIDVALIDITY and its UID (RFC 3501): marks that other mail
programs may set and take away decide nothing.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from newsletter.bouncing import Bounces
from newsletter.errors import ConfigError, SendError

MOST = 500
"""Mails of one visit; the next visit takes the next ones."""
_VARIABLE = "NEWSLETTER_IMAP_PASSWORD"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Mailbox:
    """A folder of a mailbox, while its block lasts.

    Parameters
    ----------
    settings : Bounces
        From config.yaml.
    password : str or None
        From NEWSLETTER_IMAP_PASSWORD.
    largest : int
        Mails above that many bytes are handed out by their beginning only.

    Raises
    ------
    ConfigError
        If there is no password.
    """

    def __init__(self, settings: Bounces, password: str | None, largest: int = 2_000_000) -> None:
        if not password:
            raise ConfigError(
                f"The bounce mailbox at {settings.host} needs a password; set {_VARIABLE} or "
                f"{_VARIABLE}_FILE."
            )
        self._settings, self._password, self._largest = settings, password, largest
        self._imap: imaplib.IMAP4 | None = None
        self.validity, self._moves = 0, False

    @property
    def name(self) -> str:
        """What the mailbox is known by: user, host and folder are not told, but their use is."""
        one = self._settings
        return f"{one.username}@{one.host}:{one.port}/{one.folder}"[:300]

    def __enter__(self) -> Self:
        """Connect, encrypt, log in and open the folder."""
        one = self._settings
        try:
            self._imap = self._connected()
            self._imap.login(one.username, self._password or "")
            # What a server can do it often says only to those it knows.
            able = self._ask(self._imap.capability())[0] or b""
            self._moves = b"MOVE" in able.upper().split()
            self._ask(self._imap.select(_quoted(one.folder)))
            found = self._imap.response("UIDVALIDITY")[1]
            self.validity = int(found[0]) if found and found[0] else 0
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            self._leave()
            raise self._trouble(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log out."""
        self._leave()

    def unread(self, known: set[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the bytes of each mail that is not known, oldest first.

        Parameters
        ----------
        known : set of int
            Numbers of mails that were handed out before.

        Raises
        ------
        SendError
            If the conversation breaks off.
        """
        try:
            found = self._ask(self._open.uid("SEARCH", "UNDELETED"))
            numbers = sorted({int(each) for each in (found[0] or b"").split()} - known)
            for number in numbers[:MOST]:
                data = self._fetched(number)
                if data is not None:
                    yield number, data
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise self._trouble(error) from error

    def put_away(self, number: int) -> None:
        """Move a mail that was handled to the folder for these, or mark it as seen.

        Raises
        ------
        SendError
            If the mailbox refuses; it is known all the same and is not handed out again.
        """
        folder = self._settings.done_folder
        try:
            if folder and self._moved(str(number), folder):
                return
            self._ask(self._open.uid("STORE", str(number), "+FLAGS.SILENT", r"(\Seen)"))
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._trouble(error) from error

    def _moved(self, number: str, folder: str) -> bool:
        if self._moves:
            answer = self._open.uid("MOVE", number, _quoted(folder))
            if answer[0] == "NO":  # the first time there is no such folder
                self._open.create(_quoted(folder))
                answer = self._open.uid("MOVE", number, _quoted(folder))
            self._ask(answer)
            return True
        return False

    def _fetched(self, number: int) -> bytes | None:
        about = self._ask(self._open.uid("FETCH", str(number), "(RFC822.SIZE)"))
        size = _SIZE.search(about[0] if isinstance(about[0], bytes) else b"")
        if size is None:
            return None  # gone since the search
        # Never more than one byte above what is read at all: the reader says so by itself.
        end = min(int(size[1]), self._largest + 1)
        found = self._ask(self._open.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{end}>)"))
        return next((bytes(each[1]) for each in found if isinstance(each, tuple)), None)

    def _connected(self) -> imaplib.IMAP4:
        one = self._settings
        context = ssl.create_default_context(cafile=one.cafile)
        if one.security == "tls":
            return imaplib.IMAP4_SSL(
                one.host, one.port, ssl_context=context, timeout=one.timeout_seconds
            )
        imap = imaplib.IMAP4(one.host, one.port, timeout=one.timeout_seconds)
        try:
            if one.security == "starttls":
                imap.starttls(context)  # raises where the server does not offer it
        except BaseException:
            imap.shutdown()
            raise
        return imap

    @property
    def _open(self) -> imaplib.IMAP4:
        if self._imap is None:
            raise imaplib.IMAP4.abort("the mailbox is closed")
        return self._imap

    def _ask(self, answer: tuple[str, Any]) -> list[Any]:
        state, data = answer
        if state != "OK":
            raise imaplib.IMAP4.error("it answered no")
        return list(data or [None])

    def _leave(self) -> None:
        if self._imap is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._imap.logout()
            self._imap = None

    def _trouble(self, error: Exception) -> SendError:
        one = self._settings
        reason = error.strerror if isinstance(error, OSError) else None
        if isinstance(error, ssl.SSLCertVerificationError):
            reason = error.verify_message
        # What a server says may repeat the user's name: its words are left out.
        reason = reason or ("it refused" if isinstance(error, imaplib.IMAP4.error) else "no answer")
        return SendError(
            f"The bounce mailbox at {one.host}:{one.port} cannot be used ({reason}); check "
            f"bounces.* in config.yaml and {_VARIABLE}.",
            permanent=False,
        )


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
