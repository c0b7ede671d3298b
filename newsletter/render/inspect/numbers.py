"""The figures that a text prints, as readers see them."""

import re
from collections import Counter

_MINUS = "−–‒-"
_NUMBER = re.compile(
    rf"""
    (?<![\w.,])                     # not inside a word, an id or a longer number
    (?P<sign>[+{_MINUS}](?=[$€£¥]?\d))?
    (?P<money>[$€£¥])?
    (?P<digits>\d{{1,3}}(?:[,\u202f]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
    (?=(?:st|nd|rd|th|s|x|pp|bps?)?(?!\w))   # 97th and 1990s are numbers, a hash is not
    (?P<unit>\s?%|\s?(?:pp|bp|bps)\b)?
    """,
    re.VERBOSE,
)


def numbers_of(text: str) -> "Counter[str]":
    """Count the numbers of a text.

    Parameters
    ----------
    text : str
        Prose or table.

    Returns
    -------
    collections.Counter of str
        Sign, currency, digits and unit in one spelling: a hyphen before a number is a
        minus, thousands are not divided, ``%`` follows without a space. Digits inside
        words (``50-day`` counts, ``S3`` does not), addresses and content hashes do not
        count.

    Examples
    --------
    >>> sorted(numbers_of("IWM −0.6%, up 1,204 points").items())
    [('1204', 1), ('−0.6%', 1)]
    """
    without_links = re.sub(r"\b(?:https?://|mailto:)\S+", " ", text)
    return Counter(_spelled(found) for found in _NUMBER.finditer(without_links))


def _spelled(found: "re.Match[str]") -> str:
    sign = found["sign"] or ""
    if sign in _MINUS and sign:
        # A range or a date (2019-2023) has its dash after a digit, not before the number.
        sign = "−"
    digits = re.sub(r"[,\u202f]", "", found["digits"])
    unit = re.sub(r"\s", "", found["unit"] or "")
    return f"{sign}{found['money'] or ''}{digits}{unit}"
