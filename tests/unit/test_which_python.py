"""The Makefile's environment is made with an optimised Python where the machine has one."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "python.sh"
SYSTEM = "/usr/bin/python3"


def named(first: Path | None, script: str = SCRIPT.read_text(encoding="utf-8")) -> str:
    """Return which Python is chosen with a folder in front of the machine's programs."""
    path = os.environ["PATH"] if first is None else f"{first}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", script], env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


def program(folder: Path, name: str, body: str) -> Path:
    """Write a shell script that stands for a Python."""
    folder.mkdir(exist_ok=True)
    made = folder / name
    made.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    made.chmod(0o755)
    return made


def test_the_first_python_that_serves_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "good", "python3", "exit 0")
    assert named(tmp_path / "good") == "python3"


def test_one_that_does_not_serve_gives_way_to_the_distributions(tmp_path: Path) -> None:
    program(tmp_path / "slow", "python3", "exit 1")
    own = program(tmp_path / "own", "python3", "exit 0")
    script = SCRIPT.read_text(encoding="utf-8")
    assert script.count(SYSTEM) == 1
    assert named(tmp_path / "slow", script.replace(SYSTEM, str(own))) == str(own)


def test_where_none_serves_make_is_left_to_say_what_is_wrong(tmp_path: Path) -> None:
    slow = program(tmp_path / "slow", "python3", "exit 1")
    script = SCRIPT.read_text(encoding="utf-8").replace(SYSTEM, str(slow))
    assert named(tmp_path / "slow", script) == "python3"


@pytest.mark.parametrize(
    ("version", "told", "prefix", "serves"),
    [
        ((3, 11, 2), "'--enable-optimizations' '--with-lto'", "/opt/python", True),
        ((3, 11, 2), "'--enable-shared'", "/opt/python", False),
        ((3, 11, 2), "'--enable-shared'", "/usr", True),
        ((3, 10, 9), "'--enable-optimizations'", "/usr", False),
        ((3, 13, 0), None, "/opt/python", False),
    ],
)
def test_what_makes_a_python_serve(
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, ...],
    told: str | None,
    prefix: str,
    serves: bool,
) -> None:
    asked = SCRIPT.read_text(encoding="utf-8").split("good='")[1].split("\n'\n")[0]
    monkeypatch.setattr("sys.version_info", version)
    monkeypatch.setattr("sys.base_prefix", prefix)
    monkeypatch.setattr("sysconfig.get_config_var", {"CONFIG_ARGS": told}.get)
    with pytest.raises(SystemExit) as ended:
        exec(compile(asked, "asked", "exec"), {})
    assert (not ended.value.code) is serves
