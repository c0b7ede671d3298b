"""What the publisher declares: registers as histories, and mistakes told in one sentence."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from newsletter import config
from newsletter.app import House
from newsletter.compliance import EVERYTHING, Compliance
from newsletter.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date
REGISTER = Compliance.model_validate(
    {
        "holdings": [
            {"ticker": "IWM", "position": "long", "as_of": "2026-06-01"},
            {"ticker": "^VIX", "position": "short", "as_of": "2026-06-10"},
            {"ticker": "IWM", "position": "none", "as_of": "2026-07-01"},
        ],
        "sponsors": [
            {
                "payer": "Acme Funds", "amount": "USD 5,000", "nature": "a sponsorship",
                "tickers": ["KRE"], "since": "2026-06-01", "until": "2026-06-30",
            },
            {"payer": "Zed Bank", "amount": "EUR 10", "nature": "a lunch"},
        ],
        "licences": {"files": "licensed"},
    }
)  # fmt: skip
MISTAKES = {
    "unknown key": ({"holding": []}, ["compliance.holding", "'holdings'"]),
    "unknown key of a holding": (
        {"holdings": [{"ticker": "IWM", "positon": "long", "as_of": "2026-06-01"}]},
        ["compliance.holdings.0.positon", "'position'"],
    ),
    "no date": ({"holdings": [{"ticker": "IWM", "position": "long"}]}, ["as_of", "missing"]),
    "a figure first": (
        {"holdings": [{"ticker": "IWM", "position": "200 shares", "as_of": "2026-06-01"}]},
        ["compliance.holdings.0.position", "'200 shares'", "'long'"],
    ),
    "two lines": (
        {"holdings": [{"ticker": "X", "position": "long", "as_of": "2026-06-01"}] * 2},
        ["two lines for X"],
    ),
    "time backwards": (
        {"sponsors": [{"payer": "Acme", "amount": "1", "nature": "ads",
                       "since": "2026-06-02", "until": "2026-06-01"}]},
        ["sponsors.0", "2026-06-01 lies before since 2026-06-02"],
    ),
    "no amount": ({"sponsors": [{"payer": "Acme", "nature": "ads"}]}, ["amount", "missing"]),
    "unknown place": ({"registrations": {"FR": "123456"}}, ["compliance.registrations", "'IN'"]),
    "odd number": ({"registrations": {"IN": "<b>"}}, ["compliance.registrations.IN", "'<b>'"]),
    "unknown licence": ({"licences": {"yahoo": "free"}}, ["licences.yahoo", "'personal_use'"]),
    "unsafe page": ({"views_url": "http://x.example"}, ["compliance.views_url", "http://x.exam"]),
}  # fmt: skip


def _with(tmp_path: Path, compliance: dict[str, object]) -> Path:
    settings = yaml.safe_load((ROOT / "config.yaml").read_text()) | {"compliance": compliance}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path / "config.yaml"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(tmp_path: Path, mistake: str) -> None:
    compliance, expected = MISTAKES[mistake]
    with pytest.raises(ConfigError) as caught:
        config.load(_with(tmp_path, compliance))
    assert "\n" not in str(caught.value)
    for part in expected:
        assert part in str(caught.value)


def test_a_licence_of_an_unknown_provider_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"compliance\.licences names 'yahooo': there are"):
        House(_with(tmp_path, {"licences": {"yahooo": "licensed"}}))


def test_a_register_is_a_history() -> None:
    assert REGISTER.held(DAY(2026, 5, 31)) == {}
    assert REGISTER.held(DAY(2026, 6, 9)) == {"IWM": "long, as of 1 June 2026"}
    assert list(REGISTER.held(DAY(2026, 6, 10)) or ()) == ["IWM", "VIX"]
    assert REGISTER.held(DAY(2026, 7, 1)) == {"VIX": "short, as of 10 June 2026"}
    assert Compliance().held(DAY(2026, 7, 1)) is None
    assert Compliance(holdings=()).held(DAY(2026, 7, 1)) == {}


def test_payments_are_disclosed_while_they_run() -> None:
    acme = "Acme Funds paid USD 5,000 for a sponsorship, concerning KRE"
    zed = "Zed Bank paid EUR 10 for a lunch"
    assert REGISTER.payments(DAY(2026, 6, 30)) == (acme, zed)
    assert REGISTER.paid(DAY(2026, 6, 30)) == {EVERYTHING: zed, "KRE": acme}
    assert REGISTER.paid(DAY(2026, 7, 1)) == {EVERYTHING: zed}


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        ({"files"}, True),
        ({"yahoo"}, False),
        ({"files", "yahoo"}, False),
        ({"files", "other"}, None),
        (set(), None),
    ],
)
def test_one_personal_source_makes_the_whole_personal(
    providers: set[str], expected: bool | None
) -> None:
    assert REGISTER.licensed(providers) is expected


def test_an_agreement_of_ones_own_goes_before_the_usual_terms() -> None:
    assert Compliance(licences={"yahoo": "licensed"}).licensed({"yahoo"}) is True


def test_a_source_whose_own_licence_allows_it_needs_no_statement() -> None:
    stated = Compliance(licences={"files": "licensed"})
    assert stated.licensed({"fred", "files"}) is None
    assert stated.licensed({"fred", "files"}, public=("fred",)) is True
    assert stated.licensed({"fred", "yahoo"}, public=("fred",)) is False
    assert Compliance(licences={"fred": "personal_use"}).licensed({"fred"}, ("fred",)) is False
