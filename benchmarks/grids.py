"""Fill sentence patterns with all that a ledger holds: one filling is true, all others must block.

Usage: python benchmarks/grids.py [--sessions DATE ...] [--grids NAME ...] [--out FILE]

The patterns stand in ``tests/corpus/grids``, the sessions are evenings of the sample market.
Prints a row for each grid: false sentences let through, true ones refused; then what was
let through, and which patterns are refused however they are filled.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpus.grids.every import GRIDS, SESSIONS, outcome  # noqa: E402


def main() -> None:
    """Measure the grids and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", nargs="+", default=list(SESSIONS))
    parser.add_argument("--grids", nargs="+", default=list(GRIDS), choices=list(GRIDS))
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    rows, passed, refused = {}, [], Counter[str]()
    for grid in wanted.grids:
        found = [outcome(grid, session) for session in wanted.sessions]
        rows[grid] = {
            "false": sum(one.false for one in found),
            "let_through": sum(len(one.passed) for one in found),
            "true": sum(one.true for one in found),
            "refused": sum(one.refused.total() for one in found),
        }
        passed += [pair for one in found for pair in one.passed]
        refused += sum((one.refused for one in found), Counter[str]())
        print(grid, json.dumps(rows[grid]), flush=True)
    total = {key: sum(row[key] for row in rows.values()) for key in next(iter(rows.values()))}
    told = {"grids": rows, "all": total, "let_through": passed, "refused": refused.most_common()}
    if wanted.out is not None:
        wanted.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(total))
    for false, true in passed:
        print(f"let through: {false} | true is: {true}")
    for pattern, count in refused.most_common():
        print(f"refused {count}: {pattern}")


if __name__ == "__main__":
    main()
