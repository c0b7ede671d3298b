"""Choice: what is looked at and how, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import get_args

from newsletter.compliance import Jurisdiction
from newsletter.errors import ConfigError
from newsletter.render.inspect.colour import Forced
from newsletter.render.watched import MOST_ROWS

JURISDICTIONS: tuple[str, ...] = get_args(Jurisdiction)
SCHEMES: dict[str, tuple[str, str]] = {
    "light": ("Light", "As designed for light"),
    "dark": ("Dark", "As designed for dark"),
    "inverted": ("Inverted", "Forced dark: lightness turned over, as Gmail on iOS does"),
    "lifted": (
        "Lifted",
        "Forced dark: turned over and lifted above dark grey, as Outlook.com does",
    ),
}
"""Names and meanings of the schemes that the check of contrast measures, its own names as keys."""
FORCED: tuple[Forced, ...] = get_args(Forced)
VERSIONS = ("now", "kept", "last")
"""Drawn with the present templates; as the store keeps it; the list's edition before it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way of looking at one edition.

    Parameters
    ----------
    key : str
        Edition key; empty for the file that the preview was given.
    list : str
        List (segment) the copy goes to; empty for that of the edition's kind.
    reader : str
        Id of a sample reader, see `newsletter.preview.readers`.
    watch : tuple of str
        Tickers the reader watches; empty for those of the sample reader.
    law : tuple of str
        Jurisdictions; empty for those of config.yaml.
    version : {"now", "kept", "last"}
        Which mail, see `VERSIONS`.
    scheme : {"light", "dark", "inverted", "lifted"}
        Colours, see `SCHEMES`.
    images, styles : bool
        False shows the mail as clients do that block pictures or strip styles.
    marks : bool
        Whether claims are marked in the mail.
    """

    key: str = ""
    list: str = ""
    reader: str = "ada"
    watch: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    version: str = "now"
    scheme: str = "light"
    images: bool = True
    styles: bool = True
    marks: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Choice":
        """Read the query of an address; names that are not of a choice are passed over.

        Raises
        ------
        ConfigError
            If a value is none of those offered.
        """
        given = {field.name: query[field.name] for field in fields(cls) if field.name in query}
        law = tuple(part for part in given.pop("law", "").split(",") if part)
        watch = tuple(filter(None, given.pop("watch", "").split(",")))[:MOST_ROWS]
        flags = {name: given.pop(name) for name in ("images", "styles", "marks") if name in given}
        _among("law", law, JURISDICTIONS)
        _among("scheme", (given.get("scheme", "light"),), tuple(SCHEMES))
        _among("version", (given.get("version", "now"),), VERSIONS)
        on = {name: value == "on" for name, value in flags.items()}
        law = tuple(one for one in JURISDICTIONS if one in law)
        return cls(**given, **on, watch=watch, law=law)  # type: ignore[arg-type]


def _among(name: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for one in given:
        if one not in known:
            raise ConfigError(
                f"{name} is {one[:40]!r} in the address; there are {', '.join(known)}."
            )
