"""Subjects: who a sentence speaks of, by ticker, by the ledger's names, by common names."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.compute.facts import Fact, Ledger
from newsletter.units import Unit

COMMON = {
    "SPY": ("S&P 500", "S&P", "large caps", "large-cap fund", "the broad market"),
    "IWM": (
        "small caps",
        "small cap",
        "small-cap fund",
        "small companies",
        "Russell 2000",
        "small ones",
    ),
    "QQQ": ("Nasdaq-100", "Nasdaq 100", "Nasdaq"),
    "DIA": ("Dow", "Dow Jones", "Dow fund"),
    "RSP": ("equal weight", "equal-weight S&P", "equal-weight S&P 500", "equal-weight fund"),
    "IWD": ("large value", "value"),
    "IWF": ("large growth", "growth"),
    "SMH": ("semiconductors", "semis", "chips", "chip stocks", "chipmakers", "semiconductor fund"),
    "KRE": ("regional banks", "regional-bank fund"),
    "MAGS": ("Magnificent Seven", "Magnificent Seven fund", "Magnificent 7"),
    "XLB": ("materials", "materials fund"),
    "XLC": ("communication services", "communication"),
    "XLE": ("energy", "energy fund"),
    "XLF": ("financials", "financial sector", "financial sector fund"),
    "XLI": ("industrials", "industrial sector"),
    "XLK": ("technology", "tech", "technology sector"),
    "XLP": ("staples", "consumer staples"),
    "XLRE": ("real estate",),
    "XLU": ("utilities",),
    "XLV": ("health care", "healthcare", "health-care fund"),
    "XLY": ("discretionary", "consumer discretionary"),
    "VIX": ("VIX", "volatility index", "fear gauge"),
}
"""What markets call the usual funds; used only where the ledger knows the ticker."""

_TOKEN = re.compile(r"[A-Za-z0-9&]+")
_ARTICLES = frozenset({"the", "a", "an"})
_TAILS = frozenset({"fund", "etf", "index", "sector", "share", "stock", "member"})
_LARGE = re.compile(
    r"\blarge(?= (?:by|over|stands?|again|in|on|this|is|has|holds?|since)\b|[,.;:)]|$)",
    re.IGNORECASE,
)
_TICKER = re.compile(r"[A-Z][A-Z0-9.]{0,5}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names one subject (or one of several with that name).

    Parameters
    ----------
    start, end : int
        Where, in the folded text.
    subjects : frozenset of str
        Ledger subjects so named.
    """

    start: int
    end: int
    subjects: frozenset[str]


class Subjects:
    """Finds subjects in text.

    Parameters
    ----------
    ledger : Ledger
        Its facts' tickers and names are known.
    aliases : mapping of str to str
        Further names, such as table labels, to subject.
    """

    def __init__(self, ledger: Ledger, aliases: Mapping[str, str]) -> None:
        self._tickers: set[str] = set()
        self._phrases: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(dict)
        self.members: dict[str, frozenset[str]] = {}
        for fact in ledger:
            self._learn(fact)
        known = self._tickers | set(self.members)
        for subject, names in COMMON.items():
            for name in names if subject in known else ():
                self._phrase(name, subject, tails=False)
        for name, subject in aliases.items():
            if subject in known:
                self._phrase(name, subject)
        for signal in ledger.signals:
            for member in sorted(self.members.get(signal.name, ())):
                self._phrase(signal.name.replace("_", " "), member, tails=False)

    def mentions(self, text: str) -> list[Mention]:
        """Return every mention, in order; longer names win over those within them."""
        tokens = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(text)]
        stems = [stem(token[2]) for token in tokens]
        found: list[Mention] = []
        index = 0
        while index < len(tokens):
            length, subjects = self._longest(stems, index)
            start, _, word = tokens[index]
            if (
                not length
                and word in self._tickers
                and (len(word) > 1 or text[start - 1 : start] in {"$", "("})
            ):
                length, subjects = 1, {word}
            if length:
                found.append(Mention(start, tokens[index + length - 1][1], frozenset(subjects)))
            index += length or 1
        if "SPY" in self._tickers:
            taken = {mention.start for mention in found}
            large = (m for m in _LARGE.finditer(text) if m.start() not in taken)
            found.extend(Mention(m.start(), m.end(), frozenset({"SPY"})) for m in large)
            found.sort(key=lambda mention: mention.start)
        return found

    def _longest(self, stems: list[str], index: int) -> tuple[int, set[str]]:
        best, subjects = 0, set[str]()
        for phrase, named in self._phrases.get(stems[index], {}).items():
            if len(phrase) > best and tuple(stems[index : index + len(phrase)]) == phrase:
                best, subjects = len(phrase), named
        return best, subjects

    def _learn(self, fact: Fact) -> None:
        self.members[fact.subject] = members_of(fact)
        if _TICKER.fullmatch(fact.subject):
            self._tickers.add(fact.subject)
        if fact.unit is not Unit.STATE and len(self.members[fact.subject]) == 1:
            self._phrase(fact.name, fact.subject)

    def _phrase(self, name: str, subject: str, *, tails: bool = True) -> None:
        words = tuple(stem(word) for word in _TOKEN.findall(name))
        while words and words[0] in _ARTICLES:
            words = words[1:]
        forms = [words]
        if tails and len(words) > 1 and words[-1] in _TAILS:
            forms.append(words[:-1])
        for form in forms:
            if form and (len(form) > 1 or len(form[0]) > 2):
                self._phrases[form[0]].setdefault(form, set()).add(subject)


def members_of(fact: Fact) -> frozenset[str]:
    """Return the subjects a fact compares: two for a pair, else its own.

    Examples
    --------
    ``IWM-SPY`` and ``IWM/SPY`` give ``{"IWM", "SPY"}``.
    """
    return frozenset(pair_of(fact) or (fact.subject,))


def pair_of(fact: Fact) -> tuple[str, str] | None:
    """Return the two sides of a comparison in the order of its sign, None for others."""
    for mark in ("/", "-"):
        first, found, second = fact.subject.partition(mark)
        if found and first and second:
            return first, second
    if fact.subject.islower() and len(fact.inputs) == 2:
        first, second = (symbol.lstrip("^") for symbol in fact.inputs)
        return first, second
    return None


def stem(word: str) -> str:
    """Return a word in lower case without a plural s."""
    word = word.lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
