"""Pulses, looks, health, figures and the ways out, each by itself."""

import gzip
import http.server
import io
import itertools
import json
import logging
import subprocess
import sys
import threading
import warnings
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from newsletter.config import load
from newsletter.errors import ConfigError, NewsletterError, StoreError
from newsletter.reporter import Reporter
from newsletter.telemetry import errors, logs, traces
from newsletter.telemetry.figures import MODELS, Figures
from newsletter.telemetry.health import Health, Look, writable
from newsletter.telemetry.pulse import Pulses
from newsletter.telemetry.redaction import Redactor


class Time:
    """A clock that a test turns."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


# -- pulses and health ---------------------------------------------------------------------


def health(pulses, stopping=lambda: False, **asked):
    found = Health(pulses, asked, stopping, list)
    found.started = True
    return found


def wrong(parts):
    return [part.name for part in parts if not part.ok]


def test_a_loop_that_is_silent_for_too_long_is_named_and_no_other():
    clock = Time()
    pulses = Pulses(clock)
    with pulses.beating("watch", 30) as watch, pulses.beating("mail", 300):
        clock.now += 30
        assert wrong(health(pulses).live()) == []
        clock.now += 0.001
        assert wrong(health(pulses).live()) == ["watch"]
        watch.beat()
        assert wrong(health(pulses).live()) == []
    clock.now += 10_000
    assert wrong(health(pulses).live()) == []  # a loop that ended is missed by nobody


def test_a_loop_that_goes_on_and_fails_is_alive_and_not_ready():
    clock = Time()
    pulses = Pulses(clock)
    with pulses.beating("engine", 30) as engine:
        for _ in range(10):
            clock.now += 5
            engine.beat(well=False)
        assert wrong(health(pulses).live()) == []
        assert wrong(health(pulses).ready()) == ["loop engine"]
        engine.beat()
        assert wrong(health(pulses).ready()) == []


def test_a_process_is_ready_between_its_start_and_its_end():
    stop = threading.Event()
    found = health(Pulses(), stop.is_set)
    found.started = False
    assert [(one.ok, one.words) for one in found.ready()] == [(False, "starting")]
    found.started = True
    assert wrong(found.ready()) == []
    stop.set()
    assert [(one.ok, one.words) for one in found.ready()] == [(False, "stopping")]
    assert wrong(found.live()) == []


def test_a_look_that_never_ends_is_answered_in_time_and_asked_once():
    let_go, asked = threading.Event(), []

    def ask():
        asked.append(1)
        let_go.wait()

    look = Look(ask, limit=0.01)
    assert {look.words() for _ in range(5)} == {"No answer in 0.01 seconds."}
    assert len(asked) == 1
    let_go.set()


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (StoreError("It is gone; bring it back."), "It is gone; bring it back."),
        (OSError(28, "No space left on device"), "No space left on device."),
        (ValueError("ann@example.com"), "Unexpected ValueError."),
    ],
)
def test_what_a_look_finds_is_told_in_words_that_hold_no_reader(raised, words):
    def ask():
        raise raised

    assert Look(ask).words() == words


def test_a_folder_that_is_gone_cannot_be_written_and_a_probe_leaves_nothing(tmp_path):
    assert Look(writable(tmp_path)).words() is None
    assert list(tmp_path.iterdir()) == []
    found = Look(writable(tmp_path / "gone")).words()
    assert found.startswith("The folder of data cannot be written: No such file")


# -- figures ---------------------------------------------------------------------------------


def said(**more):
    nothing = {"editions": {}, "made": {}, "sent": {}, "copies": {}, "reports": {}, "model": {},
               "runs": {}, "flows": None, "stages": None, "bytes": 1}  # fmt: skip
    return nothing | more


def exposed(read, clock=None, tmp_path="/tmp", seconds=10.0):
    registry = CollectorRegistry()
    figures = Figures(read, ["evening"], (1, 5), lambda: None, Pulses(), tmp_path, seconds,
                      clock or Time())  # fmt: skip
    registry.register(figures)
    return registry


def samples(registry):
    text = generate_latest(registry).decode()
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(text) for one in family.samples
    }  # fmt: skip


def test_a_store_that_is_away_is_told_and_the_rest_goes_on(tmp_path):
    def read(_):
        raise StoreError("gone")

    found = samples(exposed(read, tmp_path=tmp_path))
    assert found["newsletter_store_up",] == 0
    assert found["newsletter_storage_free_bytes",] > 0
    assert not any(name[0].startswith("newsletter_copies") for name in found)


def test_reading_is_repeated_no_sooner_than_it_may_be(tmp_path):
    clock, asked = Time(), []

    def read(_):
        asked.append(clock.now)
        clock.now += 3  # it takes three seconds
        return said()

    registry = exposed(read, clock, tmp_path)
    for _ in range(200):
        samples(registry)
        clock.now += 1
    gaps = [later - before for before, later in itertools.pairwise(asked)]
    assert len(asked) > 2
    assert min(gaps) >= 60  # a twentieth of the time, whatever is asked for


def test_names_that_others_give_make_no_more_labels_than_there_is_room_for(tmp_path):
    hostile = {f'm{n}"\n}}': (1, n, 0.5) for n in range(500)}
    flows = {(f"flow-{n}", "success"): 1 for n in range(500)} | {("produce", "success"): 7}
    stages = {f"s{n}": ([0, 0], 1, 9.0) for n in range(500)} | {"draft": ([1, 3], 4, 12.5)}
    found = samples(exposed(lambda _: said(model=hostile, flows=flows, stages=stages),
                            tmp_path=tmp_path))  # fmt: skip
    tokens = {one[1]: value for one, value in found.items()
              if one[0] == "newsletter_model_tokens_total"}  # fmt: skip
    assert len(tokens) == MODELS + 1
    assert sum(tokens.values()) == sum(range(500))
    assert {k: v for k, v in found.items() if k[0] == "newsletter_flows"} == {
        ("newsletter_flows", "produce", "success"): 7,
        ("newsletter_flows", "other", "success"): 500,
    }  # fmt: skip
    took = {frozenset(one[1:]): value for one, value in found.items() if "_bucket" in one[0]}
    assert took == {frozenset({"draft", bound}): count
                    for bound, count in (("1.0", 1), ("5.0", 3), ("+Inf", 4))}  # fmt: skip
    assert found["newsletter_stage_duration_seconds_sum", "draft"] == 12.5


# -- the log -----------------------------------------------------------------------------------


@pytest.fixture
def scheduler_heard():
    """The scheduler's log as a process finds it; a clock that ticked here has quietened it."""
    log = logging.getLogger("apscheduler")
    before = log.level
    log.setLevel(logging.NOTSET)
    yield
    log.setLevel(before)


@pytest.mark.usefixtures("scheduler_heard")
def test_everything_that_is_said_in_a_process_goes_through_one_log():
    stream = io.StringIO()
    with logs.logging_to(stream, Redactor(), "worker", json=True, handed=errors.hand_on):
        with logs.bound(edition="2026-07-02.XNYS.evening", step="draft"):
            logging.getLogger("newsletter.x").info("ours")
            assert logs.told("a note")
        logging.getLogger("apscheduler.scheduler").info("not worth a line")
        logging.getLogger("apscheduler.scheduler").warning("theirs, to ann@example.com")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("warned of ann@example.com", UserWarning, stacklevel=1)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"].split(",")[0].split(" in ")[0].strip() for line in lines[:3]] == [
        "ours", "a note", "theirs",
    ]  # fmt: skip
    assert {line["edition"] for line in lines[:2]} == {"2026-07-02.XNYS.evening"}
    assert {line["role"] for line in lines} == {"worker"}
    assert "edition" not in lines[2]
    assert "[address]" in lines[3]["event"]
    assert lines[4]["exception"].endswith("ZeroDivisionError: division by zero")
    assert len(lines[4]["fingerprint"]) == 12
    assert len(lines) == 5
    assert not logs.told("nobody listens any more")


def test_people_read_lines_that_steer_no_terminal():
    stream = io.StringIO()
    with logs.logging_to(stream, Redactor(), "all", json=False), logs.bound(edition="k"):
        logging.getLogger("newsletter.x").warning("bad \x1b[2J\r\n thing")
    (line,) = stream.getvalue().splitlines()
    assert line[8:].startswith(" WARNING bad ")
    assert line.endswith("edition=k")
    assert all(character.isprintable() for character in line)


def test_a_run_and_its_stages_are_on_every_line_they_cause():
    stream, log = io.StringIO(), logging.getLogger("newsletter.x")
    board = type("Board", (), {"begin": lambda *_: None, "tell": lambda *_: True})()
    import datetime as dt

    reporter = Reporter(lambda: board, lambda: dt.datetime.now(dt.UTC), lambda: 0.0, lambda: "r")

    def draft(words):
        log.info(words)

    with logs.logging_to(stream, Redactor(), "all", json=True), reporter.making("k", "run"):
        reporter.staged(lambda work, *given: work(*given))(draft, "inside")
        log.info("after")
    inside, after = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (inside["edition"], inside["flow"], inside["step"]) == ("k", "run", "draft")
    assert (after["edition"], "step" in after) == ("k", False)


# -- errors and spans, over loopback --------------------------------------------------------------


@contextmanager
def receiver():
    """Take what is posted; yields its address and what came."""
    came, arrived = [], threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            came.append((self.path, dict(self.headers), gzip.decompress(body) if packed else body))
            arrived.set()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.arrived = arrived
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with closing(server.socket):
        try:
            yield f"127.0.0.1:{server.server_port}", came
        finally:
            server.shutdown()
            thread.join()


def fails(words):
    local = f"held {words}"
    raise RuntimeError(f"of {words}: {len(local)}")


def test_an_unexpected_error_reaches_the_service_once_and_names_nobody():
    with receiver() as (host, came):
        dsn, stream = f"http://0123456789abcdef@{host}/7", io.StringIO()
        redactor = Redactor([dsn])
        with (
            logs.logging_to(stream, redactor, "all", json=True, handed=errors.hand_on),
            errors.reporting_to(dsn, redactor, "1", "all"),
        ):
            for words in ("ann@example.com", "bob@example.com"):
                try:
                    fails(words)
                except RuntimeError as error:
                    mark = errors.report(error, "watch", edition="k")
                    errors.report(error, "watch")  # whoever is further out reports it too
            errors.report(NewsletterError("Told to people."), "watch")
            errors.report(ConfigError("Told to people."), "watch")
    events = [json.loads(body.splitlines()[2]) for _, _, body in came]
    assert [event["fingerprint"] for event in events] == [[mark]] * 2
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["fingerprint"] for line in lines] == [mark] * 2
    everything = stream.getvalue() + "".join(body.decode() for _, _, body in came)
    assert events[0]["exception"]["values"][0]["value"].startswith("of [address]")
    for secret in ("ann@", "bob@", "held", "0123456789abcdef"):
        assert secret not in everything
    assert "vars" not in everything
    assert "server_name" not in events[0]


def spanned(name):
    with traces.span(name):
        pass


def test_spans_of_a_run_and_its_stages_reach_a_collector():
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with receiver() as (host, came):
        way = traces.tracing_to(f"http://{host}/v1/traces", "X-Key=abc,b=c", "1", "worker")
        with way, traces.span("run", edition="k"):
            spanned("draft")
            with pytest.raises(ValueError, match="ann"), traces.span("render"):
                raise ValueError("of ann@example.com")
        spanned("nobody listens")
    (path, headers, body), *more = came
    assert (path, more, headers["x-key"]) == ("/v1/traces", [], "abc")
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    spans = {one.name: one for one in resource.scope_spans[0].spans}
    assert set(spans) == {"run", "draft", "render"}
    assert {spans[name].parent_span_id for name in ("draft", "render")} == {spans["run"].span_id}
    assert {one.key: one.value.string_value for one in spans["run"].attributes} == {
        "newsletter.edition": "k"
    }
    assert (spans["render"].status.code, spans["render"].status.message) == (2, "ValueError")
    assert b"ann@" not in body


@pytest.mark.parametrize("module", ["sentry_sdk", "opentelemetry.exporter.otlp.proto.http"])
def test_a_library_that_is_missing_is_told_with_the_mend(monkeypatch, module):
    for name in [name for name in sys.modules if name.startswith(module)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    way = (
        errors.reporting_to("http://k@127.0.0.1/1", Redactor(), "1", "all")
        if module == "sentry_sdk"
        else traces.tracing_to("http://127.0.0.1/v1/traces", None, "1", "all")
    )
    with pytest.raises(ConfigError, match="install it with `pip install"), way:
        pass


@pytest.mark.parametrize("dsn", ["nonsense", "http://nokey.example.com/1", "://"])
def test_an_address_that_is_none_is_told_without_it(dsn):
    way = errors.reporting_to(dsn, Redactor(), "1", "all")
    with pytest.raises(ConfigError, match="NEWSLETTER_SENTRY_DSN") as told, way:
        pass
    assert dsn not in str(told.value).replace("https://KEY@errors.example.com/1", "")


@pytest.mark.parametrize("headers", ["nonsense", "=x", "a=b,c"])
def test_headers_that_are_none_are_told_without_them(headers):
    way = traces.tracing_to("http://127.0.0.1/", headers, "1", "all")
    with pytest.raises(ConfigError, match="NEWSLETTER_OTLP_HEADERS") as told, way:
        pass
    assert headers not in str(told.value)


def test_an_address_of_a_collector_that_holds_a_password_is_refused_without_telling_it(tmp_path):
    text = (Path(__file__).resolve().parents[2] / "config.yaml").read_text()
    file = tmp_path / "config.yaml"
    file.write_text(text.replace("  # otlp_url: http://", "  otlp_url: http://u:hunter2@"))
    with pytest.raises(ConfigError, match="otlp_url must be the whole address") as told:
        load(file)
    assert "hunter2" not in str(told.value)


def test_a_command_that_lasts_a_moment_loads_nothing_of_this():
    heavy = (
        "structlog",
        "prometheus_client",
        "opentelemetry",
        "sentry_sdk",
        "uvicorn",
        "starlette",
    )
    told = (
        "import newsletter.cli.main, sys;"
        f"print([n for n in {heavy} if n in sys.modules], len(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    found, _, count = done.stdout.strip().rpartition(" ")
    assert found == "[]"
    assert int(count) < 320  # 231 when this was written; a library more is some hundred
