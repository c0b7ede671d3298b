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


def names(package: str) -> tuple[str, ...]:
    """Return the names of a plug-in folder's modules, sorted, importing none of them.

    Where a folder's plug-ins are named like their files, this is the list of ids.
    """
    folder = importlib.import_module(package)
    found = (info.name for info in pkgutil.iter_modules(folder.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


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
    for name in names(package):
        yield importlib.import_module(f"{package}.{name}")


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
