"""Superlatives: where prose calls a level a record, the highest since, or a first.

What is read here says nothing of the ledger: only which way, over which time, and whether
the words put the subject at the extreme, short of it, or beyond it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletter.preflight.figures.wording import spelled
from newsletter.preflight.phrases import superlative_words as words
from newsletter.preflight.sentences.moments import Length, Moment, length, moment
from newsletter.preflight.sentences.sentence import Sentence


class Sort(StrEnum):
    """What is said of an extreme."""

    AT = "at"
    """The subject stands at it today."""
    MADE = "made"
    """The subject made it on a day."""
    BELOW = "below"
    NEAR = "near"
    SINCE = "since"
    """Nothing as far out since a day."""
    WITHIN = "within"
    """Nothing as far out over a stretch of time."""
    FIRST = "first"
    """Something happened as it had not since a day or over a stretch of time."""
    OTHER = "other"
    """A record of something that is no level."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """One claim about an extreme.

    Parameters
    ----------
    sort : Sort
        What is said.
    sign : int
        1 for the highest, -1 for the lowest.
    start, end : int
        Where the words stand, its date or stretch of time included.
    moments : tuple of Moment
        Days it names; all must agree.
    length : Length or None
        The stretch of time it names.
    what : str
        What happened, for a first.
    denied : bool
        Whether its own words deny it (``no longer below``).
    """

    sort: Sort
    sign: int
    start: int
    end: int
    moments: tuple[Moment, ...] = ()
    length: Length | None = None
    what: str = ""
    denied: bool = False


_CLOSE_BY = 40
"""Letters within which a day behind a record is that of the record."""


def extremes(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Yield every claim about an extreme in a sentence, none within another."""
    taken: list[tuple[int, int]] = []
    for reader in (_firsts, _strengths, _idioms, _supers, _spans, _peaks, _records):
        for one in reader(sentence, session):
            if all(one.end <= low or one.start >= high for low, high in taken):
                taken.append((one.start, one.end))
                yield one


def _idioms(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in sentence.find(words.IDIOM):
        low = match["l1"] or match["l2"] or match["l3"]
        since = _when(sentence, match.end(), session) if "never" not in match[0].lower() else None
        sign = -1 if low else 1
        if since is not None:
            yield _timed(since, sign, match.start())
        else:
            yield Extreme(Sort.AT, sign, match.start(), match.end())


def _strengths(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Read ``at their strongest since June 2020``, ``at its weakest on record``."""
    text = sentence.text
    for match in sentence.find(words.STRENGTH):
        sign = -1 if match["low"] or match["low2"] else 1
        ever = words.EVER.match(text, match.end(), sentence.end)
        when = _when(sentence, match.end(), session)
        if match["high2"] or match["low2"]:
            if when is not None:
                yield _timed(when, sign, match.start(), what="turned")
            elif "never" in match[0].lower():
                yield Extreme(Sort.AT, sign, match.start(), match.end(), what="turned")
        elif ever is not None:
            yield Extreme(Sort.AT, sign, match.start(), ever.end())
        elif when is not None:
            yield _timed(when, sign, match.start())


def _when(sentence: Sentence, at: int, session: dt.date) -> Moment | Length | None:
    """Read ``since April`` or ``in more than a year`` behind a superlative."""
    text, high = sentence.text, sentence.end
    since = words.SINCE.match(text, at, high)
    if since is not None and since.end() - at <= 60:
        found: Moment | Length | None = moment(text, since.end(), session)
        if found is not None:
            return found
    stretch = words.FOR.match(text, at, high)
    if stretch is not None:
        named = moment(text, stretch.end(), session)
        if named is not None and re.search(
            r"this year|\d{4}", text[named.start : named.end], words.CASE
        ):
            return named
        found = length(text, stretch.end())
        if found is not None and found.end <= high:
            return found
    return None


def _timed(
    when: Moment | Length, sign: int, start: int, sort: Sort = Sort.SINCE, what: str = ""
) -> Extreme:
    if isinstance(when, Moment):
        return Extreme(sort, sign, start, when.end, (when,), None, what)
    wanted = Sort.WITHIN if sort is Sort.SINCE else sort
    return Extreme(wanted, sign, start, when.end, (), when, what)


def _supers(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    text = sentence.text
    for match in sentence.find(words.SUPER):
        sign = 1 if match["high"] or match["best"] else -1
        if re.match(r"-(?:yielding|paid|quality|rated)", text[match.end() :]):
            continue
        ever = words.EVER.match(text, match.end(), sentence.end)
        if ever is not None or match["ever"]:
            yield Extreme(Sort.AT, sign, match.start(), ever.end() if ever else match.end())
            continue
        when = _when(sentence, match.end(), session)
        if when is not None:
            yield _timed(when, sign, match.start())
    yield from _turned(sentence, session)
    for match in sentence.find(words.NEW_HIGH):
        if not sentence.search(words.CROWD):
            yield Extreme(Sort.AT, -1 if match["low"] else 1, match.start(), match.end())
    for match in sentence.find(words.SO):
        when = _when(sentence, match.end(), session)
        if when is not None:
            yield _timed(when, -1 if match["low"] or match["lower"] else 1, match.start())


def _turned(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    """Read ``not since May has it closed this high``, ``go back to May for a higher close``."""
    text = sentence.text
    for match in sentence.find(words.NO_LOWER):
        since = _when(sentence, match.end(), session)
        if since:
            yield _timed(since, -1 if match["low"] else 1, match.start())
    for match in sentence.find(words.NOT_SINCE):
        when = moment(text, match.end(), session)
        high = when and words.THIS_HIGH.search(text, when.end, min(sentence.end, when.end + 80))
        if when and high:
            sign = -1 if high["low"] or high["low2"] else 1
            yield Extreme(Sort.SINCE, sign, match.start(), high.end(), (when,), what="turned")


def _spans(sentence: Sentence, _: dt.date) -> Iterator[Extreme]:
    """Read ``a three-month high``, ``the year's low``, ``a high for the year``."""
    text = sentence.text
    for match in sentence.find(words.N_HIGH):
        before = text[max(sentence.start, match.start() - 48) : match.start()]
        if words.MANY.search(before) and match[0][-1] == "s":
            continue
        near = words.NEAR.search(before)
        short = words.SHORT.search(before) or near
        held = words.OWNED.search(before) and match["span"] is None
        if held and not short and not words.MADE.search(before):
            continue
        said = match["n"] or match["unit"] or match["span"] or "year"
        span = length(said.replace("-", " ") + ("s" if match["multi"] else ""), 0)
        if span is None:
            continue
        endless = match["multi"] or match["span"] or match["year"]
        longest = float("inf") if endless else span.longest
        stretch = Length(match.start(), match.end(), span.shortest, longest)
        sign = -1 if match["low"] or match["low2"] else 1
        sort = Sort.NEAR if near else Sort.BELOW if short else Sort.WITHIN
        yield Extreme(sort, sign, match.start(), match.end(), (), stretch)


def _peaks(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in sentence.find(words.PEAK):
        when = _dated(sentence, match.end(), session)
        if when:
            yield Extreme(Sort.MADE, 1, match.start(), when[-1].end, when)
        elif not (match["on"] or match["high"]):
            yield Extreme(Sort.AT, 1, match.start(), match.end())


def _records(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    for match in sentence.find(words.RECORD):
        before = sentence.text[max(sentence.start, match.start() - 60) : match.start()]
        verb = not match["level"] and words.PLAIN_OF.match(sentence.text, match.end())
        if words.NO_RECORD.search(before) or (verb and not words.DEFINITE.search(before)):
            continue
        if match["core"].lower() != "record" and not match["level"]:
            continue
        if match["other"]:
            if not re.search(r"\b(?:the|that|its) $", before):
                yield Extreme(Sort.OTHER, 1, match.start(), match.end())
            continue
        yield from _record(sentence, match, before, session)


def _record(
    sentence: Sentence, match: re.Match[str], before: str, session: dt.date
) -> Iterator[Extreme]:
    sign = -1 if re.match(r"lows?|worst", match["level"] or "", words.CASE) else 1
    start, end = match.span()
    yet = words.YET.search(before) is not None
    near, short, beyond = (p.search(before) for p in (words.NEAR, words.SHORT, words.BEYOND))
    if near and not short:
        span = length_of_percent(near["within"]) if near["within"] else None
        low = start - (len(before) - near.start()) if span is not None else start
        when = _dated(sentence, end, session)
        when = when if when and when[0].start - end <= _CLOSE_BY else ()
        what = "" if span is None else str(span)
        yield Extreme(Sort.NEAR, sign, low, when[-1].end if when else end, when, what=what)
        return
    if short:
        when = _dated(sentence, end, session)
        when = when if when and when[0].start - end <= 24 else ()
        end = when[-1].end if when else end
        yield Extreme(Sort.BELOW, sign, start, end, when, denied=yet)
        return
    if words.GENERAL.search(before):
        return
    last = words.LAST_SET.search(before)
    if last is not None:
        yield from _since_last(sentence, start - len(before) + last.start(), end, sign)
        return
    when = _dated(sentence, end, session)
    since = re.match(r" since ", sentence.text[end:])
    denied = words.DENIAL.search(sentence.text, sentence.start, start)
    if since and denied and (unto := moment(sentence.text, end + since.end(), session)):
        yield Extreme(Sort.MADE, sign, start, unto.end, (unto,), denied=True)
        return
    if beyond and not when:
        yield Extreme(Sort.AT, sign, start, end, denied=yet)
        return
    if when:
        sort = Sort.AT if words.STANDS.search(before) else Sort.MADE
        yield Extreme(sort, sign, start, when[-1].end, when)
    elif not words.DEFINITE.search(before) or words.MADE.search(before):
        yield Extreme(Sort.AT, sign, start, end, denied=yet)


def _since_last(sentence: Sentence, at: int, end: int, sign: int) -> Iterator[Extreme]:
    """Read ``it has been more than two years since … last set a record``."""
    low = max(sentence.start, at - 40)
    for word in re.finditer(r"\b\w", sentence.text[low:at]):
        span = length(sentence.text, low + word.start())
        if span is not None and span.end <= at and sentence.text[span.end : at].strip() == "":
            yield Extreme(Sort.MADE, sign, span.start, end, (), span)
            return


def length_of_percent(said: str) -> float | None:
    """Return the number of ``two percent`` or ``1.5%``."""
    digits = re.match(r"\d+(?:\.\d+)?", said)
    if digits:
        return float(digits[0])
    value = spelled(re.split(r" ?(?:%|per ?cent|point)", said)[0])
    return float(value) if value is not None else None


def _dated(sentence: Sentence, at: int, session: dt.date) -> tuple[Moment, ...]:
    """Return the day on which a record is said to have been made."""
    text, stop = sentence.text, min(sentence.end, at + 100)
    bound = words.BOUND.search(text, at, stop)
    stop = bound.start() if bound else stop
    cued: list[Moment] = []
    bare: list[Moment] = []
    place = at
    for word in re.finditer(r"(?<![\w.])[\w]", text[at:stop]):
        here = at + word.start()
        lead = text[max(at, here - 14) : here]
        if here < place:
            continue
        found = moment(text, here, session)
        if found is None or found.end > stop:
            continue
        if words.NOT_WHEN.search(lead):
            place = found.end
            continue
        near = cued and found.start - cued[-1].end <= 8
        if words.CUED.search(lead) or near:
            if not cued or near:
                cued.append(found)
        else:
            bare.append(found)
        place = found.end
    return tuple(cued or bare[:1])


def _firsts(sentence: Sentence, session: dt.date) -> Iterator[Extreme]:
    text = sentence.text
    for match in sentence.find(words.FIRST):
        if words.PLACE.match(text, match.start(), match.end()):
            continue  # "first among the sectors this year" is a place, not an event
        if (
            re.match(r"best|worst|strongest|poorest", match["big"] or "", words.CASE)
            and not match["kind"]
        ):
            continue
        what = match["what"] or match["kind"] or text[match.start() : match.end()]
        since = re.match(
            r" since (?:back in |around |about |the )?(?=)", text[match.end() :], words.CASE
        )
        when: Moment | Length | None = None
        if since is not None:
            when = moment(text, match.end() + since.end(), session) or moment(
                text, match.end() + 7, session
            )
        else:
            stretch = re.match(r" (?:in|for) ", text[match.end() :], words.CASE)
            when = length(text, match.end() + stretch.end()) if stretch else None
            if stretch and when is None:
                continue
        whole = f"{match['big'] or ''} {what}"
        if when is None:
            tail = re.match(
                r" (?:since (?:the )?\w+|ever|on record|this year|of the year)",
                text[match.end() :],
                words.CASE,
            )
            if tail is not None:
                end = match.end() + tail.end()
                yield Extreme(Sort.FIRST, 0, match.start(), end, what=whole)
            continue
        yield _timed(when, 0, match.start(), Sort.FIRST, whole)
