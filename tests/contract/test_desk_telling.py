"""Links to approve, and the letters that carry them: over a real mail server."""

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace

import pytest
from desk_support import EDITORS, at_once, axe, desk, own_desk  # noqa: F401 - fixtures
from engine_support import KEY
from send_servers import Inbox, free_port, smtp_server

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.config import Sender
from newsletter.desk.planned import Watch, telling
from newsletter.review.desk import LATE
from newsletter.review.edition import State
from newsletter.review.notice import LEASE, Fate
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.underway import Course, Making

HOUR = dt.timedelta(hours=1)


def link(desk, name="Bo"):
    """Make a link for an editor; return its path."""
    made = desk.newsroom.guard.links.make(desk.key, desk.edition().revision.content, name)
    return f"/approve/{made}"


def revised(desk):
    """Put a revision of Ada's before the editors, as a run would."""
    new = replace(desk.edition().revision, author="Ada", content="c" * 64)
    return desk.house.desk.submit(KEY, new, 14 * HOUR)


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_changes_nothing_and_tells_strangers_only_whose_it_is(desk, method):
    path, before = link(desk), (desk.edition(), len(desk.house.audit.entries()))
    for role in (None, "admin", "editor"):
        answer = getattr(desk.client(role), method)(path)
        assert answer.status_code == (403 if role == "admin" else 200)
        subject = desk.newsroom.mail(desk.edition().revision.rendered).subject
        if method == "get":
            assert "Bo" in answer.text
            assert (subject in answer.text) is (role == "editor")
            assert (desk.key in answer.text) is (role == "editor")
    assert (desk.edition(), len(desk.house.audit.entries())) == before


def test_a_link_is_used_once_by_its_editor_for_its_content(own_desk):
    path, form = link(own_desk), {"content": own_desk.edition().revision.content}
    assert own_desk.client().act(path, **form).status_code == 403
    stranger = own_desk.client()
    token = re.search(r'name="csrf" content="([^"]+)"', stranger.get(path).text)[1]
    stranger.csrf = token
    answer = stranger.act(path, **form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?then=")
    assert own_desk.client("admin").act(path, **form).status_code == 409
    assert own_desk.client("editor").act(path, content="b" * 64).status_code == 409
    # Not its last sign, of which two bits mean nothing.
    forged = f"{path[:-9]}{'y' if path[-9] == 'x' else 'x'}{path[-8:]}"
    assert own_desk.client("editor").act(forged, **form).status_code == 409
    assert own_desk.edition().state == "in_review"
    assert own_desk.client("editor").act(path, **form).status_code == 303
    assert own_desk.edition().approval.editor == "Bo"
    for answer in (
        own_desk.client("editor").act(path, **form),
        own_desk.client("editor").get(path),
    ):
        assert answer.status_code == 409
        assert "used already" in answer.text


def test_a_link_is_void_once_the_edition_is_revised_or_its_time_is_over(own_desk):
    first, form = link(own_desk), {"content": own_desk.edition().revision.content}
    revised(own_desk)
    for answer in (
        own_desk.client("editor").get(first),
        own_desk.client("editor").act(first, **form),
    ):
        assert answer.status_code == 409
        assert "was revised after this link was made" in answer.text
    second = own_desk.newsroom.guard.links.make(
        own_desk.key, "c" * 64, "Bo", dt.timedelta(seconds=-1)
    )
    answer = own_desk.client("editor").act(f"/approve/{second}", content="c" * 64)
    assert answer.status_code == 409
    assert "has expired" in answer.text
    assert own_desk.edition().state == "in_review"


def test_four_eyes_hold_on_the_way_by_a_link(own_desk):
    review = own_desk.house.config.review.model_copy(update={"four_eyes": True})
    own_desk.house.config = own_desk.house.config.model_copy(update={"review": review})
    revised(own_desk)
    form = {"content": "c" * 64}
    answer = own_desk.client("admin").act(link(own_desk, "Ada"), **form)
    assert answer.status_code == 409
    assert "somebody else approves it" in answer.text
    assert own_desk.client("editor").act(link(own_desk), **form).status_code == 303
    assert own_desk.edition().approval.editor == "Bo"


def test_a_link_is_used_on_a_phone(desk):
    desk.serve()
    page = desk.page("editor", link(desk), width=375)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    button = page.locator("text=Approve revision 1")
    assert button.is_visible()  # at once, without scrolling
    button.click()
    page.wait_for_url(f"**/editions/{desk.key}")
    assert desk.edition().approval.editor == "Bo"
    assert page.told == []
    page.context.close()


# -- letters -------------------------------------------------------------------------------


@pytest.fixture
def post(own_desk):
    """A desk whose editions go by a mail server of this machine, and that server's inbox."""
    inbox, house = Inbox(), own_desk.house
    with smtp_server(inbox) as port:
        _by_server(house, port)
        house.clock = FixedClock(own_desk.edition().revision.made_at)
        for name in ("desk", "pipeline", "planning"):
            house.__dict__.pop(name, None)
        yield own_desk, inbox


def _by_server(house, port, **review):
    way = Sender(
        transport="smtp", from_name="The Rotation", from_address="desk@news.example.com",
        host="127.0.0.1", port=port, security="none", timeout_seconds=5,
    )  # fmt: skip
    # An edition of the sample market is made today: what else is due today is no matter here.
    never = house.config.alerts.model_copy(update={"missing_minutes": 60 * 24 * 365})
    settings = {"senders": {**house.config.senders, "mailbox": way}, "alerts": never}
    if review:
        settings["review"] = house.config.review.model_copy(update=review)
    house.config = house.config.model_copy(update=settings)


def letters(inbox):
    """Return what came, by recipient: subject and text; and forget it."""
    found = {}
    for _, (recipient,), data in inbox.envelopes:
        message = email.message_from_bytes(data, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        found[recipient] = (message["Subject"], text)
    inbox.envelopes.clear()
    return found


def test_every_editor_is_told_once_and_gets_a_link_of_their_own(post):
    desk, inbox = post
    teller = telling(desk.house)
    assert teller.tell_all() == 4
    came = letters(inbox)
    assert sorted(came) == sorted(f"{name.lower()}@example.com" for name in EDITORS.values())
    links = {who: re.findall(r"https://\S+/approve/(\S+)", text) for who, (_, text) in came.items()}
    assert [len(links[f"{name}@example.com"]) for name in ("ada", "bo", "cy", "di")] == [1, 1, 0, 0]
    assert desk.newsroom.guard.links.read(links["bo@example.com"][0], "Bo").edition == desk.key
    assert f"/editions/{desk.key}" in came["cy@example.com"][1]
    subject, text = came["bo@example.com"]
    assert subject == f"Awaits review: {desk.key} · An edition of the sample market"
    mail = desk.newsroom.mail(desk.edition().revision.rendered)
    assert mail.subject not in text  # simulated words do not leave the machine
    assert teller.tell_all() == 0
    assert desk.actions(desk.key)[-1] == ("pipeline", "notice")
    revised(desk)
    assert teller.tell_all() == 4


def test_editors_are_reminded_once_and_told_of_the_end(post):
    desk, inbox = post
    house = desk.house
    watch = Watch(house, lambda key: False, telling(house))
    watch.look()
    letters(inbox)
    house.clock.advance(desk.edition().expires_at - house.clock.now() - dt.timedelta(minutes=31))
    watch.look()
    assert letters(inbox) == {}
    house.clock.advance(dt.timedelta(minutes=2))
    watch.look()
    watch.look()
    came = letters(inbox)
    assert len(came) == 4
    subject, text = came["bo@example.com"]
    assert subject.startswith("Still awaits review")
    assert "its time is over in 29 min" in text
    house.clock.advance(HOUR)
    watch.look()
    watch.look()
    assert {subject.partition(":")[0] for subject, _ in letters(inbox).values()} == {"Expired"}
    assert desk.edition().state == "expired"


def test_the_clock_holds_where_that_is_configured_and_voids_a_plan_past_it(post):
    desk, inbox = post
    house = desk.house
    _by_server(house, house.config.senders["mailbox"].port, at_deadline="hold", remind_minutes=0)
    house.desk.approve(KEY, "Bo")
    begun = []
    watch = Watch(house, lambda key: begun.append(key) or True, telling(house))
    house.planning.plan(KEY, "Bo", desk.edition().expires_at - dt.timedelta(minutes=1))
    house.clock.advance(15 * HOUR)
    watch.look()
    assert begun == []
    assert (desk.edition().state, desk.edition().reason) == (State.HELD, LATE)
    subjects = [subject for subject, _ in letters(inbox).values()]
    assert {subject.partition(":")[0] for subject in subjects} == {"Held"}
    watch.look()
    assert letters(inbox) == {}
    actions = [action for _, action in desk.actions(desk.key)]
    assert actions.count("plan refused") == 1
    assert actions.count("notice") == 2  # of the plan, and of the hold


def test_a_plan_is_begun_by_the_clock_when_it_is_due(post):
    desk, _ = post
    house, begun = desk.house, []
    watch = Watch(house, lambda key: begun.append(key) or True, telling(house))
    house.desk.approve(KEY, "Bo")
    house.planning.plan(KEY, "Bo", house.clock.now() + HOUR)
    watch.look()
    assert begun == []
    house.clock.advance(HOUR)
    watch.look()
    watch.look()
    assert begun == [desk.key]


def test_a_server_that_cannot_be_reached_breaks_nothing_and_is_audited(post):
    desk, _ = post
    _by_server(desk.house, free_port())
    assert telling(desk.house).tell_all() == 0
    (failed,) = [one for one in desk.house.audit.entries() if one.action == "notice failed"]
    assert "cannot be reached" in failed.detail["why"] or "127.0.0.1" in failed.detail["why"]
    assert failed.detail["about"] == "review"


@pytest.mark.parametrize(("tell", "wanted"), [(None, False), (True, True), (False, False)])
def test_a_maildir_tells_nobody_unless_it_is_told_to(own_desk, tell, wanted):
    house = own_desk.house
    review = house.config.review.model_copy(update={"tell": tell})
    house.config = house.config.model_copy(update={"review": review})
    assert bool(telling(house).tell_all()) is wanted
    box = own_desk.folder / "data" / "mailbox" / "new"
    assert (len(list(box.iterdir())) if box.exists() else 0) == (4 if wanted else 0)


# -- notices that arrive -------------------------------------------------------------------


def told(desk, action):
    """Return what the audit log says of an action."""
    return [one.detail for one in desk.house.audit.entries(desk.key) if one.action == action]


def test_what_a_server_that_is_away_does_not_take_arrives_once_when_it_is_back(post):
    desk, inbox = post
    house, port = desk.house, desk.house.config.senders["mailbox"].port
    _by_server(house, free_port())
    for _ in range(3):
        assert telling(house).tell_all() == 0
        house.clock.advance(dt.timedelta(minutes=6))
    (failed,) = told(desk, "notice failed")  # once for a cause, however often it is tried
    assert failed["about"] == "review"
    assert house.notices.counts() == {Fate.WAITING: 4}
    _by_server(house, port)
    house.editors.disable("Di", house.clock.now())
    other = House(house.config_path, clock=house.clock)  # another process, later
    other.config = house.config
    assert at_once(2, lambda n: telling((house, other)[n]).tell_all()) in ([3, 0], [0, 3])
    other.close()
    assert sorted(inbox.recipients) == ["ada@example.com", "bo@example.com", "cy@example.com"]
    assert house.notices.counts() == {Fate.DELIVERED: 3, Fate.DROPPED: 1}
    (dropped,) = told(desk, "notice dropped")
    assert (dropped["editor"], dropped["why"]) == ("Di", "Di is no longer at the desk")
    assert telling(house).tell_all() == 0


def test_a_process_that_dies_with_letters_in_hand_leaves_them_to_another(post):
    desk, inbox = post
    house = desk.house
    teller = telling(house)
    for matter in teller._matters.all():
        teller.let_tell(matter)
    assert len(house.notices.take(house.clock.now(), 50)) == 4  # and dies
    assert teller.tell_all() == 0  # they belong to it for a while
    house.clock.advance(LEASE)
    assert teller.tell_all() == len(letters(inbox)) == 4


@pytest.mark.parametrize("how", ["approved", "expired"])
def test_what_is_not_worth_telling_any_more_is_dropped_and_recorded(post, how):
    desk, inbox = post
    house, port = desk.house, desk.house.config.senders["mailbox"].port
    _by_server(house, free_port())
    telling(house).tell_all()
    _by_server(house, port)
    house.clock.advance(15 * HOUR if how == "expired" else HOUR)
    if how == "approved":
        house.desk.approve(KEY, "Bo")
    telling(house).tell_all()
    assert letters(inbox) == {}
    assert house.notices.counts() == {Fate.DROPPED: 4}
    why = {one["why"] for one in told(desk, "notice dropped")}
    assert (
        why
        == {
            "approved": {"the edition is approved by now"},
            "expired": {"its time was over before the mail server took it"},
        }[how]
    )


def test_an_address_that_is_refused_for_good_is_not_tried_again(post):
    desk, inbox = post

    async def refuse(server, session, envelope, address, options):
        if address.startswith("cy"):
            return "550 5.1.1 no such editor"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    inbox.handle_RCPT = refuse
    assert telling(desk.house).tell_all() == 3
    (dropped,) = told(desk, "notice dropped")
    assert dropped["editor"] == "Cy"
    assert "no such editor" in dropped["why"]


def going(desk, *states, ago=dt.timedelta(0)):
    """Let the edition go out, with a copy in each state since a while."""
    house = desk.house
    house.desk.mark(house.desk.approve(KEY, "Bo"), State.SENDING, "pipeline")
    readers = list(house.audience.active("evening"))
    at = house.clock.now() - ago
    rows = [
        Delivery(desk.key, who, f"{who.id}@x", state, 1, "", at)
        for who, state in zip(readers, states, strict=False)
    ]
    house.deliveries.freeze(desk.key, rows)


def subjects(inbox):
    return {subject.partition(":")[0] for subject, _ in letters(inbox).values()}


def test_a_delivery_that_stands_still_or_is_in_doubt_or_paused_past_its_time_is_told(post):
    desk, inbox = post
    house = desk.house
    going(desk, DeliveryState.ACCEPTED, DeliveryState.QUEUED)
    watch = Watch(house, lambda key: True, telling(house))
    watch.look()
    assert letters(inbox) == {}
    house.clock.advance(dt.timedelta(minutes=11))
    watch.look()
    watch.look()
    came = letters(inbox)
    assert len(came) == 4
    subject, text = came["bo@example.com"]
    assert subject.startswith("Delivery stands still")
    assert "1 copy waits" in " ".join(text.split())
    assert f"/deliveries/{desk.key}" in text

    (row,) = house.deliveries.page(desk.key, DeliveryState.QUEUED, 1)
    house.deliveries.claim(row, house.clock.now())
    row = replace(row, state=DeliveryState.SENDING, attempts=row.attempts + 1)
    house.deliveries.settle(row, DeliveryState.IN_DOUBT, "", house.clock.now())
    house.clock.advance(dt.timedelta(minutes=3))
    watch.look()
    watch.look()
    assert subjects(inbox) == {"Copies in doubt"}

    house.pausing.pause(KEY, "Bo", "The figure of small caps is wrong.")
    house.clock.advance(HOUR)
    watch.look()
    assert letters(inbox) == {}  # who pauses it knows
    house.clock.advance(15 * HOUR)
    watch.look()
    watch.look()
    came = letters(inbox)
    assert {s.partition(":")[0] for s, _ in came.values()} == {"Paused past its time"}
    assert "paused by Bo at" in came["ada@example.com"][1]


def test_an_approved_edition_that_nobody_sends_is_told_before_its_time_is_over(post):
    desk, inbox = post
    house = desk.house
    house.desk.approve(KEY, "Bo")
    house.clock.advance(desk.edition().expires_at - house.clock.now() - dt.timedelta(minutes=20))
    house.planning.plan(KEY, "Bo", house.clock.now() + dt.timedelta(minutes=5))
    watch = Watch(house, lambda key: True, telling(house))
    watch.look()
    assert letters(inbox) == {}
    house.planning.drop(KEY, "Bo")
    watch.look()
    watch.look()
    came = letters(inbox)
    assert len(came) == 4
    assert came["bo@example.com"][0].startswith("Not sent yet")
    assert "Nobody has sent it yet, and its time is over in 20 min" in came["bo@example.com"][1]


@pytest.mark.parametrize("how", ["failed", "silent"])
def test_a_run_that_failed_or_was_broken_off_is_told_once(post, how):
    desk, inbox = post
    house, now = desk.house, desk.house.clock.now()
    key = "2026-07-06.XNYS.evening"
    run = Making(key, "r1", "run", now, now, Course.RUNNING, "collect")
    house.runs.begin(run)
    watch = Watch(house, lambda key: True, telling(house))
    watch.look()
    letters(inbox)
    house.clock.advance(dt.timedelta(minutes=2))
    if how == "failed":
        at = house.clock.now()
        house.runs.tell(
            replace(run, state=Course.FAILED, reason="No bars of SPY; try later.", updated_at=at)
        )
    watch.look()
    watch.look()
    subject, text = letters(inbox)["bo@example.com"]
    assert subject == f"Run failed: {key}"
    said = {"failed": "No bars of SPY; try later.", "silent": "No sign of life since"}[how]
    assert said in " ".join(text.split())
    assert "stopped in collect" in text
    house.clock.advance(7 * HOUR)
    house.runs.begin(replace(run, run="r2", updated_at=house.clock.now()))
    watch.look()
    assert subjects(inbox) == set()


def test_a_refused_plan_is_told_of_though_the_process_died_that_refused_it(post):
    desk, inbox = post
    house = desk.house
    house.desk.approve(KEY, "Bo")
    house.planning.plan(KEY, "Bo", house.clock.now() + HOUR)
    house.desk.decide(KEY, State.HELD, "Ada", "wait for the Fed")
    house.planning.carry_out(lambda key: True, lambda *_: None, HOUR)  # and dies
    assert telling(house).tell_all() == 4
    subject, text = letters(inbox)["cy@example.com"]
    assert subject.startswith("Not sent as planned")
    assert "It was to go out by a plan of Bo, and did not: the edition is held." in (
        " ".join(text.split())
    )
