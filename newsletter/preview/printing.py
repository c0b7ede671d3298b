"""DOOR: a mail on paper and as a picture, by the Chromium of this machine."""

import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from newsletter.errors import ConfigError, RenderError

SECONDS: Final = 60
TALLEST: Final = 14_000
"""CSS pixels of a picture; Chromium draws none higher than 16,384."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge")
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
    "style-src 'unsafe-inline'\">"
)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_QUIET = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
)  # fmt: skip


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def pdf(html: str) -> bytes:
    """Print a document on paper.

    Parameters
    ----------
    html : str
        With its pictures inside. Scripts in it do not run and nothing is fetched.

    Raises
    ------
    ConfigError
        If there is no Chromium.
    RenderError
        If it fails or takes too long.
    """
    return _made(html, "out.pdf", lambda target: [f"--print-to-pdf={target}"])


def png(html: str, width: int) -> bytes:
    """Draw a document as one picture, as wide as given and as high as it is.

    Parameters
    ----------
    html : str
        As for `pdf`.
    width : int
        CSS pixels.

    Raises
    ------
    ConfigError, RenderError
        As for `pdf`.
    """
    size = f"--window-size={width},{TALLEST}"
    return _cropped(_made(html, "out.png", lambda target: [f"--screenshot={target}", size]))


def _made(html: str, name: str, options: Callable[[Path], list[str]]) -> bytes:
    program = chromium()
    if program is None:
        raise ConfigError(
            "PDF and PNG are made by Chromium, and none is installed; install chromium, or export "
            "the HTML and print it from a browser."
        )
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        page, target = Path(folder, "mail.html"), Path(folder, name)
        page.write_text(_safe(html), encoding="utf-8")
        # Chromium refuses to sandbox itself for root, which is what containers run as.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        profile = f"--user-data-dir={Path(folder, 'profile')}"
        command = [program, *_QUIET, *root, profile, *options(target), page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise RenderError(f"Chromium took longer than {SECONDS} seconds; try again.") from error
        if not target.exists():
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise RenderError(f"Chromium made no {name}: {' '.join(last)[:200]}")
        return target.read_bytes()


def _safe(html: str) -> str:
    """Put the policy before anything else of a document, so that no script in it runs."""
    found = _DOCTYPE.match(html)
    at = found.end() if found else 0
    return html[:at] + _POLICY + html[at:]


def _cropped(png_bytes: bytes) -> bytes:
    """Cut off the empty ground below the mail."""
    from PIL import Image, ImageChops

    with Image.open(io.BytesIO(png_bytes)) as opened:
        picture = opened.convert("RGB")
    ground = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    bottom = min(picture.height, (box[3] if box else 1) + 24)
    out = io.BytesIO()
    picture.crop((0, 0, picture.width, bottom)).save(out, format="PNG", optimize=True)
    return out.getvalue()
