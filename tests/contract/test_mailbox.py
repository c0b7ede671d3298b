"""The mailbox of bounces, against Dovecot."""

import datetime as dt

import pytest
from conftest import missing
from imap_support import PASSWORD, available, dovecot
from reported_support import NOW, world
from reports_support import POSTFIX, QMAIL, raw

from newsletter.bouncing import Bounces
from newsletter.errors import ConfigError, SendError
from newsletter.send.mailbox import Mailbox
from newsletter.send.reports import read


@pytest.fixture(scope="module")
def server():
    if not available():
        missing("Dovecot is missing, or this is not root's process; run tools/install-debian.sh")
    with dovecot() as box:
        yield box


def settings(box, **changes):
    about = {"host": "127.0.0.1", "port": box.port, "security": "none", "username": "bounces"}
    return Bounces(**{**about, **changes})


def visit(box, house, **changes):
    """Do what `newsletter bounces fetch` does; return the mails."""
    out = []
    with Mailbox(settings(box, **changes), PASSWORD) as door:
        for number, data in door.unread(house.reports.fetched(door.name, door.validity)):
            out.append(data)
            house.reports.mark_fetched(door.name, door.validity, number, NOW)
            door.put_away(number)
    return out


def test_each_mail_is_handed_out_once_whole_and_put_away(server, tmp_path):
    with world(tmp_path) as house:
        server.deliver("1.eml", raw(POSTFIX))
        server.deliver("2.eml", raw(QMAIL))
        first = visit(server, house)
        assert sorted(first) == sorted([raw(POSTFIX), raw(QMAIL)])
        assert all(read(each, NOW).events for each in first)
        assert visit(server, house) == []
        server.deliver("3.eml", b"Subject: third\r\n\r\nx\r\n")
        assert visit(server, house, done_folder='Handled "now"') == [b"Subject: third\r\n\r\nx\r\n"]
        assert visit(server, house) == []
    files = [file for file in server.folder.rglob("*Handled*/cur/*") if file.is_file()]
    files += [file for file in server.folder.rglob("*Handled*/new/*") if file.is_file()]
    assert [file.read_bytes().splitlines()[0] for file in files] == [b"Subject: third"]


def test_a_mail_above_the_limit_is_cut_and_not_swallowed(server):
    server.deliver("9.eml", b"Subject: large\r\n\r\n" + b"x" * 50_000, user="large")
    with Mailbox(settings(server, username="large"), PASSWORD, largest=1000) as door:
        sizes = [len(data) for _, data in door.unread(set())]
        assert max(sizes) == 1001
        # Another visitor that keeps no account sees it again: it is our account that counts.
        assert len(list(door.unread(set()))) == len(sizes)


def test_a_wrong_password_and_a_missing_folder_are_one_sentence(server):
    for changes, password in (({}, "wrong"), ({"folder": "Nowhere"}, PASSWORD)):
        with pytest.raises(SendError) as caught, Mailbox(settings(server, **changes), password):
            pytest.fail("entered")
        said = str(caught.value)
        assert str(server.port) in said
        assert not any(word in said for word in ("wrong", PASSWORD, "bounces@"))


def test_encryption_is_never_given_up(server):
    one = settings(server, security="starttls")
    with pytest.raises(SendError), Mailbox(one, PASSWORD):
        pytest.fail("entered")
    with pytest.raises(ValueError, match="unencrypted"):
        Bounces(host="imap.example.com", username="x", security="none")
    with pytest.raises(ConfigError, match="NEWSLETTER_IMAP_PASSWORD"):
        Mailbox(one, None)


def test_numbers_of_another_validity_are_other_mails(tmp_path):
    with world(tmp_path) as house:
        house.reports.mark_fetched("box", 1, 7, NOW)
        house.reports.mark_fetched("box", 1, 7, NOW + dt.timedelta(days=1))
        assert house.reports.fetched("box", 1) == {7}
        assert house.reports.fetched("box", 2) == set()
        assert house.reports.fetched("other", 1) == set()
