"""Telling editors by e-mail what awaits them, each with their own link to approve it.

Nothing here can break a run: what could not be told stands in the audit log, and the desk
shows it anyway. Nobody is told the same twice, whichever process would.
"""

import datetime as dt
from enum import StrEnum
from typing import Any, Final

from newsletter.app import House
from newsletter.config import Config
from newsletter.desk.security.links import Links
from newsletter.errors import ConfigError, NewsletterError
from newsletter.render.letters import Letter, letter
from newsletter.review.desk import LATE, AuditEntry
from newsletter.review.edition import Edition, State
from newsletter.review.plan import Plan
from newsletter.review.roles import MAY, Act
from newsletter.send.letters import letter_message

RECENT: Final = dt.timedelta(hours=6)
"""How long after an edition's end editors are still told of it."""
LOOKED_AT: Final = 20
"""Latest editions that are looked at for something to tell."""
SIMULATED: Final = "An edition of the sample market"
NOT_SHOWN: Final = "Its figures are simulated and stay at the desk."


class About(StrEnum):
    """What editors are told of; each is a variant of the letter ``notice``."""

    REVIEW = "review"
    BLOCKED = "blocked"
    REMINDER = "reminder"
    EXPIRED = "expired"
    HELD = "held"
    PLAN = "plan"


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
    return config.senders[found.sender].transport != "maildir" if chosen is None else chosen


class Telling:
    """Tells the editors of a house.

    Parameters
    ----------
    house : House
        The workspace.
    links : Links
        Makes links to approve.
    """

    def __init__(self, house: House, links: Links) -> None:
        self._house, self._links = house, links

    def tell_all(self) -> int:
        """Tell what there is to tell of the latest editions; return how many letters went."""
        latest = self._house.editions.all(LOOKED_AT)
        return sum(self.tell(each, about) for each in latest for about in self._due(each))

    def plan_refused(self, plan: Plan, why: str) -> None:
        """Tell that a plan was not carried out, and why."""
        edition = next(
            (one for one in self._house.editions.all(LOOKED_AT) if str(one.key) == plan.edition),
            None,
        )
        if edition is not None:
            reason = f"It was to go out by a plan of {plan.by}, and did not: {why}."
            self.tell(edition, About.PLAN, reason, plan.at.isoformat())

    def tell(self, edition: Edition, about: About, reason: str = "", mark: str = "") -> int:
        """Tell every active editor, unless they have been; return how many letters went.

        Parameters
        ----------
        edition : Edition
            What it is about.
        about : About
            What about it.
        reason : str
            One sentence in the letter.
        mark : str
            Two tellings of one mark are the same; by default the edition's content, or for
            what the clock does its end.
        """
        if not wanted(self._house.config, edition.key.kind):
            return 0
        mark = mark or _mark(edition, about)
        detail = {"about": str(about), "mark": mark, "revision": str(edition.revision.number)}
        if self._house.once.done("notice", str(edition.key), detail):
            return 0
        entry = AuditEntry(self._house.clock.now(), "pipeline", "notice", str(edition.key), detail)
        if not self._house.once.begin(entry):
            return 0
        sent, failed = self._send(edition, about, reason or self._reason(edition, about))
        if failed:
            told = {"about": str(about), "sent": str(sent), "why": "; ".join(failed)[:500]}
            self._record(edition, "notice failed", told)
        return sent

    # -- what there is to tell -------------------------------------------------------------

    def _due(self, edition: Edition) -> list[About]:
        now, ends = self._house.clock.now(), edition.expires_at
        if edition.state is State.IN_REVIEW and now < ends:
            due = [About.BLOCKED if self._house.desk.blocked(edition) else About.REVIEW]
            remind = dt.timedelta(minutes=self._house.config.review.remind_minutes)
            # Whoever was told of it a moment ago needs no reminding.
            waited = now - edition.revision.made_at >= min(remind, dt.timedelta(minutes=5))
            return [*due, About.REMINDER] if ends - now <= remind and waited else due
        recent = ends <= now < ends + RECENT
        if recent and edition.state is State.EXPIRED:
            return [About.EXPIRED]
        if recent and edition.state is State.HELD and edition.reason == LATE:
            return [About.HELD]
        return []

    def _reason(self, edition: Edition, about: About) -> str:
        if about is not About.REMINDER:
            return ""
        left = edition.expires_at - self._house.clock.now()
        minutes = max(1, round(left.total_seconds() / 60))
        return f"Nobody has approved it yet, and its time is over in {minutes} min."

    # -- the letters -----------------------------------------------------------------------

    def _send(self, edition: Edition, about: About, reason: str) -> tuple[int, list[str]]:
        """Send to each editor; return how many letters went, and why others did not."""
        house, failed, sent = self._house, list[str](), 0
        try:
            kind = house.config.kind(edition.key.kind)
            sender = kind.sender if kind else ""
            settings = house.config.senders[sender]
            words = self._words(edition, about, reason)
            with house.transport(sender) as way:
                for editor in house.editors.all():
                    if not (editor.active and editor.email):
                        continue
                    try:
                        made = self._letter(words, self._link(edition, editor))
                        envelope = letter_message(
                            made, settings, editor.email, house.signer, house.clock.now(),
                            name=editor.name,
                        )  # fmt: skip
                        way.send(envelope, lambda: None)
                        sent += 1
                    except NewsletterError as error:
                        failed.append(f"{editor.name}: {error}")
        except (NewsletterError, ConfigError, OSError) as error:
            failed.append(str(error))
        return sent, failed

    def _letter(self, words: dict[str, Any], link: str) -> Letter:
        house = self._house
        given = {**words, "link": link}
        return letter(
            "notice", house.config.publication, house.templates(), given, logo=house.logo()
        )

    def _words(self, edition: Edition, about: About, reason: str) -> dict[str, Any]:
        house, revision = self._house, edition.revision
        mail, report = (
            house.pipeline.mail(revision.rendered),
            house.pipeline.report(revision.report),
        )
        words: dict[str, Any] = {
            "variant": str(about), "edition": str(edition.key),
            "state": str(edition.state).replace("_", " "), "deadline": edition.expires_at,
            "headline": mail.subject, "dek": mail.preheader, "reason": reason,
            "findings": report.findings,
        }  # fmt: skip
        if mail.sample:  # no simulated figure leaves the machine, not even in a finding
            words |= {"headline": SIMULATED, "dek": NOT_SHOWN, "findings": ()}
        return words

    def _link(self, edition: Edition, editor: Any) -> str:
        house, address = self._house, self._house.config.desk.address.rstrip("/")
        revision = edition.revision
        own = house.config.review.four_eyes and revision.author == editor.name
        ready = edition.state is State.IN_REVIEW and not house.desk.blocked(edition)
        if ready and not own and Act.APPROVE in MAY[editor.role]:
            token = self._links.make(str(edition.key), revision.content, editor.name)
            return f"{address}/approve/{token}"
        return f"{address}/editions/{edition.key}"

    def _record(self, edition: Edition, action: str, detail: dict[str, str]) -> None:
        entry = AuditEntry(self._house.clock.now(), "pipeline", action, str(edition.key), detail)
        self._house.audit.record(entry)


def _mark(edition: Edition, about: About) -> str:
    if about in {About.REVIEW, About.BLOCKED}:
        return edition.revision.content
    return edition.expires_at.isoformat()
