"""Two simulated years of timekeepers, each edition held against what the exchanges publish.

The days on which they are closed are written down or worked out here, from the exchanges' own
rules, and never asked of the calendar that the product uses.
"""

import datetime as dt
import itertools
import random
from zoneinfo import ZoneInfo

import pytest
import yaml
from lengths import length
from timekeeper_support import DAY, Nights, easter, evening, new_york, nth, utc, weekdays

from newsletter import assets
from newsletter.config import Config
from newsletter.schedule import firings

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2027, 12, 31)
NEW_YORK = ZoneInfo("America/New_York")


def two(year_of):
    """Return what a rule gives for both years, together."""
    return set().union(*(year_of(year) for year in (2026, 2027)))


def london(year):
    """Return the bank holidays of England, by the days on which they are kept."""
    good_friday, monday = easter(year) - 2 * DAY, easter(year) + DAY
    closed = {good_friday, monday, nth(year, 5, 0, 1), nth(year, 5, 0, -1), nth(year, 8, 0, -1)}
    for days in ([dt.date(year, 1, 1)], [dt.date(year, 12, 25), dt.date(year, 12, 26)]):
        kept = []
        for day in days:
            later = (day + n * DAY for n in range(9))
            kept.append(next(one for one in later if one.weekday() < 5 and one not in kept))
        closed |= set(kept)
    return closed


def london_early(year):
    """Return the last sessions before Christmas and New Year, which end at 12:30."""
    return {day for day in (dt.date(year, 12, 24), dt.date(year, 12, 31)) if day.weekday() < 5}


TOKYO = {
    dt.date.fromisoformat(f"{year}-{day}")
    for year, days in {
        2026: "01-01 01-02 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 "
              "09-23 10-12 11-03 11-23 12-31",
        2027: "01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 "
              "11-03 11-23 12-31",
    }.items()
    for day in days.split()
}  # fmt: skip
"""Japan's holidays as its Cabinet Office publishes them, and the turn of the year."""


def scheduled(exchange, zone):
    """Return all that comes due in the two years, as local time and session."""
    plain = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
    plain["publication"] |= {"exchange": exchange, "time_zone": zone.key}
    plain["editions"] = {"evening": {}}
    made, begins = Config.model_validate(plain), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = [
        one
        for after in (begins, begins.replace(year=2027))
        for one in firings(made, after)
        if one.at.astimezone(zone).year == after.year
    ]
    return [(one.at.astimezone(zone).replace(tzinfo=None), one.key[:10]) for one in found]


def closes(days, at, early, early_at):
    """Return what is due ninety minutes after each close."""
    times = {day: early_at if day in early else at for day in days}
    return [
        (dt.datetime.combine(day, time) + dt.timedelta(minutes=90), str(day))
        for day, time in times.items()
    ]


def test_two_years_of_new_york():
    days = weekdays(FIRST, LAST, two(lambda year: new_york(year)[0]))
    early = two(lambda year: new_york(year)[1])
    assert (len(days), len(early)) == (502, 3)  # 251 a year, as the exchange says
    assert scheduled("XNYS", NEW_YORK) == closes(days, dt.time(16), early, dt.time(13))


def test_two_years_of_london():
    days = weekdays(FIRST, LAST, two(london))
    early = two(london_early)
    expected = closes(days, dt.time(16, 30), early, dt.time(12, 30))
    assert scheduled("XLON", ZoneInfo("Europe/London")) == expected


def test_two_years_of_tokyo():
    """No daylight saving; the lunch between two halves of a session closes nothing."""
    days = weekdays(FIRST, LAST, TOKYO)
    expected = closes(days, dt.time(15, 30), set(), None)
    assert scheduled("XTKS", ZoneInfo("Asia/Tokyo")) == expected


def dues():
    """Return when New York's editions are due, in UTC, by their keys."""
    days = weekdays(FIRST, LAST, two(lambda year: new_york(year)[0]))
    early = two(lambda year: new_york(year)[1])
    return {
        evening(day): at.replace(tzinfo=NEW_YORK).astimezone(dt.UTC)
        for at, day in closes(days, dt.time(16), early, dt.time(13))
    }


@pytest.mark.parametrize("seed", range(length(1, 5)))
def test_two_years_through_the_timekeeper_each_edition_once_or_recorded_as_missed(tmp_path, seed):
    """Two schedulers that look when they happen to, die, sleep for days, with clocks that slip."""
    chance, expected = random.Random(seed), dues()
    last = utc("2027-12-31T00:00:00")
    nights = Nights(tmp_path / "w", "2026-01-01T00:00:00")
    timekeepers, now, looks = (
        [nights.timekeeper, nights.another()],
        nights.clock.now(),
        [nights.clock.now()],
    )
    nights.look()
    while now < last:
        drawn = chance.random()
        following = next((at for at in expected.values() if at > now), last)
        if drawn < 0.05:  # nobody there, for up to nine days
            now += chance.random() * 9 * DAY
        elif drawn < 0.10:  # a clock that is put back by up to two hours, and noticed
            nights.look(now - chance.random() * dt.timedelta(hours=2), chance.choice(timekeepers))
        else:
            if drawn > 0.8:
                now = max(now, following - dt.timedelta(seconds=1))
                nights.look(now, chance.choice(timekeepers))
                looks.append(now)
            now = following + dt.timedelta(seconds=chance.randrange(10))
        if drawn > 0.9:
            timekeepers[chance.randrange(2)] = nights.another()
        nights.look(now, chance.choice(timekeepers))
        looks.append(now)
    held_to(nights, expected, [one for one in looks if one <= last])
    nights.close()


def held_to(nights, expected, looks):
    """Hold what was begun and what was recorded against when somebody looked."""
    begun = {key: at for at, key in nights.began}
    assert len(begun) == len(nights.began), "an edition was begun twice"
    following = dict(itertools.pairwise(expected))
    skipped = 0
    for key, at in expected.items():
        seen = next((look for look in looks if look >= at), None)
        if seen is None:
            continue
        newer = following.get(key) and expected[following[key]] <= seen
        if seen - at <= dt.timedelta(hours=6) and not newer:
            assert begun[key] == seen, key
            assert nights.turn(key)[0] == "made"
        else:
            assert key not in begun
            turn, reason = nights.turn(key) or ("forgotten", "")
            # Longer than a week back nobody looks.
            assert turn == "skipped" or seen - at > 7 * DAY, (key, at, seen)
            assert not reason or reason.startswith("Nobody looked at the schedule from")
            skipped += 1
    assert len(begun) > 300
    assert skipped > 20
