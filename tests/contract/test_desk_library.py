"""The reading rooms of the desk: who may enter, what they tell, and what they never tell."""

import csv
import datetime as dt
import io
import json
import re
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from desk_support import at_once, desk, own_desk
from hypothesis import given
from hypothesis import strategies as st

from newsletter.desk import sheets
from newsletter.desk.rooms.settings import blotted
from newsletter.review.listing import Wanted
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber
from newsletter.store.database import HEAD

__all__ = ["desk", "own_desk"]
PAGES = (
    "/signals", "/signals/formula/size", "/scorecard", "/archive", "/audience", "/deliveries",
    "/audit?check=true", "/settings",
)  # fmt: skip
ADDRESS = "zoe.long-name@reader.example"
AT = dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC)


def rows(house, statement, **values):
    """Run a statement on a desk's own database."""
    with house.database.engine.begin() as connection:
        return connection.execute(sa.text(statement), values)


def reader(desk, email=ADDRESS):
    """Add a reader; return their id."""
    found, _ = desk.house.audience.add(email, "Zoe", "evening", {"how": "a form"}, AT)
    return found.id


def in_doubt(desk, id, email=ADDRESS):
    """Put a copy in doubt."""
    who = Subscriber(id, email, "Zoe", "evening")
    row = Delivery(desk.key, who, f"{id}@x", DeliveryState.IN_DOUBT, 1, "", AT)
    desk.house.deliveries.freeze(desk.key, [row])


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/signals", {"admin", "editor", "compliance", "writer"}),
        ("/archive", {"admin", "editor", "compliance", "writer"}),
        ("/scorecard", {"admin", "editor", "compliance", "writer"}),
        ("/deliveries", {"admin", "editor", "compliance", "writer"}),
        ("/settings", {"admin", "editor", "compliance", "writer"}),
        ("/audience", {"admin", "editor"}),
        ("/audit", {"admin", "editor", "compliance"}),
    ],
)
def test_rooms_open_for_their_roles_alone(desk, path, may):
    for role in ("admin", "editor", "compliance", "writer"):
        assert desk.client(role).get(path).status_code == (200 if role in may else 403), role
    assert desk.client().get(path).headers["location"].startswith("/login")


def test_signals_tell_state_rates_and_evidence_of_the_ledger(desk):
    client, ledger = desk.client("writer"), desk.newsroom.ledger(desk.edition().revision.ledger)
    page = client.get(f"/signals/{ledger.session.date}").text
    for signal in ledger.signals:
        assert f'id="{signal.name}"' in page
        stated = [rate for rate in signal.base_rates if rate.verdict != "too few"]
        for rate in stated:
            fact = ledger[f"{signal.name}.base_rate.{rate.horizon}d.hit_rate"]
            assert f"<b>{fact.forms['plain']}</b>" in page
    assert ledger["small_vs_large.lead.63d"].display in page
    assert page.count('class="draw interval"') >= 2
    alone = client.get(f"/signals/{ledger.session.date}?text=SMALL").text
    assert 'id="small_vs_large"' in alone
    assert 'id="vix_slope"' not in alone
    image = desk.newsroom.mail(desk.edition().revision.rendered).images[0]
    answer = client.get(f"/signals/{ledger.session.date}/chart/{image.name}.png")
    assert answer.content == image.png
    assert client.get("/signals/1999-01-04").status_code == 404
    assert "two-threshold" in client.get("/signals/formula/size@2").text


def test_scorecard_keeps_the_sample_market_apart(own_desk):
    house, key = own_desk.house, own_desk.key
    rows(house, "insert into views values (:k, '2026-07-02', 'slide', 'for', 'H', 'D', true, "
                "'2026-07-02 22:00:00')", k=key)  # fmt: skip
    rows(house, "insert into calls values (:k, 1, '2026-07-02', 'IWM-SPY', 'up', '5d', "
                "'2026-07-10', 'price', null)", k=key)  # fmt: skip
    client = own_desk.client("writer")
    assert "stands <a" in client.get("/scorecard").text
    assert "falls due on 2026-07-10" in client.get("/scorecard?sample=true").text
    rows(house, "insert into marks values (:k, 1, '2026-07-10', '1.5', '2026-07-02', '', "
                "'2026-07-10 22:00:00')", k=key)  # fmt: skip
    page = client.get("/scorecard?sample=true").text
    assert "+1.50 points" in page
    assert 'class="tag right"' in page
    assert "1 of 1" in page


def test_archive_of_five_years_is_found_without_opening_a_mail(own_desk, monkeypatch):
    house = own_desk.house
    days = [dt.date(2021, 1, 1) + dt.timedelta(days=number) for number in range(1500)]
    given = [{"k": f"{day}.XNYS.evening", "s": f"Rise {number}"} for number, day in enumerate(days)]
    with house.database.engine.begin() as connection:
        connection.execute(sa.text(
            "insert into editions select :k, 'sent', created_at, expires_at, 1, 'Ada', null, null, "
            "'', null from editions limit 1".replace("'', null from", "'', approved_overrides from")
        ), given)  # fmt: skip
        columns = "number, author, made_at, snapshot, ledger, draft, rendered, report, content"
        connection.execute(sa.text(
            f"insert into revisions (edition, {columns}, blocked, subject) "
            f"select :k, {columns}, false, :s from revisions limit 1"
        ), given)  # fmt: skip
    monkeypatch.setattr(own_desk.newsroom, "mail", lambda _: pytest.fail("a mail was opened"))
    client = own_desk.client("writer")
    page = client.get("/archive?page=31").text
    assert "1,501 editions" in page
    assert "Page 31 of 31" in page
    assert "Rise 0<" in page
    assert "Rise 1499" not in page
    page = client.get("/archive?text=rise 14&since=2025-01-01&until=2025-02-03&state=sent").text
    assert set(re.findall(r"Rise \d+", page)) == {f"Rise {n}" for n in range(1461, 1495)}
    assert "was left out" in client.get("/archive?since=yesterday").text
    found, total = house.editions.listed(Wanted(kind="weekly"), 10)
    assert (found, total) == ([], 0)


def test_subject_in_the_archive_is_the_mails_and_is_exported(desk):
    mail, client = desk.newsroom.mail(desk.edition().revision.rendered), desk.client("writer")
    listed, _ = desk.house.editions.listed(Wanted(), 1)
    assert listed[0].subject == mail.subject
    number = desk.edition().revision.number
    stem = f"/archive/{desk.key}/{number}/mail"
    assert client.get(f"{stem}.txt").text.startswith(mail.text[:200])
    assert b"Message-ID:" in client.get(f"{stem}.eml").content
    assert "sandbox" in client.get(f"{stem}.html").headers["content-security-policy"]
    assert client.get(f"{stem}.exe").status_code == 404


def test_a_delivery_by_a_pool_tells_what_each_way_was_handed(own_desk):
    in_doubt(own_desk, reader(own_desk))
    page = own_desk.client("writer").get(f"/deliveries/{own_desk.key}").text
    assert "Handed over by" not in page
    rows(own_desk.house, "update deliveries set way = 'own'")
    for day, copies in (("2026-07-02", 1200), ("2026-07-03", 34)):
        rows(
            own_desk.house,
            f"insert into handed_over (way, day, edition, copies) values ('own', '{day}', :e, :n)",
            e=own_desk.key, n=copies,
        )  # fmt: skip
    page = own_desk.client("writer").get(f"/deliveries/{own_desk.key}").text
    assert re.search(r"Handed over by own <b[^>]*>1,234</b>\.", page)
    assert "by own</span>" in page


def test_reader_is_found_ended_and_erased_without_a_trace(own_desk):
    id, client = reader(own_desk), own_desk.client("editor")
    in_doubt(own_desk, id)
    rows(own_desk.house, "update deliveries set reply = :r", r=f"550 <{ADDRESS}> unknown")
    assert ADDRESS in client.act("/audience/search", text="ZOE").text
    page = client.get(f"/audience/{id}").text
    assert "a form" in page
    assert own_desk.key in page
    leaky = client.act(f"/audience/{id}/unsubscribe", reason=f"{ADDRESS} asked")
    assert leaky.status_code == 409
    assert "Unsubscribed" in client.act(f"/audience/{id}/unsubscribe", reason="by phone").text
    assert client.act(f"/audience/{id}/erase", typed="zoe@elsewhere.example").status_code == 409
    assert own_desk.house.audience.reader(id) is not None
    assert "Erased" in client.act(f"/audience/{id}/erase", typed=ADDRESS.upper()).text
    assert ("Bo", "unsubscribed") in own_desk.actions()
    assert ("Bo", "erased") in own_desk.actions()
    with closing(sqlite3.connect(own_desk.folder / "data" / "newsletter.db")) as raw:
        left = "\n".join(raw.iterdump())
    assert ADDRESS not in left
    assert not re.search(r"(?<![\w/+-])zoe(?![\w/+-])", left.casefold())  # not within a key


def test_readers_act_by_post_with_a_token_only(desk):
    client = desk.client("editor")
    assert client.get("/audience/export").status_code in {404, 405}
    refused = client.post("/audience/export", headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 403
    assert desk.client("writer").act("/audience/search", text="a").status_code == 403


@given(st.lists(st.text("=+-@\t\r\n\0a \"',;é", max_size=5), min_size=1, max_size=6))
def test_sheet_gives_back_every_cell_and_none_runs(cells):
    columns = [str(place) for place in range(len(cells))]
    text = "".join(sheets.lines(columns, [dict(zip(columns, cells, strict=True))]))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == columns
    for cell, got in zip(cells, read[1], strict=True):
        runs = cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n", "\0"} and cell != ""
        assert got == (f"'{cell}" if runs else cell)
    assert text.startswith('"')
    assert text.endswith('"\r\n')


def test_what_servers_answered_is_told_to_whoever_may_know_addresses(own_desk):
    in_doubt(own_desk, reader(own_desk))
    rows(own_desk.house, "update deliveries set reply = :r", r=f"550 <{ADDRESS}> unknown")
    for role in ("admin", "editor", "compliance", "writer"):
        page = own_desk.client(role).get(f"/deliveries/{own_desk.key}").text
        assert (ADDRESS in page) is (role in {"admin", "editor"}), role


def test_doubt_is_decided_once_and_masked_for_others(own_desk):
    id, client = reader(own_desk), own_desk.client("editor")
    in_doubt(own_desk, id)
    path = f"/deliveries/{own_desk.key}"
    assert ADDRESS in client.get(path).text
    seen = own_desk.client("writer").get(path).text
    assert ADDRESS not in seen
    assert "z…@….example" in seen
    assert "Take as delivered" not in seen
    refused = own_desk.client("compliance").act(f"{path}/doubt", reader=id, decision="delivered")
    assert refused.status_code == 403
    # Nothing of it was approved here, so that nothing may go out again.
    assert client.act(f"{path}/doubt", reader=id, decision="again").status_code == 422
    row = own_desk.house.deliveries.row(own_desk.key, id)
    assert row.state is DeliveryState.IN_DOUBT
    assert client.act(f"{path}/doubt", reader=id, decision="delivered").status_code == 303
    row = own_desk.house.deliveries.row(own_desk.key, id)
    assert row.state is DeliveryState.ACCEPTED
    assert "decision of Bo" in row.reply
    assert client.act(f"{path}/doubt", reader=id, decision="delivered").status_code == 409
    assert client.get(f"{path}?state=lost").status_code == 404


def test_copy_in_doubt_goes_again_with_its_message_id(own_desk):
    house, client = own_desk.house, own_desk.client("admin")
    house.desk.approve(own_desk.edition().key, "Ada")
    # In a thread of its own: where a browser lives, this one has a running event loop.
    assert at_once(1, lambda _: house.deliver(own_desk.edition().key)) == [{"accepted": 3}]
    row = house.deliveries.page(own_desk.key, None, 1)[0]
    rows(house, "update deliveries set state = 'in_doubt' where subscriber = :s",
         s=row.subscriber.id)  # fmt: skip
    path = f"/deliveries/{own_desk.key}"
    answer = client.act(f"{path}/doubt", reader=row.subscriber.id, decision="again")
    assert answer.status_code == 303
    again = house.deliveries.row(own_desk.key, row.subscriber.id)
    assert (again.state, again.attempts) == (DeliveryState.ACCEPTED, row.attempts + 1)
    assert again.message_id == row.message_id
    assert 'hx-trigger="every 2s"' not in client.get(path).text
    rows(house, "update editions set state = 'sending' where key = :k", k=own_desk.key)
    rows(house, "update deliveries set state = 'queued' where subscriber = :s",
         s=row.subscriber.id)  # fmt: skip
    part = client.get(f"{path}/state").text
    assert 'hx-trigger="every 2s"' in part
    assert "left at this pace" in part


def test_audit_finds_an_altered_entry_and_pages_and_exports(own_desk):
    client, newsroom = own_desk.client("compliance"), own_desk.newsroom
    for number in range(120):
        newsroom.record("Ada", "counted", f"thing {number}")
    page = client.get("/audit?action=counted").text
    assert "thing 119<" in page
    assert "thing 19<" not in page
    older = re.search(r"before=(\d+)", page)[1]
    assert "thing 19<" in client.get(f"/audit?action=counted&before={older}").text
    sound = client.get("/audit?check=true").text
    last = own_desk.house.audit.head()
    assert last[1] in sound
    lines = client.act("/audit/export", action="counted").text.splitlines()
    assert [json.loads(line)["subject"] for line in lines] == [f"thing {n}" for n in range(120)]
    assert ("Cy", "exported audit log") in own_desk.actions()
    seq = json.loads(lines[7])["seq"]
    rows(own_desk.house, "update audit set subject = 'thing 8' where seq = :n", n=seq)
    assert f"breaks at entry {seq}:" in client.get("/audit?check=true").text
    rows(own_desk.house, "update audit set detail = 'x' where seq = :n", n=seq)
    told = client.get("/audit?action=counted&until=2100-01-01&since=2000-01-01&before=40").text
    assert f"entry {seq} was altered" in told


def test_settings_tell_no_secret(own_desk, monkeypatch):
    canary = "canary-7b1f0c55-sings"
    for name in ("NEWSLETTER_MODEL_KEY", "NEWSLETTER_SPEECH_KEY", "NEWSLETTER_SMTP_PASSWORD"):
        monkeypatch.setenv(name, canary)
    config = own_desk.house.config
    misplaced = config.publication.model_copy(update={"tagline": f"our key is {canary}"})
    storage = config.storage.model_copy(update={"url": f"postgresql://desk:{canary}9@db/news"})
    own_desk.house.config = config.model_copy(update={"publication": misplaced, "storage": storage})
    client = own_desk.client("writer")
    page = client.get("/settings").text
    assert "canary" not in page
    assert "postgresql://•••@db/news" in page
    assert own_desk.house.link_keys()[0].decode() not in page
    assert re.search(r"NEWSLETTER_MODEL_KEY</code></dt><dd>set ", page)
    assert "four_eyes" in page
    assert f"schema {HEAD}" in page
    assert client.act("/settings/check/mailbox").status_code == 403
    checked = own_desk.client("editor").act("/settings/check/mailbox").text
    assert "no message was sent" in checked
    assert "canary" not in checked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgresql://u:p@ss@host/db", "postgresql://•••@host/db"),
        ("https://token@host/v1", "https://•••@host/v1"),
        ("https://host/v1?api_key=abc&x=1", "https://host/v1?api_key=•••&x=1"),
        ("the secret abcd here", "the secret ••• here"),
    ],
)
def test_blot(text, told):
    assert blotted(text, ("abcd",)) == told
