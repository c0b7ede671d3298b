"""What every chart must do, whatever it shows."""

import hashlib
import io
import re
import subprocess
import sys

import pytest
from chart_support import ledger, watched
from PIL import Image
from render_support import REPO

from newsletter.compute.facts import Ledger
from newsletter.render import chart_canvas
from newsletter.render.chart import WIDTH, Chart, charts
from newsletter.render.colours import contrast

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

    def test_words_can_be_read_on_a_phone(
        self, chart: Chart, simulated: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nine pixels at least where the picture is 288 wide, 4.5 to 1 on every ground."""
        with watched(monkeypatch) as seen:
            assert chart.draw(ledger(simulated=simulated)) is not None
        assert len(seen.written) > 5
        for one in seen.written:
            assert one.size * 288 / WIDTH >= 9, one
            assert one.colour in chart_canvas.TEXT, one
            assert one.left >= 0, one
            assert one.right <= WIDTH, one

    def test_words_do_not_cover_each_other(
        self, chart: Chart, simulated: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No two labels touch."""
        with watched(monkeypatch) as seen:
            assert chart.draw(ledger(simulated=simulated)) is not None
        for k, one in enumerate(seen.written):
            for other in seen.written[k + 1 :]:
                across = min(one.right, other.right) - max(one.left, other.left)
                down = min(one.bottom, other.bottom) - max(one.top, other.top)
                assert across <= 1 or down <= 1, (one, other)

    def test_lines_stand_out_from_the_paper(
        self, chart: Chart, simulated: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Three to one for whatever is a mark and not a thin rule of the scale."""
        with watched(monkeypatch) as seen:
            assert chart.draw(ledger(simulated=simulated)) is not None
        assert seen.marks <= set(chart_canvas.MARKS)
        assert seen.marks or seen.grounds - {chart_canvas.PAPER}


def test_charts_do_not_touch_pyplot() -> None:
    """Figures belong to nobody but their chart."""
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


def test_colours_can_be_told_from_every_ground() -> None:
    """4.5 to 1 for words on paper and tints, 3 to 1 for marks."""
    for ground in chart_canvas.TINTS:
        for colour in chart_canvas.TEXT:
            assert contrast(colour, ground) >= 4.5, (colour, ground)
        for colour in chart_canvas.MARKS:
            assert contrast(colour, ground) >= 3, (colour, ground)


def test_a_fresh_process_draws_the_same_bytes() -> None:
    """Nothing depends on the order of work, a hash seed or a caller's settings."""
    code = (
        "import sys, hashlib, matplotlib; sys.path.insert(0, 'tests');"
        "matplotlib.rcParams.update({'text.hinting': 'native', 'path.simplify': False});"
        "from chart_support import ledger; from newsletter.render.chart import charts;"
        "pngs = [c.draw(ledger()).image.png for c in reversed(charts().values())];"
        "print(hashlib.sha256(b''.join(reversed(pngs))).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True, cwd=REPO, capture_output=True, text=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(REPO)},
    )  # fmt: skip
    plates = [chart.draw(ledger()) for chart in CHARTS]
    here = hashlib.sha256(b"".join(plate.image.png for plate in plates if plate)).hexdigest()
    assert done.stdout.strip() == here
