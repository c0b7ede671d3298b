"""How far long work is: told by a provider while it works."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) while a provider works.

The same figures again are a sign of life, at which work that is interrupted ends by
`KeyboardInterrupt`: who shows progress need not show them twice.
"""


def silent(done: int, total: int, what: str) -> None:
    """Show no progress; the default."""
