"""Mood: days called good or bad for somebody, and smiles and tears among holders."""

import re
from collections.abc import Iterator
from functools import partial

from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, agrees, assertion, judge
from newsletter.preflight.figures import cues
from newsletter.preflight.ledger.world import World
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_GOOD = (
    r"good|fine|great|strong|happy|cheerful|cheery|decent|solid|bumper|banner|winning|splendid"
    r"|stellar|excellent|positive|profitable|rewarding|pleasant|sunny|bright|golden|lucrative"
    r"|satisfying|respectable|kind|generous|fruitful|fat|up|gratifying|jolly|benign|successful"
)
_BAD = (
    r"bad|poor|dismal|rotten|rough|wretched|miserable|dreadful|tough|sorry|grim|losing|lean|torrid"
    r"|awful|negative|painful|costly|bruising|harsh|cruel|unkind|unhappy|dark|black|gloomy|sour|sad"
    r"|unrewarding|thankless|unprofitable|brutal|bleak|horrid|horrible|nasty|down|punishing"
    r"|chastening"
    r"|forgettable|lousy|trying|hard|ugly"
)
_SMILES = (
    r"smiles?|cheers?|joy|grins|good cheer|champagne|sunshine|celebration|jubilation|happy faces"
    r"|smiling faces|high spirits|rejoicing|green ink|green|good news|roses|hats in the air|glee"
)
_TEARS = (
    r"long faces|gloom|tears|misery|pain|woe|grief|sorrow|frowns?|red ink|red|bad news|scowls"
    r"|groans"
    r"|sackcloth(?: and ashes)?|hangovers?|bruises|glum faces|black eyes?|sadness|despair"
    r"|disappointment"
)
_SPAN = r"(?P<span>day|session|week|month|quarter|year|evening|night)"
_EXTRA = r"(?:(?:very|rather|pretty|thoroughly|distinctly|quite|really|most|truly|\w+ly|fairly) )?"
_FOR = compiled(
    rf"\b(?:(?P<no>not (?:an? )?|hardly (?:an? )?|no ))?{_EXTRA}(?:(?P<up>{_GOOD})"
    rf"|(?P<down>{_BAD})) "
    rf"{_SPAN}(?:'s work)?,? (?:it was |this was |today |all told |in all )?(?:for|at|in|among)"
    rf" (?:holders"
    r" of |owners of |those who own |the |both |all )*$",
    re.IGNORECASE,
)
_FACES = compiled(
    rf"\b(?:(?P<up>{_SMILES})|(?P<down>{_TEARS}))(?: all round| aplenty| today| tonight)?,? "
    r"(?:for|at|among|in) (?:holders of |owners of |those who own |the |both |all )*$",
    re.IGNORECASE,
)
_ITS = quick(
    rf"(?:'s?|\bits|\btheir|\bthe) {_SPAN} (?:was|has been|is|proved|looks?|looked|turned out"
    rf"|ended(?: up)?"
    rf"|came out|reads?)(?P<no> not| n't| anything but| far from| hardly)? (?:an?"
    rf" )?{_EXTRA}(?:(?P<up>{_GOOD})"
    rf"|(?P<down>{_BAD}))(?: one)?(?=\s*(?:[.,;:!)–—]|$)| (?:and|but|while|for|too|as|all)\b)",
    re.IGNORECASE,
)
_MOVE = quick(
    r"(?:'s?|\bits|\btheir) (?P<every>daily|weekly|monthly|quarterly|yearly|annual|year-to-date)"
    r" (?:(?P<up>gains?"
    r"|rise|advance|profit)|(?P<down>loss(?:es)?|fall|decline|drop|setback))\b(?! (?:of|was|were"
    r"|is|has|streak|over))",
    re.IGNORECASE,
)
_EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}
_LABELS = {
    unit: frozenset(labels.split())
    for unit, labels in (
        ("day", "1d"), ("session", "1d"), ("evening", "1d"), ("night", "1d"), ("week", "5d"),
        ("month", "1m"), ("quarter", "3m"), ("year", "ytd 1y"),
    )
}  # fmt: skip


@assertion("mood")
def mood(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``a good week for gold``, ``long faces at Apple``, ``its day was fine``."""
    forms = [form for form in (_FOR, _FACES) if sentence.may(form)]
    for index, mention in enumerate(sentence.named if forms else ()):
        low = max(sentence.start, mention.start - 90)
        for form in forms:
            match = next(iter(sentence.within(form, low, mention.start)), None)
            if match is not None and not clause.supposed(sentence, match.start()):
                run = sentence.run(index, +1)
                yield from _judged(sentence, world, run, (match.start(), run[-1].end), match)
                break
    for match in sentence.find(_ITS):
        who = _whose(sentence, match)
        if who is not None and not clause.supposed(sentence, match.start()):
            yield from _judged(sentence, world, [who], match.span(), match)
    yield from _moved(sentence, world)


def _moved(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``its weekly gain notwithstanding``: a move that is named by the way."""
    for match in sentence.find(_MOVE):
        who = _whose(sentence, match)
        if who is None or sentence.figured(match.end()) or clause.supposed(sentence, match.start()):
            continue
        labels = _LABELS[_EVERY.get(match["every"].lower(), "year")]
        known = [k for s in sorted(who.subjects) for k in world.moves(s, labels)]
        if known:
            yield judge(*match.span(), known, partial(agrees, 1 if match["up"] else -1, False))


def _whose(sentence: Sentence, match: re.Match[str]) -> Mention | None:
    """Return whose day it is: ``Apple's day``, or ``its week`` of whoever was named last."""
    if match[0].startswith("'"):
        return next((m for m in sentence.named if m.end == match.start()), None)
    if match[0].lower().startswith("the"):
        return None
    before = [m for m in sentence.named if m.end <= match.start()]
    return before[-1] if before else next(iter(sentence.earlier), None)


def _judged(
    sentence: Sentence,
    world: World,
    who: list[Mention],
    span: tuple[int, int],
    match: re.Match[str],
) -> Iterator[Judged]:
    said = match.groupdict().get("span")
    labels = _LABELS[said.lower()] if said else clause.periods(sentence, span, world)
    near = cues.PERIOD.search(sentence.text, span[1], min(sentence.end, span[1] + 24))
    if said and said.lower() == "year" and near is None:
        labels = _LABELS["year"]
    sign, denied = (1 if match["up"] else -1), bool(match.groupdict().get("no"))
    for mention in who:
        known = [k for s in sorted(mention.subjects) for k in world.moves(s, labels)]
        if known:
            yield judge(*span, known, partial(agrees, sign, denied))
