"""Predicates: what may be said of each cell of a group, and for how many cells it is true.

A predicate is found in the words (``rose``, ``trailed the small-cap fund``, ``above their
50-day average``) and then tallied over the cells of a group, or, for the stocks of the
index, read from the ledger's counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.figures.numbers import Figure
from newsletter.preflight.figures.wording import spelled
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.groups import MEMBERS, Group
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Reading, Sentence

_DAYS = r"(?P<days>\d{1,3}|twenty|fifty|one[- ]hundred|(?:two|a|one)[- ]hundred|hundred)"
_MEAN = (
    rf"(?: own)? {_DAYS}[- ]?(?:days?|sessions?|dma)?(?:(?:[- ]| simple | moving )*average"
    r"|[- ]day(?: line| mark)?|dma| line)?s?\b"
)
_BARE_UP = (
    r"(?<!make )(?<!makes )(?<!made )(?<!making )up|ahead(?! of)|in credit|higher|positive|above"
    r" the waterline|in the"
    r" (?:green|black|plus)|in positive territory|above water|to the good"
    r"|winners?|gainers?|advancers?|risers?|advancing|rising|gaining|climbing|green"
)
_BARE_DOWN = (
    r"down|lower|negative|in the (?:red|minus)|in negative territory|(?:below|beneath|under)"
    r" (?:the )?water(?:line)?|under ?water|to the bad|in"
    r" the hole|in deficit"
    r"|losers?|decliners?|fallers?|declining|falling|losing|sliding|red"
)
_EXTREME = (
    r"(?:(?:made|mak(?:e|ing)|hit|hits|set|sets|reached|posted|touch(?:ed|ing)|print(?:ed|ing)"
    r"|notched|recorded|scored|struck|carved out|at|to|managed|marked|registered|reaching|saw)"
    r" (?:an? |their |its |to )?)(?:[\w-]+ ){0,2}?(?:new |fresh |one-year |52-week |12-month "
    r"|fifty-two-week |twelve-month |yearly |annual |year's )+"
)
PATTERNS = {
    "average": compiled(
        r"\b(?:(?P<up>above|over|north of|clear of|on top of|higher than)"
        r"|(?P<down>below|under|beneath|south of|short of|shy of|lower than)) "
        rf"(?:their|its|the|a){_MEAN}",
        re.IGNORECASE,
    ),
    "extreme": compiled(
        rf"\b{_EXTREME}(?:closing )?(?:(?P<up>highs?)|(?P<down>lows?))\b", re.IGNORECASE
    ),
    "rsi": compiled(r"\b(?:(?P<up>overbought)|(?P<down>oversold))\b", re.IGNORECASE),
    "quadrant": compiled(
        r"\b(?:in|into|inside|occup(?:y|ies)|fills?|within) (?:the |its )?"
        r"(?P<quadrant>leading|weakening|lagging|improving)\b(?: (?:quadrant|corner|box|one))?",
        re.IGNORECASE,
    ),
    "compared": lexicon.COMPARED,
    "move": lexicon.MOVE,
    "bare": compiled(rf"\b(?:(?P<up>{_BARE_UP})|(?P<down>{_BARE_DOWN}))\b", re.IGNORECASE),
}
"""Kinds of predicate in order of preference where two begin close together."""
_CLOSE = {"average": 34, "extreme": 20, "rsi": 24, "quadrant": 30, "compared": 0}
_INDEX = compiled(r"(?:^|\W)(?:the )?(?:index|market|benchmark|average)\b", re.IGNORECASE)
_YEAR = compiled(r"\b(?:in|during|for|through|of) ((?:19|20)\d\d)\b", re.IGNORECASE)
_GENERAL = compiled(
    r"\b(?:when|whenever|(?:a|an|the next|any|another|every|each) (?:\w+ )?(?:day|session|week"
    r"|month|evening|fall|rise|market)s?(?:,? (?:on|in|when|that"
    r"|where)\b(?: which)?)?)\b(?:[^.;:]|\.\d){0,60}$",
    re.IGNORECASE,
)
_PAST = quick(
    r"\b(?:\w+ed|rose|risen|fell|fallen|lost|were|was|did|had|ha[sv]e?|beat|led|went|shed|slid"
    r"|sank|won|stood|ran|came|gave|took|made|grew|left|outran)\b",
    re.IGNORECASE,
)
_GONE = compiled(
    r"\b(?:yesterday|last (?:night|session|Monday|Tuesday|Wednesday|Thursday|Friday|year)"
    r"|(?:the )?(?:previous|prior) (?:session|day|evening|week|month|year)"
    r"|a (?:day|session) (?:ago|earlier|before)|since (?!the|new year|january)\w+)\b",
    re.IGNORECASE,
)
_COUNTS = {"move": ("advancers", "decliners"), "bare": ("advancers", "decliners"),
           "extreme": ("new_highs", "new_lows"), "rsi": ("overbought", "oversold")}  # fmt: skip
_EARLIER = compiled(
    r"[ ,]*(?:only |just )?(?:a|one) (?:(?P<month>month)|week) (?:ago|earlier|before)\b",
    re.IGNORECASE,
)
_OVERBOUGHT, _OVERSOLD = 70, 30
_PASSIVE = compiled(
    r"\b(?:been|was|were|is|are|being|be|get|got|gets)(?: (?:\w+ly|well|all|both|soundly|far))? $",
    re.IGNORECASE,
)
_COUNTERPARTS = compiled(
    r"\b(?:counterparts?|cousins?|siblings?|peers?|rivals?|equivalents?)\b", re.IGNORECASE
)
TWINS = {"IWF": "IWD", "IWO": "IWN", "IWD": "IWF", "IWN": "IWO"}
_DOWNWARD = frozenset({"down", "minus", "behind"})


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is said of cells.

    Parameters
    ----------
    kind : str
        A key of `PATTERNS`.
    start, end : int
        Where its words stand.
    sign : int
        1 for up, above, ahead; -1 for the opposite; 0 for flat.
    denied : bool
        Whether the verb is denied (``did not rise``).
    match : re.Match
        The words.
    bound : Figure or None
        A least or greatest change: ``rose more than 1%``.
    """

    kind: str
    start: int
    end: int
    sign: int
    denied: bool
    match: re.Match[str]
    bound: Figure | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """For how many cells a predicate is true.

    Parameters
    ----------
    k, n : int
        True cells, and all of them.
    held : frozenset of str
        The true cells; empty for the stocks of the index.
    fact : str
        Ids of facts behind it.
    """

    k: int
    n: int
    held: frozenset[str]
    fact: str


def find(sentence: Sentence, start: int, stop: int) -> Predicate | None:
    """Return the first predicate in a stretch of words.

    What stands right at its start is a verb even behind ``to`` or a number.
    """
    best: tuple[int, str, re.Match[str]] | None = None
    for kind, pattern in PATTERNS.items():
        match = pattern.search(sentence.text, start, stop)
        while (
            match is not None
            and kind == "move"
            and match.start() > start + 1
            and clause.is_noun(sentence, match.start())
        ):
            match = pattern.search(sentence.text, match.end(), stop)
        if match is None:
            continue
        if best is None or match.start() < best[0] - _CLOSE.get(best[1], 0):
            best = match.start(), kind, match
    return None if best is None else of_match(sentence, start, best[1], best[2])


def of_match(sentence: Sentence, after: int, kind: str, match: re.Match[str]) -> Predicate | None:
    """Return the predicate a match states; `after` is where its subject ends."""
    said = sentence.text[after : match.start()]
    denied = len(lexicon.NEGATION.findall(said)) % 2 == 1
    groups = match.groupdict()
    ways = {name for name, words in groups.items() if words}
    sign = 0 if ways & {"flat", "still"} else -1 if ways & _DOWNWARD else 1
    bound = None
    end = match.end()
    if kind == "compared" and _PASSIVE.search(
        sentence.text, max(after, match.start() - 24), match.start()
    ):
        by = re.match(r"(?: \w+ly)? by\b", sentence.text[end : end + 20])
        sign, end = (-sign, end + by.end()) if by else (sign, end)
    if kind in {"move", "compared", "bare"} and (figure := _next(sentence, end)) is not None:
        asked = re.search(
            r"\b(?:(?P<more>more than|at least|over|upwards? of|better than)|(?P<less>less than"
            r"|under|fewer than))\s*(?:an? )?$",
            sentence.text[match.start() : figure.start],
            re.IGNORECASE,
        )
        if asked is None:
            return None
        kind, bound, end = "move", figure, figure.end
        word = lexicon.MOVE.search(sentence.text, match.start(), figure.start)
        # "gained less than" reads as trailing; with a figure it is a move that is bounded.
        sign = -1 if word is None or word.lastgroup in _DOWNWARD else 1
        if word is None:
            sign = (
                -1 if re.search(r"\b(?:down|lower|lost|fell|off)\b", match[0], re.IGNORECASE) else 1
            )
    return Predicate(kind, match.start(), end, sign, denied, match, bound)


def _next(sentence: Sentence, end: int) -> Figure | None:
    """Return the percent right behind a verb."""
    if not sentence.figured(end):
        return None
    return next((f for f in sentence.figures if f.start >= end), None)


def supposed(sentence: Sentence, start: int, predicate: Predicate) -> bool:
    """Tell whether a predicate is a condition, a forecast, or true of any such day."""
    low = max(sentence.start, start - 100)
    general = _GENERAL.search(sentence.text[low:start])
    if general is not None and any(m.end <= low + general.start() for m in sentence.named):
        # "Amazon soars on a day when most stocks rise" is no general remark.
        return lexicon.HEDGE.search(sentence.text, low, predicate.start) is not None
    if clause.supposed(sentence, predicate.start):
        return True
    return general is not None and not _PAST.search(sentence.text[start : predicate.end])


def tallies(
    sentence: Sentence, world: World, group: Group, predicate: Predicate
) -> Iterator[Tally]:
    """Yield for how many cells a predicate holds, once for each period it may mean.

    Yields
    ------
    Tally
        Nothing where the ledger does not know.
    """
    reading = sentence.at(predicate.start, predicate.end)
    labels = _labels(sentence, reading, predicate)
    if group.name == MEMBERS:
        yield from _counted(world, predicate, labels)
        return
    if not group.cells:
        return
    for asked, apart in _questions(sentence, world, predicate, reading, labels):
        values = [(cell, asked(cell)) for cell in group.cells if cell != apart]
        known = [(cell, value) for cell, value in values if value is not None]
        if len(known) < len(values):
            continue
        held = frozenset(cell for cell, value in known if value[0] != predicate.denied)
        yield Tally(len(held), len(known), held, ",".join(value[1] for _, value in known))


_Truth = tuple[bool, str]
_Asked = Callable[[str], _Truth | None]


def _labels(sentence: Sentence, reading: Reading, predicate: Predicate) -> list[str]:
    low, high = clause.bounds(sentence, predicate.start)
    said = sentence.text[low:high]
    year = _YEAR.search(said)
    if year is not None:
        return [f"cal:{year[1]}"]
    if _GONE.search(said):
        return []
    labels = sorted(reading.periods)
    if not sentence.last_period() and "1d" not in labels:
        labels.append("1d")
    return labels


def _questions(
    sentence: Sentence, world: World, predicate: Predicate, reading: Reading, labels: Iterable[str]
) -> Iterator[tuple[_Asked, str]]:
    """Yield functions that answer the predicate for one cell, and who is left out of it."""
    sign = predicate.sign
    if predicate.kind in {"move", "bare"}:
        for label in labels:
            yield partial(_moved, world, predicate, label, reading.total), ""
    elif predicate.kind == "compared" and _twins(sentence, predicate):
        for label in labels:
            yield partial(_beat_twin, world, sign, label, reading.total), ""
    elif predicate.kind == "compared":
        for other in others(sentence, predicate):
            for label in labels:
                yield partial(_beat, world, sign, other, label, reading.total), other
    elif predicate.kind == "average":
        days = days_of(predicate.match["days"])
        yield lambda cell: gap(world, cell, days, sign), ""
    elif predicate.kind == "rsi":
        yield lambda cell: rsi(world, cell, sign), ""
    elif predicate.kind == "quadrant":
        yield lambda cell: quadrant(world, cell, predicate.match["quadrant"]), ""


def _moved(
    world: World, predicate: Predicate, label: str, total: bool | None, cell: str
) -> _Truth | None:
    known = next(world.moves(cell, [label], total), None)
    if known is None:
        return None
    if predicate.sign == 0:
        return abs(known.value) <= Decimal("0.25"), known.fact
    value = known.value * predicate.sign
    if predicate.bound is not None and predicate.bound.value is not None:
        limit = abs(predicate.bound.value)
        less = predicate.bound.bound == "less"
        return (0 < value < limit if less else value >= limit), known.fact
    return value > 0, known.fact


def _beat(
    world: World, sign: int, other: str, label: str, total: bool | None, cell: str
) -> _Truth | None:
    known = next(world.gaps(cell, other, [label], total), None)
    return None if known is None else (known.value * sign > 0, known.fact)


def _twins(sentence: Sentence, predicate: Predicate) -> bool:
    """Tell whether each is set against its own counterpart: value against growth."""
    behind = sentence.text[predicate.end : predicate.end + 40]
    return bool(_COUNTERPARTS.search(behind)) and bool(
        re.match(r" their (?:value|growth)\b", behind)
    )


def _beat_twin(world: World, sign: int, label: str, total: bool | None, cell: str) -> _Truth | None:
    other = TWINS.get(cell)
    return _beat(world, sign, other, label, total, cell) if other else None


def others(sentence: Sentence, predicate: Predicate) -> list[str]:
    """Return whom a comparison is made with; ``the index`` is the benchmark."""
    found = clause.objects(sentence, predicate.end)
    if found.groups:
        return sorted(found.groups[0])
    behind = sentence.text[predicate.end : predicate.end + 40]
    return ["SPY"] if _INDEX.match(behind) else []


def gap(world: World, cell: str, days: int, sign: int) -> tuple[bool, str] | None:
    """Tell whether a subject stands on one side of its average, None where unknown."""
    for fact in world.facts(cell, "gap", f"{days}d"):
        return fact.number * sign > 0, fact.id
    return None


def rsi(world: World, cell: str, sign: int) -> tuple[bool, str] | None:
    """Tell whether a subject is overbought (sign 1) or oversold, None where unknown."""
    for fact in world.facts(cell, "rsi"):
        high, low = fact.number >= _OVERBOUGHT, fact.number <= _OVERSOLD
        return (high if sign > 0 else low), fact.id
    return None


def quadrant(world: World, cell: str, name: str) -> tuple[bool, str] | None:
    """Tell whether a sector lies in a quadrant of the rotation map, None where unknown."""
    for fact in world.facts(cell, "rotation_quadrant"):
        return str(fact.value) == name.lower(), fact.id
    return None


def days_of(words: str) -> int:
    """Return the length of an average: ``50``, ``fifty``, ``two-hundred``."""
    if words.isdigit():
        return int(words)
    value = spelled(words.replace("a ", "one ").replace("a-", "one-"))
    return 100 if words.lower() == "hundred" else int(value or 0)


def _ago(predicate: Predicate) -> str:
    """Return the ending of the facts of a week or a month ago, where words say so."""
    match = _EARLIER.match(predicate.match.string, predicate.end)
    return "" if match is None else ".21d_ago" if match["month"] else ".5d_ago"


def _counted(world: World, predicate: Predicate, labels: Iterable[str]) -> Iterator[Tally]:
    """Yield the count of stocks for which a predicate holds, as the ledger counts them."""
    sign = predicate.sign
    subject = next((f.subject for f in world.ledger if f.metric == "advancers"), "sp500")
    members = next((int(f.number) for f in world.facts(subject, "members")), 0)
    if predicate.kind == "average":
        days = days_of(predicate.match["days"])
        ago = _ago(predicate)
        for fact in world.facts(subject, "breadth"):
            if fact.id.endswith(f"above_{days}d{ago}") and fact.sample is not None:
                n = fact.sample.of
                k = fact.sample.n if (sign > 0) != predicate.denied else n - fact.sample.n
                yield Tally(k, n, frozenset(), fact.id)
        return
    metrics = _COUNTS.get(predicate.kind)
    if metrics is None or sign == 0 or predicate.bound is not None:
        return
    if predicate.kind in {"move", "bare"} and "1d" not in labels:
        return
    for fact in world.facts(subject, metrics[sign < 0]):
        n = fact.sample.of if fact.sample is not None else members
        k = n - int(fact.number) if predicate.denied else int(fact.number)
        yield Tally(k, n, frozenset(), fact.id)
