"""Streak: how many sessions, weeks or months in a row somebody rose, fell, led or trailed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import Known, World
from newsletter.preflight.phrases.runs import Run, runs, sides
from newsletter.preflight.phrases.whom import Whom, run, singles, whom
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_HINT = quick(
    r"row\b|straight|consecutive|success|running|trot|streak|run\b|bounce|spin\b|back.to.back"
    r"|without|each of"
    r"|every|both|for (?:a|the|its|\d|[a-z]+teen|t[wh]|f[io]|s[ie]|e[il]|n[io]|n[eo]|now|all|some)"
    r"|hat.?trick|unbroken"
    r"|uninterrupted|all |on end|one after|record number|sequence|string",
    re.IGNORECASE,
)
_ONE_WAY = {"up": "down", "down": "up", "ahead": "behind", "behind": "ahead"}
_GROUPS = (
    ("giants", compiled(r"\bgiants?\b|mega[- ]?caps?|magnificent seven", re.IGNORECASE)),
    ("cyclicals", compiled(r"\bcyclical", re.IGNORECASE)),
    ("defensives", compiled(r"\bdefensive", re.IGNORECASE)),
    ("SPY", compiled(
        r"\bcap[- ]weight|\blarger? (?:ones|peers|rivals|brethren|companies)"
        r"|\bthe (?:broad )?market\b"
        , re.IGNORECASE)),
)  # fmt: skip
"""Sides of a race that may be named otherwise than by a fact's name."""
_NOTCHED = compiled(r"(?: [a-z']+){1,4} ", re.IGNORECASE)
"""A verb between a subject and its run."""
_NONE_RUNS = compiled(r"No two \w+ in a row")


@assertion("streak")
def streak(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge runs of gains and losses, and of leading and trailing, in figures or words."""
    if not sentence.search(_HINT):
        return
    for one in runs(sentence):
        if clause.supposed(sentence, one.start):
            continue
        if _ENDED.match(sentence.text, max(one.end, one.word[1]), sentence.end):
            one = replace(one, over=True)  # noqa: PLW2901 - the same run, told to its end
        judged = _pair(sentence, world, one) if one.way in {"ahead", "behind"} else None
        judged = judged or _single(sentence, world, one)
        if judged is not None:
            yield replace(judged, start=_from(sentence, one))


def _from(sentence: Sentence, one: Run) -> int:
    """Return where the claim begins: with its subject in ``the fund notched its third gain``.

    The verb alone would say less than the run does, and would be judged without it.
    """
    if one.word[0] < one.start:
        return one.start
    last = next((m for m in reversed(sentence.named) if m.end <= one.start), None)
    if last is None or not _NOTCHED.fullmatch(sentence.text, last.end, one.start):
        return one.start
    return last.start


_ENDED = compiled(
    r"(?:[^.;:]|\.\d){0,40}?\b(?:c[ao]me|coming|brought|drew|drawn) to an? (?:end|close|halt"
    r"|stop)\b"
    r"|(?:[^.;:]|\.\d){0,24}?\b(?:broken|snapped|interrupted|cut short|halted)\b"
    r"|,? (?:ended|is over|was over|stopped|is broken)\b",
    re.IGNORECASE,
)
"""Right behind a run that is no more."""


def _verdict(one: Run, known: list[Known], denied: bool) -> Judged:
    for fact in known:
        if _holds(one, int(fact.value)) != denied:
            return Judged(one.start, one.end, Verdict.PROVED, fact.fact)
    if known:
        return Judged(one.start, one.end, Verdict.CONTRADICTED, known[0].fact, known[0].said)
    return Judged(one.start, one.end, Verdict.UNSUPPORTED)


def _holds(one: Run, length: int) -> bool:
    if one.over or one.count < 0:
        return False
    if one.least or not one.count:
        return length >= max(one.count, 2)
    return length == one.count


def _denied(sentence: Sentence, one: Run) -> bool:
    """Tell whether the verb or the count is denied."""
    first = min(one.start, one.word[0])
    low, _ = clause.bounds(sentence, first)
    low = max([low, *(m.end for m in sentence.named if m.end <= first)])
    said = sentence.text[low : max(first, one.word[0])]
    said = re.sub(r"\bwithout (?:a |any )?(?:break|pause|interruption)", "", said)
    said = re.sub(r"\bno (?:exceptions?|less|fewer|mistake|doubt|interruptions?)\b", "", said)
    return len(lexicon.NEGATION.findall(said)) % 2 == 1


def _single(sentence: Sentence, world: World, one: Run) -> Judged | None:
    who = _runner(sentence, one)
    if not who.groups:
        return Judged(one.start, one.end, Verdict.UNSUPPORTED) if who.stranger else None
    way = {"ahead": "", "behind": ""}.get(one.way, one.way)
    if not way:
        return None
    worst: Judged | None = None
    for group in who.groups:
        known = [k for s in sorted(group) for k in _known(world, s, one.unit, way)]
        verdict = _verdict(one, known, _denied(sentence, one))
        if worst is None or worst.verdict is Verdict.PROVED:
            worst = verdict
    return worst


def _runner(sentence: Sentence, one: Run) -> Whom:
    """Return who runs: whom the count speaks of, else the verb's subject."""
    if one.word[0] < one.start:
        return whom(sentence, one.word[0], one.end)
    between = [m for m in singles(sentence) if one.end <= m.start and m.end <= one.word[0]]
    if between:
        return run(sentence, between[-1], -1)
    return whom(sentence, one.start, max(one.end, one.word[1]))


def _known(world: World, subject: str, unit: str, way: str) -> list[Known]:
    """Return how long a run is; none where the ledger does not count this one's."""
    for fact in world.facts(subject, f"streak_{unit}_{way}"):
        return [Known(fact.number, fact.id, f"{fact.display} {unit} {way}")]
    name = way if unit == "sessions" else f"{unit}_{way}"
    other = world.facts(subject, f"streak_{unit}_{_ONE_WAY[way]}")
    if _NONE_RUNS.search(world.ledger.absent.get(f"{subject}.streak.{name}", "")) or other:
        fact_id = other[0].id if other else ""
        said = f"{other[0].display} {unit} {_ONE_WAY[way]}" if other else "no two in a row"
        return [Known(Decimal(0), fact_id, said)]
    return []


def _pair(sentence: Sentence, world: World, one: Run) -> Judged | None:
    first, second = _racers(sentence, one)
    if not first:
        return None
    known = []
    for mine, theirs, way in ((first, second, one.way), (second, first, _ONE_WAY[one.way])):
        for a in sorted(mine):
            for b in sorted(theirs):
                known += _known(world, f"{a}-{b}", one.unit, way)
    if not second:
        return None
    return _verdict(one, known, _denied(sentence, one))


def _racers(sentence: Sentence, one: Run) -> tuple[frozenset[str], frozenset[str]]:
    """Return the two sides of a race: who the verb speaks of, and whom they run against."""
    before, after = sides(sentence, one)
    _, high = clause.bounds(sentence, one.word[0])
    text = sentence.text
    second = next((m for m in after if m.start < max(high, one.end)), None) or _otherwise(
        text, one.word[1], min(sentence.end, one.word[1] + 60)
    )
    own = [m for m in before if not _aside(sentence, m)]
    first: frozenset[str] = own[-1].subjects if own else frozenset()
    if not first:
        first = _otherwise(text, sentence.start, one.word[0]) or frozenset()
    if not first and sentence.earlier:
        first = sentence.earlier[0].subjects
    if not first and len(after) > 1:
        first, second = after[0].subjects, after[1]
    rivals = second.subjects if isinstance(second, Mention) else second or frozenset()
    return first, rivals


def _aside(sentence: Sentence, mention: Mention) -> bool:
    before = sentence.text[max(sentence.start, mention.start - 12) : mention.start]
    return re.search(r"\b(?:not|unlike|than) (?:the )?$", before) is not None


def _otherwise(text: str, start: int, end: int) -> frozenset[str] | None:
    found = [(m.start(), name) for name, form in _GROUPS if (m := form.search(text, start, end))]
    return frozenset({min(found)[1]}) if found else None
