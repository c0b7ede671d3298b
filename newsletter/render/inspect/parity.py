"""Whether the text part and the HTML part say the same."""

import re
from collections import Counter
from dataclasses import dataclass

from newsletter.render.inspect.document import MOST_CHARACTERS, Document
from newsletter.render.inspect.numbers import numbers_of
from newsletter.render.inspect.reading import Block, blocks
from newsletter.render.inspect.remark import Remark

FENCE = "~~~"
MOST_SENTENCES = 2_000
_LINK = re.compile(r"\b(?:https?://|mailto:)\S+")
_RULE = re.compile(r"^[ \t]*[-=~_]{3,}[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*(?:\[[A-Z][a-z]+\]|[*•·]|\d+\.)[ \t]+", re.MULTILINE)
_END = re.compile(r"(?<=[.!?:])[\"”’)]*\s+")
_MINUS = re.compile(r"[-–‒](?=[$€£]?\d)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Parity:
    """Result of the check; counts are signed from the HTML's side.

    Parameters
    ----------
    equal : bool
        Whether the sets of numbers outside the furniture are equal.
    only_html, only_text : tuple of str
        Numbers in one part only.
    counts : dict of str to tuple of int
        How often the HTML and the text print a number, where that differs.
    html_sentences, text_sentences : tuple of str
        Sentences in one part only.
    """

    equal: bool
    only_html: tuple[str, ...]
    only_text: tuple[str, ...]
    counts: dict[str, tuple[int, int]]
    html_sentences: tuple[str, ...]
    text_sentences: tuple[str, ...]


def check(document: Document, text: str) -> tuple[Parity, tuple[Remark, ...]]:
    """Compare the parts.

    Parameters
    ----------
    document : Document
        The HTML part. What is hidden and what stands in ``data-furniture="1"`` is left
        out; a picture reads as its alternative text.
    text : str
        The text part. What stands before the first and after the last line ``~~~`` is
        left out.

    Returns
    -------
    Parity, tuple of Remark
        A number in one part only is an error, a sentence a warning. Rows of a table may
        stand in another layout.
    """
    text = text[:MOST_CHARACTERS]
    shown = [block for block in blocks(document) if not block.hidden]
    body = [block for block in shown if not block.furniture]
    inner, outer = fenced(text)
    html, plain = _numbers(body), numbers_of(inner)
    result = Parity(
        equal=set(html) == set(plain),
        only_html=tuple(sorted(set(html) - set(plain))),
        only_text=tuple(sorted(set(plain) - set(html))),
        counts={n: (html[n], plain[n]) for n in sorted(html | plain) if html[n] != plain[n]},
        html_sentences=_missing([s for block in body for s in _sentences(block.text)], inner),
        text_sentences=_text_only(inner, body),
    )
    furniture = [block for block in shown if block.furniture]
    lost = set(_numbers(furniture)) ^ set(numbers_of(outer))
    return result, (*_remarks(result), *_furniture(lost))


def fenced(text: str) -> tuple[str, str]:
    r"""Divide a text part at its fences into what was written and the furniture around it.

    Examples
    --------
    >>> fenced("a\n~~~\nb\n~~~\nc")
    ('b', 'a\nc')
    """
    lines = text.splitlines()
    fences = [place for place, line in enumerate(lines) if line.strip() == FENCE]
    if not fences:
        return text, ""
    first, last = fences[0], fences[-1]
    end = last if last > first else len(lines)
    return "\n".join(lines[first + 1 : end]), "\n".join([*lines[:first], *lines[end + 1 :]])


def _numbers(read: list[Block]) -> "Counter[str]":
    counted: Counter[str] = Counter()
    for block in read:
        counted.update(numbers_of(block.text))
    return counted


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _END.split(_LINK.sub(" ", text)) if part.strip()]


def _key(text: str) -> str:
    """Return letters, figures and signs alone: line ends and quotes are no difference."""
    return re.sub(r"[^\w−%+]", "", _MINUS.sub("−", text).casefold())


def _missing(sentences: list[str], other: str) -> tuple[str, ...]:
    hay = _key(_LABEL.sub("", _RULE.sub("", _LINK.sub(" ", other))))
    distinct = list(dict.fromkeys(sentences))[:MOST_SENTENCES]
    return tuple(one for one in distinct if _key(one) not in hay)


def _text_only(inner: str, body: list[Block]) -> tuple[str, ...]:
    bare = _LABEL.sub("\n\n", _RULE.sub("\n\n", inner))
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n[ \t]*\n", bare)]
    missing = _missing(
        [s for paragraph in paragraphs for s in _sentences(paragraph)],
        "\n".join(block.text for block in body),
    )
    cells = {word for block in body if block.cell for word in _WORD.findall(block.text.casefold())}
    return tuple(one for one in missing if not set(_WORD.findall(one.casefold())) <= cells)


def _remarks(result: Parity) -> list[Remark]:
    found = [
        Remark("parity", "error", f"The number {number} stands only in the {part} part.", number)
        for part, numbers in (("HTML", result.only_html), ("text", result.only_text))
        for number in numbers
    ]
    found += [
        Remark("parity", "warning", f"This sentence stands only in the {part} part.", sentence)
        for part, sentences in (("HTML", result.html_sentences), ("text", result.text_sentences))
        for sentence in sentences
    ]
    return found


def _furniture(lost: set[str]) -> list[Remark]:
    return [
        Remark("parity", "warning", f"The number {number} stands in one part's furniture only.",
               number)
        for number in sorted(lost)
    ]  # fmt: skip
