"""The mail's HTML as read for inspection: what a browser's parser makes of it, in bounds."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from render_support import mail

from newsletter.render.inspect.document import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    parse,
    runs,
    words,
)
from newsletter.render.inspect.inspection import SCHEMA, inspect
from newsletter.render.inspect.reading import blocks
from newsletter.render.rendered import Rendered
from newsletter.render.tidy import tidied

SECONDS = 12
"""Bound for the worst page here on a busy machine; most take a tenth of a second."""

HOSTILE = {
    "megabytes": "x" * 5_000_000,
    "half of what is read": "word " * (MOST_CHARACTERS // 10),
    "deep": "<div>" * 60_000,
    "formatting": "<b><i>" * 40_000,
    "attributes": "<a " + " ".join(f"b{k}" for k in range(40_000)) + ">",
    "ampersands": "&" * 299_000,
    "comments": "<!--" * 70_000,
    "nulls": "\0" * 299_000,
    "new lines": "\n" * 290_000,
    "rules of dashes": "<p>" + ("-" * 50 + "\n") * 5_000,
    "open sheets": "<style>" + "a{" * 100_000,
    "deep sheet": "<style>" + "(" * 200_000,
    "deep attribute": '<p style="' + "(" * 200_000 + '">',
    "calc": '<p style="width:' + "calc(" * 50_000 + '">',
    "descendants": "<style>"
    + "* * * * * *{color:red}" * 2_000
    + "</style>"
    + "<div>" * 100
    + "<p>x" * 5_000,
    "everything": "<style>" + "*{color:red}" * 4_000 + "</style>" + "<p>x" * 4_000,
    "nots": "<style>" + ":not(" * 900 + "p" + ")" * 900 + "{color:red}</style><p>x",
    "tables": ("<table>" * 60 + "<th>x") * 100,
    "links": "<a href=x>a</a>" * 8_000,
    "digits": "<p>" + "1" * 290_000 + "a",
    "surrogate": "<p>\ud800 \udfff",
    "broken": "<table><p></b><td><a <li></ul>&#xffffffff;<img src=cid:><style><!--</style>",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_inspected_in_bounded_time(name):
    page = HOSTILE[name]
    start = time.process_time()
    found = inspect(Rendered("subject", "preheader", page, page, ()))
    assert time.process_time() - start < SECONDS
    assert json.loads(json.dumps(found.to_json()))["schema"] == SCHEMA


@given(st.text(alphabet="<>/=\"' abtpdivstyle{}:;&#!-10%\n.", max_size=400))
@settings(max_examples=6, deadline=None)
def test_any_text_at_all_is_inspected(text):
    made = mail()
    body = made.html.replace("</h1>", text + "</h1>", 1)
    for page in (text, body):
        json.dumps(inspect(replace(made, html=page, text=text)).to_json())


def test_what_is_too_much_is_said_and_nothing_else_is_guessed():
    document = parse("<p>" * 13_000)
    assert "elements" in document.refused
    assert list(document.root) == []
    found = inspect(Rendered("s", "p", "<div>" * (MOST_DEPTH + 5), "", ()))
    assert [r.message for r in found.remarks if r.check == "validity"] == [
        f"The HTML is nested more than {MOST_DEPTH} deep."
    ]


def test_the_same_elements_and_words_as_another_parser_reads():
    made = mail()
    ours = parse(made.html)
    theirs = lxml_html.document_fromstring(made.html)
    names = [e.tag for e in theirs.iter() if isinstance(e.tag, str)]
    assert [e.tag for e in ours.elements()] == names
    for silent in theirs.xpath("//style | //title | //script"):
        silent.text = ""
    spoken = "".join("".join(run.text for run in runs(ours)).split())
    assert spoken == "".join(theirs.text_content().split())
    assert ours.faults == ()


def test_lines_are_those_of_the_source():
    source = "<!doctype html>\n<html lang=en>\n<body>\n<p>a\n<p\nid=b>c</body>"
    document = parse(source)
    found = {e.get("id") or e.tag: document.lines[e] for e in document.elements("html", "p")}
    assert found == {"html": 2, "p": 4, "b": 6}


def test_words_of_a_picture_are_its_alternative_text():
    document = parse("<a href=x>see <img alt='the chart'> now</a>")
    assert words(next(document.elements("a"))) == "see the chart now"


def test_blocks_know_what_is_hidden_furniture_and_a_cell():
    page = """<div style="color:red; display : none">a</div><div data-furniture="1"><p>b</p></div>
    <table role="presentation"><tr><td>c<table><tr><th>d</th></tr></table></td></tr></table>"""
    kinds = {b.text: (b.hidden, b.furniture, b.cell) for b in blocks(parse(page))}
    assert kinds == {
        "a": (True, False, False),
        "b": (False, True, False),
        "c": (False, False, False),
        "d": (False, False, True),
    }


@pytest.mark.parametrize("piece", ["<style ", "<img ", "<html ", "<!--", "a{mso-b:c}", "x", " "])
def test_tidying_takes_bounded_time(piece):
    start = time.process_time()
    tidied("<style>" + piece * (60_000 // len(piece)))
    tidied("<style>" + piece * (60_000 // len(piece)) + "</style>")
    tidied("<img " + piece * (60_000 // len(piece)))
    assert time.process_time() - start < SECONDS


def test_inspecting_twice_gives_the_same():
    assert inspect(mail()).to_json() == inspect(mail()).to_json()
