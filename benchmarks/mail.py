"""Time the mail of one edition: charts, MJML and text, cold and warm, and npm's mjml beside it.

Usage: python benchmarks/mail.py [--path DIR] [--session DATE] [--kind evening] [--runs N]
       [--npm DIR] [--out FILE]

``cold`` is the first mail of a new process: the renderer's imports, fonts, templates and the
drawing itself (`python -c` is started with ledger and draft in a file; reading them is not
counted, Python's own start is not either). ``warm`` are the mails after the first in one
process, as medians. The stages are those of `newsletter.render.email.render`.

``--npm DIR`` names a folder with ``node_modules/mjml`` (``npm install mjml`` there); both
compilers then get the very MJML of this edition, in turn, in the same run. Without it that
part says that it was left out.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mjml

from newsletter import assets
from newsletter.app import House
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft
from newsletter.render import email
from newsletter.render.chart import forget, plates
from newsletter.render.context import edition_context
from newsletter.render.setting import Setting
from newsletter.render.templating import environment
from newsletter.review.edition import EditionKey

ROOT = Path(__file__).resolve().parents[1]

_COLD = """
import sys, time, json
from pathlib import Path
folder = Path(sys.argv[1])
draft, ledger = (folder / "draft").read_bytes(), (folder / "ledger").read_bytes()
from newsletter.app import House
from newsletter.draft.claims import Draft
from newsletter.compute.facts import Ledger
from newsletter.review.edition import EditionKey
house = House(folder / "config.yaml")
key, draft = EditionKey.parse(sys.argv[2]), Draft.from_bytes(draft)
ledger = Ledger.from_bytes(ledger)
days = house.trading_days(key.session.date)
days.close(key.session)
start = time.perf_counter()
mail = house.render(key, draft, ledger, None)
print(json.dumps({"seconds": time.perf_counter() - start, "sha256": mail.sha256}))
"""

_NODE = """
import mjml2html from "mjml";
import {readFileSync} from "node:fs";
const source = readFileSync(process.argv[2], "utf8"), runs = Number(process.argv[3]);
const taken = [];
let html = "";
for (let k = 0; k < runs + 5; k++) {
  const start = performance.now();
  html = (await mjml2html(source, {validationLevel: "skip", fonts: {}})).html;
  taken.push(performance.now() - start);
}
console.log(JSON.stringify({ms: taken.slice(5), bytes: Buffer.byteLength(html)}));
"""


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(_config())
        house = House(folder / "config.yaml")
        key = EditionKey.parse(f"{options.session}.XNYS.{options.kind}")
        order = {"key": str(key), "provider": "sample"}
        if options.path:
            order |= {"provider": "files", "path": str(Path(options.path).resolve())}
        snapshot = house.collect(order)
        ledger = house.compute(snapshot)
        draft = house.house_draft(key, ledger)
        (folder / "draft").write_bytes(draft.to_bytes())
        (folder / "ledger").write_bytes(ledger.to_bytes())
        found: dict[str, Any] = {"session": options.session, "kind": options.kind}
        found["cold_s"] = _cold(folder, key, options.runs)
        mail = house.render(key, draft, ledger, None)
        found["warm_ms"] = _warm(house, key, draft, ledger, options.runs)
        found["stages_ms"], source = _stages(house, key, draft, ledger, options.runs)
        found["bytes"] = {
            "html": len(mail.html.encode()),
            "text": len(mail.text.encode()),
            "pictures": {image.name: len(image.png) for image in mail.images},
        }
        found["mjml"] = _compilers(source, options.npm, folder, options.runs)
    text = json.dumps(found, indent=1)
    if options.out:
        options.out.write_text(text + "\n")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--path")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--kind", default="evening")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--npm", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def _config() -> str:
    return (ROOT / "config.yaml").read_text().replace("enabled: false", "enabled: true")


def _cold(folder: Path, key: EditionKey, runs: int) -> dict[str, Any]:
    """Return the time of the first mail of several new processes; all must be the same mail."""
    told = []
    for _ in range(max(3, runs // 3)):
        command = [sys.executable, "-c", _COLD, str(folder), str(key)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        told.append(json.loads(done.stdout))
    if len({one["sha256"] for one in told}) != 1:
        raise SystemExit("Two processes made two different mails of the same facts.")
    seconds = [one["seconds"] for one in told]
    return {"median": round(statistics.median(seconds), 2), "worst": round(max(seconds), 2)}


def _warm(
    house: House, key: EditionKey, draft: Draft, ledger: Ledger, runs: int
) -> dict[str, float]:
    taken = []
    for _ in range(runs):
        forget()  # another evening has other charts
        start = time.perf_counter()
        house.render(key, draft, ledger, None)
        taken.append(1000 * (time.perf_counter() - start))
    return {"median": round(statistics.median(taken), 1), "worst": round(max(taken), 1)}


def _stages(
    house: House, key: EditionKey, draft: Draft, ledger: Ledger, runs: int
) -> tuple[dict[str, float], str]:
    """Return medians of the parts of a warm mail, and its MJML."""
    templates = environment(assets.texts("templates", suffixes={".j2"}))
    days = house.trading_days(key.session.date)
    parts: dict[str, list[float]] = {}

    def timed(stage: str, function: Any, *given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        result = function(*given, **named)
        parts.setdefault(stage, []).append(1000 * (time.perf_counter() - start))
        return result

    layout = key.kind if key.kind == "weekly" else email.LAYOUT
    body = templates.get_template(f"email/{layout}/body.mjml.j2")
    text = templates.get_template(f"email/{layout}/body.txt.j2")
    setting = Setting(
        publication=house.config.publication, jurisdictions=house.config.jurisdictions,
        edition_key=str(key), as_of=days.close(key.session), templates=templates,
    )  # fmt: skip
    words = edition_context(draft, ledger, setting).words
    for _ in range(runs):
        forget()
        timed("charts", plates, draft.charts, ledger)
        source = timed("template", body.render, words)
        timed("mjml", mjml.mjml2html, source, fonts={})
        timed("text", text.render, words)
    return {stage: round(statistics.median(each), 1) for stage, each in parts.items()}, source


def _compilers(source: str, npm: Path | None, folder: Path, runs: int) -> dict[str, Any]:
    """Compile the same MJML with both compilers, one after the other."""
    taken = []
    for _ in range(runs + 5):
        start = time.perf_counter()
        html = mjml.mjml2html(source, fonts={})
        taken.append(1000 * (time.perf_counter() - start))
    ours = statistics.median(taken[5:])
    found: dict[str, Any] = {
        "source_bytes": len(source.encode()),
        "mjml_python_ms": round(ours, 2),
        "mjml_python_bytes": len(html.encode()),
    }
    if npm is None:
        return found | {"npm": "left out; give --npm a folder with node_modules/mjml"}
    (folder / "mail.mjml").write_text(source)
    script = npm / "time_mjml.mjs"
    script.write_text(_NODE)
    try:
        command = ["node", script.name, str(folder / "mail.mjml"), str(runs)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=npm)
    finally:
        script.unlink()
    told = json.loads(done.stdout)
    theirs = statistics.median(told["ms"])
    return found | {
        "npm_ms": round(theirs, 2),
        "npm_bytes": told["bytes"],
        "ratio": round(theirs / ours, 1),
    }


if __name__ == "__main__":
    main()
