"""The public pages over real HTTP: what every answer carries, what looking and asking may do."""

import gzip
import hashlib
import hmac
import json
import re
import threading
import xml.etree.ElementTree as ET

import feedparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lengths import length
from public_support import opened, public

from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.review.desk import AuditEntry
from newsletter.send.events import Event, Forged, What
from newsletter.send.suppression import LIFTED_BY_CONSENT, Cause
from newsletter.send.tokens import Purpose

__all__ = ["public"]
ONE_CLICK = b"List-Unsubscribe=One-Click"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.fixture
def readers(public):
    """Three readers on the list, whatever a test did to them before."""
    for name in ("ann", "bob", "cleo"):
        address = f"{name}@example.com"
        entry = AuditEntry(public.house.clock.now(), "a test", "erased", "somebody")
        public.house.audience.erase(address, entry)
        public.house.suppressions.lift(address, frozenset(Cause))
        public.house.audience.add(address, name, "evening", {}, public.house.clock.now())
    return {name: public.reader(f"{name}@example.com") for name in ("ann", "bob", "cleo")}


def looked_at(public, readers):
    """Return an address for every route that is looked at, the private ones among them."""
    edition = f"/e/{public.key}"
    chart = re.search(rf'src="({edition}/[^"]+)"', public.get(edition).text)[1]
    style = re.search(r'href="(/static/[^"]+)"', public.get("/").text)[1]
    public.wish("looker@example.com")
    wish = public.house.consents.take(public.house.clock.now(), 50)[-1]
    from newsletter.send.delivery import Subscriber

    confirm = public.link(Subscriber(wish.id, "", "", "evening"), Purpose.CONFIRM)
    choose = public.link(readers["ann"], Purpose.PREFERENCES)
    given = {
        "/c/{token}": confirm, "/p/{token}": choose, "/u/{token}": public.link(readers["ann"]),
        "/p/{token}/my-data.json": f"{choose}/my-data.json", "/e/{key}": edition,
        "/e/{key}/{name}": chart, "/static/{name}": style,
        "/o/{token}": public.house.signer.counted_url(
            readers["ann"], str(public.key), 0
        ).removeprefix(public.address),
    }  # fmt: skip
    elsewhere = {"/l/{token}"}  # leads away: see test_counting.py
    routes = public.server._site and public_routes(public)
    return [given.get(one.path, one.path) for one in routes
            if "GET" in one.methods and one.path not in elsewhere]  # fmt: skip


def public_routes(public):
    from newsletter.public.application import application

    return application(public.house).routes


# -- looking -------------------------------------------------------------------------------


def test_whoever_looks_changes_nothing_and_every_answer_is_armoured(public, readers):
    paths = looked_at(public, readers)
    assert len(paths) >= 15
    before = public.tables()
    rounds = 100 // len(paths) + 1
    for turn in range(rounds):
        for path in paths:
            for method in ("GET", "HEAD"):
                got = public.ask(method, path)
                assert got.status == 200, (method, path, got.text)
                assert method == "GET" or got.body == b""
                if turn == 0:
                    armoured(got, path)
    assert public.tables() == before


def armoured(got, path):
    policy = got.headers["content-security-policy"]
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(
        policy.split("; ")
    ), path
    assert "unsafe" not in policy, path
    assert got.headers["x-content-type-options"] == "nosniff", path
    assert got.headers["referrer-policy"] == "no-referrer", path
    assert "max-age" in got.headers["strict-transport-security"], path
    assert not {"set-cookie", "location", "server"} & set(got.headers), path
    private = path.startswith(("/u/", "/p/", "/c/", "/o/", "/subscribe"))
    assert (got.headers["cache-control"] == "no-store") == private, path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("GET", "/e/../../etc/passwd", 404), ("GET", "/e/x", 404),
        ("GET", "/e/2026-07-03.XNYS.evening", 404), ("GET", "/static/x.css", 404),
        ("PUT", "/subscribe", 405), ("DELETE", "/archive", 405), ("POST", "/archive", 405),
        ("GET", "/archive?before=x", 404), ("GET", "/p/forged", 404), ("GET", "/c/forged", 404),
        ("POST", "/hooks/nobody", 404), ("GET", "/e/2026-07-02.XNYS.evening/no.png", 404),
        ("GET", "/archive/", 404),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_page_with_one_sentence(public, method, path, status):
    got = public.ask(method, path)
    assert got.status == status
    assert "text/html" in got.headers["content-type"]
    assert "<h1>" in got.text
    assert "Traceback" not in got.text
    assert str(public.folder) not in got.text
    assert got.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in got.headers["content-security-policy"]


def test_a_body_that_is_too_long_is_refused_unread(public):
    got = public.ask("POST", "/subscribe", b"x" * 20_000, URLENCODED)
    assert got.status == 413
    assert "<h1>" in got.text
    assert public.ask("POST", "/subscribe", b"a=%ff&" * 200, URLENCODED).status == 400
    assert public.ask("POST", "/subscribe", b"{}", {"Content-Type": "text/json"}).status == 415


def test_who_looks_too_often_waits_and_is_not_remembered_in_the_store(tmp_path_factory):
    own = opened(tmp_path_factory, config="")
    try:
        own.site.limits._pages = 5
        before = own.tables()
        assert [own.get("/").status for _ in range(7)] == [200] * 5 + [429] * 2
        assert own.get("/").headers["retry-after"] == "60"
        reader = own.reader("ann@example.com")
        assert own.get(own.link(reader)).status == 200, "leaving is never limited"
        assert own.tables() == before
    finally:
        own.close()


# -- leaving -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=x"),
        (ONE_CLICK + b"\r\n", ""),
    ],
)
def test_one_click_leaves_at_once_and_twice_is_once(public, readers, body, kind):
    path, ann = public.link(readers["ann"]), readers["ann"]
    headers = {"Content-Type": kind} if kind else {}
    headers |= {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    first = public.ask("POST", path, body, headers)
    after = public.tables()
    second = public.ask("POST", path, body, headers)
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body
    for got in (first, second):
        assert "location" not in got.headers
        assert "set-cookie" not in got.headers
    assert public.tables() == after
    assert not public.house.deliveries.is_active(ann.id)
    assert public.house.deliveries.is_active(readers["bob"].id)


def test_leaving_tells_nobody_who_is_a_reader(public, readers):
    good = public.link(readers["ann"])
    erased = public.link(readers["bob"])
    entry = AuditEntry(public.house.clock.now(), "a test", "erased", "somebody")
    public.house.audience.erase("bob@example.com", entry)
    crossed = public.link(readers["cleo"], Purpose.CONFIRM).replace("/c/", "/u/")
    answers = {
        public.ask("POST", path, ONE_CLICK, URLENCODED).body
        for path in (good, erased, crossed, "/u/x", good[:-1] + "A", good[:-5])
    }
    assert len(answers) == 1
    assert public.house.deliveries.is_active(readers["cleo"].id), "a token of another purpose"


def test_a_post_without_the_word_only_shows_the_button(public, readers):
    before = public.tables()
    for body in (b"", b"x=1", b"List-Unsubscribe=Two-Clicks"):
        got = public.ask("POST", public.link(readers["ann"]), body, URLENCODED)
        assert got.status == 200
        assert "<button>Leave" in got.text
    assert public.tables() == before


@settings(max_examples=length(30, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(max_size=80), body=st.binary(max_size=60))
@example(token="a" * 5000, body=ONE_CLICK)
@example(token="%00/..%2f", body=b"")
@example(token="W10.x", body=ONE_CLICK)
def test_no_token_breaks_anything(public, token, body):
    from urllib.parse import quote

    for way in ("u", "p", "c", "e", "l", "o"):
        path = f"/{way}/{quote(token, safe='')}"
        statuses = {public.ask("GET", path).status, public.ask("POST", path, body).status}
        assert statuses <= {200, 404, 405}, path


# -- subscribing ---------------------------------------------------------------------------


@pytest.fixture
def suppressions(public):
    return public.house.suppressions


@pytest.fixture(autouse=True)
def _nobody_is_limited(public):
    from newsletter.public import joining

    pages, wishes = public.site.limits._pages, joining.PER_PLACE
    public.site.limits._pages = joining.PER_PLACE = 10**9
    yield
    public.site.limits._pages, joining.PER_PLACE = pages, wishes


def statements(public, work):
    """Return the statements a request causes, without their values."""
    import sqlalchemy as sa

    found = []

    def note(_c, _u, statement, *_):
        found.append(statement)

    engine = public.house.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        return work(), found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_known_unknown_suppressed_and_too_many_get_the_same_bytes_for_the_same_work(
    public, readers, suppressions
):
    now = public.house.clock.now()
    suppressions.add("gone@example.com", Cause.MANUAL, "", now)
    for _ in range(4):
        public.wish("often@example.com")
    got = {
        name: statements(public, lambda address=address: public.wish(address))
        for name, address in {
            "unknown": "new@example.com", "known": "ann@example.com",
            "suppressed": "gone@example.com", "too many": "often@example.com",
        }.items()
    }  # fmt: skip
    assert {answer.status for answer, _ in got.values()} == {200}
    assert len({answer.body for answer, _ in got.values()}) == 1
    dates = {"date"}
    assert len({str({k: v for k, v in a.headers.items() if k not in dates})
                for a, _ in got.values()}) == 1  # fmt: skip
    assert len({tuple(work) for _, work in got.values()}) == 1
    assert any("wishes" in one for one in got["known"][1])
    public.send()
    assert len(public.mails("often@example.com")) == 3
    assert not public.mails("gone@example.com")
    assert len(public.mails("new@example.com")) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"consent": ""}, "Tick the box"), ({"list": ""}, "Choose at least one"),
        ({"consent": "1999-01"}, "Tick the box"), ({"list": "secret"}, "Choose at least one"),
        ({"email": "nobody"}, "needs a name, one @"), ({"email": "a@b"}, "domain"),
        ({"email": "a@b.example\r\nBcc: x@y.example"}, ""),
    ],
)  # fmt: skip
def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(public, form, sentence):
    before = public.tables()
    typed = {"email": "who@example.com", "name": "Wh<o>"} | form
    got = public.wish(typed.pop("email"), **typed)
    assert got.status == 422
    assert sentence in got.text
    assert 'value="Wh&lt;o&gt;"' in got.text
    assert 'role="alert"' in got.text
    assert public.tables() == before


def test_the_box_is_not_ticked_and_no_list_is_chosen_among_several(public):
    page = public.get("/subscribe").text
    box = re.search(r'<input[^>]*name="consent"[^>]*>', page)[0]
    assert "checked" not in box
    assert "required" in box


@settings(max_examples=length(25, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["email", "name", "list", "country", "consent", "ticker", "other"]),
        st.text(max_size=60),
    )
)
@example({"email": "a@b.example", "name": "<script>\x00{{7*7}}", "country": "ZZ"})
def test_no_field_breaks_the_form(public, form):
    got = public.wish(form.pop("email", "x@example.com"), **form)
    assert got.status in {200, 422}
    assert "<script" not in got.text
    assert "49" not in re.findall(r'value="([^"]*)"', got.text)


def test_more_from_one_place_than_may_come_are_told_to_wait(public, monkeypatch):
    from newsletter.public import joining

    monkeypatch.setattr(joining, "PER_PLACE", 1)
    public.wish("one@example.com")
    got = public.wish("two@example.com")
    assert got.status == 429
    assert got.headers["retry-after"] == "3600"
    with_ip = [row for row in public.tables()["attempts"] if "127.0.0.1" in row]
    assert with_ip == [], "who tried is kept as a keyed hash"


def confirm_link(public, address):
    mail = public.mails(address)[-1]
    text = mail.get_body(("plain",)).get_content()
    return re.search(rf"{public.address}(/c/\S+)", text)[1], mail


def test_only_the_button_behind_the_mailed_link_makes_a_reader(public, suppressions):
    address = "fresh@example.com"
    suppressions.add(address, Cause.COMPLAINED, "", public.house.clock.now())
    public.wish(address, country="DE", ticker=["AAPL", "HYG", "nonsense"])
    public.send()
    path, mail = confirm_link(public, address)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert public.get(path).status == 200
    assert "<button>" in public.get(path).text
    assert public.reader(address) is None
    assert public.ask("POST", path, b"", URLENCODED).status == 200
    assert public.reader(address).active
    after = public.tables()
    assert public.ask("POST", path, b"", URLENCODED).status == 200, "twice is once"
    assert public.tables() == after
    assert suppressions.of(address) is None
    proof = public.house.consents.of(address)
    words = hashlib.sha256(public.site.wording.text.encode()).hexdigest()
    assert {one["purpose"] for one in proof} == {"the list evening", "mail about watched tickers"}
    for one in proof:
        assert (one["wording_sha256"], one["country"], one["ip"]) == (words, "DE", "127.0.0.1")
        assert one["asked_at"] < one["confirmed_at"]
        assert one["page"] == "/subscribe"
    assert set(public.house.consents.preferences(address).tickers) == {"AAPL", "HYG"}
    assert ("reader", "subscribed") in [
        (one.actor, one.action) for one in public.house.audit.entries()
    ]
    assert not [row for row in public.tables()["audit"] if address in row]


def test_what_a_person_suppressed_no_form_brings_back(public, suppressions):
    address = "barred@example.com"
    public.wish(address)
    public.send()
    path, _ = confirm_link(public, address)
    suppressions.add(address, Cause.MANUAL, "", public.house.clock.now())
    assert Cause.MANUAL not in LIFTED_BY_CONSENT
    assert public.ask("POST", path, b"", URLENCODED).status == 404
    assert public.reader(address) is None


# -- preferences ---------------------------------------------------------------------------


def save(public, reader, **form):
    form = {"act": "save", "list": ["evening"], "day": list("01234"), "name": "Ann"} | form
    return public.post(public.link(reader, Purpose.PREFERENCES), **form)


def test_days_and_a_pause_keep_editions_away_and_nothing_else(public, readers):
    import datetime as dt

    thursday = dt.date(2026, 7, 2)

    def gets(day):
        found = public.house.audience.active("evening", on=day)
        return readers["ann"].id in {one.id for one in found}

    assert save(public, readers["ann"], day=["0", "4"]).status == 200
    assert not gets(thursday)
    assert gets(dt.date(2026, 7, 3))
    assert save(public, readers["ann"]).status == 200
    assert gets(thursday)
    until = public.house.clock.now().date() + dt.timedelta(days=9)
    assert save(public, readers["ann"], pause=until.isoformat()).status == 200
    assert not gets(until - dt.timedelta(days=1))
    page = public.get(public.link(readers["ann"], Purpose.PREFERENCES)).text
    assert re.search(r'name="list" value="evening"[^>]* checked', page), "a pause is no leaving"
    assert save(public, readers["ann"], pause=until.isoformat()).status == 200  # nothing lost
    assert public.house.audience.reader(readers["ann"].id).status == "paused"
    assert gets(until)
    for wrong in ({"day": []}, {"pause": "tomorrow"}, {"pause": "2999-01-01"}):
        assert save(public, readers["ann"], **wrong).status == 422
    assert public.post(public.link(readers["ann"], Purpose.PREFERENCES)).status == 422


def test_leaving_all_joining_again_and_erasing(public, readers, suppressions):
    path = public.link(readers["ann"], Purpose.PREFERENCES)
    assert public.post(path, act="leave").status == 200
    assert not public.reader("ann@example.com").active
    save(public, readers["ann"], name="Ann <b>")
    assert public.reader("ann@example.com").active
    assert [one["page"] for one in public.house.consents.of("ann@example.com")] == ["/p"]
    assert "Ann &lt;b&gt;" in public.get(path).text
    held = json.loads(public.get(f"{path}/my-data.json").text)
    assert held["email"] == "ann@example.com"
    assert held["subscriptions"][0]["status"] == "active"
    before = public.tables()
    assert "Erase everything" in public.post(path, act="erase").text
    assert {**public.tables(), "attempts": 0} == {**before, "attempts": 0}, "it only asks"
    assert public.post(path, act="erase now").status == 200
    assert public.get(path).status == 404
    left = json.dumps(public.tables())
    assert "ann@example.com" not in left
    assert readers["ann"].id not in json.dumps(
        {name: rows for name, rows in public.tables().items() if name in
         {"subscribers", "consents", "wishes"}})  # fmt: skip
    assert suppressions.of("ann@example.com").cause is Cause.ERASED


def test_an_address_is_not_shown_whole_to_whoever_got_a_forwarded_mail(public, readers):
    page = public.get(public.link(readers["cleo"], Purpose.PREFERENCES)).text
    assert "cleo@example.com" not in page
    assert "cl…@example.com" in page


# -- the archive and its feeds -------------------------------------------------------------


def test_an_edition_stands_as_it_was_sent_without_anybodys_link(public):
    from html5lib import parse

    got = public.get(f"/e/{public.key}")
    assert UNSUBSCRIBE_URL not in got.text
    assert "/u/" not in got.text
    assert "cid:" not in got.text
    mail = public.house.pipeline.mail(public.house.editions.get(public.key).revision.rendered)
    tree = parse(got.text, namespaceHTMLElements=False)
    body = tree.find("body")
    assert body.text is None or not body.text.strip(), "nothing spills out of the head"
    [headline] = tree.iter("h1")
    assert mail.subject == f"[SAMPLE] {headline.text}"
    links = {one.get("rel"): one.get("href") for one in tree.iter("link")}
    assert links["canonical"] == f"{public.address}/e/{public.key}"
    metas = {one.get("property"): one.get("content") for one in tree.iter("meta")}
    assert metas["og:url"] == links["canonical"]
    assert metas["og:image"].startswith(public.address)
    [data] = [one for one in tree.iter("script") if one.get("type") == "application/ld+json"]
    assert json.loads(data.text)["url"] == links["canonical"]
    png = public.get(metas["og:image"])
    assert png.headers["content-type"] == "image/png"
    assert "immutable" in png.headers["cache-control"]
    name = metas["og:image"].rpartition("/")[2].removesuffix(".png")
    assert hashlib.sha256(png.body).hexdigest().startswith(name)


def test_what_is_had_already_is_not_sent_again(public):
    for path in (f"/e/{public.key}", "/archive", "/feed.atom"):
        got = public.get(path, Accept_Encoding="gzip")
        assert gzip.decompress(got.body) == public.get(path).body
        assert public.get(path, If_None_Match=got.headers["etag"]).status == 304
        assert public.get(path, If_None_Match='"x"').status == 200
        assert public.get(path, If_Modified_Since=got.headers["last-modified"]).status == 304
        assert public.get(path, If_Modified_Since="nonsense").status == 200


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_reader_of_feeds_reads_them(public, form):
    got = public.get(f"/feed.{form}")
    found = feedparser.parse(
        got.body, response_headers={"content-type": got.headers["content-type"]}
    )
    assert not found.bozo
    assert found.version == {"atom": "atom10", "rss": "rss20"}[form]
    [entry] = found.entries
    assert entry.link == entry.id == f"{public.address}/e/{public.key}"
    mail = public.house.pipeline.mail(public.house.editions.get(public.key).revision.rendered)
    assert (entry.title, entry.summary) == (mail.subject, mail.preheader)
    assert entry.published_parsed is not None


def test_json_feed_sitemap_and_robots(public):
    feed = json.loads(public.get("/feed.json").text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["url"] for one in feed["items"]] == [f"{public.address}/e/{public.key}"]
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    tree = ET.fromstring(public.get("/sitemap.xml").body)
    places = [one.find(f"{name}loc").text for one in tree.findall(f"{name}url")]
    assert tree.tag == f"{name}urlset"
    assert f"{public.address}/archive" in places
    for place in places:
        assert public.get(place).status == 200
    assert f"{public.address}/e/{public.key}" not in places, "simulated figures are not offered"
    assert "Disallow: /u/" in public.get("/robots.txt").text


def test_simulated_editions_leave_this_machine_by_no_page(public, monkeypatch):
    monkeypatch.setattr(public.site, "local", False)
    public.site._made.clear()
    assert public.get(f"/e/{public.key}").status == 404
    for path in ("/", "/archive", "/feed.atom", "/feed.rss", "/feed.json", "/record"):
        assert str(public.key) not in public.get(path).text, path


# -- hooks ---------------------------------------------------------------------------------


class Signed:
    """A hook that proves its caller by an HMAC over the raw body."""

    id = "signed"

    def read(self, body, headers, secrets, now):
        proof = hmac.new(secrets["key"].encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof, headers.get("x-proof", "")):
            raise Forged
        return [Event(one["id"], "signed", What(one["what"]), now, recipient=one["to"])
                for one in json.loads(body)]  # fmt: skip


def test_a_hook_believes_only_what_is_proved(public, readers, monkeypatch):
    monkeypatch.setattr(public.house, "hooks", lambda: {"signed": Signed()})
    monkeypatch.setattr(public.house, "hook_secrets", lambda name: {"key": "s3cret"})
    body = json.dumps([{"id": "1", "what": "complained", "to": "cleo@example.com"}]).encode()

    def call(body, key=b"s3cret"):
        proof = hmac.new(key, body, hashlib.sha256).hexdigest()
        return public.ask("POST", "/hooks/signed", body, {"X-Proof": proof}).status

    assert call(body, b"other") == 401
    assert public.ask("POST", "/hooks/signed", body).status == 401
    assert public.house.deliveries.is_active(readers["cleo"].id)
    assert call(body) == 200
    assert not public.house.deliveries.is_active(readers["cleo"].id)
    after = public.tables()
    assert call(body) == 200
    assert public.tables() == after
    assert call(b"genuine, but no JSON") == 200
    assert call(b"x" * 1_000_001) == 413
    assert public.ask("GET", "/hooks/signed").status == 405


# -- together ------------------------------------------------------------------------------


def test_two_buttons_at_one_moment_make_one_reader(public):
    public.wish("twice@example.com")
    public.send()
    path, _ = confirm_link(public, "twice@example.com")
    threads = [threading.Thread(target=public.ask, args=("POST", path, b"", URLENCODED))
               for _ in range(6)]  # fmt: skip
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(public.house.audience.find("twice@example.com")) == 1
    assert len(public.house.consents.of("twice@example.com")) == 1
