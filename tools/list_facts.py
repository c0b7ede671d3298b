"""Write docs/facts.md: every metric, its ids, windows, units and formulas.

The page is made from the ledger of the sample market, which has a fact of nearly every metric;
it names no figure. ``--check`` tells whether it is up to date.
"""

import argparse
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from newsletter.app import House
from newsletter.compute.facts import Fact, Ledger

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "facts.md"
SESSION = "2026-07-02"
FEW = 3
HEAD = """# Facts

A fact is what prose may state: a subject, a metric, a period, a value with its unit, the formula
that made it, and the only strings that may print it. An id is `SUBJECT.metric.window`, with
`.total` behind it where dividends are counted: `IWM.return.ytd`, `sp500.breadth.above_50d`.
This page lists every metric of the sample market's session of 2 July 2026 and the formulas
([what is computed](signals.md)) that give it. It is made from the code by `make docs`; do not
edit it.

`newsletter facts --json` prints the facts of a session with their values, and
`newsletter facts --absent` those that could not be computed, each with its reason. What rests on
data that the sample market has not (an issuer's weights, filings of one company) is listed with
its formula alone.

"""
_ORDER = {"1d": 0, "5d": 1, "1m": 2, "3m": 3, "6m": 4, "ytd": 5, "1y": 6, "close": 7}


def page(ledger: Ledger) -> str:
    """Return the whole page as Markdown."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in ledger.facts.values():
        found[fact.metric].append(fact)
    rows = [_row(metric, facts) for metric, facts in sorted(found.items())]
    head = "| metric | an id | windows | unit | kind | formula |\n|---|---|---|---|---|---|\n"
    return HEAD + head + "".join(rows)


def _row(metric: str, facts: list[Fact]) -> str:
    windows = sorted({_window(fact) for fact in facts}, key=lambda one: (_ORDER.get(one, 9), one))
    formulas = sorted({fact.formula for fact in facts})
    linked = [f"[`{one}`](signals.md#{one.partition('@')[0]})" for one in formulas[:FEW]]
    more = [f"and {len(formulas) - FEW} more"] * (len(formulas) > FEW)
    cells = (
        f"`{metric}`",
        f"`{_pattern(min(fact.id for fact in facts))}`",
        ", ".join(f"`{one}`" for one in windows),
        ", ".join(sorted({str(fact.unit) for fact in facts})),
        ", ".join(sorted({fact.kind for fact in facts})),
        ", ".join([*linked, *more]),
    )
    return f"| {' | '.join(cells)} |\n"


def _window(fact: Fact) -> str:
    return _pattern(fact.period.label) if fact.period else ""


def _pattern(text: str) -> str:
    """Return an id or a window without the day or the year it happens to have."""
    text = re.sub(r"since:\d{4}-\d{2}-\d{2}", "since:DATE", text)
    return re.sub(r"cal:\d{4}", "cal:YEAR", text)


def _ledger() -> Ledger:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_bytes((ROOT / "config.yaml").read_bytes())
        with closing(House(config)) as house:
            order = {"key": f"{SESSION}.XNYS.evening", "provider": "sample"}
            return house.compute(house.collect(order))


def main(arguments: Iterable[str] | None = None) -> int:
    """Write the page, or with ``--check`` compare it; 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    text = page(_ledger())
    if not check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/facts.md is out of date; run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
