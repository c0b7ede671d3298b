"""Panels: what stands beside the mail in the review room, each brought by its own room.

A room that holds a ``PANEL`` is found by itself; its page is ``_NAME.html.j2``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from newsletter.desk.newsroom import Newsroom
from newsletter.desk.revision import Opened

Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """A tab beside the mail.

    Parameters
    ----------
    name : str
        As the tab and its page are called.
    place : int
        Order among those that rooms bring.
    words : callable
        Newsroom and revision to what its page is filled with.
    page : str
        Its page, where that is not called as it is.
    corrects : bool
        Whether it stands beside corrections alone, instead of another of its name.
    """

    name: str
    place: int
    words: Callable[[Newsroom, Opened], Words]
    page: str = ""
    corrects: bool = False


def brought(rooms: Iterable[ModuleType], correction: bool = False) -> dict[str, Panel]:
    """Return the panels of some rooms, by name, in their order.

    Parameters
    ----------
    rooms : iterable of module
        Those that hold a ``PANEL`` bring it.
    correction : bool
        Whether they stand beside a correction.
    """
    every = [room.PANEL for room in rooms if hasattr(room, "PANEL")]
    found = [panel for panel in every if correction or not panel.corrects]
    ordered = sorted(found, key=lambda one: (one.place, one.corrects))  # its own stands last
    return {panel.name: panel for panel in ordered}
