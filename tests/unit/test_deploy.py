"""What installs the product fits the product: images, composition, units; nothing is run here."""

import configparser
import re
import shlex
import subprocess

import pytest
import yaml
from conftest import program
from deploy_support import PROGRAM, ROOT, UNITS, accepted, composition

from newsletter.config import load


def dockerfile():
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line.split(None, 1) for line in lines if line and not line.startswith("#")]


def test_every_file_that_the_image_takes_is_there_and_sent_to_its_builder():
    let = (ROOT / ".dockerignore").read_text().splitlines()
    for word, rest in dockerfile():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in let, source


def test_the_image_installs_by_hashes_runs_as_nobody_and_names_no_index():
    lines = dockerfile()
    users = [rest for word, rest in lines if word == "USER"]
    assert users == ["10001:10001"]
    installs = [rest for word, rest in lines if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    text = (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text()
    assert not re.search(r"index-url|trusted-host|find-links|latest", text)
    for word, rest in lines:
        if word in {"ENTRYPOINT", "CMD"}:
            assert yaml.safe_load(rest), "the form that hands signals on"
    (entry,) = (yaml.safe_load(rest) for word, rest in lines if word == "ENTRYPOINT")
    (given,) = (yaml.safe_load(rest) for word, rest in lines if word == "CMD")
    assert entry == ["newsletter"]
    assert accepted(given)
    assert f"python:{_oldest()}-" in lines[0][1]


def _oldest():
    return re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())[1]


def test_the_ports_are_those_of_the_shipped_settings():
    config = load(ROOT / "config.yaml")
    (exposed,) = (rest.split() for word, rest in dockerfile() if word == "EXPOSE")
    assert {str(config.desk.port), str(config.public.port)} < set(exposed)
    web = composition()["services"]["web"]
    assert web["ports"] == [
        f"127.0.0.1:{port}:{port}" for port in (config.desk.port, config.public.port)
    ]


def test_every_service_of_the_composition_is_a_command_and_shut_in():
    document = composition()
    services = document["services"]
    assert sum("worker" in one.get("command", ()) for one in services.values()) == 2
    for name, service in services.items():
        for secret in service["secrets"]:
            assert secret in document["secrets"]
        for volume in service["volumes"]:
            assert volume.split(":")[0] in document["volumes"]
        if name == "database":
            continue
        assert accepted(service["command"]), name
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "NEWSLETTER_LINK_KEY" not in service["environment"]
        for variable, place in service["environment"].items():
            assert variable.endswith("_FILE"), "secrets come as files"
            assert place.removeprefix("/run/secrets/") in service["secrets"]
    assert all("file" in one for one in document["secrets"].values())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_begins_a_command_that_there_is(unit):
    text = re.sub(r"^(ExecStart=.*) %i$", r"\1 web", unit.read_text(), flags=re.MULTILINE)
    parsed = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parsed.optionxform = str
    parsed.read_string(text)
    if unit.suffix == ".timer":
        assert (unit.parent / f"{unit.stem}.service").exists()
        return
    program, *arguments = shlex.split(parsed["Service"]["ExecStart"])
    assert program == PROGRAM
    assert accepted(arguments)
    assert parsed["Service"]["User"] == "newsletter"
    assert parsed["Service"]["ProtectSystem"] == "strict"
    if "serve" in arguments:
        assert parsed["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"
        assert int(parsed["Service"]["TimeoutStopSec"]) > 10, "a stop takes ten seconds"


def test_systemd_finds_nothing_amiss(tmp_path):
    analyze = program("systemd-analyze")
    for unit in UNITS:  # the program itself is not installed here
        name = unit.name.replace("@.", "@web.")
        (tmp_path / name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    told = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in told.stderr.splitlines() if "newsletter" in line]
    assert (told.returncode, ours) == (0, [])
