"""Dates in prose: full, without a year, ISO, a month, a year, a weekday."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import MONTHS, ORDINALS, WEEKDAYS
from newsletter.preflight.scanning.scan import scan

_MONTH_NAMES = MONTHS.split()
_MONTH = (
    "|".join(
        form
        for name in _MONTH_NAMES
        for form in (
            name,
            name.upper(),
            *(() if name == "May" else (rf"{name[:3]}\.?", name[:3].upper())),
        )
    )
    + r"|Sept\.?"
)
_WEEKDAY = "|".join(form for name in WEEKDAYS for form in (name, name.upper(), rf"{name[:3]}(?=,)"))
_YEAR = r"(?:1[89]|20)\d{2}"
_NO_YEAR_UNIT = (
    r"(?!\w|[.,]\d|%|\s?(?:percent|per cent|points?|bps|basis|sessions|members|stocks)\b)"
)
_TEENS = (
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    " twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth"
    " twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
_NAMED_DAYS = {word: day for day, word in enumerate((*ORDINALS, *_TEENS.split())) if day}
_DAY_WORD = "|".join(sorted(_NAMED_DAYS, key=len, reverse=True))
_PARTS = {"early": (1, 10), "mid": (10, 20), "middle": (10, 20), "late": (20, 31), "end": (26, 31),
          "last": (27, 31), "start": (1, 7), "first": (1, 5)}  # fmt: skip
_DATE = compiled(
    rf"(?<![\w.])(?:"
    rf"(?P<iso>{_YEAR})-(?P<isom>\d{{2}})-(?P<isod>\d{{2}})(?!\d)"
    rf"|(?P<usm>\d{{1,2}})/(?P<usd>\d{{1,2}})/(?P<usy>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?:(?P<w1>{_WEEKDAY}),?\s+(?:the\s+)?)?(?P<d1>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b"
    rf"(?:,?\s+(?:(?P<y1>{_YEAR})\b|of\s+(?P<prior1>last\s+year)\b))?"
    rf"|(?:(?P<w2>{_WEEKDAY}),?\s+)?(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\b(?![.,]?\d|%)"
    rf"(?:,?\s+(?P<y2>{_YEAR})\b)?"
    rf"|(?:the\s+)?(?P<dw>(?i:{_DAY_WORD}))\s+(?:day\s+)?of\s+(?P<m6>{_MONTH})\b"
    rf"(?:,?\s+(?P<y6>{_YEAR})\b)?"
    rf"|(?P<m7>{_MONTH})\s+the\s+(?P<dx>{_DAY_WORD})\b"
    rf"|(?:(?i:(?P<part>early|mid|late|end|(?:the\s+)?(?:last|first)(?:\s+trading)?\s+(?:day|session)"
    rf"\s+of|(?:the\s+)?(?:end|start|middle)\s+of))[\s-](?:in\s+)?|(?<=[Ss]ince )(?=(?!May (?:be"
    rf"|have))))"
    rf"(?P<m8>{_MONTH})\b(?!\s+\d{{1,2}}\b(?!\d))(?:,?\s+(?:of\s+(?P<prior>last year)"
    rf"|(?P<y8>{_YEAR})\b))?"
    rf"|(?P<m3>{_MONTH}),?\s+(?P<y3>{_YEAR}){_NO_YEAR_UNIT}"
    rf"|(?P<y4>{_YEAR})(?P<decade>s)?{_NO_YEAR_UNIT}"
    rf"|(?P<w5>{_WEEKDAY})(?:'s|s)?\b"
    rf")"
)


_YEAR_DAYS = 366


@dataclass(frozen=True, slots=True)
class When:
    """A date as far as a text gives it; zero or -1 where it does not.

    Parameters
    ----------
    year, month, day : int
        Zero where not given.
    weekday : int
        Monday is 0, -1 where not given.
    decade : bool
        True for ``1990s``.
    days : tuple of int
        First and last day of a part of a month (``mid-March``), zeros where none is given.
    prior : bool
        True for ``of last year``.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    weekday: int = -1
    decade: bool = False
    days: tuple[int, int] = (0, 0)
    prior: bool = False

    def matches(self, date: dt.date) -> bool:
        """Tell whether a full date agrees with everything given."""
        year = self.year in {0, date.year} or (self.decade and date.year // 10 == self.year // 10)
        return (
            year
            and self.month in {0, date.month}
            and self.day in {0, date.day}
            and self.weekday in {-1, date.weekday()}
            and (not self.days[1] or self.days[0] <= date.day <= self.days[1])
        )

    def means(self, date: dt.date, session: dt.date) -> bool:
        """Tell whether a date is meant at a session: without a year, the latest before it."""
        if not self.matches(date):
            return False
        if self.prior:
            return date.year == session.year - 1
        return bool(self.year) or not self.month or 0 <= (session - date).days <= _YEAR_DAYS

    @property
    def kind(self) -> str:
        """``date``, ``month``, ``year`` or ``weekday``."""
        if self.day:
            return "date"
        return "month" if self.month else "year" if self.year else "weekday"


def find_dates(text: str) -> Iterator[tuple[int, int, When]]:
    """Yield start, end and meaning of each date.

    Parameters
    ----------
    text : str
        Folded text.
    """
    yield from _dates(text)


@lru_cache(maxsize=1024)
def _dates(text: str) -> tuple[tuple[int, int, When], ...]:
    """Return every date; the same blocks are looked through again."""
    return tuple(_read(text))


def _read(text: str) -> Iterator[tuple[int, int, When]]:
    for match in scan(_DATE, text):
        given = match.groupdict()

        def first(*names: str, given: dict[str, str | None] = given) -> str:
            return next((given[name] or "" for name in names if given[name]), "")

        when = When(
            year=_year(first("iso", "usy", "y1", "y2", "y3", "y4", "y6", "y8")),
            month=_month(first("isom", "usm", "m1", "m2", "m3", "m6", "m7", "m8")),
            day=_day(first("isod", "usd", "d1", "d2", "dw", "dx")),
            weekday=_weekday(first("w1", "w2", "w5")),
            decade=bool(given["decade"]),
            days=_part(given["part"] or ""),
            prior=bool(given["prior"] or given["prior1"]),
        )
        yield match.start(), match.end(), when


def _day(text: str) -> int:
    return int(text) if text.isdecimal() else _NAMED_DAYS.get(text.lower(), 0)


def _part(text: str) -> tuple[int, int]:
    found = re.search("|".join(_PARTS), text.lower())
    return _PARTS[found[0]] if found else (0, 0)


def _year(text: str) -> int:
    return 0 if not text else 2000 + int(text) if len(text) == 2 else int(text)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(
        (i for i, n in enumerate(_MONTH_NAMES, 1) if text and n[:3].lower() == text[:3].lower()), 0
    )


def _weekday(text: str) -> int:
    return next(
        (i for i, n in enumerate(WEEKDAYS) if text and n[:3].lower() == text[:3].lower()), -1
    )
