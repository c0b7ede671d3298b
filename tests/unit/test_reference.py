"""The reference is made from the code and leaves nothing of it out."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from conftest import missing
from docs_support import ROOT
from lengths import DRILLS
from pydantic import BaseModel

from newsletter.cli.main import app
from newsletter.config import Config

TOOLS = ROOT / "tools"
COLOURED = "anchor_linenums: false"
HEADINGS = re.compile(r"^#+ (.+?)(?: {.*})?$", re.MULTILINE)


@pytest.fixture(scope="module")
def made():
    """The makers of pages, as modules; tools/ is no package."""
    sys.path.insert(0, str(TOOLS / "site"))
    names = ("markdown_words", "keys", "commands", "calls")
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(TOOLS / "site"))
        for name in names:
            sys.modules.pop(name, None)


def fields(model, path=""):
    """Return the path of every field of a model, the plain way: by its JSON schema."""
    schema = model.model_json_schema()
    return set(_fields(schema, schema.get("$defs", {}), path))


def _fields(told, known, path):
    if "$ref" in told:
        yield from _fields(known[told["$ref"].rsplit("/", 1)[1]], known, path)
    for name, inner in told.get("properties", {}).items():
        yield f"{path}.{name}".lstrip(".")
        yield from _fields(inner, known, f"{path}.{name}".lstrip("."))
    for inner in (*told.get("anyOf", ()), *told.get("allOf", ())):
        yield from _fields(inner, known, path)
    if isinstance(told.get("items"), dict):
        yield from _fields(told["items"], known, f"{path}[]")
    by_name = [told.get("additionalProperties"), *told.get("patternProperties", {}).values()]
    for inner in by_name:
        if isinstance(inner, dict):
            yield from _fields(inner, known, f"{path}.NAME")


def test_every_key_of_the_configuration_stands_in_the_reference(made):
    assert set(made["keys"].paths(Config)) == fields(Config)


def test_every_key_says_what_it_is_for(made):
    keys = made["keys"]
    every = [key for block in keys.blocks(Config, keys.said()) for key in block.keys]
    silent = [key.path for key in every if not key.words]
    assert silent == [], "say it under Parameters of the model, or in tools/site/key_words.yaml"
    assert not set(keys.said()) - {key.path for key in every}, "no such key any more"


def test_the_keys_of_a_model_are_told_with_their_bounds(made):
    from pydantic import Field

    class Inner(BaseModel):
        """Inside.

        Parameters
        ----------
        size : int
            How large.
        """

        size: int = Field(default=3, ge=1, le=9)

    class Outer(BaseModel):
        """Outside."""

        by_name: dict[str, Inner]
        several: tuple[Inner, ...] = ()

    told = {key.path: key for block in made["keys"].blocks(Outer, {}) for key in block.keys}
    assert set(told) == {"by_name", "by_name.NAME.size", "several", "several[].size"}
    assert told["by_name"].default == "required"
    size = told["several[].size"]
    assert (size.kind, size.default, size.bounds, size.words) == (
        "whole number", "`3`", "at least 1, at most 9", "How large."
    )  # fmt: skip


def commands(command=None, path=("newsletter",)):
    command = command or typer.main.get_command(app)
    for name, inner in getattr(command, "commands", {}).items():
        yield (*path, name), inner
        yield from commands(inner, (*path, name))


def test_every_command_and_option_stands_in_the_reference(made):
    page = made["commands"].page()
    parts = dict(
        re.findall(r"^#+ `(newsletter [^`]+)`\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    )
    every = {" ".join(path): command for path, command in commands()}
    assert set(parts) == set(every)
    assert len(every) >= 50
    for name, command in every.items():
        if not hasattr(command, "commands"):
            for one in command.params:
                shown = one.opts if one.param_type_name == "option" else [one.help or ""]
                assert all(word in parts[name] for word in shown), (name, shown)


def test_every_call_of_the_api_stands_in_the_reference(made):
    schema = json.loads(made["calls"].as_json())
    page = made["calls"].page()
    headings = set(HEADINGS.findall(page))
    for path, methods in schema["paths"].items():
        for method in set(methods) & {"get", "post", "put", "patch", "delete"}:
            assert f"`{method.upper()} {path}`" in headings
    assert set(schema["components"]["schemas"]) <= headings
    assert not re.findall(r"\]\(#model-(\w+)\)", page) or all(
        f"#model-{name} }}" in page for name in re.findall(r"\]\(#model-(\w+)\)", page)
    )


def test_words_in_a_table_cannot_break_it(made):
    words = made["markdown_words"]
    assert (
        words.cell("a | b\n <script>x</script> `<tt>`") == "a \\| b &lt;script>x&lt;/script> `<tt>`"
    )
    assert words.code("a`b|c") == "`` a`b\\|c ``"


def test_the_page_of_facts_is_what_the_sample_market_gives(kept):
    spec = importlib.util.spec_from_file_location("list_facts", TOOLS / "list_facts.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = tool.page(kept.ledger(tool.SESSION))
    assert page == tool.PAGE.read_text(encoding="utf-8"), "out of date; run `make docs`"


class Site:
    """The built site: its pages and what they refer to."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.pages = {
            one.relative_to(folder).as_posix(): one.read_text(encoding="utf-8")
            for one in folder.rglob("*.html")
        }
        self.ids = {
            name: set(re.findall(r'\bid="?([^"\s>]+)', text)) for name, text in self.pages.items()
        }


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if importlib.util.find_spec("mkdocs") is None:
        missing("mkdocs-material is missing; run `make setup`")
    folder = tmp_path_factory.mktemp("site")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    if not DRILLS:  # the colours of code are a quarter of the work, and no test looks at them
        assert config.count(COLOURED) == 1
        config = config.replace(COLOURED, f"{COLOURED}, use_pygments: false")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", "-",
         "--site-dir", folder],
        check=False, cwd=ROOT, capture_output=True, text=True, input=config,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return Site(folder)


def test_the_site_is_built_and_asks_nothing_of_other_hosts(site):
    assert {"index.html", "reference/commands.html", "reference/config.html"} <= set(site.pages)
    fetched = re.compile(
        r"<(?:link|script|img|iframe|source|audio|video)\b[^>]*?\b(?:href|src|srcset)="
        r"[\"']?(?:https?:)?//[^\"'\s>]+"
    )
    found = {name: fetched.findall(text) for name, text in site.pages.items()}
    assert {name: few for name, few in found.items() if few} == {}
    styles = "".join(one.read_text("utf-8") for one in site.folder.rglob("*.css"))
    assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles)


def test_every_link_of_the_site_leads_somewhere(site):
    broken = []
    for name, text in site.pages.items():
        if name == "404.html":  # its links begin at the root, wherever that is
            continue
        for link in set(re.findall(r"<a\b[^>]*?\bhref=\"?([^\"\s>]+)", text)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (site.folder / name).parent.joinpath(path).resolve() if path else None
            where = target.relative_to(site.folder.resolve()).as_posix() if target else name
            there = target is None or target.exists()
            if not there or (anchor and anchor not in site.ids.get(where, {anchor})):
                broken.append(f"{name} → {link}")
    assert broken == []


def test_every_decision_is_in_the_navigation(site):
    for record in (ROOT / "docs" / "adr").glob("0*.md"):
        assert f"{record.stem}.html" in site.pages["adr/index.html"]


def test_the_description_of_the_api_can_be_downloaded(site):
    told = json.loads((site.folder / "reference" / "openapi.json").read_text())
    assert told["paths"]["/editions/{key}/approve"]
