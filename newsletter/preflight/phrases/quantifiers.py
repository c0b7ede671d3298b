"""Quantifiers: the words for how many, and whether so many of so many is what they say."""

import re
from dataclasses import dataclass
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.wording import FRACTIONS, SPELLED, spelled

NUMBER = rf"(?:\d{{1,4}}|{SPELLED})"
_OF = r"(?: of| among| out of)?"
_PART = "|".join(sorted(FRACTIONS, key=len, reverse=True))
WORDS = (
    rf"(?P<notall>not (?:quite )?(?:all|every|each|everyone){_OF})"
    rf"|(?P<nearly>(?:nearly|almost|virtually|practically|just about|pretty much|close to)"
    rf" (?:all|every|each)(?: single| last)?(?: one)?{_OF})"
    rf"|(?P<allbut>all but (?P<but>{NUMBER}){_OF})"
    rf"|(?P<all>(?:all|each and every|every(?: single| last)?|each|both)(?: one)?{_OF}"
    r"|the (?:entire|whole)(?: of)?)"
    rf"|(?P<none>none{_OF}|not (?:a single|one|any)(?: one)?{_OF}|not an?(?= (?:sector|stock"
    rf"|member|giant|fund)\b)|nary an?|neither{_OF}"
    r"|no(?= (?!longer|more|fewer|less|doubt|matter|other|question))(?: single)?)"
    rf"|(?P<hardly>(?:hardly|scarcely|barely) (?:any|an?){_OF})"
    rf"|(?P<vast>(?:the|a) (?:vast|great|large|overwhelming|big|clear|comfortable) majority{_OF}"
    r"|the (?:great )?bulk of|the lion's share of|the overwhelming part of)"
    rf"|(?P<minority>(?:only |just )?(?:the|a) (?:small )?minority{_OF}|(?:fewer|less|under"
    rf"|not even) (?:than )?half{_OF})|(?P<most>most{_OF}|(?:the|a) (?:narrow |slim |small |bare "
    rf"|slender |simple )?majority{_OF}|(?:more than|over|better than|upwards of) half{_OF}"
    rf"|the (?:greater|larger|better|best) part of)|(?P<fraction>(?:(?P<fmod>more than|over"
    rf"|at least|less than|fewer than|under|nearly|almost|about|roughly|around|some|only|just"
    rf"|(?:just|only just|a little|a shade|slightly) (?:over|under|more than|less than)"
    rf"|barely) )?(?P<fn>a|an|one|two|three|four|five"
    rf"|nine)[- ](?P<fp>{_PART}){_OF})|(?P<half>(?:(?:about|roughly|exactly|around|some"
    rf"|fully) )?half{_OF})|(?P<few>(?:only a|just a|but a|no more than a|very|precious|too) (?:few"
    rf"|handful){_OF}|few\b(?! (?:days|weeks|months|sessions|points)){_OF})|(?P<several>(?:several"
    rf"|a (?:few|handful|couple|number)){_OF})|(?P<count>(?:(?P<mod>(?:only|just|merely|a mere|but"
    rf"|no more than|at most|fewer than"
    r"|less than|under|more than|over|at least|no fewer than|as many as|as few as|fully|exactly"
    r"|some|about|roughly|nearly|almost|around|close to|well over|all of)) )?"
    rf"(?P<num>{NUMBER}|(?:a|one) (?:single|lone|solitary))(?: (?:or|and) (?P<orm>more|fewer))?"
    rf"(?: (?P<per>in|out of|of|from)(?: (?:every|all|the|our|those))? (?P<of>{NUMBER}))?{_OF})"
)
"""One alternative for each way to say how many; numbers come last."""
_VALUE_SLACK = 0.02
_CLOSE = compiled(r"^(?:only just|a little|a shade|slightly|just)\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many, as it is said.

    Parameters
    ----------
    kind : str
        ``all``, ``none``, ``most``, ``count`` …
    number : int
        The N of a count.
    share : float
        The part of a fraction or of ``nine in ten``.
    of : int
        The second number of ``six of seven``; 0 where there is none.
    mod : str
        ``only``, ``more than`` …
    per : bool
        Whether it is a rate (``nine in ten``), not a count.
    """

    kind: str
    number: int = 0
    share: float = 0.0
    of: int = 0
    mod: str = ""
    per: bool = False

    def holds(self, k: int, n: int) -> bool:
        """Tell whether `k` of `n` is what it says."""
        simple = {
            "all": k == n,
            "notall": k < n,
            "nearly": k >= 0.8 * n,
            "none": k == 0,
            "hardly": k <= 0.15 * n,
            "vast": k >= 0.65 * n,
            "most": 2 * k > n,
            "minority": 0 < 2 * k < n,
            "half": abs(2 * k - n) <= max(1.0, 0.1 * n),
            "few": k <= 0.34 * n,
            "several": k >= 2,
            "allbut": k == n - self.number,
        }
        if self.kind in simple:
            return simple[self.kind]
        if self.kind == "fraction" or self.per:
            return self._near(k / n if n else 0.0, n)
        return self._counts(k)

    def _counts(self, k: int) -> bool:
        number = self.number
        if self.mod in {"at least", "no fewer than"}:
            return k >= number
        if self.mod in {"no more than", "at most"}:
            return k <= number
        if self.mod in {"fewer than", "less than", "under"}:
            return k < number
        if self.mod in {"more than", "over", "well over"}:
            return k > number
        slack = max(1, round(_VALUE_SLACK * number)) if number > 20 and self.about else 0
        return abs(k - number) <= slack

    @property
    def about(self) -> bool:
        """Whether the number is said to be rough."""
        return self.mod in {"some", "about", "roughly", "nearly", "almost", "around", "close to"}

    def _near(self, share: float, n: int) -> bool:
        slack = 0.05 if self.share * 10 == round(self.share * 10) and self.per else 0.04
        slack = max(slack, 0.5 / n if n else 0.0) if n < 20 else slack
        mod = _CLOSE.sub("just", self.mod)
        mod = mod.replace("more than", "over").replace("less than", "under")
        if mod in {"fewer than", "less than", "under", "not even"}:
            return share < self.share
        if mod in {"over", "at least", "better than"}:
            return share > self.share - 1e-9
        if mod in {"nearly", "almost", "just under"}:
            return self.share - slack - 0.01 <= share < self.share
        if mod == "just over":
            return self.share <= share <= self.share + slack + 0.01
        return abs(share - self.share) <= slack


def quantity(match: re.Match[str], rate: str | None = None) -> Quantity | None:
    """Read a match of `WORDS`; `rate` is the second number of ``one stock in three``."""
    found = match.groupdict()
    if found.get("allbut"):
        return Quantity("allbut", value(found["but"] or ""))
    if found.get("fraction"):
        top = {"a": 1, "an": 1}.get((found["fn"] or "").lower()) or value(found["fn"] or "")
        part = FRACTIONS[(found["fp"] or "").lower()]
        return Quantity("fraction", share=top / part, mod=(found["fmod"] or "").lower())
    if found.get("count"):
        number, mod = value(found["num"] or ""), (found["mod"] or "").lower()
        of = value(found["of"] or rate or "0")
        orm = {"more": "at least", "fewer": "at most"}.get((found.get("orm") or "").lower(), "")
        per = bool(of) and (rate is not None or (found["per"] or "").lower() in {"in", "out of"})
        per = per and of not in {7, 11}
        share = number / of if of else 0.0
        return Quantity("count", number, share, of, orm or mod, per)
    for kind in ("notall", "nearly", "all", "none", "hardly", "vast", "minority", "most", "half",
                 "few", "several"):  # fmt: skip
        if found.get(kind):
            return Quantity(kind)
    return None


def value(words: str) -> int:
    """Return a whole number in digits or words, 0 where there is none."""
    if words.lower().endswith(("single", "lone", "solitary")):
        return 1
    found = Decimal(words) if words.isdigit() else spelled(words)
    return int(found or 0)
