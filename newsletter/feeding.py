"""Where figures beside the bars come from, in which order: parts of ``providers``."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from newsletter.universe import Identifier, Strict

FIELDS = ("macro", "volatility", "holdings", "headlines")
"""What sources can be ordered for."""

_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
_NUMERIC = re.compile(r"[0-9.]+")

FundName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")]


def https_host(url: str) -> str:
    """Return the host of an address that may be asked for data.

    Parameters
    ----------
    url : str
        ``https://host/path``, the usual port, no name or password in it.

    Raises
    ------
    ValueError
        If it is none; the text goes after the key's name, and does not repeat the address.

    Examples
    --------
    >>> https_host("https://feeds.example.com/markets.xml?all=1")
    'feeds.example.com'
    """
    good = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        good, host, port = False, "", None
    if (
        not good or parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc
        or parts.fragment or not _HOST.fullmatch(host) or _NUMERIC.fullmatch(host)
    ):  # fmt: skip
        raise ValueError(
            "must be a whole https:// address with a host's name, without a password or a #"
        )
    return host


class WebLimits(Strict):
    """How long and how much is waited for of one address, and how often it is asked again."""

    timeout_seconds: float = Field(default=20, gt=0, le=120)
    most_megabytes: float = Field(default=10, gt=0, le=100)
    retries: int = Field(default=3, ge=0, le=8)


class Issuer(Strict):
    """Addresses of the issuers' own lists of holdings, by the fund's or index's name."""

    funds: dict[FundName, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict)

    @field_validator("funds")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for name, url in value.items():
            _refuse(url, name)
        return value


class RssFeed(Strict):
    """A feed of headlines: what print calls its source, and where it is."""

    name: str = Field(min_length=1, max_length=60)
    url: str = Field(max_length=500)

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not value.isprintable() or value != value.strip():
            raise ValueError("must be one line without spaces at its ends")
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        https_host(value)
        return value


class Rss(Strict):
    """Feeds of headlines, and the hosts they may be read from and redirected to."""

    feeds: tuple[RssFeed, ...] = Field(default=(), max_length=40)
    hosts: tuple[str, ...] = Field(default=(), max_length=80)
    most: int = Field(default=50, ge=1, le=500)
    most_megabytes: float = Field(default=3, gt=0, le=100)

    @model_validator(mode="after")
    def _hosts_are_listed(self) -> "Rss":
        for feed in self.feeds:
            host = https_host(feed.url)
            if host not in self.hosts:
                raise ValueError(f"{feed.name} is read from {host}; add {host} to hosts")
        return self


class Feeding(Strict):
    """First and second source of each field; empty leaves it to the source of bars.

    A name is that of a file in ``collect/feeds/``, or that of ``providers.bars``. Where the
    second gives another figure than the first, editors are told and neither is used.
    """

    macro: tuple[Identifier, ...] = Field(default=(), max_length=2)
    volatility: tuple[Identifier, ...] = Field(default=(), max_length=2)
    holdings: tuple[Identifier, ...] = Field(default=(), max_length=2)
    headlines: tuple[Identifier, ...] = Field(default=(), max_length=2)
    web: WebLimits = WebLimits()
    issuer: Issuer = Issuer()
    rss: Rss = Rss()

    @field_validator(*FIELDS)
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("names one source twice; a source cannot check itself")
        return value

    @model_validator(mode="after")
    def _sources_have_addresses(self) -> "Feeding":
        if "issuer" in self.holdings and not self.issuer.funds:
            raise ValueError("holdings names issuer but issuer.funds is empty; give an address")
        if "rss" in self.headlines and not self.rss.feeds:
            raise ValueError("headlines names rss but rss.feeds is empty; give an address")
        return self

    def ordered(self) -> dict[str, tuple[str, ...]]:
        """Return the names by field, fields without any left out."""
        named: dict[str, tuple[str, ...]] = {field: getattr(self, field) for field in FIELDS}
        return {field: names for field, names in named.items() if names}


def _refuse(url: str, name: str) -> None:
    try:
        https_host(url)
    except ValueError as error:
        raise ValueError(f"the address of {name} {error}") from None
