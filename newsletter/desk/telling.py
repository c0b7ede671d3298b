"""Telling editors by e-mail what awaits them, each with their own link to approve it.

What is to be told stands in the store before any letter goes, and stays there until the mail
server has taken it: a server that is away delays a notice and loses none. Nobody is told the
same twice, whichever process would; a process that dies after the server took a letter and
before the store knows is the one exception, and the letter comes again.

Nothing here can break a run, and the desk shows it all anyway.
"""

from typing import Any, Final

from newsletter.app import House
from newsletter.desk.alert_post import AlertPost
from newsletter.desk.alerts import Alerts
from newsletter.desk.matters import OF_RUNS, Matters, wanted
from newsletter.desk.security.links import Links
from newsletter.errors import ConfigError, NewsletterError, SendError
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import Edition, EditionKey, State
from newsletter.review.notice import About, Matter, Notice
from newsletter.review.roles import MAY, Act
from newsletter.send.letters import letter_message
from newsletter.send.transport import Transport, Unavailable

MOST: Final = 50
"""Letters that one look sends."""
LONGEST: Final = 500
SIMULATED: Final = "An edition of the sample market"
NOT_SHOWN: Final = "Its figures are simulated and stay at the desk."
_OF_COPIES: Final = frozenset({About.STOPPED, About.DOUBT, About.PAUSED})
"""Notices of a delivery: findings are no matter any more."""


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
        self._matters = Matters(house)
        self.alerts = Alerts(house)
        self._alert_post = AlertPost(house)

    def tell_all(self) -> int:
        """Let editors be told what there is to tell; return how many letters went."""
        found = list(self._matters.all())
        for matter in found:
            if wanted(self._house.config, EditionKey.parse(matter.edition).kind):
                self.let_tell(matter)
        self.alerts.of_matters(found)
        return self.post() + self._alert_post.post()

    def let_tell(self, matter: Matter) -> bool:
        """Let every active editor be told of a matter; False where they have been."""
        house = self._house
        if house.notices.known(matter) or self._of_more(matter):
            return False
        editors = [one.name for one in house.editors.all() if one.active and one.email]
        now = house.clock.now()
        entry = AuditEntry(now, "pipeline", "notice", matter.edition, matter.detail)
        return bool(house.notices.put(matter, editors, entry))

    def _of_more(self, matter: Matter) -> bool:
        """Whether editors were told of more copies in doubt: some were decided since."""
        if matter.about is not About.DOUBT:
            return False
        known = self._house.notices.marks(matter.edition, About.DOUBT)
        return any(mark.isdigit() and int(mark) >= int(matter.mark) for mark in known)

    def post(self) -> int:
        """Send the letters that are due; return how many went."""
        house, groups = self._house, dict[str, list[Notice]]()
        for notice in house.notices.take(house.clock.now(), MOST):
            key = EditionKey.parse(notice.edition)
            why = self._matters.void(notice, house.editions.find(key))
            kind = house.config.kind(key.kind)
            if not why and not wanted(house.config, key.kind):
                why = "config.yaml does not let editors be told of it any more"
            if why or kind is None:
                self._drop(notice, why)
            else:
                groups.setdefault(kind.sender, []).append(notice)
        return sum(self._send(sender, group) for sender, group in groups.items())

    # -- how a letter fares ------------------------------------------------------------------

    def _send(self, sender: str, left: list[Notice]) -> int:
        """Send by one way out, else by that of the alerts; what cannot go is put off."""
        sent = 0
        try:
            with self._house.transport(sender) as way:
                while left:
                    sent += self._one(way, sender, left[0])
                    left.pop(0)
        except (NewsletterError, ConfigError, OSError) as error:
            other = self._house.config.alerts.sender
            if other is not None and other != sender:
                return sent + self._send(other, left)
            for notice in left:
                self._put_off(notice, str(error))
        return sent

    def _one(self, way: Transport, sender: str, notice: Notice) -> bool:
        """Send one letter; tell whether the server took it.

        Raises
        ------
        Unavailable
            If there is no server to take anything.
        """
        from newsletter.render.letters import letter

        house = self._house
        editor = next(one for one in house.editors.all() if one.name == notice.editor)
        try:
            made = letter(
                "notice", house.config.publication, house.templates(),
                self._words(notice, editor), logo=house.logo(),
            )  # fmt: skip
            envelope = letter_message(
                made, house.config.senders[sender], editor.email, house.signer, notice.made_at,
                name=editor.name, stamp=house.stamp(sender),
            )  # fmt: skip
            way.send(envelope, lambda: None)
        except Unavailable:
            raise
        except NewsletterError as error:
            if isinstance(error, SendError) and error.permanent:
                self._drop(notice, str(error))
            else:
                self._put_off(notice, str(error))
            return False
        house.notices.delivered(notice)
        return True

    def _put_off(self, notice: Notice, why: str) -> None:
        now, why = self._house.clock.now(), why[:LONGEST]
        detail = {"about": str(notice.about), "mark": notice.mark, "why": why}
        entry = AuditEntry(now, "pipeline", "notice failed", notice.edition, detail)
        self._house.notices.put_off(notice, why, notice.next_at(now), entry)

    def _drop(self, notice: Notice, why: str) -> None:
        detail = {
            "about": str(notice.about), "mark": notice.mark, "editor": notice.editor,
            "why": why[:LONGEST],
        }  # fmt: skip
        now = self._house.clock.now()
        entry = AuditEntry(now, "pipeline", "notice dropped", notice.edition, detail)
        self._house.notices.drop(notice, why[:LONGEST], entry)

    # -- the letters -------------------------------------------------------------------------

    def _words(self, notice: Notice, editor: Any) -> dict[str, Any]:
        house = self._house
        words: dict[str, Any] = {
            "variant": str(notice.about), "edition": notice.edition, "reason": notice.reason,
        }  # fmt: skip
        edition = house.editions.find(EditionKey.parse(notice.edition))
        if notice.about in OF_RUNS or edition is None:
            run = house.runs.find(notice.edition)
            stage = f"stopped in {run.stage}" if run and run.stage else "stopped"
            return words | {"state": stage, "link": f"{self._address()}/"}
        revision = edition.revision
        mail = house.pipeline.mail(revision.rendered)
        findings = house.pipeline.report(revision.report).findings
        words |= {
            "state": str(edition.state).replace("_", " "), "deadline": edition.expires_at,
            "headline": mail.subject, "dek": mail.preheader,
            "findings": () if notice.about in _OF_COPIES else findings,
            "link": self._link(notice, edition, editor),
        }  # fmt: skip
        if mail.sample:  # no simulated figure leaves the machine, not even in a finding
            words |= {"headline": SIMULATED, "dek": NOT_SHOWN, "findings": ()}
        return words

    def _address(self) -> str:
        return self._house.config.desk.address.rstrip("/")

    def _link(self, notice: Notice, edition: Edition, editor: Any) -> str:
        house, revision = self._house, edition.revision
        if notice.about in _OF_COPIES:
            return f"{self._address()}/deliveries/{edition.key}"
        own = house.config.review.four_eyes and revision.author == editor.name
        ready = edition.state is State.IN_REVIEW and not house.desk.blocked(edition)
        if ready and not own and Act.APPROVE in MAY[editor.role]:
            token = self._links.make(str(edition.key), revision.content, editor.name)
            return f"{self._address()}/approve/{token}"
        return f"{self._address()}/editions/{edition.key}"
