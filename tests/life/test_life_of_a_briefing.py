"""One evening on real data, from prices to three mailboxes; docs/life-of-a-briefing.md in code.

The server is a real SMTP server on loopback, the database a real SQLite file, the engine
the real one. Nothing is replaced but the clock.
"""

import datetime as dt
import email
import email.policy
import json
import re
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from kept_support import order
from lengths import some
from send_servers import Inbox, smtp_server

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.draft.claims import AUTHOR, Draft
from newsletter.errors import DataUnavailable, ReviewError, SendRefused
from newsletter.review.edition import EditionKey, State

ROOT = Path(__file__).resolve().parents[2]
EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
KEY = EditionKey.parse("2026-07-02.XNYS.evening")
READERS = ("ann@example.org", "bob@example.net", "zoë.reader@example.com".replace("ë", "e"))

pytestmark = pytest.mark.market


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def house(kept, tmp_path, inbox, market_bars):
    """A workspace whose sender is a real SMTP server on this machine.

    The evening of 2 July 2026 was made in it before, and its program ended: who orders it
    again joins the finished run.
    """
    kept.evening(tmp_path, market_bars)
    with smtp_server(inbox) as port:
        settings = yaml.safe_load((ROOT / "config.yaml").read_text())
        settings["senders"]["relay"] = {
            "transport": "smtp",
            "from_name": "The Rotation",
            "from_address": "evening@news.example.com",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
        }
        settings["editions"]["evening"]["sender"] = "relay"
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
        opened = House(tmp_path / "config.yaml", clock=FixedClock(EVENING))
        opened.editors.add("dana", "dana@example.com", EVENING)
        for address in READERS:
            opened.audience.add(address, address.partition("@")[0].title(), "evening", {}, EVENING)
        yield opened
        opened.close()


def parsed(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def test_the_life_of_a_briefing(house, inbox, market_bars):
    # Collect … review: the edition waits for a person, every claim proved.
    edition = house.run(order(market_bars))
    assert edition.state is State.IN_REVIEW
    report = house.pipeline.report(edition.revision.report)
    assert not report.findings
    assert len(report.claims) > 100
    verdicts = Counter(str(claim.verdict) for claim in report.claims)
    assert set(verdicts) == {"proved", "opinion"}  # "above 3%" in "what would change our mind"
    assert verdicts["opinion"] < len(report.claims) / 20

    # A second start of the same key is harmless.
    assert house.run(order(market_bars)) == edition

    # Unapproved, nothing leaves.
    with pytest.raises(SendRefused, match="in_review, not approved"):
        house.deliver(KEY)
    assert inbox.contents == []

    # A person takes responsibility for exactly these bytes; then they go, once to each.
    house.desk.approve(KEY, "dana")
    assert house.deliver(KEY) == {"accepted": 3}
    assert house.editions.get(KEY).state is State.SENT
    assert sorted(inbox.recipients) == sorted(READERS)

    # Sending again delivers nothing twice.
    with pytest.raises(SendRefused, match="is sent"):
        house.deliver(KEY)
    assert len(inbox.contents) == 3

    # The audit log tells who did what, and its chain holds.
    actions = [(entry.actor, entry.action) for entry in house.audit.entries(str(KEY))]
    assert actions == [
        (AUTHOR, "submitted"),
        ("dana", "approved"),
        ("pipeline", "sending"),
        ("pipeline", "sent"),
    ]
    assert house.audit.first_broken() is None

    # A past edition is rebuilt from its snapshot byte for byte.
    assert house.replay(KEY) == []


def test_the_mails_are_whole_and_alike(house, inbox, market_bars):
    house.run(order(market_bars))
    house.desk.approve(KEY, "dana")
    house.deliver(KEY)
    mail = house.pipeline.mail(house.editions.get(KEY).revision.rendered)
    bodies = set()
    for content in inbox.contents:
        message = parsed(content)
        for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Reply-To"):
            assert len(message.get_all(name)) == 1, name
        assert message["Subject"] == mail.subject
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-ID"].endswith("<evening.news.example.com>")
        link = re.fullmatch(
            r"<(https://news\.example\.com/u/[\w.\-]+)>", message["List-Unsubscribe"]
        )
        assert link, message["List-Unsubscribe"]
        assert re.fullmatch(
            r"<2026-07-02\.XNYS\.evening\.[0-9a-f]{16}@news\.example\.com>", message["Message-ID"]
        )
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert link[1] in text
        assert link[1] in html
        assert "1 Example Street" in text
        assert "1 Example Street" in html
        related = [part.get_content_type() for part in message.walk()]
        assert related.count("image/png") == 3
        choices = re.search(r"https://news\.example\.com/p/[\w.\-]+", text)[0]
        assert choices in html
        own = {
            link[1]: "LINK",
            choices: "CHOICES",
            message["To"]: "TO",
            message["Message-ID"]: "ID",
        }
        bodies.add(_without(text, own) + _without(html, own))
        assert message["To"].addresses[0].addr_spec in READERS
    assert len(bodies) == 1
    assert len(mail.html.encode()) < 90_000
    assert len({parsed(content)["Message-ID"] for content in inbox.contents}) == 3


def _without(text, own):
    for value, name in own.items():
        text = text.replace(value, name)
    return text


def test_an_edited_edition_needs_a_new_approval(house, inbox, market_bars):
    first = house.run(order(market_bars))
    house.desk.approve(KEY, "dana")
    draft = Draft.from_bytes(house.pipeline.artefacts.get("draft", first.revision.draft))
    second = house.revise(
        KEY, replace(draft, headline="Growth was sold, small caps were not bought"), "dana"
    )
    assert second.revision.number == 2
    assert second.revision.author == "dana"
    assert second.approval is None
    with pytest.raises(SendRefused, match="not approved"):
        house.deliver(KEY)
    house.desk.approve(KEY, "dana")
    assert house.deliver(KEY) == {"accepted": 3}
    assert parsed(inbox.contents[0])["Subject"].endswith("small caps were not bought")


def test_bytes_changed_behind_the_approval_are_not_sent(house, inbox, market_bars):
    """Someone with access to the database cannot slip other words under a signature."""
    edition = house.run(order(market_bars))
    house.desk.approve(KEY, "dana")
    mail = house.pipeline.mail(edition.revision.rendered)
    forged = replace(mail, text=mail.text.replace("small", "large", 1))
    from newsletter.store.models import ArtefactRow

    with house.database.begin() as session:
        session.get(ArtefactRow, ("rendered", edition.revision.rendered)).data = forged.to_bytes()
    with pytest.raises(SendRefused, match="changed after dana approved"):
        house.deliver(KEY)
    assert inbox.contents == []


def test_a_frozen_message_changed_in_the_database_is_not_sent(house, inbox, market_bars):
    house.run(order(market_bars))
    house.desk.approve(KEY, "dana")
    pipeline, key = house.pipeline, str(KEY)
    pipeline.freeze(key)
    from newsletter.store.models import ArtefactRow

    with house.database.begin() as session:
        row = session.get(ArtefactRow, ("message", key))
        row.data = row.data.replace(b"Subject: ", b"Subject: Not ", 1)
    with pytest.raises(SendRefused, match="is not the approved mail"):
        house.deliver(KEY)
    assert inbox.contents == []


def test_a_stale_edition_is_neither_approved_nor_sent(house, inbox, market_bars):
    house.run(order(market_bars))
    house.desk.approve(KEY, "dana")
    house.clock.advance(dt.timedelta(hours=15))
    with pytest.raises(SendRefused, match="expired"):
        house.deliver(KEY)
    with pytest.raises(ReviewError, match="expired"):
        house.desk.approve(KEY, "dana")
    assert house.editions.get(KEY).state is State.EXPIRED
    assert inbox.contents == []


def test_an_invented_figure_blocks_the_edition(house, market_bars):
    edition = house.run(order(market_bars))
    draft = Draft.from_bytes(house.pipeline.artefacts.get("draft", edition.revision.draft))
    wrong = replace(draft, verdict="The small-cap fund is up 23.4% this year, and that settles it.")
    edition = house.revise(KEY, wrong, "dana")
    assert edition.revision.blocked
    findings = house.pipeline.report(edition.revision.report).findings
    assert any("23.4%" in finding.message for finding in findings)
    with pytest.raises(ReviewError, match="blocked by preflight"):
        house.desk.approve(KEY, "dana")


def test_advice_blocks_the_edition(house, market_bars):
    edition = house.run(order(market_bars))
    draft = Draft.from_bytes(house.pipeline.artefacts.get("draft", edition.revision.draft))
    edition = house.revise(KEY, replace(draft, verdict="You should buy small caps now."), "dana")
    assert edition.revision.blocked


@pytest.mark.parametrize(
    ("session", "theme"),
    some(
        3,
        ("2026-01-02", "first_session"),
        ("2020-03-16", "rout"),
        ("2025-12-24", None),  # an early close
        ("2024-11-29", None),  # another
        ("2025-12-23", None),
    ),
)
def test_other_evenings_are_written_and_proved(house, market_bars, session, theme):
    edition = house.run(order(market_bars, session))
    report = house.pipeline.report(edition.revision.report)
    assert not report.findings
    draft = Draft.from_bytes(house.pipeline.artefacts.get("draft", edition.revision.draft))
    assert theme in {None, draft.theme}


@pytest.mark.parametrize("session", ["2026-07-03", "2026-07-04", "2025-12-25", "2026-08-24"])
def test_no_session_or_no_data_makes_no_edition(house, market_bars, session):
    """A holiday, a Saturday, Christmas, and the first session after the data end."""
    with pytest.raises(DataUnavailable) as caught:
        house.run(order(market_bars, session))
    assert caught.value.exit_code == 3
    assert session in str(caught.value)
    assert [edition.key for edition in house.editions.all()] == [KEY]


def test_two_runs_in_two_workspaces_give_the_same_bytes(house, tmp_path, market_bars):
    mails = [house.pipeline.mail(house.editions.get(KEY).revision.rendered)]
    later = tmp_path / "later"
    later.mkdir()
    (later / "config.yaml").write_text((ROOT / "config.yaml").read_text())
    with closing(House(later / "config.yaml", clock=FixedClock(EVENING.replace(hour=23)))) as other:
        edition = other.run(order(market_bars))
        mails.append(other.pipeline.mail(edition.revision.rendered))
    assert mails[0].to_bytes() == mails[1].to_bytes()


def test_the_ledger_keeps_its_contract(house):
    revision = house.editions.get(KEY).revision
    document = json.loads(house.pipeline.artefacts.get("ledger", revision.ledger))
    assert document["schema"] == "ledger/1"
    assert document["session"] == "2026-07-02"
    assert document["snapshot"].startswith("sha256:")
    facts = {fact["id"]: fact for fact in document["facts"]}
    for fact in facts.values():
        assert {"id", "subject", "name", "metric", "period", "value", "unit", "kind", "display",
                "as_of", "formula", "source"} <= fact.keys()  # fmt: skip
        assert fact["period"].keys() == {"label", "start", "end"}
    iwm, qqq = facts["IWM.return.ytd"], facts["QQQ.return.ytd"]
    assert (iwm["display"], qqq["display"]) == ("+20.89%", "+16.00%")
    assert iwm["period"] == {"label": "ytd", "start": "2025-12-31", "end": "2026-07-02"}
    assert (iwm["subject"], iwm["metric"], iwm["kind"]) == ("IWM", "return", "price")
    for id in ("IWM.return.ytd.total", "IWM-SPY.spread.ytd", "IWM/SPY.ratio.50d_slope",
               "sp500.breadth.above_50d", "VIX.level", "XLI.rank.5d",
               "small_vs_large.signal.state"):  # fmt: skip
        assert id in facts
