"""Runs: work that the desk begins and that outlives a page, each a process of its own.

A run takes minutes and may be told to stop with the machine; the durable engine of the process
that does it brings it to its end. The desk only begins it and reads the board that tells how
far it is, so that a page never waits for one.
"""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

MOST: Final = 4
"""Runs begun here that may go on at once."""


class Runs:
    """Begins runs.

    Parameters
    ----------
    config_path : pathlib.Path
        The workspace's configuration.
    """

    def __init__(self, config_path: Path) -> None:
        self._config = config_path
        self._lock = threading.Lock()
        self._going: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}

    def begin(self, *command: str) -> bool:
        """Begin a command of the newsletter's own; False where the same one goes on already.

        Parameters
        ----------
        *command : str
            E.g. ``"run", "--session", "2026-07-02", "--edition", "evening"``. Secrets come by
            the environment, never by arguments.
        """
        with self._lock:
            self._going = {key: one for key, one in self._going.items() if one.poll() is None}
            if command in self._going or len(self._going) >= MOST:
                return False
            program = [sys.executable, "-m", "newsletter", "--config", str(self._config)]
            child = self._going[command] = subprocess.Popen(  # noqa: S603 - parsed keys and dates only
                [*program, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        # Whoever ends is buried at once, also when the desk that began it is gone before.
        threading.Thread(target=child.wait, name="run", daemon=True).start()
        return True

    def going(self, *command: str) -> bool:
        """Tell whether a command begun here goes on."""
        with self._lock:
            one = self._going.get(command)
            return one is not None and one.poll() is None

    def wait(self, seconds: float) -> None:
        """Give what was begun some time to end; what does not goes on by itself."""
        for one in list(self._going.values()):
            try:
                one.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
