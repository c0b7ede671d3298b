"""Counted: where a sentence says of how many of a group something is true, and who is excepted.

What a reader takes from "all sectors but one rose, the exception being energy": the
quantifier, the group, the predicate, and the names that are in or out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from newsletter.patterns import compiled
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import predicates, quantifiers
from newsletter.preflight.phrases.groups import (
    MEMBERS,
    NOUN,
    STRANGERS,
    Group,
    by_size,
    groups,
    last_named,
    named,
)
from newsletter.preflight.phrases.predicates import Predicate
from newsletter.preflight.phrases.quantifiers import NUMBER, WORDS, Quantity
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_PHRASE = quick(
    rf"(?<!S&P )(?<!Nasdaq )(?<![\w.,$-])(?:{WORDS})(?: (?:the|its|our|these|those|this"
    rf"|all)\b)?(?: (?P<size>{NUMBER})\b(?! (?:percent|point)))?(?: (?:[a-z]+(?:est|ed"
    rf"|ing) )?(?:(?:{NOUN})(?![\w-])|(?P<them>them|those|these)\b))?(?: in (?:every "
    rf"|each )?(?P<rate>{NUMBER})\b)?(?: (?:but|bar|save"
    rf"|except(?: for)?) (?P<less>{NUMBER})\b(?! (?:of the )?\w+ (?:fund|stock)))?",
    re.IGNORECASE,
)
_FLOATED = quick(
    rf"\b(?:{NOUN})(?![\w-])(?:,? (?:have|had|were|are|did|has|was|do|all told))?"
    r" (?P<float>all|each|both|every one|without exception|across the board)\b",
    re.IGNORECASE,
)
_FLOATS = compiled(
    r"\b(?:all|each|both|every one|without exception|across the board)\b", re.IGNORECASE
)
_TAIL = compiled(
    rf"(?:,? (?:but|bar|save|except(?: for)?|with) (?P<less>{NUMBER}|one exception"
    rf"|two exceptions)\b"
    rf"(?: of the {NUMBER})?| \([^()]{{1,60}}\)|,? (?:on the list|we (?:track|follow|watch)|in it"
    r"|in the (?:sample|index|market|group|table|S&P 500)|of the (?:index|market|S&P 500)))",
    re.IGNORECASE,
)
_ASIDE = compiled(r"(?:,|\s[–—-])\s?[^,;:.!?–—]{2,70}(?:,|\s?[–—-])")
_STOP = compiled(
    r"[;:?!]|\.(?=\s|$)|\b(?:while|but(?! for)|whereas|though|although|because|when|if|than|as)\b"
    r"|\s[–—-]\s|—|, (?:and|with|led)\b",
    re.IGNORECASE,
)
_BUT = quick(
    r",?(?: ?[–—])? ?(?:but|bar(?:ring)?|save(?: for| only)?|except(?:ing)?(?: for)?|other than"
    r"|apart from|aside from|outside(?: of)?|excluding|besides|with the (?:sole |single |lone )?"
    r"exception of) (?:the )?",
    re.IGNORECASE,
)
_DECIMAL = compiled(r"%|[.,]\d")
_THE = compiled(r"\bthe $", re.IGNORECASE)
_NOR = compiled(r"\bnor\b", re.IGNORECASE)
_PAIR = 2
_YEARS = (1900, 2100)
_RANGE = compiled(
    r"\b(?:between|from)\b[^.;:,]{1,30}\b(?:and|to) $|\d(?: to |[-–])$", re.IGNORECASE
)
_RATED = compiled(r" (?:for|to|against) (?:each|every|one)\b", re.IGNORECASE)
_AMONG = compiled(r"\b(?:of|among|amongst|in|across) (?:all )?(?:the )?$", re.IGNORECASE)
_FRAME = compiled(r"(?:^|[.;:,–—] ?|\b(?:and|but) )(?:of|out of) (?:all )?the $", re.IGNORECASE)
_OF_THOSE = compiled(
    rf",? (?:(?:today|tonight|so far|only|just|some|all but) )*(?:{NUMBER})\b(?!\.\d|%)",
    re.IGNORECASE,
)
"""Behind the group that a sentence begins with: how many of it are meant."""
_RELATIVE = compiled(r"^\W*(?:that|which|who|whose|where)\b", re.IGNORECASE)
_OUT_BEFORE = quick(
    r"\b(?:except(?:ing|ed)?(?: for)?|bar(?:ring)?|save(?: for| only)?|but(?: for| not)?|other than"
    r"|excluding|outside(?: of)?|(?:with the )?(?:sole |single |lone |only |one "
    r"|notable )*exceptions?"
    r"(?: (?:of|was|were|is|are|being|came from))?:?|apart from|aside from|besides|beyond"
    r"|though not|and not|not counting)\s(?:the )?$",
    re.IGNORECASE,
)
_OUT_AFTER = compiled(
    r"^,? (?:apart|aside|excepted|excluded|notwithstanding|(?:was|is|being|were|are) the "
    r"(?:sole |lone |only |single |one |notable )*exceptions?|the (?:sole |lone "
    r"|only )?exceptions?)\b",
    re.IGNORECASE,
)
_IN_AFTER = compiled(r"^,? (?:included|among them|amongst them)\b", re.IGNORECASE)
_LIKE_MOST = compiled(
    r",? (?:like|along with|together with|as with|in line with|in common with) (?:almost "
    r"|nearly |so "
    r"|very )?(?:most|every|all|many|each|half|the (?:other|rest))\b",
    re.IGNORECASE,
)
"""``Energy, like most sectors, has not``: who is named is one of them."""
_IN_BEFORE = compiled(
    r"\b(?:including|among them|notably|such as|led by|even)[,:]? (?:the )?$", re.IGNORECASE
)
_LIST = compiled(
    r"^(?: (?:today|tonight|so far|yet|now|(?:on|for|over|in|this|since)\b[^,;:.()–—]{0,40}))?"
    r"\s?(?:[,:(]|[–—-])\s?(?:namely |they are |those (?:of|being) |the )?$",
    re.IGNORECASE,
)
_LISTED = compiled(r"^\s?(?:[.;)!?–—]|$|, (?:while|and|but|with)|\)| (?:while|but))")
_INVERTED = quick(
    r"\b(?:(?P<up>gains|rises|advances|increases|green(?: ink| numbers| figures)?|profits"
    r"|plus signs)|(?P<down>losses|declines|falls|drops|red(?: ink| numbers| figures)?"
    r"|minus signs))(?: (?:were|was|came|are|is))?(?: (?:recorded|posted|registered|made|booked"
    r"|seen|shared|logged|taken|suffered|reported|left))?(?: today| tonight)?,? (?:by|for|in"
    r"|across|among|from|at|next to|beside|on)(?: just| only| the)? $|\b(?P<up2>up|higher) (?:went"
    r"|go|goes|were|are|finished|ended)(?: today| tonight)? $|\b(?P<down2>down|lower) (?:went|go"
    r"|goes|were|are|finished|ended)(?: today| tonight)? $|\bin the (?:(?P<up4>green|black|plus)"
    r"|(?P<down4>red|minus))(?:[^.;:,]|\.\d){0,30}: $|\b(?P<up3>rising|advancing|up|gaining|higher"
    r"|winners): $|\b(?P<down3>falling|declining|down|losing|lower|losers): $",
    re.IGNORECASE,
)


_DID_NOT = compiled(
    r"(?: of them)? (?:(?:did|do|have|has|had|were|was)(?P<no> not|n't)?|(?P<none>not))(?:"
    r" so)?(?=\s*(?:[.,;:!)–—]|$)| (?:and|while|but)\b)",
    re.IGNORECASE,
)
"""What takes the predicate over from the count before: ``eight rose and three did not``."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A claim that something holds of so many of a group.

    Parameters
    ----------
    start, end : int
        From the quantifier to the last word that belongs to it.
    quantity : Quantity
        How many.
    group : Group
        Of whom.
    predicate : Predicate
        What.
    out, within : frozenset of str
        Cells said to be excepted, and said to be among those meant.
    listed : frozenset of str
        Cells that are said to be all of them.
    less : int
        How many are excepted without a name.
    flipped : bool
        Whether the whole is denied (``nor did every sector rise``).
    size : int
        How many the group is said to have in all, 0 where it is not.
    """

    start: int
    end: int
    quantity: Quantity
    group: Group
    predicate: Predicate
    out: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    less: int = 0
    flipped: bool = False
    size: int = 0


def counted(sentence: Sentence, world: World) -> Iterator[Counted]:
    """Yield every such claim of a sentence."""
    text = sentence.text
    taken, last = sentence.start, None
    for match in sentence.find(_PHRASE):
        if match["num"] and match.end("num") == match.end() and _DECIMAL.match(text, match.end()):
            continue  # "1" of 1.7%
        quantity = quantifiers.quantity(match, match["rate"])
        if quantity is None or _in_a_name(sentence, match, quantity):
            continue
        if _FRAME.search(text, sentence.start, match.start()) and _OF_THOSE.match(
            text, match.end()
        ):
            continue  # "of the eleven sectors nine rose" says it of the nine
        rest = _DID_NOT.match(text, match.end())
        if rest is not None and last is not None and quantity.kind == "count":
            no = rest["no"] is not None or rest["none"] is not None
            other = replace(last.predicate, end=rest.end(), denied=last.predicate.denied != no)
            yield Counted(match.start(), rest.end(), quantity, last.group, other)
            taken = rest.end()
            continue
        group = _whom(sentence, world, match, quantity)
        if group is None or match.start() < taken:
            continue
        found = _claim(sentence, match.start(), match.end(), quantity, group, match["less"])
        if found is not None:
            taken, last = found.predicate.end, found
            yield replace(found, size=quantifiers.value(match["size"] or "0"))
    if _FLOATS.search(text, taken, sentence.end) is None:
        return
    for match in _FLOATED.finditer(text, taken, sentence.end):
        group = groups(world)[named(match)]
        found = _claim(sentence, match.start(), match.end(), Quantity("all"), group, None)
        pair = match["float"].lower() != "both" or len(group.cells) == _PAIR
        if found is not None and group.cells and pair:
            yield found


def _in_a_name(sentence: Sentence, match: re.Match[str], quantity: Quantity) -> bool:
    """Tell a year or one end of a range, and all that floats behind a name, from a count."""
    text, start = sentence.text, match.start()
    if quantity.kind == "count" and _YEARS[0] <= quantity.number <= _YEARS[1]:
        return True
    if _RANGE.search(text, max(sentence.start, start - 40), start):
        return True
    if quantity.kind == "few" and _THE.search(text, sentence.start, start):
        return True
    if match[0].lower().startswith("neither") and _NOR.search(text, match.end(), sentence.end):
        return True
    floats = quantity.kind == "all" and not named(match) and not match["size"]
    return floats and any(0 <= start - m.end <= 6 for m in sentence.named if m.end <= start)


def _whom(
    sentence: Sentence, world: World, match: re.Match[str], quantity: Quantity
) -> Group | None:
    """Return the group a phrase counts; a bare quantifier goes back to the group before it."""
    name = named(match)
    size = quantifiers.value(match["size"] or "0") or quantity.of
    if match[0].lower().startswith("neither") and name == STRANGERS:
        return None
    if name:
        small = quantity.kind == "several"
        few = quantity.kind == "count" and quantity.number < 10
        bare = few and not (quantity.mod or quantity.of or quantity.per)
        if name == MEMBERS and (small or bare):
            return None
        return groups(world)[name]
    sized = by_size(world, size)
    vague = quantity.kind in {"count", "fraction"}
    if match["them"] or _verb_next(sentence.text, match.end()):
        reach = match.start() - sentence.start if vague and not match["them"] else 260
        before = sentence.block.text[max(0, match.start() - reach) : match.start()]
        last = last_named(before, 0, len(before))
        pair = match["all"] and match["all"].lower() == "both"
        if last and (not pair or len(groups(world)[last].cells) == _PAIR):
            return groups(world)[last]
    return sized


def _verb_next(text: str, end: int) -> bool:
    return re.match(
        r"(?: of (?:them|these|those))?(?: \([^()]{1,70}\))?,? (?:made|went|came|ended|managed"
        r"|put|took|held"
        r"|kept|stood|sat|sits?|stand|saw|got|gave|slid|sank|shed|beat|led|ran|grew|has|have|had"
        r"|is|are|was|were"
        r"|did|do|does|[a-z]+ed|rose"
        r"|fell|lost|gained|up|down|higher|lower|in the)\b",
        text[end : end + 110],
        re.IGNORECASE,
    ) is not None  # fmt: skip


def _claim(
    sentence: Sentence,
    start: int,
    end: int,
    quantity: Quantity,
    group: Group,
    less: str | None,
) -> Counted | None:
    """Put a quantifier together with its predicate, behind it or before it."""
    text = sentence.text
    while (tail := _TAIL.match(text, end)) is not None:
        less, end = less or tail["less"], tail.end()
    if text[end : end + 1] == "," and _AMONG.search(text, sentence.start, start):
        return None
    among = _AMONG.search(text, max(sentence.start, start - 16), start)
    if (
        among
        and quantity.kind == "count"
        and any(0 <= among.start() - m.end <= 1 for m in sentence.named)
    ):
        return None  # "Apple and Alphabet of the seven giants rose" says nothing of seven.
    after = _past_exception(sentence, end)
    if after == end and (aside := _ASIDE.match(text, end)) is not None:
        after = aside.end()
    predicate = _behind(sentence, after)
    if predicate is None:
        predicate = _before(sentence, start)
    if predicate is None:
        return None
    between = (end, predicate.start)
    ends = max(end, predicate.end, _object_end(sentence, predicate))
    out, within, listed = _names(sentence, group, ends, between)
    out, within = out - _objects(sentence, predicate), within - out
    last = max([end, predicate.end])
    if quantity.kind == "count" and _RATED.match(text, last):
        return None  # "three stocks rose for every one that fell" is a ratio
    denied = re.search(
        r"\b(?:nor|not|never|by no means|hardly)\b[^,;:.]{0,24}$",
        text[max(sentence.start, start - 40) : start],
        re.IGNORECASE,
    )
    fewer = {"one exception": 1, "two exceptions": 2}.get((less or "").lower())
    return Counted(
        min(start, predicate.start), last, quantity, group, predicate, out, within, listed,
        fewer or quantifiers.value(less or "0"), denied is not None,
    )  # fmt: skip


def _past_exception(sentence: Sentence, end: int) -> int:
    """Return where ``every sector but energy`` ends."""
    for index, mention in enumerate(sentence.named):
        if mention.start <= end:
            continue
        if mention.start - end < 50 and _BUT.fullmatch(sentence.text, end, mention.start):
            last = sentence.run(index, +1)[-1].end
            comma = sentence.text[last : last + 1] in {",", "—", "–"}
            return last + (1 if comma else 0)
        break
    return end


def _behind(sentence: Sentence, end: int) -> Predicate | None:
    text = sentence.text
    if _RELATIVE.match(text[end : end + 12]):
        return None
    stop = _STOP.search(text, end, min(sentence.end, end + 130))
    high = stop.start() if stop else min(sentence.end, end + 130)
    if stop is not None and stop[0].lower() == "than":
        further = re.compile(r"[,;:]").search(text, stop.end(), min(sentence.end, stop.end() + 50))
        high = further.start() if further else min(sentence.end, stop.end() + 50)
    predicate = predicates.find(sentence, end, high)
    if predicate is None:
        return None
    between = text[end : predicate.start]
    if len(re.sub(r"\([^()]*\)", "", between).split()) > 7 or re.search(r"[,:]\s*\w+.*,", between):
        return None
    return predicate


def _before(sentence: Sentence, start: int) -> Predicate | None:
    """Return a predicate that stands first: ``losses for all seven``, ``up went every sector``."""
    match = _INVERTED.search(sentence.text[max(sentence.start, start - 90) : start])
    if match is None:
        return None
    down = any(match[name] for name in ("down", "down2", "down3", "down4"))
    shift = max(sentence.start, start - 90)
    return Predicate(
        "move", shift + match.start(), shift + match.end(), -1 if down else 1, False, match
    )


def _objects(sentence: Sentence, predicate: Predicate) -> frozenset[str]:
    if predicate.kind != "compared":
        return frozenset()
    return frozenset(predicates.others(sentence, predicate))


def _object_end(sentence: Sentence, predicate: Predicate) -> int:
    """Return where those end with whom a comparison is made: ``two beat energy: Apple and …``."""
    others = _objects(sentence, predicate)
    behind = (m for m in sentence.named if m.start >= predicate.end and m.subjects & others)
    first = next(behind, None)
    return 0 if first is None else first.end


def _names(
    sentence: Sentence, group: Group, end: int, between: tuple[int, int]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the cells named as excepted, as included, and as the whole list."""
    out: set[str] = set()
    within: set[str] = set()
    listed: set[str] = set()
    cells = set(group.cells)
    index = 0
    while index < len(sentence.named):
        run = sentence.run(index, +1)
        index += len(run)
        subjects = {s for m in run for s in m.subjects if s in cells}
        if not subjects or run[0].start > end + 140 or len(subjects) != len(run):
            continue
        role = _role(sentence, run, end)
        if not role and between[0] <= run[0].start and run[-1].end <= between[1]:
            role = _apposed(sentence, run, between[0])
        target = {"out": out, "in": within, "list": listed}.get(role)
        if target is not None:
            target.update(subjects)
    return frozenset(out), frozenset(within), frozenset(listed)


def _apposed(sentence: Sentence, run: list[Mention], start: int) -> str:
    """Tell whether names stand between commas right behind who was counted.

    ``Two of the giants, Apple and Microsoft, have done worse``.
    """
    text = sentence.text
    lead, after = text[start : run[0].start].strip(), text[run[-1].end : run[-1].end + 2].strip()
    marks = {",", "—", "–", "("}
    alone = lead.removesuffix("the").strip()
    return "list" if alone in marks and after[:1] in {*marks, ")"} else ""


def _role(sentence: Sentence, run: list[Mention], end: int) -> str:
    text = sentence.text
    before = text[max(sentence.start, run[0].start - 50) : run[0].start]
    after = text[run[-1].end : run[-1].end + 50]
    out = _OUT_BEFORE.search(before)
    # A bare "but" may also begin another statement: "both fell, but copper lost less".
    if out and re.fullmatch(r"but\s(?:the )?", out[0], re.IGNORECASE) and run[0].start > end - 1:
        out = out if re.match(r"\s*(?:[.,;:)!]|$)", after) else None
    if out or _OUT_AFTER.match(after):
        return "out"
    if _LIKE_MOST.match(after) or _IN_AFTER.match(after) or _IN_BEFORE.search(before):
        return "in"
    if run[0].start >= end and _LIST.match(text[end : run[0].start]) and _LISTED.match(after):
        return "list"
    return ""
