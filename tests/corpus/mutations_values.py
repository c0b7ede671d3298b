"""Families that change a print: values, counts, ranks, dates, units, stale and invented figures."""

import datetime as dt
import random
import re
from collections.abc import Iterator
from decimal import Decimal

from corpus.briefings import Sentence, siblings
from corpus.mutations import Evening, False_, figures, might_print, mutator, put, shown

from newsletter.compute.facts import Fact, Ledger
from newsletter.units import Unit, ordinal, words

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def parsed(text: str) -> tuple[Decimal, int]:
    """Return the magnitude printed in a text and its decimals."""
    digits = _NUMBER.search(text)
    assert digits is not None, text
    plain = digits[0].replace(",", "")
    return Decimal(plain), len(plain.partition(".")[2])


def reprinted(text: str, value: Decimal, places: int) -> str:
    """Return a print with another magnitude, its sign and unit kept."""
    if re.search(r"\d(?:st|nd|rd|th)\b", text):
        return ordinal(int(value))
    out = _NUMBER.sub(f"{value:,.{places}f}", text, count=1)
    out = out if value else out.lstrip("+−")
    if "point" in out:
        out = re.sub(r"points?", "point" if value == 1 else "points", out)
    return out


@mutator("wrong_value")
def one_unit_off(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Move a figure by one unit of its last printed place."""
    for slot, fact in figures(sentence, evening.ledger):
        text = shown(sentence, slot)
        value, places = parsed(text)
        for step in (1, -1):
            moved = value + step * Decimal(1).scaleb(-places)
            if moved < 0 or (fact.unit is Unit.PERCENTILE and moved > 100):
                continue
            if not might_print(fact, evening.ledger, moved, places):
                yield put(sentence, slot, reprinted(text, moved, places)), f"{fact.id} is {text}"


@mutator("stale_value")
def earlier_print(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Print what the same fact said at an earlier session."""
    if evening.earlier is None:
        return
    for slot in sentence.slots:
        fact, old = evening.ledger[slot.fact], evening.earlier.get(slot.fact)
        if old is None or isinstance(fact.value, str) or type(old.value) is not type(fact.value):
            continue
        text = old.forms[slot.form]
        if isinstance(fact.value, dt.date):
            wrong = text != shown(sentence, slot)
        else:
            kin = siblings(fact, evening.ledger)
            wrong = text.lstrip("+−") not in {one.forms[slot.form].lstrip("+−") for one in kin}
        if wrong:
            why = f"{fact.id} printed so on {evening.earlier.session.date}"
            yield put(sentence, slot, text), why


# -- units -----------------------------------------------------------------------------


@mutator("wrong_unit")
def other_unit(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Print the right number in the wrong unit."""
    for slot, fact in figures(sentence, evening.ledger):
        text = shown(sentence, slot)
        number = _NUMBER.search(text)
        if number is None or parsed(text)[0] == 0:
            continue
        sign = text[0] if text[0] in "+−" else ""
        bare = sign + number[0]
        for unit, made in (
            (Unit.PERCENT, f"{bare}%"),
            (Unit.POINTS, f"{bare} points"),
            (Unit.BPS, f"{bare} bps"),
            (Unit.USD, f"{sign}${number[0]}"),
        ):
            if unit is fact.unit or _allowed(fact, unit, text, evening.ledger):
                continue
            yield put(sentence, slot, made), f"{fact.id} is in {fact.unit}"


def _allowed(fact: Fact, unit: Unit, text: str, ledger: Ledger) -> bool:
    """Tell whether the number could be true in another unit as well."""
    if fact.unit in {Unit.PERCENTILE, Unit.RATIO, Unit.NUMBER} and unit is not Unit.USD:
        return True
    if fact.unit is Unit.INDEX and unit in {Unit.PERCENT, Unit.POINTS}:
        return True  # the VIX is a percentage, an index is quoted in points
    if fact.unit is Unit.PERCENT and unit in {Unit.USD, Unit.POINTS}:
        level = ledger.get(f"{fact.subject}.level")  # one percent of 100 dollars is one dollar
        share = fact.kind == "statistic"
        if not share and (level is None or 70 < float(level.number) < 140):
            return True
    value, places = parsed(text)
    kin = (f for f in ledger if f.unit is unit and set(f.inputs) & {*fact.inputs, fact.subject})
    return any(might_print(one, ledger, value, places) for one in kin)


# -- figures in words ------------------------------------------------------------------

_SPELLED = (
    ("half a percent", 0.5), ("one and a half percent", 1.5), ("two and a half percent", 2.5),
    ("three percent", 3.0), ("four and a half percent", 4.5), ("seven percent", 7.0),
    ("about a tenth", 10.0), ("a dozen percent", 12.0), ("fifteen percent", 15.0),
    ("a fifth", 20.0), ("a quarter", 25.0), ("nearly a third", 33.3), ("forty percent", 40.0),
    ("almost half", 50.0), ("two thirds", 66.7), ("eighty percent", 80.0),
)  # fmt: skip
_POINTS = (
    ("half a point", 0.5), ("a point and a half", 1.5), ("two and a half points", 2.5),
    ("four points", 4.0), ("seven points", 7.0), ("a dozen points", 12.0), ("twenty points", 20.0),
)  # fmt: skip


def _far(kin: list[Fact], value: float) -> bool:
    """Tell whether a rough figure in words is false of every one of some facts."""
    sizes = [abs(float(one.number)) for one in kin]
    return all(abs(value - size) > max(0.45, 0.3 * max(value, size)) for size in sizes)


@mutator("fabricated_in_words")
def spelled_out(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Replace a figure by a false one in words."""
    if sentence.kind == "cell":
        return
    for slot, fact in figures(sentence, evening.ledger):
        stock = {Unit.PERCENT: _SPELLED, Unit.POINTS: _POINTS}.get(fact.unit, ())
        text = shown(sentence, slot)
        kin = siblings(fact, evening.ledger)
        fitting = [phrase for phrase, value in stock if _far(kin, value)]
        if fact.metric == "breadth" or "hit_rate" in fact.metric:
            fitting = [one for one in fitting if "half a" not in one]
        lead = {"+": "plus ", "−": "minus "}.get(text[0], "")
        for phrase in rng.sample(fitting, min(3, len(fitting))):
            yield put(sentence, slot, lead + phrase), f"{fact.id} is {fact.display}"


@mutator("fabricated_in_words")
def added_clause(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Add a clause with a false figure in words about who the sentence speaks of first."""
    subject = next((evening.ledger[s.fact].subject for s in sentence.slots), "")
    if sentence.kind in {"cell", "heading"} or sentence.open or not sentence.text.endswith("."):
        return
    for window, tail, value in (
        ("1y", "it has doubled in twelve months", 100.0),
        ("1y", "a third of its value has gone in twelve months", -33.3),
        ("1y", "it has gained a quarter over the past twelve months", 25.0),
        ("ytd", "it has lost a fifth of its value this year", -20.0),
        ("ytd", "it has put on forty percent since the year began", 40.0),
        ("5d", "it has gained seven percent over five sessions", 7.0),
        ("1m", "it has shed an eighth of its value over the past month", -12.5),
    ):
        base = evening.ledger.get(f"{subject}.return.{window}") or evening.ledger.get(
            f"{subject}.return.{window}.total"
        )
        if base is None or len({evening.ledger[s.fact].subject for s in sentence.slots}) > 1:
            continue
        kin = siblings(base, evening.ledger)
        if all(float(one.number) * value < 0 for one in kin) or _far(kin, abs(value)):
            yield f"{sentence.text[:-1]}; {tail}.", f"{base.id} is {base.display}"


# -- counts and ranks ------------------------------------------------------------------


@mutator("wrong_count")
def other_count(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Change a count, or what it is counted out of."""
    for slot in sentence.slots:
        fact = evening.ledger[slot.fact]
        if fact.unit is not Unit.COUNT or slot.form not in {"plain", "word", "capital"}:
            continue
        if "Magnificent" in sentence.text:
            continue  # below, where the verb is minded
        value = int(fact.number)
        most = fact.sample.of if fact.sample else 10**6
        running = fact.metric.startswith("streak")  # who rose three days running also rose two
        for step in (1, 2, 3) if running else (-3, -2, -1, 1, 2, 3):
            moved = value + step
            if not 2 <= moved <= most:
                continue
            text = f"{moved:,}" if slot.form == "plain" else words(moved)
            text = text.capitalize() if slot.form == "capital" else text
            if text != shown(sentence, slot):
                yield put(sentence, slot, text), f"{fact.id} is {value}"


@mutator("wrong_count")
def all_or_none(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Turn ``all`` and ``none`` into some, and some into all."""
    trailing = re.match(r"(All|None|One|Two|Three|Four|Five|Six) of the Magnificent", sentence.text)
    if trailing:
        fact = f"{sentence.text} says {trailing[1]}"
        for other in ("None", "Two", "Four", "Six", "All"):
            if other != trailing[1]:
                verb = "trails" if other == "None" else "trail"
                text = sentence.text.replace(trailing[1], other, 1)
                yield re.sub(r"\btrails?\b", verb, text, count=1), fact
    if sentence.text.startswith("No sector rose;"):
        yield sentence.text.replace("No sector", "One sector", 1), "sectors.advancing.1d is 0"
        yield sentence.text.replace("No sector", "Three sectors", 1), "sectors.advancing.1d is 0"


@mutator("wrong_rank")
def other_rank(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Change a rank."""
    for slot in sentence.slots:
        fact = evening.ledger[slot.fact]
        if fact.unit is Unit.RANK:
            value = int(fact.number)
            for other in (value - 2, value - 1, value + 1, value + 2):
                if 1 <= other <= 11:
                    yield put(sentence, slot, ordinal(other)), f"{fact.id} is {value}"


_BEST = re.compile(r"best sector (?P<name>[a-z ]+), [+−]")
_FIRST = re.compile(r"(?P<name>[a-z ]+) has been the best of the sectors")


@mutator("wrong_rank")
def other_best(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Give the best or worst sector another place."""
    for old, new in (
        ("the best of the sectors", "the second-best of the sectors"),
        ("the best of the sectors", "third among the sectors"),
        ("best sector ", "second-best sector "),
        (" the worst, with", " the second-worst, with"),
        (", worst ", ", third-worst "),
        (", the laggard,", ", the leader,"),
        ("lost least", "lost second least"),
    ):
        if old in sentence.text and sentence.slots:
            yield sentence.text.replace(old, new, 1), f"{sentence.slots[0].fact} and its peers"


# -- dates -----------------------------------------------------------------------------


@mutator("wrong_date")
def other_date(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Move a date by a day, some weeks, or a year."""
    for slot in sentence.slots:
        fact = evening.ledger[slot.fact]
        if not isinstance(fact.value, dt.date):
            continue
        today = evening.ledger.session.date
        # What holds since a day holds since any later one: only an earlier one is false.
        open_end = "since" in fact.metric or fact.metric == "cross_date"
        for days in (-1, 1, -7, 7, -30, 31, -365, 366, -3 * 365, 2 * 365):
            if open_end and days > 0:
                continue
            moved = fact.value + dt.timedelta(days=days)
            if moved > today:
                continue
            text = _dated(moved, slot.form)
            if text != shown(sentence, slot):
                yield put(sentence, slot, text), f"{fact.id} is {fact.value}"


def _dated(day: dt.date, form: str) -> str:
    return {
        "plain": f"{day.day} {day:%B} {day.year}",
        "precise": f"{day.day} {day:%B} {day.year}",
        "long": f"{day:%A} {day.day} {day:%B} {day.year}",
        "short": f"{day.day} {day:%B}",
        "month": f"{day:%B} {day.year}",
        "weekday": f"{day:%A}",
        "year": str(day.year),
    }[form]
