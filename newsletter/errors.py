"""The tree of errors: each one is a readable sentence and carries an exit code.

A failed *check* is a value (a finding), never an exception. An exception means that
a stage could not do its work at all. Every message names what went wrong, where, and
how to mend it, because it is printed to people as it stands.
"""

from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """Exit codes of the command line, stable for programs that call it."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    NO_DATA = 3
    OUTSIDE_FAILED = 4


class ConfigError(Exception):
    """The configuration or a command's arguments cannot be used.

    It stands outside `NewsletterError` so that no stage can swallow it.
    """

    exit_code = ExitCode.USAGE


class NewsletterError(Exception):
    """Root of everything a stage can raise."""

    exit_code = ExitCode.OUTSIDE_FAILED

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling whole: the durable engine records errors of failed steps."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[NewsletterError], args: tuple[Any, ...], state: Any) -> NewsletterError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class DataUnavailable(NewsletterError):
    """The session has no usable market data: no edition can be made."""

    exit_code = ExitCode.NO_DATA


class ComputeError(NewsletterError):
    """A signal broke its own contract (duplicate fact id, unknown evidence)."""


class DraftError(NewsletterError):
    """A draft cannot be written from the ledger, or names what the ledger has not."""

    exit_code = ExitCode.CHECK_FAILED


class UnknownSlot(DraftError):
    """Prose names a fact that the ledger does not hold.

    Parameters
    ----------
    slot : str
        The slot as it stands in the prose.
    """

    def __init__(self, slot: str) -> None:
        self.slot = slot
        super().__init__(
            f"The draft uses {{{{{slot}}}}}, but the ledger has no such fact or form; "
            "use an id listed by `newsletter facts`."
        )


class RenderError(NewsletterError):
    """A template or chart could not be turned into mail."""


class TemplateTrouble(RenderError):
    """A template was filled, and what came out cannot be laid out.

    Parameters
    ----------
    message : str
        One sentence.
    path : str
        Template, relative to ``templates/``.
    line : int
        Of `source`, from 1; 0 where it is not known.
    source : str
        The filled template.
    """

    def __init__(self, message: str, *, path: str, line: int, source: str) -> None:
        self.path, self.line, self.source = path, line, source
        super().__init__(message)


class ReviewError(NewsletterError):
    """An editorial step is not allowed in the edition's present state."""

    exit_code = ExitCode.CHECK_FAILED


class NotFound(NewsletterError):
    """The named edition, artefact, editor or subscriber is not in the store."""

    exit_code = ExitCode.USAGE


class SendError(NewsletterError):
    """A message could not be handed to a transport.

    Parameters
    ----------
    message : str
        One sentence for people.
    permanent : bool
        True when trying again cannot help (a 5xx answer, a malformed address).
    code : int or None
        The SMTP reply code, where there was one.
    """

    def __init__(self, message: str, *, permanent: bool, code: int | None = None) -> None:
        self.permanent = permanent
        self.code = code
        super().__init__(message)


class SendRefused(NewsletterError):
    """The edition may not be sent: not approved, changed, expired or sample data."""

    exit_code = ExitCode.CHECK_FAILED


class StoreError(NewsletterError):
    """The database cannot be used as it stands."""


class WorkError(NewsletterError):
    """Durable work was cancelled, or is parked."""
