"""Reading finished text into blocks, without losing a character's place."""

from pathlib import Path

import pytest

from newsletter.preflight.text.block import Context, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

ROOT = Path(__file__).resolve().parents[2]
HTML = """
<html><head><title>News</title><style>p {content: "9%"}</style></head><body>
<div style="display:none">Inbox line</div>
<div data-furniture>Thursday <b>2 July</b></div>
<!-- not seen 5% --><!--[if mso]><xml>96</xml><p>Outlook 7%</p><![endif]-->
<table role="presentation"><tr><td><h2>The tape</h2><p>Small caps rose <b>20</b>.9%.</p>
<table><caption>Returns</caption><tr><th>Fund</th><th>Week</th></tr>
<tr><td>Small caps</td><td>&minus;0.4%</td></tr></table><p>Price change.</p>
</td></tr></table><img src="a.png" alt="A line"><img src="b.png"></body></html>
"""


def _kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


def test_html_gives_what_readers_see_in_order() -> None:
    assert _kinds(Document.of_html(HTML)) == [
        ("title", "News"),
        ("preheader", "Inbox line"),
        ("paragraph", "Thursday 2 July"),
        ("paragraph", "Outlook 7%"),
        ("heading", "The tape"),
        ("paragraph", "Small caps rose 20.9%."),
        ("caption", "Returns"),
        ("cell", "Fund"),
        ("cell", "Week"),
        ("cell", "Small caps"),
        ("cell", "−0.4%"),
        ("paragraph", "Price change."),
        ("alt", "A line"),
    ]


def test_a_cell_knows_its_row_column_caption_and_note() -> None:
    cell = next(b for b in Document.of_html(HTML).blocks if b.text == "−0.4%")
    context = cell.context
    assert (context.row, context.column, context.caption, context.note, context.heading) == (
        "Small caps", "Week", "Returns", "Price change.", "",
    )  # fmt: skip


def test_furniture_is_marked_and_pictures_without_alt_are_counted() -> None:
    document = Document.of_html(HTML)
    assert [b.text for b in document.blocks if b.furniture] == ["Thursday 2 July"]
    assert document.images_without_alt == 1


def test_html_spans_index_the_extracted_text() -> None:
    document = Document.of_html(HTML)
    for block in document.blocks:
        assert document.text[block.span.start : block.span.end] == block.text


def test_markdown_spans_index_the_file() -> None:
    source = "# A *big* day\n\n- **Small caps** rose [20.9%](https://x.test/5%)\n  this year\n"
    document = Document.of_markdown(source)
    assert _kinds(document) == [
        ("heading", "A big day"),
        ("item", "Small caps rose 20.9% this year"),
    ]
    item = document.blocks[1]
    at = item.text.index("20.9%")
    span = item.folded.span(at, at + 5)
    assert source[span.start : span.end] == "20.9%"


def test_markdown_comments_are_not_seen() -> None:
    assert _kinds(Document.of_markdown("<!-- 5%\n6% -->\nText.")) == [("paragraph", "Text.")]


@pytest.mark.parametrize(
    "source",
    [
        "Fund | Week\n---|---\nIWM | −0.4%",
        "| Fund | Week |\n|---|---|\n| IWM | −0.4% |",
    ],
)
def test_markdown_tables_have_headers(source: str) -> None:
    cell = Document.of_markdown(source).blocks[-1]
    assert (cell.kind, cell.text) == (Kind.CELL, "−0.4%")
    assert (cell.context.row, cell.context.column) == ("IWM", "Week")


def test_text_tables_have_headers_even_without_the_first() -> None:
    source = "             Week    Year\n-------------------------\nSmall caps   −0.4%  +20.9%\n"
    cells = Document.of_text(source).blocks
    assert (cells[-1].text, cells[-1].context.row, cells[-1].context.column) == (
        "+20.9%", "Small caps", "Year",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "furniture"),
    [
        ("Body.\n\n~~~\nFoot.", ["Foot."]),
        ("Mast.\n~~~\nBody.\n\n~~~\nFoot.", ["Mast.", "Foot."]),
        ("Body.", []),
    ],
)
def test_a_line_of_tildes_divides_text_from_furniture(source: str, furniture: list[str]) -> None:
    found = [block.text for block in Document.of_text(source).blocks if block.furniture]
    assert found == furniture


def test_text_headings_stand_alone_or_are_underlined() -> None:
    document = Document.of_text("The tape\n========\n\nSmall caps\n\nThey rose.")
    assert [kind for kind, _ in _kinds(document)] == ["heading", "heading", "paragraph"]


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("2\u00ad0.9\uff05", "20.9%"),
        ("\uff12\uff10\uff0e\uff19%", "20.9%"),
        ("\u0662\u0660\u066b\u0669\u066a", "20.9%"),
        ("g\u0443ar\u0430ntee", "gyarantee"),
        ("\ufe634.5%", "−4.5%"),
        ("a \u200b \u00a0 b\n\tc", "a b c"),
        ("caf\u00e9 b\u0323uy", "cafe buy"),
    ],
)
def test_folding_reads_as_the_eye_does(original: str, folded: str) -> None:
    assert fold(original).text == folded


def test_folded_spans_take_in_hidden_characters() -> None:
    folded = fold("x 2\u00ad0% y")
    span = folded.span(2, 5)
    assert "x 2\u00ad0% y"[span.start : span.end] == "2\u00ad0%"


def test_file_suffix_chooses_the_reader() -> None:
    assert Document.of_file("a.HTML", "<p>x</p>").blocks[0].text == "x"
    assert Document.of_file("a.md", "*x*").blocks[0].text == "x"
    assert Document.of_file("a.txt", "*x*").blocks[0].text == "*x*"


TABLE = "Fund        Week   Year\n-----------------------\nSmall caps  −0.4%  +2.1%"


def _headings(text: str) -> dict[str, tuple[str, str]]:
    """Return the kind of each block and the heading it stands under."""
    blocks = Document.of_text(text).blocks
    return {block.text: (block.kind.value, block.context.heading) for block in blocks}


def test_a_line_above_a_table_is_its_caption_where_headings_are_underlined() -> None:
    found = _headings(f"Numbers\n-------\n\nReturns\n\n{TABLE}\n\nPrice change.\n\nMore\n\n{TABLE}")
    assert found["Numbers"] == ("heading", "")
    assert found["Returns"] == found["More"] == ("caption", "Numbers")
    assert found["Price change."] == ("paragraph", "Numbers")


def test_elsewhere_it_stays_the_heading_of_what_follows() -> None:
    found = _headings(f"Returns\n\n{TABLE}\n\nPrice change of the fund.")
    assert found["Returns"] == ("heading", "")
    assert found["Price change of the fund."] == ("paragraph", "Returns")
    apart = _headings(f"Numbers\n-------\n\nReturns\n\nIt fell.\n\n{TABLE}\n\nPrice change.")
    assert apart["Returns"] == ("heading", "Numbers")
    assert apart["Price change."] == ("paragraph", "Returns")


def test_cells_have_the_same_caption_either_way() -> None:
    for text in (f"Numbers\n-------\n\nReturns\n\n{TABLE}", f"Returns\n\n{TABLE}"):
        cells = [b for b in Document.of_text(text).blocks if b.kind is Kind.CELL]
        assert len(cells) == 6
        assert {b.context.caption for b in cells} == {"Returns"}


def test_furniture_stands_under_no_heading() -> None:
    text = Document.of_text("Numbers\n-------\n\nIt fell.\n\n~~~\n\nNo advice.").blocks[-1]
    html = Document.of_html("<h2>Numbers</h2><p>It fell.</p><p data-furniture>No advice.</p>")
    assert text.text == html.blocks[-1].text == "No advice."
    assert text.context == html.blocks[-1].context == Context()


def test_both_parts_of_a_mail_are_read_under_the_same_headings() -> None:
    parts = ROOT / "tests" / "golden" / "render_basic"
    html = Document.of_html((parts / "body.html").read_text(encoding="utf-8"))
    text = Document.of_text((parts / "body.txt").read_text(encoding="utf-8"))
    said = {Kind.PARAGRAPH, Kind.ITEM, Kind.CAPTION}
    under = {(b.text, b.furniture): b.context for b in html.blocks if b.kind in said}
    headings = {"", *(b.text for b in html.blocks if b.kind is Kind.HEADING)}
    both = [b for b in text.blocks if b.kind in said and (b.text, b.furniture) in under]
    both = [b for b in both if b.context.heading in headings]  # no line that is bold in HTML
    assert len(both) > 10
    assert sum(b.furniture for b in both) > 1
    for block in both:
        assert block.context == under[block.text, block.furniture], block.text
