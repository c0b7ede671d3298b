"""Brief: what a model is asked to write, as types that are also the schema it is held to.

A brief is a draft taken apart into sentences, each with its kind and the facts it stands on,
so that one sentence can be judged, mended or replaced without touching its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Stance = Literal["for", "against", "neither"]


class Shape(BaseModel):
    """Closed: strict structured output demands it, and a stray key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sentence(Shape):
    """One sentence, with slots in place of figures.

    Parameters
    ----------
    kind : {"fact", "opinion", "forecast"}
        What it claims to be.
    text : str
        The words.
    facts : list of str
        Ids of the facts it stands on.
    """

    kind: Literal["fact", "opinion", "forecast"]
    text: str
    facts: list[str]


class Part(Shape):
    """A stretch of text under a heading (which may be empty)."""

    heading: str
    paragraphs: list[list[Sentence]]


class Doubt(Shape):
    """What would change our mind, in words and as a condition that a session can decide."""

    sentence: Sentence
    condition: str


class Point(Shape):
    """One piece of evidence."""

    claim: str
    facts: list[str]


class Call(Shape):
    """A view that time will judge: a fund or a pair, up or down, over a stretch."""

    subject: str
    direction: Literal["up", "down"]
    horizon: Literal["5d", "1m", "3m"]


class Plan(Shape):
    """The argument before the prose."""

    thesis: str
    stance: Stance
    evidence: list[Point]
    counter: list[Point]
    change_mind: list[str]
    call: Call


class Brief(Shape):
    """The whole briefing."""

    kicker: str
    headline: str
    dek: str
    preheader: str
    tickers: list[str]
    bullets: list[Sentence]
    sections: list[Part]
    counter: Part
    watch: list[Sentence]
    change_mind: list[Doubt]
    verdict: list[Sentence]
    charts: list[str]
    tables: list[str]


class Mend(Shape):
    """A sentence written again."""

    place: str
    text: str
    facts: list[str]


class Repair(Shape):
    """Sentences written again; an empty text takes the sentence out."""

    mends: list[Mend]


class Headlines(Shape):
    """Headlines to choose from, best first."""

    headlines: list[str] = Field(min_length=1)


class Wording(Shape):
    """One part of a draft in other words; only a section has a heading and many paragraphs."""

    heading: str
    paragraphs: list[str]
    facts: list[str]


SHAPES: Mapping[str, type[Shape]] = {
    "plan": Plan,
    "brief": Brief,
    "repair": Repair,
    "headlines": Headlines,
    "wording": Wording,
}
"""Output schemas by the name that a prompt's front matter gives."""


def schema(
    name: str,
    *,
    facts: Sequence[str] = (),
    subjects: Sequence[str] = (),
    charts: Sequence[str] = (),
    tables: Sequence[str] = (),
    places: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the JSON schema of a shape, its free ids closed to those allowed tonight.

    Parameters
    ----------
    name : str
        Key of `SHAPES`.
    facts, subjects, charts, tables, places : sequence of str
        What may stand in fields of those names; none leaves a field open.

    Returns
    -------
    dict
        In the subset that strict structured output takes: closed objects, every property
        required, no bounds and no titles.
    """
    allowed = {
        "facts": facts,
        "tickers": subjects,
        "subject": subjects,
        "charts": charts,
        "tables": tables,
        "place": places,
    }
    document = SHAPES[name].model_json_schema()
    _close(document, allowed)
    return document


def _close(node: Any, allowed: Mapping[str, Sequence[str]]) -> None:
    if isinstance(node, list):
        for item in node:
            _close(item, allowed)
        return
    if not isinstance(node, dict):
        return
    for word in ("title", "description", "default", "minItems"):
        if not isinstance(node.get(word), dict):  # a property may bear such a name
            node.pop(word, None)
    properties = node.get("properties")
    if isinstance(properties, dict):
        node["required"] = list(properties)
        for key, values in allowed.items():
            if values and key in properties:
                target = properties[key].get("items", properties[key])
                target["enum"] = list(values)
    for value in node.values():
        _close(value, allowed)


def sentences(brief: Brief) -> Iterator[tuple[str, Sentence]]:
    """Yield every sentence with its place, such as ``sections.1.paragraphs.0.2``."""
    yield from ((f"bullets.{i}", s) for i, s in enumerate(brief.bullets))
    for i, part in enumerate(brief.sections):
        yield from _of_part(f"sections.{i}", part)
    yield from _of_part("counter", brief.counter)
    yield from ((f"watch.{i}", s) for i, s in enumerate(brief.watch))
    yield from ((f"change_mind.{i}.sentence", d.sentence) for i, d in enumerate(brief.change_mind))
    yield from ((f"verdict.{i}", s) for i, s in enumerate(brief.verdict))


def lines(brief: Brief) -> Iterator[tuple[str, str]]:
    """Yield the texts that are no sentences of their own: title, standfirst, headings."""
    yield from ((name, getattr(brief, name)) for name in ("kicker", "headline", "dek", "preheader"))
    yield from ((f"sections.{i}.heading", p.heading) for i, p in enumerate(brief.sections))
    yield "counter.heading", brief.counter.heading


def texts(brief: Brief) -> Iterator[tuple[str, str]]:
    """Yield everything that readers would see, with its place."""
    yield from lines(brief)
    yield from ((place, sentence.text) for place, sentence in sentences(brief))


def rewritten(brief: Brief, mends: Mapping[str, str | None]) -> Brief:
    """Return a brief with some texts exchanged.

    Parameters
    ----------
    brief : Brief
        The old one.
    mends : mapping of str to str or None
        New text by place; None or blank takes a sentence out (a line becomes empty). Places
        that do not exist are passed over.
    """
    return Brief.model_validate(_mended(brief.model_dump(), "", mends))


def opening(brief: Brief) -> str:
    """Return the first paragraph of a brief's body; empty where it has none."""
    paragraphs = (paragraph for part in brief.sections for paragraph in part.paragraphs)
    return " ".join(sentence.text for sentence in next(paragraphs, []))


def without_blanks(brief: Brief) -> Brief:
    """Return a brief without the sentences that hold no text; a blank one is none."""
    blank = [place for place, sentence in sentences(brief) if not sentence.text.strip()]
    return rewritten(brief, dict.fromkeys(blank))


def _mended(node: Any, place: str, mends: Mapping[str, str | None]) -> Any:
    if isinstance(node, dict):
        if "text" in node and place in mends:
            return {**node, "text": mends[place]} if _kept(mends[place]) else None
        made = {k: _mended(v, f"{place}.{k}" if place else k, mends) for k, v in node.items()}
        return None if "condition" in made and made["sentence"] is None else made
    if isinstance(node, list):
        items = [_mended(item, f"{place}.{i}", mends) for i, item in enumerate(node)]
        return [item for item in items if item not in (None, [])]
    if isinstance(node, str) and place in mends:
        return mends[place] or ""
    return node


def _kept(text: str | None) -> bool:
    return text is not None and bool(text.strip())


def _of_part(place: str, part: Part) -> Iterator[tuple[str, Sentence]]:
    for i, paragraph in enumerate(part.paragraphs):
        for j, sentence in enumerate(paragraph):
            yield f"{place}.paragraphs.{i}.{j}", sentence
