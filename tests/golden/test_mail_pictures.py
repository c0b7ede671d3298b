"""Perceptual goldens: the mail and its charts look as they did when somebody looked at them.

Chromium's page is photographed, made grey and shrunk to a quarter, so that a pixel stands for
sixteen; that forgives the smoothing of letters and shows a moved part, a lost colour, a
wrapped line. Tolerances, stated and the same for all: the height may differ by 1 %, the mean
by 2 of 255 levels, that of any band a hundred pixels high by 8, and one pixel in a hundred by
more than 40. The second test shows that changes nobody wants are beyond them.
"""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from chart_support import ledger
from PIL import Image
from render_support import mail

from newsletter.render.chart import charts
from newsletter.render.standalone import standalone_html

PICTURES = Path(__file__).parent / "pictures"
SHRINK = 4
HEIGHT, MEAN, BAND, FAR, SHARE = 0.01, 2.0, 8.0, 40, 0.01
_BAND_ROWS = 25
LOOKS = [(320, "light"), (320, "dark"), (600, "light"), (600, "dark")]


def shrunk(png: bytes) -> Image.Image:
    """Return a picture in grey, a quarter of its size."""
    with Image.open(io.BytesIO(png)) as picture:
        size = picture.width // SHRINK, picture.height // SHRINK
        return picture.convert("L").resize(size, Image.Resampling.BOX)


def differences(one: Image.Image, other: Image.Image) -> list[str]:
    """Return in what two shrunk pictures differ beyond the tolerances."""
    if one.width != other.width or abs(one.height - other.height) > HEIGHT * other.height:
        return [f"size {one.size} is not {other.size}"]
    rows = min(one.height, other.height)
    gap = np.abs(np.asarray(one, dtype=float)[:rows] - np.asarray(other, dtype=float)[:rows])
    found = []
    if gap.mean() > MEAN:
        found.append(f"mean difference {gap.mean():.2f}")
    bands = [gap[top : top + _BAND_ROWS].mean() for top in range(0, rows, _BAND_ROWS)]
    if max(bands) > BAND:
        found.append(f"band {int(np.argmax(bands))} differs by {max(bands):.1f}")
    if (gap > FAR).mean() > SHARE:
        found.append(f"{(gap > FAR).mean():.1%} of the pixels differ by more than {FAR}")
    return found


def photograph(browser, html: str, width: int, scheme: str) -> bytes:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(html)
    png: bytes = page.screenshot(full_page=True)
    page.close()
    return png


def held(made: Image.Image, name: str) -> list[str]:
    """Compare with the golden of a name, or make it where that was asked for."""
    path = PICTURES / f"{name}.png"
    if os.environ.get("UPDATE_GOLDEN") == "1" and os.environ.get("CI") != "true":
        made.quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)
    with Image.open(path) as golden:
        return differences(made, golden.convert("L"))


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_mail_looks_as_it_did(browser, width, scheme):
    png = photograph(browser, standalone_html(mail()), width, scheme)
    assert held(shrunk(png), f"mail.{width}.{scheme}") == []


def test_a_change_nobody_wants_is_seen(browser):
    """A lost colour, a part too wide and a missing picture are each beyond the tolerances."""
    html = standalone_html(mail())
    with Image.open(PICTURES / "mail.600.light.png") as golden:
        kept = golden.convert("L")
    wrecks = {
        "verdict without its ground": html.replace("background-color:#14213d", ""),
        "a paragraph set small": html.replace("font-size:17px", "font-size:14px"),
        "no pictures": html.replace('src="data:', 'src="cid:'),
    }
    for what, wreck in wrecks.items():
        assert wreck != html
        assert differences(shrunk(photograph(browser, wreck, 600, "light")), kept) != [], what


@pytest.mark.parametrize("name", sorted(charts()))
def test_the_charts_look_as_they_did(name):
    plate = charts()[name].draw(ledger())
    if plate is None:
        pytest.fail(f"The hand-made ledger has no data for the chart {name}.")
    assert held(shrunk(plate.image.png), f"chart.{name}") == []
