"""Photograph real editions in headless Chromium, for eyes and for docs/email.md.

Usage: python tools/email_shots.py --path DIR OUTDIR [--docs docs/images/email]

Makes the evening and the weekly of three sessions from the files in DIR, at four widths, in
light, dark and with pictures off: 72 pictures in OUTDIR, each whole page, and one sheet an
edition and mode that shows the four widths side by side. With ``--docs`` the tops of the
sheets are also written there, small enough to stand in the repository. Says for each page
whether anything runs over its edge.
"""

import argparse
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from screenshots import ARGUMENTS

from newsletter.app import House
from newsletter.render.standalone import standalone_html

ROOT = Path(__file__).resolve().parents[1]
SESSIONS = ("2020-03-16", "2024-08-05", "2026-07-02")
"""A crash, a one-day scare, a quiet rotation."""
KINDS = ("evening", "weekly")
WIDTHS = (320, 375, 768, 1024)
MODES = ("light", "dark", "images-off")
_GAP = 24
_TOP = 1500


def main() -> None:
    """Write every picture."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--path", required=True)
    parser.add_argument("--docs", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    mails = _mails(options.path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(ARGUMENTS)
        )
        for name, html in mails.items():
            for mode in MODES:
                shots = [_shoot(browser, options.out, name, html, mode, w) for w in WIDTHS]
                sheet = _sheet(shots)
                sheet.save(options.out / f"{name}.{mode}.sheet.png")
                if options.docs:
                    _keep(sheet, options.docs / f"{name}.{mode}.png")
        browser.close()


def _mails(path: str) -> dict[str, str]:
    """Return the HTML of every edition, written and proved as in a rehearsal."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text((ROOT / "config.yaml").read_text())
        for session in SESSIONS:
            for kind in KINDS:
                key = f"{session}.XNYS.{kind}"
                order = {"key": key, "provider": "files", "path": path}
                sample, mail = House(config).rehearsal().evening(order)
                print(key, "clean" if sample.clean else "BLOCKED", len(mail.html.encode()), "bytes")
                found[f"{session}.{kind}"] = standalone_html(mail)
    return found


def _shoot(browser: Browser, out: Path, name: str, html: str, mode: str, width: int) -> Image.Image:
    if mode == "images-off":
        html = re.sub(r'src="data:[^"]*"', 'src="cid:blocked"', html)
    scheme = "dark" if mode == "dark" else "light"
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.set_content(html)
    over = page.evaluate("document.documentElement.scrollWidth") - width
    file = out / f"{name}.{width}.{mode}.png"
    page.screenshot(path=file, full_page=True)
    page.close()
    print(file.name, f"runs {over} pixels over" if over > 0 else "fits")
    with Image.open(file) as picture:
        return picture.convert("RGB")


def _sheet(shots: list[Image.Image]) -> Image.Image:
    size = sum(shot.width + _GAP for shot in shots) + _GAP, max(s.height for s in shots) + 2 * _GAP
    sheet = Image.new("RGB", size, "#8b8b8b")
    left = _GAP
    for shot in shots:
        sheet.paste(shot, (left, _GAP))
        left += shot.width + _GAP
    return sheet


def _keep(sheet: Image.Image, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    top = sheet.crop((0, 0, sheet.width, min(sheet.height, _TOP)))
    small = top.resize((top.width * 5 // 8, top.height * 5 // 8), Image.Resampling.LANCZOS)
    small.quantize(colors=64, dither=Image.Dither.NONE).save(file, optimize=True)
    print(file, f"{file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
