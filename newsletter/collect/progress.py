"""How far long work is: told by a provider while it works."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while a provider works."""


def silent(done: int, total: int, what: str) -> None:
    """Show no progress; the default."""
