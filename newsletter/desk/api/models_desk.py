"""The shapes of words, comments and runs."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from newsletter.desk import editing
from newsletter.desk.api.models import Shape
from newsletter.draft.erratum import MOST_LINE, MOST_POINTS
from newsletter.draft.untrusted import LONGEST_INSTRUCTION
from newsletter.review.comments import LONGEST as LONGEST_COMMENT
from newsletter.review.roles import Role
from newsletter.underway import Making

Text = Annotated[str, StringConstraints(max_length=editing.LONGEST)]
Line = Annotated[str, StringConstraints(max_length=400)]
Passage = Annotated[str, StringConstraints(min_length=1, max_length=MOST_LINE)]
MOST_EDITS = 60


# -- words -----------------------------------------------------------------------------------


class Part(Shape):
    """A stretch of body text."""

    heading: Text = Field(description="May be empty.")
    paragraphs: list[Text] = Field(max_length=editing.MOST)


class Words(Shape):
    """All words of a draft; `{{IWM.return.1d}}` stands for a fact of the edition."""

    kicker: Text = Field(description="The line above the title; may be empty.")
    headline: Text = Field(description="The title, which is the mail's subject.")
    dek: Text = Field(description="The standfirst.")
    preheader: Text = Field(description="The preview line of an inbox.")
    bullets: list[Text] = Field(max_length=editing.MOST, description="In short.")
    sections: list[Part] = Field(max_length=editing.MOST, description="The body.")
    counter: Part = Field(description="The opposing case.")
    verdict: Text
    watch: list[Text] = Field(max_length=editing.MOST, description="What we watch.")
    change_mind: list[Text] = Field(
        max_length=editing.MOST, description="What would change our mind."
    )
    charts: list[Line] = Field(max_length=editing.MOST, description="Names, in their order.")


class Edit(Shape):
    """One change of one part."""

    act: Literal["put", "insert", "remove", "up", "down", "choose"] = Field(
        description="Put other words there, new ones before it, take it out, exchange it with its "
        "neighbour; choose the charts."
    )
    part: str = Field(
        max_length=120,
        description="E.g. headline, bullets.0, sections.1.paragraphs.2, counter.heading, charts; "
        "of an insert the place, which may be one past the end.",
    )
    text: Text = Field(default="", description="New words; of choose the charts' names.")

    @field_validator("part")
    @classmethod
    def _fits(cls, part: str, info: Any) -> str:
        if (part == "charts") is not (info.data.get("act") == "choose"):
            raise ValueError("charts are chosen, and nothing else is")
        return part


class Edits(Shape):
    """Edits in their order; each means the parts as those before it left them."""

    edits: list[Edit] = Field(min_length=1, max_length=MOST_EDITS)


class Wanted(Shape):
    """What is to be said in other words."""

    part: Line = Field(description="headline, dek, bullets.0, sections.1.paragraphs.0 …")
    revision: int | None = Field(
        default=None, ge=1, le=10_000, description="Whose words; by default the latest's."
    )
    instruction: Annotated[str, StringConstraints(max_length=LONGEST_INSTRUCTION)] = Field(
        default="", description="How it is to read: shorter, more cautious …"
    )
    text: Text = Field(default="", description="What stands there now, where it was not saved.")


class Proposal(Shape):
    """Other words for a part."""

    id: str
    part: str
    revision: int
    hand: str = Field(description="Who writes it: house-writer@3 or model:NAME.")
    course: str = Field(description="writing, done, failed, cancelled, taken or discarded.")
    text: str | None = Field(description="The words, with slots, once they are there.")
    problems: list[str] = Field(description="What is still wrong with them.")
    problem: str | None = Field(description="Why there are none.")


class Wrong(Shape):
    """One thing that was wrong in a mail."""

    said: Passage = Field(description="As it was sent, word for word: whole sentences.")
    right: Passage = Field(description="What is right; its figures are slots.")


class Erratum(Shape):
    """What a correction says."""

    points: list[Wrong] = Field(min_length=1, max_length=MOST_POINTS)
    cause: Passage = Field(description="How it came about.")
    changed: Passage = Field(description="What was changed, or that nothing else rested on it.")


class Cited(Shape):
    """A fact that somebody else published."""

    name: Line = Field(description="The subject in words, as the text calls it.")
    value: Line = Field(description="A plain decimal number, with the decimals its source prints.")
    unit: Line = Field(description="percent, points, bps, usd, index, number or count.")
    source: Line = Field(description="Who published it, and where.")
    link: Line = Field(description="An https address at which it can be read.")
    date: Line = Field(description="The day it was published or holds for; not after the session.")
    id: Line = Field(default="", description="Middle of its id; made from the name where empty.")
    period: Line = Field(default="", description="A period the text must name with it: 1m, ytd …")
    change: bool = Field(default=False, description="Whether it is a change, not a level.")


# -- comments --------------------------------------------------------------------------------


class Say(Shape):
    """Something to say of an edition."""

    words: str = Field(min_length=1, max_length=LONGEST_COMMENT)
    part: str = Field(default="", max_length=120, description="What it is about; or the whole.")
    answers: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="The comment that it answers."
    )


class Comment(Shape):
    """Something that somebody said. It is text, whatever it looks like."""

    id: int
    edition: str
    revision: int = Field(description="Which one its author looked at.")
    part: str = Field(description="What it is about; empty for the whole.")
    author: str
    at: dt.datetime
    words: str
    answers: int | None = Field(description="The comment that it answers.")
    resolved_by: str | None = Field(description="Who called the matter settled.")
    resolved_at: dt.datetime | None


# -- runs ------------------------------------------------------------------------------------


class Run(Shape):
    """How far the last run of an edition is."""

    edition: str
    run: str
    work: str = Field(description="run, revise or draft.")
    state: str = Field(description="running, done, failed, or stale where it fell silent.")
    stage: str
    message: str
    done: int
    total: int = Field(description="0 where nobody knows.")
    hand: str = Field(description="Who writes.")
    reason: str = Field(description="Why it failed.")
    started_at: dt.datetime
    updated_at: dt.datetime = Field(description="Its last sign of life.")
    seconds: int

    @classmethod
    def of(cls, making: Making, now: dt.datetime) -> "Run":
        """Return a run as it stands at an instant."""
        told = making.to_json(now)
        return cls.model_validate({name: told[name] for name in cls.model_fields})


class Check(Shape):
    """How one thing fares that the house relies on."""

    name: str
    good: bool
    said: str
    at: dt.datetime | None = None


class Health(Shape):
    """How the house fares."""

    good: bool
    checks: list[Check]


# -- tables, people --------------------------------------------------------------------------


class Sheet(Shape):
    """A table that an edition's form makes of the session's facts."""

    title: str
    there: bool = Field(description="Whether the latest draft has it.")


class Titled(Shape):
    """Which table."""

    title: Line


class Newcomer(Shape):
    """Who is to be at the desk, and as what."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    role: Role


class Appointed(Shape):
    """As what somebody is to be at the desk."""

    role: Role


class Invited(Shape):
    """Who was invited, and whether the letter went."""

    name: str
    role: str
    mailed: bool = Field(description="Whether the invitation has left this machine.")
    said: str = Field(description="In words, how that went.")
