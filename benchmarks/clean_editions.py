"""Write and prove editions of random real sessions; print the share without any finding.

Usage: python benchmarks/clean_editions.py --path DIR [--count N] [--seed S] [--first YEAR]
"""

import argparse
import collections
import datetime as dt
import json
import random
import tempfile
from pathlib import Path

from newsletter.app import House
from newsletter.collect.sessions import TradingDays
from newsletter.review.edition import EditionKey

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=2016)
    options = parser.parse_args()
    days = TradingDays("XNYS", dt.date(2026, 8, 19)).index
    known = [d.date() for d in days[(days >= f"{options.first}-01-01") & (days <= "2026-08-19")]]
    chosen = sorted(random.Random(options.seed).sample(known, options.count))
    themes: collections.Counter[str] = collections.Counter()
    headlines, claims, findings = set(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text((ROOT / "config.yaml").read_text())
        house = House(Path(folder) / "config.yaml")
        for date in chosen:
            key = EditionKey.parse(f"{date}.XNYS.evening")
            order = {
                "key": str(key),
                "provider": "files",
                "path": str(Path(options.path).resolve()),
            }
            snapshot = house.collect(order)
            ledger = house.compute(snapshot)
            draft = house.house_draft(key, ledger)
            report = house.preflight(house.render(key, draft, ledger, snapshot), ledger)
            themes[draft.theme] += 1
            headlines.add(draft.headline)
            claims += len(report.claims)
            findings += [f"{date} {finding.rule} {finding.message}" for finding in report.findings]
    stained = {finding[:10] for finding in findings}
    print(
        json.dumps(
            {
                "sessions": len(chosen),
                "first": str(chosen[0]),
                "last": str(chosen[-1]),
                "clean_editions": len(chosen) - len(stained),
                "claims": claims,
                "findings": findings,
                "themes": dict(themes.most_common()),
                "distinct_headlines": len(headlines),
            },
            indent=1,
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
