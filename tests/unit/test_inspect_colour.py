"""Colours and the static cascade: contrast as WCAG counts it, forced dark as Lab turns it."""

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render import colours
from newsletter.render.inspect import contrast
from newsletter.render.inspect.cascade import holds
from newsletter.render.inspect.colour import BLACK, WHITE, Colour, forced, read
from newsletter.render.inspect.colour import contrast as ratio
from newsletter.render.inspect.document import parse

PARTS = st.integers(0, 255)
COLOURS = st.tuples(PARTS, PARTS, PARTS).map(lambda p: Colour(*(part / 255 for part in p)))


def given_as(text):
    return read(tuple(tinycss2.parse_component_value_list(text)))


@pytest.mark.parametrize(
    ("text", "css", "alpha"),
    [
        ("#a4551e", "#a4551e", 1),
        ("#abc", "#aabbcc", 1),
        ("REBECCAPURPLE", "#663399", 1),
        ("rgb(250 240 230 / 50%)", "#faf0e6", 0.5),
        ("rgba(1,2,3,.25)", "#010203", 0.25),
        ("hsl(120, 50%, 25%)", "#206020", 1),
        ("url(x.png) no-repeat #123456", "#123456", 1),
        ("transparent", "#000000", 0),
    ],
)
def test_css_colours(text, css, alpha):
    found = given_as(text)
    assert (found.css, found.alpha) == (css, pytest.approx(alpha))


@pytest.mark.parametrize("text", ["none", "url(x)", "currentColor", "12px", ""])
def test_what_is_no_colour(text):
    assert given_as(text) is None


@pytest.mark.parametrize(
    ("ink", "expected"),
    # Published by WebAIM's contrast checker, on white.
    [("#777777", 4.48), ("#767676", 4.54), ("#ff0000", 4.0), ("#0000ff", 8.59), ("#008000", 5.14)],
)
def test_contrast_as_published(ink, expected):
    assert ratio(given_as(ink), WHITE) == pytest.approx(expected, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_agrees_with_the_palette_and_does_not_ask_which_is_ink(one, other):
    assert ratio(one, other) == pytest.approx(ratio(other, one))
    assert ratio(one, other) == pytest.approx(colours.contrast(one.css, other.css))
    assert 1 <= ratio(one, other) <= 21.001


@given(COLOURS)
def test_inverting_greys_twice_gives_them_back_and_light_becomes_dark(colour):
    turned = forced(colour, "inverted")
    assert (turned.luminance < 0.184) == (colour.luminance > 0.184) or (
        abs(colour.luminance - 0.184) < 0.1
    )
    grey = Colour(colour.red, colour.red, colour.red)
    assert forced(forced(grey, "inverted"), "inverted").red == pytest.approx(grey.red, abs=0.01)


def test_forced_dark_at_its_ends():
    assert forced(BLACK, "inverted").css == forced(BLACK, "lifted").css == "#ffffff"
    assert (forced(WHITE, "inverted").css, forced(WHITE, "lifted").css) == ("#000000", "#333333")


def test_half_a_colour_over_its_ground():
    assert Colour(0, 0, 0, 0.5).over(WHITE).css == "#808080"


@pytest.mark.parametrize(
    ("condition", "scheme", "width", "expected"),
    [
        ("screen", "light", 600, True),
        ("print", "light", 600, False),
        ("only screen and (min-width: 480px)", "light", 600, True),
        ("only screen and (min-width: 480px)", "light", 320, False),
        ("print, screen and (max-width:340px)", "light", 320, True),
        ("(prefers-color-scheme:dark)", "light", 600, False),
        ("(prefers-color-scheme:dark) and (max-width:480px)", "dark", 600, False),
        ("not screen", "light", 600, False),
        ("@supports", "light", 600, False),
        ("(orientation: landscape)", "light", 600, False),
    ],
)
def test_media_conditions(condition, scheme, width, expected):
    assert holds(condition, scheme, width) is expected


PAGE = """<html><head><style>@media (prefers-color-scheme:dark) {{
.x {{ color: #eeeeee !important; background-color: {dark} !important }} }}</style></head>
<body><p class="x" style="color:{ink};background:#ffffff{more}">{words}</p></body></html>"""


def poor(ink="#111111", dark="#111111", more="", words="a"):
    page = PAGE.format(ink=ink, dark=dark, more=more, words=words)
    found, said = contrast.check(parse(page))
    return {(r.level, r.message.partition(" in the ")[2].split(";")[0]) for r in said}, found


def test_legible_text_is_not_remarked():
    assert poor()[0] == set()


def test_each_scheme_is_measured_by_itself():
    said, found = poor(ink="#999999")
    assert ("error", "light scheme") in said
    assert ("error", "dark scheme") not in said
    assert found.least["dark"] > 15
    assert ("error", "dark scheme") in poor(dark="#dddddd")[0]


def test_forced_dark_only_warns():
    said, _ = poor(ink="#808080")
    assert {level for level, scheme in said if "forced" in scheme} == {"warning"}


def test_large_text_may_have_less_and_hidden_text_any():
    assert poor(ink="#888888")[0]
    assert ("error", "light scheme") not in poor(ink="#888888", more=";font-size:24px")[0]
    assert ("error", "light scheme") not in poor(
        ink="#888888", more=";font-size:19px;font-weight:bold"
    )[0]
    assert ("error", "light scheme") in poor(ink="#888888", more=";font-size:19px")[0]
    assert poor(ink="#ffffff", more=";display:none")[0] == set()


def test_a_picture_behind_text_is_not_guessed_at():
    page = "<p style='background:url(x) #ffffff;color:#ffffff'>a<b style='background:#000000'>b</b>"
    found, _ = contrast.check(parse(page))
    assert {p.sample for p in found.pairs} == {"b"}
