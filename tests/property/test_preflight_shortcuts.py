"""A shortcut finds what the long way finds: cells read at once, and figures looked up by size."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.preflight.figures import numbers
from newsletter.preflight.proof import prove
from newsletter.preflight.prover import Prover
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_NAMES = ("IWM", "SPY", "QQQ", "Small caps", "Technology", "The S&P 500", "Health care", "The VIX")
_PERIODS = ("on the day", "this year", "over a month", "over five sessions", "with dividends", "")
_UNITS = ("%", " points", "", " basis points")


@given(
    arrow=st.sampled_from(["", "▲ ", "▼ "]),
    sign=st.sampled_from(["", "+", "−"]),
    whole=st.integers(0, 999),
    decimals=st.from_regex(r"(?:\.\d{1,2})?", fullmatch=True),
    star=st.sampled_from(["", "*"]),
)
def test_a_cell_that_is_a_percentage_is_read_as_any_text(
    arrow: str, sign: str, whole: int, decimals: str, star: str
) -> None:
    text = f"{arrow}{sign}{whole}{decimals}%{star}"
    cells = numbers._CELL
    try:
        numbers._CELL = re.compile("(?!)")
        slowly = numbers._search(text)
    finally:
        numbers._CELL = cells
    assert numbers._search(text) == slowly
    assert len(slowly) == 1


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(_NAMES),
    also=st.sampled_from(["", " and IWM both", ", like QQQ,"]),
    verb=st.sampled_from(["gained", "lost", "made", "stands at", "is ahead of SPY by"]),
    value=st.decimals(0, 60, places=1).map(str)
    | st.sampled_from([fact.display.lstrip("+−") for fact in LEDGER if "%" in fact.display]),
    unit=st.sampled_from(_UNITS),
    period=st.sampled_from(_PERIODS),
)
def test_a_figure_found_by_its_size_is_proved_as_if_all_had_been_tried(
    name: str, also: str, verb: str, value: str, unit: str, period: str
) -> None:
    text = f"{name}{also} {verb} {value.rstrip('%')}{unit} {period}.".replace(" .", ".")

    def claims() -> list[tuple[object, ...]]:
        block = Document.of_text(text).blocks[0]
        settled = Prover(LEDGER, {}).settle(block, numbers.find(block.text))
        return [(one.kind, one.judged) for one in settled]

    quickly, plain = claims(), prove._plain
    try:
        prove._plain = lambda figure: False
        assert claims() == quickly
    finally:
        prove._plain = plain


@pytest.mark.parametrize("mark", ["[Chart]", "[chart]", "[Image]", "[Figure]"])
def test_what_stands_for_a_picture_in_plain_text_is_read_as_in_html(mark: str) -> None:
    text = f"{mark} The week:\nwho led\n  IWM gained 4.2%.\n  SPY lost 1%.\n\n  With dividends."
    page = (
        '<h3>The week: who led</h3><img alt="IWM gained 4.2%. SPY lost 1%."><p>With dividends.</p>'
    )
    plain, html = (
        [(b.kind, b.text, b.context.heading) for b in document.blocks]
        for document in (Document.of_text(text), Document.of_html(page))
    )
    assert plain[:2] == html[:2]
    assert [kind for kind, *_ in plain] == [Kind.HEADING, Kind.ALT, Kind.PARAGRAPH]


@pytest.mark.parametrize("text", ["[Chart] Alone", "[Chart]", "[Chart] a\n[Chart] b\n  c"])
def test_a_picture_without_text_loses_nothing(text: str) -> None:
    found = " ".join(block.text for block in Document.of_text(text).blocks)
    letters = re.sub(r"\W", "", text.replace("[Chart] ", "", 1) if " " in text else text)
    assert re.sub(r"\W", "", found) == letters
