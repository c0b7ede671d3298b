"""Settings: the configuration in its own words, and the health of what it names. Read only.

No secret is ever told: of those in the environment only whether they are set, and whatever
else holds one (the password of a database's address, or one written in the wrong place) is
blotted out.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from newsletter import assets
from newsletter.books import LINK_KEY
from newsletter.config import secret
from newsletter.desk.admission import READ, Admission, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.doors import MODEL_KEY, SPEECH_KEY
from newsletter.errors import ConfigError, NewsletterError, NotFound
from newsletter.mailing import SMTP_PASSWORD
from newsletter.review.roles import Act
from newsletter.sign_on import OIDC_SECRET

ROOM = Room("Settings", "/settings", 80, key="o")
router = APIRouter(include_in_schema=False, prefix="/settings")
Reader = Annotated[Visit, Depends(READ)]
Sender = Annotated[Visit, Depends(Admission(Act.SEND))]
Chief = Annotated[Visit, Depends(Admission(Act.PEOPLE))]
Words = dict[str, Any]

BLOT: Final = "•••"
SHORTEST: Final = 4
"""A shorter secret would blot out half the page, and protects nothing."""
KEYS: Final = {
    LINK_KEY: "readers' links, and all that the desk signs",
    MODEL_KEY: "the language model's service",
    SPEECH_KEY: "the voice's service",
    SMTP_PASSWORD: "the mail server",
    OIDC_SECRET: "single sign-on",
}
_USER: Final = re.compile(r"(://)\S*@")
_PARAMETER: Final = re.compile(
    r"(?i)([?&;][^=&;\s]*(?:key|token|secret|pass|pwd|sig|auth)[^=&;\s]*=)[^&;\s]+"
)
_OVERRIDABLE: Final = ("templates", "prompts")


@router.get("")
def show(request: Request, visit: Reader) -> Response:
    """Show the page."""
    return _page(request, visit)


@router.post("/check/{sender}")
def check(request: Request, visit: Sender, sender: str) -> Response:
    """Open the way out of a sender and close it again; no message is sent."""
    desk = newsroom(request)
    if sender not in desk.house.config.senders:
        raise NotFound(f"config.yaml has no sender {sender[:40]!r}.")
    try:
        with desk.house.transport(sender):
            result = (True, "It can be reached and lets us in; no message was sent.")
    except NewsletterError as error:
        result = (False, blotted(str(error), _held(desk)))
    desk.record(visit.editor, "checked a sender", sender, reachable="yes" if result[0] else "no")
    return _page(request, visit, checked={sender: result})


@router.post("/sign-on")
def check_sign_on(request: Request, visit: Chief) -> Response:
    """Ask the provider of identities for its document and keys; nobody is signed in."""
    desk = newsroom(request)
    way = desk.single_sign_on
    if way is None:
        raise NotFound("config.yaml has no desk.oidc.")
    try:
        result = (True, blotted(way.check(), _held(desk)))
    except NewsletterError as error:
        result = (False, blotted(str(error), _held(desk)))
    desk.record(visit.editor, "checked single sign-on", way.settings.issuer,
                reachable="yes" if result[0] else "no")  # fmt: skip
    return _page(request, visit, asked=result)


def _page(
    request: Request,
    visit: Visit,
    checked: Mapping[str, Any] | None = None,
    asked: tuple[bool, str] | None = None,
) -> Response:
    desk = newsroom(request)
    held = _held(desk)
    groups = []
    for name in type(desk.house.config).model_fields:
        part = getattr(desk.house.config, name)
        given = name in desk.house.config.model_fields_set
        rows = [
            {"name": key, "value": blotted(value, held), "given": own}
            for key, value, own in flattened(part, "", given)
        ]
        groups.append({"name": name, "rows": rows, "own": sum(bool(row["given"]) for row in rows)})
    return desk.page(
        request, visit, "settings", groups=groups, secrets=list(_secrets(desk)),
        health=_health(desk, held), senders=list(desk.house.config.senders),
        checked=checked or {}, asked=asked, sign_on=desk.house.config.desk.oidc,
        overridden=list(_overridden(desk)),
    )  # fmt: skip


def flattened(part: Any, path: str, given: bool) -> Iterator[tuple[str, str, bool]]:
    """Yield every setting below one as its dotted name, its value and whether it was set.

    Parameters
    ----------
    part : Any
        A part of the configuration.
    path : str
        Its name so far.
    given : bool
        Whether config.yaml names it; where it does not, the value is the default.
    """
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            own = given and name in part.model_fields_set
            yield from flattened(getattr(part, name), f"{path}.{name}" if path else name, own)
    elif isinstance(part, dict) and any(isinstance(one, BaseModel) for one in part.values()):
        for name, one in part.items():
            yield from flattened(one, f"{path}.{name}" if path else str(name), given)
    else:
        yield path, _value(part), given


def _value(value: Any) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, BaseModel):
        told = value.model_dump(exclude_unset=True)
        return ", ".join(f"{name}: {_value(one)}" for name, one in told.items())
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(one)}" for name, one in value.items()) or "none"
    if isinstance(value, tuple | list | set | frozenset):
        parts = [_value(one) for one in value]
        return ("; " if any(", " in one for one in parts) else ", ").join(parts) or "none"
    return str(value)


def blotted(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text without passwords of addresses, and without any of some secrets.

    Examples
    --------
    >>> blotted("postgresql://desk:open@db/news", ())
    'postgresql://•••@db/news'
    """
    for one in secrets:
        text = text.replace(one, BLOT)
    return _PARAMETER.sub(rf"\1{BLOT}", _USER.sub(rf"\1{BLOT}@", text))


def _held(desk: Newsroom) -> tuple[str, ...]:
    """Return the secrets this process can read, the longest first."""
    found = {_read(name) for name in _names(desk)} | {_link_key(desk)}
    return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True))


def _link_key(desk: Newsroom) -> str:
    path = desk.house.base / "data" / "link.key"
    return path.read_text("utf-8", "replace").strip() if path.is_file() else ""


def _names(desk: Newsroom) -> list[str]:
    config = desk.house.config
    own = [one.password_variable for one in config.senders.values()]
    named = [config.storage.url_variable, *own]
    return [*KEYS, *dict.fromkeys(name for name in named if name and name not in KEYS)]


def _read(name: str) -> str:
    try:
        return secret(name) or ""
    except ConfigError:
        return ""


def _secrets(desk: Newsroom) -> Iterator[Words]:
    for name in _names(desk):
        state = "set" if _read(name) else "not set"
        try:
            secret(name)
        except ConfigError:
            state = "cannot be read"
        if name == LINK_KEY and state == "not set" and _link_key(desk):
            state = "not set; the key in data/link.key is used"
        other = "the database's address"
        if name != desk.house.config.storage.url_variable:
            other = "a sender's password or key"
        yield {"name": name, "what": KEYS.get(name, other), "state": state}


def health(desk: Newsroom) -> list[Words]:
    """Return how whatever the configuration names fares: `name`, `good`, `said`, `at`."""
    return _health(desk, _held(desk))


def _health(desk: Newsroom, held: tuple[str, ...]) -> list[Words]:
    house = desk.house
    return [
        {"name": "Database", **_database(desk)},
        {"name": "Last run", **_last_run(desk, held)},
        {"name": "Disk", **_disk(desk)},
        {"name": "Model", **_model(desk)},
        {"name": "Speech", "good": True, "said": "none: no audio is made"
         if house.config.speech.engine == "none" else f"{house.config.speech.engine} reads aloud"},
    ]  # fmt: skip


def _database(desk: Newsroom) -> Words:
    database = desk.house.database
    said = f"{database.engine.dialect.name} answers, schema {database.schema()}"
    return {"good": True, "said": said}


def _last_run(desk: Newsroom, held: tuple[str, ...]) -> Words:
    runs = desk.house.runs.latest(1)
    if not runs:
        return {"good": True, "said": "none yet"}
    run, now = runs[0], desk.now()
    good = run.state != "failed" and not run.stale(now)
    return {"good": good, "said": f"{run.edition}: {blotted(run.verdict(now), held).rstrip('.')}",
            "at": run.updated_at}  # fmt: skip


def _disk(desk: Newsroom) -> Words:
    folder = desk.house.base / "data"
    usage = shutil.disk_usage(folder if folder.is_dir() else desk.house.base)
    part = usage.free / usage.total
    said = f"{usage.free / 1e9:,.1f} of {usage.total / 1e9:,.1f} GB free where the data lie"
    return {"good": part > 0.05, "said": said}


def _model(desk: Newsroom) -> Words:
    model = desk.house.config.model
    if model.writer == "house":
        return {"good": True, "said": "none: the house writer writes by rules"}
    key = "its key is set" if _read(MODEL_KEY) else f"{MODEL_KEY} is not set"
    return {"good": True, "said": f"{model.name}; {key}"}


def _overridden(desk: Newsroom) -> Iterator[Words]:
    """Yield the workspace's own templates and prompts, and whether they replace shipped ones."""
    for name in _OVERRIDABLE:
        own = desk.house.base / name
        shipped = [folder for folder in assets.folders(name, desk.house.base) if folder != own]
        for path in sorted(own.rglob("*")) if own.is_dir() and shipped else ():
            place = path.relative_to(own)
            if path.is_file() and not any(part.startswith(".") for part in place.parts):
                over = shipped[0] / place
                same = over.is_file() and over.read_bytes() == path.read_bytes()
                how = "same as shipped" if same else "replaces the shipped one"
                yield {"file": f"{name}/{place.as_posix()}",
                       "how": how if over.is_file() else "the house's own"}  # fmt: skip
