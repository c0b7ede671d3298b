"""Editing: a draft as parts that are read and changed one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from newsletter.draft.claims import Draft, Section, Table
from newsletter.errors import DraftError, NotFound

LONGEST: Final = 5_000
"""Characters of one part; a paragraph of a mail has a tenth of it."""
MOST: Final = 40
"""Items of one list."""

_WORDS: Final = ("kicker", "headline", "dek", "preheader", "verdict")
_MAY_BE_EMPTY: Final = frozenset({"kicker", "heading"})
_PART: Final = re.compile(
    r"(?P<field>kicker|headline|dek|preheader|verdict)"
    r"|(?P<list>bullets|watch|change_mind)\.(?P<item>\d{1,3})"
    r"|(?P<counter>counter)\.(?:(?P<its>heading)|paragraphs\.(?P<that>\d{1,3}))"
    r"|sections\.(?P<section>\d{1,3})(?:\.(?:(?P<heading>heading)|paragraphs\.(?P<at>\d{1,3})))?"
    r"|tables\.(?P<table>\d{1,3})"
    r"|(?P<choice>charts)"
)
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Where something stands in a draft.

    Parameters
    ----------
    group : str
        The list it stands in (``bullets``, ``sections``, ``sections.2.paragraphs``,
        ``counter.paragraphs``, ``tables``), or the whole name of a part that is alone.
    index : int
        Place in that list; -1 for a part that is alone.
    """

    group: str
    index: int = -1

    @classmethod
    def parse(cls, name: str) -> "Part":
        """Read a part's name.

        Raises
        ------
        NotFound
            If no draft has such a part.
        """
        if not _PART.fullmatch(name):
            raise NotFound(f"A draft has no part {name[:40]!r}.")
        group, _, last = name.rpartition(".")
        return cls(group, int(last)) if last.isdigit() else cls(name)

    def __str__(self) -> str:
        return self.group if self.index < 0 else f"{self.group}.{self.index}"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one part.

    Parameters
    ----------
    act : {"put", "insert", "remove", "up", "down", "choose"}
        Replace its words; put new words in before it; take it out; exchange it with its
        neighbour; choose the charts.
    part : str
        Which; of ``insert`` the place, which may be one past the end.
    text : str
        New words; of ``choose`` the charts' names.
    """

    act: str
    part: str
    text: str = ""


# -- parts -----------------------------------------------------------------------------------


def parts(draft: Draft) -> Iterator[str]:
    """Yield the names of a draft's texts, in reading order."""
    yield from ("kicker", "headline", "dek", "preheader")
    yield from (f"bullets.{at}" for at in range(len(draft.bullets)))
    for number, section in enumerate(draft.sections):
        yield f"sections.{number}.heading"
        yield from (f"sections.{number}.paragraphs.{at}" for at in range(len(section.paragraphs)))
    yield "counter.heading"
    yield from (f"counter.paragraphs.{at}" for at in range(len(draft.counter.paragraphs)))
    yield "verdict"
    yield from (f"watch.{at}" for at in range(len(draft.watch)))
    yield from (f"change_mind.{at}" for at in range(len(draft.change_mind)))


def get(draft: Draft, name: str) -> str:
    """Return the words of a part; of a section or table all of them.

    Raises
    ------
    NotFound
        If the draft has no such part.
    """
    part = Part.parse(name)
    if part.index >= 0:
        items = items_of(draft, part.group)
        if part.index >= len(items):
            raise NotFound(f"This revision has no {name}; it has {len(items)} there.")
        return told(items[part.index])
    if name == "charts":
        return " ".join(draft.charts)
    if name.endswith(".heading"):
        return _section_of(draft, name.removesuffix(".heading")).heading
    return str(getattr(draft, name))


def items_of(draft: Draft, group: str) -> tuple[object, ...]:
    """Return the items of a list of a draft, as `Part.group` names it."""
    if group.endswith(".paragraphs"):
        return _section_of(draft, group.removesuffix(".paragraphs")).paragraphs
    found: tuple[object, ...] = getattr(draft, group)
    return found


def _section_of(draft: Draft, name: str) -> Section:
    if name == "counter":
        return draft.counter
    number = int(name.removeprefix("sections."))
    if number >= len(draft.sections):
        raise NotFound(f"This revision has no {name}; it has {len(draft.sections)} sections.")
    return draft.sections[number]


def told(item: object) -> str:
    """Return all words of an item: of a section or table too."""
    if isinstance(item, Section):
        return "\n\n".join((item.heading, *item.paragraphs))
    if isinstance(item, Table):
        rows = (" | ".join(row) for row in (item.columns, *item.rows))
        return "\n".join((item.title, *rows, item.note))
    return str(item)


# -- one edit ----------------------------------------------------------------------------------


def applied(draft: Draft, edit: Edit) -> Draft:
    """Return a draft with one edit made.

    Raises
    ------
    DraftError
        If the words cannot stand there: none, too many, or none are left.
    NotFound
        If there is no such part.
    """
    part = Part.parse(edit.part)
    if edit.act == "choose":
        return replace(draft, charts=tuple(dict.fromkeys(edit.text.split())))
    if edit.act == "put" and part.index < 0:
        return _put_alone(draft, edit.part, _one_line(edit.text, edit.part))
    if part.index < 0:
        raise DraftError(f"The {words(edit.part)} stands alone; it can only be put in other words.")
    items = list(items_of(draft, part.group))
    if part.index >= len(items) + (edit.act == "insert"):
        raise NotFound(f"This revision has no {edit.part}; it has {len(items)} there.")
    order = list(range(len(items)))
    new: list[object] = []
    if edit.act in {"put", "insert"}:
        new = _pieces(edit.text, part, bare=edit.act == "put")
    _rearrange(order, part.index, edit.act, len(new))
    if not order and part.group != "tables":
        raise DraftError(
            f"The last one of {words(part.group)} cannot be taken out; put it in other words."
        )
    if len(order) > MOST:
        raise DraftError(f"There are {len(order)} {words(part.group)}; {MOST} are enough.")
    left = iter(new)
    made = tuple(items[at] if at >= 0 else next(left) for at in order)
    return _with_items(_with_conditions(draft, part.group, order), part.group, made)


def _rearrange(order: list[int], at: int, act: str, new: int) -> None:
    """Change a list of places; -1 stands for an item that was not there."""
    if act in {"put", "insert"}:
        order[at : at + (act == "put")] = [-1] * new
    elif act == "remove":
        del order[at]
    elif act in {"up", "down"}:
        to = at - 1 if act == "up" else at + 1
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
    else:
        raise DraftError(f"There is no edit {act[:20]!r}.")


def _with_conditions(draft: Draft, group: str, order: Sequence[int]) -> Draft:
    """Keep the conditions beside what they say; changed words have none until one is set."""
    if group != "change_mind" or len(draft.conditions) != len(draft.change_mind):
        return draft
    kept = tuple(draft.conditions[at] if at >= 0 else "" for at in order)
    return replace(draft, conditions=kept if any(kept) else ())


def _with_items(draft: Draft, group: str, items: tuple[object, ...]) -> Draft:
    if not group.endswith(".paragraphs"):
        return replace(draft, **{group: items})  # type: ignore[arg-type]
    name = group.removesuffix(".paragraphs")
    section = replace(_section_of(draft, name), paragraphs=tuple(map(str, items)))
    return _with_section(draft, name, section)


def _with_section(draft: Draft, name: str, section: Section) -> Draft:
    if name == "counter":
        return replace(draft, counter=section)
    number = int(name.removeprefix("sections."))
    sections = (*draft.sections[:number], section, *draft.sections[number + 1 :])
    return replace(draft, sections=sections)


def _put_alone(draft: Draft, name: str, text: str) -> Draft:
    if name.endswith(".heading"):
        place = name.removesuffix(".heading")
        return _with_section(draft, place, replace(_section_of(draft, place), heading=text))
    if name not in _WORDS:
        raise DraftError(f"The {words(name)} cannot be put in words.")
    return replace(draft, **{name: text})  # type: ignore[arg-type]


def _pieces(text: str, part: Part, *, bare: bool) -> list[object]:
    """Return the items a text makes: a blank line divides paragraphs.

    With `bare` a section that begins with a blank line has no heading, as `told` tells one.
    """
    name = str(part)
    if part.group == "tables":
        raise DraftError("A table's cells are the ledger's; take it out, or move it.")
    if part.group == "sections":
        none = bare and text.startswith("\n")
        pieces = re.split(r"\n[ \t]*\r?\n", text.strip())
        heading, *rest = ("", *pieces) if none else pieces
        if not any(one.strip() for one in rest):
            raise DraftError("A section takes a heading, a blank line, and a paragraph.")
        found = tuple(_one_line(one, name) for one in rest if one.strip())
        return [Section(_one_line(heading, f"{name}.heading" if none else name), found)]
    pieces = [one for one in re.split(r"\n[ \t]*\r?\n", text) if one.strip()]
    return [_one_line(one, name) for one in pieces or [""]]


def _one_line(text: str, name: str) -> str:
    if len(text) > LONGEST:
        raise DraftError(
            f"The {words(name)} has {len(text):,} characters; {LONGEST:,} are the most."
        )
    line = " ".join(_CONTROL.sub("", text).split())
    if not line and name.rpartition(".")[2] not in _MAY_BE_EMPTY:
        raise DraftError(f"The {words(name)} is empty; write something, or take it out.")
    return line


# -- all words at once -------------------------------------------------------------------------


def rewritten(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """Return a draft in other words.

    Parameters
    ----------
    draft : Draft
        Its tables and all that says where it comes from stay; so do the conditions of what
        would change our mind, where its words do.
    given : mapping of str to Any
        By field: words, lists of words, sections as ``{"heading": …, "paragraphs": […]}``.

    Raises
    ------
    DraftError
        If words are missing, or there are too many.
    """
    kept = dict(zip(draft.change_mind, draft.conditions, strict=False))
    doubts = _lines(given["change_mind"], "change_mind")
    conditions = tuple(kept.get(one, "") for one in doubts)
    if not given["sections"] or len(given["sections"]) > MOST:
        raise DraftError(f"A draft has from 1 to {MOST} sections.")
    sections = enumerate(given["sections"])
    for name in _WORDS:
        draft = _put_alone(draft, name, _one_line(given[name], name))
    return replace(
        draft,
        bullets=_lines(given["bullets"], "bullets"),
        sections=tuple(_section(one, f"sections.{at}") for at, one in sections),
        counter=_section(given["counter"], "counter"),
        watch=_lines(given["watch"], "watch"),
        change_mind=doubts,
        conditions=conditions if any(conditions) else (),
        charts=tuple(dict.fromkeys(given["charts"])),
    )


def _section(given: Mapping[str, Any], name: str) -> Section:
    heading = _one_line(given["heading"], f"{name}.heading")
    return Section(heading, _lines(given["paragraphs"], f"{name}.paragraphs"))


def _lines(given: Sequence[str], name: str) -> tuple[str, ...]:
    if not 0 < len(given) <= MOST:
        raise DraftError(f"The {words(name)} are {len(given)}; a draft has from 1 to {MOST}.")
    return tuple(_one_line(one, f"{name}.{at}") for at, one in enumerate(given))


_CALLED: Final = {
    "dek": "standfirst", "preheader": "preview line", "kicker": "line above",
    "counter": "opposing case", "change_mind": "what would change our mind",
    "watch": "what we watch", "sections": "section", "bullets": "bullet",
    "paragraphs": "paragraph", "tables": "table",
}  # fmt: skip


def words(name: str) -> str:
    """Return a part's name as people say it.

    Examples
    --------
    >>> words("sections.1.paragraphs.0")
    'section 2, paragraph 1'
    """
    said: list[str] = []
    for piece in name.split("."):
        if piece.isdigit():
            said[-1] += f" {int(piece) + 1}"
        else:
            said.append(_CALLED.get(piece, piece.replace("_", " ")))
    return ", ".join(said)
