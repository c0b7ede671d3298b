"""Discovery of plug-ins: one file in a plug-in folder is one plug-in.

Modules are imported in sorted order, so what is found never depends on the disk, and
two plug-ins with one id are an error at start, not a surprise in the evening.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Protocol, TypeVar

from newsletter.errors import ConfigError


class HasId(Protocol):
    """A plug-in that names itself."""

    @property
    def id(self) -> str:
        """Return the unique name within the plug-in folder."""
        ...


P = TypeVar("P", bound=HasId)


def modules(package: str) -> Iterator[ModuleType]:
    """Import every module of a plug-in folder in sorted order.

    Parameters
    ----------
    package : str
        Dotted name of the folder, e.g. ``"newsletter.compute.signals"``.

    Yields
    ------
    types.ModuleType
        Each module; those whose name starts with ``_`` are left out.
    """
    folder = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda i: i.name):
        if not info.name.startswith("_"):
            yield importlib.import_module(f"{package}.{info.name}")


def collect(plugins: Iterable[P]) -> dict[str, P]:
    """Index plug-ins by id, refusing duplicates.

    Raises
    ------
    ConfigError
        If two plug-ins share an id.
    """
    found: dict[str, P] = {}
    for plugin in plugins:
        if plugin.id in found:
            raise ConfigError(f"Two plug-ins are both named {plugin.id!r}; rename one of them.")
        found[plugin.id] = plugin
    return found
