"""Values: dearer or cheaper, more or less volatile, premium and discount."""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers
from newsletter.preflight.phrases.bearers import Answer
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_PRICED = quick(
    r"\b(?:(?P<up>(?:trad\w+|sells?|sold|stands?|sits?|valued|priced|is|are|was|were"
    r"|changes? hands)? ?(?:at|on|commands?|commanding|carr(?:y|ies)) (?:a |an )?(?:big |steep "
    r"|rich |hefty |slight |clear )*(?:premium (?:to|over)|(?:higher|richer|dearer"
    r"|loftier) (?:multiple|valuation|price-earnings ratio|P/E)(?: of earnings)? than)|(?:dearer"
    r"|more expensive|more richly valued|more highly valued|pricier|costlier) than"
    r"|commands? a premium (?:to|over))|(?P<down>(?:trad\w+|sells?|sold|stands?|sits?|valued"
    r"|priced|is|are|was|were|changes? hands)? ?(?:at|on) (?:a |an )?(?:big |steep |deep |hefty "
    r"|slight |clear )*(?:discount to|(?:lower|cheaper|humbler) (?:multiple|valuation"
    r"|price-earnings ratio|P/E)(?: of earnings)? than)|(?:cheaper|less expensive"
    r"|less richly valued|less highly valued) than))",
    re.IGNORECASE,
)
_TRAILING = compiled(r"\btrailing|past (?:year's )?(?:earnings|profits)|reported", re.IGNORECASE)
_MARKET = compiled(
    r"^ (?:the )?(?:(?P<rest>rest|other \d+|remaining \w+|others)|(?P<all>(?:overall "
    r"|broad(?:er)? |wider )?"
    r"(?:market|index|S&P 500)))\b",
    re.IGNORECASE,
)
_LOTS = {
    "giants": ("mega_caps", "profitable"),
    "mega_caps": ("mega_caps", "profitable"),
    "MAGS": ("mega_caps", "profitable"),
    "SPY": ("sp500", "all"),
    "sp500": ("sp500", "all"),
    "REST": ("sp500_ex_mega_caps", "profitable"),
}
"""Whose multiple is a lot's: subject, and the suffix of its metric."""
_SWUNG = quick(
    r"\b(?:(?P<up>more volatile|jumpier|choppier|bumpier|wilder|more turbulent|less steady"
    r"|riskier by volatility)|(?P<down>less volatile|calmer|steadier|smoother|quieter|less jumpy"
    r"|less turbulent)) than|\b(?P<up2>swung|moved about|jumped around|fluctuated) more (?:wildly "
    r"|widely )?than|\b(?P<down2>swung|moved about|jumped around|fluctuated) less (?:wildly "
    r"|widely )?than",
    re.IGNORECASE,
)
_WINDOWS = {"1m": "21d", "21d": "21d", "3m": "63d", "63d": "63d", "1y": "1y"}


@assertion("valuation")
def valuation(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge who trades at the higher multiple of earnings."""
    metric = "trailing_pe" if sentence.search(_TRAILING) else "forward_pe"
    for match in sentence.find(_PRICED):
        sign = 1 if match["up"] else -1
        others = _others(sentence, match.end())

        def asked(subject: str, sign: int = sign, others: frozenset[str] = others) -> Answer | None:
            one = _multiple(world, subject, metric)
            two = next((m for o in sorted(others) if (m := _multiple(world, o, metric))), None)
            if one is None or two is None:
                return None
            said = f"{one[0]} against {two[0]}"
            return (one[0] - two[0]) * sign > 0, f"{one[1]},{two[1]}", said

        if others:
            yield from bearers.state(sentence, world, *match.span(), asked)


def _others(sentence: Sentence, end: int) -> frozenset[str]:
    found = clause.objects(sentence, end)
    market = _MARKET.match(sentence.text[end : end + 40])
    if market is not None:
        return frozenset({"REST" if market["rest"] else "SPY"})
    return found.first


def _multiple(world: World, subject: str, metric: str) -> tuple[Decimal, str] | None:
    known, suffix = _LOTS.get(subject, (subject, ""))
    for name in (f"{metric}_{suffix}" if suffix else metric, f"{metric}_profitable", metric):
        for fact in world.facts(known, name):
            return fact.number, fact.id
    return None


@assertion("volatility")
def volatility(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge who has been the more volatile."""
    for match in sentence.find(_SWUNG):
        if clause.supposed(sentence, match.start()):
            yield Judged(*match.span(), Verdict.OPINION)
            continue
        sign = 1 if match["up"] or match["up2"] else -1
        periods = sentence.at(*match.span()).periods
        window = next((_WINDOWS[p] for p in sorted(periods) if p in _WINDOWS), "21d")
        first = bearers.groups_of(sentence, world, *match.span())
        second = clause.objects(sentence, match.end()).first
        denied = bearers.is_denied(sentence, match.start())

        def asked(
            subject: str, sign: int = sign, window: str = window, second: frozenset[str] = second
        ) -> Answer | None:
            one = world.facts(subject, "volatility", window)
            two = [f for o in sorted(second) for f in world.facts(o, "volatility", window)]
            if not one or not two:
                return None
            said = f"{one[0].display} against {two[0].display}"
            return (one[0].number - two[0].number) * sign > 0, f"{one[0].id},{two[0].id}", said

        if first and second:
            answers = [bearers.one_of(group, asked, denied) for group in first]
            yield from bearers.worst(*match.span(), answers)
