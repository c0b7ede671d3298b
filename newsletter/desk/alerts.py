"""Alerts: what is wrong, looked for in turns by whatever process, told where it changes.

What an edition's notices tell of (`newsletter.desk.matters`) stands here too, for the desk, for
other systems and for addresses of duty; editors have their notice of it. All else is an alarm,
a file in ``operating/alarms``.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from newsletter.app import House
from newsletter.config import Config
from newsletter.operating.alarm import Alarm, alarms
from newsletter.pooling import at_home
from newsletter.review.alert import CALM, Level, Raised
from newsletter.review.notice import About, Matter

MATTERS: Final = "matters"
"""Whose look finds what notices tell of."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Says:
    title: str
    mend: str
    level: Level = Level.WARN


_SAYS: Final[Mapping[About, _Says]] = {
    About.REMINDER: _Says(
        "Nothing approved, and little time", "Approve it, or let it expire.", Level.URGENT
    ),
    About.UNSENT: _Says(
        "Approved and not sent", "Send it, or plan when it goes out.", Level.URGENT
    ),
    About.EXPIRED: _Says("Expired without approval", "It is not sent; nothing is to be done."),
    About.HELD: _Says("Held for want of an approval", "Release it, or reject it."),
    About.PLAN: _Says("Not sent as planned", "Look at it and plan anew."),
    About.FAILED: _Says(
        "A run failed", "Once the cause is mended, try its stage again on Tonight.", Level.URGENT
    ),
    About.GATE: _Says(
        "The data gate is closed",
        "Nothing is made of such data. Try again once the source has them, or name another one.",
        Level.URGENT,
    ),
    About.STOPPED: _Says(
        "A delivery stands still", "See what the server answered, then send the rest.",
        Level.URGENT,
    ),
    About.DOUBT: _Says("Copies in doubt", "Decide under Deliveries: once more, or delivered."),
    About.PAUSED: _Says("A delivery is paused past its time", "Resume it, or stop it for good."),
}  # fmt: skip
"""Which notices tell of something wrong, and how the desk says so."""


class Alerts:
    """Looks for what is wrong in a house.

    Parameters
    ----------
    house : House
        The workspace.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def look(self, *, slow: bool, now_all: bool = False) -> int:
        """Make the looks that are due; return how many were made.

        Parameters
        ----------
        slow : bool
            Those that may take seconds, or the others.
        now_all : bool
            Whether each is made although it is not due, unless another process is at it.
        """
        return sum(
            self._look(alarm, now_all=now_all)
            for alarm in alarms().values() if alarm.slow is slow
        )  # fmt: skip

    def _look(self, alarm: Alarm, *, now_all: bool) -> bool:
        house, book = self._house, self._house.alerts
        since = book.turn(alarm.id, house.clock.now(), now_all=now_all)
        if since is None:
            return False
        try:
            found = list(alarm.look(house, since))
        except Exception as error:  # noqa: BLE001 - one that cannot look must not stop the others
            _log.warning("The alarm %s could not look: %s", alarm.id, type(error).__name__)
            return False
        now = house.clock.now()
        calming = book.note(alarm.id, found, now, self.recipients)
        book.looked(alarm.id, now, now + (min(CALM, alarm.every) if calming else alarm.every))
        return True

    def of_matters(self, matters: Iterable[Matter]) -> None:
        """Let what notices tell of stand, as long as it does."""
        book, now = self._house.alerts, self._house.clock.now()
        book.note(MATTERS, _raised(matters), now, self.recipients)

    def recipients(self, one: Raised) -> list[str]:
        """Return who gets a letter about something: names at the desk, addresses of duty."""
        config = self._house.config
        people = [each for each in self._house.editors.all() if each.active and each.email]
        told = [each for each in people if one.noticed or str(each.role) in config.alerts.to]
        if not _mailed(config):
            told = []
        known = {each.email.lower() for each in told}
        names = [] if one.noticed else [each.name for each in told]
        return names + [
            each for each in config.alerts.to if "@" in each and each.lower() not in known
        ]


def ways(config: Config) -> tuple[str, ...]:
    """Return the senders that letters about alerts go by, in the order they are tried."""
    kinds = sorted(config.editions.values(), key=lambda kind: not kind.enabled)
    found = [kind.sender for kind in kinds[:1]]
    if config.alerts.sender is not None:
        found.append(config.alerts.sender)
    return tuple(dict.fromkeys(found))


def _mailed(config: Config) -> bool:
    """Tell whether editors get letters at all: as for notices, from a maildir only if asked."""
    if config.review.tell is not None:
        return config.review.tell
    return not all(at_home(way, config.senders) for way in ways(config))


def _raised(matters: Iterable[Matter]) -> Iterator[Raised]:
    for one in matters:
        says = _SAYS.get(one.about)
        if says is not None:
            words = one.reason or f"{one.edition}: {says.title.lower()}."
            yield Raised(
                str(one.about), one.edition, says.title, words, says.mend, says.level,
                edition=one.edition, mark=one.mark, noticed=True, ends_told=False,
            )  # fmt: skip
