"""What mail programs support of a mail, against caniemail as it was published."""

import pytest

from newsletter.render.inspect import clients
from newsletter.render.inspect.css_features import css_features
from newsletter.render.inspect.document import parse
from newsletter.render.inspect.features import uses
from newsletter.render.inspect.meaning import MEANING
from newsletter.render.inspect.support import GATE, support
from newsletter.render.rendered import Image


def slugs(page, images=()):
    return {use.slug for use in uses(parse(page), images, support().features)}


def sheet(css):
    return {slug for slug, _, _ in css_features(parse(f"<style>{css}</style>"), support().features)}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<!doctype html><p>", {"html-doctype", "html-p", "html-body"}),
        ("<h3>", {"html-h1-h6"}),
        ("<b>", {"html-strong"}),
        ("<ol><li>", {"html-lists"}),
        ("<section><time>", {"html-semantics"}),
        ("<input type=checkbox>", {"html-input-checkbox"}),
        ("<input>", {"html-input-text"}),
        ("<button>", {"html-button-submit"}),
        ("<a href='#top'>", {"html-anchor-links"}),
        ("<a href='mailto:a@example.com'>", {"html-mailto-links"}),
        ("<a href='x' target=_blank>", {"html-target"}),
        ("<img src='data:image/png;base64,AA'>", {"image-base64", "html-img"}),
        ("<img src='https://example.com/a.WEBP?b' srcset=x>", {"image-webp", "html-srcset"}),
        ("<meta name='Color-Scheme'>", {"html-meta-color-scheme"}),
        ("<td align=right valign=top background=x>", set()),
        ("<table cellpadding=0 align=center>", {"html-table", "html-cellpadding", "html-align"}),
        ("<div role=x aria-label=y dir=rtl lang=ar>",
         {"html-role", "html-aria-label", "html-dir", "html-lang"}),
        ("<!-- a --><svg>", {"html-comments", "html-svg"}),
        ("<video>", {"html-video"}),
    ],
)  # fmt: skip
def test_features_of_html(page, expected):
    assert expected <= slugs(page)


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("p{margin-left:1rem}", {"css-margin", "css-unit-rem", "css-selector-type"}),
        ("p{margin-inline-start:0}", {"css-margin-inline-start-end"}),
        ("p{padding-block:0}", {"css-padding-inline-block"}),
        ("p{border-top:1px solid}", {"css-border", "css-unit-px"}),
        ("p{border-top-left-radius:1vw}", {"css-border-radius", "css-unit-vw"}),
        ("p{border-start-end-radius:0}", {"css-border-radius-logical"}),
        ("p{border-inline-color:red}", {"css-border-inline-block-longhand"}),
        ("p{font-family:system-ui}", {"css-font", "css-sytem-ui"}),
        ("p{left:calc(1% + 2px)}", {"css-left-right-top-bottom", "css-unit-calc"}),
        ("p{display:flex;gap:1px}", {"css-display", "css-display-flex", "css-gap"}),
        ("p{display:none!important}", {"css-display-none", "css-important"}),
        ("p{--a:1;color:var(--a)}", {"css-variables"}),
        ("p{color:rgba(0,0,0,.5)}", {"css-rgba"}),
        ("p{color:oklch(50% 0 0)}", {"css-modern-color"}),
        ("p{background:linear-gradient(red,blue)}", {"css-linear-gradient", "css-background"}),
        ("p{width:min(1px,2px);color:inherit}", {"css-function-min", "css-unit-initial"}),
        ("@media (prefers-color-scheme:dark){.a{}}",
         {"css-at-media", "css-at-media-prefers-color-scheme", "css-selector-class"}),
        ("@media (-webkit-min-device-pixel-ratio:2){a{}}", {"css-at-media-device-pixel-ratio"}),
        ("@font-face{font-family:x}", {"css-at-font-face"}),
        ("@import url(x);", {"css-at-import"}),
        ("@supports (a:b){p{opacity:1}}", {"css-at-supports", "css-opacity"}),
        ("a > b + i ~ u", set()),
        ("a>b+i~u{}", {"css-selector-child", "css-selector-adjacent-sibling",
                       "css-selector-general-sibling"}),
        ("a b,#c[d]{}", {"css-selector-descendant", "css-selector-grouping", "css-selector-id",
                         "css-selector-attribute", "css-selector-chaining"}),
        ("a.b:hover{}", {"css-selector-chaining", "css-pseudo-class-hover"}),
        ("a:not(.b){}", {"css-pseudo-class-not"}),
        ("a::before,b:after{}", {"css-pseudo-element-before", "css-pseudo-element-after"}),
        ("*{} /* x */", {"css-selector-universal", "css-comments"}),
        ("p{color:red; & b{color:blue}}", {"css-nesting"}),
    ],
)  # fmt: skip
def test_features_of_css(css, expected):
    assert expected <= sheet(css)


def test_a_child_is_no_descendant_and_one_class_is_no_chain():
    assert "css-selector-descendant" not in sheet("a > b, i{}")
    assert "css-selector-chaining" not in sheet(".a .b, .c{}")


def test_what_caniemail_does_not_know_is_told_apart():
    found, _ = clients.check(parse("<p style='mso-x:1;margin:0'>"), ())
    assert found.unlisted == ("mso-x",)


def test_published_verdicts_are_read_as_published():
    """Spot checks against the tables on caniemail's pages."""
    dark = support().features["css-at-media-prefers-color-scheme"]
    states = {v.column: (v.state, v.since) for v in dark.verdicts}
    assert states["apple-mail.ios"] == ("supported", "13.0")
    assert states["gmail.desktop-webmail"][0] == "unsupported"
    assert states["outlook.windows"][0] == "unsupported"
    assert any("_filtered_a" in n for v in dark.verdicts for n in v.notes)
    assert len(support().features) >= 300


def test_lost_meaning_is_an_error_and_lost_ornament_is_not():
    _, said = clients.check(parse("<p style='display:grid;border-radius:3px'>a"), ())
    lost = {(r.where, r.level): r.clients for r in said if "is not supported by" in r.message}
    assert "Outlook classic" in lost["display: grid", "error"]
    assert lost["border-radius: 3px", "info"] == ("Outlook classic",)


def test_an_unjudged_loss_asks_for_a_judgement(monkeypatch):
    monkeypatch.setattr(clients, "MEANING", {})
    found, said = clients.check(parse("<p style='border-radius:3px'>a"), ())
    assert {u.weight for u in found.features} == {"unjudged"}
    assert ("warning", "border-radius: 3px") in {(r.level, r.where) for r in said}


def test_pictures_count_by_their_bytes_and_programs_by_their_worst_platform():
    gif = Image("a", "", b"GIF89a", 1, 1)
    found, _ = clients.check(parse("<p style='display:none'>"), (gif,))
    assert "image-gif" in {u.slug for u in found.features}
    assert found.counts["Gmail"]["unsupported"] >= 1
    for client in GATE:
        assert sum(found.counts[client].values()) == len(found.features)


def test_every_judgement_gives_a_reason():
    assert all(len(judged.why) > 10 and judged.why.endswith(".") for judged in MEANING.values())
