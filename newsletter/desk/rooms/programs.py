"""What programs can do here: the API's own description, as a page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from newsletter.desk.admission import READ, Visit
from newsletter.desk.newsroom import newsroom

router = APIRouter(include_in_schema=False)
Reader = Annotated[Visit, Depends(READ)]


@router.get("/api")
def described(request: Request, visit: Reader) -> Response:
    """Show the page."""
    desk = newsroom(request)
    document = desk.once(("openapi",), lambda: request.app.state.programs.made().openapi())
    path = document["servers"][0]["url"]
    groups = [
        {"name": tag["name"], "told": tag["description"], "calls": _calls(document, tag["name"])}
        for tag in document["tags"]
    ]
    words = {"groups": groups, "base": f"{desk.address}{path}", "path": path}
    return desk.page(request, visit, "programs", **words)


def _calls(document: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(), "path": path, **_said(call.get("description", "")),
            "scope": call.get("x-scope", ""), "roles": call.get("x-roles", []),
            "takes": [*map(_parameter, call.get("parameters", [])), *_body(document, call)],
            "answers": ", ".join(call["responses"]),
        }
        for path, methods in document["paths"].items()
        for method, call in methods.items()
        if tag in call.get("tags", ())
    ]  # fmt: skip


def _said(description: str) -> dict[str, str]:
    """Return what stands on a call's line, and what is told when it is opened."""
    first, _, more = description.replace("`", "").partition("\n\n")
    return {"told": first, "more": more}


def _parameter(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": given["name"], "where": given["in"], "needed": given.get("required", False),
        "told": given.get("description", ""),
    }  # fmt: skip


def _body(document: dict[str, Any], call: dict[str, Any]) -> list[dict[str, Any]]:
    content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    shape = document["components"]["schemas"].get(name, {})
    return [
        {
            "name": field, "where": "body", "needed": field in shape.get("required", ()),
            "told": told.get("description", ""),
        }
        for field, told in shape.get("properties", {}).items()
    ]  # fmt: skip
