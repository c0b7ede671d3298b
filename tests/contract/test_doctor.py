"""`newsletter doctor`: whatever is broken is a finding, and looking changes nothing."""

import datetime as dt
import sqlite3
import threading

import pytest
from doctor_support import by_smtp, files, found, models, real, workspace
from engine_support import CommandLine
from send_servers import DROP, Inbox, ScriptedServer, smtp_server

from newsletter.clock import FixedClock
from newsletter.doctor import examination
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError
from newsletter.review.roles import Role

NOW = dt.datetime(2026, 11, 20, 22, tzinfo=dt.UTC)
SECRET = "s3cret-Of-The-House"


class Raised:
    """A check in which something goes wrong."""

    def __init__(self, name, act):
        self.id = self.title = name
        self.look = act


def examined(house, monkeypatch, acts, seconds=30.0):
    monkeypatch.setattr(examination, "checks", lambda only: {
        name: Raised(name, act) for name, act in acts.items()
    })  # fmt: skip
    return examination.examine(house, seconds=seconds)


@pytest.fixture
def opened(tmp_path):
    house = workspace(tmp_path, clock=FixedClock(NOW))
    yield house
    house.close()


def test_each_check_is_named_like_its_file():
    known = examination.checks()
    assert len(known) >= 13
    for name, check in known.items():
        assert check.id == name
        assert check.title


def test_what_goes_wrong_in_a_check_is_a_finding_and_the_others_are_told(opened, monkeypatch):
    never = threading.Event()

    def broken(_):
        raise KeyError(SECRET)

    def hangs(_):
        never.wait()
        return []

    def talks(_):
        yield Finding("talks", "x\x1b[2J", Health.OK, "to ada@example.com\r\n\x1b]0;evil\x07 " * 99)

    acts = {"broken": broken, "hangs": hangs, "talks": talks}
    told = {one.check: one for one in examined(opened, monkeypatch, acts, seconds=1.0)}
    never.set()
    assert told["broken"].health == "unknown"
    assert "KeyError" in told["broken"].words
    assert all(SECRET not in one.words for one in told.values())
    assert told["hangs"].subject == examination.LATE
    assert "ada@" not in told["talks"].words
    assert len(told["talks"].words) <= examination.LONGEST
    assert not {"\x1b", "\r", "\n", "\x07"} & set(told["talks"].words + told["talks"].subject)


def test_an_unknown_check_is_a_sentence():
    with pytest.raises(ConfigError, match="no check 'weather'"):
        examination.checks(["weather"])


def test_looking_makes_and_changes_nothing(tmp_path, opened):
    """Neither before there is a database nor after: no key, no file, no byte."""
    before = files(tmp_path)
    examination.examine(opened, [name for name in examination.checks() if name != "clock"])
    assert files(tmp_path) == before


def test_looking_leaves_a_database_as_it_was(tmp_path, opened):
    _ = opened.database
    opened.editors.add("Dana", "dana@gazette.net", NOW, Role.ADMIN)
    opened.close()
    path = tmp_path / "data" / "newsletter.db"
    with sqlite3.connect(path) as raw:
        before = list(raw.iterdump())
    examination.examine(opened, ["database", "editors", "audience"])
    with sqlite3.connect(path) as raw:
        assert list(raw.iterdump()) == before
    assert not (tmp_path / "data" / "link.key").exists()
    assert found(opened, "editors")["approval"] == ("ok", "1 person may approve.")


def test_an_old_schema_is_told_and_not_migrated(tmp_path, opened):
    _ = opened.database
    opened.close()
    path = tmp_path / "data" / "newsletter.db"
    for schema, health, words in (("0001", "warn", "migrates it"), ("9999", "bad", "upgrade")):
        with sqlite3.connect(path) as raw:
            raw.execute("update alembic_version set version_num = ?", (schema,))
        told = found(opened, "database")["schema"]
        assert told[0] == health
        assert words in told[1]
        assert found(opened, "editors")["editors"][0] == "unknown"
        with sqlite3.connect(path) as raw:
            assert raw.execute("select version_num from alembic_version").fetchone() == (schema,)


@pytest.mark.parametrize("content", [b"", b"this is no database" * 400])
def test_a_file_that_is_no_database_is_bad_or_unmigrated(tmp_path, opened, content):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "newsletter.db").write_bytes(content)
    healths = {health for health, _ in found(opened, "database").values()}
    assert healths & {"bad", "warn"}
    assert (tmp_path / "data" / "newsletter.db").read_bytes() == content


def test_damage_is_found(tmp_path, opened):
    _ = opened.database
    opened.close()
    path = tmp_path / "data" / "newsletter.db"
    with sqlite3.connect(path) as raw:
        raw.execute("pragma wal_checkpoint(truncate)")
    data = bytearray(path.read_bytes())
    data[4096 * 5 : 4096 * 40] = b"\xff" * (4096 * 35)
    path.write_bytes(data)
    told = found(opened, "database")
    assert "bad" in {health for health, _ in told.values()}


def test_people_and_readers(tmp_path):
    def change(data):
        data["review"]["four_eyes"] = True

    house = workspace(tmp_path, change, clock=FixedClock(NOW))
    _ = house.database
    assert found(house, "editors")["approval"][0] == "bad"
    assert found(house, "audience")["editions.evening"][0] == "warn"
    house.editors.add("Cleo", "c@gazette.net", NOW, Role.COMPLIANCE)
    assert found(house, "editors")["approval"][0] == "bad", "compliance approves nothing"
    house.editors.add("Dana", "d@gazette.net", NOW, Role.EDITOR)
    house.audience.add("ada@gazette.net", "", "evening", {"how": "x"}, NOW)
    house.editors.disable("Cleo", NOW)
    assert found(house, "editors")["review.four_eyes"][0] == "bad"
    house.editors.add("Eve", "e@gazette.net", NOW, Role.ADMIN)
    assert found(house, "editors")["approval"] == ("ok", "2 people may approve.")
    told = found(house, "audience")["editions.evening"]
    assert told == ("ok", "1 active reader on the list 'evening'.")
    house.close()


def test_examples_are_a_warning_at_home_and_bad_where_mail_leaves(tmp_path):
    told = found(workspace(tmp_path), "configuration")
    assert told["publication.postal_address"][0] == "warn"
    (tmp_path / "b").mkdir()

    def out(data):
        by_smtp(25)(data)
        data["publication"]["postal_address"] = "1 Example Street, New York, NY 10001, USA"

    told = found(workspace(tmp_path / "b", out), "configuration")
    assert told["publication.postal_address"][0] == "bad"
    assert "publication.base_url" not in told


def test_a_template_that_cannot_be_read_is_named(tmp_path):
    house = workspace(tmp_path)
    broken = tmp_path / "templates" / "email" / "mine" / "body.mjml.j2"
    broken.parent.mkdir(parents=True)
    broken.write_text("one\n{% if %}")
    health, words = found(house, "configuration")["templates/email/mine/body.mjml.j2"]
    assert health == "bad"
    assert "Line 2" in words


def test_a_maildir_is_warned_of_where_the_pages_are_real(tmp_path):
    assert found(workspace(tmp_path), "senders")["senders.mailbox"][0] == "ok"
    (tmp_path / "b").mkdir()
    health, words = found(workspace(tmp_path / "b", real), "senders")["senders.mailbox"]
    assert health == "warn"
    assert "readers get none" in words
    assert not (tmp_path / "b" / "data").exists()


def test_a_mail_server_is_tried_up_to_mail_from_and_gets_nothing(tmp_path):
    inbox = Inbox()
    with smtp_server(inbox) as port:
        told = found(workspace(tmp_path, by_smtp(port)), "senders")
    assert told["senders.out"][0] == "ok"
    assert inbox.greetings == 1
    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"MAIL": ["550 5.7.1 not you"]}, "550"),
        ({"MAIL": [DROP]}, "closed the connection"),
        ({"greeting": ["554 go away"]}, "554"),
        ({"EHLO": [DROP], "HELO": [DROP]}, "cannot be reached"),
    ],
)
def test_a_mail_server_that_refuses_is_bad(tmp_path, script, words):
    with ScriptedServer(script) as server:
        health, said = found(workspace(tmp_path, by_smtp(server.port)), "senders")["senders.out"]
    assert (health, words in said) == ("bad", True), said
    assert not {"RCPT", "DATA"} & set(server.verbs)


def test_rset_follows_mail_from(tmp_path):
    with ScriptedServer() as server:
        assert found(workspace(tmp_path, by_smtp(server.port)), "senders")["senders.out"][0] == "ok"
    assert server.verbs == ["greeting", "EHLO", "MAIL", "RSET"]


def test_a_password_that_is_not_set_is_told_by_its_variable(tmp_path, monkeypatch):
    monkeypatch.delenv("NEWSLETTER_SMTP_PASSWORD", raising=False)
    house = workspace(tmp_path, by_smtp(25, username="dana"))
    assert found(house, "secrets")["NEWSLETTER_SMTP_PASSWORD"][0] == "bad"
    assert found(house, "senders")["senders.out"][0] == "bad"
    file = tmp_path / "password"
    file.write_text(SECRET)
    file.chmod(0o644)
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD_FILE", str(file))
    health, words = found(house, "secrets")["NEWSLETTER_SMTP_PASSWORD_FILE"]
    assert (health, "chmod 600" in words, SECRET in words) == ("bad", True, False)
    file.chmod(0o600)
    assert found(house, "secrets")["NEWSLETTER_SMTP_PASSWORD"][0] == "ok"


def by_model(address, name="m1"):
    def change(data):
        data["model"] |= {"writer": "model", "name": name, "base_url": address}

    return change


def test_a_model_service_is_asked_for_its_models(tmp_path, monkeypatch):
    """The house writer asks nobody; a service is asked once, with its key, and for no reply."""
    assert found(workspace(tmp_path), "model")["model.writer"][0] == "ok"
    monkeypatch.setenv("NEWSLETTER_MODEL_KEY", SECRET)
    ours, others = b'{"data": [{"id": "m1"}]}', b'{"data": [{"id": "other"}]}'
    answers = [(200, ours), (401, b"{}"), (429, b""), (404, b""), (500, b""), (200, others)]
    answers += [(200, b"<html>"), (302, b"")]
    with models(answers) as (address, asked):
        house = workspace(tmp_path, by_model(address))
        told = [next(iter(found(house, "model").values())) for _ in answers]
    healths = [health for health, _ in told]
    assert healths == ["ok", "bad", "warn", "unknown", "bad", "warn", "ok", "bad"]
    assert set(asked) == {("GET", "/v1/models", f"Bearer {SECRET}")}
    assert SECRET not in str(told)


def test_a_model_service_that_is_not_there_is_bad(tmp_path):
    with models([]) as (address, _):
        pass
    health, words = found(workspace(tmp_path, by_model(address)), "model")["model.base_url"]
    assert (health, "cannot be reached" in words) == ("bad", True)


def test_the_schedule_names_the_next_edition(tmp_path):
    """Friday the 20th at 22:00 UTC: the close was at 21:00, the edition is due at 22:30."""
    house = workspace(tmp_path, clock=FixedClock(NOW))
    health, words = found(house, "schedule")["next"]
    assert (health, "2026-11-20.XNYS.evening at Fri 2026-11-20 17:30 EST" in words) == ("ok", True)


def test_nothing_enabled_and_no_such_exchange(tmp_path):
    def none(data):
        data["editions"]["evening"]["enabled"] = False

    assert found(workspace(tmp_path, none), "schedule")["editions"][0] == "warn"

    def nowhere(data):
        data["publication"]["exchange"] = "XXXX"

    told = found(workspace(tmp_path, nowhere, clock=FixedClock(NOW)), "schedule")
    assert told["publication.exchange"][0] == "bad"


@pytest.mark.parametrize(
    ("minutes", "health"), [(0, "ok"), (1.9, "ok"), (2.1, "warn"), (-9, "warn")]
)
def test_a_clock_that_is_wrong_is_told(tmp_path, monkeypatch, minutes, health):
    theirs = NOW - dt.timedelta(minutes=minutes)
    with models([(200, b"{}")], theirs) as (address, _):
        house = workspace(tmp_path, by_model(address), clock=FixedClock(NOW))
        assert found(house, "clock")["this machine"][0] == health


def test_licences(tmp_path):
    def change(data):
        data["providers"]["bars"] = "yahoo"
        data["providers"]["macro"] = ["fred"]
        data["compliance"]["licences"]["fred"] = "licensed"

    told = found(workspace(tmp_path, change), "licences")
    assert told["compliance.licences.yahoo"][0] == "warn"
    assert told["compliance.licences.fred"][0] == "ok"


def test_the_command_says_it_in_lines_and_in_json(tmp_path, monkeypatch, capfd):
    workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    call = CommandLine(monkeypatch, capfd)
    document = call.json("doctor", "--only", "licences", "--only", "model")
    assert document["schema"] == "doctor/1"
    assert {one["check"] for one in document["findings"]} == {"licences", "model"}
    assert set(document["findings"][0]) == {"check", "subject", "health", "words"}
    code, out, err = call("doctor", "--only", "configuration")
    assert (code, err) == (0, "")
    assert "publication.base_url" in out
    assert call("doctor", "--only", "weather")[0] == 2
    (tmp_path / "config.yaml").write_text("publication: [")
    code, out, err = call("doctor")
    assert (code, out, "Traceback" in err) == (2, "", False)


@pytest.mark.parametrize("service", ["postmark", "sendgrid", "ses", "mailgun"])
def test_a_delivery_service_is_asked_for_something_cheap(tmp_path, monkeypatch, service):
    """Nothing is posted; a key that is refused is bad, one that may only send is not known."""
    monkeypatch.setenv(f"NEWSLETTER_{service.upper()}_KEY", SECRET)
    answers = [(200, b"{}"), (401, b"{}"), (403, b"{}")]
    with models(answers) as (address, asked):

        def change(data):
            by_smtp(25)(data)
            data["senders"]["out"] = {
                "transport": service, "from_name": "Notes", "from_address": "n@gazette.net",
                "api_url": address.removesuffix("/v1"), "username": "AKIAEXAMPLE",
                "service_domain": "gazette.net",
            }  # fmt: skip

        house = workspace(tmp_path, change)
        told = [found(house, "senders")["senders.out"] for _ in answers]
    assert [health for health, _ in told] == ["ok", "bad", "unknown"]
    assert {method for method, _, _ in asked} == {"GET"}
    assert SECRET not in str(told)
