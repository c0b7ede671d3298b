"""The compiled mail made valid: same page, nothing taken from Outlook."""

import re

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
