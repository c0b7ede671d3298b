"""The benchmark that lets Pythons take turns at preflight, in its short form."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "preflight_pairs.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it with so many words."""
    order = [sys.executable, str(SCRIPT), *words]
    return subprocess.run(order, capture_output=True, text=True, check=False, timeout=300)


def test_sides_take_turns_and_are_told_apart() -> None:
    sides = [sys.executable, f"{sys.executable}@{ROOT}"]
    done = run(*sides, "--facts", "200", "--warm", "0", "--pairs", "2")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["side"] for one in found] == sides
    assert {one["python"] for one in found} == {sys.version.split()[0]}
    assert found[0]["of_first"] == [1.0, 1.0, 1.0]
    for one in found:
        assert 0 < one["least_ms"] <= one["median_ms"]


def test_one_side_alone_is_refused() -> None:
    done = run(sys.executable)
    assert done.returncode == 2
    assert "two sides" in done.stderr
