"""Sending letters about alerts: by the editions' way out, else by that of the alerts."""

from collections import Counter
from typing import Any, Final

from newsletter.app import House
from newsletter.desk.alerts import ways
from newsletter.errors import ConfigError, NewsletterError, SendError
from newsletter.review.alert import Parcel
from newsletter.review.desk import AuditEntry
from newsletter.send.addresses import redact
from newsletter.send.letters import letter_message
from newsletter.send.transport import Transport, Unavailable

ALL: Final = "alerts"
"""What the audit log calls letters that are about no edition alone."""
LONGEST: Final = 500


class AlertPost:
    """Sends what waits.

    Parameters
    ----------
    house : House
        The workspace.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def post(self) -> int:
        """Send the letters that are due; return how many went."""
        house = self._house
        most = house.config.alerts.letters_an_hour
        parcels = house.alert_letters.take(house.clock.now(), most)
        left, why = self._addressed(parcels), dict[str, Exception]()
        wanted = len(left)
        for way in ways(house.config):
            if left:
                left = self._by(way, left, why)
        for parcel, _, _ in left:
            self._failed(parcel, why[parcel.letter])
        return wanted - len(left)

    def _addressed(self, parcels: list[Parcel]) -> list[tuple[Parcel, str, str]]:
        """Return letters with their addresses and names; who has gone is told nothing."""
        people = {one.name: one for one in self._house.editors.all()} if parcels else {}
        found = []
        for parcel in parcels:
            editor = people.get(parcel.recipient)
            if editor is None and "@" in parcel.recipient:
                found.append((parcel, parcel.recipient, ""))
            elif editor is not None and editor.active and editor.email:
                found.append((parcel, editor.email, editor.name))
            else:
                self._drop(parcel, f"{parcel.recipient[:80]} is no longer at the desk")
        return found

    def _by(
        self, way: str, left: list[tuple[Parcel, str, str]], why: dict[str, Exception]
    ) -> list[tuple[Parcel, str, str]]:
        """Send by one way out; return what it did not take, and note why in `why`."""
        kept, rest = [], list(left)
        try:
            with self._house.transport(way) as out:
                while rest:
                    error = self._one(out, way, *rest[0])
                    if error is not None:
                        why[rest[0][0].letter] = error
                        kept.append(rest[0])
                    rest.pop(0)
        except (NewsletterError, ConfigError, OSError) as error:
            why |= {parcel.letter: error for parcel, _, _ in rest}
        return kept + rest

    def _one(
        self, out: Transport, way: str, parcel: Parcel, address: str, name: str
    ) -> NewsletterError | None:
        """Send one letter; return why it did not go.

        Raises
        ------
        Unavailable
            If there is no server to take anything.
        """
        from newsletter.render.letters import letter

        house = self._house
        try:
            made = letter(
                "alert", house.config.publication, house.templates(), _words(house, parcel),
                logo=house.logo(),
            )  # fmt: skip
            envelope = letter_message(
                made, house.config.senders[way], address, house.signer, parcel.made_at,
                name=name, stamp=house.stamp(way),
            )  # fmt: skip
            out.send(envelope, lambda: None)
        except Unavailable:
            raise
        except NewsletterError as error:
            return error
        house.alert_letters.delivered(parcel)
        return None

    def _failed(self, parcel: Parcel, error: Exception) -> None:
        why, away = redact(str(error))[:LONGEST], isinstance(error, Unavailable)
        if isinstance(error, SendError) and error.permanent and not away:
            self._drop(parcel, why)
            return
        now = self._house.clock.now()
        detail = {"about": _about(parcel), "why": why}
        entry = AuditEntry(now, "pipeline", "notice failed", ALL, detail)
        self._house.alert_letters.put_off(parcel, why, parcel.next_at(now), entry)

    def _drop(self, parcel: Parcel, why: str) -> None:
        now, detail = self._house.clock.now(), {"about": _about(parcel), "why": why}
        entry = AuditEntry(now, "pipeline", "notice dropped", ALL, detail)
        self._house.alert_letters.drop(parcel, why, entry)


def _about(parcel: Parcel) -> str:
    kinds = Counter(line.standing.kind for line in parcel.lines)
    return ", ".join(f"{kind} {count}" if count > 1 else kind for kind, count in kinds.items())


def _words(house: House, parcel: Parcel) -> dict[str, Any]:
    items = [
        {
            "change": str(line.change), "level": str(line.standing.level),
            "title": line.standing.title, "said": line.standing.words,
            "mend": line.standing.mend, "since": line.standing.since,
        }
        for line in parcel.lines
    ]  # fmt: skip
    return {"items": items, "link": f"{house.config.desk.address.rstrip('/')}/"}
