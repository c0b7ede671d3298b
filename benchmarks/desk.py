"""Time what an editor waits for while writing: a check of a paragraph, and a save; print JSON.

Usage: python benchmarks/desk.py --config config.yaml --edition KEY --as EDITOR [--runs N]
       [--saves N]

Every check is of a text that was never checked before, asked through the application as the
page asks it: admission, CSRF, slots, proof and page. With `--saves` the edition gets as many
new revisions; take a copy of the workspace.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from starlette.testclient import TestClient

from newsletter.app import House
from newsletter.desk.application import application
from newsletter.desk.security.sessions import COOKIE
from newsletter.review.access import Stage
from newsletter.review.edition import EditionKey


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--edition", required=True)
    parser.add_argument("--as", dest="editor", required=True)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--saves", type=int, default=0)
    options = parser.parse_args()
    house = House(options.config)
    app = application(house)
    client, token = signed_in(app, options.editor)
    edition = house.editions.get(EditionKey.parse(options.edition))
    draft = house.pipeline.written(edition.revision.draft)
    paragraphs = [one for section in draft.sections for one in section.paragraphs]
    longest = max(paragraphs, key=len)
    number, way = edition.revision.number, f"/editions/{options.edition}"

    def check(text: str) -> tuple[float, float]:
        form = {"part": "sections.0.paragraphs.0", "text": text, "revision": number}
        return timed(client, f"{way}/check", form, token, 200)

    first = check(longest)
    # A word more with each key, as somebody types: nothing of the sentence was judged before.
    typed = [f"{longest} And so it goes on, {'very ' * at}slowly." for at in range(options.runs)]
    checks = [check(text) for text in typed]
    saves = []
    for at in range(options.saves):
        form = {"part": "kicker", "act": "put", "text": f"Trend {at}", "revision": number + at}
        saves.append(timed(client, f"{way}/save", form, token, 204))
    print(json.dumps({
        "characters": len(longest), "runs": len(checks), "first_check_ms": round(first[0]),
        "check_ms": told(checks), "save_ms": told(saves) if saves else None,
    }, indent=1))  # fmt: skip
    house.close()


def signed_in(app, editor):
    """Return a client with a session of an editor, and its token."""
    guard = app.state.newsroom.guard
    token = guard.sessions.begin(editor, Stage.WHOLE, "a benchmark")
    client = TestClient(app, base_url=app.state.newsroom.origin, follow_redirects=False)
    client.cookies.set(COOKIE, token)
    return client, guard.csrf.token(guard.sessions.find(token).id)


def timed(client, way, form, token, expected):
    """Post a form; return how long the answer took and how long this process worked, in ms."""
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    began, worked = time.perf_counter(), time.process_time()
    answer = client.post(way, data=form, headers=headers)
    took = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
    if answer.status_code != expected:
        raise SystemExit(f"{way} answered {answer.status_code}: {answer.text[:200]}")
    return took


def told(times):
    """Return median, 95th percentile and worst, by the clock and of the processor."""
    out = {}
    for name, column in zip(("clock", "processor"), zip(*times, strict=True), strict=True):
        ordered = sorted(column)
        out[name] = {
            "median": round(statistics.median(ordered), 1),
            "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
            "worst": round(ordered[-1], 1),
        }
    return out


if __name__ == "__main__":
    main()
