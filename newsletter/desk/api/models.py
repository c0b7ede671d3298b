"""What programs get and give: the shapes, and what each field means."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from newsletter.review import edition as review

Key = Annotated[
    str,
    Path(
        pattern=r"^\d{4}-\d{2}-\d{2}\.[A-Z]{4}\.[a-z][a-z0-9_]*$", max_length=64,
        description="The edition, e.g. 2026-07-02.XNYS.evening.",
        examples=["2026-07-02.XNYS.evening"],
    ),
]  # fmt: skip


class Shape(BaseModel):
    """What all of them share."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Revision(Shape):
    """One version of an edition's content; never changed, only followed by another."""

    number: int = Field(description="From 1.")
    author: str = Field(description="The writer or editor who made it.")
    made_at: dt.datetime = Field(description="When.")
    content: str = Field(description="Hash of mail and facts: what a decision is about.")
    blocked: bool = Field(description="Whether preflight blocks it.")


class Approval(Shape):
    """An editor's signature under one content."""

    editor: str = Field(description="Who signed.")
    at: dt.datetime = Field(description="When.")
    content: str = Field(description="Exactly what was signed.")


class Override(Shape):
    """A blocking finding that somebody answers for."""

    finding: str = Field(description="Its key.")
    rule: str = Field(description="The rule that found it.")
    reason: str = Field(description="Why it does not hold.")
    editor: str = Field(description="Who answers for it.")
    role: str = Field(description="As what.")
    at: dt.datetime = Field(description="Since when.")


class Edition(Shape):
    """An edition as it stands."""

    key: str = Field(description="Its name for ever.")
    state: review.State = Field(description="Where it stands.")
    created_at: dt.datetime = Field(description="When it was first made.")
    expires_at: dt.datetime = Field(description="When it is stale.")
    reason: str | None = Field(description="Why it is rejected, held, cancelled or expired.")
    revision: Revision = Field(description="The latest one.")
    approval: Approval | None = Field(description="The signature, where there is one.")
    overrides: list[Override] = Field(description="Findings of it that somebody answers for.")

    @classmethod
    def of(cls, edition: review.Edition) -> "Edition":
        """Return an edition in this shape."""
        return cls(
            key=str(edition.key), state=edition.state, created_at=edition.created_at,
            expires_at=edition.expires_at, reason=edition.reason or None,
            revision=Revision.model_validate(edition.revision),
            approval=Approval.model_validate(edition.approval) if edition.approval else None,
            overrides=[Override.model_validate(one) for one in edition.overrides],
        )  # fmt: skip


class Editions(Shape):
    """A page of editions, latest session first."""

    items: list[Edition]
    total: int = Field(description="How many match.")
    next: str | None = Field(description="What to give as `before` for the next page.")


class Claim(Shape):
    """Words of the mail that say something, and what the facts say of them."""

    text: str = Field(description="The words.")
    kind: str = Field(description="number, date, count …")
    verdict: str = Field(description="proved, contradicted, unsupported, ambiguous or opinion.")
    fact: str | None = Field(description="The fact that proves or contradicts them.")
    expected: str | None = Field(description="What is true, where they are contradicted.")
    part: str = Field(description="subject, preheader, html or text.")
    span: tuple[int, int] = Field(description="Where, in code points of the part.")


class Finding(Shape):
    """Something wrong with the mail."""

    key: str = Field(description="Names it, e.g. to override it.")
    rule: str = Field(description="The rule that found it.")
    severity: str = Field(description="block, warn or info.")
    message: str = Field(description="What is wrong, and how to mend it.")
    words: str = Field(description="The flagged words.")
    part: str = Field(description="Where they stand.")


class Report(Shape):
    """What preflight says of a revision."""

    revision: int = Field(description="Which one.")
    blocked: bool = Field(description="Whether anything blocks it.")
    verdicts: dict[str, int] = Field(description="How many claims there are of each verdict.")
    outstanding: list[str] | None = Field(
        description="Keys of blocking findings nobody answers for; null where unknown."
    )
    claims: list[Claim]
    findings: list[Finding]


class Piece(Shape):
    """Words that stand in both revisions, in the first (out) or the second (in)."""

    kind: str = Field(description="same, out or in.")
    words: str


class Diff(Shape):
    """What changed from one revision's text to another's."""

    first: int = Field(description="The earlier revision.")
    second: int = Field(description="The later one.")
    paragraphs: list[list[Piece]]


class Reason(Shape):
    """Why something is decided."""

    reason: str = Field(min_length=1, max_length=2000, description="A sentence.")


class Overriding(Reason):
    """Which finding does not hold, and why."""

    finding: str = Field(min_length=1, max_length=64, description="Its key.")


class Conflict(Shape):
    """A part that two people changed; nobody's words are dropped for the other's."""

    part: str = Field(description="As the edit named it.")
    now: str = Field(description="What it is called in the latest revision; empty where gone.")
    base: str = Field(description="What both began with.")
    theirs: str = Field(description="What stands there now.")
    mine: str = Field(description="What the edit says.")


class Begun(Shape):
    """Work on an edition that a worker does."""

    key: str = Field(description="The edition.")
    begun: bool = Field(description="Always true; where it goes on already, that is a conflict.")


class Facts(Shape):
    """The facts of a revision, page by page."""

    revision: int
    total: int = Field(description="How many match.")
    items: list[dict[str, Any]] = Field(description="As in the contract `ledger/1`.")
    next: int | None = Field(description="What to give as `offset` for the next page.")


class Signals(Shape):
    """What the facts of a revision amount to."""

    revision: int
    items: list[dict[str, Any]] = Field(description="As in the contract `ledger/1`.")


class Entry(Shape):
    """One line of the audit log."""

    seq: int = Field(description="Its number in the chain, from 1.")
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    hash: str = Field(description="Its own, which covers the one before.")


class Audit(Shape):
    """A page of the audit log, newest first."""

    items: list[Entry]
    total: int = Field(description="How many match.")
    next: int | None = Field(description="What to give as `before` for the next page.")
    checked: bool = Field(description="Whether the whole chain was gone through for this answer.")
    broken: int | None = Field(
        description="First entry that was altered in the database; null where none was found."
    )


class Person(Shape):
    """Somebody at the desk."""

    name: str
    email: str
    role: str
    active: bool


class Me(Shape):
    """Who a key acts for, and what it may do."""

    editor: str
    role: str
    key: str = Field(description="What the key is for.")
    scopes: list[str]
    ends_at: dt.datetime | None


def shaped(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim's or finding's JSON with every field there."""
    return {"part": "", **claims}
