"""config.yaml: choices, never secrets; every mistake is one sentence.

The file is read strictly: unknown and repeated keys are mistakes, and the nearest known
key is suggested. Secrets come from the environment or from files named there.
"""

import difflib
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from newsletter import kinds
from newsletter.alerting import Alerts, require_sender
from newsletter.bouncing import Bounces, Hooks
from newsletter.compliance import Compliance, Jurisdiction
from newsletter.counting import Counting
from newsletter.errors import ConfigError
from newsletter.facing import Public
from newsletter.feeding import Feeding
from newsletter.hand import Model
from newsletter.keeping import Keeps
from newsletter.observing import Telemetry
from newsletter.pooling import require_pools
from newsletter.senders import Sender
from newsletter.sign_on import SignOn
from newsletter.speaking import Speech
from newsletter.timing import Schedule, Timing, known_zone
from newsletter.universe import (
    Basket,
    Breadth,
    Identifier,
    Instrument,
    Pair,
    Strict,
    StyleRow,
    Universe,
    plain,
)
from newsletter.voice import Voice

__all__ = [
    "Basket", "Breadth", "Compliance", "Config", "EditionKind", "Instrument", "Model", "Pair",
    "Providers", "Public", "Publication", "Review", "Sender", "SignOn", "Speech", "Storage",
    "StyleRow", "Universe", "Voice", "Yahoo", "load", "plain",
]  # fmt: skip

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


Face = Annotated[str, Field(pattern=r"^[A-Za-z0-9 -]{1,40}$")]
_SERIF = ("Georgia", "Times New Roman", "Times")
_SANS = ("-apple-system", "BlinkMacSystemFont", "Segoe UI", "Roboto", "Helvetica", "Arial")


class Fonts(Strict):
    """Typefaces by name, the first that a reader's machine has is used; none are fetched."""

    headline: tuple[Face, ...] = ()
    body: tuple[Face, ...] = ()

    def stacks(self) -> dict[str, str]:
        """Return the lists as CSS writes them, by use, each ending in a generic family."""
        return {
            "headline": _stack((*self.headline, *_SERIF), "serif"),
            "body": _stack((*self.body, *_SANS), "sans-serif"),
        }


def _stack(names: tuple[str, ...], generic: str) -> str:
    quoted = (f"'{name}'" if " " in name else name for name in dict.fromkeys(names))
    return ", ".join((*quoted, generic))


class Brand(Strict):
    """How the mail looks: two colours of six digits, typefaces, a logo."""

    ink: Colour = "#14213d"
    accent: Colour = "#a4551e"
    fonts: Fonts = Fonts()
    logo: str = Field(default="", max_length=300)
    logo_height: int = Field(default=36, ge=16, le=120)


class Publication(Strict):
    """Who publishes, from where, for which exchange."""

    name: str = Field(min_length=1, max_length=60)
    tagline: str = Field(default="", max_length=120)
    publisher: str = Field(min_length=1, max_length=100)
    postal_address: str = Field(min_length=10, max_length=200)
    contact: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$|^https://")
    base_url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    time_zone: str
    exchange: str = Field(pattern=r"^[A-Z]{4}$")
    language: str = "en"
    edition_url: str = Field(default="", pattern=r"^(https://[^\s\"<>]+)?$", max_length=300)
    brand: Brand = Brand()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_zone(value)


class EditionKind(Timing):
    """What an edition is, when it is made and for whom.

    `form` names a kind of piece: a file in ``draft/forms``. `layout` names a folder of
    ``templates/email``; without it the form's own, else the evening's. `segment` names the
    readers of the list it goes to; without it all of them.
    """

    list: Identifier = "evening"
    segment: Identifier | None = None
    form: Identifier = "briefing"
    layout: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    enabled: bool = True
    sender: str = "mailbox"


class Yahoo(Strict):
    """Pace of the Yahoo provider, and what it is asked for beside bars."""

    chunk: int = Field(default=80, ge=1, le=200)
    pause_seconds: float = Field(default=0.5, ge=0, le=60)
    retries: int = Field(default=3, ge=0, le=8)
    timeout_seconds: float = Field(default=20, gt=0, le=120)
    tables: tuple[
        Literal["fundamentals", "funds", "sectors", "calendar", "options", "news"], ...
    ] = ()


class Providers(Feeding, Keeps):
    """Where market data come from."""

    bars: Identifier = "yahoo"
    path: Path | None = None
    history_start: str = Field(default="1993-01-01", pattern=r"^\d{4}-\d{2}-\d{2}$")
    yahoo: Yahoo = Yahoo()


class Review(Strict):
    """Rules of the desk.

    `at_deadline` says what becomes of an edition that nobody approved in time: ``skip``
    lets it expire, ``hold`` keeps it for a person. `tell` is whether editors are told by
    e-mail what awaits them, of failed runs and of deliveries that need a person; without it
    they are where the edition's sender is no maildir.
    """

    four_eyes: bool = False
    expires_after_hours: float = Field(default=14, gt=0, le=96)
    at_deadline: Literal["skip", "hold"] = "skip"
    remind_minutes: int = Field(default=30, ge=0, le=1440)
    tell: bool | None = None


class DeskSettings(Strict):
    """The editors' desk: where it listens, how people reach it, who else vouches for them."""

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int = Field(default=8800, ge=0, le=65535)
    address: str = Field(
        default="http://127.0.0.1:8800",
        pattern=r"^(?:https://[A-Za-z0-9.\-]+(?::[0-9]+)?|http://(?:127\.0\.0\.1|localhost)(?::[0-9]+)?)/?$",
    )
    proxies: str = Field(default="127.0.0.1", max_length=500)
    oidc: SignOn | None = None


class Storage(Strict):
    """Where the house keeps its books. A PostgreSQL URL serves many machines."""

    url: str = "sqlite:///data/newsletter.db"
    url_variable: str | None = None
    left: Path = Path("data/left.jsonl")


class Config(Strict):
    """The whole of config.yaml."""

    publication: Publication
    universe: Universe
    editions: dict[Identifier, EditionKind]
    segments: dict[Identifier, str] = Field(default_factory=dict)
    providers: Providers = Providers()
    model: Model = Model()
    voice: Voice = Voice()
    speech: Speech = Speech()
    schedule: Schedule = Schedule()
    review: Review = Review()
    desk: DeskSettings = DeskSettings()
    public: Public = Public()
    counting: Counting = Counting()
    senders: dict[Identifier, Sender]
    jurisdictions: tuple[Jurisdiction, ...] = Field(default=("US",), min_length=1)
    compliance: Compliance = Compliance()
    storage: Storage = Storage()
    telemetry: Telemetry = Telemetry()
    bounces: Bounces | None = None
    hooks: Hooks = Hooks()
    alerts: Alerts = Alerts()

    @model_validator(mode="after")
    def _senders_exist(self) -> "Config":
        for name, edition in self.editions.items():
            if edition.sender not in self.senders:
                known = ", ".join(sorted(self.senders))
                raise ValueError(
                    f"editions.{name}.sender is {edition.sender!r}; known senders are {known}"
                )
            if kinds.corrected(name):
                raise ValueError(
                    f"editions.{name} ends like the key of a correction; give it another name"
                )
        require_sender(self.alerts, self.senders)
        require_pools(self.senders, {name: one.sender for name, one in self.editions.items()})
        return self

    def kind(self, name: str) -> EditionKind | None:
        """Return what an edition of a kind is, a correction like what it corrects, or None."""
        return self.editions.get(kinds.root(name))


# Where PyYAML was built with libyaml, every command starts some 40 ms sooner.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _OnceLoader(_Safe):  # type: ignore[misc]
    """Safe YAML that refuses a key given twice (the second would win in silence)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise ConfigError(f"line {line}: the key {key!r} is given twice; remove one")
            seen.add(key)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Parameters
    ----------
    path : pathlib.Path
        The YAML file.

    Returns
    -------
    Config
        Frozen settings.

    Raises
    ------
    ConfigError
        With one sentence: file, key path, what was found, what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no {path}; make a workspace with `newsletter init DIR`, "
            "or name a file with --config."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {why}.") from error
    try:
        data = yaml.load(text, Loader=_OnceLoader)  # noqa: S506 - derives from SafeLoader
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise ConfigError(f"{path}{where}: not valid YAML, {problem}.") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: the file must hold keys such as 'publication:', not a list.")
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_sentence(path, error)) from error


def secret(name: str, *, environ: dict[str, str] | None = None) -> str | None:
    """Read a secret from the environment, or from the file named by ``NAME_FILE``.

    Parameters
    ----------
    name : str
        Variable name, e.g. ``"NEWSLETTER_SMTP_PASSWORD"``.
    environ : dict of str to str, optional
        Instead of the process environment.

    Returns
    -------
    str or None
        None where neither is set.

    Raises
    ------
    ConfigError
        If both are set, or the file cannot be read or is empty.
    """
    env = os.environ if environ is None else environ
    value, file = env.get(name), env.get(f"{name}_FILE")
    if value and file:
        raise ConfigError(f"Both {name} and {name}_FILE are set; unset one of them.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(
                f"{name}_FILE names {file}, which cannot be read: {error.strerror}."
            ) from error
        if not value:
            raise ConfigError(f"{name}_FILE names {file}, which is empty.")
    return value or None


def environment(name: str) -> str | None:
    """Read a variable that is no secret; the only other way to the environment."""
    return os.environ.get(name)


def _sentence(path: Path, error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    # A misspelt key also leaves the right one missing: tell the cause, not the symptom.
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    location = first["loc"]
    where = ".".join(str(part) for part in location) or "the file"
    if first["type"] == "extra_forbidden":
        known = _known_keys(location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, 1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys are {', '.join(known)}."
        return f"{path}: {where} is not a known key; {hint}"
    if first["type"] == "missing":
        return f"{path}: {where} is missing; it is required."
    reason = _plain(first["msg"].removeprefix("Value error, "))
    found = "" if location == () or isinstance(first["input"], dict | BaseModel) else _found(first)
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    end = "" if reason.endswith("?") and not more else "."
    return f"{path}: {where}{found}: {reason}{more}{end}"


def _plain(reason: str) -> str:
    """Say in terms of YAML what the validator says in terms of Python."""
    reason = re.sub(r"a valid (?:tuple|list|set|frozenset)\b", "a list", reason)
    return re.sub(r"a valid dictionary(?: or instance of \w+)?", "a block of keys", reason)


def _found(problem: Any) -> str:
    return f" is {problem['input']!r}"


def _known_keys(location: tuple[Any, ...]) -> list[str]:
    model: Any = Config
    for part in location:
        if isinstance(part, str) and part in getattr(model, "model_fields", {}):
            model = _inner_model(model.model_fields[part].annotation)
        # Otherwise an index or a mapping's own key: the model inside stays the same.
    return sorted(getattr(model, "model_fields", ()))


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None
