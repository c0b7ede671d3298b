"""DOOR: the spam score of a message, where SpamAssassin is installed on this machine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 25
HOW: Final = (
    "SpamAssassin is not installed on this machine. `apt install spamassassin` (Debian, Ubuntu) or "
    "`brew install spamassassin` (macOS) adds it; the preview finds `spamassassin` by itself and "
    "asks it with its local tests only, so nothing leaves this machine."
)
_SCORE = re.compile(r"\(\s*(-?[\d.]+)\s+points?,\s*(-?[\d.]+)\s+required", re.IGNORECASE)
_RULE = re.compile(r"^\s*(-?\d+\.\d)\s+([A-Z][A-Z0-9_]+)\s+(.*)$", re.MULTILINE)


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
    problem : str
        Why it could not be asked, and the mend.
    """

    points: float | None = None
    limit: float | None = None
    hits: tuple[Hit, ...] = ()
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
            [program, "--test-mode", "--local"],
            input=message,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Score(problem=f"SpamAssassin gave no answer within {SECONDS} seconds.")
    except OSError as error:
        return Score(problem=f"SpamAssassin cannot be started: {error.strerror}.")
    return read(done.stdout.decode("utf-8", "replace"))


def read(report: str) -> Score:
    """Read the report of ``spamassassin --test-mode``.

    Parameters
    ----------
    report : str
        Its output: the message, then "Content analysis details" with one rule a line.
    """
    _, _, details = report.rpartition("Content analysis details:")
    found = _SCORE.search(details)
    if found is None:
        return Score(problem="SpamAssassin answered, but its report could not be read.")
    hits = [Hit(float(one[1]), one[2], one[3].strip()) for one in _RULE.finditer(details)]
    ordered = tuple(sorted(hits, key=lambda hit: -hit.points))
    return Score(float(found[1]), float(found[2]), ordered)
