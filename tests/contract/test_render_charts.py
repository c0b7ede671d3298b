"""What every chart must do, whatever it shows."""

import io
import re

import pytest
from PIL import Image
from render_support import REPO, ledger

from newsletter.compute.facts import Ledger
from newsletter.render.chart import WIDTH, Chart, charts

CHARTS = list(charts().values())
EMPTY = Ledger(ledger().session, "sha256:0", {})


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
@pytest.mark.parametrize("simulated", [False, True])
class TestEveryChart:
    """One chart file, one run of this class."""

    def test_picture_is_small_and_sharp(self, chart: Chart, simulated: bool) -> None:
        """At twice the printed size and at most 60 kB."""
        plate = chart.draw(ledger(simulated=simulated))
        assert plate is not None
        assert len(plate.image.png) <= 60_000
        with Image.open(io.BytesIO(plate.image.png)) as picture:
            assert picture.format == "PNG"
            assert picture.size == (2 * WIDTH, 2 * plate.image.height)
            assert picture.info.keys() <= {"dpi", "transparency"}

    def test_picture_is_the_same_every_time(self, chart: Chart, simulated: bool) -> None:
        """Same ledger, same bytes."""
        first, second = (chart.draw(ledger(simulated=simulated)) for _ in range(2))
        assert first == second

    def test_picture_is_named_as_it_is_asked_for(self, chart: Chart, simulated: bool) -> None:
        """The Content-ID stem is the chart's id."""
        plate = chart.draw(ledger(simulated=simulated))
        assert plate is not None
        assert plate.image.name == chart.id
        assert re.fullmatch(r"[a-z][a-z0-9_]*", chart.id)

    def test_words_state_only_printed_forms(self, chart: Chart, simulated: bool) -> None:
        """Alt text and caption hold no figure that the ledger does not print."""
        plate = chart.draw(ledger(simulated=simulated))
        assert plate is not None
        forms = {form for fact in ledger() for form in fact.forms.values()}
        forms |= {f"{fact.lookback}" for fact in ledger() if fact.lookback} | {"500"}
        printed = {n for form in forms for n in re.findall(r"\d[\d.,]*\d|\d", form)}
        for words in (plate.title, plate.caption, plate.image.alt):
            assert words
            assert set(re.findall(r"\d[\d.,]*\d|\d", words)) <= printed

    def test_missing_data_leave_it_out(self, chart: Chart, simulated: bool) -> None:
        """Nothing to draw is no error."""
        assert chart.draw(EMPTY) is None


def test_charts_do_not_touch_pyplot() -> None:
    """Figures belong to nobody but their chart."""
    import subprocess
    import sys

    code = (
        "import sys; from newsletter.render.chart import charts; charts(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=REPO).returncode == 0


def test_stamp_is_in_the_picture() -> None:
    """A simulated chart is marked in the picture itself."""
    for chart in CHARTS:
        plain, marked = (chart.draw(ledger(simulated=s)) for s in (False, True))
        assert plain is not None
        assert marked is not None
        with Image.open(io.BytesIO(marked.image.png)) as picture:
            foot = picture.convert("RGB").getpixel((8, picture.height - 8))
        assert isinstance(foot, tuple)
        assert foot[0] > 230
        assert foot[2] < 120
