"""What each letter must be told: small types that refuse what a mail must not print."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    model_validator,
)

from newsletter.compute.facts import Ledger
from newsletter.draft.claims import fill
from newsletter.draft.erratum import MOST_LINE, MOST_POINTS
from newsletter.preflight.report import Finding, Severity
from newsletter.render.clean import clean, refuse_links, refuse_slots, shortened
from newsletter.render.page import date, instant
from newsletter.render.sources import CitedSource

MOST_NAME = 60
"""Characters of a reader's name that are printed."""
MOST_ALERTS = 8
"""Alerts of one letter that are told in full."""
MOST_LINES = 40
"""Kinds of alerts that one letter counts."""
MOST_FINDINGS = 5
"""Findings told in a notice; the desk shows them all."""

_LINK = re.compile(r"(?:https://[^\s/@\"'<>\\]+|http://127\.0\.0\.1(?::\d{1,5})?)(?:/[!-~]*)?")
_UNSAFE = re.compile(r"[\"'<>\\{}]")
_LINKABLE = re.compile(r"[/\\@{}]|:\S|\w\.\w{2,}|\d{5}")
_BRACES = re.compile(r"\{(?=[{%])")
_MARK = re.compile(r"[^\W\d_]")
_KEY = r"^\d{4}-\d{2}-\d{2}\.[A-Z]{4}\.[a-z][a-z0-9_]*$"


def _plain(text: str) -> str:
    """Clean a text and part its braces.

    A finding may quote a slot that was left over: that must neither look like the mail's
    own machinery nor keep an editor from hearing of it.
    """
    return _BRACES.sub("{ ", clean(text))


def _said(text: str) -> str:
    if not text:
        raise ValueError("must hold words that can be printed")
    return text


def _link(text: str) -> str:
    if not _LINK.fullmatch(text) or _UNSAFE.search(text):
        raise ValueError("must be a whole https:// address without spaces, quotes or braces")
    return text


def _printable(text: Any) -> Any:
    # Before pydantic looks: it refuses half a character, which cleaning takes away.
    return shortened(_plain(text), MOST_LINE) if isinstance(text, str) else text


def _greeted(text: Any) -> Any:
    return greeting_name(text) if isinstance(text, str) else text


def greeting_name(text: str) -> str:
    """Return a reader's name as it may be printed, or nothing.

    Anybody can type a stranger's address into a form and an advertisement for the name. A
    name that a mail program would turn into a link, or one without a letter, is left out.

    Examples
    --------
    >>> greeting_name("Ada\u202e  Lovelace"), greeting_name("Dr. J.R.R. Tolkien")
    ('Ada Lovelace', 'Dr. J.R.R. Tolkien')
    >>> greeting_name("win at evil\N{FULLWIDTH FULL STOP}example")
    ''
    """
    text = clean(text)
    plain = unicodedata.normalize("NFKC", text).replace("\N{IDEOGRAPHIC FULL STOP}", ".")
    if _LINKABLE.search(plain) or not _MARK.search(plain):
        return ""
    return shortened(text, MOST_NAME)


Aside = Annotated[str, BeforeValidator(_printable)]
"""One cleaned line that may be empty; an endless one is cut."""
Line = Annotated[Aside, AfterValidator(_said)]
"""The same, which says something."""
Slotted = Annotated[str, Field(max_length=MOST_LINE), AfterValidator(clean), AfterValidator(_said)]
"""A line with slots in it, which the ledger fills."""
Link = Annotated[str, Field(max_length=900), AfterValidator(_link)]
"""An address that may stand in mail: https, or this machine for trials."""
Name = Annotated[str, BeforeValidator(_greeted)]
"""A reader's name, empty where it cannot be printed."""
Key = Annotated[str, Field(pattern=_KEY, max_length=80)]
"""An edition's key."""


class Words(BaseModel):
    """What a letter prints besides the house's own words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    TO_A_LIST: ClassVar[bool] = False
    """Whether it goes to the readers of a list, each with a link to leave it."""

    @property
    def simulated(self) -> bool:
        """Whether it speaks of a simulated market."""
        return False

    def printed(self, zone: str) -> dict[str, Any]:
        """Return what the templates may print; instants in a time zone."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: instant(value, zone) if isinstance(value, dt.datetime) else value
            for name, value in given.items()
        }


class Confirm(Words):
    """The question whether an address's owner wants the mail (double opt-in).

    `address` asked at the instant `asked` for `what`, which comes `when`; the link works
    until `expires`.
    """

    address: Line
    what: Line
    when: Line
    asked: AwareDatetime
    expires: AwareDatetime
    link: Link
    name: Name = ""


class Welcome(Words):
    """The first mail after confirming: `what` comes `when`, how to read it, where to change it.

    Where nothing has been sent yet there is no `latest`.
    """

    what: Line
    when: Line
    latest_headline: Aside = ""
    latest: Link | Literal[""] = ""
    preferences: Link
    unsubscribe: Link
    name: Name = ""


class Unsubscribed(Words):
    """Goodbye: `what` is no longer sent since `at`; `undo` takes it back."""

    what: Line
    at: AwareDatetime
    undo: Link
    name: Name = ""


class Notice(Words):
    """A word to the editors about an edition.

    `variant` tells what it is about: an edition awaits ``review``, preflight ``blocked`` it,
    its run ``failed`` for `reason`, the data ``gate`` is closed to it, it ``expired`` without an
    approval or was ``held`` for want of one, a ``reminder`` before that or before an approved
    one goes ``unsent``, a ``plan`` to send it that was not carried out. Of its delivery: it
    ``stopped`` by itself, copies are in ``doubt``, it is ``paused`` past its time. `deadline`
    is the instant after which it is not sent.
    """

    variant: Literal[
        "review", "blocked", "failed", "gate", "expired", "held", "reminder", "unsent", "plan",
        "stopped", "doubt", "paused",
    ]  # fmt: skip
    edition: Key
    state: Line
    link: Link
    headline: Aside = ""
    dek: Aside = ""
    deadline: AwareDatetime | None = None
    reason: Aside = ""
    findings: tuple[InstanceOf[Finding], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Notice":
        of_a_run = self.variant in {"failed", "gate"}
        if of_a_run and not self.reason:
            raise ValueError("a notice of a failed run needs reason: one sentence")
        if not of_a_run and not (self.headline and self.deadline):
            raise ValueError(f"a notice of variant {self.variant} needs headline and deadline")
        return self

    def printed(self, zone: str) -> dict[str, Any]:
        """Return the words, with the findings counted and the gravest told."""
        told = summary(self.findings)
        return {**super().printed(zone), "counts": told.counts, "told": told.first,
                "more": told.more}  # fmt: skip


class Told(BaseModel):
    """One alert: what became of it, how soon somebody has to look, what was found, what to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    change: Literal["began", "worse", "over"]
    level: Literal["warn", "urgent"]
    title: Line
    said: Line
    mend: Aside = ""
    since: AwareDatetime

    @property
    def label(self) -> str:
        """How a line of it begins, e.g. ``Urgent``."""
        if self.change == "over":
            return "Over"
        if self.level == "urgent":
            return "Urgent"
        return "Worse" if self.change == "worse" else "Alert"


class Alert(Words):
    """A word to those who are told of alerts: one, or all that came together."""

    items: tuple[Told, ...] = Field(min_length=1, max_length=1000)
    link: Link

    def printed(self, zone: str) -> dict[str, Any]:
        """Return the words: a few alerts each for itself, the others counted."""
        counts = Counter(f"{item.label}: {item.title}" for item in self.items)
        shown = [
            {"label": item.label, "title": item.title, "said": item.said,
             "mend": "" if item.change == "over" else item.mend, "since": instant(item.since, zone)}
            for item in self.items[:MOST_ALERTS]
        ]  # fmt: skip
        return {
            "link": self.link, "items": shown, "first": shown[0], "total": len(self.items),
            "counts": list(counts.items())[:MOST_LINES], "more": len(self.items) - len(shown),
        }  # fmt: skip


class Point(BaseModel):
    """One thing that was wrong: `said` as it was printed, `right` with slots."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    said: Line
    right: Slotted


class Correction(Words):
    """A correction to readers of one edition.

    `right`, `cause` and `changed` hold slots (``{{IWM.return.ytd}}``), filled from `ledger`:
    no figure of a correction is typed. `edition` and `headline` name what is corrected;
    the headline is left out where it is itself a point. `link` shows the edition, where it
    stands anywhere; `cited` names the sources of facts that an editor added.
    """

    TO_A_LIST: ClassVar[bool] = True

    edition: Key
    headline: Aside
    points: tuple[Point, ...] = Field(min_length=1, max_length=MOST_POINTS)
    cause: Slotted
    changed: Slotted
    link: Link | Literal[""] = ""
    ledger: InstanceOf[Ledger]
    cited: tuple[InstanceOf[CitedSource], ...] = ()

    @model_validator(mode="after")
    def _same_session(self) -> "Correction":
        if not self.edition.startswith(f"{self.ledger.session}."):
            raise ValueError(
                f"edition {self.edition} is corrected from the ledger of {self.ledger.session}; "
                "take the ledger of the same session"
            )
        return self

    @property
    def simulated(self) -> bool:
        """Whether the corrected figures are of a simulated market."""
        return self.ledger.simulated

    def printed(self, zone: str) -> dict[str, Any]:
        """Return the words with every slot filled.

        Raises
        ------
        UnknownSlot
            If the ledger has no such fact or form.
        RenderError
            If braces remain.
        DraftError
            If a text holds a link.
        """
        points = [{"said": one.said, "right": self._filled(one.right)} for one in self.points]
        words = {"cause": self._filled(self.cause), "changed": self._filled(self.changed)}
        said = {point.said for point in self.points}
        words["headline"] = "" if self.headline in said else self.headline
        passages = list(words.values())
        passages += [text for one in points for text in one.values()]
        refuse_slots(passages)
        refuse_links(passages)
        day = date(self.ledger.session.date)
        return {**super().printed(zone), **words, "points": points, "day": day}

    def _filled(self, text: str) -> str:
        return clean(fill(text, self.ledger))


@dataclass(frozen=True, slots=True)
class Summary:
    """Findings as a notice tells them.

    Parameters
    ----------
    counts : str
        How many of each severity, in words.
    first : tuple of tuple of str
        Severity in words, rule and message of the gravest.
    more : int
        How many are not told.
    """

    counts: str
    first: tuple[tuple[str, str, str], ...]
    more: int


_GRAVITY: Mapping[Severity, tuple[str, str, str]] = {
    Severity.BLOCK: ("Blocks", "that blocks", "that block"),
    Severity.WARN: ("Warning", "warning", "warnings"),
    Severity.INFO: ("Remark", "remark", "remarks"),
}


def summary(findings: Iterable[Finding]) -> Summary:
    """Return findings counted by severity and the gravest of them.

    A sentence that stands in HTML and text is one matter, so findings of one key count once.
    """
    matters = {finding.key: finding for finding in findings}.values()
    order = list(_GRAVITY)
    ranked = sorted(matters, key=lambda finding: order.index(finding.severity))
    counts = []
    for severity, (_, one, many) in _GRAVITY.items():
        if number := sum(finding.severity is severity for finding in ranked):
            counts.append(f"{number} {one if number == 1 else many}")
    first = tuple(
        (
            _GRAVITY[finding.severity][0],
            _plain(finding.rule),
            shortened(_plain(finding.message), 300),
        )
        for finding in ranked[:MOST_FINDINGS]
    )
    return Summary(", ".join(counts), first, len(ranked) - len(first))
