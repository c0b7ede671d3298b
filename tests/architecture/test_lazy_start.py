"""A start waits for nothing that only comes later: market data, proofs, letters, other programs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("pandas", "pyarrow", "matplotlib", "newsletter.preflight.check", "fastapi", "openai")

LATER = (
    "pandas", "pyarrow", "numpy", "exchange_calendars", "matplotlib", "PIL", "openai", "httpx2",
    "mjml", "html5lib", "alembic", "newsletter.desk.api.application",
    "newsletter.desk.api.editions", "newsletter.draft.anew", "newsletter.draft.columnist",
    "newsletter.preflight.check",
    "newsletter.preflight.figures.cues", "newsletter.preflight.who.subjects",
    "newsletter.render.email", "newsletter.render.letters", "newsletter.render.inspect.inspection",
    "newsletter.preview.studio", "newsletter.doctor",
)  # fmt: skip
"""What a serving process loads when it is first needed, so that it is ready sooner."""

MOST = 410
"""Modules of our own that it may have loaded by then; 362 when this was written, 450 before."""

# The real command, until it says that it is ready; then as if interrupted at the keyboard.
SERVE = """
import gc, json, sys
from newsletter.telemetry import observed
import newsletter.desk.planned, newsletter.operating.timekeeper
def ready(self):
    told = {"modules": sorted(sys.modules), "looks": gc.isenabled()}
    print(json.dumps({**told, "frozen": gc.get_freeze_count()}), flush=True)
    raise KeyboardInterrupt
observed.Observation.ready = ready
none = ["--port", "0", "--public-port", "0", "--health-port", "0"]
sys.argv = ["newsletter", "serve", "--role", "web,worker", *none]
from newsletter.cli.main import main
main()
"""


@pytest.mark.parametrize("module", ["newsletter.app", "newsletter.cli.main"])
def test_opening_a_house_loads_nothing_heavy(module):
    told = f"import {module}, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_serve_is_ready_before_it_loads_what_only_comes_later(tmp_path):
    shutil.copy(ROOT / "config.yaml", tmp_path)
    serve = [sys.executable, "-c", SERVE]
    # Whoever opens a database first migrates it, which every later start has behind it.
    made = "from newsletter.app import House; from pathlib import Path;"
    made += "House(Path('config.yaml')).database.close()"
    for command in ([sys.executable, "-c", made], serve):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
        )
    found = json.loads(done.stdout)
    loaded = set(found["modules"])
    assert {"newsletter.desk.application", "newsletter.public.server", "dbos"} <= loaded
    assert sorted(loaded & set(LATER)) == []
    assert sum(name.partition(".")[0] == "newsletter" for name in loaded) <= MOST
    # What was loaded is never looked through for garbage; what comes after it is.
    assert found["looks"]
    assert found["frozen"] > 100_000
