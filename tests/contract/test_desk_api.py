"""The desk for programs: keys and scopes, once only, conditions, problems, and its own schema."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from desk_support import EDITORS, at_once, desk, own_desk, routes
from program_support import EXAMPLES, FEW, Program, calls, inner, problem

from newsletter.desk.api.caller import PER_MINUTE, WRONG_PER_MINUTE, Rate
from newsletter.desk.api.conditions import etag
from newsletter.desk.security.keys import digest
from newsletter.review.edition import State
from newsletter.review.roles import MAY, Role
from newsletter.review.tokens import OPENS, Scope

__all__ = ["desk", "own_desk"]
HOOK = {"url": "https://93.184.216.34/told", "events": ["edition.sent"]}


# -- who gets in ------------------------------------------------------------------------------


def test_each_route_takes_a_key_and_each_role_and_scope_gets_what_is_its(own_desk):
    desk = own_desk
    desk.newsroom.runs.begin = lambda *command: False
    found = calls(desk)
    assert len(found) > 55
    programs = {role: Program(desk, role) for role in EDITORS}
    alone = {scope: Program(desk, "admin", [scope]) for scope in Scope}
    rest = {scope: Program(desk, "admin", set(Scope) - {scope}) for scope in Scope}
    for method, path, act in found:

        def ask(program, method=method, path=path):
            answer = program.get(path) if method == "GET" else program.post(path, method=method)
            assert answer.status_code < 500, (path, answer.text)
            return answer.status_code

        for role, program in programs.items():
            if act not in MAY[Role(role)]:
                assert ask(program) == 403, (role, path)
        assert ask(rest[OPENS[act]]) == 403, path
        assert ask(alone[OPENS[act]]) != 403, path
        able = {role for role in EDITORS if act in MAY[Role(role)]} - {"admin"}
        if method != "GET" and able:
            assert ask(programs[min(able)]) != 403, path
        assert desk.client().request(method, f"/api/v1{path}").status_code in {401, 429}, path
    assert desk.edition().state is State.IN_REVIEW
    assert {action for _, action in desk.actions()} == {
        "submitted", "key made", "exported readers",
    }  # fmt: skip


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
    # The store keeps count: another process, or this one begun anew, lets no more through.
    inner(own_desk).state.rate = Rate()
    problem(one.get("/me"), 429)
    stranger = own_desk.client()
    wrong = [stranger.get("/api/v1/me").status_code for _ in range(WRONG_PER_MINUTE + 1)]
    assert wrong == [401] * WRONG_PER_MINUTE + [429]


# -- what is done ------------------------------------------------------------------------------


def test_a_decision_names_its_content_and_is_done_once(own_desk):
    one = Program(own_desk, "editor")
    approve = f"{one.edition}/approve"
    problem(one.post(approve), 428)
    assert "was revised while you looked" in problem(
        one.post(approve, match='"' + "0" * 64 + '"'), 412
    )
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
    assert begun == [("produce", "2026-07-02.XNYS.evening")]
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
    audit = one.get("/audit", params={"subject": desk.key, "check": True}).json()
    assert [entry["action"] for entry in audit["items"]][-1:] == ["submitted"]
    assert (audit["checked"], audit["broken"]) == (True, None)
    health = one.get("/health").json()
    assert health["good"] is all(check["good"] for check in health["checks"])
    run = one.get(f"{one.edition}/run").json()
    assert (run["state"], run["work"]) == ("done", "run")
    assert run in one.get("/runs").json()


# -- its own schema ------------------------------------------------------------------------


def _reader(desk):
    return desk.house.audience.beginning("ann", 1)[0].subscriber.id


def test_it_does_what_its_schema_says(own_desk):
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    one = Program(own_desk)
    own_desk.newsroom.runs.begin = lambda *command: False
    inner(own_desk).state.rate.require = lambda *arguments: None
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", own_desk.app)
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance,
        response_schema_conformance,
    ]  # fmt: skip
    real = {
        "key": own_desk.key, "reader": _reader(own_desk), "name": "Di",
        "id": one.post("/webhooks", HOOK).json()["id"],
    }  # fmt: skip
    asked, answered = set(), set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES == FEW,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), ours=st.sampled_from((True, True, False)))
        def conforms(case, ours):
            asked.add((case.method, case.operation.path))
            headers = {"Authorization": f"Bearer {one.key}"}
            if ours:  # of what there is
                for name in set(real) & set(case.path_parameters):
                    if name != "id" or "webhooks" in case.path:
                        case.path_parameters[name] = real[name]
                headers |= {
                    "If-Match": etag(own_desk.edition()),
                    "Idempotency-Key": str(uuid.uuid4()),
                }
            answered.add(case.call_and_validate(headers=headers, checks=checks).status_code)

        conforms()
    assert len(asked) == len(routes(inner(own_desk))) - 1
    assert {200, 404, 409, 422} <= answered


@pytest.mark.timeout(120)
def test_its_page_is_accessible_and_names_every_call(desk):
    page = desk.page("writer", "/api", 390, "dark")
    page.evaluate("for (const one of document.querySelectorAll('details.call')) one.open = true")
    calls = page.locator("details.call").count()
    assert calls == len(routes(inner(desk))) - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.told == []
