"""A program that calls the desk, for tests."""

import os
import re
import uuid

from desk_support import EDITORS, routes

from newsletter.desk.api.caller import Key
from newsletter.desk.security.programs import make
from newsletter.review.tokens import Scope

EVERY = tuple(Scope)
FEW = 2
EXAMPLES = int(os.environ.get("NEWSLETTER_API_EXAMPLES", FEW))
"""Requests that are made up for each call; `make api-fuzz` asks for many more."""


class Program:
    """A program with a key of an editor's.

    Parameters
    ----------
    desk : desk_support.Desk
        Where it calls.
    role : str
        Whose key.
    scopes : iterable of Scope
        What for.
    """

    def __init__(self, desk, role="admin", scopes=EVERY):
        house = desk.house
        self.token, self.key = make(house.api, house.clock, EDITORS[role], "test", scopes, 30)
        self.client = desk.client(raise_server_exceptions=False)
        self.client.headers["Authorization"] = f"Bearer {self.key}"
        self.edition = f"/editions/{desk.key}"

    def get(self, path, **more):
        return self.client.get(f"/api/v1{path}", **more)

    def post(self, path, body=None, once=None, match=None, method="POST"):
        headers = {"Idempotency-Key": once or str(uuid.uuid4())}
        if match:
            headers["If-Match"] = match
        return self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    def put(self, path, body, match=None):
        return self.post(path, body, match=match, method="PUT")

    def etag(self):
        return self.get(self.edition).headers["etag"]


def inner(desk):
    """Return the application for programs."""
    (mounted,) = [one for one in desk.app.routes if getattr(one, "path", "") == "/api/v1"]
    return mounted.app.made()


def calls(desk):
    """Return every (method, path with its blanks filled, act that it takes)."""
    filled = {
        "key": desk.key, "fact": "IWM.return.1d", "id": "1", "reader": "1", "name": "nobody",
        "what": "resolve",
    }  # fmt: skip
    found = []
    for route in routes(inner(desk)):
        if route.path == "/openapi.json":
            continue
        (key,) = [one.call for one in route.dependant.dependencies if isinstance(one.call, Key)]
        (method,) = route.methods
        path = re.sub(r"{(\w+)}", lambda blank: filled[blank[1]], route.path)
        path = path.replace("webhooks/1/resolve", "webhooks/1/on")
        found.append((method, path + "?first=1" * path.endswith("/diff"), key.act))
    return found


def problem(answer, status):
    """Return what a program is told; fail where it is told nothing of the kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) - {"conflicts"} == {"type", "title", "status", "detail"}
    assert told["status"] == status
    return told["detail"]
