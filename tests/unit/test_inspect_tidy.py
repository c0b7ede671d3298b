"""The compiled mail made valid: same page, nothing taken from Outlook."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from render_support import mail

from newsletter.render.tidy import spans, tidied


def outlook(html):
    """Read a page as Outlook does: conditional comments for it are its HTML."""
    return re.sub(r"<!--\[if (?:mso|lte mso|gte mso)[^\]]*\]>(.*?)<!\[endif\]-->", r"\1", html,
                  flags=re.DOTALL)  # fmt: skip


def test_readers_see_the_same_page():
    before, after = (lxml_html.document_fromstring(h) for h in (mail().html, tidied(mail().html)))
    drawn = [[(e.tag, dict(e.attrib)) for e in page.body.iter() if isinstance(e.tag, str)]
             for page in (before, after)]  # fmt: skip
    assert drawn[0] == drawn[1]
    words = [" ".join(page.body.text_content().split()) for page in (before, after)]
    assert words[0].replace(" ", "") == words[1].replace(" ", "")


def test_outlook_keeps_every_declaration_of_its_own():
    html = mail().html
    own = re.findall(r"mso-[\w-]+\s*:\s*[^;}\"]+", html)
    assert own
    seen = outlook(tidied(html))
    assert sorted(re.findall(r"mso-[\w-]+\s*:\s*[^;}\"]+", seen)) == sorted(own)
    assert 'xmlns:o="urn:schemas-microsoft-com:office:office"' in seen
    assert "<o:AllowPNG/>" in seen


def test_what_no_standard_knows_is_gone_for_everybody_else():
    html = tidied(mail().html)
    shown = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    assert "mso-" not in shown
    assert "xmlns:v" not in html
    assert not re.search(r"(?<!name=\")supported-color-schemes\s*:", html)
    assert 'height="auto"' not in tidied('<img src="a" height="auto">')
    assert tidied("<br /><img src=a/>") == "<br><img src=a>"


def test_a_drawing_language_in_use_keeps_its_name():
    html = '<html xmlns:v="urn:v"><!--[if mso]><v:rect/><![endif]--></html>'
    assert tidied(html) == html


def test_office_declarations_inside_media_go_and_outside_move():
    html = "<style>@media x{a{mso-a:1;b:2}} c{mso-d:3}</style>"
    found = tidied(html)
    assert "mso-a" not in found
    assert re.search(r"<!--\[if mso\]><style>\nc \{mso-d:3; \}\n</style><!\[endif\]-->", found)
    assert found.startswith("<style>@media x{a{b:2; }}")


@given(st.text(alphabet="<>!-[]{};:/ abmso-styletdp\"'=\n", max_size=200))
def test_tidying_twice_is_tidying_once(text):
    once = tidied(text)
    assert tidied(once) == once


@given(st.text(alphabet="<!-> a", max_size=100))
def test_spans_are_what_a_regular_expression_finds(text):
    expected = [m.span() for m in re.finditer(r"<!--.*?-->", text, flags=re.DOTALL)]
    assert spans(text, "<!--", "-->") == expected


def test_the_tidied_mail_has_a_line_for_each_block():
    html = tidied(mail().html)
    assert html.count("\n") > 150
    assert max(map(len, html.splitlines())) < 8_000


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ('<td align="right" style="color:red">', '<td style="text-align:right;color:red">'),
        ('<td align="right" style="text-align:left">', '<td style="text-align:left">'),
        ("<td valign=top bgcolor=#112233 x>",
         '<td x style="vertical-align:top;background-color:#112233">'),
        ('<table bgcolor="#112233" style="background:red">', '<table style="background:red">'),
        ('<table align="center" border="0">', '<table style="margin:0 auto">'),
        ('<table width="100%" align="center" style="width:100%">', '<table style="width:100%">'),
        ('<td width="25%" height="8">', '<td style="width:25%;height:8px">'),
        ('<table cellspacing="0" style="border-collapse:separate">',
         '<table style="border-spacing:0;border-collapse:separate">'),
        ('<table cellpadding="0"><tr><td><table><tr><td></table><td style="padding-left:1px">',
         ('<table><tr><td style="padding:0"><table><tr><td></table>'
          '<td style="padding:0;padding-left:1px">')),
        ('<td style="mso-padding-alt:1px;color:red">',
         ('<!--[if mso]><td style="mso-padding-alt:1px;color:red"><![endif]-->'
          '<!--[if !mso]><!--><td style="color:red"><!--<![endif]-->')),
        ('<!--[if mso]><td align="left"><![endif]-->',) * 2,
        ('<table align="left" border="1"><td align="char" width="2*">',) * 2,
    ],
)  # fmt: skip
def test_presentational_attributes_become_css(written, becomes):
    """An attribute is weaker than the style beside it; what CSS cannot say is left to be seen."""
    assert tidied(written) == becomes
    assert tidied(becomes) == becomes


def test_outlook_alone_is_told_of_cells_in_its_own_words():
    html = "<head></head><table cellpadding=0 cellspacing=0><td></table>"
    found = tidied(html)
    assert outlook(found).count("mso-cellspacing: 0; mso-padding-alt: 0 0 0 0;") == 1
    assert "mso-" not in re.sub(r"<!--.*?-->", "", found, flags=re.DOTALL)
    assert tidied(found) == found
    assert tidied("<head></head><table><td></table>").count("mso") == 0


def test_all_that_is_read_stands_in_one_landmark():
    page = lxml_html.document_fromstring(mail().html)
    assert page.xpath("count(//*[@role='main'])") == 1
    main = page.xpath("//*[@role='main']")[0]
    assert (main[0].get("role"), main.get("lang"), main.get("dir")) == ("article", "en", "ltr")
    outside = page.xpath("//body//text()[normalize-space() and not(ancestor::*[@role='main'])]")
    assert all(words.getparent().get("style", "").startswith("display:none") for words in outside)
