"""Whatever the text, reading it is safe, bounded and keeps every character's place."""

import time
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.preflight.check import check
from newsletter.preflight.proof.prove import same
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

READERS = [Document.of_html, Document.of_text, Document.of_markdown]
PIECES = st.sampled_from(
    [
        "IWM", "small caps", " rose ", " fell ", "20.9%", "−0.6%", "2\u00ad0%", "\uff12\uff10%",
        " this year", " today", ". ", ", ", "\n", "\n\n", "|", "- ", "# ", "*", "**", "~~~\n",
        "<b>", "</b>", "<p>", "<td>", "<table>", "<!--", "-->", "&#8722;", "&", "5 of 7",
        "2 July 2026", "five points", "{{", "\u202e", "\u0430", "$", "3.", "Since 2000", "  ",
        "half a ", "quarter of a point", "between ", " and ", "nine in ten", "Walmart ",
        "airlines ",
        "twice as much as ", "the latter ", "since mid-", "May ", "the sixth of ", " in a row",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_claims_are_the_text_at_their_span(read, text: str) -> None:
    document = read(text)
    report = check(document, LEDGER)
    last = -1
    for claim in report.claims:
        assert 0 <= claim.span.start < claim.span.end <= len(document.text)
        assert document.text[claim.span.start : claim.span.end] == claim.text
        assert claim.span.start >= last
        last = claim.span.start
    for finding in report.findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(document.text)


@given(st.text(max_size=400))
def test_folding_keeps_offsets_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.offsets)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert all(0 <= offset < len(text) for offset in folded.offsets)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(
    st.decimals(-999, 999, places=6),
    st.integers(0, 3),
    st.sampled_from([-1, 1]),
)
def test_only_the_printed_precision_counts(value, places: int, step: int) -> None:
    printed = round(value, places)
    unit = type(value)(1).scaleb(-places)
    assert same(value, printed, places)
    assert not same(value, printed + 2 * step * unit, places)


HOSTILE = {
    "digits": "1" * 1_000_000,
    "many digits": "1 " * 500_000,
    "angles": "<" * 1_000_000,
    "open tags": "<a " * 333_000,
    "open comments": "<!--" * 250_000,
    "nested": "<div>" * 150_000 + "IWM rose 5%" + "</p>" * 50_000,
    "spaces": " " * 1_000_000,
    "references": "&#" + "9" * 999_000 + ";",
    "quotes": "<a b='" * 160_000,
    "cells": "<table>" + "<tr><td>1%</td></tr>" * 50_000,
    "stars": "*" * 1_000_000,
    "brackets": "[" * 500_000 + "](" * 250_000,
    "words": "small caps rose " * 62_000,
    "shalls": "you should will " * 62_000,
    "invisible": "a\u00ad" * 500_000,
    "pipes": "|1%|\n" * 200_000,
}
FOR = {
    "angles": Document.of_html, "open tags": Document.of_html, "open comments": Document.of_html,
    "nested": Document.of_html, "references": Document.of_html, "quotes": Document.of_html,
    "cells": Document.of_html, "stars": Document.of_markdown, "brackets": Document.of_markdown,
    "pipes": Document.of_markdown,
}  # fmt: skip
"""Whose reader a text is made against."""


@pytest.mark.parametrize("unit", ["1.5% ", "half a point and ", "Walmart fell 3% ", "since May 2 "])
def test_a_flood_of_figures_is_answered_and_blocked(unit: str) -> None:
    assert check(Document.of_text(unit * 1500), LEDGER).blocked


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "read"),
    [
        # Each through one of the readers, tags through that of HTML; the drills, through all.
        pytest.param(name, read, marks=() if read == FOR.get(name, turn) else pytest.mark.drill)
        for name, turn in zip(HOSTILE, cycle(READERS), strict=False)
        for read in READERS
    ],
)
def test_a_megabyte_of_malice_is_read_in_bounded_time(read, name: str) -> None:
    start = time.process_time()
    check(read(HOSTILE[name]), LEDGER)
    assert time.process_time() - start < 15
