"""The longer view: tonight's most unusual facts, as many as the body needs."""

from dataclasses import replace

from newsletter.draft import freshness
from newsletter.draft.claims import SLOT, fill
from newsletter.draft.evening import Evening
from newsletter.draft.prose import count_words, sentences
from newsletter.draft.remark import Remark, remarks

ENOUGH, MOST = 490, 580
"""Printed words of the whole body: from the first on nothing is added, and nothing that would
pass the second."""
FEWEST, OF_FAMILY, OF_TOPIC = 5, 4, 2
"""Remarks there are at least, where there is room; remarks of one family at most, and of one
topic where nothing else is left: a third would be a list."""

TOO_FEW = 450
"""Words below which what needs no facts is said: where data are missing, that is fair."""
CAUTIONS = (
    (
        "None of this requires a story about why. Prices move first and reasons are found for them "
        "afterwards, usually by people who did not trade. What can be said with confidence is what "
        "was preferred to what, over which stretch of time, and how often such a preference has "
        "lasted. The rest is opinion, and we try to mark it as such."
    ),
    (
        "It is worth saying what is not here. We do not know who sold, or why, and neither does "
        "anyone who tells you by the close. The tape records choices, not motives; read over more "
        "than one window it can at least show whether a choice is becoming a habit."
    ),
)


def longer_view(ev: Evening, words: int, said: str) -> tuple[str, ...]:
    """Return one paragraph for each family of remarks.

    Parameters
    ----------
    ev : Evening
        The facts.
    words : int
        Printed length of the rest of the body.
    said : str
        The rest of the body, whose figures are not given again.

    Notes
    -----
    A topic comes up once. Only where that leaves the body short may it come up again, and a
    family fill more than its share. What a remark ends in is not said a second time.
    """
    found = remarks(ev)
    chosen: list[Remark] = []
    used, tails = set(SLOT.findall(said)), set(freshness.tails(said))
    for strict in (True, False):
        for remark in found:
            remark = replace(remark, text=freshness.untailed(remark.text, tails))  # noqa: PLW2901
            slots, length = set(SLOT.findall(remark.text)), length_of(ev, remark.text)
            if words >= ENOUGH and (len(chosen) >= FEWEST or not strict):
                break
            if slots <= used or words + length > MOST or _enough_of(remark, chosen, strict):
                continue
            chosen.append(remark)
            used |= slots
            tails |= freshness.tails(remark.text)
            words += length
    paragraphs = [
        sentences(*(remark.text for remark in chosen if remark.family == family))
        for family in dict.fromkeys(remark.family for remark in chosen)
    ]
    for caution in map(ev.fresh, CAUTIONS):
        if words < TOO_FEW and caution:
            paragraphs.append(caution)
            words += count_words(caution)
    return tuple(paragraphs)


def length_of(ev: Evening, text: str) -> int:
    """Return how many words a text prints."""
    return count_words(fill(text, ev.ledger))


def _enough_of(remark: Remark, chosen: list[Remark], strict: bool) -> bool:
    kin = sum(remark.family == other.family for other in chosen)
    alike = sum(remark.topic == other.topic for other in chosen)
    return kin >= OF_FAMILY or alike > 0 if strict else alike >= OF_TOPIC
