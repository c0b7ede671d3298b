"""Signal days: the state that a sentence gives a signal, or a cross, whose day it names.

``Turbulent since 13 June: such is the volatility regime`` is proved of the day since when the
regime is what it is, whatever that is. Where such a sentence has a word for a state of that
signal, one of its words must be for the state it is in; so it is with a price above or below an
average since the day it crossed that.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets.trial import Proved, Refusal
from newsletter.preflight.phrases import regimes
from newsletter.preflight.sentences.sentence import Sentence

_CASE = re.IGNORECASE
_WORDS = {
    "volatility_regime": {
        "calm": compiled(rf"\b(?:calm\w*|{regimes.CALM}|smooth|gentle|at ease)\b", _CASE),
        "turbulent": compiled(rf"\b(?:turbulen\w+|{regimes.WILD}|nervous|frantic)\b", _CASE),
    },
    "breadth_regime": {
        "strong": compiled(rf"\b(?:strong|{regimes.STRONG}|broad|wide)\b", _CASE),
        "weak": compiled(rf"\b(?:weak|{regimes.WEAK}|thin|narrow)\b", _CASE),
    },
    "vix_slope": {
        "inverted": compiled(r"\b(?:inver\w+|backwardation|upside down)\b", _CASE),
        "normal": compiled(r"\b(?:normal\w*|contango|upwards?|right way up)\b", _CASE),
    },
    "sector_correlation": {
        "macro-driven": compiled(r"\b(?:macro[- ]driven|lockstep|in step|as one)\b", _CASE),
        "stock-picker": compiled(r"\b(?:stock[- ]picker\w*|stock[- ]picking)\b", _CASE),
        "mixed": compiled(r"\bmixed\b", _CASE),
    },
}
"""Words for the states of signals, by signal."""
_SIDES = {
    "above": compiled(r"\b(?:above|over|north of|on top of|upper side)\b", _CASE),
    "below": compiled(r"\b(?:below|under|beneath|underneath|south of|short of)\b", _CASE),
}
"""Words for either side of an average."""
_QUADRANTS = {
    name: compiled(rf"\b{name}\b", _CASE)
    for name in ("leading", "weakening", "lagging", "improving")
}
"""The quadrants of the rotation map."""
_STATES = {
    name: compiled(rf"\b{name}\b(?! (?:the|to|of|on|in|by)\b)", _CASE)
    for name in (
        "leading", "lagging", "fading", "recovering", "neutral", "mixed", "broadening",
        "broadening stalls", "narrowing", "rotation on", "rotation off", "capped", "broken out",
        "thrust",
    )
}  # fmt: skip
"""The states of all other signals, which go by one word each."""
_LAST = compiled(
    r"\b(?:not|never|no longer|last(?! (?:day|week|month|trading))|until|before)\b|n['’]t\b", _CASE
)
"""Words that tell of the state before."""
_DAY = compiled(
    r"^(?P<signal>\w+)\.signal\.(?:since|sessions)$|^(?P<corr>sectors\.correlation)\."
    r"|^(?P<cross>.+\.cross\.\w+)\.(?:date|sessions)$|^(?P<map>.+\.rotation)\.since$"
)
"""Facts that a state is told beside: the day of a signal, or what the signal is read from."""


def signal_days(sentence: Sentence, proved: Sequence[Proved], world: World) -> Iterator[Refusal]:
    """Yield words for a state in which a signal is not, beside the day since when it is.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    proved : sequence of tuple of (str, Judged)
        What has been proved in it.
    world : World
        The facts.
    """
    for _, one in proved:
        day = _DAY.match(one.fact)
        if day is None:
            continue
        name, words = _told(day)
        state = world.ledger.get(name)
        if state is None or str(state.value) not in words:
            continue
        said = {name: sentence.search(word) for name, word in words.items()}
        wrong = next((m for name, m in said.items() if m and name != state.value), None)
        if wrong is not None and said[str(state.value)] is None and not sentence.search(_LAST):
            yield *wrong.span(), f"since that day it is {state.value}"


def _told(day: re.Match[str]) -> tuple[str, Mapping[str, re.Pattern[str]]]:
    """Return the id of the fact that knows the state, and the words for each state."""
    if day["cross"]:
        return f"{day['cross']}.state", _SIDES
    if day["map"]:
        return f"{day['map']}.quadrant", _QUADRANTS
    signal = day["signal"] or "sector_correlation"
    return f"{signal}.signal.state", _WORDS.get(signal, _STATES)
