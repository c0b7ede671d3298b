"""The mail of welcome: one after a confirmation, over real SMTP, and never a second."""

import datetime as dt
import email
import email.policy
import re
import shutil

import desk_support
import pytest
from public_support import Public
from send_servers import Inbox, smtp_server

from newsletter.public import welcoming
from newsletter.send.suppression import Cause
from newsletter.send.tokens import Purpose

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def inbox():
    return Inbox()


@pytest.fixture(scope="module")
def site(tmp_path_factory, inbox):
    """A house whose mail goes over SMTP to a server of this machine."""
    with smtp_server(inbox) as port:
        made = tmp_path_factory.mktemp("welcome") / "made"
        shutil.copytree(desk_support._made(desk_support._base(tmp_path_factory)), made)
        file = made / "config.yaml"
        relay = (
            f"  relay: {{transport: smtp, host: 127.0.0.1, port: {port}, security: none,\n"
            "    from_name: The Rotation, from_address: evening@news.example.com}\n"
        )
        text = re.sub(r"(?m)^senders:.*\n", lambda found: found[0] + relay, file.read_text())
        file.write_text(text.replace("    sender: mailbox\n", "    sender: relay\n", 1))
        found = Public(made.with_name("site"), made)
        yield found
        found.close()


def confirmed(site, inbox, address):
    """Subscribe and confirm as a reader does; return the confirming link."""
    site.wish(address, name="Ada <b>")
    assert site.send() == 1
    link = re.search(r"http://127\S+(/c/\S+)", text_of(inbox.contents[-1]))[1]
    assert site.ask("POST", link, b"", FORM).status == 200
    return link


def text_of(data):
    mail = email.message_from_bytes(data, policy=email.policy.default)
    return mail.get_body(("plain",)).get_content()


def test_who_confirms_is_welcomed_once_with_both_links_and_the_next_day(site, inbox):
    link = confirmed(site, inbox, "once@example.com")
    before = len(inbox.contents)
    assert (welcoming.post(site.site), welcoming.post(site.site)) == (1, 0)
    site.ask("POST", link, b"", FORM)
    assert welcoming.post(site.site) == 0
    assert inbox.recipients[before:] == ["once@example.com"]
    mail = email.message_from_bytes(inbox.contents[-1], policy=email.policy.default)
    said = " ".join(text_of(inbox.contents[-1]).split())
    reader = site.reader("once@example.com")
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES):
        assert site.house.signer.url(reader, purpose) in said
    assert re.search(r"next after the close of (Mon|Tues|Wednes|Thurs|Fri)day \d+ \w+ 20\d\d", said)
    assert "latest edition" not in said, "what is simulated is in no mail"
    assert (mail["Auto-Submitted"], mail["List-Id"]) == ("auto-generated", None)
    # Known already: confirming once more welcomes nobody.
    confirmed(site, inbox, "once@example.com")
    assert welcoming.post(site.site) == 0


@pytest.mark.parametrize("why", ["left", "suppressed", "erased"])
def test_who_is_not_to_get_mail_is_not_welcomed(site, inbox, why):
    address = f"{why}@example.com"
    confirmed(site, inbox, address)
    now = site.house.clock.now()
    if why == "left":
        path = site.link(site.reader(address))
        site.ask("POST", path, b"List-Unsubscribe=One-Click", FORM)
    elif why == "suppressed":
        site.house.suppressions.add(address, Cause.MANUAL, "", now)
    else:
        site.post(site.link(site.reader(address), Purpose.PREFERENCES), act="erase now")
    before = len(inbox.contents)
    assert welcoming.post(site.site) == 0
    assert welcoming.post(site.site) == 0
    assert len(inbox.contents) == before


def test_a_refusal_is_tried_again_later_and_a_lost_answer_is_not(site, inbox, monkeypatch):
    confirmed(site, inbox, "later@example.com")
    before = len(inbox.contents)
    answers = ["451 4.3.0 later"]
    real = Inbox.handle_DATA

    async def refusing(self, server, session, envelope):
        return answers.pop(0) if answers else await real(self, server, session, envelope)

    monkeypatch.setattr(Inbox, "handle_DATA", refusing)
    assert welcoming.post(site.site) == 0
    assert welcoming.post(site.site) == 0, "it rests"
    moment = site.house.clock.now() + dt.timedelta(minutes=2)
    [wish] = site.house.consents.take_welcomes(moment, 9)
    site.house.consents.welcome_later(wish, site.house.clock.now())
    assert welcoming.post(site.site) == 1
    assert inbox.recipients[before:] == ["later@example.com"]


def test_what_a_crash_left_between_the_dot_and_the_answer_is_not_sent_again(site, inbox):
    confirmed(site, inbox, "crash@example.com")
    [wish] = site.house.consents.take_welcomes(site.house.clock.now(), 9)
    assert site.house.consents.welcomed(wish)  # the last thing before the dot
    assert not site.house.consents.welcomed(wish)
    later = site.house.clock.now() + dt.timedelta(hours=1)
    assert site.house.consents.take_welcomes(later, 9) == []


def test_without_it_nobody_is_welcomed(site, inbox):
    site.site.config = site.site.config.model_copy(update={"welcome": False})
    try:
        confirmed(site, inbox, "quiet@example.com")
    finally:
        site.site.config = site.house.config.public
    assert welcoming.post(site.site) == 0
