"""The timekeeper: looks at the schedule every few seconds and has due editions made, each once.

Nothing is remembered here. What was due stands in the store, one row for each edition, and each
step is a change of that row which one of several schedulers makes. Whoever dies between two
steps is followed by the next look, its own or another's: to begin a run twice is harmless, for
the engine knows it by its name.
"""

import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from newsletter.app import House
from newsletter.errors import ConfigError, DataUnavailable, NewsletterError, StoreError
from newsletter.review.desk import AuditEntry
from newsletter.review.due import CALENDAR, Due, Turn
from newsletter.review.edition import EditionKey
from newsletter.schedule import Firing, between, firings, latest_start
from newsletter.telemetry.pulse import Pulse, beating
from newsletter.underway import Course, Making, reason_line

SILENT: Final = 300.0
"""Seconds without a look after which this process is no longer alive: a starter comes back soon."""
EVERY: Final = 10.0
"""Seconds between two looks."""
LEASE: Final = dt.timedelta(minutes=1)
"""How long a run that was begun may show no sign of life before it is begun once more."""
OFTEN: Final = dt.timedelta(minutes=1)
"""A look is written down no more often: each writing waits for the disk."""
AHEAD: Final = dt.timedelta(minutes=5)
"""What was done further ahead of its time was done by a clock that was wrong."""
APART: Final = dt.timedelta(seconds=20)
"""How far the clocks of machines may be apart."""

Start = Callable[[str], object]
"""Begins the run of an edition; called again for the same one, it begins nothing twice."""


class Timekeeper:
    """Looks at the schedule.

    Parameters
    ----------
    house : House
        The workspace.
    start : callable
        Takes an edition's key and begins its run, or makes it. What it raises is how it failed.
    note : callable
        Told in a line what was begun, skipped or given up, and what comes next.
    """

    def __init__(self, house: House, start: Start, note: Callable[[str], None]) -> None:
        self._house, self._start, self._note, self._said = house, start, note, ""

    def look(self) -> None:
        """Look once: begin what is due, follow what was begun, record what was missed."""
        house, now = self._house, self._house.clock.now()
        first, last = house.due.looks(now)
        self._take_back(now)
        known = house.due.open()
        steps = [partial(self._follow, due, now) for due in known]
        trouble: Exception | None = None
        for step in (*steps, partial(self._find, now, first, last)):
            try:  # one edition's trouble keeps no other from being made
                step()
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - raised below
                trouble = trouble or error
        if abs(now - last) >= OFTEN:
            house.due.looked(now)
        self._tell_next(now, [one for one in known if one.turn is Turn.PLANNED])
        if trouble is not None:
            raise trouble

    # -- what is due ---------------------------------------------------------------------------

    def _find(self, now: dt.datetime, first: dt.datetime, last: dt.datetime) -> None:
        """Begin what has come due since it was last looked; record what is too late for it."""
        window = dt.timedelta(days=self._house.config.schedule.look_back_days)
        begins = max(first, now - window)
        if last > now:  # taken by a clock that was wrong
            last = begins
        found = between(self._house.config, begins, now)
        known = self._house.due.known(firing.key for firing in found)
        newest = {EditionKey.parse(firing.key).kind: firing.key for firing in found}
        for firing in found:
            if firing.key in known:
                continue
            later = newest[EditionKey.parse(firing.key).kind]
            why = self._too_late(firing, now)
            if not why and later != firing.key:
                why = f"{later} came due after it"
            if not why:
                due = Due(firing.key, firing.at, Turn.BEGUN, CALENDAR, now, next_at=now + LEASE)
                if self._house.due.record(due):
                    self._note(f"{due.key} begins")
                    self._begin(due)
            elif firing.at > last:  # else it was not on the schedule when it would have been due
                reason = f"Nobody looked at the schedule from {_told(last)} to {_told(now)}; {why}."
                self._skip(None, firing, reason, now)

    def _follow(self, due: Due, now: dt.datetime) -> None:
        """Do what is next for an edition of which something is still to come."""
        try:
            self._go_on(due, now)
        except DataUnavailable as error:  # a session that there is not, in this calendar
            self._move(due, Turn.FAILED, now, reason_line(str(error)))

    def _go_on(self, due: Due, now: dt.datetime) -> None:
        if due.due_at > now or (due.next_at is not None and due.next_at > now):
            return
        if due.turn is not Turn.PLANNED and self._made(due):
            return
        if due.turn is Turn.STARTED:
            self._watch(due, now)
        elif due.turn is Turn.WAITING and now >= self._latest(due.key):
            reason = f"{due.reason} Its time is over; it is not tried again."
            self._move(due, Turn.FAILED, now, reason)
        elif due.turn is not Turn.WAITING and (
            why := self._too_late(Firing(due.due_at, due.key), now)
        ):
            self._skip(due, Firing(due.due_at, due.key), f"It was not begun in time; {why}.", now)
        else:
            if due.turn is Turn.PLANNED:
                self._note(f"{due.key} begins")
            self._again(due, now)

    def _again(self, due: Due, now: dt.datetime) -> None:
        begun = replace(due, turn=Turn.BEGUN, at=now, next_at=now + LEASE)
        if self._house.due.move(due, begun):
            self._begin(begun)

    def _too_late(self, firing: Firing, now: dt.datetime) -> str:
        """Return why an edition is not begun any more, one clause; empty where it is."""
        hours = self._house.config.schedule.fresh_hours
        if now - firing.at > dt.timedelta(hours=hours):
            return f"it was due {_told(firing.at)} and stays fresh for {hours:g} h"
        latest = self._latest(firing.key)
        return f"its time was over {_told(latest)}" if now >= latest else ""

    def _latest(self, key: str) -> dt.datetime:
        parsed = EditionKey.parse(key)
        days = self._house.trading_days(parsed.session.date)
        days.require(parsed.session.date)
        return latest_start(self._house.config, parsed, days)

    # -- what is begun -------------------------------------------------------------------------

    def _begin(self, due: Due) -> None:
        """Begin a run; whoever dies before it is written down has it begun once more."""
        if self._made(due):  # by hand
            return
        try:
            self._start(due.key)
        except (NewsletterError, ConfigError) as error:
            self._failed(due, str(error), again=isinstance(error, DataUnavailable))
            return
        if not self._made(due):
            self._move(due, Turn.STARTED, due.at)  # since then its run is looked for

    def _made(self, due: Due) -> bool:
        """Write down that an edition is there, where it is."""
        found = self._house.editions.find(EditionKey.parse(due.key))
        if found is not None:
            self._move(due, Turn.MADE, self._house.clock.now())
        return found is not None

    def _watch(self, due: Due, now: dt.datetime) -> None:
        """See how a run fares that was begun."""
        run: Making | None = self._house.runs.find(due.key)
        if run is not None and (run.work != "run" or run.updated_at < due.at - APART):
            run = None  # an earlier one, or a revision
        if run is not None and run.state is Course.FAILED:
            self._failed(due, run.verdict(now), again=run.stage == "collect")
        elif run.stale(now) if run is not None else now - due.at >= LEASE:
            if now >= self._latest(due.key):
                reason = "Its run was broken off, and its time is over."
                self._move(due, Turn.FAILED, now, reason)
            else:
                self._again(due, now)

    def _failed(self, due: Due, reason: str, *, again: bool) -> None:
        """Let a run that found no data be begun again in a while; any other is a person's."""
        now, policy = self._house.clock.now(), self._house.config.schedule
        minutes, reason = policy.retry_minutes, reason_line(reason)
        next_at = now + dt.timedelta(minutes=minutes)
        left = again and minutes and (due.tries + 1) * minutes <= policy.retry_hours * 60
        if left and next_at < self._latest(due.key):
            waits = replace(
                due, turn=Turn.WAITING, at=now, reason=reason, next_at=next_at, tries=due.tries + 1
            )
            if self._house.due.move(due, waits):
                self._note(f"{due.key}: {reason} It is tried again at {_told(next_at)}.")
        elif self._move(due, Turn.FAILED, now, reason):
            self._note(f"{due.key}: {reason}")

    def _move(self, due: Due, turn: Turn, now: dt.datetime, reason: str = "") -> bool:
        done: bool = self._house.due.move(
            due, replace(due, turn=turn, at=now, reason=reason, next_at=None)
        )
        return done

    def _skip(self, due: Due | None, firing: Firing, reason: str, now: dt.datetime) -> None:
        """Record that an edition is not made, where editors find it."""
        entry = AuditEntry(now, "pipeline", "not made", firing.key, {"reason": reason})
        skipped = Due(
            firing.key, firing.at, Turn.SKIPPED, due.by if due else CALENDAR, now, reason,
            tries=due.tries if due else 0,
        )  # fmt: skip
        book = self._house.due
        if book.record(skipped, entry) if due is None else book.move(due, skipped, entry):
            self._note(f"{firing.key} is not made: {reason}")

    # -- clocks --------------------------------------------------------------------------------

    def _take_back(self, now: dt.datetime) -> None:
        """Take back what a clock that ran ahead had done, unless an edition came of it."""
        for due in self._house.due.ahead(now + AHEAD):
            if self._house.editions.find(EditionKey.parse(due.key)) is not None:
                continue
            if due.by == CALENDAR:
                self._house.due.drop(due)
            else:
                self._house.due.move(due, Due(due.key, due.due_at, Turn.PLANNED, due.by, now))

    def _tell_next(self, now: dt.datetime, planned: list[Due]) -> None:
        following = _next(self._house, now, 1, planned)
        said = f"next: {following[0].key} at {_told(following[0].at)}" if following else ""
        if said and said != self._said:
            self._note(said)
        self._said = said


def upcoming(house: House, now: dt.datetime, count: int) -> list[Firing]:
    """Return what comes next: what the calendar gives, and what is planned besides.

    Parameters
    ----------
    house : House
        The workspace.
    now : datetime.datetime
        Aware instant; only what is later is to come.
    count : int
        At most so many.
    """
    return _next(house, now, count, house.due.planned())


def _next(house: House, now: dt.datetime, count: int, planned: list[Due]) -> list[Firing]:
    besides = [Firing(one.due_at, one.key) for one in planned if one.due_at > now]
    instead = {one.key for one in besides}
    given: list[Firing] = []
    for firing in firings(house.config, now):
        if len(given) >= count:
            break
        if firing.key not in instead:
            given.append(firing)
    return sorted([*given, *besides])[:count]


@contextlib.contextmanager
def ticking(
    house: House, start: Start, note: Callable[[str], None], first: float = 0.0
) -> Iterator[Timekeeper]:
    """Look at the schedule every few seconds while the block lasts.

    Parameters
    ----------
    house : House
        The workspace.
    start : callable
        Takes an edition's key and begins its run; it comes back soon.
    note : callable
        Told what happens, in lines for people.
    first : float
        Seconds until the first look, which loads the calendar.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a look that was late is no news
    timekeeper, ended = Timekeeper(house, start, note), threading.Event()
    clock, looking = BackgroundScheduler(timezone=dt.UTC), _Looking(timekeeper, note)
    clock.add_job(
        looking, "interval", seconds=EVERY, id="look", coalesce=True,
        max_instances=1, misfire_grace_time=None,
        next_run_time=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=first),
    )  # fmt: skip
    steady = threading.Thread(target=_steady, args=(clock, ended), name="timekeeper", daemon=True)
    with beating("schedule", SILENT) as pulse:
        looking.pulse = pulse
        clock.start()
        steady.start()
        try:
            yield timekeeper
        finally:
            ended.set()
            clock.shutdown(wait=True)
            steady.join(EVERY)


class _Looking:
    """A look that never breaks the clock; what went wrong is told once, until something else."""

    def __init__(self, timekeeper: Timekeeper, note: Callable[[str], None]) -> None:
        self._timekeeper, self._note, self._said = timekeeper, note, ""
        self.pulse: Pulse | None = None

    def __call__(self) -> None:
        """Look."""
        if self.pulse is not None:
            self.pulse.beat(well=not self._said)
        try:
            self._timekeeper.look()
            self._said = ""
        except Exception as error:  # noqa: BLE001 - a clock that stops would make no edition
            known = isinstance(error, NewsletterError | ConfigError)
            told = str(error) if known else f"{type(error).__name__} in a look"
            if told != self._said:
                self._note(f"the schedule: {told}")
            self._said = told


def _steady(clock: Any, ended: threading.Event) -> None:
    """Have the next look at once where the machine's clock was put back.

    The scheduler waits for an instant of that clock, which has then moved away from it.
    """
    behind = time.time() - time.monotonic()
    while not ended.wait(EVERY):
        before, behind = behind, time.time() - time.monotonic()
        if before - behind > EVERY:
            clock.modify_job("look", next_run_time=dt.datetime.now(dt.UTC))


def _told(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
