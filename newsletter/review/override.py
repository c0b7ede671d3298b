"""Override: a person answers for what preflight found, by name, with a reason, in the log.

What may be overridden is a judgement: a rule of language that reads a sentence too
strictly, a claim the ledger knows nothing of. What may not is a fact about the mail: it
says what the ledger refutes, or lacks what it must carry.

An override holds for one revision and its report only. On the next revision it is void,
even where the flagged sentence stands unchanged: what surrounds a sentence is part of what
it says, and who overrode it has read the old surroundings. The finding keeps its key as
long as its sentence stands, so giving the override again is one command.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from newsletter.errors import ReviewError
from newsletter.preflight.report import Finding, Report, Severity, Verdict
from newsletter.render.clean import clean

SHORTEST_REASON = 10
LONGEST_REASON = 500
"""Characters of a reason."""

NEVER = {
    **dict.fromkeys(("C01",), "the mail must carry its notices"),
    **dict.fromkeys(("C04", "C05"), "an interest in what is named must be disclosed"),
    **dict.fromkeys(("C06", "N04"), "it rests on stale data"),
    **dict.fromkeys(("F01", "F02", "F03"), "a cited figure is printed as its source has it"),
    "N02": "the two parts of the mail must say the same",
    "N03": "there are more figures than were proved",
    **dict.fromkeys(("S01", "S03"), "something was left unfilled"),
}
"""Rules whose findings stand whatever anybody says, and why."""

CONTRADICTED = "the ledger says otherwise"


@dataclass(frozen=True, slots=True)
class Override:
    """One finding that one person answers for.

    Parameters
    ----------
    finding : str
        `Finding.key`.
    rule, words : str
        Copied from the finding, for the log and for print.
    reason : str
        In the person's own words.
    editor, role : str
        Who, and by what right.
    report : str
        Hash of the report the finding stands in: it holds for no other.
    at : datetime.datetime
        Aware UTC instant.
    """

    finding: str
    rule: str
    words: str
    reason: str
    editor: str
    role: str
    report: str
    at: dt.datetime


def forbidden(finding: Finding, report: Report) -> str:
    """Return why a finding can never be overridden; empty where it can.

    Parameters
    ----------
    finding : Finding
        One of the report's.
    report : Report
        Its claims tell a contradicted figure from one the ledger does not know.
    """
    if finding.rule in NEVER:
        return NEVER[finding.rule]
    place = (finding.part, finding.span)
    refuted = any(
        claim.verdict is Verdict.CONTRADICTED and (claim.part, claim.span) == place
        for claim in report.claims
    )
    return CONTRADICTED if refuted else ""


def blocking(report: Report) -> dict[str, list[Finding]]:
    """Return the findings that block, by key: the same sentence in both parts is one."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.severity is Severity.BLOCK:
            found.setdefault(finding.key, []).append(finding)
    return found


def outstanding(report: Report, overrides: Iterable[Override]) -> tuple[Finding, ...]:
    """Return what still blocks: one finding for each key nobody has overridden.

    Parameters
    ----------
    report : Report
        Of the latest revision.
    overrides : iterable of Override
        Those of the same report. One that could not have been given counts for nothing.
    """
    given = {one.finding for one in overrides if one.report == report.sha256}
    return tuple(
        same[0]
        for key, same in blocking(report).items()
        if key not in given or any(forbidden(finding, report) for finding in same)
    )


def reason_of(text: str) -> str:
    """Return a reason fit for the log.

    Raises
    ------
    ReviewError
        If it is too short to be one, or too long.
    """
    reason = clean(text)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReviewError(
            f"A reason has {SHORTEST_REASON} to {LONGEST_REASON} characters, this one has "
            f"{len(reason)}; say with --reason why the finding does not hold."
        )
    return reason


def digest(overrides: Iterable[Override]) -> str:
    """Return one hash over overrides, for the approval to bind; empty where there are none."""
    rows = [{**asdict(one), "at": one.at.astimezone(dt.UTC).isoformat()} for one in overrides]
    if not rows:
        return ""
    rows.sort(key=lambda row: str(row["finding"]))
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
