"""The rooms of people and of one's own account: who appoints, what is shown once, what ends."""

import mailbox
import re
from html import unescape

import pyotp
import pytest
from desk_support import PASSWORD, at_once, axe, desk, own_desk

from newsletter.desk.security.sessions import COOKIE
from newsletter.review.roles import Role

__all__ = ["desk", "own_desk"]
NEW = "walnut harbour quiet saddle 77"


def link_of(text):
    return re.search(r"https://desk\.example\.com(/invitation/[\w-]{43})", unescape(text))[1]


def csrf_of(text):
    return re.search(r'name="csrf" value="(\w+)"', text)[1]


# -- people ---------------------------------------------------------------------------------


def test_somebody_is_invited_enters_and_is_dismissed(own_desk):
    desk, admin = own_desk, own_desk.client("admin")
    answer = admin.act("/people/invite", name=" Eve  Moss ", email="eve@example.org", role="writer")
    assert answer.status_code == 200
    link = link_of(answer.text)
    assert link not in admin.get("/people").text  # shown this one time
    (letter,) = mailbox.Maildir(desk.folder / "data" / "mailbox", create=False)
    body = letter.get_payload(decode=True).decode()
    assert (letter["To"], link_of(body)) == ("Eve Moss <eve@example.org>", link)
    eve = desk.client()
    eve.csrf = csrf_of(eve.get(link).text)
    entered = eve.act(link, password=NEW, again=NEW)
    assert (entered.status_code, entered.headers["location"]) == (303, "/login/enrol")
    key = re.search(r"<code>(\w+)</code>", eve.get("/login/enrol").text)[1]
    assert eve.act("/login/enrol", code=pyotp.TOTP(key).now()).status_code == 200
    assert eve.get("/").status_code == 200
    assert eve.get("/people").status_code == 403
    assert "Role of Eve Moss" in admin.get("/people").text
    # Another role holds from the next request on, a dismissal at once.
    assert admin.act("/people/role", name="Eve Moss", role="admin").status_code == 303
    assert eve.get("/people").status_code == 200
    assert admin.act("/people/dismiss", name="Eve Moss").status_code == 303
    assert eve.get("/").status_code == 303
    kept = [(actor, action) for actor, action in desk.actions("Eve Moss") if actor == "Ada"]
    assert [action for _, action in kept] == ["appointed", "invited", "appointed", "dismissed"]


def test_an_invitation_goes_out_again_and_an_authenticator_is_voided(own_desk):
    desk, admin = own_desk, own_desk.client("admin")
    first = link_of(admin.act("/people/invitation", name="Bo").text)
    second = link_of(admin.act("/people/invitation", name="Bo").text)
    nobody = desk.client()
    assert [nobody.get(link).status_code for link in (first, second)] == [404, 200]
    desk.with_password("editor")
    editor = desk.client("editor")
    assert admin.act("/people/authenticator", name="Bo").status_code == 303
    assert editor.get("/").status_code == 303
    assert not desk.house.access.credential("Bo").totp_on
    assert admin.act("/people/authenticator", name="Nobody").status_code == 404


def test_the_last_admin_stays_and_nobody_takes_their_own_right(own_desk):
    desk, admin = own_desk, own_desk.client("admin")
    for path, form in (("role", {"role": "writer"}), ("dismiss", {})):
        answer = admin.act(f"/people/{path}", name="Ada", **form)
        assert answer.status_code == 409
        assert "their own admin right" in answer.text
    desk.house.editors.add("Al", "al@example.com", desk.house.clock.now(), Role.ADMIN)
    other = desk.client("Al")
    # Each takes the other's right at the same moment: one of them stays.
    found = at_once(2, lambda place: (admin, other)[place].act(
        "/people/role", name=("Al", "Ada")[place], role="editor").status_code)  # fmt: skip
    roles = [desk.house.editors.role(name) for name in ("Ada", "Al")]
    assert roles.count(Role.ADMIN) >= 1
    assert found.count(303) == 2 - roles.count(Role.ADMIN) + (roles.count(Role.ADMIN) == 2)


@pytest.mark.parametrize(("form", "said"), [
    ({"name": "", "email": "x@example.org", "role": "writer"}, "name"),
    ({"name": "Fay", "email": "no address", "role": "writer"}, "needs a name, one @"),
    ({"name": "Bo", "email": "x@example.org", "role": "writer"}, "already an editor"),
    ({"name": "operator", "email": "x@example.org", "role": "writer"}, "audit log"),
    ({"name": "Fay", "email": "x@example.org", "role": "owner"}, "role"),
    ({"name": "F" * 81, "email": "x@example.org", "role": "writer"}, "80 characters"),
])  # fmt: skip
def test_a_wrong_invitation_is_told_in_a_sentence_and_changes_nothing(desk, form, said):
    before = desk.house.editors.all()
    answer = desk.client("admin").act("/people/invite", **form)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert desk.house.editors.all() == before


# -- one's own account ------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(own_desk):
    desk = own_desk
    desk.with_password("writer")
    mine, other = desk.client("writer"), desk.client("writer")
    wrong = mine.act("/account/password", old="wrong", new=NEW, again=NEW)
    assert (wrong.status_code, "present password is wrong" in wrong.text) == (422, True)
    assert (
        mine.act("/account/password", old=PASSWORD, new="short", again="short").status_code == 422
    )
    assert mine.act("/account/password", old=PASSWORD, new=NEW, again="x").status_code == 422
    assert other.get("/").status_code == 200
    done = mine.act("/account/password", old=PASSWORD, new=NEW, again=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/account?done=password")
    assert mine.get("/account").status_code == 200
    assert other.get("/").status_code == 303


def test_codes_and_authenticators_are_renewed_by_password_only(own_desk):
    desk = own_desk
    desk.with_password("writer")
    mine = desk.client("writer")
    assert mine.act("/account/codes", password="wrong").status_code == 422
    codes = re.findall(
        r"<li><code>([\w-]+)</code>", mine.act("/account/codes", password=PASSWORD).text
    )
    assert len(set(codes)) == 10
    assert desk.house.access.recovery_left("Di") == 10
    hashed = desk.newsroom.guard.login.totp.recovery_hash("Di", codes[0])
    assert desk.house.access.use_recovery("Di", hashed, desk.house.clock.now())
    old = mine.cookies[COOKIE]
    answer = mine.act("/account/authenticator", password=PASSWORD)
    assert answer.headers["location"] == "/login/enrol?then=/account"
    assert desk.newsroom.guard.sessions.find(old) is None
    assert not desk.house.access.credential("Di").totp_on
    for _ in range(5):
        mine = desk.client("writer")
        last = mine.act("/account/codes", password="wrong")
    assert "Too many wrong passwords" in mine.act("/account/codes", password=PASSWORD).text
    assert last.status_code == 422


def test_times_follow_the_editors_zone_and_other_sessions_end(own_desk):
    desk = own_desk
    desk.with_password("editor")
    mine, other = desk.client("editor"), desk.client("editor")
    assert mine.act("/account/zone", zone="Mars/Base").status_code == 422
    assert mine.act("/account/zone", zone="Asia/Tokyo").status_code == 303
    assert re.search(r"\d\d:\d\d JST", mine.get("/").text)
    assert not re.search(r"\d\d:\d\d JST", desk.client("writer").get("/").text)
    assert mine.get("/account").text.count("<li><span>a test") == 2
    assert mine.act("/account/sessions").status_code == 303
    assert (mine.get("/").status_code, other.get("/").status_code) == (200, 303)
    actions = [action for _, action in desk.actions("Bo")]
    assert actions[-2:] == ["time zone set", "other sessions ended"]


def test_a_key_is_shown_once_and_revoked(own_desk):
    desk = own_desk
    desk.with_password("writer")
    mine = desk.client("writer")
    form = {"name": "the terminal", "days": "30", "scope": ["read", "decide"]}
    assert mine.act("/account/keys", **form, password="wrong").status_code == 422
    key = re.search(r"nlk_[\w-]{43}", mine.act("/account/keys", **form, password=PASSWORD).text)[0]
    page = mine.get("/account").text
    assert key not in page
    assert "the terminal" in page
    (kept,) = desk.house.api.of("Di")
    # A writer decides nothing, and so does no key of theirs.
    assert kept.scopes == {"read"}
    assert mine.act("/account/keys", **form | {"days": "400"}, password=PASSWORD).status_code == 422
    assert desk.client("editor").act("/account/keys/revoke", id=kept.id).status_code == 404
    assert mine.act("/account/keys/revoke", id=kept.id).status_code == 303
    assert desk.house.api.of("Di") == []


# -- how they look -------------------------------------------------------------------------


def test_an_invitation_is_shown_once_to_whoever_made_it(desk):
    page = desk.page("admin", "/people", 390, "dark")
    page.fill("input[name=name]:visible", "Gus")
    page.fill("[name=email]", "gus@example.org")
    page.click("text='Invite'")
    page.wait_for_selector("code.secret")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.told == []
