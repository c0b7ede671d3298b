"""When editions are made: the timing of an edition, and ``schedule``, in config.yaml."""

import datetime as dt
import difflib
import functools
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from newsletter.universe import Strict

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENDS: Final = ("sessions", "week_end", "month_end")
DAYS: Final = f"{', '.join(ENDS)} or a list such as [mon, thu]"


def known_zone(value: str) -> str:
    """Return a time zone's name.

    Raises
    ------
    ValueError
        If it is none, with the nearest that is.
    """
    known = _zones()
    if value not in known:
        near = difflib.get_close_matches(value, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"must be an IANA time zone such as 'America/New_York'{hint}")
    return value


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # a walk through some hundred files


class Timing(Strict):
    """When an edition is made, and until when it must have gone out.

    It is made `minutes_after_close`, or where `at` is given at the first such local time after
    the session's close, in `time_zone` (else the publication's). `skip_closed_days` passes over
    days on which the exchange is closed. `days` says after which sessions: all, the last of
    each week or month, or by days of the week. `not_after` is the local time by which it must
    have been approved and begun to go out.
    """

    minutes_after_close: int = Field(default=90, ge=0, le=720)
    at: str | None = None
    skip_closed_days: bool = False
    time_zone: str | None = None
    days: str | tuple[str, ...] = "sessions"
    not_after: str | None = None

    @field_validator("at", "not_after", mode="before")
    @classmethod
    def _local_time(cls, value: Any) -> Any:
        if value is None:
            return None
        # YAML takes 18:30 without quotes for a number of minutes.
        if not isinstance(value, str) or wall_time(value) is None:
            raise ValueError("must be a time of day in quotes, such as '07:30'")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return None if value is None else known_zone(value)

    @field_validator("days", mode="before")
    @classmethod
    def _days(cls, value: Any) -> Any:
        if isinstance(value, str) and value in ENDS:
            return value
        if isinstance(value, list | tuple) and value and set(map(str, value)) <= set(WEEKDAYS):
            return tuple(map(str, value))
        raise ValueError(f"must be {DAYS}")

    @model_validator(mode="after")
    def _together(self) -> "Timing":
        if self.at is None and self.skip_closed_days:
            raise ValueError("skip_closed_days goes with `at`; an edition without it is made "
                             "minutes after the close")  # fmt: skip
        if self.at is not None and "minutes_after_close" in self.model_fields_set:
            raise ValueError("give either at or minutes_after_close, not both")
        return self

    @property
    def weekly(self) -> bool:
        """Whether it is made once a week."""
        return self.days == "week_end" or (isinstance(self.days, tuple) and len(self.days) == 1)


class Schedule(Strict):
    """What becomes of editions that could not be made when they were due.

    `fresh_hours` is how long after it was due an edition that was missed is still made;
    `look_back_days` how far back missed ones are looked for. Where the market's data are not
    there yet, a run is begun again every `retry_minutes` (0: never) for `retry_hours`.
    """

    fresh_hours: float = Field(default=6, gt=0, le=96)
    look_back_days: int = Field(default=7, ge=1, le=31)
    retry_minutes: int = Field(default=10, ge=0, le=240)
    retry_hours: float = Field(default=3, ge=0, le=24)


def wall_time(text: str) -> dt.time | None:
    """Return a time of day written as ``07:30``, or None."""
    hour, colon, minute = text.partition(":")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isdecimal() and text.isascii()
    if not (colon and digits and int(hour) < 24 and int(minute) < 60):
        return None
    return dt.time(int(hour), int(minute))


def on_day(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """Return the instant of a local time on a day, aware, in UTC.

    A time that comes twice, when clocks go back, is the first of the two. One that does not
    exist, when they go forward, comes as much later as they are moved: 02:30 is 03:30.
    """
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)


def first_at(time: dt.time, zone: ZoneInfo, since: dt.datetime) -> dt.datetime:
    """Return the first instant at or after an aware one at which it is a local time, in UTC."""
    day = since.astimezone(zone).date()
    while (found := on_day(day, time, zone)) < since:
        day += dt.timedelta(days=1)
    return found
