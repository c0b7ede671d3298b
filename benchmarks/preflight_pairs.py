"""Compare two Pythons, or two versions of the code, by how long preflight takes.

Usage: python benchmarks/preflight_pairs.py SIDE SIDE [SIDE ...] [--path DIR --session DATE]
       [--facts N] [--warm N] [--pairs N]

A side is ``PYTHON`` or ``PYTHON@TREE``: an interpreter that has the dependencies, and a
checkout (this one by default). Each side is a process of its own, warmed as in
``preflight_speed.py``; then they take turns at a text never seen before, so that whatever else
the machine does falls on all alike. Told are, in milliseconds of processor time, the median and
the least of each side, and the median with quartiles of what it takes for each millisecond of
the first side's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Side:
    """A process that checks when it is asked to.

    Parameters
    ----------
    told : str
        ``PYTHON`` or ``PYTHON@TREE``.
    wanted : argparse.Namespace
        What to check, and against how many facts.
    """

    def __init__(self, told: str, wanted: argparse.Namespace) -> None:
        python, _, tree = told.partition("@")
        root = Path(tree).resolve() if tree else ROOT
        more = ["--path", wanted.path, "--session", wanted.session] if wanted.path else []
        paths = os.pathsep.join([str(root), str(root / "benchmarks")])
        self.name = told
        self._process = subprocess.Popen(
            [python, __file__, "--serve", "--facts", str(wanted.facts), "--warm", str(wanted.warm),
             *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip

    def answer(self) -> str:
        """Return the next line it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self) -> float:
        """Return the milliseconds of processor time of one check."""
        assert self._process.stdin is not None
        self._process.stdin.write("check\n")
        return float(self.answer())

    def end(self) -> None:
        """Let the process end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve(wanted: argparse.Namespace) -> None:
    """Check once for each line that comes in."""
    import preflight_speed as speed

    mail = speed.real(wanted.path, wanted.session) if wanted.path else speed.golden()
    facts = speed.enlarged(mail.ledger, wanted.facts)
    speed.warming(mail, wanted.warm)
    mail.seconds(facts)
    remembered = speed.caches()
    print(sys.version.split()[0], flush=True)
    for _ in sys.stdin:
        speed.forget(remembered)
        start = time.process_time()
        mail.seconds(facts)
        print(1000 * (time.process_time() - start), flush=True)


def compared(wanted: argparse.Namespace) -> list[dict[str, Any]]:
    """Let the sides take turns, and return what is told of each."""
    sides = [Side(told, wanted) for told in wanted.sides]
    versions = [side.answer() for side in sides]
    turns = [[side.ask() for side in sides] for _ in range(wanted.pairs)]
    for side in sides:
        side.end()
    found = []
    for place, side in enumerate(sides):
        taken = [turn[place] for turn in turns]
        ratios = statistics.quantiles([turn[place] / turn[0] for turn in turns], n=4)
        found.append({
            "side": side.name, "python": versions[place],
            "median_ms": round(statistics.median(taken), 1), "least_ms": round(min(taken), 1),
            "of_first": [round(ratio, 3) for ratio in ratios],
        })  # fmt: skip
    return found


def main() -> None:
    """Compare, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sides", nargs="*", metavar="SIDE")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--path")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--facts", type=int, default=5_000)
    parser.add_argument("--warm", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=30)
    wanted = parser.parse_args()
    if wanted.serve:
        serve(wanted)
    elif len(wanted.sides) < 2 or wanted.pairs < 2:
        parser.error("name two sides or more, and two pairs or more")
    else:
        print(json.dumps(compared(wanted), indent=1))


if __name__ == "__main__":
    main()
