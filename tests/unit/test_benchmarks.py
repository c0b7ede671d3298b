"""The benchmark of the signal engine, in its short form: same answers, whole report."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
WAYS = ("pandas_loop", "talib_loop", "pandas_frame")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    docs = folder / "performance.md"
    docs.write_text("# How fast\n\n<!-- signals: begin -->\nold\n<!-- signals: end -->\n\nEnd.\n")
    order = [
        sys.executable,
        str(REPO / "benchmarks" / "signals.py"),
        "--quick",
        *("--out", str(folder / "deep" / "signals.json")),
        *("--docs", str(docs)),
    ]
    done = subprocess.run(order, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "deep" / "signals.json").read_text()), docs.read_text()


def test_every_way_gives_the_same_counts(made):
    against = made[0]["against"]
    assert against["equal"] is True
    for way in WAYS:
        for ratio, of in (("ratio", "seconds"), ("cpu_ratio", "cpu_seconds")):
            expected = against[way][of] / against["engine"][of]
            assert against[way][ratio] == pytest.approx(expected)


def test_growth_and_floor_are_measured(made):
    growth, floor = made[0]["growth"], made[0]["floor"]
    assert [one["cells"] for one in growth] == [one["symbols"] * one["sessions"] for one in growth]
    for one in growth:
        assert one["ledger_peak_over_inputs"] >= one["counts_peak_over_inputs"] >= 1
        assert one["ledger_seconds"] > 0
        assert one["outputs"] > 100
    assert floor["times_memory_floor"] > 0
    assert floor["read_gb_per_second"] > 0
    assert made[0]["real"] is None


def test_the_tables_replace_what_stood_between_the_markers(made):
    docs = made[1]
    assert docs.startswith("# How fast\n\n<!-- signals: begin -->\n**Whole-market counts")
    assert docs.endswith("<!-- signals: end -->\n\nEnd.\n")
    assert "old" not in docs


def test_a_wrong_count_stops_the_benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(REPO / "benchmarks"))
    import signals

    answer = signals.vectorised(signals.generate(6, 300))
    wrong = ({**answer[0], "advancers": answer[0]["advancers"] + 1}, {})
    signals.assert_equal(answer, answer)
    with pytest.raises(AssertionError, match="advancers differs"):
        signals.assert_equal(answer, wrong)
