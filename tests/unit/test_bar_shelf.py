"""The folder of kept bars: whole or not at all, one writer, damage told, nothing lost."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from collect_support import REPO
from killed_shelf import DAY, write

from newsletter.collect.adjusting import as_of, frame
from newsletter.collect.shelf import VALUES, Batch
from newsletter.errors import StoreError
from newsletter.store.bars import BarShelf
from newsletter.store.bars.folder import Folder

OLD = [("A", 1.0), ("A", 2.0), ("A", 3.0), ("B", 1.0), ("B", 2.0), ("B", 3.0)]
NEW = sorted([*OLD, ("A", 4.0), ("B", 4.0)])


def contents(shelf: BarShelf) -> list[tuple[str, float]]:
    """Return every version of every close."""
    found = shelf.versions()
    close = found.values[VALUES.index("close")]
    assert len(found.events) == len(close) / 2  # bars and events come together
    return sorted(zip(found.names[found.code], close.tolist(), strict=True))


def test_a_writer_killed_at_any_step_leaves_the_old_or_the_new(tmp_path):
    done = subprocess.run(
        [sys.executable, str(REPO / "tests" / "killed_shelf.py"), str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PYTHONPATH": f"{REPO}:{REPO / 'tests'}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    killed = {"add": [], "merge": []}
    for folder in sorted(tmp_path.glob("*-*")):
        act, shelf = folder.name.split("-")[0], BarShelf(folder)
        killed[act].append(contents(shelf))
        write(shelf, 5, 5.0)  # the next writer is not in the way of what was left
        assert contents(shelf) == sorted([*killed[act][-1], ("A", 5.0), ("B", 5.0)])
        assert not list(folder.glob("*.part"))
        segments = Folder(folder).manifest().segments
        assert len(list(folder.glob("*.bars.parquet"))) == len(segments)
    assert len(killed["add"]) > 8
    assert len(killed["merge"]) > 10
    assert killed["add"][0] == OLD
    assert killed["add"][-1] == NEW
    assert all(found in (OLD, NEW) for found in killed["add"])
    assert killed["add"] == sorted(killed["add"], key=len)  # once new, it stays new
    assert all(found == OLD for found in killed["merge"])


def test_a_second_writer_waits_for_the_first(tmp_path):
    shelf = BarShelf(tmp_path)
    write(shelf, 1, 1.0)
    order = (
        "import sys; from pathlib import Path; from killed_shelf import write;"
        "from newsletter.store.bars import BarShelf; print('ready', flush=True);"
        "write(BarShelf(Path(sys.argv[1])), 3, 3.0); print('written', flush=True)"
    )
    with shelf.writing() as pen:
        other = subprocess.Popen(
            [sys.executable, "-c", order, str(tmp_path)], stdout=subprocess.PIPE, text=True,
            env={"PYTHONPATH": f"{REPO}:{REPO / 'tests'}", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert other.stdout.readline() == "ready\n"
        batch = Batch(dt.datetime(2026, 7, 2, 2, tzinfo=dt.UTC), DAY, DAY, "yahoo", DAY)
        bars = pd.DataFrame({"symbol": ["A", "B"], "date": pd.Timestamp(DAY), "close": 2.0})
        pen.add(batch, bars, pd.DataFrame())
        assert shelf.generation == 2  # the other has not come in between
    assert other.communicate(timeout=60)[0] == "written\n"
    assert shelf.generation == 3
    found = shelf.versions()
    assert sorted(found.values[VALUES.index("close")].tolist()) == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


FILES, DAMAGES = ("bars.parquet", "events.parquet", "manifest.json"), ("cut", "turned", "gone")


# Without its manifest a folder is one to which nothing was ever written.
@pytest.mark.parametrize(
    ("part", "damage"), [(p, d) for p in FILES for d in DAMAGES if (p, d) != (FILES[2], "gone")]
)
def test_damage_is_one_sentence_and_never_other_figures(tmp_path, part, damage):
    shelf = BarShelf(tmp_path)
    for hour in (1, 2):
        write(shelf, hour, float(hour))
    (path, *_) = sorted(tmp_path.glob(f"*{part}"))
    data = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        data[20] ^= 0xFF
        path.write_bytes(data)
    with pytest.raises(StoreError, match=r"damaged|lacks a file|written as") as told:
        shelf.versions()
    assert "\n" not in str(told.value)


def test_a_foreign_file_in_the_folder_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "00000009.bars.parquet").write_text("of a writer that was killed")
    write(BarShelf(tmp_path), 1, 1.0)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "00000009.bars.parquet").exists()


def test_many_writes_are_merged_by_themselves(tmp_path):
    shelf = BarShelf(tmp_path)
    for number in range(60):
        write(shelf, number % 24, float(number))
    assert len(Folder(tmp_path).manifest().segments) < 50
    assert contents(shelf) == sorted((s, float(n)) for s in "AB" for n in range(60))


def real(folder: Path, symbols: list[str] | None) -> pd.DataFrame:
    """Read the real bars, of some symbols or of all."""
    parts = []
    for file in sorted(folder.glob("*.parquet")):
        part = pd.read_parquet(file)
        parts.append(part if symbols is None else part[part["symbol"].isin(symbols)])
    bars = pd.concat(parts, ignore_index=True)
    bars["date"] = bars["date"].astype("datetime64[ns]")
    bars["symbol"] = bars["symbol"].astype(object)
    return bars.drop_duplicates(["symbol", "date"], ignore_index=True)


def ingest_and_read_back(folder: Path, bars: pd.DataFrame) -> None:
    """Keep a history year by year and read it as of the end of each."""
    shelf = BarShelf(folder)
    bars = bars.reindex(columns=["symbol", "date", *VALUES])
    bars[list(VALUES)] = bars[list(VALUES)].astype(np.float64)
    years = [1994, 2010, 2019, 2024, 2025, 2026]
    for first, last in zip([0, *years], years, strict=False):
        part = bars[(bars["date"].dt.year > first) & (bars["date"].dt.year <= last)]
        end = dt.date(last, 12, 31)
        instant = dt.datetime(last, 12, 31, 22, tzinfo=dt.UTC)
        with shelf.writing() as pen:
            pen.add(Batch(instant, end, dt.date(1900, 1, 1), "files"), part, pd.DataFrame())
    for year in years:
        instant = dt.datetime(year, 12, 31, 22, tzinfo=dt.UTC)
        found = frame(as_of(shelf.versions(instant), dt.date(2026, 12, 31)))
        expected = bars[bars["date"].dt.year <= year].sort_values(["symbol", "date"])
        assert found["symbol"].astype(object).tolist() == expected["symbol"].tolist()
        assert (found["date"].to_numpy() == expected["date"].to_numpy()).all()
        for name in VALUES:
            one, two = found[name].to_numpy(), expected[name].to_numpy()
            assert np.array_equal(one, two, equal_nan=True), name


def test_real_bars_are_read_back_as_of_past_instants(tmp_path, market_bars):
    ingest_and_read_back(tmp_path, real(market_bars, ["SPY", "^GSPC", "AAPL", "XLF", "GC=F"]))


@pytest.mark.drill
def test_all_real_bars_are_read_back_as_of_past_instants(tmp_path, market_bars):
    ingest_and_read_back(tmp_path, real(market_bars, None))
