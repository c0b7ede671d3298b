"""Single sign-on against a real OpenID provider on this machine: the way in, and every trick.

The provider is Authlib's (`oidc_support`); what it checks of us (redirect, PKCE, the secret, one
use of a code) and what it signs are its own doing. Hostile answers are made from its honest ones.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import sys
import time
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pyotp
import pytest
from desk_support import ORIGIN, PASSWORD, Desk, _base, _cheap, _made, axe, desk
from oidc_support import CLIENT, SECRET, Provider

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.desk.application import application
from newsletter.desk.newsroom import Newsroom
from newsletter.desk.rooms.single_sign_on import BACK, COOKIE
from newsletter.desk.security import oidc, oidc_wire
from newsletter.desk.security.sessions import COOKIE as SESSION
from newsletter.errors import ConfigError
from newsletter.review.desk import AuditEntry
from newsletter.sign_on import SignOn as SignOnSettings

__all__ = ["desk"]
NAME = "Example ID"
HONEST = {"sub": "sub-of-bo", "email": "bo@example.com", "email_verified": True}


class SignOn:
    """A desk with single sign-on, its provider, and a browser between the two."""

    def __init__(self, folder, made):
        self.provider = Provider(ORIGIN + BACK)
        self.desk = Desk(folder, made)
        self.desk.house.close()
        file = self.desk.folder / "config.yaml"
        text = file.read_text().replace("  port: 8800\n", (
            "  port: 8800\n  oidc:\n"
            f"    issuer: {self.provider.issuer}\n    client_id: {CLIENT}\n    name: {NAME}\n"
            "    timeout_seconds: 30\n"  # for the served desk: a busy machine answers late
        ))  # fmt: skip
        file.write_text(text)
        self.desk.house = House(file)
        self.desk.app = application(self.desk.house)
        self.configure()

    def configure(self, **more):
        """Open the desk anew, with other settings of `desk.oidc` than those of its file."""
        house = self.desk.house
        told = {"issuer": self.provider.issuer, "client_id": CLIENT, "name": NAME}
        told |= {"timeout_seconds": 30} | more
        part = house.config.desk.model_copy(update={"oidc": SignOnSettings.model_validate(told)})
        house.config = house.config.model_copy(update={"desk": part})
        self.desk.newsroom = self.desk.app.state.newsroom = Newsroom(house)
        _cheap(self.desk.newsroom)

    def visitor(self):
        """Return a browser of somebody nobody knows."""
        return self.desk.client()

    def sent(self, visitor, then="/"):
        """Press the button; return where the provider sends the browser back to."""
        there = visitor.get("/login/sso", params={"then": then})
        assert there.status_code == 303, there.text
        answer = httpx2.get(there.headers["location"])
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].removeprefix(ORIGIN)

    def enters(self, visitor=None, then="/"):
        """Go the whole way; return the desk's last answer."""
        visitor = visitor or self.visitor()
        return visitor.get(self.sent(visitor, then))

    def restore(self):
        """Let everything be as it was."""
        provider = self.provider
        provider.user = dict(HONEST)
        provider.claims, provider.header, provider.thin, provider.denies = {}, {}, False, False
        provider.ways = ["client_secret_basic", "client_secret_post"]
        provider.tamper = lambda path, *answer: answer
        self.configure()

    def forget(self, name):
        """Let nothing be known of somebody: neither an identity nor an authenticator."""
        house = self.desk.house
        entry = AuditEntry(house.clock.now(), "Ada", "forgotten", name)
        house.access.identities.release(name, entry)
        house.access.reset_totp(name, entry)

    def why(self):
        """Return what the audit log says of the last refusal."""
        last = self.desk.house.audit.entries()[-1]
        return last.detail.get("why", "") if last.action == "login refused" else ""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLETTER_OIDC_SECRET", SECRET)
        found = SignOn(tmp_path_factory.mktemp("sso") / "desk", _made(_base(tmp_path_factory)))
        yield found
        found.desk.close()
        found.provider.close()


@pytest.fixture
def sso(opened):
    """The desk with single sign-on; nobody has been bound yet, nobody has knocked too often."""
    with opened.desk.house.database.begin(writing=True) as session:
        for table in ("identities", "attempts", "sessions"):
            session.connection().exec_driver_sql(f"delete from {table}")
    opened.restore()
    return opened


def said(answer):
    found = re.search(r'role="alert">(.*?)</p>', answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""


def is_in(answer):
    return SESSION in answer.cookies


# -- the way in ------------------------------------------------------------------------------------


def test_the_first_time_the_address_counts_and_from_then_on_the_identity(sso):
    sso.forget("Bo")
    before = len(sso.desk.house.editors.all())
    visitor = sso.visitor()
    page = visitor.get("/login?then=/archive").text
    assert f"Sign in with {NAME}" in page
    assert 'name="password"' in page
    answer = sso.enters(visitor, "/archive?q=a&page=2")
    # Their identity is proved; the desk's own second factor is asked for all the same.
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login/enrol?then=/archive%3Fq%3Da%26page%3D2"
    assert visitor.get("/").status_code == 303
    key = re.search(r"<code>(\w+)</code>", visitor.get("/login/enrol").text)[1]
    visitor.csrf = re.search(r'name="csrf" value="(\w+)"', visitor.get("/login/enrol").text)[1]
    assert visitor.act("/login/enrol", code=pyotp.TOTP(key).now()).status_code == 200
    assert "Bo" in visitor.get("/").text
    actions = [action for _, action in sso.desk.actions("Bo")][-4:]
    assert actions == ["identity bound", "vouched for", "authenticator set up", "logged in"]
    # Another address later on is still Bo; no account is made of anybody.
    sso.provider.user = {"sub": "sub-of-bo", "email": "other@example.com", "email_verified": False}
    again = sso.enters()
    assert (again.status_code, again.headers["location"]) == (303, "/login/code")
    assert len(sso.desk.house.editors.all()) == before


def test_a_second_factor_of_the_providers_counts_where_it_is_named(sso):
    sso.configure(second_factor={"amr": ["otp", "hwk"], "acr": ["gold"]})
    for user, way in (
        ({"amr": ["pwd"]}, "/login/"), ({"acr": "silver"}, "/login/"),
        ({"amr": "otp"}, "/login/"), ({"acr": ["gold"]}, "/login/"),
        ({"amr": ["pwd", "hwk"]}, "/"), ({"acr": "gold"}, "/"),
    ):  # fmt: skip
        sso.provider.user = HONEST | user
        visitor = sso.visitor()
        answer = sso.enters(visitor)
        assert answer.status_code == 303, said(answer)
        assert answer.headers["location"].startswith(way), user
        assert (answer.headers["location"] == "/") is (way == "/")
        assert (visitor.get("/").status_code == 200) is (way == "/"), user
    assert sso.desk.house.audit.entries()[-1].detail["factor"] == "gold"
    there = sso.visitor().get("/login/sso").headers["location"]
    assert dict(parse_qsl(urlsplit(there).query))["acr_values"] == "gold"


def test_what_is_asked_is_what_the_standard_asks(sso):
    visitor = sso.visitor()
    there = visitor.get("/login/sso")
    asked = dict(parse_qsl(urlsplit(there.headers["location"]).query))
    assert asked["redirect_uri"] == f"{ORIGIN}/login/sso/back"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert (asked["client_id"], set(asked["scope"].split())) == (CLIENT, {"openid", "email"})
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    carried = there.headers["set-cookie"].lower()
    assert carried.startswith("__host-desk-sso=")
    assert all(word in carried for word in ("secure", "httponly", "samesite=lax", "max-age=600"))
    again = dict(parse_qsl(urlsplit(visitor.get("/login/sso").headers["location"]).query))
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize("ways", [["client_secret_post"], ["client_secret_basic"], None])
def test_the_secret_goes_as_the_provider_wants_it(sso, ways):
    sso.provider.ways = ways
    if ways is None:
        sso.provider.document = lambda: {
            name: value for name, value in Provider.document(sso.provider).items()
            if name != "token_endpoint_auth_methods_supported"
        }  # fmt: skip
    try:
        assert is_in(sso.enters())
    finally:
        sso.provider.__dict__.pop("document", None)
    (form,) = [form for path, form in sso.provider.asked if path == "/token"][-1:]
    assert ("client_secret" in form) is (ways == ["client_secret_post"])


def test_a_provider_that_tells_the_address_only_when_asked_is_asked(sso):
    sso.provider.thin = True
    assert is_in(sso.enters())
    sso.provider.tamper = lambda path, status, headers, body: (
        (status, headers, body.replace(b"sub-of-bo", b"another"))
        if path == "/userinfo" else (status, headers, body)
    )  # fmt: skip
    sso.provider.user |= {"sub": "sub-of-bo", "email": "bo@example.com"}
    answer = sso.enters()
    assert answer.status_code == 401
    assert sso.why() == "what it tells of the person is another's"


def test_a_key_that_was_changed_is_fetched_and_the_old_one_is_worth_nothing(sso):
    assert is_in(sso.enters())
    old = sso.provider.key
    sso.provider.rotate("second", "EC")
    assert is_in(sso.enters())
    fetched = sum(path == "/keys" for path, _ in sso.provider.asked)
    assert is_in(sso.enters())
    assert sum(path == "/keys" for path, _ in sso.provider.asked) == fetched
    published, sso.provider.key, sso.provider.algorithm = sso.provider.key, old, "RS256"
    listed = json.dumps({"keys": [published.as_dict(private=False)]}).encode()
    sso.provider.tamper = lambda path, status, headers, body: (
        status, headers, listed if path == "/keys" else body
    )  # fmt: skip
    assert not is_in(sso.enters())
    assert sso.why() == "no key of the provider's has signed it"
    sso.provider.rotate("third")


def test_a_real_browser_goes_there_and_comes_back(sso, browser, monkeypatch):
    """What no client of a test has: cookies across sites, the policies, a person's keyboard."""
    desk, provider = sso.desk, sso.provider
    sso.forget("Di")
    desk._browser = lambda: browser
    page = desk.page(None, "/login")
    monkeypatch.setattr(provider.client, "back", desk.serve() + BACK)
    provider.user = {"sub": "sub-of-di", "email": "di@example.com", "email_verified": True}
    against = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        against[scheme] = axe(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name=f"Sign in with {NAME}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/enrol*")
    page.fill("[name=code]", pyotp.TOTP(page.inner_text(".key code").replace(" ", "")).now())
    page.click("text=Confirm")
    page.click("text=I have kept them")
    page.wait_for_selector("#tonight")
    page.goto("/account")
    assert f"You sign in with {NAME}" in page.inner_text("main")
    against["account"] = axe(page)
    assert against == {"light": [], "dark": [], "account": []}
    assert page.told == []


# -- who is not let in -----------------------------------------------------------------------------


def test_unknown_unverified_dismissed_and_borrowed_get_the_same_answer(sso):
    assert is_in(sso.enters())  # sub-of-bo is Bo from now on
    house = sso.desk.house
    house.editors.add("Gone", "gone@example.com", house.clock.now())
    house.editors.disable("Gone", house.clock.now())
    strangers = [
        ({"sub": "s1", "email": "nobody@example.com"}, "nobody here has that address"),
        ({"sub": "s2", "email": "di@example.com", "email_verified": False}, "has not verified"),
        ({"sub": "s3", "email": "di@example.com", "email_verified": "true"}, "has not verified"),
        ({"sub": "s4", "email": "gone@example.com"}, "nobody here"),
        ({"sub": "s5", "email": "bo@example.com"}, "bound to another identity"),
        ({"sub": "s6", "email": "Di"}, "nobody here"),  # a name is no address
        ({"sub": "s7", "email": "di@example.com\u212a"}, "nobody here"),
        ({"sub": "s8", "email": ["di@example.com"]}, "has not verified"),
        ({"sub": "s9", "email": "di@exam\u017fle.com"}, "nobody here"),
    ]
    answers = set()
    for user, why in strangers:
        sso.provider.user = {"email_verified": True} | user
        visitor = sso.visitor()
        answer = sso.enters(visitor)
        answers.add((answer.status_code, said(answer), is_in(answer)))
        assert why in sso.why(), user
        assert visitor.get("/").status_code == 303
    words = f"{NAME} knows you, but this desk does not let you in; ask an admin of the desk."
    assert answers == {(401, words, False)}
    assert house.access.identities.bound(sso.provider.issuer).keys() == {"Bo"}


def test_who_is_dismissed_stays_out_and_who_is_released_is_bound_anew(sso):
    house = sso.desk.house
    house.editors.add("Eve", "eve@example.com", house.clock.now())
    sso.provider.user = {"sub": "eve-1", "email": "EVE@Example.com", "email_verified": True}
    assert is_in(sso.enters())
    house.editors.disable("Eve", house.clock.now())
    assert not is_in(sso.enters())
    assert sso.why() == "dismissed"
    # Appointed again under the same address she is herself; under another the name is new.
    house.editors.add("Eve", "eve@example.com", house.clock.now())
    assert is_in(sso.enters())
    house.editors.disable("Eve", house.clock.now())
    house.editors.add("Eve", "eve.moss@example.com", house.clock.now())
    assert not is_in(sso.enters())
    house.editors.disable("Eve", house.clock.now())
    house.editors.add("Eve", "eve@example.com", house.clock.now())
    assert is_in(sso.enters())
    # A new identity with her address waits until an admin lets go of the old one.
    sso.provider.user |= {"sub": "eve-2"}
    assert not is_in(sso.enters())
    admin = sso.desk.client("admin")
    assert "Release from" in admin.get("/people").text
    assert sso.desk.client("editor").act("/people/identity", name="Eve").status_code == 403
    assert admin.act("/people/identity", name="Eve").status_code == 303
    assert admin.act("/people/identity", name="Eve").status_code == 404
    assert is_in(sso.enters())
    house.editors.disable("Eve", house.clock.now())


# -- answers that are not answers ------------------------------------------------------------------


def test_an_answer_is_good_in_one_browser_once_and_for_ten_minutes(sso, monkeypatch):
    mine, other = sso.visitor(), sso.visitor()
    way = sso.sent(mine)
    other.get("/login/sso")  # has a question of their own under way
    carried = mine.cookies[COOKIE]
    for thief in (other, sso.visitor()):
        answer = thief.get(way)
        assert (answer.status_code, said(answer)) == (401, oidc.OLD)
        assert not is_in(answer)
    assert is_in(mine.get(way))
    # Somebody who has the cookie as well comes too late: the answer was used.
    late = sso.visitor()
    late.cookies.set(COOKIE, carried)
    assert said(late.get(way)) == oidc.OLD
    for change in (lambda c: c[:-2] + "xx", lambda c: "x" + c, lambda c: "", lambda c: "é.x",
                   lambda c: c.split(".")[0], lambda c: "x" * 5000):  # fmt: skip
        forged, visitor = sso.visitor(), sso.visitor()
        way = sso.sent(visitor)
        cookie = change(visitor.cookies[COOKIE])
        answer = forged.get(way, headers={"Cookie": f"{COOKIE}={cookie}".encode("latin-1")})
        assert said(answer) == oidc.OLD
    visitor = sso.visitor()
    way = sso.sent(visitor)
    later = FixedClock(sso.desk.house.clock.now() + oidc.LASTS + dt.timedelta(seconds=5))
    monkeypatch.setattr(type(sso.desk.house.clock), "now", lambda _: later.now())
    assert said(visitor.get(way)) == oidc.OLD


def test_a_code_is_good_once_and_only_with_its_verifier(sso):
    first, second = sso.visitor(), sso.visitor()
    code = dict(parse_qsl(urlsplit(sso.sent(first)).query))["code"]
    # A code caught elsewhere, put into the answer of somebody's own question.
    mine = dict(parse_qsl(urlsplit(sso.sent(second)).query))
    answer = second.get(BACK, params=mine | {"code": code})
    assert (answer.status_code, is_in(answer)) == (503, False)
    assert "invalid_grant" in sso.why()
    third = sso.visitor()
    way = sso.sent(third)
    code = dict(parse_qsl(urlsplit(way).query))["code"]
    assert is_in(third.get(way))
    mine = dict(parse_qsl(urlsplit(sso.sent(second)).query))
    assert not is_in(second.get(BACK, params=mine | {"code": code}))


def b64(data):
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def resigned(sso, header):
    """Return what puts another header before the provider's claims, and its own mark behind."""

    def tamper(path, status, headers, body):
        if path != "/token":
            return status, headers, body
        mine = f"{b64(header)}.{body['id_token'].split('.')[1]}"
        public = sso.provider.key.as_pem(private=False)
        mark = hmac.new(public, mine.encode(), hashlib.sha256).digest()
        end = "" if header["alg"] == "none" else base64.urlsafe_b64encode(mark).decode().rstrip("=")
        return status, headers, body | {"id_token": f"{mine}.{end}"}

    return tamper


@pytest.mark.parametrize(("claims", "header", "why"), [
    ({"nonce": "another"}, None, "nonce"), ({"aud": "elsewhere"}, None, "another application"),
    ({"iss": "https://evil.example"}, None, "another provider"), ({"exp": 1}, None, "expired"),
    ({}, {"alg": "none"}, "'none'"), ({}, {"alg": "HS256"}, "'HS256'"),
    ({}, {"alg": "RS256"}, "no key"),
])  # fmt: skip
def test_a_token_that_does_not_hold_lets_nobody_in(sso, claims, header, why):
    """All that a token must be stands in test_desk_oidc_token; here, that it is asked at all."""
    sso.provider.claims = claims
    if header:
        sso.provider.tamper = resigned(sso, header)
    answer = sso.enters()
    assert (answer.status_code, is_in(answer)) == (401, False)
    assert "cannot be trusted" in said(answer)
    assert why in sso.why()


@pytest.mark.parametrize("answer", [
    {}, {"code": ""}, {"code": "x" * 4000}, {"iss": "https://evil.example"},
    {"error": "access_denied"}, {"error": "<script>alert(1)</script>"},
])  # fmt: skip
def test_an_answer_with_something_amiss_lets_nobody_in(sso, answer):
    visitor = sso.visitor()
    mine = dict(parse_qsl(urlsplit(sso.sent(visitor)).query))
    if not answer:
        del mine["code"]
    found = visitor.get(BACK, params=mine | answer)
    assert (found.status_code, is_in(found)) == (401, False)
    assert "script" not in said(found) + sso.why()
    assert COOKIE not in visitor.cookies


def test_what_is_said_twice_counts_as_not_said(sso):
    visitor = sso.visitor()
    way = sso.sent(visitor)
    assert said(visitor.get(f"{way}&code=another")) == oidc.OLD


def test_who_refuses_at_the_provider_is_told_so(sso):
    sso.provider.denies = True
    answer = sso.enters()
    assert (answer.status_code, said(answer)) == (401, oidc.REFUSED.format(name=NAME))
    assert sso.why() == "the provider said access_denied"


def test_of_many_knocks_from_one_place_few_reach_the_provider(sso, monkeypatch):
    monkeypatch.setattr(oidc, "PER_ADDRESS", 3)
    visitor = sso.visitor()
    answers = [visitor.get(BACK, params={"state": "x", "code": "y"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert not [path for path, _ in sso.provider.asked if path == "/token"][100:]


# -- a provider that is away, slow or strange ------------------------------------------------------


def slowly():
    yield b"{"
    for _ in range(40):
        time.sleep(0.02)
        yield b" "


@pytest.mark.parametrize(("answer", "why"), [
    ((500, {}, b"broken"), "HTTP 500"),
    ((302, {"Location": "/elsewhere"}, b""), "HTTP 302"),
    ((200, {"Content-Type": "text/html"}, b"<html>Sign in to the wifi</html>"), "other than JSON"),
    ((200, {"Content-Type": "application/json"}, b"<html>"), "other than a JSON object"),
    ((200, {"Content-Type": "application/json"}, b"[1]"), "other than a JSON object"),
    ((200, {"Content-Type": "application/json"}, b"[" * 100_000), "other than a JSON object"),
    ((200, {"Content-Type": "application/json"}, b" " * (oidc_wire.MOST + 1)), "longer than"),
    ((200, {"Content-Type": "application/json"}, slowly), "no answer within 0.3 seconds"),
    ({"issuer": "https://evil.example"}, "another name"),
    ({"token_endpoint": None}, "token_endpoint is missing"),
    ({"token_endpoint": "http://192.0.2.1/token"}, "token_endpoint is missing"),
    ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is missing"),
    ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint is missing"),
    ({"authorization_endpoint": "https://u:p@x.example/"}, "authorization_endpoint is missing"),
])  # fmt: skip
def test_a_provider_that_cannot_be_used_is_told_in_a_sentence(sso, answer, why):
    # Who answers at all has time for it, however busy this machine is.
    sso.configure(timeout_seconds=0.3 if "0.3 seconds" in why else 30)

    def tamper(path, status, headers, body):
        if "well-known" not in path:
            return status, headers, body
        if isinstance(answer, dict):
            return status, headers, json.loads(body) | answer
        status, headers, body = answer
        return status, headers, body() if callable(body) else body

    sso.provider.tamper = tamper
    found = sso.visitor().get("/login/sso")
    assert found.status_code == 503
    assert why in said(found)
    assert said(found).endswith("; sign in with name and password.")
    assert 'name="password"' in found.text
    # Nobody else waits for it at once.
    before = len(sso.provider.asked)
    assert sso.visitor().get("/login/sso").status_code == 503
    assert len(sso.provider.asked) == before


@pytest.mark.parametrize("place", ["/token", "/keys", "/userinfo"])
def test_a_provider_that_breaks_on_the_way_back_lets_nobody_in(sso, place):
    sso.provider.thin = True
    sso.desk.newsroom._provider._keys = None
    sso.provider.tamper = lambda path, *answer: (500, {}, b"x") if path == place else answer
    answer = sso.enters()
    assert (answer.status_code, is_in(answer)) == (503, False)
    assert "HTTP 500" in said(answer)
    assert SECRET not in answer.text + str(sso.desk.house.audit.entries()[-1])


def test_a_provider_that_is_gone_leaves_the_password(own_sso):
    desk, secret = own_sso.desk, own_sso.desk.with_password("editor")
    own_sso.provider.close()
    answer = own_sso.visitor().get("/login/sso")
    assert "cannot be reached; sign in with name and password." in said(answer)
    visitor = own_sso.visitor()
    visitor.csrf = re.search(r'name="csrf" value="(\w+)"', visitor.get("/login").text)[1]
    entered = visitor.act("/login", who="Bo", password=PASSWORD)
    assert entered.headers["location"] == "/login/code"
    assert visitor.act("/login/code", code=pyotp.TOTP(secret).now()).status_code == 303
    assert "cannot be reached" in desk.client("admin").act("/settings/sign-on").text


@pytest.fixture
def own_sso(tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_OIDC_SECRET", SECRET)
    found = SignOn(tmp_path / "own", _made(_base(tmp_path_factory)))
    yield found
    found.desk.close()


# -- without passwords, and around it --------------------------------------------------------------


def test_without_passwords_none_opens_the_desk(sso):
    invitation = sso.desk.newsroom.guard.invitations.make("Cy", "Ada")
    sso.desk.with_password("editor")
    sso.configure(passwords=False)
    visitor = sso.visitor()
    page = visitor.get("/login").text
    assert 'name="password"' not in page
    visitor.csrf = re.search(r'name="csrf" content="(\w+)"', page)[1]
    entered = visitor.act("/login", who="Bo", password=PASSWORD)
    assert (entered.status_code, is_in(entered)) == (401, False)
    assert visitor.get(f"/invitation/{invitation}").status_code == 404
    new = "walnut harbour quiet saddle 77"
    accepted = visitor.act(f"/invitation/{invitation}", password=new, again=new)
    assert (accepted.status_code, is_in(accepted)) == (404, False)
    admin = sso.desk.client("admin")
    invited = admin.act("/people/invite", name="Flo", email="flo@example.com", role="writer")
    assert f"{ORIGIN}/login</code>" in invited.text
    assert "/invitation/" not in invited.text
    sso.provider.user = {"sub": "flo", "email": "flo@example.com", "email_verified": True}
    assert is_in(sso.enters())
    changed = admin.act("/account/password", old="x", new=new, again=new)
    assert changed.status_code == 422


def test_who_has_no_password_makes_a_key_only_just_after_signing_in(sso, monkeypatch):
    sso.configure(second_factor={"amr": ["otp"]})
    sso.provider.user = {
        "sub": "cy", "email": "cy@example.com", "email_verified": True, "amr": ["otp"],
    }  # fmt: skip
    visitor = sso.visitor()
    sso.enters(visitor)
    page = visitor.get("/account").text
    assert f"You sign in with {NAME}; no password of yours" in page
    assert 'name="password"' not in page
    visitor.csrf = re.search(r'name="csrf" content="(\w+)"', page)[1]
    form = {"name": "a program", "days": "9", "scope": "read"}
    assert "The new key" in visitor.act("/account/keys", **form).text
    now = sso.desk.house.clock.now() + dt.timedelta(minutes=10, seconds=5)
    monkeypatch.setattr(type(sso.desk.house.clock), "now", lambda _: now)
    late = visitor.act("/account/keys", **form)
    assert (late.status_code, "The new key" in late.text) == (422, False)
    assert "Sign out and in again first" in said(late)


def test_settings_show_the_provider_and_never_its_secret(sso):
    admin, writer = sso.desk.client("admin"), sso.desk.client("writer")
    page = writer.get("/settings").text
    assert sso.provider.issuer in page
    assert re.search(r"NEWSLETTER_OIDC_SECRET</code></dt><dd>set ", page)
    assert SECRET not in unescape(page)
    assert writer.act("/settings/sign-on").status_code == 403
    checked = admin.act("/settings/sign-on")
    assert "with 1 key, and a way out" in checked.text
    assert SECRET not in unescape(checked.text)
    for file in (sso.desk.folder / "data").glob("newsletter.db*"):
        assert SECRET.encode() not in file.read_bytes()


def test_the_way_out_leads_to_the_provider_and_nowhere_else(sso):
    assert sso.visitor().get("/login/sso/leave").status_code == 404
    sso.configure(logout=True)
    writer = sso.desk.client("writer")
    left = writer.act("/logout")
    assert left.headers["location"] == "/login?left=1"
    assert f"Sign out of {NAME}" in writer.get("/login?left=1").text
    out = writer.get("/login/sso/leave?to=https://evil.example").headers["location"]
    assert out.startswith(f"{sso.provider.issuer}/out?")
    told = dict(parse_qsl(urlsplit(out).query))
    assert told == {"client_id": CLIENT, "post_logout_redirect_uri": f"{ORIGIN}/login"}


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil", "/" * 700,
                                  "/login/sso", "/\u202e" + "x" * 599])  # fmt: skip
def test_whoever_comes_in_stays_in_the_house(sso, then):
    assert sso.enters(then=then).headers["location"] in {"/login/code", "/login/enrol"}


def test_without_single_sign_on_its_doors_lead_nowhere(desk):
    for path in ("/login/sso", BACK, "/login/sso/leave"):
        assert desk.client().get(path).status_code == 404
    assert desk.client("admin").act("/settings/sign-on").status_code == 404
    assert "/login/sso" not in desk.client().get("/login").text


def test_a_missing_library_is_told_when_the_desk_opens(sso, monkeypatch):
    monkeypatch.setitem(sys.modules, "joserfc.jwk", None)
    with pytest.raises(ConfigError, match=r"rotation-newsletter\[sso\]"):
        application(sso.desk.house)
