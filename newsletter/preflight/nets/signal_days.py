"""Signal days: the state that a sentence gives a signal whose day it names.

``Turbulent since 13 June: such is the volatility regime`` is proved of the day since when the
regime is what it is, whatever that is. Where such a sentence has a word for a state of that
signal, one of its words must be for the state it is in.
"""

import re
from collections.abc import Iterator, Sequence

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
    "sector_correlation": {
        "macro-driven": compiled(r"\b(?:macro[- ]driven|lockstep|in step|as one)\b", _CASE),
        "stock-picker": compiled(r"\b(?:stock[- ]picker\w*|stock[- ]picking)\b", _CASE),
        "mixed": compiled(r"\bmixed\b", _CASE),
    },
}
"""Words for the states of signals, by signal."""
_DAY = compiled(r"^(?P<signal>\w+)\.signal\.(?:since|sessions)$")


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
        words = _WORDS.get(day["signal"], {}) if day else {}
        state = world.ledger.get(f"{day['signal']}.signal.state") if words and day else None
        if state is None:
            continue
        said = {name: sentence.search(word) for name, word in words.items()}
        wrong = next((m for name, m in said.items() if m and name != state.value), None)
        if wrong is not None and said.get(str(state.value)) is None:
            yield *wrong.span(), f"since that day it is {state.value}"
