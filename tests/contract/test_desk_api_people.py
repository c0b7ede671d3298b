"""What programs do with people, and with the tables and the failed stages of editions."""

import contextlib
import mailbox
import re

import pytest
from desk_support import desk, own_desk
from program_support import Program, problem

from newsletter.review.roles import Role
from newsletter.review.tokens import Scope

__all__ = ["desk", "own_desk"]
LINK = re.compile(r"/invitation/[\w-]{43}")
SOMEBODY = {"name": "Eve Moss", "email": "eve@example.com", "role": "writer"}


def letters(desk):
    """Return what lies in the mailbox of this machine."""
    return list(mailbox.Maildir(desk.folder / "data" / "mailbox", create=False))


def test_an_invitation_goes_to_whom_it_is_for_and_into_no_answer(own_desk):
    one, desk = Program(own_desk), own_desk
    answer = one.post("/people", SOMEBODY, once="eve-and-no-other")
    assert answer.status_code == 201, answer.text
    assert answer.json()["said"].startswith("It lies in the mailbox on this machine")
    assert (answer.json()["role"], answer.json()["mailed"]) == ("writer", False)
    (letter,) = [one for one in letters(desk) if one["To"] and "eve@example.com" in one["To"]]
    link = LINK.search(letter.get_payload(decode=True).decode())[0]
    assert link.rpartition("/")[2] not in answer.text
    assert desk.client().get(link).status_code == 200
    assert (
        one.post("/people", SOMEBODY, once="eve-and-no-other").text == answer.text
    )  # not a second time
    assert len([each for each in letters(desk) if "eve@example.com" in str(each["To"])]) == 1
    problem(one.post("/people", SOMEBODY), 409)

    again = one.post("/people/Eve Moss/invite")
    assert again.status_code == 200
    assert desk.client().get(link).status_code != 200  # the earlier one is void
    assert one.post("/people/Eve Moss/role", {"role": "editor"}).json()["role"] == "editor"
    assert desk.house.editors.role("Eve Moss") is Role.EDITOR
    problem(one.post("/people/Ada/role", {"role": "writer"}), 409)  # nobody takes their own
    for act in ("invite", "authenticator", "identity"):
        problem(one.post(f"/people/Nobody/{act}"), 404)
    assert "has no login yet" in problem(one.post("/people/Eve Moss/authenticator"), 404)
    assert one.post("/people/Eve Moss/dismiss").json()["active"] is False
    problem(one.post("/people/Eve Moss/invite"), 404)
    said = [action for _, action in desk.actions("Eve Moss")]
    assert said.count("appointed") == 2
    assert said[-1] == "dismissed"


@pytest.mark.parametrize(("change", "status"), [
    ({"name": ""}, 422), ({"name": "x" * 81}, 422), ({"email": "no address"}, 422),
    ({"role": "owner"}, 422), ({"name": "a\0b"}, 422), ({"name": "Bo"}, 409),
])  # fmt: skip
def test_somebody_impossible_is_not_invited(desk, change, status):
    before = desk.house.editors.all()
    problem(Program(desk).post("/people", SOMEBODY | change), status)
    assert desk.house.editors.all() == before


def test_only_a_key_for_it_lets_people_in(desk):
    narrow = Program(desk, scopes=frozenset(Scope) - {Scope.PEOPLE})
    for path, what in (
        ("/people", SOMEBODY), ("/people/Bo/role", {"role": "admin"}), ("/people/Bo/invite", None),
        ("/people/Bo/authenticator", None), ("/people/Bo/identity", None),
    ):  # fmt: skip
        problem(narrow.post(path, what), 403)
    assert narrow.get("/people").status_code == 200
    problem(Program(desk, "editor").post("/people", SOMEBODY), 403)
    assert desk.house.editors.role("Bo") is not Role.ADMIN


def test_a_table_of_the_form_is_taken_out_and_put_back(own_desk):
    one, path = Program(own_desk), f"/editions/{own_desk.key}"
    known = one.get(f"{path}/tables").json()
    assert all(table["there"] for table in known)
    tag = one.get(path).headers["etag"]
    edit = {"edits": [{"act": "remove", "part": "tables.0", "text": ""}]}
    assert one.post(f"{path}/edits", edit, match=tag).status_code == 200
    (gone,) = [table["title"] for table in one.get(f"{path}/tables").json() if not table["there"]]
    answer = one.post(f"{path}/tables", {"title": gone})
    assert (answer.status_code, answer.json()["revision"]["number"]) == (201, 3)
    assert all(table["there"] for table in one.get(f"{path}/tables").json())
    told = problem(one.post(f"{path}/tables", {"title": "No such table"}), 404)
    assert gone in told


def fails(desk, stage):
    """Let a run of the edition fail in a stage."""
    reporter = desk.house.reporter
    with contextlib.suppress(OSError), reporter.making(desk.key, "run"):
        reporter.stage(stage)
        raise OSError("the disk is full")


def test_a_stage_is_tried_again_where_one_failed(own_desk, monkeypatch):
    desk, begun = own_desk, []
    monkeypatch.setattr(desk.newsroom.runs, "begin", lambda *words: begun.append(words) or True)
    one = Program(desk)
    problem(one.post(f"/editions/{desk.key}/retry"), 409)
    assert desk.client("editor").act(f"/tonight/retry/{desk.key}").status_code == 409
    fails(desk, "render")
    page = desk.client("editor").get("/tonight/state").text
    assert f"/tonight/retry/{desk.key}" in page
    assert "Try “render” again" in page
    answer = desk.client("editor").act(f"/tonight/retry/{desk.key}")
    assert "render is tried again" in answer.text
    assert one.post(f"/editions/{desk.key}/retry").status_code == 202
    assert begun == [("retry", desk.key)] * 2
    assert desk.actions(desk.key)[-1][1] == "stage tried again"
    assert desk.client("compliance").act(f"/tonight/retry/{desk.key}").status_code == 403
