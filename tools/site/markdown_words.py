"""Small things that the makers of reference pages share: tables, cells, numpydoc."""

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(words: str) -> str:
    """Return words as they may stand in a table: on one line, with no bar and no tag."""
    line = " ".join(words.replace("``", "`").split())
    parts = re.split(r"(`[^`]*`)", line)
    plain = [part if part.startswith("`") else part.replace("<", "&lt;") for part in parts]
    return "".join(plain).replace("\\|", "|").replace("|", "\\|")


def code(text: str) -> str:
    """Return text in backquotes, with more of them where it holds some."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def numpydoc(doc: str) -> tuple[dict[str, str], str]:
    """Return what a docstring says of each parameter, and its words before the first heading."""
    parts = re.split(r"\n(\w[\w ]*)\n-{3,}\n", f"\n{doc}")
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    summary = parts[0].strip().replace("``", "`")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in told.get("Parameters", "").splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(":")[0].split(",")]
        elif names and line.strip():
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found, summary
