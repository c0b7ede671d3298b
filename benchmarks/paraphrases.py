"""How much of hand-written falsehood is caught, and of truth refused; peers side by side.

Usage: python benchmarks/paraphrases.py SET... [--examples N]
"""

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from corpus import paraphrases  # noqa: E402
from corpus.peers import Etorotrade, Intel  # noqa: E402

from newsletter.compute.statistics import wilson_interval  # noqa: E402


def main() -> None:
    """Run and print JSON and a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--examples", type=int, default=0)
    options = parser.parse_args()
    every = [pair for name in options.sets for pair in paraphrases.pairs(name)]
    tally: Counter[tuple[str, str, str]] = Counter()
    wrong: dict[str, list[str]] = {"missed": [], "refused": []}
    for pair in every:
        for checker, flags in checkers(pair.session).items():
            caught = paraphrases.flagged(pair, pair.false, flags)
            refused = paraphrases.flagged(pair, pair.true, flags)
            tally[checker, pair.family, "caught"] += caught
            tally[checker, pair.family, "refused"] += refused
            if checker == "house":
                wrong["missed"] += [] if caught else [f"{pair.family}: {pair.false}"]
                wrong["refused"] += [pair.true] if refused else []
    report(every, tally)
    for name, sentences in wrong.items():
        random.Random(1).shuffle(sentences)
        print(json.dumps({name: sentences[: options.examples]}, indent=1, ensure_ascii=False))


def checkers(session: str) -> dict[str, paraphrases.Flags]:
    """Return the three checkers for the ledger of a session."""
    ledger = paraphrases.ledger(session)
    return {
        "house": paraphrases.house(ledger),
        "etorotrade": Etorotrade.of(ledger, paraphrases.aliases()).flags,
        "intel": Intel.of(ledger).flags,
    }


def report(every: list[paraphrases.Pair], tally: Counter[tuple[str, str, str]]) -> None:
    """Print shares by family, and of all with their intervals."""
    names = ("house", "etorotrade", "intel")
    of = Counter(pair.family for pair in every)
    print("| Family | Pairs | " + " | ".join(f"{name} caught | refused" for name in names) + " |")
    print("|---" * (2 + 2 * len(names)) + "|")
    for family, count in sorted(of.items()):
        cells = [
            f"{tally[name, family, what] / count:.0%}"
            for name in names
            for what in ("caught", "refused")
        ]
        print(f"| {family} | {count} | " + " | ".join(cells) + " |")
    whole = []
    for name in names:
        for what in ("caught", "refused"):
            hits = sum(tally[name, family, what] for family in of)
            low, high = wilson_interval(hits, len(every))
            whole.append(f"{hits / len(every):.1%} ({low:.1f}–{high:.1f})")
    print(f"| **all** | {len(every)} | " + " | ".join(whole) + " |")


if __name__ == "__main__":
    main()
