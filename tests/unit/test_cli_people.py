"""Readers and editors on the command line."""

import csv
import io
import shutil

import pytest
from engine_support import CommandLine

from newsletter import assets


@pytest.fixture
def call(tmp_path, monkeypatch, capfd):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capfd)


def exported(call):
    code, out, err = call("audience", "export")
    assert (code, err) == (0, "")
    return list(csv.DictReader(io.StringIO(out)))


def test_a_file_without_mistakes_is_imported_and_known_the_second_time(call, tmp_path):
    (tmp_path / "readers.csv").write_text(
        "email,name,extra\nada@example.com, Ada  Lovelace ,x\nBob@EXAMPLE.org,,\n", "utf-8-sig"
    )
    assert call("audience", "import", "readers.csv") == (
        0,
        "2 added, 0 known before, 0 refused.\n",
        "",
    )
    assert call("audience", "import", "readers.csv")[1].startswith("0 added, 2 known before")
    rows = {row["email"]: row for row in exported(call)}
    assert set(rows) == {"ada@example.com", "Bob@example.org"}
    assert rows["ada@example.com"]["name"] == "Ada Lovelace"
    assert "imported from readers.csv" in rows["ada@example.com"]["consent"]


def test_bad_rows_are_told_with_their_lines_and_good_ones_are_kept(call, tmp_path):
    (tmp_path / "readers.csv").write_text(
        "name,email\n"
        "Ada,ada@example.com\n"
        "Eve,eve\n"
        '"Two\nlines",two@example.com\n'
        "Nobody\n"
        "Bob,bob@example.com\n"
        "Space,a b@example.com\n"
    )
    code, out, err = call("audience", "import", "readers.csv")
    assert (code, out) == (1, "2 added, 0 known before, 4 refused.\n")
    lines = err.splitlines()
    assert [line.split(":")[0] for line in lines[:4]] == ["line 3", "line 5", "line 6", "line 8"]
    assert lines[4:] == ["All 4 bad rows are listed in readers.csv.refused.csv."]
    assert "one @ and a domain" in lines[0]
    assert "line break" in lines[1]
    assert {row["email"] for row in exported(call)} == {"ada@example.com", "bob@example.com"}


def test_a_file_in_another_encoding_is_refused(call, tmp_path):
    (tmp_path / "readers.csv").write_bytes("email,name\nx@example.com,Jörg\n".encode("latin-1"))
    code, _, err = call("audience", "import", "readers.csv")
    assert code == 2
    assert err.startswith("newsletter: readers.csv cannot be read as CSV")
    assert exported(call) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_an_export_holds_no_formula(call, start):
    name = f'{start}HYPERLINK("http://x","y")'
    call("audience", "add", "ada@example.com", "--name", name, "--consent", name)
    if start != "@":
        assert call("audience", "add", "--", f"{start}1+1@example.com")[0] == 0
    rows = exported(call)
    assert len(rows) == (1 if start == "@" else 2)
    for row in rows:
        for value in row.values():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert rows[0]["name"] in {"'" + name, ""}
    assert "'" + name in {row["name"] for row in rows}


def test_a_reader_is_added_shown_counted_and_erased(call):
    assert call("audience", "add", "Ada@Example.com", "--name", "Ada")[:2] == (
        0,
        "Ada@example.com added to evening.\n",
    )
    assert "was already on" in call("audience", "add", "Ada@example.com")[1]
    (found,) = call.json("audience", "show", "Ada@example.com")
    assert (found["name"], found["list"], found["active"]) == ("Ada", "evening", True)
    assert call.json("audience", "stats") == {"evening": {"active": 1}}
    assert call("audience", "erase", "Ada@example.com")[:2] == (
        0,
        "Ada@example.com erased (1 subscription).\n",
    )
    assert call.json("audience", "stats") == {}


def test_who_left_stays_away_when_added_or_imported_again(call, tmp_path):
    call("audience", "add", "ada@example.com")
    assert "left evening" in call("audience", "unsubscribe", "ada@example.com")[1]
    assert "had already left" in call("audience", "unsubscribe", "ada@example.com")[1]
    (tmp_path / "readers.csv").write_text("email\nada@example.com\n")
    assert call("audience", "import", "readers.csv")[1].startswith("0 added, 1 known")
    call("audience", "add", "ada@example.com")
    assert call.json("audience", "stats") == {"evening": {"unsubscribed": 1}}


def test_an_editor_is_added_listed_and_disabled(call):
    code, out, _ = call("editors", "add", "ann", "ann@example.com")
    assert (code, out) == (0, "ann is at the desk now, as editor.\n")
    assert call("editors", "add", "ann", "ann@example.com")[0] == 1
    assert call("editors", "disable", "ann")[0] == 0
    assert call.json("editors", "list") == [
        {"name": "ann", "email": "ann@example.com", "role": "editor", "active": False}
    ]
    assert call("editors", "list")[1].splitlines() == [
        "editor  email            role    status",
        "ann     ann@example.com  editor  disabled",
    ]


def test_a_role_is_given_on_adding_and_changed_by_disabling_and_adding_again(call):
    call("editors", "add", "cora", "cora@example.com", "--role", "compliance")
    assert call.json("editors", "list")[0]["role"] == "compliance"
    call("editors", "disable", "cora")
    assert call("editors", "add", "cora", "cora@example.com", "--role", "writer")[0] == 0
    assert call.json("editors", "list")[0]["role"] == "writer"
    code, out, err = call("editors", "add", "dan", "dan@example.com", "--role", "king")
    assert (code, out) == (2, "")
    assert "'king' is not one of 'writer', 'editor', 'compliance', 'admin'" in err
