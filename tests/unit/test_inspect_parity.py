"""Text part against HTML part, and the numbers that both print."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_support import mail

from newsletter.render.inspect import parity
from newsletter.render.inspect.document import parse
from newsletter.render.inspect.numbers import numbers_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IWM −0.6%, up 1,204 points", {"−0.6%": 1, "1204": 1}),
        ("-0.6 % and – 0.6", {"−0.6%": 1, "0.6": 1}),
        ("+2.6%* and $1.50, €3", {"+2.6%": 1, "$1.50": 1, "€3": 1}),
        ("2019-2023 and 2019–2023", {"2019": 2, "2023": 2}),
        ("2026-07-02", {"2026": 1, "07": 1, "02": 1}),
        ("the 97th, the 1990s, 3x, 50-day, S&P 500.", {"97": 1, "1990": 1, "3": 1, "50": 1,
                                                       "500": 1}),
        ("facts 440201b6959e, S3, V2.1", {}),
        ("see https://example.com/2026/1 or mailto:a1@b2.example", {}),
        ("25 bp, 3bps, 1.5 pp", {"25bp": 1, "3bps": 1, "1.5pp": 1}),
        ("16.15. Then 16.15, twice", {"16.15": 2}),
        ("(−1.5%)", {"−1.5%": 1}),
    ],
)  # fmt: skip
def test_numbers(text, expected):
    assert numbers_of(text) == Counter(expected)


@given(st.lists(st.decimals(-9999, 9999, places=2, allow_nan=False), max_size=20))
def test_every_printed_decimal_is_found_once(values):
    printed = [f"{value:,}".replace("-", "−") for value in values]
    expected = Counter(text.replace(",", "") for text in printed)
    assert numbers_of("; ".join(printed)) == expected


def check(html, text):
    return parity.check(parse(html), text)


def test_the_golden_mail_says_the_same_twice():
    made = mail()
    found, said = parity.check(parse(made.html), made.text)
    assert found.equal
    assert found.counts == {}
    assert said == ()


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("lost 4.5% in a session", "lost 4.6% in a session", "error"),
        ("loses 4.5% in a", "loses −4.5% in a", "error"),
        ("It is harder to make", "It is easier to make", "warning"),
        ("Regional banks:", "Regional banks and brokers:", "warning"),
        ("An easy case to make with a calendar", "", "warning"),
        ("+20.9%", "+20.8%", "error"),
    ],
)
def test_a_difference_in_either_part_is_seen(old, new, level):
    made = mail()
    if old in made.html:
        _, said = parity.check(parse(made.html.replace(old, new, 1)), made.text)
        assert level in {remark.level for remark in said}
    flat = made.text
    if old in flat:
        _, said = parity.check(parse(made.html), flat.replace(old, new, 1))
        assert level in {remark.level for remark in said}
    assert old in made.html or old in flat or old.startswith("lost")


def test_numbers_in_one_part_only():
    found, said = check("<p>Up 2% now.</p>", "Up 3% now.")
    assert (found.only_html, found.only_text, found.equal) == (("2%",), ("3%",), False)
    assert {(r.level, r.where) for r in said if r.level == "error"} == {
        ("error", "2%"),
        ("error", "3%"),
    }


def test_layout_does_not_count_but_words_do():
    html = """<ul><li><b>The day:</b> chips, down.</li></ul><h2>A “head”</h2>
    <p>One line that the text part breaks.</p><img alt='A chart of 3.'>
    <table><tr><th>Fund</th><th>Day</th></tr><tr><td>SPY</td><td>+1%</td></tr></table>"""
    text = """* The day: chips,
  down.

A "head"
--------

One line that the
text part breaks.

[Chart] A chart of 3.

Day    Fund
-----------
+1%     SPY
"""
    found, said = check(html, text)
    assert said == ()
    assert found.equal
    assert check(html, text.replace("breaks", "broke"))[1] != ()


def test_furniture_and_hidden_words_stay_out_of_the_comparison():
    html = "<div style='display:none'>Hid 7.</div><p data-furniture='1'>Foot 8.</p><p>Body 9.</p>"
    found, said = check(html, "Head 8.\n~~~\nBody 9.\n~~~\nFoot.")
    assert found.equal
    assert said == ()
    _, said = check(html, "~~~\nBody 9.\n~~~\nFoot 6.")
    assert {r.level for r in said} == {"warning"}


def test_counts_are_told_where_the_sets_agree():
    found, _ = check("<p>2% and 2%.</p>", "2% and.")
    assert found.equal
    assert found.counts == {"2%": (2, 1)}
