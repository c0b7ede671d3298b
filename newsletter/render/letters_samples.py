"""Sample words for every letter, so that the preview can show each without a store."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, Period, index_facts
from newsletter.preflight.report import Finding, Severity, Span
from newsletter.units import Unit

SESSION = Session(dt.date(2026, 7, 2))
_WEEK = Period("5d", dt.date(2026, 6, 25), SESSION.date)
_ASKED = dt.datetime(2026, 7, 2, 13, 12, tzinfo=dt.UTC)
_DEADLINE = dt.datetime(2026, 7, 3, 12, 0, tzinfo=dt.UTC)
_EDITION = f"{SESSION}.evening"
_HEADLINE = "Money left the chip trade today and walked straight past small caps"
_DEK = "Small caps held their lead over the year though they slipped on the week."
_SITE = "https://news.example.com"
_WHEN = "every trading evening, about an hour and a half after the New York close"


def samples() -> dict[str, dict[str, object]]:
    """Return words for each letter by its name, and for each variant of the notice.

    Returns
    -------
    dict of str to dict
        ``"notice"`` awaits review; its other variants are ``"notice.blocked"`` and the like:
        the letter's name is what stands before the dot.
    """
    return {
        "alert": {"items": _alerts()[:1], "link": f"{_SITE}/desk/"},
        "alert.many": {"items": _alerts(), "link": f"{_SITE}/desk/"},
        "confirm": _confirm(),
        "correction": _correction(),
        **{f"notice{key}": words for key, words in _notices().items()},
        "unsubscribed": {
            "name": "Ada Lovelace",
            "what": "The Rotation",
            "at": _ASKED,
            "undo": f"{_SITE}/c/WyJzdWItMSIsImV2ZW5pbmciXQ.sample",
        },
        "welcome": {
            "name": "Ada Lovelace",
            "what": "The Rotation",
            "when": _WHEN,
            "latest_headline": _HEADLINE,
            "latest": f"{_SITE}/editions/{_EDITION}",
            "preferences": f"{_SITE}/p/WyJzdWItMSIsImV2ZW5pbmciXQ.sample",
            "unsubscribe": f"{_SITE}/u/WyJzdWItMSIsImV2ZW5pbmciXQ.sample",
        },
    }


def _confirm() -> dict[str, object]:
    return {
        "name": "Ada Lovelace",
        "address": "ada@example.com",
        "what": "The Rotation",
        "when": _WHEN,
        "asked": _ASKED,
        "expires": _ASKED + dt.timedelta(days=2),
        "link": f"{_SITE}/c/WyJzdWItMSIsImV2ZW5pbmciXQ.PV2fVh5GkQ0dF1nN4nN0yN9o4kE",
    }


def _notices() -> Mapping[str, dict[str, object]]:
    edition = {
        "edition": _EDITION,
        "headline": _HEADLINE,
        "dek": _DEK,
        "deadline": _DEADLINE,
        "link": f"{_SITE}/desk/{_EDITION}",
    }
    warnings = (
        _finding("C20", Severity.WARN, "The base rate rests on nine cases; say so beside it."),
        _finding("P03", Severity.INFO, "This sentence has 41 words; divide it."),
    )
    blocks = (
        _finding(
            "N01",
            Severity.BLOCK,
            "“2.4%” is not what the ledger says: −0.4% (IWM.return.5d). Print the ledger's figure.",
        ),
    )
    return {
        "": edition | {"variant": "review", "state": "in review", "findings": warnings},
        ".blocked": edition
        | {"variant": "blocked", "state": "in review", "findings": blocks + warnings},
        ".failed": {
            "variant": "failed",
            "edition": _EDITION,
            "state": "stopped in collect",
            "reason": "The provider files has no bars of 2 July 2026 for SPY, a core instrument; "
            "put the day's file into the folder and run again.",
            "link": f"{_SITE}/desk/{_EDITION}",
        },
        ".gate": {
            "variant": "gate",
            "edition": _EDITION,
            "state": "stopped in collect",
            "reason": "The session 2 July 2026 has no bar of SPY, a core instrument; try again "
            "once the provider has it.",
            "link": f"{_SITE}/desk/{_EDITION}",
        },
        ".expired": edition | {"variant": "expired", "state": "expired"},
    }


def _alerts() -> tuple[dict[str, object], ...]:
    disk = {
        "change": "worse", "level": "urgent", "title": "A disk is nearly full",
        "said": "Only 80 MB (0.4%) and 61.2% of the inodes are free on the disk of the database.",
        "mend": "Make room, or name another directory in config.yaml.", "since": _ASKED,
    }  # fmt: skip
    ends = {
        "change": "began", "level": "warn", "title": "A certificate ends soon",
        "said": "The certificate of news.example.com:443 (publication.base_url) ends on "
        "2026-07-09 12:00 UTC.",
        "mend": "Renew it, or see why its renewal does not run by itself.", "since": _ASKED,
    }  # fmt: skip
    other = ends | {"said": str(ends["said"]).replace("news.example.com:443", "mx.example.com:465")}
    missing = {
        "change": "over",
        "level": "urgent",
        "title": "No edition to approve",
        "said": "It was due at 2026-07-02 17:30 EDT, and no run of it has begun.",
        "since": _ASKED,
    }
    return disk, ends, other, missing


def _finding(rule: str, severity: Severity, message: str) -> Finding:
    return Finding(rule, severity, Span(0, 1), message, place=rule)


def _correction() -> dict[str, object]:
    return {
        "edition": _EDITION,
        "headline": _HEADLINE,
        "points": (
            {
                "said": "The small-cap fund gained 2.4% on the week.",
                "right": "The small-cap fund fell {{IWM.return.5d}} on the week.",
            },
        ),
        "cause": "An editor's change to the opening paragraph took the figure from another "
        "window, and the sentence was approved by override.",
        "changed": "The sentence is corrected in the web edition, with a note at its foot. The "
        "thesis and the verdict did not rest on it.",
        "link": f"{_SITE}/editions/{_EDITION}",
        "ledger": _ledger(),
    }


def _ledger() -> Ledger:
    week = Fact(
        id="IWM.return.5d",
        subject="IWM",
        name="the small-cap fund",
        metric="return",
        period=_WEEK,
        value=Decimal("-0.4"),
        unit=Unit.PERCENT,
        kind="price",
        formula="sample@1",
        source="sample",
    )
    return Ledger(SESSION, "sha256:" + "0" * 64, index_facts([week]), simulated=True)
