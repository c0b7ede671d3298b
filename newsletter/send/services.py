"""What the tables of other services say: columns, statuses, and how each is recognised.

Columns are those the services' exports carry; `Service.marks` are the ones that no other's
has. Unknown words for a status are refused with their line, never taken for ``active``.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from newsletter.send import readers
from newsletter.send.addresses import UNPRINTABLE, AddressError, clean_name, normalise
from newsletter.send.readers import KEY, UNKNOWN, Profile, Status

Row = Mapping[str, str]
"""Cells by the small-lettered name of their column; every cell stripped."""

ADDRESS: Final = ("email", "email address", "email_address", "e-mail", "mail")
EXPORTED: Final = frozenset({"email", "list", "status", "added_at", "consent"})
"""Columns of the house's own export."""
_RUN: Final = frozenset("=+-@\t\r\n\0")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})
_WORDS: Final[Mapping[str, Status]] = MappingProxyType(
    dict.fromkeys(("", "active", "subscribed", "enabled", "confirmed"), Status.ACTIVE)
    | dict.fromkeys(
        ("pending", "unconfirmed", "unactivated", "nonsubscribed", "validating"), Status.PENDING
    )
    | dict.fromkeys(
        ("unsubscribed", "inactive", "disabled", "removed", "archived", "blocked", "blocklisted"),
        Status.UNSUBSCRIBED,
    )
    | dict.fromkeys(("bounced", "cleaned", "undeliverable", "invalid"), Status.BOUNCED)
    | dict.fromkeys(("complained", "spam", "abuse", "spammy"), Status.COMPLAINED)
    | {"paused": Status.PAUSED}
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can be taken in.

    Parameters
    ----------
    line : int
        Where it stands.
    email, name : str
        Normalised.
    status : Status
        As the other service has it.
    joined, ended : datetime.datetime or None
        When they subscribed and when that ended, where it is told.
    profile : Profile
        What is known besides.
    evidence : mapping of str to str
        What the other service tells of their consent.
    counted : bool
        Whether the file says that opens and clicks may be counted.
    """

    line: int
    email: str
    name: str
    status: Status
    joined: dt.datetime | None = None
    ended: dt.datetime | None = None
    profile: Profile = UNKNOWN
    evidence: Mapping[str, str] = field(default_factory=dict)
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One service's table.

    Parameters
    ----------
    name : str
        As ``--format`` has it.
    marks : tuple of sets of str
        Any of these sets of columns recognises it.
    status : callable
        Row to status.
    joined, ended : tuple of str
        Columns of the instants, the first that is filled counts.
    custom : tuple of str
        Columns kept as custom keys.
    caution : str
        What its table does not tell, for whoever imports it.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    status: Callable[[Row], Status]
    joined: tuple[str, ...] = ("created_at", "joined", "added_at")
    ended: tuple[str, ...] = ("unsubscribed_at", "changed_at")
    custom: tuple[str, ...] = ()
    caution: str = ""

    @property
    def source(self) -> str:
        """Where its readers came from, unless a row says it."""
        return "" if self.name in {"plain", "newsletter"} else self.name

    def knows(self, header: set[str]) -> bool:
        """Tell whether a header is this service's."""
        return any(marks <= header for marks in self.marks)

    def read(self, line: int, row: Row) -> Candidate:
        """Read a row.

        Raises
        ------
        AddressError
            With what is wrong, without the address.
        """
        status = self.status(row)
        profile, evidence = _profile(row, self), _evidence(row)
        email = normalise(_first(row, ADDRESS))
        name = clean_name(row.get("name") or f"{_given(row)} {_family(row)}".strip())
        joined, ended = _instant(row, self.joined), None
        if status in readers.ENDED:
            ended = _instant(row, self.ended)
        counted = _flag(row, "counted") if "counted" in row else False
        return Candidate(line, email, name, status, joined, ended, profile, evidence, counted)


def _mailchimp(row: Row) -> Status:
    if row.get("clean_time"):
        return Status.BOUNCED
    if row.get("unsub_time"):
        return Status.UNSUBSCRIBED
    if row.get("status"):
        return _worded(row, "status")
    # Contacts who never subscribed stand in an export of their own, without these two.
    told = row.get("confirm_time") or row.get("optin_time")
    return Status.ACTIVE if told else Status.PENDING


def _substack(row: Row) -> Status:
    return Status.UNSUBSCRIBED if _flag(row, "email_disabled") else Status.ACTIVE


def _beehiiv(row: Row) -> Status:
    return Status.UNSUBSCRIBED if row.get("unsubscribed_at") else _worded(row, "status")


def _buttondown(row: Row) -> Status:
    if row.get("undeliverability_date") or row.get("undeliverability_reason"):
        return Status.BOUNCED
    if row.get("unsubscription_date"):
        return Status.UNSUBSCRIBED
    paying = {"regular", "premium", "gifted", "trialed", "churning", "churned", "past_due"}
    kind = _first(row, ("type", "subscriber_type")).casefold()
    if kind in paying:
        return Status.ACTIVE
    if kind == "unpaid":  # asked to pay, and have not: nothing says that they want the mail
        return Status.PENDING
    return _worded({"status": kind or "unconfirmed"}, "status")


def _ghost(row: Row) -> Status:
    gone = row.get("deleted_at") or not _flag(row, "subscribed_to_emails")
    return Status.UNSUBSCRIBED if gone else Status.ACTIVE


def _worded(row: Row, column: str = "status") -> Status:
    word = row.get(column, "").casefold()
    if word not in _WORDS:
        raise AddressError(f"The status {word[:30]!r} is not known; nobody is added on a guess.")
    return _WORDS[word]


SERVICES: Final = (
    Service(
        "mailchimp",
        (
            frozenset({"email address", "leid", "euid"}),
            frozenset({"email address", "member_rating"}),
        ),
        _mailchimp,
        joined=("optin_time", "confirm_time"),
        ended=("unsub_time", "clean_time", "last_changed"),
    ),
    Service(
        "substack",
        (frozenset({"email", "active_subscription", "email_disabled"}),),
        _substack,
        custom=("plan",),
    ),
    Service(
        "ghost",
        (frozenset({"email", "subscribed_to_emails", "complimentary_plan"}),),
        _ghost,
        ended=("deleted_at",),
    ),
    Service(
        "listmonk",
        (frozenset({"uuid", "email", "attributes", "status"}),),
        _worded,
        ended=("updated_at",),
        caution="listmonk's export does not say who has left, or never confirmed, a single list; "
        "export confirmed subscribers of one list only.",
    ),
    Service(
        "buttondown",
        tuple(
            frozenset({email, kind, more})
            for email in ("email", "email_address")
            for kind in ("type", "subscriber_type")
            for more in ("creation_date", "metadata")
        ),
        _buttondown,
        joined=("creation_date",),
        ended=("unsubscription_date", "undeliverability_date"),
    ),
    Service(
        "beehiiv",
        (frozenset({"email", "status", "tier"}), frozenset({"email", "status", "free tier"})),
        _beehiiv,
        custom=("tier",),
    ),
    Service("newsletter", (EXPORTED,), _worded),
    Service("plain", tuple(frozenset({name}) for name in ADDRESS), _worded),
)
"""Every table that is known, the plainest last."""

NAMES: Final = tuple(service.name for service in SERVICES)


def is_header(header: set[str]) -> bool:
    """Tell whether small-lettered names are the columns of any table of readers."""
    return any(service.knows(header) for service in SERVICES)


def recognised(header: Iterable[str]) -> Service:
    """Return the service whose table has these columns."""
    known = {name.casefold() for name in header}
    return next(service for service in SERVICES if service.knows(known))


def named(name: str) -> Service:
    """Return the service of a name."""
    return next(service for service in SERVICES if service.name == name)


def _profile(row: Row, service: Service) -> Profile:
    attributes = _held(_first(row, ("attributes", "metadata", "custom")))
    pick = {**{key.casefold(): text for key, text in attributes.items()}, **row}
    kept = {key: row[key] for key in service.custom if row.get(key)}
    known = {"country", "country code", "language", "tickers", "tags", "days", "source"}
    kept |= {key: text for key, text in attributes.items() if KEY.fullmatch(key)}
    labels = _first(pick, ("tags", "labels"))
    return Profile(
        country=_country(_first(pick, ("country", "country code", "cc"))),
        language=readers.language(pick.get("language", "")),
        source=readers.line(pick.get("source", "") or service.source, "source").casefold(),
        tickers=readers.tickers(_several(pick.get("tickers", ""))),
        tags=readers.tags(_several(labels)),
        days=readers.days(_several(pick.get("days", ""))),
        custom=readers.custom({k: v for k, v in kept.items() if k not in known}),
    )


def _country(text: str) -> str:
    """Return a code; a country's name is not guessed at and leaves it unknown."""
    return readers.country(text) if len(text) == 2 else ""


def _evidence(row: Row) -> dict[str, str]:
    """Return what a service tells of the consent; addresses of machines are not kept."""
    columns = ("optin_time", "confirm_time", "consent")
    found = {name: row[name] for name in columns if row.get(name)}
    if any(UNPRINTABLE.search(text) or len(text) > 4000 for text in found.values()):
        raise AddressError(
            "What it tells of the consent holds a control character or is longer than 4000 "
            "characters; correct the cell."
        )
    return found


def _held(text: str) -> dict[str, str]:
    """Return attributes that stand in a cell as JSON; lists are written with commas."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(key): ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in found.items()
        if isinstance(value, str | int | float | list)
    }


def _several(text: str) -> list[str]:
    """Return what stands in a cell one after the other, with commas or semicolons."""
    text = text.strip("[]")
    if not text:
        return []
    separator = ";" if ";" in text and "," not in text else ","
    try:
        return next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    except csv.Error as error:
        raise AddressError("A list in a cell cannot be read; write a,b,c.") from error


def _flag(row: Row, name: str) -> bool:
    word = row.get(name, "").casefold()
    if word not in _TRUE | _FALSE:
        raise AddressError(f"{name} is {word[:20]!r}; it is true or false.")
    return word in _TRUE


def _instant(row: Row, names: tuple[str, ...]) -> dt.datetime | None:
    """Return the first instant that can be read, taken for UTC where no zone is given."""
    for name in names:
        text = row.get(name, "").removesuffix(" UTC").strip()
        if not text:
            continue
        try:
            found = dt.datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
            found = found.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            continue
        if 1990 <= found.year <= 2200:
            return found
    return None


def _first(row: Row, names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _given(row: Row) -> str:
    return _first(row, ("first name", "first_name", "fname"))


def _family(row: Row) -> str:
    return _first(row, ("last name", "last_name", "lname"))


def undefused(candidate: Row) -> Row:
    """Take away what the house's own export puts before cells that a spreadsheet would run."""
    return {
        name: cell[1:] if cell[:1] == "'" and cell[1:2] in _RUN else cell
        for name, cell in candidate.items()
    }


def consented(candidate: Candidate, how: Mapping[str, str]) -> Candidate:
    """Return a candidate whose evidence also says how it came here."""
    return replace(candidate, evidence={**candidate.evidence, **how})
