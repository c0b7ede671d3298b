"""The web edition: the mail's words, nothing of one reader's, nothing that the mail lacks."""

import json
import re
from dataclasses import replace
from functools import cache

import pytest
from lxml import html as lxml_html
from render_support import draft, ledger, mail, setting, templates

from newsletter import assets
from newsletter.draft.claims import Table, filled
from newsletter.errors import RenderError
from newsletter.render.context import edition_context
from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered
from newsletter.render.templating import environment
from newsletter.render.web import published, unsaid, web_page
from newsletter.render.web_tables import LONG, grid, value


@cache
def context(**changes):
    return edition_context(replace(draft(), **changes), ledger(), setting())


def told(**words):
    """Return the context with words replaced."""
    made = context()
    return replace(made, words=made.words | words)


@cache
def the_mail():
    return mail()


@cache
def shown():
    return web_page(context(), templates())


def changed(**texts):
    """Return the shipped templates with one replaced in part: name to (old, new)."""
    found = assets.texts("templates")
    for name, (old, new) in texts.items():
        path = {"page": "web/page.html.j2", "style": "web/style.css.j2"}[name]
        assert old in found[path]
        found[path] = found[path].replace(old, new, 1)
    return environment(found)


def lacks(page):
    return unsaid(the_mail().html, the_mail().text, page)


def test_it_says_every_passage_chart_and_notice_of_the_mail():
    words = " ".join(lxml_html.fromstring(shown()).text_content().split())
    said = filled(draft(), ledger())
    for table in said.tables:
        for row in (table.columns, *table.rows):
            assert all(cell in words for cell in row)
    for text in (said.headline, said.dek, said.kicker, said.verdict, said.body()):
        for paragraph in text.split("\n"):
            assert " ".join(paragraph.split()) in words
    for text in (*said.bullets, *said.watch, *said.change_mind):
        assert text in words
    for plate in context().drawn:
        assert plate.title in words
        assert plate.caption in words
        assert plate.image.alt in words
    for notice in context().notices:
        assert notice.text in words


def test_it_says_nothing_that_the_mail_does_not():
    assert lacks(shown()) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<p class=\"dek\">", "<p>Buy everything.</p><p class=\"dek\">", "Buy everything."),
        ("<h1 id=\"headline\">", "<h1 id=\"headline\">No: ", "No: "),
        ("<td class=\"{{ 'num '", "<td>77%</td><td class=\"{{ 'num '", "77%"),
        ("{{ move.value }}", "{{ move.value }}9", "9"),
        ("content=\"{{ draft.dek }}\">\n<meta name=\"color", "content=\"Sell.\"><meta name=\"color",
         "Sell."),
        ("<footer class=\"foot\" data-furniture=\"1\">", "<footer>", "data line"),
    ],
)  # fmt: skip
def test_what_a_template_adds_of_its_own_is_found(old, new, found):
    more = lacks(web_page(context(), changed(page=(old, new))))
    assert more
    if found != "data line":
        assert any(found in sentence for sentence in more)


def test_a_sentence_cut_short_is_another_sentence():
    whole = "<p>It is not true that small caps rose.</p><p>SPY ▲ +1.0% IWM ▼ −0.6%</p>"
    assert unsaid(whole, "", "<p>small caps rose.</p>") == ["small caps rose."]
    assert unsaid(whole, "", "<p>IWM ▲ +1.0%</p>") == ["IWM ▲ +1.0%"]
    assert unsaid(whole, "", "<p>IWM ▼ −0.6%</p><p>It is not true that small caps rose.</p>") == []
    assert unsaid(whole, "", "<p>0.6%</p>") == ["0.6%"]


def test_what_machines_are_told_counts_too():
    data = {"@type": "NewsArticle", "about": [{"headline": "Small caps doubled."}]}
    page = f'<script type="application/ld+json">{json.dumps(data)}</script><p>Yes.</p>'
    assert unsaid("<p>Yes.</p>", "", page) == ["Small caps doubled."]
    assert unsaid("<p>Yes.</p>", "", '<script type="application/ld+json">{oops</script>')


def test_no_readers_own_link_stands_in_it():
    assert UNSUBSCRIBE_URL not in shown()
    assert "unsubscribe" not in shown().lower()
    with pytest.raises(RenderError, match="unsubscribe_url"):
        web_page(context(), changed(page=("</footer>", "{{ unsubscribe_url }}</footer>")))
    with pytest.raises(RenderError, match="reader's own link"):
        web_page(context(), changed(page=("</footer>", f"{UNSUBSCRIBE_URL}</footer>")))


def test_hostile_words_stay_words():
    rude = '</script><script>alert(1)</script> "><img src=x onerror=alert(2)> <!--'
    given = context(headline=rude, dek=rude, charts=())
    tree = lxml_html.fromstring(web_page(given, templates()))
    assert len(tree.findall(".//script")) == 2
    assert tree.xpath("//*[@onerror]") == []
    assert len(tree.findall(".//img")) == 0
    assert json.loads(tree.find(".//script[@type]").text)["headline"] == given.words[
        "draft"
    ].headline  # fmt: skip


def test_it_asks_for_nothing_from_anybody():
    tree = lxml_html.fromstring(published(shown(), the_mail().images))
    assert tree.xpath("//link | //iframe | //object | //audio | //video | //form") == []
    assert all(image.get("src").startswith("data:image/png") for image in tree.iter("img"))
    assert tree.xpath("//*[@style]") == []
    style = "".join(tree.xpath("//style/text()"))
    assert not re.search(r"url\(|@import|expression", style)
    assert "cookie" not in shown().lower()


def test_its_data_for_search_engines_are_whole():
    page = web_page(told(edition_url="https://n.example/2026-07-02"), templates())
    tree = lxml_html.fromstring(page)
    data = json.loads(tree.find(".//script[@type]").text)
    assert data["@type"] == "OpinionNewsArticle"
    assert data["datePublished"] == "2026-07-02"
    assert data["headline"] == tree.find(".//h1").text
    assert tree.xpath("//link[@rel='canonical']/@href") == ["https://n.example/2026-07-02"]
    assert tree.xpath("//meta[@property='og:title']/@content") == [data["headline"]]


def test_the_audio_is_a_link_and_only_where_there_is_one():
    assert "Listen (" not in shown()
    page = web_page(told(audio_url="https://n.example/a.mp3", audio_minutes=7), templates())
    assert '<a class="audio" href="https://n.example/a.mp3">Listen (7 min)</a>' in page
    assert lacks(page) == []


def test_the_same_edition_is_the_same_bytes():
    assert web_page(context(), templates()) == shown()


def test_a_style_that_closes_itself_is_refused():
    with pytest.raises(RenderError, match="closing </style>"):
        web_page(context(), changed(style=("html {", "</STYLE>html {")))


VALUES = {
    "+12.3%": "12.3", "−0.6%": "-0.6", "-0.6%": "-0.6", "0.0%": "0.0", "$1,204.50": "1204.50",
    "97th": "97", "+0.1 points": "0.1", "+1.0 point": "1.0", "25 bps": "25", "2,673": "2673",
    "+0.7%*": "0.7", "n/a": "", "": "", "noise": "", "4-for-5": "", "S&P 500": "", "1.2.3": "",
}  # fmt: skip


@pytest.mark.parametrize("cell", VALUES)
def test_a_cell_is_sorted_by_the_number_it_prints(cell):
    assert value(cell) == VALUES[cell]


def test_a_column_is_of_numbers_where_all_that_is_there_are():
    rows = (("A", "+1.0%", "noise", "n/a"), ("B", "n/a", "1.0%"))
    made = grid(Table("T", ("Fund", "Day", "Verdict", "None"), rows))
    assert [column.numeric for column in made.columns] == [False, True, False, False]
    assert {len(row) for row in made.rows} == {4}
    assert not made.long
    assert grid(Table("T", ("Fund",), (("A",),) * LONG)).long


def test_other_forms_are_bound_by_the_hash_and_their_absence_is_not():
    """Mails kept before there was a web edition keep their hashes."""
    full = the_mail()
    assert full.web == shown()
    assert full.narration
    old = replace(full, web="", narration="")
    assert b'"web"' not in old.to_bytes()
    assert b'"narration"' not in old.to_bytes()
    assert Rendered.from_bytes(full.to_bytes()) == full
    assert Rendered.from_bytes(old.to_bytes()) == old
    hashes = {one.sha256 for one in (full, old, replace(full, web=""), replace(full, narration=""))}
    assert len(hashes) == 4
