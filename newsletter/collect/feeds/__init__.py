"""Door: one file for each source beside the bars, offered as ``FEED``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from newsletter import registry
from newsletter.config import Providers
from newsletter.errors import ConfigError

if TYPE_CHECKING:  # their names are asked for by commands that need no market data
    from newsletter.collect.feed import Feed, FeedPlugin
    from newsletter.collect.web import Web


def known() -> tuple[str, ...]:
    """Return the names of the feeds in this folder, importing none of them."""
    return registry.names(__name__)


def open_feeds(settings: Providers, web: Web) -> dict[str, tuple[Feed | None, ...]]:
    """Make the configured feeds.

    Parameters
    ----------
    settings : Providers
        The ``providers`` section of config.yaml.
    web : Web
        Their way out.

    Returns
    -------
    dict of str to tuple
        By field, first and second source; None stands for the source of bars.

    Raises
    ------
    ConfigError
        If a name is unknown, or the feed has nothing of that field.
    """
    opened: dict[str, Feed] = {}
    order: dict[str, tuple[Feed | None, ...]] = {}
    for field, names in settings.ordered().items():
        for name in names:
            if name != settings.bars:
                plugin = _plugin(field, name, settings.bars)
                opened[name] = opened.get(name) or plugin.open(settings, web)
        order[field] = tuple(opened.get(name) for name in names)
    return order


def refuse_unknown(settings: Providers) -> None:
    """See that every configured name is a feed's or that of the source of bars.

    Raises
    ------
    ConfigError
        Naming the first that is neither.
    """
    for field, names in settings.ordered().items():
        for name in names:
            if name != settings.bars and name not in known():
                raise ConfigError(_unknown(field, name, settings.bars))


def _unknown(field: str, name: str, bars: str) -> str:
    return f"providers.{field} names {name!r}: there are {', '.join((*known(), bars))}."


def _plugin(field: str, name: str, bars: str) -> FeedPlugin:
    if name not in known():
        raise ConfigError(_unknown(field, name, bars))
    plugin: FeedPlugin = importlib.import_module(f"{__name__}.{name}").FEED
    if field not in plugin.fields:
        raise ConfigError(
            f"providers.{field} names {name!r}, which is a source of "
            f"{', '.join(sorted(plugin.fields))}; name another."
        )
    return plugin
