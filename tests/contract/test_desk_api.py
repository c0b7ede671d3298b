"""The desk for programs: keys and scopes, once only, conditions, problems, and its own schema."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from desk_support import EDITORS, at_once, axe, desk, own_desk, routes

from newsletter.desk.api.caller import PER_MINUTE, WRONG_PER_MINUTE, Key
from newsletter.desk.security.keys import digest
from newsletter.desk.security.programs import make
from newsletter.review.edition import State
from newsletter.review.roles import MAY, Role
from newsletter.review.tokens import OPENS, Scope

__all__ = ["desk", "own_desk"]
EVERY = tuple(Scope)


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

    def post(self, path, body=None, once=None, match=None):
        headers = {"Idempotency-Key": once or str(uuid.uuid4())}
        if match:
            headers["If-Match"] = match
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)

    def etag(self):
        return self.get(self.edition).headers["etag"]


def inner(desk):
    """Return the application for programs."""
    (mounted,) = [one for one in desk.app.routes if getattr(one, "path", "") == "/api/v1"]
    return mounted.app


def keys(route):
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Key)]


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == status
    return told["detail"]


# -- who gets in ------------------------------------------------------------------------------


def test_each_route_takes_a_key_and_each_role_and_scope_gets_what_is_its(own_desk):
    desk = own_desk
    desk.newsroom.runs.begin = lambda *command: False
    found = [route for route in routes(inner(desk)) if route.path != "/openapi.json"]
    assert len(found) > 20
    programs = {role: Program(desk, role) for role in EDITORS}
    readers = Program(desk, "admin", [Scope.READ])
    for route in found:
        (key,) = keys(route)
        path = route.path.replace("{key}", desk.key).replace("{fact}", "IWM.return.1d")
        path += "?first=1" if path.endswith("/diff") else ""
        (method,) = route.methods
        ask = "get" if method == "GET" else "post"
        for role, program in programs.items():
            answer = getattr(program, ask)(path)
            may = key.act in MAY[Role(role)]
            assert (answer.status_code == 403) is not may, (role, path, answer.text)
            assert answer.status_code < 500
        answer = getattr(readers, ask)(path)
        assert (answer.status_code == 403) is (OPENS[key.act] is not Scope.READ), path
    assert desk.edition().state is State.IN_REVIEW
    assert {action for _, action in desk.actions()} == {"submitted", "key made"}


def test_a_key_opens_nothing_once_ended_or_its_owner_gone(own_desk):
    desk, house = own_desk, own_desk.house
    one = Program(desk, "writer")
    assert one.get("/me").json()["editor"] == "Di"
    with house.database.begin() as session:
        kept = str(session.execute(sa.text("select * from api_tokens")).all())
    assert one.key not in kept
    after = house.clock.now() + dt.timedelta(days=31)
    assert house.api.find(digest(one.key), after) is None
    cookie = desk.client("admin")
    problem(cookie.get("/api/v1/me"), 401)  # a session's cookie means nothing here
    for wrong in ("", "Bearer", "Bearer nlk_x", f"Basic {one.key}", f"Bearer {one.key}x"):
        one.client.headers["Authorization"] = wrong
        assert one.get("/me").headers["www-authenticate"].startswith("Bearer")
    one.client.headers["Authorization"] = f"Bearer {one.key}"
    assert one.get("/me").status_code == 200
    house.editors.disable("Di", house.clock.now())
    problem(one.get("/me"), 401)
    house.editors.add("Di", "di@example.com", house.clock.now(), Role.WRITER)
    problem(one.get("/me"), 401)  # who comes back makes new keys


def test_whoever_asks_too_often_is_told_when_to_come_back(own_desk):
    one = Program(own_desk)
    found = [one.get("/me").status_code for _ in range(PER_MINUTE + 1)]
    assert found == [200] * PER_MINUTE + [429]
    answer = one.get("/me")
    problem(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert Program(own_desk).get("/me").status_code == 200
    stranger = own_desk.client()
    wrong = [stranger.get("/api/v1/me").status_code for _ in range(WRONG_PER_MINUTE + 1)]
    assert wrong == [401] * WRONG_PER_MINUTE + [429]


# -- what is done ------------------------------------------------------------------------------


def test_a_decision_names_its_content_and_is_done_once(own_desk):
    one = Program(own_desk, "editor")
    approve = f"{one.edition}/approve"
    problem(one.post(approve), 428)
    assert "was revised meanwhile" in problem(one.post(approve, match='"' + "0" * 64 + '"'), 412)
    match, once = one.etag(), str(uuid.uuid4())
    first = one.post(approve, once=once, match=match)
    assert (first.status_code, first.json()["approval"]["editor"]) == (200, "Bo")
    again = one.post(approve, once=once, match=match)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert "another request" in problem(
        one.post(f"{one.edition}/hold", once=once, match=match), 422
    )
    problem(one.post(approve, match=match), 409)  # a new request for the same act
    assert [action for _, action in own_desk.actions(own_desk.key)] == ["submitted", "approved"]
    held = one.post(f"{one.edition}/hold", {"reason": "A figure is doubted."}, match=match)
    assert (held.json()["state"], held.json()["reason"]) == ("held", "A figure is doubted.")
    problem(one.post(f"{one.edition}/override", {"finding": "x", "reason": "y"}, match=match), 403)
    assert one.post(f"{one.edition}/cancel", {"reason": "Late."}, match=match).status_code == 200


def test_of_many_equal_requests_at_once_one_is_done(own_desk):
    one = Program(own_desk, "editor")
    match = one.etag()
    found = at_once(
        6, lambda _: one.post(f"{one.edition}/approve", once="the-same-key", match=match)
    )
    codes = [answer.status_code for answer in found]
    assert set(codes) <= {200, 409}
    assert 200 in codes
    assert len({answer.text for answer in found if answer.status_code == 200}) == 1
    assert [action for _, action in own_desk.actions(own_desk.key)] == ["submitted", "approved"]


def test_a_run_begins_once_and_only_of_a_day_that_was_traded(own_desk):
    one, begun = Program(own_desk, "writer"), []
    own_desk.newsroom.runs.begin = lambda *command: begun.append(command) or len(begun) == 1
    answer = one.post(f"{one.edition}/run", once="one-and-only")
    assert (answer.status_code, answer.json()["begun"]) == (202, True)
    one.post(f"{one.edition}/run", once="one-and-only")
    assert begun == [("run", "--session", "2026-07-02", "--edition", "evening")]
    problem(one.post(f"{one.edition}/run"), 409)
    problem(one.post("/editions/2026-07-04.XNYS.evening/run"), 422)
    problem(one.post("/editions/2199-07-03.XNYS.evening/run"), 409)
    problem(one.post("/editions/2026-02-30.XNYS.evening/run"), 404)
    problem(one.post("/editions/2026-07-02.XNYS.nothing/run"), 404)


def test_what_is_shown_is_what_the_desk_has(desk):
    one = Program(desk)
    report = one.get(f"{one.edition}/report").json()
    assert sum(report["verdicts"].values()) == len(report["claims"]) > 100
    assert one.get(f"{one.edition}/claims").json() == report["claims"]
    facts = one.get(f"{one.edition}/facts?limit=3&contains=IWM.return").json()
    assert len(facts["items"]) == 3 < facts["total"]
    fact = facts["items"][0]
    assert one.get(f"{one.edition}/facts/{fact['id']}").json() == fact
    rest = one.get(f"{one.edition}/facts?contains=IWM.return&limit=1000&offset=3").json()
    assert len(rest["items"]) == facts["total"] - 3
    assert rest["next"] is None
    mail = one.get(f"{one.edition}/mail.eml")
    assert mail.headers["content-disposition"].endswith('-1.eml"')
    assert b"Subject: " in mail.content
    assert one.get("/editions?limit=1").json()["next"] is None
    audit = one.get("/audit", params={"subject": desk.key}).json()
    assert [entry["action"] for entry in audit["items"]][-1:] == ["submitted"]
    assert audit["broken"] is None


# -- its own schema ------------------------------------------------------------------------


def test_it_does_what_its_schema_says(desk):
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    one = Program(desk)
    desk.newsroom.runs.begin = lambda *command: False
    inner(desk).state.rate.require = lambda *arguments: None
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.app)
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance,
        response_schema_conformance,
    ]  # fmt: skip
    asked, answered = set(), set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=4, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), ours=st.booleans())
        def conforms(case, ours):
            if ours and "key" in case.path_parameters:
                case.path_parameters["key"] = desk.key
            asked.add((case.method, case.operation.path))
            headers = {"Authorization": f"Bearer {one.key}"}
            answer = case.call_and_validate(headers=headers, checks=checks)
            answered.add(answer.status_code)

        conforms()
    assert len(asked) == len(routes(inner(desk))) - 1
    assert {200, 404, 428} <= answered


@pytest.mark.timeout(120)
def test_its_page_is_accessible_and_names_every_call(desk):
    page = desk.page("writer", "/api", 390, "dark")
    page.evaluate("for (const one of document.querySelectorAll('details.call')) one.open = true")
    calls = page.locator("details.call").count()
    assert calls == len(routes(inner(desk))) - 1
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.told == []
