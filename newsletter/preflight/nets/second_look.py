"""Second look: a stretch that no kind of claim has understood, read word for word.

The kinds of claim look for their words anywhere and must therefore be careful. Here the
whole of a short stretch has to be understood: whoever is named, a period, words that change
nothing, and words of one kind. What holds anything else stays unsupported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, judge
from newsletter.preflight.figures import cues
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.nets import second_words as words
from newsletter.preflight.phrases.leagues import leagues
from newsletter.preflight.report import Verdict
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_Span = tuple[int, int]
_Group = tuple[frozenset[str], ...]
_LONG = 160
_NAME, _FIGURE = "§", "#"
_PROXIES = {"giants": "MAGS", "mega_caps": "MAGS"}
_SPACES = compiled(r"[^\w§#<>'%-]+")
_WAYS = {"up": 1, "plus": 1, "down": -1, "minus": -1}
_STIRS = compiled(r"\b(?:move|budge|stir|moved|budged|stirred|do thing|do anything)\b")
_NEARLY = Decimal("2.5")
_STILL = Decimal("0.25")
_BROAD, _NARROW = Decimal(60), Decimal(40)
_LOW_BANDS, _HIGH_BANDS = {"low"}, {"elevated", "high"}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A stretch reduced to its bones.

    Parameters
    ----------
    text : str
        Its words, names and proved figures as marks, periods and padding out.
    groups : list of tuple
        Whom each mark of a name stands for.
    labels : frozenset of str
        The periods that are meant.
    league : str
        The words of the stretch as printed, by which a league may be named.
    total : bool or None
        Whether dividends are said to be in.
    """

    text: str
    groups: list[_Group]
    labels: frozenset[str]
    league: str
    total: bool | None


def look(
    sentence: Sentence, world: World, part: _Span, found: _Span, taken: Iterable[_Span]
) -> Judged | None:
    """Return what the ledger says of a stretch, None where it is not wholly understood.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    world : World
        The facts.
    part : tuple of int
        Start and end of the stretch.
    found : tuple of int
        The words in it that state something.
    taken : iterable of tuple of int
        Start and end of what has been judged.
    """
    if part[1] - part[0] > _LONG:
        return None
    bones = _skeleton(sentence, world, part, list(taken))
    if bones is None:
        return None
    for one in _variants(sentence, bones, part[0]):
        for read in (_crowd, _compared, _ranked, _moved):
            judged = read(one, world, found)
            if judged is not None:
                return judged
    return _echoed(sentence, world, bones, found)


def _variants(sentence: Sentence, bones: Skeleton, low: int) -> Iterator[Skeleton]:
    """Yield a stretch as it stands, and with whom it goes on speaking of put before it."""
    if bones.groups or words.CROWD.search(bones.text):
        yield bones
    if not bones.text.startswith(_NAME) and (before := _before(sentence, low)) is not None:
        yield replace(bones, text=f"{_NAME} {bones.text}", groups=[before, *bones.groups])


def _echoed(sentence: Sentence, world: World, bones: Skeleton, found: _Span) -> Judged | None:
    """Read ``Gold didn't``, ``nor did staples``: what was said last, of somebody else."""
    match = words.ECHO.fullmatch(bones.text)
    if match is None or len(bones.groups) != 1:
        return None
    low = max(0, found[0] - _LONG)
    last = None
    for last in lexicon.MOVE.finditer(sentence.text, low, found[0]):  # noqa: B007
        pass
    if last is None or last.lastgroup not in _WAYS:
        return None
    before = sentence.text[max(low, last.start() - 30) : last.start()]
    told = len(words.NOT.findall(before)) % 2 == 1
    no = bool(match["nor"] or match["no"])
    denied = told if match["so"] or match["so2"] else no

    def holds(known: Known) -> bool:
        return (known.value * _WAYS[last.lastgroup or ""] > 0) != denied

    return _worst(
        [
            judge(*found, known, holds)
            for group in bones.groups[0]
            if (known := _known(group, world, bones))
        ]
    )


def _skeleton(sentence: Sentence, world: World, part: _Span, taken: list[_Span]) -> Skeleton | None:
    low, high = part
    text = sentence.text
    marks: list[tuple[int, int, str]] = []
    groups: list[_Group] = []
    index = 0
    while index < len(sentence.named):
        run = sentence.run(index, +1)
        index += len(run)
        if low <= run[0].start and run[-1].end <= high:
            marks.append((run[0].start, run[-1].end, _NAME))
            groups.append(_subjects(run))
    for figure in sentence.own:
        if low <= figure.start and figure.end <= high:
            if (figure.start, figure.end) not in taken and figure.kind.value != "date":
                return None
            marks.append((figure.start, figure.end, _FIGURE))
    than = words.THAN.search(text, low, high)
    labels = _than(than) if than else _labels(sentence, world, part)
    if than is not None:
        marks.append((than.start(), than.end(), " "))
    marks.extend((m.start(), m.end(), " ") for m in cues.PERIOD.finditer(text, low, high))
    said = _pressed(text, low, high, marks)
    total = sentence.at(low, high).total
    return Skeleton(said, groups, labels, text[low:high], total)


def _labels(sentence: Sentence, world: World, part: _Span) -> frozenset[str]:
    """Return the periods of a stretch: its own, those said before it, else the day's."""
    own = words.ADJECTIVE.search(sentence.text, *part)
    if own is not None and (words.UP.fullmatch(own["how"]) or words.DOWN.fullmatch(own["how"])):
        label = words.UNITS[own["unit"].lower()]
        return frozenset({"ytd", "1y"} if label == "1y" else {label})
    for low in (part[0], sentence.start):
        if any(True for _ in cues.PERIOD.finditer(sentence.text, low, part[1])):
            return clause.periods(sentence, part, world)
    return sentence.inherited or frozenset({"1d"})


def _pressed(text: str, low: int, high: int, marks: list[tuple[int, int, str]]) -> str:
    """Return a stretch with its marks put in and what changes nothing taken out."""
    pieces, at = [], low
    for start, end, mark in sorted(marks):
        if start < at:
            continue
        pieces += [text[at:start], f" {mark} "]
        at = end
    pieces.append(text[at:high])
    said = "".join(pieces).lower().replace("n't", " not").replace("cannot", "can not")
    said = _SPACES.sub(" ", said)
    said = re.sub(r"(?:\b(?:on|over|for|in|of|this|at|during|since|as of|by)(?: the| a)? )+(?= |$)",
                  "", said + " ")  # fmt: skip
    return " ".join(words.FILL.sub(" ", said).replace("#", " ").split())


def _than(match: re.Match[str]) -> frozenset[str]:
    if match["unit"]:
        return frozenset({words.UNITS[match["unit"].lower()]})
    return frozenset({"1d"} if match["yesterday"] else {"ytd"})


def _subjects(run: list[Mention]) -> _Group:
    return tuple(dict.fromkeys(m.subjects for m in run))


def _before(sentence: Sentence, low: int) -> _Group | None:
    """Return whom a stretch without a name goes on speaking of."""
    firm = [m for m in sentence.named if m.end <= low and not sentence.oblique(m)]
    if firm:
        return _subjects(sentence.run(sentence.named.index(firm[-1]), -1))
    if any(m.end <= low for m in sentence.named):
        return None
    return (sentence.earlier[0].subjects,) if sentence.earlier else None


def _known(group: frozenset[str], world: World, bones: Skeleton) -> list[Known]:
    return [
        one
        for subject in sorted(group)
        for one in world.moves(_PROXIES.get(subject, subject), bones.labels, bones.total)
    ]


def _worst(judged: list[Judged]) -> Judged | None:
    order = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.PROVED)
    return min(judged, key=lambda one: order.index(one.verdict)) if judged else None


def _denials(text: str) -> tuple[str, bool]:
    return words.NOT.sub(" ", text), len(words.NOT.findall(text)) % 2 == 1


def _empty(text: str) -> bool:
    """Tell whether nothing is left of a skeleton but its names and auxiliaries."""
    rest = words.AUX.sub(" ", words.SMALL.sub(" ", text))
    rest = rest.replace(_NAME, " ").replace("'s", " ").replace("'", " ")
    return not rest.split()


def _spans(bones: Skeleton) -> list[Skeleton]:
    """Return a stretch once for each of the periods it speaks of: ``red on day and month``."""
    found = [cues.LABELS[m.lastgroup or ""] for m in cues.PERIOD.finditer(bones.league)]
    distinct = list(dict.fromkeys(found))
    if len(distinct) < 2:
        return [bones]
    return [replace(bones, labels=labels) for labels in distinct]


def _moved(bones: Skeleton, world: World, found: _Span) -> Judged | None:
    """Read ``copper better``, ``a fifth lower than a year ago``, ``still deep in the red``."""
    said, denied = _denials(bones.text)
    if said.count(_NAME) != 1:
        return None
    neither = words.NEITHER.search(bones.text) is not None
    ways = {name for name, form in (("up", words.UP), ("down", words.DOWN)) if form.search(said)}
    if neither and len(ways) == 2:
        ways, denied = set(), False
        said += " flat"
    rest = words.DOWN.sub(" ", words.UP.sub(" ", said))
    flat = words.FLAT.search(rest) is not None
    rest = words.FLAT.sub(" ", rest)
    if len(ways) > 1 or not (ways or flat) or not _empty(rest):
        return None
    sign = 0 if not ways else 1 if "up" in ways else -1

    part = words.FRACTION.search(bones.league)
    size = words.SIZES[part["part"].lower()] * (2 if part["two"] else 1) if part else 0

    def holds(known: Known) -> bool:
        if size and abs(abs(known.value) - size) > _NEARLY:
            return False
        if not sign:
            return (abs(known.value) <= _STILL) != (denied and not _stirs(bones.text))
        return (known.value * sign > 0) != denied

    return _worst(
        [
            judge(*found, known, holds)
            for one in _spans(bones)
            for group in bones.groups[0]
            if (known := _known(group, world, one))
        ]
    )


def _stirs(text: str) -> bool:
    """Tell words that say of nobody that it stood still unless they are denied."""
    return _STIRS.search(text) is not None


def _compared(bones: Skeleton, world: World, found: _Span) -> Judged | None:
    """Read ``banks > market``, ``a poor relation to gold``, ``lapped by growth``."""
    said, denied = _denials(bones.text)
    ends = said.split(_NAME)
    if len(ends) != 3 or not _empty(ends[0]) or not _empty(ends[2].replace("in shade", "")):
        return None
    whole = f"{_NAME}{ends[1]}{_NAME}"
    behind = words.BEHIND.search(whole)
    match = behind or words.AHEAD.search(whole)
    if match is None or not _empty(whole.replace(match[0], " ").replace(_NAME, " ")):
        return None
    sign = -1 if behind else 1
    if behind and words.REACHED.match(behind[0]):
        if not denied:
            return None
        denied = False
    judged = []
    for first in bones.groups[0]:
        for second in bones.groups[1]:
            known = [
                gap
                for one in sorted(first)
                for two in sorted(second)
                for gap in world.gaps(
                    _PROXIES.get(one, one), _PROXIES.get(two, two), bones.labels, bones.total
                )
            ]
            if not known:
                return None
            judged.append(judge(*found, known, lambda k: (k.value * sign > 0) != denied))
    return _worst(judged)


def _ranked(bones: Skeleton, world: World, found: _Span) -> Judged | None:
    """Read ``the giants' star``, ``energy the year's whipping boy``, ``top the tape``."""
    nobody = words.NOBODY.match(bones.text)
    text = bones.text
    if nobody is not None:
        text = f"{_NAME} was {'best' if nobody['better'] else 'worst'}"
    said, denied = _denials(text)
    if denied or said.count(_NAME) > 2 or not said.strip().startswith(_NAME):
        return None
    ways = [name for name, form in (("top", words.TOP), ("bottom", words.BOTTOM))
            if form.search(said)]  # fmt: skip
    if len(ways) != 1:
        return None
    form = words.TOP if ways[0] == "top" else words.BOTTOM
    rest = words.WHOSE.sub(" ", form.sub(" ", said.replace(_NAME, " ", 1)))
    if not _empty(rest):
        return None
    known = leagues(world)
    league = known.named(bones.league)
    many = len(bones.groups[0])
    judged = []
    for group in bones.groups[0]:
        own = [name for s in sorted(group) for name in known.of(s)]
        name = league if league in own else "" if league else next(iter(own), "")
        places = [
            place
            for s in sorted(group)
            for label in sorted(bones.labels)
            if name and (place := known.place(name, s, label, bones.total)) is not None
        ]
        if not places:
            return None
        place = places[0]
        at = place.rank if ways[0] == "top" else place.of + 1 - place.worst
        verdict = Verdict.PROVED if at <= many else Verdict.CONTRADICTED
        judged.append(Judged(*found, verdict, place.fact, "" if at <= many else place.said))
    return _worst(judged)


def _crowd(bones: Skeleton, world: World, found: _Span) -> Judged | None:
    """Read ``volatility is low``, ``participation was broad``, ``breadth has narrowed``."""
    said = bones.text.removeprefix(f"{_NAME} ")
    told = {s for g in bones.groups[:1] for group in g for s in group}
    match = words.VOLATILITY.match(said) or words.VOLATILITY.match(bones.text)
    if match is not None and ("VIX" in told or "vol" in said):
        return _band(match, world, found)
    match = words.BREADTH.match(said) or words.BREADTH.match(bones.text)
    if match is not None:
        return _share(match, world, found)
    match = words.SPREAD.match(said)
    if match is None:
        return None
    labels = {"21d" if one == "1m" else one for one in bones.labels}
    facts = [
        f
        for f in world.ledger
        if f.metric == "breadth_change" and f.subject == "sp500" and f.period.label in labels
    ]
    if not facts:
        return None
    sign = 1 if match["wider"] else -1
    right = all(f.number * sign > 0 for f in facts)
    verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
    return Judged(*found, verdict, facts[0].id, "" if right else facts[0].display)


def _band(match: re.Match[str], world: World, found: _Span) -> Judged | None:
    calm, tense = words.CALM.search(match["state"]), words.TENSE.search(match["state"])
    facts = world.facts("VIX", "band")
    if not facts or not (calm or tense):
        return None
    band = str(facts[0].value)
    right = (band in (_LOW_BANDS if calm else _HIGH_BANDS)) != bool(match["no"])
    verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
    return Judged(*found, verdict, facts[0].id, "" if right else band)


def _share(match: re.Match[str], world: World, found: _Span) -> Judged | None:
    facts = world.facts("sp500", "advancers_share", "1d")
    if not facts:
        return None
    share = facts[0].number
    broad, narrow = share >= _BROAD, share <= _NARROW
    said = broad if match["broad"] else narrow if match["narrow"] else not (broad or narrow)
    right = said != bool(match["no"])
    verdict = Verdict.PROVED if right else Verdict.CONTRADICTED
    return Judged(*found, verdict, facts[0].id, "" if right else facts[0].display)
