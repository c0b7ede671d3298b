"""`newsletter init` without a terminal, with options, and with wrong ones."""

import io
import sys

import pytest
import yaml
from engine_support import CommandLine

from newsletter import assets
from newsletter.cli import firsthour
from newsletter.cli.questions import machine_zone


@pytest.fixture
def call(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    return CommandLine(monkeypatch, capfd)


def kept(folder):
    return yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))


def test_without_a_terminal_nothing_is_asked_and_the_shipped_file_stays(call, tmp_path):
    code, out, err = call("init", "mine")
    assert (code, err) == (0, "")
    assert "newsletter run --provider sample" in out
    shipped = assets.find("config.yaml")
    assert (tmp_path / "mine" / "config.yaml").read_bytes() == shipped.read_bytes()
    assert (tmp_path / "mine" / "templates" / "email").is_dir()
    assert (tmp_path / "mine" / "prompts").is_dir()


def test_options_answer(call, tmp_path):
    code, _, err = call(
        "init", "mine", "--name", "Notes: daily", "--publisher", "Dana", "--from", "d@gazette.net",
        "--postal-address", "12 Main Street, Springfield", "--zone", "Europe/Berlin",
        "--smtp-host", "mail.gazette.net", "--smtp-port", "587", "--smtp-user", "dana",
        "--model", "m1", "--model-url", "http://127.0.0.1:9/v1", "--jurisdiction", "us, eu",
        "--email", "dana@gazette.net", "--yes",
    )  # fmt: skip
    assert (code, err) == (0, "")
    found = kept(tmp_path / "mine")
    assert found["publication"]["name"] == "Notes: daily"
    assert found["publication"]["contact"] == "dana@gazette.net"
    assert found["publication"]["time_zone"] == "Europe/Berlin"
    assert found["jurisdictions"] == ["US", "EU"]
    assert found["senders"]["smtp"] == {
        "transport": "smtp", "from_name": "Notes: daily", "from_address": "d@gazette.net",
        "host": "mail.gazette.net", "port": 587, "security": "starttls", "username": "dana",
    }  # fmt: skip
    assert found["editions"]["evening"]["sender"] == "smtp"
    model = found["model"]
    assert (model["writer"], model["name"]) == ("model", "m1")
    assert call("--config", "mine/config.yaml", "schedule", "--count", "1")[0] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--zone", "Nowhere/City"), "publication.time_zone"),
        (("--name", "a\nb"), "one line"),
        (("--email", "nobody"), "one @"),
        (("--sender", "pigeon"), "maildir or smtp"),
        (("--sender", "smtp"), "--smtp-host"),
        (("--sender", "maildir", "--smtp-host", "x"), "leave out"),
        (("--smtp-host", "x", "--smtp-security", "rot13"), "--smtp-security"),
        (("--smtp-host", "mail.example.com", "--smtp-security", "none"), "unencrypted"),
        (("--jurisdiction", "XX"), "jurisdictions"),
        (("--jurisdiction", ""), "jurisdictions"),
        (("--first-edition",), "--editor"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_made(call, tmp_path, options, words):
    code, out, err = call("init", "mine", *options)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_answers_may_come_by_a_pipe_and_end_early(call, tmp_path, monkeypatch):
    """Whoever stops half-way has a workspace with what was answered until then."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("Half Way\nDana\ndana@gazette.net\n"))
    code, _, err = call("init", "mine", "--ask")
    assert code == 2
    assert "is a workspace all the same" in err
    assert "Traceback" not in err
    found = kept(tmp_path / "mine")["publication"]
    assert (found["name"], found["contact"]) == ("Half Way", "dana@gazette.net")
    assert [one.name for one in (tmp_path / "mine").iterdir() if "new" in one.name] == []
    assert call("--config", "mine/config.yaml", "schedule", "--count", "1")[0] == 0


def test_whoever_wants_no_edition_is_told_how_to_go_on(call, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\nDana\n" + "\n" * 8))
    given = ("--email", "d@gazette.net", "--no-first-edition")
    code, out, err = call("init", "mine", "--ask", *given)
    assert (code, err) == (0, "")
    assert "newsletter editors add Dana d@gazette.net --role admin" in out


def test_the_machines_zone_is_one_that_exists(monkeypatch):
    monkeypatch.setenv("TZ", ":Asia/Kolkata")
    assert machine_zone() == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "no/such")
    assert machine_zone() != "no/such"


def test_a_browser_of_text_is_not_opened(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not firsthour._has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert firsthour._has_browser()
