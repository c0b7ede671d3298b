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
    """

    name: str
    place: int
    words: Callable[[Newsroom, Opened], Words]


def brought(rooms: Iterable[ModuleType]) -> dict[str, Panel]:
    """Return the panels of some rooms, by name, in their order."""
    found = [room.PANEL for room in rooms if hasattr(room, "PANEL")]
    return {panel.name: panel for panel in sorted(found, key=lambda one: one.place)}
