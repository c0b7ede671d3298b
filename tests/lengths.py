"""How long tests are: short in the suite, long in the drills (`make drills`)."""

import os
from typing import Any, Final

import pytest

DRILLS: Final = os.environ.get("NEWSLETTER_DRILLS", "") not in {"", "0"}


def length(short: int, long: int) -> int:
    """Return how many examples or sessions a test takes: the longer number in the drills."""
    return long if DRILLS else short


def some(count: int, *cases: Any) -> list[Any]:
    """Return the cases of a parametrized test, of which all after the first few are drills."""
    few = [pytest.param(*one) if isinstance(one, tuple) else one for one in cases[:count]]
    rest = [one if isinstance(one, tuple) else (one,) for one in cases[count:]]
    return [*few, *(pytest.param(*one, marks=pytest.mark.drill) for one in rest)]
