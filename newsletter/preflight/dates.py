"""Dates in prose: full, without a year, ISO, a month, a year, a weekday."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.preflight.wording import MONTHS, WEEKDAYS

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
_DATE = re.compile(
    rf"(?<![\w.])(?:"
    rf"(?P<iso>{_YEAR})-(?P<isom>\d{{2}})-(?P<isod>\d{{2}})(?!\d)"
    rf"|(?P<usm>\d{{1,2}})/(?P<usd>\d{{1,2}})/(?P<usy>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?:(?P<w1>{_WEEKDAY}),?\s+(?:the\s+)?)?(?P<d1>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b"
    rf"(?:,?\s+(?P<y1>{_YEAR})\b)?"
    rf"|(?:(?P<w2>{_WEEKDAY}),?\s+)?(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\b(?![.,]?\d|%)"
    rf"(?:,?\s+(?P<y2>{_YEAR})\b)?"
    rf"|(?P<m3>{_MONTH}),?\s+(?P<y3>{_YEAR}){_NO_YEAR_UNIT}"
    rf"|(?P<y4>{_YEAR})(?P<decade>s)?{_NO_YEAR_UNIT}"
    rf"|(?P<w5>{_WEEKDAY})(?:'s|s)?\b"
    rf")"
)


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
    """

    year: int = 0
    month: int = 0
    day: int = 0
    weekday: int = -1
    decade: bool = False

    def matches(self, date: dt.date) -> bool:
        """Tell whether a full date agrees with everything given."""
        year = self.year in {0, date.year} or (self.decade and date.year // 10 == self.year // 10)
        return (
            year
            and self.month in {0, date.month}
            and self.day in {0, date.day}
            and self.weekday in {-1, date.weekday()}
        )

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
    for match in _DATE.finditer(text):
        given = match.groupdict()

        def first(*names: str, given: dict[str, str | None] = given) -> str:
            return next((given[name] or "" for name in names if given[name]), "")

        when = When(
            year=_year(first("iso", "usy", "y1", "y2", "y3", "y4")),
            month=_month(first("isom", "usm", "m1", "m2", "m3")),
            day=int(first("isod", "usd", "d1", "d2") or 0),
            weekday=_weekday(first("w1", "w2", "w5")),
            decade=bool(given["decade"]),
        )
        yield match.start(), match.end(), when


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
