"""The reference of the command line: every command with its arguments, options and exit codes."""

from collections.abc import Iterator
from enum import Enum
from inspect import cleandoc
from typing import Any

import typer
from markdown_words import cell, code, numpydoc, table

from newsletter.cli.main import app
from newsletter.errors import ExitCode

HEAD = """# Commands

`newsletter --config FILE COMMAND` names a configuration; without it `$NEWSLETTER_CONFIG` does,
else `config.yaml` in the folder where you are. Progress and logs go to stderr; `--json` prints
one JSON document on stdout and nothing else. Every error is one sentence: what, where, and what
to do.

## Exit codes

"""
_CODES = {
    ExitCode.DONE: "done",
    ExitCode.CHECK_FAILED: "a check said no: something is blocked, differs or is not there",
    ExitCode.USAGE: "the command or the configuration cannot be used; or it was interrupted",
    ExitCode.NO_DATA: "there are no usable data for that session",
    ExitCode.OUTSIDE_FAILED: "an outside service failed",
}


def page() -> str:
    """Return the whole page as Markdown."""
    out = [HEAD, table(("code", "means"), [(f"{code:d}", _CODES[code]) for code in ExitCode])]
    for path, command in every():
        if path:
            out.append(f"\n{_section(path, command)}")
    return "".join(out)


def every(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with its path, groups before what is in them."""
    command = command or typer.main.get_command(app)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        if not getattr(inner, "hidden", False):
            yield from every(inner, (*path, name))


def _section(path: tuple[str, ...], command: Any) -> str:
    title = " ".join(("newsletter", *path))
    mark = "##" if len(path) == 1 else "###"
    _, words = numpydoc(cleandoc(command.help or ""))
    out = [f"{mark} {code(title)}\n\n{words}\n"]
    if hasattr(command, "commands"):
        return "".join(out)
    out.append(f"\n    {_usage(title, command)}\n")
    if rows := [_row(each) for each in command.params]:
        out.append("\n" + table(("argument or option", "holds", "without it", "what it is"), rows))
    return "".join(out)


def _usage(title: str, command: Any) -> str:
    options = "[OPTIONS] " if any(_is_option(each) for each in command.params) else ""
    words = [
        name if each.required or name.startswith("[") else f"[{name}]"
        for each in command.params
        if not _is_option(each)
        for name in (each.metavar or each.name.upper(),)
    ]
    return f"{title} {options}{' '.join(words)}".rstrip()


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _row(each: Any) -> tuple[str, str, str, str]:
    if _is_option(each):
        name = ", ".join(code(one) for one in (*each.opts, *each.secondary_opts))
    else:
        name = code((each.metavar or each.name.upper()).strip("[]"))
    flag = getattr(each, "is_flag", False)
    kind = "" if flag else _kind(each)
    default = "required" if each.required else _default(each, flag)
    return name, cell(kind), default, cell(getattr(each, "help", None) or "")


def _kind(each: Any) -> str:
    held = each.type_descriptor.annotation
    if isinstance(held, type) and issubclass(held, Enum):
        return "one of " + ", ".join(str(one.value) for one in held)
    words = {"str": "text", "int": "whole number", "float": "number", "Path": "path"}
    name = each.metavar or words.get(held.__name__, held.__name__)
    low, high = each.min, each.max
    bounds = [f"{word} {end:g}" for word, end in (("from", low), ("to", high)) if end is not None]
    return " ".join([name, *bounds]) + (
        ", any number of times" if getattr(each, "multiple", False) else ""
    )


def _default(each: Any, flag: bool) -> str:
    value = each.default
    if value is None or callable(value) or value in ((), [], ""):
        return "–"
    if flag:
        return "yes" if value else "no"
    return code(str(getattr(value, "value", value)))
