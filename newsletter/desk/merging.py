"""Merging: edits carried over what others changed meanwhile, and what cannot be carried.

An edit says which part of which revision it means. Where somebody has saved a later revision
meanwhile, the part is looked for in that one: if its words are still those that were edited,
the edit holds there; if not, both versions and what they began as come back as a `Conflict`.
"""

import difflib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from newsletter.desk.editing import Edit, Part, applied, get, items_of, told
from newsletter.draft.claims import Draft

_LEAST_ALIKE: Final = 0.25
"""Share of words that two items have in common where one is taken for the other, changed."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A part that two editors changed; nobody's words are dropped for the other's.

    Parameters
    ----------
    part : str
        As the edit named it.
    now : str
        The same part in the latest revision; empty where it is no longer there.
    base, theirs, mine : str
        What both began with, what stands there now, and what was typed.
    """

    part: str
    now: str
    base: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A draft after edits.

    Parameters
    ----------
    draft : Draft
        The latest with every edit that could be carried over.
    conflicts : tuple of Conflict
        Those that could not.
    """

    draft: Draft
    conflicts: tuple[Conflict, ...] = ()


def merged(history: Sequence[Draft], edits: Sequence[Edit]) -> Merged:
    """Make edits of the first of some drafts in the last of them.

    Parameters
    ----------
    history : sequence of Draft
        The revision that was edited, and every one saved since, in their order.
    edits : sequence of Edit
        In the order in which they were made; each means the parts as those before it left
        them, as somebody who works on one page does.

    Raises
    ------
    DraftError
        If an edit cannot be made in the revision it was made of either.
    """
    mine, draft = history[0], history[-1]
    course = list(history)
    conflicts: list[Conflict] = []
    for edit in edits:
        own = applied(mine, edit)
        place = carried(edit, course)
        if place is not None and _untouched(edit, mine, place, draft):
            draft = applied(draft, replace(edit, part=place))
        else:
            conflicts.append(_conflict(edit, mine, place, draft))
        mine, course = own, [own, draft]
    return Merged(draft, tuple(conflicts))


def carried(edit: Edit, course: Sequence[Draft]) -> str | None:
    """Return what the part of an edit is called after some revisions; None where it is gone."""
    name: str | None = edit.part
    follow = _place if edit.act == "insert" else followed
    for old, new in itertools.pairwise(course):
        if name is None:
            return None
        name = follow(name, old, new)
    return name


def followed(name: str, old: Draft, new: Draft) -> str | None:
    """Return what a part of one draft is called in another; None where it is gone."""
    part = Part.parse(name)
    group = _group(part.group if part.index >= 0 else name, old, new)
    if group is None:
        return None
    if part.index < 0:
        return group
    place = aligned(_texts(old, part.group), _texts(new, group))[part.index]
    return None if place is None else f"{group}.{place}"


def _group(name: str, old: Draft, new: Draft) -> str | None:
    """Follow the section that a heading or list of paragraphs belongs to."""
    match = re.fullmatch(r"sections\.(\d+)(\..+)", name)
    if match is None:
        return name
    place = aligned(_texts(old, "sections"), _texts(new, "sections"))[int(match[1])]
    return None if place is None else f"sections.{place}{match[2]}"


def _place(name: str, old: Draft, new: Draft) -> str | None:
    """Follow a place between items: it stays behind the item before it."""
    part = Part.parse(name)
    group = _group(part.group, old, new)
    if group is None:
        return None
    places = aligned(_texts(old, part.group), _texts(new, group))
    before = [place for place in places[: part.index] if place is not None]
    after = [place for place in places[part.index :] if place is not None]
    if before:
        return f"{group}.{before[-1] + 1}"
    return f"{group}.{after[0] if after else len(items_of(new, group))}"


def _texts(draft: Draft, group: str) -> list[str]:
    return [told(item) for item in items_of(draft, group)]


def aligned(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """Return for each item of a list its place in a later one; None where it is gone.

    Equal items belong together, wherever they stand; of the rest, those most alike do, and
    where one was changed between the same neighbours it is the same one however it reads.
    """
    found: list[int | None] = [None] * len(old)
    free = list(range(len(new)))
    for at, text in enumerate(old):  # of several equal ones, the one that stayed where it was
        if at < len(new) and new[at] == text:
            found[at] = at
            free.remove(at)
    for at, text in enumerate(old):
        same = next((place for place in free if new[place] == text), None)
        if found[at] is None and same is not None:
            found[at] = same
            free.remove(same)
    rest = [at for at, place in enumerate(found) if place is None]
    if len(old) == len(new):
        for at in [one for one in rest if one in free]:  # same place, other words
            found[at] = at
            free.remove(at)
            rest.remove(at)
    pairs = sorted(
        ((_alike(old[at], new[place]), -at, -place) for at in rest for place in free),
        reverse=True,
    )
    for likeness, at, place in pairs:
        if likeness >= _LEAST_ALIKE and found[-at] is None and -place in free:
            found[-at] = -place
            free.remove(-place)
    return found


def _alike(first: str, second: str) -> float:
    return difflib.SequenceMatcher(None, first.split(), second.split(), autojunk=False).ratio()


def _untouched(edit: Edit, mine: Draft, place: str, draft: Draft) -> bool:
    """Tell whether nobody else changed what an edit is about; moving is no change of words."""
    if edit.act == "insert":
        return True
    if edit.act in {"up", "down"}:
        return _side_by_side(edit, mine, place, draft)
    there = get(draft, place)
    return there in {get(mine, edit.part), " ".join(edit.text.split())}


def _side_by_side(edit: Edit, mine: Draft, place: str, draft: Draft) -> bool:
    """Tell whether what is to be exchanged still stands beside it."""
    part, there = Part.parse(edit.part), Part.parse(place)
    beside = part.index + (-1 if edit.act == "up" else 1)
    if not 0 <= beside < len(items_of(mine, part.group)):
        return True
    found = followed(f"{part.group}.{beside}", mine, draft)
    return found == f"{there.group}.{there.index + beside - part.index}"


def _conflict(edit: Edit, mine: Draft, place: str | None, draft: Draft) -> Conflict:
    base = "" if edit.act == "insert" else get(mine, edit.part)
    theirs = "" if place is None or edit.act == "insert" else get(draft, place)
    typed = edit.text if edit.act in {"put", "insert", "choose"} else base
    return Conflict(edit.part, place or "", base, theirs, typed)


# -- undo ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trail:
    """Where undo and redo lead.

    Parameters
    ----------
    back, forth : int or None
        Number of the revision whose words would be taken again; None where there is none.
    """

    back: int | None
    forth: int | None

    @classmethod
    def of(cls, latest: int, steps: dict[int, str]) -> "Trail":
        """Read it from what was done.

        Parameters
        ----------
        latest : int
            Number of the latest revision; they count from 1.
        steps : dict of int to str
            Which of them an undo (``"undone"``) or redo (``"redone"``) made.
        """
        past: list[int] = []
        ahead: list[int] = []
        for number in range(1, latest + 1):
            step = steps.get(number, "")
            if step == "undone" and len(past) > 1:
                ahead.append(past.pop())
            elif step == "redone" and ahead:
                past.append(ahead.pop())
            else:
                past.append(number)
                ahead.clear()
        return cls(past[-2] if len(past) > 1 else None, ahead[-1] if ahead else None)
