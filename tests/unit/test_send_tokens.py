"""Reader links: genuine for ever, for one purpose, and silent about the address."""

import base64

import pytest
from send_support import KEY, reader, signer

from newsletter.errors import ConfigError
from newsletter.send.tokens import LinkOwner, Purpose

OTHER_KEY = bytes(reversed(KEY))


def token(url):
    return url.rpartition("/")[2]


def test_a_link_leads_back_to_subscriber_and_list():
    link = signer().unsubscribe_url(reader())
    assert link.startswith("https://news.example.com/u/")
    assert signer().read(token(link), Purpose.UNSUBSCRIBE) == LinkOwner("sub-1", "evening")


def test_the_same_reader_gets_the_same_link():
    assert signer().unsubscribe_url(reader()) == signer().unsubscribe_url(reader())
    assert signer().unsubscribe_url(reader(1)) != signer().unsubscribe_url(reader(2))


def test_the_link_shows_neither_address_nor_name():
    someone = reader(email="ada.lovelace@example.org", name="Ada Lovelace")
    encoded = token(signer().unsubscribe_url(someone)).partition(".")[0]
    shown = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    assert shown == '["sub-1","evening"]'


@pytest.mark.parametrize("made_for", Purpose)
@pytest.mark.parametrize("read_for", Purpose)
def test_a_token_is_void_for_another_purpose(made_for, read_for):
    found = signer().read(token(signer().url(reader(), made_for)), read_for)
    assert (found is not None) == (made_for is read_for)


def test_a_tampered_or_foreign_token_names_nobody():
    good = token(signer().unsubscribe_url(reader()))
    stranger = token(signer(OTHER_KEY).unsubscribe_url(reader()))
    bad = [good[:-1], good[1:], good.swapcase(), stranger, "", ".", "é", "x" * 100_000, good + "\n"]
    assert [signer().read(each, Purpose.UNSUBSCRIBE) for each in bad] == [None] * len(bad)


def test_links_of_a_retired_key_still_work_and_new_ones_use_the_new_key():
    old_link = signer(OTHER_KEY).unsubscribe_url(reader())
    rotated = signer(KEY, retired=[OTHER_KEY])
    assert rotated.read(token(old_link), Purpose.UNSUBSCRIBE) == LinkOwner("sub-1", "evening")
    assert rotated.unsubscribe_url(reader()) == signer(KEY).unsubscribe_url(reader())


def test_base_urls_with_a_path_and_a_slash_work():
    link = signer(base="https://example.com/mail/").unsubscribe_url(reader())
    assert link.startswith("https://example.com/mail/u/")


@pytest.mark.parametrize(
    "base",
    ["ftp://x.com", "https://x.com/?a=b", "https://münchen.de", "https://x.com/\n", "https://a b"],
)
def test_a_base_url_that_would_break_a_header_or_an_attribute_is_refused(base):
    with pytest.raises(ConfigError, match="base_url"):
        signer(base=base)


@pytest.mark.parametrize("keys", [(b"short", ()), (KEY, (b"short",))])
def test_a_short_key_is_refused_without_being_printed(keys):
    with pytest.raises(ConfigError, match="16 bytes") as failure:
        signer(keys[0], retired=keys[1])
    assert "short'" not in str(failure.value)


def test_marks_depend_on_key_and_on_every_part():
    marks = {
        signer().mark("a", "b"),
        signer().mark("ab"),
        signer().mark("a", "c"),
        signer(OTHER_KEY).mark("a", "b"),
    }
    assert len(marks) == 4
    assert all(len(mark) == 16 for mark in marks)
