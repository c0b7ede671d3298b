"""The house stands as its documents say."""

import re
import tomllib
from pathlib import Path

import pytest
from weights import HEAVY, TESTS

from newsletter import __version__

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["collect", "compute", "draft", "preflight", "render", "review", "send", "speech", "store"]


def test_folders_in_alphabetical_order_are_the_stages_in_order():
    """The listing is the data's path: nobody has to be told."""
    tools = {"engine", "telemetry"}
    shared = {"cli", "desk", "doctor", "operating", "preview", "public", "__pycache__"} | tools
    package = ROOT / "newsletter"
    folders = sorted(p.name for p in package.iterdir() if p.is_dir() and p.name not in shared)
    assert folders == STAGES == sorted(STAGES)


def test_import_contract_lists_the_stages_in_the_same_order():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    layers = [layer for layer in contracts["flow"]["layers"] if layer in STAGES]
    assert layers == STAGES[::-1]
    assert contracts["flow"]["exhaustive"] is True


def test_the_files_that_are_begun_with_are_there():
    assert [name for name in HEAVY if not (TESTS / name).is_file()] == []
    assert len(HEAVY) == len(set(HEAVY))


@pytest.mark.parametrize("name", ["bootstrap", "docs", "runtime", "sso", "test"])
def test_lock_files_carry_hashes_and_no_addresses(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE), "an option such as an index or find-links"
    pins = re.findall(r"^[\w.\-\[\]]+==[^\s;\\]+", text, re.MULTILINE)
    assert len(pins) >= 1
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_test_lock_contains_the_runtime_lock():
    """What is tested is what runs."""

    def pins(name):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^[\w.\-\[\]]+==[^\s;\\]+", text, re.MULTILINE))

    assert pins("runtime") <= pins("test")


def test_version_stands_once_in_two_places():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_schema_head_is_the_newest_migration():
    from newsletter.store.database import HEAD

    versions = sorted((ROOT / "newsletter/store/migrations/versions").glob("v*.py"))
    assert versions[-1].name.startswith(f"v{HEAD}_")


def test_every_decision_is_linked_from_the_index():
    index = (ROOT / "docs/adr/README.md").read_text()
    for record in sorted((ROOT / "docs/adr").glob("0*.md")):
        assert record.name in index


def test_documents_link_only_to_files_that_exist():
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
            if "://" not in target and not target.startswith("mailto:"):
                assert (document.parent / target).exists(), f"{document.name} → {target}"
