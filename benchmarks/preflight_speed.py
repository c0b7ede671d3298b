"""Time preflight: whole mails against ledgers of many sizes, long texts, hostile megabytes.

Usage: python benchmarks/preflight_speed.py [--sizes 1000 5000 ...] [--repeat N]
       [--no-hostile] [--out FILE]

Ledgers are the example's facts copied under other subjects. Prints JSON: milliseconds for a
mail of both parts (best and median of some runs, the first one apart, for it builds the
ledger's index), for texts of growing length, and seconds for a megabyte of each kind of malice.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "unit"))
sys.path.insert(0, str(ROOT / "tests"))

from preflight_support import BRIEFING, LEDGER  # noqa: E402

from newsletter.compute.facts import Ledger, index_facts  # noqa: E402
from newsletter.preflight.check import check, check_mail  # noqa: E402
from newsletter.preflight.document import Document  # noqa: E402

SIZES = (1_000, 5_000, 20_000, 80_000)
LENGTHS = (1, 2, 4, 8)
_MEGA = 1_000_000
HOSTILE = {
    "digits": "1" * _MEGA,
    "numbers": "1 " * (_MEGA // 2),
    "percentages": "1.5% " * (_MEGA // 5),
    "brackets": "(" * _MEGA,
    "square brackets": "[" * (_MEGA // 2) + "](" * (_MEGA // 4),
    "and": "and " * (_MEGA // 4),
    "quotes": "\"'" * (_MEGA // 2),
    "dashes": "-—–" * (_MEGA // 3),
    "spelled": "twenty-one " * (_MEGA // 11),
    "halves": "half a quarter of " * (_MEGA // 18),
    "names": "small caps rose " * (_MEGA // 16),
    "strangers": "Walmart fell airlines rose " * (_MEGA // 27),
    "months": "since early May " * (_MEGA // 16),
    "soft hyphens": "a\u00ad" * (_MEGA // 2),
    "full width": "\uff12\uff15\uff05" * (_MEGA // 3),
    "right to left": "\u202e1%" * (_MEGA // 3),
    "spaces": " " * _MEGA,
    "full stops": "a. " * (_MEGA // 3),
}


def ledger(size: int) -> Ledger:
    """Return the example's ledger with copies of its facts under other subjects."""
    facts = list(LEDGER)
    made = list(facts)
    copy = 0
    while len(made) < size:
        copy += 1
        for fact in facts[: size - len(made)]:
            tag = f"Z{copy}{fact.subject}"
            made.append(
                replace(fact, id=f"{tag}.{fact.id.partition('.')[2]}", subject=tag,
                        name=f"{fact.name} number {copy}")
            )  # fmt: skip
    return replace(LEDGER, facts=index_facts(made))


def page(text: str) -> str:
    """Return a text as the HTML part of a mail."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return "".join(f"<p>{block.replace('&', '&amp;')}</p>" for block in blocks if block)


def mail(text: str, facts: Ledger) -> float:
    """Return the seconds that checking a mail takes."""
    html = page(text)
    start = time.perf_counter()
    check_mail("Small caps lead", "Small caps fell 0.6%", html, text, facts)
    return time.perf_counter() - start


def _runs(text: str, facts: Ledger, repeat: int) -> dict[str, float]:
    first = mail(text, facts)
    runs = [mail(text, facts) for _ in range(repeat)]
    return {
        "first_ms": round(1000 * first, 1),
        "best_ms": round(1000 * min(runs), 1),
        "median_ms": round(1000 * statistics.median(runs), 1),
    }


def _hostile(name: str) -> float:
    start = time.perf_counter()
    check(Document.of_text(HOSTILE[name]), LEDGER)
    return round(time.perf_counter() - start, 2)


def main() -> None:
    """Run every measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-hostile", action="store_true")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    mail(BRIEFING, LEDGER)
    found: dict[str, Any] = {
        "ledger": {str(n): _runs(BRIEFING, ledger(n), wanted.repeat) for n in wanted.sizes},
        "length": {
            str(n * len(BRIEFING)): _runs("\n\n".join([BRIEFING] * n), LEDGER, wanted.repeat)
            for n in LENGTHS
        },
    }
    if not wanted.no_hostile:
        found["hostile_s"] = {name: _hostile(name) for name in HOSTILE}
    text = json.dumps(found, indent=1)
    if wanted.out is not None:
        wanted.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
