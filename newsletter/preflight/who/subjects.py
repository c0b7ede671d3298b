"""Subjects: who a sentence speaks of, by ticker, by the ledger's names, by common names."""

import re
import weakref
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsletter.compute.facts import Fact, Ledger
from newsletter.patterns import compiled
from newsletter.preflight.scanning.scan import scan
from newsletter.preflight.who.names import COMMON
from newsletter.preflight.who.nicknames import NICKNAMES
from newsletter.preflight.who.strangers import REGIONS, strangers
from newsletter.units import Unit

_TOKEN = compiled(r"[A-Za-z0-9&]+")
_FUTURE = compiled(r"[A-Z]{1,4}=[A-Z]|[A-Z]{2,4}-[A-Z]\.[A-Z]{2,4}")
"""Tickers of more than letters: of a future, of a currency's index."""
_ARTICLES = frozenset({"the", "a", "an"})
_TAILS = frozenset({"fund", "etf", "index", "sector", "share", "stock", "member"})
_LARGE = compiled(
    r"\blarge(?= (?:by|over|stands?|again|in|on|this|is|has|holds?|since)\b|[,.;:)]|$)",
    re.IGNORECASE,
)
_TICKER = compiled(r"[A-Z][A-Z0-9.]{0,5}")


_VETOES = {
    "SPY": compiled(
        r" (?:(?:500|industry) )?(?:sectors?|groups?|members?|stocks|companies|names)\b",
        re.IGNORECASE,
    ),
    "DX-Y.NYB": compiled(
        r"s\b|[- ](?:cost|bill|amount|value|terms|price|volume|figure)", re.IGNORECASE
    ),
    "GC=F": compiled(r" (?:miner|producer|stock|standard|rush|medal|share)", re.IGNORECASE),
    "CL=F": compiled(
        r" (?:stock|share|major|producer|compan|giant|service|driller)", re.IGNORECASE
    ),
    "HG=F": compiled(r" (?:miner|producer|stock|share)", re.IGNORECASE),
    "IWF": compiled(
        r" (?:in(?! (?:the )?(?:large|small|big))|of|rate|forecast|outlook|scare|estimate"
        r"|figure)\b",
        re.IGNORECASE,
    ),
    "cpi": compiled(r" (?:breakeven|expectation|protected)", re.IGNORECASE),
    "fed_funds": compiled(r" (?:official|speaker|watcher|governor|chair|minutes)", re.IGNORECASE),
}
"""What follows a name where it is none."""
_CLASS = compiled(r"-(?:[A-Z]$|[A-Z]+\.)")
"""What ends a ticker with a hyphen: ``BRK-B``, ``DX-Y.NYB``."""
_RANGES = frozenset({"fed_funds"})
_BEFORE = {
    "IWD": compiled(
        r"(?:its|their|his|a|market|book|face|asset|par|real|of all|in|fair) $", re.IGNORECASE
    ),
    "IWF": compiled(
        r"(?:economic|earnings|revenue|profit|wage|job|jobs|payroll|GDP|sales) $", re.IGNORECASE
    ),
}
"""What stands before a name where it is none."""
_ONE_OF_THEM = {"giant", "mega cap", "mega-cap", "megacap"}
"""A member of a group, and not the group."""
_YIELDS = frozenset({"us10y", "us2y"})
_NO_YIELD = compiled(
    r"[- ](?:high|low|average|record|period|chart|view|history|return|gain|rally|bear|bull|run|old"
    r"|stretch|anniversary|peak|span|window|horizon|wait|moving|mark|trend|decline|loss|slide)",
    re.IGNORECASE,
)
_FOREIGN = compiled(rf"\b{REGIONS}(?: government)? $", re.IGNORECASE)
"""A country right before a yield, which is no Treasury's."""
_ONE_MAKER = compiled(
    r"[- ](?:champ(?:ion)?|giant|designer|titan|leader|king|colossus|star|darling|behemoth|name"
    r"|maker|heavyweight|group)\b",
    re.IGNORECASE,
)
"""``The chip champion`` is one company, and not the fund of them all."""
_OPENING = compiled(r"(?:^|[.:;,!?—–] ?|\b(?:and|while|but) )$")
_MOVES = compiled(
    r",? (?:a (?:touch|shade|bit|little) )?(?:up|down|firmer|softer|higher|lower|stronger|weaker"
    r"|flat"
    r"|steady|rose|fell|gained|lost|eased|slipped|climbed|unchanged|dropped|advanced|index)\b",
    re.IGNORECASE,
)
"""What makes ``Dollar`` at the head of a note the currency, and no unit."""
_LATTER = compiled(
    r"\bthe (?P<which>former|latter)\b(?! (?:\w+ )?(?:half|halves|part|stages?|case|category"
    r"|groups?|camp|points?|readings?|views?|explanation|days?|weeks?|months?|years?)\b)",
    re.IGNORECASE,
)
_KEPT = 8
_TEXTS = 2048
_WORD = 6
_CACHE: dict[tuple[int, tuple[tuple[str, str], ...]], "tuple[weakref.ref[Ledger], Subjects]"] = {}


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
        self._phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._sizes: dict[str, list[int]] = {}
        self.members: dict[str, frozenset[str]] = {}
        self._learnt: set[tuple[str, str]] = set()
        self._seen: dict[str, tuple[Mention, ...]] = {}
        for fact in ledger:
            self._learn(fact)
        known = self._tickers.union(self.members, *self.members.values())
        for subject, names in (*COMMON.items(), *NICKNAMES.items()):
            for name in names if subject in known else ():
                self._phrase(name, subject, tails=False)
        for name, subject in aliases.items():
            if subject in known:
                self._phrase(name, subject)
        for signal in ledger.signals:
            for member in sorted(self.members.get(signal.name, ())):
                self._phrase(signal.name.replace("_", " "), member, tails=False)
        for first, size in sorted({(one[0], -len(one)) for one in self._phrases}):
            self._sizes.setdefault(first, []).append(-size)

    @classmethod
    def of(cls, ledger: Ledger, aliases: Mapping[str, str]) -> "Subjects":
        """Return the subjects of a ledger; the last few are kept, for a mail has many parts."""
        key = (id(ledger), tuple(sorted(aliases.items())))
        kept = _CACHE.get(key)
        if kept is not None and kept[0]() is ledger:
            return kept[1]
        subjects = cls(ledger, aliases)
        while len(_CACHE) >= _KEPT:
            _CACHE.pop(next(iter(_CACHE)))
        _CACHE[key] = (weakref.ref(ledger), subjects)
        return subjects

    def mentions(self, text: str) -> list[Mention]:
        """Return every mention, in order; longer names win over those within them.

        Names that the ledger does not know are mentions of strangers; ``the former`` and
        ``the latter`` are mentions of the two named before them. Answers for the last
        texts are kept: headers come again with every cell, blocks in both parts of a mail.
        """
        known = self._seen.get(text)
        if known is None:
            if len(self._seen) >= _TEXTS:
                self._seen.clear()
            known = self._seen[text] = tuple(self._mentions(text))
        return list(known)

    def _mentions(self, text: str) -> list[Mention]:
        tokens = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(text)]
        stems = [stem(token[2]) for token in tokens]
        found: list[Mention] = []
        index = 0
        while index < len(tokens):
            length, subjects = self._longest(stems, index)
            start, _, word = tokens[index]
            if length == 1 and word in self._tickers and word.isupper():
                subjects = {word}  # TECH is a company, tech a sector
            if (
                not length
                and word in self._tickers
                and (len(word) > 1 or text[start - 1 : start] in {"$", "("})
            ):
                length, subjects = 1, {word}
            if length:
                end = tokens[index + length - 1][1]
                if not self._vetoed(subjects, text, start, end):
                    found.append(Mention(start, end, frozenset(subjects)))
            index += length or 1
        if "SPY" in self._tickers:
            taken = {mention.start for mention in found}
            large = (m for m in scan(_LARGE, text) if m.start() not in taken)
            found.extend(Mention(m.start(), m.end(), frozenset({"SPY"})) for m in large)
        known = bytearray(len(text))
        for mention in found:
            known[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        found.extend(Mention(a, b, frozenset({name})) for a, b, name in strangers(text, known))
        found.sort(key=lambda mention: mention.start)
        return _resolved(found, text)

    def _vetoed(self, subjects: set[str], text: str, start: int, end: int) -> bool:
        """Tell whether the words around a name make it another thing."""
        if len(subjects) != 1:
            return False
        subject = next(iter(subjects))
        if subject in {"giants", "mega_caps"} and text[start:end].lower() in _ONE_OF_THEM:
            return True
        if subject in _YIELDS and (
            _NO_YIELD.match(text, end) or _FOREIGN.search(text[max(0, start - 20) : start])
        ):
            return True
        if subject == "SMH" and _ONE_MAKER.match(text, end):
            return True
        if subject == "DX-Y.NYB" and text[start:end].lower().startswith("dollar"):
            plain = text[max(0, start - 4) : start].lower().endswith("the ") or (
                _MOVES.match(text, end) is not None and _OPENING.search(text[:start]) is not None
            )
            if not plain and end - start < len("dollar index"):
                return True
        before, veto = _BEFORE.get(subject), _VETOES.get(subject)
        if (
            before is not None
            and end - start <= _WORD
            and before.search(text[max(0, start - 12) : start])
        ):
            return True
        return veto is not None and veto.match(text, end) is not None

    def _longest(self, stems: list[str], index: int) -> tuple[int, set[str]]:
        for size in self._sizes.get(stems[index], ()):  # from the longest on
            phrase = tuple(stems[index : index + size])
            if phrase in self._phrases:
                return len(phrase), self._phrases[phrase]
        return 0, set()

    def _learn(self, fact: Fact) -> None:
        self.members[fact.subject] = members_of(fact)
        if _TICKER.fullmatch(fact.subject):
            self._tickers.add(fact.subject)
        elif _FUTURE.fullmatch(fact.subject):
            self._phrase(fact.subject, fact.subject, tails=False)
        if fact.subject == "sectors":
            return  # any sector may be meant, and none of the facts is about one
        if (fact.subject, fact.name) in self._learnt:
            return
        if fact.unit is not Unit.STATE:
            self._learnt.add((fact.subject, fact.name))
        if fact.unit is not Unit.STATE and len(self.members[fact.subject]) == 1:
            self._phrase(fact.name, fact.subject)

    def _phrase(self, name: str, subject: str, *, tails: bool = True) -> None:
        words = tuple(stem(word) for word in _TOKEN.findall(name))
        while words and words[0] in _ARTICLES:
            words = words[1:]
        forms = [words]
        if tails and len(words) > 1 and words[-1] in _TAILS and words[-2] not in _ARTICLES:
            forms.append(words[:-1])
        for form in forms:
            if form and (len(form) > 1 or len(form[0]) > 2):
                self._phrases[form].add(subject)


def _resolved(found: list[Mention], text: str) -> list[Mention]:
    """Put in ``the former`` and ``the latter``: the last two named before them."""
    starts = [mention.start for mention in found]
    extra: list[Mention] = []
    for match in scan(_LATTER, text):
        before = found[: bisect_left(starts, match.start())][-4:]
        distinct: list[frozenset[str]] = []
        for mention in before:
            if mention.subjects not in distinct:
                distinct.append(mention.subjects)
        if len(distinct) > 1:
            chosen = distinct[-2] if match["which"].lower() == "former" else distinct[-1]
            extra.append(Mention(match.start() + 4, match.end(), chosen))
    return sorted([*found, *extra], key=lambda mention: mention.start) if extra else found


def members_of(fact: Fact) -> frozenset[str]:
    """Return the subjects a fact compares: two for a pair, else its own.

    Examples
    --------
    ``IWM-SPY`` and ``IWM/SPY`` give ``{"IWM", "SPY"}``.
    """
    return _sides(fact.subject, fact.inputs)[1]


def pair_of(fact: Fact) -> tuple[str, str] | None:
    """Return the two sides of a comparison in the order of its sign, None for others."""
    return _sides(fact.subject, fact.inputs)[0]


@lru_cache(maxsize=16384)
def _sides(subject: str, inputs: tuple[str, ...]) -> tuple[tuple[str, str] | None, frozenset[str]]:
    """Return the pair a subject is, if it is one, and everybody it speaks of."""
    alone = (None, frozenset({subject}))
    if subject in _RANGES or (subject in inputs and _CLASS.search(subject)):
        return alone  # two series may be the ends of a range; a hyphen may stand in a ticker
    for mark in ("/", "-"):
        first, found, second = subject.partition(mark)
        if found and first and second:
            return (first, second), frozenset({first, second})
    if subject.islower() and len(inputs) == 2:
        first, second = (symbol.lstrip("^") for symbol in inputs)
        return (first, second), frozenset({first, second})
    return alone


def stem(word: str) -> str:
    """Return a word in lower case without a plural s."""
    word = word.lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
