"""Trouble: what is wrong with a template or the configuration, with file, line and context."""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from newsletter.errors import ConfigError, NewsletterError, TemplateTrouble
from newsletter.preview.workshop import Workshop

AROUND = 5
"""Lines shown before and after the offending one."""
_YAML_LINE = re.compile(r"line (\d+)")
_KEY_PATH = re.compile(r"^.*?config\S*: ([\w.^-]+?)(?= is | is$|:)")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no mail.

    Parameters
    ----------
    message : str
        The whole sentence.
    path : str
        File, empty where it is not a file's fault.
    line : int
        From 1; 0 where it is not known.
    source : tuple of (int, str)
        Numbered lines around it.
    """

    message: str
    path: str = ""
    line: int = 0
    source: tuple[tuple[int, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "message": self.message,
            "path": self.path,
            "line": self.line,
            "source": [list(pair) for pair in self.source],
        }


def trouble(error: BaseException, house: Workshop) -> Trouble:
    """Return what an error says, with the lines it is about where they can be found.

    Parameters
    ----------
    error : BaseException
        Raised by drawing; what it was raised from is looked through too.
    house : Workshop
        Whose files are searched.
    """
    for one in _chain(error):
        if isinstance(one, jinja2.TemplateSyntaxError):
            return _at(_jinja_message(one), _file(one.filename or one.name, house), one.lineno)
        if isinstance(one, jinja2.TemplateError):
            path, line = _frame(one, house)
            return _at(_jinja_message(one), path, line)
        if isinstance(one, TemplateTrouble):
            return _mjml(one, house)
        if isinstance(one, ConfigError) and house.path.name in str(one):
            return _at(str(one), house.path, _config_line(str(one), house.path))
    if isinstance(error, NewsletterError | ConfigError):
        return Trouble(str(error))
    return _at(f"{type(error).__name__}: {error}", *_frame(error, house))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _jinja_message(error: jinja2.TemplateError) -> str:
    kind = {
        jinja2.UndefinedError: "Undefined name",
        jinja2.TemplateNotFound: "Template not found",
    }.get(type(error), "Template syntax")
    return f"{kind}: {error.message or error}"


def _file(name: str | None, house: Workshop) -> Path | None:
    if not name:
        return None
    path = Path(name)
    return path if path.is_file() else house.template_path(name)


def _frame(error: BaseException, house: Workshop) -> tuple[Path | None, int]:
    """Return the innermost line of a template that an error passed through."""
    names = {str(path) for path in house.files()}
    inner = [
        found for found in traceback.extract_tb(error.__traceback__) if found.filename in names
    ]
    return (Path(inner[-1].filename), inner[-1].lineno or 0) if inner else (None, 0)


def _at(message: str, path: Path | None, line: int | None) -> Trouble:
    if path is None:
        return Trouble(message)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return Trouble(message, str(path), line or 0)
    return Trouble(message, str(path), line or 0, around(lines, line or 0))


def around(lines: list[str], line: int) -> tuple[tuple[int, str], ...]:
    """Return numbered lines around one; none where the line is not known.

    Examples
    --------
    >>> around(["a", "b"], 2)
    ((1, 'a'), (2, 'b'))
    """
    if not 1 <= line <= len(lines):
        return ()
    first = max(1, line - AROUND)
    return tuple(enumerate(lines[first - 1 : line + AROUND], first))


def _mjml(error: TemplateTrouble, house: Workshop) -> Trouble:
    """Point at the template's line that made a line of MJML; at the MJML where none is alike."""
    made = error.source.splitlines()
    words = made[error.line - 1].strip() if 1 <= error.line <= len(made) else ""
    path = house.template_path(error.path)
    found = list(_alike(words, house.templates().list_templates(), house)) if words else []
    own = [pair for pair in found if pair[0] == path] or found
    if len(own) == 1:
        return _at(str(error), *own[0])
    return Trouble(
        str(error), f"{path or error.path} (as filled)", error.line, around(made, error.line)
    )


def _alike(words: str, names: list[str], house: Workshop) -> Iterator[tuple[Path, int]]:
    """Yield where templates hold a line; values that were filled in may stand for anything."""
    for name in names:
        path = house.template_path(name)
        if path is None or not name.endswith(".mjml.j2"):
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            fixed = [re.escape(part) for part in re.split(r"\{\{.*?\}\}|\{%.*?%\}", line.strip())]
            if any(len(part) > 3 for part in fixed) and re.fullmatch(".*?".join(fixed), words):
                yield path, number


def _config_line(message: str, path: Path) -> int:
    """Return the line of config.yaml that a sentence is about, or 0."""
    if found := _YAML_LINE.search(message):
        return int(found[1])
    named = _KEY_PATH.match(message)
    if named is None:
        return 0
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError):
        return 0
    return _line_of(node, named[1].split("."))


def _line_of(node: yaml.Node | None, keys: list[str]) -> int:
    line = 0
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            break
        held: Mapping[str, tuple[yaml.Node, yaml.Node]] = {
            str(name.value): (name, value) for name, value in node.value
        }
        if key not in held:
            break
        line, node = held[key][0].start_mark.line + 1, held[key][1]
    return line
