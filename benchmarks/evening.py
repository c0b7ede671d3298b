"""Time one evening stage by stage, each as often as asked, and print medians as JSON.

Usage: python benchmarks/evening.py [--provider files --path DIR] [--session DATE] [--runs N]
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

from newsletter.app import House
from newsletter.review.edition import EditionKey

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--provider", default="sample")
    parser.add_argument("--path")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text((ROOT / "config.yaml").read_text())
        house = House(Path(folder) / "config.yaml")
        key = EditionKey.parse(f"{options.session}.XNYS.evening")
        order = {"key": str(key), "provider": options.provider}
        if options.path:
            order["path"] = str(Path(options.path).resolve())
        seconds: dict[str, list[float]] = {}

        def timed(stage, function, *arguments):
            start = time.perf_counter()
            result = function(*arguments)
            seconds.setdefault(stage, []).append(time.perf_counter() - start)
            return result

        for _ in range(options.runs + 1):  # the first one warms imports and is dropped
            snapshot = timed("collect", house.collect, order)
            timed("hash", lambda s=snapshot: s.id)
            ledger = timed("compute", house.compute, snapshot)
            draft = timed("draft", house.house_draft, key, ledger)
            mail = timed("render", house.render, key, draft, ledger, snapshot)
            report = timed("preflight", house.preflight, mail, ledger)
    stages = {stage: round(statistics.median(each[1:]), 3) for stage, each in seconds.items()}
    print(
        json.dumps(
            {
                "session": options.session,
                "provider": options.provider,
                "runs": options.runs,
                "bars": len(snapshot.bars),
                "facts": len(ledger.facts),
                "claims": len(report.claims),
                "html_bytes": len(mail.html.encode()),
                "median_seconds": stages,
                "total_seconds": round(sum(stages.values()), 3),
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
