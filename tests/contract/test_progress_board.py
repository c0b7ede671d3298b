"""The board of runs: what one process writes, every other one reads."""

import datetime as dt
import subprocess
import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa
from progress_support import BEGAN, EDITION, making, reporter

from newsletter.store.database import Database
from newsletter.store.models import ProgressRow
from newsletter.store.progress import SqlProgress
from newsletter.underway import CAP, Course

pytestmark = pytest.mark.databases

FULL = making(
    state=Course.FAILED,
    stage="draft",
    stage_at=BEGAN + dt.timedelta(seconds=3),
    message="<b>brief</b>",
    done=2,
    total=9,
    hand="model:" + "m" * 194,
    text="<script>alert(1)</script> é中\n",
    sent=123_456,
    reason="No bars; 'quoted' \\ and % too.",
)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'news.db'}"


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def board(database):
    return SqlProgress(database)


def test_what_is_told_comes_back_whole(board):
    assert board.find(EDITION) is None
    board.begin(FULL)
    assert board.find(EDITION) == FULL
    later = replace(FULL, text="x" * CAP, state=Course.DONE, stage_at=None)
    assert board.tell(later) is True
    assert board.find(EDITION) == later


def test_a_new_run_takes_the_place_of_the_old_one_which_is_heard_no_more(board):
    old, new = making(run="old", text="old words"), making(run="new")
    board.begin(old)
    board.begin(new)
    assert board.tell(replace(old, stage="draft")) is False
    assert board.find(EDITION) == new


def test_a_run_that_never_began_cannot_tell(board):
    assert board.tell(making()) is False
    assert board.find(EDITION) is None


def test_the_latest_come_first(board):
    for number in range(5):
        at = BEGAN + dt.timedelta(minutes=number)
        board.begin(making(edition=f"e{number}", updated_at=at))
    assert [one.edition for one in board.latest(3)] == ["e4", "e3", "e2"]


def test_a_reader_sees_the_last_state_while_a_writer_holds_the_lock(url, board, database):
    board.begin(FULL)
    with database.begin(writing=True) as session:
        session.execute(sa.update(ProgressRow).values(message="not yet committed"))
        other = Database(url)
        assert SqlProgress(other).find(EDITION) == FULL
        other.close()


@pytest.mark.databases("sqlite")
def test_another_process_reads_it(url, board):
    board.begin(FULL)
    program = (
        "import sys; from newsletter.store.database import Database;"
        "from newsletter.store.progress import SqlProgress;"
        "print(SqlProgress(Database(sys.argv[1])).find(sys.argv[2]).text)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, url, EDITION],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert found.stdout.strip() == FULL.text.strip()


def test_a_run_goes_on_where_its_table_is_gone(database, board):
    """The real board breaks: the run does not."""
    told = reporter(board)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("drop table progress")
    with told.making(EDITION, "run"):
        told.stage("collect")
        told.heard("text")


def test_a_run_is_told_whole_through_its_thread(board):
    told = reporter(board, secrets=("topsecret",))
    with told.making(EDITION, "run"):
        told.stage("draft")
        told.hand("model:fake")
        told.heard("a top")
        told.heard("secret \x00word")
    found = board.find(EDITION)
    assert (found.text, found.hand, found.state) == ("a [secret] word", "model:fake", "done")
