"""Ctrl-C while Yahoo does not answer: a real command, a real signal, one sentence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PATIENCE = 180

DRIVER = """
import datetime as dt, sys
import newsletter.collect.providers.yahoo as yahoo
from collect_support import DAYS
from newsletter.cli.main import main
from yahoo_loopback import FakeYahoo

class Any(dict):
    def get(self, symbol, *_):
        return rows
    __getitem__ = get

rows = [(day, 100.0 + i, 99.5 + i, 1000) for i, day in enumerate(DAYS)]
with FakeYahoo(Any()) as server:
    server.stalled = {"SPY"}
    yahoo.browser = server.session
    import threading
    def tell():
        server.waiting.wait()
        print("WAITING", flush=True)
    threading.Thread(target=tell, daemon=True).start()
    main()
"""


@pytest.mark.drill
@pytest.mark.parametrize("command", ["collect", "run"])
def test_an_interrupted_fetch_leaves_one_sentence_and_nothing_else(
    tmp_path: Path, command: str
) -> None:
    home = tmp_path / "house"
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    subprocess.run(
        [sys.executable, "-m", "newsletter", "init", home], env=env, check=True,
        capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    config = home / "config.yaml"
    config.write_text(config.read_text().replace("timeout_seconds: 20\n", "timeout_seconds: 120\n"))
    arguments = ["--config", str(config), command, "--session", "2026-07-02"]
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, *arguments], env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "WAITING\n"
        process.send_signal(signal.SIGINT)
        # The server answers when the process is gone, so that nothing else can end the wait.
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert out == ""
    assert err.splitlines()[-1] == "newsletter: interrupted; nothing half-done is kept."
    assert "Traceback" not in err
    listed = subprocess.run(
        [sys.executable, "-m", "newsletter", "--config", config, "editions", "list", "--json"],
        env=env, check=True, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert '"editions": []' in listed.stdout or listed.stdout.strip() == "[]"
