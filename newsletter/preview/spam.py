"""DOOR: the spam score of a message, where SpamAssassin is installed on this machine."""

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import Final

SECONDS: Final = 25
HOW: Final = (
    "SpamAssassin is not installed on this machine. `apt install spamassassin` (Debian, Ubuntu) or "
    "`brew install spamassassin` (macOS) adds it; the preview finds `spamassassin` by itself and "
    "asks it with its local tests only, so nothing leaves this machine."
)
_SCORE = re.compile(r"\(\s*(-?[\d.]+)\s+points?,\s*(-?[\d.]+)\s+required", re.IGNORECASE)
_RULE = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s+([A-Z][A-Z0-9_]+)(?:\s+(.*))?$")
_MORE = re.compile(r"^\s{20,}(\S.*)$")
"""The rest of a description, which is wrapped below its beginning."""
_VERSION = re.compile(rb"^X-Spam-Checker-Version:\s*SpamAssassin\s+(\S+)", re.MULTILINE)
_OPTIONS: Final = (
    "--test-mode", "--local", "--nocreate-prefs",
    # A look must not teach the filter, nor may what it has learnt make two looks differ.
    "--cf=use_bayes 0", "--cf=bayes_auto_learn 0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that a message met."""

    points: float
    rule: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Score:
    """What SpamAssassin says.

    Parameters
    ----------
    points, limit : float or None
        Points of the message and points of spam; None where it could not be asked.
    hits : tuple of Hit
        Rules it met, gravest first.
    version : str
        Of SpamAssassin; empty where it does not tell.
    problem : str
        Why it could not be asked, and the mend.
    """

    points: float | None = None
    limit: float | None = None
    hits: tuple[Hit, ...] = ()
    version: str = ""
    problem: str = ""


def score(message: bytes) -> Score:
    """Ask the local SpamAssassin about a message; a failure is a value.

    Parameters
    ----------
    message : bytes
        A whole message as it would be sent.
    """
    program = shutil.which("spamassassin")
    if program is None:
        return Score(problem=HOW)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, the message on its stdin
            [program, *_OPTIONS],
            input=message,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Score(problem=f"SpamAssassin gave no answer within {SECONDS} seconds.")
    except OSError as error:
        return Score(problem=f"SpamAssassin cannot be started: {error.strerror}.")
    found = read(done.stdout.decode("utf-8", "replace"))
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if found.problem and said:
        found = replace(found, problem=f"{found.problem} It said: {said[-1][:200]}")
    version = _VERSION.search(done.stdout)
    return replace(found, version=version[1].decode("ascii", "replace") if version else "")


def read(report: str) -> Score:
    """Read the report of ``spamassassin --test-mode``.

    Parameters
    ----------
    report : str
        Its output: the message, then "Content analysis details" with one rule a line, long
        descriptions going on below.
    """
    _, _, details = report.rpartition("Content analysis details:")
    found = _SCORE.search(details)
    if found is None:
        return Score(problem="SpamAssassin answered, but its report could not be read.")
    hits: list[Hit] = []
    for line in details.splitlines():
        if rule := _RULE.match(line):
            # Adding zero makes the negative zero of rules that only inform a plain one.
            hits.append(Hit(float(rule[1]) + 0.0, rule[2], (rule[3] or "").strip()))
        elif hits and (more := _MORE.match(line)):
            last = hits[-1]
            hits[-1] = replace(last, meaning=f"{last.meaning} {more[1].strip()}")
    ordered = tuple(sorted(hits, key=lambda hit: (-hit.points, hit.rule)))
    return Score(float(found[1]), float(found[2]), ordered)
