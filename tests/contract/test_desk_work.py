"""The desk's page of work, and the commands: who may do what, and what becomes of it."""

import contextlib
import time

import pytest
from desk_support import Desk, _base, _made
from engine_support import KEY, CommandLine

from newsletter.app import House
from newsletter.operating.work import cancel
from newsletter.operating.workers import working
from newsletter.review.edition import EditionKey, State
from newsletter.review.plan import Plan

CONFIRMED = "newsletter serve --role worker"


@pytest.fixture
def desk(tmp_path, tmp_path_factory):
    with contextlib.closing(Desk(tmp_path / "desk", _made(_base(tmp_path_factory)))) as made:
        yield made


@pytest.fixture
def call(monkeypatch, capfd, desk):
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(desk.folder / "config.yaml"))
    return CommandLine(monkeypatch, capfd)


def out(desk):
    """Approve the edition and have it sent by whoever works; nobody does."""
    desk.house.desk.approve(KEY, "Ada")
    return desk.house.submit("deliver", desk.key)


def ended(desk, id):
    until = time.monotonic() + 60
    while desk.house.worklist.finished(id) is None:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_work_waits_where_no_worker_lives_and_the_page_says_so(desk):
    one = desk.client("editor")
    answer = one.act("/tonight/run/2026-07-01.XNYS.evening")
    assert "begins." in answer.text
    assert CONFIRMED in answer.text
    again = one.act("/tonight/run/2026-07-01.XNYS.evening")
    assert "goes on already" in again.text
    page = one.get("/work")
    assert CONFIRMED in page.text
    assert "2026-07-01.XNYS.evening" in page.text
    assert desk.house.editions.find(EditionKey.parse("2026-07-01.XNYS.evening")) is None


def test_who_may_not_send_may_not_touch_a_delivery(desk):
    id = out(desk)
    for role in ("writer", "compliance"):
        client = desk.client(role)
        assert client.act("/work/cancel", id=id).status_code == 403
        assert desk.house.worklist.rows.find(id).state == "waiting"
    assert f'value="{id}"' not in desk.client("writer").get("/work").text
    assert f'value="{id}"' in desk.client("editor").get("/work").text
    answer = desk.client("editor").act("/work/cancel", id=id)
    assert "is cancelled; it had not begun" in answer.text
    assert desk.house.worklist.rows.find(id).state == "cancelled"
    assert desk.actions(desk.key)[-1] == ("Bo", "work cancelled")
    assert desk.edition().state is State.APPROVED


@pytest.mark.parametrize("id", ["", "x" * 201, "nothing:of:the:sort", "<b>"])
def test_work_that_is_none_is_told(desk, id):
    for act in ("retry", "cancel"):
        answer = desk.client("admin").act(f"/work/{act}", id=id)
        assert answer.status_code in {404, 422}
        assert "<b>" not in answer.text


def test_a_cancelled_delivery_is_not_begun_again_by_its_plan(desk):
    house, id = desk.house, out(desk)
    now = house.clock.now()
    plan = Plan(desk.key, desk.edition().revision.content, now, "Ada", now)
    house.planning.plans.put(plan, house.planning._entry(plan, "Ada", "planned"))
    cancel(house, id)
    assert house.plans.find(desk.key) is None


def test_a_delivery_waits_for_a_worker_and_reaches_every_reader_once(desk):
    id = out(desk)
    desk.worker()
    ended(desk, id)
    assert desk.edition().state is State.SENT
    assert len(list((desk.folder / "data" / "mailbox" / "new").iterdir())) == 3


def test_a_delivery_of_old_figures_is_parked_and_nothing_leaves(desk, monkeypatch):
    from newsletter import proofing
    from newsletter.errors import SendRefused

    def old(*_):
        raise SendRefused("The figures are of an older close; nothing is sent.")

    monkeypatch.setattr(proofing, "require_fresh", old)
    id = out(desk)
    desk.worker()
    ended(desk, id)
    one = desk.house.worklist.rows.find(id)
    assert (one.state, one.error) == (
        "parked",
        "The figures are of an older close; nothing is sent.",
    )
    assert desk.edition().state is State.APPROVED
    page = desk.client("editor").get("/work").text
    assert "older close" in page
    monkeypatch.undo()
    assert desk.client("editor").act("/work/retry", id=id).status_code == 303
    ended(desk, desk.house.worklist.last(desk.key).id)
    assert desk.edition().state is State.SENT


def test_the_commands_list_show_retry_and_cancel(desk, call):
    id = out(desk)
    (found,) = [one for one in call.json("work", "list") if one["flow"] == "deliver"]
    assert (found["id"], found["state"], found["attempts"]) == (id, "waiting", 0)
    assert call.json("work", "list", "--state", "parked") == []
    code, _, err = call("work", "list")
    assert code == 0
    assert CONFIRMED in err
    assert call.json("work", "show", desk.key)["id"] == id
    assert call("work", "retry", id)[0] != 0
    assert call.json("work", "cancel", desk.key)["cancelled"]
    code, _, err = call("work", "cancel", desk.key)
    assert code == 1 or "nothing to cancel" in err
    tried = call.json("work", "retry", id)
    assert (tried["id"], tried["worker"]) == (id.removesuffix(":1") + ":2", False)
    assert call("work", "list", "--state", "odd")[0] == 2
    code, _, err = call("work", "show", "nix")
    assert code != 0
    assert "newsletter work list" in err


class Told:
    """A way out whose process is told to stop once a copy has gone."""

    def __init__(self, real, stop):
        self._real, self._stop = real, stop

    def __getattr__(self, name):
        return getattr(self._real, name)

    def __enter__(self):
        self._real.__enter__()
        return self

    def __exit__(self, *given):
        return self._real.__exit__(*given)

    def send(self, envelope, before_dot):
        receipt = self._real.send(envelope, before_dot)
        self._stop()
        return receipt


def test_a_worker_told_to_stop_in_mid_delivery_leaves_the_rest_to_another(desk):
    many = 30
    for number in range(3, many):
        now = desk.house.clock.now()
        desk.house.audience.add(f"r{number}@example.com", "", "evening", {}, now)
    id, box = out(desk), desk.folder / "data" / "mailbox" / "new"
    with contextlib.closing(House(desk.folder / "config.yaml")) as house:
        really = house.transport
        house.transport = lambda name: Told(really(name), house.stopping.set)
        with working(house, lambda _: None):
            until = time.monotonic() + 60
            while not house.stopping.is_set():
                assert time.monotonic() < until
                time.sleep(0.01)
    found = desk.house.worklist.rows.find(id)
    assert (found.state, found.attempts) == ("waiting", 0)
    assert 1 <= len(list(box.iterdir())) < many
    assert desk.house.deliveries.in_doubt(desk.key) == []
    desk.worker()
    ended(desk, id)
    assert desk.edition().state is State.SENT
    assert len(list(box.iterdir())) == many
