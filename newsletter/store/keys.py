"""The key of readers' links, where the environment gives none: a file only its owner reads."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def link_key(path: Path) -> bytes:
    """Return the key kept in a file, making it the first time.

    Two processes that start at once get the same key: the file appears whole or not at
    all, and the first one stays. It belongs into every backup; links in mails already
    sent are void without it.

    Parameters
    ----------
    path : pathlib.Path
        Where; its folder is made if it is missing.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
        finally:
            Path(made).unlink()
    return path.read_bytes().strip()
