"""Opens and clicks over real HTTP: only of who agreed, and never where a link leads elsewhere."""

import datetime as dt
import json
import re
import shutil
from email import message_from_bytes, policy
from html import unescape

import desk_support
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lengths import length
from program_support import Program
from public_support import Public
from send_support import APPROVED_AT, EDITION, PUBLICATION, SENDER, frozen, reader, rendered, signer

from newsletter.public import counting, posting
from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.review.desk import AuditEntry
from newsletter.send.hits import Hit, by_machine
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import Purpose

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WEB = "https://news.example.com/editions/{key}?a=1&b=2"
PERSON = {"User-Agent": FIREFOX}
COUNTING = "counting: {enabled: true, seconds_after_delivery: 0}"


# -- the message ---------------------------------------------------------------------------


HTML = (
    f'<p><a class="x" href="https://a.example/?q=1&amp;r=2">A</a> <A HREF="http://b.example/">B</A>'
    f'<a href="https://a.example/?q=1&amp;r=2">again</a> <a href="mailto:d@e.example">mail</a>'
    f'<a data-href="https://c.example/">no</a><link href="https://d.example/x.css">'
    f'<a href="{UNSUBSCRIBE_URL}">leave</a></p></body></html>'
)
LINKS = ("https://a.example/?q=1&amp;r=2", "http://b.example/")


def counted_message(html=HTML, **more):
    made = frozen(rendered(html=html, images=False))
    whole = FrozenMessage.of(
        rendered(html=html, images=False), SENDER, PUBLICATION, EDITION, "evening",
        APPROVED_AT, counted=True, **more,
    )  # fmt: skip
    return made, whole


def parts(message, who):
    mail = message_from_bytes(message.for_reader(who, signer()).data, policy=policy.default)
    return {
        kind: mail.get_body((kind,)).get_payload(decode=True).replace(b"\r\n", b"\n").decode()
        for kind in ("plain", "html")
    }


def test_without_counting_the_frozen_message_has_no_trace_of_it():
    plain, counted = counted_message()
    assert set(json.loads(plain.to_bytes())) == {
        "schema", "edition", "list", "sender", "head", "body", "sample", "test",
    }  # fmt: skip
    assert (plain.links, plain.counted, counted.counted) == ((), False, True)
    assert counted.links == LINKS
    agreed = reader(counted=True)
    assert plain.for_reader(agreed, signer()) == plain.for_reader(reader(), signer())


def test_who_did_not_agree_gets_the_approved_part_and_who_did_gets_counted_links():
    plain, counted = counted_message()
    assert FrozenMessage.from_bytes(counted.to_bytes()) == counted
    assert parts(counted, reader()) == parts(plain, reader())
    theirs = parts(counted, reader(counted=True))
    assert theirs["plain"] == parts(plain, reader())["plain"], "the text part is never counted"
    ways = re.findall(r'(?:href|HREF)="([^"]*)"', theirs["html"])
    assert [one.partition(".com/")[2][:2] for one in ways] == ["l/", "l/", "l/", "", "", "", "u/"]
    assert ways[0] == ways[2] != ways[1]
    assert theirs["html"].count("<img") == 1
    assert re.search(r'<img src="https://news\.example\.com/o/[^"]+\.gif"', theirs["html"])
    again = counted.for_reader(reader(counted=True), signer())
    assert again == counted.for_reader(reader(counted=True), signer())


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=6))
@settings(max_examples=length(40, 500), deadline=None)
def test_whatever_stands_in_a_part_stands_there_for_who_did_not_agree(pieces):
    links = "".join(f'<a href="https://x.example/{n}">{text}</a>' for n, text in enumerate(pieces))
    if "reader.invalid" in links:
        return
    html = f"{links}<p>{UNSUBSCRIBE_URL}</p>"
    plain, counted = counted_message(html)
    assert parts(counted, reader()) == parts(plain, reader())
    assert len(counted.links) == len(pieces)


# -- tokens --------------------------------------------------------------------------------


IDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=32)


@given(IDS, IDS, st.integers(0, 999))
def test_a_token_says_what_was_signed_and_nothing_for_another_purpose(who, edition, link):
    url = signer().counted_url(reader(id=who), edition, link)
    token = url.rpartition("/")[2].removesuffix(".gif")
    own, other = (Purpose.LINK, Purpose.OPEN)[:: 1 if link else -1]
    found = signer().followed(token, own)
    assert (found.subscriber, found.edition, found.link) == (who, edition, link)
    assert signer().followed(token, other) is None
    assert all(signer().read(token, one) is None for one in Purpose if one is not own)
    leave = signer().url(reader(id=who), Purpose.UNSUBSCRIBE, edition).rpartition("/")[2]
    assert signer().followed(leave, own) is None


@given(st.text(max_size=120), st.sampled_from([Purpose.LINK, Purpose.OPEN]))
@example("W10.x", Purpose.LINK)
@example("a" * 5000, Purpose.OPEN)
def test_no_forged_token_is_read(token, purpose):
    assert signer().followed(token, purpose) is None
    good = signer().counted_url(reader(), EDITION, 1).rpartition("/")[2]
    assert not token or signer().followed(token + good, Purpose.LINK) is None


# -- who asks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        ({"user-agent": FIREFOX}, False),
        ({"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1"
          " (KHTML, like Gecko) Mobile/15E148"}, False),
        ({"user-agent": "Microsoft Office/16.0 (Microsoft Outlook Mail 16.0)"}, False),
        ({"user-agent": "Mozilla/5.0"}, True),  # Apple's proxy
        ({"user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com "
          "GoogleImageProxy)"}, True),
        ({"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
          "Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"}, True),
        ({"user-agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy"}, True),
        ({"user-agent": "python-requests/2.32"}, True), ({"user-agent": "curl/8.5"}, True),
        ({"user-agent": "Mozilla/5.0 (compatible; BarracudaScanner)"}, True), ({}, True),
        ({"user-agent": FIREFOX, "sec-purpose": "prefetch;prerender"}, True),
    ],
)  # fmt: skip
def test_programs_are_told_by_what_they_say_of_themselves(headers, machine):
    assert by_machine(headers) is machine


# -- the house -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house that counts, whose edition holds one link; ann, bob and eve agreed,
    cleo did not."""
    made = tmp_path_factory.mktemp("counting") / "made"
    shutil.copytree(desk_support._made(desk_support._base(tmp_path_factory)), made)
    file = made / "config.yaml"
    text = file.read_text()
    text = re.sub(r"(?m)^  # edition_url: .*$", f'  edition_url: "{WEB}"', text)
    file.write_text(text + f"\n{COUNTING}\n")
    found = Public(made.with_name("site"), made)
    found.house.audience.add("eve@example.com", "eve", "evening", {}, found.house.clock.now())
    pipeline = found.house.pipeline
    found.house.revise_here(
        found.house.editions.get(found.key).key,
        lambda base: (pipeline.written(base.draft), pipeline.ledger(base.ledger)), "Di",
    )  # fmt: skip
    found.unblock()
    for name in ("ann", "bob", "eve"):
        agree(found, f"{name}@example.com")
    found.publish()
    yield found
    found.close()


def agree(site, address, version=None):
    """Tick the box of an address's own page."""
    version = site.site.counting.version if version is None else version
    who = site.reader(address)
    form = {"act": "save", "list": "evening", "day": list("01234"), "counting": version}
    assert site.post(site.link(who, Purpose.PREFERENCES), **form).status == 200
    return site.reader(address)


def html_of(site, name):
    [mail] = [one for one in site.mails(f"{name}@example.com") if one["List-Id"]]
    return mail.get_body(("html",)).get_content()


def ways(site, name):
    """Return the counted link and the picture of somebody's mail, as paths."""
    found = html_of(site, name)
    link = re.search(rf'href="{re.escape(site.address)}(/l/[^"]+)"', found)
    picture = re.search(rf'<img src="{re.escape(site.address)}(/o/[^"]+)"', found)
    return (link and link[1]), (picture and picture[1])


def counted(site):
    counting.write(site.site)
    return site.house.numbers(site.house.editions.get(site.key).key).plain()["counts"]


def forget_all(site):
    site.site.hits.taken()
    with site.house.database.begin(writing=True) as session:
        session.connection().exec_driver_sql("delete from hits")


def test_only_who_agreed_is_counted_and_everybody_is_led_on(house):
    forget_all(house)
    assert ways(house, "cleo") == (None, None)
    assert unescape(html_of(house, "cleo")).count(WEB.format(key=house.key)) >= 1
    (link, picture), mailed = ways(house, "ann"), house.tables(but=("hits",))
    for _ in range(2):
        got = house.ask("GET", link, headers=PERSON)
        assert (got.status, got.headers["location"]) == (302, WEB.format(key=house.key))
        assert got.headers["referrer-policy"] == "no-referrer"
        assert got.headers["cache-control"] == "no-store"
        assert "set-cookie" not in got.headers
    pixel = house.ask("GET", picture, headers=PERSON)
    assert (len(pixel.body), pixel.body[:6], pixel.status) == (43, b"GIF89a", 200)
    assert pixel.headers["content-type"] == "image/gif"
    assert pixel.headers["cache-control"] == "no-store"
    house.ask("HEAD", ways(house, "bob")[0], headers=PERSON)
    house.ask("GET", ways(house, "bob")[1], headers={"User-Agent": "Mozilla/5.0"})
    told = counted(house)
    [one] = [link for link in told["links"] if link["readers"]]
    assert told["agreed"] == sum(house.reader(f"{one}@example.com") is not None
                                 for one in ("ann", "bob", "eve"))  # fmt: skip
    assert (told["opened"], told["clicked"]) == (1, 1)
    assert (told["opened_by_machines"], told["clicked_by_machines"]) == (1, 0)
    assert one == {"address": WEB.format(key=house.key), "readers": 1, "times": 2, "by_machines": 0}
    assert house.tables(but=("hits",)) == mailed, "nothing else is kept"
    rows = " ".join(house.tables()["hits"])
    assert "127.0.0.1" not in rows
    assert "Firefox" not in rows


def test_a_link_leads_where_the_approved_mail_does_and_nowhere_else(house):
    link, picture = ways(house, "ann")
    maker = house.house.signer
    ann = house.reader("ann@example.com")
    path = {
        "a query": f"{link}?url=https://evil.example&to=//evil.example",
        "no such link": maker.counted_url(ann, str(house.key), 77),
        "no such edition": maker.counted_url(ann, "2020-01-02.XNYS.evening", 1),
        "forged": link[:-2] + ("AA" if link[-2:] != "AA" else "BB"),
        "the picture's": "/l/" + picture.removeprefix("/o/").removesuffix(".gif"),
        "the leaving link's": house.link(ann).replace("/u/", "/l/"),
    }
    answers = {name: house.get(one, User_Agent=FIREFOX) for name, one in path.items()}
    first = answers.pop("a query")
    assert first.headers["location"] == WEB.format(key=house.key)
    assert {one.status for one in answers.values()} == {404}
    assert len({one.body for one in answers.values()}) == 1
    assert house.get(picture.removesuffix(".gif")).status == 404


def test_consent_taken_back_silences_mails_that_were_sent_and_removes_what_was_counted(house):
    forget_all(house)
    link, picture = ways(house, "bob")
    house.ask("GET", link, headers=PERSON)
    assert counted(house)["clicked"] == 1
    who = agree(house, "bob@example.com", version="")
    assert not who.counted or not house.house.consents.preferences(who.email).counted
    assert house.tables()["hits"] == []
    assert house.ask("GET", link, headers=PERSON).status == 302
    assert house.ask("GET", picture, headers=PERSON).status == 200
    assert counted(house)["clicked"] == 0
    purposes = [one["purpose"] for one in house.house.consents.of("bob@example.com")]
    assert purposes[-1].endswith("taken back")
    agree(house, "bob@example.com")
    forged = agree(house, "cleo@example.com", version="1999-01")
    assert not house.house.consents.preferences(forged.email).counted


def test_the_consent_names_its_own_words_and_what_is_kept_is_in_the_export(house):
    forget_all(house)
    house.ask("GET", ways(house, "ann")[0], headers=PERSON)
    counting.write(house.site)
    ann = house.reader("ann@example.com")
    data = json.loads(house.get(house.link(ann, Purpose.PREFERENCES) + "/my-data.json").body)
    [row] = data["counted"]
    assert (row["edition"], row["what"], row["by"], row["times"]) == (
        str(house.key), "link 1", "a person", 1,
    )  # fmt: skip
    [given] = [one for one in data["consents"] if one["purpose"].startswith("counting")]
    words = house.site.counting
    assert (given["wording"], given["wording_sha256"]) == (words.version, words.sha256)
    assert (given["page"], words.sha256 != house.site.wording.sha256) == ("/p", True)
    box = re.search(r'<input[^>]*name="counting"[^>]*>', house.get("/subscribe").text)[0]
    assert "checked" not in box
    assert "required" not in box


def hit(site, name, link, seconds=0, machine=False):
    who = site.reader(f"{name}@example.com")
    at = site.house.clock.now() + dt.timedelta(seconds=seconds)
    return Hit(str(site.key), who.id, link, machine, at)


def test_many_links_at_once_are_a_programs_and_slowly_they_are_a_persons(house):
    forget_all(house)
    now = house.house.clock.now()
    slowly = [hit(house, "ann", link, 60 * link) for link in range(1, 5)]
    at_once = [hit(house, "bob", link, link) for link in range(1, 5)]
    assert house.house.hits.take([*slowly, *at_once], now) == 8
    told = house.house.hits.counts(str(house.key))
    assert (told.clicked, told.clicked_by_machines) == (2, 1)  # bob's fourth stands by itself
    forget_all(house)
    assert house.house.hits.take(at_once[:3], now) == 3
    told = house.house.hits.counts(str(house.key))
    assert (told.clicked, told.clicked_by_machines) == (0, 1)


def test_who_asks_sooner_than_a_person_can_is_a_program(house):
    forget_all(house)
    house.house.hits._rules = replace_rules(house, seconds_after_delivery=600)
    try:
        house.house.hits.take([hit(house, "ann", 1), hit(house, "ann", 0, 601)], now(house))
    finally:
        house.house.hits._rules = house.house.config.counting
    told = house.house.hits.counts(str(house.key))
    assert (told.clicked, told.clicked_by_machines, told.opened) == (0, 1, 1)


def now(site):
    return site.house.clock.now()


def replace_rules(site, **more):
    return site.house.config.counting.model_copy(update=more)


def test_after_its_time_an_edition_is_summed_and_nobody_is_named(house):
    forget_all(house)
    later = now(house) + dt.timedelta(days=house.house.config.counting.keep_days + 1)
    hits = [hit(house, "ann", 0), hit(house, "ann", 1), hit(house, "ann", 1), hit(house, "bob", 1)]
    house.house.hits.take(hits, now(house))
    before = house.house.hits.counts(str(house.key), lambda: ["x"])
    assert house.house.hits.purge(now(house)) == 0
    assert house.house.hits.purge(later) == 1
    try:
        assert house.tables()["hits"] == []
        assert house.house.hits.counts(str(house.key), lambda: ["x"]) == before
        assert before.links[0].readers == before.clicked == 2
        assert house.house.hits.take(hits, later) == 0, "nothing more is counted of it"
        assert house.house.hits.purge(later) == 0
    finally:
        with house.house.database.begin(writing=True) as session:
            session.connection().exec_driver_sql("delete from tallies")


@settings(
    max_examples=length(20, 200), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from("ann bob cleo".split()), st.integers(0, 4),
                          st.booleans(), st.integers(0, 900)), max_size=12))  # fmt: skip
def test_readers_are_counted_once_and_who_did_not_agree_never(house, asked):
    forget_all(house)
    hits = [hit(house, name, link, 100 + at, machine) for name, link, machine, at in asked]
    hits.sort(key=lambda one: one.at)
    house.house.hits.take(hits, now(house))
    told = house.house.hits.counts(str(house.key), lambda: "abcd")
    agreed = [one for one in asked if one[0] != "cleo"]
    assert told.opened == len({name for name, link, machine, _ in agreed if not link | machine})
    clicks = {name for name, link, _, _ in agreed if link}
    by = sum((told.clicked, told.clicked_by_machines))
    assert max(told.clicked, told.clicked_by_machines) <= len(clicks) <= by
    times = sum(one.times for one in told.links)
    assert times <= sum(bool(link) and not machine for _, link, machine, _ in agreed)


def test_leaving_by_an_editions_link_counts_there_and_erasing_removes_what_was_counted(house):
    forget_all(house)
    name = "dora@example.com"
    house.house.audience.add(name, "dora", "evening", {}, now(house))
    dora = house.reader(name)
    [mail] = [one for one in house.mails("ann@example.com") if one["List-Id"]]
    leave = re.search(r"/u/[^>]+", mail["List-Unsubscribe"])[0]
    owner = house.house.signer.read(leave.removeprefix("/u/"), Purpose.UNSUBSCRIBE)
    assert owner.edition == str(house.key)
    path = house.house.signer.url(dora, Purpose.UNSUBSCRIBE, str(house.key))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        house.ask("POST", path, b"List-Unsubscribe=One-Click", kind)
    told = house.house.numbers(house.house.editions.get(house.key).key)
    assert (told.delivered, told.unsubscribed, told.bounced) == (4, 1, 0)
    house.ask("GET", ways(house, "eve")[0], headers=PERSON)
    counting.write(house.site)
    assert house.tables()["hits"]
    eve = house.reader("eve@example.com")
    house.house.audience.erase(eve.email, AuditEntry(now(house), "a test", "erased", "somebody"))
    assert house.tables()["hits"] == []
    assert house.ask("GET", ways(house, "eve")[0], headers=PERSON).status == 302
    assert counted(house)["clicked"] == 0


def test_an_import_sets_the_consent_only_from_its_own_column(house, tmp_path):
    from typer.testing import CliRunner

    from newsletter.cli.main import app

    file = tmp_path / "readers.csv"
    config = ["--config", str(house.folder / "config.yaml")]
    for text, said in (
        ("email,counted\nyes@i.example,yes\nno@i.example,\n", {"yes": True, "no": False}),
        ("email\nplain@i.example\n", {"plain": False}),
        ("email,status,counted\ngone@i.example,unsubscribed,yes\n", {"gone": False}),
    ):
        file.write_text(text)
        got = CliRunner().invoke(app, [*config, "audience", "import", str(file)])
        assert got.exit_code == 0, got.output
        for name, counted_ in said.items():
            row = house.house.audience.reader(house.reader(f"{name}@i.example").id)
            assert row.counted is counted_
            purposes = [one["purpose"] for one in house.house.consents.of(f"{name}@i.example")]
            assert purposes == ["counting opens and clicks"] * counted_
    file.write_text("email,counted\nbad@i.example,perhaps\n")
    CliRunner().invoke(app, [*config, "audience", "import", str(file)])
    assert house.reader("bad@i.example") is None
    assert "counted is 'perhaps'" in file.with_name(f"{file.name}.refused.csv").read_text()


def test_switched_off_what_is_left_of_a_delivery_goes_without(house):
    from newsletter.store.deliveries import SqlDeliveryBook

    books = {on: SqlDeliveryBook(house.house.database, counting=on) for on in (True, False)}
    who = {on: book.row(str(house.key), house.reader("ann@example.com").id).subscriber
           for on, book in books.items()}  # fmt: skip
    assert [who[on].counted for on in (True, False)] == [True, False]
    kept = house.house.pipeline.artefacts.get("message", str(house.key))
    message = FrozenMessage.from_bytes(kept)
    for on in (True, False):
        data = message.for_reader(who[on], house.house.signer).data
        html = message_from_bytes(data, policy=policy.default).get_body(("html",)).get_content()
        assert [f"{house.address}/{way}/" in html for way in "lo"] == [on, on]


def test_the_command_tells_the_numbers(house):
    from typer.testing import CliRunner

    from newsletter.cli.main import app

    config = ["--config", str(house.folder / "config.yaml")]
    got = CliRunner().invoke(app, [*config, "editions", "numbers", str(house.key), "--json"])
    told = json.loads(got.stdout)
    assert (told["schema"], told["copies"], told["delivered"]) == ("numbers/2", 4, 4)
    assert WEB.format(key=house.key) in {one["address"] for one in told["counts"]["links"]}


def test_the_sweep_purges_and_a_failing_database_keeps_nobody_from_where_they_go(house):
    link = ways(house, "bob")[0]
    hits = house.house.hits
    house.house.__dict__["hits"] = None  # whatever is wrong with it
    try:
        assert house.ask("GET", link, headers=PERSON).status == 302
    finally:
        house.house.__dict__["hits"] = hits
    posting.sweep(house.site)


def test_the_desk_and_the_api_tell_the_same(house, tmp_path):
    counting.write(house.site)
    house.house.database.engine.dispose()  # a server copies what nobody is at
    desk = desk_support.Desk(tmp_path / "desk", house.folder)
    try:
        page = unescape(desk.client("editor").get(f"/deliveries/{house.key}").text)
        told = desk.house.numbers(desk.house.editions.get(house.key).key)
        assert f'Delivered <b class="num">{told.delivered}</b>' in page
        assert f'<b class="num">{told.counts.agreed}</b> who agreed to be counted' in page
        assert WEB.format(key=house.key) in page
        answer = Program(desk).get(f"/editions/{house.key}/numbers")
        assert (answer.status_code, answer.json()) == (200, {"key": str(house.key), **told.plain()})
    finally:
        desk.close()
