"""The port of remarks: things worth saying of an evening, each from its own facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from newsletter import registry
from newsletter.draft.evening import Evening

REMARKS = "newsletter.draft.remarks"
WEAR = 0.2
"""What a remark loses of its weight for each degree to which its wording is worn."""

Family = Literal["race", "sector", "crowd"]
Found = Iterator["Remark"]
Maker = Callable[[Evening], Found]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth saying.

    Parameters
    ----------
    family : {"race", "sector", "crowd"}
        What a paragraph is made of: who leads whom; single sectors, stocks and markets;
        how many take part and how nervous they are.
    topic : str
        What it speaks of; an edition makes one remark on a topic.
    weight : float
        How unusual it is: about 1 for what is true on one evening in four, 2 for what is
        true on one in twenty.
    text : str
        One or two sentences with slots, of which the second may lean on the first.
    """

    family: Family
    topic: str
    weight: float
    text: str


def remarks(ev: Evening) -> list[Remark]:
    """Return what can be said tonight, most unusual and least worn first.

    What was printed before word for word is not among it.
    """
    found: list[Remark] = []
    for make in makers():
        for remark in make(ev):
            text = ev.fresh(remark.text)
            if text:
                found.append(Remark(remark.family, remark.topic, remark.weight, text))
    return sorted(found, key=lambda r: (WEAR * ev.worn(r.text) - r.weight, r.topic, r.text))


def makers() -> list[Maker]:
    """Return every maker of remarks found in ``draft/remarks``, in a fixed order."""
    return [make for module in registry.modules(REMARKS) for make in vars(module)["MAKERS"]]
