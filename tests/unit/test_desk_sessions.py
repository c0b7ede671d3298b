"""Sessions, their cookie, proof of origin, and limits."""

import datetime as dt
from http.cookies import SimpleCookie

import pytest
from security_support import KEY, Room
from starlette.responses import Response

from newsletter.desk.security.csrf import Csrf, same_site
from newsletter.desk.security.keys import derive, digest
from newsletter.desk.security.limits import Limiter, network
from newsletter.desk.security.sessions import IDLE, LONGEST, UNFINISHED, cookie, no_cookie
from newsletter.review.access import Stage

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def room(tmp_path):
    opened = Room(tmp_path)
    yield opened
    opened.database.close()


def test_a_session_is_found_by_its_token_and_by_nothing_else(room):
    sessions = room.guard.sessions
    token = sessions.begin("ann", Stage.WHOLE, "Browser\n" + "x" * 200)
    found = sessions.find(token)
    assert (found.editor, found.stage, found.id) == ("ann", Stage.WHOLE, digest(token))
    assert len(token) >= 43
    assert found.agent == "Browser" + "x" * 113
    for other in (None, "", token + "x", token[:-1], found.id, "é" * 43, "x" * 9999):
        assert sessions.find(other) is None
    assert [visit.id for visit in room.access.visits("ann", room.clock.now())] == [found.id]
    assert sessions.end(token).editor == "ann"
    assert sessions.end(token) is sessions.find(token) is None
    assert sessions.begin("nobody", Stage.WHOLE) is None


def test_a_session_ends_when_idle_and_after_its_time_however_busy(room):
    sessions = room.guard.sessions
    idle = sessions.begin("ann", Stage.WHOLE)
    room.clock.advance(IDLE - SECOND)
    assert sessions.find(idle) is not None
    room.clock.advance(IDLE - SECOND)
    assert sessions.find(idle) is not None
    room.clock.advance(IDLE)
    assert sessions.find(idle) is None
    busy = sessions.begin("ann", Stage.WHOLE)
    for _ in range(23):
        room.clock.advance(LONGEST / 24)
        assert sessions.find(busy) is not None
    room.clock.advance(LONGEST / 24)
    assert sessions.find(busy) is None
    half = sessions.begin("ann", Stage.PASSWORD)
    room.clock.advance(UNFINISHED)
    assert sessions.find(half) is None


def test_every_stage_has_a_new_token_and_the_old_one_is_dead(room):
    sessions = room.guard.sessions
    planted = sessions.begin("bob", Stage.PASSWORD)
    half = sessions.begin("ann", Stage.PASSWORD, replacing=planted)
    assert sessions.find(planted) is None
    visit = sessions.find(half)
    whole = sessions.renew(visit, Stage.WHOLE)
    assert sessions.find(half) is None
    assert sessions.find(whole).stage is Stage.WHOLE
    assert sessions.renew(visit, Stage.WHOLE) is None


def test_all_sessions_of_one_editor_end_at_once(room):
    sessions = room.guard.sessions
    anns = [sessions.begin("ann", Stage.WHOLE) for _ in range(3)]
    bobs = sessions.begin("bob", Stage.WHOLE)
    assert sessions.end_all("ann") == 3
    assert [sessions.find(token) for token in anns] == [None] * 3
    assert sessions.find(bobs) is not None


def test_the_cookie_is_for_this_host_alone():
    response = Response()
    response.set_cookie(**cookie("token"))
    (morsel,) = SimpleCookie(response.headers["set-cookie"]).values()
    assert (morsel.key, morsel.value) == ("__Host-desk", "token")
    assert {name: value for name, value in morsel.items() if value} == {
        "path": "/",
        "secure": True,
        "httponly": True,
        "samesite": "lax",
    }
    response = Response()
    response.delete_cookie(**no_cookie())
    assert response.headers["set-cookie"].startswith('__Host-desk=""; expires=')
    assert "Max-Age=0" in response.headers["set-cookie"]


def test_a_form_token_belongs_to_one_session_and_one_key():
    csrf = Csrf(KEY)
    token = csrf.token("session")
    assert csrf.holds("session", token)
    for bearer, given in [
        ("other", token),
        ("", csrf.token("")),
        ("session", None),
        ("session", ""),
        ("session", token[:-1]),
        ("session", "é\ud800"),
        ("session", Csrf(b"x" * 32).token("session")),
        ("session", derive(KEY, "limit", "session").hex()),
    ]:
        assert not csrf.holds(bearer, given)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://desk.example.com"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "https://desk.example.com"}, True),
        ({"origin": "https://DESK.example.com"}, True),
        ({"origin": "http://desk.example.com"}, False),
        ({"origin": "https://desk.example.com.evil.example"}, False),
        ({"origin": "https://desk.example.com:8443"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"referer": "https://desk.example.com/"}, False),
        ({}, False),
    ],
)
def test_where_a_request_comes_from(headers, ours):
    assert same_site(headers, "https://desk.example.com/") is ours


def test_a_limit_outlives_the_process_and_ends_with_its_window(room):
    limiter = room.guard.limiter
    assert [limiter.allow("join", "192.0.2.1", 3, HOUR) for _ in range(4)] == [True] * 3 + [False]
    assert limiter.allow("join", "192.0.2.2", 3, HOUR)
    assert limiter.allow("leave", "192.0.2.1", 3, HOUR)
    again = Limiter(room.access, room.clock, KEY)
    room.clock.advance(HOUR - SECOND)
    assert not again.allow("join", "192.0.2.1", 3, HOUR)
    room.clock.advance(SECOND)
    assert again.allow("join", "192.0.2.1", 3, HOUR)
    assert room.access.attempts("join", "192.0.2.1", room.clock.now() - HOUR) == 0
    room.clock.advance(dt.timedelta(days=2))
    assert again.sweep() == 6
    with pytest.raises(ValueError, match="at most 1 day"):
        again.allow("join", "192.0.2.1", 3, dt.timedelta(days=2))


@pytest.mark.parametrize(
    ("ip", "held"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_stands_for_what_one_person_holds(ip, held):
    assert network(ip) == held
