"""Who has left stays gone, whatever backup is put back."""

import datetime as dt
import json
import logging
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import length
from reported_support import KEY, OLD, World, alias, event
from typer.testing import CliRunner

from newsletter import assets
from newsletter.app import House
from newsletter.cli.main import app
from newsletter.clock import FixedClock
from newsletter.errors import ConfigError
from newsletter.operating.backup import back_up
from newsletter.operating.restore import restore
from newsletter.review.desk import AuditEntry
from newsletter.send.consent import Preferences, Wish
from newsletter.send.events import What
from newsletter.send.importing import Outcome
from newsletter.send.readers import Status
from newsletter.send.services import Candidate
from newsletter.send.suppression import Cause
from newsletter.store.consents import SqlConsents
from newsletter.store.copies import Copies
from newsletter.store.copies.leaving import MARGIN, Departed
from newsletter.store.intake import SqlIntake
from newsletter.store.left import LEFT, LONGEST, Gone, Journal, heard
from newsletter.store.models import SubscriberRow

NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)
DAWN, MINUTE = NOON - dt.timedelta(hours=6), dt.timedelta(minutes=1)
LATER = NOON + dt.timedelta(hours=9)
ADA, BOB = "Ada@readers.example", "bob@readers.example"
LISTS = ("evening", "weekly")
ROOT = Path(__file__).resolve().parents[2]


def silent(text):
    del text


def entry(at, action="unsubscribed"):
    return AuditEntry(at, "reader", action, alias(""), {})


def wish(email, at):
    return Wish("w", email, "", LISTS, (), "US", "1", "0" * 64, "/", "", at)


class Town(World):
    """A house of tables with a journal beside it, and every way in which readers leave."""

    def __init__(self, url, journal, keys=(KEY,)):
        super().__init__(url, keys)
        self.database.departures = Journal(journal, lambda: keys).keep
        self.consents = SqlConsents(self.database, self.suppressions)

    def joins(self, email, name, at):
        self.suppressions.lift(email, frozenset(Cause))
        self.audience.add(email, "", name, {}, at)
        same = (SubscriberRow.mailbox == email.casefold(), SubscriberRow.list == name)
        back = sa.update(SubscriberRow).where(*same, SubscriberRow.status != "active")
        with self.database.begin(writing=True) as session:  # as whoever confirms anew
            session.execute(back.values(status="active", changed_at=at))

    def of(self, email, name):
        found = [one for one in self.audience.readers(email) if one.subscriber.list == name]
        return found[0].subscriber if found else None

    def by_link(self, email, name, at):
        self.audience.unsubscribe(self.of(email, name).id, entry(at))

    def by_page(self, email, name, at):
        still = {
            one.subscriber.list for one in self.audience.readers(email) if one.status == "active"
        }
        self.consents.prefer(
            email, "", still - {name}, Preferences(), wish(email, at), entry(at, "preferences")
        )

    def by_service(self, email, name, at):
        edition = self.sent(self.of(email, name))
        told = event(What.UNSUBSCRIBED, id=str(at), at=at, edition=edition,
                     subscriber=self.of(email, name).id)  # fmt: skip
        self.reports.take([told], at)

    def by_import(self, email, name, at):
        gone = Candidate(1, email, "", Status.UNSUBSCRIBED, ended=at)
        assert SqlIntake(self.database).take([gone], name, at, ()) == [Outcome.STOPPED]

    def active(self):
        return {
            (one["email"], one["list"]) for one in self.audience.all() if one["status"] == "active"
        }


ONE_LIST = ("by_link", "by_page", "by_service", "by_import")
ADDRESS = {
    "bounced": lambda town, email, at: town.suppressions.add(email, Cause.BOUNCED, "550", at),
    "complained": lambda town, email, at: town.suppressions.add(email, Cause.COMPLAINED, "", at),
    "manual": lambda town, email, at: town.suppressions.add(email, Cause.MANUAL, "", at),
    "erased": lambda town, email, at: town.audience.erase(email, entry(at, "erased")),
}


def again(url, new, folder, journals, keys=(KEY,), taken_at=NOON):
    """Put a copy back with the journals; return what came of it and the house."""
    about = json.loads((folder / "about.json").read_text())
    found = Departed(heard(journals, keys, taken_at - MARGIN), keys)
    copies = Copies(new)
    settled = copies.put_back(folder, copies.about(about), LATER, taken_at, found)
    return settled.left, World(new, keys)


def copied(url, folder):
    folder.mkdir()
    (folder / "about.json").write_text(json.dumps(Copies(url).make(folder).to_json()))
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request, tmp_path):
    """The address of a database, and of an empty place for another."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'new.db'}"
        return
    server = request.getfixturevalue("postgres")
    found = server.fresh(), server.empty()
    yield found
    for each in found:
        server.drop(each)


# -- whoever left stays gone ---------------------------------------------------------------


def test_every_way_of_leaving_outlives_a_restoration(urls, tmp_path):
    """One reader leaves by each way after the copy; of the others nobody is lost."""
    (old, new), journal = urls, tmp_path / "left.jsonl"
    town, many = Town(old, journal), [*ONE_LIST, *ADDRESS, "stays"]
    for one in many:
        for name in LISTS:
            town.joins(f"{one}@readers.example", name, DAWN)
    folder = copied(old, tmp_path / "copy")
    for one in ONE_LIST:
        getattr(town, one)(f"{one}@readers.example", "evening", NOON + MINUTE)
    for one, leave in ADDRESS.items():
        leave(town, f"{one}@readers.example", NOON + MINUTE)
    town.joins("late@readers.example", "evening", NOON)  # of whom the copy knows nothing
    town.by_link("late@readers.example", "evening", NOON + MINUTE)
    left, house = again(old, new, folder, [journal])
    with closing(house.database), closing(town.database):
        assert house.audience.stats() == town_stats(many)
        stand = {(f"{one}@readers.example", "weekly") for one in (*ONE_LIST, "stays")}
        assert Town.active(house) == stand | {("stays@readers.example", "evening")}
        for one in ADDRESS:
            assert str(house.suppressions.of(f"{one}@readers.example").cause) == one
        assert house.audience.readers("erased@readers.example") == []
        assert house.suppressions.of("late@readers.example").cause is Cause.ERASED
        assert house.suppressions.of("by_link@readers.example") is None
        assert house.audit.first_broken() is None
        told = house.audit.entries()[-1].detail
    assert (left.ended, left.suppressed, left.erased) == (4 + 3 * 2, 5, 2)
    assert (told["ended"], told["suppressed"], told["erased"]) == ("10", "5", "2")


def town_stats(many):
    gone = {"bounced": 1, "complained": 1, "suppressed": 1}
    return {
        "evening": gone | {"active": 1, "unsubscribed": len(ONE_LIST)},
        "weekly": gone | {"active": 1 + len(ONE_LIST)},
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["joins", *ONE_LIST, *ADDRESS]),
        st.sampled_from([ADA, BOB]), st.sampled_from(LISTS),
    ), min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=length(8, 300), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(STEPS, st.integers(0, 12))
def test_who_left_since_is_gone_and_who_did_not_is_there(tmp_path_factory, steps, cut):
    """A plain model says who stands: whoever the copy knew and who has not left since."""
    place = tmp_path_factory.mktemp("town")
    old, journal = f"sqlite:///{place / 'old.db'}", place / "left.jsonl"
    town, stands, folder, left = Town(old, journal), set(), None, set()
    cut = min(cut, len(steps))
    with closing(town.database):
        for number, (what, email, name) in enumerate([*steps, ("joins", "end@x.example", "other")]):
            at = NOON + (number - cut) * 30 * MINUTE + MINUTE
            if number == cut:
                folder, known = copied(old, place / "copy"), set(stands)
            if what == "joins":
                town.joins(email, name, at)
                stands.add((email, name))
            elif what in ADDRESS:
                ADDRESS[what](town, email, at)
                left |= {(email, each) for each in LISTS} if number >= cut else set()
                stands -= {(email, each) for each in LISTS}
            elif (email, name) in stands:
                getattr(town, what)(email, name, at)
                left |= {(email, name)} if number >= cut else set()
                stands -= {(email, name)}
        journals = [journal] if journal.exists() else []
        _, house = again(old, f"sqlite:///{place / 'new.db'}", folder, journals)
    with closing(house.database):
        assert Town.active(house) == known - left


def test_who_came_back_just_before_the_backup_is_not_sent_away(tmp_path):
    """Lines within the margin count only where the subscription did not begin anew since."""
    old, journal = f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "left.jsonl"
    town = Town(old, journal)
    with closing(town.database):
        for email in (ADA, BOB):
            town.joins(email, "evening", DAWN)
            town.by_link(email, "evening", NOON - 5 * MINUTE)
        folder = copied(old, tmp_path / "gone")
        town.joins(ADA, "evening", NOON - MINUTE)
        back = copied(old, tmp_path / "back")
    for place in (folder, back):
        _, house = again(old, f"sqlite:///{tmp_path / place.name}.db", place, [journal])
        with closing(house.database):
            assert Town.active(house) == ({(ADA, "evening")} if place is back else set())


def test_what_was_committed_while_the_copy_began_is_not_lost(tmp_path):
    """Its instant is before the backup's, and the copy does not know it."""
    old, journal = f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "left.jsonl"
    town = Town(old, journal)
    with closing(town.database):
        town.joins(ADA, "evening", DAWN)
        folder = copied(old, tmp_path / "copy")
        town.by_link(ADA, "evening", NOON - MINUTE)
    _, house = again(old, f"sqlite:///{tmp_path / 'new.db'}", folder, [journal])
    with closing(house.database):
        assert Town.active(house) == set()


def test_a_key_that_was_retired_since_still_finds_them(tmp_path):
    old, journal = f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "left.jsonl"
    town = Town(old, journal, keys=(OLD,))
    with closing(town.database):
        town.joins(ADA, "evening", DAWN)
        folder = copied(old, tmp_path / "copy")
        town.by_link(ADA, "evening", NOON + MINUTE)
    assert heard([journal], (KEY,), DAWN).foreign == 1
    left, house = again(old, f"sqlite:///{tmp_path / 'new.db'}", folder, [journal], keys=(KEY, OLD))
    with closing(house.database):
        assert (left.ended, Town.active(house)) == (1, set())


# -- the file ------------------------------------------------------------------------------


def line(email=ADA, key=KEY, at=NOON, **more):
    from newsletter.store.left import _line

    return _line(Gone(email, more.get("list", "evening"), more.get("why", LEFT), at), key)


def test_it_is_its_owners_alone_and_holds_no_address(tmp_path):
    journal = tmp_path / "deep" / "left.jsonl"
    old = os.umask(0)
    try:
        assert Journal(journal, lambda: (KEY,)).keep([Gone(ADA, "evening", LEFT, NOON)])
    finally:
        os.umask(old)
    assert journal.stat().st_mode & 0o777 == 0o600
    text = journal.read_text().casefold()
    assert "ada@" not in text
    assert "readers.example" not in text
    (found,) = heard([journal], (KEY,), NOON).entries
    assert (found.list, found.why, found.at) == ("evening", LEFT, NOON)
    assert heard([journal], (KEY,), NOON + MINUTE).entries == ()


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: one[:-20],
        lambda one: one.replace(b'"evening"', b'"weekly"'),
        lambda one: one.replace(b"2026-07-02", b"2026-07-03"),
        lambda one: b"\x00\xff\n" + one[: len(one) // 2] + b"\n",
        lambda one: b'{"at":[]}\n',
        lambda one: b"[" * 1900 + b"\n",
        lambda one: b'{"at":"0001-01-01T00:00:00+23:00","mark":"","list":"","why":"left",'
        b'"key":"00000000","sum":""}\n',
        lambda one: b"7\n",
        lambda one: b"x" * 3 * LONGEST + b"\n",
    ],
)  # fmt: skip
def test_a_line_that_is_damaged_is_told_and_the_others_count(tmp_path, damage):
    journal = tmp_path / "left.jsonl"
    journal.write_bytes(line(BOB) + damage(line()))
    found = heard([journal], (KEY,), DAWN)
    assert (len(found.entries), found.foreign) == (1, 0)
    assert found.damaged[0] == f"{journal}, line 2"


def test_a_line_behind_a_half_one_is_read(tmp_path):
    journal = tmp_path / "left.jsonl"
    journal.write_bytes(line(ADA)[:70] + line(BOB))
    found = heard([journal], (KEY,), DAWN)
    assert [one.mark for one in found.entries] == [json.loads(line(BOB))["mark"]]
    assert len(found.damaged) == 1


@settings(max_examples=length(60, 2000))
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_or_let_anybody_leave(tmp_path_factory, data):
    journal = tmp_path_factory.getbasetemp() / "hostile.jsonl"
    journal.write_bytes(data)
    assert heard([journal], (KEY,), DAWN).entries == ()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: None])
def test_what_is_no_file_is_refused_in_a_sentence(tmp_path, make):
    make(tmp_path / "left")
    with pytest.raises(ConfigError, match=r"The journal .*left cannot be read: "):
        heard([tmp_path / "left"], (KEY,), DAWN)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_journal_that_cannot_be_written_refuses_no_reader(tmp_path, make, caplog):
    journal = tmp_path / "left.jsonl"
    make(journal)
    town = Town(f"sqlite:///{tmp_path / 'old.db'}", journal)
    with closing(town.database), caplog.at_level(logging.ERROR):
        town.joins(ADA, "evening", DAWN)
        town.by_link(ADA, "evening", NOON)
        assert Town.active(town) == set()
    (said,) = [one.getMessage() for one in caplog.records]
    assert said.startswith(f"1 who left could not be written to {journal}: ")
    assert "ada" not in said.replace(str(tmp_path), "").casefold()


def test_a_transaction_that_fails_writes_nothing_down(tmp_path):
    journal = tmp_path / "left.jsonl"
    town = Town(f"sqlite:///{tmp_path / 'old.db'}", journal)
    with closing(town.database):

        def fail():
            with town.database.begin(writing=True) as session:
                town.suppressions.put(session, ADA, Cause.BOUNCED, "", NOON)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert not journal.exists()


def test_who_asks_again_is_written_down_again(tmp_path):
    """The first answer may have been lost with the process that had not yet written the line."""
    journal = tmp_path / "left.jsonl"
    town = Town(f"sqlite:///{tmp_path / 'old.db'}", journal)
    with closing(town.database):
        town.joins(ADA, "evening", DAWN)
        town.by_link(ADA, "evening", NOON)
        journal.unlink()
        town.by_link(ADA, "evening", LATER)
    (found,) = heard([journal], (KEY,), DAWN).entries
    assert found.at == NOON


# -- a house that is killed, lost and restored ---------------------------------------------


@pytest.fixture
def house(tmp_path):
    folder = tmp_path / "house"
    folder.mkdir()
    config = yaml.safe_load(assets.find("config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with closing(House(folder / "config.yaml", clock=FixedClock(NOON))) as opened:
        for number in range(40):
            opened.audience.add(f"r{number}@readers.example", "", "evening", {}, DAWN)
        yield opened


LEAVING = """
import datetime as dt, os, signal, sys
from pathlib import Path
from newsletter.app import House
from newsletter.review.desk import AuditEntry
house, half = House(Path(sys.argv[1])), int(sys.argv[2])
really = os.write
def write(handle, data):
    if b'"why"' not in bytes(data) or write.left:
        write.left -= b'"why"' in bytes(data)
        return really(handle, data)
    really(handle, data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
write.left, os.write = half, write
for number in range(40):
    (one,) = house.audience.readers(f"r{number}@readers.example")
    at = dt.datetime(2026, 7, 2, 13, number, tzinfo=dt.UTC)
    house.audience.unsubscribe(one.subscriber.id, AuditEntry(at, "reader", "unsubscribed", "x", {}))
    print(number, flush=True)
"""


def leaving(house, half, until=10**6):
    """Let readers leave in a process that kills itself in a line, or is killed at some reader."""
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    process = subprocess.Popen(
        [sys.executable, "-c", LEAVING, str(house.config_path), str(half)],
        env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told = []
    for number in process.stdout:
        told.append(int(number))
        if len(told) == until:
            process.kill()
    process.stdout.close()
    assert process.wait(60) == -signal.SIGKILL
    return told


@pytest.mark.parametrize(("half", "until"), [(7, 10**6), (10**6, 11)])
def test_killed_while_readers_leave_and_restored_none_of_them_is_back(house, tmp_path, half, until):
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    told = leaving(house, half, until)
    assert told
    place = tmp_path / "again"
    (place / "data").mkdir(parents=True)
    kept = place / "data" / "left.jsonl"
    kept.write_bytes((house.base / "data" / "left.jsonl").read_bytes())
    done = restore(made.folder, place, FixedClock(LATER), silent)
    assert done.journals == (kept,)
    assert bool(done.heard.damaged) == (half == 7)
    with closing(House(place / "config.yaml")) as again:
        active = {one.email for one in again.audience.active("evening")}
        gone = {f"r{number}@readers.example" for number in told}
        assert not active & gone
        assert len(active) >= 40 - len(told) - 1
        assert again.left.path == kept


def call(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


def test_the_command_takes_journals_of_other_machines_and_tells_of_each(house, tmp_path):
    """Two hosts wrote one each; one line is torn, one is of a key that nobody has here."""
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    (key,) = house.link_keys()
    first, second = tmp_path / "host1.jsonl", tmp_path / "host2.jsonl"
    first.write_bytes(line("r1@readers.example", key, LATER) + line("r2@readers.example", key)[:90])
    second.write_bytes(
        line("r1@readers.example", key, LATER)
        + line("R3@Readers.example", key, LATER, why="complained", list="")
        + line("r4@readers.example", b"o" * 32, LATER)
    )
    done = call(
        "restore", made.folder, "--to", tmp_path / "again", "--journal", first,
        "--journal", second,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "left again, by 2 journals: 2 subscriptions ended, 1 addresses suppressed" in done.output
    assert f"Not readable: {first}, line 2." in done.output
    assert "1 lines of the journals were written with a link key that is not known" in done.output
    with closing(House(tmp_path / "again" / "config.yaml")) as again:
        active = {one.email for one in again.audience.active("evening")}
        assert {f"r{number}@readers.example" for number in range(5)} & active == {
            "r0@readers.example", "r2@readers.example", "r4@readers.example"
        }  # fmt: skip


def test_a_journal_that_is_missing_is_told_before_anything_is_begun(house, tmp_path):
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        restore(
            made.folder, tmp_path / "again", FixedClock(LATER), silent, [tmp_path / "none.jsonl"]
        )
    assert list((tmp_path / "again").iterdir()) == []
