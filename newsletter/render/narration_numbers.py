"""Numbers in words, as American English reads them aloud."""

from functools import cache

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_LONGEST = 15
"""Digits of the longest whole number that is read as one; longer ones are read digit by digit."""


def cardinal(digits: str) -> str:
    """Return a whole number in words, without the British ``and``.

    Parameters
    ----------
    digits : str
        ASCII digits, thousands set off by commas or not. A number with a leading zero, or
        one too long to follow, is read digit by digit.

    Examples
    --------
    >>> cardinal("2,673")
    'two thousand six hundred seventy-three'
    >>> cardinal("007")
    'zero zero seven'
    """
    plain = digits.replace(",", "")
    if (plain[0] == "0" and len(plain) > 1) or len(plain) > _LONGEST:
        return one_by_one(plain)
    return _words(int(plain), "cardinal")


def ordinal(digits: str) -> str:
    """Return a place in words: ``ordinal("97")`` is ``"ninety-seventh"``."""
    plain = digits.replace(",", "")
    return _words(int(plain), "ordinal") if len(plain) <= _LONGEST else f"{one_by_one(plain)}th"


def year(digits: str) -> str:
    """Return a year in words.

    Examples
    --------
    >>> year("2026"), year("1995"), year("2008"), year("1905")
    ('twenty twenty-six', 'nineteen ninety-five', 'two thousand eight', 'nineteen oh-five')
    """
    return _words(int(digits), "year")


def decimal(number: str) -> str:
    """Return a number in words, every digit behind the point by itself.

    Parameters
    ----------
    number : str
        As printed, without a sign: ``"1,234.50"``, ``".5"``.

    Examples
    --------
    >>> decimal("0.64"), decimal("12")
    ('zero point six four', 'twelve')
    """
    whole, point, places = number.partition(".")
    said = cardinal(whole) if whole else DIGITS[0]
    return f"{said} point {one_by_one(places)}" if point else said


def one_by_one(digits: str) -> str:
    """Return digits read singly."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


@cache
def _words(number: int, to: str) -> str:
    from num2words import num2words

    return str(num2words(number, to=to)).replace(",", "").replace(" and ", " ")
