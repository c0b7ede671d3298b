"""Prompts as versioned files: front matter, a system half and a user half.

A prompt file looks like this; the four keys are all required::

    ---
    id: brief
    version: 3
    variables: [facts, headlines]
    schema: brief
    ---
    # System
    You write a market briefing.
    # User
    {{ facts }}
    {{ headlines }}

Everything wrong with a file is found when it is read, not in the evening it is first used:
the declared variables must be exactly those that the body uses.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import CodeType, TracebackType
from typing import Any

import jinja2
import yaml
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.draft.model import Request
from newsletter.errors import ConfigError

_KEYS = ("id", "version", "variables", "schema")
_FRONT = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|$)", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_HALF = re.compile(r"^#[ \t]+(System|User)[ \t]*$", re.MULTILINE)
_IMPORTS = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_BROKEN = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt, and which template it came from.

    Parameters
    ----------
    id : str
        Of the template, e.g. ``"brief"``.
    version : int
        Of the template.
    template : str
        sha256 of the template's file.
    system, user : str
        The two halves.
    schema_name : str
        Name of the output schema the reply is held to.
    """

    id: str
    version: int
    template: str
    system: str
    user: str
    schema_name: str

    def request(
        self,
        schema: Mapping[str, Any],
        *,
        max_tokens: int,
        temperature: float,
        seed: int | None = None,
    ) -> Request:
        """Return what a model is asked with this prompt.

        Parameters
        ----------
        schema : mapping
            The JSON schema that `schema_name` names.
        max_tokens : int
            Longest reply.
        temperature : float
            0 to 2.
        seed : int, optional
            For services that honour one.
        """
        return Request(
            prompt=self.id,
            version=self.version,
            template=self.template,
            system=self.system,
            user=self.user,
            schema_name=self.schema_name,
            schema=schema,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
        )


@dataclass(frozen=True, slots=True)
class _Template:
    path: str
    id: str
    version: int
    variables: frozenset[str]
    schema_name: str
    sha256: str
    system: jinja2.Template
    user: jinja2.Template


class Prompts:
    """The prompts of a house, by id.

    Parameters
    ----------
    templates : mapping of str to template
        Use `of`, which reads and checks them.
    """

    def __init__(self, templates: Mapping[str, _Template]) -> None:
        self._templates = dict(sorted(templates.items()))

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Prompts":
        """Read prompt files.

        Parameters
        ----------
        texts : mapping of str to str
            Text by path, as `newsletter.assets.texts` returns it. A ``README.md`` is left
            out.

        Raises
        ------
        ConfigError
            If a file breaks a rule or two share an id: what, where, and how to mend it.
        """
        env = _environment()
        found: dict[str, _Template] = {}
        for path, text in sorted(texts.items()):
            if path.rsplit("/", 1)[-1] == "README.md":
                continue
            template = _read(env, path, text)
            if template.id in found:
                raise ConfigError(
                    f"{path} and {found[template.id].path} both have the id {template.id!r}; "
                    "give one of them another."
                )
            found[template.id] = template
        return cls(found)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids there are, sorted."""
        return tuple(self._templates)

    def render(self, id: str, /, **variables: Any) -> Prompt:
        """Fill in a prompt.

        Parameters
        ----------
        id : str
            Of the prompt.
        **variables
            Exactly those that its front matter declares.

        Raises
        ------
        ConfigError
            If there is no such prompt, a variable is missing or unknown, or the template
            asks a variable for what it has not.
        """
        template = self._templates.get(id)
        if template is None:
            known = ", ".join(self._templates) or "none at all"
            raise ConfigError(f"There is no prompt {id!r}; there are {known}.")
        _exactly(template, variables)
        return Prompt(
            id=template.id,
            version=template.version,
            template=template.sha256,
            system=_filled(template.path, template.system, variables),
            user=_filled(template.path, template.user, variables),
            schema_name=template.schema_name,
        )


def _environment() -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Nothing is known but the declared variables, and equal variables give equal prompts.
    env.globals.clear()
    del env.filters["random"]
    return env


def _read(env: jinja2.Environment, path: str, text: str) -> _Template:
    front = _FRONT.match(text)
    if front is None:
        raise ConfigError(
            f"{path}:1: a prompt starts with front matter between two lines `---`; "
            f"add it with the keys {_listed(_KEYS)}."
        )
    head = _head(path, front[1])
    halves = _halves(path, text, front.end())
    used = {name for half in halves for name in _used(env, path, half)}
    declared = frozenset(head["variables"])
    if used != declared:
        raise ConfigError(_unequal(path, text, declared, used))
    return _Template(
        path=path,
        id=head["id"],
        version=head["version"],
        variables=declared,
        schema_name=head["schema"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        system=_compiled(env, path, halves[0]),
        user=_compiled(env, path, halves[1]),
    )


def _head(path: str, front: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(
            f"{path}:{line}: the front matter is not valid YAML: {problem}."
        ) from error
    if not isinstance(head, dict) or set(head) != set(_KEYS):
        given = set(head) if isinstance(head, dict) else set()
        missing = [key for key in _KEYS if key not in given]
        odd = f"lacks {_listed(missing)}" if missing else f"has {_listed(given - set(_KEYS))}"
        raise ConfigError(f"{path}:1: the front matter {odd}; its keys are {_listed(_KEYS)}.")
    wrong = _wrong_value(head)
    if wrong:
        raise ConfigError(f"{path}:1: {wrong}.")
    return head


def _wrong_value(head: Mapping[str, Any]) -> str:
    for key in ("id", "schema"):
        if not _is_name(head[key]):
            return f"{key} is {head[key]!r}; make it a name such as 'brief' (a-z, 0-9, _)"
    version, variables = head["version"], head["variables"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return f"version is {version!r}; make it a whole number from 1"
    if not isinstance(variables, list) or not all(_is_name(name) for name in variables):
        return f"variables is {variables!r}; make it a list of names such as [facts]"
    if len(set(variables)) < len(variables):
        return f"variables names one twice: {_listed(variables)}; remove one"
    return ""


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _halves(path: str, text: str, start: int) -> tuple[str, str]:
    """Return both halves, each moved down so that its lines are numbered as in the file."""
    marks = [(mark.start(), mark.end(), mark[1]) for mark in _HALF.finditer(text, start)]
    if [name for _, _, name in marks] != ["System", "User"]:
        raise ConfigError(
            f"{path}: the body needs one line `# System` and after it one line `# User`; "
            f"it has {_listed(name for _, _, name in marks) or 'neither'}."
        )
    (first, system, _), (second, user, _) = marks
    if text[start:first].strip():
        line = text.count("\n", 0, start) + 1
        raise ConfigError(f"{path}:{line}: there is text before `# System`; move it below.")
    parts = []
    for begin, end in ((system, second), (user, len(text))):
        if not text[begin:end].strip():
            line = text.count("\n", 0, begin) + 1
            raise ConfigError(f"{path}:{line}: this half is empty; write it.")
        parts.append("\n" * text.count("\n", 0, begin) + text[begin:end])
    return parts[0], parts[1]


def _used(env: jinja2.Environment, path: str, half: str) -> set[str]:
    try:
        tree = env.parse(half)
        names = meta.find_undeclared_variables(tree)
    except jinja2.TemplateSyntaxError as error:
        raise ConfigError(_syntax(path, error)) from error
    for node in tree.find_all(_IMPORTS):
        raise ConfigError(
            f"{path}:{node.lineno}: a prompt may not include or import another; write it out."
        )
    return names


def _compiled(env: jinja2.Environment, path: str, half: str) -> jinja2.Template:
    try:
        code: CodeType = env.compile(half, filename=path)
    except jinja2.TemplateSyntaxError as error:
        raise ConfigError(_syntax(path, error)) from error
    return jinja2.Template.from_code(env, code, env.make_globals(None))


def _syntax(path: str, error: jinja2.TemplateSyntaxError) -> str:
    problem = (error.message or "it cannot be parsed").rstrip(".")
    return f"{path}:{error.lineno}: not a valid template: {problem}."


def _unequal(path: str, text: str, declared: frozenset[str], used: set[str]) -> str:
    undeclared, unused = sorted(used - declared), sorted(declared - used)
    if undeclared:
        line = _line_of(text, undeclared[0])
        return (
            f"{path}{line}: the body uses {_listed(undeclared)}, which the front matter does not "
            "declare; add it to `variables` or mend its spelling."
        )
    return (
        f"{path}:1: the front matter declares {_listed(unused)}, which the body does not use; "
        "use it or remove it from `variables`."
    )


def _line_of(text: str, name: str) -> str:
    found = re.search(rf"\{{[{{%][^}}]*\b{name}\b", text)
    return f":{text.count(chr(10), 0, found.end()) + 1}" if found else ""


def _exactly(template: _Template, variables: Mapping[str, Any]) -> None:
    missing = sorted(template.variables - set(variables))
    unknown = sorted(set(variables) - template.variables)
    if missing or unknown:
        problem = f"lacks {_listed(missing)}" if missing else f"knows no {_listed(unknown)}"
        raise ConfigError(
            f"The prompt {template.id!r} ({template.path}) {problem}; it is rendered with exactly "
            f"{_listed(sorted(template.variables)) or 'no variables'}."
        )


def _filled(path: str, template: jinja2.Template, variables: Mapping[str, Any]) -> str:
    try:
        return template.render(variables).strip()
    except _BROKEN as error:
        line = _line_in(path, error.__traceback__)
        problem = str(error).split("\n", 1)[0].rstrip(".")
        raise ConfigError(f"{path}{line}: the prompt cannot be filled in: {problem}.") from error


def _line_in(path: str, traceback: TracebackType | None) -> str:
    """Return ``:line`` of the innermost frame in a template (Jinja maps them to its lines)."""
    line = ""
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path:
            line = f":{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return line


def _listed(names: Iterable[str]) -> str:
    return ", ".join(str(name) for name in names)
