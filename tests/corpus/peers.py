"""Two checks that others run on finished market text, written anew from what they do.

Both get more help here than in their own houses: they know the ledger's facts and names,
may match any period's figure of an instrument, and read a typographic minus. What they do
not do there they do not do here.

``etorotrade`` (github.com/weirdapps/etorotrade, ``scripts/validate_brief.py``): signed
percentages within 0.35 points of a known change, of the instrument named shortly before
where there is one, else of any; dollar prices within 1.5 % of a known price; the verb next
to an instrument against its move of the day, beyond half a percent. Whatever stands near
words of company news (revenue, growth, beat, margin …) is passed over.

``intel`` (github.com/zinan92/intel, ``scripts/weekly_finance_newsletter.py``): every number
of the text, with its unit, must be among the numbers of the evidence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from newsletter.compute.facts import Fact, Ledger
from newsletter.units import Unit

Flag = tuple[int, int]

PERCENT_SLACK = 0.35
PRICE_SLACK = 0.015
FLAT = 0.5
_NEWS = re.compile(
    r"revenue|EPS|earnings|YoY|growth|\bbid (?:for|of)\b|cash pile|takeover|guidance|quarter"
    r"|margin|surprise|beat|miss|approval|chars?\b|copier|AGM|net selling|profit|capex|buyback"
    r"|dividend|sales|debt|valuation|market cap|forecast|estimate|target price|price target"
    r"|\btarget\b|\bsees?\b|\bpath to\b|spending|committed|restructur|jobs?\b|headcount|layoff"
    r"|\b[bmt]n\b|\b[bmtr]+illion\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"([+-]\d+\.?\d*)%")
_PRICE = re.compile(r"\$(\d[\d,]*\.?\d*)(?![TBMtbm](?![A-Za-z])|[tbm]n\b)")
_SINKING = re.compile(
    r"\b(?:sank|sinks?|sunk|fell|falls?|slid|slides?|slipped|slips|slump(?:ed|s)?|dropped|drops"
    r"|tumble[ds]|plunge[ds]|plummeted|decline[ds]|retreat(?:ed|s)|cratered|skidded|sold off"
    r"|sell-?off)\b",
    re.IGNORECASE,
)
_RISING = re.compile(
    r"\b(?:rose|rises?|jump(?:ed|s)|surge[ds]|soar(?:ed|s)|climb(?:ed|s)|rallied|rally"
    r"|spike[ds]|popped|advance[ds]|rocketed|ripped)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?<=[.!?])\s|\n")
_NUMBER = re.compile(
    r"(?<![A-Za-z])(?P<money>[$¥€]\s*)?(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"(?P<unit>%|[KMBT]|\s*(?:million|billion|trillion))?(?![A-Za-z])",
    re.IGNORECASE,
)
_SCALE = {"K": 3, "M": 6, "B": 9, "T": 12, "million": 6, "billion": 9, "trillion": 12}


@dataclass(frozen=True, slots=True)
class Etorotrade:
    """What that check knows of a session.

    Parameters
    ----------
    changes : dict of str to tuple of float
        Every percentage known of an instrument, by the names it goes by, in lower case.
    moves : dict of str to float
        Its move of the day, by the same names.
    prices : tuple of float
        Every known price.
    """

    changes: dict[str, tuple[float, ...]]
    moves: dict[str, float]
    prices: tuple[float, ...]

    @classmethod
    def of(cls, ledger: Ledger, aliases: dict[str, str]) -> "Etorotrade":
        """Take what it can use from a ledger."""
        names: dict[str, set[str]] = {}
        changes: dict[str, list[float]] = {}
        moves: dict[str, float] = {}
        prices = []
        for fact in ledger:
            if fact.unit is Unit.USD:
                prices.append(float(fact.number))
            if fact.unit is not Unit.PERCENT:
                continue
            changes.setdefault(fact.subject, []).append(float(fact.number))
            spoken = fact.name.lower().removeprefix("the ")
            names.setdefault(fact.subject, {fact.subject.lower()}).add(spoken)
            if fact.id.removesuffix(".total").endswith("return.1d"):
                moves[fact.subject] = float(fact.number)
        for label, subject in aliases.items():
            if subject in names:
                names[subject].add(label.lower())
        return cls(
            {n: tuple(changes[s]) for s, called in names.items() for n in called},
            {n: moves[s] for s, called in names.items() for n in called if s in moves},
            tuple(prices),
        )

    def flags(self, text: str) -> Iterator[Flag]:
        """Yield the stretches of a text that this check refuses."""
        text = text.replace("−", "-")
        every = [value for known in self.changes.values() for value in known]
        for match in _SIGNED.finditer(text):
            if _news(text, match.start()):
                continue
            named = self._named(text[max(0, match.start() - 30) : match.start()].lower())
            known = self.changes[named] if named else every
            if all(abs(float(match[1]) - value) > PERCENT_SLACK for value in known):
                yield match.span()
        for match in _PRICE.finditer(text):
            value = float(match[1].replace(",", ""))
            if value < 1 or _news(text, match.start()):
                continue
            if all(abs(value - p) / max(p, 0.01) > PRICE_SLACK for p in self.prices):
                yield match.span()
        yield from self._directions(text)

    def _named(self, before: str) -> str | None:
        """Return the instrument whose name ends nearest to the end of a text."""
        found = [(before.rfind(name) + len(name), name) for name in self.changes if name in before]
        return max(found, default=(0, None))[1]

    def _directions(self, text: str) -> Iterator[Flag]:
        low = text.lower()
        for name, move in self.moves.items():
            for match in re.finditer(rf"\b{re.escape(name)}\b", low) if name in low else ():
                before = _STOP.split(text[max(0, match.start() - 45) : match.start()])[-1]
                after = _STOP.split(text[match.end() : match.end() + 60])[0]
                verbs = [
                    (distance, sign)
                    for sign, pattern in ((-1, _SINKING), (1, _RISING))
                    for distance in (
                        *(len(before) - verb.end() for verb in pattern.finditer(before)),
                        *(verb.start() for verb in pattern.finditer(after)),
                    )
                ]
                if verbs and abs(move) >= FLAT and min(verbs)[1] * move < 0:
                    yield match.span()


def _news(text: str, at: int) -> bool:
    return _NEWS.search(text[max(0, at - 120) : at + 120]) is not None


@dataclass(frozen=True, slots=True)
class Intel:
    """The numbers of the evidence, each with its unit."""

    known: frozenset[tuple[str, Decimal]]

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Intel":
        """Take the evidence a text was written from: its facts, in every printed form."""
        words = []
        for fact in facts:
            sample = [fact.sample.n, fact.sample.of] if fact.sample else []
            words += [fact.name, *fact.forms.values(), *map(str, sample), str(fact.lookback or "")]
            words += [str(fact.period.start.year), str(fact.period.end.year)]
        return cls(frozenset(key for _, key in _numbers(" ; ".join(words))))

    def flags(self, text: str) -> Iterator[Flag]:
        """Yield the numbers of a text that are not in the evidence."""
        for span, key in _numbers(text):
            if key not in self.known:
                yield span


def _numbers(text: str) -> Iterator[tuple[Flag, tuple[str, Decimal]]]:
    for match in _NUMBER.finditer(text):
        unit = (match["unit"] or "").strip()
        scale = _SCALE.get(unit, _SCALE.get(unit.upper(), _SCALE.get(unit.lower(), 0)))
        value = Decimal(match["digits"].replace(",", "")).scaleb(scale)
        yield match.span(), ("%" if unit == "%" else "number", value)
