"""What alarms find: disks, certificates, shares, editions that are not there, spent budgets."""

import contextlib
import datetime as dt
import shutil
from decimal import Decimal
from fractions import Fraction

import pytest
from engine_support import KEY
from hypothesis import given
from hypothesis import strategies as st
from tls_support import Authority, listening

from newsletter import assets
from newsletter.alerting import Alerts
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.config import Sender
from newsletter.doctor.checks import certificate, disk
from newsletter.doctor.finding import Health
from newsletter.operating.alarm import alarms
from newsletter.operating.alarms.rates import Count, shares
from newsletter.operating.timekeeper import Timekeeper
from newsletter.review.alert import Level, Raised, Unsure
from newsletter.underway import Course, Making

UTC = dt.UTC
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def house(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    opened = House(tmp_path / "config.yaml")
    yield opened
    opened.close()


def alerting(house, **changes):
    alerts = Alerts.model_validate(changes)
    house.config = house.config.model_copy(update={"alerts": alerts})


def look(house, alarm, since=dt.datetime(2020, 1, 1, tzinfo=UTC)):
    return list(alarms()[alarm].look(house, since))


# -- disks ---------------------------------------------------------------------------------


def test_every_alarm_is_found_and_named_like_its_file():
    assert set(alarms()) == {"budget", "certificate", "disk", "missing", "post", "rates", "skipped"}


@pytest.mark.parametrize("by", ["percent", "megabytes"])
def test_a_disk_is_judged_by_what_config_asks_to_be_free(house, by):
    usage = shutil.disk_usage(house.base)
    free = 100 * usage.free / usage.total if by == "percent" else usage.free / 1e6
    names = {"percent": "disk_free_percent", "megabytes": "disk_free_megabytes"}
    nothing = dict.fromkeys(names.values(), 0)
    cases = {free / 2: Health.OK, free * 2: Health.WARN, free * 6: Health.BAD}
    for wanted, health in cases.items():
        most = 100 if by == "percent" else 10**8
        if wanted > most:
            continue
        alerting(house, **nothing | {names[by]: wanted if by == "percent" else int(wanted)})
        (found,) = disk.CHECK.look(house)
        assert (found.health, found.subject) == (
            health, "the database and kept bars and mailbox mailbox"
        )  # fmt: skip
    alerting(house, disk_free_megabytes=10**8)  # a hundred terabytes
    (one,) = look(house, "disk")
    assert (one.level, one.step) == (Level.URGENT, 2)
    assert one.words.startswith("Only ")
    assert one.mend.startswith("Make room (")


def test_a_directory_that_cannot_be_looked_at_is_unknown_and_raises_nothing(house, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(disk.os, "statvfs", refuse)
    (found,) = disk.CHECK.look(house)
    assert found.health is Health.UNKNOWN
    assert [type(one) for one in look(house, "disk")] == [Unsure]


# -- certificates --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def reached(house, authority, monkeypatch):
    """Return a function that serves certificates, and lets config.yaml name them."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.cafile))
    with contextlib.ExitStack() as servers:

        def serve(begins="tls", context=None, **more):
            port = servers.enter_context(listening(context, begins, **more))
            desk, senders = house.config.desk, dict(house.config.senders)
            if begins == "smtp":
                senders["relay"] = Sender(
                    transport="smtp", from_name="The Rotation", security="starttls",
                    from_address="evening@news.example.com", host="localhost", port=port,
                )  # fmt: skip
            else:
                desk = desk.model_copy(update={"address": f"https://localhost:{port}"})
            house.config = house.config.model_copy(update={"desk": desk, "senders": senders})
            return port

        yield serve


def ending(days):
    return dt.datetime.now(UTC) + days * DAY


@pytest.mark.parametrize("begins", ["tls", "smtp"])
@pytest.mark.parametrize(
    ("days", "step", "health"),
    [(60, 0, Health.OK), (20, 1, Health.WARN), (6, 2, Health.WARN), (0.5, 3, Health.BAD)],
)
def test_a_certificate_is_told_of_three_times_before_it_ends(
    house, authority, reached, begins, days, step, health
):
    ends = ending(days)
    port = reached(begins, authority.server(ends))
    (found,) = certificate.CHECK.look(house)
    assert (found.health, found.subject) == (health, f"localhost:{port}")
    assert f"ends on {ends:%Y-%m-%d}" in found.words
    assert ("senders.relay" if begins == "smtp" else "desk.address") in found.words
    seen = look(house, "certificate")
    assert [one.step for one in seen] == ([step] if step else [])
    assert all((one.level is Level.URGENT) is (step == 3) for one in seen)


@pytest.mark.parametrize("how", ["expired", "by itself", "another name"])
def test_a_certificate_that_does_not_verify_is_urgent(house, authority, reached, how):
    made = {
        "expired": lambda: authority.server(ending(-1)),
        "by itself": lambda: authority.server(ending(60), signed_by_itself=True),
        "another name": lambda: authority.server(ending(60), "elsewhere.example"),
    }[how]()
    reached("tls", made)
    (one,) = look(house, "certificate")
    assert (one.title, one.level, one.step) == ("A certificate is not good", Level.URGENT, 3)
    said = {"expired": "expired", "by itself": "self", "another name": "Hostname mismatch"}[how]
    assert said in one.words


def test_imap_is_looked_at_as_its_own_door_trusts(house, authority, reached, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    port = reached("imap", authority.server(ending(3)))
    given = {"host": "localhost", "port": port, "security": "starttls", "username": "bounces",
             "cafile": authority.cafile}  # fmt: skip
    bounces = type(house.config).model_fields["bounces"].annotation.__args__[0](**given)
    desk = house.config.desk.model_copy(update={"address": "http://127.0.0.1:8800"})
    house.config = house.config.model_copy(update={"bounces": bounces, "desk": desk})
    (found,) = certificate.CHECK.look(house)
    assert found.health is Health.WARN
    assert "(bounces)" in found.words


@pytest.mark.parametrize("how", ["silent", "plain", "nobody", "no starttls"])
def test_what_shows_no_certificate_is_unknown_and_keeps_nobody_waiting(house, reached, how):
    if how == "nobody":
        with listening() as port:
            pass
        address = f"https://localhost:{port}"
        desk = house.config.desk.model_copy(update={"address": address})
        house.config = house.config.model_copy(update={"desk": desk})
    else:
        reached("smtp" if how == "no starttls" else "tls", silent=how == "silent")
    (one,) = certificate.seen(house, 0.5)
    assert one.silence
    assert certificate.step(one, house) is None
    if how != "silent":
        assert [type(each) for each in look(house, "certificate")] == [Unsure]


def test_names_that_are_nobodys_are_not_looked_up(house):
    assert house.config.publication.base_url.startswith("https://news.example.com")
    assert certificate.endpoints(house) == []


# -- shares --------------------------------------------------------------------------------


@given(
    delivered=st.integers(0, 3000), bounced=st.integers(0, 300), failed=st.integers(0, 50),
    complained=st.integers(0, 20),
)  # fmt: skip
def test_shares_are_told_from_their_thresholds_on_and_never_of_a_few(
    delivered, bounced, failed, complained
):
    class Given:
        config = type("config", (), {"alerts": Alerts()})

    found = {one.kind: one.step for one in shares(Given, Count(delivered, bounced, failed,
                                                               complained), str(KEY))}  # fmt: skip
    wanted = {}
    ended = delivered + bounced + failed
    for kind, part, whole, pair in (
        ("complaints", complained, delivered, ("0.001", "0.003")),
        ("bounces", bounced, ended, ("0.02", "0.05")),
    ):
        if part >= 3 and whole >= 200:
            share = Fraction(part, whole)
            step = (share >= Fraction(pair[0])) + (share >= Fraction(pair[1]))
            if step:
                wanted[kind] = step
    assert found == wanted


# -- editions that are not there -----------------------------------------------------------

# The day after Thanksgiving 2026 the exchange closes at 13:00 in New York: an edition is due at
# 14:30, 19:30 UTC. It is stale fourteen hours later.
DUE = dt.datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
FRIDAY = "2026-11-27.XNYS.evening"


def at(house, instant):
    house.clock = FixedClock(instant)
    return [(one.subject, one.step) for one in look(house, "missing", DUE - 2 * DAY)]


def test_an_edition_that_was_due_by_the_calendar_and_is_not_there_is_told_twice(house):
    # Wednesday's is due on the 25th at 22:30 UTC; on Thursday the exchange is closed.
    assert at(house, DUE + dt.timedelta(minutes=59)) == []
    assert at(house, DUE + dt.timedelta(minutes=60)) == [(FRIDAY, 1)]
    assert at(house, DUE + dt.timedelta(hours=13, minutes=29)) == [(FRIDAY, 1)]
    assert at(house, DUE + dt.timedelta(hours=13, minutes=30)) == [(FRIDAY, 2)]
    assert at(house, DUE + 20 * HOUR - dt.timedelta(seconds=1)) == [(FRIDAY, 2)]
    assert at(house, DUE + 20 * HOUR) == []


def test_what_was_due_before_anybody_looked_is_nobodys_fault(house):
    house.clock = FixedClock(DUE + 2 * HOUR)
    assert look(house, "missing", DUE) == []
    assert len(look(house, "missing", DUE - dt.timedelta(seconds=1))) == 1


def test_what_nobody_was_there_for_is_told_once_the_schedule_has_given_it_up(house):
    first, begun = DUE - 5 * DAY, []
    keeper = Timekeeper(house, begun.append, lambda text: None)
    for instant in (first, DUE + 3 * DAY):  # away over Thanksgiving
        house.clock = FixedClock(instant)
        keeper.look()
    days = ("11-27", "11-25", "11-24", "11-23")
    away = [f"2026-{day}.XNYS.evening" for day in days]
    found = look(house, "skipped", first)
    assert [one.subject for one in found] == away
    assert "It was due at 2026-11-27 14:30 EST. Nobody looked at the schedule" in found[0].words
    assert not {one.subject for one in look(house, "missing", first)} & set(away)
    assert look(house, "skipped", DUE + 4 * DAY) == []
    house.clock = FixedClock(DUE + 4 * DAY + HOUR)
    assert look(house, "skipped", first) == []


@pytest.mark.parametrize("state", [None, *Course])
def test_it_says_why_there_is_nothing(house, state):
    house.clock = FixedClock(DUE + 2 * HOUR)
    now = house.clock.now()
    if state is not None:
        house.runs.begin(Making(FRIDAY, "r1", "run", now - HOUR, now, state, "collect"))
    (one,) = look(house, "missing", DUE - DAY)
    said = {
        None: "no run of it has begun", Course.RUNNING: "its run is still under way at collect",
        Course.FAILED: "its run failed at collect", Course.DONE: "its run left no edition",
    }[state]  # fmt: skip
    assert one.words == f"It was due at 2026-11-27 14:30 EST, and {said}; it is stale at 04:30 EST."
    assert one.edition == FRIDAY


# -- budgets and posts ---------------------------------------------------------------------


def test_a_month_that_is_spent_is_told_of_where_a_model_writes(house):
    from newsletter.store.spending import SqlAccounts

    house.clock = FixedClock(DUE)
    SqlAccounts(house.database).book(DUE, "m", 6_000_000, Decimal("1.5"))
    assert look(house, "budget") == []
    model = house.config.model.model_copy(update={"writer": "model"})
    house.config = house.config.model_copy(update={"model": model})
    (one,) = look(house, "budget")
    assert one.subject == "2026-11"
    assert "6,000,000 of 6,000,000 tokens" in one.words
    house.clock = FixedClock(DUE + 5 * DAY)  # another month
    assert look(house, "budget") == []


def test_alarms_raise_nothing_in_a_new_workspace(house):
    found = [one for name in alarms() for one in look(house, name, house.clock.now())]
    assert [one for one in found if isinstance(one, Raised) and one.kind != "disk"] == []
