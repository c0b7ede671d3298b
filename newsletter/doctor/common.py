"""What several checks ask of a workspace."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from newsletter import assets
from newsletter.config import Config, EditionKind, load
from newsletter.errors import NewsletterError
from newsletter.hand import host_of
from newsletter.pooling import POOL, at_home

if TYPE_CHECKING:
    from newsletter.app import House

_RESERVED: Final = ("example", "invalid", "test", "localhost")
"""Names that nobody owns (RFC 2606)."""


class Unready(NewsletterError):
    """The database cannot be looked into as it stands; the sentence says why."""


def books(house: House) -> Any:
    """Return the database to look into.

    Raises
    ------
    Unready
        If there is none yet, or its schema is not this version's.
    """
    found = house.seen()
    if found is None:
        raise Unready("There is no database yet; the first command that keeps something makes it.")
    schema = found.schema()
    if schema != found.head:
        raise Unready(
            f"The database has schema {schema or 'none'} and this version knows {found.head}; see "
            "the check of the database."
        )
    return found


def enabled(config: Config) -> dict[str, EditionKind]:
    """Return the editions that are made by themselves."""
    return {name: one for name, one in config.editions.items() if one.enabled}


def senders(config: Config) -> list[str]:
    """Return the ways by which enabled editions go, those of a pool each by itself."""
    found: dict[str, None] = {}
    for one in enabled(config).values():
        sender = config.senders[one.sender]
        ways = [way.sender for way in sender.ways] if sender.transport == POOL else [one.sender]
        found |= dict.fromkeys(ways)
    return list(found)


def leaving(config: Config) -> list[str]:
    """Return the senders of enabled editions whose mail leaves this machine; a pool is one."""
    named = dict.fromkeys(one.sender for one in enabled(config).values())
    return [name for name in named if not at_home(name, config.senders)]


@lru_cache(maxsize=1)
def example() -> Config:
    """Return the configuration as it is shipped, whose names are examples."""
    return load(assets.find("config.yaml"))


def nobodys(name: str) -> bool:
    """Tell whether a host, or the host of an address, is one that examples use.

    Examples
    --------
    >>> nobodys("https://news.example.com"), nobodys("a@sub.example.org"), nobodys("b@gazette.net")
    (True, True, False)
    """
    host = host_of(name) if "://" in name else name.rpartition("@")[2]
    labels = host.lower().rstrip(".").split(".")
    return labels[-1] in _RESERVED or labels[-2:-1] == ["example"]
