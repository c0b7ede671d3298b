"""Who gets in at the desk, and what every answer of it carries: from the routes themselves."""

import datetime as dt
import re
import sqlite3
from collections import Counter
from contextlib import closing
from html.parser import HTMLParser

import pytest
from desk_support import EDITORS, ORIGIN, PASSWORD, at_once, desk, own_desk, printed, routes
from program_support import Program, calls, inner
from starlette.routing import Mount

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.desk.admission import Admission
from newsletter.desk.application import application
from newsletter.desk.headers import SENT
from newsletter.desk.planned import watch
from newsletter.desk.security.limits import PER_ACCOUNT
from newsletter.desk.security.sessions import COOKIE, IDLE, LONGEST
from newsletter.review.roles import MAY, Role

__all__ = ["desk", "own_desk"]
FILLED = {"key": "2026-07-02.XNYS.evening", "name": "text", "number": "1", "token": "x" * 43}


def admissions(route):
    """Return the admissions on which a route depends, however deep."""

    def under(dependant):
        for one in dependant.dependencies:
            if isinstance(one.call, Admission):
                yield one.call
            yield from under(one)

    return list(under(route.dependant))


def ways(app):
    """Return every (method, path with its blanks filled, admission) of the application."""
    found = []
    for route in routes(app):
        if isinstance(route, Mount):  # programs' own application: test_desk_api walks it
            assert route.path == "/api/v1"
            continue
        path = re.sub(r"{(\w+)(?::\w+)?}", lambda blank: FILLED.get(blank[1], "1"), route.path)
        found += [(method, path, admissions(route)) for method in sorted(route.methods)]
    return found


LAST_SEEN = {("sessions", "seen_at"), ("api_tokens", "used_at")}
"""What looking does change: when a session was last seen, when a key was last used."""


def dump(desk):
    """Return what the database holds, but for `LAST_SEEN`."""
    with closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        names = [row[0] for row in raw.execute("select name from sqlite_master where type='table'")]
        columns = {
            name: [
                row[1] for row in raw.execute(f"pragma table_info('{name}')")
                if (name, row[1]) not in LAST_SEEN
            ]
            for name in names
        }  # fmt: skip
        listed = {name: ",".join(f'"{one}"' for one in columns[name]) for name in names}
        return {
            name: printed(raw.execute(f'select {listed[name]} from "{name}"')) for name in names
        }


class Links(HTMLParser):
    """Collects where a page leads by GET."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "get").lower() == "get":
            self.found.add(given.get("action") or "")
        for name in ("href", "src", "hx-get", "data-get"):
            self.found.add(given.get(name) or "")


# -- who gets in ----------------------------------------------------------------------------


def test_every_route_has_one_admission_and_changes_nothing_by_get(desk):
    every = ways(desk.app)
    assert len(every) > 15
    for method, path, found in every:
        assert len(found) == 1, (method, path)
        assert method in {"GET", "HEAD", "POST"}, (method, path)
    # Nobody in particular is let in at the entrance only.
    anybody = {path.split("/")[1] for _, path, (one,) in every if one.act is None}
    assert anybody <= {"login", "logout", "invitation", "static", "approve"}


def test_each_role_gets_where_its_acts_lead_and_nobody_else_anywhere(own_desk):
    desk = own_desk
    started = []
    desk.newsroom.runs.begin = lambda *command: bool(started.append(command)) or True
    before = dump(desk)["audit"]
    nobody = desk.client()
    clients = {role: desk.client(role) for role in EDITORS}
    for method, path, (admission,) in ways(desk.app):
        if admission.act is None:
            continue
        if method == "GET":
            answer = nobody.get(path)
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")
        for role, client in clients.items():
            may = admission.act in MAY[Role(role)]
            if method == "GET":
                answer = client.get(path)
                assert (answer.status_code == 403) is not may, (role, path, answer.status_code)
                assert answer.status_code < 500, (role, path, answer.text)
            elif not may:  # whoever may would do it; what is done has tests of its own
                assert client.act(path).status_code == 403, (role, path)
        if method == "POST":
            answer = nobody.post(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
            answer = nobody.post(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, path
    assert not started
    # Each refusal for want of a right stands in the audit log; nothing else happened.
    added = dump(desk)["audit"][len(before) :]
    assert len(dump(desk)["audit"]) > len(before)
    assert {action for _, action in desk.actions()} <= {"submitted", "refused"}, added


def test_a_program_without_a_key_is_told_so_as_a_program(desk):
    for path in ("/api/v1/editions", "/api/v1/nowhere", "/api/nowhere"):
        answer = desk.client().get(path)
        assert answer.status_code in {401, 404}
        assert "json" in answer.headers["content-type"]


def crawled(client, most=2):
    """Get every page that links lead to, of those alike `most`; return what was asked for."""
    seen, alike, wanted = set(), Counter(), ["/"]
    while wanted:
        path = wanted.pop()
        kind = re.sub(r"[^/?&=]*\d[^/?&=]*", "#", path)
        if path in seen or alike[kind] >= most:
            continue
        seen.add(path)
        alike[kind] += 1
        answer = client.get(path)
        assert answer.status_code in {200, 303}, (path, answer.status_code, answer.text[-300:])
        if "html" not in answer.headers.get("content-type", ""):
            continue
        links = Links()
        links.feed(answer.text)
        for link in {one.split("#")[0] for one in links.found}:
            if link.startswith("/"):  # a mail leads elsewhere
                wanted.append(link)
            elif link.startswith("?"):
                wanted.append(path.split("?")[0] + link)
    return seen


@pytest.mark.parametrize("policy", ["skip", "hold"])
def test_whoever_looks_at_everything_changes_nothing(own_desk, policy):
    desk = own_desk
    asleep(desk, policy)  # past the deadline, and nobody has looked at the clock yet
    clients = {role: desk.client(role) for role in EDITORS}
    programs = {role: Program(desk, role) for role in EDITORS}
    inner(desk).state.rate.require = lambda *_: None  # what it counts is not what it looks at
    before = dump(desk)
    assert any("'in_review'" in row for row in before["editions"])
    shown = {"skip": "expired", "hold": "held"}[policy]
    for role, client in clients.items() if policy == "skip" else [("admin", clients["admin"])]:
        assert len(crawled(client, most=2 if role == "admin" else 1)) > 25
        for method, path, _ in ways(desk.app):
            if method == "GET":
                assert client.get(path).status_code < 500, path
        for method, path, _ in calls(desk):
            if method == "GET":
                assert programs[role].get(path).status_code < 500, path
        assert programs[role].get(f"/editions/{desk.key}").json()["state"] == shown
        assert f"state {shown}" in client.get("/archive").text
    assert dump(desk) == before
    watch(desk.house).look()
    assert desk.edition().state == shown
    assert desk.actions(desk.key)[-1] == ("pipeline", shown)


def asleep(desk, policy):
    """Open the desk again, by a clock that shows an hour after its edition's end."""
    end = desk.edition().expires_at
    desk.house.close()
    file = desk.folder / "config.yaml"
    file.write_text(re.sub(r"(?m)^(  at_deadline:) \w+", rf"\1 {policy}", file.read_text()))
    desk.house = House(file, clock=FixedClock(end + dt.timedelta(hours=1)))
    assert desk.house.config.review.at_deadline == policy
    desk.app = application(desk.house)
    desk.newsroom = desk.app.state.newsroom


# -- every answer -------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(desk, monkeypatch):
    admin, nobody = desk.client("admin"), desk.client()
    monkeypatch.setattr(desk.newsroom, "now", lambda: 1 / 0, raising=False)
    broken = desk.client("admin", raise_server_exceptions=False).get("/tonight/state")
    monkeypatch.undo()
    answers = {
        "a page": admin.get("/"), "a redirection": nobody.get("/"),
        "a file": nobody.get("/static/desk.css"),
        "no page": admin.get("/nowhere"), "no file": nobody.get("/static/passwd"),
        "a refusal": desk.client("writer").act(f"/editions/{desk.key}/nowhere"),
        "a method": admin.delete("/"), "the entrance": nobody.get("/login"),
        "no edition": admin.get("/editions/2020-01-02.XNYS.evening"),
        "no key": admin.get("/editions/x"),
        "a broken desk": broken, "a program": nobody.get("/api/v1/editions"),
    }  # fmt: skip
    assert broken.status_code == 500
    assert "division" not in broken.text
    for what, answer in answers.items():
        for name, value in SENT.items():
            if (what, name) == ("a file", "cache-control"):
                continue
            assert answer.headers.get(name) == value, (what, name)
    mail = admin.get(f"/editions/{desk.key}/mail")
    assert mail.headers["content-security-policy"].startswith("sandbox allow-same-origin; ")
    cookie = nobody.get("/login").headers.get("set-cookie", "") or "secure; httponly; samesite=lax"
    assert all(word in cookie.lower() for word in ("secure", "httponly", "samesite=lax"))


def test_an_act_needs_the_page_of_its_own_session(own_desk):
    desk = own_desk
    before = dump(desk)
    mine, other = desk.client("admin"), desk.client("admin")
    token = mine.csrf
    for method, path, _ in ways(desk.app):
        if method != "POST":
            continue
        mine.csrf = ""
        assert mine.act(path).status_code == 403, path
        assert mine.act(path, csrf=other.csrf).status_code == 403, path
        mine.csrf = token
        for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            assert mine.act(path, headers=foreign).status_code == 403, path
        bare = {"X-CSRF-Token": token}
        del mine.headers["Sec-Fetch-Site"]
        for origin in ("https://evil.example", "null", ORIGIN + ".evil.example", None):
            more = {"Origin": origin} if origin else {}
            assert mine.post(path, headers=bare | more).status_code == 403, (path, origin)
        mine.headers["Sec-Fetch-Site"] = "same-origin"
    after = dump(desk)
    assert {**after, "sessions": 0, "attempts": 0} == {**before, "sessions": 0, "attempts": 0}


# -- signing in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [
    "//evil.example", "https://evil.example", "/\\evil.example", "/login", "javascript:alert(1)",
    "/\n/evil.example", "\\\\evil.example", "/%0d%0aLocation:%20//evil.example",
])  # fmt: skip
def test_whoever_signs_in_stays_in_the_house(desk, then):
    answer = desk.client("writer").get("/login", params={"then": then})
    where = answer.headers["location"]
    assert answer.status_code == 303
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\", "/login"))
    assert "\n" not in where


def test_of_many_who_knock_at_once_few_are_heard(own_desk):
    own_desk.with_password("editor")
    entrance = own_desk.client()
    csrf = re.search(r'name="csrf" value="(\w+)"', entrance.get("/login").text)[1]
    cookies = dict(entrance.cookies)

    def knock(place):
        client = own_desk.client()
        client.cookies.update(cookies)
        client.csrf = csrf
        return client.act("/login", who="Bo", password=f"wrong {place}").status_code

    found = at_once(50, knock)
    assert found.count(401) == PER_ACCOUNT
    assert found.count(429) == 50 - PER_ACCOUNT
    client = own_desk.client()
    client.cookies.update(cookies)
    client.csrf = csrf
    right = client.act("/login", who="Bo", password=PASSWORD)
    assert right.status_code == 429
    assert COOKIE not in right.cookies


def test_a_session_ends_with_the_right_and_with_time(own_desk):
    desk = own_desk
    client = desk.client("writer")
    assert client.get("/").status_code == 200
    half = desk.newsroom.guard.sessions
    from newsletter.review.access import Stage

    client.cookies.set(COOKIE, half.begin("Di", Stage.PASSWORD))
    assert client.get("/").status_code == 303  # half-way in is not in
    client = desk.client("writer")
    with closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        early = (desk.house.clock.now() - IDLE - dt.timedelta(minutes=1)).replace(tzinfo=None)
        raw.execute("update sessions set seen_at = ?", (early.isoformat(" "),))
        raw.commit()
    assert client.get("/").status_code == 303
    client = desk.client("writer")
    desk.house.editors.disable("Di", desk.house.clock.now())
    assert client.get("/").status_code == 303
    assert IDLE < LONGEST
