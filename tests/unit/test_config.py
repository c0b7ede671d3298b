"""config.yaml: every mistake is one sentence with file, key path, found and allowed."""

from pathlib import Path

import pytest

from newsletter import config
from newsletter.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
GOOD = (ROOT / "config.yaml").read_text()

MISTAKES = {
    "unknown key": ("four_eyes:", "four_eye:", ["review.four_eye", "'four_eyes'"]),
    "unknown key in a pair": (
        "second: SPY, theme: size}",
        "secnd: SPY, theme: size}",
        ["universe.pairs.0.secnd", "'second'"],
    ),
    "unknown key of an instrument": (
        "SPY: {name: the S&P 500 fund,",
        "SPY: {nam: the S&P 500 fund,",
        ["universe.instruments.SPY.nam", "'name'"],
    ),
    "unknown section": ("senders:", "sendres:", ["sendres", "'senders'"]),
    "missing key": ("  name: The Rotation\n", "", ["publication.name", "missing"]),
    "unknown time zone": (
        "America/New_York",
        "America/NewYork",
        ["publication.time_zone", "'America/NewYork'", "'America/New_York'"],
    ),
    "out of range": ("chunk: 80", "chunk: 800", ["providers.yahoo.chunk", "800", "200"]),
    "unknown sender": (
        "holidays are followed\n    sender: mailbox",
        "holidays are followed\n    sender: post",
        ["editions.evening.sender", "'post'", "mailbox"],
    ),
    "undescribed symbol": ("small_caps: IWM", "small_caps: IWX", ["small_caps", "IWX"]),
    "unknown basket": ("second: giants", "second: gaints", ["basket gaints", "'giants'"]),
    "undescribed symbol in a basket": ("[XLB, XLF,", "[XLBB, XLF,", ["baskets names XLBB"]),
    "undescribed symbol in the style grid": ("blend: IWB", "blend: IWBB", ["style names IWBB"]),
    "a basket of one": ("symbols: [XLP, XLU, XLV]", "symbols: [XLP]", ["defensives.symbols"]),
    "unknown jurisdiction": ("[US]", "[XX]", ["jurisdictions.0", "'XX'", "'US'"]),
    "key given twice": (
        "  exchange: XNYS",
        "  exchange: XNYS\n  exchange: XLON",
        ["exchange", "twice"],
    ),
    "not YAML": ("id: sp500", "id: [sp500", ["not valid YAML", "line"]),
    "wrong type": ("four_eyes: false", "four_eyes: [1]", ["review.four_eyes", "[1]"]),
    "plain text to a stranger": (
        "    transport: maildir",
        "    transport: smtp\n    host: smtp.example.com\n    security: none",
        ["senders.mailbox", "unencrypted"],
    ),
}


def load(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path)


def test_the_shipped_configuration_is_valid(tmp_path):
    assert load(tmp_path, GOOD).universe.core == ("IWM", "QQQ", "SPY", "^VIX")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(tmp_path, mistake):
    old, new, expected = MISTAKES[mistake]
    assert old in GOOD, "the mistake no longer applies to the shipped file"
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    sentence = str(caught.value)
    assert "config.yaml" in sentence
    assert "\n" not in sentence
    for part in expected:
        assert part in sentence


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="newsletter init"):
        config.load(tmp_path / "config.yaml")


def test_a_file_that_is_no_mapping_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="must hold keys"):
        load(tmp_path, "- just\n- a list\n")


def test_secrets_come_from_the_environment_or_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("s3cret\n")
    assert config.secret("K", environ={"K": "direct"}) == "direct"
    assert config.secret("K", environ={"K_FILE": str(file)}) == "s3cret"
    assert config.secret("K", environ={}) is None


def test_a_secret_given_twice_or_unreadable_is_refused(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(ConfigError, match="Both K and K_FILE"):
        config.secret("K", environ={"K": "a", "K_FILE": "b"})
    with pytest.raises(ConfigError, match="cannot be read"):
        config.secret("K", environ={"K_FILE": str(tmp_path / "none")})
    with pytest.raises(ConfigError, match="is empty"):
        config.secret("K", environ={"K_FILE": str(empty)})
