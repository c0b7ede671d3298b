"""Moments: when prose says that something was, as a span of days or a stretch of time.

A date in a market's prose is rarely a full one: ``since mid-February, the thirteenth``,
``May of last year``, ``the last day of January``, ``in more than a year``. Each is read as
the days it may mean; a date agrees with it if it is one of them.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from newsletter.preflight.figures.wording import MONTHS, SPELLED, WEEKDAYS, spelled
from newsletter.preflight.scanning.quick import quick

_MONTH_NAMES = MONTHS.lower().split()
_MONTH = (
    "|".join(f"{name}|{name[:3]}\\.?" for name in _MONTH_NAMES if name != "may") + r"|may|sept\.?"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
    " twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
    " twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th)?(?!\d|%|\.\d)|{_ORDINAL})"
_YEAR = r"(?:19|20)\d\d"
_SAID_YEAR = (
    rf"(?:,? (?:of |in )?(?P<year>{_YEAR}|last year|this year|the (?:previous|prior) year))?"
)
_WEEKDAY = "|".join(WEEKDAYS)
_THE_DAY = rf"(?:,? (?:on )?the (?P<d>{_DAY})\b)?"
_PART = (
    r"(?:mid|early|late|the (?:start|beginning|end|close|middle|back end|turn|first half"
    r"|second half) of)"
)
_SEASONS = {(
    "winter"
): (12, 2), "spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}  # fmt: skip
_PATTERNS = (
    ("iso", rf"(?P<y>{_YEAR})-(?P<m>\d\d)-(?P<d>\d\d)"),
    (
        "day",
        rf"(?:(?P<w>{_WEEKDAY}),? )?(?:the )?(?P<d>{_DAY})(?: day)?(?: of)? (?P<m>{_MONTH})\b"
        + _SAID_YEAR,
    ),
    ("day", rf"(?:(?P<w>{_WEEKDAY}),? )?(?P<m>{_MONTH}) (?:the )?(?P<d>{_DAY})\b{_SAID_YEAR}"),
    (
        "edge",
        r"(?:the )?(?:very )?(?P<which>last|final|closing|first|opening) "
        rf"(?P<unit>(?:trading )?(?:days?|sessions?|close|weeks?)) (?:of|in) (?P<m>{_MONTH})\b"
        + _SAID_YEAR,
    ),
    ("part", rf"(?P<part>{_PART})[- ](?P<m>{_MONTH})\b{_SAID_YEAR}{_THE_DAY}"),
    ("month", rf"(?:last |this |that )?(?P<m>{_MONTH})(?:\b|(?<=\.)){_SAID_YEAR}{_THE_DAY}"),
    (
        "season",
        (
            r"(?:the |last |this |that )?(?:(?P<part>early|late|mid)[- ])?"
            rf"(?P<season>{'|'.join(_SEASONS)})\b{_SAID_YEAR}"
        ),
    ),
    ("year", rf"(?:(?P<part>{_PART})[- ])?(?P<year>{_YEAR}|last year|this year)\b"),
    (
        "turn",
        (
            r"the (?:turn|start|beginning) of (?:the|this) year|new year(?:'s (?:day|eve))?"
            r"|the (?:old )?year (?:began|turned|opened|started)"
        ),
    ),
    (
        "weekday",
        rf"(?:last |this |the previous )?(?P<w>{_WEEKDAY})(?: of last week| last week)?",
    ),
    (
        "near",
        (
            r"(?P<near>yesterday|today|tonight|this evening|the (?:day|evening|night"
            r"|session) before"
            r"|the previous (?:day|evening|night|session)|last night|last (?:week|month"
            r"|quarter)|this (?:week|month|quarter)|earlier this (?:week|month|quarter|year))"
        ),
    ),
    (
        "ago",
        (
            rf"(?P<n>an?|{SPELLED}|\d+) (?P<unit>day|session|week|month|quarter|year)s? "
            r"(?:ago|earlier|before|back)"
        ),
    ),
)
_FORMS = tuple((name, quick(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)
_LENGTH = quick(
    r"(?:(?:the )?(?P<bound>(?:well |a little |a bit |comfortably )?(?:more than|over|in excess of"
    r"|upwards of)|at least|just over|a little over|nearly|almost|close to|just under|less than"
    r"|fewer than|under|about|around|roughly|some|all of|fully)\s+)?(?:the (?:past|last) )?"
    rf"(?P<n>an?|half an?|{SPELLED}|\d{{1,4}})?(?: and a (?P<half>half))?[ -]?(?:full |whole "
    rf"|long )?"
    r"(?P<unit>day|session|week|month|quarter|year|decade)s?(?P<half2> and a half)?\b",
    re.IGNORECASE,
)
_DAYS = {"day": 1.45, "session": 1.45, "week": 7.0, "month": 30.44, "quarter": 91.3,
         "year": 365.25, "decade": 3652.5}  # fmt: skip
"""Calendar days of each unit; a day of the market takes 1.45 of the calendar."""
_FEW = 10
"""Days that may be meant as sessions."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Days that words may mean.

    Parameters
    ----------
    start, end : int
        Where the words stand.
    first, last : datetime.date
        The days, both included.
    yearly : bool
        Whether it is a day of the calendar without a year: that of any year agrees.
    """

    start: int
    end: int
    first: dt.date
    last: dt.date
    yearly: bool = False

    def holds(self, date: dt.date) -> bool:
        """Tell whether a date is one of the days."""
        if self.yearly:
            return (date.month, date.day) == (self.first.month, self.first.day)
        return self.first <= date <= self.last


@dataclass(frozen=True, slots=True)
class Length:
    """A stretch of time up to the session: ``more than a year``.

    Parameters
    ----------
    start, end : int
        Where the words stand.
    shortest, longest : float
        Calendar days it may last.
    """

    start: int
    end: int
    shortest: float
    longest: float


def moment(text: str, at: int, session: dt.date) -> Moment | None:
    """Read the date that begins at a place; without a year, the latest there was.

    Parameters
    ----------
    text : str
        Folded text.
    at : int
        Where it must begin.
    session : datetime.date
        No date lies behind it.
    """
    for name, form in _FORMS:
        match = form.match(text, at)
        if match is None or _no_date(match):
            continue
        days = _READ[name](match, session)
        if days is not None:
            yearly = name == "day" and not (match["year"] or match["w"])
            return Moment(match.start(), match.end(), *days, yearly)
    return None


def _no_date(match: re.Match[str]) -> bool:
    """Tell a month or season from the verb that is written alike: ``may``, ``fall``."""
    said = match.groupdict()
    if said.get("m") and match.re is not _FORMS[0][1] and not (said["m"] or "")[0].isupper():
        return True
    return (said.get("season") or "").lower() == "fall" and match[0].lower().startswith("fall")


def length(text: str, at: int) -> Length | None:
    """Read the stretch of time that begins at a place."""
    match = _LENGTH.match(text, at)
    if match is None:
        return None
    said, unit = (match["n"] or "").lower(), match["unit"].lower()
    plural = text[match.start("unit") : match.end()].lower().endswith("s")
    value = spelled(said) if said and not said.isdigit() else None
    number = float(said) if said.isdigit() else float(value) if value is not None else 0.0
    if said in {"a", "an"} or (not said and not plural):
        number = 1.0
    if said.startswith("half"):
        number = 0.5
    number += 0.5 if match["half"] or match["half2"] else 0.0
    if not number:
        return Length(match.start(), match.end(), 2 * _DAYS[unit], float("inf"))
    return Length(match.start(), match.end(), *_bounds(number, unit, match["bound"] or ""))


def _bounds(number: float, unit: str, bound: str) -> tuple[float, float]:
    """Return the calendar days that ``nearly two years`` may last."""
    one, bound = _DAYS[unit], bound.lower()
    whole, slack = number * one, 0.04 * number * one + 2
    if re.search(r"more than|over|excess|upwards|at least", bound):
        near = "just over" in bound or "a little over" in bound
        return whole - slack, whole + (0.5 * max(one, whole * 0.3) if near else max(one, whole))
    if re.search(r"nearly|almost|close|under|less|fewer", bound):
        return whole - max(0.5 * one, 0.2 * whole), whole + 2
    if re.search(r"about|around|roughly|some", bound):
        return whole - max(0.5 * one, 0.15 * whole), whole + max(0.5 * one, 0.15 * whole)
    return whole - slack, whole + one


# -- each form -------------------------------------------------------------------------

_Days = tuple[dt.date, dt.date] | None
_NEVER = (dt.date.max, dt.date.min)
"""A day that does not exist, such as a Friday the thirtieth that was a Tuesday."""


def _year_of(match: re.Match[str], session: dt.date) -> int:
    said = (match.groupdict().get("year") or "").lower()
    if not said:
        return 0
    if said == "this year":
        return session.year
    return int(said) if said.isdigit() else session.year - 1


def _month_of(match: re.Match[str]) -> int:
    said = match["m"].lower()
    return next(i for i, name in enumerate(_MONTH_NAMES, 1) if name[:3] == said[:3])


def _day_of(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits[0]) if digits else _ORDINALS.index(said.lower()) + 1


def _span(year: int, month: int, low: int, high: int) -> _Days:
    most = calendar.monthrange(year, month)[1]
    if low > most:
        return None
    return dt.date(year, month, low), dt.date(year, month, min(high, most))


def _latest(match: re.Match[str], session: dt.date, low: int, high: int) -> _Days:
    """Return days of a month: in the year said, else the latest that has begun."""
    month, year = _month_of(match), _year_of(match, session)
    if year:
        return _span(year, month, low, high)
    for year in (session.year, session.year - 1):
        days = _span(year, month, low, high)
        if days is not None and days[0] <= session:
            return days
    return None


def _iso(match: re.Match[str], _: dt.date) -> _Days:
    try:
        day = dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None
    return day, day


def _day(match: re.Match[str], session: dt.date) -> _Days:
    day = _day_of(match["d"])
    days = _latest(match, session, day, day) if 1 <= day <= 31 else None
    said = match.groupdict().get("w")
    if days and said and days[0].strftime("%A").lower() != said.lower():
        return _NEVER
    return days


def _edge(match: re.Match[str], session: dt.date) -> _Days:
    wide = 7 if "week" in match["unit"].lower() or match["unit"].lower().endswith("s") else 4
    early = match["which"].lower() in {"first", "opening"}
    days = _latest(match, session, 1, 31)
    if days is None:
        return None
    if early:
        return days[0], days[0] + dt.timedelta(wide - 1)
    return days[1] - dt.timedelta(wide - 1), days[1]


def _part(match: re.Match[str], session: dt.date) -> _Days:
    if match["d"]:
        return _day(match, session)
    part = match["part"].lower()
    if "early" in part or "start" in part or "begin" in part or "turn" in part:
        return _latest(match, session, 1, 11)
    if "first half" in part:
        return _latest(match, session, 1, 16)
    if "second half" in part:
        return _latest(match, session, 15, 31)
    if "mid" in part:
        return _latest(match, session, 9, 21)
    return _latest(match, session, 20, 31)


def _month(match: re.Match[str], session: dt.date) -> _Days:
    return _day(match, session) if match["d"] else _latest(match, session, 1, 31)


def _season(match: re.Match[str], session: dt.date) -> _Days:
    first, last = _SEASONS[match["season"].lower()]
    year = _year_of(match, session)
    for one in (year,) if year else (session.year, session.year - 1):
        begins = dt.date(one - (first > last), first, 1)
        if begins <= session:
            return begins, dt.date(one, last, calendar.monthrange(one, last)[1])
    return None


def _year(match: re.Match[str], session: dt.date) -> _Days:
    year, part = _year_of(match, session), (match["part"] or "").lower()
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if "early" in part or "start" in part or "begin" in part or "turn" in part:
        return first, dt.date(year, 4, 30)
    if "first half" in part:
        return first, dt.date(year, 6, 30)
    if "second half" in part:
        return dt.date(year, 7, 1), last
    if "mid" in part:
        return dt.date(year, 5, 1), dt.date(year, 8, 31)
    return (dt.date(year, 9, 1) if part else first), last


def _turn(_: re.Match[str], session: dt.date) -> _Days:
    return dt.date(session.year - 1, 12, 29), dt.date(session.year, 1, 5)


def _weekday(match: re.Match[str], session: dt.date) -> _Days:
    wanted = [name.lower() for name in WEEKDAYS].index(match["w"].lower())
    back = (session.weekday() - wanted) % 7
    day = session - dt.timedelta(back)
    return (day, day) if "last" not in match[0].lower() or back else (day - dt.timedelta(7),) * 2


def _near(match: re.Match[str], session: dt.date) -> _Days:
    said, day = match["near"].lower(), dt.timedelta(1)
    if said in {"today", "tonight", "this evening"}:
        return session, session
    if said in {"yesterday", "last night"} or said.endswith("before") or "previous" in said:
        return session - 4 * day, session - day
    monday, first = session - session.weekday() * day, session.replace(day=1)
    starts = {"week": monday, "month": first, (
        "quarter"
    ): dt.date(session.year, (session.month - 1) // 3 * 3 + 1, 1),
              "year": dt.date(session.year, 1, 1)}  # fmt: skip
    unit = said.split()[-1]
    if "this" in said:
        return starts[unit], session
    before = starts[unit] - day
    wide = {"week": 7, "month": before.day, "quarter": 92}[unit]
    return starts[unit] - wide * day, before


def _ago(match: re.Match[str], session: dt.date) -> _Days:
    said = match["n"].lower()
    value = 1 if said in {"a", "an"} else int(said) if said.isdigit() else int(spelled(said) or 0)
    if not value:
        return None
    unit = match["unit"].lower()
    each = 1.0 if unit == "day" and value > _FEW else _DAYS[unit]  # of the calendar, not sessions
    middle, slack = value * each, {"day": 2.0, "session": 2.0}.get(unit, 0.5 * _DAYS[unit])
    try:
        return (
            session - dt.timedelta(round(middle + slack)),
            session - dt.timedelta(round(middle - slack)),
        )
    except OverflowError:
        return None


_READ = {
    "iso": _iso, "day": _day, "edge": _edge, "part": _part, "month": _month, "season": _season,
    "year": _year, "turn": _turn, "weekday": _weekday, "near": _near, "ago": _ago,
}  # fmt: skip
