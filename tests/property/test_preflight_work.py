"""Whatever is written, the work is in proportion: bounded, linear, and what is not read blocks."""

import importlib
import pkgutil
import re
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length
from preflight_support import BRIEFING, LEDGER

from newsletter import preflight
from newsletter.preflight import prover
from newsletter.preflight.check import check
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text import limits
from newsletter.preflight.text.document import Document
from newsletter.preflight.who.subjects import Subjects

READERS = [Document.of_html, Document.of_text, Document.of_markdown]
UNITS = [
    "1", "1 ", "1.5% ", "1,", "(", "[", "](", "{{", "and ", "\"'", "-—–", ", ", "a, ", ": ", "; ",
    "twenty-one ", "half a quarter of ", "small caps rose ", "Walmart fell airlines rose ", "$",
    "since early May ", "a\u00ad", "\uff12\uff15\uff05", "\u202e1%", "\U0001d7d9", "a\u0301", " ",
    "a. ", "Aa", "Aa ", "A b. ", "IWM, ", "did not rise ", "the highest since ", "if it rises ",
    "SPY beat IWM, which beat ", "sixth straight weekly loss ", "|1%", "|1%|\n", "# IWM rose\n\n",
    "<div>", "<td>1%", "<table>", "<a b='", "&#", "*", "_", "`", "~~~\n", "\n", "\n\n", "> ",
]  # fmt: skip
"""What a hostile text repeats."""


def _rules(text: str, read=Document.of_text) -> list[str]:
    return [finding.rule for finding in check(read(text), LEDGER).findings]


@pytest.mark.parametrize(
    "text",
    [
        "Small caps rose and " * 200,
        "A" * (limits.LONGEST_WORD + 1),
        "IWM fell. " * (limits.LONGEST_BLOCK // 10 + 1),
        "IWM fell.\n\n" * (limits.MOST_SENTENCES + 1),
        "## IWM\n\n" * (limits.MOST_BLOCKS + 1),
        "It was as we said it would be, all in all.\n\n" * (limits.MOST_TEXT // 40),
        "|" + "1%|" * 300 + "\n|" + "1%|" * 300,
        "|IWM|1%|\n" * 5000,
        "IWM, SPY, " * (prover.MOST_NAMED // 2 + 1) + "all fell.",
        "It rose " + "1%, " * (prover.MOST_FIGURES + 1) + "and fell.",
    ],
)
def test_what_is_beyond_measure_is_not_read_and_blocks(text: str) -> None:
    report = check(Document.of_text(text), LEDGER)
    assert "N03" in {finding.rule for finding in report.findings}
    assert report.blocked


def test_what_stands_beside_a_flood_is_still_proved() -> None:
    flood = "Small caps rose and " * 200
    report = check(Document.of_text(f"IWM fell 0.6% today.\n\n{flood}\n\nIWM rose 7%."), LEDGER)
    assert [(c.text, c.verdict.value) for c in report.claims] == [
        ("0.6%", "proved"),
        ("7%", "contradicted"),
    ]


def test_a_long_text_is_read_up_to_its_limit() -> None:
    filler = "Nothing is said here, and nothing is meant by it either.\n\n"
    text = "IWM rose 7%.\n\n" + filler * (limits.MOST_TEXT // 50) + "IWM rose 8%."
    report = check(Document.of_text(text), LEDGER)
    assert [claim.text for claim in report.claims] == ["7%"]
    (unread,) = [f for f in report.findings if f.rule == "N03"]
    assert text[unread.span.start : unread.span.end].endswith("IWM rose 8%.")


def test_an_edition_is_within_all_limits() -> None:
    document = Document.of_markdown(BRIEFING)
    assert limits.within(document) == (document, [])


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=length(20, 600), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 400)), min_size=1, max_size=4),
    st.sampled_from(["", "IWM rose 77%.", "IWM rose 77%.\n\n"]),
)
def test_hostile_alphabets_are_answered(read, units: list[tuple[str, int]], claim: str) -> None:
    text = claim + "".join(unit * count for unit, count in units)
    document = read(text)
    report = check(document, LEDGER)
    for one in (*report.claims, *report.findings):
        assert 0 <= one.span.start <= one.span.end <= len(document.text)
    if claim.endswith("\n") and read is Document.of_text:
        assert report.blocked


@pytest.mark.parametrize(
    ("unit", "read"),
    [
        # Each unit through one of the readers; the drills put each through all of them.
        pytest.param(unit, read, marks=() if (row + column) % 3 == 0 else pytest.mark.drill)
        for row, unit in enumerate(UNITS)
        for column, read in enumerate(READERS)
    ],
)
def test_a_megabyte_of_one_thing_is_answered(read, unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    work = _work(read(text))
    assert work["characters"] <= 4 * limits.MOST_TEXT


def _work(document: Document) -> dict[str, int]:
    """Count how often words around a place are read, and characters looked through for names."""
    count = {"readings": 0, "characters": 0}
    reading, mentions = Sentence.reading, Subjects._mentions

    def read(self, figure):
        count["readings"] += 1
        return reading(self, figure)

    def named(self, text):
        count["characters"] += len(text)
        return mentions(self, text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sentence, "reading", read)
        patch.setattr(Subjects, "_mentions", named)
        check(document, LEDGER)
    return count


def _text(paragraphs: int, start: int) -> str:
    return "\n\n".join(
        f"Small caps rose {n / 100:.2f}% this week, and number {n} of them fell. SPY beat IWM."
        for n in range(start, start + paragraphs)
    )


def test_work_grows_as_the_text_does() -> None:
    small, large = (_work(Document.of_text(_text(n, 10_000 * n))) for n in (20, 160))
    for name, count in small.items():
        assert 0 < large[name] <= 8.5 * count


def test_work_ends_where_reading_ends() -> None:
    most = _work(Document.of_text(_text(4_000, 500_000)))
    assert most["characters"] <= 1.5 * limits.MOST_TEXT
    assert most["readings"] <= 4 * limits.MOST_SENTENCES


def test_work_in_one_sentence_is_bounded() -> None:
    for unit in ("small caps rose ", "Walmart fell ", "1% ", "the highest since "):
        text = "\n\n".join(f"Then {n} {unit * (1_900 // len(unit))}." for n in range(20))
        assert _work(Document.of_text(text))["readings"] <= 20 * 300


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return every pattern made quick, with the same one as it was written."""
    told = re.compile(r"(?:\\b)?\(\?=\[(?:\\.|[^\]\\])*\]\)\(\?:(?P<plain>.*)\)", re.DOTALL)
    found: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {}
    for module in pkgutil.walk_packages(preflight.__path__, f"{preflight.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            several = value if isinstance(value, tuple) else (value,)
            for one in (x for v in several for x in (v if isinstance(v, tuple) else (v,))):
                match = told.fullmatch(one.pattern) if isinstance(one, re.Pattern) else None
                if match:
                    plain = re.compile(match["plain"], one.flags & ~re.UNICODE)
                    found[one.pattern] = one, plain
    return tuple(found.values())


def _same(text: str) -> None:
    for fast, plain in _patterns():
        assert [m.span() for m in fast.finditer(text)] == [m.span() for m in plain.finditer(text)]


def test_quick_patterns_find_what_plain_ones_find() -> None:
    assert len(_patterns()) > 80
    _same(BRIEFING)
    _same(BRIEFING.upper())


@settings(max_examples=length(20, 600), deadline=None)
@given(
    st.lists(
        st.sampled_from([*re.findall(r"\w+|\W", BRIEFING), "ſ", "\u212a", "İ", "ı", "ß"]),
        max_size=60,
    ).map("".join)
)
def test_quick_patterns_find_the_same_in_any_text(text: str) -> None:
    _same(text)


@pytest.mark.parametrize(
    ("pattern", "start"),
    [
        (r"\b(?:rose|fell)\b", r"\b(?=[fr])"),
        (r"(?:a|b)?c", "(?=[abc])"),
        (r"[^a]b", ""),
        (r"a*", ""),
        (r"(?<=x)[\d-]+", r"(?=[\-\d])"),
        (r".x", ""),
    ],
)
def test_quick_looks_at_the_first_character(pattern: str, start: str) -> None:
    assert quick(pattern).pattern == (f"{start}(?:{pattern})" if start else pattern)
