"""A command that needs no market data waits for nothing that only market data need."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "pyarrow", "matplotlib", "newsletter.preflight.check", "fastapi", "openai")


@pytest.mark.parametrize("module", ["newsletter.app", "newsletter.cli.main"])
def test_opening_a_house_loads_nothing_heavy(module):
    told = f"import {module}, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
