"""The rooms of the desk: one file each, holding a ``router`` and, where it is in the menu, a ROOM.

Adding a page is adding a file here.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from types import ModuleType

from newsletter.review.roles import Act


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the menu.

    Parameters
    ----------
    title : str
        As it is called there.
    path : str
        Where it leads.
    place : int
        Order in the menu.
    act : Act
        Who may not do this does not see it.
    key : str
        The letter that follows ``g`` on the keyboard.
    """

    title: str
    path: str
    place: int
    act: Act = Act.READ
    key: str = ""


def modules() -> list[ModuleType]:
    """Return the modules of all rooms, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}") for name in names if name[0] != "_"]
    return [module for module in found if hasattr(module, "router")]


def menu() -> list[Room]:
    """Return the entries of the menu, in their order."""
    rooms = [module.ROOM for module in modules() if hasattr(module, "ROOM")]
    return sorted(rooms, key=lambda room: room.place)
