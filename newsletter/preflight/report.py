"""Report: what was proved in a text, and what was found wrong with it."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

KEY_LENGTH = 12
"""Hexadecimal digits of a finding's key."""


class Severity(StrEnum):
    """How grave a finding is; ``block`` stops the edition."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Verdict(StrEnum):
    """What the ledger says of a claim."""

    PROVED = "proved"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
    AMBIGUOUS = "ambiguous"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the checked text: ``[start, end)`` in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim found in a text, with its verdict.

    Parameters
    ----------
    span : Span
        Where.
    text : str
        The words.
    kind : str
        ``number``, ``date``, ``count`` …
    verdict : Verdict
        What the ledger says.
    fact : str
        Id of the fact that proves or contradicts it, empty where there is none.
    expected : str
        What is true, where the claim is contradicted.
    part : str
        Which part of a mail the span indexes (``subject``, ``preheader``, ``html``,
        ``text``); empty where a single text was checked.
    """

    span: Span
    text: str
    kind: str
    verdict: Verdict
    fact: str = ""
    expected: str = ""
    part: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the claim as plain JSON data."""
        return {
            "span": [self.span.start, self.span.end],
            "text": self.text,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "fact": self.fact or None,
            "expected": self.expected or None,
            **({"part": self.part} if self.part else {}),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a text.

    Parameters
    ----------
    rule : str
        Code of the rule, e.g. ``"N01"``.
    severity : Severity
        ``block`` stops the edition.
    span : Span
        Where.
    message : str
        One sentence: what is wrong and how to mend it.
    part : str
        As in `Claim`.
    words : str
        The flagged words, cut where they are long.
    place : str
        Hash of the flagged words and the sentence they stand in.
    """

    rule: str
    severity: Severity
    span: Span
    message: str
    part: str = ""
    words: str = ""
    place: str = ""

    @property
    def key(self) -> str:
        """The name by which people speak of the finding, e.g. to override it.

        Notes
        -----
        It is made of the rule, its message, the flagged words and their sentence, not of
        the position: an edit elsewhere leaves it as it is, an edit of the sentence does
        not. The part is left out, so that the same sentence in HTML and text is one
        matter with one key.
        """
        message = " ".join(self.message.split())  # the text part wraps what it quotes
        told = json.dumps([self.rule, message, self.words, self.place])
        return hashlib.sha256(told.encode()).hexdigest()[:KEY_LENGTH]

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON data."""
        return {
            "key": self.key,
            "rule": self.rule,
            "severity": self.severity.value,
            "span": [self.span.start, self.span.end],
            "message": self.message,
            "words": self.words,
            **({"part": self.part} if self.part else {}),
            **({"place": self.place} if self.place else {}),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything preflight has to say about one text.

    Parameters
    ----------
    claims : tuple of Claim
        In order of position.
    findings : tuple of Finding
        In order of position.
    """

    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether any finding blocks."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    def __add__(self, other: "Report") -> "Report":
        """Join the reports of two texts of one edition."""
        return Report(self.claims + other.claims, self.findings + other.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as in the contract of ``newsletter check``."""
        return {
            "claims": [claim.to_json() for claim in self.claims],
            "findings": [finding.to_json() for finding in self.findings],
            "blocked": self.blocked,
        }

    def to_bytes(self) -> bytes:
        """Return the canonical JSON bytes."""
        return json.dumps(
            self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Report":
        """Read back what `to_bytes` wrote."""
        return cls.from_json(json.loads(data))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        """Read back what `to_json` wrote."""
        return cls(
            tuple(
                Claim(
                    Span(*claim["span"]),
                    claim["text"],
                    claim["kind"],
                    Verdict(claim["verdict"]),
                    claim["fact"] or "",
                    claim["expected"] or "",
                    claim.get("part", ""),
                )
                for claim in data["claims"]
            ),
            tuple(
                Finding(
                    finding["rule"],
                    Severity(finding["severity"]),
                    Span(*finding["span"]),
                    finding["message"],
                    finding.get("part", ""),
                    finding.get("words", ""),
                    finding.get("place", ""),
                )
                for finding in data["findings"]
            ),
        )
