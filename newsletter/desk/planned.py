"""The desk's clock: deadlines, reminders and plans, looked at every few seconds.

Several processes may each have one: whatever is done once is taken in the store first.
"""

import contextlib
import datetime as dt
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Final

from newsletter.app import House
from newsletter.desk.matters import LOOKED_AT, wanted
from newsletter.desk.runs import Runs
from newsletter.desk.security.links import Links
from newsletter.desk.telling import Telling
from newsletter.errors import ConfigError, NewsletterError
from newsletter.review.edition import EditionKey, State
from newsletter.telemetry.errors import report
from newsletter.telemetry.pulse import Pulse, beating

EVERY: Final = 3.0
"""Seconds between two looks."""
SILENT: Final = 300.0
"""Seconds that one look may take: letters to editors go out in it."""
LEASE: Final = dt.timedelta(seconds=30)
"""How long a delivery that was begun is left alone before it is begun once more."""
WAITING: Final = frozenset({State.IN_REVIEW, State.APPROVED, State.HELD})


class Watch:
    """Does what is due.

    Parameters
    ----------
    house : House
        The workspace.
    begin : callable
        Has a worker send an edition; False where that goes on already.
    telling : Telling
        Tells editors.
    """

    def __init__(self, house: House, begin: Callable[[str], bool], telling: Telling) -> None:
        self._house, self._begin, self._telling = house, begin, telling

    def look(self) -> None:
        """Look once: what has expired, what is to go out, what is to be told."""
        house = self._house
        for edition in house.editions.all(LOOKED_AT):
            if edition.state in WAITING:
                house.desk.refreshed(edition.key)
        # A refused plan is told of from the audit log, where it stands whoever dies here.
        house.planning.carry_out(self._begin, lambda *_: None, LEASE, resting=house.pauses.stands)
        self._telling.alerts.look(slow=False)
        self._telling.tell_all()

    def look_slowly(self) -> None:
        """Look at what may take seconds: disks, certificates, shares of many copies."""
        self._telling.alerts.look(slow=True)


def watch(house: House) -> Watch:
    """Return the watch of a workspace, which has workers send what is due."""
    return Watch(house, functools.partial(Runs(house).begin, "deliver"), telling(house))


def telling(house: House) -> Telling:
    """Return what tells a workspace's editors."""

    def content(key: str) -> str | None:
        found = house.editions.find(EditionKey.parse(key))
        return found.revision.content if found else None

    return Telling(house, Links(house.access, house.clock, house.desk_key, content))


def tell_after(house: House, note: Callable[[str], None]) -> None:
    """Tell editors what a run has put before them; a run is not broken by it."""
    if not any(wanted(house.config, kind) for kind in house.config.editions):
        return
    try:
        telling(house).tell_all()
    except (NewsletterError, ConfigError) as error:
        note(f"editors were not told: {error}")


@contextlib.contextmanager
def watching(house: House, note: Callable[[str], None]) -> Iterator[None]:
    """Look every few seconds, in a thread of its own, while the block lasts.

    Parameters
    ----------
    house : House
        The workspace.
    note : callable
        Told what went wrong, once until something else does.
    """
    ended, looking = threading.Event(), watch(house)
    works = {"planned": looking.look, "alarms": looking.look_slowly}
    with contextlib.ExitStack() as pulses:
        threads = [
            threading.Thread(
                target=_look_on,
                args=(work, ended, note, pulses.enter_context(beating(name, SILENT))),
                name=name,
                daemon=True,
            )
            for name, work in works.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join(5)


def _look_on(
    look: Callable[[], None], ended: threading.Event, note: Callable[[str], None], pulse: Pulse
) -> None:
    said = ""
    while not ended.wait(EVERY):
        pulse.beat()
        try:
            look()
            said = ""
        except Exception as error:  # noqa: BLE001 - a clock that stops would tell nobody
            known = isinstance(error, NewsletterError | ConfigError)
            told = str(error) if known else f"{type(error).__name__}: {error}"
            if told != said:
                report(error, "watch")
                note(f"plans and reminders: {told}")
            said = told
