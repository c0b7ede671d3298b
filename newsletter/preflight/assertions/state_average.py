"""Averages: above or below a moving average, golden and death crosses."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.figures.dates import When
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers
from newsletter.preflight.phrases.bearers import Answer
from newsletter.preflight.phrases.predicates import days_of
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

_NUMBER = r"(?:\d{1,3}|ten|twenty|fifty|one[- ]hundred|two[- ]hundred|a hundred)"
_DAYS = (
    rf"(?P<days>{_NUMBER})[- ]?(?:days?|sessions?|dma|d)?(?:(?:,? (?:and|or)|/| as well as)"
    rf" (?:its |the |their )?(?P<also>{_NUMBER})[- ]?(?:days?|sessions?|dma)?)?"
)
_MEAN = rf"{_DAYS}(?: simple| exponential)?(?:[- ]?(?:moving )?averages?| line| lines| mark)?\b"
_WHOSE = (
    r"(?:its|their|the|both(?: its| the)?|that|his|a|each of its)(?: own| rising| falling| key)?"
)
_OVER = (
    r"above|over|north of|clear of|on top of|higher than|the right side of|the upper side of"
    r"|the sunny side of"
)
_UNDER = (
    r"below|under|beneath|underneath|south of|short of|shy of|lower than|the wrong side of"
    r"|the lower side of|adrift of|(?:turned (?:away|back)|rejected|rebuffed|repelled"
    r"|stopped short)"
    r" (?:at|by|of)"
)
_HOLD = (
    r"reclaim(?:ed|s|ing)?|regain(?:ed|s|ing)?|retook|retak(?:es|en|ing)|recaptur(?:ed|es|ing)"
    r"|recover(?:ed|s)|cleared|clears|held on to|holds on to|conquered|won back"
)
_LOSE = r"lost|loses|losing|gave up|gives up|surrender(?:ed|s)|forfeited|breached|violated"
_SIDE = quick(
    rf"(?:\b|(?<= )(?=[<>]))(?:(?P<up>{_OVER}|{_HOLD}|>)|(?P<down>{_UNDER}|{_LOSE}|<))"
    rf"(?: \w+)?? (?:{_WHOSE} )?{_MEAN}",
    re.IGNORECASE,
)
_WORDS = compiled(r"average|dma|[- ]day|[- ]session|\d0d\b", re.IGNORECASE)
_BOTH = quick(
    rf"\b(?:(?P<up>{_OVER})|(?P<down>{_UNDER})) (?:both|all)(?: of)? (?:its|their|the)?"
    r" ?(?:moving |main |key |long and short )?averages\b",
    re.IGNORECASE,
)
_CROSS = compiled(r"\b(?:(?P<up>golden[- ]cross)|(?P<down>death[- ]cross))(?:es)?\b", re.IGNORECASE)
_FIFTY, _LONG = r"(?:50|fifty)", r"(?:200|two[- ]hundred)"
_OF = r"[- ]?(?:day|session|dma|d\b)"
_TO = (
    rf"{_OF}(?: moving)?(?: average| line)?(?:, [\w'’ ]{{2,24}},)?"
    r"(?: (?!above|over|below|under|but\b|and\b|yet\b(?! to\b)|though\b)[\w&'-]+){0,9}? "
)
_ROSE = r"(?:rose|rising|risen|climbed|climbing|broke up|pushed up|moved up|went up|came up|up)"
_FELL = r"(?:fell|falling|fallen|dropped|sank|slid|slipped|broke down|dipped|went down|down)"
_ITS = r"(?:its|the|their)(?: own)? "
_LINES = compiled(
    rf"\b{_FIFTY}{_TO}(?:(?P<up>above|over|higher than|north of|on top of|{_ROSE} through)"
    rf"|(?P<down>below|under|beneath|lower than|south of|{_FELL} through))"
    rf" (?:{_ITS}{_LONG}(?:{_OF})?|{_LONG}{_OF})"
    rf"|\b{_LONG}{_TO}(?:(?P<down2>above|over|higher than|north of|on top of|{_ROSE} through)"
    rf"|(?P<up2>below|under|beneath|lower than|south of|{_FELL} through))"
    rf" (?:{_ITS}{_FIFTY}(?:{_OF})?|{_FIFTY}{_OF})",
    re.IGNORECASE,
)
_DENIED = compiled(rf"{lexicon.NEGATION.pattern}|\byet to\b", re.IGNORECASE)
"""Denials between the two averages."""
_NEAR = quick(
    rf"\b(?:(?P<near>near|close to|around|not far from|(?:hugging|hovering (?:near|around|at|by)))"
    rf"|(?P<at>at|on|astride|level with|bang on)) (?:{_WHOSE} )(?:{_MEAN})",
    re.IGNORECASE,
)
_AVERAGE = compiled(rf"{_NUMBER}{_OF}(?: moving)?(?: average| line)? (?:\w+ )?$", re.IGNORECASE)
"""Right before what stands near an average: another average."""
_SHARE_OF = compiled(
    r"\b(?:share|percentage|proportion|portion|fraction) of (?:the |all )?(?:[\w&'’.-]+ ){1,4}"
    r"(?:(?:that|which) (?:stand|are|close|trade) |(?:standing|trading|closing) )?$",
    re.IGNORECASE,
)
"""Right before what names a share of many, and is no state: the figure beside it is proved."""
_OPENS = compiled(
    r"\W*(?:ever )?since (?:the )?(?:(?:close|closing bell|bell|session|end) (?:of|on) )?(?:the )?",
    re.IGNORECASE,
)
_SHARES = {FigureKind.PERCENT, FigureKind.POINTS}
_CLOSE_TO, _AT = 2, Decimal("0.5")
"""Percent from an average within which a close is near it, and at it."""
_MISSING = compiled(
    r" (?:yet |is )?(?:has not|not yet|absent|missing|still (?:missing|to come))", re.IGNORECASE
)
_TODAY = compiled(r"\b(?:today|tonight|on the day|just|fresh|this evening|new)\b", re.IGNORECASE)
_MAKES = quick(
    r"\b(?:form|flash|made|make|print|trigger|complet|produc|deliver|occur|strike|struck|saw)",
    re.IGNORECASE,
)


@assertion("average")
def average(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge on which side of an average a subject stands."""
    taken: list[tuple[int, int]] = []
    for match in sentence.find(_LINES):
        taken.append(match.span())
        sign = 1 if match["up"] or match["up2"] else -1
        dated = _since(sentence, match.end()) is not None  # the day is proved as a date
        crossed = partial(_crossed, world, sign)
        inside = len(_DENIED.findall(match[0])) % 2 == 1
        denied = bearers.is_denied(sentence, match.start()) != inside
        span = match.span()
        yield from bearers.state(sentence, world, *span, crossed, denied=denied, dated=dated)
    for match in sentence.find(_SIDE):
        start, end = match.span()
        if any(a <= start < b for a, b in taken) or not _means(sentence, match):
            continue
        if _counted(sentence, start):
            continue
        sign = 1 if match["up"] else -1
        days = [days_of(match["days"]), *([days_of(match["also"])] if match["also"] else [])]
        since = _since(sentence, end) or _fronted(sentence, start)
        asked = partial(_beside, world, sign, days, since=since)
        yield from bearers.state(sentence, world, start, end, asked, dated=since is not None)
    for match in sentence.find(_NEAR):
        if any(a <= match.start() < b for a, b in taken) or not _means(sentence, match):
            continue
        if _since(sentence, match.end()) or _AVERAGE.search(
            sentence.text, max(sentence.start, match.start() - 40), match.start()
        ):
            yield Judged(*match.span(), Verdict.UNSUPPORTED)  # known above or below only
            continue
        days = [days_of(match["days"]), *([days_of(match["also"])] if match["also"] else [])]
        asked = partial(_by, world, _CLOSE_TO if match["near"] else _AT, days)
        yield from bearers.state(sentence, world, *match.span(), asked)
    for match in sentence.find(_BOTH):
        sign = 1 if match["up"] else -1
        asked = partial(_beside, world, sign, [50, 200])
        yield from bearers.state(sentence, world, *match.span(), asked)


def _counted(sentence: Sentence, start: int) -> bool:
    """Tell whether a side of an average is of those whose share is told: ``is 54%``."""
    told = any(figure.kind in _SHARES for figure in sentence.own)
    before = sentence.text[max(sentence.start, start - 80) : start]
    return told and _SHARE_OF.search(before) is not None


@assertion("cross")
def cross(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge golden and death crosses: which of two averages is the higher."""
    text = sentence.text
    for match in sentence.find(_CROSS):
        if (
            _LINES.search(text, sentence.start, match.start())
            and "call" in text[max(sentence.start, match.start() - 60) : match.start()]
        ):
            yield from _called(sentence, world, match)
            continue
        sign = 1 if match["up"] else -1
        low, high = clause.bounds(sentence, match.start())
        said = text[low:high]
        fresh = bool(_TODAY.search(said) and _MAKES.search(said))
        missing = _MISSING.match(text[match.end() : match.end() + 24]) is not None
        denied = bearers.is_denied(sentence, match.start()) or missing
        asked = partial(_crossed, world, sign, fresh=fresh)
        yield from bearers.state(sentence, world, *match.span(), asked, denied=denied)


def _called(sentence: Sentence, world: World, match: re.Match[str]) -> Iterator[Judged]:
    """Judge ``…, which chartists call a death cross`` by what was said before it."""
    lines = _LINES.search(sentence.text, sentence.start, match.start())
    if lines is None:
        return
    above = bool(lines["up"] or lines["up2"])
    if above != bool(match["up"]):
        said = "golden cross" if above else "death cross"
        yield Judged(match.start(), match.end(), Verdict.CONTRADICTED, "", said)
    else:
        yield from bearers.state(
            sentence, world, *match.span(), partial(_crossed, world, 1 if above else -1),
            denied=False,
        )  # fmt: skip


def _means(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a number behind ``above`` is the length of an average."""
    if re.search(r"average|dma", match[0], re.IGNORECASE):
        return True
    if re.search(r"[<>] (?:20|50|100|200)d$", match[0], re.IGNORECASE):
        return True
    if re.search(r"(?:days|sessions)$", match[0], re.IGNORECASE):
        return False  # "up over 21 sessions" is a stretch of time
    if not re.search(r"[- ]day|[- ]session|line", match[0], re.IGNORECASE):
        return False
    following = sentence.text[match.end() : match.end() + 1] or "."
    return following in ".,;) " or "average" in sentence.text[sentence.start : sentence.end]


def _since(sentence: Sentence, end: int) -> When | None:
    """Return the day since which a side is said to hold."""
    for figure in sentence.own:
        if figure.when is not None and figure.start >= end:
            between = sentence.text[end : figure.start]
            return figure.when if re.fullmatch(r",? (?:ever )?since (?:the )?", between) else None
    return None


def _fronted(sentence: Sentence, start: int) -> When | None:
    """Return the day that opens a sentence: ``Since 12 May it has been above its average``."""
    lead = _OPENS.match(sentence.text, sentence.start, start)
    first = next((f for f in sentence.own if f.when is not None), None) if lead else None
    return first.when if first is not None and lead and first.start == lead.end() else None


def _beside(
    world: World, sign: int, days: list[int], subject: str, *, since: When | None = None
) -> Answer | None:
    """Tell whether a subject stands on one side of every average named, and since when."""
    for fact in world.facts(subject, "cross_date") if since else ():
        told = isinstance(fact.value, dt.date) and since is not None and since.matches(fact.value)
        if f"close_{days[0]}d" in fact.id and not told:
            return False, fact.id, f"since {fact.display}"
    seen = [fact for length in days for fact in world.facts(subject, "gap", f"{length}d")]
    if len(seen) < len(days):
        return None
    wrong = [fact for fact in seen if not fact.number * sign > 0]
    chosen = (wrong or seen)[0]
    return not wrong, ",".join(f.id for f in seen), f"{chosen.display} from its average"


def _by(world: World, most: Decimal | int, days: list[int], subject: str) -> Answer | None:
    """Tell whether a subject stands within so many percent of every average named."""
    seen = [fact for length in days for fact in world.facts(subject, "gap", f"{length}d")]
    if len(seen) < len(days):
        return None
    far = max(seen, key=lambda fact: abs(fact.number))
    said = f"{far.display} from its average, where at most {most} percent is so called"
    return abs(far.number) <= most, ",".join(f.id for f in seen), said


def _crossed(world: World, sign: int, subject: str, *, fresh: bool = False) -> Answer | None:
    """Tell whether the 50-day average is above the 200-day, by state or by both gaps."""
    for fact in world.facts(subject, "cross_state"):
        if "50d_200d" in fact.id:
            right = (str(fact.value) == "above") == (sign > 0)
            since = [f for f in world.facts(subject, "cross_date") if "50d_200d" in f.id]
            day = str(since[0].display) if since else ""
            if fresh and right and since:
                right = since[0].value == world.ledger.session.date
            return right, fact.id, f"the 50-day average is {fact.value} the 200-day, since {day}"
    gaps = [f for d in ("50d", "200d") for f in world.facts(subject, "gap", d)]
    if len(gaps) != 2:
        return None
    above = (100 + gaps[1].number) > (100 + gaps[0].number)
    words = "above" if above else "below"
    return above == (sign > 0), f"{gaps[0].id},{gaps[1].id}", f"50-day {words} 200-day average"
