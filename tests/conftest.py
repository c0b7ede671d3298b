"""Fixtures shared by the whole suite."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def market_bars() -> Path:
    """Directory of the real market bars beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "market" / "bars"
    if not folder.is_dir():
        reason = f"The real market data are not at {folder}."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
