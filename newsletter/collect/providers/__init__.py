"""Door: one file for each source of market data, offered as ``PROVIDER``."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter import registry
from newsletter.config import Providers
from newsletter.errors import ConfigError

if TYPE_CHECKING:  # their names are asked for by commands that need no market data
    from newsletter.collect.provider import Provider, ProviderPlugin


def known() -> tuple[str, ...]:
    """Return the names of the providers in this folder, importing none of them."""
    return registry.names(__name__)


def is_kept(name: str) -> bool:
    """Tell whether a provider is asked day by day, so that what it gives is worth keeping."""
    if name not in known():
        return False
    plugin = importlib.import_module(f"{__name__}.{name}").PROVIDER
    return bool(getattr(plugin, "kept", False))


def open_provider(name: str, settings: Providers, path: Path | None) -> Provider:
    """Make a provider by name.

    Parameters
    ----------
    name : str
        As in ``providers.bars``.
    settings : Providers
        The ``providers`` section of config.yaml.
    path : pathlib.Path or None
        A directory, for providers that read one.

    Raises
    ------
    ConfigError
        If there is none of that name, or it cannot work with the settings.
    """
    if name not in known():
        raise ConfigError(f"There is no provider {name!r}; there are {', '.join(known())}.")
    plugin: ProviderPlugin = importlib.import_module(f"{__name__}.{name}").PROVIDER
    return plugin.open(settings, path)
