"""The mail in a real browser: nothing overflows, nothing is fetched, everything is named."""

from dataclasses import replace

import pytest
from render_support import draft, mail

from newsletter.draft.claims import Table
from newsletter.render.standalone import standalone_html


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("mail") / "mail.html"
    file.write_text(standalone_html(mail()))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 768, 1024])
def test_the_mail_fits_and_fetches_nothing(browser, page_file, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    pictures = page.evaluate(
        "[...document.images].map(i => [i.complete && i.naturalWidth > 0, i.alt])"
    )
    assert len(pictures) == 3
    assert all(loaded and alt for loaded, alt in pictures)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("width", [320, 375])
def test_the_widest_table_fits_a_phone(browser, tmp_path, width):
    columns = ("Fund", "Close", "50-day average", "200-day average", "Year's high",
               "From record close")  # fmt: skip
    row = ("Nasdaq-100 (QQQ)", "$706.52", "$702.79", "$632.15", "$746.16", "−5.3%")
    wide = Table("Levels that matter", columns, (row, row), "Price closes in dollars.")
    file = tmp_path / "mail.html"
    file.write_text(standalone_html(mail(replace(draft(), tables=(wide,)))))
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = "[...document.querySelectorAll('.wide td')].map(c => getComputedStyle(c).fontSize)"
    assert {float(size.removesuffix("px")) >= 12 for size in page.evaluate(sizes)} == {True}
    page.close()


def test_text_is_legible_against_its_ground_in_both_schemes(browser, page_file):
    """Body text has the contrast that WCAG AA asks of it."""
    script = """() => {
      const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const rgb = text => text.match(/[\\d.]+/g).map(Number);
      const ground = el => { for (; el; el = el.parentElement) {
        const c = rgb(getComputedStyle(el).backgroundColor);
        if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
      const poor = [];
      for (const el of document.querySelectorAll("p, li, h1, h2, td, th, caption, span")) {
        const own = [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        const style = getComputedStyle(el);
        if (!own || style.display === "none" || !el.getClientRects().length) continue;
        if (el.getBoundingClientRect().height < 2) continue;
        const [a, b] = [lum(rgb(style.color)), lum(ground(el))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(el.textContent.trim().slice(0, 60));
      }
      return poor; }"""
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 600, "height": 800}, color_scheme=scheme)
        page.goto(page_file.as_uri())
        assert page.evaluate(script) == []
        page.close()
