"""Dictation: a model's reply read as what it should be, and judged before anybody proves it.

What is judged here is what the ledger decides without reading English: whether the reply has
its shape, every slot a fact, every condition a truth, and no figure typed by hand. Whether
the sentences are true is for preflight, which reads the finished text.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from newsletter.compute.facts import Ledger
from newsletter.draft import brief as shapes
from newsletter.draft.brief import Brief
from newsletter.draft.claims import SLOT, fill
from newsletter.draft.condition import Condition
from newsletter.draft.model import Fault, ModelError
from newsletter.draft.predicate import PREDICATE, conditions
from newsletter.errors import DraftError

LONGEST = {"kicker": 40, "headline": 90, "dek": 240, "preheader": 140}
"""Characters of each line as printed."""
LONGEST_SENTENCE = 420
BOUNDS = {
    "bullets": (2, 4),
    "sections": (2, 6),
    "watch": (1, 5),
    "change_mind": (1, 4),
    "verdict": (1, 3),
}
"""Fewest and most of each list of a brief."""
_MOST_REPLY = 200_000
_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
_NAMES = re.compile(
    r"S&P 500|S&P 1500|Nasdaq[- ]100|Russell [123]000|\b(?:\d{2,3}-(?:day|session|week)|52-week"
    r"|\d{1,2}-year)\b|MSCI \w+|Stoxx 600|FTSE 100",
    re.IGNORECASE,
)
"""Digits that belong to names and to windows; preflight proves what is said with them."""
_DIGIT = re.compile(r"\d")
_SPELLED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven"
    r"|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ]\w+)?|hundred|thousand"
    r"|million|billion|trillion|half a|a (?:quarter|third|tenth) of a|one)"
    r"(?: and a half)?[- ](?:\w+[- ])?(?:percent(?:age)?|per cent|%|points?|basis|bps|times|fold"
    r"|sectors?|stocks?|members?|dollars?|cents?|straight|in a row|consecutive)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[a-z/!]|\]\(|\*\*|__|^#|https?://|www\.", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one text of a brief.

    Parameters
    ----------
    place : str
        Where: ``"headline"``, ``"sections.1.paragraphs.0.2"``; empty for the whole.
    text : str
        As it was written.
    why : str
        One sentence: what is wrong, and how to mend it.
    """

    place: str
    text: str
    why: str


def read(name: str, reply: str) -> shapes.Shape:
    """Return a reply as the shape that its schema names.

    Parameters
    ----------
    name : str
        Key of `newsletter.draft.brief.SHAPES`.
    reply : str
        The raw reply: JSON, perhaps with talk or a code fence around it.

    Raises
    ------
    ModelError
        With `Fault.MALFORMED`, saying where it is not of its shape.
    """
    found = _object(reply)
    try:
        return shapes.SHAPES[name].model_validate(found, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise ModelError(
            f"The reply is no {name}: {where}: {first['msg'].lower()}.", Fault.MALFORMED
        ) from None


def _object(reply: str) -> object:
    fenced = _FENCE.search(reply[:_MOST_REPLY])
    text = fenced[1] if fenced else reply[:_MOST_REPLY]
    start = text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, max(start, 0))
    except (ValueError, RecursionError) as error:
        raise ModelError("The reply holds no JSON object.", Fault.MALFORMED) from error
    return found


def problems(
    brief: Brief,
    ledger: Ledger,
    *,
    allowed: Collection[str] = (),
    banned: Collection[str] = (),
) -> Iterator[Problem]:
    """Yield what is wrong with a brief, in reading order.

    Parameters
    ----------
    brief : Brief
        As the model wrote it.
    ledger : Ledger
        Tonight's facts.
    allowed : collection of str
        Ids it may use; empty allows all of the ledger's.
    banned : collection of str
        Words that the configured voice does not use.
    """
    for name, (fewest, most) in BOUNDS.items():
        count = len(getattr(brief, name))
        if not fewest <= count <= most:
            yield Problem("", "", f"{name} has {count} items; give {fewest} to {most}.")
    for place, text in shapes.texts(brief):
        yield from (
            Problem(place, text, why) for why in faults(place, text, ledger, allowed, banned)
        )
    for i, doubt in enumerate(brief.change_mind):
        why = _undecided(doubt.condition, ledger)
        if why:
            yield Problem(f"change_mind.{i}.sentence", doubt.sentence.text, why)


def faults(
    place: str,
    text: str,
    ledger: Ledger,
    allowed: Collection[str] = (),
    banned: Collection[str] = (),
) -> Iterator[str]:
    """Yield what is wrong with one text, each as a sentence a writer can act on."""
    if not text.strip() and "heading" not in place:
        yield "It is empty."
    if _MARKUP.search(text):
        yield "It holds markup or an address; write plain words."
    for match in SLOT.finditer(text):
        if allowed and match[1] not in allowed:
            yield f"{match[1]} is not among tonight's facts; use only ids from the list."
    try:
        for condition in conditions(text):
            if allowed and (strange := set(condition.facts) - set(allowed)):
                yield f"{min(strange)} is not among tonight's facts; use only ids from the list."
        filled = fill(text, ledger)
    except DraftError as error:
        yield str(error)
    else:
        most = LONGEST.get(place, LONGEST_SENTENCE)
        if len(filled) > most:
            yield f"It prints {len(filled)} characters; use at most {most}."
        if "{{" in filled or "}}" in filled:
            yield "It holds a slot that cannot be read; write {{FACT.id}} or {{FACT.id|signed}}."
    bare = _bare(text)
    if near := _typed(bare):
        yield f"It types a figure by hand near “{near}”; put a slot in its place, or leave it out."
    lower = f" {bare.lower()} "
    for word in banned:
        if re.search(rf"\b{re.escape(word.lower())}\b", lower):
            yield f"This publication does not write “{word}”; say it otherwise."


def sound(text: str, ledger: Ledger) -> bool:
    """Tell whether a text keeps the form of prose: plain words, slots that fill, none typed."""
    try:
        filled = fill(text, ledger)
    except DraftError:
        return False
    marked = _MARKUP.search(text) or "{{" in filled or "}}" in filled
    return bool(filled.strip()) and not marked and not _typed(_bare(text))


def _bare(text: str) -> str:
    """Return a text without slots, conditions and names that hold digits."""
    return _NAMES.sub(" ", SLOT.sub(" ", PREDICATE.sub(r"\2", text)))


def _typed(bare: str) -> str:
    """Return the words around a figure that was typed by hand; empty where there is none."""
    found = _DIGIT.search(bare) or _SPELLED.search(bare)
    return bare[max(found.start() - 12, 0) : found.end() + 8].strip() if found else ""


def _undecided(text: str, ledger: Ledger) -> str:
    try:
        holds = Condition.parse(text).against(ledger).check(ledger)
    except DraftError as error:
        return str(error)
    return f"The condition {text!r} holds already tonight; name one that does not." if holds else ""
