"""What belongs to a workspace besides its database: settings, texts, keys and kept bars."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newsletter.books import LINK_KEY
from newsletter.config import secret

if TYPE_CHECKING:
    from newsletter.app import House

CONFIG: Final = "config.yaml"
LINK_KEY_FILE: Final = "data/link.key"
FOLDERS: Final = ("templates", "prompts")
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")


def files(house: "House") -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return the files of a workspace by their places in it, and what lies elsewhere.

    Parameters
    ----------
    house : House
        The workspace.

    Returns
    -------
    dict of str to pathlib.Path, tuple of str
        Relative path to file; names that config.yaml gives to files outside.
    """
    found, outside = {CONFIG: house.config_path}, []
    for folder in FOLDERS:
        for path in sorted((house.base / folder).rglob("*")):
            if path.is_file():
                found[path.relative_to(house.base).as_posix()] = path
    for name in _named(house):
        path = (house.base / name).resolve()
        if not path.is_relative_to(house.base.resolve()):
            outside.append(name)
        elif path.is_file():
            found[path.relative_to(house.base.resolve()).as_posix()] = path
    kept = house.base / house.config.providers.kept
    if kept.is_dir() and not kept.resolve().is_relative_to(house.base.resolve()):
        outside.append(str(house.config.providers.kept))
    return found, tuple(outside)


def link_key_file() -> str:
    """Return where the link key lies in the workspace; empty where the environment gives it."""
    return "" if secret(LINK_KEY) else LINK_KEY_FILE


def _named(house: "House") -> Iterator[str]:
    """Yield the files that the configuration names, keys among them."""
    config = house.config
    if link_key_file():
        yield LINK_KEY_FILE
    if config.publication.brand.logo:
        yield str(config.publication.brand.logo)
    if config.universe.breadth.members:
        yield str(config.universe.breadth.members)
    for sender in config.senders.values():
        for signed in (sender.dkim, sender.dkim and sender.dkim.ed25519):
            if signed is not None and not _VARIABLE.fullmatch(signed.key):
                yield signed.key


def shelves(house: "House") -> Iterator[str]:
    """Yield the sources of which bars are kept in the workspace's own folder."""
    folder = house.base / house.config.providers.kept
    if folder.is_dir() and folder.resolve().is_relative_to(house.base.resolve()):
        yield from sorted(each.name for each in folder.iterdir() if each.is_dir())


def copy(source: Path, target: Path) -> None:
    """Copy a file's contents, and nothing else of it, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
