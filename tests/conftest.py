"""Fixtures shared by the whole suite."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


def missing(reason: str) -> NoReturn:
    """Skip a test whose tool or data are not here; under CI, where they must be, fail it.

    Parameters
    ----------
    reason : str
        What is missing and how it comes here.
    """
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str) -> str:
    """Return the path of a program that a test needs, else see `missing`."""
    return shutil.which(name) or missing(f"{name} is missing; run tools/install-debian.sh")


@pytest.fixture(scope="session")
def market_bars() -> Path:
    """Directory of the real market bars beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "market" / "bars"
    if not folder.is_dir():
        missing(f"The real market data are not at {folder}.")
    return folder


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, headless; while it lives its thread has a running event loop."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is missing; run tools/install-debian.sh")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
