"""Corrections begun at the desk: who may, of what, what they prove, and who gets them."""

import email
import email.policy
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import desk_support
import pytest
from desk_support import EDITORS, axe, desk, own_desk  # noqa: F401 - fixtures

from newsletter.cli.editions import write_files
from newsletter.compute.facts import CITED, MEMORY
from newsletter.draft.erratum import Wrong
from newsletter.errors import NotFound, ReviewError, SendRefused
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import EditionKey, State
from newsletter.review.roles import MAY, Act, Role
from newsletter.send.delivery import DeliveryState

RIGHT = "The small-cap fund is {{IWM.return.ytd|signed}} this year."
CAUSE = "An editor took the sentence from another evening."
CHANGED = "Nothing else rested on it."
DONE = {"accepted": 3}


def delivered(house, key):
    """Send an edition by the flow itself, without the engine; return the counts."""
    return house.pipeline.deliver(lambda work, *given: work(*given), str(key))


def sent(desk, editor="Bo"):
    """Approve and send the desk's edition."""
    desk.house.desk.approve(EditionKey.parse(desk.key), editor)
    assert delivered(desk.house, desk.key) == DONE


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A desk whose edition was sent to three readers; nobody corrects it."""
    made = desk_support._made(desk_support._base(tmp_path_factory))
    opened = desk_support.Desk(tmp_path_factory.mktemp("told") / "desk", made)
    sent(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def mended(desk):
    """A desk whose edition was sent, and whose correction is in review."""
    sent(desk)
    begun(desk)
    return desk


@pytest.fixture
def correction(mended):
    """That correction as it stands."""
    return mended.house.corrections.of(EditionKey.parse(mended.key))[0]


@pytest.fixture
def gone(own_desk):
    """A desk whose edition was sent, for one test."""
    sent(own_desk)
    return own_desk


def way(key):
    return f"/editions/{key}/correct"


def sentence(desk, number=0):
    return desk.house.corrections.sentences(desk.edition())[number]


def form(desk, **changes):
    """Return a form that begins a correction."""
    given = {"said": [sentence(desk)], "right": [RIGHT], "cause": CAUSE, "changed": CHANGED}
    return {**given, **changes}


def begun(desk, role="writer", **changes):
    """Begin a correction at the desk; return its edition."""
    answer = desk.client(role).act(way(desk.key), **form(desk, **changes))
    assert answer.status_code == 303, unescape(answer.text)
    key = EditionKey.parse(answer.headers["location"].rpartition("/")[2])
    return desk.house.editions.get(key)


def copies(desk):
    """Return the messages in the mailbox as (recipient, Message-ID, subject)."""
    found = []
    for file in sorted((desk.folder / "data" / "mailbox").rglob("*")):
        if file.is_file():
            one = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found.append((str(one["To"]), str(one["Message-ID"]), str(one["Subject"])))
    return found


# -- who may begin one, and of what ----------------------------------------------------------


def test_it_is_offered_of_what_went_out_to_whoever_may_write(told, own_desk):
    for role in EDITORS:
        may = Act.WRITE in MAY[Role(role)]
        page = told.client(role).get(f"/editions/{told.key}")
        assert (f'href="{way(told.key)}"' in page.text) is may, role
        shown = told.client(role).get(way(told.key)).text
        assert ("Begin the correction" in shown) is may, role
        before = own_desk.client(role).get(f"/editions/{own_desk.key}").text
        assert way(own_desk.key) not in before
    assert "nobody has it; revise it" in own_desk.client("editor").get(way(told.key)).text
    refused = own_desk.client("editor").act(way(own_desk.key), **form(own_desk))
    assert refused.status_code == 409
    assert told.client("compliance").act(way(told.key), **form(told)).status_code == 403


def ended(house):
    return AuditEntry(house.clock.now(), "operator", "unsubscribed", "reader 0123456789ab")


def test_what_reached_nobody_is_not_corrected(own_desk):
    house = own_desk.house
    for one in list(house.audience.active("evening")):
        house.audience.unsubscribe(one.id, ended(house))
    house.desk.approve(EditionKey.parse(own_desk.key), "Bo")
    assert delivered(house, own_desk.key) == {}
    assert "nobody to tell" in house.corrections.why_not(own_desk.edition())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"said": ["Nobody ever wrote this."]}, "quotes what was not sent"),
        ({"right": [""]}, "does not say what is right"),
        ({"right": ["It is {{IWM.return.yt}} now."]}, "IWM.return.yt"),
        ({"right": ["It is {{IWM.return.ytd."]}, "is not closed"),
        ({"cause": "See https://evil.example for more."}, "evil.example"),
        ({"cause": " "}, "how it came about"),
        ({"changed": ""}, "what was changed"),
        ({"said": [""], "right": [""]}, "what was wrong"),
    ],
)
def test_what_cannot_be_told_comes_back_as_typed_with_one_sentence(told, changes, why):
    answer = told.client("writer").act(way(told.key), **form(told, **changes))
    assert answer.status_code == 422
    assert why in unescape(answer.text)
    kept = {**form(told), **changes}
    for words in (*kept["said"], *kept["right"], kept["changed"]):
        assert words.strip() in unescape(answer.text)
    assert told.house.corrections.of(EditionKey.parse(told.key)) == []


def test_hostile_words_stay_words(told):
    attack = '"><script>alert(1)</script>'
    points = {"said": [attack], "right": [attack]}
    for act in ("look", "more", "drop 0", "drop 99999999", "drop x", attack[:20]):
        page = told.client("writer").act(way(told.key), **form(told, act=act, q=attack, **points))
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    many = {"said": ["x"] * 13, "right": ["x"] * 13}
    assert told.client("writer").act(way(told.key), **form(told, **many)).status_code == 409
    uneven = form(told, said=["x", "y"])
    assert told.client("writer").act(way(told.key), **uneven).status_code == 409
    long = form(told, cause="x" * 4001)
    assert told.client("writer").act(way(told.key), **long).status_code == 422
    assert told.client("writer").act(way(told.key), **form(told, take="9999")).status_code == 409


def test_the_form_works_by_its_buttons_alone(told):
    client = told.client("editor")
    page = client.act(way(told.key), **form(told, said=[""], take="3")).text
    assert sentence(told, 3) in unescape(page)
    page = client.act(way(told.key), **form(told, take="3")).text
    assert page.count('name="said"') == 2
    page = client.act(way(told.key), **form(told, act="find", q="iwm return ytd")).text
    assert "<code>IWM.return.ytd</code>" in page
    page = client.act(way(told.key), **form(told, act="look", said=["Never sent."])).text
    assert "was not sent in these words" in page
    assert told.house.pipeline.ledger(told.edition().revision.ledger)["IWM.return.ytd"].forms[
        "signed"
    ] in unescape(page)


# -- one correction, to its end ---------------------------------------------------------------


def test_a_correction_goes_once_to_those_who_got_what_was_wrong(gone):
    house, key = gone.house, EditionKey.parse(gone.key)
    before, remembered = copies(gone), house.pipeline.memory.recall()
    [first, *_] = list(house.audience.active("evening"))
    house.audience.unsubscribe(first.id, ended(house))
    house.audience.add("late@example.com", "late", "evening", {}, house.clock.now())

    made = begun(gone)
    assert (str(made.key), made.state) == (f"{key}_correction", State.IN_REVIEW)
    assert made.key.corrects == key
    assert made.revision.author == EDITORS["writer"]
    assert not made.revision.blocked
    assert ("Di", "correction begun") in gone.actions(gone.key)

    strict = replace(house.desk, four_eyes=True)
    with pytest.raises(ReviewError, match="may not approve"):
        strict.approve(made.key, "Di")
    signed = gone.client("editor").act(f"/editions/{made.key}/approve", content="0" * 64)
    assert signed.status_code == 409  # not the bytes that were looked at
    content = made.revision.content
    signed = gone.client("editor").act(f"/editions/{made.key}/approve", content=content)
    assert signed.status_code == 303
    assert delivered(house, made.key) == {"accepted": 2}
    with pytest.raises(SendRefused, match="is sent"):
        delivered(house, made.key)

    new = [one for one in copies(gone) if one not in before]
    assert len(new) == 2
    assert {to for to, _, _ in new} < {to for to, _, _ in before}
    assert not any(first.email in to or "late@" in to for to, _, _ in new)
    assert {id for _, id, _ in new}.isdisjoint(id for _, id, _ in before)
    assert all("Correction to" in subject for _, _, subject in new)
    assert house.editions.get(made.key).state is State.SENT

    assert house.replay(made.key) == []
    assert house.pipeline.memory.recall() == remembered  # no call is made, no view taken
    later = EditionKey.parse("2026-07-06.XNYS.evening")
    assert [one.key for one in house.editions.before(later, ["evening"], 9)] == [key]
    with pytest.raises(NotFound, match="not read aloud"):
        house.narration(house.editions.get(made.key))
    with pytest.raises(ReviewError, match="is a correction"):
        house.run({"key": str(made.key)})
    write_files(house, gone.edition(), gone.folder / "out")
    page = unescape((gone.folder / "out" / "web.html").read_text())
    assert CAUSE in page
    assert f"<blockquote><p>{sentence(gone)}" in page
    assert CAUSE not in house.pipeline.mail(gone.edition().revision.rendered).web

    # What is wrong in it as well is followed by the next; it may itself be corrected.
    again = begun(gone, said=[sentence(gone, 1)])
    assert str(again.key) == f"{key}_correction_2"
    with pytest.raises(ReviewError, match="_correction_2 is in review; revise that one"):
        house.corrections.begin(key, [Wrong(sentence(gone), RIGHT)], CAUSE, CHANGED, "Di")
    its = house.corrections.sentences(house.editions.get(made.key))
    assert CAUSE in its
    third = house.corrections.begin(made.key, [Wrong(CAUSE, RIGHT)], CAUSE, CHANGED, "Di")
    assert str(third.key) == f"{key}_correction_correction"
    assert not third.revision.blocked


def test_of_a_delivery_that_was_stopped_only_who_has_it_is_told(own_desk):
    house, key = own_desk.house, EditionKey.parse(own_desk.key)
    house.desk.approve(key, "Bo")
    house.pipeline.freeze(str(key))
    why_going = house.corrections.why_not(own_desk.edition())
    assert "stop it, or wait" in why_going
    book, now = house.deliveries, house.clock.now()
    ann, bob, cleo = sorted(book.open(str(key), 9), key=lambda row: row.subscriber.email)
    assert book.settle(ann, DeliveryState.ACCEPTED, "250", now)
    assert book.settle(bob, DeliveryState.IN_DOUBT, "", now)
    house.desk.decide(key, State.CANCELLED, "Bo", "A figure is wrong.")
    made = begun(own_desk)
    page = own_desk.client("editor").get(f"/editions/{made.key}").text
    house.desk.approve(made.key, "Bo")
    assert f"2 readers who got {key}" in " ".join(page.split())
    assert delivered(house, made.key) == {"accepted": 2}
    assert cleo.subscriber.email not in str(copies(own_desk))


# -- its room ---------------------------------------------------------------------------------


def test_its_room_and_every_list_show_what_it_corrects(mended, correction):
    client, key = mended.client("compliance"), str(correction.key)
    for path in ("", "?panel=write", "/decide", "/mail", "/view/text", "/view/headers",
                 "/view/inbox", "/panel/findings", "/panel/compare", "/panel/history",
                 "/correct"):  # fmt: skip
        assert client.get(f"/editions/{key}{path}").status_code == 200, path
    assert f'corrects <a href="/editions/{mended.key}">' in client.get(f"/editions/{key}").text
    assert f'<a href="/editions/{key}">' in client.get(f"/editions/{mended.key}").text
    for query in ("", "?kind=evening_correction", "?kind=evening"):
        page = client.get(f"/archive{query}").text
        assert f'href="/editions/{key}"' in page
    headers = client.get(f"/editions/{key}/view/headers").text
    assert "evening_correction" in headers
    assert key in client.get("/").text  # it waits tonight
    assert client.get(f"/archive/{key}/1/mail.eml").status_code == 200
    assert mended.client("admin").get("/scorecard").status_code == 200


def test_a_revision_is_made_of_what_was_looked_at(mended, correction):
    house, client, key = mended.house, mended.client("editor"), correction.key
    page = client.get(f"/editions/{key}?panel=write").text
    assert CAUSE in page
    number = house.editions.get(key).revision.number
    changes = {"revision": str(number), "cause": "A table was read one line too low."}
    answer = client.act(way(key), **form(mended, **changes))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/editions/{key}")
    revised = house.editions.get(key)
    assert (revised.revision.number, revised.revision.author) == (number + 1, "Bo")
    late = client.act(way(key), **form(mended, revision=str(number), cause="Another."))
    assert late.status_code == 409
    assert house.editions.get(key).revision == revised.revision
    cited = {"name": "unemployment expectations", "value": "4.2", "unit": "percent",
             "source": "New York Fed, Survey", "link": "https://www.newyorkfed.org/sce",
             "date": "2026-06-08"}  # fmt: skip
    assert client.act(f"/editions/{key}/cite", **cited).status_code == 303
    right = "Unemployment expectations stood at {{cited.unemployment_expectations.value}}."
    changes = {"revision": str(number + 2), "right": [right]}
    assert client.act(way(key), **form(mended, **changes)).status_code == 303
    mail = house.pipeline.mail(house.editions.get(key).revision.rendered)
    assert not house.editions.get(key).revision.blocked
    assert "stood at 4.2%" in mail.text
    assert "New York Fed, Survey" in mail.text
    assert 'href="https://www.newyorkfed.org/sce"' in mail.html


def test_a_figure_that_is_not_the_ledgers_blocks_it(mended, correction):
    house, key = mended.house, correction.key
    number = house.editions.get(key).revision.number
    wrong = [Wrong(sentence(mended), "The small-cap fund rose 71.3% this year.")]
    made = house.corrections.revise(key, wrong, CAUSE, CHANGED, "Di", number)
    assert made.revision.blocked
    with pytest.raises(ReviewError, match="blocked by preflight"):
        house.desk.approve(key, "Bo")


def test_the_data_are_fetched_again_by_a_process_of_its_own(mended, correction, monkeypatch):
    begun = []
    monkeypatch.setattr(
        mended.newsroom.runs, "begin", lambda *asked, **order: begun.append((*asked, order)) or True
    )
    key = str(correction.key)
    assert mended.client("writer").act(f"{way(key)}/anew").status_code == 200
    assert begun == [("renew", key, {"editor": "Di"})]
    assert mended.client("writer").act(f"{way(mended.key)}/anew").status_code == 409
    assert mended.client("compliance").act(f"{way(key)}/anew").status_code == 403


def test_other_facts_make_another_revision(mended, correction, monkeypatch):
    house, key = mended.house, correction.key
    wrong = [Wrong(sentence(mended), RIGHT)]
    number = house.editions.get(key).revision.number
    old = house.corrections.revise(key, wrong, CAUSE, CHANGED, "Di", number).revision
    kept = house.pipeline.ledger(old.ledger)
    fact = kept["IWM.return.ytd"]
    computed = {one.id: one for one in kept if one.kind not in {CITED, MEMORY}}
    other = replace(fact, value=fact.value + 1)
    fetched = SimpleNamespace(id=old.snapshot, to_bytes=bytes)  # what it holds is not looked at
    stages = replace(
        house.pipeline.stages,
        collect=lambda order: fetched,
        compute=lambda snapshot: replace(kept, facts={**computed, fact.id: other}),
    )
    pipeline = replace(house.pipeline, stages=stages)
    monkeypatch.setattr(house.corrections, "_pipeline", pipeline)
    made = house.corrections.renew(key, "Di", {})
    assert made.revision.number == old.number + 1
    assert not made.revision.blocked
    text = house.pipeline.mail(made.revision.rendered).text
    assert other.forms["signed"] in text
    assert fact.forms["signed"] not in text
    assert ("Di", "facts renewed") in mended.actions(str(key))


def test_the_form_is_for_everybody(mended, correction):
    page = mended.page("writer", way(correction.key), 390, "dark")
    page.locator("summary", has_text="Facts").click()
    page.fill("[name=q]", "iwm return ytd")
    page.locator("#facts-found [data-slot]").first.wait_for()
    page.locator("[name=cause]").fill("")
    page.locator("#facts-found [data-slot]").first.click()
    assert page.input_value("[name=cause]").startswith("{{IWM.return.ytd")
    page.keyboard.press("Control+Enter")
    page.locator(".reading").first.wait_for()
    page.wait_for_load_state("load")  # the page is sent whole: its style may come after its words
    assert axe(page) == []
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    assert page.told == []
    page.context.close()
