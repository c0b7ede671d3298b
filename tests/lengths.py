"""How long tests are: short in the suite, long in the drills (`make drills`)."""

import os
from typing import Final

DRILLS: Final = os.environ.get("NEWSLETTER_DRILLS", "") not in {"", "0"}


def length(short: int, long: int) -> int:
    """Return how many examples or sessions a test takes: the longer number in the drills."""
    return long if DRILLS else short
