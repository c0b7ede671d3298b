"""How long from saving a template to the new mail in the browser: real server, real Chromium.

A marker in the masthead's template is changed and saved; the clock stops when a frame that
holds the new words is the one in view. Median and worst of the saves are printed, JSON with
``--out``.
"""

import argparse
import json
import platform
import shutil
import statistics
import tempfile
import time
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run".split()
TARGET = 500
"""Milliseconds within which a change must be seen."""
BODY = "templates/email/shared/parts/masthead.mjml.j2"
SEEN = """(words) => {
  const view = document.getElementById("view");
  return Boolean(view && view.contentDocument && view.contentDocument.body
    && view.contentDocument.body.textContent.includes(words));
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(workspace(Path(folder)), asked.saves)
    found |= {"python": platform.python_version(), "machine": platform.machine()}
    text = json.dumps(found, indent=1)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


def workspace(folder: Path) -> Path:
    """Make a workspace with templates of its own; return its config.yaml."""
    from newsletter import assets

    shutil.copy(assets.find("config.yaml"), folder)
    for path, text in assets.texts("templates").items():
        target = folder / "templates" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder / "config.yaml"


def measured(config: Path, saves: int) -> dict[str, object]:
    """Save a template again and again before a browser's eyes."""
    from playwright.sync_api import sync_playwright

    from newsletter.preview.server import Server
    from newsletter.preview.studio import SAMPLE_SESSION, Studio
    from newsletter.preview.workshop import Workshop

    house = Workshop(config)
    studio = Studio(house, f"{SAMPLE_SESSION}.XNYS.evening", None, {"provider": "sample"})
    server = Server(studio, 0)
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(server.address)
            page.wait_for_function(SEEN, arg="Unsubscribe", timeout=120_000)
            page.wait_for_timeout(3000)
            took = [saved(page, config.parent / BODY, number) for number in range(saves)]
            browser.close()
    finally:
        server.close()
        house.close()
    return {
        "saves": saves,
        "median_ms": round(statistics.median(took)),
        "worst_ms": round(max(took)),
        "target_ms": TARGET,
        "all_ms": [round(one) for one in took],
    }


def saved(page: object, path: Path, number: int) -> float:
    """Save once; return the milliseconds until it is seen."""
    text = path.read_text(encoding="utf-8")
    words = f"Saved-{number:03}"
    old = "{{ publication }}</p>" if number == 0 else f"Saved-{number - 1:03}</p>"
    new = f"{{{{ publication }}}} {words}</p>" if number == 0 else f"{words}</p>"
    assert old in text, "the masthead's template has changed; mend this benchmark"
    changed = text.replace(old, new, 1)
    started = time.perf_counter()
    path.write_text(changed, encoding="utf-8")
    page.wait_for_function(SEEN, arg=words, polling=10, timeout=20_000)
    took = 1000 * (time.perf_counter() - started)
    page.wait_for_timeout(300)  # the panel beside it is drawn by then
    return took


if __name__ == "__main__":
    main()
