"""A service's call through the whole house, and the commands about what comes back."""

import json
import shutil
from contextlib import closing

import pytest
import yaml
from reports_support import HOLIDAY, LETTER, POSTFIX, raw
from typer.testing import CliRunner

from newsletter import assets
from newsletter.app import House
from newsletter.cli.main import app
from newsletter.errors import ConfigError, NotFound
from newsletter.send.events import Event, Forged, What

LOGIN = "token-of-the-hook"
GOOD = {"authorization": f"Bearer {LOGIN}"}
ADA = "ada@readers.example"


@pytest.fixture
def folder(tmp_path):
    shutil.copy(assets.find("config.yaml"), tmp_path)
    file = tmp_path / "config.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["hooks"] = {"accept": ["brevo"]}
    file.write_text(yaml.safe_dump(settings))
    return tmp_path


@pytest.fixture
def house(folder, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_BREVO_HOOK_LOGIN", LOGIN)
    with closing(House(folder / "config.yaml")) as opened:
        yield opened


def run(folder, *arguments):
    return CliRunner().invoke(app, ["--config", str(folder / "config.yaml"), *arguments])


def test_a_genuine_complaint_suppresses_and_a_forged_one_changes_nothing(house):
    house.audience.add(ADA, "", "evening", {}, house.clock.now())
    body = json.dumps({"event": "spam", "email": ADA, "ts_epoch": 1783029667000}).encode()
    with pytest.raises(Forged):
        house.hooked("brevo", body, {"authorization": "Bearer another"})
    assert house.suppressions.of(ADA) is None
    assert house.hooked("brevo", body, GOOD).suppressed == 1
    assert house.hooked("brevo", body, GOOD).known == 1
    assert not next(reader for reader, _ in house.audience.find(ADA)).active


def test_services_that_were_not_accepted_have_no_hook(house):
    assert set(house.hooks()) == {"brevo"}
    with pytest.raises(NotFound):
        house.hooked("postmark", b"{}", GOOD)


def test_without_its_secret_a_hook_lets_nobody_in(house, monkeypatch):
    monkeypatch.delenv("NEWSLETTER_BREVO_HOOK_LOGIN")
    with pytest.raises(ConfigError, match="NEWSLETTER_BREVO_HOOK_LOGIN"):
        house.hooked("brevo", b"{}", GOOD)


def test_nobody_reports_in_anothers_name(house):
    with pytest.raises(Forged):
        house.report("brevo", [Event("1", "ses", What.COMPLAINED, house.clock.now())])


def test_the_commands_read_queue_and_clear(folder):
    for name, text in (("a", POSTFIX), ("b", LETTER), ("c", HOLIDAY)):
        (folder / f"{name}.eml").write_bytes(raw(text))
    files = [str(folder / f"{name}.eml") for name in "abc"]
    told = json.loads(run(folder, "bounces", "read", "--json", *files).stdout)
    assert (told["mails"], told["answer"], told["waiting"]) == (3, 1, 2)
    rows = json.loads(run(folder, "bounces", "queue", "--json").stdout)
    assert {"it is no report", "it reports of a mail that is not in the ledger"} == {
        one["reason"] for one in rows
    }
    assert "ada@" not in json.dumps(rows)
    assert run(folder, "bounces", "done", rows[0]["id"][:12]).exit_code == 0
    assert len(json.loads(run(folder, "bounces", "queue", "--json").stdout)) == 1


def test_the_commands_suppress_and_list_marks_alone(folder):
    assert run(folder, "audience", "suppress", ADA, "--reason", "by phone").exit_code == 0
    (entry,) = json.loads(run(folder, "audience", "suppressed", "--json").stdout)
    assert (entry["cause"], len(entry["mark"])) == ("manual", 64)
    assert "ada@" not in json.dumps(entry)  # three such letters may stand in a mark by chance
    refused = run(folder, "audience", "add", ADA)
    assert "unsuppress" in str(refused.exception)
    assert run(folder, "audience", "unsuppress", ADA).exit_code == 0
    assert run(folder, "audience", "add", ADA).exit_code == 0
