"""The desk's part of the store: carried over, atomic, and shut with the editor's name."""

import sqlite3
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from engine_support import NOW, CommandLine
from security_support import Room

from newsletter import assets
from newsletter.errors import NotFound
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.models_desk import ApiTokenRow
from newsletter.store.people import SqlEditors


@pytest.fixture
def room(tmp_path):
    opened = Room(tmp_path)
    yield opened
    opened.database.close()


@pytest.mark.usefixtures("migrating")
def test_a_database_of_the_schema_before_is_carried_over_with_all_it_holds(tmp_path, monkeypatch):
    file = tmp_path / "news.db"
    with monkeypatch.context() as patch:
        patch.setattr("newsletter.store.database.HEAD", "0005")
        Database(f"sqlite:///{file}").close()
    moment = "2026-07-02 12:00:00.000000"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(
            "insert into editors values ('ann', 'a@example.com', ?, null, 'admin')", [moment]
        )
        raw.execute("insert into artefacts values ('draft', 'x', x'00ff', ?)", [moment])
        raw.commit()
        before = raw.execute("select * from editors, artefacts").fetchall()
        assert not raw.execute("select 1 from sqlite_master where name = 'sessions'").fetchall()
    again = Database(f"sqlite:///{file}")
    assert [(each.name, str(each.role)) for each in SqlEditors(again).all()] == [("ann", "admin")]
    assert AuditLog(again).first_broken() is None
    again.close()
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("select * from editors, artefacts").fetchall() == before
        assert raw.execute("select count(*) from sessions, plans").fetchall() == [(0,)]


def test_an_invitation_is_used_once_by_two_at_once(room):
    invitations, gate, results = room.guard.invitations, threading.Barrier(2), []
    found = invitations.find(invitations.make("ann", "operator"))

    def use(password):
        gate.wait()
        results.append((invitations.use(found, password), password))

    threads = [threading.Thread(target=use, args=(f"hash {number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done for done, _ in results) == [False, True]
    assert room.access.credential("ann").password == dict(results)[True]
    assert room.actions() == ["invited", "set a password"]


def test_an_invitation_ends_and_a_later_one_voids_it(room):
    invitations = room.guard.invitations
    first = invitations.make("ann", "operator")
    second = invitations.make("ann", "operator")
    assert invitations.find(first) is None
    found = invitations.find(second)
    room.clock.instant = found.ends_at
    assert invitations.find(second) is None
    assert not invitations.use(found, "hash")
    assert (found.ends_at - NOW).total_seconds() == 72 * 3600
    for token in ("", "é", "x" * 999):
        assert invitations.find(token) is None


def test_disabling_an_editor_revokes_their_programs_keys_and_nobody_elses(room):
    with room.database.begin() as session:
        for owner in ("ann", "bob"):
            session.add(
                ApiTokenRow(id=owner, hash=owner, owner=owner, name="", scopes="", made_at=NOW)
            )
    room.editors.disable("ann", NOW)
    with room.database.begin() as session:
        rows = session.execute(sa.select(ApiTokenRow.owner, ApiTokenRow.revoked_at)).all()
    assert dict(map(tuple, rows)) == {"ann": NOW, "bob": None}


def test_a_time_zone_is_kept_with_a_login_and_needs_one(room):
    with pytest.raises(NotFound, match="bob has not been at the desk yet"):
        room.access.set_zone("bob", "Europe/Vienna")
    room.enrolled()
    room.access.set_zone("ann", "Europe/Vienna")
    assert room.access.credential("ann").zone == "Europe/Vienna"


def test_a_name_or_an_address_calls_one_active_editor(room):
    room.editors.add("Ann Lee", "ann.lee@example.com", NOW)
    room.editors.add("Ann Ray", "Ann.Lee@example.com", NOW)
    asked = [" ANN  lee", "BOB@example.com", "ann.lee@example.com", "nobody", ""]
    assert [room.editors.called(each) for each in asked] == ["Ann Lee", "bob", None, None, None]
    room.editors.disable("Ann Ray", NOW)
    assert room.editors.called("ann.lee@example.com") == "Ann Lee"
    assert room.editors.about("bob") == ("bob", "bob@example.com")


def test_the_command_line_invites_and_resets(tmp_path, monkeypatch, capfd):
    (tmp_path / "config.yaml").write_bytes(assets.find("config.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    call = CommandLine(monkeypatch, capfd)
    call("editors", "add", "dana", "dana@example.com")
    code, out, err = call("editors", "invite", "dana", "--base-url", "https://desk.example.com/")
    assert code == 0
    assert out.startswith("https://desk.example.com/invitation/")
    assert out.count("\n") == 1
    assert "works once, within 72 hours" in err
    config = (tmp_path / "config.yaml").read_text()
    changed = config.replace("address: http://127.0.0.1:8800", "address: https://desk.news.example")
    (tmp_path / "config.yaml").write_text(changed)
    assert call("editors", "invite", "dana")[1].startswith("https://desk.news.example/invitation/")
    for arguments, words in [
        (("invite", "eve"), "'eve' is no active editor"),
        (("invite", "dana", "--base-url", "javascript:alert"), "The desk's address is 'javascript"),
        (("reset-totp", "dana"), "'dana' has no login yet"),
    ]:
        code, out, err = call("editors", *arguments)
        assert (code, out) == (2, "")
        assert words in err
        assert err.count("\n") == 1
