"""One revision of an edition as the review room shows it: mail, facts, report, opened once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from newsletter.compute.facts import Fact, Ledger
from newsletter.desk.newsroom import Newsroom
from newsletter.draft.claims import Draft
from newsletter.errors import NotFound
from newsletter.preflight.report import Claim, Finding, Report, Severity, Verdict
from newsletter.render.rendered import Rendered
from newsletter.review import override
from newsletter.review.edition import Edition, EditionKey, Revision

FINE: Final = frozenset({Verdict.PROVED, Verdict.OPINION})
GRAVEST: Final = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Proof:
    """A claim beside what proves it.

    Parameters
    ----------
    number : int
        Place among the report's claims; the mail's marks carry it.
    claim : Claim
        The words and their verdict.
    fact : Fact or None
        The one it was held against.
    fine : bool
        Proved, or a view.
    """

    number: int
    claim: Claim
    fact: Fact | None
    fine: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, told once although it stands in both parts.

    Parameters
    ----------
    finding : Finding
        The first of its key.
    parts : tuple of str
        Where it stands.
    stands : str
        Why nobody may override it; empty where somebody may, or it does not block.
    given : Override or None
        Who answers for it.
    """

    finding: Finding
    parts: tuple[str, ...]
    stands: str
    given: Any


@dataclass(frozen=True, slots=True)
class Opened:
    """An edition and one of its revisions, read.

    Parameters
    ----------
    edition : Edition
        As it stands.
    revision : Revision
        The one that is looked at.
    revisions : tuple of Revision
        All of them, first to last.
    mail : Rendered
    draft : Draft
    ledger : Ledger
    report : Report
        What the revision is made of.
    """

    edition: Edition
    revision: Revision
    revisions: tuple[Revision, ...]
    mail: Rendered
    draft: Draft
    ledger: Ledger
    report: Report

    @property
    def latest(self) -> bool:
        """Whether it is the revision that would be approved."""
        return self.revision.number == self.edition.revision.number

    def proofs(self) -> list[Proof]:
        """Return every claim with its fact, what is not proved first, then in order."""
        rows = [
            Proof(number, claim, self.ledger.get(claim.fact.split(",")[0]), claim.verdict in FINE)
            for number, claim in enumerate(self.report.claims)
        ]
        return sorted(rows, key=lambda row: (row.fine, row.claim.part != "html"))

    def found(self) -> list[Found]:
        """Return the findings, the gravest first."""
        groups: dict[str, list[Finding]] = {}
        for one in self.report.findings:
            groups.setdefault(one.key, []).append(one)
        given = {one.finding: one for one in self.edition.overrides} if self.latest else {}
        rows = [self._found(same, given.get(key)) for key, same in groups.items()]
        return sorted(rows, key=lambda row: GRAVEST[row.finding.severity])

    def _found(self, same: list[Finding], given: Any) -> Found:
        first = same[0]
        why = ""
        if first.severity is Severity.BLOCK:
            why = next(filter(None, (override.forbidden(one, self.report) for one in same)), "")
        return Found(first, tuple(dict.fromkeys(one.part for one in same if one.part)), why, given)

    def counts(self) -> Mapping[str, int]:
        """Return how many claims there are of each verdict."""
        out: dict[str, int] = {}
        for claim in self.report.claims:
            out[claim.verdict.value] = out.get(claim.verdict.value, 0) + 1
        return out


def opened(desk: Newsroom, key: str, number: int | None = None) -> Opened:
    """Open an edition at one of its revisions.

    Parameters
    ----------
    desk : Newsroom
        Where it lies.
    key : str
        The edition.
    number : int, optional
        The revision; the latest where none is given.

    Raises
    ------
    NotFound
        If there is no such edition or revision.
    """
    edition = desk.house.desk.seen(EditionKey.parse(key))
    revisions = tuple(desk.house.editions.revisions(edition.key))
    revision = edition.revision
    if number is not None:
        wanted = [one for one in revisions if one.number == number]
        if not wanted:
            raise NotFound(f"{key} has no revision {number}; it has {len(revisions)}.")
        revision = wanted[0]
    return Opened(
        edition, revision, revisions, desk.mail(revision.rendered), desk.draft(revision.draft),
        desk.ledger(revision.ledger), desk.report(revision.report),
    )  # fmt: skip
