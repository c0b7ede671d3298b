"""Headlines put together from two halves, for houses with few names to hang one on."""

from collections.abc import Sequence
from typing import Literal

from newsletter.draft.prose import capital

Mood = Literal["up", "down", "level"]

_LEADS = (
    "{0} tonight: ",
    "Notes on {0}: ",
    "{0} at the close: ",
    "A word on {0}: ",
    "{0}, briefly: ",
)
_TAILS: dict[Mood, tuple[str, ...]] = {
    "up": (
        "a step, and not yet a journey",
        "a kind word, and only the one",
        "credit where due, in pencil",
        "a fair wind and no map",
        "applause, with one hand in the pocket",
        "the burden moves to the doubters",
        "a smile with its mouth closed",
        "good humour, not yet good reasons",
        "one vote more in a long count",
        "the doubters owe a reply",
        "a friendly evening and a long memory",
        "encouragement, payable at a later date",
        "sunshine through a small window",
        "a pleasant figure without a footnote",
        "confidence, on trial",
        "a nod, which commits nobody",
    ),
    "down": (
        "a frown, and not yet a verdict",
        "rain, without the thunder",
        "a bill for somebody's confidence",
        "the burden moves to the believers",
        "patience, at a price",
        "a cold seat by the window",
        "a question for those who hold on",
        "bad humour, not yet bad reasons",
        "one vote against in a long count",
        "the believers owe a reply",
        "an unfriendly evening and a long memory",
        "discouragement, payable in small coin",
        "a draught from under the door",
        "an unpleasant figure without a footnote",
        "caution, on trial",
        "a shake of the head, which proves nothing",
    ),
    "level": (
        "a shrug with prices attached",
        "a pause with nothing to explain",
        "an agenda without an item",
        "two hands in two pockets",
        "ink, and little to spend it on",
        "a walk around the block",
        "news of nothing, told quietly",
        "a comma in a long sentence",
        "the sound of nobody deciding",
        "a blank page, properly dated",
        "waiting, with a closing price",
        "no plot, no villain, no moral",
        "an appointment that nobody kept",
        "a conversation about the weather",
        "the art of staying put",
        "less to say than space to say it in",
    ),
}


def composed(subject: str, mood: Mood) -> Sequence[str]:
    """Return headlines that state nothing that would have to be proved.

    Parameters
    ----------
    subject : str
        Whom they are about, as prose names it.
    mood : {"up", "down", "level"}
        What sort of day it was.

    Returns
    -------
    sequence of str
        Eighty, of which neighbours differ in both halves.
    """
    leads, tails = [capital(lead.format(subject)) for lead in _LEADS], _TAILS[mood]
    # Their numbers have no divisor in common, so that every pair comes up once.
    return [leads[i % len(leads)] + tails[i % len(tails)] for i in range(len(leads) * len(tails))]
