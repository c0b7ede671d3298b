"""The market's state: curves, volatility's band and regime, breadth's lines, verdicts."""

import re
from collections.abc import Callable, Iterable, Iterator

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers, regimes
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_IS = (
    r"(?: (?:is|are|was|were|stays?|stayed|remains?|remained|reads?|stands?|stood|sits?|has|been"
    r"|says|said|shows|showed|calls?|turned|turns|still|now|again|once|more|also|in|its|the|not|longer|no|never|quite|back|to|a"
    r"|signal|state|tonight|today|at)){0,6}?"
)
_CURVE = compiled(
    r"\b(?P<what>(?:yield|Treasury|bond|rates?) curve|curve|(?:slope|gap|spread"
    r"|difference) (?:between|from) (?:the )?(?:two"
    r"|2|three|3)\b|(?:two|2)s?(?:-?year)?[-/ ](?:to )?(?:ten|10)s?(?:-?year)? (?:slope|spread"
    r"|gap))\b(?:[^.;:,]|\.\d){0,60}? "
    r"(?:(?P<down>inverted|upside down|downwards?|negative|downward[- ]sloping|inverts?)"
    r"|(?P<up>upwards?|normal(?:ly)?|positive|upward[- ]sloping|the right way up|usual slope"
    r"|un-?inverted|contango)"
    r"|(?P<back>backwardation))\b",
    re.IGNORECASE,
)
_INVERSION = compiled(
    r"\b(?:(?P<down>inverted|downward[- ]sloping)|(?P<up>upward[- ]sloping)) (?:yield|Treasury"
    r"|(?P<vix>volatility|VIX)) curve\b",
    re.IGNORECASE,
)
_VOL = compiled(r"volatil|\bVIX\b|futures", re.IGNORECASE)
_TERM = compiled(
    r"\b(?:(?:VIX|volatility)(?:'s)? (?:futures )?curve|(?:VIX |volatility )?(?:'s )?term"
    r" structure)\b(?:[^.;:]|\.\d){0,30}?"
    r"(?:(?P<down>inverted|backwardation)|(?P<up>contango|normal|upward|steep))",
    re.IGNORECASE,
)
_THREE = compiled(
    r"\bVIX(?:[^.;:]|\.\d){0,24}?"
    r" (?:(?P<over>above|over|higher than|exceeds|exceeded)|(?P<under>below"
    r"|under|beneath|lower than)) (?:its |the )?(?:own )?three[- ]month(?:s)?(?: (?:VIX"
    r"|counterpart|cousin|version|sibling|gauge|index|twin|volatility))?"
    r"|\bratio of the VIX to (?:the |its )?three[- ]month (?:VIX|volatility)(?:[^.;:]|\.\d){0,24}? "
    r"(?:(?P<over2>above|over)|(?P<under2>below|under)) (?:one|1(?:\.00?)?|unity|parity)\b",
    re.IGNORECASE,
)
_OFTEN = compiled(
    r"\b(?:(?P<many>more than once|repeatedly|several times|time and again|on several (?:days"
    r"|occasions))|(?P<some>at least once)|(?P<none>not once|never|not a single (?:day|time)"
    r"|at no (?:time|point)|on no (?:day|occasion))|(?P<twice>twice)"
    r"|(?P<once>(?:just |only )?once))\b",
    re.IGNORECASE,
)
_TIMES = {"many": (2, True), "some": (1, True), "none": (0, False), "twice": (2, False),
          "once": (1, False)}  # fmt: skip
"""Days at least, or exactly."""
_YEAR = compiled(
    r"\b(?:in|over|during) the (?:past|last) (?:year|(?:twelve|12) months)\b|\bin a year\b",
    re.IGNORECASE,
)
_TWOS = compiled(
    r"\b(?:two|2)(?:s|[- ]years?)?(?: and| to|/|-| through|s)? ?(?:ten|10)s?\b", re.IGNORECASE
)
_BILLS = compiled(r"three[- ]months?|\bbills?\b|3m", re.IGNORECASE)
_CALM, _WILD = f"{regimes.CALM}|low", f"{regimes.WILD}|high"
_STATES = rf"calm|turbulent|strong|weak|{_CALM}|{_WILD}|{regimes.STRONG}|{regimes.WEAK}"
_MEANT = (
    (compiled(_CALM), "calm"),
    (compiled(_WILD), "turbulent"),
    (compiled(regimes.STRONG), "strong"),
    (compiled(regimes.WEAK), "weak"),
)
"""Other words for the states of a regime."""
_REGIME = quick(
    rf"\b(?P<who>volatility|breadth)(?: regime| signal)?{_IS} [“\"']?(?P<state>{_STATES})\b"
    rf"|\b(?P<state2>{_STATES}) (?P<who2>volatility|breadth) regime\b"
    r"|\b(?:the )?(?:market(?:'s)? )?(?:regime|regime model|model|regime signal)"
    rf"{_IS} (?P<state3>{_STATES})\b|\b(?P<state5>{_STATES}) is (?:the word|what|how)\b"
    r"[^.;:]{0,30}\b(?P<who5>volatility|breadth)\b|\bin (?:its|the|a) (?P<state4>{_STATES})"
    rf" (?:regime|state|phase|mood)",
    re.IGNORECASE,
)
_BAND = compiled(
    r"\b(?:VIX|volatility index|fear gauge)\b(?:[^.;:]|\.\d){0,40}?"
    r"\b(?:in|inside|within) (?:its|the|a|our)"
    r" (?:[“\"']?(?P<band>low|normal|elevated|high)[”\"']? (?:band|zone|bracket|range)|(?:band"
    r"|zone|bracket|range)"
    r" (?:that )?(?:we |is |are )?(?:call|called|marked|labelled|term|known as|of|for)?"
    r" ?[“\"']?(?P<band2>low|normal|elevated|high)\b)",
    re.IGNORECASE,
)
_AD = compiled(
    r"\b(?:advance[-–/ ]+(?:and[- ])?decline|A/?D) line\b(?:[^.;:]|\.\d){0,50}?"
    r"(?:(?P<at>(?:at|to|set|sets"
    r"|made|makes|hit|hits|reached|in) (?:a |an |its )?(?:new |fresh |all-time )*(?:record"
    r"|all-time high|record high|high|peak)|confirm\w*)|(?P<below>(?:below|under|short of|shy of"
    r"|off|beneath|away from) (?:a |its |the )?(?:own |all-time )*(?:record|high|peak"
    r"|all-time high)))\b",
    re.IGNORECASE,
)
_MCCLELLAN = compiled(
    r"\b(?:(?P<up2>above)|(?P<down2>below)) (?:the )?(?:zero|nil|naught)(?: line| mark)? [a-z]+ the"
    r" McClellan\b|\bMcClellan(?: oscillator)?\b(?! summation)(?:[^.;:]|\.\d){0,40}?"
    r"\b(?:(?P<up>positive|above (?:zero"
    r"|nil|the (?:zero )?line|water))|(?P<down>negative|below (?:zero|nil|the (?:zero )?line)"
    r"|under water|under zero|in the red))\b",
    re.IGNORECASE,
)


def _facts(world: World, metric: str, subjects: Iterable[str]) -> list[Fact]:
    return [fact for subject in subjects for fact in world.facts(subject, metric)]


def _tell(
    sentence: Sentence,
    match: re.Match[str],
    facts: list[Fact],
    holds: Callable[[Fact], bool],
    *,
    some: bool = False,
) -> Iterator[Judged]:
    """Judge a state that some facts decide: all of them, or where `some` any."""
    start, end = match.span()
    if clause.supposed(sentence, start) or _hedged(sentence, end):
        yield Judged(start, end, Verdict.OPINION)
        return
    said = sentence.text[start:end]
    lasts = "s been " in said and sentence.text.startswith(" since ", end)
    if bearers.bygone(sentence, start, end) and not lasts:
        return
    denied = bearers.is_denied(sentence, start) != (
        len(re.findall(r"\b(?:not|no|never|hardly|neither)\b|n't\b", said, re.IGNORECASE)) % 2 == 1
    )
    right = [fact for fact in facts if holds(fact) != denied]
    ids = ",".join(fact.id for fact in facts)
    if not facts:
        yield Judged(start, end, Verdict.UNSUPPORTED)
    elif right and (some or len(right) == len(facts)):
        yield Judged(start, end, Verdict.PROVED, ids)
    else:
        wrong = next(fact for fact in facts if fact not in right)
        yield Judged(start, end, Verdict.CONTRADICTED, wrong.id, f"{wrong.name}: {wrong.display}")


def _hedged(sentence: Sentence, end: int) -> bool:
    low, _ = clause.bounds(sentence, end - 1)
    return clause.supposed(sentence, end - 1) and low < end


@assertion("curve")
def curve(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge yield curves and the curve of implied volatility."""
    text = sentence.text
    taken = -1
    for pattern in (_CURVE, _TERM, _INVERSION):
        for match in sentence.find(pattern):
            if match.start() <= taken:
                continue
            taken = match.end()
            found = match.groupdict()
            down = bool(found.get("down") or found.get("back"))
            low, _ = clause.bounds(sentence, match.start())
            if pattern is _TERM or found.get("back") or _VOL.search(text, low, match.end()):
                facts = _facts(world, "signal_state", ["vix_slope"])
                yield from _tell(sentence, match, facts,
                                 lambda f, d=down: (f.value == "inverted") == d)  # type: ignore[misc]  # fmt: skip
                continue
            facts, loose = _curves(sentence, world)
            yield from _tell(sentence, match, facts,
                             lambda f, d=down: (f.value == "inverted") == d, some=loose)  # type: ignore[misc]  # fmt: skip
    for match in sentence.find(_THREE):
        if match["over"] and _YEAR.search(text, sentence.start, sentence.end):
            often = _OFTEN.search(text, sentence.start, match.start())
            if often is not None:
                yield from _inverted(often, match, world)
                continue
        over = bool(match["over"] or match["over2"])
        facts = _facts(world, "signal_state", ["vix_slope"])
        yield from _tell(sentence, match, facts,
                         lambda f, o=over: (f.value == "inverted") == o)  # type: ignore[misc]  # fmt: skip


def _inverted(often: re.Match[str], match: re.Match[str], world: World) -> Iterator[Judged]:
    """Judge on how many days of a year the VIX stood above its three-month counterpart."""
    low, least = _TIMES[often.lastgroup or "none"]
    for fact in world.facts("VIX/VIX3M", "inverted", "1y"):
        days = int(fact.number)
        right = days >= low if least else days == low
        verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
        yield Judged(often.start(), match.end(), verdict, fact.id, "" if right else fact.display)


def _curves(sentence: Sentence, world: World) -> tuple[list[Fact], bool]:
    """Return the curves a sentence means, and whether any of them will do."""
    text = sentence.text[sentence.start : sentence.end]
    twos, bills = _TWOS.search(text), _BILLS.search(text)
    subjects = [s for s, said in (("us10y-us2y", twos), ("us10y-us3m", bills)) if said]
    facts = _facts(world, "curve_state", subjects or ["us10y-us2y", "us10y-us3m"])
    return facts, not subjects


@assertion("regime")
def regime(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge the regimes of volatility and breadth and the band of the VIX."""
    for match in sentence.find(_REGIME):
        who = (match["who"] or match["who2"] or match["who5"] or "volatility").lower()
        names = ("state", "state2", "state3", "state4", "state5")
        state = next(match[name] for name in names if match[name]).lower()
        state = next((name for form, name in _MEANT if form.fullmatch(state)), state)
        fits = {"volatility": {"calm", "turbulent"}, "breadth": {"strong", "weak"}}[who]
        if state not in fits or (match["who"] and "regime" not in match[0] and who == "volatility"):
            continue
        facts = _facts(world, "signal_state", [f"{who}_regime"])
        yield from _tell(sentence, match, facts, lambda f, s=state: f.value == s)  # type: ignore[misc]
    for match in sentence.find(_BAND):
        band = (match["band"] or match["band2"]).lower()
        facts = _facts(world, "band", ["VIX"])
        yield from _tell(sentence, match, facts, lambda f, s=band: f.value == s)  # type: ignore[misc]


@assertion("breadth_line")
def breadth_line(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge the advance-decline line and the McClellan oscillator."""
    for match in sentence.find(_AD):
        at = "at a record" if match["at"] else "below its record"
        facts = _facts(world, "ad_line_place", _breadth(world))
        yield from _tell(sentence, match, facts, lambda f, a=at: f.value == a)  # type: ignore[misc]
    for match in sentence.find(_MCCLELLAN):
        side = "above zero" if match["up"] or match["up2"] else "below zero"
        facts = _facts(world, "mcclellan_side", _breadth(world))
        yield from _tell(sentence, match, facts, lambda f, a=side: f.value == a)  # type: ignore[misc]


def _breadth(world: World) -> list[str]:
    """Return the universes whose breadth the ledger knows."""
    return list(dict.fromkeys(f.subject for f in world.ledger if f.metric == "mcclellan_side"))
