"""What mail programs support, from caniemail's data as vendored beside this file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from newsletter import assets

State = Literal["supported", "partial", "unsupported", "unknown"]
_STATES: Mapping[str, State] = {
    "y": "supported",
    "a": "partial",
    "n": "unsupported",
    "u": "unknown",
}
_CELL = re.compile(r"([yanu]) (\S+)(?: <(\S+))?((?: #\d+)*)")
FILE = "newsletter/render/inspect/data/caniemail.json"

GATE: Mapping[str, tuple[str, ...]] = {
    "Gmail": ("gmail.desktop-webmail", "gmail.ios", "gmail.android", "gmail.mobile-webmail"),
    "Apple Mail": ("apple-mail.macos", "apple-mail.ios"),
    "Outlook classic": ("outlook.windows",),
    # The new Outlook for Windows is Outlook on the web in a window of its own.
    "Outlook new": ("outlook.outlook-com",),
    "Yahoo": ("yahoo.desktop-webmail", "yahoo.ios", "yahoo.android"),
}
"""Mail programs in which nothing that changes meaning may be lost, with their columns."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One mail program on one platform about one feature.

    Parameters
    ----------
    client : str
        Key of `GATE`, or the program's name.
    column : str
        caniemail's ``family.platform``.
    state : {"supported", "partial", "unsupported", "unknown"}
        By the newest version tested.
    version : str
        That version: a number of the program or a month.
    since : str
        First version tested with the same verdict. Readers with an older one may see less.
    notes : tuple of str
        caniemail's remarks.
    """

    client: str
    column: str
    state: State
    version: str
    since: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of HTML or CSS.

    Parameters
    ----------
    slug : str
        caniemail's name, e.g. ``"css-border-radius"``.
    title : str
        For people.
    verdicts : tuple of Verdict
        In the order of caniemail's columns.
    """

    slug: str
    title: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """The whole of the data.

    Parameters
    ----------
    date : str
        ISO date of caniemail's last update.
    package : str
        Package and version it came in.
    features : mapping of str to Feature
        By slug.
    """

    date: str
    package: str
    features: Mapping[str, Feature]


@cache
def support() -> Support:
    """Read the vendored data, once.

    Raises
    ------
    ConfigError
        If the installation lacks the file.
    """
    given = json.loads(assets.find(FILE).read_text(encoding="utf-8"))
    columns = [(column, _client(column, given["families"])) for column in given["columns"]]
    features = {}
    for slug, one in given["features"].items():
        cells = zip(columns, one["rows"].split("|"), strict=False)
        verdicts = tuple(
            _verdict(client, column, cell, one["notes"]) for (column, client), cell in cells if cell
        )
        features[slug] = Feature(slug, one["title"], verdicts)
    return Support(given["date"], given["package"], features)


def _client(column: str, families: Mapping[str, str]) -> str:
    for name, columns in GATE.items():
        if column in columns:
            return name
    family, _, platform = column.partition(".")
    if family == "outlook":
        return {"macos": "Outlook for Mac", "windows-mail": "Windows Mail"}.get(
            platform, "Outlook on phones"
        )
    return families.get(family, family)


def _verdict(client: str, column: str, cell: str, notes: Mapping[str, str]) -> Verdict:
    found = _CELL.fullmatch(cell)
    if found is None:
        return Verdict(client, column, "unknown", "", "")
    state, version, since, numbers = found.groups()
    said = tuple(notes[number] for number in re.findall(r"\d+", numbers) if number in notes)
    return Verdict(client, column, _STATES[state], version, since or version, said)
