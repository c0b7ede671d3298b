"""Site: what every public page needs, made once for the application."""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Hashable
from functools import cached_property
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from newsletter.app import House
from newsletter.public import pages
from newsletter.public.limits import Limits
from newsletter.render.colours import palette
from newsletter.send.consent import Wording
from newsletter.send.delivery import Subscriber
from newsletter.send.hits import Waiting
from newsletter.send.tokens import Purpose

_KEPT: Final = 24
"""Editions that are held ready; each has a megabyte at most."""
LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Site:
    """The house as the public sees it.

    Parameters
    ----------
    house : House
        The workspace.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.config = house.config.public
        self.publication = house.config.publication
        self.base = self.publication.base_url.rstrip("/")
        parts = urlsplit(self.base)
        self.prefix = parts.path.rstrip("/")
        self.local = (parts.hostname or "") in LOCAL
        self.wording = Wording(self.config.consent_version, self.config.consent)
        self.counting = Wording(
            house.config.counting.consent_version, house.config.counting.consent
        )
        self.asked = threading.Event()
        self.hits = Waiting()
        self.pieces: dict[Any, Any] = {}
        self._made: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    @cached_property
    def limits(self) -> Limits:
        """How often somebody may ask."""
        house = self.house
        return Limits(house.access, house.clock, house.desk_key, self.config.pages_per_minute)

    @property
    def lists(self) -> dict[str, str]:
        """The lists one can be on, each with when its mail comes."""
        found: dict[str, str] = {}
        for kind in self.house.config.editions.values():
            if kind.enabled:
                evening = kind.days == "sessions"
                when = "after every trading day" if evening else "after the week's last session"
                found.setdefault(kind.list, when)
        return found

    @property
    def counts(self) -> bool:
        """Whether opens and clicks are counted, of readers who agree to it."""
        return bool(self.house.config.counting.enabled)

    @property
    def tickers(self) -> dict[str, str]:
        """Instruments that can be watched, with their labels."""
        labels: dict[str, str] = self.house.config.universe.labels
        return labels

    def now(self) -> dt.datetime:
        """Return the present instant, aware, UTC."""
        return self.house.clock.now()

    def url(self, path: str) -> str:
        """Return the whole address of a path, as the public reaches it."""
        return f"{self.base}{path}"

    def preferences(self, reader: Subscriber) -> str:
        """Return a reader's own link to their preferences, below this site."""
        whole = self.house.signer.url(reader, Purpose.PREFERENCES)
        return self.prefix + whole[len(self.base) :]

    def once(self, mark: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made of contents that never change; the oldest are made anew."""
        with self._lock:
            if mark in self._made:
                return self._made[mark]
        made = make()
        with self._lock:
            self._made[mark] = made
            while len(self._made) > _KEPT:
                self._made.pop(next(iter(self._made)))
        return made

    @cached_property
    def style(self) -> bytes:
        """The style sheet in the publication's colours and typefaces, light and dark."""
        brand = self.publication.brand
        stacks = brand.fonts.stacks()
        light, dark = (_colours(brand.ink, brand.accent, one) for one in ("light", "dark"))
        given = f"--serif:{stacks['headline']};--sans:{stacks['body']};"
        text = (resources.files("newsletter.public") / "static" / "public.css").read_text("utf-8")
        return (
            f":root{{color-scheme:light dark;{given}{light}}}\n"
            f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n{text}"
        ).encode()

    @cached_property
    def bar(self) -> bytes:
        """The style sheet of the bar above an edition, whose page has a style of its own."""
        return (resources.files("newsletter.public") / "static" / "bar.css").read_bytes()

    @cached_property
    def sheets(self) -> dict[str, bytes]:
        """The style sheets by their names, which their contents give."""
        return {_sheet(one): one for one in (self.style, self.bar)}

    @cached_property
    def style_path(self) -> str:
        """The address of the pages' style sheet."""
        return f"{self.prefix}/static/{_sheet(self.style)}"

    @cached_property
    def bar_path(self) -> str:
        """The address of the bar's style sheet."""
        return f"{self.prefix}/static/{_sheet(self.bar)}"

    def page(self, name: str, status: int = 200, /, **words: Any) -> HTMLResponse:
        """Return a page.

        Parameters
        ----------
        name : str
            File under ``pages``, without its ending.
        status : int
            Of the answer.
        **words
            What it is filled with.
        """
        return HTMLResponse(self.text(name, **words), status)

    def text(self, name: str, /, **words: Any) -> str:
        """Return a page's text."""
        publication = self.publication
        given = {
            "root": self.prefix, "base": self.base, "publication": publication,
            "style": self.style_path, "feeds": ("atom", "rss", "json"), "canonical": "",
            "robots": "", "kind": "",
            "light": palette(publication.brand.ink, publication.brand.accent, "light").page,
            "dark": palette(publication.brand.ink, publication.brand.accent, "dark").page,
        }  # fmt: skip
        ending = "" if "." in name else ".html"
        return pages.environment().get_template(f"{name}{ending}.j2").render(given | words)


def _sheet(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()[:20]}.css"


def _colours(ink: str, accent: str, scheme: Any) -> str:
    found = palette(ink, accent, scheme)
    names = ("page", "card", "box", "ink", "body", "muted", "accent", "rule", "close", "on_close")
    return "".join(f"--{name.replace('_', '-')}:{getattr(found, name)};" for name in names)
