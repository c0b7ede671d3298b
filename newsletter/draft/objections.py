"""Objections: what a checker has against a finished text, found again in the brief behind it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from newsletter.compute.facts import Ledger
from newsletter.draft import brief as shapes
from newsletter.draft.brief import Brief
from newsletter.draft.claims import Draft, fill
from newsletter.draft.dictation import Problem
from newsletter.errors import DraftError

_TELLING = 20
"""Characters from which a text found inside another is no coincidence."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a checker of the finished text has against it.

    Parameters
    ----------
    sentence : str
        As printed; empty where it is about the whole.
    why : str
        What is wrong and how to mend it.
    """

    sentence: str
    why: str


Checker = Callable[[Draft], Iterable[Objection]]
"""Lays a draft out and proves it; the composition root binds it to render and preflight."""


def complaints(wrong: Iterable[Problem]) -> str:
    """Return problems as lines that a repair prompt shows."""
    return "\n".join(
        f"- {p.place or 'the whole'} | {json.dumps(p.text, ensure_ascii=False)} | {p.why}"
        for p in wrong
    )


def located(objections: Iterable[Objection], brief: Brief, ledger: Ledger) -> list[Problem]:
    """Return objections at the places whose printed words they are about."""
    printed = [
        (place, text, _squeezed(_filled(text, ledger))) for place, text in shapes.texts(brief)
    ]
    found = []
    for objection in objections:
        said = _squeezed(objection.sentence)
        places = [(p, t) for p, t, words in printed if words and said and _same(words, said)]
        for place, text in places or [("", objection.sentence)]:
            found.append(Problem(place, text, objection.why))
    return found


def _same(words: str, said: str) -> bool:
    """Tell whether two printed texts are one, or the longer holds the other as a whole."""
    one, other = words.rstrip(".!?"), said.rstrip(".!?")
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > _TELLING and short in long)


def _filled(text: str, ledger: Ledger) -> str:
    try:
        return fill(text, ledger)
    except DraftError:
        return ""


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def in_original(wrong: Iterable[Problem], left: Brief, brief: Brief) -> dict[str, Problem]:
    """Return problems of what is left by the places that their texts have in the whole."""
    now = dict(shapes.texts(left))
    where: dict[str, list[str]] = {}
    for place, text in shapes.texts(brief):
        where.setdefault(text, []).append(place)
    return {
        place: replace(problem, place=place)
        for problem in wrong
        if problem.place
        for place in where.get(now.get(problem.place, ""), [])
    }
