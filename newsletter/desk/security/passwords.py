"""Passwords: hashed with argon2id, a few at a time, and none that can be guessed."""

import base64
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from newsletter.errors import NewsletterError, ReviewError

SHORTEST = 15
LONGEST = 256
SCORE = 3
"""zxcvbn's scale ends at 4; 3 takes 10^8 to 10^10 guesses, each of them an argon2 hash."""

AT_ONCE = 4
PATIENCE = 10.0

_READ = 72
"""zxcvbn's time grows with the square of the length: it judges no more than this."""

_one_judge = threading.Lock()  # zxcvbn keeps its caller's words in a global


class TooBusy(NewsletterError):
    """Too many people log in at this moment."""


class WeakPassword(ReviewError):
    """A new password is too short, too long, or too easy to guess."""


class Passwords:
    """Hashes and checks passwords.

    Parameters
    ----------
    hasher : argon2.PasswordHasher, optional
        By default RFC 9106's second choice, m=64 MiB, t=3, p=4. The cheapest that is
        allowed (19 MiB, t=2, p=1) would save a sixth of a second for a handful of logins
        a day; the stronger one costs whoever steals the database four times as much for
        each guess, and `at_once` bounds what it costs us.
    at_once : int
        Most hashes computed at the same moment: 4 x 64 MiB are the most they ever hold.
    patience : float
        Seconds for which others wait.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        at_once: int = AT_ONCE,
        patience: float = PATIENCE,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = threading.BoundedSemaphore(at_once)
        self._patience = patience
        self._nobody = _hash_of_nothing(self._hasher)

    def hash(self, password: str) -> str:
        """Return a password's hash in PHC form.

        Raises
        ------
        TooBusy
            If no place became free in time.
        """
        with self._place():
            return self._hasher.hash(_bytes(password))

    def verify(self, phc: str | None, password: str) -> tuple[bool, bool]:
        """Check a password.

        Parameters
        ----------
        phc : str or None
            The hash that is kept; with None, or one that cannot be read, the answer is no,
            and takes as long as any other.
        password : str
            As typed.

        Returns
        -------
        tuple of (bool, bool)
            Whether it is right, and whether it has to be hashed anew because the
            parameters have changed.

        Raises
        ------
        TooBusy
            If no place became free in time.
        """
        given = _bytes(password) if len(password) <= LONGEST else b""
        with self._place():
            right = self._same(phc, given) if phc and given else self._same(self._nobody, given)
        return right, right and phc is not None and self._hasher.check_needs_rehash(phc)

    def _same(self, phc: str, given: bytes) -> bool:
        try:
            return self._hasher.verify(phc, given)
        except InvalidHashError:
            return phc != self._nobody and self._same(self._nobody, given)
        except VerificationError:
            return False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._patience):
            raise TooBusy("Many people are logging in at this moment; try again in a minute.")
        try:
            yield
        finally:
            self._places.release()


def require_good(password: str, *inputs: str) -> None:
    """Refuse a new password that is too short, too long, or too easy to guess.

    Parameters
    ----------
    password : str
        As typed.
    *inputs : str
        What an attacker knows: the editor's name and address, the publication's name.

    Raises
    ------
    WeakPassword
        In one sentence that does not repeat the password.
    """
    plain = unicodedata.normalize("NFC", password)
    if len(plain) < SHORTEST:
        raise WeakPassword(
            f"The password has {len(plain)} character{'s' if len(plain) != 1 else ''}; take at "
            f"least {SHORTEST}, for instance five words that have nothing to do with each other."
        )
    if len(plain) > LONGEST:
        raise WeakPassword(f"The password is longer than {LONGEST} characters; take a shorter one.")
    if not _bytes(plain):
        raise WeakPassword("The password holds characters that are no text; type it anew.")
    from zxcvbn import zxcvbn

    known = {*inputs, *(word for each in inputs for word in re.split(r"\W+", each))}
    with _one_judge:
        score = zxcvbn(plain[:_READ], user_inputs=sorted(filter(None, known)))["score"]
    if score < SCORE:
        raise WeakPassword(
            "The password is easy to guess; take five words that have nothing to do with each "
            "other, with you or with the publication."
        )


def _bytes(password: str) -> bytes:
    # The same letter can be typed in two ways; both are one password. What is no text at
    # all (a lone surrogate) is nobody's.
    try:
        return unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        return b""


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    # A hash of the same shape and cost that no password has: its digest is drawn at random.
    def drawn(count: int) -> str:
        return base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")

    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${drawn(hasher.salt_len)}${drawn(hasher.hash_len)}"
