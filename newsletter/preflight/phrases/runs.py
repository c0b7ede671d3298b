"""Runs: how many sessions, weeks or months in a row prose says something went one way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.preflight.figures.wording import spelled
from newsletter.preflight.phrases import run_words as words
from newsletter.preflight.phrases.whom import singles
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_NAMED = {"both": 2, "several": 0, "twice": 2, "thrice": 3}


@dataclass(frozen=True, slots=True)
class Run:
    """One claim of a run.

    Parameters
    ----------
    start, end : int
        Where its count stands.
    count : int
        How many in a row; 0 where no number is said.
    unit : str
        ``sessions``, ``weeks`` or ``months``.
    way : str
        ``up``, ``down``, ``ahead``, ``behind``; empty where nothing says.
    word : tuple of int
        Where the word stands that says which way.
    least : bool
        Whether more would agree as well.
    over : bool
        Whether it is said to have ended.
    """

    start: int
    end: int
    count: int
    unit: str
    way: str
    word: tuple[int, int]
    least: bool = False
    over: bool = False


def runs(sentence: Sentence) -> Iterator[Run]:
    """Yield every claim of a run in a sentence, none within another."""
    taken: list[tuple[int, int]] = []
    for name, form in words.FORMS:
        for match in sentence.find(form):
            if any(match.start() < high and match.end() > low for low, high in taken):
                continue
            one = _run(sentence, name, match)
            if one is not None:
                taken.append((one.start, one.end))
                yield one


def _run(sentence: Sentence, name: str, match: re.Match[str]) -> Run | None:
    said = match.groupdict()
    before = sentence.text[max(sentence.start, match.start() - 48) : match.start()]
    count = _count(said)
    if count is None or (
        name == "row"
        and words.NOT_RUN.search(before)
        and said.get("order") is None
        and not said.get("n")
    ):
        return None
    way, word = _way(sentence, match)
    if not way and name in {"for", "each"}:
        return None
    low, _ = clause.bounds(sentence, match.start())
    if (
        name == "for"
        and "order" not in match.groupdict()
        and not words.PERFECT.search(sentence.text, sentence.start, match.end() + 1)
    ):
        return None
    if name == "for" and re.search(
        r"\baverage|\bline\b", sentence.text[low : match.end() + 30], words.CASE
    ):
        return None
    if re.match(
        r"\w+ (?:rising|winning|falling|losing|up|down|positive|negative|higher|lower|green|red"
        r"|advancing|declining|profitable) ",
        match[0],
        words.CASE,
    ) and not (words.STRUNG.search(before)):
        return None  # "two losing days" in a year are no run
    least = name == "each" or name == "bare" or words.LEAST.search(before) is not None
    return Run(
        match.start(), match.end(), count, _unit(sentence, match), way, word, least,
        words.SNAPPED.search(before) is not None,
    )  # fmt: skip


def _count(said: dict[str, str | None]) -> int | None:
    """Return how many: 0 where none is said, -1 for a record, None where it is no number."""
    if said.get("most"):
        return -1
    if said.get("hat"):
        return 3
    if said.get("twin"):
        return 2
    number = (said.get("n") or "").lower()
    order = (said.get("order") or "").lower()
    if not number and not order:
        return 0
    number = number.removesuffix(" times")
    if number in _NAMED:
        return _NAMED[number]
    if number in words.ORDERS or order in words.ORDERS:
        return words.ORDERS.index(number or order)
    digits = re.match(r"\d+", number or order)
    if digits:
        return int(digits[0])
    value = spelled(number)
    return None if value is None else int(value)


def _unit(sentence: Sentence, match: re.Match[str]) -> str:
    said = f"{match.groupdict().get('unit') or ''} {match.groupdict().get('pace') or ''}".lower()
    if not said.strip():
        low, high = clause.bounds(sentence, match.start())
        ended = words.MONTHLY.search(sentence.text, low, high)
        if ended:
            return f"{ended['unit'].lower()}s"
        said = sentence.text[max(sentence.start, match.start() - 24) : match.end() + 24].lower()
        said = " ".join(re.findall(r"weekly|monthly|weeks?|months?(?! ago)", match[0].lower())) or (
            " ".join(re.findall(r"\b(?:weekly|monthly)\b", said))
        )
    return "weeks" if "week" in said else "months" if "month" in said else "sessions"


def _way(sentence: Sentence, match: re.Match[str]) -> tuple[str, tuple[int, int]]:
    """Return which way the run goes: by its own words, else by the verb nearest to it."""
    groups, text = match.groupdict(), sentence.text
    own = words.WAY.search(match[0])
    for way in ("up", "down"):
        if groups.get(way):
            rival = words.OVER.match(text, match.end())
            if rival and _won(match[0], text, rival):
                return ("ahead" if way == "up" else "behind"), rival.span("over")
            return way, (match.start(), match.end())
    if own is not None and match[0][own.start() : own.end()].lower() in {
        "gains",
        "losses",
        "rises",
        "falls",
    }:
        return str(own.lastgroup), (match.start(), match.end())
    low, high = clause.bounds(sentence, match.start())
    for first, last in ((low, high), (sentence.start, sentence.end)):
        found = []
        for word in words.WAY.finditer(text, first, last):
            inside = match.start() <= word.start() < match.end()
            figure = word.lastgroup in {"up", "down"} and words.BY_FIGURE.match(
                text[word.end() : word.end() + 12]
            )
            if inside or figure:
                continue
            behind = word.start() >= match.end()
            far = word.start() - match.end() if behind else match.start() - word.end()
            found.append((far, word))
        if found:
            word = min(found, key=lambda pair: pair[0])[1]
            return _turned(text, word), word.span()
    return "", match.span()


def _won(said: str, text: str, rival: re.Match[str]) -> bool:
    """Tell wins over somebody from gains over a stretch of time."""
    if words.WON.search(said) is None:
        return False
    return rival["over"].lower() != "over" or words.STRETCH.match(text, rival.end()) is None


def _turned(text: str, word: re.Match[str]) -> str:
    """Turn the passive round: ``been beaten by`` is behind."""
    way = str(word.lastgroup)
    if way not in {"ahead", "behind"}:
        return way
    passive = words.PASSIVE.search(text, max(0, word.start() - 24), word.start())
    if passive and re.match(r" (?:\w+ ){0,2}?by\b", text[word.end() :]):
        return "behind" if way == "ahead" else "ahead"
    return way


def sides(sentence: Sentence, run: Run) -> tuple[list[Mention], list[Mention]]:
    """Return who runs and whom they run against: mentions before and behind the word."""
    named = [
        m for m in singles(sentence)
        if not re.search(r"\bof (?:the )?$", sentence.text[max(0, m.start - 8) : m.start]) or True
    ]  # fmt: skip
    before = [m for m in named if m.end <= run.word[0]]
    after = [m for m in named if m.start >= run.word[1]]
    return before, after
