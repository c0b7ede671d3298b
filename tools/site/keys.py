"""The reference of config.yaml: every key, from the models that read it.

What a key is for is told by the numpydoc of its model, else by key_words.yaml beside this file;
a block of keys is told of by its own model.
"""

import types
import typing
from collections.abc import Iterator
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from markdown_words import cell, code, numpydoc, table
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

HEAD = """# Configuration keys

Every key that `config.yaml` may hold, as the program reads it. NAME stands for a name of your
own, `[]` for each entry of a list. An unknown key is a mistake, and the program says which known
one is nearest. Secrets are never kept here: they come from the environment, or from a file that
the same variable with `_FILE` behind it names.

"""
_WORDS = {
    "str": "text", "int": "whole number", "float": "number", "bool": "true or false",
    "Path": "path", "date": "date", "datetime": "instant", "Decimal": "number", "Any": "anything",
}  # fmt: skip
LONG = 48
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_LENGTHS = {"min_length": "at least", "max_length": "at most"}
WORDS = Path(__file__).with_name("key_words.yaml")
_NAME = "NAME"


class Key(NamedTuple):
    """One key.

    Parameters
    ----------
    path : str
        Its way from the top, with dots.
    kind, default, bounds, words : str
        What it holds, what holds without it, what is allowed, what it is for.
    """

    path: str
    kind: str
    default: str
    bounds: str
    words: str


class Block(NamedTuple):
    """One model with its keys."""

    path: str
    doc: str
    keys: tuple[Key, ...]


def page(model: type[BaseModel]) -> str:
    """Return the whole page as Markdown."""
    out, every = [HEAD], list(blocks(model, said()))
    inner = [block.path for block in every]
    for block in every:
        heading = (
            f"## {code(block.path)} {{ #{_anchor(block.path)} }}" if block.path else "## At the top"
        )
        rows = [
            (_name(key.path, inner), cell(key.kind), key.default, cell(key.bounds), key.words)
            for key in block.keys
        ]
        head = ("key", "holds", "without it", "allowed", "what it is for")
        out.append(f"{heading}\n\n{block.doc}\n\n{table(head, rows)}\n")
    return "".join(out)


def _anchor(path: str) -> str:
    return "key-" + path.replace("[]", "-each").replace(".", "-").lower()


def _name(path: str, inner: list[str]) -> str:
    """Return a key's own name, with a link to the keys inside it."""
    name = f"`{path.rpartition('.')[2]}`"
    below = next((one for one in (path, f"{path}.{_NAME}", f"{path}[]") if one in inner), "")
    return f"[{name}](#{_anchor(below)})" if below else name


def said() -> dict[str, str]:
    """Return what key_words.yaml says of keys, by path."""
    found: dict[str, str] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def blocks(model: type[BaseModel], words: dict[str, str], path: str = "") -> Iterator[Block]:
    """Yield a model and every model inside it, outermost first."""
    told, summary = numpydoc(cleandoc(model.__doc__ or ""))
    keys, inner = [], []
    for name, field in model.model_fields.items():
        where = f"{path}.{name}".lstrip(".")
        below = _models(field.annotation, where)
        inner += below
        own = told.get(name) or words.get(where) or next((_first(one) for _, one in below), "")
        keys.append(Key(where, _kind(field.annotation), _default(field), _bounds(field), cell(own)))
    yield Block(path, summary, tuple(keys))
    for where, found in inner:
        yield from blocks(found, words, where)


def paths(model: type[BaseModel]) -> list[str]:
    """Return the path of every key."""
    return [key.path for block in blocks(model, {}) for key in block.keys]


def _first(model: type[BaseModel]) -> str:
    """Return the first sentence of a model's words."""
    return cleandoc(model.__doc__ or "").split("\n\n")[0]


def _models(annotation: Any, where: str) -> list[tuple[str, type[BaseModel]]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [(where, annotation)]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _models(arguments[0], where)
    if origin is dict:
        return _models(arguments[1], f"{where}.{_NAME}")
    if origin in {tuple, list, frozenset, set}:
        return _models(arguments[0], f"{where}[]")
    return [found for each in arguments for found in _models(each, where)]


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is typing.Literal:
        return "one of " + ", ".join(str(each) for each in arguments)
    if origin is dict:
        return "text by name" if arguments[1] is str else "keys by name"
    if origin in {tuple, list, frozenset, set}:
        if origin is tuple and arguments[-1:] != (Ellipsis,):
            return "a list of " + ", ".join(_kind(each) for each in arguments)
        return "a list of " + _kind(arguments[0]).removeprefix("one of ")
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(_kind(each) for each in arguments if each is not types.NoneType)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(str(each.value) for each in annotation)
    name = getattr(annotation, "__name__", str(annotation))
    return _WORDS.get(name, name)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or isinstance(value, BaseModel):
        return "–" if value is None else ""
    return code(_yaml(value))


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple | list | set | frozenset):
        each = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return "[" + ", ".join(_yaml(one) for one in each) + "]"
    return '""' if value == "" else str(getattr(value, "value", value))


def _bounds(field: FieldInfo) -> str:
    found = [*field.metadata, *_inner(field.annotation)]
    flat, out = "list" not in _kind(field.annotation), []
    for each in found:
        for name, words in _BOUNDS.items():
            if (value := getattr(each, name, None)) is not None:
                out.append(f"{words} {value:g}" if isinstance(value, int | float) else words)
        for name, words in _LENGTHS.items():
            if (value := getattr(each, name, None)) is not None:
                out.append(f"{words} {value} {'letters' if flat else 'entries'}")
        if (pattern := getattr(each, "pattern", None)) is not None:
            out.append(f"like {code(pattern)}" if len(pattern) <= LONG else "of a strict form")
    return ", ".join(dict.fromkeys(out))


def _inner(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        _, *more = typing.get_args(annotation)
        return [inner for each in more for inner in (each, *getattr(each, "metadata", ()))]
    return [each for one in typing.get_args(annotation) for each in _inner(one)]
