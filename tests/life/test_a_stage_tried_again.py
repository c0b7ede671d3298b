"""A stage that failed is tried again, by hand or from the desk; what was made before it stands."""

import datetime as dt
import shutil

import pytest
from kept_support import order

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.errors import NewsletterError, ReviewError
from newsletter.review.edition import EditionKey, State

EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
KEY = EditionKey.parse("2026-07-02.XNYS.evening")
PIECE = "templates/email/evening/body.mjml.j2"

pytestmark = pytest.mark.market


@pytest.fixture
def house(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    opened = House(tmp_path / "config.yaml", clock=FixedClock(EVENING))
    yield opened
    opened.close()


def test_a_broken_template_costs_its_own_stage_and_no_other(house, market_bars, tmp_path):
    with pytest.raises(ReviewError, match="No run of 2026"):
        house.retry(KEY)
    (tmp_path / "bars").symlink_to(market_bars)
    shipped = assets.find(PIECE).read_text()
    broken = tmp_path / PIECE
    broken.parent.mkdir(parents=True)
    broken.write_text(shipped + "{% if %}")
    wanted = order(tmp_path / "bars")
    with pytest.raises(NewsletterError, match=r"body\.mjml"):
        house.run(wanted)
    found = house.runs.find(str(KEY))
    assert (found.stage, found.to_json(EVENING)["state"]) == ("render", "failed")

    (tmp_path / "bars").unlink()  # what the first stages read is gone
    with pytest.raises(NewsletterError):
        house.retry(KEY)  # nothing has been mended
    broken.unlink()
    edition = house.retry(KEY)
    assert (edition.state, edition.revision.number) == (State.IN_REVIEW, 1)
    assert house.runs.find(str(KEY)).to_json(EVENING)["state"] == "done"
    with pytest.raises(ReviewError, match="No run of 2026"):
        house.retry(KEY)
