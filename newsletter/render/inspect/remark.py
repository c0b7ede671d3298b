"""Remark: one thing that a check has to say about a mail."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]
"""``error``: readers lose something; ``warning``: look at it; ``info``: worth knowing."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing found.

    Parameters
    ----------
    check : str
        Name of the check, e.g. ``"links"``.
    level : {"error", "warning", "info"}
        How much it matters.
    message : str
        One sentence: what, and what to do.
    where : str
        The words, the address or the picture it concerns; empty for the whole mail.
    line : int
        Line of the HTML, from 1; 0 where there is none.
    clients : tuple of str
        Mail programs concerned; empty for all.
    """

    check: str
    level: Level
    message: str
    where: str = ""
    line: int = 0
    clients: tuple[str, ...] = ()
