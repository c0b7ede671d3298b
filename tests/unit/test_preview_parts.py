"""Parts of the preview that need no server: frames, colours, marks, comparison, troubles."""

import base64
import email
import email.policy
import hashlib
import html
import io
import itertools
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import render_support
from conftest import missing, program
from hypothesis import given
from hypothesis import strategies as st
from llm_support import request as ask

from newsletter import assets
from newsletter.draft.model import Mode, Reply
from newsletter.draft.transcript import Exchange, Transcript
from newsletter.errors import ConfigError, NotFound, SendRefused
from newsletter.preflight.report import Claim, Span, Verdict
from newsletter.preflight.text.document import Document
from newsletter.preview import letters, printing, spam
from newsletter.preview.checked import checked, worst
from newsletter.preview.choice import FORCED, SCHEMES, Choice
from newsletter.preview.compare import IN, OUT, SAME, compared
from newsletter.preview.dark import darkened, turned
from newsletter.preview.exports import write
from newsletter.preview.frame import BLANK, blocked, framed, schemed, stripped
from newsletter.preview.header_fields import fields
from newsletter.preview.marks import marked
from newsletter.preview.material import of_file
from newsletter.preview.message import message
from newsletter.preview.message import test as send_test
from newsletter.preview.panels import Panels
from newsletter.preview.readers import READERS
from newsletter.preview.studio import Studio
from newsletter.preview.trouble import around
from newsletter.preview.web import web_frame
from newsletter.preview.workshop import Workshop, stamp
from newsletter.render.inspect import contrast
from newsletter.render.inspect.colour import Colour, forced
from newsletter.render.inspect.document import parse
from newsletter.render.inspect.inspection import inspect
from newsletter.render.inspect.support import GATE
from newsletter.render.personal import Own
from newsletter.render.rendered import UNSUBSCRIBE_URL, Image, Rendered

LINK = "https://news.example.com/u/token"
PAGE = f"""<!doctype html><html><head><meta name="color-scheme" content="light dark">
<style>p{{color:#222222}} @media (prefers-color-scheme: dark){{p{{color:#eeeeee}}}}
@media screen and (prefers-color-scheme:light){{p{{margin:0}}}}</style></head>
<body style="background-color:#ffffff"><p class="a" style='color:#111111' title="a > b">Up 1.2%
&amp; down 0.4%, then 1.2% again.</p><img src="cid:chart" alt="The chart: 1.2%">
<a href="{UNSUBSCRIBE_URL}">Leave</a></body></html>"""
MAIL = Rendered(
    "Subject", "Pre", PAGE, "Text", (Image("chart", "The chart: 1.2%", b"\x89PNG", 9, 9),)
)


@pytest.fixture
def studio(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    house = Workshop(tmp_path / "config.yaml")
    path = tmp_path / "mail.json"
    path.write_bytes(MAIL_FILE.to_bytes())
    yield Studio(house, "", path)
    house.close()


house_mail = cache(render_support.mail)
MAIL_FILE = replace(MAIL, text=f"Leave: {UNSUBSCRIBE_URL}\n")


def test_there_are_as_many_schemes_as_the_check_has():
    assert tuple(SCHEMES) == contrast.MODES


def test_a_choice_is_read_from_an_address_and_nothing_else_is():
    given = {"key": "k", "law": "IN,EU", "images": "off", "marks": "on", "unknown": "x"}
    assert Choice.read(given) == Choice(key="k", law=("EU", "IN"), images=False, marks=True)
    for wrong in ({"scheme": "sepia"}, {"law": "US,XX"}, {"version": "../x"}):
        with pytest.raises(ConfigError, match="in the address; there are"):
            Choice.read(wrong)


def test_a_frame_has_the_readers_link_and_its_pictures_inside():
    html = framed(MAIL, Choice(), Own(LINK))
    assert UNSUBSCRIBE_URL not in html
    assert f'href="{LINK}"' in html
    assert 'src="data:image/png;base64,iVBORw=="' in html


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True), ("lifted", False)])
def test_the_scheme_is_decided_in_the_document(scheme, dark):
    html = schemed(PAGE, scheme)
    assert "prefers-color-scheme" not in html
    conditions = ["(min-width:0)", "(max-width:0)"]
    first, second = conditions if dark else conditions[::-1]
    assert f"@media {first}" in html
    assert f"screen and {second}" in html
    assert html.count('name="color-scheme"') == 1


def test_what_clients_take_away_is_gone():
    bare = stripped(PAGE)
    assert "style" not in bare
    assert "class" not in bare
    assert 'title="a > b"' in bare
    off = blocked(PAGE.replace("#ffffff", "url(https://x.example/y.png)"))
    assert "cid:" not in off
    assert "y.png" not in off
    assert f'src="{BLANK}"' in off
    assert 'alt="The chart: 1.2%"' in off


FULL = PAGE.replace(
    "</style>",
    """ b{background:linear-gradient(#fff,rgb(1 2 3 / 50%)) teal}
@media screen{.a b{color:hsl(120,50%,25%)}} em{color:#800}</style>""",
).replace(
    "<a href",
    """<b>bold</b> <em style="color: rgb(10,20,30);font-family:'Tan'">em</em>
<font color=navy>font</font><table bgcolor="#ffe"><tr><td>cell</td></tr></table>
<p style="background-color:#102030;color:#f0f0f0">#ffffff</p><a href""",
)


def pairs(html, mode):
    """Ink and ground of every run of text, as the check of contrast sees them."""
    found, _ = contrast.check(parse(html))
    return {(one.ink, one.ground, one.sample) for one in found.pairs if one.mode == mode}


@pytest.mark.parametrize("how", FORCED)
@pytest.mark.parametrize("page", ["full", "house"])
def test_forced_dark_is_drawn_in_the_colours_that_the_check_measures(how, page):
    html = FULL if page == "full" else house_mail().html
    wanted = pairs(html, how)
    assert len(wanted) > 4
    assert pairs(schemed(html, how), "light") == wanted
    assert pairs(html, "light").isdisjoint(wanted)


def test_forced_dark_leaves_everything_but_colours():
    red = forced(Colour(1, 0, 0), "inverted")
    css = 'p.red:hover{color:red;font-family:"Tan";width:calc(1px + 2px)}/* red */#fff{margin:0}'
    assert turned(css, "inverted") == css.replace("color:red", f"color:{red.css}")
    html = darkened('<p title="color:red" style="color:#fff">#ffffff</p>', "lifted")
    assert html.endswith('<p title="color:red" style="color:#333333">#ffffff</p>')
    gradient = "background:linear-gradient(#ffffff,rgba(0,0,0,0.5))"
    assert turned(gradient, "inverted").endswith("(#000000,rgba(255,255,255,0.5))")


def test_claims_are_marked_where_they_stand_each_once():
    told = Document.of_html(PAGE).text
    spans = [at for at in range(len(told)) if told.startswith("1.2%", at)]
    claims = [
        Claim(Span(at, at + 4), "1.2%", "percent", Verdict.PROVED, "F", "", "html") for at in spans
    ]
    claims.append(Claim(Span(0, 1), "x", "percent", Verdict.PROVED, "F", "", "text"))
    html, found = marked(PAGE, claims)
    assert html.count("<mark ") == 2  # the third stands in an alternative text
    assert html.index('data-claim="0"') < html.index("then") < html.index('data-claim="1"')
    assert "Up <mark" in html
    assert '<mark data-claim="1" class="proved">1.2%</mark> again' in html
    assert found >= {0, 1}
    assert re.sub(r"</?mark[^>]*>", "", html) == PAGE


@given(st.lists(st.text("ab \n", max_size=12)), st.lists(st.text("ab \n", max_size=12)))
def test_a_comparison_holds_every_word_of_both_texts(first, second):
    old, new = "\n\n".join(first), "\n\n".join(second)
    pieces = [piece for paragraph in compared(old, new) for piece in paragraph]
    before = " ".join(piece.words for piece in pieces if piece.kind in {SAME, OUT})
    after = " ".join(piece.words for piece in pieces if piece.kind in {SAME, IN})
    assert sorted(before.split()) == sorted(old.split())
    assert after.split() == new.split()


def test_the_lines_around_a_mistake():
    lines = [str(number) for number in range(1, 31)]
    assert around(lines, 15) == tuple((n, str(n)) for n in range(10, 21))
    assert around(lines, 1)[0] == (1, "1")
    assert around(lines, 0) == around(lines, 31) == ()


def squeezed(text):
    """Without blanks: Python's parser puts one between encoded words (RFC 2047 has none there)."""
    return "".join(text.split())


def test_every_sample_reader_gets_a_whole_message(studio):
    for id, reader in READERS.items():
        choice = Choice(reader=id)
        data = message(studio, choice, studio.draw(choice))
        parsed = email.message_from_bytes(data, policy=email.policy.default)
        assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert len(parsed["To"].addresses) == 1
        name = parsed["To"].addresses[0].display_name
        assert squeezed(name) == squeezed(reader.name)
        assert all(len(line) <= 998 for line in data.split(b"\r\n"))
        shown = {field.name: field.read or field.value for field in fields(data)}
        assert squeezed(reader.name) in squeezed(shown["To"])


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.html", "<p>Words</p>", "html"),
        ("a.txt", "Words", "text"),
        ("a.md", "# Words", "text"),
        (
            "a.eml",
            "Subject: =?utf-8?q?W=C3=B6rter?=\nContent-Type: text/html\n\n<p>Words</p>",
            "html",
        ),
        ("a.json", MAIL.to_bytes().decode(), "html"),
    ],
)
def test_files_of_every_kind_are_shown(tmp_path, name, content, part):
    path = tmp_path / name
    path.write_text(content)
    found = of_file(path, None).mail
    assert getattr(found, part)
    assert name != "a.eml" or found.subject == "Wörter"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", "x", "of a kind the preview does not know"),
        ("a.json", "[1]", "reads draft/1 and rendered/1"),
        ("a.json", "{", "cannot be read as what it says"),
        ("a.json", '{"schema": "rendered/1"}', "cannot be read as what it says"),
        ("b.html", None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_shown_is_told_in_a_sentence(tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=words):
        of_file(path, None)


def test_exports_are_the_same_on_every_run(studio, tmp_path, monkeypatch):
    monkeypatch.setattr("newsletter.preview.printing.chromium", lambda: None)
    runs = []
    for name in ("one", "two"):
        files, missing = write(studio, Choice(), tmp_path / name)
        runs.append({file.name: file.read_bytes() for file in files})
        assert len(missing) == 2
        assert "none is installed; install chromium" in missing[0]
    assert set(runs[0]) == {"mail.eml", "mail.html", "mail.txt"}
    assert runs[0]["mail.html"] == runs[1]["mail.html"]


def test_a_stamp_changes_with_every_file(tmp_path):
    file = tmp_path / "a"
    before = stamp([file])
    file.write_text("x")
    middle = stamp([file])
    file.write_text("xy")
    assert len({before, middle, stamp([file])}) == 3


GTUBE = "\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"
"""The line that every filter must take for spam (spamassassin.apache.org/gtube)."""
REPORT = """Subject: x

Content analysis details:   (6.1 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RELAYS              Informational
 1.2 MISSING_HEADERS        Missing To: header, told at such a
                            length that it is wrapped
 5.0 GTUBE_LIKE             A test of unsolicited bulk mail
-0.1 DKIM_VALID             A valid signature
"""


def test_a_spam_report_is_read():
    found = spam.read(REPORT)
    assert (found.points, found.limit) == (6.1, 5.0)
    assert [hit.rule for hit in found.hits] == [
        "GTUBE_LIKE",
        "MISSING_HEADERS",
        "NO_RELAYS",
        "DKIM_VALID",
    ]
    assert found.hits[1].meaning == "Missing To: header, told at such a length that it is wrapped"
    assert str(found.hits[2].points) == "0.0"
    assert "could not be read" in spam.read("nonsense").problem


def test_the_real_spam_filter_knows_spam_and_finds_nothing_else_grave_in_the_mail(studio):
    program("spamassassin")
    mail = house_mail()
    studio.file.write_bytes(replace(mail, text=mail.text + GTUBE).to_bytes())
    found = spam.score(message(studio, Choice(), studio.draw(Choice())))
    assert (found.problem, found.limit) == ("", 5)
    assert (found.hits[0].rule, found.hits[0].points) == ("GTUBE", 1000)
    assert found.points - 1000 < 2
    assert found.points == pytest.approx(sum(hit.points for hit in found.hits), abs=0.3)
    meanings = {hit.rule: hit.meaning for hit in found.hits}
    assert meanings["MAILING_LIST_MULTI"].endswith("seen list manager")
    assert found.version


def test_a_spam_filter_that_is_absent_or_hangs_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in spam.score(b"x").problem
    program = tmp_path / "spamassassin"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(30)\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(spam, "SECONDS", 0.5)
    assert "no answer within 0.5 seconds" in spam.score(b"x").problem
    program.write_text(f"#!{sys.executable}\nprint({json.dumps(REPORT)})\n")
    monkeypatch.setattr(spam, "SECONDS", 25)
    assert spam.score(b"x").points == 6.1


def test_a_picture_is_as_high_as_its_mail_and_its_scripts_do_not_run():
    from PIL import Image as Pillow

    html = (
        "<!doctype html><script>document.write('<p>'.repeat(200))</script><title>t</title>"
        "<body style='margin:0'><div style='height:300px;background:#123456'></div>"
    )
    if printing.chromium() is None:
        missing("There is no Chromium here; run tools/install-debian.sh")
    with Pillow.open(io.BytesIO(printing.png(html, 400))) as picture:
        assert picture.size == (400, 324)
    assert printing.pdf(html).startswith(b"%PDF-")


ASKED = "Write <script>alert('asked')</script> & {{ nothing }} of 1.2%."


def test_the_prompt_is_shown_as_it_was_asked_and_as_text(studio):
    request = ask(system=ASKED, user="user: " + ASKED)
    reply = Reply("<b>said</b>", "m-1", Mode.PLAIN, 1, 1, 0.5)
    now = studio.house.clock.now()
    kept = Transcript((Exchange.answered(request, "m", reply, Decimal(0), now),))
    written = replace(render_support.draft(), author="model:m", transcript=kept.sha256)
    path = studio.file = studio.file.with_name("draft.json")
    path.write_bytes(written.to_bytes())
    assert "this store has no record" in Panels(studio).page("model", Choice())["html"]
    studio.house.pipeline.artefacts.put("transcript", kept.sha256, kept.to_bytes(), now)
    shown = Panels(studio).page("model", Choice())["html"]
    assert shown.count("<details") == 1
    assert [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", shown)] == [
        ASKED, "user: " + ASKED, "<b>said</b>",
    ]  # fmt: skip
    assert "<script" not in shown
    assert "<b>said" not in shown


def test_an_interruption_ends_it(tmp_path):
    (tmp_path / "a.html").write_text("<p>Words</p>")
    shutil.copy(assets.find("config.yaml"), tmp_path)
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "sys.argv = ['newsletter', 'preview', 'a.html', '--port', '0']; "
        "from newsletter.cli import main; main()"
    )
    root = str(Path(__file__).resolve().parents[2])
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "a.html; Ctrl-C stops" in run.stderr.readline()
        run.send_signal(signal.SIGINT)
        assert run.wait(120) == 0
        assert run.stderr.read() == "stopped\n"
    finally:
        run.kill()
        run.communicate()


def source_hash(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    "default-src 'none'; img-src data:; style-src 'sha256-old'; "
    f"script-src '{source_hash('let up;')}'"
)
WEB = PAGE.replace(
    "<style>",
    f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}"><style>',
).replace("</body>", "<script>let up;</script></body>")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("styles", [True, False])
def test_a_web_frames_policy_allows_what_stands_in_it_and_nothing_else(scheme, styles):
    page = web_frame(replace(MAIL, web=WEB), Choice(scheme=scheme, styles=styles))
    policy = html.unescape(re.search(r'content="([^"]*)"', page[page.index("http-equiv") :])[1])
    told = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    sheets = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    wanted = [f"'{source_hash(sheet)}'" for sheet in sheets] or ["'none'"]
    assert told["style-src"].split() == wanted
    assert told["script-src"] == f"'{source_hash('let up;')}'"
    assert told["default-src"] == "'none'"
    assert 'src="data:image/png;base64,' in page


def test_a_mail_without_a_web_edition_says_so():
    with pytest.raises(NotFound, match="no web edition"):
        web_frame(MAIL, Choice())


@given(st.lists(st.sampled_from(["supported", "partial", "unsupported", "unknown"])))
def test_a_program_is_as_good_as_its_worst_platform(states):
    order = ["unsupported", "partial", "unknown"]
    assert worst(states) == next(
        (one for one in order if one in states), "supported" if states else "unknown"
    )


def test_checks_count_what_is_to_be_mended_and_leave_no_feature_out():
    mail = replace(MAIL, html=PAGE.replace("<p ", "<marquee>x</marquee><p style='color:#fefefe' "))
    found = inspect(mail, from_name="T", from_address="a@b.example")
    words = checked(found, mail)
    loud = [one for one in found.remarks if one.level != "info"]
    assert loud
    assert words["badge"] == str(len(loud))
    assert sum(map(len, words["loud"].values())) == len(loud)
    assert sum(map(len, words["quiet"].values())) == len(found.remarks) - len(loud)
    shown = {row["used"].slug for row in words["clients"]["grave"] + words["clients"]["looks"]}
    for used in found.clients.features:
        lost = {verdict.client for verdict in used.verdicts
                if verdict.state in {"unsupported", "partial"}}  # fmt: skip
        assert (used.slug in shown) is bool(lost & set(GATE))
    ends = [(part["x"], part["x"] + part["wide"]) for part in words["meter"]["parts"]]
    assert all(b[0] == pytest.approx(a[1], abs=0.05) for a, b in itertools.pairwise(ends))
    assert ends[-1][1] == pytest.approx(1000 * found.size.html / 102_400, abs=0.1)


def test_every_letter_has_the_message_that_delivery_would_make(studio):
    for one in letters.listed():
        choice = Choice(key=one["key"])
        proof = studio.draw(choice)
        found = email.message_from_bytes(
            message(studio, choice, proof), policy=email.policy.default
        )
        assert found["Subject"] == proof.mail.subject
        to_a_list = one["key"] == "letter.correction"
        assert ("List-Unsubscribe" in found) is to_a_list
        assert (found["Auto-Submitted"] == "auto-generated") is not to_a_list
        assert message(studio, choice, studio.draw(choice)) == message(studio, choice, proof)
        with pytest.raises(SendRefused, match="sent nowhere"):
            send_test(studio, choice, "ada@example.com", "mailbox")
        with pytest.raises(NotFound, match="none is kept"):
            studio.draw(replace(choice, version="last"))
