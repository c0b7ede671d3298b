"""The port of a theme: a thesis the house writer can argue, one file each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from newsletter import registry
from newsletter.draft.claims import Call
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening

THEMES = "newsletter.draft.themes"
Stance = Literal["for", "against", "neither", "theme"]


@dataclass(frozen=True, slots=True)
class Argument:
    """What a theme contributes to a briefing; all texts may hold slots.

    Parameters
    ----------
    headline, dek : str
        The thesis in a line, and in a sentence or two.
    opening : str
        First paragraph: what happened.
    reading : str
        The paragraph that states our reading, which could be wrong.
    verdict : str
        One or two sentences.
    tell : str
        The bullet that names the telling detail.
    doubts : tuple of Doubt
        What would overturn the reading; decidable, and not so tonight.
    calls : tuple of Call
        What the reading comes to, where it comes to something that time can judge.
    stance : {"for", "against", "neither", "theme"}
        The side taken tonight, where it depends on the evening; else the theme's.
    """

    headline: str
    dek: str
    opening: str
    reading: str
    verdict: str
    tell: str
    doubts: tuple[Doubt, ...]
    calls: tuple[Call, ...] = ()
    stance: Stance = "theme"


@dataclass(frozen=True, slots=True)
class Theme:
    """A thesis with its weight and its words.

    Parameters
    ----------
    id : str
        Unique, e.g. ``"flight"``.
    kicker : str
        Line above the headline.
    stance : {"for", "against", "neither"}
        Whether it argues that risk and rotation have the wind behind them; decides
        which side the counter-argument takes.
    weigh : callable
        Evening to weight; 0 means it cannot be argued tonight. The heaviest wins.
    argue : callable
        Evening to Argument; called only where the weight is above 0.
    raced : bool
        Whether it is for houses that race small companies against large, or for the others.
    """

    id: str
    kicker: str
    stance: Stance
    weigh: Callable[[Evening], float]
    argue: Callable[[Evening], Argument]
    raced: bool = True


def themes() -> dict[str, Theme]:
    """Return every theme found in ``draft/themes``, by id."""
    return registry.collect(
        value
        for module in registry.modules(THEMES)
        for value in vars(module).values()
        if isinstance(value, Theme)
    )
