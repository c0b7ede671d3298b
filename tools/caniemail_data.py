"""Bring the vendored support data of mail programs up to date from the npm package caniemail.

``python tools/caniemail_data.py`` asks npm for the package; with a folder as its argument it
reads a package that was unpacked there. Kept of every feature: its title, and for each
platform, as one of the ``|``-separated cells of ``rows``, the verdict (y, a, n, u), the newest
version tested, ``<`` and the first version of that verdict, and the numbers of its notes. Look
at the difference before committing it: a verdict that changed may ask for a new line in
``newsletter/render/inspect/meaning.py``.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "newsletter" / "render" / "inspect" / "data"
PACKAGE = "caniemail"


def main() -> int:
    """Write ``caniemail.json`` and its licence."""
    if len(sys.argv) > 1:
        return _written(Path(sys.argv[1]))
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("npm is missing; install it or name a folder with the unpacked package.\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{PACKAGE}@latest", "--silent", "--pack-destination", folder]
        done = subprocess.run(command, cwd=folder, check=False)  # noqa: S603 - npm itself
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packed:
            sys.stderr.write("npm did not bring the package; its own words stand above.\n")
            return 4
        with tarfile.open(packed[0]) as archive:
            archive.extractall(folder, filter="data")
        return _written(Path(folder) / "package")


def _written(package: Path) -> int:
    given = json.loads((package / "data" / "caniemail.json").read_text(encoding="utf-8"))
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    pairs = {
        (family, platform)
        for one in given["data"]
        for family, platforms in one["stats"].items()
        for platform, tested in platforms.items()
        if tested
    }
    columns = sorted(pairs)
    kept = {
        "package": f"{about['name']} {about['version']}",
        "date": given["last_update_date"][:10],
        "families": given["nicenames"]["family"],
        "platforms": given["nicenames"]["platform"],
        "columns": [".".join(pair) for pair in columns],
        "features": {one["slug"]: _feature(one, columns) for one in given["data"]},
    }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    DATA.mkdir(exist_ok=True)
    # One feature a line: a refresh can be read as a difference.
    (DATA / "caniemail.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")
    shutil.copy(package / "LICENSE", DATA / "caniemail.LICENSE")
    sys.stdout.write(f"{kept['package']}, {kept['date']}: {len(kept['features'])} features\n")
    return 0


def _feature(one: dict[str, Any], columns: list[tuple[str, str]]) -> dict[str, Any]:
    rows = [
        _newest(one["stats"].get(family, {}).get(platform) or {}) for family, platform in columns
    ]
    used = {note for row in rows for note in re.findall(r"#(\d+)", row)}
    notes = {str(key): text for key, text in (one["notes_by_num"] or {}).items()}
    return {
        "title": one["title"],
        "rows": "|".join(rows).rstrip("|"),
        "notes": {key: text for key, text in notes.items() if key in used},
    }


def _newest(tested: dict[str, str]) -> str:
    """Return verdict, newest version, first version of that verdict if another, notes."""
    if not tested:
        return ""
    versions = sorted(tested, key=_order)
    last = tested[versions[-1]]
    verdict, since = last.split()[0], versions[-1]
    for version in reversed(versions):
        if tested[version].split()[0] != verdict:
            break
        since = version
    notes = "".join(f" #{number}" for number in re.findall(r"#(\d+)", last))
    return f"{verdict} {versions[-1]}" + (f" <{since}" if since != versions[-1] else "") + notes


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


if __name__ == "__main__":
    sys.exit(main())
