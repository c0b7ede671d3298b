"""Photograph a mail in headless Chromium, as readers see it: several widths, light and dark.

Usage: python tools/screenshots.py MAIL.html OUTDIR
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTHS = (375, 1024)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


def main(mail: Path, out: Path) -> None:
    """Write ``{width}.{scheme}.png`` for every width and colour scheme."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(ARGUMENTS)
        )
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                page = browser.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                page.goto(mail.resolve().as_uri())
                page.screenshot(path=out / f"{width}.{scheme}.png", full_page=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
