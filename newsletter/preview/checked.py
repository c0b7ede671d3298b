"""Checked: an inspection put in the order in which somebody mends a mail."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any, Final

from newsletter.preview.choice import SCHEMES
from newsletter.render.checks import GMAIL_CLIP, MOST_BYTES
from newsletter.render.inspect.clients import Used
from newsletter.render.inspect.contrast import MODES
from newsletter.render.inspect.inspection import Inspection
from newsletter.render.inspect.remark import Remark
from newsletter.render.inspect.support import GATE
from newsletter.render.rendered import Rendered

LOUD: Final = ("error", "warning")
SHORT: Final = {"Apple Mail": "Apple Mail", "Outlook classic": "Outl. classic",
                "Outlook new": "Outl. new"}  # fmt: skip
_WORST: Final = ("unsupported", "partial", "unknown", "supported")
_POOREST: Final = 4
"""Pairs of a scheme that are shown before the rest is folded."""

Words = dict[str, Any]


def checked(found: Inspection, mail: Rendered) -> Words:
    """Return what the panel of checks is filled with.

    Parameters
    ----------
    found : Inspection
        Of the mail.
    mail : Rendered
        The mail, for the pictures themselves.

    Returns
    -------
    dict
        ``found`` with ``loud`` and ``quiet`` remarks by check, ``clients`` (the matrix),
        ``meter`` (sizes), ``schemes`` (contrast), ``thumbs``; ``badge`` and ``tone`` of the
        tab count errors and warnings only.
    """
    loud = [one for one in found.remarks if one.level in LOUD]
    quiet = [one for one in found.remarks if one.level not in LOUD]
    levels = {one.check: one.level for one in sorted(loud, key=lambda one: one.level == "error")}
    tone = "bad" if found.errors else "warn" if loud else "good"
    return {
        "found": found,
        "loud": _grouped(loud),
        "quiet": _grouped(quiet),
        "levels": levels,
        "clients": _clients(found),
        "meter": _meter(found),
        "schemes": _schemes(found),
        "thumbs": {
            f"cid:{one.name}": "data:image/png;base64," + base64.b64encode(one.png).decode()
            for one in mail.images
        },
        "most": MOST_BYTES,
        "clip": GMAIL_CLIP,
        "badge": str(len(loud)),
        "tone": tone,
    }


def _grouped(remarks: Iterable[Remark]) -> dict[str, list[Remark]]:
    """Return remarks by check, the gravest first, checks in the order of the inspection."""
    groups: dict[str, list[Remark]] = {}
    for one in sorted(remarks, key=lambda one: one.level != "error"):
        groups.setdefault(one.check, []).append(one)
    return groups


def _clients(found: Inspection) -> Words:
    rows = [_row(used) for used in found.clients.features]
    trouble = [row for row in rows if row["trouble"]]
    others = {name: states for name, states in found.clients.counts.items() if name not in GATE}
    return {
        "gate": [(name, SHORT.get(name, name)) for name in GATE],
        "grave": [row for row in trouble if row["used"].weight != "keeps"],
        "looks": [row for row in trouble if row["used"].weight == "keeps"],
        "whole": len(rows) - len(trouble),
        "all": len(rows),
        "others": sorted(others.items(), key=lambda pair: _lost(pair[1]), reverse=True),
    }


def _lost(states: Mapping[Any, int]) -> tuple[int, int]:
    return states.get("unsupported", 0), states.get("partial", 0)


def _row(used: Used) -> Words:
    states = {
        client: worst([one.state for one in used.verdicts if one.client == client])
        for client in GATE
    }
    elsewhere = {
        state: [name for name in used.clients(state) if name not in GATE]
        for state in ("unsupported", "partial")
    }
    return {
        "used": used,
        "states": states,
        "trouble": any(state in {"unsupported", "partial"} for state in states.values()),
        "told": _told(used),
        "elsewhere": elsewhere,
    }


def worst(states: Iterable[str]) -> str:
    """Return the state a program is as good as: that of the worst of its platforms.

    Examples
    --------
    >>> worst(["supported", "partial"]), worst([])
    ('partial', 'unknown')
    """
    return min(states, key=_WORST.index, default="unknown")


def _told(used: Used) -> list[Words]:
    """Return what is missing where, platforms with the same verdict in one."""
    rows: dict[tuple[str, str, tuple[str, ...]], Words] = {}
    for one in used.verdicts:
        if one.client not in GATE or one.state not in {"unsupported", "partial"}:
            continue
        row = rows.setdefault(
            (one.client, one.state, one.notes),
            {"client": one.client, "state": one.state, "places": [], "tested": one.version,
             "notes": one.notes},
        )  # fmt: skip
        row["places"].append(one.column.partition(".")[2].replace("-", " "))
    return list(rows.values())


def _meter(found: Inspection) -> Words:
    """Return the bar of the HTML's shares, in thousandths of its whole length."""
    whole = max(GMAIL_CLIP, found.size.html)
    parts, at = [], 0.0
    for name, size in found.size.share.items():
        wide = 1000 * size / whole
        parts.append({"name": name, "bytes": size, "x": round(at, 2), "wide": round(wide, 2),
                      "share": round(100 * size / max(found.size.html, 1))})  # fmt: skip
        at += wide
    return {"parts": parts, "limit": round(1000 * MOST_BYTES / whole, 2),
            "clip": round(1000 * GMAIL_CLIP / whole, 2)}  # fmt: skip


def _schemes(found: Inspection) -> list[Words]:
    out = []
    for mode in MODES:
        pairs = [one for one in found.contrast.pairs if one.mode == mode]
        pairs.sort(key=lambda one: one.ratio / one.least)
        name, meaning = SCHEMES[mode]
        out.append({"name": name, "meaning": meaning, "least": found.contrast.least.get(mode),
                    "poorest": pairs[:_POOREST], "rest": pairs[_POOREST:],
                    "below": sum(one.ratio < one.least for one in pairs)})  # fmt: skip
    return out
