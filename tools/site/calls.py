"""The reference of the desk's API: every call, its scope and its models, from its OpenAPI."""

import json
from collections.abc import Iterator
from typing import Any, cast

from markdown_words import cell, code, table

from newsletter.desk.api import PATH
from newsletter.desk.api.application import programs
from newsletter.review.events import TOLD, Event
from newsletter.review.roles import Role
from newsletter.review.tokens import Scope

_METHODS = ("get", "post", "put", "patch", "delete")
_ROLES = len(Role)


def schema() -> dict[str, Any]:
    """Return the OpenAPI description; no desk is opened for it."""
    return cast("dict[str, Any]", programs(cast("Any", None)).openapi())


def as_json() -> str:
    """Return the description as it is downloaded."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def page() -> str:
    """Return the whole page as Markdown."""
    found = schema()
    told = found["info"]["description"]
    intro = (
        f"# The API of the desk\n\n{told}\n\nAll paths stand below `{PATH}`; the whole as "
        "[openapi.json](openapi.json). What an answer that is no success holds is "
        "[`Problem`](#model-problem).\n\n"
        f"A key has one or more scopes: {', '.join(code(each) for each in Scope)}.\n"
    )
    out = [intro]
    for tag in found["tags"]:
        out.append(f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n")
        out += [_call(*each) for each in calls(found) if tag["name"] in each[2].get("tags", ())]
    out.append("\n## Models\n")
    out += [_model(*each) for each in sorted(found["components"]["schemas"].items())]
    return "".join(out)


def events() -> str:
    """Return the page of what webhooks are told."""
    acts: dict[str, list[str]] = {}
    for act, event in TOLD.items():
        acts.setdefault(event, []).append(act)
    rows = [
        (code(each), ", ".join(code(act) for act in acts.get(each, ())) or "a run that failed")
        for each in Event
    ]
    return (
        "# Events\n\nWhat an address that is registered under Webhooks at the desk may be told "
        "of; [ways to register one](api.md#webhooks) stand in the API. Each telling is signed, "
        "and repeated until it is taken or given up.\n\n"
        + table(("event", "told when the audit log has"), rows)
    )


def calls(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (method, path, operation) of every call."""
    for path, methods in found["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def _call(method: str, path: str, told: dict[str, Any]) -> str:
    roles = told["x-roles"]
    who = "every role" if len(roles) == _ROLES else ", ".join(roles)
    what = told.get("description", told["summary"])
    out = [f"\n### {code(f'{method} {path}')}\n\n{what}\n\nScope {code(told['x-scope'])} · {who}\n"]
    rows = [
        (code(each["name"]), each["in"], _type(each["schema"]),
         "yes" if each.get("required") else "no", cell(each.get("description", "")))
        for each in told.get("parameters", ())
    ]  # fmt: skip
    if rows:
        out.append("\n" + table(("name", "in", "holds", "required", "what it is"), rows))
    out += [f"\n{word}: {found}\n" for word, found in (
        ("Body", _content(told.get("requestBody", {}))), ("Answer", _answers(told)),
    ) if found]  # fmt: skip
    return "".join(out)


def _answers(told: dict[str, Any]) -> str:
    good = [f"{status} {_content(answer)}".strip() for status, answer in told["responses"].items()
            if status.startswith("2")]  # fmt: skip
    bad = [status for status in told["responses"] if not status.startswith("2")]
    return "; ".join([*good, ("else " + ", ".join(bad)) if bad else ""]).rstrip("; ")


def _content(told: dict[str, Any]) -> str:
    return ", ".join(
        " ".join(filter(None, (_type(each.get("schema", {})), "" if kind == "application/json"
                               else f"({kind})")))
        for kind, each in told.get("content", {}).items()
    )  # fmt: skip


def _model(name: str, told: dict[str, Any]) -> str:
    what = told.get("description", "").split("\n\n")[0]
    out = [f"\n### {name} {{ #model-{name.lower()} }}\n\n{what}\n"]
    if "enum" in told:
        out.append("\nOne of " + ", ".join(code(str(each)) for each in told["enum"]) + ".\n")
    needed = told.get("required", ())
    rows = [
        (code(field), _type(each), "yes" if field in needed else "no",
         cell(each.get("description", "")))
        for field, each in told.get("properties", {}).items()
    ]  # fmt: skip
    if rows:
        out.append("\n" + table(("field", "holds", "always there", "what it is"), rows))
    return "".join(out)


def _type(told: dict[str, Any]) -> str:
    """Return what a schema holds, in a few words, with links to models."""
    if "$ref" in told:
        name = told["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#model-{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in told:
            each = [_type(one) for one in told[several] if one.get("type") != "null"]
            return " or ".join(dict.fromkeys(each))
    if "enum" in told or "const" in told:
        return "one of " + ", ".join(
            code(str(one)) for one in told.get("enum", [told.get("const")])
        )
    if told.get("type") == "array":
        return f"list of {_type(told.get('items', {}))}"
    return cell(" ".join(filter(None, (told.get("type", "anything"), told.get("format", "")))))
