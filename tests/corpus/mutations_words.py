"""Families that change words: who, when, which way, more or less, records, denials."""

import random
import re
from collections.abc import Iterator

from corpus.briefings import Sentence, Slot
from corpus.mutations import (
    Evening,
    False_,
    differ,
    elsewhere,
    figures,
    mutator,
    put,
    related,
    shown,
)
from corpus.templates import CLEAR, GROUPS, NAMES, WHEN, capital, race, sign

from newsletter.compute.facts import Fact

_DOWN = 0.05

# -- who -------------------------------------------------------------------------------


def _named(sentence: Sentence, name: str) -> re.Match[str] | None:
    """Find a noun phrase that stands by itself."""
    found = list(
        re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence.text, re.IGNORECASE)
    )
    return found[0] if len(found) == 1 else None


def _others(subject: str) -> list[str]:
    return [one for group in GROUPS if subject in group for one in group if one != subject]


@mutator("swapped_entity")
def other_name(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Put another name where a figure's owner stands."""
    for slot, fact in figures(sentence, evening.ledger):
        name = evening.names.get(fact.subject)
        place = _named(sentence, name) if name else None
        if place is None or sentence.open:
            continue
        for other in _others(fact.subject):
            called = evening.names[other]
            kin = related(evening.ledger, fact, subject=other)
            if not differ(fact, kin, slot.form) or _named(sentence, called):
                continue
            called = capital(called) if place[0][0].isupper() else called
            text = sentence.text[: place.start()] + called + sentence.text[place.end() :]
            yield text, f"{kin[0].id} is {kin[0].display}, not {shown(sentence, slot)}"


@mutator("swapped_entity")
def other_owner(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Print another subject's figure."""
    for slot, fact in figures(sentence, evening.ledger):
        for other in _others(fact.subject):
            kin = related(evening.ledger, fact, subject=other)
            text = elsewhere(fact, kin, slot.form, evening.ledger)
            if text:
                yield put(sentence, slot, text), f"{kin[0].id} is {text}, {fact.id} is not"


# -- when ------------------------------------------------------------------------------

_PHRASES = {
    "1d": ("today", "on the day"),
    "5d": ("over five sessions", "over the past five sessions", "over the week"),
    "1m": ("over the past month", "over one month"),
    "3m": ("over three months", "over the past three months"),
    "6m": ("over six months", "over the past six months"),
    "ytd": ("so far this year", "since the year began", "this year"),
    "1y": ("over one year", "over the past twelve months"),
}


def _period(sentence: Sentence) -> tuple[str, re.Match[str]] | None:
    """Return the one period a sentence names."""
    found = [
        (label, match)
        for label, phrases in _PHRASES.items()
        for phrase in phrases
        for match in re.finditer(rf"\b{phrase}\b", sentence.text, re.IGNORECASE)
    ]
    if not found or len({label for label, _ in found}) > 1:
        return None
    return max(found, key=lambda one: len(one[1][0]))


@mutator("swapped_period")
def other_phrase(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Put other words for the period, or add some where the day is meant."""
    if sentence.kind == "cell" or sentence.open:
        return
    period = _period(sentence)
    for slot, fact in figures(sentence, evening.ledger):
        label = fact.period.label
        for window, phrases in WHEN.items():
            kin = related(evening.ledger, fact, window=window)
            if not differ(fact, kin, slot.form):
                continue
            phrase = rng.choice(phrases)
            why = f"{kin[0].id} is {kin[0].display}"
            if period is not None and period[0] == label:
                start, end = period[1].span()
                phrase = capital(phrase) if period[1][0][0].isupper() else phrase
                yield sentence.text[:start] + phrase + sentence.text[end:], why
            elif period is None and label == "1d" and not _any_period(sentence):
                text = sentence.text
                yield f"{text[: slot.end]} {phrase}{text[slot.end :]}", why


def _any_period(sentence: Sentence) -> bool:
    return bool(re.search(r"\b(?:day|days|session|week|month|quarter|year)s?\b", sentence.text))


@mutator("swapped_period")
def other_window(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Print the figure of another period."""
    if sentence.open:
        return
    for slot, fact in figures(sentence, evening.ledger):
        for window in WHEN:
            kin = related(evening.ledger, fact, window=window)
            text = elsewhere(fact, kin, slot.form, evening.ledger)
            if text:
                yield put(sentence, slot, text), f"{text} is {kin[0].id}"


# -- which way -------------------------------------------------------------------------

_VERBS = (
    ("edged up", "slipped"), ("rose", "fell"), ("gained", "dropped"), ("gained", "lost"),
    ("jumped", "slid"), ("surged", "sank"), ("is up", "is down"), ("up", "down"),
    ("has returned", "has lost"), ("has risen by", "has fallen by"), ("climbed", "declined"),
    ("has risen", "has fallen"), ("have gained", "have lost"),
)  # fmt: skip
_FLIPS = dict(_VERBS) | {b: a for a, b in reversed(_VERBS)}
_VERB = re.compile(rf"\b({'|'.join(sorted(_FLIPS, key=len, reverse=True))}) (?:by )?$")
_DENIED = {
    "edged up": "did not edge up", "slipped": "did not slip", "rose": "did not rise",
    "fell": "did not fall", "gained": "did not gain", "dropped": "did not drop",
    "lost": "did not lose", "jumped": "did not jump", "slid": "did not slide",
    "surged": "did not surge", "sank": "did not sink", "is up": "is not up",
    "is down": "is not down", "has returned": "has not returned", "has lost": "has not lost",
    "climbed": "did not climb", "declined": "did not decline", "has risen": "has not risen",
    "has fallen": "has not fallen",
}  # fmt: skip


def _verb(sentence: Sentence, slot: Slot, fact: Fact) -> re.Match[str] | None:
    """Find the verb right before a figure that is a change and no nil."""
    if not fact.is_change or abs(float(fact.number)) < _DOWN or slot.form == "signed":
        return None
    return _VERB.search(sentence.text[max(0, slot.start - 24) : slot.start])


@mutator("flipped_direction")
def other_way(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Turn a verb or a sign round."""
    for slot, fact in figures(sentence, evening.ledger):
        if sentence.open:
            continue
        text = shown(sentence, slot)
        if text[0] in "+−":
            turned = {"+": "−", "−": "+"}[text[0]] + text[1:]
            yield put(sentence, slot, turned), f"{fact.id} is {text}"
            continue
        match = _verb(sentence, slot, fact)
        if match:
            at = max(0, slot.start - 24)
            start, end = at + match.start(1), at + match.end(1)
            made = sentence.text[:start] + _FLIPS[match[1]] + sentence.text[end:]
            yield made, f"{fact.id} is {fact.display}"


_PLAIN_MOVE = re.compile(r"^([A-Z][\w &-]+?) (rose|fell) and ")


@mutator("flipped_direction")
def other_way_bare(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Turn a verb round that has no figure."""
    match = _PLAIN_MOVE.match(sentence.text)
    subject = next((s for s, n in evening.names.items() if match and n == match[1].lower()), "")
    if match and sign(evening.ledger, f"{subject}.return.1d"):
        text = sentence.text[: match.start(2)] + _FLIPS[match[2]] + sentence.text[match.end(2) :]
        yield text, f"{subject}.return.1d"
    up, of = (evening.ledger.get(f"sectors.{w}.1d") for w in ("advancing", "count"))
    if up is None or of is None:
        return
    counted = re.search(r"sectors rose\.$", sentence.text)
    if counted and int(up.number) * 2 != int(of.number) and sentence.kind != "template":
        yield sentence.text.replace("sectors rose.", "sectors fell."), f"{up.id} is {up.number}"
    if sentence.text.startswith("No sector rose;"):
        yield sentence.text.replace("rose", "fell", 1), f"{up.id} is 0"


# -- more or less ----------------------------------------------------------------------

_SIDES = {"above": "below", "below": "above", "ahead of": "behind", "ahead": "behind"}
_SIDE = re.compile(r"\b(above|below|ahead of|ahead|behind)\b")


@mutator("flipped_comparison")
def other_side(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Turn above and below, ahead and behind, best and worst round."""
    if sentence.open:
        return
    for slot, fact in figures(sentence, evening.ledger):
        share = fact.metric == "breadth" and abs(float(fact.number) - 50) > 1
        if not share and (fact.metric not in {"gap", "distance_from_record", "spread", "drawdown"}
                          or abs(float(fact.number)) < _DOWN):  # fmt: skip
            continue
        near = _SIDE.search(sentence.text, slot.end, min(len(sentence.text), slot.end + 50))
        if fact.metric == "spread":
            near = next(iter(_SIDE.finditer(sentence.text, 0, slot.start)), None)
        if near:
            rest = sentence.text[near.end() :]
            turned = _SIDES.get(near[0], "ahead" if rest.startswith(" by") else "ahead of")
            yield sentence.text[: near.start()] + turned + rest, f"{fact.id} is {fact.display}"
    if re.search(r"\bbest\b.*\bworst\b", sentence.text) and sentence.slots:
        made = sentence.text.replace("best", "\0").replace("worst", "best").replace("\0", "worst")
        yield made, f"{sentence.slots[-1].fact} is the lowest"
    yield from _bare_sides(sentence, evening)


def _bare_sides(sentence: Sentence, evening: Evening) -> Iterator[False_]:
    """Turn round comparisons that drafts make without a figure."""
    ledger = evening.ledger
    small, large = evening.names["IWM"], evening.names["SPY"]
    day, week = race(ledger, "IWM", "SPY", "1d"), race(ledger, "IWM", "SPY", "5d")
    vix = ledger.get("VIX.percentile_1y")
    low = vix is not None and vix.number < 45
    for needed, old, new in (
        (day > 0, f"{small} beat {large}", f"{large} beat {small}"),
        (day > 0, "mall caps led on the first day", "mall caps trailed on the first day"),
        (day > 0, "mall caps rose more than large", "mall caps rose less than large"),
        (day < 0, "fell further than large ones", "fell less far than large ones"),
        (day < 0, "sold harder than the large", "sold less hard than the large"),
        (week < 0, "which leaves small caps behind.", "which leaves small caps ahead."),
        (week > 0, "which leaves small caps ahead.", "which leaves small caps behind."),
        (low, "is lower than on most days of", "is higher than on most days of"),
        (low, "near the bottom of its year", "near the top of its year"),
    ):
        if needed and old.lower() in sentence.text.lower() and sentence.kind != "template":
            made = re.sub(re.escape(old), new, sentence.text, flags=re.IGNORECASE)
            yield capital(made), "IWM-SPY.spread or VIX.percentile_1y"


# -- denials ---------------------------------------------------------------------------


@mutator("negation")
def denied(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Deny what a verb says."""
    if sentence.open:
        return
    for slot, fact in figures(sentence, evening.ledger):
        match = _verb(sentence, slot, fact)
        if match and match[1] in _DENIED:
            at = max(0, slot.start - 24)
            start, end = at + match.start(1), at + match.end(1)
            made = sentence.text[:start] + _DENIED[match[1]] + sentence.text[end:]
            yield made, f"{fact.id} is {fact.display}"
        for old, new in (
            ("stands", "does not stand"), ("closed above", "did not close above"),
            ("closed below", "did not close below"), ("sits", "does not sit"),
            ("is ahead of", "is not ahead of"), ("is behind", "is not behind"),
            ("leads", "does not lead"), ("trails", "does not trail"), ("stand ", "do not stand "),
            ("made its record close", "did not make its record close"),
        ):  # fmt: skip
            place = re.search(rf"\b{old}", sentence.text)
            half = fact.metric == "breadth" and abs(float(fact.number) - 50) <= 1
            # "The story of who leads whom is suspended" claims no lead that could be denied.
            if place and sentence.text[: place.start()].endswith(("who ", "whether ")):
                continue
            if place and not half and fact.metric != "base_rate_events":
                yield sentence.text.replace(old, new, 1), f"{fact.id} is {fact.display}"
    for old, new in (
        ("No sector rose;", "Every sector rose;"),
        ("None of the Magnificent Seven trails", "All of the Magnificent Seven trail"),
        ("All of the Magnificent Seven trail", "None of the Magnificent Seven trails"),
        (" beat the S&P 500 fund on the day", " did not beat the S&P 500 fund on the day"),
    ):
        if old in sentence.text:
            yield sentence.text.replace(old, new, 1), "the draft says the contrary"


# -- records ---------------------------------------------------------------------------


@mutator("wrong_extreme")
def added_record(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Add a record that was none to a sentence about one fund."""
    facts = [evening.ledger[slot.fact] for slot in sentence.slots]
    subjects = {fact.subject for fact in facts}
    today = all(fact.metric == "level" or fact.id.removesuffix(".total").endswith("return.1d")
                for fact in facts)  # fmt: skip
    if not today or "record" in sentence.text:
        return
    if len(subjects) != 1 or sentence.kind in {"cell", "heading"} or sentence.open:
        return
    (subject,) = subjects
    if subject not in NAMES or not sentence.text.endswith("."):
        return
    body, ledger = sentence.text[:-1], evening.ledger

    def below(fact_id: str) -> bool:
        fact = ledger.get(fact_id)
        return fact is not None and float(fact.number) <= -CLEAR

    year, past = sign(ledger, f"{subject}.return.1y"), ledger.session.date.year - 2
    short_of_record = below(f"{subject}.distance_from_record.close")
    claims = (
        (short_of_record, (", a record close", ", the highest close in its history")),
        (below(f"{subject}.drawdown.now"), (", its highest close of the past year",
         ", the highest in twelve months", f", the highest close since {past}")),
        (year > 0, (", its lowest close of the past year", ", the lowest in a year",
         f", the lowest close since {past}")),
        (year > 0, (", a record low", ", an all-time low")),
    )  # fmt: skip
    for false, tails in claims:
        if false:
            yield f"{body}{rng.choice(tails)}.", f"{subject}'s record, past year and return of it"


@mutator("wrong_extreme")
def other_record(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Turn the distance from a record into a record."""
    for slot in sentence.slots:
        fact = evening.ledger[slot.fact]
        if fact.metric == "distance_from_record" and float(fact.number) <= -CLEAR:
            text = re.sub(
                re.escape(shown(sentence, slot)) + r" below (its record close|it)\b",
                "at a record close",
                sentence.text,
                count=1,
            )
            yield text, f"{fact.id} is {fact.display}"
