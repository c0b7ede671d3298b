"""What the documentation site is given besides the pages of docs/, at build time.

The reference from the code, the decisions in their order, CONTRIBUTING and CHANGELOG, and a page
for each source file that some page links to: the site stands by itself and asks nothing of others.
"""

import posixpath
import re
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

import calls  # noqa: E402
import commands  # noqa: E402
import keys  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

from newsletter.config import Config  # noqa: E402

AWAITED: Final = frozenset({"tutorial.md", "schedule.md", "observability.md", "operations.md"})
"""Pages of the navigation that a checkout may be without."""
CARRIED: Final = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages outside docs/ that the site has, and where."""
HOME: Final = {"README.md": "index.md", "docs": "index.md"}
SOURCES: Final = "source"
_LINK = re.compile(r"(?<=\]\()(?![a-z+]+:|#|/)([^)\s#]+)(?=[)#\s])")
_LANGUAGES: Final = {".py": "python", ".md": "markdown", ".yaml": "yaml", ".j2": "html"}
_BEGIN: Final = "[Begin with the tutorial](tutorial.md){ .md-button .md-button--primary }"
_INDEX: Final = """# Reference

Made from the code that it is about, each time the site is built.

| page | lists |
|---|---|
| [Commands](commands.md) | every command, its options, exit codes |
| [Configuration keys](config.md) | every key of config.yaml: what it holds, default, bounds |
| [Facts](../facts.md) | every metric: ids, windows, units, formulas |
| [Signals](../signals.md) | every formula with its source, a worked example, its limits |
| [Rules](../rules.md) | what preflight finds, why, with examples |
| [API](api.md) | the desk for programs; as [openapi.json](openapi.json) |
| [Events](events.md) | what webhooks are told of |
| [Changes](../changelog.md) | release by release |
"""


def reference() -> dict[str, str]:
    """Return every page that is made from the code, by its place in the site."""
    return {
        "reference/index.md": _INDEX,
        "reference/commands.md": commands.page(),
        "reference/config.md": keys.page(Config),
        "reference/api.md": calls.page(),
        "reference/events.md": calls.events(),
        "reference/openapi.json": calls.as_json(),
    }


def on_config(config: Any) -> Any:
    """Put the decisions into the navigation; leave out what is not there yet."""
    config.nav = [one for entry in config.nav if (one := _entry(entry)) is not None]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add what is made, and the sources that pages link to."""
    made = reference()
    for name, place in CARRIED.items():
        made[place] = (ROOT / name).read_text(encoding="utf-8")
    wanted: set[str] = set()
    for file in files.documentation_pages():
        text = Path(file.abs_src_path or "").read_text(encoding="utf-8")
        wanted |= outside(text, f"docs/{file.src_uri}")
    for name in CARRIED:
        wanted |= outside((ROOT / name).read_text(encoding="utf-8"), name)
    made |= {place_of(one): _source(one) for one in sorted(wanted - {*CARRIED, *HOME})}
    for place, text in made.items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links that lead out of docs/ lead to their places in the site."""
    place = page.file.src_uri
    if place.startswith(f"{SOURCES}/"):
        return markdown
    if place == "index.md" and (ROOT / "docs" / "tutorial.md").exists():
        markdown = markdown.replace("<!-- tutorial -->", _BEGIN)
    carried = {site: name for name, site in CARRIED.items()}
    return rehung(markdown, carried.get(place, f"docs/{place}"), place)


def outside(text: str, name: str) -> set[str]:
    """Return what a page links to that docs/ does not have, by its path in the checkout."""
    return {one for link in _LINK.findall(text) if not _inside(one := _target(link, name))}


def rehung(text: str, name: str, place: str) -> str:
    """Return a page's text with its links as they are in the site.

    Parameters
    ----------
    text : str
        Markdown.
    name : str
        The page's path in the checkout.
    place : str
        Its path in the site.
    """

    def hang(match: re.Match[str]) -> str:
        target = _target(match[1], name)
        found = target.removeprefix("docs/") if _inside(target) else place_of(target)
        return posixpath.relpath(found, posixpath.dirname(place) or ".")

    return _LINK.sub(hang, text)


def place_of(target: str) -> str:
    """Return where the site has something that docs/ has not."""
    return CARRIED.get(target) or HOME.get(target) or f"{SOURCES}/{target}.md"


def _target(link: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), link))


def _inside(target: str) -> bool:
    return target.startswith("docs/")


def _source(target: str) -> str:
    """Return the page of a source file or folder."""
    path = ROOT / target
    head = f"---\nsearch: {{exclude: true}}\nhide: [toc, navigation]\n---\n\n# {target}\n\n"
    if path.is_dir():
        names = sorted(one.name for one in path.iterdir())
        shown = [one for one in names if not one.startswith(("__", "."))]
        return head + "".join(f"- `{one}`\n" for one in shown)
    text = path.read_text(encoding="utf-8")
    fence = "`" * (3 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{head}{fence}{_LANGUAGES.get(path.suffix, 'text')}\n{text}\n{fence}\n"


def _entry(entry: Any) -> Any:
    """Return one entry of the navigation, None where its page is still awaited."""
    if isinstance(entry, str):
        return entry
    ((title, below),) = entry.items()
    if below == "adr/":
        records = sorted((ROOT / "docs" / "adr").glob("0*.md"))
        return {title: ["adr/README.md", *({_title(one): f"adr/{one.name}"} for one in records)]}
    if isinstance(below, list):
        kept = [one for each in below if (one := _entry(each)) is not None]
        return {title: kept} if kept else None
    if below in AWAITED and not (ROOT / "docs" / below).exists():
        return None
    return entry


def _title(record: Path) -> str:
    return record.read_text(encoding="utf-8").splitlines()[0].lstrip("# ").strip()
