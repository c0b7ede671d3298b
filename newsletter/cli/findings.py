"""How findings are shown: their keys, who overrode them, and why some stay."""

from collections.abc import Mapping
from typing import Any


def shown_report(report: Any, edition: Any) -> dict[str, Any]:
    """Return a report with what each blocking finding is overridden by, or why it cannot be."""
    from newsletter.preflight.report import Severity
    from newsletter.review.override import forbidden

    given = {one.finding: one for one in edition.overrides}
    document: dict[str, Any] = report.to_json()
    for finding, shown in zip(report.findings, document["findings"], strict=True):
        if finding.severity is Severity.BLOCK:
            by = given.get(finding.key)
            shown["overridden_by"] = by and by.editor
            shown["never"] = forbidden(finding, report) or None
    return document


def finding_line(finding: Mapping[str, Any]) -> str:
    """Return one finding, as `shown_report` gives it, as a line for people.

    A blocking one shows its key, and who overrode it or why nobody can.
    """
    line = f"{finding['severity']}: {finding['rule']} {finding['message']}"
    if "never" not in finding:
        return line
    end = ""
    if finding["overridden_by"]:
        end = f" Overridden by {finding['overridden_by']}."
    elif finding["never"]:
        end = f" No override: {finding['never']}."
    return f"{line} [{finding['key']}]{end}"
