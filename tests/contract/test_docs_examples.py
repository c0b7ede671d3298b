"""The plug-ins that the how-to pages show are whole: they pass the suites of their kinds."""

import contextlib
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from compute_support import by_id
from docs_support import ROOT, blocks
from pydantic import ValidationError
from send_support import HARNESSES, SENDER

from newsletter.compute.signal import Absent
from newsletter.config import Config
from newsletter.send.transports import found, open_transport

CONTRACT = ROOT / "tests" / "contract"
UP_DAYS = "compute.signals.up_days"
SHOUTING = "preflight.rules.shouting"
OUTBOX = "send.transports.outbox"


def suite(name):
    """Return a contract suite as a module."""
    path = CONTRACT / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"documented_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Read before anything is added: what looks for plug-ins once must not find one of a page.
SIGNALS = suite("test_compute_measures")
RULES = suite("test_preflight_rules")
TRANSPORTS = suite("test_transport_contract")


def example(page):
    """Return the file that a how-to page shows."""
    (code,) = [one for one in blocks(ROOT / "docs" / "how-to" / page) if one.kind == "python"]
    return code.body


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Put a page's file where its page says, as far as this process can see."""
    imported = []

    def add(page, name):
        above, _, stem = f"newsletter.{name}".rpartition(".")
        package, folder = importlib.import_module(above), tmp_path / "added"
        folder.mkdir()
        (folder / f"{stem}.py").write_text(example(page), encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        module = importlib.import_module(f"{above}.{stem}")
        imported.append((package, stem))
        return module

    yield add
    for package, stem in imported:
        del sys.modules[f"{package.__name__}.{stem}"]
        delattr(package, stem)


def asked(module, **given):
    """Call every test of a suite that asks for no more than is given; return how many."""
    count = 0
    for name, test in vars(module).items():
        names = set(inspect.signature(test).parameters) if name.startswith("test_") else set()
        if names and names <= given.keys():
            test(**{one: given[one] for one in names})
            count += 1
    return count


def test_the_signal_keeps_the_contract_of_signals(added):
    module = added("signal.md", UP_DAYS)
    assert asked(SIGNALS, plugin=module.up_days) >= 7
    SIGNALS.test_a_symbol_without_closes_is_absent_and_harms_no_other(module.up_days, "IWM")
    SIGNALS.test_short_histories_give_facts_or_reasons(module.up_days, 2)
    SIGNALS.test_a_plugin_does_not_look_ahead(module.up_days, SIGNALS.dt.date(2026, 1, 2))


def test_the_signal_counts_what_it_says(added):
    module = added("signal.md", UP_DAYS)
    clean = SIGNALS.clean()
    made = by_id(list(module.up_days.compute(clean)))
    closes = clean.close["SPY"].to_numpy()
    rises = sum(bool(closes[-n] > closes[-n - 1]) for n in range(1, 11))
    assert made["SPY.up_days.10d"].value == rises
    assert not any(isinstance(one, Absent) for one in made.values())
    assert np.isfinite(closes[-11:]).all()


def test_the_rule_keeps_the_contract_of_rules(added):
    rule = added("rule.md", SHOUTING).shouting
    for example in rule.good:
        RULES.test_good_examples_pass(rule, example)
    for example in rule.bad:
        RULES.test_bad_examples_are_faulted(rule, example)
    assert asked(RULES, rule=rule) >= 2
    assert rule.id not in RULES.rules()


class OutboxHarness:
    """The contract suite's view of the folder."""

    exact, password = True, None

    def __init__(self, folder: Path):
        self.folder = folder

    @contextlib.contextmanager
    def running(self):
        yield self

    def transport(self):
        return open_transport(self.sender(), self.folder)

    def arrived(self):
        files = sorted((self.folder / "out").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    def sender(self):
        return SENDER.model_copy(update={"transport": "outbox", "path": Path("out")})


def test_the_transport_keeps_the_contract_of_transports(added, tmp_path):
    added("transport.md", OUTBOX)
    assert set(found()) == {*HARNESSES, "outbox"}
    count = 0
    for name, test in vars(TRANSPORTS).items():
        names = list(inspect.signature(test).parameters) if name.startswith("test_") else []
        if {"way_out", "exact_way_out"} & set(names):
            folder = tmp_path / name
            folder.mkdir()
            with OutboxHarness(folder).running() as harness:
                test(**{one: folder if one == "tmp_path" else harness for one in names})
            count += 1
    assert count >= 7


def test_the_same_message_twice_is_one_file(added, tmp_path):
    added("transport.md", OUTBOX)
    harness = OutboxHarness(tmp_path)
    with harness.transport() as transport:
        for _ in range(2):
            transport.send(TRANSPORTS.envelope(), lambda: None)
    assert len(harness.arrived()) == 1


def merged(below, above):
    """Return a configuration with what a page shows put into it."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {name: merged(below.get(name), value) for name, value in above.items()}


SHOWN = [
    pytest.param(block, id=f"{page.stem}-{block.line}")
    for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
    for block in blocks(page)
    if block.kind == "yaml"
]


@pytest.mark.parametrize("block", SHOWN)
def test_the_configuration_that_a_guide_shows_is_taken(block):
    whole = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    Config.model_validate(merged(whole, yaml.safe_load(block.body)))


def test_a_configuration_with_a_key_that_is_none_is_refused():
    whole = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    with pytest.raises(ValidationError):
        Config.model_validate(merged(whole, {"model": {"writter": "house"}}))
