"""Places within a year, and what the many do: percentiles, styles and breadth in words."""

import re
from collections.abc import Iterator

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers
from newsletter.preflight.phrases.bearers import Answer
from newsletter.preflight.phrases.quantifiers import NUMBER, value
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence

_YEAR = (
    r"(?:(?:the|its|their) (?:own )?(?:past |last |previous )?(?:year|twelve months|12 months"
    r"|52 weeks)|(?:the )?past year)"
)
_PLACE = compiled(
    rf"\b(?:(?P<up>higher|dearer|loftier)|(?P<down>lower|cheaper)) than (?:it (?:was|has been)"
    rf" )?on (?:most|the majority of)"
    rf" (?:days|sessions|closes) (?:of|in|over) {_YEAR}"
    rf"|\b(?:near|close to|around|towards?|not far from|at|in) the (?:very )?(?:(?P<top>top|upper"
    rf" end|high end|higher end|ceiling)"
    rf"|(?P<bottom>bottom|lower end|low end|floor)) of (?:its|their|the|that) (?:(?:own )?(?:past "
    rf"|last )?year|(?:one-year|12-month"
    rf"|twelve-month|yearly|year's|52-week|annual) range|range (?:of|for|over) {_YEAR})"
    rf"|\b(?:(?P<high>high|elevated|dear|rich)|(?P<low>low|subdued|cheap|depressed)) (?:against|by"
    rf" the standards? of|for) {_YEAR}"
    rf"|\bin the (?:(?P<upper>top|upper|higher)|(?P<lower>bottom|lower)) (?P<part>half|third"
    rf"|quarter|fifth|tenth) of"
    rf" (?:(?:its|their|the) (?:one-year |12-month |yearly |52-week )?range|{_YEAR})",
    re.IGNORECASE,
)
_PARTS = {"half": 50, "third": 34, "quarter": 25, "fifth": 20, "tenth": 10}
_SHOULDERS = compiled(
    r"\b(?:resting|rests|carried|leans|leaning) (?:on|by) (?:(?P<many>many|broad)|(?P<few>few"
    r"|narrow|a few)) shoulders"
    r"|\b(?:typical|average|median) (?:stock|share|company) is (?:already )?in an? (?:(?P<up>up)"
    r"|(?P<down>down))trend",
    re.IGNORECASE,
)
_STYLE = compiled(
    rf"\bin (?:(?P<no>no|none of the)|(?P<all>every|each|all(?: three)?(?: of the)?)|(?P<n>only"
    rf" one|just one|{NUMBER})(?: of (?:the )?three)?)"
    r" styles?\b(?:[^.;:]|\.\d){0,60}?\b(?:are |is |were |was |have |has |did |do"
    r" )?(?:(?P<small>small(?:er)?)|(?P<large>large[r]?|big(?:ger)?))"
    r"[- ]?(?:caps?|companies|stocks|ones|shares|funds?)?\b(?:[^.;:]"
    r"|\.\d){0,20}?\b(?:(?P<ahead>ahead|beat"
    r"|beaten|led|lead|leading|better"
    r"|outperform\w*|outpac\w+|in front)|(?P<behind>behind|trail\w*|lag\w*|worse"
    r"|underperform\w*))\b",
    re.IGNORECASE,
)
_PARTICIPATION = compiled(
    r"\b(?:participation|breadth) (?:has |is |was )?(?:\w+ly )?(?:(?P<up>swollen|widened|broadened"
    r"|improved|widening|broadening|improving|expanded|grown"
    r"|grew|risen|rose|better|wider|broader)|(?P<down>narrowed|shrunk|shrank|deteriorated|worsened"
    r"|thinned|narrowing|thinning|worsening|fallen|fell"
    r"|worse|narrower|thinner|contracted|withered|dwindled))\b",
    re.IGNORECASE,
)
_NOT_ABOVE = compiled(
    r" of (?:[\w&'-]+ ){0,4}?(?:stocks|members|companies|names) (?:do|does|did|have|are|were)"
    r"(?: not|n't) (?:\w+ ){0,2}?(?:(?P<up>above)|below) (?:its|their|the|a) (?:own )?"
    r"(?P<days>\d{2,3}|fifty|two-hundred)[- ]day",
    re.IGNORECASE,
)
_STYLES = 3
_BREADTH = compiled(
    r"\b(?:share|proportion|percentage|number|fraction) of (?:[\w&'-]+ ){0,4}?(?:stocks|members"
    r"|companies|names|constituents)"
    r" (?:trading |closing |standing |that (?:closed|stand|trade|are) )?above (?:its|their|the|a)"
    r" (?:own )?(?P<days>\d{2,3}|fifty|two-hundred)[- ]day"
    r"(?: (?:moving )?(?:average|line))?s? (?:is|was|stands|has|are) (?:now )?(?:(?P<up>higher"
    r"|larger|risen|grown|up|greater)|(?P<down>lower|smaller"
    r"|fallen|shrunk|down))(?: (?:than|from|on|over|in))?(?: (?:it|where it) was)?(?: than)? (?:a"
    r"|the past|one|last) (?P<unit>week|month)",
    re.IGNORECASE,
)


@assertion("place")
def place(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge where a level stands within its past year."""
    for match in sentence.find(_PLACE):

        def asked(subject: str, match: re.Match[str] = match) -> Answer | None:
            return _stands(world, subject, match)

        groups = bearers.groups_of(sentence, world, *match.span())
        low, _ = clause.bounds(sentence, match.start())
        if not groups and re.search(
            r"\bvolatility\b", sentence.text[low : match.start()], re.IGNORECASE
        ):
            yield from bearers.worst(*match.span(), [_volatile(world, match)], unknown=False)
            continue
        yield from bearers.state(sentence, world, *match.span(), asked)


def _stands(world: World, subject: str, match: re.Match[str]) -> Answer | None:
    for metric in ("percentile", "volatility_percentile"):
        for fact in world.facts(subject, metric, "1y"):
            return _within(fact, match), fact.id, f"{fact.display} percentile of its year"
    return None


def _volatile(world: World, match: re.Match[str]) -> Answer | None:
    for fact in (
        *world.facts("SPY", "volatility_percentile", "1y"),
        *world.facts("VIX", "percentile", "1y"),
    ):
        if _within(fact, match):
            return True, fact.id, fact.display
    return _stands(world, "SPY", match) or _stands(world, "VIX", match)


def _within(fact: Fact, match: re.Match[str]) -> bool:
    rank = float(fact.number)
    if match["up"] or match["down"]:
        return rank >= 50 if match["up"] else rank <= 50
    if match["upper"] or match["lower"]:
        part = _PARTS[match["part"].lower()]
        return rank >= 100 - part if match["upper"] else rank <= part
    limit = 25 if match["top"] or match["bottom"] else 40
    return rank >= 100 - limit if match["top"] or match["high"] else rank <= limit


@assertion("many")
def many(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge what is said of the many: shoulders, the typical stock, breadth of a month ago."""
    for match in sentence.find(_SHOULDERS):
        for fact in world.facts("sp500", "breadth"):
            if fact.id.endswith("above_50d") and not clause.supposed(sentence, match.start()):
                wide = bool(match["many"] or match["up"])
                right = (float(fact.number) > 50) == wide
                yield _told(match, fact, right=right)
    for match in sentence.find(_PARTICIPATION):
        if clause.supposed(sentence, match.start()) or bearers.is_denied(sentence, match.end()):
            continue
        labels = {"1m": "21d"}.get(min(sentence.last_period(), default="1m"), "5d")
        moved = world.facts("sp500", "breadth_change", labels)
        agreeing = [f for f in moved if (f.number > 0) == bool(match["up"])]
        if moved:
            yield _told(match, (agreeing or moved)[0], right=bool(agreeing))
    for match in sentence.find(_BREADTH):
        days = {"fifty": "50", "two-hundred": "200"}.get(match["days"].lower(), match["days"])
        label = "21d" if match["unit"].lower() == "month" else "5d"
        for fact in world.facts("sp500", "breadth_change", label):
            if f"above_{days}d_change" in fact.id and not clause.supposed(sentence, match.start()):
                yield _told(match, fact, right=(fact.number > 0) == bool(match["up"]))


@assertion("share")
def share(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge shares that are denied: ``77% of members do not stand above their average``."""
    for figure in sentence.figures:
        match = _NOT_ABOVE.match(sentence.text, figure.end, sentence.end)
        if match is None or figure.kind is not FigureKind.PERCENT or figure.value is None:
            continue
        days = {"fifty": "50", "two-hundred": "200"}.get(match["days"].lower(), match["days"])
        for fact in world.facts("sp500", "breadth"):
            if fact.id.endswith(f"above_{days}d"):
                held = 100 - fact.number if match["up"] else fact.number
                right = abs(held - figure.value) <= 1
                span = (figure.start, match.end())
                verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
                yield Judged(*span, verdict, fact.id, "" if right else fact.display)


@assertion("styles")
def styles(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge in how many of the three styles small companies are ahead."""
    for match in sentence.find(_STYLE):
        labels = clause.periods(sentence, match.span(), world)
        for fact in (
            f for label in sorted(labels) for f in world.facts("style", "small_ahead", label)
        ):
            number = int(fact.number)
            ahead = bool(match["small"]) == bool(match["ahead"])
            held = number if ahead else _STYLES - number
            wanted = (
                0
                if match["no"]
                else _STYLES
                if match["all"]
                else value(re.sub(r"^(?:only|just) ", "", match["n"].lower()))
            )
            yield _told(match, fact, right=held == wanted)
            break


def _told(match: re.Match[str], fact: Fact, *, right: bool) -> Judged:
    if right:
        return Judged(*match.span(), Verdict.PROVED, fact.id)
    return Judged(*match.span(), Verdict.CONTRADICTED, fact.id, fact.display)


_YIELDS = compiled(
    r"\b(?P<one>(?:ten|two|10|2|three|3)[- ](?:year|month)s?)(?: Treasury| bill| note)? yields?"
    r" (?:is|are|was|were|stands?|stood|sits?|remains?)"
    r"(?P<no> not| no longer|n't)?(?: \w+)?? (?:(?P<up>above|over|higher than|north of)"
    r"|(?P<down>below|under|lower than|beneath)) (?:the |that of the )?"
    r"(?P<two>(?:ten|two|10|2|three|3)[- ](?:year|month)s?)(?: Treasury| bill| note)?(?:'s)?(?:"
    r" yields?| one)?",
    re.IGNORECASE,
)
_MATURITIES = {"ten year": "us10y", "10 year": "us10y", "two year": "us2y", "2 year": "us2y",
               "three month": "us3m", "3 month": "us3m"}  # fmt: skip


@assertion("yields")
def yields(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge which of two yields is the higher."""
    for match in sentence.find(_YIELDS):
        names = [match[g].lower().replace("-", " ").rstrip("s") for g in ("one", "two")]
        subjects = [_MATURITIES.get(name, "") for name in names]
        facts = [next(iter(world.facts(subject, "level")), None) for subject in subjects]
        if clause.supposed(sentence, match.start()) or bearers.bygone(sentence, *match.span()):
            continue
        first, second = facts
        if first is None or second is None:
            yield Judged(*match.span(), Verdict.UNSUPPORTED)
            continue
        above = (first.number - second.number) * (1 if match["up"] else -1) > 0
        said = f"{first.display} against {second.display}"
        verdict = Verdict.PROVED if above != bool(match["no"]) else Verdict.CONTRADICTED
        yield Judged(*match.span(), verdict, f"{first.id},{second.id}", said)
