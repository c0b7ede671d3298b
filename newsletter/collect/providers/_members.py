"""Reading a file that names the breadth universe (``universe.breadth.members``)."""

import csv
from pathlib import Path

from newsletter.errors import ConfigError


def read_members(path: Path) -> tuple[str, ...]:
    """Return the symbols of a CSV file with a ``symbol`` column, sorted, each once.

    Raises
    ------
    ConfigError
        If it cannot be read, has no such column, or names nobody.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if "symbol" not in (rows.fieldnames or ()):
                raise ConfigError(f"{path} has no column named 'symbol'; add one.")
            found = tuple(sorted({row["symbol"].strip() for row in rows if row["symbol"]}))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            f"universe.breadth.members names {path}, which cannot be read as CSV: {error}."
        ) from error
    if not found:
        raise ConfigError(f"{path} lists no symbols; put one into each row.")
    return found
