"""What is known of a reader besides the address, and what their status means."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from newsletter.compliance import Jurisdiction
from newsletter.send.addresses import UNPRINTABLE, AddressError


class Status(StrEnum):
    """Where a subscription stands; only ``active`` ones get mail.

    ``pending`` waits for the reader's confirmation, ``paused`` for a date or the reader. The
    last four are ends: no import takes one of them back. ``suppressed`` is what a person of the
    house has decided.
    """

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"


ENDED: Final = frozenset(
    {Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED, Status.SUPPRESSED}
)
"""Statuses that only the reader's own new consent, or a person's decision, takes away."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST: Final = 50
"""Most tickers, tags or custom keys of one reader."""
OTHER: Final = "other"
"""The jurisdiction of countries that have none of their own, and of readers without one."""

COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
    EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW
    GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM
    ZW
    """.split()
)
"""ISO 3166-1 alpha-2."""

JURISDICTIONS: Final[Mapping[Jurisdiction, frozenset[str]]] = MappingProxyType(
    {
        "US": frozenset({"US"}),
        # The market abuse regulation holds in the whole European Economic Area.
        "EU": frozenset(
            "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE "
            "SI SK".split()
        ),
        "UK": frozenset({"GB"}),
        "CA": frozenset({"CA"}),
        "IN": frozenset({"IN"}),
    }
)
"""Countries by jurisdiction."""

_TICKER = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,14}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""A custom key, from its beginning to its end."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a reader.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2, or empty.
    language : str
        BCP 47 in small letters, or empty.
    source : str
        Where the reader came from, or empty.
    tickers, tags : tuple of str
        What they watch, in their order; labels.
    days : tuple of str
        Days on which they want mail, of `DAYS`.
    custom : mapping of str to str
        Whatever else the publisher keeps.
    """

    country: str = ""
    language: str = ""
    source: str = ""
    tickers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    days: tuple[str, ...] = DAYS
    custom: Mapping[str, str] = field(default_factory=dict)

    @property
    def jurisdiction(self) -> str:
        """The jurisdiction whose rules hold for the reader, or `OTHER`."""
        held = (name for name, members in JURISDICTIONS.items() if self.country in members)
        return next(held, OTHER)


UNKNOWN: Final = Profile()
"""Of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class Card:
    """A reader as a segment sees one.

    Parameters
    ----------
    email : str
        The address; segments see its domain only.
    status : Status
        Where the subscription stands.
    joined : datetime.date
        When it began, in UTC.
    profile : Profile
        What is known besides.
    """

    email: str
    status: Status
    joined: dt.date
    profile: Profile = UNKNOWN


def country(text: str) -> str:
    """Return a country's code; empty stays empty.

    Raises
    ------
    AddressError
        If it is none of ISO 3166-1.
    """
    code = text.strip().upper()
    code = "GB" if code == "UK" else code
    if code and code not in COUNTRIES:
        raise AddressError(
            f"The country {code[:20]!r} is no code of two letters such as US or IN (ISO 3166-1)."
        )
    return code


def language(text: str) -> str:
    """Return a language's tag in small letters; empty stays empty."""
    tag = text.strip().lower().replace("_", "-")
    if tag and not _LANGUAGE.fullmatch(tag):
        raise AddressError(f"The language {tag[:20]!r} is no tag such as en or pt-br.")
    return tag


def tickers(given: Iterable[str]) -> tuple[str, ...]:
    """Return tickers in capitals, each once."""
    found = _once(one.strip().removeprefix("$").upper() for one in given)
    for ticker in found:
        if not _TICKER.fullmatch(ticker):
            raise AddressError(f"{ticker[:20]!r} is no ticker such as AAPL, BRK-B or ^GSPC.")
    return _few(found, "tickers")


def tags(given: Iterable[str]) -> tuple[str, ...]:
    """Return tags in small letters, each once."""
    found = _once(" ".join(line(one, "tag").split()).casefold() for one in given)
    for tag in found:
        if "|" in tag or len(tag) > 40:
            raise AddressError("A tag has at most 40 characters and no upright stroke (|).")
    return _few(found, "tags")


def days(given: Iterable[str]) -> tuple[str, ...]:
    """Return days of the week in their order; none given means all of them."""
    wanted = {one.strip().lower()[:3] for one in given if one.strip()}
    if not wanted <= set(DAYS):
        wrong = min(wanted - set(DAYS))
        raise AddressError(f"{wrong!r} is no day of the week; they are {', '.join(DAYS)}.")
    return tuple(day for day in DAYS if day in wanted) or DAYS


def custom(given: Mapping[str, str]) -> dict[str, str]:
    """Return custom keys with their values, of one line each; empty values are left out."""
    found = {}
    for key, value in given.items():
        if not KEY.fullmatch(key):
            raise AddressError(
                f"{key[:40]!r} is no key: it begins with a small letter and has small letters, "
                "digits and underscores, at most 40."
            )
        if text := line(value, f"value of {key}").strip():
            found[key] = text
    if len(found) > MOST:
        raise AddressError(f"A reader has at most {MOST} custom keys; {len(found)} were given.")
    return found


def line(text: str, what: str) -> str:
    """Return a text if it is one line of at most 200 characters."""
    if UNPRINTABLE.search(text) or len(text) > 200:
        raise AddressError(
            f"The {what} holds a control character or a line break, or has more than 200 "
            "characters; write it on one short line."
        )
    return text


def _once(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in given if one))


def _few(found: tuple[str, ...], what: str) -> tuple[str, ...]:
    if len(found) > MOST:
        raise AddressError(f"A reader has at most {MOST} {what}; {len(found)} were given.")
    return found
