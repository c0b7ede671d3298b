"""A reader's whole life: asks, confirms, gets an edition, leaves with one click, gets no more."""

import re
from dataclasses import replace

import pytest
from public_support import opened

from newsletter.review.desk import AuditEntry
from newsletter.review.edition import EditionKey, State

ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}
LATER = EditionKey.parse("2026-07-02.XNYS.late")


@pytest.fixture
def house_of_two(tmp_path_factory):
    """A house with two editions for one list, both waiting for a person."""
    found = opened(tmp_path_factory)
    file = found.folder / "config.yaml"
    file.write_text(file.read_text().replace(
        "  weekly:  ", "  late: {list: evening, sender: mailbox}\n  weekly:  ", 1))  # fmt: skip
    found.close()
    from public_support import Public

    two = Public(found.folder.with_name("two"), found.folder)
    first = two.house.editions.get(two.key)
    now = two.house.clock.now()
    later = replace(first, key=LATER, state=State.IN_REVIEW, approval=None)
    two.house.editions.create(later, AuditEntry(now, "a test", "submitted", str(LATER)))
    yield two
    two.close()


def test_from_the_form_to_one_click(house_of_two):
    public, who = house_of_two, "life@example.com"
    assert public.wish(who, name="Life").status == 200
    assert public.send() == 1
    [asked] = public.mails(who)
    link = re.search(r"http://127\S+(/c/\S+)", asked.get_body(("plain",)).get_content())[1]
    public.get(link)
    assert public.reader(who) is None
    assert public.ask("POST", link, b"", ONE_CLICK).status == 200

    public.publish()
    [edition] = [one for one in public.mails(who) if one["List-Id"]]
    leave = re.match(r"<(http://127[^>]+/u/[^>]+)>", edition["List-Unsubscribe"])[1]
    got = public.ask("POST", leave, b"List-Unsubscribe=One-Click", ONE_CLICK)
    assert got.status == 200
    assert "location" not in got.headers

    public.publish(LATER)
    assert len([one for one in public.mails(who) if one["List-Id"]]) == 1, (
        "whoever left got the next edition"
    )
    assert len(public.mails("ann@example.com")) == 2, "who stayed did not"
    counts = public.house.deliveries.counts(str(LATER))
    assert {str(state): count for state, count in counts.items() if count} == {"accepted": 3}


def test_who_leaves_while_copies_go_out_is_not_sent_theirs(house_of_two):
    public = house_of_two
    public.house.desk.approve(public.key, "Bo")
    pipeline, left = public.house.pipeline, []
    pipeline.freeze(str(public.key))
    readers = [public.reader(f"{name}@example.com") for name in ("ann", "bob", "cleo")]
    leaver = max(readers, key=lambda one: one.id)
    path = public.link(leaver)
    left.append(public.ask("POST", path, b"List-Unsubscribe=One-Click", ONE_CLICK).status)
    while pipeline.send(str(public.key)):
        pass
    assert left == [200]
    assert not public.mails(leaver.email)
    counts = public.house.deliveries.counts(str(public.key))
    assert {str(s): n for s, n in counts.items() if n} == {"accepted": 2, "suppressed": 1}
