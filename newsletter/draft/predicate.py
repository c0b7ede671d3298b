"""Predicate: words that may be printed because a condition on the facts holds.

``{{IWM.return.1d > SPY.return.1d | outran}}`` prints "outran" on an evening when the small-cap
fund did, and on every other evening it prints nothing and stops the draft. Preflight proves
the printed sentence again and knows nothing of the predicate.
"""

import re
from collections.abc import Iterator

from newsletter.compute.facts import Ledger
from newsletter.draft.condition import Condition
from newsletter.errors import DraftError

_FUTURE = r"[^{}|\s<>]*\w=[A-Z]\.[^{}|\s<>=]+\s*\|\s*[a-z]+\s*\}\}"
PREDICATE = re.compile(
    rf"\{{\{{\s*(?!{_FUTURE})([^{{}}|]{{1,400}}[<>=][^{{}}|]{{1,400}})\|\s*([^{{}}|]{{1,80}}?)\s*\}}\}}"
)
"""A predicate: a condition, and the words that it carries.

A slot with a form is none, though the ids of futures (``GC=F``) hold a sign of equality.
"""


class FalsePredicate(DraftError):
    """The draft says something on a condition that does not hold.

    Parameters
    ----------
    condition : str
        As the draft wrote it.
    words : str
        What it would have printed.
    """

    def __init__(self, condition: str, words: str) -> None:
        self.condition, self.words = condition, words
        super().__init__(
            f"The draft says “{words}” where {condition}, which tonight's facts do not "
            "bear out; say what is true, or leave it out."
        )

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Survive pickling with both parts."""
        return type(self), (self.condition, self.words)


def conditions(text: str) -> Iterator[Condition]:
    """Yield the conditions of a text's predicates.

    Raises
    ------
    DraftError
        If one cannot be read.
    """
    for match in PREDICATE.finditer(text):
        yield Condition.parse(match[1])


def print_predicates(text: str, ledger: Ledger) -> str:
    """Replace every predicate by its words.

    Parameters
    ----------
    text : str
        Prose; its slots are left alone.
    ledger : Ledger
        What decides.

    Returns
    -------
    str
        Prose without predicates.

    Raises
    ------
    DraftError
        If a condition cannot be read, or the ledger cannot decide it.
    FalsePredicate
        If one does not hold.
    """

    def one(match: re.Match[str]) -> str:
        if not Condition.parse(match[1]).against(ledger).check(ledger):
            raise FalsePredicate(match[1].strip(), match[2])
        return match[2]

    return PREDICATE.sub(one, text)
