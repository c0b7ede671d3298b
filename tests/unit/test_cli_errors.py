"""Whatever is given wrongly: one sentence, the promised exit code, one JSON document."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing

import pytest
import typer
from engine_support import KEY, SESSION, CommandLine
from lengths import some

from newsletter import assets
from newsletter.cli.main import app
from newsletter.store.database import HEAD, Database

OTHER = "2026-07-01.XNYS.evening"
ON_THE_DAY = ("--session", SESSION)


def commands(command=None, path=()):
    command = command or typer.main.get_command(app)
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.fixture
def call(monkeypatch, capfd):
    return CommandLine(monkeypatch, capfd)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Make a workspace with an empty database and be in it."""
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(assets.find("config.yaml"), folder)
    monkeypatch.chdir(folder)
    return folder


def told(answer, code, words, *, as_json):
    """Check that an answer is one sentence with a code, twice where JSON is asked for."""
    found, out, err = answer
    assert (found, "Traceback" in err) == (code, False), err
    assert err.startswith("newsletter: ")
    assert err.count("\n") == 1, "more than one line"
    sentence = err.removeprefix("newsletter: ").strip()
    assert sentence.endswith((".", "?", ")"))
    assert "unexpected" not in sentence
    assert words in sentence
    if as_json:
        assert json.loads(out) == {"error": sentence, "exit": code}
    else:
        assert out == ""


@pytest.mark.parametrize("path", list(commands()), ids=lambda path: " ".join(path) or "newsletter")
def test_every_command_has_help(call, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)  # help needs no workspace
    code, out, err = call(*path, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(" ".join(("Usage: newsletter", *path)))
    assert len(out.splitlines()) >= 5


def test_the_promised_commands_are_there():
    promised = """demo init run collect compute draft preflight render facts check override approve
    reject hold cancel send replay schedule serve audit version"""
    found = {" ".join(path) for path in commands()}
    assert set(promised.split()) <= found
    for group, names in {
        "editions": "list show diff export revise",
        "audience": "add import export show unsubscribe erase stats",
        "editors": "add list disable",
        "fact": "add list",
    }.items():
        assert {f"{group} {name}" for name in names.split()} <= found


@pytest.mark.parametrize("arguments", [(), ("editions",), ("audience",), ("editors",), ("fact",)])
def test_a_call_without_a_command_shows_the_help_and_is_a_usage_error(call, arguments):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: newsletter")
    assert "Commands:" in err


WRONG = {
    "no such command": (("nonsense",), 2, "No such command 'nonsense'"),
    "no such option": (("run", "--sesion", SESSION), 2, "No such option: --sesion"),
    "argument missing": (("editions", "show"), 2, "Missing argument 'KEY'"),
    "option missing": (("approve", KEY), 2, "Missing option '--as'"),
    "no reason": (("reject", KEY), 2, "Missing option '--reason'"),
    "number out of range": (("schedule", "--count", "0"), 2, "--count"),
    "no number": (("schedule", "--count", "many"), 2, "--count"),
    "no date": (("run", "--session", "02.07.2026"), 2, "'02.07.2026' is no date"),
    "impossible date": (("facts", "--session", "2026-02-30"), 2, "'2026-02-30' is no date"),
    "empty date is the latest": (("run", "--session", "2026-7-2"), 2, "is no date"),
    "a Saturday": (
        ("run", "--session", "2026-07-04", "--provider", "sample"),
        3,
        "2026-07-04 is not a trading day on XNYS",
    ),
    "a holiday": (
        ("run", "--session", "2026-11-26", "--provider", "sample"),
        3,
        "the sessions around it are 2026-11-25 and 2026-11-27",
    ),
    "facts of a holiday": (("facts", "--session", "2026-12-25", "--provider", "sample"), 3, ""),
    "collect on a Sunday": (("collect", "--session", "2026-07-05", "--provider", "sample"), 3, ""),
    "before the calendars": (("facts", "--session", "1980-01-02"), 3, "outside the calendars"),
    "after the calendars": (("facts", "--session", "9999-12-31"), 3, "outside the calendars"),
    "no such edition": (("run", "--edition", "morning", *ON_THE_DAY), 2, "'morning'"),
    "no such provider": (
        ("run", "--provider", "bloomberg", *ON_THE_DAY),
        2,
        "no provider 'bloomberg'; there are files, sample, yahoo",
    ),
    "no path": (("facts", "--provider", "files", *ON_THE_DAY), 2, "give --path DIR"),
    "path is missing": (
        ("facts", "--provider", "files", "--path", "nowhere", *ON_THE_DAY),
        2,
        "nowhere",
    ),
    "path with another provider": (
        ("facts", "--provider", "sample", "--path", ".", *ON_THE_DAY),
        2,
        "--path goes with --provider files",
    ),
    "unknown edition shown": (("editions", "show", OTHER), 2, f"no edition {OTHER}"),
    "unknown edition sent": (("send", OTHER), 2, f"no edition {OTHER}"),
    "unknown edition tested": (("send", OTHER, "--to", "a@example.com"), 2, f"no edition {OTHER}"),
    "unknown edition rejected": (("reject", OTHER, "--reason", "x"), 2, f"no edition {OTHER}"),
    "unknown edition replayed": (("replay", OTHER), 2, f"no edition {OTHER}"),
    "no key": (("editions", "show", "evening"), 2, "looks like 2026-07-02.XNYS.evening"),
    "no key to send": (("send", "evening"), 2, "is no edition key"),
    "no key to test": (("send", "evening", "--to", "a@example.com"), 2, "is no edition key"),
    "no key to replay": (("replay", "evening"), 2, "is no edition key"),
    "no key to hold": (("hold", "evening", "--reason", "x"), 2, "is no edition key"),
    "nobody overrides": (
        ("override", OTHER, "0" * 12, "--as", "nobody", "--reason", "It is a quotation."),
        1,
        "'nobody' is no active editor",
    ),
    "override without reason": (("override", OTHER, "0", "--as", "x"), 2, "'--reason'"),
    "unknown editor": (("approve", OTHER, "--as", "nobody"), 1, "'nobody' is no active editor"),
    "blank reason": (("cancel", OTHER, "--reason", " "), 1, "give --reason with a sentence"),
    "unknown editor decides": (
        ("hold", OTHER, "--reason", "x", "--as", "nobody"),
        1,
        "'nobody' is no active editor",
    ),
    "unknown snapshot": (("compute", "abc"), 2, "holds no snapshot abc"),
    "unknown ledger": (("draft", "abc"), 2, "holds no ledger abc"),
    "unknown mail": (("preflight", "abc", "abc"), 2, "abc"),
    "unknown reader": (("audience", "show", "ada@example.com"), 2, "is on no list"),
    "no address": (("audience", "show", "ada"), 2, "one @ and a domain"),
    "no draft": (("editions", "revise", OTHER, "no.json", "--as", "ann"), 2, "no.json"),
    "no text": (("check", "no.md", "--facts", "no.json"), 2, "cannot be read"),
    "no ledger": (("check", "config.yaml", "--facts", "config.yaml"), 2, "is no ledger"),
}


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_gets_a_sentence_and_a_code(call, workspace, case, as_json):
    arguments, code, words = WRONG[case]
    answer = call(*arguments, *(["--json"] if as_json else []))
    told(answer, code, words, as_json=as_json)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("init", "."), "is not empty"),
        (("init", "config.yaml"), "config.yaml cannot be used as a directory"),
        (("init", "config.yaml/inner"), "cannot be used as a directory"),
        (("demo", "--out", "config.yaml"), "config.yaml cannot be used as a directory"),
        (("demo", "--out", "filled"), "holds other things"),
        (("demo", "--session", "someday", "--out", "new"), "is no date"),
        (("audience", "add", "ada"), "one @ and a domain"),
        (("audience", "add", "ada@example.com", "--list", "monthly"), "no list 'monthly'"),
        (("audience", "add", "ada@example.com", "--name", "Ada\nBcc: x"), "one line"),
        (("audience", "erase", "ada@example.com"), "is on no list"),
        (("audience", "unsubscribe", "ada@example.com"), "is not on the list"),
        (("audience", "import", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("audience", "import", "."), "cannot be read"),
        (("audience", "import", "config.yaml"), "names no column 'email'"),
        (("editors", "add", "ann", "nonsense"), "one @ and a domain"),
        (("editors", "disable", "nobody"), "no editor 'nobody'"),
        (("editions", "diff", OTHER, "1", "2"), "has no revision 1; it has none"),
        (("editions", "diff", OTHER, "one", "2"), "Invalid value for 'A'"),
        (("editions", "export", OTHER, "out"), f"no edition {OTHER}"),
        (("editions", "export", "evening", "out"), "is no edition key"),
        (("check", "binary", "--facts", "binary"), "binary is not UTF-8 text"),
        (("check", "config.yaml", "--facts", "broken.json"), "broken.json is no ledger"),
        (("editions", "revise", OTHER, "broken.json", "--as", "ann"), "cannot be read as a draft"),
        (("editions", "revise", OTHER, "list.json", "--as", "ann"), "cannot be read as a draft"),
        (("editions", "revise", OTHER, "other.json", "--as", "ann"), "cannot be read as a draft"),
    ],
)
def test_what_cannot_be_used_is_a_usage_error_in_a_sentence(call, workspace, arguments, words):
    (workspace / "filled").mkdir()
    (workspace / "filled" / "mine.txt").touch()
    (workspace / "binary").write_bytes(b"\xff\xfe\x00")
    (workspace / "broken.json").write_text('{"schema": ')
    (workspace / "list.json").write_text("[]")
    (workspace / "other.json").write_text('{"schema": "ledger/1"}')
    told(call(*arguments), 2, words, as_json=False)
    assert [file.name for file in (workspace / "filled").iterdir()] == ["mine.txt"]


NEEDY = [("run",), ("facts",), ("editions", "list"), ("audit",), ("schedule",), ("send", KEY)]


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("arguments", NEEDY, ids=lambda words: words[0])
def test_without_a_configuration_the_way_to_one_is_told(
    call, tmp_path, monkeypatch, arguments, as_json
):
    monkeypatch.chdir(tmp_path)
    answer = call(*arguments, *(["--json"] if as_json else []))
    told(answer, 2, "There is no config.yaml; make a workspace", as_json=as_json)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("publication: [", "not valid YAML"),
        ("- a list", "the file must hold keys"),
        ("", "the file must hold keys"),
        ("publikation: {}", "did you mean 'publication'?"),
        ("{}", "publication is missing"),
        ("publication: {}\npublication: {}", "given twice"),
    ],
)
def test_a_broken_configuration_is_named_with_its_place(call, workspace, text, words):
    (workspace / "config.yaml").write_text(text)
    told(call("editions", "list", "--json"), 2, words, as_json=True)
    told(call("editions", "list"), 2, "config.yaml", as_json=False)


def test_an_unknown_key_is_named_with_the_one_that_was_meant(call, workspace):
    text = (workspace / "config.yaml").read_text()
    changed = text.replace("  four_eyes: false", "  four_eye: false")
    assert changed != text
    (workspace / "config.yaml").write_text(changed)
    told(call("run"), 2, "review.four_eye is not a known key; did you mean 'four_eyes'?",
         as_json=False)  # fmt: skip


def test_the_configuration_named_by_option_goes_before_the_variable(call, workspace, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(workspace / "elsewhere.yaml"))
    told(call("editions", "list"), 2, "elsewhere.yaml", as_json=False)
    assert call("--config", workspace / "config.yaml", "editions", "list")[0] == 0
    told(call("--config", "third.yaml", "editions", "list"), 2, "third.yaml", as_json=False)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "Check storage.url"),
        ("sqlite:///config.yaml", "file is not a database"),
        ("sqlite:///config.yaml/news.db", "Check storage.url"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told(call, workspace, url, words):
    text = (workspace / "config.yaml").read_text()
    (workspace / "config.yaml").write_text(text.replace("sqlite:///data/newsletter.db", url))
    told(call("editions", "list", "--json"), 4, words, as_json=True)


def test_a_database_of_a_newer_version_is_told(call, workspace):
    (workspace / "data").mkdir()
    file = workspace / "data" / "newsletter.db"
    Database(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("update alembic_version set version_num = '9999'")
        raw.commit()
    told(call("editions", "list", "--json"), 2, f"newer than {HEAD}", as_json=True)


def test_a_traceback_is_shown_only_when_asked_for(call, workspace):
    code, out, err = call("--debug", "editions", "show", OTHER)
    assert (code, out) == (2, "")
    assert err.startswith("Traceback")
    assert err.splitlines()[-1].startswith(f"newsletter: There is no edition {OTHER}")


def program(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "newsletter", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_the_program_itself_exits_with_the_code(workspace):
    process = program("facts", "--session", "2026-07-04", "--provider", "sample", "--json")
    out, err = process.communicate(timeout=60)
    told((process.returncode, out, err), 3, "not a trading day", as_json=True)


def test_a_reader_that_goes_away_is_no_error(workspace):
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "schedule", "--count", "500"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("number", "inherited"),
    some(1, (signal.SIGINT, signal.SIG_IGN), (signal.SIGTERM, signal.SIG_DFL),
         (signal.SIGINT, signal.SIG_DFL), (signal.SIGTERM, signal.SIG_IGN)),
)  # fmt: skip
def test_the_clock_tells_the_next_run_and_stops_when_interrupted(workspace, number, inherited):
    """Also where it was started in the background, with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, inherited)
    try:
        process = program("serve", "--port", "0", "--public-port", "0", "--health-port", "0")
    finally:
        signal.signal(signal.SIGINT, before)
    health, desk, nobody, public, first = (
        json.loads(process.stderr.readline())["event"] for _ in range(5)
    )
    with urllib.request.urlopen(desk.split()[-1] + "login", timeout=60) as answer:
        assert b"Sign in to the desk" in answer.read()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert health.startswith("health and metrics: http://127.0.0.1:")
    assert nobody.startswith("nobody is appointed yet")
    assert public.startswith("the public pages: http://127.0.0.1:")
    assert first.startswith("next: 20")
    assert (process.returncode, out) == (0, "")
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["stopped"]


def test_without_an_enabled_edition_there_is_nothing_to_serve(call, workspace):
    text = (workspace / "config.yaml").read_text()
    changed = text.replace("    minutes_after_close: 90", "    enabled: false")
    assert changed != text
    (workspace / "config.yaml").write_text(changed)
    code, out, err = call("serve", "--role", "scheduler", "--health-port", "0")
    told((code, out, last_of(err)), 2, "No edition is enabled", as_json=False)


def test_a_desk_whose_port_is_taken_says_so(call):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, out, err = call("serve", "--port", port, "--health-port", "0")
    words = f"cannot listen on 127.0.0.1 port {port}"
    told((code, out, last_of(err)), 2, words, as_json=False)


def test_a_port_of_health_that_is_taken_says_so(call):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, out, err = call("serve", "--port", "0", "--health-port", port)
    words = f"cannot listen on 127.0.0.1 port {port}: Address already in use. Change telemetry.port"
    told((code, out, err), 2, words, as_json=False)
    assert "--health-port" in err


def last_of(err):
    """Return the last line, what was logged before it being JSON."""
    *logged, last = err.splitlines(keepends=True)
    assert [json.loads(line)["level"] for line in logged] == ["info"] * len(logged)
    return last


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    # layout: plain", "    layout: evenning", "editions.evening.layout is"),
        ("    # logo: logo.png", "    logo: lgo.png", "publication.brand.logo names"),
        ("    # logo: logo.png", "    logo: config.yaml", "The logo config.yaml cannot be read"),
    ],
    ids=["layout", "logo missing", "logo no picture"],
)
def test_a_design_that_is_not_there_is_told_before_anything_is_fetched(
    call, workspace, old, new, words
):
    config = workspace / "config.yaml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))
    told(call("run", "--provider", "sample", *ON_THE_DAY), 2, words, as_json=False)
    assert [file.name for file in workspace.iterdir()] == ["config.yaml"]
