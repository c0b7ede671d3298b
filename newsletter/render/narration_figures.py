"""Figures as a voice says them: amounts, changes, ranges, dates, times, ranks and years.

Every figure is said once and exactly: no digit is rounded away on the way to the ear.
"""

import re
import unicodedata

from newsletter.render.narration_numbers import cardinal, decimal, one_by_one, ordinal, year

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_MONTH = "|".join(MONTHS)
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![0-9])\.[0-9]+"
_FIGURE = re.compile(
    rf"(?<![0-9.,])(?:(?P<iso>[0-9]{{4}}-(?:0[1-9]|1[0-2])-[0-3][0-9])(?![0-9-])"
    rf"|(?P<day>[12][0-9]|3[01]|0?[1-9])\ (?P<month>{_MONTH})\b(?:,?\ (?P<of>[0-9]{{4}})\b)?"
    rf"|\b(?P<month2>{_MONTH})\ (?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)?,\ (?P<of2>[0-9]{{4}})\b"
    r"|(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9])(?![0-9:])"
    r"|(?P<part>[0-9]{1,6})/(?P<whole>[0-9]{1,6})(?![0-9/]))"
    r"|(?P<shape>[▲▼■]\s*)?(?:(?P<sign>[+−]|(?<![\w.%)])[-–](?=[$€£¥]?\.?[0-9]))\s?)?"
    rf"(?P<money>[$€£¥])?(?P<number>{_NUMBER})"
    # A bare letter is a scale of money only: 3M is a company.
    r"(?:(?P<scale>\s?(?:trillion|billion|million|thousand|tn|bn|(?(money)[KMBT]|[^\W\w]))\b)"
    r"|(?P<unit>\s?%|\s?‰|\s?(?:bps?|ppts?|pp|pts?)\b|(?:st|nd|rd|th)\b|\s?[x×](?!\w)|s\b))?"
    r"(?P<to>\s?[-–—]\s?(?=[+−]?[$€£¥]?\.?[0-9]))?"
)
_SIGNS = {"+": "plus ", "−": "minus ", "-": "minus ", "–": "minus "}
_SHAPES = {"▲": ("up ", "+"), "▼": ("down ", "−"), "■": ("unchanged at ", "")}
_UNITS = {
    "%": "percent", "‰": "per mille", "bp": "basis points", "bps": "basis points",
    "pp": "percentage points", "ppt": "percentage points", "ppts": "percentage points",
    "pt": "points", "pts": "points", "x": "times", "×": "times",
}  # fmt: skip
_SCALES = {
    "tn": "trillion", "bn": "billion", "K": "thousand", "M": "million", "B": "billion",
    "T": "trillion",
}  # fmt: skip
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_FRACTIONS = {
    "½": "one half", "⅓": "one third", "⅔": "two thirds", "¼": "one quarter",
    "¾": "three quarters", "⅕": "one fifth", "⅛": "one eighth",
}  # fmt: skip
_MIXED = re.compile(rf"([0-9])\s?(?=[{''.join(_FRACTIONS)}])")
_BETWEEN = re.compile(r"(?<=[0-9])-([a-z]{2,4})-(?=[0-9])")
"""The middle of ``4-for-5``."""
_JOINED = re.compile(r"(?<=[A-Za-z])[-–](?=[0-9])")
"""The hyphen of ``Nasdaq-100``, which is no minus; that of ``50-day`` stays."""


def figures_spoken(text: str) -> str:
    """Return text with every figure in words.

    Parameters
    ----------
    text : str
        As print has it: ``−0.64%``, ``$746.16``, ``1.2–3.4%``, ``2 July 2026``, ``97th``.

    Returns
    -------
    str
        Without any digit.

    Examples
    --------
    >>> figures_spoken("fell −0.64% to $746.16, 25 bps below the 97th of 2,673")
    'fell minus zero point six four percent to seven hundred forty-six dollars and sixteen cents, \
twenty-five basis points below the ninety-seventh of two thousand six hundred seventy-three'
    """
    text = _JOINED.sub(" ", _MIXED.sub(r"\1 and ", _BETWEEN.sub(r" \1 ", text)))
    return _FIGURE.sub(_said, "".join(map(_ascii, text)))


def date_spoken(day: str, month: str, of: str | None) -> str:
    """Return ``the second of July, twenty twenty-six``; a day of the month from its digits."""
    said = f"the {ordinal(day.lstrip('0'))} of {month}"
    return f"{said}, {year(of)}" if of else said


def _ascii(char: str) -> str:
    """Return a digit of another script as ours, and a fraction or a raised digit in words."""
    if char.isascii() or not char.isnumeric():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char in _FRACTIONS:
        return f" {_FRACTIONS[char]} "
    value = unicodedata.numeric(char)
    said = decimal(str(int(value) if value == int(value) else abs(value)))
    return f" {'minus ' if value < 0 else ''}{said} "


def _said(match: re.Match[str]) -> str:
    given = match.groupdict()
    if given["iso"]:
        of, month, day = given["iso"].split("-")
        said = date_spoken(day, MONTHS[int(month) - 1], of)
    elif given["day"]:
        said = date_spoken(given["day"], given["month"], given["of"])
    elif given["day2"]:
        said = date_spoken(given["day2"], given["month2"], given["of2"])
    elif given["hour"]:
        said = _time(given["hour"], given["minute"])
    elif given["part"]:
        said = f"{cardinal(given['part'])} of {cardinal(given['whole'])}"
    else:
        said = _quantity(given)
    return _apart(match, said)


def _apart(match: re.Match[str], said: str) -> str:
    """Keep a figure apart from letters that stand against it, as in ``Q3`` or ``10Y``."""
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    after = match.string[match.end() : match.end() + 1]
    if after == "-" and match.string[match.end() + 1 : match.end() + 2].isalpha():
        said = said.replace(" ", "-")  # the two-hundred-day average, not two hundreds of a day
    left = " " if before.isalnum() else ""
    right = " " if after.isalnum() and not said.endswith(" ") else ""
    return f"{left}{said}{right}"


def _time(hour: str, minute: str) -> str:
    if minute == "00":
        return f"{cardinal(str(int(hour)))} hundred hours"
    short = one_by_one(minute) if minute[0] == "0" else cardinal(minute)
    return f"{cardinal(str(int(hour)))} {short}"


def _quantity(given: dict[str, str | None]) -> str:
    number, unit = given["number"] or "", (given["unit"] or "").strip()
    scale = (given["scale"] or "").strip()
    scale = _SCALES.get(scale, scale)
    front = _front(given["shape"], given["sign"])
    if given["money"]:
        said = _money(given["money"], number, scale)
        said = f"{said} {_UNITS[unit]}" if unit in _UNITS else said + unit
    elif unit in {"st", "nd", "rd", "th"} and "." not in number:
        said = ordinal(number)
    elif unit == "s":
        said = _decade(number)
    elif not unit and not scale and not front and _YEAR.fullmatch(number):
        said = year(number)
    else:
        said = " ".join(filter(None, (decimal(number), scale, _UNITS.get(unit, unit))))
    return f"{front}{said}{' to ' if given['to'] else ''}"


def _front(shape: str | None, sign: str | None) -> str:
    signed = _SIGNS[sign] if sign else ""
    if not shape:
        return signed
    word, same = _SHAPES[shape.strip()]
    # A triangle and a sign say the same thing once; where they disagree, both are said.
    return word if not sign or sign == same else word + signed


def _decade(number: str) -> str:
    said = year(number) if _YEAR.fullmatch(number) else decimal(number)
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _money(symbol: str, number: str, scale: str) -> str:
    one, many, small, smalls = _CURRENCIES[symbol]
    whole, point, places = number.partition(".")
    if scale:
        return f"{decimal(number)} {scale} {many}"
    if point and (len(places) != 2 or not small):
        return f"{decimal(number)} {many}"
    units = f"{cardinal(whole or '0')} {one if whole == '1' else many}"
    if not point or places == "00":
        return units
    cents = f"{cardinal(str(int(places)))} {small if places == '01' else smalls}"
    return cents if whole.strip("0,") == "" else f"{units} and {cents}"
