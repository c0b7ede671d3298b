"""Tables that lost their separators are read as tables, and cut lines as no headings."""

from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

TABLE = """FundsYTD PerformanceOne Year Performance
Acme Corp. (ACME)36.80%34.94%
Beta Inc. Class A (BETA)-1.35%+60.29%
"""


def test_cells_know_their_row_and_column() -> None:
    cells = {
        (b.context.row, b.context.column): b.text
        for b in Document.of_text(TABLE).blocks
        if b.kind is Kind.CELL and b.context.row
    }
    assert cells == {
        ("Acme Corp. (ACME)", "YTD Performance"): "36.80%",
        ("Acme Corp. (ACME)", "One Year Performance"): "34.94%",
        ("Beta Inc. Class A (BETA)", "YTD Performance"): "-1.35%",
        ("Beta Inc. Class A (BETA)", "One Year Performance"): "+60.29%",
    }


def test_spans_point_at_the_figures() -> None:
    document = Document.of_text(TABLE)
    for block in document.blocks:
        assert document.text[block.span.start : block.span.end] == block.text


def test_prose_with_two_figures_is_no_table() -> None:
    text = "Small caps and large\nrose by 1.2% and 3.4%\nin a day of 2% and 5%\n"
    assert all(b.kind is not Kind.CELL for b in Document.of_text(text).blocks)


def test_a_line_that_was_cut_is_no_heading() -> None:
    for following in (", small caps are up.", "small caps are up."):
        first, *_ = Document.of_text(f"The index has gained a mere\n\n{following}\n").blocks
        assert first.kind is Kind.PARAGRAPH
    first, *_ = Document.of_text("The index has gained\n\nSmall caps are up.\n").blocks
    assert first.kind is Kind.HEADING


def test_sentences_part_where_the_space_was_lost() -> None:
    (block,) = Document.of_text("It rose 3% in 2025.The rest fell. Acme Inc. rose.").blocks
    said = [block.text[a:b].strip() for a, b in block.sentences()]
    assert said == ["It rose 3% in 2025.", "The rest fell.", "Acme Inc. rose."]
