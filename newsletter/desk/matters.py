"""What there is to tell editors of: read from the store, so that whichever process looks finds it.

Nothing is remembered here. A matter that was not told because a process died is found again by
the next look; what was told is known by its mark.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from newsletter.app import FIRST_CONTINUED, House
from newsletter.config import Config
from newsletter.pooling import at_home
from newsletter.review.desk import LATE
from newsletter.review.due import OPEN
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.listing import Sought
from newsletter.review.notice import About, Matter, Notice
from newsletter.review.pause import ALERT, MACHINE
from newsletter.underway import GATE, Course, Making

RECENT: Final = dt.timedelta(hours=6)
"""How long after it happened editors are still told of something."""
LOOKED_AT: Final = 20
"""Latest editions, and latest runs, that are looked at for something to tell."""
FRESHLY: Final = dt.timedelta(minutes=5)
"""Whoever was told of an edition, or signed it, so short a time ago needs no reminding."""
STILL: Final = dt.timedelta(minutes=10)
"""A delivery of which no copy has come to an end for so long stands still, unless all that
wait are to rest for longer."""
SEEN_TO: Final = dt.timedelta(minutes=2)
"""How long a run that failed is left to the schedule, which tries it again where data were
missing; beyond that nobody looks at the schedule."""
SETTLED: Final = dt.timedelta(minutes=2)
"""Doubts are told together, once no further one came for so long."""


def wanted(config: Config, kind: str) -> bool:
    """Tell whether editors are told of a kind of edition by e-mail.

    Parameters
    ----------
    config : Config
        What ``review.tell`` says; without it, whether the kind's sender is no maildir.
    kind : str
        A key of ``editions``; of one that is not configured nobody is told.
    """
    found, chosen = config.kind(kind), config.review.tell
    if found is None:
        return False
    return not at_home(found.sender, config.senders) if chosen is None else chosen


class Matters:
    """Finds what there is to tell in a house.

    Parameters
    ----------
    house : House
        The workspace.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def all(self) -> Iterator[Matter]:
        """Yield what there is to tell now, whether it was told before or not.

        Of what editors are told nothing by e-mail, too: the desk and other systems are.
        """
        latest = self._house.editions.all(LOOKED_AT)
        yield from self._plans(latest)
        for edition in latest:
            yield from self._of(edition)
        yield from self._doubts(latest)
        for run in self._house.runs.latest(LOOKED_AT):
            yield from self._run(run)

    # -- editions that wait ------------------------------------------------------------------

    def _of(self, edition: Edition) -> Iterator[Matter]:
        now, ends = self._house.clock.now(), edition.expires_at
        recent = ends <= now < ends + RECENT
        if edition.state is State.IN_REVIEW and now < ends:
            about = About.BLOCKED if self._house.desk.blocked(edition) else About.REVIEW
            yield _matter(edition, about, edition.revision.content, "", ends)
            if self._soon(edition, edition.revision.made_at):
                yield _matter(edition, About.REMINDER, _end(edition), self._left(edition), ends)
        elif edition.state is State.APPROVED and edition.approval:
            planned = self._house.planning.of(edition) is not None
            if now < ends and not planned and self._soon(edition, edition.approval.at):
                yield _matter(edition, About.UNSENT, _end(edition), self._left(edition), ends)
        elif recent and edition.state is State.EXPIRED:
            yield _matter(edition, About.EXPIRED, _end(edition), "", ends + RECENT)
        elif recent and edition.state is State.HELD and edition.reason == LATE:
            yield _matter(edition, About.HELD, _end(edition), "", ends + RECENT)
        elif edition.state is State.SENDING:
            yield from self._going(edition)

    def _soon(self, edition: Edition, since: dt.datetime) -> bool:
        """Whether an edition's time is nearly over, and it has waited a while already."""
        now = self._house.clock.now()
        remind = dt.timedelta(minutes=self._house.config.review.remind_minutes)
        return edition.expires_at - now <= remind and now - since >= min(remind, FRESHLY)

    def _left(self, edition: Edition) -> str:
        left = edition.expires_at - self._house.clock.now()
        minutes = max(1, round(left.total_seconds() / 60))
        what = "sent" if edition.state is State.APPROVED else "approved"
        return f"Nobody has {what} it yet, and its time is over in {minutes} min."

    # -- editions on their way out -----------------------------------------------------------

    def _going(self, edition: Edition) -> Iterator[Matter]:
        house, now, ends = self._house, self._house.clock.now(), edition.expires_at
        zone = ZoneInfo(house.config.publication.time_zone)
        pause = house.pausing.of(edition)
        yield from self._alerts(edition)
        if pause is not None and pause.by == MACHINE:
            mark = pause.at.isoformat()
            yield _matter(edition, About.STOPPED, mark, pause.reason, pause.at + RECENT)
            return
        if pause is not None:
            if now >= ends:
                reason = f"It is {pause.told(zone, now)}"
                mark = pause.at.isoformat()
                yield _matter(edition, About.PAUSED, mark, reason, now + RECENT)
            return
        waiting, ended, last = house.deliveries.standstill(str(edition.key))
        rests = house.deliveries.next_due(str(edition.key))  # not before that is anything late
        since = max(filter(None, (last, rests, *self._begun(str(edition.key)))), default=None)
        if since is None or now - since < STILL:
            return
        local = since.astimezone(zone)
        rest = f"{waiting:,} {'copy waits' if waiting == 1 else 'copies wait'}"
        reason = f"No copy has come to an end since {local:%Y-%m-%d %H:%M %Z}; " + (
            f"{rest} to be sent." if waiting else "the delivery was broken off before its close."
        )
        yield _matter(edition, About.STOPPED, str(ended), reason, now + RECENT)

    def _alerts(self, edition: Edition) -> Iterator[Matter]:
        """Yield what a delivery itself has met with and editors should read."""
        now, key = self._house.clock.now(), str(edition.key)
        sought = Sought(subject=key, action=ALERT, since=now - RECENT)
        for one in self._house.audit.page(sought, LOOKED_AT):
            mark, reason = one.entry.at.isoformat(), one.entry.detail["reason"]
            yield _matter(edition, About.STOPPED, mark, reason, one.entry.at + RECENT)

    def _begun(self, key: str) -> Iterator[dt.datetime]:
        """Yield when an edition last began to go out, and when it was last resumed."""
        for action in ("sending", "resumed"):
            for one in self._house.audit.page(Sought(subject=key, action=action), 1):
                yield one.entry.at

    def _doubts(self, latest: list[Edition]) -> Iterator[Matter]:
        now = self._house.clock.now()
        gone = {str(e.key): e for e in latest if e.state in {State.SENDING, State.SENT}}
        for key, (count, newest) in self._house.deliveries.doubts(list(gone)).items():
            if not SETTLED <= now - newest < RECENT:
                continue
            one = "copy is" if count == 1 else "copies are"
            reason = f"{count:,} {one} in doubt and {'waits' if count == 1 else 'wait'} for you."
            yield _matter(gone[key], About.DOUBT, str(count), reason, now + RECENT)

    # -- plans and runs ----------------------------------------------------------------------

    def _plans(self, latest: list[Edition]) -> Iterator[Matter]:
        now, keys = self._house.clock.now(), {str(one.key): one for one in latest}
        sought = Sought(action="plan refused", since=now - RECENT)
        for one in self._house.audit.page(sought, LOOKED_AT):
            edition, said = keys.get(one.entry.subject), one.entry.detail
            if edition is not None and said.get("by"):
                reason = f"It was to go out by a plan of {said['by']}, and did not: {said['why']}."
                mark = one.entry.at.isoformat()
                yield _matter(edition, About.PLAN, mark, reason, one.entry.at + RECENT)

    def _run(self, run: Making) -> Iterator[Matter]:
        now = self._house.clock.now()
        broken = run.state is Course.FAILED or run.stale(now)
        if run.work != "run" or not broken or now - run.updated_at >= RECENT:
            return
        edition = self._house.editions.find(EditionKey.parse(run.edition))
        if self._in_hand(run):
            return
        # What is there already can be reviewed, whatever became of a second run of it.
        if edition is None or edition.state in FIRST_CONTINUED:
            ends = run.updated_at + RECENT
            about = About.GATE if run.cause == GATE else About.FAILED
            yield Matter(run.edition, about, run.run, run.verdict(now), ends)

    def _in_hand(self, run: Making) -> bool:
        """Tell whether the schedule sees to a run that failed, and has done so lately."""
        now, due = self._house.clock.now(), self._house.due.find(run.edition)
        if due is None or due.turn not in OPEN:
            return False
        return now - max(run.updated_at, due.next_at or run.updated_at) < SEEN_TO

    # -- what is not worth telling any more --------------------------------------------------

    def void(self, notice: Notice, edition: Edition | None) -> str:
        """Return why a notice that waited is not told any more, one clause; empty where it is."""
        house, now = self._house, self._house.clock.now()
        if now >= notice.ends_at:
            return "its time was over before the mail server took it"
        if not house.editors.is_active(notice.editor):
            return f"{notice.editor} is no longer at the desk"
        if notice.about in OF_RUNS:
            run = house.runs.find(notice.edition)
            return "" if run and run.run == notice.mark else "a later run took its place"
        if edition is None:
            return "there is no such edition any more"
        stands = _STANDS.get(notice.about)
        if stands is not None and edition.state is not stands:
            return f"the edition is {str(edition.state).replace('_', ' ')} by now"
        if notice.about in _OF_CONTENT and edition.revision.content != notice.mark:
            return f"revision {edition.revision.number} took its place"
        if notice.about is About.DOUBT and not house.deliveries.doubts([notice.edition]):
            return "no copy is in doubt any more"
        pause = house.pausing.of(edition)
        paused = pause is not None and pause.by != MACHINE
        if notice.about in {About.PAUSED, About.STOPPED} and paused != (
            notice.about is About.PAUSED
        ):
            return "it was paused meanwhile" if paused else "it was resumed meanwhile"
        return ""


_STANDS: Final = {
    About.REVIEW: State.IN_REVIEW, About.BLOCKED: State.IN_REVIEW, About.REMINDER: State.IN_REVIEW,
    About.UNSENT: State.APPROVED, About.EXPIRED: State.EXPIRED, About.HELD: State.HELD,
    About.STOPPED: State.SENDING, About.PAUSED: State.SENDING,
}  # fmt: skip
"""Where an edition must still stand for a notice of it to be worth telling."""
OF_RUNS: Final = frozenset({About.FAILED, About.GATE})
"""Notices of a run that left nothing to review."""
_OF_CONTENT: Final = frozenset({About.REVIEW, About.BLOCKED})


def _end(edition: Edition) -> str:
    return edition.expires_at.isoformat()


def _matter(edition: Edition, about: About, mark: str, reason: str, ends_at: dt.datetime) -> Matter:
    return Matter(str(edition.key), about, mark, reason, ends_at, str(edition.revision.number))
