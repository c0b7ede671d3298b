"""The settings of single sign-on: what is refused, and what counts as a second factor."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_support import CommandLine

from newsletter.config import load
from newsletter.errors import ConfigError
from newsletter.sign_on import SecondFactor

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "https://login.example.com"


@dataclass
class Workspace:
    """Configurations with a `desk.oidc`."""

    folder: Path

    def __call__(self, oidc):
        text = (ROOT / "config.yaml").read_text()
        file = self.folder / "config.yaml"
        file.write_text(text.replace("  port: 8800\n", f"  port: 8800\n  oidc: {oidc}\n", 1))
        return file


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.mark.parametrize(("oidc", "told"), [
    ("{issuer: 'http://login.example.com', client_id: x}", "http:// is only for this machine"),
    ("{issuer: 'https://login.example.com?x=1', client_id: x}", "without a user or a query"),
    ("{issuer: 'https://me:hush@login.example.com', client_id: x}", "without a user or a query"),
    ("{issuer: login.example.com, client_id: x}", "such as 'https://login.example.com"),
    (f"{{issuer: '{ISSUER}'}}", "client_id is missing"),
    (f"{{issuer: '{ISSUER}', client_id: x, client_secret: hush}}", "not a known key"),
    (f"{{issuer: '{ISSUER}', client_id: x, second_factor: {{}}}}", "neither amr nor acr"),
    (f"{{issuer: '{ISSUER}', client_id: x, timeout_seconds: 0}}", "timeout_seconds"),
])  # fmt: skip
def test_what_cannot_be_meant_is_told_in_a_sentence(workspace, oidc, told):
    with pytest.raises(ConfigError, match=re.escape(told)) as error:
        load(workspace(oidc))
    assert "hush" not in str(error.value)
    assert str(error.value).endswith((".", "?"))


def test_an_issuer_stays_as_it_is_given(workspace):
    given = f"{ISSUER}/realms/House/"
    assert load(workspace(f"{{issuer: '{given}', client_id: x}}")).desk.oidc.issuer == given


@pytest.mark.parametrize(("claims", "found"), [
    ({}, ""), ({"amr": ["pwd"]}, ""), ({"amr": "otp"}, ""), ({"amr": {"otp": 1}}, ""),
    ({"acr": ["gold"]}, ""), ({"acr": "GOLD"}, ""), ({"amr": [["otp"]]}, ""),
    ({"amr": ["pwd", "otp"]}, "otp"), ({"acr": "gold"}, "gold"),
    ({"amr": 1, "acr": "gold"}, "gold"),
])  # fmt: skip
def test_a_second_factor_is_what_is_named_to_the_letter(claims, found):
    assert SecondFactor(amr=("otp", "hwk"), acr=("gold",)).given(claims) == found


def test_the_command_line_knows_of_it(workspace, monkeypatch, capfd):
    call = CommandLine(monkeypatch, capfd)
    workspace(f"{{issuer: '{ISSUER}', client_id: x, name: Example ID, passwords: false}}")
    monkeypatch.chdir(workspace.folder)
    assert call("editors", "add", "Ada", "ada@example.com")[0] == 0
    code, _, told = call("editors", "invite", "Ada")
    assert (code, "Ada signs in with Example ID at http://127.0.0.1:8800/login." in told) == (
        2,
        True,
    )
    code, _, told = call("editors", "release", "Ada")
    assert (code, "No identity is bound to 'Ada'" in told) == (2, True)
