"""Joints: the small words that fasten a proved claim to its day, its size and its side.

A claim is proved by its subject, its measure and its figure; a word of two letters may still
turn it into another one: "the highest close *before* 15 May", "rose *to* 2%", "two percent
*near* its average", "its record *open*". What follows is asked only of sentences in which
something has been proved, and each answer says what to write instead.
"""

from collections.abc import Iterable, Iterator, Sequence

from newsletter.preflight.assertion import Judged
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets import joint_words as words
from newsletter.preflight.nets.trial import Proved, Refusal
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.moments import moment
from newsletter.preflight.sentences.sentence import Sentence

_CHANGES = frozenset(
    "return spread lead change relative_return breadth_change curve_change dispersion curve"
    " earnings_growth_median earnings_growth".split()
)
"""Measures of by how much, not of where."""
_DISTANCES = frozenset({FigureKind.PERCENT, FigureKind.POINTS, FigureKind.BPS})
_SIZES = _DISTANCES | {FigureKind.FRACTION, FigureKind.COUNT}
_SIDES = ("before", "until", "till", "by ", "after", "prior to", "ahead of", "up to", "as of")
_MARKS = ("average", "line", "record", "peak", "high", "low", "day", "two", "ten", "three")
"""What one can be distant from."""
_NO_EVENT = frozenset({"", "session"})
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OTHERS = ("source:", "cited.")
"""Facts of others, whose date says as of when they are."""
_Found = Iterator[Refusal]


def joints(sentence: Sentence, proved: Sequence[Proved], world: World) -> _Found:
    """Yield what small words say otherwise than proved claims, with advice.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    proved : sequence of tuple of (str, Judged)
        What has been proved in it.
    world : World
        The facts.
    """
    low = sentence.text[sentence.start : sentence.end].lower()
    for word, metric in (("median", "median"), ("averaged", ".average.")):
        if word in low and any(metric in one.fact for _, one in proved):
            low = low.replace(word, "")  # the ledger's own
    if any(word in low for word in _SIDES):
        yield from _dates(sentence, proved, world)
        yield from _since(sentence, proved, world)
    yield from _no_days(sentence)
    if proved:
        yield from _phrases(sentence, low)
        yield from _sized(sentence, proved, world)
        yield from _bygone(sentence, proved)
        yield from _weekdays(sentence, proved, world)
        if "'s " in low or "’s " in low:
            yield from _owned(sentence, proved, world)


def _phrases(sentence: Sentence, low: str) -> _Found:
    for needles, pattern, advice in words.PHRASES:
        if any(needle in low for needle in needles):
            for match in sentence.find(pattern):
                yield *match.span(), advice


def _facts(judged: Judged, world: World) -> Iterator[str]:
    """Yield the metrics of the facts behind a claim."""
    for name in judged.fact.split(","):
        fact = world.ledger.get(name)
        if fact is not None:
            yield fact.metric


def _figure(sentence: Sentence, one: Judged) -> Figure | None:
    return next((f for f in sentence.own if f.start == one.start), None)


def _dates(sentence: Sentence, proved: Iterable[Proved], world: World) -> _Found:
    """Yield dates of facts that a wrong word introduces."""
    for kind, one in proved:
        if kind != FigureKind.DATE or one.fact in _NO_EVENT or one.fact.startswith(_OTHERS):
            continue
        at = one.start
        match = words.BEFORE_DATE.search(sentence.text, max(sentence.start, at - 30), at)
        if match is None:
            continue
        crossed = any("cross" in metric or "since" in metric for metric in _facts(one, world))
        low, _ = clause.bounds(sentence, at)
        ended = crossed and words.WAS_SO.search(sentence.text, low, match.start())
        if ended and _still_so(sentence.text[low:at], one, world):
            yield match.start(), one.end, "it has stood on that side since this day, not until it"
        elif not (
            ended and match["word"].lower() in {"before", "until", "till", "up to", "prior to"}
        ):
            said = match["word"].lower()
            yield match.start(), one.end, f"the ledger has this day, but not as one “{said}” which"


def _still_so(said: str, one: Judged, world: World) -> bool:
    """Tell whether a side that is said to have ended on a day was only taken on it."""
    state = world.ledger.get(one.fact.removesuffix(".date") + ".state")
    if state is None or str(state.value) not in {"above", "below"}:
        return False
    sides = words.ABOVE if str(state.value) == "above" else words.BELOW
    return sides.search(said) is not None


def _since(sentence: Sentence, proved: Iterable[Proved], world: World) -> _Found:
    """Yield extremes and years so far that are not counted from their day."""
    text = sentence.text
    for match in sentence.find(words.YEAR_START) if proved else ():
        yield *match.span(), "what is proved here is counted since then; say since"
    for match in sentence.find(words.EXTREME):
        when = moment(text, match.end(), world.book.session)
        if when is not None and when.last < world.book.session:
            yield match.start(), when.end, "an extreme is known since a day, not before or after it"


def _sized(sentence: Sentence, proved: Iterable[Proved], world: World) -> _Found:
    """Yield changes said as levels, and distances without a side."""
    text = sentence.text
    for match in sentence.find(words.A_POINT):
        low, _ = clause.bounds(sentence, match.start())
        if words.SIZED.search(text, max(low, match.start() - 90), match.start()) is None:
            yield *match.span(), "a point is by how much it moved or led, not where it went; say by"
    for kind, one in proved:
        counted = kind == "quantity" and "return" in one.fact
        if counted and words.POINTS.search(text, one.start, one.end):
            yield one.start, one.end, "moves are in percent, not in points"
        figure = _figure(sentence, one)
        if figure is None or figure.kind not in _SIZES:
            continue
        yield from _own_unit(sentence, figure, one, proved, world)
        if figure.kind in _DISTANCES:
            side = words.SIDELESS.match(text, figure.end, sentence.end)
            if side is not None and _lies(text, side.end()):
                yield figure.start, side.end(), "a distance needs its side: say above or below"
        if figure.to is not None or not _CHANGES.intersection(_facts(one, world)):
            continue
        lead = words.TO_FROM.search(text, max(sentence.start, figure.start - 40), figure.start)
        if lead is None or _other(sentence, figure, lead.start()):
            continue
        low, _ = clause.bounds(sentence, figure.start)
        if words.SIZED.search(text, max(low, lead.start() - 90), lead.start()) is None:
            said = f"this is by how much it moved, not where it went {lead['word'].lower()}; say by"
            yield lead.start(), figure.end, said


def _own_unit(
    sentence: Sentence, figure: Figure, one: Judged, proved: Iterable[Proved], world: World
) -> _Found:
    """Yield leads counted in percent, and moves counted in points of difference."""
    text = sentence.text
    metrics = set(_facts(one, world))
    if metrics != {"return"}:
        return
    low, _ = clause.bounds(sentence, figure.start)
    if figure.kind is FigureKind.PERCENT and "," not in one.fact:
        led = words.BY.search(text, max(low, figure.start - 40), figure.start)
        for kind, other in proved if led is not None else ():
            if kind in {"comparison", "contest"} and low <= other.start < figure.start:
                yield other.start, figure.end, "a lead is in points; this percent is a return"
                return
    if (
        figure.kind is FigureKind.POINTS
        and words.MOVED.search(text, max(low, figure.start - 40), figure.start)
        and not ("," in one.fact and words.THAN.match(text, figure.end))
    ):
        yield figure.start, figure.end, "points are the distance between two; a move is in percent"


def _lies(text: str, end: int) -> bool:
    """Tell whether a measure is meant from which one can be distant."""
    ahead = text[end : end + 40].lower()
    return not ahead.strip(" .,;") or any(word in ahead for word in _MARKS)


def _other(sentence: Sentence, figure: Figure, end: int) -> bool:
    """Tell whether another figure stands right before: ``2% to 1%``."""
    return any(
        0 <= end - f.end < 4 or figure.end <= f.start < figure.end + 8 for f in sentence.figures
    )


def _bygone(sentence: Sentence, proved: Iterable[Proved]) -> _Found:
    """Yield spans that are over, of which nothing has been proved."""
    for match in sentence.find(words.SEPARATE):
        if not any("base_rate" in one.fact for _, one in proved):
            yield *match.span(), "runs are known in a row; say straight or in a row"
    for match in sentence.find(words.YESTERDAY):
        yield *match.span(), "nothing here is proved of yesterday; say today, or take it out"


def _owned(sentence: Sentence, proved: Iterable[Proved], world: World) -> _Found:
    """Yield events of a month in which the ledger knows none of the proved subjects."""
    for match in sentence.find(words.OF_MONTH):
        facts = [world.ledger.get(name) for _, one in proved for name in one.fact.split(",")]
        subjects = sorted({fact.subject for fact in facts if fact is not None})
        when = moment(sentence.text, match.start(), world.book.session)
        own = next(parts for said, parts in words.EVENTS if said in match["what"].lower())
        dates = [
            date
            for fact, date in (world.book.dates_of(subjects) if subjects else ())
            if any(part in fact.metric for part in own)
        ]
        if when is not None and dates and not any(when.holds(date) for date in dates):
            yield *match.span(), "the ledger knows no such event of this month"


def _no_days(sentence: Sentence) -> _Found:
    """Yield dates that no calendar has."""
    for figure in sentence.own:
        when = figure.when
        if when is not None and when.month and when.day > _MONTH_DAYS[when.month - 1]:
            yield figure.start, figure.end, "there is no such day"


def _weekdays(sentence: Sentence, proved: Iterable[Proved], world: World) -> _Found:
    """Yield weekdays other than the session's that a claim has taken in unread."""
    for figure in sentence.own:
        if figure.when is None or figure.when.kind != "weekday":
            continue
        if figure.when.matches(world.book.session):
            if sentence.text[: figure.start].lower().endswith("last "):
                yield figure.start, figure.end, "the session is no last one; name the day alone"
            continue
        taken = any(one.start <= figure.start < one.end and ".1d" in one.fact for _, one in proved)
        before = sentence.text[max(sentence.start, figure.start - 16) : figure.start]
        if taken and words.OTHER_DAY.search(before) is None:
            yield figure.start, figure.end, f"the session was a {world.book.session:%A}"
