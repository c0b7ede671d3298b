"""The ``model`` part of config.yaml: defaults, limits, and one sentence for a mistake."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from newsletter import config
from newsletter.errors import ConfigError
from newsletter.hand import Model, at_home, host_of, model_address

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "config.yaml").read_text()
HOUSE = "  writer: house "


def load(tmp_path, model):
    text = SHIPPED.replace(HOUSE, f"{model}\n  # ", 1)
    assert text != SHIPPED
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path).model


def test_the_house_writes_unless_told_otherwise():
    model = Model()
    assert (model.writer, model.mode, model.temperature, model.retries) == ("house", "auto", 0.7, 3)
    assert model.max_tokens < model.budget.run.tokens < model.budget.month.tokens
    assert (model.price.input, model.price.output) == (0, 0)


def test_a_model_is_described_whole(tmp_path):
    model = load(
        tmp_path,
        "  writer: model\n  name: small\n  base_url: http://127.0.0.1:8080/v1\n  mode: plain\n"
        "  price: {input: 0.15, output: 0.6}\n"
        "  budget: {run: {tokens: 50000, money: 0.25, seconds: 90}, month: {money: 5}}",
    )
    assert (model.name, model.base_url, model.mode) == (
        "small",
        "http://127.0.0.1:8080/v1",
        "plain",
    )
    assert model.price.input == Decimal("0.15")
    assert (model.budget.run.money, model.budget.run.seconds) == (Decimal("0.25"), 90)
    assert model.budget.month.money == 5


def test_the_example_in_the_shipped_file_is_valid_and_states_the_defaults():
    lines = SHIPPED[SHIPPED.index("model:") : SHIPPED.index("review:")].splitlines()[2:]
    kept = [line.replace("  # ", "  ", 1) for line in lines if not line.startswith("  #  ")]
    nested = [
        line.replace("  # ", "  ", 1) for line in lines if line.startswith("  #   ") and "{" in line
    ]
    document = yaml.safe_load("\n".join(kept + nested))
    model = Model.model_validate({"writer": "model", **document})
    assert model.base_url == "http://127.0.0.1:8080/v1"
    assert model.model_dump(exclude={"writer", "name", "base_url"}) == Model().model_dump(
        exclude={"writer", "name", "base_url"}
    )


MISTAKES = {
    "no name": ("  writer: model", ["writer is 'model'", "name"]),
    "blank name": ("  writer: model\n  name: ' '", ["name is empty"]),
    "address": ("  base_url: http://models.example/v1", ["base_url must begin with https://"]),
    "user in it": ("  base_url: https://me:secret@models.example", ["NEWSLETTER_MODEL_KEY"]),
    "no address": ("  base_url: models", ["base_url must be an address"]),
    "mode": ("  mode: json", ["model.mode", "'json'", "json_schema"]),
    "temperature": ("  temperature: 3", ["model.temperature", "2"]),
    "retries": ("  retries: 99", ["model.retries", "8"]),
    "key": ("  key: secret", ["model.key is not a known key"]),
    "budget": ("  budget: {run: {token: 5}}", ["model.budget.run.token", "'tokens'"]),
    "negative money": ("  budget: {run: {money: -1}}", ["model.budget.run.money"]),
    "run beyond month": ("  budget: {run: {money: 99}}", ["run.money is 99", "month.money 60"]),
    "reply beyond run": ("  max_tokens: 9000\n  budget: {run: {tokens: 8000}}",
                         ["max_tokens is 9000", "8000"]),
    "price": ("  price: {input: dear}", ["model.price.input", "'dear'"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(mistake, tmp_path):
    text, expected = MISTAKES[mistake]
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    sentence = str(caught.value)
    assert "config.yaml" in sentence
    assert "\n" not in sentence
    assert "secret" not in sentence
    for part in expected:
        assert part in sentence


def test_an_address_is_read_as_its_parser_reads_it():
    assert model_address("HTTPS://Models.Example:443/v1/") == "https://models.example/v1"
    assert host_of("https://models.example/v1") == "models.example"


@pytest.mark.parametrize(
    ("host", "home"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("[::1]", True),
     ("127.0.0.1.example", False), ("10.0.0.1", False), ("0.0.0.0", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_is_at_home(host, home):
    assert at_home(host) is home
