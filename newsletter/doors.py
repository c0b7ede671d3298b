"""The doors of one workspace, each opened when it is first used."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
import uuid
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from newsletter import assets
from newsletter.books import LINK_KEY, LINK_KEYS_RETIRED
from newsletter.bouncing import HOOK_SECRETS, IMAP_PASSWORD, SERVICES
from newsletter.clock import Clock, SystemClock
from newsletter.collect import feeds
from newsletter.collect.progress import Progress, silent
from newsletter.collect.providers import is_kept, known, open_provider
from newsletter.config import Config, load, secret
from newsletter.draft.model import Listener
from newsletter.errors import ConfigError
from newsletter.mailing import SMTP_PASSWORD, Mailing
from newsletter.observing import OTLP_HEADERS, SENTRY_DSN
from newsletter.reporter import Reporter
from newsletter.send.segments import Segment, SegmentError
from newsletter.sign_on import OIDC_SECRET
from newsletter.signatures import DKIM_KEY
from newsletter.stages import Order

if TYPE_CHECKING:  # a command that needs no market data waits for no pandas
    from newsletter.collect.feed import Feed
    from newsletter.collect.kept import Keeping
    from newsletter.collect.provider import Provider
    from newsletter.collect.sessions import TradingDays
    from newsletter.collect.web import Web
    from newsletter.store.bars import BarShelf
    from newsletter.writing import ModelDesk

MODEL_KEY = "NEWSLETTER_MODEL_KEY"
SPEECH_KEY = "NEWSLETTER_SPEECH_KEY"


class Doors(Mailing):
    """What a workspace's configuration gives access to.

    Parameters
    ----------
    config_path : pathlib.Path
        The config.yaml; relative paths in it start from its folder.
    clock : Clock, optional
        The machine's, unless a test brings one.
    progress : callable, optional
        Told how far long work is.
    heard : callable, optional
        Told a model's reply as it arrives.

    Attributes
    ----------
    stopping : threading.Event
        Set when a person or the system ends the process; long work then stops.

    Raises
    ------
    ConfigError
        If the configuration cannot be used.
    """

    def __init__(
        self,
        config_path: Path,
        *,
        clock: Clock | None = None,
        progress: Progress = silent,
        heard: Listener | None = None,
    ) -> None:
        self.config_path = config_path.resolve()
        self.base = self.config_path.parent
        self.config: Config = load(config_path)
        bars = self.config.providers.bars
        if bars not in known():
            raise ConfigError(
                f"{config_path}: providers.bars is {bars!r}: there are {', '.join(known())}."
            )
        try:
            feeds.refuse_unknown(self.config.providers)
        except ConfigError as error:
            raise ConfigError(f"{config_path}: {error}") from error
        licensed = (*known(), *feeds.known())
        for name in sorted(set(self.config.compliance.licences) - set(licensed)):
            raise ConfigError(
                f"{config_path}: compliance.licences names {name!r}: there are "
                f"{', '.join(licensed)}."
            )
        for kind in self.config.editions:  # told now, not after an hour's collecting
            self.layout(kind)
        for name, expression in self.config.segments.items():
            read_segment(config_path, name, expression)
        self.logo()
        self.clock: Clock = clock or SystemClock()
        self.progress = progress
        self.heard = heard
        self.stopping = threading.Event()
        self._templates: tuple[dict[str, str], Any] | None = None
        self._said: tuple[int, int, str] | None = None

    @cached_property
    def reporter(self) -> Reporter:
        """What tells the board of this process's runs."""
        return Reporter(
            lambda: self.runs,
            self.clock.now,
            time.monotonic,
            lambda: uuid.uuid4().hex,
            lambda: _secrets(self.config),
        )

    def secrets(self) -> tuple[str, ...]:
        """Return what this process knows and never tells, not even in its log."""
        found = list(_secrets(self.config))
        with contextlib.suppress(ConfigError):
            found.append(self._link_key().decode("utf-8", "replace"))
        with contextlib.suppress(ConfigError, ValueError):
            found.append(unquote(urlsplit(self.database_url).password or ""))
        return tuple(each for each in found if each)

    def told(self, done: int, total: int, what: str) -> None:
        """Tell the board and this call's listener how far long work is.

        What was said just now is not said again; whoever was interrupted ends here.
        """
        if self.stopping.is_set():
            raise KeyboardInterrupt
        if self._said == (done, total, what):
            return
        self._said = done, total, what
        self.reporter.told(done, total, what)
        self.progress(done, total, what)

    def hear(self, piece: str) -> None:
        """Pass a piece of a model's reply on; whoever was interrupted hears no more of it."""
        if self.stopping.is_set():
            raise KeyboardInterrupt
        self.reporter.heard(piece)
        if self.heard is not None:
            self.heard(piece)

    def logo(self) -> Any:
        """Return the publication's logo, read anew, or None where none is configured.

        Raises
        ------
        ConfigError
            If the file cannot be read, or is no picture fit for the mail.
        """
        brand, name = self.config.publication.brand, self.config.publication.name
        if not brand.logo:
            return None
        from newsletter.render.logo import logo  # it reads pictures, which most have none of

        path = self.base / brand.logo
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"publication.brand.logo names {path}, which cannot be read: {error.strerror}."
            ) from error
        return logo(data, brand.logo_height, name, brand.logo)

    def layout(self, kind: str) -> str:
        """Return the layout of a kind of edition: the one it names, else its form's own.

        Parameters
        ----------
        kind : str
            A key of ``editions``; one that is not configured has no layout of its own.

        Returns
        -------
        str
            A folder of templates/email, empty for the house's usual one.

        Raises
        ------
        ConfigError
            If the configuration names a layout that is not there.
        """
        found = self.config.editions.get(kind)
        if found is None:
            return ""
        wanted = found.layout or found.form
        body = f"email/{wanted}/body.mjml.j2"
        if any((folder / body).is_file() for folder in assets.folders("templates", self.base)):
            return wanted
        if found.layout:
            raise ConfigError(
                f"editions.{kind}.layout is {found.layout!r}; there is no folder "
                f"templates/email/{found.layout} with a body.mjml.j2."
            )
        return ""

    def templates(self) -> Any:
        """Return the templates, the workspace's over the shipped ones.

        The files are read anew, so that a change shows at once; they are compiled again
        only where one has changed.
        """
        from newsletter.render.templating import environment as jinja

        texts = assets.texts("templates", self.base, suffixes={".j2"})
        if self._templates is None or self._templates[0] != texts:
            self._templates = texts, jinja(texts)
        return self._templates[1]

    def members(self) -> tuple[str, ...] | None:
        """Return the breadth universe of the workspace's own list, or None."""
        from newsletter.collect.providers._members import read_members

        members = self.config.universe.breadth.members
        return read_members(self.base / members) if members else None

    def provider(self, order: Order) -> Provider:
        """Open the source of bars that an order or the configuration names.

        Raises
        ------
        ConfigError
            If there is no such provider, or it lacks a setting.
        """
        path = order.get("path") or self.config.providers.path
        return open_provider(
            order.get("provider") or self.config.providers.bars,
            self.config.providers,
            self.base / path if path else None,
        )

    def keeping(self, order: Order) -> Keeping | None:
        """Return where an order's bars are kept; None where they are not.

        Raises
        ------
        ConfigError
            If symbols are to be accepted of a source that is not kept.
        """
        from newsletter.collect.kept import Keeping

        name = order.get("provider") or self.config.providers.bars
        accepted = tuple(order.get("accept", "").split())
        if not self.config.providers.keep or not is_kept(name):
            if accepted:
                raise ConfigError(f"Bars of {name} are not kept; there is nothing to accept.")
            return None
        return Keeping(self.shelf(name), name, self.clock.now, accepted)

    def shelf(self, name: str, base: Path | None = None) -> BarShelf:
        """Open what is kept of a source, here or in a copy of the workspace's folder."""
        from newsletter.store.bars import BarShelf

        return BarShelf((base or self.base) / self.config.providers.kept / name)

    @cached_property
    def web(self) -> Web:
        """The way to addresses that publish data; pages are kept between runs."""
        from newsletter.collect.web import Web

        return Web(self.config.providers.web)

    def feeds(self) -> dict[str, tuple[Feed | None, ...]]:
        """Open the sources beside the bars in their order, for one run.

        Raises
        ------
        ConfigError
            If one is named for a field that it has nothing of.
        """
        if not self.config.providers.ordered():
            return {}
        return feeds.open_feeds(self.config.providers, self.web.anew())

    def speech(self) -> Any:
        """Open the configured engine that reads aloud."""
        from newsletter.speech import open_speech

        return open_speech(self.config.speech, secret(SPEECH_KEY), self.base)

    @cached_property
    def model_desk(self) -> ModelDesk:
        """Where a language model's briefings are made."""
        from newsletter.draft.llm import open_model
        from newsletter.draft.prompt import Prompts
        from newsletter.store.artefacts import Artefacts
        from newsletter.store.spending import KeptReplies, SqlAccounts
        from newsletter.writing import ModelDesk

        settings = self.config.model
        return ModelDesk(
            settings,
            self.config.voice,
            Prompts.of(assets.texts("prompts", self.base, suffixes={".md"})),
            lambda: open_model(settings, secret(MODEL_KEY)),
            KeptReplies(Artefacts(self.database), self.clock.now),
            SqlAccounts(self.database),
            self.clock.now,
            time.monotonic,
            self.hear,
            self.reporter.asked,
        )

    def close(self) -> None:
        """Close what was opened."""
        if "worklist" in self.__dict__:
            self.__dict__["worklist"].close()
        if "database" in self.__dict__:
            self.database.close()

    def trading_days(self, date: dt.date) -> TradingDays:
        """Return the publication's calendar, reaching at least a date."""
        from newsletter.collect.sessions import TradingDays

        return TradingDays(self.config.publication.exchange, date)


def read_segment(path: Path, name: str, expression: str) -> Segment:
    """Read a segment of a configuration file.

    Raises
    ------
    ConfigError
        Naming the file, the segment and the place in it.
    """
    try:
        return Segment.of(name, expression)
    except SegmentError as error:
        raise ConfigError(f"{path}: segments.{name}: {error}") from error


def _secrets(config: Config) -> tuple[str, ...]:
    """Return what this process knows and never tells."""
    found = []
    services = [f"NEWSLETTER_{name.upper()}_KEY" for name in SERVICES]
    hooks = [
        f"NEWSLETTER_{name.upper()}_HOOK_{what.upper()}"
        for name, needed in HOOK_SECRETS.items()
        for what in needed
    ]
    named = (MODEL_KEY, SPEECH_KEY, SMTP_PASSWORD, LINK_KEY, LINK_KEYS_RETIRED, OIDC_SECRET)
    own = [one.password_variable for one in config.senders.values() if one.password_variable]
    watched = (SENTRY_DSN, OTLP_HEADERS)
    for name in (*named, *watched, DKIM_KEY, IMAP_PASSWORD, *services, *hooks, *own):
        with contextlib.suppress(ConfigError):  # told where it is needed; what is unread is unknown
            found.append(secret(name) or "")
    return tuple(each for each in found if each)
