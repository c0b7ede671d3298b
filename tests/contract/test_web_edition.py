"""The web edition in a real browser: it fits, it sorts, it is silent, everybody can use it."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from render_support import draft, ledger, setting, templates

from newsletter.draft.claims import Table
from newsletter.render.context import edition_context
from newsletter.render.web import published, web_page

_ROWS = (
    ("Energy (XLE)", "+1.0%", "noise"), ("Utilities (XLU)", "n/a", "signal"),
    ("Health care (XLV)", "+12.6%", "noise"), ("Technology (XLK)", "−2.4%", "noise"),
    ("Staples (XLP)", "+2.0%", "apart"), ("Financials (XLF)", "−10.5%", "noise"),
)  # fmt: skip
LONG_TABLE = Table("Every member", ("Name", "Day"), tuple((f"Row {k}", f"{k}%") for k in range(14)))
WIDE = Table(
    "Levels that matter",
    ("Fund", "Close", "50-day average", "200-day average", "Year's high", "From record close"),
    (("Nasdaq-100 (QQQ)", "$706.52", "$702.79", "$632.15", "$746.16", "−5.3%"),) * 2,
)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    table = Table("Sectors", ("Sector fund", "Day", "Verdict"), _ROWS, "With dividends.")
    given = replace(draft(), tables=(table, LONG_TABLE, WIDE))
    told = setting(audio_url="https://n.example/a.mp3")
    context = edition_context(given, ledger(simulated=True), told)
    page = web_page(context, templates())
    file = tmp_path_factory.mktemp("web") / "edition.html"
    file.write_text(published(page, [plate.image for plate in context.drawn]))
    return file


@pytest.fixture
def opened(browser, page_file):
    """Open the page; whatever it asks for or complains of is written down and must be nothing."""
    pages, asked, said = [], [], []

    def open_page(width=1024, scheme="light", **more):
        page = browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme, **more
        )
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_every_width_with_its_pictures(opened, width):
    for scheme in ("light", "dark"):
        page = opened(width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        loaded = "[...document.images].map(i => i.complete && i.naturalWidth > 0 && i.alt.length)"
        found = page.evaluate(loaded)
        assert len(found) == 3
        assert all(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    page = opened(375, scheme)
    page.locator("summary").first.click()
    page.get_by_role("button", name="Day").first.click()
    results = Axe().run(page)
    assert results.response["violations"] == []


def column(page, place, table=0):
    return page.evaluate(
        "([t, p]) => [...document.querySelectorAll('table')[t].tBodies[0].rows]"
        ".filter(r => !r.hidden).map(r => r.cells[p].textContent)",
        [table, place],
    )


def test_a_click_sorts_by_value_and_what_is_missing_stays_last(opened):
    page = opened()
    head, before = page.locator("th", has_text="Day").first, column(page, 1)
    button = head.get_by_role("button")
    button.click()
    assert column(page, 1) == ["+12.6%", "+2.0%", "+1.0%", "−2.4%", "−10.5%", "n/a"]
    assert head.get_attribute("aria-sort") == "descending"
    button.click()
    assert column(page, 1) == ["−10.5%", "−2.4%", "+1.0%", "+2.0%", "+12.6%", "n/a"]
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.get_by_role("status").first.inner_text() == "Sorted by Day, lowest first."
    button.click()
    assert column(page, 1) == before
    assert head.get_attribute("aria-sort") == "none"


def test_the_keyboard_sorts_as_the_mouse_does(opened):
    page = opened()
    page.locator("table button").first.focus()
    page.keyboard.press("Enter")
    assert column(page, 0)[:2] == ["Energy (XLE)", "Financials (XLF)"]
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert column(page, 1)[0] == "+12.6%"
    heads = page.locator("table").first.locator("th[aria-sort]")
    assert [h.get_attribute("aria-sort") for h in heads.all()] == ["none", "descending", "none"]


def test_only_a_long_table_can_be_filtered(opened):
    page = opened()
    fields = page.get_by_label("Filter rows")
    assert fields.count() == 1
    fields.fill("row 1")
    assert column(page, 0, 1) == ["Row 1", "Row 10", "Row 11", "Row 12", "Row 13"]
    assert page.get_by_role("status").nth(1).inner_text() == "5 of 14 rows."
    fields.fill("")
    assert len(column(page, 0, 1)) == 14


def test_only_a_frame_that_scrolls_is_a_stop_for_the_keyboard(opened):
    page = opened(320)
    frames = "[...document.querySelectorAll('.frame')]"
    stops = f"{frames}.map(f => [f.tabIndex, f.scrollWidth > f.clientWidth])"
    page.wait_for_function("document.querySelector('.frame').tabIndex === -1")
    found = page.evaluate(stops)
    assert all((index == 0) == scrolls for index, scrolls in found)
    assert {index for index, _ in found} == {0, -1}


def test_without_its_script_everything_stands(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("table").count() == 3
    assert page.locator("button, input").count() == 0
    assert page.get_by_text("n/a").count() == 1
    context.close()


def test_its_policy_lets_no_other_script_run(browser, page_file, tmp_path):
    file = tmp_path / "changed.html"
    bad = "<script>document.title = 'owned'</script></body>"
    file.write_text(page_file.read_text().replace("</body>", bad))
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.title() != "owned"
    assert any("Content Security Policy" in text for text in said)
    assert page.locator("table button").count() > 0
    page.close()


def test_paper_shows_the_edition_and_no_tools(opened):
    page = opened(720, "dark")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    for selector in (".skip", ".tools", ".audio", ".contents", "summary"):
        assert not page.locator(selector).first.is_visible()
    ground = "getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details p").first.is_visible()
