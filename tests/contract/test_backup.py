"""Backups are whole, told from half ones, and sent out of by nobody."""

import datetime as dt
import gzip
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from databases_support import copy
from engine_support import KEY, LIFETIME, desk, revision
from reported_support import World

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.desk.planned import watch
from newsletter.errors import ConfigError, StoreError
from newsletter.operating import parcel
from newsletter.operating.backup import UNDERWAY, _alone, back_up
from newsletter.operating.restore import restore
from newsletter.review.desk import OPERATOR
from newsletter.review.due import Turn
from newsletter.review.edition import EditionKey, State
from newsletter.review.plan import Plan
from newsletter.send.delivery import DeliveryState
from newsletter.store.audit import AuditLog
from newsletter.store.copies import Copies, onefile, server
from newsletter.store.database import HEAD, Database, lock, upgrade
from newsletter.store.editions import SqlEditionBook
from newsletter.store.models import ArtefactRow, Base, EditorRow, RevisionRow, SubscriberRow
from newsletter.store.models_alerts import AlertLetterRow
from newsletter.store.models_desk import NoticeRow, PlanRow, VisitRow, WebhookLogRow, WebhookRow
from newsletter.store.models_public import WishRow
from newsletter.store.models_schedule import DueRow, LookRow
from newsletter.store.pauses import SqlPauses

NOON = dt.datetime(2026, 7, 2, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=9)
HOSTILE = (
    "", "\\N", "\\",
    "a\tb\nc\rd\\te\x0b\x08\x0c", "'; drop table editors; --", "naïve ☃ \U0001f4c8",
    '{"a": "\\n"}', "\x1b[31m", "ends with a stroke\\",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


def silent(text):
    del text


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request, tmp_path):
    """The address of a migrated database, and of an empty place for another."""
    if request.param == "sqlite":
        old = f"sqlite:///{tmp_path / 'old.db'}"
        Database(old).close()
        yield old, f"sqlite:///{tmp_path / 'new.db'}"
        return
    server = request.getfixturevalue("postgres")
    found = server.fresh(), server.empty()
    yield found
    for each in found:
        server.drop(each)


def rows(url):
    """Return every row of the house, past the store: values as the driver gives them."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(
                (tuple(map(repr, row)) for row in connection.execute(sa.select(table))),
            )
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return found


def filled(url):
    """Put rows of many kinds into a database, hostile ones among them."""
    made = World(url)
    with made.database.begin(writing=True) as session:
        for number, text in enumerate(HOSTILE):
            session.add(EditorRow(name=f"e{number}", email=text, added_at=NOON))
        for number in range(3):
            at = NOON.replace(microsecond=number)
            session.add(ArtefactRow(kind="x", id=str(number), data=bytes(range(256)), made_at=at))
        named = hashlib.sha256(b"draft").hexdigest()
        session.add(ArtefactRow(kind="draft", id=named, data=b"draft", made_at=NOON))
    reader = made.reader()
    made.sent(reader)
    with made.database.begin(writing=True) as session:
        session.execute(sa.update(SubscriberRow).values(custom={"a": "ü\n\\"}, counted=True))
    desk(made.database).submit(KEY, revision(), LIFETIME)
    made.database.close()


def copied(url, folder):
    folder.mkdir()
    copies = Copies(url)
    about = copies.make(folder)
    return folder, copies.about(json.loads(json.dumps(about.to_json())))


# -- what is copied is what was there ------------------------------------------------------


def test_every_row_comes_back_as_it_was(urls, tmp_path):
    old, new = urls
    filled(old)
    before = rows(old)
    folder, about = copied(old, tmp_path / "copy")
    Copies(old).prove(folder, about)
    Copies(new).put_back(folder, about, LATER, NOON)
    after = rows(new)
    told = {"audit", "editions"}  # the restoration has said and done something there
    assert {name for name in before if before[name] != after[name]} == told
    assert set(before["audit"]) < set(after["audit"])
    assert {one.name: one.rows for one in about.tables}["editors"] == len(HOSTILE) + 2
    with closing(Database(new)) as database:
        assert AuditLog(database).first_broken() is None
        assert SqlEditionBook(database).get(KEY).revision == revision()


def test_counters_go_on_where_they_stood(urls, tmp_path):
    old, new = urls
    with closing(Database(old)) as database, database.begin(writing=True) as session:
        session.add_all([notice("a"), notice("b")])
    folder, about = copied(old, tmp_path / "copy")
    Copies(new).put_back(folder, about, LATER, NOON)
    with closing(Database(new)) as database:
        with database.begin(writing=True) as session:
            session.add(notice("c"))
        with database.begin() as session:
            assert sorted(session.scalars(sa.select(NoticeRow.id))) == [1, 2, 3]


def notice(editor):
    return NoticeRow(
        edition=str(KEY), about="review", mark="m", editor=editor, reason="", state="waiting",
        made_at=NOON, ends_at=LATER, next_at=NOON,
    )  # fmt: skip


def test_what_is_written_meanwhile_is_in_it_wholly_or_not_at_all(urls, tmp_path, monkeypatch):
    """A writer commits between two tables: the copy is of the instant in which it began."""
    old, _ = urls
    filled(old)
    before = rows(old)
    real = Copies.make
    with closing(Database(old)) as database:

        def between(function):
            def called(*given):
                found = function(*given)
                with database.begin(writing=True) as session:
                    session.add(EditorRow(name=os.urandom(4).hex(), email="", added_at=NOON))
                return found

            return called

        monkeypatch.setattr(onefile, "describe", between(onefile.describe))
        monkeypatch.setattr(server, "_tables", between(server._tables))
        (tmp_path / "copy").mkdir()
        about = real(Copies(old), tmp_path / "copy")
    assert {one.name: one.rows for one in about.tables}["editors"] == len(before["editors"])
    Copies(old).prove(tmp_path / "copy", about)


def test_a_database_that_holds_something_is_not_restored_into(urls, tmp_path):
    old, _ = urls
    folder, about = copied(old, tmp_path / "copy")
    with pytest.raises(StoreError, match="empty"):
        Copies(old).put_back(folder, about, LATER, NOON)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("update audit set actor = 'nobody'", "entry 1 was altered"),
        ("delete from audit where seq = (select max(seq) from audit)", "rows of audit"),
        ("update artefacts set data = x'00' where kind = 'draft'", "draft .* is not what its name"),
        ("delete from editors where name = 'ann'", "rows of editors"),
        ("delete from editions", "refers to rows it lacks"),
    ],
)
def test_a_copy_that_is_not_what_was_there_is_not_kept(tmp_path, spoil, said):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    Database(url).close()
    filled(url)
    folder, about = copied(url, tmp_path / "copy")
    with closing(sqlite3.connect(folder / "newsletter.db")) as raw:
        raw.execute(spoil)
        raw.commit()
    with pytest.raises(StoreError, match=said):
        Copies(url).prove(folder, about)


def test_a_cut_off_table_of_postgresql_is_told(postgres, tmp_path):
    url = postgres.fresh()
    filled(url)
    folder, about = copied(url, tmp_path / "copy")
    file = folder / "editors.copy.gz"
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).partition(b"\n")[2]))
    with pytest.raises(StoreError, match="rows of editors"):
        Copies(url).prove(folder, about)
    postgres.drop(url)


# -- nothing goes out by itself ------------------------------------------------------------


def waiting(url):
    """Fill a database in which everything is about to go out; return its editions by state."""
    with closing(Database(url)) as database:
        people, book, found = desk(database), SqlEditionBook(database), {}
        for number, state in enumerate((State.IN_REVIEW, State.APPROVED, State.SENDING), start=1):
            key = EditionKey.parse(f"2026-07-0{number}.XNYS.evening")
            people.submit(key, revision(), LIFETIME)
            if state is not State.IN_REVIEW:
                people.approve(key, "ann")
            if state is State.SENDING:
                people.mark(book.get(key), State.SENDING, OPERATOR)
            found[state] = key
        plan = Plan(str(found[State.APPROVED]), "c" * 64, LATER, "ann", NOON)
        with database.begin(writing=True) as session:
            session.add(PlanRow(edition=plan.edition, content=plan.content, send_at=LATER,
                                by="ann", at=NOON))  # fmt: skip
            session.add(notice("ann"))
            session.add(WebhookRow(id="w", url="http://x", events="", made_by="a", made_at=NOON))
            session.flush()
            session.add(WebhookLogRow(id="l", webhook="w", event="sent", subject="s", body="{}",
                                      state="waiting", made_at=NOON, next_at=NOON))  # fmt: skip
            session.add(VisitRow(id="v", editor="ann", made_at=NOON, seen_at=NOON, ends_at=LATER,
                                 stage="in"))  # fmt: skip
            for name, state in (("asked", "waiting"), ("welcome", "confirmed")):
                session.add(WishRow(id=name, email=f"{name}@example.com", lists="evening",
                                    country="US", wording="w", wording_hash="h", page="p",
                                    asked_at=NOON, state=state, next_at=NOON))  # fmt: skip
    return found


def test_after_a_restoration_nothing_is_due_and_editors_read_why(urls, tmp_path):
    old, new = urls
    found = waiting(old)
    folder, about = copied(old, tmp_path / "copy")
    settled = Copies(new).put_back(folder, about, LATER, NOON)
    assert settled.held == (str(found[State.IN_REVIEW]), str(found[State.APPROVED]))
    assert settled.paused == (str(found[State.SENDING]),)
    assert (settled.plans, settled.visits, settled.untold) == (1, 1, 4)
    with closing(Database(new)) as database:
        book, told = SqlEditionBook(database), "restored from a backup of 2026-07-02 12:00 UTC"
        for key in settled.held:
            edition = book.get(EditionKey.parse(key))
            assert (edition.state, edition.approval) == (State.HELD, None)
            assert told in edition.reason
        assert told in SqlPauses(database).find(str(found[State.SENDING])).reason
        with database.begin() as session:
            for row in (PlanRow, VisitRow):
                assert session.scalar(sa.select(sa.func.count()).select_from(row)) == 0
            for row in (NoticeRow, WebhookLogRow, WishRow):
                assert set(session.scalars(sa.select(row.next_at))) <= {None, NOON}
            assert set(session.scalars(sa.select(NoticeRow.state))) == {"dropped"}
            assert set(session.scalars(sa.select(WebhookLogRow.state))) == {"given_up"}
            wishes = dict(session.execute(sa.select(WishRow.id, WishRow.state)).all())
            assert wishes == {"asked": "mailed", "welcome": "confirmed"}
            assert set(session.scalars(sa.select(WishRow.next_at))) == {None}
        last = AuditLog(database).entries()[-1]
        assert (last.action, last.detail["backup_at"]) == ("restored", NOON.isoformat())


def environment(**more):
    paths = [str(ROOT / "tests"), str(ROOT), *filter(None, sys.path)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | more


def command(folder, *arguments, **more):
    done = [sys.executable, "-m", "newsletter", "--config", str(folder / "config.yaml")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*done, *arguments], env=environment(**more), **pipes)


def due(key, turn, at):
    return DueRow(key=key, due_at=at, turn=str(turn), by="a", at=NOON, next_at=NOON, tries=1)


def test_what_was_due_before_now_is_not_begun_and_what_is_to_come_is(urls, tmp_path):
    """It may have been made and sent since; whoever looks next looks from now on."""
    (old, new), morrow = urls, LATER + dt.timedelta(hours=1)
    ended = (Turn.MADE, Turn.FAILED, Turn.SKIPPED)
    rows = [due(f"{turn}.{at}", turn, at) for turn in Turn for at in (NOON, LATER, morrow)]
    letters = [
        AlertLetterRow(
            kind="disk", subject="s", episode=1, change="begun", step=number, recipient="a@b.c",
            edition="", title="t", words="w", mend="m", level="urgent", since=NOON, made_at=NOON,
            state=state, next_at=NOON if state == "waiting" else None,
        )
        for number, state in enumerate(("waiting", "sent"))
    ]  # fmt: skip
    with closing(Database(old)) as database, database.begin(writing=True) as session:
        session.add_all([*rows, *letters, LookRow(id=1, first_at=NOON, last_at=NOON)])
    folder, about = copied(old, tmp_path / "copy")
    settled = Copies(new).put_back(folder, about, LATER, NOON)
    still_open = len(Turn) - len(ended)
    assert (settled.due, settled.untold) == (still_open * 2, 1)
    with closing(Database(new)) as database, database.begin() as session:
        for row in session.scalars(sa.select(DueRow)):
            turn = Turn(row.key.partition(".")[0])
            if turn in ended or row.due_at == morrow:
                assert (row.turn, row.next_at, row.reason) == (turn, NOON, "")
            else:
                assert (row.turn, row.next_at, row.at) == (Turn.SKIPPED, None, LATER)
                assert "restored from a backup of 2026-07-02 12:00 UTC" in row.reason
        (look,) = session.scalars(sa.select(LookRow))
        assert (look.first_at, look.last_at) == (LATER, LATER)
        letter = sa.select(AlertLetterRow).order_by(AlertLetterRow.step)
        first, second = session.scalars(letter)
        assert (first.state, first.next_at, second.state) == ("dropped", None, "sent")
        assert "restored from a backup" in first.reply


@pytest.fixture(params=["sqlite", "postgresql"])
def evening(request, kept, tmp_path, monkeypatch):
    """A workspace with an edition in review, and what names an empty place for another."""
    folder = kept.evening(tmp_path / "house")
    if request.param == "sqlite":
        yield folder, lambda: None
        return
    server = request.getfixturevalue("postgres")
    old, new = server.fresh(), server.empty()
    file = folder / "data" / "newsletter.db"
    copy(file, old)
    file.unlink()
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["storage"] = {"url_variable": "NEWSLETTER_DATABASE_URL"}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", old)
    yield folder, lambda: monkeypatch.setenv("NEWSLETTER_DATABASE_URL", new)
    for each in (old, new):
        server.drop(each)


@pytest.mark.slow
def test_a_backup_in_mid_delivery_doubles_nobody_once_restored(evening, tmp_path):
    """The product sends, is copied meanwhile, sends to the end, is lost, restored, and served."""
    (folder, elsewhere), box, many = evening, tmp_path / "box", 60
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["senders"]["mailbox"]["path"] = str(box)  # what has gone out outlives the house
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    ready(folder, many)
    sending = command(folder, "send", str(KEY))
    while not len(arrived(box)):
        assert sending.poll() is None, sending.communicate()
    sending.send_signal(signal.SIGSTOP)  # in the midst of its work, however fast it is
    with closing(House(folder / "config.yaml")) as house:
        made = back_up(house, tmp_path / "backups", tell=silent)
    sending.send_signal(signal.SIGCONT)
    _, err = sending.communicate(timeout=120)
    assert sending.returncode == 0, err
    gone = arrived(box)
    assert len(gone) == many
    elsewhere()
    done = restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)
    assert done.settled.paused == (str(KEY),)
    with closing(House(tmp_path / "again" / "config.yaml")) as house:
        told = house.deliveries.counts(str(KEY)).get(DeliveryState.ACCEPTED, 0)
        assert told < many, "the backup knows of copies that have not gone out"
        watch(house).look()
    sent = command(tmp_path / "again", "send", str(KEY))
    _, err = sent.communicate(timeout=120)
    assert sent.returncode == 1
    assert "restored from a backup of" in err
    assert arrived(box) == gone


def ready(folder, many):
    with closing(House(folder / "config.yaml")) as house:
        house.editors.add("ann", "ann@example.com", NOON)
        for number in range(many):
            house.audience.add(f"r{number}@example.com", "", "evening", {}, NOON)
        with house.database.begin(writing=True) as session:  # preflight is another suite's matter
            session.execute(sa.update(RevisionRow).values(blocked=False))
        house.desk.approve(KEY, "ann")


def arrived(box):
    return sorted(each.name for each in (box / "new").glob("*"))


# -- the folder ----------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path):
    folder = tmp_path / "house"
    (folder / "templates" / "email").mkdir(parents=True)
    (folder / "templates" / "email" / "own.j2").write_text("ours")
    (folder / "dkim.pem").write_text("a key")
    config = yaml.safe_load(assets.find("config.yaml").read_text())
    config["senders"]["mailbox"]["dkim"] = {
        "selector": "s2026", "domain": "news.example.com", "key": "dkim.pem"
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with closing(House(folder / "config.yaml", clock=FixedClock(NOON))) as opened:
        opened.database  # noqa: B018 - made by being asked for
        yield opened


def test_keys_settings_and_texts_are_in_it_and_for_its_owner_alone(house, tmp_path):
    made = back_up(house, tmp_path / "b", tell=silent)
    names = {one.path for one in made.manifest.files}
    assert names >= {
        "workspace/config.yaml", "workspace/data/link.key", "workspace/dkim.pem",
        "workspace/templates/email/own.j2", "database/newsletter.db",
    }  # fmt: skip
    assert made.manifest.proved
    assert {path.stat().st_mode & 0o077 for path in made.folder.rglob("*")} == {0}
    key = (house.base / "data" / "link.key").read_text()
    assert key not in (made.folder / "manifest.json").read_text()
    done = restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)
    assert (done.folder / "data" / "link.key").read_text() == key
    assert (done.folder / "dkim.pem").stat().st_mode & 0o777 == 0o600
    with closing(House(done.folder / "config.yaml")) as again:
        assert again.database.schema() == HEAD
        assert again.link_key_mark() == house.link_key_mark()


def test_the_newest_are_kept_and_what_is_none_is_left_alone(house, tmp_path):
    place = tmp_path / "b"
    (place / "newsletter-notes").mkdir(parents=True)
    made = [back_up(house, place, prove=False, keep=2, tell=silent) for _ in range(11)]
    assert sorted(each.name for each in place.glob("newsletter-*")) == sorted(
        [made[-2].folder.name, made[-1].folder.name, "newsletter-notes"]
    )
    assert made[-1].removed == (made[-3].folder.name,)


def test_a_killed_backup_leaves_none_that_looks_whole_and_the_next_clears_up(house, tmp_path):
    place = tmp_path / "b"
    program = (
        "import os, signal, sys, pathlib;"
        "from newsletter.app import House; from newsletter.operating import backup;"
        "backup._prove = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        "backup.back_up(House(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2]), tell=print)"
    )
    died = subprocess.run(
        [sys.executable, "-c", program, str(house.config_path), str(place)],
        env=environment(), check=False, capture_output=True,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    (left,) = place.glob(f"{UNDERWAY}*")
    with pytest.raises(StoreError, match="is no backup"):
        parcel.opened(left)
    made = back_up(house, place, prove=False, tell=silent)
    assert [each.name for each in place.iterdir() if each.is_dir()] == [made.folder.name]


def test_what_is_no_folder_or_the_one_of_all_backups_is_named_as_such(house, tmp_path):
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    newest = rf"such as the newest, {made.folder.name}\.$"
    for wrong, said in ((tmp_path / "nowhere", "There is no folder"), (tmp_path / "b", newest)):
        with pytest.raises(ConfigError, match=said):
            restore(wrong, tmp_path / "new", FixedClock(LATER), silent)
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_told_before_anything_is_written(house, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(StoreError, match="free the disk"):
        back_up(house, tmp_path / "b", tell=silent)
    assert list((tmp_path / "b").glob("newsletter-*")) == []


def rewritten(folder, change):
    manifest = parcel.opened(folder)
    document = json.loads(manifest.to_bytes())
    document.pop("sha256")
    change(document)
    whole = document | {"sha256": parcel._sum(document)}
    (folder / "manifest.json").write_text(json.dumps(whole))


def newer(folder):
    rewritten(folder, lambda document: document["database"].update(schema="9999"))


def outward(folder):
    rewritten(folder, lambda document: document["files"].append(["workspace/../../x", 0, ""]))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: flip(folder / "database" / "newsletter.db"), "newsletter.db is damaged"),
        (lambda folder: flip(folder / "manifest.json"), "altered or is damaged|is damaged"),
        (lambda folder: (folder / "workspace" / "config.yaml").unlink(), "lacks workspace/config"),
        (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
        (newer, "schema 9999, newer than"),
        (outward, "none of its own"),
    ],
)
def test_what_is_damaged_newer_or_hostile_is_refused_and_nothing_is_begun(
    house, tmp_path, damage, said
):
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    damage(made.folder)
    with pytest.raises(StoreError, match=said):
        restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)
    again = tmp_path / "again"
    assert not again.exists() or list(again.iterdir()) == []


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_folder_that_holds_things_is_not_restored_into(house, tmp_path):
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "letter.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"is not empty \(it has letter.txt\)"):
        restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)
    assert [each.name for each in (tmp_path / "again").iterdir()] == ["letter.txt"]


def test_another_link_key_is_noticed(house, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    made = back_up(house, tmp_path / "b", prove=False, tell=silent)
    assert made.manifest.link_key_file == ""
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "l" * 64)
    with pytest.raises(ConfigError, match="another key than the backup"):
        restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    restore(made.folder, tmp_path / "again", FixedClock(LATER), silent)


def test_two_backups_at_once_do_not_meet(house, tmp_path):
    with _alone(tmp_path / "b"), pytest.raises(StoreError, match="Another backup"):
        back_up(house, tmp_path / "b", tell=silent)


def test_an_old_schema_is_backed_up_as_it_is_and_carried_forward_when_restored(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        lock(connection)
        upgrade(connection, "0009")
    engine.dispose()
    folder, about = copied(url, tmp_path / "copy")
    assert about.schema == "0009"
    Copies(url).prove(folder, about)
    Copies(f"sqlite:///{tmp_path / 'new.db'}").put_back(folder, about, LATER, NOON)
    with closing(Database(f"sqlite:///{tmp_path / 'new.db'}")) as database:
        assert database.schema() == HEAD
    with closing(sqlite3.connect(tmp_path / "old.db")) as raw:
        assert raw.execute("select version_num from alembic_version").fetchone() == ("0009",)
