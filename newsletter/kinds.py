"""Kinds: what the last part of an edition's key says, the kinds of corrections among them.

A correction is an edition of its own. Its kind is that of the edition it corrects with
``_correction`` behind it, from the second on with a number: ``evening_correction``,
``evening_correction_2``. So its key alone says what it corrects, in every table and log.
"""

import re
from typing import Final

MOST: Final = 99
"""Corrections of one edition."""
_CORRECTION: Final = re.compile(r"([a-z][a-z0-9_]*)_correction(?:_([2-9]|[1-9]\d))?")


def corrected(kind: str) -> str:
    """Return the kind that a kind corrects; empty where it corrects none.

    Examples
    --------
    >>> corrected("evening_correction_2"), corrected("evening_correction_correction")
    ('evening', 'evening_correction')
    >>> corrected("evening"), corrected("evening_correction_1")
    ('', '')
    """
    match = _CORRECTION.fullmatch(kind)
    return match[1] if match else ""


def root(kind: str) -> str:
    """Return the configured kind behind a kind: itself, or what is corrected in the end.

    Examples
    --------
    >>> root("evening_correction_correction_2"), root("evening")
    ('evening', 'evening')
    """
    while before := corrected(kind):
        kind = before
    return kind


def correction(kind: str, number: int) -> str:
    """Return the kind of a kind's correction of some number, from 1.

    Examples
    --------
    >>> correction("evening", 1), correction("evening", 2)
    ('evening_correction', 'evening_correction_2')
    """
    return f"{kind}_correction" + (f"_{number}" if number > 1 else "")
