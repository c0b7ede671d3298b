"""Size, inbox row, links, pictures, structure, validity: what each check sees and says."""

import email.policy
import io
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from render_support import mail

from newsletter.render.checks import MOST_BYTES
from newsletter.render.inspect import inbox, links, pictures, size, structure, validity
from newsletter.render.inspect.document import parse
from newsletter.render.inspect.inspection import inspect
from newsletter.render.rendered import Image, Rendered


def made(html="", text="", subject="Subject", preheader="", images=()):
    return Rendered(subject, preheader, html, text, tuple(images))


def png(width, height, name="a"):
    held = io.BytesIO()
    Pillow.new("RGB", (width, height)).save(held, "PNG")
    return Image(name, "alt", held.getvalue(), width // 2, height // 2)


def said(remarks, level=None):
    return [r.message for r in remarks if level in {None, r.level}]


# Size


def test_the_golden_mail_has_no_error_at_all():
    assert inspect(mail()).errors == ()


def test_parts_add_up_to_the_whole_and_encodings_to_those_of_the_standard_library():
    whole = mail()
    found, remarks = size.check(whole, parse(whole.html))
    assert sum(found.share.values()) == found.html == len(whole.html.encode())
    assert min(found.share.values()) >= 0
    assert found.share["notices"] > 1_000
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content(whole.text, cte="quoted-printable")
    assert found.text_encoded == pytest.approx(len(message.get_payload().encode()), rel=0.03)
    assert found.images_encoded > found.images * 4 / 3
    assert remarks == ()


@pytest.mark.parametrize(
    ("length", "levels"),
    [(MOST_BYTES * 8 // 10, []), (MOST_BYTES * 95 // 100, ["warning"]), (MOST_BYTES, ["error"])],
)
def test_the_limit_is_ninety_thousand_bytes(length, levels):
    html = "é" * (length // 2)
    _, remarks = size.check(made(html), parse(html))
    assert [r.level for r in remarks] == levels


# Inbox


def row(preheader, body, subject="Subject"):
    html = f"<body><div style='display:none'>{preheader}</div><p>{body}</p></body>"
    mail_ = made(html, subject=subject, preheader=preheader.partition("‌")[0].strip())
    return inbox.check(mail_, parse(html), "The Rotation", "a@example.com")


def test_words_of_the_page_leak_into_the_row_unless_it_is_filled_up():
    found, remarks = row("Short line.", "Example Publishing LLC")
    assert found.leak.startswith("Example Publishing")
    assert "warning" in {r.level for r in remarks}
    found, remarks = row("Short line." + "‌ " * 120, "Example Publishing LLC")
    assert found.leak == ""
    assert remarks == ()


@given(st.text("abc ", min_size=1, max_size=200))
def test_no_row_is_wider_than_its_list_and_cut_rows_say_how_much(subject):
    found, _ = row("Line.", "body", subject=subject)
    for one, (_, wide, room, preview) in zip(found.rows, inbox.LISTS, strict=True):
        assert len(one.sender) <= wide
        assert len(one.subject) <= room
        assert len(one.preview) <= preview
        assert (one.subject_cut > 0) == one.subject.endswith("…")


def test_an_empty_or_repeated_preheader_is_remarked():
    assert "no preheader" in said(inbox.check(made("<p>a"), parse("<p>a"), "", "")[1])[0]
    assert any("repeats" in m for m in said(row("subject", "b")[1]))
    assert inbox.check(made(), parse(""), "", "a@example.com")[0].rows[0].sender == "a@example.com"


# Links


@pytest.mark.parametrize(
    ("html", "level", "word"),
    [
        ("<a href='http://example.com'>Data</a>", "warning", "https"),
        ("<a href=''>Data</a>", "error", "no address"),
        ("<a href='/a'>Data</a>", "error", "relative"),
        ("<a href='#b'>Data</a>", "error", "named"),
        ("<a href='javascript:a'>Data</a>", "error", "javascript"),
        ("<a href='https://example.com/{{ x }}'>Data</a>", "error", "placeholder"),
        ("<a href='https://example.com'>Click here</a>", "warning", "say nothing"),
        ("<a href='https://example.com'> <img alt=''></a>", "error", "no words"),
        ("<a href='https://example.com/a b'>Data</a>", "error", "space"),
        ("<a href='https://evil.example'>bank.example.com</a>", "warning", "leads to"),
        ("<a href='https://example.com/" + "a" * 2_000 + "'>Data</a>", "warning", "characters"),
    ],
)  # fmt: skip
def test_bad_links(html, level, word):
    _, remarks = links.check(parse(html))
    assert any(word in message for message in said(remarks, level))


@pytest.mark.parametrize(
    "html",
    [
        "<a href='https://example.com/a'>The data</a>",
        "<a href='#b'>Data</a><p id=b>c",
        "<a href='mailto:a@example.com'>a@example.com</a>",
        "<a href='https://www.example.com/x'>example.com</a>",
        "<a href='https://example.com'><img alt='Chart'></a>",
        "<a name=x>no link</a>",
    ],
)
def test_good_links(html):
    assert links.check(parse(html))[1] == ()


def test_links_are_told_apart():
    whole = mail()
    found, _ = links.check(parse(whole.html))
    assert [link.kind for link in found.links] == [
        "unsubscribe", "unsubscribe", "preferences", "mail", "web",
    ]  # fmt: skip
    assert found.hosts == {"news.example.com": 1, "reader.invalid": 3}
    _, remarks = links.check(parse("<a href='tel:1'>a</a><a href='tel:2'>a</a>"))
    assert said(remarks) == ["2 links with the same words lead elsewhere."]


# Pictures


@pytest.mark.parametrize(
    ("html", "level", "word"),
    [
        ("<img src='cid:a' width=100>", "error", "no alt"),
        ("<img src='cid:a' width=100 alt=''>", "warning", "empty"),
        ("<img src='cid:b' width=100 alt=x>", "error", "does not carry"),
        ("<img src='cid:b' width=100 alt=x>", "warning", "does not show it"),
        ("<img src='cid:a' alt=x>", "warning", "width attribute"),
        ("<img src='cid:a' width=200 alt=x>", "info", "coarse"),
        ("<img src='cid:a' width=100 height=100 alt=x>", "warning", "proportion"),
        ("<img src='data:a' width=100 alt=x>", "error", "written into"),
        ("<img src='https://example.com/a.png' width=100 alt=x>", "warning", "outside"),
        ("<img src='a.png' width=100 alt=x>", "error", "nowhere"),
        ("<img src='cid:a' width=100 alt='" + "x" * 1_001 + "'>", "warning", "1,001"),
    ],
)  # fmt: skip
def test_bad_pictures(html, level, word):
    _, remarks = pictures.check(made(html, images=[png(200, 100)]), parse(html))
    assert any(word in message for message in said(remarks, level))


def test_a_good_picture_and_its_size():
    html = "<img src='cid:a' width=100 height=50 alt=x>"
    found, remarks = pictures.check(made(html, images=[png(200, 100)]), parse(html))
    assert remarks == ()
    assert (found.pictures[0].pixels, found.pictures[0].format) == ((200, 100), "PNG")
    cut = Image("a", "x", png(200, 100).png[:20], 1, 1)
    assert pictures.check(made(html, images=[cut]), parse(html))[0].pictures[0].pixels == (0, 0)


# Structure

GOOD = """<!doctype html><html lang="en-GB" dir="ltr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>T</title></head>
<body><div lang="en-GB" dir="ltr"><div style="display:none">Line.</div><h1>A</h1><h2>B</h2>
<table><caption>C</caption><tr><th scope="col">D</th></tr><tr><td>1</td></tr></table>
<table role="presentation"><tr><td>E</td></tr></table></div></body></html>"""


def test_a_sound_page_has_no_remark():
    assert structure.check(made(GOOD, preheader="Line."), parse(GOOD))[1] == ()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('<html lang="en-GB"', "<html", "language"),
        ('<html lang="en-GB" dir="ltr"', '<html lang="en"', "direction"),
        ("<title>T</title>", "", "title"),
        ('<div lang="en-GB" dir="ltr">', "<div>", "inside <body>"),
        ('<meta name="viewport" content="width=device-width">', "", "viewport"),
        ('<meta charset="utf-8">', "", "character set"),
        ("<h1>A</h1>", "", "0 headings"),
        ("<h2>B</h2>", "<h1>B</h1>", "2 headings"),
        ("<h2>B</h2>", "<h4>B</h4>", "level 4 follows"),
        ("<h2>B</h2>", "<h2></h2>", "empty"),
        (' scope="col"', "", "scope"),
        ('<th scope="col">D</th>', "<td>D</td>", "without header cells"),
        ("<caption>C</caption>", "", "no caption"),
        ("<td>E</td>", "<th>E</th>", "only lays out"),
        ("<h2>B</h2>", "<h2>B</h2><p>• a point</p>", "list markup"),
        ("<h2>B</h2>", "<h2>B</h2><p hidden>secret</p>", "hidden"),
        ('<div style="display:none">Line.</div>', "", "preheader"),
    ],
)
def test_what_a_page_lacks_is_said(old, new, word):
    assert old in GOOD
    html = GOOD.replace(old, new)
    _, remarks = structure.check(made(html, preheader="Line."), parse(html))
    assert any(word in message for message in said(remarks)), said(remarks)


# Validity


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<p></b>", "unexpected-end-tag"),
        ("<!doctype html><a b='1' b='2'>", "duplicate-attribute"),
        ("<!doctype html><table><p>", "unexpected-start-tag-implies-table-voodoo"),
        ("<p>", "expected-doctype-but-got-start-tag"),
    ],
)
def test_parse_errors_are_errors(html, code):
    found, remarks = validity.check(parse(html))
    assert code in found.counts
    assert {r.level for r in remarks} == {"error"}


def test_a_mail_as_it_is_made_has_none_and_a_sheet_out_of_bounds_is_said():
    assert validity.check(parse(mail().html))[1] == ()
    _, remarks = validity.check(parse("<!doctype html><style>" + "a{" * 50 + "</style>"))
    assert any("deeply nested" in message for message in said(remarks, "warning"))


def test_remarks_of_one_kind_are_bounded():
    page = "<a href='x'>a</a>" * 500
    kept = [r for r in inspect(replace(mail(), html=page)).remarks if r.check == "links"]
    assert len(kept) == 201
    assert "left out" in kept[-1].message
