"""Which identity is which editor: bound once, whoever comes at the same moment."""

import pytest
from desk_support import at_once
from engine_support import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from security_support import Room

from newsletter.review.access import Claimed
from newsletter.store.identities import same_address

ISSUER = "https://login.example.com"


@pytest.fixture
def room(tmp_path):
    opened = Room(tmp_path)
    yield opened
    opened.database.close()


def test_of_many_identities_with_one_address_one_is_bound(room):
    found = at_once(
        8,
        lambda place: room.access.identities.known(
            Claimed(ISSUER, f"s{place}", "ann@example.com"), NOW
        ),
    )
    good = [one for one in found if one.good]
    assert [one.editor for one in good] == ["ann"]
    assert {one.why for one in found if not one.good} == {
        "that address is bound to another identity"
    }
    assert room.actions() == ["identity bound"]


def test_identities_of_two_providers_are_two(room):
    known = room.access.identities.known
    assert known(Claimed(ISSUER, "one", "ann@example.com"), NOW).good
    assert known(Claimed("https://other.example", "one", "bob@example.com"), NOW).editor == "bob"
    assert known(Claimed(ISSUER, "one", ""), NOW).editor == "ann"
    assert room.access.identities.bound(ISSUER) == {"ann": NOW}


def test_an_address_of_two_editors_names_neither(room):
    room.editors.add("ann two", "Ann@example.com", NOW)
    assert not room.access.identities.known(Claimed(ISSUER, "one", "ann@example.com"), NOW).good


@settings(max_examples=40)
@given(st.text(max_size=30), st.text(max_size=30))
def test_addresses_are_the_same_but_for_the_case_of_ascii(one, other):
    # What ASCII's own case folding makes of bytes is an independent source of it.
    folded = [text.encode("utf-8", "surrogatepass").lower() for text in (one, other)]
    assert same_address(one, other) is (folded[0] == folded[1])
    assert same_address(one, one)
    assert not same_address(one + "K", one + "\u212a")
