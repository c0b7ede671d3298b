"""Spans: periods that a sentence names and of which nothing in it has been proved.

A claim is proved of the period that its own words reach. Where a sentence names another one
besides ("on the day and for the decade", "after a foul month"), that one must be borne out
too: as the next of a list, by the word that judges it, or by a day that lies in it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.wording import MONTHS
from newsletter.preflight.ledger.world import World
from newsletter.preflight.nets import second_words as moods
from newsletter.preflight.nets.trial import Proof, Proved, Refusal
from newsletter.preflight.sentences.moments import moment
from newsletter.preflight.sentences.sentence import Sentence

_Found = Iterator[Refusal]
_SAME = {"1w": "5d", "12m": "1y", "21d": "1m", "63d": "3m", "4w": "1m"}
_RUNS = {"weeks": "5d", "months": "1m", "years": "1y"}
_KNOWN = frozenset("session year:start".split())
_IN_LIST = compiled(
    r"(?:,|,? (?:and|or|but|as well as|like))? ?(?:also |then |even )?"
    r"(?:(?:on|over|for|in|across|during|as over|as for) )?(?:the )?(?:past |last )?",
    re.IGNORECASE,
)
"""Between two periods of a list."""
_NO_SPAN = compiled(
    r"-|['’]s (?:pay|work|wait)| ago\b|,? (?:and|to) \w+ years?\b| to (?:ten|two|30|10)\b"
    r"| (?:end|options|expiry|expiration|in which)\b"
)
"""Behind what is no stretch of time: ``a quarter-point``, ``the quarter end``."""
_LEAD = compiled(
    r"\b(?:not|than|from|since|by|every|each|per|another|next|coming|or so|any time in) (?:over"
    r" |just |in |on |for |of |a |an |the |one |past |last )*$"
    r"|\b(?:chart|graph|table|plot(?:s|ted)?)\b[^.;]*$",
    re.IGNORECASE,
)
"""Before what is only compared with, denied, looked at ahead or drawn."""
_YARDSTICK = compiled(r"\b(?:habit|low|high) of (?:its|their|the) $", re.IGNORECASE)
"""Before the year by which a stock's habits, highs and lows are always taken."""
_ENDING = compiled(
    r"\b(?:ends?|ended|ending|close[sd]?(?: out)?|finish(?:es|ed)?|finishing) (?:out )?(?:a "
    r"|the |this )?$",
    re.IGNORECASE,
)
"""Before a stretch of the calendar that the session closes."""
_PART = compiled(
    r"(?<!in )(?<!over )(?<!for )(?<!during )(?<!on )(?<!of )\ba quarter$", re.IGNORECASE
)
"""A fourth of something."""
_BOTH = compiled(
    r"\bboth (?:on|over|for|in) (?:the|a) \w+ and (?P<led>(?:(?:on|over|for|in) )?)$", re.IGNORECASE
)
_LED = compiled(r"(?:on|over|for|in|during|across) ", re.IGNORECASE)
_LAST = compiled(r"last (?P<unit>week|month|quarter)", re.IGNORECASE)
_LASTING = compiled(r"\b(?:the|past or|since|from|than|against|before|after) $", re.IGNORECASE)
"""Before what is the latest stretch, or only looked back to."""
_THURSDAY, _FEW = 3, 4
_MOVING = frozenset({"5d", "1m", "3m"})
_REPORTED = {
    "week": "week", "month": "month", "1w": "week", "1m": "month", "4w": "week", "3m": "month",
}  # fmt: skip
_EACH = compiled(
    r" an? (?P<unit>day|week|month|quarter|year)\b(?! (?:ago|before|earlier))", re.IGNORECASE
)
_IN_MONTH = compiled(rf"\b(?:in|for|during) (?P<month>{MONTHS.replace(' ', '|')})\b(?! \d)")
_AGO = compiled(
    r"\b(?:a|the|one|on the) (?P<unit>day|session|week|month|quarter)(?: (?:before|earlier"
    r"|ago|prior))?\b",
    re.IGNORECASE,
)
_BACK, _ON = 26, 44
_ADVICE = "nothing in this sentence is proved of that time; name the right one, or take it out"


def spans(sentence: Sentence, proved: Sequence[Proved], world: World, proof: Proof) -> _Found:
    """Yield each period that is named and not borne out, with advice.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    proved : sequence of tuple of (str, Judged)
        What has been proved in it.
    world : World
        The facts.
    proof : callable
        Proves the sentence with other words.
    """
    yield from _months(sentence, proved, world)
    phrases = sentence.phrases(sentence.start, sentence.end)
    known = _labels((one.fact for _, one in proved), world) if phrases else set[str]()
    if phrases and any(_whole_year(one.fact, world) for _, one in proved):
        known.add("ytd")
    if not phrases or "" in known:
        return
    for match in phrases:
        labels = cues.LABELS[match.lastgroup or ""]
        if "1d" in labels or cues.NAMED in labels:
            continue
        over = _over(sentence, match, world)
        if labels & known and not over:
            continue
        if not over and any(one.start <= match.start() < one.end for _, one in proved):
            continue
        if over:
            right = _happened(sentence, match, proved, world)
        else:
            right = _borne_out(sentence, match, phrases, world, proof)
        if right or _idle(sentence, match, world):
            continue
        yield *match.span(), _ADVICE


def _whole_year(name: str, world: World) -> bool:
    """Tell whether a move of the day is all the year has had so far: on its first session."""
    day = world.ledger.get(name) if ".1d" in name else None
    year = world.ledger.get(name.replace(".1d", ".ytd")) if day is not None else None
    return year is not None and day is not None and year.value == day.value


def _closes(session: dt.date, said: str) -> bool:
    """Tell whether a session is the last, or nearly, of its week, month, quarter or year."""
    if "week" in said or "wk" in said:
        return session.weekday() >= _THURSDAY
    later = session + dt.timedelta(days=_FEW)
    if "quarter" in said:
        return (session.month - 1) // 3 != (later.month - 1) // 3
    return session.year != later.year if "year" in said else session.month != later.month


def _over(sentence: Sentence, match: re.Match[str], world: World) -> bool:
    """Tell whether the span is one of the calendar that was over before the session's.

    The last week of an edition that closes it is its own.
    """
    said = _LAST.fullmatch(match[0])
    if said is None or _LASTING.search(sentence.text, sentence.start, match.start()):
        return False
    return said["unit"] != "week" or world.book.session.weekday() < _THURSDAY


def _months(sentence: Sentence, proved: Sequence[Proved], world: World) -> _Found:
    """Yield months for which a figure of the economy is not."""
    for _, one in proved:
        fact = world.ledger.get(one.fact)
        if fact is None or fact.period.label not in _REPORTED or not fact.subject.islower():
            continue
        for match in _IN_MONTH.finditer(sentence.text, one.end, min(sentence.end, one.end + 30)):
            if not {fact.period.end.month, world.book.session.month} & {_number(match["month"])}:
                yield *match.span(), f"this figure is that of {fact.period.end:%B}"
        each = _EACH.match(sentence.text, one.end, sentence.end)
        if each is not None and each["unit"].lower() not in _REPORTED[fact.period.label]:
            yield *each.span(), f"this average is one of {_REPORTED[fact.period.label]}s"
        ago = _AGO.search(sentence.text, one.end, min(sentence.end, one.end + 40))
        unit = _REPORTED[fact.period.label]
        if ago is not None and fact.metric == "change" and ago["unit"].lower() != unit:
            yield *ago.span(), f"this change is against the {unit} before"


def _number(month: str) -> int:
    return next(i for i, name in enumerate(MONTHS.split(), 1) if name == month)


def _labels(facts: Iterator[str], world: World) -> set[str]:
    """Return the periods of facts, an empty one where one cannot be told."""
    known: set[str] = set()
    for name in (name for names in facts for name in names.split(",")):
        fact = world.ledger.get(name)
        parts = name.removesuffix("_ago").split(".")
        known.update(_SAME.get(part, part) for part in parts if part in cues.WINDOWS)
        known.update(label for word, label in _RUNS.items() if f".{word}" in name)
        if ".year_high" in name or ".year_low" in name:
            known.add("1y")
        if fact is not None:
            label = fact.period.label
            known.add("" if fact.metric.startswith("base_rate") else _SAME.get(label, label))
        elif not known and name not in _KNOWN:
            known.add("")
    return known


def _idle(sentence: Sentence, match: re.Match[str], world: World) -> bool:
    """Tell whether words that look like a period state nothing of one."""
    text, low = sentence.text, max(sentence.start, match.start() - 90)
    if _ENDING.search(text, low, match.start()):
        return _closes(world.book.session, match[0].lower())
    return bool(
        _NO_SPAN.match(text, match.end(), sentence.end)
        or _LEAD.search(text, low, match.start())
        or _PART.search(text, low, match.end())
        or ("past year" in match[0].lower() and _YARDSTICK.search(text, low, match.start()))
    )


def _borne_out(
    sentence: Sentence,
    match: re.Match[str],
    phrases: list[re.Match[str]],
    world: World,
    proof: Proof,
) -> bool:
    mood = _mood(sentence, match)
    if mood:
        labels = cues.LABELS[match.lastgroup or ""]
        return any(
            known.value * mood > 0
            for subject in _who(sentence)
            for known in world.moves(subject, labels)
        )
    text = _alone(sentence, match, phrases)
    if not text:
        return False
    told = proof(sentence, text)
    again = _labels((one.fact for one in told if one.proved), world)
    return not any(one.blocks for one in told) and bool(cues.LABELS[match.lastgroup or ""] & again)


def _who(sentence: Sentence) -> Iterator[str]:
    named = [m for m in sentence.named if not sentence.oblique(m)] or sentence.earlier
    yield from sorted(named[0].subjects) if named else ["SPY"]


def _mood(sentence: Sentence, match: re.Match[str]) -> int:
    """Return 1 where a word calls the period good, -1 where bad, 0 where none does."""
    text = sentence.text
    before = re.split(
        r"[,;:]|\b(?:and|but|end)\b",
        text[max(sentence.start, match.start() - _BACK) : match.start()],
    )
    after = re.split(r"[,;:]", text[match.end() : min(sentence.end, match.end() + _ON)])
    for said in (before[-1], match[0], after[0]):
        for sign, pattern in ((1, moods.UP), (-1, moods.DOWN)):
            if pattern.search(said):
                return sign
    return 0


def _happened(
    sentence: Sentence, match: re.Match[str], proved: Sequence[Proved], world: World
) -> bool:
    """Tell whether a day that the ledger knows of a proved subject lies in the period."""
    when = moment(sentence.text, match.start(), world.book.session)
    if when is None:
        return False
    named = (world.ledger.get(name) for _, one in proved for name in one.fact.split(","))
    facts = [fact for fact in named if fact is not None]
    if any(fact.period.label in _MOVING for fact in facts):
        return False  # a move over so many sessions is not that of the calendar
    subjects = sorted({fact.subject for fact in facts})
    return any(
        isinstance(date, dt.date) and when.holds(date) for _, date in world.book.dates_of(subjects)
    )


def _alone(sentence: Sentence, match: re.Match[str], phrases: list[re.Match[str]]) -> str:
    """Return the sentence with every period of a list as this one; empty where there is none."""
    at = phrases.index(match)
    first = last = at
    text = sentence.text
    while first > 0 and _IN_LIST.fullmatch(text, phrases[first - 1].end(), phrases[first].start()):
        first -= 1
    while last + 1 < len(phrases) and _IN_LIST.fullmatch(
        text, phrases[last].end(), phrases[last + 1].start()
    ):
        last += 1
    if first == last:
        both = _BOTH.search(text, sentence.start, match.start())
        if both is None:
            return ""
        return (
            f"{text[sentence.start : both.start()]}{both['led']}{match[0]}"
            + (text[match.end() : sentence.end])
        )
    low, high = phrases[first].start(), phrases[last].end()
    said = "the " + match[0] if text[: match.start()].endswith("the ") else match[0]
    led = _LED.match(phrases[first][0])
    if led is not None and _LED.match(said) is None:
        said = led[0] + said  # "on the day and the week" becomes "on the week"
    return text[sentence.start : low] + said + text[high : sentence.end]
